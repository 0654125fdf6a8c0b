//! The verb: parse, try step by step, answer.

use std::collections::BTreeMap;

use diwan_arabic::Token;
use diwan_content::PublicPath;
use tantivy::{
    DocAddress, DocSet as _, Searcher, TantivyDocument,
    query::{BooleanQuery, ConstScoreQuery, EnableScoring, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::{
    api::{Facets, Highlights, Hit, Order, OrderKey, PAGE_MAX_HITS, SearchAnswer, SearchPosition, SearchRequest, Step},
    documents::{
        document::{StoredHit, key_term, shown_texts, stored_attachments},
        schema::Fields,
    },
    error::SearchError,
    highlighting::{
        fragments::fragments,
        highlight::{MarkedText, Marker, TextBudget},
    },
    hits::{
        collector::{Collected, Documents, RANKED_MAX, by_segment, collect, documents_of, page_max},
        filters::VisibleDocuments,
        phrase_cost::bound_positions,
    },
    query::{
        build::{Plan, all_words, build, build_excluded},
        parse::ParsedQuery,
        synonyms::{Meant, SYNONYM_GROUPS_MAX, Synonyms},
    },
    spelling::{
        did_you_mean::{SpeltWord, did_you_mean, in_other_layout},
        other_words::OtherWords,
    },
    storage::index::SearchIndex,
};

/// A question that has fewer hits is relaxed as far as to any of its words: which of them matter is for the ranking to say,
/// as long as it ranks all hits to the end.
const QUESTION_HITS_MIN: u64 = RANKED_MAX as u64;
/// Hits whose texts show how a word is spelt.
const SPELLINGS_FROM_HITS: usize = 5;
/// Most localizations that one query may pin.
const PINNED_MAX: usize = 20;

impl SearchIndex {
    /// Finds what is published and the scope may see.
    ///
    /// Hits have all words of a query of up to three, most of a longer one, by their stems. Where nothing has them, the query
    /// is relaxed step by step, and the answer says so. Longer queries and questions are relaxed too where few hits have
    /// them; hits with more of the words then still stand before those with fewer. Where a few hits have all words of a short
    /// query, the best of those with fewer fill the page after them. Total and facets are of the first step that finds any,
    /// and each hit says whether it lacks a word.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let parsed = ParsedQuery::parse(&request.query)?;
        self.ask(|searcher| {
            let answer = self.search_in(searcher, request, parsed)?;
            let is_empty = answer.total == 0 && answer.hits.is_empty();
            Ok(if is_empty { self.in_other_layout(searcher, request)?.unwrap_or(answer) } else { answer })
        })
    }

    /// What means the same: groups that editors declare, and those that the program carries where they are wanted.
    pub fn synonyms(&self, groups: &[Vec<String>]) -> Synonyms {
        let groups = &groups[..groups.len().min(SYNONYM_GROUPS_MAX)];
        if self.options.starter_synonyms { Synonyms::with_starters(groups) } else { Synonyms::new(groups) }
    }

    /// The answer to what was meant by a query that was typed in the wrong layout, if there is one.
    fn in_other_layout(
        &self,
        searcher: &Searcher,
        request: &SearchRequest,
    ) -> Result<Option<SearchAnswer>, SearchError> {
        for query in in_other_layout(&request.query) {
            let Ok(parsed) = ParsedQuery::parse(&query) else { continue };
            let answer =
                self.search_in(searcher, &SearchRequest { query: query.clone(), ..request.clone() }, parsed)?;
            if answer.total > 0 && !answer.relaxed {
                return Ok(Some(SearchAnswer { relaxed: true, did_you_mean: Some(query), ..answer }));
            }
        }
        Ok(None)
    }

    fn search_in(
        &self,
        searcher: &Searcher,
        request: &SearchRequest,
        mut parsed: ParsedQuery,
    ) -> Result<SearchAnswer, SearchError> {
        bound_positions(searcher, &self.fields, &mut parsed)?;
        let mut search = Search::new(self, searcher, request, &parsed)?;
        let Relaxed { step, collected, counted } = search.relax()?;
        let mut found: Vec<Found> =
            collected.best.iter().map(|(key, address)| Found { step, key: *key, address: *address }).collect();
        if collected.total > 0 {
            search.fill_page(step, &mut found)?;
        }
        // What other filters leave nothing of does not count where more relaxed hits are left.
        let counted = counted.filter(|counted| counted.total > 0 || collected.total == 0);
        search.answer(step, found, counted.unwrap_or_else(|| Counted::of(step, &collected)))
    }

    /// A hit without marks.
    pub(crate) fn hit(&self, searcher: &Searcher, key: OrderKey, address: DocAddress) -> Result<Hit, SearchError> {
        let document = self.document(searcher, address)?;
        Ok(to_hit(StoredHit::from_indexed(&document, &self.fields)?, Step::AsTyped, key))
    }

    fn document(&self, searcher: &Searcher, address: DocAddress) -> Result<TantivyDocument, SearchError> {
        searcher.doc(address).map_err(SearchError::engine("read a document of"))
    }

    /// Where the pinned localizations stand, the first with the highest rank.
    fn pinned(&self, searcher: &Searcher, request: &SearchRequest) -> Result<BTreeMap<DocAddress, u32>, SearchError> {
        let mut pinned = BTreeMap::new();
        for (place, (entry, locale)) in (0_u32..).zip(request.pinned.iter().take(PINNED_MAX)) {
            if let Some(address) = self.find_document(searcher, *entry, locale)? {
                pinned.entry(address).or_insert(u32::MAX - place);
            }
        }
        Ok(pinned)
    }
}

/// A hit of a page and the step that found it.
struct Found {
    step: Step,
    key: OrderKey,
    address: DocAddress,
}

/// What an answer counts: the hits of the first step that has any.
struct Counted {
    step: Step,
    total: u64,
    facets: Facets,
}

impl Counted {
    fn of(step: Step, collected: &Collected) -> Self {
        Self { step, total: collected.total, facets: collected.named_facets() }
    }
}

/// One search on its way: the query, what may be meant by it, and what every step leaves out or puts first.
struct Search<'a> {
    index: &'a SearchIndex,
    searcher: &'a Searcher,
    request: &'a SearchRequest,
    parsed: &'a ParsedQuery,
    synonyms: Vec<Meant<'a>>,
    /// Words that may be meant instead of those of the query; none before they are looked for.
    others: OtherWords,
    excluded: Documents,
    pinned: BTreeMap<DocAddress, u32>,
}

