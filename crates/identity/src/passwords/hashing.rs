//! Hashes of passwords and recovery codes: argon2id (RFC 9106), written as PHC strings.

use std::{fmt, hint::black_box};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Params, Version,
    password_hash::phc::{self, ParamsString, Salt},
};
use subtle::ConstantTimeEq as _;

use super::{password::Password, verified::Verified};
use crate::random::{NoRandomness, RandomSource, random_bytes};

/// Bytes of a salt: what RFC 9106 (3.1) recommends for passwords.
const SALT_BYTES: usize = 16;
/// Bytes of a hash: what RFC 9106 (4) recommends.
const OUTPUT_BYTES: usize = 32;
/// Salt of the work done for accounts that do not exist. Nothing is stored under it.
const DUMMY_SALT: [u8; SALT_BYTES] = *b"diwan-no-account";

/// How much work a hash takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashSettings {
    /// Memory in KiB (`m`).
    pub memory_kib: u32,
    /// Passes over the memory (`t`).
    pub passes: u32,
    /// Lanes that could be filled in parallel (`p`). They are filled one after another.
    pub lanes: u32,
}

/// Settings below [`HashSettings::MINIMUM`] or above [`HashSettings::MAXIMUM`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("settings for hashing passwords must be from {:?} to {:?}", HashSettings::MINIMUM, HashSettings::MAXIMUM)]
pub struct SettingsOutOfBounds;

/// Why a password is neither hashed nor checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// There is no salt.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The memory that the settings ask for is not available.
    #[error("no memory to hash a password")]
    OutOfMemory,
    /// The stored text is no hash of ours, or its settings are above the maximum.
    #[error("a stored password hash is damaged")]
    Damaged,
}

impl HashSettings {
    /// The least that is accepted: the first choice of OWASP's Password Storage Cheat Sheet for argon2id (2025).
    pub const MINIMUM: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// The most that is accepted, also in stored hashes: a damaged row must not take all memory.
    pub const MAXIMUM: Self = Self { memory_kib: 1_048_576, passes: 64, lanes: 16 };

    fn is_at_least(self, other: Self) -> bool {
        self.memory_kib >= other.memory_kib && self.passes >= other.passes && self.lanes >= other.lanes
    }

    fn params(self) -> Result<Params, SettingsOutOfBounds> {
        if !Self::MAXIMUM.is_at_least(self) {
            return Err(SettingsOutOfBounds);
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(OUTPUT_BYTES)).map_err(|_| SettingsOutOfBounds)
    }
}

/// A hash as it is stored: a PHC string such as `$argon2id$v=19$m=19456,t=2,p=1$…$…`. `Debug` shows the settings alone.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A stored hash. Whether it is well formed is known when it is used.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(&self) -> Result<ParsedHash, HashError> {
        let damaged = |_| HashError::Damaged;
        let hash = phc::PasswordHash::new(&self.0).map_err(|_| HashError::Damaged)?;
        let version = hash.version.map(Version::try_from).transpose().map_err(|_| HashError::Damaged)?;
        if hash.algorithm != ARGON2ID_IDENT || version != Some(Version::V0x13) {
            return Err(HashError::Damaged);
        }
        let params = Params::try_from(&hash).map_err(|_| HashError::Damaged)?;
        let settings = HashSettings { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() };
        settings.params().map_err(|_| HashError::Damaged)?;
        let salt = hash.salt.ok_or(HashError::Damaged)?;
        let output = hash.hash.ok_or(HashError::Damaged)?.as_bytes().try_into().map_err(damaged)?;
        Ok(ParsedHash { settings, salt, output })
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parse() {
            Ok(hash) => write!(f, "PasswordHash({:?})", hash.settings),
            Err(_) => f.write_str("PasswordHash(damaged)"),
        }
    }
}

/// A stored hash in its parts.
struct ParsedHash {
    settings: HashSettings,
    salt: Salt,
    output: Output,
}

type Output = [u8; OUTPUT_BYTES];

/// Hashes and checks passwords with the settings of the installation.
///
/// Each call takes tens of milliseconds and [`HashSettings::memory_kib`] of memory on the calling thread. The caller
/// bounds how many run at once and keeps them off threads that serve others.
#[derive(Debug, Clone)]
pub struct PasswordHasher {
    settings: HashSettings,
}

