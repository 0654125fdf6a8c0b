//! An identity provider: discovery and keys, where the browser is sent, the request for tokens, their verification.

use std::{cell::RefCell, fmt, str::FromStr as _};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, JsonWebKeySet, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse as _,
    core::{
        CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreJsonWebKey,
        CoreJwsSigningAlgorithm, CoreProviderMetadata,
    },
    http::{Response, StatusCode, Uri},
    url::Url,
};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};
use serde_json::Value;

use super::{
    error::OpenIdError,
    pending::PendingSignIn,
    proved::{ProvedIdentity, SUBJECT_MAX_CHARS},
};
use crate::random::RandomSource;

/// Clocks of provider and server may differ by this.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);
/// How old an ID token, or a confirmed identity, may be: both are made while the browser waits.
const AGE_MAX: TimeDelta = TimeDelta::minutes(10);
/// Bytes of an answer. Callers bound what they read by this too.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;
const REFUSAL_MAX_CHARS: usize = 64;

/// Signatures that are accepted, if the provider names them too. None with a shared secret, because keys of providers are
/// public, and no `none`.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// How an installation is registered with a provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The issuer, exactly as the provider writes it. Its discovery document is below this URL.
    pub issuer: String,
    /// The name of this installation there.
    pub client_id: String,
    /// Its secret there; none for a public client.
    pub client_secret: Option<SecretString>,
    /// Where the browser comes back to.
    pub redirect_url: String,
    /// Scopes beside `openid`, such as `email` and `profile`.
    pub scopes: Vec<String>,
}

/// A provider whose discovery document was read, and whose key set is not read yet.
#[derive(Debug, Clone)]
pub struct DiscoveredProvider {
    settings: ProviderSettings,
    metadata: CoreProviderMetadata,
}

/// A provider by which people can sign in.
#[derive(Debug, Clone)]
pub struct Provider {
    issuer: String,
    client: Client,
    algorithms: Vec<CoreJwsSigningAlgorithm>,
    scopes: Vec<String>,
}

/// The request that turns a code into tokens: `POST`. It holds secrets, so `Debug` shows the URL alone.
pub struct TokenRequest {
    /// Where to.
    pub url: String,
    /// Names and values of headers.
    pub headers: Vec<(String, SecretString)>,
    /// The form.
    pub body: Zeroizing<Vec<u8>>,
}

impl ProviderSettings {
    /// Where the discovery document is (OpenID Connect Discovery 1.0, 4).
    ///
    /// # Errors
    /// The issuer is no URL, or not `https` outside of this machine.
    pub fn discovery_url(&self) -> Result<String, OpenIdError> {
        check_url(&self.issuer, "issuer")?;
        Ok(format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/')))
    }

    /// Reads the discovery document that was answered with 200.
    ///
    /// # Errors
    /// It cannot be read, is of another issuer, or names no endpoint for tokens or no signature that is accepted.
    pub fn read_discovery(self, answer: &[u8]) -> Result<DiscoveredProvider, OpenIdError> {
        check_url(&self.issuer, "issuer")?;
        check_url(&self.redirect_url, "redirect_url")?;
        let bad = |what| OpenIdError::BadDiscovery { what };
        let is_short = answer.len() <= ANSWER_MAX_BYTES;
        let metadata = is_short.then(|| serde_json::from_slice::<CoreProviderMetadata>(answer).ok()).flatten();
        let metadata = metadata.ok_or_else(|| bad("it is not one"))?;
        if metadata.issuer().as_str() != self.issuer {
            return Err(OpenIdError::OtherIssuer);
        }
        let token_endpoint = metadata.token_endpoint().ok_or_else(|| bad("no token_endpoint"))?;
        check_url(metadata.authorization_endpoint().as_str(), "authorization_endpoint")?;
        check_url(token_endpoint.as_str(), "token_endpoint")?;
        check_url(metadata.jwks_uri().as_str(), "jwks_uri")?;
        if algorithms(&metadata).is_empty() {
            return Err(bad("no signature that is accepted"));
        }
        Ok(DiscoveredProvider { settings: self, metadata })
    }
}

impl DiscoveredProvider {
    /// Where the key set is.
    pub fn keys_url(&self) -> &str {
        self.metadata.jwks_uri().as_str()
    }

    /// Reads the key set that was answered with 200. Keys of kinds that are not known are left out.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_keys(&self, answer: &[u8]) -> Result<Provider, OpenIdError> {
        let is_short = answer.len() <= ANSWER_MAX_BYTES;
        let keys = is_short.then(|| serde_json::from_slice::<JsonWebKeySet<CoreJsonWebKey>>(answer).ok()).flatten();
        let metadata = self.metadata.clone().set_jwks(keys.ok_or(OpenIdError::BadKeys)?);
        let algorithms = algorithms(&metadata);
        let auth_type = auth_type(&metadata);
        let ProviderSettings { issuer, client_id, client_secret, redirect_url, scopes } = self.settings.clone();
        let redirect_url = RedirectUrl::new(redirect_url).map_err(|_| OpenIdError::BadUrl { what: "redirect_url" })?;
        let secret = client_secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(client_id), secret)
            .set_auth_type(auth_type)
            .set_redirect_uri(redirect_url);
        Ok(Provider { issuer, client, algorithms, scopes })
    }
}

