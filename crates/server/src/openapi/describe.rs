//! Tables of routes told to poem-openapi, which writes documents of them.

use std::collections::HashMap;

use diwan_content::Status;
use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    Object, OpenApi,
    registry::{
        MetaApi, MetaHeader, MetaMediaType, MetaOperation, MetaOperationParam, MetaParamIn, MetaPath, MetaRequest,
        MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, MetaSecurityScheme, Registry,
    },
    types::Type,
};

use super::scalars::AnyObject;
use crate::{
    delivery,
    http::{
        envelope::{MAX_ITEMS, Member, MemberKind},
        query::{Parameter, ParameterKind},
        route::{Condition, Content, Described, RequestBody, Route, Verb, path_parameters},
        surface::Gate,
    },
    management,
};

/// Name of the security scheme.
const KEY: &str = "Key";

/// The delivery API, for documents alone.
pub(crate) struct DeliveryApi;

/// The management API, for documents alone.
pub(crate) struct ManagementApi;

impl OpenApi for DeliveryApi {
    fn meta() -> Vec<MetaApi> {
        vec![api(delivery::ROUTES, Gate::KeyAllowed)]
    }

    fn register(registry: &mut Registry) {
        register(registry, delivery::ROUTES);
    }

    fn add_routes(self, _table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

impl OpenApi for ManagementApi {
    fn meta() -> Vec<MetaApi> {
        vec![api(management::ROUTES, Gate::ManagementKeyNeeded)]
    }

    fn register(registry: &mut Registry) {
        register(registry, management::ROUTES);
    }

    fn add_routes(self, _table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// An error in the form of RFC 9457.
#[derive(Object)]
#[oai(rename = "Problem")]
struct ProblemView {
    /// URI of the code.
    #[oai(rename = "type")]
    kind: String,
    /// What people read first, in the language of `Accept-Language`.
    title: String,
    /// HTTP status.
    status: u16,
    /// What to do about it.
    detail: String,
    /// Stable code.
    code: String,
    /// Id of the request, for the operator.
    request_id: String,
    /// What the detail mentions.
    params: Option<AnyObject>,
    /// All faults of the body or the parameters at once.
    faults: Vec<FaultView>,
    /// How many faults there are, where not all are listed.
    fault_count: Option<u32>,
}

/// One validation problem.
#[derive(Object)]
#[oai(rename = "Fault")]
struct FaultView {
    /// JSON pointer into the body, or `/` and the name of a parameter or header.
    pointer: String,
    /// Stable code.
    code: String,
    /// What the text mentions.
    params: AnyObject,
    /// What to tell a person.
    text: String,
}

fn api(routes: &'static [Route], gate: Gate) -> MetaApi {
    let mut paths: Vec<MetaPath> = Vec::new();
    for route in routes {
        let path = route.path.replace("*}", "}");
        match paths.iter_mut().find(|known| known.path == path) {
            Some(known) => known.operations.push(operation(route, gate)),
            None => paths.push(MetaPath { path, operations: vec![operation(route, gate)] }),
        }
    }
    MetaApi { paths }
}

fn operation(route: &'static Route, gate: Gate) -> MetaOperation {
    let mut params: Vec<MetaOperationParam> =
        path_parameters(route.path).map(|name| param(name, MetaParamIn::Path, path_schema(name), true, None)).collect();
    // `name[…]` beside `name` is told of in the help of that one: documents know one parameter of a name.
    let is_beside = |parameter: &&Parameter| {
        let plain = parameter.name.strip_suffix("[]");
        plain.is_some_and(|plain| route.parameters.iter().any(|other| other.name == plain))
    };
    params.extend(route.parameters.iter().filter(|parameter| !is_beside(parameter)).map(query_param));
    if route.condition != Condition::None {
        let required = route.condition == Condition::Version;
        params.push(param(
            "If-Match",
            MetaParamIn::Header,
            string(),
            required,
            Some("the version that you read, in quotes"),
        ));
    }
    if route.condition == Condition::VersionOrAbsent {
        params.push(param(
            "If-None-Match",
            MetaParamIn::Header,
            string(),
            false,
            Some("`*` instead of If-Match for a localization that does not exist yet"),
        ));
    }
    if route.method != Verb::Get {
        let help = "your name for the request; repeating it within 24 hours answers the same and changes nothing";
        params.push(param("Idempotency-Key", MetaParamIn::Header, string(), false, Some(help)));
    }
    let mut responses: Vec<MetaResponse> = route.answers.iter().map(|answer| response(route, answer)).collect();
    responses.push(problem_response());
    let mut security = vec![HashMap::from([(KEY, Vec::new())])];
    if matches!(gate, Gate::Open | Gate::KeyAllowed) {
        // No key is as good as one.
        security.insert(0, HashMap::new());
    }
    MetaOperation {
        method: route.method.method(),
        tags: Vec::new(),
        summary: Some(route.summary),
        description: None,
        external_docs: None,
        params,
        request: request(route.body),
        responses: MetaResponses { responses },
        deprecated: false,
        security,
        operation_id: Some(route.operation),
        code_samples: Vec::new(),
    }
}

fn path_schema(name: &str) -> MetaSchemaRef {
    let schema = match name {
        "id" => MetaSchema::new_with_format("string", "uuid"),
        "number" => MetaSchema::new_with_format("integer", "int64"),
        _ => MetaSchema::new("string"),
    };
    MetaSchemaRef::Inline(Box::new(schema))
}

fn query_param(parameter: &Parameter) -> MetaOperationParam {
    let schema = match parameter.kind {
        ParameterKind::Text(max) => MetaSchema { max_length: Some(max), ..MetaSchema::new("string") },
        ParameterKind::Locale => MetaSchema { example: Some("ar".into()), ..MetaSchema::new("string") },
        ParameterKind::Id => MetaSchema::new_with_format("string", "uuid"),
        #[expect(clippy::cast_precision_loss, reason = "bounds of parameters are small or unbounded")]
        ParameterKind::Number(min, max) => MetaSchema {
            minimum: Some(min as f64),
            maximum: (max < i64::MAX).then_some(max as f64),
            ..MetaSchema::new_with_format("integer", "int64")
        },
        ParameterKind::Filter => MetaSchema { additional_properties: Some(Box::new(any())), ..empty_example() },
        ParameterKind::OneOf(words) => words_schema(words),
        ParameterKind::PastTime => MetaSchema::new_with_format("string", "date-time"),
        ParameterKind::Status => words_schema(&Status::ALL.map(Status::as_str)),
    };
    let schema = MetaSchemaRef::Inline(Box::new(schema));
    let (name, schema) = match parameter.name.strip_suffix("[]") {
        // `name[a]=…&name[b]=…` is an object in the style deepObject.
        Some(name) => (name, object_of(schema)),
        None if parameter.many => (parameter.name, array_of(schema)),
        None => (parameter.name, schema),
    };
    let mut described = param(name, MetaParamIn::Query, schema, parameter.required, Some(parameter.help));
    if parameter.name.ends_with("[]") || parameter.kind == ParameterKind::Filter {
        described.style = Some(poem_openapi::ParameterStyle::DeepObject);
    } else if parameter.many {
        (described.style, described.explode) = (Some(poem_openapi::ParameterStyle::Form), false);
    }
    described
}

fn param(
    name: &str,
    in_type: MetaParamIn,
    schema: MetaSchemaRef,
    required: bool,
    help: Option<&str>,
) -> MetaOperationParam {
    let description = help.map(str::to_owned);
    MetaOperationParam {
        name: name.to_owned(),
        schema,
        in_type,
        description,
        required,
        deprecated: false,
        explode: true,
        style: None,
    }
}

fn request(body: RequestBody) -> Option<MetaRequest> {
    let media = match body {
        RequestBody::None => return None,
        RequestBody::Json { name, members: _, max: _ } => {
            MetaMediaType { content_type: "application/json", schema: MetaSchemaRef::Reference(name.to_owned()) }
        }
        RequestBody::Bytes => MetaMediaType {
            content_type: "application/octet-stream",
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary"))),
        },
    };
    Some(MetaRequest { description: None, content: vec![media], required: true })
}

fn response(route: &Route, answer: &Described) -> MetaResponse {
    let content = match &answer.content {
        Content::Json(shape) => vec![MetaMediaType { content_type: "application/json", schema: (shape.reference)() }],
        Content::Bytes(content_type) => {
            let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
            vec![MetaMediaType { content_type, schema }]
        }
        Content::Typed(content_type, shape) => vec![MetaMediaType { content_type, schema: (shape.reference)() }],
        Content::Nothing => Vec::new(),
    };
    let mut headers = Vec::new();
    if route.method == Verb::Get || route.condition != Condition::None {
        headers.push(header("ETag", "entity tag of the answer, or the version for If-Match"));
    }
    if answer.status == 201 {
        headers.push(header("Location", "where it is"));
    }
    MetaResponse { description: answer.help, status: Some(answer.status), status_range: None, content, headers }
}

fn problem_response() -> MetaResponse {
    let content = vec![MetaMediaType { content_type: "application/problem+json", schema: ProblemView::schema_ref() }];
    MetaResponse { description: "what went wrong", status: None, status_range: None, content, headers: Vec::new() }
}

fn header(name: &str, help: &str) -> MetaHeader {
    MetaHeader {
        name: name.to_owned(),
        description: Some(help.to_owned()),
        required: false,
        deprecated: false,
        schema: string(),
    }
}

fn register(registry: &mut Registry, routes: &'static [Route]) {
    ProblemView::register(registry);
    for route in routes {
        for answer in route.answers {
            if let Content::Json(shape) | Content::Typed(_, shape) = &answer.content {
                (shape.register)(registry);
            }
        }
        if let RequestBody::Json { name, members, max: _ } = route.body {
            registry.schemas.insert(name.to_owned(), members_schema(members));
        }
    }
    let scheme = MetaSecurityScheme {
        ty: "http",
        description: Some("a key: `Authorization: Bearer diwan_…`"),
        name: None,
        key_in: None,
        scheme: Some("bearer"),
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    };
    registry.security_schemes.insert(KEY, scheme);
}

fn members_schema(members: &'static [Member]) -> MetaSchema {
    let required = members.iter().filter(|member| member.required).map(|member| member.name).collect();
    let properties = members
        .iter()
        .map(|member| {
            (
                member.name,
                MetaSchemaRef::Inline(Box::new(MetaSchema {
                    description: Some(member.help),
                    ..member_schema(member.kind)
                })),
            )
        })
        .collect();
    MetaSchema { required, properties, ..MetaSchema::new("object") }
}

fn member_schema(kind: MemberKind) -> MetaSchema {
    match kind {
        MemberKind::Text(max) => MetaSchema { max_length: Some(max), ..MetaSchema::new("string") },
        MemberKind::NullableText(max) => {
            MetaSchema { max_length: Some(max), nullable: true, ..MetaSchema::new("string") }
        }
        MemberKind::Id => MetaSchema::new_with_format("string", "uuid"),
        MemberKind::NullableId => MetaSchema { nullable: true, ..MetaSchema::new_with_format("string", "uuid") },
        MemberKind::Number => MetaSchema { minimum: Some(1.0), ..MetaSchema::new_with_format("integer", "int64") },
        MemberKind::Flag => MetaSchema::new("boolean"),
        MemberKind::Locale => MetaSchema { example: Some("ar".into()), ..MetaSchema::new("string") },
        MemberKind::Hash => MetaSchema { pattern: Some("^[0-9a-f]{64}$".to_owned()), ..MetaSchema::new("string") },
        MemberKind::Rank => {
            MetaSchema { pattern: Some("^[0-9a-z]{0,127}[1-9a-z]$".to_owned()), ..MetaSchema::new("string") }
        }
        MemberKind::Date => MetaSchema::new_with_format("string", "date"),
        MemberKind::OneOf(words) => words_schema(words),
        MemberKind::Data => MetaSchema { additional_properties: Some(Box::new(any())), ..MetaSchema::new("object") },
        MemberKind::Texts => {
            MetaSchema { additional_properties: Some(Box::new(string())), ..MetaSchema::new("object") }
        }
        MemberKind::Items(members) => MetaSchema {
            items: Some(Box::new(MetaSchemaRef::Inline(Box::new(members_schema(members))))),
            min_items: Some(1),
            max_items: Some(MAX_ITEMS),
            ..MetaSchema::new("array")
        },
    }
}

fn words_schema(words: &[&str]) -> MetaSchema {
    MetaSchema { enum_items: words.iter().map(|word| (*word).into()).collect(), ..MetaSchema::new("string") }
}

fn string() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
}

fn any() -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema::ANY))
}

fn array_of(items: MetaSchemaRef) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema { items: Some(Box::new(items)), ..MetaSchema::new("array") }))
}

/// An object in the query string. Pages fill in its example: without an empty one they make up members that are refused.
fn object_of(values: MetaSchemaRef) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(MetaSchema { additional_properties: Some(Box::new(values)), ..empty_example() }))
}

fn empty_example() -> MetaSchema {
    MetaSchema { example: Some(serde_json::json!({})), ..MetaSchema::new("object") }
}
