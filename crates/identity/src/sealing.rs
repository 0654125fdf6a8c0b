//! Secrets that must be readable again, sealed for the database: XChaCha20-Poly1305
//! (RFC 8439, with the nonce of draft-irtf-cfrg-xchacha), under a key that is a file outside of the database.
//!
//! Sealed bytes, version 1: one byte 1, 8 bytes that name the key, 24 bytes of nonce, the ciphertext with its tag of 16
//! bytes. What they belong to is authenticated with them, so they open nowhere else.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use secrecy::{
    ExposeSecret as _, SecretBox, SecretString,
    zeroize::{Zeroize as _, Zeroizing},
};
use sha2::{Digest as _, Sha256};

use crate::random::{NoRandomness, RandomSource, random_bytes};

const VERSION: u8 = 1;
const KEY_BYTES: usize = 32;
const KEY_ID_BYTES: usize = 8;
/// Long enough to be chosen at random for any number of messages.
const NONCE_BYTES: usize = 24;
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES + NONCE_BYTES;
/// What the text of a key file begins with.
const KEY_PREFIX: &str = "diwan-sealing-key-1:";

/// What a sealed secret is. Its word is authenticated and so never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealedKind {
    /// Secret of an authenticator app.
    TotpSecret,
    /// Secret by which webhooks are signed.
    WebhookSecret,
}

impl SealedKind {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TotpSecret => "totp_secret",
            Self::WebhookSecret => "webhook_secret",
        }
    }
}

/// What sealed bytes belong to: rows whose bytes were exchanged do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext {
    /// What the secret is.
    pub kind: SealedKind,
    /// Bytes of the UUID of its owner, such as the person or the webhook.
    pub owner: [u8; 16],
}

/// The key of an installation. `Debug` shows its name alone.
pub struct SealingKey(SecretBox<[u8; KEY_BYTES]>);

/// Names a key without revealing it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealingKeyId([u8; KEY_ID_BYTES]);

/// The text of a key file that holds no key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sealing key: it starts with `{KEY_PREFIX}`")]
pub struct NotASealingKey;

/// Why sealed bytes were not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// Sealed with a key that is not this one.
    #[error("sealed with key {sealed_with}, not with {ours}")]
    OtherKey {
        /// The key that it was sealed with.
        sealed_with: SealingKeyId,
        /// The key that was tried.
        ours: SealingKeyId,
    },
    /// Not sealed by us, damaged, or not sealed for this context.
    #[error("sealed bytes are damaged or belong elsewhere")]
    Damaged,
}

/// A secret was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotSeal {
    /// There is no nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// More than the cipher takes at once (256 GiB).
    #[error("too long to be sealed")]
    TooLong,
}

impl SealingKey {
    /// A new key.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate(random: &dyn RandomSource) -> Result<Self, NoRandomness> {
        let mut bytes: [u8; KEY_BYTES] = random_bytes(random)?;
        let key = Self(SecretBox::new(Box::new(bytes)));
        bytes.zeroize();
        Ok(key)
    }

    /// Reads the text of a key file; white space around it is ignored.
    ///
    /// # Errors
    /// Not the text of a key.
    pub fn read(text: &str) -> Result<Self, NotASealingKey> {
        let encoded = text.trim().strip_prefix(KEY_PREFIX).ok_or(NotASealingKey)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).map_err(|_| NotASealingKey)?);
        Ok(Self(SecretBox::new(Box::new(bytes.as_slice().try_into().map_err(|_| NotASealingKey)?))))
    }

    /// The text of a key file: one line.
    pub fn to_text(&self) -> SecretString {
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.expose_secret()));
        SecretString::from(format!("{KEY_PREFIX}{}\n", encoded.as_str()))
    }

    /// The name of this key.
    pub fn id(&self) -> SealingKeyId {
        let digest = Sha256::new().chain_update(KEY_PREFIX).chain_update(self.0.expose_secret()).finalize();
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&digest[..KEY_ID_BYTES]);
        SealingKeyId(id)
    }

    /// Seals a secret for one place.
    ///
    /// # Errors
    /// No randomness, or a secret of more than 256 GiB.
    pub fn seal(&self, secret: &[u8], context: SealContext, random: &dyn RandomSource) -> Result<Vec<u8>, CannotSeal> {
        let nonce: [u8; NONCE_BYTES] = random_bytes(random)?;
        let id = self.id();
        let payload = Payload { msg: secret, aad: &associated_data(id, context) };
        let ciphertext = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| CannotSeal::TooLong)?;
        Ok([&[VERSION], &id.0[..], &nonce, &ciphertext].concat())
    }

    /// Opens what was sealed for the same place. The bytes are forgotten when they are dropped.
    ///
    /// # Errors
    /// Sealed with another key, damaged, or sealed for another place.
    pub fn open(&self, sealed: &[u8], context: SealContext) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let sealed_with = SealingKeyId::of_sealed(sealed).ok_or(CannotOpen::Damaged)?;
        let ours = self.id();
        if sealed_with != ours {
            return Err(CannotOpen::OtherKey { sealed_with, ours });
        }
        let (head, ciphertext) = sealed.split_at(HEAD_BYTES);
        let nonce = XNonce::try_from(&head[1 + KEY_ID_BYTES..]).map_err(|_| CannotOpen::Damaged)?;
        let payload = Payload { msg: ciphertext, aad: &associated_data(ours, context) };
        self.cipher().decrypt(&nonce, payload).map(Zeroizing::new).map_err(|_| CannotOpen::Damaged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0.expose_secret()))
    }
}

