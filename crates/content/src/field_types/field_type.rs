//! All field types.

use serde_json::{Map, Value};

use super::holding::{BlocksType, GridType, GroupType, Held, HoldsFields};
use crate::{
    faults::Fault,
    field_types::{
        addresses::{ContactType, UrlType},
        choices::{ColorType, ListType, SelectType, TagsType},
        numbers::{BooleanType, IntegerType, NumberType},
        objects::{GeoPointType, JsonType, KeyValueType, TableType},
        references::{AssetType, LinkType, NavigationType, ReferenceType},
        rich_text::RichTextType,
        texts::{CodeType, MarkdownType, TextType},
        times::{DateRangeType, DateType, DatetimeType, TimeType},
    },
    model::{Comparable, Field, FieldKind, Filtering, Reading},
    values::{KeyPart, Locale, Pointer},
    yaml::Keys,
};

/// Reads the constraints of one type.
type Parse = fn(&mut Keys<'_>) -> FieldType;

macro_rules! field_types {
    (@parse $keys:ident $type:ident) => { $type::parse($keys) };
    (@parse $keys:ident $type:ident $parse:ident) => { $type::$parse($keys) };
    (@holder $kind:ident) => { None };
    (@holder $kind:ident holds) => { Some($kind) };
    ($($(#[$meaning:meta])* $variant:ident($type:ident $(by $parse:ident)?) = $name:literal $($holds:ident fields)?;)*) => {
        /// The kind of values that a field holds, with its constraints.
        #[derive(Debug, Clone)]
        pub enum FieldType {
            $($(#[$meaning])* $variant($type),)*
        }

        /// Every type by its name in blueprints.
        const TYPES: &[(&str, Parse)] = &[$(($name, |keys| FieldType::$variant(field_types!(@parse keys $type $($parse)?))),)*];

        impl FieldType {
            /// The one place where types are told apart.
            pub(crate) fn kind(&self) -> &dyn FieldKind {
                match self {
                    $(Self::$variant(kind) => kind,)*
                }
            }

            /// The type as one that holds fields, if it is one.
            fn holder(&self) -> Option<&dyn HoldsFields> {
                match self {
                    $(Self::$variant(_kind) => field_types!(@holder _kind $($holds)?),)*
                }
            }
        }
    };
}

// All types, each with its Rust type and its name in blueprints. A Rust type that serves two names says `by` which function its
// constraints are read; one that is `HoldsFields` says `holds fields`.
field_types! {
    /// A short text.
    Text(TextType) = "text";
    /// A text of several lines.
    Textarea(TextType by parse_area) = "textarea";
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
    Email(ContactType by parse_email) = "email";
    /// A telephone number.
    Phone(ContactType by parse_phone) = "phone";
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
    RichText(RichTextType) = "rich_text" holds fields;
    /// A menu.
    Navigation(NavigationType) = "navigation";
    /// Fields under one name.
    Group(GroupType) = "group" holds fields;
    /// A list of rows of the same fields.
    Grid(GridType) = "grid" holds fields;
    /// A list of rows of declared kinds.
    Blocks(BlocksType) = "blocks" holds fields;
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

    /// Whether its values are ids of entries or assets, which are answered only where they are public.
    pub(crate) fn holds_ids(&self) -> bool {
        matches!(self, Self::Reference(_) | Self::Asset(_))
    }

    /// Whether it is a type that holds fields, also where its blueprint declares none.
    pub(crate) fn holds_fields(&self) -> bool {
        self.holder().is_some()
    }

    /// Fields that it holds, each list with the way to it in the blueprint, such as `blocks.quote.fields`.
    pub(crate) fn inner_fields(&self) -> Vec<(String, &[Field])> {
        self.holder().map(HoldsFields::inner_fields).unwrap_or_default()
    }

    /// The values of those fields in a stored or presented value.
    pub(crate) fn held<'f, 'v>(&'f self, value: &'v Value) -> Vec<Held<'f, 'v>> {
        self.holder().map(|holder| holder.held(value)).unwrap_or_default()
    }

    /// A stored value in which `convert` made other values of those of the fields that it holds.
    pub(crate) fn convert_inside(&self, value: Value, convert: &dyn Fn(&Field, Value) -> Value) -> Value {
        match self.holder() {
            Some(holder) => holder.convert_inside(value, convert),
            None => value,
        }
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
    use crate::{field_types::testing::*, yaml::any_of};

    #[test]
    fn an_unknown_type_names_those_that_exist() {
        check_problem("type: jpeg", &format!("must be {}", any_of(&super::FieldType::names().collect::<Vec<_>>())));
        check_problem("label: x", "is missing");
    }

    #[test]
    fn types_whose_blueprint_declares_fields_hold_fields() {
        for name in super::FieldType::names() {
            let made = field(&format!("type: {name}\n{}", needed_keys(name)));
            let declares_fields = needed_keys(name).contains("fields:") || name == "rich_text";
            assert_eq!(made.holder().is_some(), declares_fields, "{name}");
        }
    }

    #[test]
    fn each_name_makes_the_type_of_that_name() {
        for name in super::FieldType::names() {
            let made = field(&format!("type: {name}\n{}", needed_keys(name)));
            assert_eq!(made.name(), name);
        }
    }
}
