//! A provider in one function: it signs with Ed25519, and with RSA in a token that was made elsewhere.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::url::Url;
use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    error::OpenIdError,
    pending::PendingSignIn,
    provider::{Provider, ProviderSettings},
};
use crate::{
    SigningKey,
    random::testing::{Exhausted, Seeded},
};

const ISSUER: &str = "https://id.example";
const NOW: i64 = 1_800_000_060;

/// Signed by another implementation, at 1,800,000,000, for five minutes.
const RSA_KEY: &str = r#"{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": "khfoxsoFglujXMqf977NRyQBGvbWT3xRfQTXc4iWhcrQ_TIUyYpdI7pgZ3m_0LJkjEfNEywpzHjntC7Xv0BlhAPCIlwYmNgGPp4spClbUZtWFd_QQ8g7iCRJr5MZiA9LO_4NjWe-uOZU9gMElOdl4mgDipohrPZkH7LlHBJjsRgV5pj_tXOGY4Mx8lqCBaZ3IT3gE7qI0uW3_oZv1YEqvLdb3jU3VWRZYlvOTPZOR8HGSNOPeTM_ApmPUDRZbAd5C17iiBXeOfG-gjnZgNRzuZQORp3RK4t1VQZ4V_bcwZTCSJt_aLHsgDwsq6OEZ7k7-GOCJMim_ohRUY2bn_BLfw", "e": "AQAB"}"#;
const RSA_TOKEN: &str = "eyJhbGciOiAiUlMyNTYiLCAia2lkIjogInJzYSJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZC5leGFtcGxlIiwgImF1ZCI6ICJkaXdhbiIsICJzdWIiOiAiNDIiLCAibm9uY2UiOiAiQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQiIsICJpYXQiOiAxODAwMDAwMDAwLCAiZXhwIjogMTgwMDAwMDMwMCwgIm5hbWUiOiAi2LPYp9mF2LEiLCAiZW1haWwiOiAic0Btb2YuZXhhbXBsZSIsICJlbWFpbF92ZXJpZmllZCI6IHRydWV9.B5eHWMXg9kUZV0i-p5poAx-62DVa5A9LzPEUOoYmT6IJEufTcjYnzJh5ARAdKDngdCnu6ienxreBB3OFzf35eIiMf1dURTOKPAqOr0OLIyq6UpJLdb_G22CNbI1WAfNcPWE1q-YOjMy60KimV7F4ZMKgHHgG6ONAd_o_NEaDtUel_ngzJ4PN5yTO18YlBiw8Qfyu5aTm4NoAclevQpKvGCCQimGYqnqe-UPuDBqIkOiI52b-X_4i__WAAZ6C2d6HhkufRKrEjOJmUexmqpu9xHSdwP-L_zGRlBQUlb04gQwDwk_l3jtn6JzIonRaGChqVR-AcDzvGWhobebEQ4PoGQ";

fn settings() -> ProviderSettings {
    ProviderSettings {
        issuer: ISSUER.to_owned(),
        client_id: "diwan".to_owned(),
        client_secret: Some(SecretString::from("s3cret&+")),
        redirect_url: "https://cms.example/manage/v1/sign-in/openid".to_owned(),
        scopes: vec!["email".to_owned(), "profile".to_owned()],
    }
}

fn discovery() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA", "HS256", "none", "XX999"],
    })
}

fn key() -> SigningKey {
    SigningKey::generate(&Seeded::new(1)).unwrap()
}

/// The key set of the provider; one key is of a kind that nobody knows.
fn keys() -> Value {
    let pem = key().public_key().to_pem().unwrap();
    let der = base64::engine::general_purpose::STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap();
    let x = URL_SAFE_NO_PAD.encode(&der[der.len() - 32..]);
    let ours = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "ed", "use": "sig", "alg": "EdDSA" });
    let rsa: Value = serde_json::from_str(RSA_KEY).unwrap();
    json!({ "keys": [ours, rsa, { "kty": "QQ", "kid": "q" }] })
}

fn provider_of(discovery: &Value) -> Provider {
    let discovered = settings().read_discovery(discovery.to_string().as_bytes()).unwrap();
    assert_eq!(discovered.keys_url(), "https://id.example/keys");
    discovered.read_keys(keys().to_string().as_bytes()).unwrap()
}

