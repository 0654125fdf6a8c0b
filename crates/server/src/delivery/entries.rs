//! Lists of entries, and an entry by its id.

use diwan_cms::{EntryRead, ListQuery, Thing};
use diwan_content::{EntryId, Locale};
use poem::Response;

use super::{
    common::{
        AS_OF, FIELDS, INCLUDE, INCLUDED_FIELDS, LOCALE, PAGE_AFTER, PAGE_SIZE, gone, included_names, kept, max_age,
        moment, moved, page_or_turn, read_request, scope, selection,
    },
    views::{Entry, EntryList},
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const LIST: Route = Route {
    method: Verb::Get,
    path: "/collections/{collection}/entries",
    operation: "list_entries",
    summary: "A page of the published entries of a collection",
    parameters: &[
        LOCALE,
        Parameter::optional(
            "filter",
            ParameterKind::Filter,
            "conditions such as `filter[date][gte]=2026-01-01`, joined by `filter[or][0][…]` and `filter[and][0][…]`",
        ),
        Parameter::optional(
            "sort",
            ParameterKind::Text(300),
            "fields separated by commas, descending with a hyphen before; absent: the collection's order",
        ),
        PAGE_SIZE,
        PAGE_AFTER,
        Parameter::optional("count", ParameterKind::OneOf(&["exact"]), "count all entries of the list"),
        INCLUDE,
        FIELDS,
        INCLUDED_FIELDS,
        AS_OF,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<EntryList>("a page")],
    handler: |call| Box::pin(list(call)),
};

pub(crate) const GET: Route = Route {
    path: "/collections/{collection}/entries/{id}",
    operation: "get_entry",
    summary: "A published entry by its id",
    parameters: &[
        LOCALE,
        Parameter::optional(
            "fallback",
            ParameterKind::Locale,
            "locale to answer when the entry is not public in the first",
        ),
        INCLUDE,
        FIELDS,
        INCLUDED_FIELDS,
        AS_OF,
    ],
    answers: &[Described::ok::<Entry>("the entry")],
    handler: |call| Box::pin(page_or_turn(call, |call| Box::pin(get(call)))),
    ..LIST
};

async fn list(mut call: Call) -> Result<Response, Problem> {
    let handle = call.path_text("collection").to_owned();
    let filter = call.query.named("filter");
    let count_exact = call.query.text("count").is_some();
    call.spend(1 + filter.len() + included_names(&call))?;
    let query = ListQuery {
        filter,
        sort: call.query.text("sort").map(str::to_owned),
        size: call.query.parsed("page[size]"),
        after: call.query.text("page[after]").map(str::to_owned),
        locale: call.query.parsed("locale"),
        count_exact,
        moment: moment(&call).await?,
        selection: selection(&call),
        client: call.token(),
        faults: call.query.faults().to_vec(),
    };
    let (cms, scope, moment) = (call.app.cms.clone(), scope(&call), query.moment.clone());
    cms.answer_list(scope, &handle.clone(), query, move |found| {
        let locale = found.value.locale.clone();
        let max_age_seconds = max_age(call.app.cms.registry(), &handle);
        let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) };
        Ok(kept(public_json(&call, &EntryList::from(found.value), &caching)?, &moment))
    })
    .await?
}

async fn get(call: Call) -> Result<Response, Problem> {
    let handle = call.path_text("collection").to_owned();
    let id: EntryId = call.path_value("id")?;
    let (locale, fallback): (Option<Locale>, Option<Locale>) =
        (call.query.parsed("locale"), call.query.parsed("fallback"));
    let request = read_request(&call).await?;
    let found = call.app.cms.published_entry(request.clone(), &handle, id, locale.as_ref(), fallback.as_ref()).await?;
    match found.value {
        EntryRead::Entry(entry) => {
            let (locale, max_age_seconds) = (entry.locale.clone(), max_age(call.app.cms.registry(), &handle));
            let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) };
            Ok(kept(public_json(&call, &Entry::from(*entry), &caching)?, &request.moment))
        }
        EntryRead::Moved { to, locale } => Err(moved(to.as_str(), &locale)),
        EntryRead::Gone { at } => Err(gone(&call, at)),
        EntryRead::Absent => Err(Problem::not_found(Thing::Entry(id))),
    }
}
