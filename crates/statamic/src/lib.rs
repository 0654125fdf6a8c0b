#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands"))]

mod convert;
mod date_behavior;
mod entry_file;
mod file_name;
mod front_matter;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod identity;
mod placement;
mod problem;
mod scalar;
mod site;
mod written_time;
mod yaml_value;

pub use self::{
    convert::{Author, Conversion, Converted, convert, date_of_file},
    date_behavior::DateBehavior,
    entry_file::{EntryFile, place_of, read_entry_file},
    file_name::FileDate,
    front_matter::{FrontMatter, split},
    identity::stable_id,
    placement::{NoCollection, choose_collection},
    problem::{Note, Problem},
    site::{FindError, Found, FoundFile, MAX_FILE_BYTES, SkipReason, Skipped, find_entry_files, read_found_file},
};
