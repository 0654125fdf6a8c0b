//! What is public and was: publications, the paths where they live, and what lists and references are read from.

pub(crate) mod folding;
pub(crate) mod history;
pub(crate) mod lists;
pub(crate) mod paths;
pub(crate) mod publications;
pub(crate) mod publishing;
pub(crate) mod references;
pub(crate) mod singles;
pub(crate) mod verify;
