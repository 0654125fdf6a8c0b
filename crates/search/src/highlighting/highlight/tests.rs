use diwan_arabic::html_to_text;
use diwan_content::AssetId;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Attachment, FRAGMENTS_MAX, SearchDocument,
    highlighting::fragments::FRAGMENT_CHARS,
    samples::{index_of, news, numbers, request},
};

fn marker(query: &str) -> Marker {
    let parsed = ParsedQuery::parse(query).unwrap();
    Marker::new(&parsed, &SimilarWords::new(), &[], Step::AsTyped, &Fields::new().0)
}

fn fragments_of(marker: &Marker, text: &str) -> Vec<String> {
    fragments(&[marker.mark(text)])
}

#[track_caller]
fn check(query: &str, text: &str, expected: &[&str]) {
    assert_eq!(fragments_of(&marker(query), text), expected, "{query}");
}

#[test]
fn whole_words_are_marked_on_their_spelling() {
    check("الموازنه", "وبِالمُوازَنــةِ، ثم موازنات.", &["<mark>وبِالمُوازَنــةِ</mark>، ثم <mark>موازنات</mark>."]);
    check("undp", "دعم الـUNDP.", &["دعم الـ<mark>UNDP</mark>."]);
    check("مواز*", "مشروع الموازنة", &["مشروع <mark>الموازنة</mark>"]);
    assert_eq!(marker("الموازنه").mark("خطة الوزارة").whole(), None);
}

