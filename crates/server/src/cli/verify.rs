//! `diwan verify` and `diwan audit verify`: exit code 0 when all is sound, 2 when damage was found, 1 when it could not be
//! looked at.

use diwan_cms::{DamagedBlob, VerifyReport};

use super::{
    commands::open_to_look,
    failure::{Failure, of_verb, say},
};
use crate::config::Config;

/// Looks for damage in everything that is stored.
pub(super) async fn verify(config: &Config) -> Result<(), Failure> {
    let cms = open_to_look(config).await?;
    let report = cms.verify().await;
    cms.close().await?;
    let report = report.map_err(of_verb)?;
    let VerifyReport { events, revisions, blobs, publications, .. } = &report;
    say(format!("looked at {events} events, {revisions} revisions, {blobs} files and {publications} publications"));
    if report.lists_outdated {
        say("keys of some lists were not compared: the schemas have changed, and the next start makes them again");
    }
    if report.is_sound() {
        say("all is sound");
        return Ok(());
    }
    let VerifyReport { broken_chain, faulty_guards, damaged_blobs, mismatches, mismatch_count, .. } = report;
    let mut lines: Vec<String> =
        broken_chain.into_iter().map(|at| format!("damage: event {at} does not follow from the one before")).collect();
    lines.extend(guard_lines(&faulty_guards));
    lines.extend(damage_lines(&damaged_blobs));
    let left = mismatch_count.saturating_sub(mismatches.len() as u64);
    lines.extend(mismatches.into_iter().map(|what| format!("damage: {what}")));
    if left > 0 {
        lines.push(format!("damage: and {left} more revisions, paths and lists"));
    }
    Err(Failure::of_damage(lines))
}

/// Follows the chain of events.
pub(super) async fn audit(config: &Config) -> Result<(), Failure> {
    let cms = open_to_look(config).await?;
    let (broken, last) = (cms.verify_events().await, cms.last_sequence().await);
    let faulty = cms.faulty_guards().await;
    cms.close().await?;
    let faulty = faulty.map_err(of_verb)?;
    match broken.map_err(of_verb)? {
        None if !faulty.is_empty() => Err(Failure::of_damage(guard_lines(&faulty).collect())),
        None => {
            say(format!("the chain of events is whole, up to event {}", last.map_err(of_verb)?));
            Ok(())
        }
        Some(broken) => {
            let line = format!("damage: event {} does not follow from the one before", broken.sequence);
            Err(Failure::of_damage(std::iter::once(line).chain(guard_lines(&faulty)).collect()))
        }
    }
}

/// A line for each trigger that does not do what it was made for.
fn guard_lines(faulty: &[String]) -> impl Iterator<Item = String> {
    faulty.iter().map(|name| {
        format!(
            "damage: the trigger {name} is missing, switched off or changed, so that the database does not refuse changes"
        )
    })
}

/// A line for each damaged file.
pub(super) fn damage_lines(damaged: &[DamagedBlob]) -> impl Iterator<Item = String> {
    damaged.iter().map(|blob| format!("damage: {blob}"))
}
