//! From an entry file to data for a blueprint.

mod aside;
mod choices;
mod items;
mod kept;
mod links;
mod rows;
mod scalars;
mod sorted;
mod structures;
#[cfg(test)]
pub(crate) mod testing;
mod times;

use diwan_content::{
    AssetId, Blueprint, CalendarDate, Collection, ContentHash, Data, EntryId, FieldType, Handle, Locale, PersonId,
    Slug, TimeZone, Timestamp,
    yaml::{Node, NodeKind},
};
use serde_json::{Map, Value, json};

pub use self::choices::date_of_file;
use self::{
    choices::{choose_body_field, choose_date, choose_locale, choose_slug, first_published_at},
    sorted::Sorted,
};
use crate::{entry_file::EntryFile, identity::stable_id, problem::Note};

/// What a conversion needs to know beside the file and the blueprint.
#[derive(Clone, Copy)]
pub struct Conversion<'a> {
    /// The site's time zone: its content does not name it.
    pub time_zone: &'a TimeZone,
    /// The name of the site, within which ids that are no UUID are; `None` for the one without a name.
    pub site: Option<&'a Handle>,
    /// Tells the entry of an id that is no UUID.
    pub find_entry: &'a dyn Fn(&str) -> Option<EntryId>,
    /// Tells the asset of a file name such as `image.jpeg` or `container::folder/image.jpeg`.
    pub find_asset: &'a dyn Fn(&str) -> Option<AssetId>,
}

/// One localization of an entry, ready to be saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// Its identity, the same at each import.
    pub entry: EntryId,
    /// Its identity there: the alias of one that is no UUID.
    pub foreign_id: String,
    /// Its collection.
    pub collection: Handle,
    /// Its blueprint.
    pub blueprint: Handle,
    /// Its locale: the site's folder where it is one of the collection's locales, else the collection's origin.
    pub locale: Locale,
    /// The entry that this one localizes, where it is not an entry of its own.
    pub origin: Option<EntryId>,
    /// Last segment of the path; `None` where the file name leaves nothing of one.
    pub slug: Option<Slug>,
    /// Number in the file name that parts files of equal slugs.
    pub suffix: Option<u32>,
    /// The entry's date, in dated collections.
    pub date: Option<CalendarDate>,
    /// Whether it is public there.
    pub published: bool,
    /// When it first was public there, as far as the file tells: its date, but not later than its last change.
    pub first_published_at: Option<Timestamp>,
    /// When it was changed last there.
    pub updated_at: Option<Timestamp>,
    /// Who changed it last there.
    pub author: Option<Author>,
    /// Hash of the exact file: equal when nothing was changed there since an earlier import.
    pub source_hash: ContentHash,
    /// JSON object of values by field. [`Blueprint::read_keeping`] takes it without a fault when [`Converted::base`] is given
    /// as what stood there before.
    pub values: Value,
    /// What is kept beside the data: `keys`, the keys that no field takes, with their values; `set_aside`, the parts of values
    /// that their fields refuse, by JSON pointer; and `source` with `path`, `sha256`, `front_matter` and, where no field
    /// holds it, `body`: what the exact file is made of again.
    pub foreign: Map<String, Value>,
    /// What was changed or left aside, by line.
    pub notes: Vec<Note>,
    /// What the entry would lose if it were public: its body, and values set aside that are too long for a note to repeat.
    /// Such an entry must not be published as it is.
    pub losses: Vec<String>,
}

/// A person of whom nothing but an id is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Identity here, the same at each import.
    pub person: PersonId,
    /// Identity there.
    pub foreign_id: String,
}

/// A value for a field, and what was done to it.
pub(crate) struct Fitted {
    pub(crate) value: Value,
    pub(crate) notes: Vec<FitNote>,
}

/// What was done to a value or to a part of it.
pub(crate) struct FitNote {
    /// Place of the part, such as `/2/title`; empty for the value itself.
    pub(crate) at: String,
    /// What was done, or why the part does not fit.
    pub(crate) what: String,
    /// Whether the part does not fit and is still as it came.
    pub(crate) is_unfit: bool,
}

