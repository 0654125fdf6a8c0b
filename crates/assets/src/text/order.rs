//! Lines of a page in the order in which they are read.
//!
//! A page knows where glyphs are, and an Arabic line runs there from right to left, with numbers and Latin words from left
//! to right inside it. So a line is first taken as it is shown, from left to right, and then inverted (`bidi.rs`). For that
//! the direction of its paragraph must be known (`direction.rs`), and which bracket of a pair the PDF names.
//!
//! Some programs place letters in the order in which they are read all the same (texts laid over a scan, tables set by
//! machines). Which of the two a line is shows in its words: shapes that begin or end words, letters that only end words,
//! the article, words that are in every text. Where a line tells nothing, the other lines of the file do.

use unicode_bidi::bidi_class;

use super::{
    bidi::{BRACKET, Context, Direction, invert, is_letter, is_number, is_right_to_left, stand_in},
    brackets::{Brackets, bracket_faults, mirrored},
    direction::{Leaning, leaning_of},
    tidy::push_letters,
};

/// What is on a line or in a cell from left to right: texts of single glyphs or of ligatures, spaces among them.
pub(super) type Units = Vec<String>;

/// A line of a page.
#[derive(Debug, Default)]
pub(super) struct PageLine {
    /// Its parts between wide gaps, as the cells of a table have them, from left to right.
    pub(super) cells: Vec<Units>,
    /// The same text in the order in which it is drawn.
    pub(super) drawn: String,
    /// Whether a paragraph begins with it.
    pub(super) begins: bool,
    /// The edge at which other lines of the page begin or end too, if the other edge is its own.
    pub(super) side: Option<Direction>,
}

/// A line by itself is believed from so much evidence on.
const SURE: i32 = 3;
/// The same when the other lines of the file say otherwise by far.
const SURE_AGAINST_ALL: i32 = 8;

/// A line both ways.
struct Line {
    as_is: String,
    turned: String,
    /// How much more its words look like words when it is turned.
    for_turning: i32,
}

/// Every line in reading order.
pub(super) fn in_reading_order(lines: &[PageLine]) -> Vec<String> {
    let of_file = Leaning::of_file(lines);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut from = 0;
    while from < lines.len() {
        let length = lines[from + 1..].iter().position(|line| line.begins).map_or(lines.len() - from, |next| next + 1);
        paragraphs.push(Paragraph::read(&lines[from..from + length], &of_file));
        from += length;
    }
    // Each writer of PDFs names brackets in one way.
    let of_way = |way: usize| paragraphs.iter().map(|Paragraph(ways)| ways[way].faults).sum::<usize>();
    let of_ways: [usize; WAYS] = std::array::from_fn(of_way);
    let turned = paragraphs.into_iter().flat_map(|Paragraph(ways)| {
        let best = ways.into_iter().zip(of_ways).min_by_key(|(read, of_way)| (read.faults, *of_way));
        best.map(|(read, _)| read.lines).unwrap_or_default()
    });
    let both: Vec<Line> = lines.iter().zip(turned).map(|(line, turned)| Line::new(line, turned)).collect();
    let of_all: i32 = both.iter().map(|line| line.for_turning).sum();
    let chosen = both.into_iter().map(|line| {
        let outvoted = of_all.signum() != line.for_turning.signum() && of_all.abs() > 10 * SURE_AGAINST_ALL;
        let sure = line.for_turning.abs() >= if outvoted { SURE_AGAINST_ALL } else { SURE };
        let evidence = if sure || of_all == 0 { line.for_turning } else { of_all };
        if evidence < 0 { line.as_is } else { line.turned }
    });
    chosen.collect()
}

/// What brackets may mean.
const WAYS: usize = Brackets::ALL.len();

/// A paragraph in reading order, for each of the ways in which brackets may be meant.
struct Paragraph([Read; WAYS]);

/// Lines of a paragraph, and how much in them cannot be.
#[derive(Clone)]
struct Read {
    lines: Vec<String>,
    faults: usize,
}

