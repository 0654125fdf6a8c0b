//! Attributes of nodes and marks.

use serde_json::{Value, json};

use super::spelling::NodeKind;
use crate::{
    faults::{Expected, Fault, FaultCode},
    values::{LinkTarget, Locale, Pointer, is_forbidden, is_relative},
};

/// An attribute that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attribute {
    /// Direction of its text.
    Dir,
    /// Language of its text.
    Lang,
    /// Alignment of its text.
    TextAlign,
    /// Level of a heading.
    Level,
    /// Number of the first item of an ordered list.
    Start,
    /// Programming language of a code block.
    Language,
    /// Asset of a picture.
    Src,
    /// Alternative text of a picture.
    Alt,
    /// Title of a picture or link.
    Title,
    /// Columns that a cell spans.
    Colspan,
    /// Rows that a cell spans.
    Rowspan,
    /// Where a link leads.
    Href,
}

/// Attributes that editors write and that decide nothing here; taken, not kept.
pub(super) const PASSED_OVER: [&str; 8] =
    ["background", "class", "colwidth", "height", "rel", "target", "type", "width"];

/// Longest alternative text or title in characters.
const MAX_TEXT_CHARS: usize = 1_000;

/// Longest link in characters.
const MAX_LINK_CHARS: usize = 2_000;

/// Most columns or rows that a cell spans, and the highest number of a list's first item.
const MAX_SPAN: i64 = 100;
const MAX_START: i64 = 99_999;

const DIRECTIONS: [&str; 3] = ["ltr", "rtl", "auto"];
/// By the direction of the text first: `left` and `right` are those of the screen.
const ALIGNMENTS: [&str; 6] = ["start", "end", "center", "justify", "left", "right"];
const LANGUAGE_PATTERN: &str = "^[a-z0-9][a-z0-9_+#.-]{0,31}$";
const LANG_PATTERN: &str = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$";

/// The attributes of a kind of nodes.
pub(super) fn attributes_of(kind: NodeKind) -> &'static [Attribute] {
    const TEXT: &[Attribute] = &[Attribute::Dir, Attribute::Lang, Attribute::TextAlign];
    const HEADING: &[Attribute] = &[Attribute::Level, Attribute::Dir, Attribute::Lang, Attribute::TextAlign];
    const AROUND: &[Attribute] = &[Attribute::Dir, Attribute::Lang];
    const ORDERED: &[Attribute] = &[Attribute::Start, Attribute::Dir, Attribute::Lang];
    const CELL: &[Attribute] = &[Attribute::Colspan, Attribute::Rowspan, Attribute::Dir, Attribute::Lang];
    match kind {
        NodeKind::Paragraph => TEXT,
        NodeKind::Heading => HEADING,
        NodeKind::OrderedList => ORDERED,
        NodeKind::BulletList | NodeKind::ListItem | NodeKind::Blockquote | NodeKind::Table => AROUND,
        NodeKind::TableHeader | NodeKind::TableCell => CELL,
        NodeKind::CodeBlock => &[Attribute::Language],
        NodeKind::Image => &[Attribute::Src, Attribute::Alt, Attribute::Title],
        NodeKind::HorizontalRule | NodeKind::HardBreak | NodeKind::TableRow | NodeKind::Block | NodeKind::Text => &[],
    }
}

/// The attributes of links.
pub(super) const OF_LINKS: &[Attribute] = &[Attribute::Href, Attribute::Title];

