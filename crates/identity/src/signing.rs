//! Signatures of checkpoints of the log: Ed25519 (RFC 8032). What is signed is the caller's.
//!
//! Keys are PEM (RFC 8410), so that anybody can verify a signature with other tools too:
//!
//! ```sh
//! openssl pkeyutl -verify -rawin -pubin -inkey public.pem -in checkpoint -sigfile signature
//! ```

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{
    Signer as _, VerifyingKey,
    pkcs8::{
        DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _, KeypairBytes,
        spki::der::pem::LineEnding,
    },
};
use secrecy::{SecretString, zeroize::Zeroizing};

use crate::random::{NoRandomness, RandomSource};

const SECRET_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;

/// The secret key by which an installation signs. `Debug` shows its public key alone.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The key by which anybody verifies. It is no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A signature; as text in Base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; SIGNATURE_BYTES]);

/// A text that is no PEM of an Ed25519 key of the kind that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 key in PEM")]
pub struct NotASigningKey;

/// A text that is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signature of 64 bytes in Base64")]
pub struct NotASignature;

/// A message that was not signed with that key, or was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not belong to this message and key")]
pub struct WrongSignature;

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate(random: &dyn RandomSource) -> Result<Self, NoRandomness> {
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        random.fill(&mut *secret)?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&secret)))
    }

    /// Reads the text of a key file (PKCS #8, `BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// Not the PEM of a secret Ed25519 key.
    pub fn from_pem(pem: &str) -> Result<Self, NotASigningKey> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map(Self).map_err(|_| NotASigningKey)
    }

    /// The text of a key file. Without the public key, whose place in the format OpenSSL does not know.
    ///
    /// # Errors
    /// None: 32 bytes always have a PEM.
    pub fn to_pem(&self) -> Result<SecretString, NotASigningKey> {
        let key = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| NotASigningKey)?;
        Ok(SecretString::from(pem.as_str()))
    }

    /// The key by which its signatures are verified.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message. The same message always has the same signature.
    ///
    /// A message begins with what it is, so that a signature of one kind of message is none of another.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl PublicKey {
    /// Reads `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// Not the PEM of a public Ed25519 key.
    pub fn from_pem(pem: &str) -> Result<Self, NotASigningKey> {
        VerifyingKey::from_public_key_pem(pem.trim()).map(Self).map_err(|_| NotASigningKey)
    }

    /// As `BEGIN PUBLIC KEY`.
    ///
    /// # Errors
    /// None: 32 bytes always have a PEM.
    pub fn to_pem(&self) -> Result<String, NotASigningKey> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|_| NotASigningKey)
    }

    /// Verifies strictly: keys of small order, under which a signature fits many messages, are refused.
    ///
    /// # Errors
    /// Another message, another key or another signature.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), WrongSignature> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).map_err(|_| WrongSignature)
    }
}

impl Signature {
    /// A stored signature.
    pub fn from_bytes(bytes: [u8; SIGNATURE_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; SIGNATURE_BYTES] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Signature {
    type Err = NotASignature;

    fn from_str(text: &str) -> Result<Self, NotASignature> {
        let bytes = STANDARD.decode(text).map_err(|_| NotASignature)?;
        Ok(Self(bytes.try_into().map_err(|_| NotASignature)?))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.0.as_bytes()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?}, …)", self.public_key())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::random::testing::{Exhausted, Seeded};

    fn key(seed: u64) -> SigningKey {
        SigningKey::generate(&Seeded::new(seed)).unwrap()
    }

    #[test]
    fn signatures_are_those_of_the_rfc() {
        // RFC 8032, 7.1: tests 1 and 2.
        for (secret, public, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
        ] {
            let secret: [u8; 32] = hex::decode(secret).unwrap().try_into().unwrap();
            let key = SigningKey(ed25519_dalek::SigningKey::from_bytes(&secret));
            let message = hex::decode(message).unwrap();
            assert_eq!(hex::encode(key.0.verifying_key().as_bytes()), public);
            assert_eq!(hex::encode(key.sign(&message).as_bytes()), signature);
            assert_eq!(key.public_key().verify(&message, &key.sign(&message)), Ok(()));
        }
    }

    /// A key made for this test, by OpenSSL 3.
    #[test]
    fn keys_and_signatures_of_openssl_are_read() {
        let secret = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIMFDLdCl4uDwpDPdv4LTstMCFoZ3HZHag9eq6bUXk2YM\n-----END PRIVATE KEY-----";
        let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEApCEMxHIq71FuiXM62oknFKOSc2rAIK0m+N1mD9zBYuk=\n-----END PUBLIC KEY-----";
        let key = SigningKey::from_pem(secret).unwrap();
        assert_eq!(key.to_pem().unwrap().expose_secret().trim(), secret, "written as it was read");
        assert_eq!(key.public_key().to_pem().unwrap().trim(), public);
        let signature: Signature =
            "r3o+P5exnAl/+YPlN+EvCcEWiRA+f74AMdE7NNiGD1aGLrrl3rHOevngz9iktIavcVqcCnJ5lv6yUmJFd/DpAQ==".parse().unwrap();
        let public = PublicKey::from_pem(&format!("\n{public}\n\n")).unwrap();
        assert_eq!(public.verify("ديوان".as_bytes(), &signature), Ok(()));
        assert_eq!(key.sign("ديوان".as_bytes()), signature);
    }

    #[test]
    fn another_message_key_or_signature_is_refused() {
        let signature = key(1).sign(b"checkpoint 7");
        assert_eq!(key(1).public_key().verify(b"checkpoint 7", &signature), Ok(()));
        assert_eq!(key(1).public_key().verify(b"checkpoint 8", &signature), Err(WrongSignature));
        assert_eq!(key(2).public_key().verify(b"checkpoint 7", &signature), Err(WrongSignature));
        assert!(SigningKey::generate(&Exhausted).is_err());
    }

    #[test]
    fn what_is_no_key_or_signature_is_refused() {
        let secret = key(1).to_pem().unwrap();
        let secret = secret.expose_secret();
        let public = key(1).public_key().to_pem().unwrap();
        assert_eq!(PublicKey::from_pem(secret).err(), Some(NotASigningKey));
        assert_eq!(SigningKey::from_pem(&public).err(), Some(NotASigningKey));
        for pem in ["", "x", &secret[..60], &public[..60], &secret.replace("PRIVATE", "EC PRIVATE")] {
            assert!(SigningKey::from_pem(pem).is_err() && PublicKey::from_pem(pem).is_err(), "{pem}");
        }
        let signature = key(1).sign(b"").to_string();
        for text in ["", "x", &signature[4..], &format!("{signature}AAAA"), &format!(" {signature}")] {
            assert_eq!(text.parse::<Signature>(), Err(NotASignature), "{text}");
        }
    }

    #[test]
    fn no_debug_output_shows_a_secret_key() {
        let shown = format!("{:?}", key(1));
        assert_eq!(shown, format!("SigningKey({:?}, …)", key(1).public_key()));
        assert!(!shown.contains(&hex::encode(key(1).0.to_bytes())));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_signature_is_of_one_message(seed in 0..u64::from(u32::MAX), message in prop::collection::vec(any::<u8>(), 1..80), place: prop::sample::Index) {
            let key = key(seed);
            let signature: Signature = key.sign(&message).to_string().parse().unwrap();
            prop_assert_eq!(key.public_key().verify(&message, &signature), Ok(()));
            let mut changed = message.clone();
            changed[place.index(message.len())] ^= 1;
            prop_assert_eq!(key.public_key().verify(&changed, &signature), Err(WrongSignature));
        }
    }
}
