//! The guides as pages: Markdown of this repository, rendered once by the renderer of content.

use std::sync::LazyLock;

use diwan_content::markdown_to_html;

use super::filled;
use crate::http::answer::TaggedBytes;

/// A guide that is served at `/docs/guide/{name}`.
pub(super) struct Guide {
    /// Last segment of its address, and name of its file.
    pub(super) name: &'static str,
    arabic: &'static str,
    english: &'static str,
    markdown: &'static str,
}

const READING: Guide = Guide {
    name: "reading",
    arabic: "قراءة المحتوى",
    english: "Reading content",
    markdown: include_str!("../../guide/reading.md"),
};

const WRITING: Guide = Guide {
    name: "writing",
    arabic: "كتابة المحتوى",
    english: "Writing content",
    markdown: include_str!("../../guide/writing.md"),
};

const SEARCHING: Guide = Guide {
    name: "searching",
    arabic: "البحث",
    english: "Searching",
    markdown: include_str!("../../guide/searching.md"),
};

const OPERATING: Guide = Guide {
    name: "operating",
    arabic: "التشغيل",
    english: "Operating",
    markdown: include_str!("../../guide/operating.md"),
};

/// All guides, in the order of the links to them.
pub(super) static GUIDES: [Guide; 4] = [READING, WRITING, SEARCHING, OPERATING];

static PAGES: LazyLock<[TaggedBytes; 4]> = LazyLock::new(|| GUIDES.each_ref().map(Guide::page));

/// The page of a guide.
pub(super) fn guide_page(name: &str) -> Option<&'static TaggedBytes> {
    let place = GUIDES.iter().position(|guide| guide.name == name)?;
    PAGES.get(place)
}

/// Links to all guides. The one of the page that they are shown on is marked.
pub(super) fn links(current: Option<&str>) -> String {
    let link = |Guide { name, arabic, english, markdown: _ }: &Guide| {
        let mark = if current == Some(*name) { " aria-current=\"page\"" } else { "" };
        format!("<a href=\"/docs/guide/{name}\"{mark}>{arabic} <span lang=\"en\">{english}</span></a>")
    };
    GUIDES.iter().map(link).collect::<Vec<_>>().join("\n")
}

impl Guide {
    fn page(&self) -> TaggedBytes {
        let Self { name, arabic, english, markdown } = self;
        let (html, headings) = with_anchors(&markdown_to_html(markdown));
        let html = GUIDES.iter().fold(html, |html, guide| {
            html.replace(&format!("href=\"{}.md", guide.name), &format!("href=\"/docs/guide/{}", guide.name))
        });
        let contents: Vec<String> =
            headings.iter().map(|(id, text)| format!("<li><a href=\"#{id}\">{text}</a></li>")).collect();
        let (guides, contents) = (links(Some(name)), contents.join("\n"));
        let (title, text) = html.split_once('\n').unwrap_or_default();
        let names = [
            ("arabic", *arabic),
            ("english", *english),
            ("guides", guides.as_str()),
            ("contents", contents.as_str()),
            ("title", title),
            ("text", text),
        ];
        filled(include_str!("guide.html"), &names)
    }
}

/// Gives each heading of the second and third level an id, by the rule of the places that show the file itself, so that one
/// link fits all of them. Also returns the headings of the second level as id and text.
fn with_anchors(html: &str) -> (String, Vec<(String, String)>) {
    let (mut out, mut headings) = (String::new(), Vec::new());
    for line in html.split_inclusive('\n') {
        let heading = ["h2", "h3"].into_iter().find_map(|level| {
            let text = line.trim_end().strip_prefix(&format!("<{level}>"))?.strip_suffix(&format!("</{level}>"))?;
            Some((level, text))
        });
        let Some((level, text)) = heading else {
            out.push_str(line);
            continue;
        };
        let id = anchor(text);
        out.push_str(&format!("<{level} id=\"{id}\">{text}</{level}>\n"));
        if level == "h2" {
            headings.push((id, text.to_owned()));
        }
    }
    (out, headings)
}

/// Letters and digits in small letters, hyphens for spaces, nothing for other characters and tags.
fn anchor(html: &str) -> String {
    let mut is_tag = false;
    let mut id = String::new();
    for c in html.chars() {
        match c {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if is_tag => {}
            ' ' => id.push('-'),
            '-' | '_' => id.push(c),
            c if c.is_alphanumeric() => id.extend(c.to_lowercase()),
            _ => {}
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
        let begin = format!(" {name}=\"");
        html.split(&begin).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn headings_get_ids_and_are_listed() {
        let (html, headings) = with_anchors("<h2>A <code>b_c</code>, D</h2>\n<p>x</p>\n<h3>E</h3>\n");
        assert_eq!(html, "<h2 id=\"a-b_c-d\">A <code>b_c</code>, D</h2>\n<p>x</p>\n<h3 id=\"e\">E</h3>\n");
        assert_eq!(headings, [("a-b_c-d".to_owned(), "A <code>b_c</code>, D".to_owned())]);
    }

    #[test]
    fn links_of_guides_lead_to_guides_headings_and_addresses_of_this_server() {
        let page = |guide: &Guide| std::str::from_utf8(&guide_page(guide.name).unwrap().bytes).unwrap();
        let mut known = BTreeSet::new();
        for guide in &GUIDES {
            let address = format!("/docs/guide/{}", guide.name);
            known.extend(attributes(page(guide), "id").into_iter().map(|id| format!("{address}#{id}")));
            known.insert(address);
        }
        for guide in &GUIDES {
            let html = page(guide);
            assert!(!html.contains("<script") && !html.contains(" style="), "{}", guide.name);
            for link in attributes(html, "href") {
                let link =
                    if link.starts_with('#') { format!("/docs/guide/{}{link}", guide.name) } else { link.to_owned() };
                let leads =
                    if link.starts_with("/docs/guide/") { known.contains(&link) } else { link.starts_with('/') };
                assert!(leads, "{}: {link}", guide.name);
            }
        }
    }

    #[test]
    fn no_two_headings_of_a_guide_have_one_id() {
        for guide in &GUIDES {
            let html = std::str::from_utf8(&guide_page(guide.name).unwrap().bytes).unwrap();
            let ids = attributes(html, "id");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{}", guide.name);
        }
    }
}
