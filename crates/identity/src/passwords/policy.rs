//! Which passwords are refused when they are chosen.
//!
//! Length and a list of what is guessed first, and no rules on capitals, digits or symbols: NIST SP 800-63B (5.1.1.2).

use diwan_arabic::is_default_ignorable;

use super::{
    blocked::{WORD_MIN_CHARS, fold},
    guessing::{Readings, only_letters},
    password::Password,
};

/// Fewest characters of a password.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Most characters of a password.
pub const PASSWORD_MAX_CHARS: usize = 128;

/// Fewest characters that must be left beside what is easily guessed; see `guessing.rs`. Two fewer than the length asks, so
/// that one word or year in an otherwise random password is no fault.
const UNGUESSED_MIN_CHARS: usize = 10;
/// Fewest characters of a part of a name or address that no password may contain. Shorter ones are in too many words;
/// they count as blocked words.
const OWN_PART_MIN_CHARS: usize = 4;

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordFault {
    /// Fewer than [`PASSWORD_MIN_CHARS`] characters.
    TooShort,
    /// More than [`PASSWORD_MAX_CHARS`] characters.
    TooLong,
    /// A control or invisible character, which no other keyboard makes again.
    ForbiddenCharacter(char),
    /// Little more than blocked words, walks over the keyboard, repetitions and digits.
    EasilyGuessed,
    /// It contains a name or an address of the person.
    ContainsOwnName,
}

impl PasswordFault {
    /// The stable code. `content` has the texts under the same code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::ForbiddenCharacter(_) => "forbidden_character",
            Self::EasilyGuessed => "password_easily_guessed",
            Self::ContainsOwnName => "password_contains_own_name",
        }
    }
}

/// What is wrong with a password that somebody chooses, all of it. `own` are their names and addresses.
pub fn check_password(password: &Password, own: &[&str]) -> Vec<PasswordFault> {
    let chars = password.chars();
    if chars > PASSWORD_MAX_CHARS {
        // Nothing else is looked for in a text of any length.
        return vec![PasswordFault::TooLong];
    }
    let mut faults = Vec::new();
    if chars < PASSWORD_MIN_CHARS {
        faults.push(PasswordFault::TooShort);
    }
    let forbidden = password.expose().chars().find(|c| is_forbidden(*c));
    faults.extend(forbidden.map(PasswordFault::ForbiddenCharacter));
    let readings = Readings::of(password.expose());
    let own = OwnWords::of(own);
    if own.forbidden.iter().any(|part| readings.contain(part)) {
        faults.push(PasswordFault::ContainsOwnName);
    }
    // Of a short password, that is no news.
    if chars >= PASSWORD_MIN_CHARS && readings.unguessed_chars(&own.words) < UNGUESSED_MIN_CHARS {
        faults.push(PasswordFault::EasilyGuessed);
    }
    faults
}

/// Joiners are letters' own: Persian is not written without them, nor are some emoji.
fn is_forbidden(c: char) -> bool {
    c.is_control() || (is_default_ignorable(c) && !matches!(c, '\u{200C}' | '\u{200D}'))
}

/// Folded names and addresses.
#[derive(Default)]
struct OwnWords {
    /// Parts that no password may contain.
    forbidden: Vec<String>,
    /// Parts that count as blocked words: short ones, and what an address has after `@`.
    words: Vec<String>,
}

impl OwnWords {
    fn of(names: &[&str]) -> Self {
        let mut own = Self::default();
        for name in names {
            let (before, domain) = name.rsplit_once('@').unwrap_or((name, ""));
            for part in parts(before).chain([only_letters(&fold(before)), only_letters(&fold(name))]) {
                match part.chars().count() {
                    OWN_PART_MIN_CHARS.. => own.forbidden.push(part),
                    WORD_MIN_CHARS.. => own.words.push(part),
                    _ => {}
                }
            }
            own.words.extend(parts(domain).filter(|part| part.chars().count() >= WORD_MIN_CHARS));
        }
        own
    }
}

