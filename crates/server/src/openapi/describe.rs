//! Tables of routes told to poem-openapi, which writes documents of them.

use std::collections::HashMap;

use poem::{endpoint::BoxEndpoint, http::Method};
use poem_openapi::{
    Object, OpenApi, ParameterStyle,
    registry::{
        MetaApi, MetaHeader, MetaMediaType, MetaOperation, MetaOperationParam, MetaParamIn, MetaPath, MetaRequest,
        MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, MetaSecurityScheme, Registry,
    },
    types::Type,
};

use crate::{
    delivery,
    http::{
        answer::scalars::AnyObject,
        request::{
            conditions::Condition,
            members::{DeclaredMember, MAX_ITEMS, MemberForm},
            parameters::{Form, PathForm},
            reader::{DeclaredParameter, Number},
        },
        route::{Content, Described, Gate, RequestBody, Route},
    },
    management,
};

/// The header that names a version.
pub(super) const IF_MATCH: &str = "If-Match";
/// Name of the security scheme.
const KEY: &str = "Key";

/// The delivery API, for documents alone.
pub(crate) struct DeliveryApi;

/// The management API, for documents alone.
pub(crate) struct ManagementApi;

impl OpenApi for DeliveryApi {
    fn meta() -> Vec<MetaApi> {
        vec![api(delivery::routes(), Gate::KeyAllowed)]
    }

    fn register(registry: &mut Registry) {
        register(registry, delivery::routes());
    }

