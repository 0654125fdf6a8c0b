use diwan_content::{Access, Sequence, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::{
    Facet, Facets, FieldFilter, IndexChange, SearchDocument,
    samples::{BUDGET, CUSTOMS, fill, index_of, keyed_scope, news, numbers, request},
};

/// The numbers of the hits that are counted, and whether they are relaxed. All after them have fewer words.
#[track_caller]
fn check(index: &SearchIndex, query: &str, expected: &[u128], relaxed: bool) {
    let answer = index.search(&request(query)).unwrap();
    let counted = numbers(&answer)[..expected.len().min(answer.hits.len())].to_vec();
    assert_eq!((counted, answer.relaxed), (expected.to_vec(), relaxed), "{query}");
    assert_eq!(answer.total, expected.len() as u64, "{query}");
    assert!(answer.hits[expected.len()..].iter().all(|hit| hit.fewer_words), "{query}");
}

fn ministry() -> Vec<SearchDocument> {
    let mut english = news(6, "Budget of the ministries", "The Ministry published its évaluation of customs duties.");
    english.locale = "en".parse().unwrap();
    vec![
        news(1, "إعداد الموازنة العامة", "تعدّ الإدارة مشروع قانون الموازنة لعام ٢٠٢٤ وترفعه إلى مجلس الوزراء."),
        news(2, "التعريفة الجمركية", "يخضع المستوردون لرسوم التخليص في المنافذ البرية.\nيدفع المسئول قيمة الرسم نقدا."),
        news(3, "خدمة تسجيل المكلفين", "يقدّم المكلّف طلبه إلى دائرة الضريبة، وبالموافقة عليه يحصل على رقم ضريبي."),
        news(4, "لقاء وزير المالية", "استقبل الوزير وفد البنك الدولي، وبحث معه تمويل المشاريع الصغيرة."),
        news(5, "دليل النماذج", "تُطلب النماذج بصيغة PDF من موقع الـUNDP الإلكتروني."),
        english,
    ]
}

#[test]
fn spellings_of_everyday_are_found() {
    let (_folder, index) = index_of(ministry());
    let cases: [(&str, &[u128]); 16] = [
        ("الموازنه", &[1]),
        ("موازنة", &[1]),
        ("مُوَازَنَـــة", &[1]),
        ("اعداد", &[1]),
        ("2024", &[1]),
        ("۲۰۲۴", &[1]),
        ("الوزير", &[4, 1]),
        ("مسؤول", &[2]),
        ("المكلف", &[3]),
        ("موافقة", &[3]),
        ("undp", &[5]),
        ("pdf", &[5]),
        ("EVALUATION", &[6]),
        ("ministry", &[6]),
        ("مواز*", &[1]),
        ("المواز*", &[1]),
    ];
    for (query, expected) in cases {
        check(&index, query, expected, false);
    }
}

#[test]
fn all_words_of_a_short_query_are_wanted_and_function_words_are_not() {
    let (_folder, index) = index_of(ministry());
    check(&index, "وزير المالية", &[4], false);
    check(&index, "مشروع قانون الموازنة", &[1], false);
    check(&index, "الرسوم عند التخليص", &[2], false);
}

#[test]
fn most_words_of_a_longer_query_are_enough_and_few_hits_bring_those_with_fewer() {
    let query = "مشروع قانون الموازنة لدى مجلس الوزراء الأعلى";
    let (_folder, index) = index_of(ministry());
    let answer = index.search(&request(query)).unwrap();
    assert_eq!((numbers(&answer)[0], answer.relaxed, answer.total, answer.hits.len() > 1), (1, true, 1, true));
    let alike = (1..=12).map(|number| news(number, "الموازنة", "رفع مشروع القانون إلى مجلس الوزراء."));
    let (_folder, index) = index_of(alike.chain([news(20, "بلاغ", "مجلس الإدارة.")]));
    let answer = index.search(&request(query)).unwrap();
    assert_eq!((answer.total, answer.relaxed), (12, true));
    assert!(!numbers(&answer).contains(&20), "the ten best have most of the words");
}

#[test]
fn singular_and_plural_find_each_other_below_the_very_word() {
    let (_folder, index) = index_of([
        news(1, "القوانين", "تنشر القوانين في الجريدة الرسمية."),
        news(2, "القانون", "ينشر القانون في الجريدة الرسمية."),
        news(3, "القناة", "تمر السفن في القناة."),
    ]);
    check(&index, "قانون", &[2, 1], false);
    check(&index, "قوانين", &[1, 2], false);
    check(&index, "وبالقوانين الجرائد", &[1, 2], false);
    check(&index, "\"القانون\"", &[2], false);
    let hit = &index.search(&request("قانون")).unwrap().hits[1];
    assert_eq!(hit.highlights.title.as_deref(), Some("<mark>القوانين</mark>"));
}

#[test]
fn a_phrase_stands_in_one_block_and_in_its_order() {
    let (_folder, index) = index_of(ministry());
    check(&index, "\"البنك الدولي\"", &[4], false);
    check(&index, "«قانون الموازنة» مشروع", &[1], false);
    check(&index, "\"الدولي البنك\"", &[4], true);
    check(&index, "«المنافذ البرية يدفع»", &[2], true);
    check(&index, "«المنافذ البرية»", &[2], false);
}

#[test]
fn excluded_words_stay_out_however_far_a_query_is_relaxed() {
    let (_folder, index) = index_of(ministry());
    check(&index, "الوزير -البنك", &[1], false);
    check(&index, "الوزير -البنك -مجلس", &[], false);
    check(&index, "الوزراء -\"البنك الدولي\"", &[1], false);
    check(&index, "موازنا -قانون", &[], false);
}

#[test]
fn a_query_without_hits_is_relaxed_and_says_so() {
    let (_folder, index) = index_of(ministry());
    check(&index, "الموازنح", &[1], true);
    check(&index, "الضريبح المكلفين", &[3], true);
    check(&index, "custms", &[6], true);
    check(&index, "الموازنة الديناصورات", &[1], true);
    check(&index, "ديناصورات", &[], false);
    // Both are words: one is no slip for the other.
    check(&index, "الوزارة", &[], false);
}

#[test]
fn titles_and_exact_words_rank_higher_and_equals_newest_first() {
    let mut newer = news(4, "بلاغ", "عقدت الإدارة ورشة عن التدقيق.");
    newer.published_at = Timestamp::from_unix_ms(1_800_000_000_000).unwrap();
    let (_folder, index) = index_of([
        news(1, "بلاغ", "عقدت الإدارة ورشة عن التدقيق."),
        news(2, "التدقيق الداخلي", "عقدت الإدارة ورشة في المقر."),
        news(3, "بلاغ", "عقدت الإدارة ورشة عن تدقيق."),
        newer,
    ]);
    check(&index, "التدقيق", &[2, 4, 1, 3], false);
    check(&index, "تدقيق", &[2, 3, 4, 1], false);
}

#[test]
fn titles_weigh_singular_plural_and_the_corrected_word_alike() {
    let (_folder, index) = index_of([
        news(1, "بلاغ", "تنشر الوزارة تقارير سنوية عن أعمالها كلها."),
        news(2, "التقرير السنوي", "ملخص أعمال الوزارة في العام الماضي."),
        news(3, "بلاغ", "نص آخر."),
    ]);
    for query in ["تقارير سنوية", "التقارير السنوية", "تقرير سنوي", "التقرير السنوى", "التقريرر السنوي"]
    {
        assert_eq!(numbers(&index.search(&request(query)).unwrap())[0], 2, "{query}");
    }
}

#[test]
fn the_spelling_of_the_query_decides_between_equals() {
    let (_folder, index) = index_of([
        news(1, "بلاغ", "بدأ أعداد القانون"),
        news(2, "بلاغ", "بدأ إعداد القانون"),
        news(3, "بلاغ", "بدأ اعداد القانون"),
    ]);
    for (query, first) in [("إعداد", 2), ("أعداد", 1), ("إعداد القانون", 2)] {
        assert_eq!(numbers(&index.search(&request(query)).unwrap())[0], first, "{query}");
    }
}

#[test]
fn what_an_entry_is_called_counts_with_its_number() {
    let mut circular = news(1, "ترشيد نفقات السفر", "لا يزيد الوفد على ثلاثة.");
    circular.kind = "تعميم\nCircular".to_owned();
    circular.texts.insert(1, (2, "11/2026".to_owned()));
    let (_folder, index) = index_of([
        circular,
        news(2, "بلاغ", "يعمل بما جاء في التعميم رقم 11/2026 منذ نشره."),
        news(3, "تعميم الوزارة", "نص آخر لا رقم له."),
        news(4, "بلاغ", "بلغت 11 عام 2025."),
    ]);
    check(&index, "تعميم 11/2026", &[1, 2], false);
    check(&index, "التعميم رقم 11 لسنة 2026", &[1, 2], false);
    check(&index, "circular 11/2026", &[1], false);
    let named: Vec<u128> = numbers(&index.search(&request("تعميم")).unwrap());
    assert!(!named.contains(&1), "without a number all of a kind would be found: {named:?}");
}

#[test]
fn a_hit_is_answered_whole() {
    let (_folder, index) = index_of(ministry());
    let answer = index.search(&request("الموازنه")).unwrap();
    let [hit] = answer.hits.as_slice() else { panic!("one hit") };
    let position = hit.position;
    let expected = Hit {
        entry: hit.entry,
        locale: "ar".parse().unwrap(),
        collection: "news".parse().unwrap(),
        department: BUDGET,
        path: PublicPath::from_request("/news/1").ok(),
        title: "إعداد الموازنة العامة".to_owned(),
        highlights: Highlights {
            title: Some("إعداد <mark>الموازنة</mark> العامة".to_owned()),
            fragments: vec![
                "تعدّ الإدارة مشروع قانون <mark>الموازنة</mark> لعام ٢٠٢٤ وترفعه إلى مجلس الوزراء.".to_owned(),
            ],
        },
        score: position.key.score as f32 / 1_000.0,
        published_at: Timestamp::from_unix_ms(1_700_000_000_000).unwrap(),
        pinned: false,
        attachments: Vec::new(),
        fewer_words: false,
        position,
    };
    assert_eq!(*hit, expected);
    assert!(hit.score > 0.0 && !answer.more && answer.total == 1);
}

#[test]
fn what_needs_a_key_is_in_no_hit_total_or_facet_without_one() {
    let mut secret = news(2, "تعميم الموازنة", "تعميم داخلي.");
    secret.collection = "circulars".parse().unwrap();
    secret.department = CUSTOMS;
    secret.public = Access::Key;
    let (_folder, index) = index_of([news(1, "الموازنة", "نص."), secret]);
    let told = |request: &SearchRequest| {
        let answer = index.search(request).unwrap();
        let facets = (answer.facets.collections.len(), answer.facets.departments.len());
        (numbers(&answer), answer.total, facets, answer.relaxed)
    };
    let anonymous = request("الموازنة");
    assert_eq!(told(&anonymous), (vec![1], 1, (1, 1), false));
    assert_eq!(told(&SearchRequest { departments: vec![CUSTOMS], ..anonymous.clone() }), (vec![], 0, (0, 1), false));
    assert_eq!(told(&request("داخلي")), (vec![], 0, (0, 0), false));
    let keyed = SearchRequest { scope: keyed_scope(), ..anonymous.clone() };
    assert_eq!(told(&keyed).1, 2);
    // The list of allowed collections binds too, whatever the index says of the document.
    let narrow = SearchRequest { allowed_collections: vec!["news".parse().unwrap()], ..keyed };
    assert_eq!(told(&narrow), (vec![1], 1, (1, 1), false));
    assert_eq!(told(&SearchRequest { allowed_collections: vec![], ..narrow }), (vec![], 0, (0, 0), false));
}

#[test]
fn filters_narrow_the_hits_and_each_facet_leaves_out_its_own() {
    let mut documents: Vec<SearchDocument> = (1..=6).map(|number| news(number, "رسوم", "نص.")).collect();
    documents[3].collection = "services".parse().unwrap();
    for document in &mut documents[4..] {
        document.department = CUSTOMS;
    }
    documents[5].locale = "en".parse().unwrap();
    let (_folder, index) = index_of(documents);
    let ask = |request: SearchRequest| {
        let SearchAnswer { total, facets, .. } = index.search(&request).unwrap();
        let collections: Vec<(String, u64)> =
            facets.collections.into_iter().map(|(handle, count)| (handle.to_string(), count)).collect();
        (total, collections, facets.departments)
    };
    let named =
        |counts: &[(&str, u64)]| counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect::<Vec<_>>();
    let all = named(&[("news", 5), ("services", 1)]);
    assert_eq!(ask(request("رسوم")), (6, all.clone(), vec![(BUDGET, 4), (CUSTOMS, 2)]));
    let services = SearchRequest { collections: vec!["services".parse().unwrap()], ..request("رسوم") };
    assert_eq!(ask(services), (1, all, vec![(BUDGET, 1)]));
    let customs = SearchRequest { departments: vec![CUSTOMS], ..request("رسوم") };
    assert_eq!(ask(customs), (2, named(&[("news", 2)]), vec![(BUDGET, 4), (CUSTOMS, 2)]));
    let english = SearchRequest { locale: "en".parse().ok(), size: 0, ..request("رسوم") };
    assert_eq!(ask(english), (1, named(&[("news", 1)]), vec![(CUSTOMS, 1)]));
}

#[test]
fn pages_hold_every_hit_once() {
    let (_folder, index) = index_of((1..=25).map(|number| news(number, "بلاغ", "رسوم جديدة.")));
    for query in ["رسوم", "رسوح"] {
        let all = index.search(&SearchRequest { size: 100, ..request(query) }).unwrap();
        assert_eq!((all.total, all.hits.len(), all.more, all.relaxed), (25, 25, false, query == "رسوح"));
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = index.search(&SearchRequest { size: 7, after, ..request(query) }).unwrap();
            assert_eq!((page.total, page.relaxed), (25, all.relaxed));
            after = page.hits.last().map(|hit| hit.position);
            paged.extend(numbers(&page));
            if !page.more {
                break;
            }
        }
        assert_eq!(paged, numbers(&all));
    }
}