impl PasswordHasher {
    /// With settings that are checked once.
    ///
    /// # Errors
    /// Settings below the minimum or above the maximum.
    pub fn new(settings: HashSettings) -> Result<Self, SettingsOutOfBounds> {
        settings.params()?;
        if settings.is_at_least(HashSettings::MINIMUM) { Ok(Self { settings }) } else { Err(SettingsOutOfBounds) }
    }

    /// Hashes a password with a new salt. Ask [`check_password`](crate::check_password) first whether it is acceptable.
    ///
    /// # Errors
    /// No randomness or no memory.
    pub fn hash(&self, password: &Password, random: &dyn RandomSource) -> Result<PasswordHash, HashError> {
        self.hash_with_salt(password.expose().as_bytes(), &new_salt(random)?)
    }

    /// Whether a password is the one that was hashed.
    ///
    /// # Errors
    /// No memory, or a damaged hash. The work is then done all the same, so that its time reveals nothing.
    pub fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verified, HashError> {
        match find_hash(password.expose().as_bytes(), std::slice::from_ref(stored)) {
            Ok(None) => Ok(Verified::No),
            Ok(Some(_)) => Ok(Verified::Yes { rehash_is_due: !stored.parse()?.settings.is_at_least(self.settings) }),
            Err(error) => {
                self.verify_unknown(password);
                Err(error)
            }
        }
    }

    /// The work of [`verify`](Self::verify) for an account that does not exist or has no password.
    ///
    /// It is the work of today's settings. After they rose, accounts whose hash was not made again take less time than
    /// that until their next sign-in.
    pub fn verify_unknown(&self, password: &Password) {
        // Without memory, a check ends early for every account.
        let output = compute(self.settings, password.expose().as_bytes(), &DUMMY_SALT);
        black_box(output.is_ok_and(|output| output.ct_eq(&[0; OUTPUT_BYTES]).into()));
    }

    /// Hashes several secrets with one salt, so that [`find_hash`] computes once for all of them.
    pub(crate) fn hash_with_salt(&self, secret: &[u8], salt: &[u8; SALT_BYTES]) -> Result<PasswordHash, HashError> {
        let output = compute(self.settings, secret, salt)?;
        write(self.settings, salt, &output).map(PasswordHash).ok_or(HashError::Damaged)
    }
}

pub(crate) fn new_salt(random: &dyn RandomSource) -> Result<[u8; SALT_BYTES], NoRandomness> {
    random_bytes(random)
}

/// Which of several hashes a secret belongs to. Hashes with one salt and settings cost one computation together. All are
/// compared, wherever the right one is.
pub(crate) fn find_hash(secret: &[u8], stored: &[PasswordHash]) -> Result<Option<usize>, HashError> {
    let mut computed: Vec<(HashSettings, Salt, Output)> = Vec::new();
    let mut found = None;
    for (i, hash) in stored.iter().enumerate() {
        let ParsedHash { settings, salt, output: expected } = hash.parse()?;
        let known = computed.iter().find(|known| known.0 == settings && known.1 == salt).map(|known| known.2);
        let output = match known {
            Some(output) => output,
            None => compute(settings, secret, &salt)?,
        };
        computed.push((settings, salt, output));
        if output.ct_eq(&expected).into() {
            found = Some(i);
        }
    }
    Ok(found)
}

fn compute(settings: HashSettings, secret: &[u8], salt: &[u8]) -> Result<Output, HashError> {
    let params = settings.params().map_err(|_| HashError::Damaged)?;
    let mut output = [0; OUTPUT_BYTES];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    match argon2.hash_password_into(secret, salt, &mut output) {
        Ok(()) => Ok(output),
        Err(argon2::Error::OutOfMemory) => Err(HashError::OutOfMemory),
        Err(_) => Err(HashError::Damaged),
    }
}

