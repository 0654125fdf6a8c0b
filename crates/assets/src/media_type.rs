//! The closed list of what may be uploaded.

use std::fmt;

use diwan_content::{AssetKind, variants};
use strum::{EnumCount, VariantArray};

/// A type of file that is accepted. SVG is not among them: it is a document that can run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumCount, VariantArray)]
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
    /// MP3 recording.
    Mp3,
    /// Recording in an ISO base media file.
    M4a,
    /// Recording in an Ogg file: Opus, Vorbis, FLAC or Speex.
    Ogg,
    /// WAV recording.
    Wav,
    /// Film in an ISO base media file.
    Mp4,
    /// WebM film.
    Webm,
    /// ZIP archive that is no Office document.
    Zip,
}

impl MediaType {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; Self::COUNT] = variants();

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
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Wav => "audio/wav",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
            Self::Zip => "application/zip",
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
            | Self::Pptx
            | Self::Mp3
            | Self::M4a
            | Self::Ogg
            | Self::Wav
            | Self::Mp4
            | Self::Webm
            | Self::Zip => self.as_str(),
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
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
            Self::Zip => "zip",
        }
    }

    /// What sort of thing it is.
    pub fn kind(self) -> AssetKind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Avif => AssetKind::Image,
            Self::Pdf | Self::Docx | Self::Xlsx | Self::Pptx => AssetKind::Document,
            Self::Plain | Self::Csv => AssetKind::Text,
            Self::Mp3 | Self::M4a | Self::Ogg | Self::Wav => AssetKind::Audio,
            Self::Mp4 | Self::Webm => AssetKind::Video,
            Self::Zip => AssetKind::Archive,
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
            "audio/mp3" | "audio/x-mp3" | "audio/x-mpeg" => Some(Self::Mp3),
            "audio/m4a" | "audio/x-m4a" => Some(Self::M4a),
            "application/ogg" | "audio/opus" | "audio/vorbis" => Some(Self::Ogg),
            "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => Some(Self::Wav),
            "video/x-m4v" => Some(Self::Mp4),
            "audio/webm" => Some(Self::Webm),
            "application/x-zip-compressed" | "application/x-zip" => Some(Self::Zip),
            other => Self::parse(other),
        }
    }

    /// The type that an extension promises; lower case, no dot.
    pub(crate) fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "jpeg" | "jpe" | "jfif" => Some(Self::Jpeg),
            "text" | "md" | "log" => Some(Self::Plain),
            "oga" | "opus" => Some(Self::Ogg),
            "m4b" => Some(Self::M4a),
            "m4v" => Some(Self::Mp4),
            "wave" => Some(Self::Wav),
            other => Self::ALL.into_iter().find(|media_type| media_type.extension() == other),
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
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
    fn every_kind_that_a_blueprint_may_accept_has_a_type() {
        for kind in AssetKind::ALL {
            assert!(MediaType::ALL.iter().any(|media_type| media_type.kind() == kind), "{}", kind.as_str());
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