#[test]
fn changes_are_seen_at_once() {
    let (_folder, index) = index_of([news(1, "قديم", "الموازنة"), news(2, "آخر", "الموازنة")]);
    index.apply(vec![IndexChange::Put(news(1, "جديد", "الجمارك"))], Sequence(2)).unwrap();
    check(&index, "الموازنة", &[2], false);
    check(&index, "الجمارك", &[1], false);
    let SearchDocument { entry, locale, .. } = news(2, "", "");
    index.apply(vec![IndexChange::Remove { entry, locale: "en".parse().unwrap() }], Sequence(3)).unwrap();
    check(&index, "الموازنة", &[2], false);
    index.apply(vec![IndexChange::Remove { entry, locale }], Sequence(4)).unwrap();
    check(&index, "الموازنة", &[], false);
    assert_eq!(index.stats().documents, 1);
}

#[test]
fn only_queries_that_ask_nothing_or_too_much_are_refused() {
    let (_folder, index) = index_of(ministry());
    for query in ["", "؟!", "ــــ", "ًٌٍ", "-قانون", "\"\"", "* *"] {
        assert!(matches!(index.search(&request(query)), Err(SearchError::NoWords)), "{query}");
    }
    for query in ["(".repeat(50_000), "\"".repeat(50_000), "كلمة ".repeat(33)] {
        assert!(matches!(index.search(&request(&query)), Err(SearchError::QueryTooLong)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_query_panics(queries in prop::collection::vec("\\PC{0,60}|[-\"«»* ا-يa-z0-9(){}\\[\\]:^~\u{640}-\u{652}]{0,60}", 8)) {
        let (_folder, index) = index_of(ministry());
        for query in queries {
            match index.search(&request(&query)) {
                Ok(answer) => {
                    let whole = answer.hits.iter().filter(|hit| !hit.fewer_words).count();
                    prop_assert!(whole as u64 <= answer.total);
                }
                Err(SearchError::NoWords | SearchError::QueryTooLong) => {}
                Err(error) => panic!("{query}: {error}"),
            }
        }
    }
}

#[test]
fn what_is_pinned_stands_first_on_one_page_alone_and_heeds_filters() {
    let (_folder, index) =
        index_of((1..=9).map(|number| news(number, "رسوم", "نص عن الرسوم")).chain([news(20, "بلاغ", "آخر")]));
    let at = |number: u128| (diwan_content::EntryId(uuid::Uuid::from_u128(number)), "ar".parse().unwrap());
    let asked = SearchRequest { pinned: vec![at(20), at(3), at(77)], size: 4, ..request("رسوم") };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = index.search(&SearchRequest { after, ..asked.clone() }).unwrap();
        assert_eq!((page.total, page.relaxed), (10, false));
        seen.extend(page.hits.iter().map(|hit| (hit.entry.0.as_u128(), hit.pinned)));
        after = page.hits.last().map(|hit| hit.position);
        if !page.more {
            break;
        }
    }
    assert_eq!(seen[..2], [(20, true), (3, true)]);
    let mut numbers: Vec<u128> = seen.iter().map(|(number, _)| *number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 20]);
    let elsewhere = SearchRequest { departments: vec![CUSTOMS], ..asked.clone() };
    assert_eq!(index.search(&elsewhere).unwrap().hits, Vec::new());
    // Nothing but the pinned one is found: the query is relaxed as if it were not there.
    let slip = SearchRequest { pinned: vec![at(20)], ..request("الرسزم") };
    let answer = index.search(&slip).unwrap();
    assert_eq!((answer.hits[0].pinned, answer.relaxed, answer.total), (true, true, 10));
}

#[test]
fn a_page_is_filled_with_hits_of_fewer_words_and_each_hit_stands_on_one_page() {
    let (_folder, index) = index_of(
        [news(1, "بلاغ", "معلومات عن رسوم الجمارك")]
            .into_iter()
            .chain((2..=6).map(|number| news(number, "الجمارك", "رسوم البضائع")))
            .chain((7..=9).map(|number| news(number, "دليل", "معلومات المراجعين"))),
    );
    let all = index.search(&SearchRequest { size: 20, ..request("معلومات الجمارك") }).unwrap();
    assert_eq!((numbers(&all)[0], all.total, all.hits.len(), all.relaxed), (1, 1, 9, false));
    let fewer: Vec<bool> = all.hits.iter().map(|hit| hit.fewer_words).collect();
    assert_eq!(fewer, [false, true, true, true, true, true, true, true, true]);
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = index.search(&SearchRequest { size: 4, after, ..request("معلومات الجمارك") }).unwrap();
        assert_eq!((page.total, page.relaxed, page.facets.collections.len()), (1, false, 1));
        after = page.hits.last().map(|hit| hit.position);
        paged.extend(numbers(&page));
        if !page.more {
            break;
        }
    }
    assert_eq!(paged, numbers(&all));
    let by_day = SearchRequest { order: Order::NewestFirst, ..request("معلومات الجمارك") };
    assert_eq!(numbers(&index.search(&by_day).unwrap()), [1]);
    assert_eq!(numbers(&index.search(&request("\"معلومات عن رسوم\"")).unwrap()), [1]);
}

