//! Which parts of texts are shown, as HTML: short ones with most of the words that were found.

use std::{cmp::Reverse, collections::HashMap};

use diwan_arabic::Token;

use super::highlight::MarkedText;
use crate::api::FRAGMENTS_MAX;

/// About how long a fragment is.
pub(super) const FRAGMENT_CHARS: usize = 200;
/// Shorter parts of a longer text are not shown.
const FRAGMENT_MIN_CHARS: usize = 60;

/// A word of a text that is marked, and the query's word that it stands for.
pub(super) struct Mark {
    pub(super) token: usize,
    pub(super) word: usize,
}

/// Part of a text around marked words.
struct Window {
    from: usize,
    to: usize,
    words: usize,
    marks: usize,
}

/// The best parts of all texts in their order; without any marked word the beginning of the first text.
pub(crate) fn fragments(texts: &[MarkedText<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, marked) in texts.iter().enumerate() {
        for window in best_windows(marked.text, &marked.words, &marked.marks) {
            let Window { from, to, words, marks: count } = window;
            found.push((Reverse((words, count)), number, from, to));
        }
    }
    found.sort_unstable();
    found.truncate(FRAGMENTS_MAX);
    found.sort_unstable_by_key(|(_, number, from, _)| (*number, *from));
    if found.is_empty() {
        return beginning_of(texts).into_iter().collect();
    }
    found
        .into_iter()
        .map(|(_, number, from, to)| render(texts[number].text, from, to, &texts[number].words, &texts[number].marks))
        .collect()
}

