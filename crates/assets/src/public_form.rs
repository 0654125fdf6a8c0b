//! The form in which the public gets a picture: the same picture without what says where, when, by whom and with what it
//! was taken.
//!
//! Of each container only the parts that a picture needs are kept, so a part that nobody here knows is left out too. Of
//! EXIF data the orientation alone stays, for it decides how the picture is shown. Containers are walked by hand: img-parts
//! keeps all that follows the first scan of a JPEG, and there cameras store previews with their own GPS data.

use crate::MediaType;

/// Largest picture that is brought into this form, and so that is taken at all, in bytes: it is held in memory.
pub(crate) const PICTURE_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Raised whenever more is left out; pictures of another version are made again.
pub const PICTURE_VERSION: u32 = 2;

/// The name, version, flags and colour transform of an Adobe segment (ISO/IEC 10918-6, 6.5.3). What follows them is unknown.
const ADOBE_BYTES: usize = 12;

/// Segments or chunks of a picture that are looked at; what follows them is left out. Encoders write chunks of 8 KiB and more,
/// so that the largest picture has about 8,000.
const PARTS_MAX: usize = 100_000;

const EXIF_PREFIX: &[u8] = b"Exif\0\0";
/// The tag of the orientation, and the type of its value.
const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;

/// A picture without metadata.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PublicForm {
    pub(crate) bytes: Vec<u8>,
    /// Whether it is shown lying: width and height change places.
    pub(crate) is_turned: bool,
}

/// Whether pictures of this type are brought into their public form. GIF and AVIF are delivered as they came.
pub fn has_public_form(media_type: MediaType) -> bool {
    matches!(media_type, MediaType::Jpeg | MediaType::Png | MediaType::Webp)
}

/// The public form of a picture whose signature was recognised; what is cut off stays cut off.
pub(crate) fn public_form(media_type: MediaType, picture: &[u8]) -> PublicForm {
    let (bytes, orientation) = match media_type {
        MediaType::Jpeg => jpeg(picture),
        MediaType::Png => png(picture),
        MediaType::Webp => webp(picture),
        MediaType::Gif
        | MediaType::Avif
        | MediaType::Pdf
        | MediaType::Docx
        | MediaType::Xlsx
        | MediaType::Pptx
        | MediaType::Plain
        | MediaType::Csv
        | MediaType::Mp3
        | MediaType::M4a
        | MediaType::Ogg
        | MediaType::Wav
        | MediaType::Mp4
        | MediaType::Webm
        | MediaType::Zip => (picture.to_vec(), None),
    };
    PublicForm { bytes, is_turned: orientation.is_some_and(|orientation| orientation >= 5) }
}

/// Segments up to the end of the image (ISO/IEC 10918-1, annex B); what follows it is left out.
fn jpeg(picture: &[u8]) -> (Vec<u8>, Option<u8>) {
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut rest = picture.get(2..).unwrap_or_default();
    let (mut header, mut body) = (b"\xff\xd8".to_vec(), Vec::with_capacity(picture.len()));
    let mut exif: Option<&[u8]> = None;
    for _ in 0..PARTS_MAX {
        let Some((marker, behind)) = next_marker(rest) else { break };
        rest = behind;
        if marker == END {
            body.extend_from_slice(&[0xff, END]);
            break;
        }
        // Markers without a segment; outside of a scan they mean nothing.
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8) {
            continue;
        }
        let Some(segment) = big_u16(rest, 0).and_then(|length| rest.get(..usize::from(length))) else { break };
        let Some(content) = segment.get(2..) else { break };
        rest = &rest[segment.len()..];
        match marker {
            0xe0 if content.starts_with(b"JFIF\0") && content.len() == 14 => push_segment(&mut header, marker, segment),
            0xe1 if exif.is_none() => exif = content.strip_prefix(EXIF_PREFIX),
            // Colour profile, and how colours are stored.
            0xe2 if content.starts_with(b"ICC_PROFILE\0") => push_segment(&mut body, marker, segment),
            0xee if content.starts_with(b"Adobe") && content.len() >= ADOBE_BYTES => {
                let length = [0, u8::try_from(ADOBE_BYTES + 2).unwrap_or_default()];
                push_segment(&mut body, marker, &[length.as_slice(), &content[..ADOBE_BYTES]].concat());
            }
            SCAN => {
                push_segment(&mut body, marker, segment);
                let (coded, behind) = rest.split_at(coded_bytes(rest));
                body.extend_from_slice(coded);
                rest = behind;
            }
            0xc0..=0xcf | 0xdb..=0xdf => push_segment(&mut body, marker, segment),
            _ => {}
        }
    }
    let orientation = exif.and_then(read_orientation);
    if let Some(exif) = orientation.and_then(exif_of) {
        let exif = [EXIF_PREFIX, &exif].concat();
        let length = u16::try_from(exif.len() + 2).unwrap_or_default();
        push_segment(&mut header, 0xe1, &[length.to_be_bytes().as_slice(), &exif].concat());
    }
    header.append(&mut body);
    (header, orientation)
}

