//! What editors do, all at once: one phase of one kind of work, each editor on entries of its own.

use std::time::{Duration, Instant};

use diwan_cms::{CreateEntry, Expect, LocalizationState, PublishItem, RevisionInput};
use diwan_content::ContentHash;
use serde_json::{Value, json};

use crate::{
    installation::{Installation, publisher},
    text::Random,
};

/// Bytes of a body and of a raw row.
const BODY_BYTES: usize = 4_096;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Raw,
    Create,
    PublishNew,
    Save,
    PublishSaved,
}

impl Phase {
    /// In an order in which each finds what it needs.
    pub(crate) const ALL: [Self; 5] = [Self::Raw, Self::Create, Self::PublishNew, Self::Save, Self::PublishSaved];
}

/// Editors with what each is to write and has written.
pub(crate) struct Desk {
    editors: Vec<Editor>,
}

struct Editor {
    random: Random,
    commits: usize,
    states: Vec<LocalizationState>,
}

impl Desk {
    /// `commits` is divided among the editors.
    pub(crate) fn new(editors: usize, commits: usize, seed: u64) -> Self {
        let editor = |number: usize| Editor {
            random: Random::new(seed + (editors * 1_000 + number) as u64),
            commits: commits / editors,
            states: Vec::new(),
        };
        Self { editors: (0..editors).map(editor).collect() }
    }

    pub(crate) fn editors(&self) -> usize {
        self.editors.len()
    }

    /// How long all editors together took for one phase. What they write is made up before.
    pub(crate) async fn run(&mut self, installation: &Installation, phase: Phase) -> Duration {
        let work: Vec<Vec<String>> = self.editors.iter_mut().map(Editor::bodies).collect();
        let states: Vec<_> = self.editors.iter_mut().map(|editor| std::mem::take(&mut editor.states)).collect();
        let begun = Instant::now();
        let tasks: Vec<_> = work
            .into_iter()
            .zip(states)
            .enumerate()
            .map(|(number, (bodies, states))| {
                let (cms, raw) = (installation.cms.clone(), installation.raw.clone());
                let department = installation.departments[number % installation.departments.len()];
                tokio::spawn(async move {
                    match phase {
                        Phase::Raw => {
                            for body in bodies {
                                commit(&raw, cms.now(), body).await;
                            }
                            states
                        }
                        Phase::Create => {
                            let mut made = Vec::new();
                            for body in bodies {
                                let input = CreateEntry {
                                    collection: "news".to_owned(),
                                    department: Some(department),
                                    revision: revision(&body),
                                    ..CreateEntry::default()
                                };
                                made.push(cms.create_entry(&publisher(), input).await.unwrap().value);
                            }
                            made
                        }
                        Phase::Save => {
                            let mut saved = Vec::new();
                            for (state, body) in states.into_iter().zip(bodies) {
                                let expect = Expect::Version(state.version);
                                let done =
                                    cms.save(&publisher(), state.entry, state.locale, revision(&body), expect).await;
                                saved.push(done.unwrap().value);
                            }
                            saved
                        }
                        Phase::PublishNew | Phase::PublishSaved => {
                            let mut published = Vec::new();
                            for state in states {
                                let LocalizationState { entry, locale, version, head, hash, .. } = state;
                                let item = PublishItem { entry, locale, revision: head, hash, version };
                                published.push(cms.publish_one(&publisher(), item).await.unwrap().value);
                            }
                            published
                        }
                    }
                })
            })
            .collect();
        for (editor, task) in self.editors.iter_mut().zip(tasks) {
            editor.states = task.await.unwrap();
        }
        begun.elapsed()
    }
}

impl Editor {
    fn bodies(&mut self) -> Vec<String> {
        (0..self.commits).map(|_| self.random.markdown(BODY_BYTES)).collect()
    }
}

/// What every publish does at least: one row that was not there, on the disk.
async fn commit(raw: &diwan_store::Store, now: diwan_content::Timestamp, body: String) {
    let hash = ContentHash::of(body.as_bytes());
    let mut tx = raw.begin(now).await.unwrap();
    let put = tx.put_presented(&hash, &body).await;
    tx.end(put).await.unwrap();
}

fn revision(body: &str) -> RevisionInput {
    let words: Vec<&str> = body.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).collect();
    let data: Value = json!({
        "title": words[..6].join(" "),
        "kind": "news",
        "summary": words[6..30].join(" "),
        "body": body,
        "tags": [words[0], words[1]],
    });
    RevisionInput { data, ..RevisionInput::default() }
}
