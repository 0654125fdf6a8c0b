//! Plain text out of HTML, with the way back to the source.
//!
//! Not a parser of HTML for browsers: it reads what editors and sanitisers leave, and of anything else it makes some text
//! in one pass over the source, without recursion.

/// The text of an HTML source and where each byte of it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainText {
    /// The text. White space runs are one space; a newline stands only between block elements.
    pub text: String,
    pieces: Vec<Piece>,
    source_bytes: usize,
}

impl PlainText {
    /// The byte of the source that a byte of the text came from, on a character border of both.
    ///
    /// An offset inside a character, or inside what an entity stood for, counts as its beginning; one at or behind the end of
    /// the text is the end of the source.
    pub fn source_offset(&self, text_byte: usize) -> usize {
        match self.piece_at(text_byte) {
            Some(piece) if piece.verbatim => piece.source + (self.text.floor_char_boundary(text_byte) - piece.text),
            Some(piece) => piece.source,
            None => self.source_bytes,
        }
    }

    /// The byte behind the source of what ends before `text_byte`: where a highlight closes, before any tag that follows.
    pub fn source_end(&self, text_byte: usize) -> usize {
        let end = self.text.floor_char_boundary(text_byte);
        let Some(last) = end.checked_sub(1) else { return 0 };
        match self.piece_at(last) {
            Some(piece) if piece.verbatim => piece.source + (end - piece.text),
            Some(piece) => piece.source + piece.source_bytes,
            None => self.source_bytes,
        }
    }

    fn piece_at(&self, text_byte: usize) -> Option<&Piece> {
        if text_byte >= self.text.len() {
            return None;
        }
        let behind = self.pieces.partition_point(|piece| piece.text <= text_byte);
        self.pieces.get(behind.checked_sub(1)?)
    }
}

/// The text of an HTML source: tags dropped, entities decoded.
///
/// The content of `head`, `script`, `style` and the like is no text. Block elements part words by a newline, `br` by a
/// space, inline elements not at all. Never fails: a `<` that opens no tag is text. Linear in the length of the source.
pub fn html_to_text(html: &str) -> PlainText {
    let mut reader =
        Reader { html, out: PlainText { source_bytes: html.len(), ..PlainText::default() }, in_head: false, gap: None };
    let mut at = 0;
    while let Some(c) = html[at..].chars().next() {
        at = match c {
            '<' => reader.markup(at),
            '&' => reader.entity(at),
            _ => reader.plain(at, c),
        };
    }
    reader.out
}

/// A run of text that came from one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    text: usize,
    source: usize,
    source_bytes: usize,
    /// Byte for byte as in the source; else the whole piece stands for `source_bytes` of it.
    verbatim: bool,
}

/// White space that is written only if text follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Space,
    Line,
}

struct Reader<'a> {
    html: &'a str,
    out: PlainText,
    in_head: bool,
    gap: Option<(Gap, usize)>,
}

impl Reader<'_> {
    fn plain(&mut self, at: usize, c: char) -> usize {
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            self.part(Gap::Space, at);
        } else {
            self.push(&self.html[at..end], at, end, true);
        }
        end
    }

    /// A character reference, or an `&` that is none.
    fn entity(&mut self, at: usize) -> usize {
        let window = &self.html[at..self.html.floor_char_boundary(at + MAX_ENTITY_BYTES)];
        if let Some(length) = window.find(';') {
            let written = &window[..=length];
            let decoded = html_escape::decode_html_entities(written);
            let end = at + written.len();
            if decoded != written && !decoded.contains(['&', ';']) || written == "&amp;" || written == "&semi;" {
                if decoded.chars().all(char::is_whitespace) {
                    self.part(Gap::Space, at);
                } else {
                    self.push(&decoded, at, end, false);
                }
                return end;
            }
        }
        self.plain(at, '&')
    }

    /// A tag, comment or declaration, or a `<` that is none.
    fn markup(&mut self, at: usize) -> usize {
        let rest = &self.html[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            return comment.find("-->").map_or(self.html.len(), |length| at + 4 + length + 3);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return rest.find('>').map_or(self.html.len(), |length| at + length + 1);
        }
        let closing = rest.starts_with("</");
        let name_at = at + if closing { 2 } else { 1 };
        let name = tag_name(&self.html[name_at..]);
        if name.is_empty() {
            return self.plain(at, '<');
        }
        let end = tag_end(self.html, name_at + name.len());
        self.tag(&name.to_ascii_lowercase(), closing, at, end)
    }

    /// Acts on a tag and returns where to go on.
    fn tag(&mut self, name: &str, closing: bool, at: usize, end: usize) -> usize {
        if name == "head" {
            self.in_head = !closing;
            self.part(Gap::Line, at);
            return end;
        }
        if !closing && SKIPPED.contains(&name) {
            self.part(Gap::Space, at);
            return skip_content(self.html, end, name);
        }
        // A head that is never closed ends where content begins.
        self.in_head &= HEAD_ELEMENTS.contains(&name);
        if name == "br" {
            self.part(Gap::Space, at);
        } else if BLOCKS.contains(&name) {
            self.part(Gap::Line, at);
        }
        end
    }

    fn part(&mut self, gap: Gap, at: usize) {
        match self.gap {
            Some((Gap::Line, _)) => {}
            Some((Gap::Space, first)) => self.gap = Some((gap, first)),
            None => self.gap = Some((gap, at)),
        }
    }

    fn push(&mut self, text: &str, source: usize, source_end: usize, verbatim: bool) {
        if self.in_head {
            return;
        }
        let gap = self.gap.take();
        if let Some((gap, at)) = gap
            && !self.out.text.is_empty()
        {
            let white = match gap {
                Gap::Space => " ",
                Gap::Line => "\n",
            };
            self.write(white, at, source, false);
        }
        self.write(text, source, source_end, verbatim);
    }

    /// Appends, making one piece of neighbours.
    fn write(&mut self, text: &str, source: usize, source_end: usize, verbatim: bool) {
        let source_bytes = source_end - source;
        match self.out.pieces.last_mut() {
            Some(last) if verbatim && last.verbatim && last.source + last.source_bytes == source => {
                last.source_bytes += source_bytes;
            }
            Some(_) | None => {
                self.out.pieces.push(Piece { text: self.out.text.len(), source, source_bytes, verbatim });
            }
        }
        self.out.text.push_str(text);
    }
}

