//! What an import reports of each file.

use std::{collections::BTreeSet, fmt};

use diwan_statamic::SkipReason;

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
    /// A new entry that is a draft there too.
    Draft(String),
    /// Stored as a draft although it is public there: as it is, it cannot be public, or would lose something.
    HeldBack(String),
    /// The file changed there since the last import; a new revision was published.
    Updated,
    /// The file is a draft there and public here: somebody here must withdraw it, for an import takes nothing back.
    NeedsWithdrawal(String),
    /// Nothing has changed since the last import.
    Unchanged,
    /// The entry was changed here and not there; nothing was overwritten.
    Kept(String),
    /// The entry was changed here and there; nothing was overwritten.
    Conflict(String),
    /// Other files claim the same id or the same address; none of them was imported.
    Duplicate(String),
    /// It was imported before and is not there any more; nothing was taken back here.
    DeletedThere(String),
    /// Not an entry file of a known collection.
    Skipped(String),
    /// Nothing to import: settings, a tree or the like, as every site has them. Reports name it as skipped.
    NoEntry(String),
    /// The file cannot be read or taken; each problem by line.
    Broken(Vec<String>),
}

impl ImportReport {
    pub(super) fn add(&mut self, file: String, result: FileResult, notes: Vec<String>) {
        self.files.push(FileReport { file, result, notes });
    }

    /// How many files somebody should look at.
    pub fn to_look_at(&self) -> usize {
        self.files.iter().filter(|file| file.result.is_to_look_at()).count()
    }

    /// The files that something is reported of.
    pub(super) fn names(&self) -> BTreeSet<String> {
        self.files.iter().map(|file| file.file.clone()).collect()
    }

    /// How many files there were of each result, in the order of [`FileResult::WORDS`].
    pub fn counts(&self) -> [(&'static str, usize); 12] {
        FileResult::WORDS.map(|word| (word, self.files.iter().filter(|file| file.result.word() == word).count()))
    }
}

impl FileResult {
    /// The results, as reports name them.
    pub const WORDS: [&'static str; 12] = [
        "published",
        "draft",
        "updated",
        "unchanged",
        "kept",
        "held_back",
        "duplicate",
        "conflict",
        "needs_withdrawal",
        "deleted_there",
        "skipped",
        "broken",
    ];

    /// How many of [`FileResult::WORDS`] need nobody's attention: they come first.
    const DONE: usize = 5;

    /// Whether somebody should look at the file.
    pub fn is_to_look_at(&self) -> bool {
        match self {
            Self::Published | Self::Draft(_) | Self::Updated | Self::Unchanged | Self::Kept(_) | Self::NoEntry(_) => {
                false
            }
            Self::HeldBack(_)
            | Self::Duplicate(_)
            | Self::Conflict(_)
            | Self::NeedsWithdrawal(_)
            | Self::DeletedThere(_)
            | Self::Skipped(_)
            | Self::Broken(_) => true,
        }
    }

    /// The result, as reports name it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Draft(_) => "draft",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Kept(_) => "kept",
            Self::HeldBack(_) => "held_back",
            Self::Duplicate(_) => "duplicate",
            Self::Conflict(_) => "conflict",
            Self::NeedsWithdrawal(_) => "needs_withdrawal",
            Self::DeletedThere(_) => "deleted_there",
            Self::Skipped(_) | Self::NoEntry(_) => "skipped",
            Self::Broken(_) => "broken",
        }
    }
}

impl From<SkipReason> for FileResult {
    fn from(why: SkipReason) -> Self {
        let said = why.to_string();
        match why {
            // What a link inside of the folder leads to is found where it lies.
            SkipReason::NotAnEntryFile | SkipReason::LinkToFolder => Self::NoEntry(said),
            SkipReason::OutsideCollections
            | SkipReason::PointsOutside
            | SkipReason::TooLarge
            | SkipReason::Unreadable(_)
            | SkipReason::NotAFile
            | SkipReason::NameIsNotUtf8
            | SkipReason::TooDeep => Self::Skipped(said),
        }
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for FileReport { file, result, notes } in &self.files {
            writeln!(f, "{:<16} {file}", result.word())?;
            match result {
                FileResult::Draft(why)
                | FileResult::HeldBack(why)
                | FileResult::NeedsWithdrawal(why)
                | FileResult::Kept(why)
                | FileResult::Conflict(why)
                | FileResult::Duplicate(why)
                | FileResult::DeletedThere(why)
                | FileResult::Skipped(why)
                | FileResult::NoEntry(why) => {
                    writeln!(f, "                 {why}")?;
                }
                FileResult::Broken(problems) => {
                    for problem in problems {
                        writeln!(f, "                 {problem}")?;
                    }
                }
                FileResult::Published | FileResult::Updated | FileResult::Unchanged => {}
            }
            for note in notes {
                writeln!(f, "                 note: {note}")?;
            }
        }
        let counts: Vec<String> = self.counts().iter().map(|(word, count)| format!("{count} {word}")).collect();
        let (done, open) = counts.split_at(FileResult::DONE);
        writeln!(f, "done: {}", done.join(", "))?;
        writeln!(f, "to look at: {}", open.join(", "))
    }
}
