//! Documents made here for tests: as small as they can be, with text that stands on their pages in a known way.

/// A glyph's letters and where it stands from the left, in points.
pub(crate) type Glyph = (String, f64);

/// How far glyphs of the samples reach.
pub(crate) const ADVANCE: f64 = 6.0;

/// A line of glyphs of one character each, placed from left to right in the order of the characters.
pub(crate) fn from_left(line: &str) -> Vec<Glyph> {
    line.chars().enumerate().map(|(place, c)| (c.to_string(), 72.0 + ADVANCE * place as f64)).collect()
}

/// The same, placed from right to left: as Arabic stands on a page.
pub(crate) fn from_right(line: &str) -> Vec<Glyph> {
    line.chars().enumerate().map(|(place, c)| (c.to_string(), 500.0 - ADVANCE * place as f64)).collect()
}

/// A line as it stands on a page when its glyphs are drawn from left to right: the last letter first.
pub(crate) fn drawn_backwards(line: &str) -> Vec<Glyph> {
    from_left(&line.chars().rev().collect::<String>())
}

/// A page of lines, with a font that says which letters its codes stand for.
pub(crate) fn pdf(lines: &[Vec<Glyph>]) -> Vec<u8> {
    pdf_with(lines, "", "")
}

/// The same with more entries in the trailer, and with drawing instructions before the lines.
pub(crate) fn pdf_with(lines: &[Vec<Glyph>], trailer: &str, before: &str) -> Vec<u8> {
    let mut letters: Vec<&str> = Vec::new();
    let mut content = before.to_owned();
    for (number, line) in lines.iter().enumerate() {
        let height = 760.0 - 18.0 * number as f64;
        for (text, left) in line {
            let known = letters.iter().position(|known| known == text);
            let code = known.unwrap_or_else(|| {
                letters.push(text);
                letters.len() - 1
            });
            content.push_str(&format!("BT /F1 12 Tf 1 0 0 1 {left} {height} Tm <{:04X}> Tj ET\n", code + 1));
        }
    }
    pdf_of(&stream("", content.as_bytes()), &letters, trailer)
}

/// A page whose content stands in this object, with a font whose codes from 1 on stand for these letters.
pub(crate) fn pdf_of(content: &[u8], letters: &[&str], trailer: &str) -> Vec<u8> {
    let mut map = String::from("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n");
    map.push_str("1 begincodespacerange <0000> <FFFF> endcodespacerange\n");
    for (number, text) in letters.iter().enumerate() {
        let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
        map.push_str(&format!("1 beginbfchar <{:04X}> <{units}> endbfchar\n", number + 1));
    }
    map.push_str("endcmap end end");
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [5 0 R] /ToUnicode 6 0 R >>";
    let descendant = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 500 /CIDToGIDMap /Identity \
                      /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> \
                      /FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 4 >> >>";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources << /Font << /F1 4 0 R >> >> >>";
    let objects: [&[u8]; 7] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page.as_bytes(),
        font.as_bytes(),
        descendant.as_bytes(),
        &stream("", map.as_bytes()),
        content,
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = String::from("0000000000 65535 f \n");
    for (number, object) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n", number + 1).bytes());
        file.extend(*object);
        file.extend(b"\nendobj\n");
    }
    let end =
        format!("xref\n0 8\n{places}trailer\n<< /Size 8 /Root 1 0 R {trailer} >>\nstartxref\n{}\n%%EOF\n", file.len());
    file.extend(end.bytes());
    file
}

/// Bytes as an object of a PDF file, with more entries in their dictionary.
pub(crate) fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    let mut object = format!("<< /Length {} {entries} >>\nstream\n", bytes.len()).into_bytes();
    object.extend(bytes);
    object.extend(b"\nendstream");
    object
}

/// What makes a PDF file one that opens only with a password.
pub(crate) fn locked() -> String {
    let key = "00".repeat(32);
    format!("/ID [<{key}> <{key}>] /Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{key}> /U <{key}> >>")
}

/// A Word document with this XML in its body.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let relations = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relations.as_bytes()),
        ("word/document.xml", word_xml(body).as_bytes()),
    ])
}

/// A part of a Word document around paragraphs.
pub(crate) fn word_xml(body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    )
}

/// A ZIP archive of files that are not packed (APPNOTE 6.3).
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut contents) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let place = u32::try_from(archive.len()).unwrap();
        let (name_bytes, size) = (u16::try_from(name.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
        let mut facts = Vec::new();
        // Version, flags, method, time and date; then checksum, sizes, lengths of name and extra field.
        for number in [20_u16, 0, 0, 0, 0x21] {
            facts.extend(number.to_le_bytes());
        }
        for number in [checksum(bytes), size, size] {
            facts.extend(number.to_le_bytes());
        }
        facts.extend(name_bytes.to_le_bytes());
        facts.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&facts);
        archive.extend(name.bytes());
        archive.extend(*bytes);
        contents.extend(b"PK\x01\x02\x14\0");
        contents.extend(&facts);
        contents.extend([0; 10]);
        contents.extend(place.to_le_bytes());
        contents.extend(name.bytes());
    }
    let (count, place) = (u16::try_from(files.len()).unwrap(), u32::try_from(archive.len()).unwrap());
    let length = u32::try_from(contents.len()).unwrap();
    archive.extend(contents);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(length.to_le_bytes());
    archive.extend(place.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

/// CRC-32 of a file in an archive.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 };
        }
    }
    !sum
}
