//! Runs the drawing instructions of a page as far as text needs them (ISO 32000-2, clauses 8.4 and 9).

use std::sync::Arc;

use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, UNITS_PER_EM,
    hayro_cmap::BfString,
    kurbo::{Affine, Vec2},
};
use hayro_syntax::{
    content::{TypedIter, ops::TypedInstruction},
    object::{Array, Dict, Name, Number, Object, Stream, String as PdfString, dict::keys},
    page::{Page, Resources},
};

use super::{layout::replace, placed::Placed};
use crate::text::TextFailure;

/// Instructions of one document that are run.
const INSTRUCTIONS_MAX: u64 = 20_000_000;
/// Glyphs of one page; a poster has some thousands.
const GLYPHS_MAX: usize = 500_000;
/// How deep drawings stand in drawings.
const FORMS_MAX_DEPTH: usize = 12;
/// Saved states and marked contents that are open at once.
const OPEN_MAX: usize = 1_000;
/// Longest agreed text of one piece of a page, in bytes.
const ACTUAL_TEXT_MAX_BYTES: usize = 100_000;

/// Reads the pages of one document.
pub(super) struct PageReader<'a> {
    fonts: FontCache<'a>,
    standard_fonts: FontResolverFn,
    no_maps: CMapResolverFn,
    instructions: u64,
}

/// What `q` saves and `Q` brings back.
#[derive(Clone)]
struct State<'a> {
    transform: Affine,
    font: Option<Font<'a>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// One page while it is read.
struct Run<'r, 'a> {
    reader: &'r mut PageReader<'a>,
    state: State<'a>,
    saved: Vec<State<'a>>,
    text: Affine,
    line: Affine,
    /// For each marked content that is open: its agreed text, and how many glyphs there were before.
    marked: Vec<Option<(String, usize)>>,
    glyphs: Vec<Placed>,
}

impl<'a> PageReader<'a> {
    pub(super) fn new() -> Self {
        let standard_fonts: FontResolverFn = Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(query) => Some(query.pick_standard_font().get_font_data()),
        });
        // Character sets of East Asia that stand in no file.
        let no_maps: CMapResolverFn = Arc::new(|_| None);
        Self { fonts: FontCache::new(), standard_fonts, no_maps, instructions: 0 }
    }

    /// The glyphs of a page, in the order in which they are drawn.
    pub(super) fn read(&mut self, page: &Page<'a>) -> Result<Vec<Placed>, TextFailure> {
        let state = State {
            transform: Affine::IDENTITY,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        };
        let (text, line) = (Affine::IDENTITY, Affine::IDENTITY);
        let mut run =
            Run { reader: self, state, saved: Vec::new(), text, line, marked: Vec::new(), glyphs: Vec::new() };
        run.content(page.typed_operations(), page.resources(), 0)?;
        while !run.marked.is_empty() {
            run.end_marked();
        }
        Ok(run.glyphs)
    }
}