impl SealingKeyId {
    /// Which key bytes were sealed with, to find those that a change of keys has left. `None` where they are damaged.
    pub fn of_sealed(sealed: &[u8]) -> Option<Self> {
        let (head, _) = sealed.split_at_checked(HEAD_BYTES)?;
        let id = head[1..=KEY_ID_BYTES].try_into().ok()?;
        (head[0] == VERSION).then_some(Self(id))
    }
}

impl fmt::Display for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({}, …)", self.id())
    }
}

/// Version, key, owner of fixed length, then the kind: no two contexts have the same bytes.
fn associated_data(key: SealingKeyId, context: SealContext) -> Vec<u8> {
    let SealContext { kind, owner } = context;
    [&[VERSION], &key.0[..], &owner, kind.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::testing::{Exhausted, Seeded};

    const CONTEXT: SealContext = SealContext { kind: SealedKind::TotpSecret, owner: [7; 16] };

    fn key(seed: u64) -> SealingKey {
        SealingKey::generate(&Seeded::new(seed)).unwrap()
    }

    fn sealed(secret: &[u8]) -> Vec<u8> {
        key(1).seal(secret, CONTEXT, &Seeded::new(9)).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let sealed = sealed("سر".as_bytes());
        assert_eq!(key(1).open(&sealed, CONTEXT).unwrap().as_slice(), "سر".as_bytes());
        let others =
            [SealContext { kind: SealedKind::WebhookSecret, ..CONTEXT }, SealContext { owner: [8; 16], ..CONTEXT }];
        for other in others {
            assert_eq!(key(1).open(&sealed, other), Err(CannotOpen::Damaged), "{other:?}");
        }
        let other_key = key(2);
        let error = CannotOpen::OtherKey { sealed_with: key(1).id(), ours: other_key.id() };
        assert_eq!(other_key.open(&sealed, CONTEXT), Err(error));
        assert_eq!(SealingKeyId::of_sealed(&sealed), Some(key(1).id()));
    }

    #[test]
    fn sealing_twice_gives_other_bytes() {
        let random = Seeded::new(3);
        let seal = || key(1).seal(b"secret", CONTEXT, &random).unwrap();
        assert_ne!(seal(), seal());
        assert_eq!(key(1).seal(b"x", CONTEXT, &Exhausted), Err(CannotSeal::NoRandomness(NoRandomness)));
    }

    #[test]
    fn a_key_is_kept_as_text() {
        let text = key(1).to_text();
        let read = SealingKey::read(&format!("\n {} \n", text.expose_secret())).unwrap();
        assert_eq!(read.id(), key(1).id());
        assert_eq!(read.open(&sealed(b"x"), CONTEXT).unwrap().as_slice(), b"x");
        for text in
            ["", "x", KEY_PREFIX, "diwan-sealing-key-1:AAAA", "diwan-sealing-key-2:AAAA", "diwan-sealing-key-1:س"]
        {
            assert_eq!(SealingKey::read(text).err(), Some(NotASealingKey), "{text}");
        }
    }

    #[test]
    fn the_format_does_not_change() {
        let text = "diwan-sealing-key-1:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
        // Made with another implementation.
        let sealed = concat!(
            "011e9ced2d2b66c65665666768696a6b6c6d6e6f707172737475767778797a7b7c",
            "1202aaceae97c24b8e14992ee0862dfde0f614934bbe706cef11d9edf9c3fa3d4f3592d6"
        );
        let sealed = hex::decode(sealed).unwrap();
        let opened = SealingKey::read(text).unwrap().open(&sealed, CONTEXT).unwrap();
        assert_eq!(opened.as_slice(), b"12345678901234567890");
    }

    #[test]
    fn no_debug_output_shows_a_key() {
        let key = key(1);
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("SealingKey({}, …)", key.id()));
        assert!(!key.to_text().expose_secret().contains(&key.id().to_string()));
    }

    proptest! {
        #[test]
        fn any_secret_opens_again(secret in prop::collection::vec(any::<u8>(), 0..100), owner: [u8; 16]) {
            let context = SealContext { owner, ..CONTEXT };
            let sealed = key(1).seal(&secret, context, &Seeded::new(5)).unwrap();
            let opened = key(1).open(&sealed, context).unwrap();
            prop_assert_eq!(opened.as_slice(), &secret);
        }

        #[test]
        fn one_other_bit_and_it_does_not_open(place in 0..(HEAD_BYTES + 16 + 20) * 8) {
            let mut sealed = sealed(b"12345678901234567890");
            sealed[place / 8] ^= 1 << (place % 8);
            prop_assert!(key(1).open(&sealed, CONTEXT).is_err());
        }

        #[test]
        fn any_bytes_may_be_there(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(key(1).open(&bytes, CONTEXT).is_err());
        }
    }
}
