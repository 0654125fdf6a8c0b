//! What a fault expected, in Arabic: parameters named `expected` are short English phrases from the code.

use std::borrow::Cow;

const PHRASES: &[(&str, &str)] = &[
    ("string", "نص"),
    ("a text", "نص"),
    ("integer", "عدد صحيح"),
    ("number", "عدد"),
    ("boolean", "true أو false"),
    ("true or false", "true أو false"),
    ("array", "قائمة"),
    ("a list", "قائمة"),
    ("object", "كائن"),
    ("an object", "كائن"),
    ("a UUID", "معرّف من نوع UUID"),
    ("a text that is not blank", "نص غير فارغ"),
    ("a whole number such as 2026", "عدد صحيح مثل 2026"),
    ("a number such as 12.5", "عدد مثل 12.5"),
    ("a date such as 2026-01-31", "تاريخ مثل 2026-01-31"),
    ("a time with its offset such as 2026-01-31T09:00:00Z", "وقت مع فارقه عن التوقيت العالمي مثل 2026-01-31T09:00:00Z"),
    ("a time of day such as 09:30", "وقت من اليوم مثل 09:30"),
    ("a place and a field in brackets such as filter[or][0][title]", "موضع وحقل بين أقواس مثل filter[or][0][title]"),
    ("a text without control characters", "نص بلا محارف تحكم"),
    ("a locale such as ar", "رمز لغة مثل ar"),
    ("a locale such as ar in the brackets", "رمز لغة مثل ar بين القوسين"),
    ("texts by locale", "نصوص بحسب اللغة"),
    ("a whole number from 1", "عدد صحيح من 1 فصاعدًا"),
    ("percent-encoded UTF-8", "نص UTF-8 بترميز النسبة المئوية"),
    ("there once", "مرة واحدة لا أكثر"),
    ("at least one word", "كلمة واحدة على الأقل"),
    ("page.next of the same query", "قيمة page.next من الطلب نفسه"),
    ("a time that is not ahead", "وقت غير آتٍ"),
    (
        "a time with its offset such as 2026-01-31T09:00:00Z, not ahead",
        "وقت مضى مع فارقه عن التوقيت العالمي مثل 2026-01-31T09:00:00Z",
    ),
    ("a day such as 2026-11-23", "يوم مثل 2026-11-23"),
    ("a cursor of this list", "مؤشر صفحة من هذه القائمة نفسها"),
    ("one version in quotes, such as \"3\"", "إصدار واحد بين علامتي اقتباس مثل \"3\""),
    (
        "a rank: 1 to 128 small letters and digits that do not end in 0",
        "رتبة: من 1 إلى 128 من الحروف اللاتينية الصغيرة والأرقام لا تنتهي بصفر",
    ),
    ("a hash of 64 hexadecimal digits", "بصمة من 64 رقمًا ستعشريًا"),
    ("absent beside If-Match", "غير موجودة مع If-Match"),
    ("1 to 200 visible ASCII characters, once", "من 1 إلى 200 محرف ASCII مرئي، مرة واحدة"),
    ("≤ 1000 characters, ≤ 32 words", "نص لا يزيد على 1000 محرف و32 كلمة"),
    ("a body without Content-Encoding", "متن بلا Content-Encoding"),
];

/// Phrases with something in the middle: what stands before it and after it, in both languages.
const FRAMES: &[(&str, &str, &str)] = &[
    ("a whole number from ", "عدد صحيح من ", " إلى "),
    ("nested at most ", "متداخلة إلى عمق لا يزيد على ", ""),
    ("one of ", "واحدة مما يأتي: ", ""),
    ("a text of at most ", "نص لا يزيد محارفه على ", ""),
    ("names with commas between them, at most ", "أسماء بينها فواصل، عددها لا يزيد على ", ""),
    ("names joined by dots, at most ", "أسماء تصل بينها نقاط، عددها لا يزيد على ", ""),
    ("fields of inclusions, at most ", "حقول لمضمّنات لا يزيد عددها على ", ""),
    ("at most ", "قيم لا يزيد عددها على ", ""),
    ("≤ ", "نص لا يزيد محارفه على ", ""),
    ("a query string of at most ", "سلسلة استعلام لا يزيد حجمها بالبايت على ", ""),
];

/// The phrase in Arabic; one that is not known stays as it is.
pub(crate) fn in_arabic(phrase: &str) -> Cow<'_, str> {
    if let Some((_, arabic)) = PHRASES.iter().find(|(english, _)| *english == phrase) {
        return Cow::Borrowed(arabic);
    }
    for (english, arabic, between) in FRAMES {
        let Some(rest) = phrase.strip_prefix(english) else { continue };
        let rest = match rest.split_once(" to ") {
            Some((from, to)) if !between.is_empty() => format!("{from}{between}{to}"),
            Some(_) | None => rest
                .trim_end_matches(" bytes")
                .trim_end_matches(" deep")
                .trim_end_matches(" without control characters")
                .trim_end_matches(" characters")
                .trim_end_matches(" values")
                .to_owned(),
        };
        return Cow::Owned(format!("{arabic}{rest}"));
    }
    Cow::Borrowed(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_expected_is_told_in_arabic() {
        assert_eq!(in_arabic("string"), "نص");
        assert_eq!(in_arabic("a whole number from 1 to 100"), "عدد صحيح من 1 إلى 100");
        assert_eq!(in_arabic("one of ar, en"), "واحدة مما يأتي: ar, en");
        assert_eq!(in_arabic("a text of at most 20 characters without control characters"), "نص لا يزيد محارفه على 20");
        assert_eq!(in_arabic("at most 50 values"), "قيم لا يزيد عددها على 50");
        assert_eq!(in_arabic("application/json"), "application/json");
    }
}
