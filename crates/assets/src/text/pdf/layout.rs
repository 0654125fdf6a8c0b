//! From glyphs with their places to lines, and from lines to paragraphs.

use std::collections::HashMap;

use unicode_bidi::bidi_class;
use unicode_normalization::char::is_combining_mark;

use super::placed::Placed;
use crate::text::{
    bidi::{Direction, is_right_to_left, stand_in},
    order::{PageLine, Units, in_reading_order},
};

/// Glyphs of one line stand at the same height, but for marks, raised and lowered ones: within this share of their size.
const SAME_LINE: f64 = 0.4;
/// A gap of this share of the size parts words.
const WORD_GAP: f64 = 0.18;
/// Smallest gap between cells of a table, in font sizes; gaps in a justified line are smaller.
const CELL_GAP: f64 = 2.0;
/// The same where no space is drawn in the gap and its two sides are not drawn one after the other.
const DRAWN_APART_GAP: f64 = 0.35;
/// The same where a space is drawn in the gap.
const SPACED_APART_GAP: f64 = 1.0;
/// Largest distance, in points, between edges of lines that count as one edge.
const SAME_EDGE: f64 = 2.0;
/// No page is so wide, in steps of [`SAME_EDGE`].
const EDGE_MAX: f64 = 1e9;
/// Lines share an edge by chance too. One edge decides when this many times more lines share it than the other.
const CLEARLY_MORE: u32 = 4;
/// The same glyph again within this share of the size: it was drawn twice to look bold.
const DRAWN_TWICE: f64 = 0.06;
/// Lines of one paragraph stand no further apart than so many sizes.
const LINE_DISTANCE: f64 = 1.9;
/// Lines of one paragraph have sizes that differ no more than this.
const SAME_SIZE: f64 = 1.2;

/// Collects pages.
#[derive(Debug, Default)]
pub(super) struct Layout {
    lines: Vec<PageLine>,
    /// For each line whether it goes on with the paragraph of the one before.
    continues: Vec<bool>,
    bytes: usize,
}

/// Glyphs on one line.
#[derive(Debug)]
struct Line {
    glyphs: Vec<Placed>,
}

impl Layout {
    /// Adds what one page draws, in the order in which it is drawn.
    pub(super) fn add_page(&mut self, glyphs: Vec<Placed>) {
        let mut on_page: Vec<Line> = Vec::new();
        for mut line in lines_of(glyphs) {
            let page_line = line.read();
            if page_line.drawn.trim().is_empty() {
                continue;
            }
            self.bytes += page_line.drawn.len();
            let is_row = |cells: usize| cells > 1;
            let in_table =
                is_row(page_line.cells.len()) || self.lines.last().is_some_and(|last| is_row(last.cells.len()));
            self.continues.push(!in_table && on_page.last().is_some_and(|last| line.continues(last)));
            self.lines.push(page_line);
            on_page.push(line);
        }
        let first = self.lines.len() - on_page.len();
        let (lines, continues) = (&mut self.lines[first..], &self.continues[first..]);
        find_sides(lines, &on_page);
        find_paragraphs(lines, continues, &on_page);
    }

    /// How much text there is.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All lines in reading order; those of a paragraph are joined, with words that were parted at a line's end.
    pub(super) fn into_text(self) -> String {
        let Self { lines, continues, bytes } = self;
        let mut text = String::with_capacity(bytes + lines.len());
        for (line, continues) in in_reading_order(&lines).iter().zip(continues) {
            let line = line.trim();
            if text.is_empty() {
                text.push_str(line);
                continue;
            }
            if !continues {
                text.push('\n');
            } else if is_parted(&text, line) {
                text.pop();
            } else if !is_broken(&text, line) {
                text.push(' ');
            }
            text.push_str(line);
        }
        text
    }
}

