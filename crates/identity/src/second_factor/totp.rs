//! Time-based one-time codes: RFC 6238 over HOTP (RFC 4226), with the settings that all authenticator apps know.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use diwan_arabic::{is_direction_mark, to_ascii_digits};
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretBox, SecretString, zeroize::Zeroizing};
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use crate::random::{NoRandomness, RandomSource, random_bytes};

/// Digits of a code.
pub const TOTP_DIGITS: usize = 6;
/// Seconds of one step (RFC 6238, 5.2).
pub const TOTP_STEP_SECONDS: u64 = 30;

/// Bytes of a secret: the length of the digest, as RFC 4226 (4, R6) recommends.
const SECRET_BYTES: usize = 20;
/// Steps before and after the current one whose codes are accepted too, for clocks that differ: RFC 6238 (5.2) allows one
/// step of delay, and clocks of telephones also run ahead.
const SKEW_STEPS: u64 = 1;
const CODE_MODULUS: u32 = 1_000_000;

/// Characters that RFC 3986 (2.3) leaves as they are.
const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secret that an authenticator app and the installation share. To be stored sealed (see `sealing.rs`).
pub struct TotpSecret(SecretBox<[u8; SECRET_BYTES]>);

/// Number of a step of 30 seconds since 1970.
///
/// The caller stores the step of the last accepted code with the secret and accepts a code only if its step is greater,
/// in one conditional update. Otherwise a code that somebody saw could be used again (RFC 6238, 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotpStep(u64);

impl TotpStep {
    /// A stored step.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number to store.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl TotpSecret {
    /// A new secret.
    ///
    /// # Errors
    /// No randomness.
    pub fn generate(random: &dyn RandomSource) -> Result<Self, NoRandomness> {
        Ok(Self(SecretBox::new(Box::new(random_bytes(random)?))))
    }

