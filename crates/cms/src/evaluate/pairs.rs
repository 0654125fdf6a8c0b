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
    /// The rows of each class.
    pub classes: BTreeMap<String, PairCounts>,
    /// The rows that are not answered as they must be, with the way in which they are not.
    pub wrong: Vec<(PairRow, &'static str)>,
}

/// How many rows are answered as they must be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairCounts {
    /// All of them.
    pub rows: usize,
    /// Right by what is made of words alone: the query's own word is in the index, too, so that no slip is looked for.
    pub strict: usize,
    /// Right where the text is alone in the index, and slips are looked for.
    pub with_slips: usize,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairRow {
    /// What is typed.
    pub query: String,
    /// What the entry says.
    pub text: String,
    /// Whether the one must find the other.
    pub must_match: bool,
    /// The class, a colon, and what the row is about.
    pub why: String,
}

impl PairReport {
    /// The counts of all classes together.
    pub fn total(&self) -> PairCounts {
        self.classes.values().fold(PairCounts::default(), |sum, class| PairCounts {
            rows: sum.rows + class.rows,
            strict: sum.strict + class.strict,
            with_slips: sum.with_slips + class.with_slips,
        })
    }
}

impl fmt::Display for PairReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "class\trows\tstrict\twith slips")?;
        for (class, counts) in &self.classes {
            writeln!(f, "{class}\t{counts}")?;
        }
        for (PairRow { query, text, must_match, why }, way) in &self.wrong {
            let must = if *must_match { "must find" } else { "must not find" };
            writeln!(f, "  wrong {way}: «{query}» {must} «{text}» ({why})")?;
        }
        write!(f, "all\t{}", self.total())
    }
}

impl fmt::Display for PairCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, strict, with_slips } = self;
        let share = |right: usize| right as f64 / (*rows).max(1) as f64;
        write!(f, "{rows}\t{strict} ({:.2})\t{with_slips} ({:.2})", share(*strict), share(*with_slips))
    }
}

/// Answers each row twice: query, text, 1 or 0, class and reason, parted by tabs, under one line of headings.
///
/// Strictly, all texts and all queries are in one index, so that each query's own word is found and no slip is looked for:
/// that measures what is made of words. With slips, the text is alone in the index. A hit counts that has all that the query
/// asks for, be it a misspelt word; one that has fewer words does not. In the class `false-hard` the text may be found, but
/// not above an entry with the query's own word.
///
/// # Errors
/// A line that cannot be read, an empty file, an index that fails.
pub fn evaluate_pairs(table: &str) -> Result<PairReport, EvaluationError> {
    let rows = read(table)?;
    let strict = strict(&rows)?;
    let mut report = PairReport { classes: BTreeMap::new(), wrong: Vec::new() };
    for (row, strict) in rows.into_iter().zip(strict) {
        let with_slips = row.is_right()?;
        report.count(row, strict, with_slips);
    }
    Ok(report)
}

/// The same without the second way, which needs an index for each row.
#[cfg(test)]
fn evaluate_pairs_strictly(table: &str) -> Result<PairReport, EvaluationError> {
    let rows = read(table)?;
    let strict = strict(&rows)?;
    let mut report = PairReport { classes: BTreeMap::new(), wrong: Vec::new() };
    rows.into_iter().zip(strict).for_each(|(row, strict)| report.count(row, strict, strict));
    Ok(report)
}

impl PairReport {
    fn count(&mut self, row: PairRow, strict: bool, with_slips: bool) {
        let counts = self.classes.entry(row.class().to_owned()).or_default();
        counts.rows += 1;
        counts.strict += usize::from(strict);
        counts.with_slips += usize::from(with_slips);
        match (strict, with_slips) {
            (true, true) => {}
            (false, false) => self.wrong.push((row, "both ways")),
            (false, true) => self.wrong.push((row, "strictly")),
            (true, false) => self.wrong.push((row, "with slips")),
        }
    }
}

fn read(table: &str) -> Result<Vec<PairRow>, EvaluationError> {
    let mut rows = Vec::new();
    for (number, line) in table.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        rows.push(PairRow::parse(line).ok_or_else(|| EvaluationError::Line {
            file: FILE,
            line: number + 1,
            reason: "must be a query, a text, 1 or 0, and a class with its reason".to_owned(),
        })?);
    }
    if rows.is_empty() { Err(EvaluationError::Empty(FILE)) } else { Ok(rows) }
}

