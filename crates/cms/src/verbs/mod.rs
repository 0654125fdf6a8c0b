//! The verbs: each file one, its main function reads as the policy.

mod create_entry;
mod delete_asset;
mod keys;
mod publish;
mod replace_asset;
mod restore_revision;
mod revision;
mod save;
mod save_asset;
mod targets;
mod transfer;
mod trash;
mod upload_asset;
mod withdraw;

pub use self::{
    create_entry::CreateEntry,
    delete_asset::AssetUsers,
    keys::{CreateKey, CreatedKey, MAX_KEY_LABEL_CHARS, MAX_OVERLAP_HOURS, key_prefix},
    publish::PublishItem,
    replace_asset::ReplaceAsset,
    revision::{Keep, MAX_NOTE_CHARS, RevisionInput},
    save::Expect,
    save_asset::SaveAsset,
    upload_asset::{MAX_ALTERNATIVE_TEXT_CHARS, MAX_ASSET_NAME_CHARS, UploadAsset},
    withdraw::WithdrawItem,
};
pub(crate) use self::{
    publish::apply_plan,
    upload_asset::{NewAsset, store_upload},
};
