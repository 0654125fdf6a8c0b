//! Validation problems as values: where, what, with what parameters, in Arabic and English.

use serde_json::{Map, Value};

use crate::{expectation::in_arabic, language::Language, pointer::Pointer};

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
    ($($(#[$doc:meta])* $name:ident = $code:literal, $en:literal, $ar:literal;)*) => {
        /// What can be wrong. The code is stable; the texts may improve. `{name}` in a text is a parameter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultCode { $($(#[$doc])* $name,)* }

        impl FaultCode {
            /// Every code, for documentation.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            fn template(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::En) => $en, (Self::$name, Language::Ar) => $ar,)*
                }
            }
        }
    };
}

fault_codes! {
    /// A value of another JSON type than the field takes; `expected`.
    WrongType = "wrong_type", "must be {expected}", "يجب أن تكون القيمة: {expected}";
    /// A member that is not known here; `allowed`.
    UnknownField = "unknown_field", "is not known here; allowed: {allowed}", "غير معروف هنا؛ المسموح به: {allowed}";
    /// A value that must be there.
    Required = "required", "must not be empty", "لا يجوز أن يبقى فارغًا";
    /// A field that only the origin holds, written in another locale; `origin`.
    NotLocalizable = "not_localizable", "is held by the origin ({origin}) alone", "قيمته في اللغة الأصلية ({origin}) وحدها";
    /// Too few characters; `min`.
    TooShort = "too_short", "must have at least {min} characters", "يجب ألا يقل عن {min} من المحارف";
    /// Too many characters; `max`.
    TooLong = "too_long", "must have at most {max} characters", "يجب ألا يزيد على {max} من المحارف";
    /// A number or date below the limit; `min`.
    TooSmall = "too_small", "must be at least {min}", "يجب ألا يقل عن {min}";
    /// A number or date above the limit; `max`.
    TooLarge = "too_large", "must be at most {max}", "يجب ألا يزيد على {max}";
    /// Too few items; `min`.
    TooFewItems = "too_few_items", "must have at least {min} items", "يجب ألا يقل عدد العناصر عن {min}";
    /// Too many items; `max`.
    TooManyItems = "too_many_items", "must have at most {max} items", "يجب ألا يزيد عدد العناصر على {max}";
    /// The same item twice.
    DuplicateItem = "duplicate_item", "stands here already", "مكرر";
    /// Text that does not have the declared form; `pattern`.
    PatternMismatch = "pattern_mismatch", "must have the form {pattern}", "يجب أن يكون على الصورة {pattern}";
    /// No declared option; `allowed`.
    NotAnOption = "not_an_option", "must be one of: {allowed}", "يجب أن يكون واحدًا مما يأتي: {allowed}";
    /// No calendar date.
    InvalidDate = "invalid_date", "must be a date such as 2026-01-31", "يجب أن يكون تاريخًا مثل 2026-01-31";
    /// No point in time.
    InvalidDatetime = "invalid_datetime", "must be a time with its offset such as 2026-01-31T09:00:00Z", "يجب أن يكون وقتًا مع فرق التوقيت مثل 2026-01-31T09:00:00Z";
    /// No time of day.
    InvalidTime = "invalid_time", "must be a time of day such as 08:30", "يجب أن يكون وقتًا من اليوم مثل 08:30";
    /// No mail address.
    InvalidEmail = "invalid_email", "must be one mail address such as info@example.org", "يجب أن يكون عنوان بريد إلكتروني واحدًا مثل info@example.org";
    /// No telephone number.
    InvalidPhone = "invalid_phone", "must be one telephone number: 3 to 15 digits, with + and at least 7 digits for an international one", "يجب أن يكون رقم هاتف واحدًا من 3 إلى 15 رقمًا، والدولي منه يبدأ بعلامة + ولا يقل عن 7 أرقام";
    /// No colour.
    InvalidColor = "invalid_color", "must be a colour such as #0a7d4f", "يجب أن يكون لونًا مثل #0a7d4f";
    /// No full URL of an allowed scheme; `allowed`.
    InvalidWebAddress = "invalid_web_address", "must be a full URL without a user name, white space or invisible characters, with one of the schemes: {allowed}", "يجب أن يكون رابطًا كاملًا بلا اسم مستخدم ولا مسافات ولا محارف خفية، ويبدأ بأحد ما يأتي: {allowed}";
    /// Lists and objects that stand too deep in one another, or a place in a tree deeper than its collection allows; `max`.
    TooDeep = "too_deep", "must not be nested deeper than {max} levels", "يجب ألا يزيد عمق التداخل على {max} مستوى";
    /// No UUID.
    InvalidId = "invalid_id", "must be a UUID", "يجب أن يكون معرّفًا من نوع UUID";
    /// No acceptable URL.
    InvalidUrl = "invalid_url", "must be an http, https, mailto or tel URL, or entry:<id> or asset:<id>", "يجب أن يكون رابطًا يبدأ بـ http أو https أو mailto أو tel، أو entry:<id> أو asset:<id>";
    /// No acceptable target of a menu item.
    InvalidHref = "invalid_href", "must be an http, https, mailto or tel URL, or a path that starts with /", "يجب أن يكون رابطًا يبدأ بـ http أو https أو mailto أو tel، أو مسارًا يبدأ بـ /";
    /// A control character that no text may hold (NUL among them); `character`.
    ForbiddenCharacter = "forbidden_character", "must not hold the character {character}", "لا يجوز أن يحوي المحرف {character}";
    /// A reference that names nothing that it may name; `id`.
    UnknownTarget = "unknown_target", "names nothing that it may refer to: {id}", "لا يشير إلى شيء يجوز الإشارة إليه: {id}";
    /// A reference to an entry of another collection; `allowed`.
    WrongCollection = "wrong_collection", "must refer to an entry of: {allowed}", "يجب أن يشير إلى مادة من: {allowed}";
    /// An asset of a kind that the field does not take; `allowed`.
    WrongAssetKind = "wrong_asset_kind", "must be an asset of kind: {allowed}", "يجب أن يكون ملفًا من نوع: {allowed}";
    /// No slug, or none that could be made of the title.
    InvalidSlug = "invalid_slug", "must be a slug: letters, digits and single hyphens, such as {example}", "يجب أن يكون اسمًا مختصرًا من حروف وأرقام وشرطات مفردة مثل {example}";
    /// A path that is taken or reserved; `path`.
    PathTaken = "path_taken", "leads to the path {path}, which is taken", "يؤدي إلى المسار {path} وهو محجوز";
    /// A path that no entry may take; `path`.
    PathReserved = "path_reserved", "leads to the path {path}, which no entry may have here", "يؤدي إلى المسار {path} وهو غير متاح للمواد هنا";
    /// A path longer than the limit; `max`.
    PathTooLong = "path_too_long", "leads to a path longer than {max} bytes", "يؤدي إلى مسار يزيد طوله على {max} بايت";
    /// A collection, blueprint, locale or department that does not exist or does not fit; `allowed`.
    NotAllowedHere = "not_allowed_here", "is not allowed here; allowed: {allowed}", "غير مسموح به هنا؛ المسموح به: {allowed}";
    /// A parent that is missing, is no page of the same tree, or would close a circle.
    InvalidParent = "invalid_parent", "is no possible parent", "لا يصلح أن يكون أصلًا";
    /// The localization's origin is not public.
    OriginNotPublic = "origin_not_public", "cannot be public before its origin ({origin}) is", "لا يُنشر قبل نشر أصله ({origin})";
    /// The parent page is not public.
    ParentNotPublic = "parent_not_public", "cannot be public before its parent page is", "لا يُنشر قبل نشر الصفحة الأصل";
    /// A redirect target that is not public or is the page itself.
    InvalidRedirect = "invalid_redirect", "must name another page that is public", "يجب أن يشير إلى صفحة أخرى منشورة";
    /// A parameter or header that cannot be read; `expected`.
    InvalidParameter = "invalid_parameter", "must be {expected}", "يجب أن تكون القيمة: {expected}";
    /// A parameter that is not known here; `allowed`.
    UnknownParameter = "unknown_parameter", "is not known here; allowed: {allowed}", "غير معروف هنا؛ المسموح به: {allowed}";
    /// A member that stands twice in one object.
    DuplicateKey = "duplicate_key", "stands twice in one object", "ورد مرتين في كائن واحد";
    /// More than the limit of bytes; `max`.
    TooManyBytes = "too_many_bytes", "must have at most {max} bytes", "يجب ألا يزيد حجمه على {max} بايت";
}

impl Fault {
    /// A fault without parameters.
    pub fn new(pointer: Pointer, code: FaultCode) -> Self {
        Self { pointer, code, params: Map::new() }
    }

    /// The same with one more parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// What to tell a person: the template of the code with the parameters put in.
    pub fn text(&self, language: Language) -> String {
        let mut text = self.code.template(language).to_owned();
        for (name, value) in &self.params {
            let mut value = plain(value);
            if name == "expected" && language == Language::Ar {
                value = in_arabic(&value).into_owned();
            }
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        text
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_speaks_both_languages_with_its_parameters() {
        let fault = Fault::new(Pointer::root().key("data").key("a/b").index(2), FaultCode::TooLong).with("max", 200);
        assert_eq!(fault.pointer.as_str(), "/data/a~1b/2");
        assert_eq!(fault.text(Language::En), "must have at most 200 characters");
        assert_eq!(fault.text(Language::Ar), "يجب ألا يزيد على 200 من المحارف");
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