fn provider() -> Provider {
    provider_of(&discovery())
}

fn pending(confirms: bool) -> PendingSignIn {
    let [a, b, c] = ["A", "B", "C"].map(|letter| letter.repeat(43));
    let last = if confirms { "confirm" } else { "sign-in" };
    PendingSignIn::from_stored(&format!("{a}.{b}.{c}.{last}")).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": "diwan", "sub": "42", "nonce": "B".repeat(43), "iat": NOW - 10, "exp": NOW + 300,
        "auth_time": NOW - 10, "groups": ["publishers"],
    })
}

fn signed(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(format!("{header}.{claims}").as_bytes()).as_bytes());
    format!("{header}.{claims}.{signature}")
}

fn token(claims: &Value) -> String {
    signed(&json!({ "alg": "EdDSA", "kid": "ed" }), claims, &key())
}

fn answer(token: &str) -> Vec<u8> {
    json!({ "access_token": "x", "token_type": "Bearer", "id_token": token }).to_string().into_bytes()
}

/// What becomes of a token.
fn read(token: &str) -> Result<crate::ProvedIdentity, OpenIdError> {
    provider().read_answer(&pending(false), 200, &answer(token), NOW)
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[test]
fn the_browser_is_sent_with_state_nonce_and_challenge() {
    let (url, pending) = provider().start(false, &Seeded::new(5)).unwrap();
    let url = Url::parse(&url).unwrap();
    assert_eq!(url.as_str().split_once('?').unwrap().0, "https://id.example/authorize");
    let stored = pending.to_stored();
    let parts: Vec<&str> = stored.expose_secret().split('.').collect();
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(parts[2]));
    for (name, expected) in [
        ("response_type", "code"),
        ("client_id", "diwan"),
        ("redirect_uri", "https://cms.example/manage/v1/sign-in/openid"),
        ("scope", "openid email profile"),
        ("state", parts[0]),
        ("nonce", parts[1]),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(value(name).as_deref(), Some(expected), "{name}");
    }
    assert!(!url.as_str().contains(parts[2]), "the verifier stays here");
    assert_eq!(value("prompt"), None);
    let (again, _) = provider().start(true, &Seeded::new(5)).unwrap();
    assert!(again.contains("prompt=login") && again.contains("max_age=0"), "{again}");
    assert!(provider().start(false, &Exhausted).is_err());
}

#[test]
fn a_return_belongs_to_its_sign_in() {
    let (_, pending) = provider().start(false, &Seeded::new(5)).unwrap();
    let stored = pending.to_stored();
    let read = PendingSignIn::from_stored(stored.expose_secret()).unwrap();
    let state = stored.expose_secret().split('.').next().unwrap();
    for iss in [None, Some(ISSUER)] {
        assert_eq!(provider().check_return(&read, state, iss), Ok(()));
    }
    for (state, iss) in [("", None), ("x", None), (&state[1..], None), (state, Some("https://id.example/"))] {
        assert_eq!(provider().check_return(&read, state, iss), Err(OpenIdError::OtherSignIn), "{state} {iss:?}");
    }
    for damaged in ["", "a.b.c.sign-in", &stored.expose_secret().replace("sign-in", "x"), &stored.expose_secret()[1..]]
    {
        assert!(PendingSignIn::from_stored(damaged).is_none(), "{damaged}");
    }
}

#[test]
fn the_request_for_tokens_has_code_verifier_and_secret() {
    let request = provider().token_request(&pending(false), "the code").unwrap();
    assert_eq!(request.url, "https://id.example/token");
    let body = String::from_utf8(request.body.to_vec()).unwrap();
    for part in [
        "grant_type=authorization_code",
        "code=the+code",
        &format!("code_verifier={}", "C".repeat(43)),
        "redirect_uri=https%3A%2F%2Fcms.example%2F",
    ] {
        assert!(body.contains(part), "{part} in {body}");
    }
    let header = |request: &crate::TokenRequest, name: &str| {
        let found = request.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.expose_secret().to_owned())
    };
    assert_eq!(header(&request, "content-type").as_deref(), Some("application/x-www-form-urlencoded"));
    let basic = base64::engine::general_purpose::STANDARD.encode("diwan:s3cret%26%2B");
    assert_eq!(header(&request, "authorization"), Some(format!("Basic {basic}")));
    let mut form_alone = discovery();
    form_alone["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    let request = provider_of(&form_alone).token_request(&pending(false), "c").unwrap();
    assert_eq!(header(&request, "authorization"), None);
    assert!(String::from_utf8(request.body.to_vec()).unwrap().contains("client_secret=s3cret%26%2B"));
}

