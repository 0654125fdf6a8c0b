//! Lines of a page in the order in which they are read.
//!
//! A page knows where glyphs stand, and an Arabic line stands there from right to left, with numbers and Latin words from
//! left to right inside it. So a line is first taken as it stands, from left to right, and then turned: the inverse of what
//! the Unicode bidirectional algorithm (UAX #9) did when the line was set, for one level of nesting. Some programs place
//! letters in the order in which they are read all the same (texts laid over a scan, tables set by machines). Which of the
//! two a line is shows in its words: shapes that begin or end words, letters that only end words, the article, words that are
//! in every text. Where a line tells nothing, the other lines of the file do.

use super::tidy::push_letters;

/// What stands from left to right on a line: texts of single glyphs or of ligatures, spaces among them.
pub(super) type Units = Vec<String>;

/// A line by itself is believed from so much evidence on.
const SURE: i32 = 3;

/// A line both ways.
struct Line {
    as_is: String,
    turned: String,
    /// How much more its words look like words when it is turned.
    for_turning: i32,
}

/// Every line in reading order.
pub(super) fn in_reading_order(lines: Vec<Units>) -> Vec<String> {
    let both: Vec<Line> = lines.into_iter().map(Line::new).collect();
    let of_all: i32 = both.iter().map(|line| line.for_turning).sum();
    let chosen = both.into_iter().map(|line| {
        let evidence = if line.for_turning.abs() >= SURE || of_all == 0 { line.for_turning } else { of_all };
        if evidence < 0 { line.as_is } else { line.turned }
    });
    chosen.collect()
}

