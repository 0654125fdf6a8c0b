//! The process that reads documents: this test binary, started again.

use std::{env, process};

use diwan_cms::{ReaderCommand, run_reader};

/// Holds the media type for the process that is to read.
const MEDIA_TYPE: &str = "DIWAN_TEST_READS";
/// The test that becomes the process.
const READER_TEST: &str = "harness::reading::a_document_in_a_process_of_its_own";

/// How a server of a story starts it.
pub(super) fn reader() -> ReaderCommand {
    ReaderCommand {
        program: env::current_exe().unwrap(),
        arguments: ["--exact", READER_TEST, "--nocapture"].map(Into::into).into(),
        environment: Vec::new(),
        media_type_variable: Some(MEDIA_TYPE.into()),
    }
}

#[test]
fn a_document_in_a_process_of_its_own() {
    if let Ok(media_type) = env::var(MEDIA_TYPE) {
        process::exit(run_reader(&media_type).into());
    }
}
