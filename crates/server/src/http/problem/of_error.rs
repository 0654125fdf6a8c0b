//! Errors of verbs become problems here and nowhere else.

use diwan_cms::{AssetUsers, CmsError, Conflict, Holdings, Thing, UploadRefusal};
use diwan_content::rights::{Action, Role};
use poem::http::{HeaderName, header};
use serde_json::Value;

use super::{Problem, ProblemCode, ProblemDetail, RETRY_AFTER_SECONDS, version_tag};

impl From<CmsError> for Problem {
    fn from(error: CmsError) -> Self {
        cms_error(error).by_verb()
    }
}

fn cms_error(error: CmsError) -> Problem {
    match error {
        CmsError::NotFound(thing) => Problem::not_found(thing),
        CmsError::Forbidden(action) => forbidden(action),
        CmsError::SiteWide(action) => Problem::of(ProblemDetail::SiteWide).with("action", action.as_str()),
        CmsError::OwnsItself => Problem::of(ProblemDetail::OwnsItself),
        CmsError::HistoryClosed => Problem::new(ProblemCode::HistoryClosed).with("roles", roles(Action::ReadHistory)),
        CmsError::VersionMismatch { current } => Problem::new(ProblemCode::VersionMismatch)
            .with("current", current.0)
            .header(header::ETAG, &version_tag(current)),
        CmsError::Conflict(conflict) => of_conflict(conflict),
        CmsError::InItem { at, error } => cms_error(*error).with("item", at.as_str()),
        CmsError::Faults(faults) => Problem::faults(faults),
        CmsError::BadParameters(faults) => Problem::parameters(faults),
        CmsError::IdempotencyKeyReused => Problem::new(ProblemCode::IdempotencyKeyReused),
        CmsError::TooLarge { max_bytes } => Problem::too_large(max_bytes),
        CmsError::UnsupportedMedia(refusal) => upload_refusal(refusal),
        CmsError::UploadBrokeOff => Problem::new(ProblemCode::UploadBrokeOff),
        CmsError::TooManyCandidates { most, indexes } => {
            Problem::new(ProblemCode::TooManyCandidates).with("most", most).with("indexes", indexes)
        }
        CmsError::TooMuchHistory { most, narrower } => {
            Problem::new(ProblemCode::TooMuchHistory).with("most", most).with("narrower", narrower)
        }
        CmsError::NeedsIndex { needed } => Problem::new(ProblemCode::NeedsIndex).with("needed", needed),
        CmsError::TooCostly { most, conditions } => {
            Problem::new(ProblemCode::TooCostly).with("most", most).with("conditions", conditions)
        }
        CmsError::SearchTooCostly => Problem::new(ProblemCode::SearchTooCostly),
        CmsError::Overloaded => Problem::new(ProblemCode::Overloaded).header(header::RETRY_AFTER, RETRY_AFTER_SECONDS),
        CmsError::NoSpace => Problem::new(ProblemCode::NoSpace).because("no space is left"),
        CmsError::ReadOnly { part, source } => Problem::new(ProblemCode::ReadOnly)
            .with("part", part)
            .because(format!("{part} is read-only{}", chain(source.as_deref()))),
        CmsError::FileUnavailable { reason, source } => Problem::new(ProblemCode::FileUnavailable)
            .with("reason", reason)
            .because(format!("the bytes of an asset are {reason}{}", chain(source.as_deref()))),
        CmsError::OutcomeUnknown { idempotency_key } => unknown_outcome(idempotency_key),
        CmsError::Unavailable { what, source } => {
            let problem = Problem::new(ProblemCode::Unavailable)
                .header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
                .because(format!("{what} is not available{}", chain(source.as_deref())));
            // Pages are served all the same.
            if what == "search" { problem.with("part", "search") } else { problem }
        }
        CmsError::GivenUp => Problem::new(ProblemCode::Unavailable)
            .header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
            .because(error.to_string()),
        CmsError::Damaged { what, source } => Problem::new(ProblemCode::DatabaseDamaged)
            .because(format!("the database is damaged: {what}{}", chain(source.as_deref()))),
        CmsError::Internal { what, source } => {
            Problem::new(ProblemCode::Internal).because(format!("{what}{}", chain(source.as_deref())))
        }
    }
}

