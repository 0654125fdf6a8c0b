//! The values of one revision.

use serde_json::{Map, Value};

use super::foreign::Foreign;
use crate::values::{CalendarDate, ContentHash, EntryId, Handle, Rank, Slug, canonical_members};

/// The own values of one localization, by field: absent inherits from the origin, `null` empties, a value overrides.
/// Made only by [`crate::Blueprint::read`] from what somebody sent, or from what is stored. Key order is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data(Map<String, Value>);

/// Stored content that is no JSON object; says that the database was damaged.
#[derive(Debug, thiserror::Error)]
#[error("stored content is not a JSON object")]
pub struct DamagedContent(#[source] Option<serde_json::Error>);

impl Data {
    pub(crate) fn from_checked(values: Map<String, Value>) -> Self {
        Self(values)
    }

    /// From the text of a stored revision.
    pub fn from_stored(text: &str) -> Result<Self, DamagedContent> {
        match serde_json::from_str(text) {
            Ok(Value::Object(values)) => Ok(Self(values)),
            Ok(_) => Err(DamagedContent(None)),
            Err(error) => Err(DamagedContent(Some(error))),
        }
    }

    /// The text that is stored and hashed: compact JSON, keys in their order.
    pub fn to_stored(&self) -> String {
        serde_json::to_string(&self.0).expect("a map of JSON values is always written")
    }

    /// The own value of a field; `None` inherits.
    pub fn find(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// The values alone.
    pub(crate) fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// As a JSON object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// Stored data in one spelling; `None` where they are damaged.
fn canonical_text(text: &str) -> Option<Map<String, Value>> {
    Data::from_stored(text).ok().map(|data| canonical_members(data.as_map()))
}

/// What can become public of one localization and is fixed by a revision, next to its data.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionContent {
    /// Compact JSON of the own data, exactly as stored.
    pub data_text: String,
    /// Last segment of the path; none while a draft has no title to make it of.
    pub slug: Option<Slug>,
    /// Parent in a tree; held by the origin alone.
    pub parent: Option<EntryId>,
    /// Place among siblings in a tree; held by the origin alone.
    pub rank: Option<Rank>,
    /// The entry's date in dated collections; held by the origin alone.
    pub date: Option<CalendarDate>,
    /// [`Foreign`]: what is kept beside the data, as compact JSON; never delivered.
    pub foreign_text: Option<String>,
    /// Blueprint that the data was written under.
    pub blueprint: Handle,
    /// That blueprint's hash.
    pub blueprint_hash: ContentHash,
}

impl RevisionContent {
    /// Whether both say the same to everybody: whatever spelling they were written in, and whatever the blueprint was then.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same_data =
            self.data_text == other.data_text || canonical_text(&self.data_text) == canonical_text(&other.data_text);
        let beside = |content: &Self| content.foreign_text.as_deref().map(Foreign::hashed).unwrap_or_default();
        let place = |content: &Self| (content.parent, content.rank.clone(), content.date, content.blueprint.clone());
        same_data && self.slug == other.slug && place(self) == place(other) && beside(self) == beside(other)
    }

    /// The revision's hash: what an approval binds to. Framed parts, in this order for ever. How values were written that are
    /// stored in another spelling is no part of it.
    pub fn hash(&self) -> ContentHash {
        let Self { data_text, slug, parent, rank, date, foreign_text, blueprint, blueprint_hash } = self;
        // No slug holds a slash, and so no other revision hashes like one without a slug.
        let slug = slug.as_ref().map_or("/", Slug::as_str);
        let parent = parent.map(|id| id.to_string()).unwrap_or_default();
        let rank = rank.as_ref().map(Rank::as_str).unwrap_or_default();
        let date = date.map(|date| date.to_string()).unwrap_or_default();
        ContentHash::of_parts(&[
            b"revision-1",
            data_text.as_bytes(),
            slug.as_bytes(),
            parent.as_bytes(),
            rank.as_bytes(),
            date.as_bytes(),
            foreign_text.as_deref().map(Foreign::hashed).unwrap_or_default().as_bytes(),
            blueprint.as_str().as_bytes(),
            blueprint_hash.as_bytes(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(slug: Option<&str>) -> RevisionContent {
        RevisionContent {
            data_text: r#"{"title":"x"}"#.to_owned(),
            slug: slug.map(|slug| Slug::from_stored(slug.to_owned())),
            parent: None,
            rank: None,
            date: None,
            foreign_text: None,
            blueprint: "news".parse().unwrap(),
            blueprint_hash: ContentHash::from_bytes([0; 32]),
        }
    }

    #[test]
    fn the_hash_of_a_revision_stays_what_it_was() {
        let hash = content(Some("خبر")).hash().to_string();
        assert_eq!(hash, "ca280198b0a4c549f8a7fd81a423f54e18b1b272a99cd0c1510cd91b3aa43ab3");
    }

    #[test]
    fn no_slug_hashes_like_no_other() {
        let hashes = [content(None).hash(), content(Some("")).hash(), content(Some("خبر")).hash()];
        assert!(hashes[0] != hashes[1] && hashes[0] != hashes[2] && hashes[1] != hashes[2]);
        assert!(!diwan_arabic::is_slug("/"));
    }
}
