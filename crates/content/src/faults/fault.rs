//! Validation problems as values: where, what, with what parameters, in Arabic and English.

use serde_json::{Map, Value};

use super::{
    expected::Expected,
    message::{Sentences, fill_message},
};
use crate::values::{Language, Pointer};

/// One validation problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Where in the request body (or, for parameters, `/parameter-name`).
    pub pointer: Pointer,
    /// Stable code.
    pub code: FaultCode,
    /// What the texts mention, by name, such as `max` or `allowed`.
    pub params: Map<String, Value>,
}

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, [$($en:literal),+], [$($ar:literal),+];)*) => {
        /// What can be wrong. The code is stable; the sentences may improve. How they are written: see `message.rs`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultCode { $($(#[$doc])* $name,)* }

        impl FaultCode {
            /// Every code, for documentation.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            fn sentences(self, language: Language) -> Sentences {
                match (self, language) {
                    $((Self::$name, Language::En) => &[$($en),+], (Self::$name, Language::Ar) => &[$($ar),+],)*
                }
            }
        }
    };
}

fault_codes! {
    /// A value of another JSON type than the field takes; `expected`, see [`Expected`].
    WrongType = "wrong_type", ["The value is not of the right type."], ["نوع القيمة غير صحيح."];
    /// A member that is not known here; `allowed`.
    UnknownField = "unknown_field",
        ["This name is not known here.", "Known names: {allowed}."],
        ["هذا الاسم غير معروف هنا.", "الأسماء المعروفة: {allowed}."];
    /// A value that must be there.
    Required = "required", ["A value is required here."], ["لا بد من قيمة هنا."];
    /// A field that only the origin holds, written in another locale; `origin`.
    NotLocalizable = "not_localizable",
        ["The value of this field is written only in the origin locale.", "Origin locale: {origin}."],
        ["تُكتب قيمة هذا الحقل في النص الأصلي وحده.", "لغة النص الأصلي: {origin}."];
    /// Too few characters; `min`.
    TooShort = "too_short", ["The minimum number of characters is {min}."], ["الحد الأدنى لعدد الأحرف: {min}."];
    /// Too many characters; `max`.
    TooLong = "too_long", ["The maximum number of characters is {max}."], ["الحد الأقصى لعدد الأحرف: {max}."];
    /// A number or date below the limit; `min`.
    TooSmall = "too_small", ["The minimum is {min}."], ["الحد الأدنى: {min}."];
    /// A number or date above the limit; `max`.
    TooLarge = "too_large", ["The maximum is {max}."], ["الحد الأقصى: {max}."];
    /// Too few items; `min`.
    TooFewItems = "too_few_items", ["The minimum number of items is {min}."], ["الحد الأدنى لطول القائمة: {min}."];
    /// Too many items; `max`.
    TooManyItems = "too_many_items", ["The maximum number of items is {max}."], ["الحد الأقصى لطول القائمة: {max}."];
    /// The same item twice.
    DuplicateItem = "duplicate_item", ["This value occurs more than once."], ["هذه القيمة مكررة."];
    /// Text that does not have the declared form; `pattern`.
    PatternMismatch = "pattern_mismatch",
        ["The value does not have the required form “{pattern}”."], ["لا تطابق القيمة الصيغة المطلوبة «{pattern}»."];
    /// No declared option; `allowed`.
    NotAnOption = "not_an_option",
        ["The value is not one of the options.", "Options: {allowed}."],
        ["القيمة ليست من الخيارات المتاحة.", "الخيارات المتاحة: {allowed}."];
    /// No calendar date.
    InvalidDate = "invalid_date", ["The value must be a date, such as `2026-01-31`."], ["القيمة المطلوبة: تاريخ مثل `2026-01-31`."];
    /// No point in time.
    InvalidDatetime = "invalid_datetime",
        ["The value must be a date and time with its offset, such as `2026-01-31T09:00:00Z`."],
        ["القيمة المطلوبة: تاريخ ووقت مع فرق التوقيت مثل `2026-01-31T09:00:00Z`."];
    /// No time of day.
    InvalidTime = "invalid_time", ["The value must be an hour and minute, such as `08:30`."], ["القيمة المطلوبة: ساعة ودقيقة مثل `08:30`."];
    /// No mail address.
    InvalidEmail = "invalid_email",
        ["The value must be one mail address, such as `info@example.org`."],
        ["القيمة المطلوبة: عنوان بريد إلكتروني واحد مثل `info@example.org`."];
    /// No telephone number.
    InvalidPhone = "invalid_phone",
        ["The value must be one telephone number of 3 to 15 digits.", "An international number starts with `+` and has at least 7 digits."],
        ["القيمة المطلوبة: رقم هاتف واحد من 3 إلى 15 رقمًا.", "والرقم الدولي يبدأ بعلامة `+` ولا تقل أرقامه عن 7."];
    /// No colour.
    InvalidColor = "invalid_color", ["The value must be a colour, such as `#0a7d4f`."], ["القيمة المطلوبة: لون مثل `#0a7d4f`."];
    /// No full URL of an allowed scheme; `allowed`.
    InvalidWebAddress = "invalid_web_address",
        ["The value must be a full URL without a user name, white space or invisible characters.", "Allowed schemes: {allowed}."],
        ["القيمة المطلوبة: رابط كامل بلا اسم مستخدم ولا مسافات ولا أحرف خفية.", "بدايات الروابط المقبولة: {allowed}."];
    /// Lists and objects that are nested too deeply, or a place in a tree deeper than its collection allows; `max`.
    TooDeep = "too_deep", ["The maximum nesting depth is {max}."], ["الحد الأقصى لعدد المستويات المتداخلة: {max}."];
    /// No UUID.
    InvalidId = "invalid_id", ["The value must be an identifier (`UUID`)."], ["القيمة المطلوبة: معرّف بصيغة `UUID`."];
    /// No acceptable URL.
    InvalidUrl = "invalid_url",
        ["The value must be an `http`, `https`, `mailto` or `tel` URL, or `entry:<id>` or `asset:<id>`."],
        ["القيمة المطلوبة: رابط بدايته `http` أو `https` أو `mailto` أو `tel`، أو إحدى الصيغتين `entry:<id>` و`asset:<id>`."];
    /// No acceptable target of a menu item.
    InvalidHref = "invalid_href",
        ["The value must be an `http`, `https`, `mailto` or `tel` URL, or a path that starts with `/`."],
        ["القيمة المطلوبة: رابط بدايته `http` أو `https` أو `mailto` أو `tel`، أو مسار بدايته `/`."];
    /// A control character that no text may contain (NUL among them); `character`.
    ForbiddenCharacter = "forbidden_character",
        ["The character {character} is not allowed here."], ["لا يُقبل هنا الحرف الذي رمزه {character}."];
    /// A reference that names nothing that it may name; `id`.
    UnknownTarget = "unknown_target",
        ["Nothing has this identifier, or it cannot be referred to here.", "Identifier: {id}."],
        ["لا يوجد عنصر بهذا المعرّف أو لا تمكن الإشارة إليه.", "المعرّف: {id}."];
    /// A time that must be ahead.
    NotInFuture = "not_in_future", ["The time must be later than now."], ["لا بد أن يكون الوقت بعد الآن."];
    /// A grant that is bounded to collections or locales although its role holds for all of them; `role`.
    CannotBeNarrowed = "cannot_be_narrowed",
        ["This role cannot be limited to collections or locales.", "Role: {role}."],
        ["لا يمكن قصر هذا الدور على مجموعات أو لغات بعينها.", "الدور: {role}."];
    /// A grant by which somebody would get more than they have.
    BeyondOwnRights = "beyond_own_rights",
        ["Nobody gives more rights to themselves than they have."], ["لا يمنح أحد نفسه صلاحيات أكثر مما يملك."];
    /// A reference to an entry of another collection; `allowed`.
    WrongCollection = "wrong_collection",
        ["The entry is not in a collection that this field refers to.", "Collections: {allowed}."],
        ["ليس العنصر من المجموعات التي يشير إليها هذا الحقل.", "المجموعات المقبولة: {allowed}."];
    /// An asset of a kind that the field does not take; `allowed`.
    WrongAssetKind = "wrong_asset_kind",
        ["This field does not take a file of this kind.", "Accepted kinds: {allowed}."],
        ["لا يُقبل هذا النوع من الملفات في هذا الحقل.", "الأنواع المقبولة: {allowed}."];
    /// A reference to an entry or asset, or a value that holds one, in a field that had another type when it was written.
    WasReference = "was_reference",
        ["The type of this field has changed, and a reference to an entry or a file is not converted.", "Enter the value again."],
        ["تغيّر نوع هذا الحقل، والإشارة إلى عنصر أو ملف لا تُحوَّل إلى النوع الجديد.", "اكتب القيمة من جديد."];
    /// No slug, or none that could be made of the title.
    InvalidSlug = "invalid_slug",
        ["The value must be a slug of letters, digits and single hyphens.", "Example: {example}."],
        ["القيمة المطلوبة: اسم في الرابط من أحرف وأرقام تفصل بينها شرطات مفردة.", "مثال: {example}."];
    /// A path that another entry has; `path`, a free slug as `suggestion`, and `entry` and `title` of who has it where the
    /// caller may know of it.
    PathTaken = "path_taken",
        ["This leads to a path that another entry uses.", "Path: {path}.", "That entry: “{title}”.", "A free slug: {suggestion}."],
        ["يؤدي هذا إلى مسار مستعمل لعنصر آخر.", "المسار: {path}.", "ذلك العنصر: «{title}».", "اسم متاح في الرابط: {suggestion}."];
    /// A path that no entry may take; `path`.
    PathReserved = "path_reserved",
        ["This leads to a path that is reserved: no entry can have it.", "Path: {path}."],
        ["يؤدي هذا إلى مسار محجوز لا يُتاح لأي عنصر.", "المسار: {path}."];
    /// A path longer than the limit; `max`.
    PathTooLong = "path_too_long",
        ["This leads to a path that is too long.", "The maximum in bytes is {max}."],
        ["يؤدي هذا إلى مسار أطول من المسموح.", "الحد الأقصى بالبايت: {max}."];
    /// A name that is not one of those that are possible here, such as a collection, field or locale; `allowed`. Or a member
    /// that is taken only with another, or not beside another; `requires`, `beside`.
    NotAllowedHere = "not_allowed_here",
        ["The value is not known here. Possible values: {allowed}.", "This is accepted only with: {requires}.", "This is not accepted together with: {beside}."],
        ["القيمة غير معروفة هنا. القيم الممكنة: {allowed}.", "لا يُقبل هذا إلا مع: {requires}.", "لا يُقبل هذا مع: {beside}."];
    /// A parent that is missing, is no page of the same tree, or would close a circle.
    InvalidParent = "invalid_parent",
        ["This cannot be the parent page: it does not exist, is in another tree, or is below this page."],
        ["لا يصلح هذا أن يكون الصفحة الأعلى: فهو غير موجود، أو من شجرة أخرى، أو تحت هذه الصفحة."];
    /// The localization's origin is not public; `origin`.
    OriginNotPublic = "origin_not_public",
        ["This cannot be public before its origin is.", "Origin locale: {origin}."],
        ["لا يُنشر هذا النص قبل نشر النص الأصلي.", "لغة النص الأصلي: {origin}."];
    /// The parent page is not public; `locale`, `parent`.
    ParentNotPublic = "parent_not_public",
        ["This cannot be public before its parent page is.", "Locale: {locale}.", "Parent page: {parent}."],
        ["لا تُنشر هذه الصفحة قبل نشر الصفحة الأعلى.", "اللغة: {locale}.", "الصفحة الأعلى: {parent}."];
    /// A redirect target that is not public or is the page itself.
    InvalidRedirect = "invalid_redirect", ["This must be another page that is public."], ["المطلوب هنا: صفحة أخرى منشورة."];
    /// A parameter or header that cannot be read; `expected`, see [`Expected`].
    InvalidParameter = "invalid_parameter", ["The value cannot be read."], ["تعذرت قراءة هذه القيمة."];
    /// A parameter that is not known here; `allowed`.
    UnknownParameter = "unknown_parameter",
        ["This parameter is not known here.", "Known parameters: {allowed}."],
        ["هذا المعامل غير معروف هنا.", "المعاملات المعروفة: {allowed}."];
    /// A name that occurs twice in one object.
    DuplicateKey = "duplicate_key", ["This name occurs more than once in one object."], ["تكرر هذا الاسم في كائن واحد."];
    /// More than the limit of bytes; `max`.
    TooManyBytes = "too_many_bytes", ["The maximum size in bytes is {max}."], ["الحد الأقصى للحجم بالبايت: {max}."];
    /// A password of little more than common words, rows of keys, repetitions and digits.
    PasswordEasilyGuessed = "password_easily_guessed",
        ["This password is easy to guess.", "Common words, rows of keys, repetitions and numbers add little to a password.", "Choose several words that do not belong together."],
        ["كلمة المرور هذه سهلة التخمين.", "الكلمات الشائعة وتسلسل مفاتيح اللوحة والتكرار والأرقام لا تقوّي كلمة المرور إلا قليلًا.", "اختر عدة كلمات لا صلة بينها."];
    /// A password with a name or an address of its person.
    PasswordContainsOwnName = "password_contains_own_name",
        ["The password must not contain your name or your mail address."],
        ["لا تُقبل كلمة مرور فيها اسمك أو عنوان بريدك."];
}

