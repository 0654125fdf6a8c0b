//! Lines that are set by the algorithm itself, and must be read as they were typed.

use unicode_bidi::{BidiInfo, Level};

use super::{Context, Direction, UNUSUAL, invert};
use crate::text::brackets::{Brackets, mirrored};

/// What ministries write in Arabic.
const ARABIC: [&str; 100] = [
    "المادة (3)",
    "نصت المادة (3) من القانون رقم (7) لسنة 2021 على ما يلي",
    "المادة (١٢) من القرار بقانون رقم (٨) لسنة ٢٠١١",
    "راجع البند [4] والفقرة {ب} من الملحق",
    "قال الوزير: «الموازنة العامة جاهزة» أمام المجلس",
    "أعلن الوزير \"خطة الإصلاح\" في رام الله",
    "الموقع الإلكتروني: https://www.mof.gov.ps/ar/budget/2026",
    "زوروا www.pmof.ps للمزيد من المعلومات",
    "للاستفسار راسلونا على info@mof.gov.ps قبل يوم الأحد",
    "البريد الإلكتروني: info@pmof.ps",
    "هاتف: +970 2 297 8830 فاكس: +970 2 297 8845",
    "هاتف 02-2978830",
    "الرقم المجاني 1-800-123-456",
    "يتراوح السعر بين 10-15 شيكل",
    "ارتفعت النسبة 10–15 % خلال العام",
    "النسبة من ٥٪ إلى ١٠٪",
    "بلغت الزيادة 5% في الربع الأول",
    "بلغت الزيادة %5 في الربع الأول",
    "نسبة التضخم 3.75% سنويا",
    "بتاريخ 2026/11/30 صدر التعميم",
    "بتاريخ 30-11-2026 صدر التعميم",
    "التاريخ ٢٠٢٦/١١/٣٠ الموافق ١٠ جمادى الآخرة ١٤٤٨",
    "الدوام من الساعة 08:30 إلى الساعة 14:00",
    "الدوام 08:30 - 14:00",
    "المبلغ 1,250,000.50 دولار أمريكي",
    "بلغت الإيرادات ١٬٢٥٠٬٠٠٠٫٥٠ شيكل",
    "وقعت الاتفاقية مع World Bank Group في القدس",
    "وقعت الوزارة اتفاقية مع البنك الدولي (World Bank) بقيمة 25 مليون",
    "نظام Microsoft Windows 11 الجديد",
    "معيار المحاسبة IPSAS 17 للقطاع العام",
    "شهادة (ISO 9001:2015) للجودة",
    "لا إله إلا الله",
    "الله أكبر والحمد لله",
    "الأولى والإجراءات والآثار لأن لا ولا",
    "1) تقديم الطلب",
    "أ) صورة عن الهوية",
    "ب- شهادة حسن سلوك",
    "1. تقديم الطلب إلى الدائرة",
    "(أ) الشروط العامة",
    "هل تم الدفع؟ نعم، بالتأكيد!",
    "المبلغ المستحق = 500 + 25 - 10",
    "البند 4/2/1 من التعليمات",
    "للعام المالي 2025/2026",
    "للأعوام 2024-2026",
    "قانون رقم 7 لسنة 2021",
    "الرقم الوطني: 401234567",
    "رقم الحساب: PS92 PALS 0000 0000 0400 1234 5670 2",
    "نموذج رقم A-12 للضريبة",
    "درجة الحرارة -5 مئوية",
    "ص.ب. 795 رام الله – فلسطين",
    "محمد أحمد / مدير عام الموازنة",
    "الفصل الثاني: الإيرادات (بالمليون)",
    "من 08:00 إلى 15:30 يوميا (عدا الجمعة)",
    "خصم (10%) على الرسوم",
    "المواد (3-5) من القانون",
    "الفترة 2026/01/01 - 2026/12/31",
    "قيمة العقد: $1,500 (ألف وخمسمائة دولار)",
    "رابط: https://example.org/a?b=1&c=2#d (بالإنجليزية)",
    "تطبيق «WhatsApp» على الرقم 970599123456",
    "تويتر: @mofps #موازنة_2026",
    "النسخة v2.1 من نظام ERP",
    "لغة C++ ولغة Java",
    "3 كغم × 5 = 15 كغم",
    "رقم الملف 2026/ب/117",
    "القيد رقم A/2026/15",
    "البريد: first.last@mof.gov.ps؛ الهاتف: 022978830",
    "مشروع 'المدينة الذكية' 2026",
    "الدورة الـ 15",
    "٢٠٢٥–٢٠٢٦ السنة المالية",
    "5. أحكام عامة (انظر المادة 7)",
    "اجتماع (Zoom): معرف 845 123 4567",
    "من ١٠ إلى ١٥ ٪",
    "يوم 15/3 و 16/3",
    "ISO 27001 شهادة أمن المعلومات",
    "تعميم رقم (15/2026) بشأن الموازنة",
    "المادة (5): يعاقب بالحبس من 3-6 أشهر.",
    "المبلغ (1,200) دولار [ألف ومئتان]",
    "البنك الدولي World Bank (WB) شريك",
    "نسخة إلى: وزارة المالية، ديوان الموظفين.",
    "عقد رقم: PMOF/2026/003 بتاريخ 1/2/2026م",
    "الضريبة = 16% × المبلغ",
    "نسبة (5٪) إلى (10٪)",
    "رقم 7/ق لسنة 2026",
    "هاتف: 00970-2-2978830",
    "كما في الجدول (أ-1) والجدول (ب-2)",
    "تم بتاريخ 12-5-2026 الساعة 10:00-11:30",
    "السادة / شركة ABC المحترمين",
    "السيد د. أحمد (Dr. Ahmad)",
    "صلى الله عليه وسلم – آمين",
    "بلغ المؤشر 1.5+ نقطة",
    "انخفض بنسبة 2.3- %",
    "1.2.3 الأحكام الانتقالية",
    "المادة 3",
    "أ. ب. ج.",
    "\"نص بين علامتي اقتباس\"",
    "المستفيدون (ذكور/إناث) 50/50",
    "كود الخصم: SAVE20",
    "الإصدار الثاني (2nd edition)",
    "وقعت شركة Microsoft (MSFT) عقدا",
    "تمت الطباعة في 30/11/2026 14:05",
];

