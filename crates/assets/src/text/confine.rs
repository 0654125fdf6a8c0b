//! Takes the rights of the process that reads one file away, before it looks at the first byte.
//!
//! The process confines itself in two steps, because allocators reserve memory when a program begins:
//!
//! 1. It lowers its limits, closes every descriptor that it inherited, and starts the same program again in its place.
//! 2. It gives up the user `root`, then every right to files, sockets, processes and most system calls.
//!
//! Each lock holds where another one fails: a kernel without Landlock or seccomp, or a processor for which no filter is
//! built, still has the limits of step 1, under which nothing can be opened.

use std::io;

/// All memory that the process may map.
#[cfg(unix)]
const MEMORY_MAX_BYTES: u64 = 512 * 1024 * 1024;
/// Processor time. At the first bound the process is told that its time is over, one second later it is killed.
#[cfg(unix)]
const CPU_MAX_SECONDS: u64 = 20;
/// Input, output, errors: with so few descriptors no file and no connection can be opened.
#[cfg(unix)]
const STANDARD_STREAMS: u64 = 3;
/// Set for the second step. The process has no other variables but those that its parent gave it.
#[cfg(unix)]
const BEGUN_AGAIN: &str = "DIWAN_READER_BEGUN_AGAIN";
/// The user and group that Linux keeps for whoever owns nothing.
#[cfg(target_os = "linux")]
const NOBODY: u32 = 65534;

/// Confines this process permanently. The first call does not return: the program starts again, and its second call does.
///
/// # Errors
/// A limit cannot be lowered, the program cannot start again, or the kernel refuses a lock that it has.
#[cfg(unix)]
pub(super) fn confine() -> io::Result<()> {
    use rlimit::{Resource, setrlimit};

    if std::env::var_os(BEGUN_AGAIN).is_none() {
        lower_limits()?;
        close_inherited();
        return begin_again();
    }
    give_up_root()?;
    setrlimit(Resource::NPROC, 0, 0)?;
    // Needs a descriptor for as long as it is being made.
    lock_files()?;
    setrlimit(Resource::NOFILE, STANDARD_STREAMS, STANDARD_STREAMS)?;
    // Last: limits can no longer be set after it.
    lock_calls()
}

/// On systems without such locks nothing is read.
#[cfg(not(unix))]
pub(super) fn confine() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Every bound, each as low as it already is or lower.
#[cfg(unix)]
pub(super) fn lower_limits() -> io::Result<()> {
    use rlimit::{Resource, getrlimit, setrlimit};

    let bounds = [
        (Resource::CORE, 0, 0),
        (Resource::FSIZE, 0, 0),
        (Resource::CPU, CPU_MAX_SECONDS, CPU_MAX_SECONDS + 1),
        (Resource::AS, MEMORY_MAX_BYTES, MEMORY_MAX_BYTES),
    ];
    for (resource, soft, hard) in bounds {
        let (_, present) = getrlimit(resource)?;
        setrlimit(resource, soft.min(present), hard.min(present))?;
    }
    Ok(())
}

/// Closes all but the standard streams. What this process opened itself is lost too: it starts again right after.
#[cfg(unix)]
fn close_inherited() {
    for descriptor in open_descriptors() {
        // Some are gone already: the folder that listed them, for one.
        let _ = nix::unistd::close(descriptor);
    }
}

/// The descriptors beyond the standard streams, as far as the system lists them; else all numbers that there can be.
#[cfg(unix)]
fn open_descriptors() -> Vec<std::os::fd::RawFd> {
    const MOST: u64 = 65_536;
    let first = STANDARD_STREAMS as i32;
    match std::fs::read_dir("/dev/fd") {
        Ok(listed) => listed
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|descriptor| *descriptor >= first)
            .collect(),
        Err(_) => {
            let limit = rlimit::getrlimit(rlimit::Resource::NOFILE).map_or(MOST, |(soft, _)| soft.min(MOST));
            (first..limit as i32).collect()
        }
    }
}