impl FaultCode {
    /// Whether the value has the form that the field takes and only exceeds a limit of it. Such a value can still be
    /// answered: answers have no limits.
    pub(crate) fn is_limit(self) -> bool {
        matches!(
            self,
            Self::TooShort
                | Self::TooLong
                | Self::TooSmall
                | Self::TooLarge
                | Self::TooFewItems
                | Self::TooManyItems
                | Self::TooManyBytes
                | Self::DuplicateItem
                | Self::PatternMismatch
                | Self::ForbiddenCharacter
        )
    }
}

impl Fault {
    /// A fault without parameters.
    pub fn new(pointer: Pointer, code: FaultCode) -> Self {
        Self { pointer, code, params: Map::new() }
    }

    /// A character that may not be there.
    pub fn forbidden(pointer: Pointer, character: char) -> Self {
        Self::new(pointer, FaultCode::ForbiddenCharacter).with("character", format!("U+{:04X}", u32::from(character)))
    }

    /// The same with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// The same with what the value must be; for `wrong_type` and `invalid_parameter`.
    #[must_use]
    pub fn expecting(self, expected: Expected) -> Self {
        self.with("expected", expected)
    }

    /// What is wrong, in whole sentences.
    pub fn text(&self, language: Language) -> String {
        let takes_any = matches!(self.code, FaultCode::WrongType | FaultCode::InvalidParameter);
        let word = self.params.get("expected").and_then(Value::as_str).filter(|_| takes_any);
        let expected = word.and_then(Expected::find);
        let sentences = expected.map_or_else(|| self.code.sentences(language), |expected| expected.sentences(language));
        let text = fill_message(sentences, &self.params, language);
        match language {
            Language::Ar if text.is_empty() => "هذه القيمة غير صالحة.".to_owned(),
            Language::En if text.is_empty() => "The value is not valid.".to_owned(),
            Language::Ar | Language::En => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_speaks_both_languages_with_its_parameters() {
        let fault = Fault::new(Pointer::root().key("data").key("a/b").index(2), FaultCode::TooLong).with("max", 200);
        assert_eq!(fault.pointer.as_str(), "/data/a~1b/2");
        assert_eq!(fault.text(Language::En), "The maximum number of characters is 200.");
        assert_eq!(fault.text(Language::Ar), "الحد الأقصى لعدد الأحرف: 200.");
    }

    #[test]
    fn what_a_value_must_be_is_a_sentence_of_its_own() {
        let fault = Fault::new(Pointer::root(), FaultCode::InvalidParameter).expecting(Expected::IntegerWithin);
        assert_eq!(
            fault.clone().with("min", 1).with("max", 100).text(Language::Ar),
            "القيمة المطلوبة: عدد صحيح من 1 إلى 100."
        );
        assert_eq!(fault.text(Language::En), "The value is not valid.", "without its parameters");
        let unknown = Fault::new(Pointer::root(), FaultCode::WrongType).with("expected", "something");
        assert_eq!(unknown.text(Language::En), "The value is not of the right type.");
    }

    #[test]
    fn a_taken_path_names_its_holder_where_that_is_known() {
        let fault = Fault::new(Pointer::root().key("slug"), FaultCode::PathTaken).with("path", "/news/x");
        let text = fault.text(Language::En);
        assert!(text.contains("/news/x") && !text.contains("That entry") && !text.contains("free slug"), "{text}");
        let text = fault.with("entry", "7").with("title", "خبر").with("suggestion", "x-2").text(Language::En);
        assert!(text.contains("خبر") && text.contains("x-2"), "{text}");
    }

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<_> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