/// Which rows are answered as they must be beside all others.
fn strict(rows: &[PairRow]) -> Result<Vec<bool>, EvaluationError> {
    /// More texts do not have one word.
    const DEPTH: usize = 200;
    let texts = rows.iter().map(|row| Document { title: "", text: &row.text, writing: row.writing() });
    let own = rows.iter().map(|row| Document { title: "", text: &row.query, writing: Writing::Plain });
    let index = Throwaway::of(&texts.chain(own).collect::<Vec<_>>())?;
    let mut right = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        let hits = index.hits(&row.query, DEPTH)?;
        let of = |place: usize| hits.iter().position(|hit| place_of(hit) == place && !hit.fewer_words);
        let (text, own) = (of(number), of(rows.len() + number));
        right.push(match row.class() {
            RANKED => own.is_some_and(|own| text.is_none_or(|text| own < text)),
            _ => text.is_some() == row.must_match,
        });
    }
    Ok(right)
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

    fn writing(&self) -> Writing {
        if self.class() == MARKUP { Writing::Markdown } else { Writing::Plain }
    }

    fn is_right(&self) -> Result<bool, EvaluationError> {
        let text = Document { title: "", text: &self.text, writing: self.writing() };
        if self.class() != RANKED {
            let hits = Throwaway::of(&[text])?.hits(&self.query, 1)?;
            let found = hits.iter().any(|hit| !hit.fewer_words);
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
        let expected = "class\trows\tstrict\twith slips
false-hard\t1\t1 (1.00)\t1 (1.00)
html\t1\t1 (1.00)\t1 (1.00)
made up\t1\t0 (0.00)\t0 (0.00)
orth\t1\t1 (1.00)\t1 (1.00)
phrase\t1\t1 (1.00)\t1 (1.00)
  wrong both ways: «نص» must find «شيء آخر» (made up: must fail)
all\t5\t4 (0.80)\t4 (0.80)";
        assert_eq!(report.to_string(), expected);
    }

    #[test]
    fn a_slip_is_no_match_where_the_word_itself_stands() {
        let table = "query\ttext\tmatch\twhy\nالفلسطنية\tالحكومة الفلسطينية\t1\ttypo: one letter missing\n";
        let report = evaluate_pairs(table).unwrap();
        assert_eq!(report.total(), PairCounts { rows: 1, strict: 0, with_slips: 1 });
        assert_eq!(evaluate_pairs_strictly(table).unwrap().total().strict, 0);
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
        assert!(report.total().with_slips >= FLOOR, "{report}");
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
            let lines = report
                .classes
                .iter()
                .map(|(class, counts)| format!("{class}\t{}\t{}\n", counts.with_slips, counts.rows));
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
            if now.with_slips < before.0 || now.rows < before.1 {
                fallen.push(class);
            }
        }
        assert!(
            fallen.is_empty(),
            "worse than tests/fixtures/search/misspellings-found.tsv says: {fallen:?}\n{report}"
        );
        assert_eq!(FOUND.lines().count(), report.classes.len(), "a kind of mistake has no line yet\n{report}");
    }

    /// Forms of words that no list was written for: those by which rules and lists were tuned, those that were held back until
    /// then, and those that have only ever been counted.
    const STRICT: [(&str, &str); 3] = [
        ("tuned", include_str!("../../../../tests/fixtures/search/pairs/tuned.tsv")),
        ("held back", include_str!("../../../../tests/fixtures/search/pairs/held-back.tsv")),
        ("blind", include_str!("../../../../tests/fixtures/search/pairs/blind.tsv")),
    ];
    /// Table, class, right rows and all rows; what is right may only rise. Written as the file above.
    const STRICT_FOUND_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/search/pairs/found.tsv");
    const STRICT_FOUND: &str = include_str!("../../../../tests/fixtures/search/pairs/found.tsv");

    #[test]
    fn forms_of_words_are_told_no_worse_than_before() {
        let reports = STRICT.map(|(name, table)| (name, evaluate_pairs_strictly(table).unwrap()));
        let mut lines = Vec::new();
        for (name, report) in &reports {
            let line = |(class, counts): (&String, &PairCounts)| {
                format!("{name}\t{class}\t{}\t{}", counts.strict, counts.rows)
            };
            lines.extend(report.classes.iter().map(line));
        }
        if std::env::var_os("DIWAN_UPDATE_SCORE").is_some() {
            std::fs::write(STRICT_FOUND_FILE, lines.join("\n") + "\n").unwrap();
            return;
        }
        let right = |line: &str| line.split('\t').nth(2).and_then(|right| right.parse::<usize>().ok());
        let pairs = STRICT_FOUND.lines().zip(&lines);
        let fallen: Vec<String> = pairs
            .filter(|(before, now)| right(now) < right(before))
            .map(|(before, now)| format!("{now}, before: {before}"))
            .collect();
        assert!(fallen.is_empty(), "worse than tests/fixtures/search/pairs/found.tsv says:\n{}", fallen.join("\n"));
        assert_eq!(STRICT_FOUND.lines().count(), lines.len(), "a class has no line yet");
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
