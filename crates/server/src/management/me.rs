//! Who one is, what one may do, and why.

use diwan_cms::{Explained, Me, Rights};
use diwan_content::{
    EntryId, Locale,
    rights::{Action, Role},
};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::keys::GrantView;
use crate::http::{
    answer::private_json,
    call::Call,
    problem::Problem,
    request::{
        parameters::{Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const ACTION: Parameter<Action> = Parameter::new("action", "what somebody wants to do");
const ENTRY: Parameter<EntryId> = Parameter::new("entry", "with which entry");
const LOCALE: Parameter<Locale> = Parameter::new("locale", "in which locale; absent: with the entry as a whole");

pub(super) fn me_route() -> Route {
    let summary = "Who you are, and what you may do in each department and collection";
    Route::get("/me", "get_me", summary).ok::<MeView>("you").to(me)
}

pub(super) fn explain_route() -> Route {
    let summary = "Whether you may do something with an entry, and which grant decides";
    Route::get("/explain", "explain", summary).ok::<ExplainedView>("the decision").to(explain)
}

/// Who asks.
#[derive(Serialize, Object)]
#[oai(rename = "Me")]
struct MeView {
    /// The key that was shown.
    key: Option<Uuid>,
    /// What people call the key.
    label: Option<String>,
    /// The person, or the one behind the key.
    person: Option<Uuid>,
    /// What the person is called.
    name: Option<String>,
    /// What was granted.
    grants: Vec<GrantView>,
    /// What you may do somewhere that is not about entries, such as `save_asset` or `manage_keys`.
    actions: Vec<String>,
    /// What you may do with entries. What is in no row is not allowed.
    rights: Vec<RightsView>,
}

/// What may be done with entries of a department.
#[derive(Serialize, Object)]
#[oai(rename = "Rights")]
struct RightsView {
    /// The department.
    department: Uuid,
    /// The collections.
    collections: Vec<String>,
    /// In these locales alone; null: in all.
    locales: Option<Vec<String>>,
    /// What may be done.
    actions: Vec<String>,
}

/// Why something is allowed or not.
#[derive(Serialize, Object)]
#[oai(rename = "Explained")]
struct ExplainedView {
    /// What was asked about.
    action: String,
    /// Whether you may.
    allowed: bool,
    /// The department that owns the entry.
    department: Uuid,
    /// The grant that allows it; null where none does.
    by: Option<GrantView>,
    /// The collection holds for the whole site: changing it takes the right to publish in the whole ministry as well.
    site_wide: bool,
    /// The roles that allow it where they hold.
    roles: Vec<String>,
}

struct Explain {
    action: Action,
    entry: EntryId,
    locale: Option<Locale>,
}

impl Parameters for Explain {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { action: request.required(&ACTION), entry: request.required(&ENTRY), locale: request.optional(&LOCALE) }
    }
}

impl From<Rights> for RightsView {
    fn from(rights: Rights) -> Self {
        let Rights { department, collections, locales, actions } = rights;
        Self {
            department: department.0,
            collections: collections.iter().map(ToString::to_string).collect(),
            locales: locales.map(|locales| locales.iter().map(Locale::to_string).collect()),
            actions: words(&actions),
        }
    }
}

fn words(actions: &[Action]) -> Vec<String> {
    actions.iter().map(|action| action.as_str().to_owned()).collect()
}

async fn me(call: Call, (): ()) -> Result<Response, Problem> {
    let Me { key, label, person, name, grants, actions, rights } = call.app.cms.me(&call.actor).await?;
    let view = MeView {
        key: key.map(|key| key.0),
        label,
        person: person.map(|person| person.0),
        name,
        grants: grants.into_iter().map(GrantView::from).collect(),
        actions: words(&actions),
        rights: rights.into_iter().map(RightsView::from).collect(),
    };
    private_json(StatusCode::OK, &view)
}

async fn explain(call: Call, explain: Explain) -> Result<Response, Problem> {
    call.refuse_faults()?;
    let Explain { action, entry, locale } = explain;
    let found = call.app.cms.explain(&call.actor, action, entry, locale.as_ref()).await?;
    let Explained { action, allowed, department, by, is_site_wide, roles } = found;
    let view = ExplainedView {
        action: action.as_str().to_owned(),
        allowed,
        department: department.0,
        by: by.map(GrantView::from),
        site_wide: is_site_wide,
        roles: roles.into_iter().map(|role: Role| role.as_str().to_owned()).collect(),
    };
    private_json(StatusCode::OK, &view)
}