/// The longest named reference has 33 bytes.
const MAX_ENTITY_BYTES: usize = 40;

/// Elements that part paragraphs, cells, items.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
];

/// Elements whose content is not read as text.
const SKIPPED: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "template"];

/// Elements that do not end a head.
const HEAD_ELEMENTS: &[&str] = &["base", "link", "meta", "noscript", "title"];

/// The name at the head of a tag; empty if it does not begin with a letter.
fn tag_name(rest: &str) -> &str {
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<'));
    &rest[..end.unwrap_or(rest.len())]
}

/// Behind the `>` that closes a tag, which none within quotes of an attribute's value does.
fn tag_end(html: &str, from: usize) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (offset, byte) in html[from..].bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'>' => return from + offset + 1,
            None if after_equals && (byte == b'"' || byte == b'\'') => quote = Some(byte),
            None => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    html.len()
}

/// Behind the closing tag of an element whose content is dropped; the end of the source if it is never closed.
fn skip_content(html: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(length) = html[at..].find("</") {
        let name_at = at + length + 2;
        if tag_name(&html[name_at..]).eq_ignore_ascii_case(name) {
            return tag_end(html, name_at + name.len());
        }
        at = name_at;
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(html: &str, text: &str) {
        assert_eq!(html_to_text(html).text, text, "{html}");
    }

    #[test]
    fn tags_are_no_text_and_blocks_part_words() {
        check("<h3>رؤية الإدارة</h3>", "رؤية الإدارة");
        check("<p>الدعم</p><p>المالي</p>", "الدعم\nالمالي");
        check("<b>ال</b>وزارة<br>المالية", "الوزارة المالية");
        check("<ul>\n <li>a\n <li>b</ul>\nc", "a\nb\nc");
        check("<p title='a > b' data-x=\"</p>\">c</p>", "c");
        check("<tr><td>1</td><td>2</td></tr>", "1\n2");
    }

    #[test]
    fn what_is_not_shown_is_no_text() {
        check("<head><title>t</title><meta x></head><body>b", "b");
        check("<head><meta x><p>b", "b");
        check("a<script>if (1 < 2) '</p>'</script >b<style>p{}</STYLE>c", "a b c");
        check("a<!-- <p>x</p> -->b<!doctype html><?x y?>c", "abc");
        check("a<script>never closed", "a");
    }

    #[test]
    fn entities_are_decoded_once() {
        check("&lt;b&gt; &amp;amp; &quot;&#1608;&#x648;&nbsp;&nbsp;x&eacute;", "<b> &amp; \"وو xé");
        check("a & b &unknown; &; &#xD800; &", "a & b &unknown; &; &#xD800; &");
    }

    #[test]
    fn a_lone_angle_is_text() {
        check("1 < 2 <3> </ a>", "1 < 2 <3> </ a>");
        check("a <b", "a");
    }

    #[test]
    fn each_byte_leads_back_to_its_source() {
        let html = "<p>في <b>وزارة</b>&amp;</p>\n<p>x";
        let plain = html_to_text(html);
        assert_eq!(plain.text, "في وزارة&\nx");
        let word = plain.text.find("وزارة").unwrap();
        let end = word + "وزارة".len();
        assert_eq!(&html[plain.source_offset(word)..plain.source_end(end)], "وزارة");
        assert_eq!(&html[plain.source_offset(end)..plain.source_end(end + 1)], "&amp;");
        assert_eq!(&html[plain.source_offset(plain.text.len() - 1)..], "x");
        assert_eq!(plain.source_offset(plain.text.len()), html.len());
        assert_eq!(plain.source_offset(usize::MAX), html.len());
    }

    proptest! {
        #[test]
        fn offsets_lie_on_borders_and_never_go_back(html in "(\\PC|[<>&;/a-p!'\"= \n#x1-]|<p>|</p>|&amp;|<!--|-->|<script>|<head>|و){0,40}") {
            let plain = html_to_text(&html);
            let mut before = 0;
            for byte in 0..=plain.text.len() + 1 {
                let source = plain.source_offset(byte);
                prop_assert!(html.is_char_boundary(source) && source >= before);
                prop_assert!(html.is_char_boundary(plain.source_end(byte)));
                before = source;
            }
        }

        #[test]
        fn text_without_markup_is_itself(text in "[^<&\\s\\pC]{0,20}") {
            let plain = html_to_text(&text);
            prop_assert_eq!(&plain.text, &text);
            for (byte, _) in text.char_indices() {
                prop_assert_eq!(plain.source_offset(byte), byte);
            }
        }
    }
}