/// Whether a word was parted: a hyphen behind a Latin letter, and a small letter on the next line.
fn is_parted(text: &str, line: &str) -> bool {
    let mut before = text.chars().rev();
    let hyphen = matches!(before.next(), Some('-' | '\u{AD}' | '\u{2010}'));
    hyphen && before.next().is_some_and(char::is_alphabetic) && line.starts_with(char::is_lowercase)
}

/// Says of each line whether it begins or ends at the edge of others, while its other edge is its own.
fn find_sides(lines: &mut [PageLine], on_page: &[Line]) {
    let edge = |at: f64| (at / SAME_EDGE).round().clamp(-EDGE_MAX, EDGE_MAX) as i64;
    let mut starts: HashMap<i64, u32> = HashMap::new();
    let mut ends: HashMap<i64, u32> = HashMap::new();
    let edges: Vec<(i64, i64)> = on_page.iter().map(|line| (edge(line.start()), edge(line.end()))).collect();
    for (start, end) in &edges {
        *starts.entry(*start).or_default() += 1;
        *ends.entry(*end).or_default() += 1;
    }
    let others = |edges: &HashMap<i64, u32>, edge: i64| {
        (edge - 1..=edge + 1).map(|near| edges.get(&near).copied().unwrap_or_default()).sum::<u32>() - 1
    };
    for (line, (start, end)) in lines.iter_mut().zip(edges) {
        line.side = match (others(&starts, start), others(&ends, end)) {
            (starts, ends @ 2..) if ends > starts * CLEARLY_MORE => Some(Direction::RightToLeft),
            (starts @ 2.., ends) if starts > ends * CLEARLY_MORE => Some(Direction::LeftToRight),
            (_, _) => None,
        };
    }
}

/// Says of each line whether a paragraph begins with it: the line before had room for its first word.
fn find_paragraphs(lines: &mut [PageLine], continues: &[bool], on_page: &[Line]) {
    let mut from = 0;
    while from < on_page.len() {
        let length =
            continues[from + 1..].iter().position(|goes_on| !goes_on).map_or(on_page.len() - from, |at| at + 1);
        let block = &on_page[from..from + length];
        let mut widths: Vec<f64> = block.iter().map(Line::width).collect();
        widths.sort_by(f64::total_cmp);
        // The longest lines may reach out of the paragraph, as addresses do that cannot be broken.
        let width = widths[widths.len() * 3 / 4];
        for (number, line) in block.iter().enumerate() {
            let room = number.checked_sub(1).map_or(f64::INFINITY, |last| width - block[last].width());
            lines[from + number].begins = room > line.first_word() + line.glyphs[0].size * WORD_GAP;
        }
        from += length;
    }
}

/// Whether a number or an address was broken behind one of its signs.
fn is_broken(text: &str, line: &str) -> bool {
    let (Some(sign), Some(next)) = (text.chars().next_back(), line.chars().next()) else { return false };
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let is_address = word.contains("://") || word.starts_with("www.");
    let joins_address = is_address && matches!(sign, '/' | '?' | '&' | '=' | '-' | '_' | '%');
    let ends_number = word.chars().rev().nth(1).is_some_and(char::is_numeric);
    let joins_number = ends_number && matches!(sign, '-' | '\u{2010}' | '–' | '/');
    joins_number && next.is_numeric() || joins_address && next.is_ascii_alphanumeric()
}

/// What is drawn one after the other at one height is a line.
fn lines_of(glyphs: Vec<Placed>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for glyph in glyphs {
        match lines.last_mut() {
            Some(line) if line.holds(&glyph) => line.glyphs.push(glyph),
            Some(_) | None => lines.push(Line { glyphs: vec![glyph] }),
        }
    }
    lines
}

impl Line {
    fn holds(&self, glyph: &Placed) -> bool {
        let Some(last) = self.glyphs.last() else { return false };
        let reach = last.size.max(glyph.size) * SAME_LINE;
        last.runs_like(glyph) && (last.height - glyph.height).abs() < reach
    }

