//! `PUT /manage/v1/entries/{id}/{locale}`: a new revision of a localization.

use diwan_cms::Expect;
use diwan_content::{EntryId, LocaleRole};
use poem::{Response, http::StatusCode};

use super::{
    common::{DATA, DATE, NOTE, PARENT, RANK, SLUG, TRANSLATES, changed, entry_id, faults_with_data, revision_input},
    views::ChangedLocalization,
};
use crate::http::{
    call::Call,
    problem::Problem,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Put,
    path: "/entries/{id}/{locale}",
    operation: "save_localization",
    summary: "Saves a new revision with the whole own data. Nothing becomes public",
    parameters: &[],
    body: RequestBody::Json {
        name: "SaveLocalization",
        max: MaxBody::Content,
        members: &[SLUG, PARENT, RANK, DATE, DATA, NOTE, TRANSLATES],
    },
    condition: Condition::VersionOrAbsent,
    answers: &[
        Described::ok::<ChangedLocalization>("it was saved"),
        Described::json::<ChangedLocalization>(201, "the localization was made"),
    ],
    handler: |call| Box::pin(save(call)),
};

async fn save(mut call: Call) -> Result<Response, Problem> {
    let (entry, locale) = (entry_id(&call)?, call.locale()?);
    let (expect, ctx) = (call.expect()?, call.context()?);
    if !call.faults.is_empty() {
        return Err(all_faults(&mut call, entry).await?);
    }
    let input = revision_input(&mut call.members()?);
    let outcome = call.app.cms.save(&ctx, entry, locale, input, expect).await?;
    let status = match expect {
        Expect::Absent => StatusCode::CREATED,
        Expect::Version(_) => StatusCode::OK,
    };
    changed(status, outcome)
}

/// Only who may read the entry is told what its blueprint thinks of the data.
async fn all_faults(call: &mut Call, id: EntryId) -> Result<Problem, Problem> {
    let entry = call.app.cms.manage_entry(&call.actor, id).await?;
    let locale = call.locale()?;
    let collection = call.app.cms.registry().find_collection(entry.collection.as_str()).cloned();
    let role = collection.map_or(LocaleRole::Origin, |collection| collection.role(&locale));
    Ok(faults_with_data(call, Some(entry.blueprint.as_str()), &role).unwrap_or_else(|| Problem::faults(Vec::new())))
}
