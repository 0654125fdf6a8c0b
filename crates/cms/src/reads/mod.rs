//! What the public reads: published things alone. Nothing here can name a draft.
//!
//! Every read answers a value and the tags of all that it was made from, also of what was not there.

mod assemble;
mod asset;
mod content;
mod entry;
mod include;
mod list;
mod locales;
mod paths;
mod published;
mod referring;
mod request;
mod search;
mod search_checks;
mod single;
mod still_public;
mod stored_values;
mod suggest;
mod tagged;
mod tree;
mod turn;
mod window;

pub use self::{
    asset::{AssetBytes, PublicAsset},
    content::{Content, REDIRECT_STATUS},
    entry::EntryRead,
    list::{ListQuery, MAX_PAGE_SIZE, PublishedPage},
    paths::{PathsPage, PublishedPath},
    published::{Included, IncludedAsset, PublishedEntry, Translation},
    request::{ReadRequest, Selection},
    search::{CollectionCount, DepartmentCount, FoundAttachment, SearchHit, SearchInput, SearchPage},
    suggest::{SuggestInput, SuggestedTitle},
    tagged::Tagged,
    tree::TreeNode,
};

pub(crate) use self::{asset::asset_view, list::check_size, search_checks::check_day};
