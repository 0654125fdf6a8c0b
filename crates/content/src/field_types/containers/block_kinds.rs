//! Declared kinds of blocks: what a row of `blocks` and a block inside rich text have in common.

use serde_json::{Map, Value, json};

use super::{
    description::describe_inner,
    fields::{
        collect_presented, collect_search_texts, collect_stored, compare_fields, convert_fields, deliver_fields,
        present_fields, publish_faults, read_fields,
    },
    object_schemas::{answer_object, input_object},
    rows::{ID, id_answer_schema, id_input_schema},
};
use crate::{
    faults::{Fault, FaultCode},
    field_types::holding::{BlockKind, BlockKinds, Held},
    model::{Delivery, Field, Found, InnerDifference, Reading},
    values::{Language, Pointer},
    yaml::Keys,
};

/// The member that names a block's kind.
const TYPE: &str = "type";

/// The member that takes a block out of what is presented.
pub(crate) const ENABLED: &str = "enabled";

/// Names that belong to the block itself.
const OWN: [&str; 3] = [ID, TYPE, ENABLED];

/// Most kinds of blocks of a field.
pub(crate) const MAX_KINDS: usize = 50;

impl BlockKinds {
    /// Reads the key `blocks`; none when it is absent.
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let mut kinds: Vec<BlockKind> = Vec::new();
        if keys.list_nodes("blocks", 1, MAX_KINDS).is_empty() {
            return Self(kinds);
        }
        for mut kind in keys.named_mappings("blocks") {
            for key in ["handle", "label"] {
                kind.expect(key);
            }
            let (handle, label) = (kind.handle("handle"), kind.label("label"));
            if let Some(handle) =
                handle.as_ref().filter(|handle| kinds.iter().any(|earlier| earlier.handle == **handle))
            {
                kind.problem("handle", format!("{handle} stands twice"));
            }
            let fields = kind.inner_fields(&OWN);
            kind.finish();
            kinds.extend(handle.zip(label).map(|(handle, label)| BlockKind { handle, label, fields }));
        }
        Self(kinds)
    }

    /// Checks the members of one block but its id.
    pub(crate) fn read(&self, block: &Map<String, Value>, reading: &mut Reading<'_>) -> Option<Map<String, Value>> {
        match block.get(TYPE) {
            None => reading.member(TYPE).fault(FaultCode::Required),
            Some(Value::String(name)) => match self.find(name) {
                Some(kind) => return Some(kind.read(block, reading)),
                None => {
                    let allowed: Vec<&str> = self.0.iter().map(|kind| kind.handle.as_str()).collect();
                    reading.member(TYPE).fault_with(FaultCode::NotAnOption, "allowed", allowed);
                }
            },
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                reading.member(TYPE).wrong_type("string");
            }
        }
        None
    }

    /// Whether a stored block is shown: of a declared kind and not taken out.
    pub(crate) fn is_presented(&self, block: &Map<String, Value>) -> bool {
        self.shown(block).is_some()
    }

    /// What stands against publishing a stored block; nothing does where it is not shown.
    pub(crate) fn publish_faults(&self, block: &Map<String, Value>, at: &Pointer, faults: &mut Vec<Fault>) {
        if let Some(kind) = self.shown(block) {
            publish_faults(&kind.fields, block, at, faults);
        }
    }

    /// The published form of a stored block, without its id; `None` where it is not shown.
    pub(crate) fn present(&self, block: &Map<String, Value>) -> Option<Map<String, Value>> {
        let kind = self.shown(block)?;
        Some(kind.with_type(present_fields(&kind.fields, block)))
    }

    pub(crate) fn collect_presented(&self, block: &Map<String, Value>, at: &Pointer, found: &mut Found<'_>) {
        if let Some(kind) = self.kind_of(block) {
            collect_presented(&kind.fields, block, at, found);
        }
    }

    pub(crate) fn collect_stored(&self, block: &Map<String, Value>, at: &Pointer, found: &mut Found<'_>) {
        if let Some(kind) = self.kind_of(block) {
            collect_stored(&kind.fields, block, at, found);
        }
    }

    /// Answers a presented block, without its id; `None` where its kind is not declared any more.
    pub(crate) fn deliver(
        &self,
        block: &Map<String, Value>,
        at: &Pointer,
        delivery: &mut Delivery<'_>,
    ) -> Option<Map<String, Value>> {
        let kind = self.kind_of(block)?;
        Some(kind.with_type(deliver_fields(&kind.fields, block.clone(), at, delivery)))
    }

    pub(crate) fn collect_search_texts(&self, block: &Map<String, Value>, texts: &mut Vec<(u8, String)>) {
        if let Some(kind) = self.kind_of(block) {
            collect_search_texts(&kind.fields, block, texts);
        }
    }

    /// How two stored blocks of one id differ.
    pub(crate) fn compare(
        &self,
        from: &Map<String, Value>,
        to: &Map<String, Value>,
        at: &Pointer,
        differences: &mut Vec<InnerDifference>,
    ) {
        let same_kind = from.get(TYPE) == to.get(TYPE);
        if !same_kind || from.get(ENABLED) != to.get(ENABLED) {
            for name in [TYPE, ENABLED] {
                differences.extend(InnerDifference::of_members(from.get(name), to.get(name), &at.key(name)));
            }
        }
        if let Some(kind) = self.kind_of(to).filter(|_| same_kind) {
            compare_fields(&kind.fields, from, to, at, differences);
        }
    }

    /// Stored values of one block of which `convert` made others.
    pub(crate) fn convert_inside(&self, block: &mut Map<String, Value>, convert: &dyn Fn(&Field, Value) -> Value) {
        let Some(kind) = self.kind_of(block) else { return };
        convert_fields(&kind.fields, block, convert);
    }

    /// The values of a stored or presented block, if its kind is declared.
    pub(crate) fn held<'f, 'v>(
        &'f self,
        values: &'v Map<String, Value>,
        at: Pointer,
        id: &'v str,
    ) -> Option<Held<'f, 'v>> {
        let kind = self.kind_of(values)?;
        Some(Held { at, id, way: kind.way(), fields: &kind.fields, values })
    }

    /// The fields of each kind with the way to them in the blueprint.
    pub(crate) fn inner_fields(&self) -> Vec<(String, &[Field])> {
        self.0.iter().map(|kind| (kind.way(), kind.fields.as_slice())).collect()
    }

    /// Schema of one block that is written; `whole` with `id` and `enabled` beside its values.
    pub(crate) fn input_schema(&self, whole: bool) -> Value {
        self.one_of(|kind| {
            let mut own = vec![(TYPE, kind.type_schema())];
            if whole {
                own.insert(0, (ID, id_input_schema()));
                own.push((ENABLED, json!({"type": "boolean"})));
            }
            input_object(&kind.fields, own, &[TYPE])
        })
    }

    /// Schema of one block that is answered; `whole` with `id` beside its values.
    pub(crate) fn answer_schema(&self, whole: bool) -> Value {
        self.one_of(|kind| {
            let mut own = vec![(TYPE, kind.type_schema())];
            if whole {
                own.insert(0, (ID, id_answer_schema()));
            }
            answer_object(&kind.fields, own)
        })
    }

    pub(crate) fn describe(&self) -> Vec<Value> {
        let describe = |BlockKind { handle, label, fields }: &BlockKind| json!({"handle": handle, "label": label, "fields": describe_inner(fields)});
        self.0.iter().map(describe).collect()
    }

    /// A union told apart by the constant `type`.
    fn one_of(&self, schema_of: impl Fn(&BlockKind) -> Map<String, Value>) -> Value {
        let kinds = self.0.iter().map(|kind| {
            let mut schema = Map::from_iter([("title".to_owned(), json!(kind.label.get(Language::En)))]);
            schema.extend(schema_of(kind));
            schema
        });
        json!({"oneOf": kinds.collect::<Vec<_>>()})
    }

    fn find(&self, name: &str) -> Option<&BlockKind> {
        self.0.iter().find(|kind| kind.handle == name)
    }

    fn kind_of(&self, block: &Map<String, Value>) -> Option<&BlockKind> {
        self.find(block.get(TYPE)?.as_str()?)
    }

    fn shown(&self, block: &Map<String, Value>) -> Option<&BlockKind> {
        self.kind_of(block).filter(|_| block.get(ENABLED) != Some(&Value::Bool(false)))
    }
}

impl BlockKind {
    /// The way to its fields in the blueprint.
    fn way(&self) -> String {
        format!("blocks.{}.fields", self.handle)
    }

    fn read(&self, block: &Map<String, Value>, reading: &mut Reading<'_>) -> Map<String, Value> {
        let mut read = self.with_type(read_fields(&self.fields, &OWN, block, reading));
        match block.get(ENABLED) {
            None => {}
            Some(Value::Bool(enabled)) => {
                read.insert(ENABLED.to_owned(), json!(enabled));
            }
            Some(Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
                reading.member(ENABLED).wrong_type("boolean");
            }
        }
        read
    }

    fn with_type(&self, values: Map<String, Value>) -> Map<String, Value> {
        let mut block = Map::from_iter([(TYPE.to_owned(), json!(self.handle))]);
        block.extend(values);
        block
    }

    fn type_schema(&self) -> Value {
        json!({"type": "string", "const": self.handle})
    }
}
