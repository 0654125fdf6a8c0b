//! Parameters that people read in words. In `params` they keep the form for programs.

use crate::{
    rights::{Action, Role},
    values::{CalendarDate, Language, Timestamp},
};

const MONTHS: [(&str, &str); 12] = [
    ("يناير", "January"),
    ("فبراير", "February"),
    ("مارس", "March"),
    ("أبريل", "April"),
    ("مايو", "May"),
    ("يونيو", "June"),
    ("يوليو", "July"),
    ("أغسطس", "August"),
    ("سبتمبر", "September"),
    ("أكتوبر", "October"),
    ("نوفمبر", "November"),
    ("ديسمبر", "December"),
];

/// The words for a parameter; `None` where it is shown as it is.
pub(super) fn in_words(name: &str, value: &str, language: Language) -> Option<String> {
    match name {
        "action" => Action::find(value).map(|action| action.name(language).to_owned()),
        "roles" => value.parse().ok().map(|role: Role| role_in_sentence(role, language)),
        "locale" | "locales" | "origin" => locale(value, language).map(str::to_owned),
        "date" | "min" | "max" => date(value, language),
        _ => None,
    }
}

/// In Arabic with the article; a name of two words is definite by its second.
fn role_in_sentence(role: Role, language: Language) -> String {
    let name = role.name(language);
    if language == Language::Ar && !name.contains(' ') { format!("ال{name}") } else { name.to_owned() }
}

/// The languages that most installations have; others are shown by their tag.
fn locale(tag: &str, language: Language) -> Option<&'static str> {
    match (tag, language) {
        ("ar", Language::Ar) => Some("العربية"),
        ("ar", Language::En) => Some("Arabic"),
        ("en", Language::Ar) => Some("الإنجليزية"),
        ("en", Language::En) => Some("English"),
        _ => None,
    }
}

/// A day, or a point in time to the minute in UTC.
fn date(text: &str, language: Language) -> Option<String> {
    if let Ok(day) = text.parse() {
        return Some(day_in_words(day, language));
    }
    let moment = text.parse::<Timestamp>().ok()?.to_string();
    let (day, time) = moment.split_once('T')?;
    let (day, time) = (day_in_words(day.parse().ok()?, language), time.get(..5)?);
    Some(match language {
        Language::Ar => format!("{day} الساعة \u{2068}{time}\u{2069} بالتوقيت العالمي"),
        Language::En => format!("{day}, {time} UTC"),
    })
}

fn day_in_words(date: CalendarDate, language: Language) -> String {
    let (arabic, english) = MONTHS.get(usize::from(date.month()) - 1).copied().unwrap_or_default();
    let month = match language {
        Language::Ar => arabic,
        Language::En => english,
    };
    format!("{} {month} {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_definite_in_arabic() {
        let arabic = |role| in_words("roles", role, Language::Ar).unwrap();
        assert_eq!(["author", "publisher"].map(arabic), ["الكاتب", "مسؤول النشر"]);
        assert_eq!(in_words("roles", "author", Language::En).unwrap(), "author");
    }

    #[test]
    fn dates_are_read_in_words() {
        let both = |text| [Language::Ar, Language::En].map(|language| in_words("date", text, language).unwrap());
        assert_eq!(both("2026-11-30"), ["30 نوفمبر 2026", "30 November 2026"]);
        let moment = both("2026-01-02T03:04:05.678Z");
        assert_eq!(moment, ["2 يناير 2026 الساعة \u{2068}03:04\u{2069} بالتوقيت العالمي", "2 January 2026, 03:04 UTC"]);
        assert_eq!(in_words("max", "08:30", Language::Ar), None);
    }
}
