//! Who did something, as a reference that says no name.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::values::{KeyId, PersonId};

/// Who did something, as events and revisions name it: identities only, never names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorRef {
    /// Nobody known.
    Anonymous,
    /// An API key.
    Key(KeyId),
    /// A person who wrote what was imported.
    Person(PersonId),
    /// Diwan itself: samples, imports from the command line.
    System,
}

/// A text that names no actor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an actor")]
pub struct NotAnActor;

impl fmt::Display for ActorRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::System => f.write_str("system"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

impl FromStr for ActorRef {
    type Err = NotAnActor;

    fn from_str(text: &str) -> Result<Self, NotAnActor> {
        let id = |text: &str| Uuid::try_parse(text).map_err(|_| NotAnActor);
        match text.split_once(':') {
            None if text == "anonymous" => Ok(Self::Anonymous),
            None if text == "system" => Ok(Self::System),
            Some(("key", rest)) => Ok(Self::Key(KeyId(id(rest)?))),
            Some(("person", rest)) => Ok(Self::Person(PersonId(id(rest)?))),
            None | Some(_) => Err(NotAnActor),
        }
    }
}

impl Serialize for ActorRef {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ActorRef {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}
