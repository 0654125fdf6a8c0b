//! Segments of paths that both APIs use. A handler that needs nothing else takes the segment as its argument.

use diwan_content::{AssetId, EntryId, Locale, Version};

use super::parameters::{Parameters, PathParameter, RequestReader};

/// A collection.
pub(crate) const COLLECTION: PathParameter<String> = PathParameter::text("collection");
/// A collection or a blueprint.
pub(crate) const HANDLE: PathParameter<String> = PathParameter::text("handle");
/// An entry.
pub(crate) const ENTRY: PathParameter<EntryId> = PathParameter::id("id");
/// An asset.
pub(crate) const ASSET: PathParameter<AssetId> = PathParameter::id("id");
/// A locale.
pub(crate) const LOCALE: PathParameter<Locale> = PathParameter::text("locale");

impl Parameters for EntryId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&ENTRY)
    }
}

impl Parameters for AssetId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&ASSET)
    }
}

/// A collection or a blueprint in the path, as sent.
pub(crate) struct Named(pub(crate) String);

impl Parameters for Named {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self(request.path(&HANDLE))
    }
}

/// An entry in one locale.
pub(crate) struct InLocale {
    /// The entry.
    pub(crate) entry: EntryId,
    /// The locale.
    pub(crate) locale: Locale,
}

impl Parameters for InLocale {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { entry: request.path(&ENTRY), locale: request.path(&LOCALE) }
    }
}

/// Something at the version that `If-Match` names.
pub(crate) struct AtVersion<T> {
    /// What.
    pub(crate) of: T,
    /// The version.
    pub(crate) version: Version,
}

impl<T: Parameters> Parameters for AtVersion<T> {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { of: T::read(request), version: request.version() }
    }
}
