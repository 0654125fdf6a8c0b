//! What a file says of its entry beside the values: locale, slug, date, and the field that takes its body.

use diwan_content::{Blueprint, Collection, FieldType, Locale, Slug, SlugStyle, TimeZone, Timestamp};

use super::{Given, times};
use crate::{entry_file::EntryFile, file_name::FileDate, problem::Note};

/// The field that takes the body: `content`, which is the body's name in the format, else `body`, else the first in
/// Markdown; but none that the front matter names itself. A body of white space alone is no content.
pub(super) fn choose_body_field<'a>(file: &EntryFile, blueprint: &'a Blueprint) -> Option<&'a str> {
    if file.body.trim().is_empty() {
        return None;
    }
    let is_free = |handle: &str| !file.values.contains_key(handle);
    let takes_text = |field_type: &FieldType| {
        matches!(field_type, FieldType::Text(_) | FieldType::Textarea(_) | FieldType::Markdown(_))
    };
    let named = ["content", "body"]
        .into_iter()
        .find_map(|name| blueprint.find_field(name).filter(|field| takes_text(&field.field_type) && is_free(name)));
    let first = || {
        let mut fields = blueprint.fields.iter();
        fields.find(|field| matches!(field.field_type, FieldType::Markdown(_)) && is_free(field.handle.as_str()))
    };
    named.or_else(first).map(|field| field.handle.as_str())
}

/// The site's folder where it is one of the collection's locales, else the collection's origin.
pub(super) fn choose_locale(file: &EntryFile, collection: &Collection, notes: &mut Vec<Note>) -> Locale {
    let site: Option<Locale> = file.site.as_deref().and_then(|site| site.parse().ok());
    if let Some(locale) = site.filter(|locale| collection.has_locale(locale)) {
        return locale;
    }
    if file.origin.is_some() {
        let site = file.site.as_deref().unwrap_or("none");
        let what = format!("localizes another entry, but its site `{site}` is no locale of `{}`", collection.handle);
        notes.push(Note::on_key("origin", 1, what));
    }
    collection.origin().clone()
}

/// The slug of the file name, made fit for paths.
pub(super) fn choose_slug(file: &EntryFile, notes: &mut Vec<Note>) -> Option<Slug> {
    if let Ok(slug) = file.slug.parse() {
        return Some(slug);
    }
    let slug = Slug::from_title(&file.slug, SlugStyle::Keep);
    notes.push(match &slug {
        Some(slug) => Note::on_file(1, format!("the slug `{}` became `{slug}`", file.slug)),
        None => Note::on_file(1, format!("nothing of the slug `{}` can stand in a path", file.slug)),
    });
    slug
}

/// The date of an entry in a dated collection: of its file name, else of its key `date`.
pub(super) fn choose_date(
    file: &EntryFile,
    collection: &Collection,
    notes: &mut Vec<Note>,
    zone: &TimeZone,
) -> Option<FileDate> {
    if !collection.dated {
        if file.date.is_some() {
            let what =
                format!("`{}` is not dated; the date in the file name is kept in its path only", collection.handle);
            notes.push(Note::on_file(1, what));
        }
        return None;
    }
    if file.date.is_some() {
        return file.date;
    }
    let found = written_date(file).and_then(|given| times::file_date(given, zone));
    if found.is_none() {
        notes.push(Note::on_file(1, "has no date"));
    }
    found
}

/// The date of a file as a time, whether or not its collection here has dates.
pub fn date_of_file(file: &EntryFile, zone: &TimeZone) -> Option<Timestamp> {
    match file.date {
        Some(FileDate { day, time }) => times::moment_of(day, time, zone),
        None => times::moment(written_date(file)?, zone),
    }
}

/// What the key `date` says.
fn written_date(file: &EntryFile) -> Option<Given<'_>> {
    let place = file.values.keys().position(|key| key == "date")?;
    Some(Given { node: &file.written.get(place)?.node, value: file.values.get("date")? })
}

/// The entry's date as a time, but not later than its last change.
pub(super) fn first_published_at(
    date: Option<FileDate>,
    updated_at: Option<Timestamp>,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let dated = date.and_then(|FileDate { day, time }| times::moment_of(day, time, zone));
    match (dated, updated_at) {
        (Some(dated), Some(updated)) => Some(dated.min(updated)),
        (one, other) => one.or(other),
    }
}
