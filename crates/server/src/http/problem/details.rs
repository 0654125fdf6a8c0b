//! What exactly is wrong, where one code covers several causes: each has sentences of its own.

use diwan_content::{Language, Sentences};

use super::ProblemCode;

macro_rules! problem_details {
    ($($(#[$doc:meta])* $name:ident = $code:ident, $param:literal, $word:literal, [$($en:literal),+], [$($ar:literal),+];)*) => {
        /// A cause that a code covers. Its word is a parameter of the problem (`reason`, `thing`) and is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ProblemDetail { $($(#[$doc])* $name,)* }

        impl ProblemDetail {
            /// Every cause, for tests.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// The code that covers it.
            pub(crate) fn code(self) -> ProblemCode {
                match self { $(Self::$name => ProblemCode::$code,)* }
            }

            /// The parameter that holds its word, and the word.
            pub(crate) fn word(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($param, $word),)* }
            }

            /// What people read.
            pub(crate) fn sentences(self, language: Language) -> Sentences {
                match (self, language) {
                    $((Self::$name, Language::En) => &[$($en),+], (Self::$name, Language::Ar) => &[$($ar),+],)*
                }
            }
        }
    };
}

problem_details! {
    /// Bytes that are not UTF-8; `byte`.
    NotUtf8 = BadJson, "reason", "not_utf8",
        ["The body is not valid `UTF-8`.", "The first wrong byte has the number {byte}."],
        ["ليس متن الطلب بترميز `UTF-8` سليم.", "رقم أول بايت خاطئ: {byte}."];
    /// Text that is not JSON; `line`, `column`.
    Syntax = BadJson, "reason", "syntax",
        ["The `JSON` has a syntax error.", "Line: {line}.", "Column: {column}."],
        ["في صياغة `JSON` خطأ.", "السطر: {line}.", "العمود: {column}."];
    /// JSON that stops in the middle; `line`, `column`.
    Unfinished = BadJson, "reason", "unfinished",
        ["The `JSON` ends before it is complete."], ["ينتهي متن الطلب قبل أن تكتمل صياغة `JSON`."];
    /// JSON that is nested too deeply.
    TooDeep = BadJson, "reason", "too_deep",
        ["The `JSON` is nested too deeply."], ["تداخل القوائم والكائنات في المتن أعمق من المسموح."];
    /// Names that occur twice in one object.
    DuplicateKeys = BadJson, "reason", "duplicate_keys",
        ["Names occur more than once in one object; see the listed faults."], ["تكررت أسماء في كائن واحد؛ راجع الأخطاء المذكورة."];
    /// A body that is missing.
    EmptyBody = BadJson, "reason", "empty", ["The body is empty; `JSON` is expected."], ["متن الطلب فارغ، والمطلوب `JSON`."];
    /// A key that is sent and not known, or no longer.
    InvalidKey = Unauthorized, "reason", "invalid_key",
        ["The key is not valid: it is misspelt, expired or revoked.", "The header has the form `Authorization: Bearer <key>`."], ["المفتاح غير صالح: كُتب خطأً أو انتهت صلاحيته أو أُلغي.", "تُكتب الترويسة هكذا: `Authorization: Bearer <key>`."];
    /// An entry; `id`.
    NoEntry = NotFound, "thing", "entry", ["There is no entry {id}."], ["لا يوجد عنصر بهذا المعرّف: {id}."];
    /// A localization; `id`, `locale`, and the `locales` of the collection where it has not that one.
    NoLocalization = NotFound, "thing", "localization",
        ["The entry {id} has no text in this locale: {locale}.", "The locales of its collection: {locales}."],
        ["ليس للعنصر {id} نص بهذه اللغة: {locale}.", "لغات مجموعته: {locales}."];
    /// A revision; `id`, `locale`, `revision`.
    NoRevision = NotFound, "thing", "revision",
        ["There is no revision {revision} of the entry {id} in this locale: {locale}."],
        ["لا توجد نسخة رقمها {revision} للعنصر {id} بهذه اللغة: {locale}."];
    /// A collection; `handle`.
    NoCollection = NotFound, "thing", "collection", ["There is no collection “{handle}” here."], ["لا توجد هنا مجموعة بهذا الاسم: {handle}."];
    /// A blueprint; `handle`.
    NoBlueprint = NotFound, "thing", "blueprint", ["There is no blueprint “{handle}” here."], ["لا يوجد هنا نموذج محتوى بهذا الاسم: {handle}."];
    /// An asset; `id`.
    NoAsset = NotFound, "thing", "asset", ["There is no file {id}."], ["لا يوجد ملف بهذا المعرّف: {id}."];
    /// A department; `id`.
    NoDepartment = NotFound, "thing", "department", ["There is no department {id}."], ["لا توجد إدارة بهذا المعرّف: {id}."];
    /// A path of content; `path`.
    NoPath = NotFound, "thing", "path", ["Nothing is public at the path {path}."], ["لا يوجد شيء منشور على هذا المسار: {path}."];
    /// A key; `id`.
    NoKey = NotFound, "thing", "key", ["There is no key {id}."], ["لا يوجد مفتاح بهذا المعرّف: {id}."];
    /// An entry of a collection that holds for the whole site; `action`.
    SiteWide = Forbidden, "reason", "site_wide",
        ["You do not have the right “{action}” here.", "The entries of this collection hold for the whole site, and only those may change them who may publish for the whole ministry."],
        ["لا تملك صلاحية «{action}» هنا.", "عناصر هذه المجموعة تسري على الموقع كله، ولا يغيرها إلا من يملك صلاحية النشر للوزارة كلها."];
    /// A department, which owns itself, would be given away.
    OwnsItself = Forbidden, "reason", "owns_itself",
        ["A department cannot be transferred to another department."], ["لا تُنقل إدارة إلى إدارة أخرى."];
    /// A body that is encoded.
    EncodedBody = UnsupportedMedia, "reason", "encoded",
        ["Send the body without `Content-Encoding`."], ["أرسل المتن بلا `Content-Encoding`."];
    /// An upload without bytes.
    EmptyFile = MediaRefused, "reason", "empty", ["The file is empty."], ["الملف فارغ."];
    /// An upload that is not what it says it is; `declared`, `found`.
    TypeMismatch = MediaRefused, "reason", "type_mismatch",
        ["The file is declared as {declared}, but its content is {found}."],
        ["أُعلن أن نوع الملف {declared}، لكن محتواه من النوع {found}."];
    /// An upload of a type that is not taken; `found`.
    TypeNotAllowed = MediaRefused, "reason", "type_not_allowed",
        ["Files of the type {found} are not accepted."], ["لا تُقبل الملفات من النوع {found}."];
    /// An upload that begins like a picture and is none; `found`.
    UnreadableFile = MediaRefused, "reason", "unreadable",
        ["The file begins like {found}, but it cannot be read."], ["يبدأ الملف كأنه من النوع {found}، لكن تعذرت قراءته."];
    /// A picture that is too large to be shown; `width`, `height`, `max_pixels`.
    TooManyPixels = MediaRefused, "reason", "too_many_pixels",
        ["The picture has too many pixels.", "Width: {width}.", "Height: {height}.", "The maximum number of pixels is {max_pixels}."],
        ["عدد نقاط الصورة أكبر من المسموح.", "عرضها: {width}.", "ارتفاعها: {height}.", "الحد الأقصى لعدد النقاط: {max_pixels}."];
}
