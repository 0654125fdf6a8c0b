//! Brings HTML to a bounded, balanced form: allowed elements only, every one closed, none too deep, not too many.
//!
//! Not for safety (the sanitiser decides that, on what stands here), but so that parsing by the standard stays cheap, and
//! loose text between blocks becomes paragraphs: pages of older systems mix `<h3>…</h3>` with bare lines.

use super::{
    allowed::{Element, ElementKind, GLOBAL_ATTRIBUTES, LEFT_OUT_WHOLE, find_element},
    scan::{Attribute, Scanner, Token},
};

/// Deepest nesting; deeper elements leave their content behind.
const MAX_DEPTH: usize = 64;

/// Most elements of one text; further ones leave their content behind.
const MAX_ELEMENTS: usize = 20_000;

/// Bytes after which a run of text is parted by an empty comment, which the sanitiser removes: html5ever's serialiser looks
/// ahead to the end of a text at every `&` and at other characters, which is quadratic in one long text.
const MAX_RUN_BYTES: usize = 4_000;

/// Longest value of an attribute, for the same reason; an attribute with a longer one is left out.
const MAX_VALUE_BYTES: usize = 4_000;

/// Where the search for an open element ends: what is outside a table or cell is not closed from inside.
const TABLE_SCOPE: &[&str] = &["td", "th", "caption", "table"];
const LIST_SCOPE: &[&str] = &[
    "ul",
    "ol",
    "dl",
    "td",
    "th",
    "caption",
    "table",
    "blockquote",
    "section",
    "article",
    "aside",
    "details",
    "figure",
];
const TABLE: &[&str] = &["table"];
const TABLE_SECTIONS: &[&str] = &["caption", "colgroup", "thead", "tbody", "tfoot"];
const TABLE_FRAME: &[&str] = &["table", "colgroup", "thead", "tbody", "tfoot", "tr"];
const HEADINGS: &[&str] = &["h1", "h2", "h3", "h4", "h5", "h6"];

/// The balanced form of any HTML, in one pass.
pub(super) fn balance(html: &str) -> String {
    let mut balancer = Balancer {
        out: String::with_capacity(html.len() + html.len() / 8),
        open: Vec::new(),
        elements: 0,
        dropped: 0,
        run_bytes: 0,
    };
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        match token {
            Token::Text(text) => balancer.text(text),
            Token::Start { name, attributes, source: _ } => {
                let name = name.to_ascii_lowercase();
                if LEFT_OUT_WHOLE.contains(&name.as_str()) {
                    scanner.skip_element(&name);
                } else if let Some(element) = find_element(&name) {
                    balancer.start(element, &attributes);
                }
            }
            Token::End { name, source: _ } => {
                if let Some(element) = find_element(&name.to_ascii_lowercase()) {
                    balancer.end(element);
                }
            }
            Token::Hidden => {}
        }
    }
    balancer.close_to(0);
    balancer.out
}

struct Balancer {
    out: String,
    /// Open elements from the outside in.
    open: Vec<Open>,
    /// Elements so far.
    elements: usize,
    /// Start tags that were left out for a limit and whose end tags are still to come.
    dropped: usize,
    /// Bytes of text since the last tag or comment.
    run_bytes: usize,
}

struct Open {
    name: &'static str,
    /// A paragraph that was made for loose text.
    made: bool,
}

impl Balancer {
    fn text(&mut self, text: &str) {
        let trimmed = text.trim_start();
        if trimmed.is_empty() {
            self.out.push_str(text);
            return;
        }
        if self.open.is_empty() {
            self.out.push_str(&text[..text.len() - trimmed.len()]);
            self.open_paragraph();
            self.push_text(trimmed);
        } else {
            self.push_text(text);
        }
    }

