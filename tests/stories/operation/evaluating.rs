//! `diwan search evaluate` measures search and says what it cannot read.

use std::{fs, path::Path};

use super::program::{Ended, run};

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn evaluate(arguments: &[&str]) -> Ended {
    run(&[&["search", "evaluate"], arguments].concat(), &[])
}

#[test]
fn a_collection_and_a_table_of_pairs_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let docs = file(folder.path(), "docs", "{\"id\": \"a\", \"title\": \"القوانين\", \"text\": \"نص القوانين.\"}\n");
    let queries = file(folder.path(), "queries", "{\"id\": \"1\", \"text\": \"قانون\"}\n");
    let qrels = file(folder.path(), "qrels", "1 a 1\n");
    let pairs = file(folder.path(), "pairs", "query\ttext\tmatch\twhy\nالموازنه\tالموازنة\t1\torth: ha\n");
    let done = evaluate(&["--docs", &docs, "--queries", &queries, "--qrels", &qrels, "--pairs", &pairs]);
    let scores = "1 queries  MRR@10 1.0000  nDCG@10 1.0000  recall@10 1.0000  recall@100 1.0000\n";
    let one = "1\t1 (1.00)\t1 (1.00)";
    let table = format!("class\trows\tstrict\twith slips\north\t{one}\nall\t{one}\n");
    assert!(done.good && done.output.contains(&format!("{scores}{table}")), "{done:?}");
}

#[test]
fn what_cannot_be_measured_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let docs = file(folder.path(), "docs", "{\"id\": \"a\"}\n");
    let queries = file(folder.path(), "queries", "{\"id\": \"1\", \"text\": \"قانون\"}\n");
    let qrels = file(folder.path(), "qrels", "1 a 1\n");
    for (arguments, told) in [
        (&[][..], "required arguments were not provided"),
        (&["--docs", &docs], "--queries <FILE>"),
        (&["--queries", &queries], "--docs <FILE>"),
        (&["--pairs", "no/such/file"], "cannot read no/such/file"),
        (&["--docs", &docs, "--queries", &queries, "--qrels", &qrels], "the documents, line 1: missing field `text`"),
        (&["--pairs", &qrels], "the pairs hold nothing"),
    ] {
        let done = evaluate(arguments);
        assert!(!done.good && done.errors.contains(told), "{told}: {done:?}");
    }
}
