//! What is uploaded: assets, their bytes, the public form of pictures, and the text of documents.

pub(crate) mod asset;
pub(crate) mod blobs;
pub(crate) mod public_pictures;
pub(crate) mod texts;
