//! Opaque tokens: sessions, keys, one-time links. Made at random, shown once, stored as a hash.
//!
//! A token is a prefix that names its kind and 48 characters of base64url (RFC 4648, 5): 32 random bytes, and 4 bytes of a
//! checksum over prefix and random bytes. By the checksum, a forged or cut token is known without a look-up, and scanners
//! for leaked secrets find ours without false alarms. Keys of earlier versions, `diwan_`, 64 hexadecimal digits, `_` and 8
//! digits of a checksum, stay valid.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::random::{NoRandomness, RandomSource};

/// More bits than can be guessed or tried: OWASP's Session Management Cheat Sheet asks for 64.
const SECRET_BYTES: usize = 32;
const CHECKSUM_BYTES: usize = 4;
const BODY_BYTES: usize = SECRET_BYTES + CHECKSUM_BYTES;
const BODY_CHARS: usize = BODY_BYTES * 4 / 3;
/// Characters at the end that lists show. They are of the checksum and so reveal nothing of the secret.
const LAST_CHARS: usize = 4;

const EARLIER_PREFIX: &str = "diwan_";
const EARLIER_SECRET_DIGITS: usize = 64;
const EARLIER_CHECKSUM_DIGITS: usize = 8;

macro_rules! token_kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {
        /// What a token is for. A token of one kind is none of another.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TokenKind { $($(#[$doc])* $name,)* }

        impl TokenKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// What its tokens start with. Never changes: tokens are outside.
            pub fn prefix(self) -> &'static str {
                match self { $(Self::$name => concat!("diwan_", $prefix, "_"),)* }
            }
        }
    };
}

token_kinds! {
    /// A signed-in browser.
    Session = "s";
    /// A program.
    Key = "k";
    /// A sign-in between the password and the second factor.
    SignIn = "f";
    /// An invitation to set the first password; once.
    Invitation = "i";
    /// A reset of the password; once.
    Reset = "r";
    /// The setup of the first administrator; once.
    Setup = "u";
    /// A link to a preview.
    Preview = "p";
}

/// A token of ours, well formed. `Debug` shows its kind alone.
#[derive(Clone)]
pub struct Token {
    kind: TokenKind,
    text: SecretString,
    prefix_chars: usize,
}

/// A text that is no token of ours, or whose checksum is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct NotAToken;

/// SHA-256 of a token's whole text: what is stored, and looked up by. A fast hash is enough for 256 random bits.
///
/// Compared in constant time. `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

/// What lists show of a token, and what is stored beside its hash for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHint {
    /// Such as `diwan_k_`.
    pub prefix: String,
    /// The last four characters.
    pub last_chars: String,
}

impl Token {
    /// A new token. It has no hyphen, so that a double click, and what reads the output of a command by words, take it
    /// whole; that costs about one bit of 256.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate(kind: TokenKind, random: &dyn RandomSource) -> Result<Self, NoRandomness> {
        loop {
            let token = Self::generate_any(kind, random)?;
            if !token.expose().contains('-') {
                return Ok(token);
            }
        }
    }

    fn generate_any(kind: TokenKind, random: &dyn RandomSource) -> Result<Self, NoRandomness> {
        let mut body = Zeroizing::new([0; BODY_BYTES]);
        random.fill(&mut body[..SECRET_BYTES])?;
        let checksum = checksum(kind, &body[..SECRET_BYTES]);
        body[SECRET_BYTES..].copy_from_slice(&checksum);
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(*body));
        let prefix = kind.prefix();
        let text = SecretString::from(format!("{prefix}{}", encoded.as_str()));
        Ok(Self { kind, text, prefix_chars: prefix.len() })
    }

    /// Reads a token that a client sent. The caller compares the kind with the one it takes.
    ///
    /// # Errors
    /// Not a token of ours, of any kind.
    pub fn read(text: &str) -> Result<Self, NotAToken> {
        let (kind, prefix) = read_kind(text).ok_or(NotAToken)?;
        Ok(Self { kind, text: SecretString::from(text), prefix_chars: prefix.len() })
    }

    /// What it is for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The text, to be shown once or sent.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The hash to store or look up.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.expose()).into())
    }

    /// What lists show of it.
    pub fn hint(&self) -> TokenHint {
        let text = self.expose();
        TokenHint {
            prefix: text[..self.prefix_chars].to_owned(),
            last_chars: text[text.len() - LAST_CHARS..].to_owned(),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?}, …)", self.kind)
    }
}