impl<'a> Run<'_, 'a> {
    /// Runs a page's or a form's instructions.
    fn content(
        &mut self,
        mut instructions: TypedIter<'_>,
        resources: &Resources<'a>,
        depth: usize,
    ) -> Result<(), TextFailure> {
        while let Some(instruction) = instructions.next() {
            self.reader.instructions += 1;
            if self.reader.instructions > INSTRUCTIONS_MAX || self.glyphs.len() > GLYPHS_MAX {
                return Err(TextFailure::TooLarge);
            }
            if let TypedInstruction::XObject(name) = instruction {
                self.form(resources, name.0, depth)?;
            } else if !self.state_changes(&instruction, resources) {
                self.text_shows(&instruction, resources);
            }
        }
        Ok(())
    }

    /// Whether the instruction changes the graphics state or opens or closes something.
    #[expect(clippy::wildcard_enum_match_arm, reason = "an open set, of which text needs a few")]
    fn state_changes(&mut self, instruction: &TypedInstruction<'_, '_>, resources: &Resources<'a>) -> bool {
        let number = |number: &Number| number.as_f64();
        match instruction {
            TypedInstruction::SaveState(_) if self.saved.len() < OPEN_MAX => self.saved.push(self.state.clone()),
            TypedInstruction::RestoreState(_) => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            TypedInstruction::Transform(t) => {
                self.state.transform *= Affine::new([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(number));
            }
            TypedInstruction::BeginMarkedContent(_) if self.marked.len() < OPEN_MAX => self.marked.push(None),
            TypedInstruction::BeginMarkedContentWithProperties(mark) if self.marked.len() < OPEN_MAX => {
                let text = actual_text(mark.1, resources);
                self.marked.push(text.map(|text| (text, self.glyphs.len())));
            }
            TypedInstruction::EndMarkedContent(_) => self.end_marked(),
            TypedInstruction::CharacterSpacing(space) => self.state.char_space = number(&space.0),
            TypedInstruction::WordSpacing(space) => self.state.word_space = number(&space.0),
            TypedInstruction::HorizontalScaling(percent) => self.state.stretch = number(&percent.0) / 100.0,
            TypedInstruction::TextLeading(leading) => self.state.leading = number(&leading.0),
            TypedInstruction::TextRise(rise) => self.state.rise = number(&rise.0),
            TypedInstruction::TextFont(font) => {
                self.state.size = number(&font.1);
                self.state.font = resources.get_font(font.0).and_then(|dict| {
                    let PageReader { fonts, standard_fonts, no_maps, instructions: _ } = &*self.reader;
                    fonts.font(&dict, standard_fonts, no_maps)
                });
            }
            _ => return false,
        }
        true
    }

    /// Moves and draws text.
    #[expect(clippy::wildcard_enum_match_arm, reason = "an open set, of which text needs a few")]
    fn text_shows(&mut self, instruction: &TypedInstruction<'_, '_>, _resources: &Resources<'a>) {
        let number = |number: &Number| number.as_f64();
        match instruction {
            TypedInstruction::BeginText(_) => self.place(Affine::IDENTITY),
            TypedInstruction::SetTextMatrix(t) => {
                self.place(Affine::new([&t.0, &t.1, &t.2, &t.3, &t.4, &t.5].map(number)));
            }
            TypedInstruction::NextLine(to) => self.next_line(number(&to.0), number(&to.1)),
            TypedInstruction::NextLineAndSetLeading(to) => {
                self.state.leading = -number(&to.1);
                self.next_line(number(&to.0), number(&to.1));
            }
            TypedInstruction::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            TypedInstruction::ShowText(text) => self.show(text.0),
            TypedInstruction::ShowTexts(texts) => self.show_all(texts.0),
            TypedInstruction::NextLineAndShowText(text) => {
                self.next_line(0.0, -self.state.leading);
                self.show(text.0);
            }
            TypedInstruction::ShowTextWithParameters(text) => {
                (self.state.word_space, self.state.char_space) = (number(&text.0), number(&text.1));
                self.next_line(0.0, -self.state.leading);
                self.show(text.2);
            }
            _ => {}
        }
    }

    fn place(&mut self, matrix: Affine) {
        (self.text, self.line) = (matrix, matrix);
    }

    fn next_line(&mut self, right: f64, up: f64) {
        self.place(self.line * Affine::translate(Vec2::new(right, up)));
    }

    /// Strings with the distances between them, in thousandths of the size.
    fn show_all(&mut self, texts: &Array<'_>) {
        for item in texts.iter::<Object<'_>>() {
            match item {
                Object::String(text) => self.show(&text),
                Object::Number(back) => {
                    let State { size, stretch, .. } = self.state;
                    self.advance(-back.as_f64() / f64::from(UNITS_PER_EM) * size * stretch);
                }
                Object::Null(_)
                | Object::Boolean(_)
                | Object::Name(_)
                | Object::Dict(_)
                | Object::Array(_)
                | Object::Stream(_) => {}
            }
        }
    }

    fn show(&mut self, text: &PdfString<'_>) {
        let Some(font) = self.state.font.clone() else { return };
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && self.glyphs.len() <= GLYPHS_MAX {
            let (code, length) = font.read_code(bytes, at);
            let State { transform, size, char_space, word_space, stretch, rise, .. } = self.state;
            let advance = font.code_advance(code).x / f64::from(UNITS_PER_EM) * size;
            // A stroke that only lengthens a letter is no letter, and no gap in its word either.
            if let Some(letters) = letters(&font, code).or_else(|| is_drawn(&font, code).then(String::new)) {
                let transform = transform * self.text;
                self.glyphs.extend(Placed::new(letters, transform, (advance * stretch, size.abs()), rise));
            }
            let space = if code == 32 && length == 1 { word_space } else { 0.0 };
            self.advance((advance + char_space + space) * stretch);
            at += length.max(1);
        }
    }

    fn advance(&mut self, right: f64) {
        self.text *= Affine::translate(Vec2::new(right, 0.0));
    }

    /// A drawing inside the page, with resources of its own or the page's.
    fn form(&mut self, resources: &Resources<'a>, name: &Name<'_>, depth: usize) -> Result<(), TextFailure> {
        let Some(form) = resources.get_x_object(name).filter(is_form) else { return Ok(()) };
        if depth >= FORMS_MAX_DEPTH {
            return Ok(());
        }
        let Ok(content) = form.decoded_data() else { return Ok(()) };
        let own = form.dict().get::<Dict<'_>>(keys::RESOURCES).map(Resources::new);
        let (before, saved, open) = (self.state.clone(), std::mem::take(&mut self.saved), self.marked.len());
        let place = (self.text, self.line);
        self.state.transform *= matrix_of(&form);
        let done = self.content(TypedIter::new(&content), own.as_ref().unwrap_or(resources), depth + 1);
        while self.marked.len() > open {
            self.end_marked();
        }
        (self.state, self.saved) = (before, saved);
        (self.text, self.line) = place;
        done
    }

    /// The agreed text of what was marked takes the place of its glyphs.
    fn end_marked(&mut self) {
        if let Some(Some((text, before))) = self.marked.pop() {
            let glyphs = self.glyphs.split_off(before.min(self.glyphs.len()));
            self.glyphs.extend(replace(glyphs, text));
        }
    }
}