/// Up to as many windows as a hit has fragments, none over another; most of the query's words first, then most marks.
fn best_windows(text: &str, tokens: &[Token<'_>], marks: &[Mark]) -> Vec<Window> {
    let lengths = chars_before(text, tokens);
    let mut free: Vec<bool> = vec![true; marks.len()];
    let mut windows: Vec<Window> = Vec::new();
    while windows.len() < FRAGMENTS_MAX {
        let Some(Run { first, last, words, marks: count }) = best_run(&lengths, marks, &free) else { break };
        let span = (tokens[marks[first].token].start, tokens[marks[last].token].end);
        let (from, to) = with_context(text, span, &windows);
        // What the context brought in needs no fragment of its own.
        for (mark, free) in marks.iter().zip(&mut free) {
            let Token { start, end, .. } = &tokens[mark.token];
            *free &= *end <= from || *start >= to;
        }
        // What is squeezed between other windows cannot be read.
        let is_whole = from == 0 && to == text.len();
        if is_whole || text[from..to].chars().nth(FRAGMENT_MIN_CHARS).is_some() {
            windows.push(Window { from, to, words, marks: count });
        }
    }
    windows
}

/// Neighbouring marks that fit into a fragment, and how many words of the query they stand for.
struct Run {
    first: usize,
    last: usize,
    words: usize,
    marks: usize,
}

/// The best run of free marks. Linear in the marks: a word may stand in a text tens of thousands of times.
fn best_run(lengths: &[(usize, usize)], marks: &[Mark], free: &[bool]) -> Option<Run> {
    let mut best: Option<Run> = None;
    // How often each word stands between `first` and `end`.
    let mut words: HashMap<usize, usize> = HashMap::new();
    let mut end = 0;
    for first in 0..marks.len() {
        if !free[first] {
            continue;
        }
        end = end.max(first);
        let fits = |next: usize| lengths[marks[next].token].1 - lengths[marks[first].token].0 <= FRAGMENT_CHARS;
        while end < marks.len() && free[end] && (end == first || fits(end)) {
            *words.entry(marks[end].word).or_default() += 1;
            end += 1;
        }
        let run = Run { first, last: end - 1, words: words.len(), marks: end - first };
        if best.as_ref().is_none_or(|best| (run.words, run.marks) > (best.words, best.marks)) {
            best = Some(run);
        }
        if let Some(count) = words.get_mut(&marks[first].word) {
            *count -= 1;
            if *count == 0 {
                words.remove(&marks[first].word);
            }
        }
    }
    best
}

/// For each word the characters before it and before its end.
fn chars_before(text: &str, tokens: &[Token<'_>]) -> Vec<(usize, usize)> {
    let (mut at, mut chars) = (0, 0);
    let mut lengths = Vec::with_capacity(tokens.len());
    for token in tokens {
        chars += text[at..token.start].chars().count();
        let before = chars;
        chars += token.original.chars().count();
        at = token.end;
        lengths.push((before, chars));
    }
    lengths
}

/// Widens a span to a fragment's length, a third of it before the span, cut between words and not over other windows.
fn with_context(text: &str, (start, end): (usize, usize), windows: &[Window]) -> (usize, usize) {
    let floor = windows.iter().map(|window| window.to).filter(|to| *to <= start).max().unwrap_or(0);
    let ceiling = windows.iter().map(|window| window.from).filter(|from| *from >= end).min().unwrap_or(text.len());
    let spare = FRAGMENT_CHARS.saturating_sub(text[start..end].chars().count());
    let from = widen_left(text, floor, start, spare / 3);
    let used = text[from..start].chars().count();
    let to = widen_right(text, end, ceiling, spare.saturating_sub(used));
    let left = spare.saturating_sub(used + text[end..to].chars().count());
    (widen_left(text, floor, from, left), to)
}

/// The furthest beginning of a word within so many characters before `start`.
fn widen_left(text: &str, floor: usize, start: usize, chars: usize) -> usize {
    let mut best = start;
    let mut reached = start;
    for (index, c) in text[floor..start].char_indices().rev().take(chars) {
        if c.is_whitespace() {
            best = floor + index + c.len_utf8();
        }
        reached = floor + index;
    }
    if reached == floor { floor } else { best }
}

/// The furthest end of a word within so many characters behind `end`.
fn widen_right(text: &str, end: usize, ceiling: usize, chars: usize) -> usize {
    let mut best = end;
    let mut reached = end;
    for (index, c) in text[end..ceiling].char_indices().take(chars) {
        if c.is_whitespace() {
            best = end + index;
        }
        reached = end + index + c.len_utf8();
    }
    if reached == ceiling { ceiling } else { best }
}

fn beginning_of(texts: &[MarkedText<'_>]) -> Option<String> {
    let text = texts.iter().map(|marked| marked.text.trim_start()).find(|text| !text.is_empty())?;
    let to = widen_right(text, 0, text.len(), FRAGMENT_CHARS);
    // A first word without end is cut all the same.
    let to = if to == 0 { text.char_indices().nth(FRAGMENT_CHARS).map_or(text.len(), |(index, _)| index) } else { to };
    Some(render(text, 0, to, &[], &[]))
}

/// Part of a text as HTML, with an ellipsis where it was cut.
pub(super) fn render(text: &str, from: usize, to: usize, tokens: &[Token<'_>], marks: &[Mark]) -> String {
    let mut html = String::with_capacity((to - from) * 2);
    if !text[..from].trim().is_empty() {
        html.push_str("… ");
    }
    let mut at = from;
    for Mark { token, word: _ } in marks {
        let Token { start, end, original, .. } = &tokens[*token];
        if *start < at || *end > to {
            continue;
        }
        escape(&mut html, &text[at..*start]);
        html.push_str("<mark>");
        escape(&mut html, original);
        html.push_str("</mark>");
        at = *end;
    }
    escape(&mut html, text[at..to].trim_end());
    if !text[to..].trim().is_empty() {
        html.push_str(" …");
    }
    html
}

/// Appends text, white space runs and control characters as one space, with a dot where a block, a heading or a cell ends.
fn escape(html: &mut String, text: &str) {
    // Whether a newline is in the white space before the next character.
    let mut white: Option<bool> = None;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            white = Some(white.unwrap_or_default() || c == '\n');
            continue;
        }
        push_white(html, white.take());
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    push_white(html, white);
}

fn push_white(html: &mut String, white: Option<bool>) {
    let is_beginning = html.is_empty() || html.ends_with("… ");
    match white.filter(|_| !is_beginning) {
        Some(true) => html.push_str(" · "),
        Some(false) => html.push(' '),
        None => {}
    }
}
