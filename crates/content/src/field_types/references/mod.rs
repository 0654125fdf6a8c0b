//! What points to entries and assets: references, links and menus.

mod asset;
mod ids;
mod link;
mod navigation;
mod reference;

pub use self::{asset::AssetType, link::LinkType, navigation::NavigationType, reference::ReferenceType};