impl Line {
    fn new(units: Units) -> Self {
        let as_is = units.concat();
        if !units.iter().any(|unit| class(unit) == Class::RightToLeft) {
            return Self { turned: as_is.clone(), as_is, for_turning: 0 };
        }
        let turned = turn(&units).concat();
        let for_turning = likeness(&turned) - likeness(&as_is);
        Self { as_is, turned, for_turning }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    RightToLeft,
    LeftToRight,
    Digit,
    Neutral,
}

/// By its first character that has a direction.
fn class(unit: &str) -> Class {
    unit.chars().map(class_of).find(|class| *class != Class::Neutral).unwrap_or(Class::Neutral)
}

fn class_of(c: char) -> Class {
    match c {
        '0'..='9' | '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' => Class::Digit,
        // Punctuation and signs of the Arabic blocks.
        '\u{600}'..='\u{60F}' | '\u{61B}'..='\u{61F}' | '\u{66A}'..='\u{66D}' | '\u{6D4}' | '\u{FD3E}' | '\u{FD3F}' => {
            Class::Neutral
        }
        '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => Class::RightToLeft,
        c if c.is_alphabetic() => Class::LeftToRight,
        _ => Class::Neutral,
    }
}

/// From the order on the page to the order of reading.
fn turn(units: &[String]) -> Vec<&str> {
    let count = |wanted: Class| units.iter().filter(|unit| class(unit) == wanted).count();
    if count(Class::RightToLeft) >= count(Class::LeftToRight) {
        return turn_right_to_left(units);
    }
    // A line of Latin words with Arabic ones in it.
    let (mut turned, mut rest) = (Vec::with_capacity(units.len()), units);
    while let Some(start) = rest.iter().position(|unit| class(unit) == Class::RightToLeft) {
        let length = rest[start..].iter().position(|unit| class(unit) == Class::LeftToRight);
        let end = length.map_or(rest.len(), |length| start + length);
        let last = rest[start..end].iter().rposition(|unit| class(unit) == Class::RightToLeft).unwrap_or(0);
        let behind = start + last + 1;
        turned.extend(rest[..start].iter().map(String::as_str));
        turned.extend(turn_right_to_left(&rest[start..behind]));
        rest = &rest[behind..];
    }
    turned.extend(rest.iter().map(String::as_str));
    turned
}

/// A line that is read from the right: everything reversed, but numbers and what stands between Latin letters.
fn turn_right_to_left(units: &[String]) -> Vec<&str> {
    let mut turned = Vec::with_capacity(units.len());
    let mut end = units.len();
    while end > 0 {
        let start = start_of_embedded(&units[..end]);
        if start == end {
            end -= 1;
            turned.push(mirrored(&units[end]));
        } else {
            turned.extend(units[start..end].iter().map(String::as_str));
            end = start;
        }
    }
    turned
}

/// Where what is read from the left begins that ends at the end of these units; their end if nothing such does.
fn start_of_embedded(units: &[String]) -> usize {
    let classes: Vec<Class> = units.iter().rev().take(EMBEDDED_MAX_UNITS).map(|unit| class(unit)).collect();
    let directed = |class: Class| matches!(class, Class::LeftToRight | Class::Digit);
    if !classes.first().is_some_and(|class| directed(*class)) {
        return units.len();
    }
    let reach = classes.iter().position(|class| *class == Class::RightToLeft).unwrap_or(classes.len());
    // Words and the numbers among them hold together; numbers alone only by signs that stand within one.
    if let Some(leftmost) = classes[..reach].iter().rposition(|class| *class == Class::LeftToRight) {
        return units.len() - leftmost - 1;
    }
    let mut length = 1;
    while length < reach {
        let next_is_number = classes[length] == Class::Digit;
        let sign = &units[units.len() - 1 - length];
        let joins = classes.get(length + 1).filter(|_| length + 1 < reach) == Some(&Class::Digit)
            && matches!(sign.as_str(), "." | "," | ":" | "/" | "-" | "٫" | "٬" | "،");
        match (next_is_number, joins) {
            (true, _) => length += 1,
            (false, true) => length += 2,
            (false, false) => break,
        }
    }
    units.len() - length
}

/// Longest stretch of Latin text in an Arabic line that is looked for.
const EMBEDDED_MAX_UNITS: usize = 1_000;

/// Brackets stand on the page as their mirror images.
fn mirrored(unit: &str) -> &str {
    match unit {
        "(" => ")",
        ")" => "(",
        "[" => "]",
        "]" => "[",
        "{" => "}",
        "}" => "{",
        "«" => "»",
        "»" => "«",
        "<" => ">",
        ">" => "<",
        other => other,
    }
}

/// How much the Arabic words of a line look like words.
fn likeness(line: &str) -> i32 {
    line.split_whitespace().take(WORDS_MAX).map(word_likeness).sum()
}

/// Words of one line that are weighed.
const WORDS_MAX: usize = 200;

/// Words that stand in every Arabic text, and are no words when read backwards.
const FREQUENT: [&str; 24] = [
    "في", "من", "على", "إلى", "الى", "عن", "أن", "إن", "التي", "الذي", "هذا", "هذه", "ذلك", "تم", "مع", "بين", "بعد",
    "قبل", "كل", "أو", "ثم", "قد", "غير", "كما",
];

fn word_likeness(word: &str) -> i32 {
    let letters: Vec<char> = word.chars().filter(|c| class_of(*c) == Class::RightToLeft).collect();
    let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return 0 };
    if letters.len() < 2 {
        return 0;
    }
    let mut likeness = match (shape(*first), shape(*last)) {
        (Some(first), Some(last)) => {
            2 * (i32::from(first.begins()) - i32::from(!first.begins()) + i32::from(last.ends())
                - i32::from(!last.ends()))
        }
        (_, _) => 0,
    };
    let mut plain = String::new();
    letters.iter().for_each(|c| push_letters(&mut plain, *c));
    let plain: String = plain.chars().filter(|c| c.is_alphabetic() && *c != 'ـ').collect();
    if FREQUENT.contains(&plain.as_str()) {
        likeness += 2;
    }
    if plain.ends_with(['ة', 'ى']) {
        likeness += 2;
    }
    if plain.starts_with(['ة', 'ى']) {
        likeness -= 2;
    }
    let bare = plain.strip_prefix(['و', 'ف', 'ب', 'ك']).unwrap_or(&plain);
    if plain.chars().count() > 3 && (plain.starts_with("ال") || bare.starts_with("ال") || plain.starts_with("لل"))
    {
        likeness += 1;
    }
    likeness
}

/// Where in a word a shape of a letter stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Isolated,
    Final,
    Initial,
    Medial,
}

impl Shape {
    fn begins(self) -> bool {
        match self {
            Self::Isolated | Self::Initial => true,
            Self::Final | Self::Medial => false,
        }
    }

    fn ends(self) -> bool {
        match self {
            Self::Isolated | Self::Final => true,
            Self::Initial | Self::Medial => false,
        }
    }
}

