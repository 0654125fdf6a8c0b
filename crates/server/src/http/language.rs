//! In which language messages are told: Arabic unless English is preferred.

use diwan_content::Language;
use poem::http::HeaderMap;

/// Longest `Accept-Language` that is looked at, in bytes.
const MAX_BYTES: usize = 1_000;

/// The language of messages for a request (RFC 9110, 12.5.4). Arabic wins a tie and is the default.
pub(crate) fn message_language(headers: &HeaderMap) -> Language {
    let Some(text) = headers.get("accept-language").and_then(|value| value.to_str().ok()) else { return Language::Ar };
    if text.len() > MAX_BYTES {
        return Language::Ar;
    }
    let (mut arabic, mut english, mut other) = (None, None, None);
    for part in text.split(',') {
        let mut pieces = part.split(';').map(str::trim);
        let range = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let quality: f32 =
            pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        let slot = match range.split('-').next().unwrap_or_default() {
            "ar" => &mut arabic,
            "en" => &mut english,
            "*" => &mut other,
            _ => continue,
        };
        if slot.is_none_or(|known| quality > known) {
            *slot = Some(quality);
        }
    }
    let rest = other.unwrap_or(0.0);
    if english.unwrap_or(rest) > arabic.unwrap_or(rest) { Language::En } else { Language::Ar }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_spoken_only_where_it_is_preferred() {
        let cases = [
            ("", Language::Ar),
            ("en", Language::En),
            ("en-GB,en;q=0.8", Language::En),
            ("ar,en;q=0.9", Language::Ar),
            ("en;q=0.2, ar;q=0.1", Language::En),
            ("en,ar", Language::Ar),
            ("fr, de", Language::Ar),
            ("*", Language::Ar),
            ("*, ar;q=0", Language::En),
            ("en;q=nonsense", Language::Ar),
        ];
        for (sent, wanted) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("accept-language", sent.parse().unwrap());
            assert_eq!(message_language(&headers), wanted, "{sent}");
        }
    }
}