fn is_form(stream: &Stream<'_>) -> bool {
    stream.dict().get::<Name<'_>>(keys::SUBTYPE).is_some_and(|name| name.as_str() == "Form")
}

fn matrix_of(form: &Stream<'_>) -> Affine {
    let numbers: Vec<f64> = match form.dict().get::<Array<'_>>(keys::MATRIX) {
        Some(array) => array.iter::<Number>().map(|number| number.as_f64()).collect(),
        None => return Affine::IDENTITY,
    };
    <[f64; 6]>::try_from(numbers).map_or(Affine::IDENTITY, Affine::new)
}

/// The letters that a code of a font stands for.
fn letters(font: &Font<'_>, code: u32) -> Option<String> {
    let known = match font.glyph(font.map_code(code), code) {
        FontGlyph::Outline(glyph) => glyph.as_unicode(),
        FontGlyph::Type3(glyph) => glyph.as_unicode(),
    };
    match known? {
        BfString::Char(c) => Some(c.into()),
        BfString::String(text) => Some(text),
    }
}

/// Whether a code of a font draws anything.
fn is_drawn(font: &Font<'_>, code: u32) -> bool {
    match font.glyph(font.map_code(code), code) {
        FontGlyph::Outline(glyph) => !glyph.outline().is_empty(),
        FontGlyph::Type3(_) => false,
    }
}

/// The text that a writer agreed on for what is marked, in its dictionary or under its name in the resources.
#[expect(clippy::wildcard_enum_match_arm, reason = "properties are a dictionary or its name, anything else is none")]
fn actual_text(properties: &Object<'_>, resources: &Resources<'_>) -> Option<String> {
    let text = match properties {
        Object::Dict(dict) => dict.get::<PdfString<'_>>(keys::ACTUAL_TEXT)?.as_bytes().to_vec(),
        Object::Name(name) => {
            let dict = resources.properties.get::<Dict<'_>>(name)?;
            dict.get::<PdfString<'_>>(keys::ACTUAL_TEXT)?.as_bytes().to_vec()
        }
        _ => return None,
    };
    (text.len() <= ACTUAL_TEXT_MAX_BYTES).then(|| decode(&text))
}

/// A text string: UTF-16 or UTF-8 where it says so, else Latin letters (clause 7.9.2.2).
fn decode(bytes: &[u8]) -> String {
    if let Some(text) = bytes.strip_prefix(b"\xFE\xFF") {
        let units: Vec<u16> = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    if let Some(text) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        return String::from_utf8_lossy(text).into_owned();
    }
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
