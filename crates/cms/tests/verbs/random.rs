//! Random saves, publishes, withdrawals and moves in a tree of three locales, held against a naive recomputation.

use std::collections::{BTreeMap, BTreeSet};

use diwan_cms::{Expect, Keep, LocalizationState, RevisionInput, WithdrawMode};
use diwan_content::{EntryId, Locale, PublicPath, Registry};
use serde_json::{Map, Value, json};

use crate::{
    bed::Bed,
    support::{ar, en, item, public, registry_with, system, withdrawal},
};

const ENTRIES: usize = 5;
const STEPS: usize = 150;
const SLUGS: [&str; 4] = ["a", "b", "c", "ة"];

fn fr() -> Locale {
    "fr".parse().unwrap()
}

/// The pages of the repo, in French too.
fn registry() -> Registry {
    registry_with(|name, text| match name {
        "collections/pages.yaml" => text
            .replace("locales: [ar, en]", "locales: [ar, en, fr]")
            .replace("en: \"/en/{parent}/{slug}\"", "en: \"/en/{parent}/{slug}\", fr: \"/fr/{parent}/{slug}\""),
        _ => text,
    })
}

/// Numbers that look random: xorshift, as in G. Marsaglia, "Xorshift RNGs" (2003).
pub(crate) struct Random(u64);

impl Random {
    /// From `DIWAN_TEST_SEED`, else from the clock; printed, so that a failure can be repeated.
    #[expect(clippy::print_stdout, reason = "the seed makes a failure repeatable")]
    pub(crate) fn seeded() -> Self {
        let seed = std::env::var("DIWAN_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed =
            seed.unwrap_or_else(|| std::time::UNIX_EPOCH.elapsed().map_or(1, |age| u64::from(age.subsec_nanos()) | 1));
        println!("DIWAN_TEST_SEED={seed}");
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        for shift in [13_i32, -7, 17] {
            self.0 ^= if shift > 0 { self.0 << shift } else { self.0 >> -shift };
        }
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// What a revision holds, as far as this story goes.
#[derive(Debug, Clone)]
struct Revision {
    data: Map<String, Value>,
    slug: String,
    /// Place of the parent; of the origin alone.
    parent: Option<usize>,
}

/// What is public of a localization: its revision, and the origin's that gave what is inherited.
#[derive(Debug, Clone)]
struct Live {
    own: Revision,
    origin: Revision,
}

type Place = (usize, Locale);

#[derive(Debug, Clone, Default)]
struct Model {
    heads: BTreeMap<Place, Revision>,
    lives: BTreeMap<Place, Live>,
}

impl Model {
    fn publish(&mut self, place: &Place) {
        let own = self.heads[place].clone();
        let (entry, locale) = place;
        if *locale == ar() {
            self.lives.insert(place.clone(), Live { own: own.clone(), origin: own.clone() });
            for locale in [en(), fr()] {
                if let Some(other) = self.lives.get_mut(&(*entry, locale)) {
                    other.origin = own.clone();
                }
            }
        } else {
            let origin = self.lives[&(*entry, ar())].own.clone();
            self.lives.insert(place.clone(), Live { own, origin });
        }
    }

    /// What will be public, if that may be. Origins come first: they count as public for what is published with them.
    fn published(&self, places: &BTreeSet<Place>) -> Option<Self> {
        let mut after = self.clone();
        let (origins, others): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| place.1 == ar());
        for place in origins.into_iter().chain(others) {
            if !after.lives.contains_key(&(place.0, ar())) && place.1 != ar() {
                return None;
            }
            after.publish(place);
        }
        after.is_whole().then_some(after)
    }

    /// Every public page has public parents without a circle, and a path of its own in its folded form.
    fn is_whole(&self) -> bool {
        let mut taken = BTreeSet::new();
        self.lives.keys().all(|place| {
            let Some(path) = self.path(place) else { return false };
            taken.insert((place.1.clone(), PublicPath::from_request(&path).unwrap().folded().as_str().to_owned()))
        })
    }

    fn path(&self, place: &Place) -> Option<String> {
        let mut slugs = Vec::new();
        let mut at = Some(place.0);
        while let Some(entry) = at {
            let live = self.lives.get(&(entry, place.1.clone()))?;
            slugs.push(live.own.slug.clone());
            at = live.origin.parent;
            if slugs.len() > ENTRIES {
                return None;
            }
        }
        slugs.reverse();
        let prefix = if place.1 == ar() { String::new() } else { format!("/{}", place.1) };
        Some(format!("{prefix}/{}", slugs.join("/")))
    }

    /// The values that are answered: own ones, and the origin's where there are none.
    fn values(&self, place: &Place) -> Value {
        let Live { own, origin } = &self.lives[place];
        let value = |name: &str, localizable: bool| {
            let own = own.data.get(name).filter(|_| localizable || place.1 == ar());
            own.or_else(|| origin.data.get(name)).cloned().unwrap_or(Value::Null)
        };
        json!({ "title": value("title", true), "summary": value("summary", true), "reviewed_on": value("reviewed_on", false) })
    }

    fn children(&self, place: &Place) -> usize {
        let below = |(other, live): (&Place, &Live)| other.1 == place.1 && live.origin.parent == Some(place.0);
        self.lives.iter().filter(|row| below(*row)).count()
    }

    /// Whether a head would stand below itself.
    fn closes_a_circle(&self, entry: usize, parent: usize) -> bool {
        let mut at = Some(parent);
        let mut steps = 0;
        while let Some(above) = at {
            steps += 1;
            if above == entry || steps > ENTRIES {
                return true;
            }
            at = self.heads[&(above, ar())].parent;
        }
        false
    }
}

struct Story<'a> {
    bed: &'a Bed,
    random: Random,
    ids: Vec<EntryId>,
    model: Model,
    states: BTreeMap<Place, LocalizationState>,
    /// Every path that ever was public, with the entry that was there last; without one once that has vanished.
    past: BTreeMap<(Locale, String), Option<usize>>,
}

pub(crate) async fn what_is_public_is_what_a_naive_recomputation_says(bed: &Bed) {
    let random = Random::seeded();
    let bed = &Bed::open(bed.kind(), registry()).await.unwrap();
    let owner = bed.owner().await;
    let mut story = Story { bed, random, ids: vec![], model: Model::default(), states: [].into(), past: [].into() };
    for number in 0..ENTRIES {
        let slug = format!("s{number}");
        let state = bed.page(owner, None, &slug).await;
        let managed = bed.cms.manage_localization(&diwan_content::Actor::system(), state.entry, &ar()).await.unwrap();
        story.ids.push(state.entry);
        story.model.heads.insert((number, ar()), Revision { data: managed.data, slug, parent: None });
        story.states.insert((number, ar()), state);
    }
    for step in 0..STEPS {
        story.step(step).await;
        if step % 10 == 9 {
            story.check(step).await;
        }
    }
    assert_eq!(bed.cms.verify_events().await.unwrap(), None);
    bed.cms.close().await.unwrap();
}

impl Story<'_> {
    async fn step(&mut self, step: usize) {
        let locale = [ar(), ar(), en(), fr()][self.random.below(4)].clone();
        let place = (self.random.below(ENTRIES), locale);
        match self.random.below(9) {
            0..=3 => self.save(&place, step).await,
            4..=6 if self.model.heads.contains_key(&place) => self.publish(&place, step).await,
            7 if self.model.lives.contains_key(&place) => self.withdraw(&place, step).await,
            _ => {}
        }
    }