#[test]
fn a_word_that_is_spelt_well_is_never_corrected() {
    let (_folder, index) = index_of([news(1, "وقد", "وقد أعلنت الوزارة ذلك")]);
    for query in ["وقود", "آذار", "الوزيرة"] {
        let answer = index.search(&request(query)).unwrap();
        assert_eq!((answer.total, answer.did_you_mean), (0, None), "{query}");
    }
}

#[test]
fn a_correction_is_told_without_what_is_written_with_the_word() {
    let (_folder, index) = index_of([news(1, "خبر", "أقرت اللجنة مخصصات للموازنة"), news(2, "خبر", "Budget Law")]);
    let told = |query: &str| index.search(&request(query)).unwrap().did_you_mean;
    assert_eq!(told("الموازنح").as_deref(), Some("الموازنة"));
    assert_eq!(told("موازنح اللجنة").as_deref(), Some("موازنة اللجنة"));
    assert_eq!(told("budgeet").as_deref(), Some("budget"));
}

#[test]
fn second_readings_are_found_below_the_word_itself() {
    let (_folder, index) = index_of([
        news(1, "بلاغ", "سعر العملة اليوم"),
        news(2, "بلاغ", "أنهى الموظف عمله أمس"),
        news(3, "بلاغ", "كيف أدفع الرسوم"),
        news(4, "بلاغ", "رصيد حسابك"),
    ]);
    check(&index, "عمل", &[2], false);
    check(&index, "عملة", &[1, 2], false);
    check(&index, "دفع", &[3], false);
    check(&index, "حساب", &[4], false);
    let marked = &index.search(&request("عملة")).unwrap().hits[1].highlights.fragments;
    assert_eq!(*marked, ["أنهى الموظف عمله أمس"], "«his work» is no currency");
}

