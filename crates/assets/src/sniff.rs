//! What the bytes are, whatever anybody says of them.

use std::fs::File;
use std::io;

use crate::media_file;
use crate::office::{self, Package};
use crate::{Charset, MediaType};

/// The first bytes of an upload that are kept for sniffing; every signature looked for lies well within.
pub(crate) const HEAD_BYTES: usize = 4096;

/// What the bytes turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// An allowed type with a signature of its own.
    Binary(MediaType),
    /// Text without markup: plain text or a table.
    Text,
    /// A type that its first bytes tell, but the rest is damaged.
    Damaged(MediaType),
    /// Anything else, with the nearest media type for the message.
    Foreign(&'static str),
}

impl Found {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Binary(media_type) | Self::Damaged(media_type) => media_type.as_str(),
            Self::Text => MediaType::Plain.as_str(),
            Self::Foreign(name) => name,
        }
    }
}

/// Recognises a file by its first bytes; a ZIP archive by its table of contents, which is read from `file`.
pub(crate) fn sniff(head: &[u8], charset: Option<Charset>, file: &mut File, size_bytes: u64) -> io::Result<Found> {
    if let Some(media_type) = signature(head) {
        return Ok(Found::Binary(media_type));
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(match office::read(file, size_bytes)? {
            Package::Office(media_type) => Found::Binary(media_type),
            Package::WithMacros => Found::Foreign("application/vnd.ms-office (VBA)"),
            Package::Other => Found::Binary(MediaType::Zip),
            Package::Damaged => Found::Damaged(MediaType::Zip),
        });
    }
    if let Some(charset) = charset {
        return Ok(markup(&charset.decode(head)).map_or(Found::Text, Found::Foreign));
    }
    // Only names what is refused, so its shorter signatures cannot let anything in.
    Ok(Found::Foreign(infer::get(head).map_or("application/octet-stream", |kind| kind.mime_type())))
}

/// Whole signatures, as each format's specification gives them: texts may begin with parts of them.
fn signature(head: &[u8]) -> Option<MediaType> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(MediaType::Png);
    }
    if head.starts_with(b"\xff\xd8\xff") {
        return Some(MediaType::Jpeg);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Some(MediaType::Gif);
    }
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(MediaType::Webp);
    }
    if head.starts_with(b"%PDF-") {
        return Some(MediaType::Pdf);
    }
    media_file::recognise(head)
}

/// Text that a browser might take for a document and run: anything that begins with a tag. Stricter than the
/// list of tags in the sniffing standard, since a text that begins so has no need to be an asset.
fn markup(head: &str) -> Option<&'static str> {
    let head = head.trim_start().as_bytes();
    let [b'<', second, ..] = head else { return None };
    if !second.is_ascii_alphabetic() && !matches!(second, b'!' | b'?' | b'/') {
        return None;
    }
    let lower = head.to_ascii_lowercase();
    if lower.windows(4).any(|window| window == b"<svg") && !lower.windows(5).any(|window| window == b"<html") {
        return Some("image/svg+xml");
    }
    if lower.starts_with(b"<?xml") {
        return Some("text/xml");
    }
    Some("text/html")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::samples;

    fn found(bytes: &[u8]) -> Found {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        sniff(head, Charset::of(bytes), &mut file, bytes.len() as u64).unwrap()
    }

    #[test]
    fn every_allowed_type_is_recognised_by_its_bytes() {
        let cases = [
            (samples::png(1, 1), MediaType::Png),
            (samples::jpeg(640, 480), MediaType::Jpeg),
            (samples::gif(1, 1), MediaType::Gif),
            (samples::webp(16, 9), MediaType::Webp),
            (samples::avif(64, 32), MediaType::Avif),
            (samples::pdf(), MediaType::Pdf),
            (samples::office("word/document.xml"), MediaType::Docx),
            (samples::office("xl/workbook.xml"), MediaType::Xlsx),
            (samples::office("ppt/presentation.xml"), MediaType::Pptx),
            (samples::zip(&["a.txt"]), MediaType::Zip),
            (samples::mp3(), MediaType::Mp3),
            (samples::ogg(b"OpusHead"), MediaType::Ogg),
            (b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), MediaType::Wav),
            (samples::iso_media(b"M4A "), MediaType::M4a),
            (samples::iso_media(b"isom"), MediaType::Mp4),
            (samples::ebml(b"webm"), MediaType::Webm),
        ];
        for (bytes, media_type) in cases {
            assert_eq!(found(&bytes), Found::Binary(media_type));
        }
    }

    #[test]
    fn texts_are_texts_even_when_they_begin_like_something_else() {
        for text in
            ["الاسم,العدد\nالموازنة,3\n", "GIF is a format", "BM", "II*", "RIFF", "%PD", "< 5", "a <b>c</b>", "PK"]
        {
            assert_eq!(found(text.as_bytes()), Found::Text, "{text}");
        }
        assert_eq!(found(b"\xc7\xe1\xe3\xe6\xc7\xd2\xe4\xc9"), Found::Text);
    }

    #[test]
    fn what_is_not_allowed_is_named() {
        let cases: [(&[u8], &str); 11] = [
            (b"\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0", "text/html"),
            (b"<!DOCTYPE html><p>", "text/html"),
            (b"\xef\xbb\xbf \n<script>alert(1)</script>", "text/html"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            (b"<?xml version='1.0'?><!-- x --><SVG/>", "image/svg+xml"),
            (b"<?xml version='1.0'?><a/>", "text/xml"),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "application/x-executable"),
            (b"text with a \0 in it", "application/octet-stream"),
            (b"half a character \xd8", "application/octet-stream"),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "application/octet-stream"),
            (b"\0\0\0\x14ftypmif1avifmif1", "application/octet-stream"),
        ];
        for (bytes, name) in cases {
            let answer = found(bytes);
            if name == "application/octet-stream" {
                assert!(matches!(answer, Found::Foreign(_)), "{answer:?}");
            } else {
                assert_eq!(answer, Found::Foreign(name));
            }
        }
    }

    #[test]
    fn an_archive_without_its_table_of_contents_is_damaged() {
        assert_eq!(found(b"PK\x03\x04 no archive at all"), Found::Damaged(MediaType::Zip));
    }
}
