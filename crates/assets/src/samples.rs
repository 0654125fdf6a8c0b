//! Small files made by hand for the tests.

/// A PNG with one grey pixel of data, whatever its header says.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 0, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let chunks: [(&[u8], &[u8]); 3] = [
        (b"IHDR", &header),
        // zlib: stored block of filter byte and pixel, Adler-32.
        (b"IDAT", &[0x78, 0x01, 0x01, 2, 0, 0xfd, 0xff, 0, 0x80, 0, 0x82, 0, 0x81]),
        (b"IEND", &[]),
    ];
    for (name, data) in chunks {
        bytes.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(data);
        bytes.extend_from_slice(&crc(&[name, data].concat()).to_be_bytes());
    }
    bytes
}

/// The markers of a JPEG up to its frame header, and its end.
pub(crate) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x0b\x08".to_vec();
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(b"\x01\x01\x11\0\xff\xd9");
    bytes
}

/// A GIF without frames.
pub(crate) fn gif(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend_from_slice(&width.to_le_bytes());
    bytes.extend_from_slice(&height.to_le_bytes());
    bytes.extend_from_slice(b"\0\0\0;");
    bytes
}

/// An extended WebP with its canvas size alone.
pub(crate) fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    bytes.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
    bytes.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
    bytes
}

/// The boxes of an AVIF that lead to its dimensions.
pub(crate) fn avif(width: u32, height: u32) -> Vec<u8> {
    let mut extents = vec![0, 0, 0, 0];
    extents.extend_from_slice(&width.to_be_bytes());
    extents.extend_from_slice(&height.to_be_bytes());
    let properties = iso_box(b"iprp", &iso_box(b"ipco", &iso_box(b"ispe", &extents)));
    let meta = iso_box(b"meta", &[vec![0, 0, 0, 0], properties].concat());
    [iso_box(b"ftyp", b"avif\0\0\0\0avifmif1miaf"), meta, iso_box(b"mdat", &[0; 4])].concat()
}

/// A PDF of one empty page.
pub(crate) fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
      3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        .to_vec()
}

/// An Office document with this main part, every part empty.
pub(crate) fn office(main_part: &str) -> Vec<u8> {
    zip(&["[Content_Types].xml", "_rels/.rels", main_part])
}

/// A ZIP archive of empty stored files.
pub(crate) fn zip(names: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut contents = Vec::new();
    for name in names {
        let offset = u32::try_from(bytes.len()).unwrap();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        bytes.extend_from_slice(b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(b"\0\0");
        bytes.extend_from_slice(name.as_bytes());
        contents.extend_from_slice(b"PK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        contents.extend_from_slice(&length);
        contents.extend_from_slice(&[0; 12]);
        contents.extend_from_slice(&offset.to_le_bytes());
        contents.extend_from_slice(name.as_bytes());
    }
    let offset = u32::try_from(bytes.len()).unwrap();
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    bytes.extend_from_slice(&contents);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&count);
    bytes.extend_from_slice(&count);
    bytes.extend_from_slice(&u32::try_from(contents.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes.extend_from_slice(b"\0\0");
    bytes
}

/// Two empty frames of layer III: 128 kbit/s at 44,100 Hz.
pub(crate) fn mp3() -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0];
    frame.resize(417, 0);
    frame.repeat(2)
}

/// The first page of an Ogg file whose packet begins so.
pub(crate) fn ogg(packet: &[u8]) -> Vec<u8> {
    let mut bytes = b"OggS\0\x02".to_vec();
    bytes.resize(26, 0);
    bytes.extend_from_slice(&[1, u8::try_from(packet.len()).unwrap()]);
    bytes.extend_from_slice(packet);
    bytes
}

/// The first box of an ISO base media file.
pub(crate) fn iso_media(brand: &[u8; 4]) -> Vec<u8> {
    iso_box(b"ftyp", &[brand.as_slice(), &[0; 4], brand].concat())
}

/// The head of a Matroska file of this document type.
pub(crate) fn ebml(document: &[u8; 4]) -> Vec<u8> {
    [b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84".as_slice(), document].concat()
}

fn iso_box(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len() + 8).unwrap();
    [length.to_be_bytes().as_slice(), name, data].concat()
}

/// CRC-32 as the PNG specification's annex D describes it, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let mut value = u32::MAX;
    for byte in bytes {
        value ^= u32::from(*byte);
        for _ in 0..8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 };
        }
    }
    !value
}