impl Attribute {
    /// The name as it is stored.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dir => "dir",
            Self::Lang => "lang",
            Self::TextAlign => "textAlign",
            Self::Level => "level",
            Self::Start => "start",
            Self::Language => "language",
            Self::Src => "src",
            Self::Alt => "alt",
            Self::Title => "title",
            Self::Colspan => "colspan",
            Self::Rowspan => "rowspan",
            Self::Href => "href",
        }
    }

    /// Whether that is its name in any accepted spelling.
    pub(super) fn is_named(self, name: &str) -> bool {
        let other = match self {
            Self::TextAlign => Some("text_align"),
            Self::Start => Some("order"),
            Self::Language => Some("params"),
            Self::Dir
            | Self::Lang
            | Self::Level
            | Self::Src
            | Self::Alt
            | Self::Title
            | Self::Colspan
            | Self::Rowspan
            | Self::Href => None,
        };
        self.name() == name || other == Some(name)
    }

    /// Whether the node is nothing without it.
    pub(super) fn is_needed(self) -> bool {
        match self {
            Self::Level | Self::Src | Self::Href => true,
            Self::Dir
            | Self::Lang
            | Self::TextAlign
            | Self::Start
            | Self::Language
            | Self::Alt
            | Self::Title
            | Self::Colspan
            | Self::Rowspan => false,
        }
    }

    /// What is wrong with a value that is not null.
    pub(super) fn check(self, value: &Value, at: &Pointer) -> Result<(), Fault> {
        let fault = |code| Fault::new(at.clone(), code);
        let text = || value.as_str().ok_or_else(|| fault(FaultCode::WrongType).expecting(Expected::Text));
        match self {
            Self::Dir => one_of(text()?, &DIRECTIONS, at),
            Self::TextAlign => one_of(text()?, &ALIGNMENTS, at),
            Self::Level => within(value, 1, 6, at),
            Self::Start => within(value, 0, MAX_START, at),
            Self::Colspan | Self::Rowspan => within(value, 1, MAX_SPAN, at),
            Self::Lang if text()?.parse::<Locale>().is_ok() => Ok(()),
            Self::Lang => Err(fault(FaultCode::PatternMismatch).with("pattern", LANG_PATTERN)),
            Self::Language if is_code_language(text()?) => Ok(()),
            Self::Language => Err(fault(FaultCode::PatternMismatch).with("pattern", LANGUAGE_PATTERN)),
            Self::Alt | Self::Title => check_text(text()?, MAX_TEXT_CHARS, at),
            Self::Src => {
                check_text(text()?, MAX_LINK_CHARS, at)?;
                let is_asset = matches!(LinkTarget::parse(text()?), Some(LinkTarget::Asset(_)));
                is_asset.then_some(()).ok_or_else(|| fault(FaultCode::PatternMismatch).with("pattern", "asset:<id>"))
            }
            Self::Href => {
                check_text(text()?, MAX_LINK_CHARS, at)?;
                is_link(text()?).then_some(()).ok_or_else(|| fault(FaultCode::InvalidUrl))
            }
        }
    }
}

/// Whether a text may be linked to: what a link field takes, and addresses on the same site.
pub(super) fn is_link(text: &str) -> bool {
    if LinkTarget::parse(text).is_some() {
        return true;
    }
    text.starts_with(['/', '#', '?']) && is_relative(text)
}

fn one_of(text: &str, words: &[&str], at: &Pointer) -> Result<(), Fault> {
    if words.contains(&text) {
        return Ok(());
    }
    Err(Fault::new(at.clone(), FaultCode::NotAnOption).with("allowed", words.to_vec()))
}

fn within(value: &Value, min: i64, max: i64, at: &Pointer) -> Result<(), Fault> {
    let fault = |code, name, limit: Value| Err(Fault::new(at.clone(), code).with(name, limit));
    match value.as_i64() {
        Some(number) if number < min => fault(FaultCode::TooSmall, "min", json!(min)),
        Some(number) if number > max => fault(FaultCode::TooLarge, "max", json!(max)),
        Some(_) => Ok(()),
        None => fault(FaultCode::WrongType, "expected", Expected::Integer.into()),
    }
}

fn check_text(text: &str, max: usize, at: &Pointer) -> Result<(), Fault> {
    if let Some(character) = text.chars().find(|c| is_forbidden(*c)) {
        let character = format!("U+{:04X}", u32::from(character));
        return Err(Fault::new(at.clone(), FaultCode::ForbiddenCharacter).with("character", character));
    }
    if text.chars().count() > max {
        return Err(Fault::new(at.clone(), FaultCode::TooLong).with("max", max));
    }
    Ok(())
}

/// As [`LANGUAGE_PATTERN`].
fn is_code_language(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=32).contains(&text.len())
        && text.bytes().next().is_some_and(is_plain)
        && text.bytes().all(|b| is_plain(b) || b"_+#.-".contains(&b))
}
