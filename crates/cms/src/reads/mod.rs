//! What the public reads: published things alone. Nothing here can name a draft.
//!
//! Every read answers a value and the tags of all that it was made from, also of what was not there.

mod assembling;
mod asset;
mod entry;
pub(crate) mod lanes;
mod list;
mod paths;
pub(crate) mod search;
mod tree;
mod view;

pub use self::{
    assembling::{Included, IncludedAsset, PublishedEntry, Translation},
    asset::{AssetBytes, PublicAsset},
    entry::{Content, EntryRead, REDIRECT_STATUS},
    list::{CheckedList, DEFAULT_PAGE_SIZE, ListQuery, MAX_PAGE_SIZE, PublishedPage},
    paths::{PathsPage, PublishedPath},
    search::{
        CheckedSearch, CollectionCount, DepartmentCount, FoundAttachment, SearchHit, SearchInput, SearchPage,
        SuggestInput, SuggestedTitle,
    },
    tree::TreeNode,
    view::{ReadRequest, Selection, Tagged},
};

pub(crate) use self::{asset::asset_view, list::check_size, search::check_day};
