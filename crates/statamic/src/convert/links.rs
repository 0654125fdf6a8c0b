//! Pointers to entries and assets.

use diwan_content::{AssetId, EntryId};

use super::{Conversion, Fit, Fitted, Given, scalars::became};
use crate::{front_matter::shorten, identity::find_uuid};

/// How links name an entry and an asset.
const ENTRY_PREFIX: &str = "entry::";
const ASSET_PREFIX: &str = "asset::";

/// An entry by its id; one that tells no entry is kept as it came.
pub(super) fn reference(given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    let Some(written) = given.written() else { return Err("is no reference".to_owned()) };
    let id = written.strip_prefix(ENTRY_PREFIX).unwrap_or(written);
    match entry_of(id, conversion) {
        Some(found) => changed_unless_same(given, found.to_string()),
        None => kept(written),
    }
}

/// An asset by its file name; one that is not known is kept as it came.
pub(super) fn asset(given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    let Some(written) = given.written() else { return Err("is no asset".to_owned()) };
    let name = written.strip_prefix(ASSET_PREFIX).unwrap_or(written);
    match asset_of(name, conversion) {
        Some(found) => changed_unless_same(given, found.to_string()),
        None => kept(written),
    }
}

/// A URL as it stands, or a link to an entry or asset.
pub(super) fn link(given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    let Some(written) = given.written() else { return Err("is no link".to_owned()) };
    if let Some(id) = written.strip_prefix(ENTRY_PREFIX) {
        return match entry_of(id, conversion) {
            Some(found) => changed_unless_same(given, format!("entry:{found}")),
            None => kept(written),
        };
    }
    if let Some(name) = written.strip_prefix(ASSET_PREFIX) {
        return match asset_of(name, conversion) {
            Some(found) => changed_unless_same(given, format!("asset:{found}")),
            None => kept(written),
        };
    }
    let scheme = written.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("http" | "https" | "mailto" | "tel") => Fitted::same(&written.into()),
        _ => kept(written),
    }
}

fn entry_of(id: &str, conversion: &Conversion<'_>) -> Option<EntryId> {
    (conversion.find_entry)(id).or_else(|| find_uuid(id).map(EntryId))
}

fn asset_of(name: &str, conversion: &Conversion<'_>) -> Option<AssetId> {
    (conversion.find_asset)(name).or_else(|| find_uuid(name).map(AssetId))
}

fn changed_unless_same(given: Given<'_>, now: String) -> Fit {
    let is_same = given.value.as_str().is_some_and(|text| text.eq_ignore_ascii_case(&now));
    if is_same {
        return Fitted::same(given.value);
    }
    let note = became(given, &now);
    Fitted::changed(now, note)
}

fn kept(written: &str) -> Fit {
    Fitted::changed(written, format!("{} names nothing that is known here; kept as it came", shorten(written)))
}