impl Provider {
    /// The URL that the browser is sent to, and what to keep until it comes back. `confirms`: the person must sign in
    /// there again, though they are signed in.
    ///
    /// # Errors
    /// No randomness.
    pub fn start(&self, confirms: bool, random: &dyn RandomSource) -> Result<(String, PendingSignIn), OpenIdError> {
        let pending = PendingSignIn::generate(confirms, random)?;
        let state = CsrfToken::new(pending.state.expose_secret().to_owned());
        let nonce = Nonce::new(pending.nonce.expose_secret().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier(&pending));
        let mut request = self
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .set_pkce_challenge(challenge)
            .add_scopes(self.scopes.iter().map(|scope| Scope::new(scope.clone())));
        if confirms {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(std::time::Duration::ZERO);
        }
        let (url, _, _) = request.url();
        Ok((url.into(), pending))
    }

    /// Checks what the browser came back with: `state`, and `iss` where the provider sends it (RFC 9207).
    ///
    /// # Errors
    /// Another sign-in.
    pub fn check_return(&self, pending: &PendingSignIn, state: &str, iss: Option<&str>) -> Result<(), OpenIdError> {
        let is_issuer = iss.is_none_or(|iss| iss == self.issuer);
        if pending.is_state(state) && is_issuer { Ok(()) } else { Err(OpenIdError::OtherSignIn) }
    }