#[test]
fn what_is_marked_in_hits_is_what_is_marked_in_whole_texts() {
    let words = "القوانين قانون عمله عملة حسابك حساب وكيلًا 15/2026 11.8 UNDP ministry's أدفع دفع السنوية سنة (الموازنة) \
                 1.1.2026 كلمة كلام في لجنة آخر نص مكاتبة مكاتبه مزارعون";
    let words: Vec<&str> = words.split(' ').collect();
    let ends = [" ", " ", " ", "\n", " - ", ". ", "،"];
    let text: String = (0..900_usize)
        .map(|number| format!("{}{}", words[(number * 7 + number / 26 * 3) % 26], ends[number * 31 % 17 % 7]))
        .collect();
    let (_folder, index) = index_of([news(1, "عنوان", &text)]);
    let phrases = ["\"قانون عمله\"", "\"UNDP حسابك\"", "دفع سنة", "قانون*", "\"عملة\"", "لجنة الموازنة 15/2026"];
    let mut compared = 0;
    for query in words.iter().chain(&phrases) {
        let answer = index.search(&request(query)).unwrap();
        let expected = fragments_of(&marker(query), &text);
        // A phrase that is nowhere is relaxed to its words.
        if !answer.relaxed && answer.total > 0 {
            assert_eq!(answer.hits[0].highlights.fragments, expected, "{query}");
            assert!(expected[0].contains("<mark>"), "{query}");
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

#[test]
fn all_stems_of_a_norm_are_looked_up() {
    for word in ["ألعاب", "العاب", "مكاتبة", "مكاتبه", "مزارعون", "أدفع", "كتابًا", "كتابا", "UNDP", "2026"]
    {
        let token = tokenize(word).remove(0);
        assert!(stems_of_norm(&token.norm).contains(&token.stem), "{word}: {}", token.stem);
    }
}

#[test]
fn a_phrase_is_marked_only_where_it_stands() {
    let text = "البنك المركزي والبنك الدولي\nالدولي";
    check("\"البنك الدولي\"", text, &["البنك المركزي <mark>والبنك</mark> <mark>الدولي</mark> · الدولي"]);
}

#[test]
fn all_but_marks_is_escaped() {
    let text = "<script>\"الموازنة\" & 'b'\u{0}\n</script>";
    check("موازنة", text, &["&lt;script&gt;&quot;<mark>الموازنة</mark>&quot; &amp; &#39;b&#39; · &lt;/script&gt;"]);
}

#[test]
fn the_best_windows_are_cut_between_words() {
    let filler = "كلام كثير لا صلة له بما سئل عنه ".repeat(20);
    let text = format!("{filler}وزارة {filler}وزارة المالية {filler}المالية وزارة المالية {filler}");
    let fragments = fragments_of(&marker("وزارة المالية"), &text);
    assert_eq!(fragments.len(), 3);
    for fragment in &fragments {
        assert!(fragment.starts_with("… ") && fragment.ends_with(" …"), "{fragment}");
        let plain = fragment.replace("<mark>", "").replace("</mark>", "").replace(['…'], "");
        assert!((150..=202).contains(&plain.chars().count()), "{fragment}");
        assert!(
            plain
                .split_whitespace()
                .all(|word| filler.contains(word) || word.contains("زارة") || word.contains("المالية"))
        );
    }
    let marks: Vec<usize> = fragments.iter().map(|fragment| fragment.matches("<mark>").count()).collect();
    assert_eq!(marks, [1, 2, 3]);
}

#[test]
fn blocks_headings_and_cells_are_parted_by_a_dot() {
    let html = "<h2>الرسوم</h2><p>نص</p><table><tr><td>رسم</td><td>20</td></tr></table><ul><li>أ</li><li>ب</li></ul>";
    let shown = ["<mark>الرسوم</mark> · نص · <mark>رسم</mark> · 20 · أ · ب"];
    check("رسم", &html_to_text(html).text, &shown);
}

#[test]
fn a_word_that_shares_a_stem_by_accident_is_not_marked() {
    for (query, text) in [
        ("عملة", "أنهى عمله"),
        ("عملة", "عمل"),
        ("عمل", "سعر العملة"),
        ("حكم", "حكمة"),
        ("محكمة", "الحكم"),
        ("نشر", "نشرة الأخبار"),
        ("نشرة", "بعد نشره"),
        ("جمع", "يوم الجمعة"),
        ("جمعية", "الجامعة"),
        ("مكتب", "المكتبة"),
    ] {
        check(query, text, &[text]);
    }
}

#[test]
fn no_fragment_is_squeezed_between_others() {
    let apart = |chars: usize| "كلام ".repeat(chars / 5);
    let text = format!("وزارة المالية {}وزارة {}وزارة المالية {}", apart(170), apart(120), apart(300));
    let fragments = fragments_of(&marker("وزارة المالية"), &text);
    let lengths: Vec<usize> = fragments.iter().map(|fragment| fragment.chars().count()).collect();
    assert!(lengths.len() >= 2 && lengths.iter().all(|length| *length > 60), "{fragments:#?}");
}

#[test]
fn without_a_marked_word_the_beginning_is_shown() {
    check("موازنة", "  كلام آخر", &["كلام آخر"]);
    let endless = "ا".repeat(1_000);
    check("موازنة", &endless, &[format!("{} …", "ا".repeat(FRAGMENT_CHARS)).as_str()]);
    assert_eq!(fragments(&[]), Vec::<String>::new());
}

#[test]
fn the_best_hits_take_the_text_that_a_page_may_look_at_and_the_others_their_least_share() {
    let mut budget = TextBudget::default();
    let text = "ا".repeat(TEXT_MAX_BYTES);
    let shares = (0..30).map(|_| {
        budget.next_hit();
        budget.take(&text).len() + budget.take(&text).len()
    });
    let shares: Vec<usize> = shares.collect();
    assert!(shares[..3].iter().all(|share| *share == 2 * TEXT_MAX_BYTES), "{shares:?}");
    assert!(shares[3..].iter().all(|share| *share == HIT_MIN_BYTES), "{shares:?}");
}

#[test]
fn a_word_that_is_all_of_a_long_text_is_shown_three_times() {
    let fragments = fragments_of(&marker("موازنة"), &"موازنة ".repeat(60_000));
    assert_eq!(fragments.len(), FRAGMENTS_MAX);
    assert!(fragments.iter().all(|fragment| fragment.matches("<mark>").count() > 25), "{fragments:?}");
}

proptest! {
    #[test]
    fn no_text_panics_or_gets_out_unescaped(text in "\\PC{0,300}|([ا-د\u{64B}<>&\"\n ]|موازنة|وزارة){0,200}") {
        let marker = marker("موازنة وزارة \"ا ب\" د*");
        for html in fragments_of(&marker, &text).into_iter().chain(marker.mark(&text).whole()) {
            let bare = html.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains(['<', '>', '"', '\'']), "{}", html);
            prop_assert_eq!(html.matches("<mark>").count(), html.matches("</mark>").count());
        }
    }
}

const REPORT: AssetId = AssetId(Uuid::from_u128(900));
const TABLE: AssetId = AssetId(Uuid::from_u128(901));

fn with_report(number: u128, title: &str, body: &str, text: &str) -> SearchDocument {
    let attachment = Attachment { asset: REPORT, name: "تقرير.pdf".to_owned(), text: text.to_owned() };
    SearchDocument { attachments: vec![attachment], ..news(number, title, body) }
}

#[test]
fn what_stands_in_an_attachment_alone_is_found_and_named() {
    let text = "مقدمة\nصرفت إعانات المزارعين في محافظة طوباس ضمن المشاريع الزراعية.";
    let (_folder, index) = index_of([with_report(1, "تقرير الربع", "ملخص", text), news(2, "خبر", "نص آخر")]);
    for query in ["طوباس", "الإعانات", "مشروع", "\"محافظة طوباس\"", "طوب*", "تقرير طوباس", "ملخص مزارع"]
    {
        let answer = index.search(&request(query)).unwrap();
        assert_eq!((numbers(&answer), answer.relaxed), (vec![1], false), "{query}");
        let found: Vec<_> = answer.hits[0].attachments.iter().map(|hit| (hit.asset, hit.name.as_str())).collect();
        assert_eq!(found, [(REPORT, "تقرير.pdf")], "{query}");
    }
    let answer = index.search(&request("طوباس")).unwrap();
    let shown = ["مقدمة · صرفت إعانات المزارعين في محافظة <mark>طوباس</mark> ضمن المشاريع الزراعية."];
    assert_eq!(answer.hits[0].attachments[0].fragments, shown);
    assert_eq!(answer.hits[0].highlights.fragments, ["ملخص"]);
}

#[test]
fn what_its_own_texts_have_ranks_above_and_names_no_attachment() {
    let (_folder, index) = index_of([
        with_report(1, "تقرير", "ملخص", &"الموازنة العامة ".repeat(50)),
        news(2, "خبر", "نص طويل فيه كلام كثير لا صلة له بما يسأل عنه، وفي آخره ذكر الموازنة."),
        with_report(3, "الموازنة", "ملخص", "الموازنة"),
    ]);
    let answer = index.search(&request("الموازنة")).unwrap();
    assert_eq!(numbers(&answer), [3, 2, 1]);
    let named: Vec<usize> = answer.hits.iter().map(|hit| hit.attachments.len()).collect();
    assert_eq!(named, [0, 0, 1]);
}

#[test]
fn an_excluded_word_excludes_by_attachments_too() {
    let (_folder, index) = index_of([with_report(1, "تقرير أول", "نص", "طوباس"), news(2, "تقرير ثان", "نص")]);
    assert_eq!(numbers(&index.search(&request("تقرير -طوباس")).unwrap()), [2]);
}

#[test]
fn words_far_inside_are_found_and_the_attachment_is_named() {
    let text = format!("{} طوباس", "كلام ".repeat(60_000));
    let mut document = with_report(1, "تقرير", "نص", &text);
    document
        .attachments
        .push(Attachment { asset: TABLE, name: "جدول.csv".to_owned(), text: "أرقام".to_owned() });
    let (_folder, index) = index_of([document]);
    let answer = index.search(&request("طوباس")).unwrap();
    let found: Vec<_> = answer.hits[0].attachments.iter().map(|hit| (hit.asset, hit.fragments.len())).collect();
    assert_eq!(found, [(REPORT, 0)]);
    let answer = index.search(&request("أرقام")).unwrap();
    assert_eq!(answer.hits[0].attachments.iter().map(|hit| hit.asset).collect::<Vec<_>>(), [TABLE]);
}
