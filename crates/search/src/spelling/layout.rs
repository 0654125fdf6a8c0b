//! A query typed while the keyboard was set to the other script: «hgqvhzf» for «الضرائب».

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

/// What the same keys write in the other script, likeliest first; nothing for a query of both scripts or of neither.
pub(crate) fn in_other_layout(query: &str) -> Vec<String> {
    let is_latin = |c: char| c.is_ascii_alphabetic();
    let is_arabic = |c: char| ('ء'..='ي').contains(&c);
    match (query.contains(is_latin), query.contains(is_arabic)) {
        (true, false) => vec![to_arabic(query)],
        // One key writes «لا», and so do two.
        (false, true) => {
            let (one, two) = (to_latin(&query.replace("لا", "b")), to_latin(query));
            if one == two { vec![one] } else { vec![one, two] }
        }
        (true, true) | (false, false) => Vec::new(),
    }
}

fn to_arabic(query: &str) -> String {
    let mut text = String::with_capacity(query.len() * 2);
    for c in query.chars() {
        let letters = |key: char| KEYS.iter().find(|(known, _)| *known == key).map(|(_, letters)| *letters);
        match letters(c).or_else(|| letters(c.to_ascii_lowercase())) {
            Some(letters) => text.push_str(letters),
            None => text.push(c),
        }
    }
    text
}

fn to_latin(query: &str) -> String {
    let key = |c: char| KEYS.iter().find(|(_, letters)| letters.chars().eq([c])).map(|(key, _)| *key);
    query.chars().map(|c| key(c).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{index_of, news, numbers, request};

    #[test]
    fn keys_are_read_as_the_other_script() {
        for (typed, meant) in [("hgqvhzf", "الضرائب"), ("hgl,h.km", "الموازنة"), ("لاعيلثف", "budget"), ("ردش", "v]a")]
        {
            assert_eq!(in_other_layout(typed)[0], meant, "{typed}");
        }
        for typed in ["", "123", "pdf نموذج"] {
            assert!(in_other_layout(typed).is_empty(), "{typed}");
        }
    }

    #[test]
    fn a_query_in_the_wrong_layout_is_answered_and_told() {
        let (_folder, index) = index_of([news(1, "دائرة الضرائب", "نص"), news(2, "Budget", "text")]);
        for (query, meant, found) in [("hgqvhzf", "الضرائب", 1), ("لاعيلثف", "budget", 2)] {
            let answer = index.search(&request(query)).unwrap();
            assert_eq!((numbers(&answer), answer.did_you_mean.as_deref()), (vec![found], Some(meant)), "{query}");
            assert!(answer.relaxed);
        }
        assert_eq!(index.search(&request("hgqvhzfzz")).unwrap().did_you_mean, None);
    }

    proptest! {
        #[test]
        fn any_text_has_no_more_than_two_other_ways(query in "\\PC{0,40}|[a-z\u{0}-\u{1F}لاضص ]{0,40}") {
            prop_assert!(in_other_layout(&query).len() <= 2);
        }
    }
}