    fn add_routes(self, _table: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

impl OpenApi for ManagementApi {
    fn meta() -> Vec<MetaApi> {
        vec![api(management::routes(), Gate::ManagementKeyNeeded)]
    }

    fn register(registry: &mut Registry) {
        register(registry, management::routes());
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

fn api(routes: Vec<Route>, gate: Gate) -> MetaApi {
    let mut paths: Vec<MetaPath> = Vec::new();
    for route in routes {
        let path = route.path.replace("*}", "}");
        match paths.iter_mut().find(|known| known.path == path) {
            Some(known) => known.operations.push(operation(&route, gate)),
            None => paths.push(MetaPath { path, operations: vec![operation(&route, gate)] }),
        }
    }
    MetaApi { paths }
}

fn operation(route: &Route, gate: Gate) -> MetaOperation {
    let declared = &route.declared;
    let segments =
        declared.path.iter().map(|(name, form)| param(name, MetaParamIn::Path, path_schema(*form), true, None));
    let mut params: Vec<MetaOperationParam> = segments.collect();
    // `name[…]` beside `name` is documented in the help of that one: documents know one parameter of a name.
    let mut query: Vec<&DeclaredParameter> = Vec::new();
    for parameter in &declared.query {
        if query.iter().all(|known| known.name != parameter.name) {
            query.push(parameter);
        }
    }
    params.extend(query.into_iter().map(query_param));
    let mut header_param =
        |name, required, help| params.push(param(name, MetaParamIn::Header, string(), required, Some(help)));
    if declared.condition != Condition::None {
        let required = declared.condition == Condition::Version;
        header_param(IF_MATCH, required, "the version that you read, in quotes");
    }
    if declared.condition == Condition::VersionOrAbsent {
        header_param("If-None-Match", false, "`*` instead of If-Match for a localization that does not exist yet");
    }
    if !route.is_read() {
        let help = "your name for the request; repeating it within 24 hours answers the same and changes nothing";
        header_param("Idempotency-Key", false, help);
    }
    let mut responses: Vec<MetaResponse> = route.answers.iter().map(|answer| response(route, answer)).collect();
    responses.push(problem_response());
    let mut security = vec![HashMap::from([(KEY, Vec::new())])];
    if matches!(gate, Gate::Open | Gate::KeyAllowed) {
        // No key is as good as one.
        security.insert(0, HashMap::new());
    }
    MetaOperation {
        method: route.method.clone(),
        tags: Vec::new(),
        summary: Some(route.summary),
        description: None,
        external_docs: None,
        params,
        request: request(&route.body),
        responses: MetaResponses { responses },
        deprecated: false,
        security,
        operation_id: Some(route.operation),
        code_samples: Vec::new(),
    }
}

fn path_schema(form: PathForm) -> MetaSchemaRef {
    let schema = match form {
        PathForm::Id => MetaSchema::new_with_format("string", "uuid"),
        PathForm::Number => MetaSchema::new_with_format("integer", "int64"),
        PathForm::Text => MetaSchema::new("string"),
    };
    MetaSchemaRef::Inline(Box::new(schema))
}

fn query_param(parameter: &DeclaredParameter) -> MetaOperationParam {
    let DeclaredParameter { name, form, number, help } = parameter;
    let one = || MetaSchemaRef::Inline(Box::new(form_schema(*form)));
    // `name[a]=…&name[b]=…` is an object in the style deepObject.
    let (schema, style) = match number {
        Number::Optional | Number::Required => (one(), None),
        Number::Many => (array_of(one()), Some(ParameterStyle::Form)),
        Number::Bracketed | Number::ManyBracketed => (object_of(one()), Some(ParameterStyle::DeepObject)),
        Number::Conditions => (object_of(any()), Some(ParameterStyle::DeepObject)),
    };
    let required = *number == Number::Required;
    let described = param(name, MetaParamIn::Query, schema, required, Some(help));
    MetaOperationParam { style, explode: *number != Number::Many, ..described }
}

fn form_schema(form: Form) -> MetaSchema {
    match form {
        Form::Text { max } => MetaSchema { max_length: Some(max), ..MetaSchema::new("string") },
        Form::AnyText => MetaSchema::new("string"),
        Form::Locale => MetaSchema { example: Some("ar".into()), ..MetaSchema::new("string") },
        Form::Id => MetaSchema::new_with_format("string", "uuid"),
        #[expect(clippy::cast_precision_loss, reason = "bounds of numbers are small or unbounded")]
        Form::Number { min, max } => MetaSchema {
            minimum: Some(min as f64),
            maximum: (max < i64::MAX).then_some(max as f64),
            ..MetaSchema::new_with_format("integer", "int64")
        },
        Form::Word(words) => {
            MetaSchema { enum_items: words().into_iter().map(Into::into).collect(), ..MetaSchema::new("string") }
        }
        Form::PastTime | Form::Time => MetaSchema::new_with_format("string", "date-time"),
        Form::Hash => MetaSchema { pattern: Some("^[0-9a-f]{64}$".to_owned()), ..MetaSchema::new("string") },
        Form::Rank => MetaSchema { pattern: Some("^[0-9a-z]{0,127}[1-9a-z]$".to_owned()), ..MetaSchema::new("string") },
        Form::Date => MetaSchema::new_with_format("string", "date"),
    }
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

fn request(body: &RequestBody) -> Option<MetaRequest> {
    let media = match body {
        RequestBody::None => return None,
        RequestBody::Json { name, members: _ } => {
            MetaMediaType { content_type: "application/json", schema: MetaSchemaRef::Reference((*name).to_owned()) }
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
    if route.is_read() || route.declared.condition != Condition::None {
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

fn register(registry: &mut Registry, routes: Vec<Route>) {
    ProblemView::register(registry);
    for route in routes {
        for answer in &route.answers {
            if let Content::Json(shape) | Content::Typed(_, shape) = &answer.content {
                (shape.register)(registry);
            }
        }
        if let RequestBody::Json { name, members } = &route.body {
            registry.schemas.insert((*name).to_owned(), members_schema(members));
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

fn members_schema(members: &[DeclaredMember]) -> MetaSchema {
    let required = members.iter().filter(|member| member.required).map(|member| member.name).collect();
    let properties = members.iter().map(|member| {
        let schema =
            MetaSchema { description: Some(member.help), nullable: member.nullable, ..member_schema(member.form) };
        (member.name, MetaSchemaRef::Inline(Box::new(schema)))
    });
    MetaSchema { required, properties: properties.collect(), ..MetaSchema::new("object") }
}

fn member_schema(form: MemberForm) -> MetaSchema {
    match form {
        MemberForm::One(form) => form_schema(form),
        MemberForm::Many(form) => {
            let items = MetaSchemaRef::Inline(Box::new(form_schema(form)));
            let (min_items, max_items) = (Some(1), Some(MAX_ITEMS));
            MetaSchema { items: Some(Box::new(items)), min_items, max_items, ..MetaSchema::new("array") }
        }
        MemberForm::Flag => MetaSchema::new("boolean"),
        MemberForm::Data => MetaSchema { additional_properties: Some(Box::new(any())), ..MetaSchema::new("object") },
        MemberForm::Texts => {
            MetaSchema { additional_properties: Some(Box::new(string())), ..MetaSchema::new("object") }
        }
        MemberForm::Items(members) => MetaSchema {
            items: Some(Box::new(MetaSchemaRef::Inline(Box::new(members_schema(&members()))))),
            min_items: Some(1),
            max_items: Some(MAX_ITEMS),
            ..MetaSchema::new("array")
        },
    }
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