/// The step that a page is of, with what it found.
struct Relaxed {
    step: Step,
    collected: Collected,
    /// Absent where no step found anything.
    counted: Option<Counted>,
}

impl<'a> Search<'a> {
    fn new(
        index: &'a SearchIndex,
        searcher: &'a Searcher,
        request: &'a SearchRequest,
        parsed: &'a ParsedQuery,
    ) -> Result<Self, SearchError> {
        // Collected by itself: the engine's own exclusion seeks backwards in phrases.
        let excluded = match build_excluded(parsed, &index.fields) {
            Some(query) => documents_of(searcher, &*query)?,
            None => Documents::new(),
        };
        let (synonyms, pinned) = (request.synonyms.meant(parsed), index.pinned(searcher, request)?);
        Ok(Self { index, searcher, request, parsed, synonyms, others: OtherWords::default(), excluded, pinned })
    }

    /// Tries step by step from that of the cursor on, until one finds enough. Steps before the cursor's only say how many hits
    /// there are, and what is no more than the rest.
    fn relax(&mut self) -> Result<Relaxed, SearchError> {
        let first = self.request.after.and_then(|position| Step::from_number(position.step)).unwrap_or(Step::AsTyped);
        if first != Step::AsTyped {
            self.look_for_other_words()?;
        }
        let counting = SearchRequest { size: 0, after: None, ..self.request.clone() };
        let mut relaxed = Relaxed { step: Step::AsTyped, collected: Collected::default(), counted: None };
        let mut strong: Option<Documents> = None;
        for step in Step::ALL {
            if step == Step::SimilarWords && first == Step::AsTyped {
                self.look_for_other_words()?;
            }
            let is_shown = step.number() >= first.number();
            if !is_shown && relaxed.counted.is_some() {
                continue;
            }
            // Without other words this step asks for what the one before did.
            if step == Step::SimilarWords && self.others.is_empty() {
                continue;
            }
            let Some(plan) = self.plan(step) else { continue };
            let asked = if is_shown { self.request } else { &counting };
            let collected = match &strong {
                Some(strong) => self.collect(asked, &plan, &with_others(&self.excluded, strong), &self.pinned)?,
                None => self.collect(asked, &plan, &self.excluded, &self.pinned)?,
            };
            let is_enough = collected.visible >= enough(self.parsed, step);
            if !is_shown && step.has_all_words() && self.parsed.may_be_filled() && collected.total > 0 {
                strong = Some(documents_of(self.searcher, &*plan.found)?);
                if step == Step::AsTyped {
                    // The first page was filled without looking for other words.
                    self.others = OtherWords::default();
                }
            }
            if relaxed.counted.is_none() && collected.visible > 0 {
                relaxed.counted = Some(Counted::of(step, &collected));
            }
            if is_shown {
                (relaxed.step, relaxed.collected) = (step, collected);
            }
            // All pages of an answer are of the same step.
            if is_shown && (is_enough || self.request.after.is_some()) {
                break;
            }
        }
        Ok(relaxed)
    }