    fn push_text(&mut self, text: &str) {
        for character in text.chars() {
            // Entities are ASCII without white space, so none is cut here.
            if self.run_bytes >= MAX_RUN_BYTES && (character == '&' || !character.is_ascii_graphic()) {
                self.out.push_str("<!---->");
                self.run_bytes = 0;
            }
            match character {
                '<' => self.out.push_str("&lt;"),
                other => self.out.push(other),
            }
            self.run_bytes += character.len_utf8();
        }
    }

    fn open_paragraph(&mut self) {
        self.out.push_str("<p>");
        self.open.push(Open { name: "p", made: true });
    }

    fn start(&mut self, element: &'static Element, attributes: &[Attribute<'_>]) {
        self.close_before(element);
        if self.is_misplaced(element) {
            return;
        }
        let is_void = match element.kind {
            ElementKind::InlineVoid | ElementKind::BlockVoid | ElementKind::TableVoid => true,
            ElementKind::Block | ElementKind::Inline | ElementKind::TablePart => false,
        };
        if self.open.len() >= MAX_DEPTH || self.elements >= MAX_ELEMENTS {
            self.dropped += usize::from(!is_void);
            return;
        }
        let in_line = matches!(element.kind, ElementKind::Inline | ElementKind::InlineVoid);
        if in_line && self.open.is_empty() {
            self.open_paragraph();
        }
        self.elements += 1;
        self.run_bytes = 0;
        self.out.push('<');
        self.out.push_str(element.name);
        for attribute in attributes {
            self.push_attribute(element, attribute);
        }
        self.out.push('>');
        if !is_void {
            self.open.push(Open { name: element.name, made: false });
        }
    }

    fn push_attribute(&mut self, element: &Element, Attribute { name, value }: &Attribute<'_>) {
        let name = name.to_ascii_lowercase();
        if value.len() > MAX_VALUE_BYTES {
            return;
        }
        if !element.attributes.contains(&name.as_str()) && !GLOBAL_ATTRIBUTES.contains(&name.as_str()) {
            return;
        }
        self.out.push(' ');
        self.out.push_str(&name);
        self.out.push_str("=\"");
        self.out.push_str(&value.replace('"', "&quot;").replace('<', "&lt;"));
        self.out.push('"');
    }

    /// Closes what ends by itself where this element begins.
    fn close_before(&mut self, element: &Element) {
        match element.name {
            "li" => self.close_one_of(&["li"], LIST_SCOPE),
            "dt" | "dd" => self.close_one_of(&["dt", "dd"], LIST_SCOPE),
            "a" => self.close_one_of(&["a"], TABLE_SCOPE),
            "td" | "th" => self.close_one_of(&["td", "th", "caption", "colgroup"], &["tr", "table"]),
            "tr" => {
                self.close_one_of(&["caption", "colgroup"], TABLE);
                self.close_one_of(&["tr"], TABLE);
            }
            "caption" | "colgroup" | "thead" | "tbody" | "tfoot" => self.close_one_of(TABLE_SECTIONS, TABLE),
            _ => {}
        }
        match element.kind {
            ElementKind::Block | ElementKind::BlockVoid => self.close_one_of(&["p"], TABLE_SCOPE),
            ElementKind::Inline | ElementKind::InlineVoid | ElementKind::TablePart | ElementKind::TableVoid => {}
        }
        if HEADINGS.contains(&element.name) && self.top().is_some_and(|top| HEADINGS.contains(&top)) {
            self.close_to(self.open.len() - 1);
        }
    }

    /// Parts of tables outside of one, and other elements between its parts: they leave their content behind.
    fn is_misplaced(&self, element: &Element) -> bool {
        let top = self.top().unwrap_or_default();
        match element.kind {
            ElementKind::TablePart if matches!(element.name, "td" | "th") => {
                !matches!(top, "tr" | "table" | "thead" | "tbody" | "tfoot")
            }
            ElementKind::TablePart if element.name == "tr" => !matches!(top, "table" | "thead" | "tbody" | "tfoot"),
            ElementKind::TablePart => top != "table",
            ElementKind::TableVoid => !matches!(top, "table" | "colgroup"),
            ElementKind::Block | ElementKind::Inline | ElementKind::InlineVoid | ElementKind::BlockVoid => {
                TABLE_FRAME.contains(&top)
            }
        }
    }

    fn end(&mut self, element: &Element) {
        if self.dropped > 0 {
            self.dropped -= 1;
            return;
        }
        let scope = match element.name {
            "table" => &[],
            "td" | "th" | "tr" | "caption" | "colgroup" | "thead" | "tbody" | "tfoot" => TABLE,
            _ => TABLE_SCOPE,
        };
        self.close_one_of(&[element.name], scope);
    }

    /// Closes the innermost open element of those names with all in it, unless one of the scope comes first.
    fn close_one_of(&mut self, names: &[&str], scope: &[&str]) {
        for depth in (0..self.open.len()).rev() {
            let name = self.open[depth].name;
            if names.contains(&name) {
                self.close_to(depth);
                return;
            }
            if scope.contains(&name) {
                return;
            }
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(Open { name, made }) = self.open.pop() else { return };
            if made {
                self.out.truncate(self.out.trim_end().len());
            }
            self.run_bytes = 0;
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
            if made {
                self.out.push('\n');
            }
        }
    }

    fn top(&self) -> Option<&'static str> {
        self.open.last().map(|open| open.name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn everything_is_closed_where_browsers_close_it() {
        let cases = [
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
            ("<b>a<p>b</b>c", "<p><b>a</b></p>\n<p>bc</p>"),
            (
                "<table><tr><td>a<td>b<tr><td>c</table>",
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
            ),
            ("<div></p></b>a</div></div>", "<div>a</div>"),
            ("<td>a</td>", "<p>a</p>\n"),
            ("<table><div>a</div><tr><td><p>b</td></tr></table>", "<table>a<tr><td><p>b</p></td></tr></table>"),
            ("<form><input>a</form>", "<p>a</p>\n"),
            ("<IMG SRC=a ONERROR='x' alt='\"<'>", "<p><img src=\"a\" alt=\"&quot;&lt;\"></p>\n"),
            ("a < b", "<p>a &lt; b</p>\n"),
        ];
        for (html, balanced) in cases {
            assert_eq!(balance(html), balanced, "{html}");
        }
    }

    #[test]
    fn loose_text_becomes_paragraphs() {
        let html = "<h3>نبذة</h3> \nسطر أول\nسطر ثان\n<h3>رؤية</h3>\n<b>نص</b>";
        assert_eq!(balance(html), "<h3>نبذة</h3> \n<p>سطر أول\nسطر ثان</p>\n<h3>رؤية</h3>\n<p><b>نص</b></p>\n");
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = format!("{}x{}y", "<div>".repeat(1_000), "</div>".repeat(1_000));
        let balanced = balance(&deep);
        assert_eq!((balanced.matches("<div>").count(), balanced.matches("</div>").count()), (MAX_DEPTH, MAX_DEPTH));
        assert!(balanced.ends_with("</div><p>y</p>\n"));
        assert_eq!(balance(&"<br>".repeat(50_000)).matches("<br>").count(), MAX_ELEMENTS);
    }

    proptest! {
        #[test]
        fn the_balanced_form_of_anything_is_balanced(html in "(<(/)?(p|b|i|a|li|ul|td|tr|table|div|h1|caption|col|script)( x=\"<\")?>|<|a| |\n){0,40}") {
            let balanced = balance(&html);
            let mut open = Vec::new();
            for token in Scanner::new(&balanced) {
                match token {
                    Token::Start { name: "br" | "hr" | "img" | "col" | "wbr", .. } | Token::Text(_) => {}
                    Token::Start { name, .. } => open.push(name.to_owned()),
                    Token::End { name, .. } => prop_assert_eq!(open.pop(), Some(name.to_owned()), "{}", &balanced),
                    Token::Hidden => prop_assert!(false, "{}", &balanced),
                }
            }
            prop_assert_eq!(open.len(), 0);
        }
    }
}