/// The next marker and what follows it. Any number of fill bytes may come before it.
pub(crate) fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let start = bytes.iter().position(|byte| *byte == 0xff)?;
    let marker = start + bytes[start..].iter().position(|byte| *byte != 0xff)?;
    Some((bytes[marker], &bytes[marker + 1..]))
}

fn push_segment(to: &mut Vec<u8>, marker: u8, segment: &[u8]) {
    to.extend_from_slice(&[0xff, marker]);
    to.extend_from_slice(segment);
}

/// Bytes of a scan up to the next marker: stuffed bytes, fill bytes and restarts belong to the scan.
fn coded_bytes(bytes: &[u8]) -> usize {
    let is_end = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff | 0xd0..=0xd7);
    bytes.windows(2).position(is_end).unwrap_or(bytes.len())
}

/// Chunks up to the end of the image (PNG specification, third edition, section 11).
fn png(picture: &[u8]) -> (Vec<u8>, Option<u8>) {
    const SIGNATURE_BYTES: usize = 8;
    const KEPT: [&[u8; 4]; 20] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV",
        b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
    ];
    let (mut kept, mut exif) = (Vec::with_capacity(picture.len()), None);
    let mut header = Vec::new();
    let mut rest = picture.get(SIGNATURE_BYTES..).unwrap_or_default();
    for _ in 0..PARTS_MAX {
        let Some(length) = big_u32(rest, 0) else { break };
        // Length, name, content, checksum; the last chunk of a file that was cut off is shorter.
        let whole = usize::try_from(length).unwrap_or(usize::MAX).saturating_add(12).min(rest.len());
        let Some(name) = rest.get(4..8) else { break };
        let chunk = &rest[..whole];
        rest = &rest[whole..];
        if name == b"eXIf" {
            exif = exif.or(chunk.get(8..));
        } else if name == b"IHDR" && header.is_empty() {
            header.extend_from_slice(chunk);
        } else if KEPT.iter().any(|known| name == known.as_slice()) {
            kept.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            break;
        }
    }
    let orientation = exif.and_then(read_orientation);
    let signature = &picture[..picture.len().min(SIGNATURE_BYTES)];
    let exif = orientation.and_then(exif_of).map(|exif| png_chunk(b"eXIf", &exif)).unwrap_or_default();
    ([signature, &header, &exif, &kept].concat(), orientation)
}

fn png_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(name);
    sum.update(content);
    let length = u32::try_from(content.len()).unwrap_or_default();
    [length.to_be_bytes().as_slice(), name, content, &sum.sum().to_be_bytes()].concat()
}

