//! Lists of published entries as scans over order-preserving keys. What a list is called, the verbs decide.

use diwan_content::{EntryId, Locale, Permit};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
};

#[derive(Debug, FromQueryResult)]
struct KeyRow {
    sort_key: Vec<u8>,
    entry: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct CountRow {
    found: i64,
}

impl Queries {
    /// Keys of a list that begin with a prefix, in order, behind the one that is given (which need not be there).
    pub async fn scan_keys(
        &self,
        list: &str,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: u32,
    ) -> Result<Vec<(Vec<u8>, EntryId)>, StoreError> {
        let (bounds, mut values) = bounds(list, prefix, after);
        values.push(stored::bounded(limit).into());
        let sql = format!(
            "SELECT sort_key, entry FROM published_keys WHERE {bounds} ORDER BY sort_key LIMIT ${}",
            values.len()
        );
        let rows: Vec<KeyRow> = self.connection.list(&sql, values).await?;
        Ok(rows.into_iter().map(|KeyRow { sort_key, entry }| (sort_key, EntryId(entry))).collect())
    }

    /// How many keys of a list begin with a prefix; stops counting at `at_most`.
    pub async fn count_keys(&self, list: &str, prefix: &[u8], at_most: u32) -> Result<u32, StoreError> {
        let (bounds, mut values) = bounds(list, prefix, None);
        values.push(i64::from(at_most).into());
        let sql = format!(
            "SELECT COUNT(*) AS found FROM (SELECT 1 FROM published_keys WHERE {bounds} LIMIT ${}) AS counted",
            values.len()
        );
        let row: Option<CountRow> = self.connection.find(&sql, values).await?;
        row.map_or(Ok(0), |row| stored::unsigned(row.found))
    }
}

impl WriteTx {
    /// Replaces all keys of a localization, each with the list that it stands in; none takes it out of every list.
    pub async fn replace_keys(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        keys: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "changing lists")?;
        let sql = "DELETE FROM published_keys WHERE entry = $1 AND locale = $2";
        self.connection.run(sql, [entry.0.into(), locale.as_str().into()]).await?;
        self.insert_keys(permit, entry, locale, keys).await
    }

    /// The same for a localization that stands in no list yet.
    pub async fn insert_keys(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        keys: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "changing lists")?;
        let mut keys: Vec<&(String, Vec<u8>)> = keys.iter().collect();
        keys.sort_unstable();
        keys.dedup();
        let row = |(list, key): &(String, Vec<u8>)| -> Vec<Value> {
            vec![list.as_str().into(), key.clone().into(), entry.0.into(), locale.as_str().into()]
        };
        let head = "INSERT INTO published_keys (list, sort_key, entry, locale)";
        self.connection.insert_rows(head, keys.into_iter().map(row).collect(), "").await
    }
}

fn bounds(list: &str, prefix: &[u8], after: Option<&[u8]>) -> (String, Vec<Value>) {
    let mut sql = "list = $1".to_owned();
    let mut values: Vec<Value> = vec![list.into()];
    match after.filter(|after| *after >= prefix) {
        Some(after) => {
            values.push(after.to_vec().into());
            sql.push_str(" AND sort_key > $2");
        }
        None => {
            values.push(prefix.to_vec().into());
            sql.push_str(" AND sort_key >= $2");
        }
    }
    if let Some(end) = end_of_prefix(prefix) {
        values.push(end.into());
        sql.push_str(" AND sort_key < $3");
    }
    (sql, values)
}

/// The first key behind all that begin with a prefix; `None` when there is none.
fn end_of_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xFF)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_one_of_its_length() {
        assert_eq!(end_of_prefix(&[1, 2]), Some(vec![1, 3]));
        assert_eq!(end_of_prefix(&[1, 0xFF]), Some(vec![2]));
        assert_eq!(end_of_prefix(&[0xFF, 0xFF]), None);
        assert_eq!(end_of_prefix(&[]), None);
    }
}
