//! The light stem of Arabic words, guarded by a list of words that are known to exist.
//!
//! Light stemming (Larkey, Ballesteros and Connell's light10) takes articles and endings off without asking what is left,
//! and so takes وزير for و + زير. Asking whether the rest is a word (Nwesri, Tahaghoghi and Scholer) cures that. Here a
//! word of the list is whole; any other is first read as a known word with its endings and proclitics, and only if no
//! reading is known are the endings of light10 cut off blindly, never down to less than three letters.

use super::{
    english,
    lexicon::{Forms, Lexicon, is_function_word, lexicon},
    pattern,
};

/// The stem of a normalised word ([`Token::norm`](crate::Token::norm)), Arabic or English; other words are their own stem.
pub fn stem(norm: &str) -> String {
    if norm.is_ascii() { english::stem(norm) } else { arabic(norm) }
}

/// The stem of a normalised Arabic word.
pub(crate) fn arabic(norm: &str) -> String {
    arabic_by(lexicon(), norm)
}

/// The same by the lists of a given lexicon.
pub(crate) fn arabic_by(lexicon: &Lexicon, norm: &str) -> String {
    with_or_without_article(lexicon, norm, without_article(norm))
}

/// The same of a word that begins with أ or إ, and so with no article (ألغي).
pub(crate) fn without_any_article(lexicon: &Lexicon, norm: &str) -> String {
    with_or_without_article(lexicon, norm, None)
}

fn with_or_without_article(lexicon: &Lexicon, norm: &str, bare: Option<&str>) -> String {
    if is_function_word(norm) {
        return norm.to_owned();
    }
    if let Some(whole) = whole(lexicon, norm) {
        return whole;
    }
    // No pronoun stands behind a noun with an article, so «المهن» is not «ألم» with one.
    if let Some(found) =
        bare.and_then(|bare| whole(lexicon, bare).or_else(|| inflected(lexicon, bare, Beside::Article)))
    {
        return found;
    }
    // «وعيون» are eyes and not somebody's «وعي».
    if let Some(rest) = norm.strip_prefix('و')
        && lexicon.is_plural(rest)
    {
        return rest.to_owned();
    }
    if let Some(known) = known(lexicon, norm) {
        return known;
    }
    for (proclitic, min_letters) in PROCLITICS {
        if let Some(rest) = norm.strip_prefix(proclitic)
            && letters(rest) >= *min_letters
            && !is_function_word(rest)
            && let Some(known) = known(lexicon, rest)
        {
            return known;
        }
    }
    if let Some(bare) = bare.filter(|bare| letters(bare) >= MIN_LETTERS) {
        return blind(bare);
    }
    if let Some(noun) = PREPOSITIONS.iter().filter_map(|prefix| norm.strip_prefix(prefix)).find(|rest| is_action(rest))
    {
        return blind(noun);
    }
    match norm.strip_prefix('و') {
        // Nouns with a root و are few and on the list, so an unknown word with one is mostly «and …».
        Some(rest) if letters(rest) > MIN_LETTERS => blind(rest),
        Some(_) | None => blind(norm),
    }
}

/// Prepositions that are taken off what has the shape of a verbal noun, though no list knows it (بمزاولة, ولاستكمال).
const PREPOSITIONS: &[&str] = &["ب", "ل", "وب", "ول", "فب", "فل"];

/// Whether a word has the shape of a verbal noun, with a pronoun or without one.
fn is_action(word: &str) -> bool {
    if pattern::is_verbal_noun(word) {
        return true;
    }
    PRONOUNS.iter().filter_map(|pronoun| word.strip_suffix(pronoun)).any(|rest| {
        pattern::is_verbal_noun(rest)
            || rest.strip_suffix('ت').is_some_and(|root| pattern::is_verbal_noun(&format!("{root}ه")))
    })
}

/// What stands behind an article, which may be as short as a listed word is (الحد).
pub(crate) fn without_article(norm: &str) -> Option<&str> {
    ARTICLES.iter().find_map(|article| norm.strip_prefix(article)).filter(|bare| letters(bare) >= 2)
}

/// A word that is listed as it stands.
fn whole(lexicon: &Lexicon, word: &str) -> Option<String> {
    let exception = lexicon.exception(word);
    exception.or_else(|| lexicon.is_attested(word).then_some(word)).map(str::to_owned)
}

/// No step leaves less.
const MIN_LETTERS: usize = 3;

/// The article with what may stand before it; the longer first. Nothing stands between it and the noun, so these go blindly.
const ARTICLES: &[&str] = &["وبال", "وكال", "ولال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال"];