    /// A secret that was opened. `None` where it does not have 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(SecretBox::new(Box::new(bytes.try_into().ok()?))))
    }

    /// The bytes, to be sealed.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// In Base32, as somebody types it into an app that cannot read the QR code.
    pub fn to_base32(&self) -> SecretString {
        SecretString::from(BASE32_NOPAD.encode(self.expose_bytes()))
    }

    /// The address that an app reads from a QR code (Key URI Format of Google Authenticator). `issuer` is the name of the
    /// installation, `account` that of the person there; both in any script. The format separates them by a colon, so
    /// theirs become spaces.
    pub fn to_uri(&self, issuer: &str, account: &str) -> SecretString {
        let encode = |name: &str| utf8_percent_encode(&name.replace(':', " "), NOT_UNRESERVED).to_string();
        let (issuer, account) = (encode(issuer), encode(account));
        let secret = self.to_base32();
        let secret = secret.expose_secret();
        SecretString::from(format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={TOTP_DIGITS}&period={TOTP_STEP_SECONDS}"
        ))
    }

    /// The step that a code belongs to, if it is the code of the current step or of one beside it. The same work is done
    /// for each code of six digits. Digits may be of any of the three kinds, with spaces and hyphens between them.
    ///
    /// The caller compares the step with the last one that was used, see [`TotpStep`], and bounds the number of attempts.
    #[must_use]
    pub fn verify(&self, code: &str, unix_seconds: u64) -> Option<TotpStep> {
        let entered = read_code(code)?;
        let current = unix_seconds / TOTP_STEP_SECONDS;
        let mut is_right = Choice::from(0);
        let mut step = 0;
        for candidate in current.saturating_sub(SKEW_STEPS)..=current.saturating_add(SKEW_STEPS) {
            let is_this = self.code(candidate)?.ct_eq(&entered);
            step.conditional_assign(&candidate, is_this);
            is_right |= is_this;
        }
        bool::from(is_right).then_some(TotpStep(step))
    }

    /// The code of a step (RFC 4226, 5.3). `None` never: HMAC takes keys of any length.
    fn code(&self, step: u64) -> Option<u32> {
        let mac = Hmac::<Sha1>::new_from_slice(self.expose_bytes()).ok()?;
        let digest = Zeroizing::new(<[u8; 20]>::from(mac.chain_update(step.to_be_bytes()).finalize().into_bytes()));
        let offset = usize::from(digest[19] & 0x0F);
        let bytes = [digest[offset] & 0x7F, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
        Some(u32::from_be_bytes(bytes) % CODE_MODULUS)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// A code as a number; `None` where it does not have six digits.
fn read_code(code: &str) -> Option<u32> {
    // Longer than any way to write six digits.
    if code.len() > 64 {
        return None;
    }
    let is_between = |c: char| c.is_whitespace() || c == '-' || is_direction_mark(c);
    let digits: String = to_ascii_digits(code).chars().filter(|c| !is_between(*c)).collect();
    let is_code = digits.len() == TOTP_DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit());
    if is_code { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::testing::{Exhausted, Seeded};

    /// The secret of the test vectors of both RFCs.
    fn rfc_secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn written(code: u32) -> String {
        format!("{code:06}")
    }

    #[test]
    fn codes_are_those_of_the_rfcs() {
        // RFC 4226, appendix D.
        let hotp = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (step, code) in (0..).zip(hotp) {
            assert_eq!(rfc_secret().code(step), Some(code), "{step}");
        }
        // RFC 6238, appendix B: codes of eight digits, of which these are the last six.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(rfc_secret().verify(code, seconds), Some(TotpStep(seconds / 30)), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_early_and_late() {
        let code = written(rfc_secret().code(1_000).unwrap());
        let accepted: Vec<u64> = (997..=1_003).filter(|step| rfc_secret().verify(&code, step * 30).is_some()).collect();
        assert_eq!(accepted, [999, 1_000, 1_001]);
        for seconds in [999 * 30, 1_000 * 30 + 29, 1_001 * 30 + 29] {
            assert_eq!(
                rfc_secret().verify(&code, seconds),
                Some(TotpStep(1_000)),
                "the step of the code, not of the clock"
            );
        }
    }

    #[test]
    fn the_ends_of_time_do_no_harm() {
        assert_eq!(rfc_secret().verify("755224", 0), Some(TotpStep(0)));
        assert_eq!(rfc_secret().verify("000000", u64::MAX), None);
    }

    #[test]
    fn a_code_may_be_written_in_several_ways() {
        for code in ["287082", "287 082", " 287-082 ", "٢٨٧٠٨٢", "۲۸۷ ۰۸۲", "\u{200F}٢٨٧\u{A0}٠٨٢\u{200F}"]
        {
            assert_eq!(rfc_secret().verify(code, 59), Some(TotpStep(1)), "{code}");
        }
        for code in ["", "28708", "2870820", "0287082", "94287082", "+87082", "28708a", "२८७०८२", &"2".repeat(1_000)]
        {
            assert_eq!(rfc_secret().verify(code, 59), None, "{code}");
        }
    }

    #[test]
    fn an_address_takes_names_of_any_script() {
        let uri = rfc_secret().to_uri("وزارة", "سامر: s.odeh@mof.example");
        let encoded = "%D9%88%D8%B2%D8%A7%D8%B1%D8%A9";
        assert_eq!(
            uri.expose_secret(),
            format!(
                "otpauth://totp/{encoded}:%D8%B3%D8%A7%D9%85%D8%B1%20%20s.odeh%40mof.example\
                 ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer={encoded}&algorithm=SHA1&digits=6&period=30"
            )
        );
        let hostile = rfc_secret().to_uri("a&secret=X#", "b?/:c");
        let (_, query) = hostile.expose_secret().split_once('?').unwrap();
        assert_eq!(query.matches("secret=").count(), 1, "{query}");
    }

    #[test]
    fn a_secret_has_twenty_random_bytes_that_nothing_shows() {
        let secret = TotpSecret::generate(&Seeded::new(1)).unwrap();
        assert_eq!(secret.to_base32().expose_secret().len(), 32);
        assert_ne!(secret.expose_bytes(), TotpSecret::generate(&Seeded::new(2)).unwrap().expose_bytes());
        assert!(TotpSecret::generate(&Exhausted).is_err());
        assert!(TotpSecret::from_bytes(&[0; 19]).is_none());
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
        assert!(!format!("{:?}", secret.to_base32()).contains(secret.to_base32().expose_secret()));
    }

    proptest! {
        #[test]
        fn only_codes_of_the_three_steps_are_accepted(seconds in 0..10_000_000_000_u64, code in 0..CODE_MODULUS) {
            let secret = rfc_secret();
            let current = seconds / 30;
            let right = (current.saturating_sub(1)..=current + 1).any(|step| secret.code(step) == Some(code));
            prop_assert_eq!(secret.verify(&written(code), seconds).is_some(), right);
            let now = written(secret.code(current).unwrap());
            prop_assert!(secret.verify(&now, seconds).is_some());
        }

        #[test]
        fn any_text_may_be_entered(code in "\\PC{0,80}") {
            let _refused = rfc_secret().verify(&code, 59);
        }
    }
}
