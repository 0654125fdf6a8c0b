//! Tells Office documents from other ZIP archives by their table of contents (ISO/IEC 29500-2 over APPNOTE 6.3).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::MediaType;

/// What a ZIP archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Package {
    /// An Office document without macros.
    Office(MediaType),
    /// An Office document that brings programs along.
    WithMacros,
    /// Any other archive.
    Other,
    /// No archive that can be read.
    Damaged,
}

/// The end record is 22 bytes, followed by a comment of at most 65,535.
const END_BYTES: usize = 22;
const MAX_TAIL_BYTES: u64 = END_BYTES as u64 + 65_535;

/// A table of contents of thousands of parts fits; more is no document that a ministry publishes.
const MAX_CONTENTS_BYTES: u64 = 4 * 1024 * 1024;

/// Reads the table of contents at the end of the archive; nothing is unpacked.
pub(crate) fn read(file: &mut File, size_bytes: u64) -> io::Result<Package> {
    let tail = read_at(file, size_bytes.saturating_sub(MAX_TAIL_BYTES), MAX_TAIL_BYTES)?;
    let Some((offset, length)) = contents_place(&tail) else { return Ok(Package::Damaged) };
    if length > MAX_CONTENTS_BYTES || offset + length > size_bytes {
        return Ok(Package::Damaged);
    }
    let contents = read_at(file, offset, length)?;
    Ok(part_names(&contents).map_or(Package::Damaged, |names| classify(&names)))
}

fn read_at(file: &mut File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Offset and length of the table of contents, from the last end record whose comment reaches the file's end.
fn contents_place(tail: &[u8]) -> Option<(u64, u64)> {
    let last = tail.len().checked_sub(END_BYTES)?;
    for start in (0..=last).rev() {
        let record = &tail[start..];
        let comment_bytes = usize::from(u16_at(record, 20)?);
        if record.starts_with(b"PK\x05\x06") && record.len() == END_BYTES + comment_bytes {
            return Some((u64::from(u32_at(record, 16)?), u64::from(u32_at(record, 12)?)));
        }
    }
    None
}

/// The names of all parts; `None` when the table is damaged.
fn part_names(contents: &[u8]) -> Option<Vec<&[u8]>> {
    const HEADER_BYTES: usize = 46;
    let mut names = Vec::new();
    let mut rest = contents;
    while rest.starts_with(b"PK\x01\x02") {
        let name_bytes = usize::from(u16_at(rest, 28)?);
        let extra_bytes = usize::from(u16_at(rest, 30)?);
        let comment_bytes = usize::from(u16_at(rest, 32)?);
        names.push(rest.get(HEADER_BYTES..HEADER_BYTES + name_bytes)?);
        rest = rest.get(HEADER_BYTES + name_bytes + extra_bytes + comment_bytes..)?;
    }
    Some(names)
}

/// The main part's own name may differ between writers (`word/document2.xml`), its folder does not.
fn classify(names: &[&[u8]]) -> Package {
    if !names.contains(&b"[Content_Types].xml".as_slice()) {
        return Package::Other;
    }
    if names.iter().any(|name| name.to_ascii_lowercase().ends_with(b"vbaproject.bin")) {
        return Package::WithMacros;
    }
    let folders: [(&[u8], MediaType); 3] =
        [(b"word/", MediaType::Docx), (b"xl/", MediaType::Xlsx), (b"ppt/", MediaType::Pptx)];
    let mut found = folders.into_iter().filter(|(folder, _)| names.iter().any(|name| name.starts_with(folder)));
    match (found.next(), found.next()) {
        (Some((_, media_type)), None) => Package::Office(media_type),
        (None, _) | (Some(_), Some(_)) => Package::Other,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::samples;

    fn package(bytes: &[u8]) -> Package {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        read(&mut file, bytes.len() as u64).unwrap()
    }

    #[test]
    fn the_folder_of_the_main_part_tells_the_type() {
        let docx =
            samples::zip(&["[Content_Types].xml", "_rels/.rels", "word/document2.xml", "word/embeddings/a.xlsx"]);
        assert_eq!(package(&docx), Package::Office(MediaType::Docx));
    }

    #[test]
    fn a_document_with_macros_is_told_apart() {
        let docm = samples::zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        assert_eq!(package(&docm), Package::WithMacros);
    }

    #[test]
    fn other_and_damaged_archives_are_no_documents() {
        let docx = samples::office("word/document.xml");
        let mut far = docx.clone();
        let end = far.len() - END_BYTES;
        far[end + 16..end + 20].copy_from_slice(&u32::MAX.to_le_bytes());
        let others = [
            samples::zip(&["a.txt"]),
            samples::zip(&["word/document.xml"]),
            samples::zip(&["[Content_Types].xml", "word/document.xml", "xl/workbook.xml"]),
            samples::zip(&[]),
        ];
        let damaged = [docx[..docx.len() - 1].to_vec(), docx[..40].to_vec(), far, b"PK\x03\x04".to_vec()];
        for bytes in others {
            assert_eq!(package(&bytes), Package::Other, "{} bytes", bytes.len());
        }
        for bytes in damaged {
            assert_eq!(package(&bytes), Package::Damaged, "{} bytes", bytes.len());
        }
    }
}
