//! A collection of documents with queries and what answers them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    EvaluationError, Scores,
    throwaway::{Document, Throwaway, Writing, place_of},
};

/// Hits of one query that are looked at.
const DEPTH: usize = 100;

/// The texts of the three files.
#[derive(Debug, Clone, Copy)]
pub struct JudgedCollection<'a> {
    /// JSON Lines of `{"id", "title", "text"}`; the title may be absent.
    pub docs: &'a str,
    /// JSON Lines of `{"id", "text"}`.
    pub queries: &'a str,
    /// Lines of query, document and grade, parted by white space; 0 means not relevant.
    pub qrels: &'a str,
}

#[derive(Deserialize)]
struct Doc {
    id: String,
    #[serde(default)]
    title: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Query {
    id: String,
    text: String,
}

/// Searches every judged query and says how well it was answered. Queries without a relevant document count for nothing.
///
/// # Errors
/// A line that cannot be read, a judgement of a query that is not there, an empty file, an index that fails.
pub fn evaluate_collection(files: JudgedCollection<'_>) -> Result<Scores, EvaluationError> {
    let docs: Vec<Doc> = json_lines("the documents", files.docs)?;
    let queries: Vec<Query> = json_lines("the queries", files.queries)?;
    let qrels = judgements(files.qrels, &queries)?;
    let documents: Vec<Document<'_>> = docs
        .iter()
        .map(|Doc { id: _, title, text }| Document {
            title: title.as_deref().unwrap_or_default(),
            text,
            writing: Writing::Plain,
        })
        .collect();
    let index = Throwaway::of(&documents)?;
    let mut scores = Vec::with_capacity(queries.len());
    for Query { id, text } in &queries {
        let Some(relevant) = qrels.get(id.as_str()) else { continue };
        let hits = index.hits(text, DEPTH)?;
        let found: Vec<String> =
            hits.iter().filter_map(|hit| docs.get(place_of(hit))).map(|doc| doc.id.clone()).collect();
        scores.push(Scores::of(&found, relevant));
    }
    Ok(Scores::mean(&scores))
}

fn json_lines<T: for<'a> Deserialize<'a>>(file: &'static str, text: &str) -> Result<Vec<T>, EvaluationError> {
    let mut items = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let item = serde_json::from_str(line);
        items.push(item.map_err(|error| EvaluationError::Line {
            file,
            line: number + 1,
            reason: error.to_string(),
        })?);
    }
    if items.is_empty() { Err(EvaluationError::Empty(file)) } else { Ok(items) }
}

type Judgements = BTreeMap<String, BTreeMap<String, u32>>;

fn judgements(text: &str, queries: &[Query]) -> Result<Judgements, EvaluationError> {
    const FILE: &str = "the judgements";
    let mut judged = Judgements::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |reason: &str| EvaluationError::Line { file: FILE, line: number + 1, reason: reason.to_owned() };
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [query, document, grade] = columns[..] else {
            return Err(wrong("must be a query, a document and a grade"));
        };
        let grade: u32 = grade.parse().map_err(|_| wrong("the grade must be a whole number"))?;
        if !queries.iter().any(|known| known.id == query) {
            return Err(wrong("judges a query that is not there"));
        }
        if grade > 0 {
            judged.entry(query.to_owned()).or_default().insert(document.to_owned(), grade);
        }
    }
    if judged.is_empty() { Err(EvaluationError::Empty(FILE)) } else { Ok(judged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: &str = r#"{"id": "a", "title": "الموازنة العامة", "text": "تعدّ الإدارة الموازنة."}
{"id": "b", "text": "تستقبل الدائرة الطلبات."}
"#;
    const QUERIES: &str = r#"{"id": "1", "text": "موازنه"}
{"id": "2", "text": "«؟»"}
{"id": "3", "text": "طلب"}
"#;

    #[test]
    fn queries_are_searched_and_judged() {
        let qrels = "1 a 1\n2 a 1\n3\tb\t2\n3 a 0\n";
        let scores = evaluate_collection(JudgedCollection { docs: DOCS, queries: QUERIES, qrels }).unwrap();
        let third = 2.0 / 3.0;
        assert_eq!((scores.queries, scores.mrr_10, scores.recall_100), (3, third, third));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let told = |docs, queries, qrels| {
            evaluate_collection(JudgedCollection { docs, queries, qrels }).unwrap_err().to_string()
        };
        assert!(told("{}", QUERIES, "1 a 1").starts_with("the documents, line 1: missing field `id`"));
        assert_eq!(told("\n", QUERIES, "1 a 1"), "the documents hold nothing");
        assert!(told(DOCS, "[1]\n", "1 a 1").starts_with("the queries, line 1: "));
        assert_eq!(told(DOCS, QUERIES, "1 a"), "the judgements, line 1: must be a query, a document and a grade");
        assert_eq!(told(DOCS, QUERIES, "\n1 a x"), "the judgements, line 2: the grade must be a whole number");
        assert_eq!(told(DOCS, QUERIES, "9 a 1"), "the judgements, line 1: judges a query that is not there");
        assert_eq!(told(DOCS, QUERIES, "1 a 0"), "the judgements hold nothing");
    }
}
