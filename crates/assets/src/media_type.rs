//! The closed list of what may be uploaded.

use std::fmt;

/// A type of file that is accepted. SVG is not among them: it is a document that can run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaType {
    /// JPEG image.
    Jpeg,
    /// PNG image.
    Png,
    /// GIF image.
    Gif,
    /// WebP image.
    Webp,
    /// AVIF image.
    Avif,
    /// PDF document.
    Pdf,
    /// Word document without macros.
    Docx,
    /// Excel workbook without macros.
    Xlsx,
    /// PowerPoint presentation without macros.
    Pptx,
    /// Text in UTF-8.
    Plain,
    /// Comma-separated values in UTF-8.
    Csv,
}

/// What a blueprint's `accept` speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaKind {
    /// A picture with dimensions.
    Image,
    /// Something to read or print.
    Document,
    /// Text without markup.
    Text,
}

impl MediaType {
    /// All of them, in the order of the enum.
    pub const ALL: [MediaType; 11] = [
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Avif,
        Self::Pdf,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Plain,
        Self::Csv,
    ];

    /// The media type without parameters, as registered with IANA.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Plain => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// The value of a `Content-Type` header: texts name their charset, since readers would guess another one
    /// for Arabic.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Plain => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jpeg
            | Self::Png
            | Self::Gif
            | Self::Webp
            | Self::Avif
            | Self::Pdf
            | Self::Docx
            | Self::Xlsx
            | Self::Pptx => self.as_str(),
        }
    }

    /// The usual extension, without dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Pptx => "pptx",
            Self::Plain => "txt",
            Self::Csv => "csv",
        }
    }

    /// What sort of thing it is.
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Avif => MediaKind::Image,
            Self::Pdf | Self::Docx | Self::Xlsx | Self::Pptx => MediaKind::Document,
            Self::Plain | Self::Csv => MediaKind::Text,
        }
    }

    /// Whether a browser may show it in place of saving it. Office files and tables are for other programs.
    pub fn inline_safe(self) -> bool {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Avif | Self::Pdf | Self::Plain => true,
            Self::Docx | Self::Xlsx | Self::Pptx | Self::Csv => false,
        }
    }

    /// Reads a stored name back, exactly as [`as_str`](Self::as_str) wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|media_type| media_type.as_str() == text)
    }

    /// Understands what browsers and other clients write for the allowed types; lower case, no parameters.
    pub(crate) fn from_declared(essence: &str) -> Option<Self> {
        match essence {
            "image/jpg" | "image/pjpeg" => Some(Self::Jpeg),
            "image/x-png" => Some(Self::Png),
            "application/x-pdf" => Some(Self::Pdf),
            "text/markdown" | "text/x-markdown" => Some(Self::Plain),
            // The last one is what Windows with Office says of `.csv`; old Excel files are no allowed type.
            "application/csv" | "text/x-csv" | "text/comma-separated-values" | "application/vnd.ms-excel" => {
                Some(Self::Csv)
            }
            other => Self::parse(other),
        }
    }

    /// The type that an extension promises; lower case, no dot.
    pub(crate) fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "jpeg" | "jpe" | "jfif" => Some(Self::Jpeg),
            "text" | "md" | "log" => Some(Self::Plain),
            other => Self::ALL.into_iter().find(|media_type| media_type.extension() == other),
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl MediaKind {
    /// All of them, in the order of the enum.
    pub const ALL: [MediaKind; 3] = [Self::Image, Self::Document, Self::Text];

    /// The word for it in blueprints and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Text => "text",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_again_by_each_of_its_names() {
        for media_type in MediaType::ALL {
            assert_eq!(MediaType::parse(media_type.as_str()), Some(media_type));
            assert_eq!(MediaType::from_declared(media_type.as_str()), Some(media_type));
            assert_eq!(MediaType::from_extension(media_type.extension()), Some(media_type));
            assert!(media_type.content_type().starts_with(media_type.as_str()));
        }
    }

    #[test]
    fn documents_that_can_run_scripts_have_no_type() {
        for foreign in ["image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", ""] {
            assert_eq!(MediaType::from_declared(foreign), None, "{foreign}");
        }
        for foreign in ["svg", "html", "htm", "xml", "js", "exe", "docm", ""] {
            assert_eq!(MediaType::from_extension(foreign), None, "{foreign}");
        }
    }
}