/// Names the key under which a repeat is safe, where the request had one.
fn unknown_outcome(idempotency_key: Option<String>) -> Problem {
    let problem = Problem::new(ProblemCode::OutcomeUnknown)
        .header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
        .because("the connection to the database was lost at the commit");
    match idempotency_key {
        Some(key) => {
            problem.header(HeaderName::from_static("idempotency-key"), &key).with("idempotency_key", key.as_str())
        }
        None => problem,
    }
}

fn of_conflict(conflict: Conflict) -> Problem {
    match conflict {
        Conflict::IdTaken => Problem::new(ProblemCode::IdTaken),
        Conflict::LocalizationExists => Problem::new(ProblemCode::LocalizationExists),
        Conflict::Trashed => Problem::new(ProblemCode::Trashed),
        Conflict::NotTrashed => Problem::new(ProblemCode::NotTrashed),
        Conflict::StillPublic(locales) => {
            let locales: Vec<Value> = locales.iter().map(|locale| locale.as_str().into()).collect();
            Problem::new(ProblemCode::StillPublic).with("locales", locales)
        }
        Conflict::NotPublic => Problem::new(ProblemCode::NotPublic),
        Conflict::HashMismatch => Problem::new(ProblemCode::HashMismatch),
        Conflict::PublicChildren(children) => {
            let children: Vec<Value> = children
                .into_iter()
                .map(|(entry, path)| path.map_or_else(|| entry.to_string(), |path| format!("{entry} {path}")).into())
                .collect();
            Problem::new(ProblemCode::PublicChildren).with("children", children)
        }
        Conflict::Children(children) => {
            let children: Vec<Value> = children.iter().map(|entry| entry.to_string().into()).collect();
            Problem::new(ProblemCode::Children).with("children", children)
        }
        Conflict::OwnsSomething(Holdings { entries, published, assets, departments }) => {
            Problem::new(ProblemCode::OwnsSomething)
                .with("entries", entries)
                .with("published", published)
                .with("assets", assets)
                .with("departments", departments)
        }
        Conflict::DepartmentTrashed(department) => {
            Problem::new(ProblemCode::DepartmentTrashed).with("department", department.to_string())
        }
        Conflict::SingleExists => Problem::new(ProblemCode::SingleExists),
        Conflict::KeyOver => Problem::new(ProblemCode::KeyOver),
        Conflict::KeyHasOwner => Problem::new(ProblemCode::KeyHasOwner),
        Conflict::SameDepartment => Problem::new(ProblemCode::SameDepartment),
        Conflict::AssetInUse(AssetUsers { seen, more }) => {
            let users: Vec<Value> =
                seen.into_iter().map(|(entry, locale)| format!("{entry} {locale}").into()).collect();
            let mut problem = Problem::new(ProblemCode::AssetInUse);
            if !users.is_empty() {
                problem = problem.with("used_by", users);
            }
            if more > 0 {
                problem = problem.with("more", more);
            }
            problem
        }
        Conflict::Busy => Problem::new(ProblemCode::Busy).header(header::RETRY_AFTER, RETRY_AFTER_SECONDS),
    }
}

impl Problem {
    /// Something that is not there, by what the caller named it by.
    pub(crate) fn not_found(thing: Thing) -> Self {
        match thing {
            Thing::Entry(id) => Self::of(ProblemDetail::NoEntry).with("id", id.to_string()),
            Thing::Localization(id, locale) => {
                Self::of(ProblemDetail::NoLocalization).with("id", id.to_string()).with("locale", locale.as_str())
            }
            Thing::UnknownLocale(id, locale, locales) => {
                let locales: Vec<Value> = locales.iter().map(|locale| locale.as_str().into()).collect();
                Self::not_found(Thing::Localization(id, locale)).with("locales", locales)
            }
            Thing::Revision(id, locale, number) => Self::of(ProblemDetail::NoRevision)
                .with("id", id.to_string())
                .with("locale", locale.as_str())
                .with("revision", number.0),
            Thing::Collection(handle) => Self::of(ProblemDetail::NoCollection).with("handle", handle),
            Thing::Blueprint(handle) => Self::of(ProblemDetail::NoBlueprint).with("handle", handle),
            Thing::Asset(id) => Self::of(ProblemDetail::NoAsset).with("id", id.to_string()),
            Thing::Department(id) => Self::of(ProblemDetail::NoDepartment).with("id", id.to_string()),
            Thing::Path(path) => Self::of(ProblemDetail::NoPath).with("path", path),
            Thing::Key(id) => Self::of(ProblemDetail::NoKey).with("id", id.to_string()),
        }
    }
}

