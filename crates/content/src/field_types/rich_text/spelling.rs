//! The closed sets of nodes and marks with their names.

use strum::{EnumCount, VariantArray};

use crate::values::variants;

/// A kind of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumCount, VariantArray)]
pub(super) enum NodeKind {
    Paragraph,
    Heading,
    BulletList,
    OrderedList,
    ListItem,
    Blockquote,
    CodeBlock,
    HorizontalRule,
    HardBreak,
    Image,
    Table,
    TableRow,
    TableHeader,
    TableCell,
    Block,
    Text,
}

/// What may stand inside a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the document itself.
    Document,
    /// Where paragraphs stand: quotations, items, cells.
    Blocks,
    /// In a line of text.
    Line,
    /// Text alone, without marks.
    PlainText,
    /// In a list.
    List,
    /// In a table.
    Table,
    /// In a row of a table.
    Row,
    /// Nothing stands there.
    Nowhere,
}

/// A kind of marks, in the order in which they stand on a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumCount, VariantArray)]
pub(super) enum MarkKind {
    Link,
    Bold,
    Italic,
    Underline,
    Strike,
    Superscript,
    Subscript,
    Code,
}

impl NodeKind {
    const ALL: [Self; Self::COUNT] = variants();

    /// Those that a blueprint chooses; paragraphs and text always may stand, parts with what they are part of, blocks where
    /// kinds of them are declared.
    pub(super) const CHOSEN: [Self; 9] = [
        Self::Heading,
        Self::BulletList,
        Self::OrderedList,
        Self::Blockquote,
        Self::CodeBlock,
        Self::HorizontalRule,
        Self::HardBreak,
        Self::Image,
        Self::Table,
    ];

    /// The name as it is written and answered.
    pub(super) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// The kind of a name in any accepted spelling.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.names().contains(&name))
    }

    /// The name that is written, then others that are read: those of ProseMirror's own schemas, and for blocks that of Statamic
    /// and that of older documents. `block` is the name of a group in schemas of editors, so a node cannot have it there.
    pub(super) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Paragraph => &["paragraph"],
            Self::Heading => &["heading"],
            Self::BulletList => &["bulletList", "bullet_list"],
            Self::OrderedList => &["orderedList", "ordered_list"],
            Self::ListItem => &["listItem", "list_item"],
            Self::Blockquote => &["blockquote"],
            Self::CodeBlock => &["codeBlock", "code_block"],
            Self::HorizontalRule => &["horizontalRule", "horizontal_rule"],
            Self::HardBreak => &["hardBreak", "hard_break"],
            Self::Image => &["image"],
            Self::Table => &["table"],
            Self::TableRow => &["tableRow", "table_row"],
            Self::TableHeader => &["tableHeader", "table_header"],
            Self::TableCell => &["tableCell", "table_cell"],
            Self::Block => &["contentBlock", "block", "set"],
            Self::Text => &["text"],
        }
    }

    /// What stands inside it.
    pub(super) fn inside(self) -> Place {
        match self {
            Self::Paragraph | Self::Heading => Place::Line,
            Self::BulletList | Self::OrderedList => Place::List,
            Self::ListItem | Self::Blockquote | Self::TableHeader | Self::TableCell => Place::Blocks,
            Self::CodeBlock => Place::PlainText,
            Self::Table => Place::Table,
            Self::TableRow => Place::Row,
            Self::HorizontalRule | Self::HardBreak | Self::Image | Self::Block | Self::Text => Place::Nowhere,
        }
    }

    /// Whether it may stand there.
    pub(super) fn fits(self, place: Place) -> bool {
        match place {
            Place::Document | Place::Blocks => match self {
                Self::Block => place == Place::Document,
                Self::Paragraph
                | Self::Heading
                | Self::BulletList
                | Self::OrderedList
                | Self::Blockquote
                | Self::CodeBlock
                | Self::HorizontalRule
                | Self::Image
                | Self::Table => true,
                Self::ListItem
                | Self::HardBreak
                | Self::TableRow
                | Self::TableHeader
                | Self::TableCell
                | Self::Text => false,
            },
            Place::Line => matches!(self, Self::Text | Self::HardBreak | Self::Image),
            Place::PlainText => self == Self::Text,
            Place::List => self == Self::ListItem,
            Place::Table => self == Self::TableRow,
            Place::Row => matches!(self, Self::TableHeader | Self::TableCell),
            Place::Nowhere => false,
        }
    }

    /// All that may stand there.
    pub(super) fn fitting(place: Place) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |kind| kind.fits(place))
    }
}

impl MarkKind {
    /// All, in their order.
    pub(super) const ALL: [Self; Self::COUNT] = variants();

    /// The name as it is stored.
    pub(super) fn name(self) -> &'static str {
        self.names().0
    }

    /// The kind of a name in any accepted spelling.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.names().0 == name || kind.names().1 == name)
    }

    /// The stored name and another that is taken.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Link => ("link", "link"),
            Self::Bold => ("bold", "strong"),
            Self::Italic => ("italic", "em"),
            Self::Underline => ("underline", "underline"),
            Self::Strike => ("strike", "strikethrough"),
            Self::Superscript => ("superscript", "superscript"),
            Self::Subscript => ("subscript", "subscript"),
            Self::Code => ("code", "code"),
        }
    }

    /// Its element in HTML.
    pub(super) fn element(self) -> &'static str {
        match self {
            Self::Link => "a",
            Self::Bold => "strong",
            Self::Italic => "em",
            Self::Underline => "u",
            Self::Strike => "s",
            Self::Superscript => "sup",
            Self::Subscript => "sub",
            Self::Code => "code",
        }
    }
}