#[test]
fn a_valid_token_names_issuer_subject_and_claims() {
    let proved = read(&token(&claims())).unwrap();
    assert_eq!((proved.issuer.as_str(), proved.subject.as_str()), (ISSUER, "42"));
    assert_eq!(proved.claims["groups"], json!(["publishers"]));
    let proved = read(RSA_TOKEN).unwrap();
    assert_eq!((proved.name(), proved.verified_email()), (Some("سامر"), Some("s@mof.example")));
    for verified in [json!(false), json!("true"), Value::Null] {
        let mut claims = with("email", json!("s@mof.example"));
        claims["email_verified"] = verified;
        assert_eq!(
            read(&token(&claims)).map(|proved| proved.verified_email().map(str::to_owned)).unwrap_or(None),
            None
        );
    }
}

#[test]
fn a_token_of_another_sign_in_issuer_client_or_time_is_refused() {
    for (what, claims) in [
        ("nonce", with("nonce", json!("C".repeat(43)))),
        ("nonce", with("nonce", Value::Null)),
        ("issuer", with("iss", json!("https://id.example/"))),
        ("audience", with("aud", json!("other"))),
        ("audience", with("aud", json!(["diwan", "other"]))),
        ("authorized party", with("azp", json!("other"))),
        ("time", with("exp", json!(NOW - 121))),
        ("time", with("iat", json!(NOW + 121))),
        ("time", with("iat", json!(NOW - 721))),
        ("subject", with("sub", json!(""))),
        ("subject", with("sub", json!("4".repeat(256)))),
    ] {
        assert_eq!(read(&token(&claims)), Err(OpenIdError::BadToken { what }), "{claims}");
    }
    for claims in [
        with("exp", json!(NOW - 119)),
        with("iat", json!(NOW + 119)),
        with("azp", json!("diwan")),
        with("aud", json!(["diwan"])),
        with("sub", json!("4".repeat(255))),
    ] {
        assert!(read(&token(&claims)).is_ok(), "{claims}");
    }
}

#[test]
fn a_token_that_the_provider_did_not_sign_is_refused() {
    let bad = |what| Err(OpenIdError::BadToken { what });
    let other = SigningKey::generate(&Seeded::new(2)).unwrap();
    assert_eq!(read(&signed(&json!({ "alg": "EdDSA", "kid": "ed" }), &claims(), &other)), bad("signature"));
    assert_eq!(
        read(&signed(&json!({ "alg": "EdDSA", "kid": "new" }), &claims(), &key())),
        Err(OpenIdError::UnknownKey)
    );
    for algorithm in ["none", "HS256", "ES512"] {
        let token = signed(&json!({ "alg": algorithm, "kid": "ed" }), &claims(), &key());
        assert_eq!(read(&token), bad("signature"), "{algorithm}");
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        assert!(read(&format!("{unsigned}.")).is_err(), "{algorithm}");
    }
    let good = token(&claims());
    let (head, rest) = good.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let forged = URL_SAFE_NO_PAD.encode(with("sub", json!("1")).to_string());
    assert_eq!(read(&format!("{head}.{forged}.{signature}")), bad("signature"));
}

#[test]
fn a_confirmed_identity_signed_in_just_now() {
    let read = |claims: &Value| provider().read_answer(&pending(true), 200, &answer(&token(claims)), NOW);
    assert!(read(&claims()).is_ok());
    for at in [json!(NOW - 721), json!(NOW + 121), Value::Null] {
        let claims = with("auth_time", at);
        assert_eq!(read(&claims), Err(OpenIdError::BadToken { what: "auth_time" }), "{claims}");
        assert!(self::read(&token(&claims)).is_ok(), "no matter for a sign-in");
    }
}

