//! A table of queries and texts that must or must not find each other.

use std::{collections::BTreeMap, fmt};

use super::{
    EvaluationError,
    throwaway::{Document, Throwaway, Writing, place_of},
};

/// Rows of this class may match, but the query's own word must stand above.
const RANKED: &str = "false-hard";
/// Rows of this class hold markup, which the product takes as Markdown.
const MARKUP: &str = "html";

/// The rows by class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairReport {
    /// Right rows and all rows of each class.
    pub classes: BTreeMap<String, (usize, usize)>,
    /// The rows that are not answered as they must be.
    pub wrong: Vec<PairRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairRow {
    /// What is typed.
    pub query: String,
    /// What the only entry says.
    pub text: String,
    /// Whether the one must find the other.
    pub must_match: bool,
    /// The class, a colon, and what the row is about.
    pub why: String,
}

impl PairReport {
    /// Right rows and all rows.
    pub fn total(&self) -> (usize, usize) {
        self.classes.values().fold((0, 0), |(right, all), (more_right, more)| (right + more_right, all + more))
    }
}

impl fmt::Display for PairReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (class, (right, all)) in &self.classes {
            writeln!(f, "{class}: {right} of {all}")?;
        }
        for PairRow { query, text, must_match, why } in &self.wrong {
            let must = if *must_match { "must find" } else { "must not find" };
            writeln!(f, "  wrong: «{query}» {must} «{text}» ({why})")?;
        }
        let (right, all) = self.total();
        write!(f, "all: {right} of {all}")
    }
}

/// Answers each row by a search in an index of its text alone: query, text, 1 or 0, class and reason, parted by tabs, under
/// one line of headings. A hit counts that has all that the query asks for, be it a misspelt word; one that has fewer words
/// does not. In the class `false-hard` the text may be found, but not above an entry with the query's own word.
///
/// # Errors
/// A line that cannot be read, an empty file, an index that fails.
pub fn evaluate_pairs(table: &str) -> Result<PairReport, EvaluationError> {
    let mut report = PairReport { classes: BTreeMap::new(), wrong: Vec::new() };
    for (number, line) in table.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let row = PairRow::parse(line).ok_or_else(|| EvaluationError::Line {
            file: FILE,
            line: number + 1,
            reason: "must be a query, a text, 1 or 0, and a class with its reason".to_owned(),
        })?;
        let right = row.is_right()?;
        let (right_rows, all) = report.classes.entry(row.class().to_owned()).or_default();
        *right_rows += usize::from(right);
        *all += 1;
        if !right {
            report.wrong.push(row);
        }
    }
    if report.classes.is_empty() { Err(EvaluationError::Empty(FILE)) } else { Ok(report) }
}

const FILE: &str = "the pairs";

impl PairRow {
    fn parse(line: &str) -> Option<Self> {
        let [query, text, must, why] = line.split('\t').collect::<Vec<_>>()[..] else { return None };
        let must_match = match must {
            "1" => true,
            "0" => false,
            _ => return None,
        };
        Some(Self { query: query.to_owned(), text: text.to_owned(), must_match, why: why.to_owned() })
    }

    fn class(&self) -> &str {
        self.why.split(':').next().unwrap_or(&self.why)
    }

    fn is_right(&self) -> Result<bool, EvaluationError> {
        let writing = if self.class() == MARKUP { Writing::Markdown } else { Writing::Plain };
        let text = Document { title: "", text: &self.text, writing };
        if self.class() != RANKED {
            let hits = Throwaway::of(&[text])?.hits(&self.query, 1)?;
            let found = hits.iter().any(|hit| !hit.position.has_fewer_words());
            return Ok(found == self.must_match);
        }
        let own = Document { title: "", text: &self.query, writing: Writing::Plain };
        let hits = Throwaway::of(&[text, own])?.hits(&self.query, 2)?;
        Ok(hits.first().is_some_and(|hit| place_of(hit) == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "query\ttext\tmatch\twhy
الموازنه\tالموازنة العامة\t1\torth: ha for ta
\"وزارة المالية\"\tوزارة الصحة والمالية\t0\tphrase: not adjacent
جمعية\tيوم الجمعة\t0\tfalse-hard: ranked below
b\t<b>نص</b>\t0\thtml: tags are no text
نص\tشيء آخر\t1\tmade up: must fail
";

    #[test]
    fn rows_are_answered_by_class() {
        let report = evaluate_pairs(TABLE).unwrap();
        let expected = "false-hard: 1 of 1\nhtml: 1 of 1\nmade up: 0 of 1\north: 1 of 1\nphrase: 1 of 1
  wrong: «نص» must find «شيء آخر» (made up: must fail)\nall: 4 of 5";
        assert_eq!(report.to_string(), expected);
    }

    /// Right rows of the public half of the table at the last count; may only rise.
    const FLOOR: usize = 60;

    #[test]
    fn the_public_pairs_are_answered_no_worse_than_before() {
        use std::io::Write as _;
        let Some(folder) = std::env::var_os("DIWAN_SHARED") else {
            writeln!(std::io::stderr(), "skipped: DIWAN_SHARED is not set").unwrap();
            return;
        };
        let table = std::fs::read_to_string(std::path::Path::new(&folder).join("arabic/pairs.tsv")).unwrap();
        let report = evaluate_pairs(&table).unwrap();
        assert!(report.total().0 >= FLOOR, "{report}");
    }

    /// What people type by mistake, by kind of mistake, and a page that they meant.
    const MISSPELLINGS: &str = include_str!("../../../../tests/fixtures/search/misspellings.tsv");
    /// Right rows and all rows of each kind; what is right may only rise. After search has become better,
    /// `DIWAN_UPDATE_SCORE=1` on this test writes the new ones.
    const FOUND_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/search/misspellings-found.tsv");
    const FOUND: &str = include_str!("../../../../tests/fixtures/search/misspellings-found.tsv");

    #[test]
    fn everyday_misspellings_are_found_no_worse_than_before() {
        let report = evaluate_pairs(MISSPELLINGS).unwrap();
        if std::env::var_os("DIWAN_UPDATE_SCORE").is_some() {
            let lines = report.classes.iter().map(|(class, (right, all))| format!("{class}\t{right}\t{all}\n"));
            std::fs::write(FOUND_FILE, lines.collect::<String>()).unwrap();
            return;
        }
        let mut fallen = Vec::new();
        for line in FOUND.lines() {
            let [class, before, all] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("not three columns: {line}")
            };
            let before = (before.parse::<usize>().unwrap(), all.parse::<usize>().unwrap());
            let now = report.classes.get(class).copied().unwrap_or_default();
            if now.0 < before.0 || now.1 < before.1 {
                fallen.push(class);
            }
        }
        assert!(
            fallen.is_empty(),
            "worse than tests/fixtures/search/misspellings-found.tsv says: {fallen:?}\n{report}"
        );
        assert_eq!(FOUND.lines().count(), report.classes.len(), "a kind of mistake has no line yet\n{report}");
    }

    #[test]
    fn rows_that_cannot_be_read_are_named() {
        for table in ["query\nأ\tب\t1", "query\nأ\tب\t2\tc", "query\nأ ب 1 c"] {
            let told = evaluate_pairs(table).unwrap_err().to_string();
            assert_eq!(told, "the pairs, line 2: must be a query, a text, 1 or 0, and a class with its reason");
        }
        assert_eq!(evaluate_pairs("query\n").unwrap_err().to_string(), "the pairs hold nothing");
    }
}