/// Latin lines with Arabic words in them, and without.
const LATIN: [&str; 5] = [
    "The general budget (الموازنة العامة) of 2026",
    "Annual report of the Ministry of Finance 2026.",
    "Contact (info@mof.gov.ps) before 2026/11/30.",
    "The law (قانون لعام 2026) is in force",
    "Budget 2026 - 2027: موازنة",
];

/// A line as it is shown, from left to right, and the brackets in it as a PDF names them.
pub(in crate::text) fn shown(line: &str, direction: Direction, brackets: Brackets) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    let info = BidiInfo::new(line, Some(direction.level()));
    let levels: Vec<Level> = line.char_indices().map(|(at, _)| info.levels[at]).collect();
    let order = BidiInfo::reorder_visual(&levels);
    let unit = |place: &usize| {
        let unit = letters[*place].to_string();
        let is_turned = brackets.is_turned(levels[*place].is_rtl());
        mirrored(&unit).filter(|_| is_turned).map_or(unit, String::from)
    };
    order.iter().map(unit).collect()
}

#[track_caller]
fn check(units: &[String], direction: Direction, brackets: Brackets, text: &str) {
    let read = invert(units, direction, brackets, Context::default());
    assert_eq!(read.text, text, "{direction:?} {brackets:?} {}", units.concat());
    assert!(read.oddity <= UNUSUAL, "{text}");
}

#[test]
fn lines_are_read_as_they_were_typed() {
    let lines = ARABIC.map(|line| (line, Direction::RightToLeft)).into_iter();
    for (line, direction) in lines.chain(LATIN.map(|line| (line, Direction::LeftToRight))) {
        for brackets in Brackets::ALL {
            check(&shown(line, direction, brackets), direction, brackets, line);
        }
    }
}

#[test]
fn a_number_at_the_edge_of_a_line_follows_the_line_before() {
    let after_arabic = Context { before: Some('ن'), after: None };
    let units: Vec<String> = "موي 15-10".chars().map(String::from).collect();
    let read = |context| invert(&units, Direction::RightToLeft, Brackets::AsShown, context).text;
    assert_eq!(read(after_arabic), "10-15 يوم");
    assert_eq!(read(Context::default()), "15-10 يوم");
}

#[test]
fn numbers_that_were_set_apart_are_read_from_the_left() {
    let cases = [
        ("+970 2 297 8830 :فتاه", "هاتف: +970 2 297 8830"),
        ("02-2978830 :فتاه", "هاتف: 02-2978830"),
        ("2978830-02 :فتاه", "هاتف: 02-2978830"),
        ("موي 10-15 نيب", "بين 10-15 يوم"),
        ("موي 15-10 نيب", "بين 10-15 يوم"),
        ("٢٠٢٥-٢٠٢٦ ماعل", "لعام ٢٠٢٥-٢٠٢٦"),
        ("08:30 - 14:00 ماودلا", "الدوام 08:30 - 14:00"),
        ("14:00 - 08:30 ماودلا", "الدوام 08:30 - 14:00"),
        ("8830 297 2 970+ :فتاه", "هاتف: +970 2 297 8830"),
    ];
    for (on_page, read) in cases {
        let units: Vec<String> = on_page.chars().map(String::from).collect();
        check(&units, Direction::RightToLeft, Brackets::AsShown, read);
    }
}

#[test]
fn brackets_that_an_older_algorithm_set_find_their_partners() {
    let units: Vec<String> = "كيرش (World Bank (WB كنبلا".chars().map(String::from).collect();
    check(&units, Direction::RightToLeft, Brackets::AsShown, "البنك World Bank (WB) شريك");
}

#[test]
fn any_line_is_read_with_all_that_is_on_it() {
    let signs = ["ا", "b", "1", "٢", "(", ")", " ", "-", "%", "\u{64B}", "\u{202E}", "\n"];
    for number in 0..2_000_usize {
        let units: Vec<String> =
            (0..6).map(|place| signs[number * 7919 / 12_usize.pow(place) % 12].to_owned()).collect();
        for direction in [Direction::RightToLeft, Direction::LeftToRight] {
            let read = invert(&units, direction, Brackets::AsRead, Context::default()).text;
            let sorted = |text: &str| {
                let mut letters: Vec<char> = text.chars().collect();
                letters.sort_unstable();
                letters
            };
            assert_eq!(sorted(&read), sorted(&units.concat()));
        }
    }
    let brackets = vec!["(".to_owned(); 50_000];
    assert_eq!(invert(&brackets, Direction::RightToLeft, Brackets::AsRead, Context::default()).text.len(), 50_000);
}
