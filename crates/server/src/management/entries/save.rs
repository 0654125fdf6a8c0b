//! `PUT /manage/v1/entries/{id}/{locale}`: a new revision of a localization.

use diwan_cms::{Expect, RevisionInput};
use diwan_content::{Fault, LocaleRole};
use poem::{Response, http::StatusCode};

use super::{
    common::{TRANSLATES, data_faults, revision_input},
    views::{ChangedLocalization, changed},
};
use crate::http::{
    call::Call,
    problem::Problem,
    request::{
        members::{FromMembers, JsonBody, MaxBody, Members, SentBody},
        parameters::{InLocale, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

pub(super) fn route() -> Route {
    let summary = "Saves a new revision with the whole own data. Nothing becomes public";
    Route::put("/entries/{id}/{locale}", "save_localization", summary)
        .ok::<ChangedLocalization>("it was saved")
        .created::<ChangedLocalization>("the localization was made")
        .with_sent_body(save)
}

struct At {
    place: InLocale,
    expect: Expect,
}

impl Parameters for At {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { place: InLocale::read(request), expect: request.expect() }
    }
}

/// The body of a new revision.
pub(crate) struct Save(RevisionInput);

impl FromMembers for Save {
    fn read(members: &mut Members) -> Self {
        let input = revision_input(members);
        Self(RevisionInput { translates: members.optional(&TRANSLATES), ..input })
    }
}

impl JsonBody for Save {
    const NAME: &'static str = "SaveLocalization";
    const MAX: MaxBody = MaxBody::Content;
}

async fn save(call: Call, At { place, expect }: At, body: SentBody<Save>) -> Result<Response, Problem> {
    let ctx = call.context()?;
    let more = match body.faulty() {
        Some(Save(input)) => more_faults(&call, &place, input).await?,
        None => Vec::new(),
    };
    let Save(input) = body.with_faults(more).sound()?;
    let InLocale { entry, locale } = place;
    let outcome = call.app.cms.save(&ctx, entry, locale, input, expect).await?;
    let status = match expect {
        Expect::Absent => StatusCode::CREATED,
        Expect::Version(_) => StatusCode::OK,
    };
    changed(status, outcome)
}

/// Only those who may read the entry learn what its blueprint finds in the data.
async fn more_faults(call: &Call, place: &InLocale, input: &RevisionInput) -> Result<Vec<Fault>, Problem> {
    let entry = call.app.cms.manage_entry(&call.actor, place.entry).await?;
    let collection = call.app.cms.registry().find_collection(entry.collection.as_str());
    let role = collection.map_or(LocaleRole::Origin, |collection| collection.role(&place.locale));
    Ok(data_faults(call, &input.data, Some(entry.blueprint.as_str()), &role))
}