/// The PHC string. `None` only for parts that no PHC string can hold, which ours are not.
fn write(settings: HashSettings, salt: &[u8; SALT_BYTES], output: &Output) -> Option<String> {
    let hash = phc::PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&settings.params().ok()?).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(phc::Output::new(output).ok()?),
    };
    Some(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::testing::{Exhausted, Seeded};

    fn hasher() -> PasswordHasher {
        PasswordHasher::new(HashSettings::MINIMUM).unwrap()
    }

    #[test]
    fn a_hash_is_a_phc_string_of_argon2id() {
        let hash = hasher().hash(&Password::new("حصان صحيح"), &Seeded::new(1)).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        let again = hasher().hash(&Password::new("حصان صحيح"), &Seeded::new(2)).unwrap();
        assert_ne!(hash, again, "each has its salt");
        assert_eq!(hasher().hash(&Password::new("x"), &Exhausted), Err(HashError::NoRandomness(NoRandomness)));
    }

    #[test]
    fn the_right_password_is_known_in_each_of_its_spellings() {
        let stored = hasher().hash(&Password::new("caf\u{E9} \u{623}"), &Seeded::new(1)).unwrap();
        let verify = |text: &str| hasher().verify(&Password::new(text), &stored).unwrap();
        assert_eq!(verify("cafe\u{301}\u{A0}\u{627}\u{654}"), Verified::Yes { rehash_is_due: false });
        for wrong in ["", "Caf\u{E9} \u{623}", "cafe \u{623}", "caf\u{E9} \u{623} "] {
            assert_eq!(verify(wrong), Verified::No, "{wrong}");
        }
    }

    #[test]
    fn a_hash_of_another_program_is_read() {
        // The reference implementation: echo -n password | argon2 somesalt -id -v 13 -t 2 -m 16 -p 1 -l 32
        let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let stored = PasswordHash::from_stored(stored.to_owned());
        let verified = hasher().verify(&Password::new("password"), &stored).unwrap();
        assert_eq!(verified, Verified::Yes { rehash_is_due: false });
    }

    #[test]
    fn a_rehash_is_due_when_any_setting_rose() {
        let password = Password::new("حصان صحيح");
        let stored = hasher().hash(&password, &Seeded::new(1)).unwrap();
        let HashSettings { memory_kib, passes, lanes } = HashSettings::MINIMUM;
        for settings in [
            HashSettings { memory_kib: memory_kib + 8, passes, lanes },
            HashSettings { memory_kib, passes: passes + 1, lanes },
            HashSettings { memory_kib, passes, lanes: lanes + 1 },
        ] {
            let risen = PasswordHasher::new(settings).unwrap();
            assert_eq!(risen.verify(&password, &stored), Ok(Verified::Yes { rehash_is_due: true }), "{settings:?}");
            assert_eq!(risen.verify(&Password::new("x"), &stored), Ok(Verified::No));
            let again = risen.hash(&password, &Seeded::new(2)).unwrap();
            assert_eq!(
                hasher().verify(&password, &again),
                Ok(Verified::Yes { rehash_is_due: false }),
                "not when they fell"
            );
        }
    }

    #[test]
    fn settings_have_bounds() {
        let HashSettings { memory_kib, passes, lanes } = HashSettings::MINIMUM;
        for settings in [
            HashSettings { memory_kib: memory_kib - 1, passes, lanes },
            HashSettings { memory_kib, passes: 1, lanes },
            HashSettings { memory_kib, passes, lanes: 0 },
            HashSettings { memory_kib: u32::MAX, passes, lanes },
            HashSettings { memory_kib, passes: u32::MAX, lanes },
            HashSettings { memory_kib, passes, lanes: 17 },
        ] {
            assert_eq!(PasswordHasher::new(settings).err(), Some(SettingsOutOfBounds), "{settings:?}");
        }
    }

    #[test]
    fn a_damaged_hash_is_an_error_and_takes_no_more_memory_than_allowed() {
        let good = hasher().hash(&Password::new("x"), &Seeded::new(1)).unwrap();
        for damaged in [
            "",
            "x",
            "$argon2id$v=19$m=19456,t=2,p=1",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ",
            "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$c2hvcnQtb3V0cHV0",
            &good.as_str().replace("argon2id", "argon2i"),
            &good.as_str().replace("v=19", "v=16"),
            &good.as_str().replace("v=19$", ""),
            &good.as_str().replace("m=19456", "m=4294967295"),
            &good.as_str().replace("t=2", "t=4294967295"),
            &good.as_str().replace("p=1", "p=0"),
            &format!("{}$", good.as_str()),
        ] {
            let stored = PasswordHash::from_stored(damaged.to_owned());
            assert_eq!(hasher().verify(&Password::new("x"), &stored), Err(HashError::Damaged), "{damaged}");
            assert_eq!(format!("{stored:?}"), "PasswordHash(damaged)");
        }
    }

    #[test]
    fn no_debug_output_shows_a_hash() {
        let hash = hasher().hash(&Password::new("x"), &Seeded::new(1)).unwrap();
        let shown = format!("{hash:?}");
        assert_eq!(shown, "PasswordHash(HashSettings { memory_kib: 19456, passes: 2, lanes: 1 })");
    }

    #[test]
    fn an_unknown_account_costs_a_computation() {
        hasher().verify_unknown(&Password::new("x"));
    }
}
