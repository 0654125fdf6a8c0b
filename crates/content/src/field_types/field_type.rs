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

/// Reads the constraints of one type.
type Parse = fn(&mut Keys<'_>) -> FieldType;

macro_rules! field_types {
    ($($(#[$meaning:meta])* $variant:ident($type:ident) = $name:literal;)*) => {
        /// The kind of values that a field holds, with its constraints.
        #[derive(Debug, Clone)]
        pub enum FieldType {
            $($(#[$meaning])* $variant($type),)*
        }

        /// Every type by its name in blueprints.
        const TYPES: &[(&str, Parse)] = &[$(($name, |keys| FieldType::$variant($type::parse(keys))),)*];

        impl FieldType {
            /// The one place where types are told apart.
            pub(crate) fn kind(&self) -> &dyn FieldKind {
                match self {
                    $(Self::$variant(kind) => kind,)*
                }
            }
        }
    };
}

// All types, each with its file's type and its name in blueprints.
field_types! {
    /// A short text.
    Text(TextType) = "text";
    /// A text of several lines.
    Textarea(TextareaType) = "textarea";
    /// Text in Markdown.
    Markdown(MarkdownType) = "markdown";
    /// A whole number.
    Integer(IntegerType) = "integer";
    /// A number.
    Number(NumberType) = "number";
    /// Yes or no.
    Boolean(BooleanType) = "boolean";
    /// A day.
    Date(DateType) = "date";
    /// A point in time.
    Datetime(DatetimeType) = "datetime";
    /// One or many of declared options.
    Select(SelectType) = "select";
    /// A list of short texts.
    List(ListType) = "list";
    /// A span of days.
    DateRange(DateRangeType) = "date_range";
    /// A time of day.
    Time(TimeType) = "time";
    /// A list of distinct tags.
    Tags(TagsType) = "tags";
    /// A small table of texts.
    Table(TableType) = "table";
    /// Source text.
    Code(CodeType) = "code";
    /// Ordered pairs of short texts.
    KeyValue(KeyValueType) = "key_value";
    /// A mail address.
    Email(EmailType) = "email";
    /// A telephone number.
    Phone(PhoneType) = "phone";
    /// A full URL.
    Url(UrlType) = "url";
    /// A colour.
    Color(ColorType) = "color";
    /// A place on the map.
    GeoPoint(GeoPointType) = "geo_point";
    /// Any JSON.
    Json(JsonType) = "json";
    /// Entries.
    Reference(ReferenceType) = "reference";
    /// Assets.
    Asset(AssetType) = "asset";
    /// A link to anywhere.
    Link(LinkType) = "link";
    /// Text with nodes, marks and declared blocks.
    RichText(RichTextType) = "rich_text";
    /// A menu.
    Navigation(NavigationType) = "navigation";
    /// Fields under one name.
    Group(GroupType) = "group";
    /// A list of rows of the same fields.
    Grid(GridType) = "grid";
    /// A list of rows of declared kinds.
    Blocks(BlocksType) = "blocks";
}

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