    /// Fills the rest of a page with hits that have only some of the words, where those of its step have all of a few.
    fn fill_page(&self, step: Step, found: &mut Vec<Found>) -> Result<(), SearchError> {
        let page = page_max(self.request);
        let may_be_filled = self.request.order == Order::Relevance && self.parsed.may_be_filled();
        if !step.has_all_words() || found.len() >= page || !may_be_filled {
            return Ok(());
        }
        let Some(rest) = self.plan_without_pins(Step::AnyWord) else { return Ok(()) };
        let strong = match self.request.after {
            // A first page that is not full has all that the step found.
            None => by_segment(found.iter().map(|found| found.address)),
            Some(_) => match self.plan(step) {
                Some(plan) => documents_of(self.searcher, &*plan.found)?,
                None => Documents::new(),
            },
        };
        let all = SearchRequest { after: None, facets: Vec::new(), ..self.request.clone() };
        let rest = self.collect(&all, &rest, &with_others(&self.excluded, &strong), &BTreeMap::new())?;
        let rest = rest.best.into_iter().take(page - found.len());
        found.extend(rest.map(|(key, address)| Found { step: Step::AnyWord, key, address }));
        Ok(())
    }

    /// Words that may be meant instead of those of the query, as far as the caller may see where they are.
    fn look_for_other_words(&mut self) -> Result<(), SearchError> {
        let visible = VisibleDocuments::of(self.searcher, &self.index.columns, self.request)?;
        self.others = OtherWords::of(&visible, &self.index.fields, self.parsed)?;
        Ok(())
    }

    /// What a step looks for; what is pinned is found beside that.
    fn plan(&self, step: Step) -> Option<Plan> {
        Some(with_pinned(self.plan_without_pins(step)?, self.request, &self.index.fields))
    }

    fn plan_without_pins(&self, step: Step) -> Option<Plan> {
        let meant = self.others.beside(&self.synonyms);
        build(self.parsed, &self.others.similar, &meant, step, &self.index.fields)
    }

    fn collect(
        &self,
        request: &SearchRequest,
        plan: &Plan,
        excluded: &Documents,
        pinned: &BTreeMap<DocAddress, u32>,
    ) -> Result<Collected, SearchError> {
        collect(self.searcher, &self.index.columns, request, plan, excluded, pinned)
    }

    /// For each hit whether it lacks a word of the query. Of short queries the step says it.
    fn lacking(&self, found: &[Found]) -> Result<Vec<bool>, SearchError> {
        let meant = self.others.beside(&self.synonyms);
        let is_question = self.parsed.is_question();
        let whole = is_question.then(|| all_words(self.parsed, &self.others.similar, &meant, &self.index.fields));
        match whole.flatten() {
            Some(query) => lacking(self.searcher, &*query, found),
            None => Ok(found.iter().map(|found| found.step.has_fewer_words()).collect()),
        }
    }

