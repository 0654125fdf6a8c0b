//! A file as front matter and body.
//!
//! As Statamic splits it (`Statamic\Yaml\Yaml::parse`): the text begins with `---`; the first newline that is followed by
//! `---` ends the front matter, whatever follows on that line, and what follows belongs to the body.

use crate::problem::Problem;

/// A file in its four parts. Put together again they are the file, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrontMatter<'a> {
    /// The whole file.
    pub raw: &'a str,
    /// The first line with its end; a byte order mark before it included.
    pub opening: &'a str,
    /// The YAML, without the end of its last line.
    pub yaml: &'a str,
    /// Line of the file on which the YAML begins, from 1.
    pub yaml_start_line: usize,
    /// The end of the YAML's last line and the closing line with its end, where nothing else stands on it.
    pub closing: &'a str,
    /// The bytes behind the closing line, exactly.
    pub body: &'a str,
    /// Line of the file on which the body begins, from 1.
    pub body_start_line: usize,
    /// The file begins with a byte order mark.
    pub has_byte_order_mark: bool,
    /// Something other than white space follows the closing `---` on its line, and so begins the body.
    pub body_on_closing_line: bool,
}

/// Splits a file. `file` names it in the problem.
pub fn split<'a>(file: &str, bytes: &'a [u8]) -> Result<FrontMatter<'a>, Problem> {
    let raw = std::str::from_utf8(bytes).map_err(|error| {
        let offset = error.valid_up_to();
        let line = 1 + bytes[..offset].iter().filter(|byte| **byte == b'\n').count();
        Problem::new(file, line, format!("is not UTF-8: byte {offset} (from 0) begins no character"))
    })?;
    let text = raw.strip_prefix('\u{feff}').unwrap_or(raw);
    if !text.starts_with("---") {
        return Err(Problem::new(file, 1, "does not begin with a line `---`: this is no entry file"));
    }
    let Some(opening_bytes) = text.find('\n') else { return Err(unclosed(file)) };
    let opening_rest = text[3..opening_bytes].trim();
    if !opening_rest.is_empty() && !opening_rest.starts_with('#') {
        return Err(Problem::new(file, 1, format!("`{}` follows `---` on the first line", shorten(opening_rest))));
    }
    // The newline of the first line may already be the one before the closing line: an empty front matter.
    let Some(end) = text[opening_bytes..].find("\n---").map(|found| opening_bytes + found) else {
        return Err(unclosed(file));
    };
    let yaml_start = opening_bytes + 1;
    let yaml = if end < yaml_start { "" } else { &text[yaml_start..end] };
    let yaml = yaml.strip_suffix('\r').unwrap_or(yaml);
    let behind = end + "\n---".len();
    let line_rest = text[behind..].split_inclusive('\n').next().unwrap_or_default();
    let body_on_closing_line = !line_rest.trim().is_empty();
    let body_start = if body_on_closing_line { behind } else { behind + line_rest.len() };

    let mark_bytes = raw.len() - text.len();
    let yaml_end = mark_bytes + yaml_start + yaml.len();
    let body_start = mark_bytes + body_start;
    Ok(FrontMatter {
        raw,
        opening: &raw[..mark_bytes + yaml_start],
        yaml,
        yaml_start_line: 2,
        closing: &raw[yaml_end..body_start],
        body: &raw[body_start..],
        body_start_line: 1 + raw[..body_start].matches('\n').count(),
        has_byte_order_mark: mark_bytes > 0,
        body_on_closing_line,
    })
}

fn unclosed(file: &str) -> Problem {
    Problem::new(file, 1, "the front matter that begins here is not ended by a line `---`")
}

/// The beginning of a text, for messages.
pub(crate) fn shorten(text: &str) -> String {
    const MAX_CHARS: usize = 60;
    let mut short: String = text.chars().take(MAX_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(text: &str) -> (&str, &str, usize) {
        let parts = split("f.md", text.as_bytes()).unwrap();
        (parts.yaml, parts.body, parts.body_start_line)
    }

    #[test]
    fn the_first_newline_before_three_hyphens_ends_the_front_matter() {
        let cases = [
            ("---\na: 1\n---\nbody\n", ("a: 1", "body\n", 4)),
            ("---\na: 1\n---\n\n  body", ("a: 1", "\n  body", 4)),
            ("---\na: 1\n---", ("a: 1", "", 3)),
            ("---\na: 1\n---  \nbody", ("a: 1", "body", 4)),
            ("---\na: 1\n----\nbody", ("a: 1", "-\nbody", 3)),
            ("---\na: 1\n--- more\n---\nbody", ("a: 1", " more\n---\nbody", 3)),
            ("---\n---\nbody", ("", "body", 3)),
            ("---\n\n---\nbody", ("", "body", 4)),
            ("---\r\na: 1\r\n---\r\nbody\r\n", ("a: 1", "body\r\n", 4)),
            ("--- # made by hand\na: 1\n---\n", ("a: 1", "", 4)),
            ("\u{feff}---\na: 1\n---\nbody", ("a: 1", "body", 4)),
            ("---\na: |\n  --- no end\n---\nbody", ("a: |\n  --- no end", "body", 5)),
        ];
        for (text, expected) in cases {
            assert_eq!(parts(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_entry_file_is_told_with_its_line() {
        let cases: [(&[u8], &str); 6] = [
            (b"", "f.md:1: does not begin with a line `---`: this is no entry file"),
            (b"# Title\n---\n", "f.md:1: does not begin with a line `---`: this is no entry file"),
            (b"---", "f.md:1: the front matter that begins here is not ended by a line `---`"),
            (b"---\na: 1\n", "f.md:1: the front matter that begins here is not ended by a line `---`"),
            (b"--- {a: 1}\n---\n", "f.md:1: `{a: 1}` follows `---` on the first line"),
            (b"---\na: \xd8\xa7\nb: \xff\n---\n", "f.md:3: is not UTF-8: byte 13 (from 0) begins no character"),
        ];
        for (bytes, problem) in cases {
            assert_eq!(split("f.md", bytes).unwrap_err().to_string(), problem);
        }
    }

    proptest! {
        #[test]
        fn the_parts_make_the_file_again(text in "(\u{feff})?---[ -]{0,2}(\r?\n[-a: ]{0,6}){0,8}") {
            if let Ok(parts) = split("f.md", text.as_bytes()) {
                let FrontMatter { raw, opening, yaml, closing, body, .. } = parts;
                prop_assert_eq!(raw, &text);
                prop_assert_eq!([opening, yaml, closing, body].concat(), text);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = split("f.md", &bytes);
            let _ = split("f.md", &[b"---\n", bytes.as_slice(), b"\n---\n", &bytes].concat());
        }
    }
}
