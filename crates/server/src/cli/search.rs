//! `diwan search evaluate`: how good search is; needs no installation and leaves nothing behind.

use std::{fs, path::Path};

use diwan_cms::{JudgedCollection, evaluate_collection, evaluate_pairs};

use super::{
    arguments::{EvaluateArguments, SearchCommand},
    failure::{Failure, say},
};

/// Measures search.
pub(super) async fn search(command: SearchCommand) -> Result<(), Failure> {
    let SearchCommand::Evaluate(arguments) = command;
    match tokio::task::spawn_blocking(move || evaluate(&arguments)).await {
        Ok(done) => done,
        Err(error) => Err(error.into()),
    }
}

fn evaluate(arguments: &EvaluateArguments) -> Result<(), Failure> {
    let EvaluateArguments { docs, queries, qrels, pairs } = arguments;
    if let (Some(docs), Some(queries), Some(qrels)) = (docs, queries, qrels) {
        let (docs, queries, qrels) = (read(docs)?, read(queries)?, read(qrels)?);
        let scores = evaluate_collection(JudgedCollection { docs: &docs, queries: &queries, qrels: &qrels })?;
        say(scores.to_string());
    }
    if let Some(pairs) = pairs {
        say(evaluate_pairs(&read(pairs)?)?.to_string());
    }
    Ok(())
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::new(format!("error: cannot read {}: {error}", file.display())))
}