    async fn save(&mut self, place: &Place, step: usize) {
        let mut data = json!({ "title": format!("عنوان {step}") });
        if self.random.below(2) == 0 {
            data["summary"] = if self.random.below(3) == 0 { Value::Null } else { json!(format!("خلاصة {step}")) };
        }
        let slug = SLUGS[self.random.below(SLUGS.len())].to_owned();
        let mut parent = Keep::Keep;
        let mut parent_place = self.model.heads.get(place).and_then(|head| head.parent);
        if place.1 == ar() {
            data["reviewed_on"] = json!(format!("2025-01-{:02}", self.random.below(28) + 1));
            let wanted = self.random.below(ENTRIES + 2);
            if wanted < ENTRIES {
                (parent, parent_place) = (Keep::Set(self.ids[wanted]), Some(wanted));
            } else if wanted == ENTRIES {
                (parent, parent_place) = (Keep::Clear, None);
            }
        }
        let expected = match parent {
            Keep::Set(_) => !parent_place.is_some_and(|parent| self.model.closes_a_circle(place.0, parent)),
            Keep::Keep | Keep::Clear => true,
        };
        let expect = self.states.get(place).map_or(Expect::Absent, |state| Expect::Version(state.version));
        let input = RevisionInput { data: data.clone(), slug: Some(slug.clone()), parent, ..RevisionInput::default() };
        let saved = self.bed.cms.save(&system(), self.ids[place.0], place.1.clone(), input, expect).await;
        assert_eq!(saved.is_ok(), expected, "step {step}: {saved:?}");
        if let Ok(outcome) = saved {
            let data = data.as_object().unwrap().clone();
            self.model.heads.insert(place.clone(), Revision { data, slug, parent: parent_place });
            self.states.insert(place.clone(), outcome.value);
        }
    }

    async fn publish(&mut self, place: &Place, step: usize) {
        let mut places = BTreeSet::from([place.clone()]);
        for _ in 0..self.random.below(3) {
            let at = self.random.below(self.states.len());
            places.extend(self.states.keys().nth(at).cloned());
        }
        let expected = self.model.published(&places);
        let items = places.iter().map(|place| item(&self.states[place])).collect();
        let published = self.bed.cms.publish(&system(), items).await;
        assert_eq!(published.is_ok(), expected.is_some(), "step {step} {places:?}: {published:?} {:#?}", self.model);
        if let Some(after) = expected {
            self.model = after;
            self.refresh().await;
        }
    }

