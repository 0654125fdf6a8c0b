#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for"))]

mod openid;
mod passwords;
mod random;
mod sealing;
mod second_factor;
mod signing;
mod tokens;

pub use secrecy::{ExposeSecret, SecretString};

pub use self::{
    openid::{
        error::OpenIdError,
        pending::PendingSignIn,
        proved::{ProvedIdentity, SUBJECT_MAX_CHARS},
        provider::{DiscoveredProvider, Provider, ProviderSettings, TokenRequest},
        rules::{ClaimPath, ClaimRule, NotAClaimPath, matching_rules},
    },
    passwords::{
        hashing::{HashError, HashSettings, PasswordHash, PasswordHasher, SettingsOutOfBounds},
        password::Password,
        policy::{PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, PasswordFault, check_password},
        verified::Verified,
    },
    random::{NoRandomness, RandomSource},
    sealing::{CannotOpen, CannotSeal, NotASealingKey, SealContext, SealedKind, SealingKey, SealingKeyId},
    second_factor::{
        recovery::{RECOVERY_CODES, RecoveryCode},
        totp::{TOTP_DIGITS, TOTP_STEP_SECONDS, TotpSecret, TotpStep},
    },
    signing::{NotASignature, NotASigningKey, PublicKey, Signature, SigningKey, WrongSignature},
    tokens::{NotAToken, Token, TokenHash, TokenHint, TokenKind},
};