impl Paragraph {
    fn read(lines: &[PageLine], of_file: &Leaning) -> Self {
        let leaning = lines.iter().fold(Leaning::default(), |sum, line| sum.with(&leaning_of(&line.cells, line.side)));
        let direction = leaning.direction(of_file);
        let read = |brackets| Read::new(lines, direction, of_file, brackets);
        let is_bracket = |unit: &String| mirrored(unit).is_some();
        let has_brackets = lines.iter().flat_map(|line| &line.cells).flatten().any(is_bracket);
        if has_brackets {
            return Self(Brackets::ALL.map(read));
        }
        let read = read(Brackets::AsShown);
        Self(std::array::from_fn(|_| read.clone()))
    }
}

impl Read {
    fn new(lines: &[PageLine], direction: Direction, of_file: &Leaning, brackets: Brackets) -> Self {
        let mut read = Self { lines: Vec::with_capacity(lines.len()), faults: 0 };
        let mut before = None;
        for (number, line) in lines.iter().enumerate() {
            let after = lines.get(number + 1).and_then(|next| first_shown(next, direction));
            let is_row = line.cells.len() > 1;
            let mut cells = Vec::with_capacity(line.cells.len());
            for cell in &line.cells {
                // Cells are paragraphs of their own.
                let inverted = if is_row {
                    let direction = leaning_of(std::slice::from_ref(cell), None).direction(of_file);
                    invert(cell, direction, brackets, Context::default())
                } else {
                    invert(cell, direction, brackets, Context { before, after })
                };
                read.faults += inverted.oddity;
                before = inverted.last.or(before);
                cells.push(inverted.text);
            }
            if direction == Direction::RightToLeft {
                cells.reverse();
            }
            read.lines.push(cells.join(" "));
        }
        // Partners may be on different lines.
        read.faults += BRACKET * bracket_faults(&read.lines.join("\n"));
        read
    }
}

/// The letter or digit with which a line begins in its direction.
fn first_shown(line: &PageLine, direction: Direction) -> Option<char> {
    let directed = |c: &char| is_letter(*c) || is_number(bidi_class(*c));
    let mut shown = line.cells.iter().flatten().map(|unit| stand_in(unit));
    match direction {
        Direction::RightToLeft => shown.rev().find(directed),
        Direction::LeftToRight => shown.find(directed),
    }
}

impl Line {
    fn new(line: &PageLine, turned: String) -> Self {
        let has_arabic = line.cells.iter().flatten().any(|unit| is_right_to_left(bidi_class(stand_in(unit))));
        if !has_arabic {
            return Self { as_is: turned.clone(), turned, for_turning: 0 };
        }
        let shown: Vec<String> = line.cells.iter().map(|cell| cell.concat()).collect();
        let for_turning = likeness(&turned) - likeness(&shown.join(" "));
        Self { as_is: line.drawn.clone(), turned, for_turning }
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
    let letters: Vec<char> = word.chars().filter(|c| is_right_to_left(bidi_class(*c))).collect();
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

    /// Each line is a paragraph of its own.
    fn read(lines: Vec<Units>) -> Vec<String> {
        let line = |units: Units| PageLine { drawn: units.concat(), cells: vec![units], begins: true, side: None };
        in_reading_order(&lines.into_iter().map(line).collect::<Vec<PageLine>>())
    }

    fn backwards(line: &str) -> String {
        line.chars().rev().collect()
    }

    #[track_caller]
    fn check(on_page: &str, text: &str) {
        assert_eq!(read(vec![units(on_page)]), [text]);
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
        assert_eq!(read(lines), [telling, "محمد", "57"]);
        let lines = vec![units(telling), units("محمد")];
        assert_eq!(read(lines), [telling, "محمد"]);
        check("دمحم", "محمد");
    }

    #[test]
    fn ligatures_keep_the_order_of_their_letters() {
        let line: Units = ["م", "لا", "س", "ل", "ا", " ", "ى", "ل", "إ"].map(str::to_owned).into();
        assert_eq!(read(vec![line]), ["إلى السلام"]);
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
