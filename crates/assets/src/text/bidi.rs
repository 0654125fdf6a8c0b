//! From the order in which a line is shown to the order in which it is read: the Unicode bidirectional algorithm
//! (UAX #9) inverted.
//!
//! The algorithm gives each character of a text a level, and the levels decide the order on the page. So the inverse
//! looks for levels whose text, set by the algorithm, looks like the line. A guess gives a text, the text its true levels,
//! and these are the next guess, until nothing changes.
//!
//! Several texts may look the same: `World Bank 2026` after Arabic words may have been typed as `2026 World Bank`. The
//! first guess then decides, so the more usual text is tried first. Brackets must match in what is read.

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

use super::{
    brackets::{Brackets, bracket_faults, mirrored},
    numbers::shown_as_read,
};

/// Direction of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    RightToLeft,
    LeftToRight,
}

impl Direction {
    fn level(self) -> Level {
        match self {
            Self::RightToLeft => Level::rtl(),
            Self::LeftToRight => Level::ltr(),
        }
    }
}

/// The lines around a line in its paragraph, as far as they change its order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// The last letter that has a direction before the line.
    pub(super) before: Option<char>,
    /// The first letter or digit after it.
    pub(super) after: Option<char>,
}

/// A line in reading order.
#[derive(Debug)]
pub(super) struct Inverted {
    /// The text.
    pub(super) text: String,
    /// Its last letter that has a direction.
    pub(super) last: Option<char>,
    /// How unlikely it is, apart from its brackets.
    pub(super) oddity: usize,
}

/// Guesses in a row before a line is taken as it is guessed.
const ROUNDS_MAX: usize = 6;

/// Longest line whose order is looked for; longer ones are read by the first guess.
const UNITS_MAX: usize = 2_000;

/// A line with everything that is known of it.
struct ShownLine<'a> {
    units: &'a [String],
    /// The character by which the algorithm knows each unit.
    stand_ins: Vec<char>,
    direction: Direction,
    brackets: Brackets,
    /// Whether brackets in pairs have one direction.
    in_pairs: bool,
    context: Context,
}

/// Reads one line whose units, glyphs or ligatures, are given from left to right.
pub(super) fn invert(units: &[String], direction: Direction, brackets: Brackets, context: Context) -> Inverted {
    let mut stand_ins: Vec<char> = units.iter().map(|unit| stand_in(unit)).collect();
    for number in shown_as_read(&stand_ins) {
        stand_ins[number].fill('a');
    }
    let has_brackets = stand_ins.iter().any(|c| is_bracket(*c));
    let mut line = ShownLine { units, stand_ins, direction, brackets, in_pairs: true, context };
    let (usual, strict) = (line.usual_levels(), vec![direction.level(); units.len()]);
    let mut best: Option<(usize, Inverted)> = None;
    // Programs that follow the algorithm as it was before Unicode 6.3 know no pairs of brackets.
    let guesses = [(&usual, true, 0), (&usual, false, 0), (&strict, true, UNUSUAL), (&strict, false, UNUSUAL)];
    for (guess, in_pairs, unusual) in guesses {
        if !in_pairs && !has_brackets {
            continue;
        }
        line.in_pairs = in_pairs;
        let mut read = line.text(&line.settle(guess.clone()));
        read.oddity += unusual;
        let faults = read.oddity + BRACKET * bracket_faults(&read.text);
        if faults == 0 {
            return read;
        }
        if best.as_ref().is_none_or(|(least, _)| faults < *least) {
            best = Some((faults, read));
        }
    }
    best.map_or_else(|| Inverted { text: units.concat(), last: None, oddity: 0 }, |(_, read)| read)
}

/// Levels at each place from left to right, and whether the algorithm gives them to their text.
struct Levels {
    levels: Vec<Level>,
    agree: bool,
}

