//! What the public reads: published things alone. Nothing here can name a draft.
//!
//! Every read answers a value and the tags of all that it was made from, also of what was not there.

mod assembling;
mod asset;
mod content;
mod entry;
pub(crate) mod lanes;
mod list;
mod locales;
mod paths;
mod request;
pub(crate) mod search;
mod single;
mod tagged;
mod tree;
mod turn;
mod view;

pub use self::{
    assembling::{Included, IncludedAsset, PublishedEntry, Translation},
    asset::{AssetBytes, PublicAsset},
    content::{Content, REDIRECT_STATUS},
    entry::EntryRead,
    list::{CheckedList, DEFAULT_PAGE_SIZE, ListQuery, MAX_PAGE_SIZE, PublishedPage},
    paths::{PathsPage, PublishedPath},
    request::{ReadRequest, Selection},
    search::{
        CheckedSearch, CollectionCount, DepartmentCount, FoundAttachment, SearchHit, SearchInput, SearchPage,
        SuggestInput, SuggestedTitle,
    },
    tagged::Tagged,
    tree::TreeNode,
};

pub(crate) use self::{asset::asset_view, list::check_size, search::check_day};
