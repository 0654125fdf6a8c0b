//! The found words on their original spelling, in safe HTML.
//!
//! Lengths are counted in characters, never in bytes: an Arabic letter has two. Words are marked whole, and only those that
//! were found as words; what only a piece of a word hit is not marked.

use std::collections::{HashMap, HashSet};

use diwan_arabic::{Token, tokenize};

use super::fragments::{FRAGMENT_CHARS, Mark, Window, best_windows, widen_right};
use crate::{
    documents::{document::TEXT_MAX_BYTES, schema::Fields},
    query::{
        build::{SimilarWord, SimilarWords, beginnings},
        parse::{ParsedQuery, QueryWord},
        request::FRAGMENTS_MAX,
        step::Step,
        synonyms::Meant,
    },
};

/// How much text is looked at for all hits of one page, and for each hit at least.
const PAGE_MAX_BYTES: usize = 600_000;
const HIT_MIN_BYTES: usize = 4_000;

/// How much text may still be looked at for highlights. Best hits come first and take what they need.
#[derive(Debug)]
pub(crate) struct TextBudget {
    page: usize,
    hit: usize,
}

impl Default for TextBudget {
    fn default() -> Self {
        Self { page: PAGE_MAX_BYTES, hit: HIT_MIN_BYTES }
    }
}

impl TextBudget {
    /// The next hit has its least share, whatever the others took.
    pub(crate) fn next_hit(&mut self) {
        self.hit = HIT_MIN_BYTES;
    }

    /// The beginning of a text that may be looked at.
    fn take<'a>(&mut self, text: &'a str) -> &'a str {
        let taken = &text[..text.floor_char_boundary(self.page.max(self.hit).min(TEXT_MAX_BYTES))];
        self.page = self.page.saturating_sub(taken.len());
        self.hit = self.hit.saturating_sub(taken.len());
        taken
    }
}

/// What is marked for one query.
pub(crate) struct Marker {
    /// Stems and norms of single words, each with the number of the query's word that it stands for.
    stems: HashMap<String, usize>,
    norms: HashMap<String, usize>,
    stem_beginnings: Vec<String>,
    norm_beginnings: Vec<String>,
    /// Stems that are marked only next to each other.
    phrases: Vec<Vec<String>>,
}

/// Stands for the beginning of a word that is looked for.
const BEGINNING: usize = usize::MAX / 2;

impl Marker {
    /// What the given step of a query looked for.
    pub(crate) fn new(
        parsed: &ParsedQuery,
        similar: &SimilarWords,
        meant: &[Meant<'_>],
        step: Step,
        fields: &Fields,
    ) -> Self {
        let mut marker = Self {
            stems: HashMap::new(),
            norms: HashMap::new(),
            stem_beginnings: Vec::new(),
            norm_beginnings: Vec::new(),
            phrases: Vec::new(),
        };
        let whole_phrases = step.has_all_words();
        for (number, QueryWord { norm: _, stem, singulars, readings }) in parsed.words.iter().enumerate() {
            // «15/2026» is marked where its numbers stand.
            for part in stem.split('/').filter(|part| part.len() < stem.len()) {
                marker.stems.insert(part.to_owned(), number);
            }
            marker.stems.insert(stem.clone(), number);
            for other in singulars.iter().chain(readings) {
                marker.stems.entry(other.to_string()).or_insert(number);
            }
            if step == Step::AsTyped {
                continue;
            }
            for SimilarWord { field, term, .. } in similar.get(number).into_iter().flatten() {
                let terms = if *field == fields.stem { &mut marker.stems } else { &mut marker.norms };
                terms.entry(term.clone()).or_insert(number);
            }
        }
        for unit in meant {
            marker.add_instead(unit);
        }
        for (index, phrase) in parsed.phrases.iter().enumerate() {
            match phrase.as_slice() {
                [QueryWord { norm, .. }] => {
                    marker.norms.insert(norm.clone(), parsed.words.len() + index);
                }
                words if whole_phrases => {
                    marker.phrases.push(words.iter().map(|word| word.stem.clone()).collect());
                }
                words => {
                    let number = parsed.words.len() + index;
                    marker.stems.extend(words.iter().map(|word| (word.stem.clone(), number)));
                }
            }
        }
        for (field, beginning) in parsed.prefix.iter().flat_map(|prefix| beginnings(fields, prefix)) {
            let stems = field == fields.stem || field == fields.attached;
            let list = if stems { &mut marker.stem_beginnings } else { &mut marker.norm_beginnings };
            list.push(beginning.to_owned());
        }
        marker
    }

    /// What may stand for words of the query.
    fn add_instead(&mut self, unit: &Meant<'_>) {
        for stems in &unit.instead {
            match stems {
                [stem] => {
                    self.stems.entry(stem.clone()).or_insert(unit.from);
                }
                stems => self.phrases.push(stems.to_vec()),
            }
        }
    }

    /// The whole title with its marks; `None` if it has none.
    pub(crate) fn mark_title(&self, title: &str) -> Option<String> {
        let tokens = tokenize(title);
        let marks = self.marks(&tokens);
        (!marks.is_empty()).then(|| render(title, 0, title.len(), &tokens, &marks))
    }

    /// The best parts of all texts in their order; without any marked word the beginning of the first text.
    pub(crate) fn fragments(&self, texts: &[String], budget: &mut TextBudget) -> Vec<String> {
        let mut found = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let text = budget.take(text);
            let tokens = tokenize(text);
            let marks = self.marks(&tokens);
            for window in best_windows(text, &tokens, &marks) {
                let Window { from, to, words, marks: count } = window;
                let fragment = render(text, from, to, &tokens, &marks);
                found.push(((std::cmp::Reverse((words, count)), number, from), fragment));
            }
        }
        found.sort_by_key(|(rank, _)| *rank);
        found.truncate(FRAGMENTS_MAX);
        found.sort_by_key(|((_, number, from), _)| (*number, *from));
        if found.is_empty() {
            return beginning_of(texts).into_iter().collect();
        }
        found.into_iter().map(|(_, fragment)| fragment).collect()
    }

