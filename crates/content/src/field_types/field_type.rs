//! All field types.

use serde_json::{Map, Value};

use crate::{
    fault::Fault,
    field_types::{
        AssetType, BlocksType, BooleanType, CodeType, ColorType, DateRangeType, DateType, DatetimeType, EmailType,
        FieldKind, GeoPointType, GridType, GroupType, IntegerType, JsonType, KeyValueType, LinkType, ListType,
        MarkdownType, NavigationType, NumberType, PhoneType, Reading, ReferenceType, RichTextType, SelectType,
        TableType, TagsType, TextType, TextareaType, TimeType, UrlType,
    },
    keys::KeyPart,
    loading::Keys,
    locale::Locale,
    pointer::Pointer,
    query::{Comparable, Filtering},
};

/// The kind of values that a field holds, with its constraints.
#[derive(Debug, Clone)]
pub enum FieldType {
    /// A short text.
    Text(TextType),
    /// A text of several lines.
    Textarea(TextareaType),
    /// Text in Markdown.
    Markdown(MarkdownType),
    /// A whole number.
    Integer(IntegerType),
    /// A number.
    Number(NumberType),
    /// Yes or no.
    Boolean(BooleanType),
    /// A day.
    Date(DateType),
    /// A point in time.
    Datetime(DatetimeType),
    /// One or many of declared options.
    Select(SelectType),
    /// A list of short texts.
    List(ListType),
    /// A span of days.
    DateRange(DateRangeType),
    /// A time of day.
    Time(TimeType),
    /// A list of distinct tags.
    Tags(TagsType),
    /// A small table of texts.
    Table(TableType),
    /// Source text.
    Code(CodeType),
    /// Ordered pairs of short texts.
    KeyValue(KeyValueType),
    /// A mail address.
    Email(EmailType),
    /// A telephone number.
    Phone(PhoneType),
    /// A full URL.
    Url(UrlType),
    /// A colour.
    Color(ColorType),
    /// A place on the map.
    GeoPoint(GeoPointType),
    /// Any JSON.
    Json(JsonType),
    /// Entries.
    Reference(ReferenceType),
    /// Assets.
    Asset(AssetType),
    /// A link to anywhere.
    Link(LinkType),
    /// Text with nodes, marks and declared blocks.
    RichText(RichTextType),
    /// A menu.
    Navigation(NavigationType),
    /// Fields under one name.
    Group(GroupType),
    /// A list of rows of the same fields.
    Grid(GridType),
    /// A list of rows of declared kinds.
    Blocks(BlocksType),
}

