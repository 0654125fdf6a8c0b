//! `POST /manage/v1/entries`: a new entry with its first revision.

use diwan_cms::CreateEntry;
use diwan_content::{Handle, Locale, LocaleRole};
use poem::{Response, http::StatusCode};

use super::{
    common::{DATA, DATE, NOTE, PARENT, RANK, SLUG, changed, faults_with_data, revision_input},
    views::ChangedLocalization,
};
use crate::http::{
    call::Call,
    envelope::{Member, MemberKind},
    problem::Problem,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/entries",
    operation: "create_entry",
    summary: "Makes an entry with the first revision of its origin. Nothing becomes public",
    parameters: &[],
    body: RequestBody::Json {
        name: "CreateEntry",
        max: MaxBody::Content,
        members: &[
            Member::required("collection", MemberKind::Text(Handle::MAX_BYTES), "its collection"),
            Member::optional(
                "blueprint",
                MemberKind::Text(Handle::MAX_BYTES),
                "its blueprint; absent: the collection's first",
            ),
            Member::optional(
                "locale",
                MemberKind::Text(Locale::MAX_BYTES),
                "its locale, which must be the collection's origin; absent: that",
            ),
            Member::optional("id", MemberKind::Id, "its id, where you bring one"),
            Member::optional(
                "department",
                MemberKind::Id,
                "department that owns it; for a department: the one above it",
            ),
            SLUG,
            PARENT,
            RANK,
            DATE,
            DATA,
            NOTE,
        ],
    },
    condition: Condition::None,
    answers: &[Described::json::<ChangedLocalization>(201, "it was made")],
    handler: |call| Box::pin(create(call)),
};

async fn create(mut call: Call) -> Result<Response, Problem> {
    let ctx = call.context()?;
    if let Some(problem) = all_faults(&mut call) {
        return Err(problem);
    }
    let mut envelope = call.members()?;
    let input = CreateEntry {
        id: envelope.parsed("id"),
        collection: envelope.text("collection").unwrap_or_default(),
        blueprint: envelope.text("blueprint"),
        locale: envelope.text("locale"),
        department: envelope.parsed("department"),
        revision: revision_input(&mut envelope),
    };
    changed(StatusCode::CREATED, call.app.cms.create_entry(&ctx, input).await?)
}

fn all_faults(call: &mut Call) -> Option<Problem> {
    let collection =
        call.envelope.text("collection").and_then(|handle| call.app.cms.registry().find_collection(&handle).cloned());
    let named = call.envelope.text("blueprint");
    let blueprint =
        named.or_else(|| collection.and_then(|collection| collection.blueprints.first().map(ToString::to_string)));
    faults_with_data(call, blueprint.as_deref(), &LocaleRole::Origin)
}