    async fn withdraw(&mut self, place: &Place, step: usize) {
        let mode = match self.random.below(3) {
            0 => WithdrawMode::Gone,
            1 => WithdrawMode::Vanished,
            _ => WithdrawMode::Redirect(self.ids[self.random.below(ENTRIES)]),
        };
        let target_is_live = match mode {
            WithdrawMode::Redirect(to) => {
                let to = self.ids.iter().position(|id| *id == to).unwrap();
                to != place.0 && self.model.lives.contains_key(&(to, place.1.clone()))
            }
            WithdrawMode::Gone | WithdrawMode::Vanished => true,
        };
        let expected = target_is_live && self.model.children(place) == 0;
        let withdrawn = self.bed.cms.withdraw(&system(), withdrawal(&self.states[place], mode)).await;
        assert_eq!(withdrawn.is_ok(), expected, "step {step} {place:?}: {withdrawn:?}");
        if expected {
            self.model.lives.remove(place);
            if mode == WithdrawMode::Vanished {
                let held = self.past.iter_mut().filter(|(at, entry)| at.0 == place.1 && **entry == Some(place.0));
                held.for_each(|(_, entry)| *entry = None);
            }
            self.refresh().await;
        }
    }

    /// What is taken along raises versions of other localizations, too.
    async fn refresh(&mut self) {
        for state in self.states.values_mut() {
            *state = self.bed.now(state).await;
        }
        for place in self.model.lives.keys() {
            self.past.insert((place.1.clone(), self.model.path(place).unwrap()), Some(place.0));
        }
    }

    async fn check(&self, step: usize) {
        for locale in [ar(), en(), fr()] {
            let lives = self.model.lives.keys().filter(|place| place.1 == locale);
            let mut expected: Vec<String> = lives.map(|place| self.model.path(place).unwrap()).collect();
            let mut paths = self.bed.paths(&locale).await;
            expected.sort();
            paths.sort();
            assert_eq!(paths, expected, "step {step}");
        }
        for place in self.model.lives.keys() {
            let read = self.bed.read("pages", self.ids[place.0], &place.1).await;
            let values = json!({ "title": read.data["title"], "summary": read.data["summary"], "reviewed_on": read.data["reviewed_on"] });
            assert_eq!(values, self.model.values(place), "step {step} {place:?}");
            assert_eq!(read.path.unwrap().as_str(), self.model.path(place).unwrap(), "step {step} {place:?}");
        }
        for ((locale, path), held_by) in &self.past {
            self.check_past(locale, path, *held_by, step).await;
        }
        self.check_list(step).await;
    }

    /// A path that once was public is a page, or leads at once to where the entry lives that had it last; of an entry that
    /// is not public any more it tells what its withdrawal said, and nothing of one that has vanished.
    async fn check_past(&self, locale: &Locale, path: &str, held_by: Option<usize>, step: usize) {
        let asked = PublicPath::from_request(path).unwrap();
        let live = |path: &PublicPath| {
            let mut lives = self.model.lives.keys().filter(|place| place.1 == *locale);
            lives.any(|place| self.model.path(place).unwrap() == path.as_str())
        };
        let lives_at = held_by.and_then(|entry| {
            let place = (entry, locale.clone());
            self.model.lives.contains_key(&place).then(|| self.model.path(&place).unwrap())
        });
        match self.bed.cms.content(public(), Some(locale), &asked).await.unwrap().value {
            diwan_cms::EntryRead::Entry(entry) => {
                assert!(entry.path == Some(asked.clone()) && live(&asked), "step {step} {path}")
            }
            diwan_cms::EntryRead::Moved { to, .. } => {
                assert!(held_by.is_some() && live(&to) && !live(&asked), "step {step} {path}: {to}");
                assert!(lives_at.is_none_or(|lives_at| lives_at == to.as_str()), "step {step} {path}: {to}");
            }
            diwan_cms::EntryRead::Gone { .. } => {
                assert!(held_by.is_some() && lives_at.is_none(), "step {step} {path}: {lives_at:?}")
            }
            diwan_cms::EntryRead::Absent => {
                assert!(!live(&asked) && lives_at.is_none(), "step {step} {path}: {lives_at:?}")
            }
        }
    }

    async fn check_list(&self, step: usize) {
        let titles: BTreeSet<String> = self.bed.titles("pages", None).await.into_iter().collect();
        let lives = self.model.lives.keys().filter(|place| place.1 == ar());
        let expected: BTreeSet<String> =
            lives.map(|place| self.model.values(place)["title"].as_str().unwrap().to_owned()).collect();
        assert_eq!(titles, expected, "step {step}");
    }
}
