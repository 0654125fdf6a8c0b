//! One entry file: a name, front matter and a body.

use diwan_content::{
    Timestamp,
    yaml::{self, Budget, Node, NodeKind},
};
use serde_json::{Map, Value};

use crate::{
    file_name::{self, FileDate, FileName},
    front_matter::{FrontMatter, shorten, split},
    problem::{Note, Problem},
    yaml_value::{Entry, Fault, entries, to_value},
};

/// What one file says of one entry in one site.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryFile {
    /// The file as it was named to the reader, with `/` between its parts.
    pub source: String,
    /// Folders above the file in that name, outermost first.
    pub folders: Vec<String>,
    /// The folder below `collections`, if it lies in one: the handle of its collection.
    pub collection_folder: Option<String>,
    /// The folder below the collection's, if any. It is the site where the installation has several; else it means nothing.
    pub site: Option<String>,
    /// From the file name, as it is written there.
    pub slug: String,
    /// Number in the file name that parts files of equal slugs.
    pub suffix: Option<u32>,
    /// Date in the file name.
    pub date: Option<FileDate>,
    /// Identity; Statamic gives files without one an id at its next start.
    pub id: Option<String>,
    /// Handle of its blueprint there.
    pub blueprint: Option<String>,
    /// Whether it is public there: so it is unless it says otherwise.
    pub published: bool,
    /// Id of the entry that this one localizes.
    pub origin: Option<String>,
    /// Id of the user who saved it last.
    pub updated_by: Option<String>,
    /// When it was saved last, in seconds since 1970.
    pub updated_at: Option<i64>,
    /// All other keys in their order, typed by the format's rules.
    pub values: Map<String, Value>,
    /// The bytes behind the closing line, exactly.
    pub body: String,
    /// Line of the file on which the body begins, from 1.
    pub body_start_line: usize,
    /// The whole file, exactly. It ends with `body`.
    pub raw: String,
    /// What people should know of the reading.
    pub notes: Vec<Note>,
    /// What is written for each of `values`, in the same order.
    pub(crate) written: Vec<Written>,
}

/// What is written for one key.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    /// Line in the file, from 1.
    pub(crate) line: usize,
    /// The value as it is written.
    pub(crate) node: Node,
    /// Lines of the file before the front matter: what to add to the lines of `node`.
    pub(crate) lines_before: usize,
}

impl EntryFile {
    /// Most bytes of an id or a handle in the front matter.
    const MAX_NAME_BYTES: usize = 500;

    /// The file up to the body, exactly.
    pub fn front_matter(&self) -> &str {
        &self.raw[..self.raw.len() - self.body.len()]
    }

    /// The id that tells the entry from all others of the site: its own, or for a file without one its place.
    pub fn foreign_id(&self) -> String {
        if let Some(id) = &self.id {
            return id.clone();
        }
        let mut parts: Vec<&str> = self.source.split('/').filter(|part| !part.is_empty()).collect();
        let outer = match &self.collection_folder {
            Some(_) => parts.iter().rposition(|part| *part == "collections").map_or(0, |at| at + 1),
            None => parts.len().saturating_sub(2),
        };
        format!("file:{}", parts.split_off(outer).join("/"))
    }

    /// Where it is in its site; see [`place_of`].
    pub fn place(&self) -> &str {
        place_of(&self.source)
    }
}

/// Where a file is in its site, whatever folder of the site is imported: from `collections` on if it is there, else the
/// whole name.
pub fn place_of(source: &str) -> &str {
    const FOLDER: &str = "collections/";
    let starts = source.match_indices(FOLDER).map(|(at, _)| at);
    let start = starts.filter(|at| *at == 0 || source.as_bytes()[at - 1] == b'/').last();
    start.map_or(source, |at| &source[at..])
}

/// Reads a file. `path` is its name below the folder that is imported, such as `collections/departments/x.md`.
pub fn read_entry_file(path: &str, bytes: &[u8]) -> Result<EntryFile, Vec<Problem>> {
    let parts = split(path, bytes).map_err(|problem| vec![problem])?;
    let name = file_name::parse(path).map_err(|what| vec![Problem::new(path, 1, what)])?;
    let line = |line: usize| line + parts.yaml_start_line - 1;
    let budget = Budget { max_bytes: 4 * 1024 * 1024, ..Budget::default() };
    let root = yaml::parse(parts.yaml, &budget).map_err(|error| {
        vec![Problem::new(path, line(error.line), format!("column {}: {}", error.column, error.message))]
    })?;

    let mut faults = Vec::new();
    let entry = Reader { path, parts: &parts, faults: &mut faults }.read(&root, name);
    if faults.is_empty() {
        return Ok(entry);
    }
    faults.sort();
    Err(faults.into_iter().map(|(at, what)| Problem::new(path, line(at), what)).collect())
}

