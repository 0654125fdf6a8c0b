//! What is kept between leaving for the provider and coming back.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::random::{NoRandomness, RandomSource, random_bytes};

/// Characters of 32 bytes in base64url: also a PKCE verifier (RFC 7636, 4.1, recommends just that).
const PART_CHARS: usize = 43;
/// Between the parts of the stored text; base64url does not have it.
const SEPARATOR: char = '.';
/// The last part of the stored text.
const CONFIRMS: &str = "confirm";
const SIGNS_IN: &str = "sign-in";

/// A sign-in that waits for the browser to come back. The caller stores it for some minutes, bound to the browser (by a
/// cookie of its own), and removes it when the browser comes back: it works once.
pub struct PendingSignIn {
    pub(super) state: SecretString,
    pub(super) nonce: SecretString,
    pub(super) verifier: SecretString,
    pub(super) confirms: bool,
}

impl PendingSignIn {
    pub(super) fn generate(confirms: bool, random: &dyn RandomSource) -> Result<Self, NoRandomness> {
        let part = || Ok(SecretString::from(URL_SAFE_NO_PAD.encode(random_bytes::<32>(random)?)));
        Ok(Self { state: part()?, nonce: part()?, verifier: part()?, confirms })
    }

    /// Whether a `state` that came back is that of this sign-in. Compared in constant time.
    pub fn is_state(&self, state: &str) -> bool {
        self.state.expose_secret().as_bytes().ct_eq(state.as_bytes()).into()
    }

    /// The text to store; a secret.
    pub fn to_stored(&self) -> SecretString {
        let parts = [&self.state, &self.nonce, &self.verifier].map(|part| part.expose_secret());
        let [state, nonce, verifier] = parts;
        let last = if self.confirms { CONFIRMS } else { SIGNS_IN };
        SecretString::from(format!("{state}{SEPARATOR}{nonce}{SEPARATOR}{verifier}{SEPARATOR}{last}"))
    }

    /// Reads a stored text. `None` where it is damaged.
    pub fn from_stored(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(SEPARATOR).collect();
        let [state, nonce, verifier, last] = parts[..] else { return None };
        let confirms = match last {
            CONFIRMS => true,
            SIGNS_IN => false,
            _ => return None,
        };
        let is_whole = [state, nonce, verifier].iter().all(|part| part.len() == PART_CHARS && part.is_ascii());
        let [state, nonce, verifier] = [state, nonce, verifier].map(SecretString::from);
        is_whole.then_some(Self { state, nonce, verifier, confirms })
    }
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PendingSignIn(…)")
    }
}