fn parts(name: &str) -> impl Iterator<Item = String> {
    name.split(|c: char| !c.is_alphanumeric() && !diwan_arabic::is_mark_or_filler(c)).map(fold)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::{random_bytes, testing::Seeded};

    fn faults(password: &str, own: &[&str]) -> Vec<PasswordFault> {
        check_password(&Password::new(password), own)
    }

    #[test]
    fn good_passwords_are_taken() {
        for password in [
            "xkwvtzhgmbqd",
            "correct horse battery staple",
            "حصان صحيح بطارية دبوس",
            "مطر خفيف على سطح البيت القديم",
            "kX9$vq2!Lm7z",
            "rain on the tin roof 1987",
            "🔑 tulip engine vapour 🔑",
            "نسیم\u{200C}ها در کوچه می\u{200C}وزد",
        ] {
            assert_eq!(faults(password, &["سامر عودة", "s.odeh@finance.gov.example"]), [], "{password}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "password1234",
            "Password123!",
            "P@ssw0rd2026",
            "qwertyuiop12",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "123456789012345",
            "970599123456",
            "abcdefghijklmnop",
            "Ministry2026!!",
            "ministry-of-finance",
            "MinistryOfFinance2026",
            "mohammed1234567890",
            "وزارة المالية ٢٠٢٦",
            "وزاره الماليه ۲۰۲۶",
            "كلمة السر ١٢٣٤",
            "السلام عليكم ورحمة",
            "بسم الله الرحمن الرحيم",
            "ضصثقفغعهخحجد",
            "شسيبلاتنمكط١٢٣",
            "محمد احمد 123",
            "فلسطين حرة 2026",
            "lpl] hpl] 2026",
            "7abibi 7abibi 123",
            "ابتثجحخدذرزس",
        ] {
            assert_eq!(faults(password, &[]), [PasswordFault::EasilyGuessed], "{password}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(faults("xkwvtzhgmbq", &[]), [PasswordFault::TooShort]);
        assert_eq!(faults("صغيذطكقخضثف", &[]), [PasswordFault::TooShort]);
        assert_eq!(faults("password", &[]), [PasswordFault::TooShort]);
        let words = "حديقة خلف بيت جدتي فيها شجرة تين وعريشة عنب وبئر ماء عميقة وكلب ينام طول النهار ";
        let long: String = words.chars().cycle().take(PASSWORD_MAX_CHARS).collect();
        assert_eq!(faults(&long, &[]), []);
        assert_eq!(faults(&format!("{long}س"), &[]), [PasswordFault::TooLong]);
    }

    #[test]
    fn own_names_and_addresses_are_refused() {
        let own = ["سامر عودة الخطيب", "s.odeh-khatib@finance.gov.example", "علي"];
        for password in [
            "سامر مطر سطح بيت قديم",
            "سَامِر مطر سطح بيت قديم",
            "rain roof KHATIB tulip",
            "rain roof 0deh tulip vap",
            "عوده مطر خفيف قديم دبوس",
            "rain hgo'df roof tulip",
            "s.odeh-khatib@finance.gov.example",
        ] {
            assert!(faults(password, &own).contains(&PasswordFault::ContainsOwnName), "{password}");
        }
        assert_eq!(faults("rain finance tulip vapour", &own), []);
        assert_eq!(faults("مطر في الأعالي والسطح قديم", &own), [], "three letters are in many words");
        assert_eq!(faults("rain roof tulip vapour", &["", "@", "-", "سا"]), []);
    }

    #[test]
    fn what_no_other_keyboard_makes_is_refused() {
        for c in ['\u{0}', '\n', '\u{200F}', '\u{202E}', '\u{AD}', '\u{FEFF}', '\u{FE0F}'] {
            let password = format!("xkwvtzhg{c}mbqdtt");
            assert_eq!(faults(&password, &[]), [PasswordFault::ForbiddenCharacter(c)], "{c:?}");
        }
    }

    #[test]
    fn codes_are_stable() {
        let codes = [
            PasswordFault::TooShort,
            PasswordFault::TooLong,
            PasswordFault::ForbiddenCharacter('x'),
            PasswordFault::EasilyGuessed,
            PasswordFault::ContainsOwnName,
        ]
        .map(PasswordFault::code);
        let written =
            ["too_short", "too_long", "forbidden_character", "password_easily_guessed", "password_contains_own_name"];
        assert_eq!(codes, written);
    }

    /// Passwords of one alphabet and length, the same at each run.
    fn at_random(alphabet: &str, length: usize, passwords: usize) -> Vec<String> {
        let alphabet: Vec<char> = alphabet.chars().collect();
        let random = Seeded::new(length as u64);
        let one = |_| {
            random_bytes::<32>(&random).unwrap()[..length]
                .iter()
                .map(|b| alphabet[usize::from(*b) % alphabet.len()])
                .collect()
        };
        (0..passwords).map(one).collect()
    }

    #[test]
    fn random_passwords_are_taken() {
        let latin = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        for alphabet in
            [latin, "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", "!#$%&()*+,-./:;<=>?@[]^_{|}~abcdefghijklmnopqrstuvwxyz"]
        {
            for (length, refused_max) in [(12, 1), (14, 0), (20, 0)] {
                let passwords = at_random(alphabet, length, 50);
                let refused: Vec<&String> =
                    passwords.iter().filter(|password| !faults(password, &[]).is_empty()).collect();
                assert!(refused.len() <= refused_max, "{refused:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_text_is_judged(password in "\\PC{0,140}|[ﷺﷲ١-٩]{100,128}", own in "\\PC{0,20}") {
            let _judged = faults(&password, &[&own]);
        }

        #[test]
        fn digits_alone_are_refused(password in "[0-9]{12,17}|[٠-٩]{12,17}|[۰-۹]{12,17}") {
            prop_assert_eq!(faults(&password, &[]), [PasswordFault::EasilyGuessed]);
        }
    }
}
