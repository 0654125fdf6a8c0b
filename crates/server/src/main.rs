//! The binary `diwan`: parse, wire, exit.

use std::process::ExitCode;

use diwan_server::cli;

/// Gives memory back to the system sooner than the system's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run(std::env::args_os().collect())
}
