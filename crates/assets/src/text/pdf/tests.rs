//! Pages that stand in the ways in which programs set them.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use crate::{
    MediaType,
    text::{
        TextFailure, extract,
        samples::{Glyph, drawn_backwards, from_left, from_right, locked, pdf, pdf_of, pdf_with, stream},
    },
};

const CIRCULAR: &str = "صدر تعميم الموازنة العامة إلى الوزارات";

fn text_of(bytes: Vec<u8>) -> Result<String, TextFailure> {
    extract(MediaType::Pdf, bytes)
}

#[track_caller]
fn check(lines: &[Vec<Glyph>], text: &str) {
    assert_eq!(text_of(pdf(lines)).as_deref(), Ok(text));
}

#[test]
fn arabic_is_read_however_its_letters_were_placed() {
    check(&[from_right(CIRCULAR)], CIRCULAR);
    check(&[drawn_backwards(CIRCULAR)], CIRCULAR);
    check(&[from_left(CIRCULAR)], CIRCULAR);
}

#[test]
fn presentation_forms_become_letters() {
    let shaped = "ﺻﺪﺭ ﺗﻌﻤﻴﻢ ﺍﻟﻤﻮﺍﺯﻧﺔ ﺍﻷﻭﻟﻰ";
    check(&[drawn_backwards(shaped)], "صدر تعميم الموازنة الأولى");
    check(&[from_right(shaped)], "صدر تعميم الموازنة الأولى");
}

#[test]
fn numbers_and_latin_words_stand_in_arabic_lines() {
    let on_page = "2026 ماعل World Bank ةيقافتا";
    check(&[from_left(on_page)], "اتفاقية World Bank لعام 2026");
    check(&[from_left("Annual report of the ministry")], "Annual report of the ministry");
}

#[test]
fn gaps_part_words_and_nearness_joins_lines() {
    let mut line = from_left("Generalbudget");
    line.iter_mut().skip("General".len()).for_each(|glyph| glyph.1 += 3.0);
    check(&[line], "General budget");
    check(
        &[from_left("The min-"), from_left("istry of finance"), Vec::new(), from_left("Next")],
        "The ministry of finance\nNext",
    );
}

#[test]
fn glyphs_that_are_drawn_twice_are_read_once() {
    let bold: Vec<Glyph> =
        from_left("bold").into_iter().flat_map(|(text, at)| [(text.clone(), at), (text, at + 0.3)]).collect();
    check(&[bold], "bold");
}

#[test]
fn an_agreed_text_stands_for_its_glyphs() {
    let content = "/Span << /ActualText <FEFF0644064406470020063906320020> >> BDC BT /F1 12 Tf 1 0 0 1 72 700 Tm <00010001> Tj ET EMC";
    let bytes = pdf_of(&stream("", content.as_bytes()), &["؟"], "");
    assert_eq!(text_of(bytes).as_deref(), Ok("لله عز"));
}

#[test]
fn spaced_strings_and_moved_lines_are_followed() {
    let content =
        "BT /F1 12 Tf 14 TL 72 700 Td [<0001> -600 <0002>] TJ T* <0001> Tj (\\000\\002) ' ET q 2 0 0 2 0 0 cm Q";
    let bytes = pdf_of(&stream("", content.as_bytes()), &["a", "b"], "");
    assert_eq!(text_of(bytes).as_deref(), Ok("a b a b"));
}

#[test]
fn a_file_that_is_locked_damaged_or_empty_says_so() {
    assert_eq!(text_of(pdf_with(&[from_left("secret")], &locked(), "")), Err(TextFailure::Encrypted));
    assert_eq!(text_of(b"%PDF-1.7\nnothing".to_vec()), Err(TextFailure::Unreadable));
    assert_eq!(text_of(pdf(&[])), Err(TextFailure::NoText));
    assert_eq!(text_of(pdf(&[from_left(". - (")])), Err(TextFailure::NoText));
}

#[test]
fn of_a_file_that_breaks_off_at_any_place_is_read_what_is_there() {
    let whole = pdf(&[from_left("whole")]);
    for length in (0..whole.len()).step_by(7) {
        match text_of(whole[..length].to_vec()) {
            Ok(text) => assert_eq!(text, "whole", "{length}"),
            Err(failure) => assert!(matches!(failure, TextFailure::Unreadable | TextFailure::NoText), "{length}"),
        }
    }
}

#[test]
fn packed_content_is_unpacked() {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(b"BT /F1 12 Tf 72 700 Td <00010002> Tj ET").unwrap();
    let content = stream("/Filter /FlateDecode", &packed.finish().unwrap());
    assert_eq!(text_of(pdf_of(&content, &["o", "k"], "")).as_deref(), Ok("ok"));
}

#[test]
fn drawings_inside_each_other_without_end_come_to_an_end() {
    let deep = "q ".repeat(100_000) + &"[ ".repeat(100_000) + "/F1 12 Tf (x) Tj";
    let outcome = text_of(pdf_with(&[from_left("ok")], "", &deep));
    assert!(matches!(outcome.as_deref(), Ok("ok") | Err(TextFailure::NoText)), "{outcome:?}");
}
