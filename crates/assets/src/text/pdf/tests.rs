//! Pages that stand in the ways in which programs set them.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use crate::{
    MediaType,
    text::{
        TextFailure,
        bidi::{Direction, tests},
        brackets::Brackets,
        extract,
        samples::{Glyph, drawn_backwards, from_left, from_right, locked, pdf, pdf_of, pdf_with, stream},
    },
};

const CIRCULAR: &str = "صدر تعميم الموازنة العامة إلى الوزارات";

fn text_of(bytes: Vec<u8>) -> Result<String, TextFailure> {
    extract(MediaType::Pdf, bytes)
}

/// A line from the right as the bidirectional algorithm shows it, with the mirror images of its brackets.
fn shown(line: &str) -> String {
    tests::shown(line, Direction::RightToLeft, Brackets::AsShown).concat()
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

/// A page of lines of text, each with its place on the page.
fn page(lines: &[(&str, &str)]) -> Vec<u8> {
    let letters: Vec<String> = lines.iter().flat_map(|(_, line)| line.chars()).map(String::from).collect();
    let mut known: Vec<&str> = letters.iter().map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    let code = |c: char| known.iter().position(|known| known.starts_with(c)).unwrap() + 1;
    let mut content = String::new();
    for (matrix, line) in lines {
        let codes: String = line.chars().map(|c| format!("{:04X}", code(c))).collect();
        content.push_str(&format!("BT /F1 12 Tf {matrix} Tm <{codes}> Tj ET\n"));
    }
    pdf_of(&stream("", content.as_bytes()), &known, "")
}

#[test]
fn a_line_with_an_address_alone_is_read_with_its_paragraph() {
    let lines = [
        ("1 0 0 1 72 700", "هذه الصفحة تنشر كل ما يصدر عن الوزارة من تعليمات"),
        ("1 0 0 1 72 685", "على موقع https://www.mof.gov.ps/ar/budget"),
        ("1 0 0 1 72 670", "وعلى info@mof.gov.ps (3)."),
    ];
    let shown: Vec<(&str, String)> = lines.iter().map(|(matrix, line)| (*matrix, shown(line))).collect();
    let lines_on_page: Vec<(&str, &str)> = shown.iter().map(|(matrix, line)| (*matrix, line.as_str())).collect();
    let text = lines.map(|(_, line)| line).join(" ");
    assert_eq!(text_of(page(&lines_on_page)), Ok(text));
}

#[test]
fn cells_of_a_table_are_read_from_the_side_where_its_lines_begin() {
    let cells = [
        ("1 0 0 1 300 740", "تامدخلا راعسأ لودج"),
        ("1 0 0 1 400 700", "دنبلا"),
        ("1 0 0 1 300 700", "ISO 9001"),
        ("1 0 0 1 200 700", "15-10"),
        ("1 0 0 1 400 685", "غلبملا"),
        ("1 0 0 1 300 685", "World Bank"),
        ("1 0 0 1 200 685", "500"),
    ];
    assert_eq!(text_of(page(&cells)).as_deref(), Ok("جدول أسعار الخدمات\nالبند ISO 9001 15-10\nالمبلغ World Bank 500"));
}

#[test]
fn mirrored_words_over_a_scan_are_read_from_the_right() {
    let words = [("-1 0 0 1 300 700", "الموازنة"), ("-1 0 0 1 240 700", "العامة"), ("1 0 0 1 170 700", "2026")];
    assert_eq!(text_of(page(&words)).as_deref(), Ok("الموازنة العامة 2026"));
}

#[test]
fn marks_stay_with_their_letters() {
    let word = "م\u{64F}د\u{64E}ر\u{651}\u{650}س";
    check(&[from_right(word)], word);
    check(&[drawn_backwards(word)], word);
}

#[test]
fn words_that_a_machine_placed_one_by_one_are_read_as_they_are_drawn() {
    let words = [
        ("1 0 0 1 300 700", "صدرت"),
        ("1 0 0 1 240 700", "الموازنة"),
        ("1 0 0 1 180 700", "العامة"),
        ("1 0 0 1 140 700", "إلى"),
        ("1 0 0 1 90 700", "الوزارة"),
    ];
    assert_eq!(text_of(page(&words)).as_deref(), Ok("صدرت الموازنة العامة إلى الوزارة"));
}

#[test]
fn pages_that_programs_made_are_read_whole() {
    let pages: [(&str, &[u8], &str); 4] = [
        ("chromium", include_bytes!("fixtures/chromium.pdf"), include_str!("fixtures/chromium.txt")),
        ("chromium_table", include_bytes!("fixtures/chromium_table.pdf"), include_str!("fixtures/chromium_table.txt")),
        ("libreoffice", include_bytes!("fixtures/libreoffice.pdf"), include_str!("fixtures/libreoffice.txt")),
        ("reportlab", include_bytes!("fixtures/reportlab.pdf"), include_str!("fixtures/reportlab.txt")),
    ];
    for (name, bytes, text) in pages {
        assert_eq!(text_of(bytes.to_vec()).as_deref(), Ok(text.trim_end()), "{name}");
    }
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