/// A value for a field, or why there is none.
pub(crate) type Fit = Result<Fitted, String>;

/// A value in both its forms: as it is written and as the format takes it.
#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) node: &'a Node,
    pub(crate) value: &'a Value,
}

/// Turns what a file says into data for a blueprint. Never fails: what no field takes stands in `foreign`, with a note.
pub fn convert(
    file: &EntryFile,
    collection: &Collection,
    blueprint: &Blueprint,
    conversion: &Conversion<'_>,
) -> Converted {
    let mut notes = file.notes.clone();
    if let Some(name) = file.blueprint.as_deref().filter(|name| blueprint.handle != *name) {
        notes.push(Note::on_key("blueprint", 1, format!("`{name}` became `{}`", blueprint.handle)));
    }
    let locale = choose_locale(file, collection, &mut notes);
    let mut sorted = Sorted::new(file, notes);
    let body_field = choose_body_field(file, blueprint);
    sorted.sort(blueprint, conversion);
    if let Some(field) = body_field {
        sorted.values.insert(field.to_owned(), Value::String(file.body.clone()));
    }
    let role = collection.role(&locale);
    sorted.check(blueprint, &role);
    kept::note_kept_characters(&sorted.values, file, blueprint, &role, &mut sorted.notes);
    let body_is_kept = body_field.is_some_and(|field| sorted.values.contains_key(field));
    if body_field.is_none() && !file.body.trim().is_empty() {
        let what = "no field takes the body";
        sorted.notes.push(Note::on_file(file.body_start_line, format!("{what}; kept beside the data")));
        sorted.losses.push(what.to_owned());
    }

    let date = choose_date(file, collection, &mut sorted.notes, conversion.time_zone);
    let slug = choose_slug(file, &mut sorted.notes);
    let updated_at = file.updated_at.and_then(|seconds| Timestamp::from_unix_ms(seconds.checked_mul(1_000)?).ok());
    let Sorted { values, keys, set_aside, losses, mut notes, .. } = sorted;
    let source_hash = ContentHash::of(file.raw.as_bytes());
    notes.sort_by_key(|note| note.line);
    Converted {
        entry: EntryId(stable_id(conversion.site, &file.foreign_id())),
        foreign_id: file.foreign_id(),
        collection: collection.handle.clone(),
        blueprint: blueprint.handle.clone(),
        locale,
        origin: file.origin.as_deref().map(|id| EntryId(stable_id(conversion.site, id))),
        slug,
        suffix: file.suffix,
        date: date.map(|date| date.day),
        published: file.published,
        first_published_at: first_published_at(date, updated_at, conversion.time_zone),
        updated_at,
        author: file
            .updated_by
            .clone()
            .map(|id| Author { person: PersonId(stable_id(conversion.site, &id)), foreign_id: id }),
        source_hash,
        values: Value::Object(values),
        foreign: foreign(file, keys, set_aside, body_is_kept, source_hash),
        notes,
        losses,
    }
}

impl<'a> Conversion<'a> {
    /// One that knows no other entries and no assets: what points to them is kept as it came.
    pub fn new(time_zone: &'a TimeZone) -> Self {
        Self { time_zone, site: None, find_entry: &|_| None, find_asset: &|_| None }
    }
}

impl Converted {
    /// The values as [`Data`], to be given to [`Blueprint::read_keeping`] as what stood there before: references that name
    /// nothing are then accepted as they came.
    pub fn base(&self) -> Data {
        base(&self.values)
    }
}

impl Fitted {
    /// The value as it came.
    pub(crate) fn same(value: &Value) -> Fit {
        Ok(Self::unchanged(value))
    }

    /// The value as it came.
    pub(crate) fn unchanged(value: &Value) -> Self {
        Self { value: value.clone(), notes: Vec::new() }
    }

    /// Another value, with what was done.
    pub(crate) fn changed(value: impl Into<Value>, note: impl Into<String>) -> Fit {
        Ok(Self { value: value.into(), notes: vec![FitNote::from(note.into())] })
    }
}