    /// Whether this line goes on with the paragraph that another one ends with.
    fn continues(&self, other: &Self) -> bool {
        let (Some(own), Some(before)) = (self.glyphs.first(), other.glyphs.first()) else { return false };
        let (smaller, larger) = (own.size.min(before.size), own.size.max(before.size));
        let down = before.height - own.height;
        let over_each_other = self.start() < other.end() && other.start() < self.end();
        own.runs_like(before)
            && larger < smaller * SAME_SIZE
            && down > 0.0
            && down < larger * LINE_DISTANCE
            && over_each_other
    }

    fn width(&self) -> f64 {
        self.end() - self.start()
    }

    fn start(&self) -> f64 {
        self.glyphs.iter().map(|glyph| glyph.start).fold(f64::INFINITY, f64::min)
    }

    fn end(&self) -> f64 {
        self.glyphs.iter().map(|glyph| glyph.end).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Its text from left to right, with spaces where there are gaps, and in the order in which it is drawn.
    fn read(&mut self) -> PageLine {
        self.join_marks();
        let drawn = self.drawn();
        let mut shown: Vec<(usize, Placed)> = std::mem::take(&mut self.glyphs).into_iter().enumerate().collect();
        shown.sort_by(|(_, one), (_, other)| one.start.total_cmp(&other.start));
        let mut cells = Vec::new();
        let mut units: Units = Vec::with_capacity(shown.len());
        // The last glyph, and the last one that is no space.
        let (mut last, mut last_inked): (Option<&Placed>, Option<usize>) = (None, None);
        let (mut reach, mut spaces) = (f64::NEG_INFINITY, 0);
        for (number, glyph) in &shown {
            let Placed { text, direction: _, start, end, height: _, size } = glyph;
            if last.is_some_and(|last| last.text == *text && start - last.start < size * DRAWN_TWICE) {
                continue;
            }
            last = Some(glyph);
            if glyph.is_space() {
                spaces += 1;
                units.push(text.clone());
                continue;
            }
            let in_a_row = last_inked.is_none_or(|last| last.abs_diff(*number) <= spaces + 1);
            let gap = start - reach;
            let drawn_apart = !in_a_row && gap > size * if spaces == 0 { DRAWN_APART_GAP } else { SPACED_APART_GAP };
            if gap > size * CELL_GAP || drawn_apart {
                cells.push(std::mem::take(&mut units));
            } else if spaces == 0 && gap > size * WORD_GAP {
                units.push(" ".to_owned());
            }
            if !text.is_empty() {
                units.push(text.clone());
            }
            (last_inked, spaces) = (Some(*number), 0);
            reach = reach.max(*end);
        }
        cells.push(units);
        cells.iter_mut().for_each(trim);
        cells.retain(|cell| !cell.is_empty());
        self.glyphs = shown.into_iter().map(|(_, glyph)| glyph).collect();
        PageLine { cells, drawn, begins: true, side: None }
    }

    /// Its text in the order in which it is drawn, with spaces where there are gaps and jumps.
    fn drawn(&self) -> String {
        let mut drawn = String::new();
        let mut last: Option<&Placed> = None;
        for glyph in &self.glyphs {
            let twice =
                |last: &Placed| last.text == glyph.text && (glyph.start - last.start).abs() < glyph.size * DRAWN_TWICE;
            if last.is_some_and(twice) {
                continue;
            }
            let apart = |last: &Placed| {
                (glyph.start - last.end).abs().min((last.start - glyph.end).abs()) > glyph.size * WORD_GAP
            };
            if last.is_some_and(apart) {
                drawn.push(' ');
            }
            drawn.push_str(&glyph.text);
            last = Some(glyph);
        }
        drawn
    }

    /// Marks belong to a letter. Glyphs of Arabic that are drawn from left to right have the marks of a letter before it,
    /// all others after it.
    fn join_marks(&mut self) {
        let is_mark = |glyph: &Placed| !glyph.text.is_empty() && glyph.text.chars().all(is_combining_mark);
        if !self.glyphs.iter().any(is_mark) {
            return;
        }
        let mut letters: Vec<Placed> = Vec::with_capacity(self.glyphs.len());
        // Each with the number of letters that are drawn before it.
        let mut marks: Vec<(Placed, usize)> = Vec::new();
        for glyph in std::mem::take(&mut self.glyphs) {
            match is_mark(&glyph) {
                true => marks.push((glyph, letters.len())),
                false => letters.push(glyph),
            }
        }
        let mut of_letter: HashMap<usize, String> = HashMap::new();
        for (mark, before) in marks {
            let last = before.checked_sub(1).and_then(|place| letters.get(place));
            let next = letters.get(before);
            let is_arabic = |letter: &Placed| is_right_to_left(bidi_class(stand_in(&letter.text)));
            let is_near = |letter: &Placed| (letter.start - mark.end).max(mark.start - letter.end) < mark.size;
            let is_of_next = match (last, next) {
                (Some(last), Some(next)) if !is_arabic(last) || !is_near(last) => is_arabic(next) && is_near(next),
                (Some(last), Some(next)) => is_arabic(next) && is_near(next) && last.start < next.start,
                (None, next) => next.is_some(),
                (Some(_), None) => false,
            };
            let place = if is_of_next { before } else { before.saturating_sub(1) };
            let Some(letter) = letters.get_mut(place) else { continue };
            if mark.end > mark.start {
                (letter.start, letter.end) = (letter.start.min(mark.start), letter.end.max(mark.end));
            }
            let of_letter = of_letter.entry(place).or_default();
            // The shadda is typed before the vowel over it.
            if mark.text == SHADDA { of_letter.insert_str(0, SHADDA) } else { of_letter.push_str(&mark.text) }
        }
        for (place, marks) in of_letter {
            letters[place].text.push_str(&marks);
        }
        self.glyphs = letters;
    }

    /// How long its first word is: the longer one of those at its ends.
    fn first_word(&self) -> f64 {
        let mut words: Vec<(f64, f64)> = Vec::new();
        for glyph in self.glyphs.iter().filter(|glyph| !glyph.is_space()) {
            match words.last_mut() {
                Some((_, end)) if glyph.start - *end <= glyph.size * WORD_GAP => *end = end.max(glyph.end),
                Some(_) | None => words.push((glyph.start, glyph.end)),
            }
        }
        let length = |word: Option<&(f64, f64)>| word.map_or(0.0, |(start, end)| end - start);
        length(words.first()).max(length(words.last()))
    }
}

const SHADDA: &str = "\u{651}";

/// Takes spaces away from the ends of a cell.
fn trim(units: &mut Units) {
    let blank = |unit: &String| unit.trim().is_empty();
    let last = units.iter().rposition(|unit| !blank(unit)).map_or(0, |last| last + 1);
    units.truncate(last);
    units.drain(..units.iter().take_while(|unit| blank(unit)).count());
}

/// The letters of an agreed text in place of the glyphs that draw it: one glyph over all of their places, at the height of
/// the widest, since the others may be marks.
pub(super) fn replace(glyphs: Vec<Placed>, text: String) -> Option<Placed> {
    let width = |glyph: &Placed| glyph.end - glyph.start;
    let widest = |one: Placed, other: Placed| if width(&other) > width(&one) { other } else { one };
    let mut whole = glyphs.iter().cloned().reduce(widest)?;
    for glyph in glyphs.into_iter().filter(|glyph| width(glyph) > 0.0) {
        if whole.runs_like(&glyph) && (whole.height - glyph.height).abs() < whole.size * SAME_LINE {
            whole.start = whole.start.min(glyph.start);
            whole.end = whole.end.max(glyph.end);
        }
    }
    whole.text = text;
    (!whole.text.is_empty()).then_some(whole)
}
