//! What the same keys write in the other layout of a keyboard.

/// The keys of the Arabic keyboard of most systems (Arabic 101), as the Latin one labels them.
const KEYS: &[(char, &str)] = &[
    ('q', "ض"),
    ('w', "ص"),
    ('e', "ث"),
    ('r', "ق"),
    ('t', "ف"),
    ('y', "غ"),
    ('u', "ع"),
    ('i', "ه"),
    ('o', "خ"),
    ('p', "ح"),
    ('[', "ج"),
    (']', "د"),
    ('a', "ش"),
    ('s', "س"),
    ('d', "ي"),
    ('f', "ب"),
    ('g', "ل"),
    ('h', "ا"),
    ('j', "ت"),
    ('k', "ن"),
    ('l', "م"),
    (';', "ك"),
    ('\'', "ط"),
    ('z', "ئ"),
    ('x', "ء"),
    ('c', "ؤ"),
    ('v', "ر"),
    ('b', "لا"),
    ('n', "ى"),
    ('m', "ة"),
    (',', "و"),
    ('.', "ز"),
    ('/', "ظ"),
    ('`', "ذ"),
    ('H', "أ"),
    ('N', "آ"),
    ('Y', "إ"),
    ('G', "لأ"),
    ('T', "لإ"),
    ('B', "لآ"),
];

/// What the keys of a text write in the Arabic layout: «hgqvhzf» is «الضرائب». A large letter that has no key of its own is
/// read as the small one; what is on no key stays.
pub fn typed_in_arabic(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        let letters = |key: char| KEYS.iter().find(|(known, _)| *known == key).map(|(_, letters)| *letters);
        match letters(c).or_else(|| letters(c.to_ascii_lowercase())) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out
}

/// What they write in the Latin layout: «حشسسصخقي» is "password". «لا» is read as two keys; who means the one that writes both
/// puts `b` in its place before.
pub fn typed_in_latin(text: &str) -> String {
    let key = |c: char| KEYS.iter().find(|(_, letters)| letters.chars().eq([c])).map(|(key, _)| *key);
    text.chars().map(|c| key(c).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_writes_one_thing() {
        for (i, (key, letters)) in KEYS.iter().enumerate() {
            assert!(KEYS[i + 1..].iter().all(|(other, others)| other != key && others != letters), "{key}");
        }
    }

    #[test]
    fn keys_are_read_in_both_directions() {
        for (latin, arabic) in [("hgqvhzf", "الضرائب"), ("hgl,h.km", "الموازنة"), ("Hl,hg", "أموال"), ("2026", "2026")]
        {
            assert_eq!(typed_in_arabic(latin), arabic, "{latin}");
            assert_eq!(typed_in_latin(arabic), latin, "{arabic}");
        }
        assert_eq!(typed_in_arabic("QB"), "ضلآ");
        assert_eq!(typed_in_latin("لا"), "gh");
    }
}