/// Conjunctions and prepositions written with the word, and how many letters must be left. They go only from a known word:
/// most words that begin so have a root letter there. ك and ف are rarer as words than as root letters.
pub(crate) const PROCLITICS: &[(&str, usize)] =
    &[("و", 3), ("ب", 3), ("ل", 3), ("ف", 4), ("ك", 4), ("وب", 3), ("ول", 3), ("فب", 4), ("فل", 4), ("وك", 4)];

/// Pronouns written with the noun; the longer first.
const PRONOUNS: &[&str] = &["هما", "كما", "ها", "هم", "هن", "كم", "نا", "ه"];

/// Reads a word, already without proclitics, as a listed word with endings.
fn known(lexicon: &Lexicon, word: &str) -> Option<String> {
    if let Some(found) = whole(lexicon, word).or_else(|| inflected(lexicon, word, Beside::Nothing)) {
        return Some(found);
    }
    for pronoun in PRONOUNS {
        let Some(rest) = word.strip_suffix(pronoun) else { continue };
        // «حقها», but not «حقه», which is like many a word of its own.
        if letters(rest) == 2 && letters(pronoun) > 1 && lexicon.is_attested(rest) {
            return Some(rest.to_owned());
        }
        if let Some(found) = with_pronoun(lexicon, rest) {
            return Some(found);
        }
    }
    // ي of possession where it is no ending: «سيارتي», «معاملاتي», «حصتي».
    let is_long = |rest: &&str| letters(rest) > MIN_LETTERS || letters(rest) == MIN_LETTERS && rest.ends_with('ت');
    word.strip_suffix('ي').filter(is_long).and_then(|rest| with_pronoun(lexicon, rest))
}

/// Reads what stands before a pronoun.
pub(crate) fn with_pronoun(lexicon: &Lexicon, rest: &str) -> Option<String> {
    if let Some(stem) = lexicon.exception(rest) {
        return Some(stem.to_owned());
    }
    let noun = pick(rest, lexicon.forms(rest), &[Ending::None]);
    if noun.is_some() {
        return noun;
    }
    // ة is written ت before a pronoun, ى is written ا, and the plural loses its ن.
    if let Some(root) = rest.strip_suffix('ت') {
        let forms = lexicon.forms(root);
        let forms = Forms { with_ha: forms.with_ha || forms.plural_with_ha, ..forms };
        if let Some(found) = pick(root, forms, &[Ending::Ha]) {
            return Some(found);
        }
    }
    if let Some(root) = rest.strip_suffix('ا')
        && let Some(found) = pick(root, lexicon.forms(root), &[Ending::Ya])
    {
        return Some(found);
    }
    inflected(lexicon, rest, Beside::Pronoun)
}

/// What is written with a noun and keeps endings away from it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    /// No ا of tanween: «البيتا» is no «بيت».
    Article,
    /// No ن of number: «لصيانه» are no thieves.
    Pronoun,
}

/// Reads a word as a listed one with an ending of gender, number, case or relation.
fn inflected(lexicon: &Lexicon, word: &str, beside: Beside) -> Option<String> {
    for (ending, order) in INFLECTIONS {
        let Some(root) = word.strip_suffix(ending) else { continue };
        if beside == Beside::Article && *ending == "ا" || beside == Beside::Pronoun && ending.ends_with('ن') {
            continue;
        }
        // No ending in ا stands on ة: «مصادرها» are sources and no confiscation.
        if *ending == "ا" && root.ends_with('ه') {
            continue;
        }
        if let Some(stem) = lexicon.exception(root) {
            return Some(stem.to_owned());
        }
        let order = if *ending == "ي" { relation(lexicon, root) } else { order };
        if let Some(found) = pick(root, lexicon.forms(root), order) {
            return Some(found);
        }
        // «منشآت» of «منشأة»: the ا of the ending is the hamza of the noun.
        if *ending == "ات" && lexicon.forms(&format!("{root}ا")).with_ha {
            return Some(format!("{root}اه"));
        }
        // The ending may stand on an adjective in ي: اقتصاديات, سياسيين, محليا.
        if let Some(root) = root.strip_suffix('ي')
            && let Some(found) = pick(root, lexicon.forms(root), relation(lexicon, root))
        {
            return Some(found);
        }
    }
    None
}

/// What a listed word may end in where the text has something else or nothing.
#[derive(Clone, Copy)]
enum Ending {
    None,
    /// As `None`, be it of two letters.
    Short,
    Ha,
    Ya,
}

