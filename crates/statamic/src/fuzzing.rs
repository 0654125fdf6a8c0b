//! What must hold of this crate for any bytes: one function for each target of `fuzz/`, which also replays its corpus here.

#[cfg(test)]
#[path = "../../../fuzz/replay.rs"]
mod replay;

use crate::{FrontMatter, read_entry_file, split};

/// A file is refused with its line or split into parts that make it again; reading it tells of lines that it has.
pub fn entry_files(bytes: &[u8]) {
    if let Ok(parts) = split("x.md", bytes) {
        let FrontMatter { raw, opening, yaml, closing, body, .. } = parts;
        assert_eq!([opening, yaml, closing, body].concat(), raw);
    }
    match read_entry_file("collections/news/2026-01-31.x.md", bytes) {
        Ok(entry) => assert!(bytes.starts_with(entry.front_matter().as_bytes())),
        Err(problems) => assert!(!problems.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::{replay::replay, *};

    #[test]
    fn entry_files_hold_for_the_corpus() {
        replay("entry_files", entry_files);
    }
}