/// The shape of a letter in Arabic Presentation Forms-B, whose letters have two or four shapes each, in this order.
fn shape(c: char) -> Option<Shape> {
    /// First shapes of the letters with two, by Unicode's chart; all others have four but the hamza.
    const TWO: [u32; 16] = [
        0xFE81, 0xFE83, 0xFE85, 0xFE87, 0xFE8D, 0xFE93, 0xFEA9, 0xFEAB, 0xFEAD, 0xFEAF, 0xFEED, 0xFEEF, 0xFEF5, 0xFEF7,
        0xFEF9, 0xFEFB,
    ];
    const FOUR: [u32; 23] = [
        0xFE89, 0xFE8F, 0xFE95, 0xFE99, 0xFE9D, 0xFEA1, 0xFEA5, 0xFEB1, 0xFEB5, 0xFEB9, 0xFEBD, 0xFEC1, 0xFEC5, 0xFEC9,
        0xFECD, 0xFED1, 0xFED5, 0xFED9, 0xFEDD, 0xFEE1, 0xFEE5, 0xFEE9, 0xFEF1,
    ];
    let code = u32::from(c);
    let shapes = [Shape::Isolated, Shape::Final, Shape::Initial, Shape::Medial];
    if code == 0xFE80 {
        return Some(Shape::Isolated);
    }
    if let Some(first) = TWO.iter().find(|first| (**first..**first + 2).contains(&code)) {
        return shapes.get((code - first) as usize).copied();
    }
    let first = FOUR.iter().find(|first| (**first..**first + 4).contains(&code))?;
    shapes.get((code - first) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each character is a glyph of its own.
    fn units(line: &str) -> Units {
        line.chars().map(String::from).collect()
    }

    fn backwards(line: &str) -> String {
        line.chars().rev().collect()
    }

    #[track_caller]
    fn check(on_page: &str, read: &str) {
        assert_eq!(in_reading_order(vec![units(on_page)]), [read]);
    }

    #[test]
    fn lines_that_stand_from_left_to_right_are_turned() {
        for line in ["صدر تعميم الموازنة العامة", "في مدينة رام الله", "ﺍﻟﻤﻮﺍﺯﻧﺔ ﺍﻟﻌﺎﻣﺔ"]
        {
            check(&backwards(line), line);
        }
    }

    #[test]
    fn lines_that_stand_as_they_are_read_stay() {
        for line in ["صدر تعميم الموازنة العامة", "إلى جميع الوزارات", "ﺍﻟﻤﻮﺍﺯﻧﺔ ﺍﻟﻌﺎﻣﺔ", "Annual report 2026", ""]
        {
            check(line, line);
        }
    }

    #[test]
    fn numbers_and_latin_words_keep_their_order_in_a_line_that_is_turned() {
        check("2026 ماعل ةماعلا ةنزاوملا", "الموازنة العامة لعام 2026");
        check(
            ".2026/11/23 خيراتب (World Bank 2.0) عم ةقافتالا تعقو",
            "وقعت الاتفاقة مع (World Bank 2.0) بتاريخ 2026/11/23.",
        );
        check("٪٥٫٧ ةبسنب ٢٠٢٦ ةنزاوم", "موازنة ٢٠٢٦ بنسبة ٥٫٧٪");
    }

    #[test]
    fn arabic_words_in_a_latin_line_are_turned_by_themselves() {
        check("The general budget (ةماعلا ةنزاوملا) of 2026", "The general budget (الموازنة العامة) of 2026");
    }

    #[test]
    fn a_line_that_tells_nothing_follows_the_others() {
        let telling = "صدر تعميم الموازنة العامة إلى الوزارات";
        let lines = vec![units(&backwards(telling)), units("دمحم"), units("57")];
        assert_eq!(in_reading_order(lines), [telling, "محمد", "57"]);
        let lines = vec![units(telling), units("محمد")];
        assert_eq!(in_reading_order(lines), [telling, "محمد"]);
        check("دمحم", "محمد");
    }

    #[test]
    fn ligatures_keep_the_order_of_their_letters() {
        let line: Units = ["م", "لا", "س", "ل", "ا", " ", "ى", "ل", "إ"].map(str::to_owned).into();
        assert_eq!(in_reading_order(vec![line]), ["إلى السلام"]);
    }

    #[test]
    fn shapes_are_told_apart() {
        let begin: Vec<bool> = "ﺑﺒﺐﺏﻻﻼﺀ".chars().map(|c| shape(c).unwrap().begins()).collect();
        assert_eq!(begin, [true, false, false, true, true, false, true]);
        let end: Vec<bool> = "ﺑﺒﺐﺏﻻﻼﺀ".chars().map(|c| shape(c).unwrap().ends()).collect();
        assert_eq!(end, [false, false, true, true, true, true, true]);
        assert!(shape('ب').is_none());
        for code in 0xFE80..=0xFEFC {
            assert!(shape(char::from_u32(code).unwrap()).is_some(), "{code:X}");
        }
    }
}
