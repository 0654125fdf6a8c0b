//! The fields of the index.

use diwan_content::CalendarDate;
use tantivy::{
    Index,
    schema::{BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TextAnalyzer,
};

use super::terms::TermTokenizer;

/// Raised whenever fields or their meaning change; an index of another version is rebuilt.
pub(crate) const FORMAT_VERSION: u32 = 6;

/// Length of the n-grams: of those tried on public Arabic collections, 4 found best.
pub(crate) const GRAM_CHARS: usize = 4;

/// Parts a facet field from its value in the column of facet values; no text of ours contains it.
pub(crate) const FACET_SEPARATOR: char = '\0';

const TOKENIZER: &str = "terms";

/// Handles of the fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Beginnings of titles and of words in them.
    pub(crate) suggest: Field,
    /// Names one localization, for replacing and removing it.
    pub(crate) key: Field,
    /// All words by their stem, with positions: what decides whether a document is found.
    pub(crate) stem: Field,
    /// All words as spelt: exact words rank higher.
    pub(crate) norm: Field,
    /// Words with أ, إ or آ as written: among equals those in the spelling of the query rank higher.
    pub(crate) written: Field,
    /// Stems and singulars of what people call such an entry: «تعميم».
    pub(crate) kind: Field,
    /// Singulars of broken plurals, where the text has the plural: a singular finds its plurals and the other way round.
    /// Each is at the position of its word in `stem`, as are those of `reading`, so that hits are marked by positions.
    pub(crate) lemma: Field,
    /// Second readings of words and their singulars: what a word may also be, found far below what it is.
    pub(crate) reading: Field,
    /// Pieces of all words: what no rule foresees.
    pub(crate) gram: Field,
    /// Stems of titles once more, to rank them higher.
    pub(crate) title_stem: Field,
    /// Stems of summaries once more, to rank them higher.
    pub(crate) summary_stem: Field,
    /// Stems and singulars of what stands in attachments, with positions: found, but far below the entry's own words.
    pub(crate) attached: Field,
    /// Filter and facet.
    pub(crate) collection: Field,
    /// Filter and facet.
    pub(crate) department: Field,
    /// Filter.
    pub(crate) locale: Field,
    /// Filter: found only by holders of a delivery key.
    pub(crate) needs_key: Field,
    /// Filter, facet and order: year, month and day as one decimal number.
    pub(crate) day: Field,
    /// Filters and facets: a field and one of its values.
    pub(crate) facet: Field,
    /// Order among equals.
    pub(crate) published_ms: Field,
    /// Order among equals of one time.
    pub(crate) identity: Field,
    /// What a hit is answered from, but for its texts.
    pub(crate) source: Field,
    /// The texts that fragments are shown of, [packed](super::stored_text::packed).
    pub(crate) text: Field,
    /// Where words are in them: for each text its [stretches](super::stored_text::Stretches).
    pub(crate) stretches: Field,
    /// What a hit in an attachment is answered from; absent without attachments.
    pub(crate) attachments: Field,
}

impl Fields {
    /// Names of columns, read by name.
    pub(crate) const COLLECTION: &str = "collection";
    pub(crate) const DEPARTMENT: &str = "department";
    pub(crate) const LOCALE: &str = "locale";
    pub(crate) const NEEDS_KEY: &str = "needs_key";
    pub(crate) const DAY: &str = "day";
    pub(crate) const FACET: &str = "facet";
    pub(crate) const PUBLISHED_MS: &str = "published_ms";
    pub(crate) const IDENTITY: &str = "identity";

    /// The fields and the schema that they make.
    pub(crate) fn new() -> (Self, Schema) {
        let mut schema = Schema::builder();
        let (frequencies, positions) = (IndexRecordOption::WithFreqs, IndexRecordOption::WithFreqsAndPositions);
        let fields = Self {
            suggest: schema.add_text_field("suggest", words("raw", IndexRecordOption::Basic, false)),
            key: schema.add_text_field("key", words("raw", IndexRecordOption::Basic, false)),
            stem: schema.add_text_field("stem", words(TOKENIZER, positions, true)),
            norm: schema.add_text_field("norm", words(TOKENIZER, frequencies, true)),
            written: schema.add_text_field("written", words(TOKENIZER, IndexRecordOption::Basic, false)),
            kind: schema.add_text_field("kind", words(TOKENIZER, IndexRecordOption::Basic, false)),
            lemma: schema.add_text_field("lemma", words(TOKENIZER, positions, true)),
            reading: schema.add_text_field("reading", words(TOKENIZER, positions, false)),
            gram: schema.add_text_field("gram", words(TOKENIZER, frequencies, true)),
            title_stem: schema.add_text_field("title_stem", words(TOKENIZER, frequencies, true)),
            summary_stem: schema.add_text_field("summary_stem", words(TOKENIZER, frequencies, true)),
            attached: schema.add_text_field("attached", words(TOKENIZER, positions, true)),
            collection: schema.add_text_field(Self::COLLECTION, column()),
            department: schema.add_text_field(Self::DEPARTMENT, column()),
            locale: schema.add_text_field(Self::LOCALE, column()),
            needs_key: schema.add_bool_field(Self::NEEDS_KEY, NumericOptions::default().set_fast()),
            day: schema.add_u64_field(Self::DAY, NumericOptions::default().set_fast()),
            facet: schema.add_text_field(Self::FACET, column()),
            published_ms: schema.add_i64_field(Self::PUBLISHED_MS, NumericOptions::default().set_fast()),
            identity: schema.add_u64_field(Self::IDENTITY, NumericOptions::default().set_fast()),
            source: schema.add_bytes_field("source", BytesOptions::default().set_stored()),
            text: schema.add_bytes_field("text", BytesOptions::default().set_stored()),
            stretches: schema.add_bytes_field("stretches", BytesOptions::default().set_stored()),
            attachments: schema.add_bytes_field("attachments", BytesOptions::default().set_stored()),
        };
        (fields, schema.build())
    }
}

/// A day as one number that orders days, such as 20261123.
pub fn day_number(day: CalendarDate) -> u32 {
    day.to_string().replace('-', "").parse().unwrap_or_default()
}

/// Makes the engine read our terms.
pub(crate) fn register_tokenizer(index: &Index) {
    index.tokenizers().register(TOKENIZER, TextAnalyzer::from(TermTokenizer::default()));
}

fn words(tokenizer: &str, record: IndexRecordOption, lengths: bool) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing.set_fieldnorms(lengths))
}

fn column() -> TextOptions {
    TextOptions::default().set_fast("raw")
}
