//! Random filters, orders and page sizes, read page by page while entries come, change and go; each page is held against
//! what a naive list would hold at that moment.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use diwan_cms::{CreateEntry, ListQuery, LocalizationState, PublishedPage, RevisionInput, WithdrawMode};
use diwan_content::{DepartmentId, EntryId};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    filters::{list, query, registry},
    random::Random,
    support::{new_entry, system},
};

const ARTICLES: usize = 30;
const CATEGORIES: usize = 6;
const WALKS: usize = 40;
const KINDS: [&str; 4] = ["event", "news", "notice", "report"];

#[derive(Debug, Clone, PartialEq)]
struct Article {
    title: String,
    kind: usize,
    topics: BTreeSet<usize>,
    year: Option<i64>,
    category: Option<EntryId>,
    date: String,
    department: DepartmentId,
    public: bool,
}

#[derive(Debug, Clone)]
struct Category {
    code: i64,
    public: bool,
}

#[derive(Debug, Default)]
struct Model {
    articles: BTreeMap<EntryId, Article>,
    categories: BTreeMap<EntryId, Category>,
}

type Answers = Box<dyn Fn(&Article, &Model) -> bool>;
type Order = &'static [(&'static str, bool)];

/// What may be asked for: `None` is the order of the collection.
const ORDERS: [(Option<&str>, Order); 9] = [
    (None, &[("date", true), ("title", false)]),
    (Some("title"), &[("title", false)]),
    (Some("-title"), &[("title", true)]),
    (Some("-date"), &[("date", true)]),
    (Some("date,-title"), &[("date", false), ("title", true)]),
    (Some("-year"), &[("year", true)]),
    (Some("year,title"), &[("year", false), ("title", false)]),
    (Some("kind,-date"), &[("kind", false), ("date", true)]),
    (Some("-kind"), &[("kind", true)]),
];

impl Model {
    /// The category of an article, if it is public.
    fn category(&self, article: &Article) -> Option<&Category> {
        self.categories.get(&article.category?).filter(|category| category.public)
    }
}

fn compare(order: Order, a: &Article, b: &Article) -> Ordering {
    for (name, descending) in order {
        let found = match *name {
            "title" => a.title.cmp(&b.title),
            "kind" => a.kind.cmp(&b.kind),
            "date" => a.date.cmp(&b.date),
            "year" => match (a.year, b.year) {
                // Without a value always last.
                (None, Some(_)) => return Ordering::Greater,
                (Some(_), None) => return Ordering::Less,
                (a, b) => a.cmp(&b),
            },
            _ => unreachable!("{name}"),
        };
        if found.is_ne() {
            return if *descending { found.reverse() } else { found };
        }
    }
    Ordering::Equal
}

struct Story<'a> {
    bed: &'a Bed,
    random: Random,
    model: Model,
    states: BTreeMap<EntryId, LocalizationState>,
    departments: Vec<DepartmentId>,
    made: usize,
    /// What was changed on the walk that is under way.
    touched: BTreeSet<EntryId>,
}

pub(crate) async fn pages_hold_what_a_naive_list_holds_while_entries_come_change_and_go(bed: &Bed) {
    let Some(own) = Bed::open(bed.kind(), registry()).await else { return };
    let mut story = Story {
        bed: &own,
        random: Random::seeded(),
        model: Model::default(),
        states: BTreeMap::new(),
        departments: vec![own.owner().await, own.department("إدارة الموازنة", None).await],
        made: 0,
        touched: BTreeSet::new(),
    };
    for number in 0..CATEGORIES {
        story.add_category(number).await;
    }
    for _ in 0..ARTICLES {
        story.add_article().await;
    }
    for walk in 0..WALKS {
        story.walk(walk).await;
    }
    own.cms.close().await.unwrap();
}

