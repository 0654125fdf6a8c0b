//! Dimensions of images, read from the header; nothing is decoded.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};

use crate::public_form::{big_u16, next_marker};
use crate::{MediaType, Refusal};

/// Where the dimensions must be found. Photographs carry profiles and previews before them, but not this much;
/// the bound keeps a file made of tiny segments from keeping a processor busy.
const MAX_HEADER_BYTES: u64 = 1024 * 1024;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dimensions {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Reads the dimensions of an image whose signature was recognised. The outer error is the disk's.
pub(crate) fn dimensions(
    file: &mut File,
    media_type: MediaType,
    max_pixels: u64,
) -> io::Result<Result<Dimensions, Refusal>> {
    let mut header = Vec::new();
    file.rewind()?;
    file.take(MAX_HEADER_BYTES).read_to_end(&mut header)?;
    Ok(read_header(&header, media_type, max_pixels))
}

fn read_header(header: &[u8], media_type: MediaType, max_pixels: u64) -> Result<Dimensions, Refusal> {
    let unreadable = Refusal::Unreadable { media_type };
    // A PNG begins with its header chunk (PNG specification, 5.6); the library reads the numbers unseen.
    if media_type == MediaType::Png && header.get(8..16) != Some(b"\0\0\0\x0dIHDR") {
        return Err(unreadable);
    }
    let size = if media_type == MediaType::Jpeg { jpeg_size(header) } else { other_size(header) };
    let Some((width, height)) = size else { return Err(unreadable) };
    if width == 0 || height == 0 {
        return Err(unreadable);
    }
    if u64::from(width) * u64::from(height) > max_pixels {
        return Err(Refusal::TooManyPixels { width, height, max_pixels });
    }
    Ok(Dimensions { width, height })
}

fn other_size(header: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::reader_size(Cursor::new(header)).ok()?;
    Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
}

/// Width and height in the frame header (ISO/IEC 10918-1, B.2.2). The library knows no fill bytes before markers.
fn jpeg_size(header: &[u8]) -> Option<(u32, u32)> {
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut rest = header.get(2..)?;
    loop {
        let (marker, segment) = next_marker(rest)?;
        rest = segment;
        match marker {
            // Markers without a segment.
            0x00 | 0x01 | 0xd0..=0xd8 => {}
            END | SCAN => return None,
            // Tables and extensions have their numbers among those of frame headers.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((big_u16(segment, 5)?.into(), big_u16(segment, 3)?.into()));
            }
            _ => rest = segment.get(usize::from(big_u16(segment, 0)?)..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    const MAX_PIXELS: u64 = 1_000_000;

    #[test]
    fn dimensions_are_read_from_every_image_type() {
        let cases = [
            (samples::png(3, 5), MediaType::Png, 3, 5),
            (samples::jpeg(640, 480), MediaType::Jpeg, 640, 480),
            (samples::gif(7, 2), MediaType::Gif, 7, 2),
            (samples::webp(16, 9), MediaType::Webp, 16, 9),
            (samples::avif(64, 32), MediaType::Avif, 64, 32),
        ];
        for (bytes, media_type, width, height) in cases {
            assert_eq!(read_header(&bytes, media_type, MAX_PIXELS), Ok(Dimensions { width, height }), "{media_type}");
        }
    }

    #[test]
    fn fill_bytes_before_markers_of_a_jpeg_are_legal() {
        let plain = samples::jpeg(640, 480);
        let filled = [&plain[..2], &[0xff, 0xff], &plain[2..]].concat();
        let expected = Ok(Dimensions { width: 640, height: 480 });
        assert_eq!(read_header(&filled, MediaType::Jpeg, MAX_PIXELS), expected);
        let segment = [b"\xff\xff\xff\xe1\0\x04ab", &plain[2..]].concat();
        assert_eq!(read_header(&[&plain[..2], &segment].concat(), MediaType::Jpeg, MAX_PIXELS), expected);
    }

    #[test]
    fn a_header_cut_anywhere_is_refused_or_read_but_never_a_panic() {
        let images = [
            (samples::png(3, 5), MediaType::Png, 24),
            (samples::jpeg(640, 480), MediaType::Jpeg, 11),
            (samples::gif(7, 2), MediaType::Gif, 10),
            (samples::webp(16, 9), MediaType::Webp, 30),
            (samples::avif(64, 32), MediaType::Avif, 40),
        ];
        for (bytes, media_type, needed) in images {
            for length in 0..bytes.len() {
                let answer = read_header(&bytes[..length], media_type, MAX_PIXELS);
                if length < needed {
                    assert_eq!(answer, Err(Refusal::Unreadable { media_type }), "{media_type} cut to {length}");
                }
            }
        }
    }

    #[test]
    fn a_png_without_header_chunk_or_without_pixels_is_unreadable() {
        let mut headless = samples::png(1, 1);
        headless[12] = b'X';
        for bytes in [headless, samples::png(0, 1), samples::png(1, 0)] {
            let answer = read_header(&bytes, MediaType::Png, MAX_PIXELS);
            assert_eq!(answer, Err(Refusal::Unreadable { media_type: MediaType::Png }));
        }
    }

    #[test]
    fn pixels_are_bounded_by_their_product() {
        let answer = |width, height| read_header(&samples::png(width, height), MediaType::Png, MAX_PIXELS);
        assert_eq!(answer(1000, 1000), Ok(Dimensions { width: 1000, height: 1000 }));
        for (width, height) in [(1001, 1000), (u32::MAX, u32::MAX)] {
            let refusal = Refusal::TooManyPixels { width, height, max_pixels: MAX_PIXELS };
            assert_eq!(answer(width, height), Err(refusal));
        }
    }
}
