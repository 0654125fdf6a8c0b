//! What a blueprint declares of a rich text.

use super::spelling::{MarkKind, NodeKind};
use crate::field_types::holding::BlockKinds;

/// A document of ProseMirror.
#[derive(Debug, Clone)]
pub struct RichTextType {
    /// Nodes that it may hold, besides paragraphs.
    pub(super) nodes: Vec<NodeKind>,
    /// Marks that its texts may have.
    pub(super) marks: Vec<MarkKind>,
    /// Kinds of blocks that may stand between its other nodes.
    pub blocks: BlockKinds,
    /// Most characters of all its texts together.
    pub max_chars: usize,
}

impl RichTextType {
    /// Nodes within one another, the document aside.
    pub const MAX_DEPTH: usize = 32;

    /// Most nodes and marks together. The limit keeps the HTML of a document within what the sanitiser accepts.
    pub const MAX_NODES: usize = 10_000;
}
