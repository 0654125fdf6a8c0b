//! Text of Word documents (ISO/IEC 29500): paragraphs of the body, of foot and end notes.

use std::io::{Cursor, Read as _};

use quick_xml::{Reader, events::Event};
use zip::{ZipArchive, result::ZipError};

use super::TextFailure;

/// Most bytes that one part of the archive unpacks to.
const PART_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Most files in one archive.
const PARTS_MAX: usize = 10_000;
/// Elements that are open at once.
const DEPTH_MAX: usize = 1_000;
/// Where writers put the body; a document says so itself, and may say otherwise.
const USUAL_BODY: &str = "word/document.xml";
/// The kind of relation by which the body is named, in both editions of the standard.
const BODY_RELATION: &str = "/officeDocument";

type Archive = ZipArchive<Cursor<Vec<u8>>>;

/// The text of a document. Comments, headers and what was deleted are not part of it.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, TextFailure> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| TextFailure::Unreadable)?;
    if archive.len() > PARTS_MAX {
        return Err(TextFailure::TooLarge);
    }
    let named = part(&mut archive, "_rels/.rels")?.map(|relations| body_name(&relations)).transpose()?.flatten();
    let body = named.unwrap_or_else(|| USUAL_BODY.to_owned());
    let mut text = paragraphs(&part(&mut archive, &body)?.ok_or(TextFailure::Unreadable)?)?;
    let folder = body.rsplit_once('/').map_or("", |(folder, _)| folder);
    for notes in ["footnotes.xml", "endnotes.xml"] {
        if let Some(xml) = part(&mut archive, &format!("{folder}/{notes}"))? {
            text.push('\n');
            text.push_str(&paragraphs(&xml)?);
        }
    }
    Ok(text)
}

/// One file of the archive, unpacked within bounds.
fn part(archive: &mut Archive, name: &str) -> Result<Option<String>, TextFailure> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(ZipError::UnsupportedArchive(reason)) if reason == ZipError::PASSWORD_REQUIRED => {
            return Err(TextFailure::Encrypted);
        }
        Err(_) => return Err(TextFailure::Unreadable),
    };
    let mut xml = Vec::new();
    file.take(PART_MAX_BYTES + 1).read_to_end(&mut xml).map_err(|_| TextFailure::Unreadable)?;
    if xml.len() as u64 > PART_MAX_BYTES {
        return Err(TextFailure::TooLarge);
    }
    String::from_utf8(xml).map(Some).map_err(|_| TextFailure::Unreadable)
}

/// Where the archive's relations say that the body is.
fn body_name(relations: &str) -> Result<Option<String>, TextFailure> {
    let mut reader = Reader::from_str(relations);
    loop {
        let element = match reader.read_event().map_err(|_| TextFailure::Unreadable)? {
            Event::Start(element) | Event::Empty(element) if is(element.local_name().as_ref(), "Relationship") => {
                element
            }
            Event::Eof => return Ok(None),
            Event::DocType(_) => return Err(TextFailure::Unreadable),
            Event::Start(_)
            | Event::Empty(_)
            | Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::GeneralRef(_) => continue,
        };
        let value = |name: &str| {
            let mut attributes = element.attributes().filter_map(Result::ok);
            attributes.find(|attribute| is(attribute.key.as_ref(), name)).map(|attribute| attribute.value.to_string())
        };
        if value("Type").is_some_and(|kind| kind.ends_with(BODY_RELATION)) {
            return Ok(value("Target").map(|target| target.trim_start_matches('/').to_owned()));
        }
    }
}

fn is(name: &str, wanted: &str) -> bool {
    name == wanted
}

