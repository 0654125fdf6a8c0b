//! What an import tells of each file.

use std::fmt;

/// What an import did, file by file.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// Every file, in order.
    pub files: Vec<FileReport>,
}

/// What became of one file.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// Its name within the site.
    pub file: String,
    /// What became of it.
    pub result: FileResult,
    /// What was converted or left aside, by line.
    pub notes: Vec<String>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileResult {
    /// A new entry, published.
    Published,
    /// A new entry that stays a draft, with the reason.
    Draft(String),
    /// The file changed there since the last import; a new revision was published.
    Updated,
    /// The file is a draft there and public here: somebody here must withdraw it, for an import takes nothing back.
    NeedsWithdrawal(String),
    /// Nothing has changed since the last import.
    Unchanged,
    /// The entry was changed here; nothing was overwritten.
    Conflict(String),
    /// Not an entry file of a known collection.
    Skipped(String),
    /// The file cannot be read or taken; each problem by line.
    Broken(Vec<String>),
}

impl ImportReport {
    /// How many files there were of each result, in the order of [`FileResult::WORDS`].
    pub fn counts(&self) -> [(&'static str, usize); 8] {
        FileResult::WORDS.map(|word| (word, self.files.iter().filter(|file| file.result.word() == word).count()))
    }
}

impl FileResult {
    /// The results, as reports name them.
    pub const WORDS: [&'static str; 8] =
        ["published", "draft", "updated", "unchanged", "needs withdrawal", "conflict", "skipped", "broken"];

    /// The result, as reports name it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Draft(_) => "draft",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::NeedsWithdrawal(_) => "needs withdrawal",
            Self::Conflict(_) => "conflict",
            Self::Skipped(_) => "skipped",
            Self::Broken(_) => "broken",
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for FileReport { file, result, notes } in &self.files {
            writeln!(f, "{:<10} {file}", result.word())?;
            match result {
                FileResult::Draft(why)
                | FileResult::NeedsWithdrawal(why)
                | FileResult::Conflict(why)
                | FileResult::Skipped(why) => {
                    writeln!(f, "           {why}")?;
                }
                FileResult::Broken(problems) => {
                    for problem in problems {
                        writeln!(f, "           {problem}")?;
                    }
                }
                FileResult::Published | FileResult::Updated | FileResult::Unchanged => {}
            }
            for note in notes {
                writeln!(f, "           note: {note}")?;
            }
        }
        let counts: Vec<String> = self.counts().iter().map(|(word, count)| format!("{count} {word}")).collect();
        writeln!(f, "{}", counts.join(", "))
    }
}
