//! Types that hold fields of their own. A field has one of these types, and these hold fields: they are one recursive type, so
//! they are declared together, apart from what they do.

use serde_json::{Map, Value};

use crate::{
    field_types::rules::Items,
    model::Field,
    values::{Handle, Label, Pointer},
};

/// What a type that holds fields does besides what every [`FieldKind`](crate::model::FieldKind) does.
pub(crate) trait HoldsFields {
    /// A stored value in which `convert` made other values of those of the fields that it holds.
    fn convert_inside(&self, value: Value, convert: &dyn Fn(&Field, Value) -> Value) -> Value;

    /// The values of those fields in a stored or presented value.
    fn held<'f, 'v>(&'f self, value: &'v Value) -> Vec<Held<'f, 'v>>;

    /// Fields that it holds, each list with the way to it in the blueprint, such as `blocks.quote.fields`.
    fn inner_fields(&self) -> Vec<(String, &[Field])>;
}

/// The fields at a way, of those that [`HoldsFields::inner_fields`] answers; none where there is no such way.
pub(crate) fn fields_by_way<'f>(inner: &[(String, &'f [Field])], way: &str) -> &'f [Field] {
    inner.iter().find(|(other, _)| other == way).map(|(_, fields)| *fields).unwrap_or_default()
}

/// Values of fields that belong together, inside a stored or presented value.
pub(crate) struct Held<'f, 'v> {
    /// Where they are in the value.
    pub(crate) at: Pointer,
    /// Id of the row or block; empty where there is none.
    pub(crate) id: &'v str,
    /// The way to the fields in the blueprint, as in [`HoldsFields::inner_fields`].
    pub(crate) way: String,
    pub(crate) fields: &'f [Field],
    pub(crate) values: &'v Map<String, Value>,
}

/// Fields under one name; the value is an object of theirs.
#[derive(Debug, Clone)]
pub struct GroupType {
    /// The fields, in the order of the form.
    pub fields: Vec<Field>,
}

/// A list of rows, all of the same fields. A row is an object of them and an `id`.
#[derive(Debug, Clone)]
pub struct GridType {
    /// The fields of each row.
    pub fields: Vec<Field>,
    /// How many rows.
    pub items: Items,
}

/// A list of rows of declared kinds. A row is an object of its kind's fields with `id`, `type` (the kind's handle) and, when
/// it is written, `enabled`; one that is not enabled is kept and never presented.
#[derive(Debug, Clone)]
pub struct BlocksType {
    /// The kinds of rows.
    pub blocks: BlockKinds,
    /// How many rows.
    pub items: Items,
}

/// The kinds of blocks that a field takes.
#[derive(Debug, Clone, Default)]
pub struct BlockKinds(pub Vec<BlockKind>);

/// A kind of blocks.
#[derive(Debug, Clone)]
pub struct BlockKind {
    /// The `type` of its blocks.
    pub handle: Handle,
    /// What editors call it.
    pub label: Label,
    /// The fields of its blocks.
    pub fields: Vec<Field>,
}