/// The same program once more in this process.
#[cfg(unix)]
fn begin_again() -> io::Result<()> {
    use std::{env, os::unix::process::CommandExt as _, process::Command};

    let mut program = Command::new(env::current_exe()?);
    Err(program.args(env::args_os().skip(1)).env(BEGUN_AGAIN, "1").exec())
}

/// Becomes a user who owns nothing, where the process runs as `root`: limits on processes do not bind `root`.
#[cfg(target_os = "linux")]
pub(super) fn give_up_root() -> io::Result<()> {
    use nix::{
        errno::Errno,
        unistd::{Gid, Uid, geteuid, setgid, setgroups, setuid},
    };

    if !geteuid().is_root() {
        return Ok(());
    }
    let given_up =
        setgroups(&[]).and_then(|()| setgid(Gid::from_raw(NOBODY))).and_then(|()| setuid(Uid::from_raw(NOBODY)));
    match given_up {
        // A container that took the right to change users away took the other rights of `root` too.
        Ok(()) | Err(Errno::EPERM | Errno::EINVAL) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn give_up_root() -> io::Result<()> {
    Ok(())
}

/// Landlock without a rule: everything that the running kernel can forbid is forbidden. Kernels without it forbid nothing here.
#[cfg(target_os = "linux")]
fn lock_files() -> io::Result<()> {
    use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, Scope};

    /// The newest set of rights that was tried; older kernels take the part that they know.
    const RIGHTS: ABI = ABI::V7;
    // Also where the kernel has no Landlock: no program that it starts may have more rights than it.
    nix::sys::prctl::set_no_new_privs()?;
    Ruleset::default()
        .handle_access(AccessFs::from_all(RIGHTS))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(RIGHTS)))
        .and_then(|rules| rules.scope(Scope::from_all(RIGHTS)))
        .and_then(|rules| rules.create()?.restrict_self())
        .map(|_| ())
        .map_err(io::Error::other)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn lock_files() -> io::Result<()> {
    Ok(())
}

/// A filter of system calls: those of [`COMPUTING`] pass, all others fail with `EPERM`.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn lock_calls() -> io::Result<()> {
    use nix::libc;
    use seccompiler::{BpfProgram, Error, SeccompAction, SeccompFilter, TargetArch, apply_filter_all_threads};

    let rules = COMPUTING.iter().map(|call| (*call, Vec::new())).collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let refused = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, arch).map_err(io::Error::other)?;
    let program = BpfProgram::try_from(filter).map_err(io::Error::other)?;
    match apply_filter_all_threads(&program) {
        // A kernel that was built without filters.
        Err(Error::Seccomp(error)) if error.raw_os_error() == Some(libc::ENOSYS) => Ok(()),
        outcome => outcome.map_err(io::Error::other),
    }
}

#[cfg(all(unix, not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))))]
fn lock_calls() -> io::Result<()> {
    Ok(())
}

/// What computing on bytes from an open descriptor needs: reading, writing, memory, waiting, ending.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
const COMPUTING: [nix::libc::c_long; 29] = {
    use nix::libc::*;
    [
        SYS_read,
        SYS_write,
        SYS_writev,
        SYS_close,
        SYS_mmap,
        SYS_munmap,
        SYS_mremap,
        SYS_mprotect,
        SYS_madvise,
        SYS_brk,
        SYS_futex,
        SYS_sched_yield,
        SYS_nanosleep,
        SYS_clock_nanosleep,
        SYS_clock_gettime,
        SYS_getrandom,
        SYS_gettid,
        SYS_getpid,
        // Ending: an abort sends a signal to its own thread.
        SYS_tgkill,
        SYS_rt_sigaction,
        SYS_rt_sigprocmask,
        SYS_rt_sigreturn,
        SYS_sigaltstack,
        SYS_restart_syscall,
        SYS_set_robust_list,
        SYS_rseq,
        SYS_membarrier,
        SYS_exit,
        SYS_exit_group,
    ]
};