/// Reads the constraints of one type.
type Parse = fn(&mut Keys<'_>) -> FieldType;

/// Every type by its name in blueprints.
const TYPES: &[(&str, Parse)] = &[
    ("text", |keys| FieldType::Text(TextType::parse(keys))),
    ("textarea", |keys| FieldType::Textarea(TextareaType::parse(keys))),
    ("markdown", |keys| FieldType::Markdown(MarkdownType::parse(keys))),
    ("integer", |keys| FieldType::Integer(IntegerType::parse(keys))),
    ("number", |keys| FieldType::Number(NumberType::parse(keys))),
    ("boolean", |keys| FieldType::Boolean(BooleanType::parse(keys))),
    ("date", |keys| FieldType::Date(DateType::parse(keys))),
    ("datetime", |keys| FieldType::Datetime(DatetimeType::parse(keys))),
    ("select", |keys| FieldType::Select(SelectType::parse(keys))),
    ("list", |keys| FieldType::List(ListType::parse(keys))),
    ("date_range", |keys| FieldType::DateRange(DateRangeType::parse(keys))),
    ("time", |keys| FieldType::Time(TimeType::parse(keys))),
    ("tags", |keys| FieldType::Tags(TagsType::parse(keys))),
    ("table", |keys| FieldType::Table(TableType::parse(keys))),
    ("code", |keys| FieldType::Code(CodeType::parse(keys))),
    ("key_value", |keys| FieldType::KeyValue(KeyValueType::parse(keys))),
    ("email", |keys| FieldType::Email(EmailType::parse(keys))),
    ("phone", |keys| FieldType::Phone(PhoneType::parse(keys))),
    ("url", |keys| FieldType::Url(UrlType::parse(keys))),
    ("color", |keys| FieldType::Color(ColorType::parse(keys))),
    ("geo_point", |keys| FieldType::GeoPoint(GeoPointType::parse(keys))),
    ("json", |keys| FieldType::Json(JsonType::parse(keys))),
    ("reference", |keys| FieldType::Reference(ReferenceType::parse(keys))),
    ("asset", |keys| FieldType::Asset(AssetType::parse(keys))),
    ("link", |keys| FieldType::Link(LinkType::parse(keys))),
    ("rich_text", |keys| FieldType::RichText(RichTextType::parse(keys))),
    ("navigation", |keys| FieldType::Navigation(NavigationType::parse(keys))),
    ("group", |keys| FieldType::Group(GroupType::parse(keys))),
    ("grid", |keys| FieldType::Grid(GridType::parse(keys))),
    ("blocks", |keys| FieldType::Blocks(BlocksType::parse(keys))),
];

impl FieldType {
    /// The names of all types.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TYPES.iter().map(|(name, _)| *name)
    }

    /// Reads the key `type` and the constraints of that type. `None` where there is no such type, which is then told.
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Option<Self> {
        keys.expect("type");
        let parse = keys.word("type", TYPES)?;
        Some(parse(keys))
    }

    /// The name in blueprints.
    pub fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Whether lists can be sorted by fields of this type: one short value an entry.
    pub fn sortable(&self) -> bool {
        self.kind().sortable()
    }

    /// Whether fields of this type can stand in an index: to be sorted by, or to be filtered by.
    pub fn indexable(&self) -> bool {
        self.sortable() || self.many_valued() || self.filtering().is_reference()
    }

    /// The part of a sort key for a presented value.
    pub fn key_part(&self, presented: &Value, locale: &Locale) -> KeyPart {
        self.kind().key_part(presented, locale)
    }

    /// How filters compare values of this type.
    pub fn filtering(&self) -> Filtering {
        self.kind().filtering()
    }

    /// Whether fields of this type hold many values, of which each has a key in an index.
    pub fn many_valued(&self) -> bool {
        self.kind().many_valued()
    }

    /// What filters compare of a presented value.
    pub fn comparables(&self, presented: &Value) -> Vec<Comparable> {
        self.kind().comparables(presented)
    }

    /// The parts of the keys of an index for a presented value: one, or one for each value of a type with many.
    pub fn key_parts(&self, presented: &Value, locale: &Locale) -> Vec<KeyPart> {
        self.kind().key_parts(presented, locale)
    }

    /// The constraints, by their keys in blueprints, for form builders.
    pub fn describe(&self) -> Map<String, Value> {
        self.kind().describe()
    }

    /// Checks one value. `base` is what stood there in the revision before. `None` where nothing of it can be kept.
    pub(crate) fn read(
        &self,
        value: &Value,
        base: Option<&Value>,
        at: Pointer,
        faults: &mut Vec<Fault>,
    ) -> Option<Value> {
        if value.is_null() {
            return Some(Value::Null);
        }
        self.kind().read(value, &mut Reading::new(at, base, faults))
    }

    /// The one place where types are told apart.
    pub(crate) fn kind(&self) -> &dyn FieldKind {
        match self {
            Self::Text(kind) => kind,
            Self::Textarea(kind) => kind,
            Self::Markdown(kind) => kind,
            Self::Integer(kind) => kind,
            Self::Number(kind) => kind,
            Self::Boolean(kind) => kind,
            Self::Date(kind) => kind,
            Self::Datetime(kind) => kind,
            Self::Select(kind) => kind,
            Self::List(kind) => kind,
            Self::DateRange(kind) => kind,
            Self::Time(kind) => kind,
            Self::Tags(kind) => kind,
            Self::Table(kind) => kind,
            Self::Code(kind) => kind,
            Self::KeyValue(kind) => kind,
            Self::Email(kind) => kind,
            Self::Phone(kind) => kind,
            Self::Url(kind) => kind,
            Self::Color(kind) => kind,
            Self::GeoPoint(kind) => kind,
            Self::Json(kind) => kind,
            Self::Reference(kind) => kind,
            Self::Asset(kind) => kind,
            Self::Link(kind) => kind,
            Self::RichText(kind) => kind,
            Self::Navigation(kind) => kind,
            Self::Group(kind) => kind,
            Self::Grid(kind) => kind,
            Self::Blocks(kind) => kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{field_types::testing::*, loading::any_of};

    #[test]
    fn an_unknown_type_names_those_that_exist() {
        check_problem("type: jpeg", &format!("must be {}", any_of(&super::FieldType::names().collect::<Vec<_>>())));
        check_problem("label: x", "is missing");
    }

    #[test]
    fn each_name_makes_the_type_of_that_name() {
        for name in super::FieldType::names() {
            let made = field(&format!("type: {name}\n{}", needed_keys(name)));
            assert_eq!(made.name(), name);
        }
    }
}
