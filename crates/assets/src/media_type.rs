//! The closed list of what may be uploaded.

use std::{borrow::Cow, fmt};

use diwan_content::{AssetKind, variants};
use strum::{EnumCount, VariantArray};

use crate::Charset;

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
    /// Text.
    Plain,
    /// Comma-separated values, or a table with other separators.
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

    /// The name under which a file of this type is stored: with the encoding of a text, if that is not UTF-8.
    pub fn stored_name(self, charset: Option<Charset>) -> String {
        match charset {
            None | Some(Charset::Utf8) => self.as_str().to_owned(),
            Some(charset) => format!("{}; charset={}", self.as_str(), charset.as_str()),
        }
    }

    /// All names under which files of this type may be stored.
    pub fn stored_names(self) -> Vec<String> {
        match self.kind() {
            AssetKind::Text => Charset::ALL.into_iter().map(|charset| self.stored_name(Some(charset))).collect(),
            AssetKind::Image | AssetKind::Document | AssetKind::Audio | AssetKind::Video | AssetKind::Archive => {
                vec![self.as_str().to_owned()]
            }
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

    /// Reads a stored name back, exactly as [`stored_name`](Self::stored_name) wrote it.
    pub fn parse(text: &str) -> Option<Self> {
        let (essence, charset) = text.split_once("; charset=").unzip();
        let found = Self::ALL.into_iter().find(|media_type| media_type.as_str() == essence.unwrap_or(text))?;
        let is_stored = |charset: &str| Charset::ALL.iter().any(|known| known.as_str() == charset);
        let fits = charset.is_none_or(|charset| found.kind() == AssetKind::Text && is_stored(charset));
        fits.then_some(found)
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

/// The value of a `Content-Type` header for the [stored name](MediaType::stored_name) of a type. Texts name their encoding,
/// since readers would guess another one for Arabic.
pub fn content_type(stored: &str) -> Cow<'_, str> {
    let found = MediaType::parse(stored).filter(|found| found.kind() == AssetKind::Text && found.as_str() == stored);
    match found {
        Some(_) => Cow::Owned(format!("{stored}; charset={}", Charset::Utf8.as_str())),
        None => Cow::Borrowed(stored),
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
            assert!(content_type(media_type.as_str()).starts_with(media_type.as_str()));
            for stored in media_type.stored_names() {
                assert_eq!(MediaType::parse(&stored), Some(media_type));
            }
        }
    }

    #[test]
    fn texts_name_their_encoding() {
        let cases = [
            (MediaType::Csv.stored_name(Some(Charset::Utf8)), "text/csv; charset=utf-8"),
            (MediaType::Csv.stored_name(Some(Charset::Windows1256)), "text/csv; charset=windows-1256"),
            (MediaType::Plain.stored_name(Some(Charset::Utf16)), "text/plain; charset=utf-16"),
            (MediaType::Pdf.stored_name(None), "application/pdf"),
        ];
        for (stored, sent) in cases {
            assert_eq!(content_type(&stored), sent);
        }
        for foreign in ["text/csv; charset=koi8-r", "application/pdf; charset=utf-16", "text/csv;charset=utf-16"] {
            assert_eq!(MediaType::parse(foreign), None, "{foreign}");
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