impl TokenHash {
    /// A stored hash.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// The kind and prefix of a well-formed token.
fn read_kind(text: &str) -> Option<(TokenKind, &'static str)> {
    for kind in TokenKind::ALL {
        let Some(body) = text.strip_prefix(kind.prefix()) else { continue };
        return is_well_formed(*kind, body).then_some((*kind, kind.prefix()));
    }
    is_earlier_key(text).then_some((TokenKind::Key, EARLIER_PREFIX))
}

fn is_well_formed(kind: TokenKind, body: &str) -> bool {
    let mut bytes = Zeroizing::new([0; BODY_BYTES]);
    // The length is compared first: so many characters of base64url are exactly so many bytes.
    let is_body = body.len() == BODY_CHARS && URL_SAFE_NO_PAD.decode_slice(body, &mut *bytes).is_ok();
    let (secret, given) = bytes.split_at(SECRET_BYTES);
    is_body && checksum(kind, secret).ct_eq(given).into()
}

fn checksum(kind: TokenKind, secret: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let digest = Sha256::new().chain_update(kind.prefix()).chain_update(secret).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn is_earlier_key(text: &str) -> bool {
    let Some((secret, given)) = text.strip_prefix(EARLIER_PREFIX).and_then(|rest| rest.split_once('_')) else {
        return false;
    };
    let is_secret = secret.len() == EARLIER_SECRET_DIGITS && secret.bytes().all(|digit| digit.is_ascii_hexdigit());
    let checksum = hex::encode(Sha256::digest(secret));
    is_secret && checksum.as_bytes()[..EARLIER_CHECKSUM_DIGITS].ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::random::testing::{Exhausted, Seeded};

    fn new(kind: TokenKind, seed: u64) -> Token {
        Token::generate(kind, &Seeded::new(seed)).unwrap()
    }

    #[test]
    fn a_token_is_read_as_its_kind() {
        for kind in TokenKind::ALL {
            let token = new(*kind, 7);
            let text = token.expose();
            assert!(text.starts_with(kind.prefix()) && text.len() == kind.prefix().len() + 48, "{text}");
            let read = Token::read(text).unwrap();
            assert_eq!((read.kind(), read.expose(), read.hash()), (*kind, text, token.hash()));
            assert_ne!(token.hash(), new(*kind, 8).hash());
            let is_word = |token: Token| token.expose().chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            assert!((0..50).all(|seed| is_word(new(*kind, seed))));
        }
        let prefixes: HashSet<&str> = TokenKind::ALL.iter().map(|kind| kind.prefix()).collect();
        assert_eq!(prefixes.len(), TokenKind::ALL.len());
        assert_eq!(Token::generate(TokenKind::Key, &Exhausted).err(), Some(NoRandomness));
    }

    #[test]
    fn formats_do_not_change() {
        // Tokens are outside: each format ever made must still be read, with the same hash.
        for (text, kind, hash) in [
            (
                "diwan_0707070707070707070707070707070707070707070707070707070707070707_1967c0fd",
                TokenKind::Key,
                "0cd4aec768317d3af28efbd7b8687dadfe5a75c512dbc7a7c52c5698ad6b4b24",
            ),
            (
                "diwan_s_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyBZPpQe",
                TokenKind::Session,
                "e66383e43331e5b87a411ceb148efc2afb5f8d7965623c0b68ceb0cff5e56b98",
            ),
        ] {
            let token = Token::read(text).unwrap();
            assert_eq!((token.kind(), hex::encode(token.hash().as_bytes()).as_str()), (kind, hash));
        }
    }

    #[test]
    fn a_forged_token_is_known_without_a_look_up() {
        let token = new(TokenKind::Session, 7);
        let text = token.expose();
        let of_other_kind = text.replace("diwan_s_", "diwan_k_");
        let other_case = text.to_uppercase();
        for forged in [
            "",
            "diwan_",
            "diwan_s_",
            "diwan__",
            "diwan_x_",
            &text[1..],
            &text[..text.len() - 1],
            &of_other_kind,
            &other_case,
        ] {
            assert_eq!(Token::read(forged).err(), Some(NotAToken), "{forged}");
        }
        for changed in [format!("{text}="), format!("{text}A"), format!(" {text}"), format!("{text}\n")] {
            assert_eq!(Token::read(&changed).err(), Some(NotAToken), "{changed}");
        }
    }

    #[test]
    fn a_hint_shows_no_part_of_the_secret() {
        let token = new(TokenKind::Key, 7);
        let TokenHint { prefix, last_chars } = token.hint();
        assert_eq!(prefix, "diwan_k_");
        assert!(token.expose().ends_with(&last_chars) && last_chars.len() == 4);
        // 32 bytes are 42 characters and 4 bits of the next: the last five characters hold checksum alone.
        const { assert!(BODY_CHARS - LAST_CHARS > SECRET_BYTES * 4 / 3) };
    }

    #[test]
    fn no_debug_output_shows_a_secret() {
        let token = new(TokenKind::Key, 7);
        assert_eq!(format!("{token:?} {:?}", token.hash()), "Token(Key, …) TokenHash(…)");
    }

    proptest! {
        #[test]
        fn one_other_character_makes_it_no_token(seed in 0..u64::from(u32::MAX), place in 0..56_usize, by in "[A-Za-z0-9_-]") {
            let token = new(TokenKind::Session, seed);
            let mut text = token.expose().to_owned();
            prop_assume!(text[place..=place] != by);
            text.replace_range(place..=place, &by);
            prop_assert!(Token::read(&text).is_err());
        }

        #[test]
        fn any_text_may_be_sent(text in "(diwan_[skfirup]_)?\\PC{0,80}") {
            prop_assert!(Token::read(&text).is_err());
        }
    }
}