struct Reader<'a> {
    path: &'a str,
    parts: &'a FrontMatter<'a>,
    faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    fn read(&mut self, root: &Node, name: FileName) -> EntryFile {
        let FileName { folders, collection_folder, site, date, slug, suffix, overlooked } = name;
        let mut entry = EntryFile {
            source: self.path.to_owned(),
            folders,
            collection_folder,
            site,
            slug,
            suffix,
            date,
            id: None,
            blueprint: None,
            published: true,
            origin: None,
            updated_by: None,
            updated_at: None,
            values: Map::new(),
            body: self.parts.body.to_owned(),
            body_start_line: self.parts.body_start_line,
            raw: self.parts.raw.to_owned(),
            notes: self.notes(overlooked),
            written: Vec::new(),
        };
        for key in self.keys(root) {
            self.read_key(key, &mut entry);
        }
        if entry.id.is_none() {
            entry.notes.push(Note::on_file(1, format!("has no id; `{}` stands for one", entry.foreign_id())));
        }
        entry
    }

    fn notes(&self, overlooked: Option<String>) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.parts.has_byte_order_mark {
            notes.push(Note::on_file(1, "begins with a byte order mark"));
        }
        if self.parts.body_on_closing_line {
            notes.push(Note::on_file(
                self.parts.body_start_line,
                "the body begins on the line that ends the front matter",
            ));
        }
        if let Some(part) = overlooked {
            let what = match part.as_str() {
                "" => "a dot in the file name has no meaning".to_owned(),
                part => format!("`{part}` in the file name has no meaning"),
            };
            notes.push(Note::on_file(1, what));
        }
        notes
    }

    fn keys<'n>(&mut self, root: &'n Node) -> Vec<Entry<'n>> {
        match &root.kind {
            NodeKind::Mapping(pairs) => entries(pairs, self.faults),
            NodeKind::Scalar { text, plain: true } if text.is_empty() => Vec::new(),
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                self.faults.push((root.line, "the front matter must be a mapping of keys to values".to_owned()));
                Vec::new()
            }
        }
    }

    fn read_key(&mut self, key: Entry<'_>, entry: &mut EntryFile) {
        match key.name {
            "id" => entry.id = self.name(key),
            "blueprint" => entry.blueprint = self.name(key),
            "origin" => entry.origin = self.name(key),
            "updated_by" => entry.updated_by = self.name(key),
            "published" => entry.published = self.published(key),
            "updated_at" => self.read_updated_at(key, entry),
            _ => self.read_value(key, entry),
        }
    }

    fn read_value(&mut self, Entry { key, name, value }: Entry<'_>, entry: &mut EntryFile) {
        // Statamic refuses this too: it could not tell which of the two is meant.
        if name == "content" && !self.parts.body.trim().is_empty() {
            let what = format!(
                "`content` stands in the front matter although a body begins at line {}",
                entry.body_start_line
            );
            self.faults.push((key.line, what));
        }
        entry.values.insert(name.to_owned(), to_value(value, self.faults));
        let lines_before = self.parts.yaml_start_line - 1;
        entry.written.push(Written { line: key.line + lines_before, node: value.clone(), lines_before });
    }

    /// An id or a handle: the text as it is written, also where it looks like a number.
    fn name(&mut self, Entry { key, name, value }: Entry<'_>) -> Option<String> {
        match &value.kind {
            NodeKind::Scalar { text, plain: true }
                if matches!(text.to_ascii_lowercase().as_str(), "" | "~" | "null") =>
            {
                None
            }
            NodeKind::Scalar { text, .. } if text.is_empty() => None,
            NodeKind::Scalar { text, .. } if text.len() <= EntryFile::MAX_NAME_BYTES => Some(text.clone()),
            NodeKind::Scalar { .. } => {
                self.faults.push((key.line, format!("`{name}` is longer than {} bytes", EntryFile::MAX_NAME_BYTES)));
                None
            }
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                self.faults.push((key.line, format!("`{name}` must be a text")));
                None
            }
        }
    }

    /// What is neither true nor false is told: Statamic would take `no` for yes.
    fn published(&mut self, Entry { key, name: _, value }: Entry<'_>) -> bool {
        match to_value(value, self.faults) {
            Value::Bool(published) => published,
            Value::Number(number) if number.as_i64() == Some(0) => false,
            Value::Number(number) if number.as_i64() == Some(1) => true,
            other @ (Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
                let written = shorten(&other.to_string());
                self.faults.push((key.line, format!("`published` must be true or false, not {written}")));
                false
            }
        }
    }

    fn read_updated_at(&mut self, key: Entry<'_>, entry: &mut EntryFile) {
        let value = to_value(key.value, self.faults);
        let in_range = |seconds: &i64| seconds.checked_mul(1_000).is_some_and(|ms| Timestamp::from_unix_ms(ms).is_ok());
        entry.updated_at = value.as_i64().filter(in_range);
        if entry.updated_at.is_none() && !value.is_null() {
            let line = key.key.line + self.parts.yaml_start_line - 1;
            let what =
                format!("{} is no time in seconds since 1970; kept in the source only", shorten(&value.to_string()));
            entry.notes.push(Note::on_key(key.name, line, what));
        }
    }
}

#[cfg(test)]
#[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
pub(crate) fn tell_skipped() {
    eprintln!("skipped: DIWAN_SHARED is not set");
}

#[cfg(test)]
mod tests;
