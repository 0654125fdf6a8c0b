//! Cuts HTML into tags and text, as browsers do where it matters here. Linear in the text; allocates only for attributes.

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with its entities as they stand. May hold a `<` that begins no tag, alone.
    Text(&'a str),
    /// A start tag; `source` is all of it.
    Start { name: &'a str, attributes: Vec<Attribute<'a>>, source: &'a str },
    /// An end tag.
    End { name: &'a str, source: &'a str },
    /// A comment, declaration or processing instruction, or a tag that the end of the text cuts off.
    Hidden,
}

/// An attribute as it stands, entities and all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// Most attributes that are read of one tag; the others are passed over.
const MAX_ATTRIBUTES: usize = 32;

/// Reads from the front.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// Passes over everything up to and including the end tag of that name, or to the end.
    pub(super) fn skip_element(&mut self, name: &str) {
        while let Some(at) = self.rest.find("</") {
            self.rest = &self.rest[at + 2..];
            let named = self.rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
            if named && self.rest[name.len()..].starts_with(ends_name) {
                self.rest = &self.rest[name.len()..];
                self.read_attributes();
                return;
            }
        }
        self.rest = "";
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }

    /// Takes what comes before the first character of a kind, or everything.
    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'a str {
        let bytes = self.rest.find(stop).unwrap_or(self.rest.len());
        self.take(bytes)
    }

    /// Passes over everything up to and including a text, or to the end.
    fn skip_past(&mut self, end: &str) -> Token<'a> {
        self.rest = self.rest.split_once(end).map_or("", |(_, rest)| rest);
        Token::Hidden
    }

    /// Reads the inside of a tag behind its name, and its `>`. `None` where the text ends before.
    fn read_attributes(&mut self) -> Option<Vec<Attribute<'a>>> {
        let mut attributes = Vec::new();
        loop {
            self.take_until(|c| !c.is_ascii_whitespace() && c != '/');
            if self.rest.is_empty() {
                return None;
            }
            if self.rest.starts_with('>') {
                self.take(1);
                return Some(attributes);
            }
            // A `=` in front belongs to the name, as the standard has it.
            let first = self.rest.chars().next().map_or(0, char::len_utf8);
            let name_bytes =
                self.rest[first..].find(|c| ends_name(c) || c == '=').map_or(self.rest.len(), |at| first + at);
            let name = self.take(name_bytes);
            let value = self.read_value();
            if attributes.len() < MAX_ATTRIBUTES {
                attributes.push(Attribute { name, value });
            }
        }
    }

    fn read_value(&mut self) -> &'a str {
        let behind_space = self.rest.trim_ascii_start();
        let Some(behind) = behind_space.strip_prefix('=') else { return "" };
        self.rest = behind.trim_ascii_start();
        match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.take(1);
                let value = self.take_until(|c| c == quote);
                self.take(usize::from(!self.rest.is_empty()));
                value
            }
            Some(_) => self.take_until(|c| c.is_ascii_whitespace() || c == '>'),
            None => "",
        }
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let all = self.rest;
        if all.is_empty() {
            return None;
        }
        let Some(inside) = all.strip_prefix('<') else { return Some(Token::Text(self.take_until(|c| c == '<'))) };
        if inside.starts_with("!--") {
            // `<!-->` and `<!--->` are whole comments.
            self.take(2);
            return Some(self.skip_past("->"));
        }
        let (name_at, is_end) = if inside.starts_with('/') { (2, true) } else { (1, false) };
        if !all[name_at..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            return Some(match inside.chars().next() {
                Some('!' | '?' | '/') => self.skip_past(">"),
                Some(_) | None => Token::Text(self.take(1)),
            });
        }
        self.take(name_at);
        let name = self.take_until(ends_name);
        let Some(attributes) = self.read_attributes() else { return Some(Token::Hidden) };
        let source = &all[..all.len() - self.rest.len()];
        Some(if is_end { Token::End { name, source } } else { Token::Start { name, attributes, source } })
    }
}

fn ends_name(c: char) -> bool {
    c.is_ascii_whitespace() || c == '/' || c == '>'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(html: &str) -> Vec<String> {
        let short = |token| match token {
            Token::Text(text) => text.to_owned(),
            Token::Start { name, attributes, source: _ } => {
                let attributes: String = attributes.iter().map(|a| format!(" {}={}", a.name, a.value)).collect();
                format!("<{name}{attributes}>")
            }
            Token::End { name, source: _ } => format!("</{name}>"),
            Token::Hidden => "-".to_owned(),
        };
        Scanner::new(html).map(short).collect()
    }

    #[test]
    fn tags_are_cut_as_browsers_cut_them() {
        let cases: &[(&str, &[&str])] = &[
            ("a<b>c</b>", &["a", "<b>", "c", "</b>"]),
            ("<a href=x title='>'\tid = \"1\"disabled/>", &["<a href=x title=> id=1 disabled=>"]),
            ("1 < 2 <3", &["1 ", "<", " 2 ", "<", "3"]),
            ("<!-- <b> --><i>", &["-", "<i>"]),
            ("<!--><i>", &["-", "<i>"]),
            ("<!doctype html></ x></><?x?>", &["-", "-", "-", "-"]),
            ("<b", &["-"]),
            ("<b title=\"", &["-"]),
            ("<a =x عنوان=ب>", &["<a =x= عنوان=ب>"]),
        ];
        for (html, tokens) in cases {
            assert_eq!(names(html), *tokens, "{html}");
        }
    }

    #[test]
    fn an_element_can_be_passed_over() {
        let mut scanner = Scanner::new("if (a</b) </scripting></SCRIPT >rest");
        scanner.skip_element("script");
        assert_eq!(scanner.next(), Some(Token::Text("rest")));
    }

    proptest! {
        #[test]
        fn any_text_is_cut_to_its_end(html in "[<>/!?=\"'a-c \\-ب]{0,60}") {
            prop_assert!(names(&html).len() <= html.len());
        }
    }
}
