//! A surface: the routes below one prefix, served by poem.

use std::{collections::BTreeMap, sync::Arc};

use diwan_content::{
    Actor, ContentHash,
    rights::{Action, ActorRef},
};
use poem::{
    Endpoint, Request, Response, Route as PoemRoute, RouteMethod,
    http::{HeaderMap, header},
};

use super::{
    app::App,
    budgets::Client,
    call::Call,
    handled::{Handled, RequestInfo},
    problem::{Problem, ProblemCode, forbidden},
    request::query,
    route::{Route, Unread},
    template::{path_parameters, poem_path},
};

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Anybody; keys are not looked at.
    Open,
    /// Anybody; a key must be valid where one is shown.
    KeyAllowed,
    /// Only who shows a valid key.
    KeyNeeded,
    /// Only who shows a valid key with a role that manages something: a key for reading what is published has no business there.
    ManagementKeyNeeded,
}

/// The routes below one prefix with who may come in.
pub(crate) struct Surface {
    /// Who may come in.
    pub(crate) gate: Gate,
    /// Prefix of all its paths.
    pub(crate) prefix: &'static str,
    /// Its routes.
    pub(crate) routes: Vec<Arc<Route>>,
}

impl Surface {
    /// Of routes.
    pub(crate) fn new(gate: Gate, prefix: &'static str, routes: Vec<Route>) -> Self {
        Self { gate, prefix, routes: routes.into_iter().map(Arc::new).collect() }
    }
}

/// Poem's router over surfaces. `HEAD` is served by `GET`.
pub(crate) fn poem_routes(app: &Arc<App>, surfaces: &[Surface]) -> PoemRoute {
    let mut paths: BTreeMap<String, RouteMethod> = BTreeMap::new();
    for Surface { gate, prefix, routes } in surfaces {
        for route in routes {
            let path = format!("{prefix}{}", poem_path(route.path));
            let endpoint = RouteEndpoint { app: app.clone(), gate: *gate, prefix, route: route.clone() };
            let methods = paths.remove(&path).unwrap_or_default();
            paths.insert(path, methods.method(route.method.clone(), endpoint));
        }
    }
    paths.into_iter().fold(PoemRoute::new(), |router, (path, methods)| router.at(path, methods))
}

/// One route at work.
struct RouteEndpoint {
    app: Arc<App>,
    gate: Gate,
    prefix: &'static str,
    route: Arc<Route>,
}

impl Endpoint for RouteEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let info = request.extensions().get::<RequestInfo>().cloned().unwrap_or_default();
        tracing::Span::current()
            .record("http.route", tracing::field::display(format_args!("{}{}", self.prefix, self.route.path)));
        let mut handled = Handled { prefix: self.prefix, path: self.route.path, ..Handled::default() };
        let mut answer = match self.handle(request, &info, &mut handled).await {
            Ok(response) => response,
            Err(problem) => {
                self.record(&problem, &handled, &info).await;
                handled.code = Some(problem.code);
                handled.inner = problem.inner().map(str::to_owned);
                problem.into_response(info.language, &info.request_id)
            }
        };
        answer.extensions_mut().insert(handled);
        Ok(answer)
    }
}

impl RouteEndpoint {
    async fn handle(
        &self,
        mut request: Request,
        info: &RequestInfo,
        handled: &mut Handled,
    ) -> Result<Response, Problem> {
        let actor = self.authenticate(request.headers()).await?;
        handled.actor = Some(actor.reference);
        if self.gate == Gate::ManagementKeyNeeded && !actor.manages() {
            return Err(forbidden(Action::Read));
        }
        let unread = Unread {
            path_values: path_parameters(self.route.path)
                .map(|name| (name, request.raw_path_param(name).unwrap_or_default().to_owned()))
                .collect(),
            pairs: query::split(request.original_uri().query())?,
            body: request.take_body(),
        };
        let call = Call {
            app: self.app.clone(),
            client: Client::new(actor.reference, info.client),
            actor,
            request_id: info.request_id.clone(),
            method: request.method().clone(),
            path: request.original_uri().path().to_owned(),
            raw_query: request.original_uri().query().unwrap_or_default().to_owned(),
            headers: std::mem::take(request.headers_mut()),
            has_faults: false,
            body_hash: ContentHash::of(b""),
            body_hold: None,
            is_charged: false,
        };
        self.route.answer(call, unread).await
    }

    async fn authenticate(&self, headers: &HeaderMap) -> Result<Actor, Problem> {
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let first = match (self.gate, sent.next()) {
            (Gate::Open, _) | (Gate::KeyAllowed, None) => return Ok(Actor::anonymous()),
            (Gate::KeyNeeded | Gate::ManagementKeyNeeded | Gate::KeyAllowed, first) => first,
        };
        let token =
            first.and_then(|value| value.to_str().ok()).and_then(bearer_token).filter(|_| sent.next().is_none());
        let actor = match token {
            Some(token) => self.app.cms.authenticate(token).await?,
            None => None,
        };
        match actor {
            Some(actor) => Ok(actor),
            None => {
                self.app.cms.record_anonymous_refusal(self.route.operation, "unauthorized");
                Err(if first.is_some() { Problem::invalid_key() } else { Problem::unauthorized() })
            }
        }
    }

    /// Leaves a record of what was refused to a known actor; verbs that change something do that themselves.
    async fn record(&self, problem: &Problem, handled: &Handled, info: &RequestInfo) {
        let recorded = problem.is_by_verb() && !self.route.is_read();
        let guarded = matches!(self.gate, Gate::KeyNeeded | Gate::ManagementKeyNeeded)
            || problem.code == ProblemCode::HistoryClosed;
        let Some(actor) = handled.actor.filter(|actor| guarded && !recorded && *actor != ActorRef::Anonymous) else {
            return;
        };
        if problem.code.status().is_client_error() {
            let code = problem.code.as_str();
            self.app.cms.record_refusal(actor, self.route.operation, None, code, Some(&info.request_id)).await;
        }
    }
}

/// The token of `Bearer …`; the scheme's name is written in any case.
fn bearer_token(text: &str) -> Option<&str> {
    let (scheme, token) = text.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= 512).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_its_scheme() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer  abc "), Some("abc"));
        for bad in ["", "abc", "Bearer", "Bearer ", "Basic abc"] {
            assert_eq!(bearer_token(bad), None, "{bad}");
        }
    }
}