/// Of which noun an adjective in ي is: of the one without ة (شهري, of شهر and not of شهرة), but for those of a list (تجاري).
fn relation(lexicon: &Lexicon, root: &str) -> &'static [Ending] {
    if lexicon.is_relation_of_ha(root) { &[Ending::Ha, Ending::None] } else { &[Ending::Short, Ending::Ha] }
}

/// Endings, the longer first, and the listed words that each may stand on, the likelier first.
const INFLECTIONS: &[(&str, &[Ending])] = &[
    ("تان", &[Ending::Ha]),
    ("تين", &[Ending::Ha]),
    ("ات", &[Ending::Ha, Ending::None]),
    ("ون", &[Ending::None, Ending::Ya]),
    ("ين", &[Ending::None, Ending::Ya]),
    ("ان", &[Ending::None]),
    ("وا", &[Ending::None]),
    ("ه", &[Ending::None]),
    ("ي", &[Ending::Short, Ending::Ha]),
    ("ا", &[Ending::None]),
    ("و", &[Ending::None, Ending::Ya]),
];

/// The first listed word of `root` with one of the endings, if it has letters enough.
fn pick(root: &str, forms: Forms, order: &[Ending]) -> Option<String> {
    let letters = letters(root);
    for ending in order {
        let found = match ending {
            Ending::None => (forms.plain && letters >= MIN_LETTERS).then(|| root.to_owned()),
            Ending::Short => forms.plain.then(|| root.to_owned()),
            Ending::Ha => (forms.with_ha && letters + 1 >= MIN_LETTERS).then(|| format!("{root}ه")),
            Ending::Ya => (forms.with_ya && letters + 1 >= MIN_LETTERS).then(|| format!("{root}ي")),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Takes the endings of light10 off a word that no list knows: pronoun, then number or ة, then ي.
fn blind(word: &str) -> String {
    let mut rest = word;
    if let Some(root) = cut(rest, &[("هما", 4), ("ها", 3), ("هم", 4), ("هن", 4)]) {
        rest = cut(root, &[("ت", 3)]).unwrap_or(root);
    } else if let Some(root) = cut(rest, &[("ته", 3)]) {
        rest = root;
    }
    rest = cut(rest, &[("يين", 3), ("يون", 3), ("ات", 3), ("ه", 3)]).or_else(|| participle(rest)).unwrap_or(rest);
    cut(rest, &[("ي", 3)]).unwrap_or(rest).to_owned()
}

/// The word without the first ending that it has and that leaves letters enough.
fn cut<'a>(word: &'a str, endings: &[(&str, usize)]) -> Option<&'a str> {
    endings
        .iter()
        .find_map(|(ending, min_letters)| word.strip_suffix(ending).filter(|rest| letters(rest) >= *min_letters))
}

/// Participles have sound plurals, those in م (مشاركين) and those of four letters with a long first one (نازحين); ون and ين on
/// other unknown words may be of the root. Of four letters with a long third they are broken plurals instead (ميادين, مضامين).
fn participle(word: &str) -> Option<&str> {
    let rest = cut(word, &[("ون", 4), ("ين", 4)])?;
    let of_four = letters(rest) == 4;
    let broken = of_four && rest.chars().nth(2) == Some('ا');
    let active = of_four && rest.chars().nth(1) == Some('ا');
    ((rest.starts_with('م') || active) && !broken).then_some(rest)
}

pub(crate) fn letters(word: &str) -> usize {
    word.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::normalize;

    #[track_caller]
    fn one(forms: &[&str]) {
        for form in forms {
            assert_eq!(arabic(&normalize::arabic(form)), arabic(&normalize::arabic(forms[0])), "{form}");
        }
    }

    #[track_caller]
    fn apart(words: &[&str]) {
        for (at, word) in words.iter().enumerate() {
            for other in &words[..at] {
                assert_ne!(arabic(&normalize::arabic(word)), arabic(&normalize::arabic(other)), "{word} {other}");
            }
        }
    }

    #[test]
    fn forms_of_a_listed_noun_meet() {
        one(&[
            "وزارة",
            "الوزارة",
            "ووزارة",
            "وزارته",
            "وزارتهم",
            "الوزارات",
            "بوزارة",
            "وللوزارة",
            "وزاراتها",
            "الوزارتين",
        ]);
        one(&["مشروع", "بمشروع", "والمشروع", "لمشروعها", "مشروعا", "المشروعين", "فبمشروع"]);
        one(&["موظف", "موظفون", "الموظفين", "موظفي", "موظفيها", "موظفو", "الموظفة"]);
        one(&["منشأة", "المنشآت", "منشآتها"]);
        one(&["حق", "حقها", "حقهم"]);
        one(&["حصة", "حصتي"]);
        one(&["خط", "خطي", "الخطية"]);
        one(&["مستشفى", "المستشفيات", "مستشفاها", "المستشفيين"]);
        one(&["إدارة", "الإداري", "الإدارية", "إدارات", "إداريا"]);
        one(&["محامي", "المحامون", "المحامين"]);
        one(&["سنة", "السنة", "السنوات", "سنواته"]);
        one(&["سنوي", "السنوية", "سنويا"]);
        one(&["سيارة", "سيارتي", "سياراتي", "سيارتنا"]);
        one(&["غاز", "الغاز", "الغازات"]);
        one(&["الأم", "الأمهات", "أمهاتهم"]);
        one(&["مئة", "المائة", "مئات", "بمئات"]);
        one(&["قانون", "القانونية", "قانونا", "بقانون"]);
        one(&["طلب", "الطلبات", "طلباتها", "طلبي"]);
        one(&["سوريا", "السوري", "السورية", "السوريين"]);
        one(&["استراتيجية", "الاستراتيجي", "الاستراتيجيات"]);
    }

    #[test]
    fn forms_of_an_unknown_noun_meet() {
        one(&[
            "شبرنق",
            "الشبرنق",
            "والشبرنق",
            "وشبرنق",
            "شبرنقة",
            "شبرنقات",
            "شبرنقها",
            "شبرنقته",
            "شبرنقي",
            "الشبرنقية",
            "للشبرنق",
        ]);
        one(&["متشبرنق", "المتشبرنقين", "متشبرنقون"]);
    }

    #[test]
    fn root_letters_are_no_proclitics_or_endings() {
        for whole in
            ["قانون", "وزير", "بلدية", "لجنة", "فكرة", "بيان", "تعاون", "كتاب", "فلسطين", "تأمين", "إلكتروني", "مياه"]
        {
            let norm = normalize::arabic(whole);
            assert_eq!(arabic(&norm), norm, "{whole}");
        }
    }

    #[test]
    fn an_adjective_is_of_the_noun_without_ha_unless_it_is_listed() {
        one(&["شهر", "شهري", "الشهرية"]);
        one(&["مواطن", "مواطني", "المواطنين"]);
        one(&["تجارة", "تجاري", "التجارية"]);
        apart(&["شهري", "شهرة"]);
        apart(&["بصري", "البصرة"]);
    }

    #[test]
    fn prepositions_are_taken_off_the_shapes_of_verbal_nouns() {
        for (form, noun) in [
            ("بمزاولة", "مزاولة"),
            ("لاستكمال", "استكمال"),
            ("ولاستكمالها", "استكمال"),
            ("بإيداع", "إيداع"),
            ("لمزاولته", "مزاولة"),
            ("وبتعبئة", "تعبئة"),
        ] {
            one(&[noun, form]);
        }
    }

    #[test]
    fn words_of_one_root_stay_apart() {
        apart(&["كتاب", "مكتب", "مكتبة", "كاتب"]);
        apart(&["جامعة", "الجامع", "الجمعة", "جمعية", "اجتماع"]);
        apart(&["بلدية", "البلد"]);
        apart(&["لجنة", "الجنة"]);
        apart(&["علم", "العالم"]);
        apart(&["دولة", "الدولي"]);
        apart(&["أمة", "الأمهات"]);
        apart(&["معنى", "المعنية"]);
        apart(&["أسير", "الأسرية"]);
        apart(&["الوالي", "وإلى"]);
        apart(&["بيت", "البيتا"]);
        apart(&["لص", "لصيانة"]);
    }

    proptest! {
        #[test]
        fn a_stem_is_part_of_no_panic_and_never_empty(word in "[ء-غف-ي]{1,12}|\\PC{1,8}") {
            let stemmed = stem(&word);
            prop_assert!(!stemmed.is_empty());
            prop_assert_eq!(stem(&word), stemmed);
        }

        #[test]
        fn no_unknown_word_is_cut_below_three_letters(word in "[ء-غف-ي]{3,12}") {
            let stem = arabic(&word);
            let known = lexicon().exception(&word).is_some() || lexicon().is_attested(&stem);
            prop_assert!(letters(&stem) >= MIN_LETTERS || known);
        }
    }
}