#[test]
fn a_slip_is_told_in_the_spelling_of_the_texts() {
    let (_folder, index) = index_of(ministry());
    let told = |query: &str| index.search(&request(query)).unwrap().did_you_mean;
    assert_eq!(told("الموازنح العامة؟").as_deref(), Some("الموازنة العامة؟"));
    assert_eq!(told("custms duties").as_deref(), Some("customs duties"));
    assert_eq!(told("الموازنة"), None);
    assert_eq!(told("ديناصورات"), None);
}

#[test]
fn everyday_misspellings_are_found() {
    let mut missed = Vec::new();
    for (slip, text) in [
        ("الوززارة", "صرّحت الوزارة اليوم"),
        ("وزاره الماليه", "وزارة المالية"),
        ("الظرائب", "قانون الضرائب الجديد"),
        ("ظرائب", "تحصيل ضرائب الدخل"),
        ("مسؤلية", "تقع المسؤولية على الإدارة"),
        ("الموضفين", "شؤون الموظفين"),
        ("الموضفون", "كشف رواتب الموظفين"),
        ("استراتيجيه الوزاره", "الإستراتيجية الوطنية لوزارة المالية"),
        ("الموازنه العامه", "الموازنة العامّة للدولة"),
        ("المناقصات الحكوميه", "مناقصات حكومية"),
        ("الظمان الإجتماعى", "الضمان الاجتماعي"),
        ("المؤسسه العامة للإذاعه", "المؤسسة العامة للإذاعة"),
        ("رخصه قيادة", "رخصة القيادة"),
        ("التعليم العالى", "وزارة التعليم العالي"),
        ("إستمارة", "استمارة الطلب"),
        ("انشاءالله", "إن شاء الله"),
    ] {
        let (_folder, index) = index_of([news(1, "خبر", text), news(2, "آخر", "نص لا صلة له.")]);
        let answer = index.search(&request(slip)).unwrap();
        let fewer = answer.hits.first().is_none_or(|hit| hit.fewer_words);
        if numbers(&answer) != [1] || fewer {
            missed.push((slip, text, numbers(&answer), fewer));
        }
    }
    assert_eq!(missed, []);
    // What sounds alike but is another word that is spelt well is no slip.
    let (_folder, index) = index_of([news(1, "خبر", "سورة من القرآن")]);
    assert_eq!(index.search(&request("صورة")).unwrap().total, 0);
}

