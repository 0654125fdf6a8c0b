//! What a value must be: the sentences of the codes `wrong_type` and `invalid_parameter`.

use serde_json::Value;

use super::message::Sentences;
use crate::values::Language;

macro_rules! expectations {
    ($($(#[$doc:meta])* $name:ident = $word:literal, [$($en:literal),+], [$($ar:literal),+];)*) => {
        /// What a value must be. Its word is the parameter `expected` of a fault; it is stable, the sentences may improve.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Expected { $($(#[$doc])* $name,)* }

        impl Expected {
            /// Everything that can be expected.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            pub(crate) fn sentences(self, language: Language) -> Sentences {
                match (self, language) {
                    $((Self::$name, Language::En) => &[$($en),+], (Self::$name, Language::Ar) => &[$($ar),+],)*
                }
            }
        }
    };
}

expectations! {
    /// A text.
    Text = "string", ["The value must be text."], ["القيمة المطلوبة: نص."];
    /// A whole number.
    Integer = "integer", ["The value must be a whole number, such as `2026`."], ["القيمة المطلوبة: عدد صحيح مثل 2026."];
    /// A number.
    Number = "number", ["The value must be a number, such as `12.5`."], ["القيمة المطلوبة: عدد مثل `12.5`."];
    /// True or false.
    Boolean = "boolean", ["The value must be `true` or `false`."], ["القيمة المطلوبة: `true` أو `false`."];
    /// A list.
    List = "array", ["The value must be a list."], ["القيمة المطلوبة: قائمة."];
    /// A JSON object.
    Object = "object", ["The value must be an object of names and values."], ["القيمة المطلوبة: كائن من أسماء وقيم."];
    /// Texts by locale.
    TextsByLocale = "texts_by_locale",
        ["The value must be an object with one text for each locale."], ["القيمة المطلوبة: كائن فيه نص لكل لغة."];
    /// A locale.
    Locale = "locale", ["The value must be a locale, such as `ar`."], ["القيمة المطلوبة: رمز لغة مثل `ar`."];
    /// A locale in the brackets of a parameter's name.
    LocaleInBrackets = "locale_in_brackets",
        ["The brackets must contain a locale, such as `ar`."], ["المطلوب بين القوسين: رمز لغة مثل `ar`."];
    /// A whole number from 1.
    PositiveInteger = "positive_integer",
        ["The value must be a whole number greater than zero."], ["القيمة المطلوبة: عدد صحيح أكبر من الصفر."];
    /// A whole number within bounds; `min`, `max`.
    IntegerWithin = "integer_within",
        ["The value must be a whole number from {min} to {max}."], ["القيمة المطلوبة: عدد صحيح من {min} إلى {max}."];
    /// A hash.
    Hash = "hash",
        ["The value must be a hash of 64 hexadecimal digits."], ["القيمة المطلوبة: بصمة طولها 64 خانةً ست عشرية (`0-9` و`a-f`)."];
    /// A rank.
    Rank = "rank",
        ["The value must be a rank: 1 to 128 small Latin letters and digits that do not end in 0."],
        ["القيمة المطلوبة: رتبة طولها من 1 إلى 128 من الأحرف اللاتينية الصغيرة والأرقام، ولا تنتهي بصفر."];
    /// A UUID.
    Id = "uuid", ["The value must be an identifier (`UUID`)."], ["القيمة المطلوبة: معرّف بصيغة `UUID`."];
    /// A short text; `max`.
    TextUpTo = "text_up_to",
        ["The value must be text without control characters.", "The maximum number of characters is {max}."],
        ["القيمة المطلوبة: نص بلا أحرف تحكم.", "الحد الأقصى لعدد الأحرف: {max}."];
    /// A text without control characters.
    PlainText = "plain_text",
        ["The value must be text without control characters."], ["القيمة المطلوبة: نص بلا أحرف تحكم."];
    /// A text that is not blank.
    NotBlank = "not_blank", ["The value must be text that is not blank."], ["القيمة المطلوبة: نص غير فارغ."];
    /// One of several words; `allowed`.
    OneOf = "one_of",
        ["The value is not one of the allowed values.", "Allowed values: {allowed}."],
        ["القيمة ليست من القيم المسموح بها.", "القيم المسموح بها: {allowed}."];
    /// Nothing: the field takes no value here.
    Nothing = "nothing", ["No value is possible here."], ["لا تُقبل أي قيمة هنا."];
    /// A day.
    Date = "date", ["The value must be a date, such as `2026-01-31`."], ["القيمة المطلوبة: تاريخ مثل `2026-01-31`."];
    /// A point in time.
    Datetime = "datetime",
        ["The value must be a date and time with its offset, such as `2026-01-31T09:00:00Z`."],
        ["القيمة المطلوبة: تاريخ ووقت مع فرق التوقيت مثل `2026-01-31T09:00:00Z`."];
    /// A point in time up to now.
    PastDatetime = "past_datetime",
        ["The value must be a date and time with its offset, such as `2026-01-31T09:00:00Z`.", "It must not be later than now."],
        ["القيمة المطلوبة: تاريخ ووقت مع فرق التوقيت مثل `2026-01-31T09:00:00Z`، على ألا يتجاوز الوقت الحالي."];
    /// A time of day.
    TimeOfDay = "time", ["The value must be an hour and minute, such as `08:30`."], ["القيمة المطلوبة: ساعة ودقيقة مثل `08:30`."];
    /// Text in percent-encoded UTF-8.
    PercentEncoded = "percent_encoded",
        ["The value must be `UTF-8` text with correct percent-encoding."],
        ["القيمة المطلوبة: نص بترميز `UTF-8` كُتبت رموز `%` فيه كتابة صحيحة."];
    /// Given exactly once.
    Once = "once", ["This must be given only once."], ["لا يُرسل هذا إلا مرة واحدة."];
    /// The place of a condition in a group of a filter.
    FilterPlace = "filter_place",
        ["The name must contain a position and a field in brackets, such as `filter[or][0][title]`."],
        ["المطلوب في الاسم: موضع وحقل بين أقواس مثل `filter[or][0][title]`."];
    /// Nested less deeply; `max`.
    Depth = "depth", ["The maximum nesting depth is {max}."], ["الحد الأقصى لعدد المستويات المتداخلة: {max}."];
    /// A cursor of the same list.
    Cursor = "cursor",
        ["The value must be the `page.next` of the same list with the same parameters."],
        ["القيمة المطلوبة: ما ورد في `page.next` من القائمة نفسها بالمعاملات نفسها."];
    /// One version as an entity tag.
    VersionTag = "version_tag",
        ["The value must be one version in quotes, such as `\"3\"`."], ["القيمة المطلوبة: رقم تعديل واحد بين علامتي اقتباس مثل `\"3\"`."];
    /// The star that says: nothing may be there yet.
    Star = "star", ["The only value here is `*`."], ["القيمة الوحيدة المقبولة هنا: `*`."];
    /// Not sent together with `If-Match`.
    WithoutIfMatch = "without_if_match", ["Do not send this together with `If-Match`."], ["لا تُرسل مع `If-Match`."];
    /// A name for a request.
    IdempotencyKey = "idempotency_key",
        ["The header must be sent once, with 1 to 200 visible ASCII characters."],
        ["تُرسل هذه الترويسة مرة واحدة، وطولها من 1 إلى 200 من الأحرف اللاتينية والأرقام والعلامات المرئية."];
    /// At least one word to search for.
    Word = "word", ["The query must contain at least one word."], ["يجب أن يحتوي البحث على كلمة واحدة على الأقل."];
    /// A query of a search that is short enough; `max`, `max_words`.
    QueryWords = "query_words",
        ["The query is too long.", "The maximum number of characters is {max}.", "The maximum number of words is {max_words}."],
        ["نص البحث طويل.", "الحد الأقصى لعدد الأحرف: {max}.", "الحد الأقصى لعدد الكلمات: {max_words}."];
    /// A list of values that is short enough; `max`.
    ValuesUpTo = "values_up_to", ["The maximum number of values is {max}."], ["الحد الأقصى لعدد القيم: {max}."];
    /// Names between commas; `max`.
    NamesUpTo = "names_up_to",
        ["The value must be names separated by single commas.", "The maximum number of names is {max}."],
        ["القيمة المطلوبة: أسماء بينها فواصل مفردة.", "الحد الأقصى لعدد الأسماء: {max}."];
    /// Names joined by dots; `max`.
    DottedNamesUpTo = "dotted_names_up_to",
        ["The value must be names joined by single dots.", "The maximum number of joined names is {max}."],
        ["القيمة المطلوبة: أسماء تصل بينها نقاط مفردة.", "الحد الأقصى لعدد الأسماء المتصلة: {max}."];
    /// Fields of included entries; `max`.
    IncludedFieldsUpTo = "included_fields_up_to",
        ["The maximum number of parameters with fields of included entries is {max}."],
        ["الحد الأقصى لعدد المعاملات التي تطلب حقولًا للعناصر المضمّنة: {max}."];
    /// A query string that is short enough; `max`.
    QueryStringUpTo = "query_string_up_to",
        ["The query string is too long; the maximum in bytes is {max}."], ["معاملات العنوان طويلة؛ الحد الأقصى بالبايت: {max}."];
}

impl Expected {
    /// By its word.
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|expected| expected.as_str() == word)
    }
}

impl From<Expected> for Value {
    fn from(expected: Expected) -> Self {
        expected.as_str().into()
    }
}