/// The text of all paragraphs, each on a line. Entities other than XML's own five are not known, let alone expanded.
fn paragraphs(xml: &str) -> Result<String, TextFailure> {
    let mut reader = Reader::from_str(xml);
    let mut walk = Walk::default();
    loop {
        match reader.read_event().map_err(|_| TextFailure::Unreadable)? {
            Event::Start(element) => {
                walk.open(element.local_name().as_ref());
                walk.depth += 1;
                if walk.depth > DEPTH_MAX {
                    return Err(TextFailure::TooLarge);
                }
            }
            Event::Empty(element) => {
                walk.open(element.local_name().as_ref());
                walk.close(element.local_name().as_ref());
            }
            Event::End(element) => {
                walk.depth = walk.depth.saturating_sub(1);
                walk.close(element.local_name().as_ref());
            }
            Event::Text(text) => walk.push(&text.xml10_content()),
            Event::CData(text) => walk.push(&text.xml10_content()),
            Event::GeneralRef(reference) => walk.push_entity(&reference)?,
            // The standard forbids document types: this is no Word document, whatever its entities are to become.
            Event::DocType(_) => return Err(TextFailure::Unreadable),
            Event::Eof => return Ok(walk.text),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// Where the reader is, and what it has found.
#[derive(Debug, Default)]
struct Walk {
    text: String,
    depth: usize,
    /// Inside `t`: what stands there is shown.
    in_text: bool,
    /// How many elements are open whose content another one repeats for older programs.
    in_fallback: usize,
}

impl Walk {
    fn open(&mut self, name: &str) {
        match name {
            "t" => self.in_text = true,
            "Fallback" => self.in_fallback += 1,
            "tab" | "br" | "cr" | "ptab" => self.push_shown(" "),
            "noBreakHyphen" => self.push_shown("-"),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "Fallback" => self.in_fallback = self.in_fallback.saturating_sub(1),
            "p" => self.push_shown("\n"),
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if self.in_text {
            self.push_shown(text);
        }
    }

    fn push_shown(&mut self, text: &str) {
        if self.in_fallback == 0 {
            self.text.push_str(text);
        }
    }

    fn push_entity(&mut self, reference: &quick_xml::events::BytesRef<'_>) -> Result<(), TextFailure> {
        let named = match &**reference {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().map_err(|_| TextFailure::Unreadable)?,
        };
        let c = named.ok_or(TextFailure::Unreadable)?;
        self.push(c.encode_utf8(&mut [0; 4]));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;
    use crate::{
        MediaType,
        text::{
            extract,
            samples::{archive, docx, word_xml},
        },
    };

    fn read(body: &str) -> Result<String, TextFailure> {
        extract(MediaType::Docx, docx(body))
    }

    /// An archive of one packed part, under the name of the body.
    fn packed(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(USUAL_BODY, SimpleFileOptions::default()).unwrap();
        write(&mut archive);
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn paragraphs_are_lines() {
        let body = "<w:p><w:r><w:t>قرار </w:t></w:r><w:r><w:t xml:space=\"preserve\">رقم</w:t><w:tab/><w:t>5 &amp; 6</w:t></w:r></w:p>\
                    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>خلية</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
                    <w:p><w:del><w:r><w:delText>محذوف</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>\
                    <w:p><mc:AlternateContent><mc:Choice><w:t>مرة</w:t></mc:Choice><mc:Fallback><w:t>مرة</w:t></mc:Fallback></mc:AlternateContent></w:p>\
                    <w:p><w:t>&#x0645;ن</w:t><w:br/><w:t>هنا</w:t></w:p>";
        assert_eq!(read(body).as_deref(), Ok("قرار رقم 5 & 6\nخلية\nمرة\nمن هنا"));
    }

    #[test]
    fn the_body_is_where_the_document_says_and_notes_beside_it() {
        let relations =
            "<Relationships><Relationship Type=\"http://x/officeDocument\" Target=\"/doc/body.xml\"/></Relationships>";
        let (body, notes) = (word_xml("<w:p><w:t>متن</w:t></w:p>"), word_xml("<w:p><w:t>حاشية</w:t></w:p>"));
        let files = [
            ("_rels/.rels", relations.as_bytes()),
            ("doc/body.xml", body.as_bytes()),
            ("doc/footnotes.xml", notes.as_bytes()),
        ];
        assert_eq!(extract(MediaType::Docx, archive(&files)).as_deref(), Ok("متن\nحاشية"));
    }

    #[test]
    fn what_is_no_document_is_unreadable() {
        for bytes in
            [b"PK\x03\x04".to_vec(), archive(&[("a.txt", b"x")]), archive(&[(USUAL_BODY, b"<w:p><w:t>x</w:p>")])]
        {
            assert_eq!(text_of(bytes), Err(TextFailure::Unreadable));
        }
        assert_eq!(read("<w:p/>"), Err(TextFailure::NoText));
    }

    #[test]
    fn entities_that_grow_are_not_expanded() {
        let mut bomb = String::from("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">");
        for (one, next) in ('a'..'k').zip('b'..) {
            bomb.push_str(&format!("<!ENTITY {next} \"{}\">", format!("&{one};").repeat(10)));
        }
        let bomb = bomb + "]><w:p><w:t>&k;</w:t></w:p>";
        assert_eq!(text_of(archive(&[(USUAL_BODY, bomb.as_bytes())])), Err(TextFailure::Unreadable));
        assert_eq!(read("<w:p><w:t>&k;</w:t></w:p>"), Err(TextFailure::Unreadable));
    }

    #[test]
    fn parts_that_unpack_to_more_than_is_read_are_too_large() {
        let bomb = packed(|archive| {
            let zeros = vec![b' '; 1024 * 1024];
            for _ in 0..=PART_MAX_BYTES / zeros.len() as u64 {
                archive.write_all(&zeros).unwrap();
            }
        });
        assert!(bomb.len() < 1_000_000, "{}", bomb.len());
        assert_eq!(text_of(bomb), Err(TextFailure::TooLarge));
        let deep = word_xml(&("<w:p>".repeat(100_000) + &"</w:p>".repeat(100_000)));
        assert_eq!(text_of(packed(|archive| archive.write_all(deep.as_bytes()).unwrap())), Err(TextFailure::TooLarge));
    }
}
