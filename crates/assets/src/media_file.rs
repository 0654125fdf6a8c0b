//! Recognises recordings and films by their first bytes.

use crate::MediaType;

/// Bytes of an MP3 frame's header.
const FRAME_HEADER_BYTES: usize = 4;

/// What the first bytes begin, if they begin a recording, a film or an AVIF picture, which shares its container with films.
pub(crate) fn recognise(head: &[u8]) -> Option<MediaType> {
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WAVE") {
        return Some(MediaType::Wav);
    }
    if head.starts_with(b"\x1a\x45\xdf\xa3") {
        return is_webm(head).then_some(MediaType::Webm);
    }
    if head.starts_with(b"OggS") {
        return is_ogg_audio(head).then_some(MediaType::Ogg);
    }
    if head.starts_with(b"ID3") {
        return is_id3(head).then_some(MediaType::Mp3);
    }
    iso_media(head).or_else(|| is_mp3_frame(head).then_some(MediaType::Mp3))
}

/// An ISO base media file begins with a box `ftyp`: length, name, major brand, version, compatible brands. Of films the
/// major brand decides: others name theirs as compatible.
fn iso_media(head: &[u8]) -> Option<MediaType> {
    let (&[a, b, c, d, b'f', b't', b'y', b'p'], _) = head.split_first_chunk::<8>()? else { return None };
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    let brands: Vec<&[u8]> = head[8..length.clamp(8, head.len())].chunks_exact(4).collect();
    if brands.iter().enumerate().any(|(place, brand)| place != 1 && matches!(*brand, b"avif" | b"avis")) {
        return Some(MediaType::Avif);
    }
    match *brands.first()? {
        b"M4A " | b"M4B " => Some(MediaType::M4a),
        b"isom" | b"iso2" | b"iso3" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"dash"
        | b"MSNV" => Some(MediaType::Mp4),
        _ => None,
    }
}

/// An EBML head whose document type is WebM (RFC 8794, section 11.2.6), not another Matroska.
fn is_webm(head: &[u8]) -> bool {
    const DOC_TYPE: [u8; 2] = [0x42, 0x82];
    const HEAD_MAX_BYTES: usize = 64;
    let head = &head[..head.len().min(HEAD_MAX_BYTES)];
    // The length of a text of four bytes is one byte: a marker bit and 4.
    head.windows(7).any(|window| window[..2] == DOC_TYPE && window[2] == 0x84 && &window[3..] == b"webm")
}

/// The first packet of the first page names the codec (RFC 3533, RFC 7845, the mappings of Vorbis, FLAC and Speex).
fn is_ogg_audio(head: &[u8]) -> bool {
    const PAGE_HEADER_BYTES: usize = 27;
    let Some(segments) = head.get(PAGE_HEADER_BYTES - 1) else { return false };
    let packet = head.get(PAGE_HEADER_BYTES + usize::from(*segments)..).unwrap_or_default();
    let codecs: [&[u8]; 4] = [b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   "];
    codecs.iter().any(|codec| packet.starts_with(codec))
}

/// A whole ID3v2 header: version, flags, and a length whose bytes have seven bits. No text has such a version byte.
fn is_id3(head: &[u8]) -> bool {
    let Some(&[version, revision, _flags, a, b, c, d]) = head.get(3..10).and_then(|rest| rest.first_chunk()) else {
        return false;
    };
    (2..=4).contains(&version) && revision < 0x10 && [a, b, c, d].iter().all(|byte| *byte < 0x80)
}

/// Two frames of layer III in a row: one header alone is too short to tell.
fn is_mp3_frame(head: &[u8]) -> bool {
    frame_bytes(head).and_then(|length| frame_bytes(head.get(length..)?)).is_some()
}

/// The length of the frame of layer III that begins here.
fn frame_bytes(bytes: &[u8]) -> Option<usize> {
    const KBITS_VERSION_1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const KBITS_VERSION_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let [0xff, second, third, _] = *bytes.first_chunk::<FRAME_HEADER_BYTES>()? else { return None };
    let (sync, version, layer) = (second >> 5, (second >> 3) & 3, (second >> 1) & 3);
    if sync != 7 || version == 1 || layer != 1 {
        return None;
    }
    let (rates, kbits, samples_eighth) = match version {
        3 => ([44_100, 48_000, 32_000], KBITS_VERSION_1, 144),
        2 => ([22_050, 24_000, 16_000], KBITS_VERSION_2, 72),
        _ => ([11_025, 12_000, 8_000], KBITS_VERSION_2, 72),
    };
    let rate: usize = *rates.get(usize::from((third >> 2) & 3))?;
    let kbit = kbits.get(usize::from(third >> 4).checked_sub(1)?)?;
    Some(samples_eighth * kbit * 1_000 / rate + usize::from((third >> 1) & 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn recordings_with_and_without_a_tag_are_recognised() {
        assert_eq!(recognise(b"ID3\x04\0\0\0\0\x02\x01rest"), Some(MediaType::Mp3));
        assert_eq!(recognise(&samples::mp3()), Some(MediaType::Mp3));
        assert_eq!(recognise(&samples::mp3()[..100]), None, "one header alone");
        for codec in [b"OpusHead".as_slice(), b"\x01vorbis", b"\x7fFLAC"] {
            assert_eq!(recognise(&samples::ogg(codec)), Some(MediaType::Ogg));
        }
        assert_eq!(recognise(&samples::ogg(b"\x80theora")), None);
        assert_eq!(recognise(&samples::ebml(b"matr")), None);
        for foreign in [b"qt  ", b"heic", b"mif1", b"3gp4"] {
            assert_eq!(recognise(&samples::iso_media(foreign)), None);
        }
    }

    #[test]
    fn a_head_cut_anywhere_is_no_panic() {
        for bytes in [samples::mp3(), samples::ogg(b"OpusHead"), samples::iso_media(b"isom"), samples::ebml(b"webm")] {
            for length in 0..bytes.len().min(64) {
                let _ = recognise(&bytes[..length]);
            }
        }
        for text in ["ID3", "ID3 is a tag", "OggS", "RIFF....WAV", "....ftyp"] {
            assert_eq!(recognise(text.as_bytes()), None, "{text}");
        }
    }
}