#[test]
fn english_is_found_by_its_stems_whatever_case_and_accents() {
    let (_folder, index) = index_of([
        news(1, "خبر", "The ministry of finance"),
        news(2, "خبر", "افتتاح Café القراءة في مبنى الوزارة"),
        news(3, "خبر", "NAÏVE résumés of employees"),
    ]);
    for (query, expected) in [
        ("Ministries", 1),
        ("MINISTRY'S", 1),
        ("financing", 1),
        ("cafe", 2),
        ("CAFÉS", 2),
        ("القراءه café", 2),
        ("naive resume", 3),
        ("employee", 3),
    ] {
        let answer = index.search(&request(query)).unwrap();
        assert_eq!((numbers(&answer), answer.relaxed), (vec![expected], false), "{query}");
    }
}

#[test]
fn hits_are_counted_and_filtered_by_day_and_values_and_ordered_by_day() {
    let mut documents: Vec<SearchDocument> = (1..=4).map(|number| news(number, "رسوم", "نص.")).collect();
    let tags: diwan_content::Handle = "tags".parse().unwrap();
    let kind: diwan_content::Handle = "kind".parse().unwrap();
    for (document, (day, values)) in documents.iter_mut().zip([
        ("2026-01-05", vec!["مالية", "سنوية"]),
        ("2026-01-20", vec!["مالية"]),
        ("2025-12-31", vec!["سنوية"]),
        ("2025-12-01", vec![]),
    ]) {
        document.day = day.parse().unwrap();
        document.values = values.into_iter().map(|value| (tags.clone(), value.to_owned())).collect();
        document.values.push((kind.clone(), "news".to_owned()));
    }
    let (_folder, index) = index_of(documents);
    let facets = vec![Facet::Month, Facet::Field(tags.clone()), Facet::Field(kind.clone())];
    let all = SearchRequest { facet_fields: vec![tags.clone()], facets, ..request("رسوم") };
    let told = |request: &SearchRequest| {
        let answer = index.search(request).unwrap();
        let months: Vec<(u64, u64, u64)> =
            answer.facets.months.iter().map(|(month, count)| (month.year(), month.month(), *count)).collect();
        (numbers(&answer), months, answer.facets.fields)
    };
    let both = |a: u64, b: u64| vec![(tags.clone(), vec![("سنوية".to_owned(), a), ("مالية".to_owned(), b)])];
    let newest = SearchRequest { order: Order::NewestFirst, ..all.clone() };
    let months = vec![(2026, 1, 2), (2025, 12, 2)];
    assert_eq!(told(&newest), (vec![2, 1, 3, 4], months.clone(), both(2, 2)));
    assert_eq!(told(&SearchRequest { order: Order::OldestFirst, ..all.clone() }).0, [4, 3, 1, 2]);
    let january = SearchRequest { from_day: Some(20260101), to_day: Some(20260131), ..newest.clone() };
    let fields = vec![(tags.clone(), vec![("مالية".to_owned(), 2), ("سنوية".to_owned(), 1)])];
    assert_eq!(told(&january), (vec![2, 1], months, fields));
    let filter =
        |field: &diwan_content::Handle, value: &str| FieldFilter { field: field.clone(), values: vec![value.into()] };
    let yearly = SearchRequest { values: vec![filter(&tags, "سنوية")], ..newest.clone() };
    assert_eq!(told(&yearly), (vec![1, 3], vec![(2026, 1, 1), (2025, 12, 1)], both(2, 2)));
    // A field that the asker may not see has no value for him.
    let hidden = SearchRequest { values: vec![filter(&kind, "news")], ..newest.clone() };
    assert_eq!(told(&hidden).0, Vec::<u128>::new());
    let uncounted = SearchRequest { facets: Vec::new(), values: vec![filter(&tags, "سنوية")], ..newest };
    let answer = index.search(&uncounted).unwrap();
    assert_eq!((numbers(&answer), answer.total, answer.facets), (vec![1, 3], 2, Facets::default()));
}

