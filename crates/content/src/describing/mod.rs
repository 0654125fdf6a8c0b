//! Blueprints and collections for others: as JSON, JSON Schema, TypeScript, and the format of the schema files.

mod blueprint_text;
mod describe;
mod format_schema;
mod json_schema;
mod typescript;

pub use self::{
    format_schema::{blueprint_format, collection_format, fieldset_format},
    json_schema::to_openapi30,
    typescript::{type_name, typescript},
};