    /// Which of the query's words a text has.
    pub(crate) fn words_in(&self, text: &str, budget: &mut TextBudget) -> HashSet<usize> {
        self.marks(&tokenize(budget.take(text))).iter().map(|mark| mark.word).collect()
    }

    /// All words that a text may have.
    pub(crate) fn all_words(&self) -> HashSet<usize> {
        let single = self.stems.values().chain(self.norms.values()).copied();
        let beginning = !self.stem_beginnings.is_empty() || !self.norm_beginnings.is_empty();
        let phrases = (0..self.phrases.len()).map(|number| usize::MAX - number);
        single.chain(phrases).chain(beginning.then_some(BEGINNING)).collect()
    }

    fn marks(&self, tokens: &[Token<'_>]) -> Vec<Mark> {
        let mut words: Vec<Option<usize>> = tokens.iter().map(|token| self.word_of(token)).collect();
        for (number, phrase) in self.phrases.iter().enumerate() {
            for (at, window) in tokens.windows(phrase.len()).enumerate() {
                let together = window.windows(2).all(|pair| pair[1].position == pair[0].position + 1);
                if together && window.iter().zip(phrase).all(|(token, stem)| token.stem == *stem) {
                    // Numbers of phrases stand apart from those of words.
                    words[at..at + phrase.len()].fill(Some(usize::MAX - number));
                }
            }
        }
        let numbered = words.into_iter().enumerate();
        numbered.filter_map(|(token, word)| word.map(|word| Mark { token, word })).collect()
    }

    fn word_of(&self, token: &Token<'_>) -> Option<usize> {
        if let Some(word) = self.stems.get(&token.stem).or_else(|| self.norms.get(&token.norm)) {
            return Some(*word);
        }
        if let Some(word) = token.singulars.iter().find_map(|singular| self.stems.get(&**singular)) {
            return Some(*word);
        }
        // «عمله» is no «عملة» but by the way it is written: found, and not marked.
        let mut meant = token.readings.iter().filter(|reading| reading.strip_suffix('ه') != Some(token.stem.as_str()));
        if let Some(word) = meant.find_map(|stem| self.stems.get(&**stem)) {
            return Some(*word);
        }
        let begins = self.stem_beginnings.iter().any(|beginning| token.stem.starts_with(beginning))
            || self.norm_beginnings.iter().any(|beginning| token.norm.starts_with(beginning));
        begins.then_some(BEGINNING)
    }
}

fn beginning_of(texts: &[String]) -> Option<String> {
    let text = texts.iter().map(|text| text.trim_start()).find(|text| !text.is_empty())?;
    let to = widen_right(text, 0, text.len(), FRAGMENT_CHARS);
    // A first word without end is cut all the same.
    let to = if to == 0 { text.char_indices().nth(FRAGMENT_CHARS).map_or(text.len(), |(index, _)| index) } else { to };
    Some(render(text, 0, to, &[], &[]))
}

/// Part of a text as HTML, with an ellipsis where it was cut.
fn render(text: &str, from: usize, to: usize, tokens: &[Token<'_>], marks: &[Mark]) -> String {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marker(query: &str) -> Marker {
        let parsed = ParsedQuery::parse(query).unwrap();
        Marker::new(&parsed, &SimilarWords::new(), &[], Step::AsTyped, &Fields::new().0)
    }

    #[track_caller]
    fn check(query: &str, text: &str, fragments: &[&str]) {
        assert_eq!(marker(query).fragments(&[text.to_owned()], &mut TextBudget::default()), fragments, "{query}");
    }

    #[test]
    fn whole_words_are_marked_on_their_spelling() {
        check("الموازنه", "وبِالمُوازَنــةِ، ثم موازنات.", &["<mark>وبِالمُوازَنــةِ</mark>، ثم <mark>موازنات</mark>."]);
        check("undp", "دعم الـUNDP.", &["دعم الـ<mark>UNDP</mark>."]);
        check("مواز*", "مشروع الموازنة", &["مشروع <mark>الموازنة</mark>"]);
        assert_eq!(marker("الموازنه").mark_title("خطة الوزارة"), None);
    }

    #[test]
    fn a_phrase_is_marked_only_where_it_stands() {
        let text = "البنك المركزي والبنك الدولي\nالدولي";
        check("\"البنك الدولي\"", text, &["البنك المركزي <mark>والبنك</mark> <mark>الدولي</mark> · الدولي"]);
    }

    #[test]
    fn all_but_marks_is_escaped() {
        let text = "<script>\"الموازنة\" & 'b'\u{0}\n</script>";
        check("موازنة", text, &["&lt;script&gt;&quot;<mark>الموازنة</mark>&quot; &amp; &#39;b&#39; · &lt;/script&gt;"]);
    }

    #[test]
    fn the_best_windows_are_cut_between_words() {
        let filler = "كلام كثير لا صلة له بما سئل عنه ".repeat(20);
        let text = format!("{filler}وزارة {filler}وزارة المالية {filler}المالية وزارة المالية {filler}");
        let fragments = marker("وزارة المالية").fragments(&[text], &mut TextBudget::default());
        assert_eq!(fragments.len(), 3);
        for fragment in &fragments {
            assert!(fragment.starts_with("… ") && fragment.ends_with(" …"), "{fragment}");
            let plain = fragment.replace("<mark>", "").replace("</mark>", "").replace(['…'], "");
            assert!((150..=202).contains(&plain.chars().count()), "{fragment}");
            assert!(
                plain
                    .split_whitespace()
                    .all(|word| filler.contains(word) || word.contains("زارة") || word.contains("المالية"))
            );
        }
        let marks: Vec<usize> = fragments.iter().map(|fragment| fragment.matches("<mark>").count()).collect();
        assert_eq!(marks, [1, 2, 3]);
    }

    #[test]
    fn without_a_marked_word_the_beginning_is_shown() {
        check("موازنة", "  كلام آخر", &["كلام آخر"]);
        let endless = "ا".repeat(1_000);
        check("موازنة", &endless, &[format!("{} …", "ا".repeat(FRAGMENT_CHARS)).as_str()]);
        assert_eq!(marker("موازنة").fragments(&[], &mut TextBudget::default()), Vec::<String>::new());
    }

    #[test]
    fn the_best_hits_take_the_text_that_a_page_may_look_at_and_the_others_their_least_share() {
        let mut budget = TextBudget::default();
        let text = "ا".repeat(TEXT_MAX_BYTES);
        let shares = (0..30).map(|_| {
            budget.next_hit();
            budget.take(&text).len() + budget.take(&text).len()
        });
        let shares: Vec<usize> = shares.collect();
        assert!(shares[..3].iter().all(|share| *share == 2 * TEXT_MAX_BYTES), "{shares:?}");
        assert!(shares[3..].iter().all(|share| *share == HIT_MIN_BYTES), "{shares:?}");
    }

    #[test]
    fn a_word_that_is_all_of_a_long_text_is_shown_three_times() {
        let fragments = marker("موازنة").fragments(&["موازنة ".repeat(60_000)], &mut TextBudget::default());
        assert_eq!(fragments.len(), FRAGMENTS_MAX);
        assert!(fragments.iter().all(|fragment| fragment.matches("<mark>").count() > 25), "{fragments:?}");
    }

    proptest! {
        #[test]
        fn no_text_panics_or_gets_out_unescaped(text in "\\PC{0,300}|([ا-د\u{64B}<>&\"\n ]|موازنة|وزارة){0,200}") {
            let marker = marker("موازنة وزارة \"ا ب\" د*");
            let fragments = marker.fragments(std::slice::from_ref(&text), &mut TextBudget::default());
            for html in fragments.into_iter().chain(marker.mark_title(&text)) {
                let bare = html.replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!bare.contains(['<', '>', '"', '\'']), "{}", html);
                prop_assert_eq!(html.matches("<mark>").count(), html.matches("</mark>").count());
            }
        }
    }
}
