//! JSON pointers (RFC 6901) to the place of a fault.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The way to a value during a walk. A pointer is made of it only where one is needed, since names may be long and values
/// many.
#[derive(Debug, Default)]
pub(crate) struct Way<'v>(Vec<Step<'v>>);

#[derive(Debug)]
pub(crate) enum Step<'v> {
    Name(&'v str),
    Place(usize),
}

impl<'v> Way<'v> {
    /// Goes one step deeper for the time of `look`.
    pub(crate) fn within<T>(&mut self, step: Step<'v>, look: impl FnOnce(&mut Self) -> T) -> T {
        self.0.push(step);
        let seen = look(self);
        self.0.pop();
        seen
    }

    /// The place that it leads to.
    pub(crate) fn pointer(&self, from: &Pointer) -> Pointer {
        self.0.iter().fold(from.clone(), |at, step| match step {
            Step::Name(name) => at.key(name),
            Step::Place(place) => at.index(*place),
        })
    }
}

/// A JSON pointer; the empty one is the whole document.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// One step deeper, by name.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        Self(format!("{}/{}", self.0, name.replace('~', "~0").replace('/', "~1")))
    }

    /// One step deeper, by place in an array.
    #[must_use]
    pub fn index(&self, place: usize) -> Self {
        Self(format!("{}/{place}", self.0))
    }

    /// The names and places that lead from the root to it.
    pub(crate) fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
    }

    /// The step that leads from `base` on towards this place; `None` where it is not below `base`.
    pub(crate) fn step_after(&self, base: &Self) -> Option<String> {
        let rest = self.0.strip_prefix(base.as_str())?.strip_prefix('/')?;
        Self(format!("/{}", rest.split('/').next()?)).steps().next()
    }

    /// Whether it is that place or one below it.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self == other || self.step_after(other).is_some()
    }

    /// The same place in a document that is at `base` of another.
    #[must_use]
    pub fn under(&self, base: &Self) -> Self {
        Self(format!("{}{}", base.0, self.0))
    }

    /// The place some levels up, but never the whole document.
    #[must_use]
    pub(crate) fn above(&self, levels: usize) -> Self {
        let depth = self.0.matches('/').count();
        let kept = depth.saturating_sub(levels).max(1);
        let end = self.0.match_indices('/').nth(kept).map_or(self.0.len(), |(end, _)| end);
        Self(self.0[..end].to_owned())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