#[test]
fn answers_that_are_no_tokens_are_errors() {
    let read = |status, body: &str| provider().read_answer(&pending(false), status, body.as_bytes(), NOW);
    let refused = r#"{"error":"invalid_grant","error_description":"secret words"}"#;
    assert_eq!(read(400, refused), Err(OpenIdError::Refused { code: "invalid_grant".to_owned() }));
    let long = format!(r#"{{"error":"\u0000\n{}"}}"#, "x".repeat(100));
    assert_eq!(read(400, &long), Err(OpenIdError::Refused { code: "x".repeat(64) }));
    for (status, body) in [
        (200, ""),
        (200, "<html>"),
        (200, "[]"),
        (200, r#"{"access_token":"x","token_type":"Bearer"}"#),
        (200, r#"{"access_token":"x","token_type":"Bearer","id_token":"x"}"#),
        (200, r#"{"access_token":"x","token_type":"Bearer","id_token":"a.b.c"}"#),
        (302, "{}"),
        (500, "oops"),
        (0, "{}"),
    ] {
        assert_eq!(read(status, body), Err(OpenIdError::BadAnswer), "{status} {body}");
    }
    let long = format!("{{\"x\":\"{}\"}}", "x".repeat(2 << 20));
    assert_eq!(read(200, &long), Err(OpenIdError::BadAnswer));
}

#[test]
fn a_discovery_document_must_fit() {
    let read = |name: &str, value: Value| {
        let mut document = discovery();
        document[name] = value;
        settings().read_discovery(document.to_string().as_bytes()).err()
    };
    assert_eq!(read("issuer", json!("https://id.example/")), Some(OpenIdError::OtherIssuer));
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for url in ["http://id.example/x", "https://u:p@id.example/x", "ftp://localhost/x"] {
            assert!(
                matches!(read(name, json!(url)), Some(OpenIdError::BadUrl { what }) if what == name),
                "{name} {url}"
            );
        }
        assert_eq!(read(name, json!("http://127.0.0.1:9/x")), None, "on this machine");
    }
    assert_eq!(read("token_endpoint", Value::Null), Some(OpenIdError::BadDiscovery { what: "no token_endpoint" }));
    let weak = read("id_token_signing_alg_values_supported", json!(["HS256", "none"]));
    assert_eq!(weak, Some(OpenIdError::BadDiscovery { what: "no signature that is accepted" }));
    for document in ["", "[]", "{}", "<html>"] {
        let error = settings().read_discovery(document.as_bytes()).err();
        assert_eq!(error, Some(OpenIdError::BadDiscovery { what: "it is not one" }), "{document}");
    }
    let discovered = settings().read_discovery(discovery().to_string().as_bytes()).unwrap();
    assert_eq!(discovered.read_keys(b"[]").err(), Some(OpenIdError::BadKeys));
    for (issuer, url) in [
        ("https://id.example", Some("https://id.example/.well-known/openid-configuration")),
        ("https://id.example/realms/x/", Some("https://id.example/realms/x/.well-known/openid-configuration")),
        ("http://id.example", None),
        ("id.example", None),
    ] {
        let settings = ProviderSettings { issuer: issuer.to_owned(), ..settings() };
        assert_eq!(settings.discovery_url().ok().as_deref(), url);
    }
}

#[test]
fn no_debug_output_shows_a_secret() {
    let request = provider().token_request(&pending(false), "the-code").unwrap();
    let proved = read(&token(&claims())).unwrap();
    let shown = format!("{:?} {:?} {:?} {request:?} {proved:?}", settings(), provider(), pending(false));
    for secret in ["s3cret", "the-code", &"A".repeat(43), &"B".repeat(43), &"C".repeat(43), "publishers"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_answer_may_come(status in 0..1_000_u16, body in prop::collection::vec(any::<u8>(), 0..200), token in "\\PC{0,40}") {
        prop_assert!(provider().read_answer(&pending(false), status, &body, NOW).is_err());
        prop_assert!(provider().read_answer(&pending(false), status, &answer(&token), NOW).is_err());
        prop_assert!(settings().read_discovery(&body).is_err());
    }

    #[test]
    fn one_other_character_and_no_token_is_valid(place: prop::sample::Index, by in "[A-Za-z0-9_-]") {
        let mut token = token(&claims());
        let place = place.index(token.len());
        prop_assume!(token[place..=place] != by);
        token.replace_range(place..=place, &by);
        prop_assert!(read(&token).is_err());
    }
}
