//! From glyphs with their places to lines, and from lines to paragraphs.

use super::placed::Placed;
use crate::text::order::{Units, in_reading_order};

/// Glyphs of one line stand at the same height, but for marks, raised and lowered ones: within this share of their size.
const SAME_LINE: f64 = 0.4;
/// A gap of this share of the size parts words.
const WORD_GAP: f64 = 0.18;
/// The same glyph again within this share of the size: it was drawn twice to look bold.
const DRAWN_TWICE: f64 = 0.06;
/// Lines of one paragraph stand no further apart than so many sizes.
const LINE_DISTANCE: f64 = 1.9;
/// Lines of one paragraph have sizes that differ no more than this.
const SAME_SIZE: f64 = 1.2;

/// Collects pages.
#[derive(Debug, Default)]
pub(super) struct Layout {
    lines: Vec<Units>,
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
        let mut last: Option<Line> = None;
        for mut line in lines_of(glyphs) {
            let continues = last.as_ref().is_some_and(|last| line.continues(last));
            let units = line.units();
            if units.iter().all(|unit| unit.trim().is_empty()) {
                continue;
            }
            self.bytes += units.iter().map(String::len).sum::<usize>();
            self.lines.push(units);
            self.continues.push(continues);
            last = Some(line);
        }
    }

    /// How much text there is.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// All lines in reading order; those of a paragraph are joined, with words that were parted at a line's end.
    pub(super) fn into_text(self) -> String {
        let Self { lines, continues, bytes } = self;
        let mut text = String::with_capacity(bytes + lines.len());
        for (line, continues) in in_reading_order(lines).iter().zip(continues) {
            let line = line.trim();
            if text.is_empty() {
                text.push_str(line);
                continue;
            }
            if !continues {
                text.push('\n');
            } else if is_parted(&text, line) {
                text.pop();
            } else {
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

    fn start(&self) -> f64 {
        self.glyphs.iter().map(|glyph| glyph.start).fold(f64::INFINITY, f64::min)
    }

    fn end(&self) -> f64 {
        self.glyphs.iter().map(|glyph| glyph.end).fold(f64::NEG_INFINITY, f64::max)
    }

    /// What stands from left to right, with spaces where there are gaps.
    fn units(&mut self) -> Units {
        self.glyphs.sort_by(|one, other| one.start.total_cmp(&other.start));
        let mut units: Units = Vec::with_capacity(self.glyphs.len());
        let mut last: Option<(&str, f64)> = None;
        let mut reach = f64::NEG_INFINITY;
        for Placed { text, direction: _, start, end, height: _, size } in &self.glyphs {
            if last.is_some_and(|(before, at)| before == text && start - at < size * DRAWN_TWICE) {
                continue;
            }
            let spaced = text.trim().is_empty() || last.is_none_or(|(before, _)| before.trim().is_empty());
            if !spaced && start - reach > size * WORD_GAP {
                units.push(" ".to_owned());
            }
            units.push(text.clone());
            last = Some((text, *start));
            reach = reach.max(*end);
        }
        units
    }
}

/// The letters of an agreed text in place of the glyphs that draw it: one glyph over all of their places.
pub(super) fn replace(glyphs: Vec<Placed>, text: String) -> Option<Placed> {
    let mut glyphs = glyphs.into_iter();
    let mut whole = glyphs.next()?;
    for glyph in glyphs {
        if whole.runs_like(&glyph) && (whole.height - glyph.height).abs() < whole.size * SAME_LINE {
            whole.start = whole.start.min(glyph.start);
            whole.end = whole.end.max(glyph.end);
        }
    }
    whole.text = text;
    (!whole.text.is_empty()).then_some(whole)
}
