//! Asks a process of its own for the text of a file, and bounds what it may take and say.

use std::{
    ffi::OsString,
    io::{self, Read as _, Write as _},
    path::PathBuf,
    pin::pin,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::{sync::mpsc, task::spawn_blocking, time};

use super::{TEXT_FILE_MAX_BYTES, TEXT_MAX_BYTES, TextFailure, reader::Answer};
use crate::{AssetsError, BlobRead, MediaType};

/// Real time for one file, whatever the process does with it.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long a process that has said its last word may take to end.
const END_DEADLINE: Duration = Duration::from_secs(1);
const END_POLL: Duration = Duration::from_millis(5);
/// Most bytes of an answer; JSON writes some characters longer.
const ANSWER_MAX_BYTES: u64 = 4 * TEXT_MAX_BYTES as u64;
/// Pieces of the file that wait for the process.
const QUEUE_CHUNKS: usize = 4;
/// What Rust programs end with after a panic.
const PANICKED: i32 = 101;

/// How the process is started that reads files: a program that calls [`run_reader`](super::run_reader).
#[derive(Debug, Clone)]
pub struct ReaderCommand {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; the media type is added behind them.
    pub arguments: Vec<OsString>,
    /// Its whole environment but for the variable that names the media type, where `media_type_variable` says so.
    pub environment: Vec<(OsString, OsString)>,
    /// Names the media type in place of a last argument, for programs that take none.
    pub media_type_variable: Option<OsString>,
}

/// The text of a file, read by a process of its own; or why it has none, which is a fact about the file.
///
/// # Errors
/// The process cannot be started or is no reader, the blob cannot be read: nothing is known of the file then.
pub async fn read_text(
    command: &ReaderCommand,
    media_type: MediaType,
    blob: BlobRead,
) -> Result<Result<String, TextFailure>, AssetsError> {
    if blob.size_bytes > TEXT_FILE_MAX_BYTES {
        return Ok(Err(TextFailure::TooLarge));
    }
    let (mut process, input, output) = Process::start(command, media_type).map_err(unavailable)?;
    let (chunks, queue) = mpsc::channel(QUEUE_CHUNKS);
    let feeding = spawn_blocking(move || feed(input, queue));
    let listening = spawn_blocking(move || listen(output));
    let conversation = async {
        let mut listening = pin!(listening);
        let said = tokio::select! {
            // Its last word may come before it has taken everything.
            said = &mut listening => said,
            handed = hand_over(blob, chunks) => {
                handed?;
                listening.await
            }
        };
        said.map_err(|error| unavailable(io::Error::other(error)))
    };
    let said = time::timeout(DEADLINE, conversation).await;
    let outcome = match said {
        Err(_) => Ok(Err(TextFailure::TimedOut)),
        Ok(Err(error)) => Err(error),
        Ok(Ok(said)) => match said.map_err(unavailable)? {
            Some(Answer::Text(text)) => Ok(Ok(text)),
            Some(Answer::Failure(failure)) => Ok(Err(failure)),
            None => match process.ended().await.map_err(unavailable)? {
                Some(status) => failure_of(status).map(Err),
                None => Ok(Err(TextFailure::TimedOut)),
            },
        },
    };
    drop(process);
    // Ends now that nobody reads what it writes.
    feeding.await.map_err(|error| unavailable(io::Error::other(error)))?;
    outcome
}

/// The whole file, or what is taken of it.
async fn hand_over(blob: BlobRead, chunks: mpsc::Sender<Bytes>) -> Result<(), AssetsError> {
    let mut stream = blob.stream;
    while let Some(chunk) = stream.next().await {
        // Nobody takes it any more once the process has ended, and its last word tells why.
        if chunks.send(chunk?).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// A process that does not outlive its value.
struct Process(Child);

impl Process {
    fn start(command: &ReaderCommand, media_type: MediaType) -> io::Result<(Self, ChildStdin, ChildStdout)> {
        let ReaderCommand { program, arguments, environment, media_type_variable } = command;
        let mut command = Command::new(program);
        // No setting and no secret of the server reaches it. It can open no file wherever it stands.
        command
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir("/");
        match media_type_variable {
            Some(name) => command.env(name, media_type.as_str()),
            None => command.arg(media_type.as_str()),
        };
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let streams = child.stdin.take().zip(child.stdout.take());
        let (input, output) = streams.ok_or_else(|| io::Error::other("its streams are not there"))?;
        Ok((Self(child), input, output))
    }

    /// How it ended; `None` where it goes on.
    async fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let waiting = async {
            loop {
                match self.0.try_wait() {
                    Ok(None) => time::sleep(END_POLL).await,
                    Ok(Some(status)) => return Ok(status),
                    Err(error) => return Err(error),
                }
            }
        };
        time::timeout(END_DEADLINE, waiting).await.ok().transpose()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Hands the file on until its end, or until nobody reads it any more.
fn feed(mut input: ChildStdin, mut queue: mpsc::Receiver<Bytes>) {
    while let Some(chunk) = queue.blocking_recv() {
        if input.write_all(&chunk).is_err() {
            return;
        }
    }
}

/// What the process says: its last line. Whatever a library printed before is passed over.
fn listen(output: ChildStdout) -> io::Result<Option<Answer>> {
    let mut said = Vec::new();
    output.take(ANSWER_MAX_BYTES).read_to_end(&mut said)?;
    let last = said.trim_ascii_end().rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(serde_json::from_slice(last).ok())
}

/// What a process met that ended without an answer.
fn failure_of(status: ExitStatus) -> Result<TextFailure, AssetsError> {
    if let Some(failure) = failure_of_signal(status) {
        return Ok(failure);
    }
    if status.code() == Some(PANICKED) {
        return Ok(TextFailure::Unreadable);
    }
    Err(unavailable(io::Error::other(format!("it is no reader of texts: {status}"))))
}

#[cfg(unix)]
fn failure_of_signal(status: ExitStatus) -> Option<TextFailure> {
    use std::os::unix::process::ExitStatusExt as _;

    // Signals by their numbers on Linux: an abort for want of memory or of stack; a kill for want of memory on the machine;
    // the end of a stack without the program's notice; the end of its processor time.
    const ABORTED: i32 = 6;
    const KILLED: i32 = 9;
    const FAULT: i32 = 11;
    const OUT_OF_TIME: i32 = 24;
    status.signal().map(|signal| match signal {
        OUT_OF_TIME => TextFailure::TimedOut,
        ABORTED | KILLED | FAULT => TextFailure::TooLarge,
        _ => TextFailure::Unreadable,
    })
}

#[cfg(not(unix))]
fn failure_of_signal(_status: ExitStatus) -> Option<TextFailure> {
    None
}

fn unavailable(source: io::Error) -> AssetsError {
    AssetsError::Unavailable { operation: "read", thing: "the text of a file".to_owned(), source: Box::new(source) }
}

#[cfg(test)]
mod tests {
    use std::{
        env,
        ffi::OsStr,
        fs::File,
        net::{TcpStream, UdpSocket},
        process,
    };

    use flate2::{Compress, Compression, FlushCompress};
    use futures_util::stream;
    use rlimit::{Resource, getrlimit, setrlimit};

    use super::*;
    use crate::text::{
        confine::{confine, give_up_root, lower_limits},
        run_reader,
        samples::{self, docx, from_left, locked, pdf, pdf_of, pdf_with},
    };

    /// Holds the media type for the process that is to read.
    const MEDIA_TYPE: &str = "DIWAN_TEST_READS";
    /// What the process does in place of reading, where it is to misbehave.
    const MISBEHAVES: &str = "DIWAN_TEST_MISBEHAVES";
    /// The test that becomes the process.
    const READER_TEST: &str = "text::process::tests::a_process_of_its_own";

    /// A descriptor that is open when the process starts.
    const INHERITED: i32 = 7;

    #[test]
    fn a_process_of_its_own() {
        let Ok(media_type) = env::var(MEDIA_TYPE) else { return };
        match env::var(MISBEHAVES).as_deref() {
            Err(_) => process::exit(run_reader(&media_type).into()),
            Ok("has little memory") => {
                let little = 192 * 1024 * 1024;
                setrlimit(Resource::AS, little, little).unwrap();
                process::exit(run_reader(&media_type).into());
            }
            Ok("panic") => panic!("as it was asked to"),
            Ok("abort") => process::abort(),
            Ok("talk") => loop {
                let _ = io::stdout().write_all(&[b' '; 4096]);
            },
            Ok("look around") => {
                let known =
                    |name: &OsStr| name == MEDIA_TYPE || name == MISBEHAVES || name == "DIWAN_READER_BEGUN_AGAIN";
                assert!(env::vars_os().all(|(name, _)| known(&name)), "it knows more than it should");
                look_around();
                process::abort();
            }
            Ok("inherits") => {
                confine().unwrap();
                assert_eq!(nix::unistd::close(INHERITED), Err(nix::errno::Errno::EBADF), "it keeps what it inherited");
                process::abort();
            }
            Ok("low limits") => {
                let low = 400 * 1024 * 1024;
                setrlimit(Resource::AS, low, low).unwrap();
                setrlimit(Resource::CPU, 5, 5).unwrap();
                lower_limits().unwrap();
                assert_eq!(getrlimit(Resource::AS).unwrap(), (low, low));
                assert_eq!(getrlimit(Resource::CPU).unwrap(), (5, 5));
                assert_eq!(getrlimit(Resource::FSIZE).unwrap(), (0, 0), "a low bound hides the others");
                assert_eq!(getrlimit(Resource::CORE).unwrap(), (0, 0));
                process::abort();
            }
            Ok("is root") => {
                give_up_root().unwrap();
                assert!(!nix::unistd::geteuid().is_root(), "it stays root");
                assert!(nix::unistd::setuid(nix::unistd::Uid::from_raw(0)).is_err(), "it becomes root again");
                process::abort();
            }
            Ok(_) => {}
        }
    }

    /// Tries what a hostile document would, with each lock's own error where the others were gone.
    fn look_around() {
        let program = env::current_exe().unwrap();
        let parent = nix::unistd::getppid();
        confine().unwrap();
        // Frees a descriptor below the limit, so that only the other locks are in the way.
        nix::unistd::close(0).unwrap();
        let denied = |what: &str, outcome: io::Result<()>| {
            let error = outcome.expect_err(what);
            assert_eq!(error.kind(), io::ErrorKind::PermissionDenied, "{what}: {error}");
        };
        denied("it reads files", File::open(&program).map(drop));
        denied("it writes files", File::create("/tmp/diwan-reader-was-here").map(drop));
        denied("it lists folders", std::fs::read_dir("/").map(drop));
        denied("it opens sockets", UdpSocket::bind("127.0.0.1:0").map(drop));
        denied("it connects", TcpStream::connect("127.0.0.1:9").map(drop));
        denied("it signals", nix::sys::signal::kill(parent, None).map_err(Into::into));
        assert!(Command::new("/bin/true").spawn().is_err(), "it starts programs");
        assert!(std::thread::Builder::new().spawn(|| ()).is_err(), "it starts threads");
    }

    fn reader(misbehaves: &[&str]) -> ReaderCommand {
        ReaderCommand {
            program: env::current_exe().unwrap(),
            arguments: ["--exact", READER_TEST, "--nocapture"].map(Into::into).into(),
            environment: misbehaves.iter().map(|how| (MISBEHAVES.into(), how.into())).collect(),
            media_type_variable: Some(MEDIA_TYPE.into()),
        }
    }

    fn blob(bytes: Vec<u8>) -> BlobRead {
        let size_bytes = bytes.len() as u64;
        let chunks: Vec<Result<Bytes, AssetsError>> =
            bytes.chunks(1000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        BlobRead { size_bytes, range: 0..size_bytes, stream: stream::iter(chunks).boxed() }
    }

    async fn read(media_type: MediaType, bytes: Vec<u8>) -> Result<String, TextFailure> {
        read_text(&reader(&[]), media_type, blob(bytes)).await.unwrap()
    }

    /// A page that unpacks to 400 MiB of spaces: the same packed piece again and again.
    fn flate_bomb() -> Vec<u8> {
        let mut piece = Vec::with_capacity(100_000);
        let spaces = vec![b' '; 1024 * 1024];
        Compress::new(Compression::best(), false).compress_vec(&spaces, &mut piece, FlushCompress::Full).unwrap();
        let packed = [b"\x78\x9C".to_vec(), piece.repeat(400), b"\x03\0".to_vec()].concat();
        pdf_of(&samples::stream("/Filter /FlateDecode", &packed), &["x"], "")
    }

    #[tokio::test]
    async fn documents_are_read_by_another_process() {
        let line = "الموازنة العامة\nسطر";
        assert_eq!(read(MediaType::Plain, line.into()).await.as_deref(), Ok(line));
        assert_eq!(read(MediaType::Pdf, pdf(&[from_left("budget")])).await.as_deref(), Ok("budget"));
        assert_eq!(read(MediaType::Docx, docx("<w:p><w:t>قرار</w:t></w:p>")).await.as_deref(), Ok("قرار"));
        let long = "كلمة ".repeat(1_000_000);
        let text = read(MediaType::Csv, long.into()).await.unwrap();
        assert!((TEXT_MAX_BYTES - 1..=TEXT_MAX_BYTES).contains(&text.len()), "{}", text.len());
    }

    #[tokio::test]
    async fn hostile_documents_end_with_a_reason() {
        let locked = pdf_with(&[from_left("secret")], &locked(), "");
        assert_eq!(read(MediaType::Pdf, locked).await, Err(TextFailure::Encrypted));
        assert_eq!(read(MediaType::Pdf, b"%PDF-1.7".to_vec()).await, Err(TextFailure::Unreadable));
        assert_eq!(read(MediaType::Docx, b"PK\x03\x04".to_vec()).await, Err(TextFailure::Unreadable));
        let bomb = flate_bomb();
        assert!(bomb.len() < 1_000_000, "{}", bomb.len());
        let outcome = read_text(&reader(&["has little memory"]), MediaType::Pdf, blob(bomb)).await;
        assert_eq!(outcome.unwrap(), Err(TextFailure::TooLarge));
    }

    #[tokio::test]
    async fn whatever_the_process_does_has_a_name() {
        let outcome = |how: &'static str| async move {
            let file = blob(vec![b'x'; 300_000]);
            read_text(&reader(&[how]), MediaType::Plain, file).await.map_err(|error| error.to_string())
        };
        assert_eq!(outcome("panic").await, Ok(Err(TextFailure::Unreadable)));
        assert_eq!(outcome("abort").await, Ok(Err(TextFailure::TooLarge)));
        let unavailable = "read the text of a file: the store of blobs is unavailable";
        assert_eq!(outcome("silence").await, Err(unavailable.to_owned()));
        // It is stopped once it has said more than it may.
        assert_eq!(outcome("talk").await, Ok(Err(TextFailure::TimedOut)));
        let mut absent = reader(&[]);
        absent.program = "/nowhere/diwan".into();
        assert!(read_text(&absent, MediaType::Plain, blob(vec![b'x'])).await.is_err());
    }

    /// The process aborts when it has found nothing, and panics otherwise.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_process_has_no_rights() {
        let found_nothing = |reader: ReaderCommand| async move {
            let outcome = read_text(&reader, MediaType::Plain, blob(vec![b'x'; 300_000])).await;
            assert_eq!(outcome.map_err(|error| error.to_string()), Ok(Err(TextFailure::TooLarge)), "{reader:?}");
        };
        let ReaderCommand { program, arguments, environment, media_type_variable } = reader(&["inherits"]);
        // A shell that leaves a file open for the process, as a server that runs below another program may.
        let opened = format!("exec {INHERITED}</dev/null; exec \"$0\" \"$@\"");
        let arguments = [vec!["-c".into(), opened.into(), program.into_os_string()], arguments].concat();
        found_nothing(ReaderCommand { program: "/bin/sh".into(), arguments, environment, media_type_variable }).await;
        found_nothing(reader(&["look around"])).await;
        found_nothing(reader(&["low limits"])).await;
        if nix::unistd::geteuid().is_root() {
            found_nothing(reader(&["is root"])).await;
        }
    }
}
