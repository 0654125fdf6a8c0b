//! Reads files of a Statamic site into values. The only crate that knows that format; it knows no database and no verbs.
//!
//! The way of one file: [`find_entry_files`] names it, [`read_found_file`] gives its bytes, [`read_entry_file`] makes an
//! [`EntryFile`] of them, [`choose_collection`] says where it belongs, [`convert`] turns it into data for a blueprint.
//!
//! Rules that hold here:
//! * Nothing is lost: what no field can take stands in [`Converted::foreign`], and the exact bytes of a file can be made
//!   again from what a conversion answers.
//! * Nothing is guessed silently: what is wrong is a [`Problem`] with its line, what was changed or left aside a [`Note`].
//! * Scalars mean what Statamic takes them for (it reads YAML with PHP's Symfony component), not what YAML 1.2 says.
//!
//! To read another kind of file (a term, a global set, a tree): one file beside `entry_file.rs` that starts from
//! `front_matter::split` or the whole text and from `yaml_value`, and one more answer of [`find_entry_files`].
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that cannot go on should fail where it stands"))]

mod convert;
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
    convert::{Author, Conversion, Converted, convert},
    entry_file::{EntryFile, place_of, read_entry_file},
    file_name::FileDate,
    front_matter::{FrontMatter, split},
    identity::stable_id,
    placement::{NoCollection, choose_collection},
    problem::{Note, Problem},
    site::{FindError, Found, FoundFile, MAX_FILE_BYTES, SkipReason, Skipped, find_entry_files, read_found_file},
};
