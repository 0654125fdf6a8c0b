//! A surface: the routes below one prefix, served by poem.

use std::{collections::BTreeMap, sync::Arc};

use diwan_content::{
    Actor, ContentHash, Fault,
    rights::{Action, ActorRef},
};
use poem::{
    Endpoint, Request, Response, Route as PoemRoute, RouteMethod,
    http::{HeaderMap, header},
};

use super::{
    body,
    body_budget::Holder,
    budgets::Spender,
    call::Call,
    envelope::Envelope,
    frame::{Handled, RequestInfo},
    problem::Problem,
    problem_codes::ProblemCode,
    problem_of::forbidden,
    query::Query,
    route::{RequestBody, Route, Verb, path_parameters, poem_path},
};
use crate::app::App;

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
#[derive(Clone, Copy)]
pub(crate) struct Surface {
    /// Who may come in.
    pub(crate) gate: Gate,
    /// Prefix of all its paths.
    pub(crate) prefix: &'static str,
    /// Its routes.
    pub(crate) routes: &'static [Route],
}

/// Poem's router over surfaces. `HEAD` is served by `GET`.
pub(crate) fn poem_routes(app: &Arc<App>, surfaces: &[Surface]) -> PoemRoute {
    let mut paths: BTreeMap<String, RouteMethod> = BTreeMap::new();
    for Surface { gate, prefix, routes } in surfaces {
        for route in *routes {
            let path = format!("{prefix}{}", poem_path(route.path));
            let endpoint = RouteEndpoint { app: app.clone(), gate: *gate, prefix, route };
            let methods = paths.remove(&path).unwrap_or_default();
            paths.insert(path, methods.method(route.method.method(), endpoint));
        }
    }
    paths.into_iter().fold(PoemRoute::new(), |router, (path, methods)| router.at(path, methods))
}

/// One route at work.
struct RouteEndpoint {
    app: Arc<App>,
    gate: Gate,
    prefix: &'static str,
    route: &'static Route,
}

impl Endpoint for RouteEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let info = request.extensions().get::<RequestInfo>().cloned().unwrap_or_default();
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
        let now = || self.app.cms.now();
        let query = Query::read(request.original_uri().query(), self.route.parameters, &now)?;
        let faults = query.faults().to_vec();
        if !faults.is_empty() && self.route.method != Verb::Get {
            return Err(Problem::parameters(faults));
        }
        let path_values = path_parameters(self.route.path)
            .map(|name| (name, request.raw_path_param(name).unwrap_or_default().to_owned()))
            .collect();
        let spender = Spender::new(actor.reference, info.client);
        let mut call = Call {
            app: self.app.clone(),
            actor,
            client: info.client,
            spender,
            is_charged: false,
            request_id: info.request_id.clone(),
            method: request.method().clone(),
            path: request.original_uri().path().to_owned(),
            raw_query: request.original_uri().query().unwrap_or_default().to_owned(),
            headers: std::mem::take(request.headers_mut()),
            path_values,
            query,
            envelope: Envelope::default(),
            faults: Vec::new(),
            body_hash: ContentHash::of(b""),
            body_hold: None,
            stream: None,
        };
        self.take_body(request, &mut call).await?;
        let answer = (self.route.handler)(call).await;
        if faults.is_empty() { answer } else { Err(with_more_faults(faults, answer)) }
    }

    /// Who asks. A key that is no good is never taken for none.
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
        let recorded = problem.is_by_verb() && self.route.method != Verb::Get;
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

    async fn take_body(&self, mut request: Request, call: &mut Call) -> Result<(), Problem> {
        if self.route.method == Verb::Get {
            return Ok(());
        }
        body::check_encoding(&call.headers)?;
        let limits = &self.app.limits;
        let max_bytes = self.route.body.max_bytes(limits.max_body_bytes);
        let holder = Holder::new(call.actor.reference, call.client);
        let (headers, hold) = (&call.headers, call.body_hold.insert(self.app.body_budget.hold(holder)));
        match self.route.body {
            RequestBody::Bytes => call.stream = Some(request.take_body()),
            RequestBody::None => {
                let bytes = body::read_all(headers, request.take_body(), max_bytes, limits.body_timeout, hold).await?;
                // Some clients cannot send nothing: an empty object says the same.
                if !bytes.trim_ascii().is_empty() {
                    body::check_json_type(&call.headers)?;
                    Envelope::read(body::parse_json(&bytes)?, &[], &diwan_content::Pointer::root(), &mut call.faults);
                    call.members()?;
                }
            }
            RequestBody::Json { name: _, members, max: _ } => {
                body::check_json_type(headers)?;
                let bytes = body::read_all(headers, request.take_body(), max_bytes, limits.body_timeout, hold).await?;
                call.body_hash = ContentHash::of(&bytes);
                let value = body::parse_json(&bytes)?;
                call.envelope = Envelope::read(value, members, &diwan_content::Pointer::root(), &mut call.faults);
            }
        }
        Ok(())
    }
}

/// The faults of a query string with those that a read found in what of it could be read, so that all are told at once.
fn with_more_faults(mut faults: Vec<Fault>, answer: Result<Response, Problem>) -> Problem {
    let found = answer.err().filter(|problem| problem.code == ProblemCode::BadParameters);
    for fault in found.map(Problem::into_faults).unwrap_or_default() {
        if faults.iter().all(|known| known.pointer != fault.pointer) {
            faults.push(fault);
        }
    }
    Problem::parameters(faults)
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