fn hidden(number: u128, title: &str, body: &str) -> SearchDocument {
    SearchDocument { public: Access::Key, ..news(number, title, body) }
}

/// Everything that a caller without a key learns.
fn learnt(answer: &SearchAnswer) -> (Vec<u128>, u64, bool, Option<String>) {
    (numbers(answer), answer.total, answer.relaxed, answer.did_you_mean.clone())
}

#[test]
fn a_search_without_a_key_does_not_depend_on_documents_that_need_one() {
    let public = || {
        vec![
            news(1, "بلاغ", "وقّع عبد الله الصالح إعلان الموازنة العامة في البلدة."),
            news(2, "موازنة البلدة", "أقرّت اللجنة موازنة البلدة."),
        ]
    };
    // Each is a word that a query below is near to, or one that would replace it, or the query's word itself.
    let secret = ["عبدالله", "الموازنا", "موازنتة", "بلدتنة", "الصالحالعامة", "العامةفي"];
    let (_folder, index) = index_of(public());
    let queries = ["عبدالله", "الموازنا", "موازنتة", "بلدتنة", "الصالح العامة", "الموازنةالعامة", "موازنا البلدة"];
    let answers = |index: &crate::SearchIndex, scope: Option<_>| {
        let ask = |query: &&str| {
            let asked = request(query);
            let asked = match scope {
                Some(scope) => SearchRequest { scope, ..asked },
                None => asked,
            };
            learnt(&index.search(&asked).unwrap())
        };
        queries.iter().map(ask).collect::<Vec<_>>()
    };
    let without = answers(&index, None);
    assert!(without.iter().any(|(found, ..)| !found.is_empty()) && without.iter().any(|(.., meant)| meant.is_some()));
    let mut documents = public();
    documents.extend((10..).zip(secret).map(|(number, word)| hidden(number, word, word)));
    fill(&index, documents, 2);
    assert_eq!(answers(&index, None), without);
    assert_ne!(answers(&index, Some(keyed_scope())), without, "who has a key finds them");
}
