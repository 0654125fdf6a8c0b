//! What is derived from publications and noted in events, for a comparison with them.

use diwan_content::{EntryId, Locale, Sequence};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, Value};
use uuid::Uuid;

use crate::{connection::Queries, error::StoreError, stored, tables::published_keys};

#[derive(Debug, FromQueryResult)]
struct LeftRow {
    name: String,
    entry: Option<Uuid>,
    locale: String,
}

#[derive(Debug, FromQueryResult)]
struct DeniedRow {
    sequence: i64,
    entry: Option<Uuid>,
    locale: Option<String>,
    revision: Option<i64>,
}

impl Queries {
    /// Revisions that an event after one place up to another says were saved, and that are not there or have another content
    /// hash than the event; described for people.
    pub async fn revisions_unlike_events(
        &self,
        after: Sequence,
        up_to: Sequence,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT v.sequence, v.entry, v.locale, v.revision FROM events v LEFT JOIN revisions r \
                   ON r.entry = v.entry AND r.locale = v.locale AND r.number = v.revision \
                   WHERE v.sequence > $1 AND v.sequence <= $2 AND v.content_hash IS NOT NULL \
                   AND v.kind IN ('entry_created', 'localization_created', 'revision_saved', 'revision_restored') \
                   AND (r.content_hash IS NULL OR r.content_hash <> v.content_hash) ORDER BY v.sequence LIMIT $3";
        let values: [Value; 3] = [after.0.into(), up_to.0.into(), stored::bounded(limit).into()];
        let rows: Vec<DeniedRow> = self.connection.list(sql, values).await?;
        let told = |DeniedRow { sequence, entry, locale, revision }: DeniedRow| {
            let entry = entry.map_or_else(String::new, |entry| entry.to_string());
            let (locale, revision) = (locale.unwrap_or_default(), revision.unwrap_or_default());
            format!("revision {revision} of {entry} in {locale} is not the one that event {sequence} names")
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// Keys of a localization, each with its list.
    pub async fn stored_keys(&self, entry: EntryId, locale: &Locale) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = published_keys::Entity::find()
            .filter(published_keys::Column::Entry.eq(entry.0))
            .filter(published_keys::Column::Locale.eq(locale.as_str()))
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(|published_keys::Model { list, sort_key, .. }| (list, sort_key)).collect())
    }

    /// Live paths and keys of lists of what is not public, described for people.
    pub async fn rows_of_nothing(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        let is_live = "SELECT 1 FROM publications p WHERE p.entry = t.entry AND p.locale = t.locale \
                       AND p.to_sequence IS NULL AND p.kind = 'live'";
        let paths = format!(
            "SELECT t.path AS name, t.entry, t.locale FROM paths t WHERE t.kind = 'live' AND NOT EXISTS ({is_live}) LIMIT $1"
        );
        let keys = format!(
            "SELECT t.list AS name, t.entry, t.locale FROM published_keys t WHERE NOT EXISTS ({is_live}) LIMIT $1"
        );
        let mut found = Vec::new();
        for (kind, sql) in [("path", paths), ("key of the list", keys)] {
            let rows: Vec<LeftRow> = self.connection.list(&sql, [stored::bounded(limit).into()]).await?;
            found.extend(rows.into_iter().map(|LeftRow { name, entry, locale }| {
                let entry = entry.map_or_else(|| "no entry".to_owned(), |entry| entry.to_string());
                format!("the {kind} {name} in {locale} names {entry}, which is not public there")
            }));
        }
        Ok(found)
    }
}