    /// The answer: the found ones of the page with their marks.
    fn answer(&self, step: Step, found: Vec<Found>, counted: Counted) -> Result<SearchAnswer, SearchError> {
        let Self { index, searcher, request, parsed, others, .. } = self;
        let (fields, similar) = (&index.fields, &others.similar);
        let marker = Marker::new(parsed, similar, &others.beside(&self.synonyms), step, fields);
        let lacking = self.lacking(&found)?;
        let size = request.size.min(PAGE_MAX_HITS);
        let more = found.len() > size;
        let page: Vec<DocAddress> = found.iter().take(size).map(|found| found.address).collect();
        let places = marker.places(searcher, fields, &page)?;
        let is_meant = |token: &Token<'_>| {
            let mut meant = similar.iter().flatten();
            meant.any(|similar| similar.term == token.stem || similar.term == token.norm)
        };
        let (mut hits, mut spelt) = (Vec::with_capacity(page.len()), Vec::new());
        let mut budget = TextBudget::default();
        for (Found { step: of, key, address }, lacks) in found.into_iter().zip(lacking).take(size) {
            let document = index.document(searcher, address)?;
            let stored = StoredHit::from_indexed(&document, fields)?;
            let attachments = stored_attachments(&document, fields)?;
            budget.next_hit();
            let title = marker.mark(&stored.title);
            let places = places.in_document(address);
            let shown = shown_texts(&document, fields);
            let texts: Vec<MarkedText<'_>> =
                shown.iter().map(|text| marker.mark_shown(text, places, &mut budget)).collect();
            let marked = || std::iter::once(&title).chain(&texts).flat_map(MarkedText::found);
            if step != Step::AsTyped && hits.len() < SPELLINGS_FROM_HITS {
                spelt.extend(marked().filter(|(_, token)| is_meant(token)).map(|(_, token)| SpeltWord::of(token)));
            }
            let found = marked().map(|(word, _)| word).collect();
            let attachments = marker.attachments(&found, &attachments, &mut budget);
            let highlights = Highlights { title: title.whole(), fragments: fragments(&texts) };
            hits.push(Hit { highlights, attachments, fewer_words: lacks, ..to_hit(stored, of, key) });
        }
        let did_you_mean = match step {
            Step::AsTyped => None,
            Step::SimilarWords | Step::HalfOfWords | Step::AnyWord | Step::Pieces => {
                did_you_mean(&request.query, parsed, similar, &spelt, fields)
            }
        };
        let Counted { step: counted_step, total, facets } = counted;
        // Of a question the first hit says whether there is an answer to what was typed.
        let relaxed = match hits.first() {
            Some(hit) if counted_step == Step::AsTyped => parsed.is_question() && hit.fewer_words,
            Some(_) | None => counted_step != Step::AsTyped && total > 0,
        };
        Ok(SearchAnswer { hits, total, relaxed, did_you_mean, more, facets })
    }
}

fn with_others(documents: &Documents, others: &Documents) -> Documents {
    let mut all = documents.clone();
    for (segment, docs) in others {
        let known = all.entry(*segment).or_default();
        known.extend(docs);
        known.sort_unstable();
        known.dedup();
    }
    all
}

/// For each hit whether it lacks a word of the query; `query` has what has all of them.
fn lacking(searcher: &Searcher, query: &dyn Query, found: &[Found]) -> Result<Vec<bool>, SearchError> {
    let engine = |error| SearchError::engine("search")(error);
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher)).map_err(engine)?;
    let mut lacking = vec![true; found.len()];
    let mut in_order: Vec<(DocAddress, usize)> = found.iter().map(|found| found.address).zip(0..).collect();
    in_order.sort_unstable();
    for hits in in_order.chunk_by(|(one, _), (other, _)| one.segment_ord == other.segment_ord) {
        let Some((first, _)) = hits.first() else { continue };
        let mut scorer = weight.scorer(searcher.segment_reader(first.segment_ord), 1.0).map_err(engine)?;
        for (address, place) in hits {
            let at = if scorer.doc() < address.doc_id { scorer.seek(address.doc_id) } else { scorer.doc() };
            lacking[*place] = at != address.doc_id;
        }
    }
    Ok(lacking)
}

/// A hit without marks.
fn to_hit(stored: StoredHit, step: Step, key: OrderKey) -> Hit {
    let StoredHit { entry, locale, collection, department, path, title, published_at } = stored;
    Hit {
        entry,
        locale,
        collection,
        department,
        path: path.map(PublicPath::from_stored),
        title,
        highlights: Highlights::default(),
        score: key.score as f32 / 1_000.0,
        published_at,
        pinned: key.tier == OrderKey::PINNED,
        attachments: Vec::new(),
        fewer_words: false,
        position: SearchPosition { step: step.number(), key },
    }
}

/// What is pinned is found beside what the plan finds.
fn with_pinned(plan: Plan, request: &SearchRequest, fields: &Fields) -> Plan {
    if request.pinned.is_empty() {
        return plan;
    }
    let Plan { found, titles, details } = plan;
    let mut clauses = vec![(Occur::Should, found)];
    for (entry, locale) in request.pinned.iter().take(PINNED_MAX) {
        let query = TermQuery::new(key_term(fields, *entry, locale), IndexRecordOption::Basic);
        clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(query), 0.0))));
    }
    Plan { found: Box::new(BooleanQuery::new(clauses)), titles, details }
}

/// How many hits make it needless to relax a query further.
fn enough(parsed: &ParsedQuery, step: Step) -> u64 {
    match step {
        Step::AsTyped | Step::SimilarWords | Step::HalfOfWords if parsed.is_question() => QUESTION_HITS_MIN,
        Step::AsTyped | Step::SimilarWords | Step::HalfOfWords | Step::AnyWord | Step::Pieces => 1,
    }
}

#[cfg(test)]
mod tests;
