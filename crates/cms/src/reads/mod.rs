//! What the public reads: published things alone. Nothing here can name a draft.
//!
//! Every read answers a value and the tags of all that it was made from, also of what was not there.

mod asset;
mod at_path;
mod entry;
pub(crate) mod lanes;
mod list;
mod paths;
pub(crate) mod search;
mod shown_assets;
mod single;
mod tree;
mod view;

pub use self::{
    asset::{AssetBytes, ByHash, PublicAsset},
    entry::{EntryRead, Included, IncludedAsset, PublishedEntry, REDIRECT_STATUS, Selection, Translation},
    list::{CheckedList, DEFAULT_PAGE_SIZE, ListQuery, MAX_PAGE_SIZE, PublishedPage},
    paths::{PathsPage, PublishedPath},
    search::{
        CheckedSearch, CollectionCount, DepartmentCount, FoundAttachment, SearchHit, SearchInput, SearchPage,
        SuggestInput, SuggestedTitle,
    },
    tree::TreeNode,
    view::{ReadRequest, Tagged},
};

pub(crate) use self::{asset::asset_view, list::check_size, search::check_day};