    /// The request that turns the code into tokens. Redirects of its answer are not to be followed.
    ///
    /// # Errors
    /// None with a provider that was discovered.
    pub fn token_request(&self, pending: &PendingSignIn, code: &str) -> Result<TokenRequest, OpenIdError> {
        let exchange = self.client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|_| NO_TOKEN_ENDPOINT)?.set_pkce_verifier(verifier(pending));
        // The library sends what it makes; here it is taken from it instead.
        let made = RefCell::new(None);
        let _not_sent = exchange.request(&|request: HttpRequest| -> Result<HttpResponse, NotSent> {
            *made.borrow_mut() = Some(request);
            Err(NotSent)
        });
        let (head, body) = made.into_inner().ok_or(OpenIdError::BadAnswer)?.into_parts();
        let mut headers = Vec::with_capacity(head.headers.len());
        for (name, value) in &head.headers {
            let value = value.to_str().map_err(|_| OpenIdError::BadAnswer)?;
            headers.push((name.as_str().to_owned(), SecretString::from(value)));
        }
        Ok(TokenRequest { url: Uri::to_string(&head.uri), headers, body: Zeroizing::new(body) })
    }

    /// Whom the answer to the request for tokens names, after verification as OpenID Connect Core 1.0, 3.1.3.7, says.
    ///
    /// # Errors
    /// The provider refused; the answer or its ID token is not valid.
    pub fn read_answer(
        &self,
        pending: &PendingSignIn,
        status: u16,
        body: &[u8],
        unix_seconds: i64,
    ) -> Result<ProvedIdentity, OpenIdError> {
        let now = DateTime::from_timestamp(unix_seconds, 0).ok_or(OpenIdError::BadAnswer)?;
        let token = self.read_tokens(status, body)?;
        self.verify(&token, pending, now)?;
        let claims = read_claims(&token).ok_or(OpenIdError::BadAnswer)?;
        self.check_claims(&claims, pending, now)?;
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        if subject.is_empty() || subject.chars().count() > SUBJECT_MAX_CHARS {
            return Err(OpenIdError::BadToken { what: "subject" });
        }
        Ok(ProvedIdentity { issuer: self.issuer.clone(), subject, claims })
    }

    /// The ID token of an answer, not verified.
    fn read_tokens(&self, status: u16, body: &[u8]) -> Result<Zeroizing<String>, OpenIdError> {
        if body.len() > ANSWER_MAX_BYTES {
            return Err(OpenIdError::BadAnswer);
        }
        let mut answer = Response::new(body.to_vec());
        *answer.status_mut() = StatusCode::from_u16(status).map_err(|_| OpenIdError::BadAnswer)?;
        let answer = RefCell::new(Some(answer));
        // What is asked does not matter: the answer is there already.
        let exchange =
            self.client.exchange_code(AuthorizationCode::new(String::new())).map_err(|_| NO_TOKEN_ENDPOINT)?;
        let read = exchange.request(&|_: HttpRequest| answer.borrow_mut().take().ok_or(NotSent));
        match read {
            // As it was sent: its signature is over these characters.
            Ok(tokens) if tokens.id_token().is_some() => {
                let answer: Value = serde_json::from_slice(body).map_err(|_| OpenIdError::BadAnswer)?;
                let token = answer.get("id_token").and_then(Value::as_str).ok_or(OpenIdError::BadAnswer)?;
                Ok(Zeroizing::new(token.to_owned()))
            }
            Ok(_) => Err(OpenIdError::BadAnswer),
            Err(RequestTokenError::ServerResponse(refusal)) => {
                let shown = |c: &char| c.is_ascii_graphic();
                let code = refusal.error().to_string().chars().filter(shown).take(REFUSAL_MAX_CHARS).collect();
                Err(OpenIdError::Refused { code })
            }
            Err(_) => Err(OpenIdError::BadAnswer),
        }
    }

    /// Signature, issuer, audience, times, nonce.
    fn verify(&self, token: &str, pending: &PendingSignIn, now: DateTime<Utc>) -> Result<(), OpenIdError> {
        let token = CoreIdToken::from_str(token).map_err(|_| OpenIdError::BadAnswer)?;
        let verifier = self
            .client
            .id_token_verifier()
            .set_allowed_algs(self.algorithms.iter().cloned())
            .set_time_fn(move || now - CLOCK_SKEW)
            .set_issue_time_verifier_fn(move |issued_at| {
                let is_recent = issued_at <= now + CLOCK_SKEW && issued_at >= now - AGE_MAX - CLOCK_SKEW;
                if is_recent { Ok(()) } else { Err("issued at another time".to_owned()) }
            });
        let nonce = Nonce::new(pending.nonce.expose_secret().to_owned());
        token.claims(&verifier, &nonce).map(|_| ()).map_err(|error| match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
                OpenIdError::UnknownKey
            }
            ClaimsVerificationError::SignatureVerification(_) => OpenIdError::BadToken { what: "signature" },
            ClaimsVerificationError::InvalidIssuer(_) => OpenIdError::BadToken { what: "issuer" },
            ClaimsVerificationError::InvalidAudience(_) => OpenIdError::BadToken { what: "audience" },
            ClaimsVerificationError::Expired(_) => OpenIdError::BadToken { what: "time" },
            ClaimsVerificationError::InvalidNonce(_) => OpenIdError::BadToken { what: "nonce" },
            ClaimsVerificationError::InvalidAuthContext(_)
            | ClaimsVerificationError::InvalidAuthTime(_)
            | ClaimsVerificationError::InvalidSubject(_)
            | ClaimsVerificationError::Other(_)
            | ClaimsVerificationError::Unsupported(_)
            | _ => OpenIdError::BadToken { what: "claims" },
        })
    }

    /// What the library leaves to us: the authorized party, and when the person signed in.
    fn check_claims(&self, claims: &Value, pending: &PendingSignIn, now: DateTime<Utc>) -> Result<(), OpenIdError> {
        let azp = claims.get("azp").filter(|azp| !azp.is_null());
        if azp.is_some_and(|azp| azp.as_str() != Some(self.client.client_id().as_str())) {
            return Err(OpenIdError::BadToken { what: "authorized party" });
        }
        let signed_in = claims.get("auth_time").and_then(Value::as_i64);
        let signed_in = signed_in.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let is_fresh = signed_in.is_some_and(|at| at >= now - AGE_MAX - CLOCK_SKEW && at <= now + CLOCK_SKEW);
        if pending.confirms && !is_fresh {
            return Err(OpenIdError::BadToken { what: "auth_time" });
        }
        Ok(())
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenRequest({}, …)", self.url)
    }
}

const NO_TOKEN_ENDPOINT: OpenIdError = OpenIdError::BadDiscovery { what: "no token_endpoint" };

/// Nothing is sent from here.
#[derive(Debug, thiserror::Error)]
#[error("not sent")]
struct NotSent;

fn verifier(pending: &PendingSignIn) -> PkceCodeVerifier {
    PkceCodeVerifier::new(pending.verifier.expose_secret().to_owned())
}

fn algorithms(metadata: &CoreProviderMetadata) -> Vec<CoreJwsSigningAlgorithm> {
    let named = metadata.id_token_signing_alg_values_supported();
    ALGORITHMS.into_iter().filter(|algorithm| named.contains(algorithm)).collect()
}

/// The secret goes into a header (the default of OpenID Connect Discovery 1.0, 3), or into the form where the provider
/// takes it nowhere else.
fn auth_type(metadata: &CoreProviderMetadata) -> AuthType {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
    let form_alone = !takes(CoreClientAuthMethod::ClientSecretBasic) && takes(CoreClientAuthMethod::ClientSecretPost);
    if form_alone { AuthType::RequestBody } else { AuthType::BasicAuth }
}

/// `http` is for a provider on this machine.
fn check_url(url: &str, what: &'static str) -> Result<(), OpenIdError> {
    let url = Url::parse(url).map_err(|_| OpenIdError::BadUrl { what })?;
    let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_secret = url.scheme() == "https" || (url.scheme() == "http" && is_local);
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if is_secret && is_plain { Ok(()) } else { Err(OpenIdError::BadUrl { what }) }
}

/// The claims of a token whose signature was verified.
fn read_claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
