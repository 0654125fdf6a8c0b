//! Recovery codes: what lets somebody in who lost the authenticator app. Each works once.

use std::fmt;

use diwan_arabic::to_ascii_digits;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    passwords::hashing::{HashError, PasswordHash, PasswordHasher, find_hash, new_salt},
    random::{RandomSource, random_bytes},
};

/// Codes of one set.
pub const RECOVERY_CODES: usize = 10;

/// Symbols of a code: Crockford's Base32, without I, L, O and U. 50 bits for each code.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_SYMBOLS: usize = 10;
/// Symbols between hyphens, as a code is shown.
const GROUP_SYMBOLS: usize = 5;
/// More than any way to write a code.
const ENTERED_MAX_BYTES: usize = 128;

/// A recovery code without hyphens. `Debug` does not show it.
pub struct RecoveryCode(SecretString);

impl RecoveryCode {
    /// A new set of codes, to be shown once, and their hashes in the same order, to be stored.
    ///
    /// A code has fewer than 112 bits, so NIST SP 800-63B (5.1.2.2) asks for a salt and the hash of passwords. The codes of
    /// a set share the salt, so that an attempt costs one computation. Making a set costs ten.
    ///
    /// # Errors
    /// No randomness or no memory.
    pub fn new_set(
        hasher: &PasswordHasher,
        random: &dyn RandomSource,
    ) -> Result<Vec<(RecoveryCode, PasswordHash)>, HashError> {
        let salt = new_salt(random)?;
        let mut set = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let bytes = random_bytes::<CODE_SYMBOLS>(random)?;
            // 32 divides 256, so each symbol is as likely as another.
            let symbols = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
            let code = Self(SecretString::from(symbols.collect::<String>()));
            let hash = hasher.hash_with_salt(code.0.expose_secret().as_bytes(), &salt)?;
            set.push((code, hash));
        }
        Ok(set)
    }

    /// Reads what somebody entered: in any case, with spaces and hyphens anywhere, digits of any of the three kinds, O for
    /// 0, I and L for 1. `None` where it cannot be a code; no work is then needed, as this is no secret.
    pub fn read(entered: &str) -> Option<Self> {
        if entered.len() > ENTERED_MAX_BYTES {
            return None;
        }
        let mut code = String::with_capacity(CODE_SYMBOLS);
        for c in to_ascii_digits(entered).chars().filter(|c| is_symbol_of_text(*c)) {
            let symbol = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                symbol => symbol,
            };
            if !symbol.is_ascii() || !ALPHABET.contains(&u8::try_from(symbol).ok()?) || code.len() == CODE_SYMBOLS {
                return None;
            }
            code.push(symbol);
        }
        (code.len() == CODE_SYMBOLS).then(|| Self(SecretString::from(code)))
    }

    /// Which of the unused hashes of a person this code belongs to. The caller marks that one as used in the same
    /// transaction, and bounds the number of attempts.
    ///
    /// # Errors
    /// No memory, or a damaged hash.
    pub fn find(&self, stored: &[PasswordHash]) -> Result<Option<usize>, HashError> {
        find_hash(self.0.expose_secret().as_bytes(), stored)
    }

    /// As it is shown: `4X7KQ-0M2ZT`.
    pub fn to_shown(&self) -> SecretString {
        let code = self.0.expose_secret();
        SecretString::from(format!("{}-{}", &code[..GROUP_SYMBOLS], &code[GROUP_SYMBOLS..]))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// Not what is between symbols: white space, dashes, marks of direction.
fn is_symbol_of_text(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
        && !diwan_arabic::is_direction_mark(c)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        HashSettings,
        random::testing::{Exhausted, Seeded},
    };

    fn set() -> Vec<(RecoveryCode, PasswordHash)> {
        let hasher = PasswordHasher::new(HashSettings::MINIMUM).unwrap();
        RecoveryCode::new_set(&hasher, &Seeded::new(1)).unwrap()
    }

    #[test]
    fn each_code_finds_its_hash_and_no_other_text_does() {
        let (codes, mut hashes): (Vec<_>, Vec<_>) = set().into_iter().unzip();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let shown: HashSet<String> = codes.iter().map(|code| code.to_shown().expose_secret().to_owned()).collect();
        assert_eq!(shown.len(), RECOVERY_CODES, "they differ");
        for (i, code) in codes.iter().enumerate() {
            let entered = RecoveryCode::read(code.to_shown().expose_secret()).unwrap();
            assert_eq!(entered.find(&hashes), Ok(Some(i)));
        }
        let used = hashes.remove(3);
        assert_eq!(codes[3].find(&hashes), Ok(None), "a used code");
        assert_eq!(codes[4].find(&hashes), Ok(Some(3)));
        assert_eq!(codes[3].find(&[]), Ok(None));
        let damaged = PasswordHash::from_stored("x".to_owned());
        assert_eq!(codes[3].find(&[used, damaged]), Err(HashError::Damaged));
    }

    #[test]
    fn a_set_shares_its_salt() {
        let salts: HashSet<String> =
            set().iter().map(|(_, hash)| hash.as_str().split('$').nth(4).unwrap().to_owned()).collect();
        assert_eq!(salts.len(), 1);
    }

    #[test]
    fn a_code_may_be_written_in_several_ways() {
        for entered in
            ["4X7KQ-0M2Z1", "4x7kqom2zl", " 4x7kq  Om2zI ", "4-X-7-K-Q–0M2Z1", "٤X٧KQ-٠M٢Z١", "\u{200E}۴x۷kq۰m۲z۱"]
        {
            let read = RecoveryCode::read(entered).unwrap();
            assert_eq!(read.to_shown().expose_secret(), "4X7KQ-0M2Z1", "{entered}");
        }
        for entered in ["", "4X7KQ-0M2Z", "4X7KQ-0M2Z11", "4X7KQ-0M2ZU", "4X7KQ-0M2Zس", &"4".repeat(1_000)] {
            assert!(RecoveryCode::read(entered).is_none(), "{entered}");
        }
    }

    #[test]
    fn no_debug_output_shows_a_code() {
        let code = RecoveryCode::read("4X7KQ-0M2Z1").unwrap();
        assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
        assert!(!format!("{:?}", code.to_shown()).contains("4X7KQ"));
    }

    #[test]
    fn there_is_no_set_without_randomness() {
        let hasher = PasswordHasher::new(HashSettings::MINIMUM).unwrap();
        assert!(matches!(RecoveryCode::new_set(&hasher, &Exhausted), Err(HashError::NoRandomness(_))));
    }

    proptest! {
        #[test]
        fn any_text_may_be_entered(entered in "\\PC{0,40}") {
            if let Some(code) = RecoveryCode::read(&entered) {
                let shown = code.to_shown();
                let again = RecoveryCode::read(shown.expose_secret()).unwrap();
                prop_assert_eq!(again.0.expose_secret(), code.0.expose_secret());
            }
        }
    }
}