fn upload_refusal(refusal: UploadRefusal) -> Problem {
    match refusal {
        UploadRefusal::Empty => Problem::of(ProblemDetail::EmptyFile),
        UploadRefusal::TooLarge { max_bytes } => Problem::too_large(max_bytes),
        UploadRefusal::TypeMismatch { declared, found } => {
            Problem::of(ProblemDetail::TypeMismatch).with("declared", declared).with("found", found)
        }
        UploadRefusal::TypeNotAllowed { found } => Problem::of(ProblemDetail::TypeNotAllowed).with("found", found),
        UploadRefusal::Unreadable { media_type } => {
            Problem::of(ProblemDetail::UnreadableFile).with("found", media_type.to_string())
        }
        UploadRefusal::TooManyPixels { width, height, max_pixels } => Problem::of(ProblemDetail::TooManyPixels)
            .with("width", width)
            .with("height", height)
            .with("max_pixels", max_pixels),
    }
}

/// An action that the actor's roles do not allow (403).
pub(crate) fn forbidden(action: Action) -> Problem {
    Problem::new(ProblemCode::Forbidden).with("action", action.as_str()).with("roles", roles(action))
}

fn roles(action: Action) -> Vec<&'static str> {
    action.roles().into_iter().map(Role::as_str).collect()
}

fn chain(source: Option<&(dyn std::error::Error + Send + Sync + 'static)>) -> String {
    let mut text = String::new();
    let mut next = source.map(|error| error as &dyn std::error::Error);
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use diwan_content::{Language, Version};

    use super::*;

    fn check(error: CmsError, status: u16, code: &str) {
        let shown = format!("{error:?}");
        let body = Problem::from(error).body(Language::En, "r");
        assert_eq!((body["status"].as_u64(), body["code"].as_str()), (Some(status.into()), Some(code)), "{shown}");
        assert!(!body["detail"].as_str().unwrap().contains('{'), "{body}");
    }

    #[test]
    fn each_error_of_a_verb_has_one_status() {
        check(
            CmsError::NotFound(Thing::Key("6c5a7ac3-546c-4172-947a-231133096268".parse().unwrap())),
            404,
            "not_found",
        );
        check(CmsError::Forbidden(Action::Publish), 403, "forbidden");
        check(CmsError::SiteWide(Action::Create), 403, "forbidden");
        check(CmsError::VersionMismatch { current: Version(3) }, 412, "version_mismatch");
        check(CmsError::Conflict(Conflict::StillPublic(vec!["ar".parse().unwrap()])), 409, "still_public");
        check(CmsError::Conflict(Conflict::PublicChildren(Vec::new())), 409, "public_children");
        check(CmsError::Conflict(Conflict::OwnsSomething(Holdings::default())), 409, "owns_something");
        check(CmsError::Faults(Vec::new()), 422, "faults");
        check(CmsError::BadParameters(Vec::new()), 400, "bad_parameters");
        check(CmsError::IdempotencyKeyReused, 422, "idempotency_key_reused");
        check(CmsError::TooLarge { max_bytes: 5 }, 413, "too_large");
        check(CmsError::UnsupportedMedia(UploadRefusal::Empty), 415, "media_refused");
        check(CmsError::TooManyCandidates { most: 1, indexes: Vec::new() }, 400, "too_many_candidates");
        check(CmsError::TooMuchHistory { most: 1, narrower: vec!["filter[id]".into()] }, 400, "too_much_history");
        check(CmsError::NeedsIndex { needed: "[title]".into() }, 400, "needs_index");
        check(CmsError::TooCostly { most: 1, conditions: vec!["filter[title]".into()] }, 400, "too_costly");
        check(CmsError::SearchTooCostly, 400, "search_too_costly");
        check(CmsError::Overloaded, 503, "overloaded");
        check(CmsError::NoSpace, 507, "no_space");
        check(CmsError::ReadOnly { part: "database", source: None }, 503, "read_only");
        check(CmsError::FileUnavailable { reason: "missing", source: None }, 503, "file_unavailable");
        check(CmsError::OutcomeUnknown { idempotency_key: Some("k".into()) }, 503, "outcome_unknown");
        check(CmsError::Unavailable { what: "database", source: None }, 503, "unavailable");
        check(CmsError::Damaged { what: "x".into(), source: None }, 503, "database_damaged");
        check(CmsError::Internal { what: "x".into(), source: None }, 500, "internal");
    }
}