impl FitNote {
    /// About a part at a place that does not fit.
    pub(crate) fn unfit(step: &str, why: String) -> Self {
        Self { at: String::new(), what: why, is_unfit: true }.below(step)
    }

    /// The same, of a part that is one step deeper.
    pub(crate) fn below(self, step: &str) -> Self {
        // As a JSON pointer has it.
        let step = step.replace('~', "~0").replace('/', "~1");
        Self { at: format!("/{step}{}", self.at), ..self }
    }
}

impl<T: Into<String>> From<T> for FitNote {
    fn from(what: T) -> Self {
        Self { at: String::new(), what: what.into(), is_unfit: false }
    }
}

impl<'a> Given<'a> {
    /// The text of a scalar as it is written.
    pub(crate) fn written(&self) -> Option<&'a str> {
        self.node.as_text()
    }

    /// Whether it is a scalar without quotes.
    pub(crate) fn is_plain(&self) -> bool {
        match &self.node.kind {
            NodeKind::Scalar { text: _, plain } => *plain,
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => false,
        }
    }
}

/// The value for a field of that type.
fn fit(field_type: &FieldType, given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    if given.value.is_null() {
        return Fitted::same(given.value);
    }
    match field_type {
        FieldType::Text(_) | FieldType::Textarea(_) | FieldType::Markdown(_) => scalars::text(given),
        FieldType::Integer(_) => scalars::integer(given),
        FieldType::Number(_) => scalars::number(given),
        FieldType::Boolean(_) => scalars::boolean(given),
        FieldType::Date(_) => times::date(given, conversion.time_zone),
        FieldType::Datetime(_) => times::datetime(given, conversion.time_zone),
        FieldType::Select(select) => items::one_or_many(given, select.items.many(), scalars::text),
        FieldType::List(_) => items::one_or_many(given, true, scalars::text),
        FieldType::Reference(reference) => {
            items::one_or_many(given, reference.items.many(), |given| links::reference(given, conversion))
        }
        FieldType::Asset(asset) => {
            items::one_or_many(given, asset.items.many(), |given| links::asset(given, conversion))
        }
        FieldType::Link(_) => links::link(given, conversion),
        FieldType::Time(_) | FieldType::Email(_) | FieldType::Phone(_) | FieldType::Url(_) | FieldType::Color(_) => {
            scalars::text(given)
        }
        FieldType::Tags(_) => items::one_or_many(given, true, scalars::text),
        FieldType::DateRange(_) => structures::date_range(given, conversion.time_zone),
        FieldType::Table(_) => structures::table(given),
        FieldType::Code(_) => structures::code(given),
        FieldType::KeyValue(_) => structures::key_value(given),
        FieldType::GeoPoint(_) => structures::geo_point(given),
        FieldType::RichText(_) => structures::rich_text(given),
        // Menus have no form of their own there: what is no tree of ours is kept beside the data.
        FieldType::Json(_) | FieldType::Navigation(_) => Fitted::same(given.value),
        FieldType::Group(group) => rows::group(&group.fields, given, conversion),
        FieldType::Grid(grid) => rows::grid(&grid.fields, given, conversion),
        FieldType::Blocks(blocks) => rows::blocks(&blocks.blocks, given, conversion),
    }
}

fn foreign(
    file: &EntryFile,
    keys: Map<String, Value>,
    set_aside: Map<String, Value>,
    body_is_kept: bool,
    source_hash: ContentHash,
) -> Map<String, Value> {
    let mut source = json!({
        "system": "statamic",
        "path": file.source,
        "sha256": source_hash.to_string(),
        "front_matter": file.front_matter(),
    });
    if !body_is_kept && !file.body.is_empty() {
        source["body"] = json!(file.body);
    }
    let mut foreign = Map::new();
    if !keys.is_empty() {
        foreign.insert("keys".to_owned(), Value::Object(keys));
    }
    if !set_aside.is_empty() {
        foreign.insert("set_aside".to_owned(), Value::Object(set_aside));
    }
    foreign.insert("source".to_owned(), source);
    foreign
}

fn base(values: &Value) -> Data {
    Data::from_stored(&values.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