impl ShownLine<'_> {
    /// From a guess to levels that agree with the algorithm, if such are found.
    fn settle(&self, guess: Vec<Level>) -> Levels {
        let first = guess.clone();
        let mut levels = guess;
        if levels.len() > UNITS_MAX {
            return Levels { levels, agree: true };
        }
        for _ in 0..ROUNDS_MAX {
            let order = BidiInfo::reorder_visual(&levels);
            let resolved = self.resolve(&order, &levels);
            let shown = BidiInfo::reorder_visual(&resolved);
            let agree = shown.iter().enumerate().all(|(place, read)| order[*read] == place);
            let mut next = levels.clone();
            for (read, place) in order.iter().enumerate() {
                next[*place] = resolved[read];
            }
            if agree && next == levels {
                return Levels { levels, agree };
            }
            levels = next;
        }
        Levels { levels: first, agree: false }
    }

    /// The levels that the algorithm gives to the units in this order.
    fn resolve(&self, order: &[usize], levels: &[Level]) -> Vec<Level> {
        let mut text = String::with_capacity(order.len() * 2 + 8);
        text.extend(self.context.before);
        text.extend(self.context.before.map(|_| ' '));
        let mut places = Vec::with_capacity(order.len());
        for place in order {
            places.push(text.len());
            let c = self.stand_ins[*place];
            let c = if self.in_pairs { self.brackets.read(c, levels[*place].is_rtl()) } else { without_partner(c) };
            text.push(c);
        }
        text.extend(self.context.after.map(|_| ' '));
        text.extend(self.context.after);
        let resolved = BidiInfo::new(&text, Some(self.direction.level())).levels;
        places.iter().map(|place| resolved[*place]).collect()
    }

    fn text(&self, Levels { levels, agree }: &Levels) -> Inverted {
        let order = BidiInfo::reorder_visual(levels);
        let mut text = String::with_capacity(self.units.iter().map(String::len).sum());
        for place in &order {
            let unit = &self.units[*place];
            let is_turned = self.brackets.is_turned(levels[*place].is_rtl());
            match mirrored(unit).filter(|_| is_turned) {
                Some(image) => text.push(image),
                None => text.push_str(unit),
            }
        }
        let letter = |place: &&usize| is_letter(self.stand_ins[**place]);
        let last = order.iter().rev().find(letter).map(|place| self.stand_ins[*place]);
        Inverted { text, last, oddity: if *agree { 0 } else { DISAGREEMENT } }
    }

    /// The levels of the usual text: foreign words hold together with the numbers and brackets among them.
    fn usual_levels(&self) -> Vec<Level> {
        let base = self.direction.level();
        let mut levels = vec![base; self.units.len()];
        let mut from = 0;
        while let Some(start) = self.next(from, |class| self.is_foreign(class)) {
            let end = self.next(start, |class| self.is_native(class)).unwrap_or(self.units.len());
            let (start, last) = self.joined(start, end, from);
            let (start, after) = self.with_brackets(start, last + 1, from);
            for (place, level) in levels[start..after].iter_mut().enumerate() {
                // Numbers among Arabic words in a Latin line are read from the left all the same.
                let is_number = base.is_ltr() && self.is_in_number(start + place);
                *level = Level::new(base.number() + if is_number { 2 } else { 1 }).unwrap_or(base);
            }
            from = after;
        }
        if base.is_rtl() {
            for (place, level) in levels.iter_mut().enumerate() {
                if *level == base && self.is_in_number(place) {
                    *level = Level::new(base.number() + 1).unwrap_or(base);
                }
            }
        }
        levels
    }

    /// Foreign words from `start` on, before `end`, with the numbers that belong to them: first and last place. Numbers are
    /// read from the left, so Latin words have theirs at the right; Arabic words at the left, where a Latin line has its
    /// own, so only those in brackets are taken.
    fn joined(&self, start: usize, end: usize, least: usize) -> (usize, usize) {
        let last = |wanted: &dyn Fn(BidiClass) -> bool| {
            (start..end).rev().find(|place| wanted(self.class(*place))).unwrap_or(start)
        };
        match self.direction {
            Direction::RightToLeft => {
                let last = last(&|class| self.is_foreign(class) || is_number(class));
                (start, if start == 0 && self.goes_on_after(last) { last + 1 } else { last })
            }
            Direction::LeftToRight => {
                let before = &self.stand_ins[least..start];
                let is_inside = |c: &char| !is_letter(*c) && !is_bracket(*c);
                let inside = before.iter().rev().take_while(|c| is_inside(c)).count();
                let has_number = before[before.len() - inside..].iter().any(|c| is_number(bidi_class(*c)));
                let opens = before.len().checked_sub(inside + 1).is_some_and(|place| !is_letter(before[place]));
                (if has_number && opens { start - inside } else { start }, last(&|class| self.is_foreign(class)))
            }
        }
    }

    /// Whether an address that ends here with one of its signs goes on in the next line.
    fn goes_on_after(&self, last: usize) -> bool {
        let next_is_latin = self.context.after.is_some_and(|c| bidi_class(c) == BidiClass::L);
        next_is_latin
            && matches!(self.stand_ins.get(last + 1), Some('/' | '?' | '&' | '=' | '-' | '_' | '%' | '.' | ':'))
    }

    /// A stretch with the brackets at its edges whose partners are in it.
    fn with_brackets(&self, start: usize, end: usize, least: usize) -> (usize, usize) {
        let (mut opened, mut closed) = (0_usize, 0_usize);
        let read = |c: &char| self.brackets.read(*c, self.direction == Direction::LeftToRight);
        for c in self.stand_ins[start..end].iter().map(read) {
            match c {
                '(' | '[' | '{' | '«' => opened += 1,
                ')' | ']' | '}' | '»' if opened > 0 => opened -= 1,
                ')' | ']' | '}' | '»' => closed += 1,
                _ => {}
            }
        }
        let (mut start, mut end) = (start, end);
        while opened > 0 && matches!(self.stand_ins.get(end).map(read), Some(')' | ']' | '}' | '»')) {
            (opened, end) = (opened - 1, end + 1);
        }
        while closed > 0 && start > least && matches!(read(&self.stand_ins[start - 1]), '(' | '[' | '{' | '«') {
            (closed, start) = (closed - 1, start - 1);
        }
        (start, end)
    }

    /// Whether a digit, or a sign between two digits that joins them, is at this place.
    fn is_in_number(&self, place: usize) -> bool {
        let is_digit = |place: Option<usize>| {
            place.and_then(|place| self.stand_ins.get(place)).is_some_and(|c| is_number(bidi_class(*c)))
        };
        let joins = self.class(place) == BidiClass::CS;
        is_number(self.class(place)) || joins && is_digit(place.checked_sub(1)) && is_digit(Some(place + 1))
    }

    fn class(&self, place: usize) -> BidiClass {
        bidi_class(self.stand_ins[place])
    }

    fn next(&self, from: usize, wanted: impl Fn(BidiClass) -> bool) -> Option<usize> {
        (from..self.units.len()).find(|place| wanted(self.class(*place)))
    }

    /// Whether letters of this class run against the line.
    fn is_foreign(&self, class: BidiClass) -> bool {
        match self.direction {
            Direction::RightToLeft => class == BidiClass::L,
            Direction::LeftToRight => is_right_to_left(class),
        }
    }

    fn is_native(&self, class: BidiClass) -> bool {
        match self.direction {
            Direction::RightToLeft => is_right_to_left(class),
            Direction::LeftToRight => class == BidiClass::L,
        }
    }
}

