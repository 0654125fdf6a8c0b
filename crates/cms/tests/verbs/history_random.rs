//! What was public is recorded after each of many random changes; later every recorded time is answered the same.

use diwan_cms::{Expect, Keep, ListQuery, LocalizationState, ReadRequest, RevisionInput, Selection, WithdrawMode};
use diwan_content::{DepartmentId, EntryId, Locale, PublicPath, Timestamp};
use serde_json::json;

use crate::{
    bed::Bed,
    history::then,
    random::Random,
    support::{ar, en, item, public, system, withdrawal},
};

const ENTRIES: usize = 5;
const STEPS: usize = 40;
const SLUGS: [&str; 5] = ["a", "b", "ه", "ة", "c"];

struct Story<'a> {
    bed: &'a Bed,
    random: Random,
    ids: Vec<EntryId>,
    /// Every path that ever was public, in the order of their coming.
    paths: Vec<(Locale, PublicPath)>,
    records: Vec<(Timestamp, Vec<(String, String)>)>,
}

pub(crate) async fn every_time_is_answered_as_it_was_recorded(bed: &Bed) {
    let owner = bed.owner().await;
    let mut story = Story { bed, random: Random::seeded(), ids: vec![], paths: vec![], records: vec![] };
    for number in 0..ENTRIES {
        story.ids.push(bed.page(owner, None, &format!("s{number}")).await.entry);
    }
    for _ in 0..STEPS {
        story.change(owner).await;
        story.record().await;
    }
    for (at, recorded) in &story.records {
        let request = then(bed, *at).await;
        let mut now = story.answers(&request, recorded.len()).await;
        now.truncate(recorded.len());
        for ((question, then), (_, now)) in recorded.iter().zip(&now) {
            assert_eq!(now, then, "{question} at {at}");
        }
    }
}

impl Story<'_> {
    /// One random change; many are refused, which changes nothing.
    async fn change(&mut self, owner: DepartmentId) {
        let id = self.ids[self.random.below(ENTRIES)];
        let locale = if self.random.below(3) == 0 { en() } else { ar() };
        let state = self.state(id, &locale).await;
        match (self.random.below(10), state) {
            (0..=1, Some(state)) => {
                let to = self.ids[self.random.below(ENTRIES)];
                let mode = if self.random.below(2) == 0 { WithdrawMode::Gone } else { WithdrawMode::Redirect(to) };
                let _refused = self.bed.cms.withdraw(&system(), withdrawal(&state, mode)).await;
            }
            (2, Some(_)) => {
                let _refused = self.bed.cms.transfer(&system(), id, owner).await;
            }
            (_, state) => {
                let (parent, featured) = (self.random.below(ENTRIES + 3), self.random.below(ENTRIES));
                let data = if locale == ar() {
                    json!({ "title": format!("title {}", self.random.below(1_000)), "featured": [self.ids[featured]] })
                } else {
                    json!({ "title": format!("english {}", self.random.below(1_000)) })
                };
                let parent = match self.ids.get(parent) {
                    _ if locale != ar() => Keep::Keep,
                    Some(parent) => Keep::Set(*parent),
                    None => Keep::Clear,
                };
                let slug = Some(SLUGS[self.random.below(SLUGS.len())].to_owned());
                let input = RevisionInput { data, slug, parent, ..RevisionInput::default() };
                let expect = state.as_ref().map_or(Expect::Absent, |state| Expect::Version(state.version));
                let saved = self.bed.cms.save(&system(), id, locale.clone(), input, expect).await;
                if let Ok(saved) = saved {
                    let _refused = self.bed.cms.publish_one(&system(), item(&saved.value)).await;
                }
            }
        }
    }

    async fn state(&self, id: EntryId, locale: &Locale) -> Option<LocalizationState> {
        let found = self.bed.cms.manage_localization(&diwan_content::Actor::system(), id, locale).await;
        found.ok().map(|found| found.state)
    }

    async fn record(&mut self) {
        for locale in [ar(), en()] {
            let rows =
                self.bed.cms.published_paths(public(), Some(&locale), Some(100), None).await.unwrap().value.items;
            for row in rows {
                let place = (locale.clone(), row.path);
                if !self.paths.contains(&place) {
                    self.paths.push(place);
                }
            }
        }
        let recorded = self.answers(&public().into(), usize::MAX).await;
        self.records.push((self.bed.cms.now(), recorded));
    }

    /// Everything that may be asked, with its answer. Paths that came later stand at the end.
    async fn answers(&self, request: &ReadRequest, most: usize) -> Vec<(String, String)> {
        let mut answers = Vec::new();
        let include = Some("featured.featured,featured_on".to_owned());
        let wide = ReadRequest { selection: Selection { include, ..Selection::default() }, ..request.clone() };
        for locale in [ar(), en()] {
            for id in &self.ids {
                let read = self.bed.cms.published_entry(wide.clone(), "pages", *id, Some(&locale), None).await;
                answers.push((format!("{id} in {locale}"), format!("{:?}", read.unwrap().value)));
            }
            let query = ListQuery {
                locale: Some(locale.clone()),
                moment: request.moment.clone(),
                selection: wide.selection.clone(),
                ..ListQuery::default()
            };
            let list = self.bed.cms.published_list(request.scope, "pages", query).await.unwrap().value;
            answers.push((format!("list in {locale}"), format!("{:?} {}", list.items, list.next.is_some())));
            let tree = self.bed.cms.published_tree(request.clone(), "pages", Some(&locale)).await;
            answers.push((format!("tree in {locale}"), format!("{:?}", tree.unwrap().value)));
            let paths = self.bed.cms.published_paths(request.clone(), Some(&locale), Some(100), None).await;
            answers.push((format!("paths in {locale}"), format!("{:?}", paths.unwrap().value.items)));
        }
        for (locale, path) in &self.paths {
            let found = self.bed.cms.content(wide.clone(), Some(locale), path).await.unwrap().value;
            answers.push((format!("{path} in {locale}"), format!("{found:?}")));
        }
        answers.truncate(most);
        answers
    }
}
