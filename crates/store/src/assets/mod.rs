//! What is uploaded: assets, their bytes, which of them publications show, the public form of pictures, and the text of
//! documents.

pub(crate) mod asset;
pub(crate) mod blobs;
pub(crate) mod pins;
pub(crate) mod public_pictures;
pub(crate) mod texts;