/// Chunks of a WebP container (RFC 9649).
fn webp(picture: &[u8]) -> (Vec<u8>, Option<u8>) {
    const HEADER_BYTES: usize = 12;
    const EXIF_FLAG: u8 = 0x08;
    const XMP_FLAG: u8 = 0x04;
    const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
    let (mut kept, mut exif, mut flags_at) = (Vec::with_capacity(picture.len()), None, None);
    let mut rest = picture.get(HEADER_BYTES..).unwrap_or_default();
    for _ in 0..PARTS_MAX {
        let Some(length) = little_u32(rest, 4) else { break };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        // Contents of an odd length are filled up.
        let whole = length.saturating_add(length & 1).saturating_add(8).min(rest.len());
        let (chunk, behind) = rest.split_at(whole);
        rest = behind;
        let (name, content) = (&chunk[..4], &chunk[8..]);
        if name == b"EXIF" {
            exif = exif.or(Some(content.strip_prefix(EXIF_PREFIX).unwrap_or(content)));
        } else if KEPT.iter().any(|known| name == known.as_slice()) {
            if name == b"VP8X" && !content.is_empty() {
                flags_at = Some(kept.len() + 8);
            }
            match name {
                b"VP8X" => push_chunk(&mut kept, name, &content[..content.len().min(10)]),
                b"ANIM" => push_chunk(&mut kept, name, &content[..content.len().min(6)]),
                b"ANMF" => push_chunk(&mut kept, name, &animation_frame(content)),
                _ => kept.extend_from_slice(chunk),
            }
        }
    }
    // Only an extended file can have metadata.
    let orientation = exif.filter(|_| flags_at.is_some()).and_then(read_orientation);
    if let Some(at) = flags_at {
        kept[at] &= !(EXIF_FLAG | XMP_FLAG);
        if let Some(exif) = orientation.and_then(exif_of) {
            kept[at] |= EXIF_FLAG;
            let length = u32::try_from(exif.len()).unwrap_or_default();
            kept.extend_from_slice(&[b"EXIF".as_slice(), &length.to_le_bytes(), &exif].concat());
        }
    }
    let length = u32::try_from(kept.len() + 4).unwrap_or(u32::MAX);
    ([b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBP", &kept].concat(), orientation)
}

/// A frame of an animation: where and how long it is shown, and its picture. It may hold any other chunks.
fn animation_frame(content: &[u8]) -> Vec<u8> {
    const HEADER_BYTES: usize = 16;
    let (header, mut rest) = content.split_at(content.len().min(HEADER_BYTES));
    let mut kept = header.to_vec();
    while let Some(length) = little_u32(rest, 4) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (chunk, behind) = rest.split_at(length.saturating_add(length & 1).saturating_add(8).min(rest.len()));
        rest = behind;
        if matches!(&chunk[..4], b"ALPH" | b"VP8 " | b"VP8L") {
            kept.extend_from_slice(chunk);
        }
    }
    kept
}

fn push_chunk(to: &mut Vec<u8>, name: &[u8], content: &[u8]) {
    to.extend_from_slice(name);
    to.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(content);
    // Contents of an odd length are filled up.
    to.extend_from_slice(&[0][..content.len() & 1]);
}

/// The orientation in EXIF data, 1 to 8 (TIFF 6.0, section 2): byte order, place of the first directory, its entries.
fn read_orientation(tiff: &[u8]) -> Option<u8> {
    let is_little = match tiff.get(..2)? {
        b"II" => true,
        b"MM" => false,
        _ => return None,
    };
    let u16_at = |at: usize| if is_little { little_u16(tiff, at) } else { big_u16(tiff, at) };
    let directory = if is_little { little_u32(tiff, 4)? } else { big_u32(tiff, 4)? };
    let directory = usize::try_from(directory).ok()?;
    // As many as it says, but no more than there are bytes for.
    let entries = usize::from(u16_at(directory)?).min(tiff.len().saturating_sub(directory + 2) / 12);
    let mut places = (0..entries).map(|number| directory + 2 + 12 * number);
    let entry = places.find(|at| u16_at(*at) == Some(ORIENTATION) && u16_at(at + 2) == Some(SHORT))?;
    u8::try_from(u16_at(entry + 8)?).ok().filter(|orientation| (1..=8).contains(orientation))
}

/// EXIF data that hold an orientation and nothing else; none for the one that pictures have without EXIF data.
fn exif_of(orientation: u8) -> Option<Vec<u8>> {
    const BEFORE: &[u8] = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
    (orientation != 1).then(|| [BEFORE, &[orientation], &[0; 6]].concat())
}

pub(crate) fn big_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn little_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn big_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn little_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    const SECRETS: [&[u8]; 4] = [b"GPS 31.9 35.2", b"SN-4711", b"Owner: Salma", b"Preview"];

    /// EXIF data of an orientation, with a secret behind the directory.
    fn exif(orientation: u8, is_little: bool) -> Vec<u8> {
        let directory: &[u8] = if is_little {
            b"II\x2a\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x04\0\0\0abc\0\x12\x01\x03\0\x01\0\0\0"
        } else {
            b"MM\0\x2a\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x04abc\0\x01\x12\0\x03\0\0\0\x01"
        };
        let value = if is_little { [orientation, 0, 0, 0] } else { [0, orientation, 0, 0] };
        [directory, &value, &[0; 4], SECRETS[0]].concat()
    }

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    }

    fn photograph(orientation: u8) -> Vec<u8> {
        let scan = segment(0xda, &[1, 1, 0, 0, 0x3f, 0]);
        let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        let parts: [Vec<u8>; 14] = [
            b"\xff\xd8".to_vec(),
            jfif,
            segment(0xe1, &[EXIF_PREFIX, &exif(orientation, true)].concat()),
            segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), SECRETS[2]].concat()),
            segment(0xed, &[b"Photoshop 3.0\0".as_slice(), SECRETS[2]].concat()),
            segment(0xfe, SECRETS[1]),
            segment(0xe2, b"ICC_PROFILE\0\x01\x01profile"),
            segment(0xee, &[b"Adobe\0\x64\0\0\0\0\x01".as_slice(), SECRETS[1]].concat()),
            segment(0xc0, b"\x08\0\x08\0\x10\x01\x01\x11\0"),
            [scan.as_slice(), b"\x12\xff\0\xff\xd0\x34"].concat(),
            segment(0xe5, SECRETS[1]),
            [scan.as_slice(), b"\x56"].concat(),
            b"\xff\xd9".to_vec(),
            [b"\xff\xd8".as_slice(), SECRETS[3]].concat(),
        ];
        parts.concat()
    }

    fn check(media_type: MediaType, picture: &[u8], is_turned: bool, kept: &[&[u8]]) -> Vec<u8> {
        let form = public_form(media_type, picture);
        let holds = |part: &[u8]| form.bytes.windows(part.len()).any(|window| window == part);
        assert!(SECRETS.iter().all(|secret| !holds(secret)), "{media_type}");
        assert!(kept.iter().all(|part| holds(part)), "{media_type}");
        assert_eq!(form.is_turned, is_turned, "{media_type}");
        assert_eq!(public_form(media_type, &form.bytes), form, "a public form stays as it is");
        form.bytes
    }

    #[test]
    fn a_photograph_keeps_profile_scans_and_orientation_alone() {
        let kept: [&[u8]; 4] = [
            b"ICC_PROFILE\0\x01\x01profile",
            b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01\xff",
            b"\x12\xff\0\xff\xd0\x34",
            b"Exif\0\0MM",
        ];
        let bytes = check(MediaType::Jpeg, &photograph(6), true, &kept);
        assert!(bytes.ends_with(b"\x56\xff\xd9"));
        assert!(bytes.starts_with(b"\xff\xd8\xff\xe0"));
        let upright = check(MediaType::Jpeg, &photograph(1), false, &kept[..3]);
        assert!(!upright.windows(4).any(|window| window == b"Exif"));
        check(MediaType::Jpeg, &photograph(3), false, &kept);
    }

    #[test]
    fn a_png_keeps_no_texts() {
        let plain = samples::png(3, 5);
        let at = 8 + 25;
        let extra = [
            png_chunk(b"tEXt", SECRETS[2]),
            png_chunk(b"iTXt", SECRETS[2]),
            png_chunk(b"eXIf", &exif(8, false)),
            png_chunk(b"caBX", SECRETS[1]),
            png_chunk(b"iCCP", b"profile"),
        ];
        let picture = [&plain[..at], &extra.concat(), &plain[at..], SECRETS[3]].concat();
        let bytes = check(MediaType::Png, &picture, true, &[b"iCCPprofile", b"IEND"]);
        assert!(bytes[..at] == plain[..at] && bytes.windows(4).any(|window| window == b"eXIf"));
        assert_eq!(check(MediaType::Png, &plain, false, &[]), plain);
    }

    #[test]
    fn a_webp_keeps_no_chunks_of_metadata() {
        let chunk = |name: &[u8; 4], content: &[u8]| {
            let fill = vec![0; content.len() & 1];
            [name.as_slice(), &u32::try_from(content.len()).unwrap().to_le_bytes(), content, &fill].concat()
        };
        let frame = [
            b"sixteen bytes of".to_vec(),
            chunk(b"EXIF", SECRETS[0]),
            chunk(b"VP8L", b"moving"),
            chunk(b"XMP ", SECRETS[2]),
        ];
        let frame = frame.concat();
        let chunks = [
            chunk(b"VP8X", &[0x2c, 0, 0, 0, 9, 0, 0, 4, 0, 0]),
            chunk(b"ICCP", b"profile"),
            chunk(b"VP8L", b"pixels"),
            chunk(b"ANMF", &frame),
            chunk(b"EXIF", &exif(5, true)),
            chunk(b"XMP ", SECRETS[2]),
            chunk(b"ABCD", SECRETS[1]),
        ];
        let picture = [b"RIFF\0\0\0\0WEBP".to_vec(), chunks.concat()].concat();
        let bytes = check(MediaType::Webp, &picture, true, &[b"ICCP", b"pixels", b"EXIF"]);
        assert_eq!(little_u32(&bytes, 4), Some(u32::try_from(bytes.len() - 8).unwrap()));
        assert_eq!(bytes[20], 0x28, "a profile and EXIF data, no XMP");
    }

    #[test]
    fn a_picture_of_very_many_parts_is_cut_off() {
        let start = photograph(6);
        let scan = start.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        let many = [&start[..scan], &segment(0xdd, b"ab").repeat(PARTS_MAX), &start[scan..]].concat();
        let bytes = public_form(MediaType::Jpeg, &many).bytes;
        assert!(bytes.ends_with(&segment(0xdd, b"ab")) && bytes.len() < many.len());

        let plain = samples::png(1, 1);
        let (header, rest) = plain.split_at(8 + 25);
        let many = [header, &png_chunk(b"sBIT", b"").repeat(PARTS_MAX), rest].concat();
        let bytes = public_form(MediaType::Png, &many).bytes;
        assert!(bytes.ends_with(&png_chunk(b"sBIT", b"")));
    }

    /// Read once for a picture, however many there are, and not beyond its end: a directory that says it had 65,535 entries
    /// would else be walked for each of very many chunks.
    #[test]
    fn of_exif_data_the_first_alone_counts_and_its_directory_ends_with_the_bytes() {
        let without = b"MM\0\x2a\0\0\0\x08\xff\xff";
        let plain = samples::png(1, 1);
        let (header, rest) = plain.split_at(8 + 25);
        let picture = [header, &png_chunk(b"eXIf", without), &png_chunk(b"eXIf", &exif(6, true)), rest].concat();
        assert!(!public_form(MediaType::Png, &picture).is_turned);
        // An entry that reaches beyond the end is none, although its tag, type and value are there.
        let cut = [without.as_slice(), b"\x01\x12\0\x03\0\0\0\x01\0\x06"].concat();
        assert_eq!(read_orientation(&cut), None);
        assert_eq!(read_orientation(&[&cut, [0; 2].as_slice()].concat()), Some(6));
    }

    #[test]
    fn a_picture_cut_anywhere_is_no_panic() {
        let pictures = [
            (MediaType::Jpeg, photograph(6)),
            (MediaType::Png, samples::png(1, 1)),
            (MediaType::Webp, samples::webp(16, 9)),
        ];
        for (media_type, picture) in pictures {
            for length in 0..picture.len() {
                let _ = public_form(media_type, &picture[..length]);
            }
        }
        for length in 0..exif(6, true).len() {
            let _ = read_orientation(&exif(6, true)[..length]);
        }
    }
}