/// How bad it is that a text is not the usual one of those that look like the line.
const UNUSUAL: usize = 1;
/// How bad a text is that the algorithm would show differently.
const DISAGREEMENT: usize = 2;
/// How bad a bracket without a partner is: worse, since not every program follows the algorithm.
pub(super) const BRACKET: usize = 4;

fn is_bracket(c: char) -> bool {
    without_partner(c) != c
}

/// A sign like a bracket that belongs to no pair.
fn without_partner(c: char) -> char {
    match c {
        '(' | ')' | '[' | ']' | '{' | '}' => '*',
        other => other,
    }
}

/// The character by which the algorithm knows a unit: its first letter or digit, else its first character.
pub(super) fn stand_in(unit: &str) -> char {
    let directed = |c: &char| is_letter(*c) || is_number(bidi_class(*c));
    let c = unit.chars().find(directed).or_else(|| unit.chars().next()).unwrap_or(' ');
    match bidi_class(c) {
        BidiClass::AL
        | BidiClass::AN
        | BidiClass::CS
        | BidiClass::EN
        | BidiClass::ES
        | BidiClass::ET
        | BidiClass::L
        | BidiClass::NSM
        | BidiClass::ON
        | BidiClass::R
        | BidiClass::S
        | BidiClass::WS => c,
        // What ends paragraphs or changes directions is no more than a sign on a page.
        BidiClass::B
        | BidiClass::BN
        | BidiClass::FSI
        | BidiClass::LRE
        | BidiClass::LRI
        | BidiClass::LRO
        | BidiClass::PDF
        | BidiClass::PDI
        | BidiClass::RLE
        | BidiClass::RLI
        | BidiClass::RLO => '\u{FFFC}',
    }
}

/// Whether a character has a direction by itself.
pub(super) fn is_letter(c: char) -> bool {
    let class = bidi_class(c);
    class == BidiClass::L || is_right_to_left(class)
}

pub(super) fn is_right_to_left(class: BidiClass) -> bool {
    matches!(class, BidiClass::R | BidiClass::AL)
}

/// Digits of any kind.
pub(super) fn is_number(class: BidiClass) -> bool {
    matches!(class, BidiClass::EN | BidiClass::AN)
}

#[cfg(test)]
pub(super) mod tests;
