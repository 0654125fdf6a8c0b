//! The verbs: each file one, its main function reads as the policy.

mod create_entry;
mod create_key;
mod publish;
mod restore_revision;
mod revision;
mod save;
mod save_asset;
mod targets;
mod transfer;
mod trash;
mod upload_asset;
mod withdraw;

pub(crate) use self::upload_asset::{NewAsset, store_upload};
pub use self::{
    create_key::{CreateKey, CreatedKey},
    revision::MAX_NOTE_CHARS,
    upload_asset::{MAX_ALTERNATIVE_TEXT_CHARS, MAX_ASSET_NAME_CHARS},
};
