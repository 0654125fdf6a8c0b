//! What the place and the name of an entry file say.

use diwan_content::CalendarDate;
use time::Time;

/// The date in a file name: `2022-06-21.slug.md`, `2022-06-21-0855.slug.md` or `2022-06-21-085510.slug.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDate {
    /// The day.
    pub day: CalendarDate,
    /// The time of day, in the site's time zone, if the name tells one.
    pub time: Option<Time>,
}

/// Folders and name of a file in their parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName {
    /// Folders above the file, outermost first.
    pub(crate) folders: Vec<String>,
    /// The folder below `collections`, if there is such a one.
    pub(crate) collection_folder: Option<String>,
    /// The folder below that, if there is such a one.
    pub(crate) site: Option<String>,
    pub(crate) date: Option<FileDate>,
    pub(crate) slug: String,
    /// Number that parts files of equal slug and date.
    pub(crate) suffix: Option<u32>,
    /// A part of the name that Statamic overlooks.
    pub(crate) overlooked: Option<String>,
}

/// Reads a path with `/` between its parts. The error says what is wrong with the name.
pub(crate) fn parse(path: &str) -> Result<FileName, String> {
    let mut folders: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let name = folders.pop().ok_or("the file has no name")?;
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _extension)| stem);
    let below = folders.iter().rposition(|folder| folder == "collections").map(|at| &folders[at + 1..]);
    let collection_folder = below.and_then(|below| below.first().cloned());
    let site = below.and_then(|below| below.get(1).cloned());

    // As Statamic has it (`Statamic\Entries\GetSlugFromPath`): a date may stand before the slug, a suffix behind it.
    let mut parts = stem.split('.').peekable();
    let mut date = None;
    if stem.contains('.')
        && let Some(first) = parts.next_if(|first| is_date(first))
    {
        date = Some(parse_date(first)?);
    }
    let slug = parts.next().unwrap_or_default().to_owned();
    if slug.is_empty() {
        return Err("the file name has no slug".to_owned());
    }
    let rest: Vec<&str> = parts.collect();
    let suffix = rest.first().and_then(|first| first.parse().ok());
    let overlooked = if rest.is_empty() || (suffix.is_some() && rest.len() == 1) { None } else { Some(rest.join(".")) };
    Ok(FileName { folders, collection_folder, site, date, slug, suffix, overlooked })
}

/// `2022-06-21`, `2022-06-21-0855`, `2022-06-21-085510`
fn is_date(text: &str) -> bool {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(form.as_str(), "0000-00-00" | "0000-00-00-0000" | "0000-00-00-000000")
}

fn parse_date(text: &str) -> Result<FileDate, String> {
    let wrong = || format!("the file name begins with {text}, which is no time");
    let (day, clock) = match text.match_indices('-').nth(2) {
        Some((at, _)) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let day = day.parse().map_err(|_| wrong())?;
    let Some(clock) = clock else { return Ok(FileDate { day, time: None }) };
    let two = |at: usize| clock.get(at..at + 2).map_or(Ok(0), |digits| digits.parse::<u8>().map_err(|_| wrong()));
    let time = Time::from_hms(two(0)?, two(2)?, two(4)?).map_err(|_| wrong())?;
    Ok(FileDate { day, time: Some(time) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> String {
        match parse(path) {
            Ok(FileName { folders: _, collection_folder, site, date, slug, suffix, overlooked }) => {
                let date = date.map(|FileDate { day, time }| match time {
                    Some(time) => format!("{day} {time}"),
                    None => day.to_string(),
                });
                let parts =
                    [collection_folder, site, date, Some(slug), suffix.map(|number| format!("#{number}")), overlooked];
                parts.map(|part| part.unwrap_or("_".to_owned())).join("|")
            }
            Err(what) => what,
        }
    }

    #[test]
    fn names_tell_collection_date_slug_and_suffix() {
        let cases = [
            ("collections/departments/budget.md", "departments|_|_|budget|_|_"),
            ("content/collections/news/ar/2022-06-21.x.md", "news|ar|2022-06-21|x|_|_"),
            ("content/collections/news/2022-06-21-0855.x.md", "news|_|2022-06-21 8:55:00.0|x|_|_"),
            ("content/collections/news/2022-06-21-085510.x.1.md", "news|_|2022-06-21 8:55:10.0|x|#1|_"),
            ("collections/pages/2.about.md", "pages|_|_|2|_|about"),
            ("collections/pages/about.2.md", "pages|_|_|about|#2|_"),
            ("collections/pages/404.1.md", "pages|_|_|404|#1|_"),
            ("collections/pages/404.md", "pages|_|_|404|_|_"),
            ("collections/pages/v1.notes.md", "pages|_|_|v1|_|notes"),
            ("seed/الموازنة-العامة.md", "_|_|_|الموازنة-العامة|_|_"),
            ("2022-06-21.md", "_|_|_|2022-06-21|_|_"),
            ("x.md", "_|_|_|x|_|_"),
            ("2022-13-21.x.md", "the file name begins with 2022-13-21, which is no time"),
            ("2022-06-21-2561.x.md", "the file name begins with 2022-06-21-2561, which is no time"),
            ("2022-06-21..md", "the file name has no slug"),
            (".md", "the file name has no slug"),
            ("", "the file has no name"),
        ];
        for (path, parts) in cases {
            assert_eq!(read(path), parts, "{path}");
        }
    }
}