impl Story<'_> {
    async fn walk(&mut self, walk: usize) {
        let (filter, answers) = self.some_filter();
        let (sort, order) = ORDERS[self.random.below(ORDERS.len())];
        let size = 1 + self.random.below(7);
        let what = format!("walk {walk}: {filter} by {sort:?}, {size} at once");
        let answering = |model: &Model| -> BTreeSet<EntryId> {
            let public = model.articles.iter().filter(|(_, article)| article.public);
            public.filter(|(_, article)| answers(article, model)).map(|(id, _)| *id).collect()
        };
        self.touched.clear();
        let before = answering(&self.model);
        let mut shown: Vec<EntryId> = Vec::new();
        let (mut after, mut last): (Option<String>, Option<Article>) = (None, None);
        loop {
            let asked = ListQuery {
                sort: sort.map(str::to_owned),
                size: u32::try_from(size).ok(),
                after: after.take(),
                ..query(&filter)
            };
            let page = list(self.bed, asked).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            self.check_page(&page, order, last.as_ref(), &answering(&self.model), size, &what);
            shown.extend(page.items.iter().map(|entry| entry.id));
            last = page.items.last().map(|entry| self.model.articles[&entry.id].clone()).or(last);
            after = page.next;
            if after.is_none() {
                break;
            }
            for _ in 0..self.random.below(4) {
                self.change().await;
            }
        }
        for id in &before {
            let times = shown.iter().filter(|other| *other == id).count();
            assert!(times == 1 || self.touched.contains(id), "{what}: {id} is shown {times} times");
        }
        for id in &shown {
            let times = shown.iter().filter(|other| *other == id).count();
            assert!(times == 1 || self.touched.contains(id), "{what}: {id} is shown {times} times");
        }
    }

    /// The page holds what answers now, in order, and leaves out nothing between the last one shown and its own end.
    fn check_page(
        &self,
        page: &PublishedPage,
        order: Order,
        last: Option<&Article>,
        answering: &BTreeSet<EntryId>,
        size: usize,
        what: &str,
    ) {
        let article = |id: &EntryId| &self.model.articles[id];
        let ids: Vec<EntryId> = page.items.iter().map(|entry| entry.id).collect();
        assert!(ids.iter().all(|id| answering.contains(id)), "{what}: {ids:?} of {answering:?}");
        let shown: Vec<&Article> = last.into_iter().chain(ids.iter().map(article)).collect();
        for pair in shown.windows(2) {
            assert!(compare(order, pair[0], pair[1]).is_le(), "{what}: {pair:?}");
        }
        if page.next.is_some() {
            assert_eq!(ids.len(), size, "{what}");
        }
        let end = ids.last().filter(|_| page.next.is_some()).map(article);
        for id in answering.iter().filter(|id| !ids.contains(id)) {
            let behind = last.is_none_or(|last| compare(order, article(id), last).is_gt());
            let within = end.is_none_or(|end| compare(order, article(id), end).is_lt());
            assert!(!(behind && within), "{what}: {:?} is left out", article(id));
        }
    }

    /// A filter and what it means.
    fn some_filter(&mut self) -> (String, Answers) {
        let categories: Vec<EntryId> = self.model.categories.keys().copied().collect();
        let (one, two) = (categories[self.random.below(CATEGORIES)], categories[self.random.below(CATEGORIES)]);
        let department = self.departments[self.random.below(2)];
        let is_in = |a: &Article, m: &Model, id: EntryId| a.category == Some(id) && m.category(a).is_some();
        let (text, answers): (String, Answers) = match self.random.below(18) {
            0 => (String::new(), Box::new(|_, _| true)),
            1 => ("filter[kind]=news".to_owned(), Box::new(|a, _| a.kind == 1)),
            2 => ("filter[kind][in]=news,event".to_owned(), Box::new(|a, _| a.kind < 2)),
            3 => (
                "filter[topics][in]=موضوع 1,موضوع 3,موضوع 4".to_owned(),
                Box::new(|a, _| [1, 3, 4].iter().any(|topic| a.topics.contains(topic))),
            ),
            4 => ("filter[category][code]=1".to_owned(), Box::new(|a, m| m.category(a).is_some_and(|c| c.code == 1))),
            5 => (
                "filter[category][code][gte]=1&filter[kind][ne]=report".to_owned(),
                Box::new(|a, m| m.category(a).is_some_and(|c| c.code >= 1) && a.kind != 3),
            ),
            6 => ("filter[category][exists]=true".to_owned(), Box::new(|a, m| m.category(a).is_some())),
            7 => ("filter[category][exists]=false".to_owned(), Box::new(|a, m| m.category(a).is_none())),
            8 => (format!("filter[category]={one}"), Box::new(move |a, m| is_in(a, m, one))),
            9 => (format!("filter[category][ne]={one}"), Box::new(move |a, m| !is_in(a, m, one))),
            10 => (
                format!("filter[kind]=news&filter[category][in]={one},{two}"),
                Box::new(move |a, m| a.kind == 1 && (is_in(a, m, one) || is_in(a, m, two))),
            ),
            11 => (
                "filter[or][0][kind]=news&filter[or][1][year][gte]=2003".to_owned(),
                Box::new(|a, _| a.kind == 1 || a.year.is_some_and(|year| year >= 2003)),
            ),
            12 => (
                "filter[year][gte]=2001&filter[year][lt]=2004".to_owned(),
                Box::new(|a, _| a.year.is_some_and(|year| (2001..2004).contains(&year))),
            ),
            13 => ("filter[date][gt]=2026-01-04".to_owned(), Box::new(|a, _| a.date.as_str() > "2026-01-04")),
            14 => ("filter[title][contains]=7".to_owned(), Box::new(|a, _| a.title.contains('7'))),
            15 => (format!("filter[department]={department}"), Box::new(move |a, _| a.department == department)),
            16 => (
                "filter[kind][nin]=news,report&filter[topics]=موضوع 2".to_owned(),
                Box::new(|a, _| a.kind % 2 == 0 && a.topics.contains(&2)),
            ),
            _ => (
                "filter[or][0][category][code]=2&filter[or][1][category][exists]=false".to_owned(),
                Box::new(|a, m| m.category(a).is_none_or(|category| category.code == 2)),
            ),
        };
        (text, answers)
    }

    async fn change(&mut self) {
        let ids: Vec<EntryId> = self.model.articles.keys().copied().collect();
        let id = ids[self.random.below(ids.len())];
        match self.random.below(8) {
            0 => self.add_article().await,
            1..=2 => self.rewrite(id).await,
            3..=4 => self.withdraw_or_bring_back(id).await,
            5 => self.bring_back_one().await,
            6 => {
                let categories: Vec<EntryId> = self.model.categories.keys().copied().collect();
                let category = categories[self.random.below(CATEGORIES)];
                self.change_category(category).await;
            }
            _ => {}
        }
    }

    fn some_article(&mut self, title: String) -> Article {
        let categories: Vec<EntryId> = self.model.categories.keys().copied().collect();
        Article {
            title,
            kind: self.random.below(4),
            topics: (0..2).map(|_| self.random.below(5)).collect(),
            year: Some(2000 + i64::try_from(self.random.below(6)).unwrap()).filter(|year| *year > 2000),
            category: categories.get(self.random.below(CATEGORIES + 1)).copied(),
            date: format!("2026-01-{:02}", 1 + self.random.below(8)),
            department: self.departments[self.random.below(2)],
            public: true,
        }
    }

    async fn add_article(&mut self) {
        self.made += 1;
        let title = format!("مقال {:04}", self.made * 7_919 % 10_007);
        let article = self.some_article(title);
        let created =
            CreateEntry { revision: input(&article), ..new_entry("articles", Some(article.department), Value::Null) };
        let state = self.bed.cms.create_entry(&system(), created).await.unwrap().value;
        let state = self.bed.publish(&state).await;
        self.keep(article, state);
    }

    /// Other values, in public at once.
    async fn rewrite(&mut self, id: EntryId) {
        let known = self.model.articles[&id].clone();
        let article = Article { department: known.department, ..self.some_article(known.title) };
        let state = self.bed.save_as(&self.states[&id], input(&article)).await.unwrap().value;
        let state = self.bed.publish(&state).await;
        self.keep(article, state);
    }

    async fn withdraw_or_bring_back(&mut self, id: EntryId) {
        let article = self.model.articles[&id].clone();
        let state = if article.public {
            let mode = if self.random.below(2) == 0 { WithdrawMode::Gone } else { WithdrawMode::Vanished };
            self.bed.withdraw(&self.states[&id], mode).await
        } else {
            self.bed.publish(&self.states[&id]).await
        };
        self.keep(Article { public: !article.public, ..article }, state);
    }

    /// So that the list does not run dry.
    async fn bring_back_one(&mut self) {
        let hidden = self.model.articles.iter().find(|(_, article)| !article.public).map(|(id, _)| *id);
        if let Some(id) = hidden {
            self.withdraw_or_bring_back(id).await;
        }
    }

    async fn add_category(&mut self, number: usize) {
        let code = i64::try_from(number % 3).unwrap();
        let data = json!({ "title": format!("تصنيف {number}"), "code": code });
        let state = self.bed.create("categories", self.departments[0], data).await;
        let state = self.bed.publish(&state).await;
        self.model.categories.insert(state.entry, Category { code, public: true });
        self.states.insert(state.entry, state);
    }

    /// Another code, or not public any more, or public again.
    async fn change_category(&mut self, id: EntryId) {
        let Category { code, public } = self.model.categories[&id];
        let (code, public) = if self.random.below(2) == 0 { ((code + 1) % 3, true) } else { (code, !public) };
        let state = if public {
            let data = json!({ "title": format!("تصنيف {id}"), "code": code });
            let state = self.bed.save(&self.states[&id], data).await;
            self.bed.publish(&state).await
        } else {
            self.bed.withdraw(&self.states[&id], WithdrawMode::Gone).await
        };
        self.model.categories.insert(id, Category { code, public });
        self.states.insert(id, state);
        let in_it = self.model.articles.iter().filter(|(_, article)| article.category == Some(id));
        self.touched.extend(in_it.map(|(article, _)| *article));
    }

    fn keep(&mut self, article: Article, state: LocalizationState) {
        self.touched.insert(state.entry);
        self.model.articles.insert(state.entry, article);
        self.states.insert(state.entry, state);
    }
}

fn input(article: &Article) -> RevisionInput {
    let Article { title, kind, topics, year, category, date, department: _, public: _ } = article;
    let topics: Vec<String> = topics.iter().map(|topic| format!("موضوع {topic}")).collect();
    let data = json!({ "title": title, "kind": KINDS[*kind], "topics": topics, "year": year, "category": category.map(|id| id.to_string()) });
    RevisionInput { data, date: date.parse().ok(), ..RevisionInput::default() }
}
