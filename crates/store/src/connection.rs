//! in progress
#[derive(Debug)]
pub(crate) struct Connection;
