//! The one table of what can go wrong at the API: code, status, title and detail in Arabic and English. `{name}` in a detail is a parameter.

use diwan_content::Language;
use poem::http::StatusCode;

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $ar:literal, $en:literal, $detail_ar:literal, $detail_en:literal;)*) => {
        /// What went wrong. The code is stable; texts may improve.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $($(#[$doc])* $name,)* }

        impl ProblemCode {
            /// Every code, for documentation.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// What people read first.
            pub fn title(self, language: Language) -> &'static str {
                match (self, language) { $((Self::$name, Language::Ar) => $ar, (Self::$name, Language::En) => $en,)* }
            }

            /// What to do about it, with places for parameters.
            pub(crate) fn detail(self, language: Language) -> &'static str {
                match (self, language) { $((Self::$name, Language::Ar) => $detail_ar, (Self::$name, Language::En) => $detail_en,)* }
            }
        }
    };
}

problem_codes! {
    /// The request cannot be read as HTTP of ours.
    BadRequest = "bad_request", BAD_REQUEST, "طلب غير سليم", "Bad request", "تعذرت قراءة الطلب.", "The request cannot be read.";
    /// The body is no JSON; `reason`.
    BadJson = "bad_json", BAD_REQUEST, "JSON غير سليم", "Bad JSON", "ليس متن الطلب JSON سليمًا: {reason}", "The body is not proper JSON: {reason}";
    /// Parameters or headers cannot be read.
    BadParameters = "bad_parameters", BAD_REQUEST, "معاملات غير صالحة", "Bad parameters", "في معاملات الطلب أخطاء مبيّنة في faults.", "Parameters of the request are wrong; see faults.";
    /// A list that no index serves; `needed`.
    NeedsIndex = "needs_index", BAD_REQUEST, "القائمة تحتاج إلى فهرس", "The list needs an index", "لا يخدم أي فهرس هذا المرشح والترتيب على هذا العدد من المواد؛ المطلوب في المجموعة: {needed}", "No index serves this filter and order over so many entries; the collection would have to declare: {needed}";
    /// A list whose filter no index could serve; `most`, `indexes`.
    TooManyCandidates = "too_many_candidates", BAD_REQUEST, "المرشح واسع", "The filter leaves too much", "لا يخدم أي فهرس هذا المرشح، ولا يُنظر في أكثر من {most} مادة؛ أضف شرط مساواة يخدمه أحد الفهارس: {indexes}", "No index serves this filter, and no more than {most} entries are looked at; add a condition that one of the indexes serves: {indexes}";
    /// A look back at more than may be looked at; `most`, `narrower`.
    TooMuchHistory = "too_much_history", BAD_REQUEST, "المنشور حينئذ كثير", "Too much was public then", "لا فهارس لما مضى، ولا يُنظر في أكثر من {most} مادة كانت منشورة في ذلك الوقت؛ ضيّق القائمة بشرط من: {narrower}", "The past has no indexes, and no more than {most} entries that were public then are looked at; narrow the list by one of: {narrower}";
    /// The upload ended before its time.
    UploadBrokeOff = "upload_broke_off", BAD_REQUEST, "انقطع الرفع", "The upload broke off", "لم يصل الملف كاملًا، ولم يُحفظ منه شيء.", "The file did not arrive whole; nothing was kept.";
    /// No key, or one that is not valid.
    Unauthorized = "unauthorized", UNAUTHORIZED, "المفتاح مطلوب", "Key needed", "يلزم مفتاح صالح في الترويسة: Authorization: Bearer …", "A valid key is needed in the header: Authorization: Bearer …";
    /// The actor may not do this.
    Forbidden = "forbidden", FORBIDDEN, "غير مسموح", "Not allowed", "لا يسمح هذا المفتاح بهذا الإجراء.", "This key does not allow that.";
    /// What was public at a time may not be seen by the caller.
    HistoryClosed = "history_closed", FORBIDDEN, "السجل التاريخي غير متاح", "The history is not open", "لا يُتاح as_of هنا إلا لمجموعة تعلن public_history، أو بمفتاح ناشر أو مدقق أو مدير نظام على الإدارة المالكة.", "Here as_of is for collections with public_history, or with a key of a publisher, auditor or system administrator of the owning department.";
    /// Nothing is here.
    NotFound = "not_found", NOT_FOUND, "غير موجود", "Not found", "لا يوجد شيء بهذا العنوان.", "There is nothing here.";
    /// The path is known, the method is not.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "الطريقة غير متاحة", "Method not allowed", "المتاح هنا: {allowed}", "Allowed here: {allowed}";
    /// The body came too slowly.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "انتهت مهلة الطلب", "The request took too long", "لم يصل متن الطلب في المهلة المحددة.", "The body did not arrive in time.";
    /// The id that was asked for is taken.
    IdTaken = "id_taken", CONFLICT, "المعرّف مستعمل", "The id is taken", "هذا المعرّف لشيء آخر.", "That id names something else.";
    /// The localization is there already.
    LocalizationExists = "localization_exists", CONFLICT, "النسخة اللغوية موجودة", "The localization exists", "لحفظ نسخة لغوية موجودة تُرسل If-Match برقم إصدارها.", "To save a localization that exists, send If-Match with its version.";
    /// The entry is in the trash.
    Trashed = "trashed", CONFLICT, "المادة في سلة المحذوفات", "The entry is in the trash", "أعدها من السلة أولًا.", "Take it out of the trash first.";
    /// The entry is not in the trash.
    NotTrashed = "not_trashed", CONFLICT, "المادة ليست في سلة المحذوفات", "The entry is not in the trash", "لا شيء يُعاد.", "There is nothing to take out.";
    /// The entry is public; `locales`.
    StillPublic = "still_public", CONFLICT, "المادة منشورة", "The entry is public", "اسحبها أولًا في: {locales}", "Withdraw it first in: {locales}";
    /// The localization is not public.
    NotPublic = "not_public", CONFLICT, "المادة غير منشورة", "The entry is not public", "لا شيء يُسحب.", "There is nothing to withdraw.";
    /// What was approved is not what would become public.
    HashMismatch = "hash_mismatch", CONFLICT, "البصمة لا تطابق المراجعة", "The hash is not the revision's", "البصمة المرسلة ليست بصمة المراجعة المسماة؛ اقرأها من جديد.", "The hash that was sent is not that of the named revision; read it again.";
    /// Public children would lose their parent; `children`.
    PublicChildren = "public_children", CONFLICT, "تحتها صفحات منشورة", "There are public pages below", "اسحبها معها (with_children) أو قبلها: {children}", "Withdraw them with it (with_children) or before it: {children}";
    /// The entry has children; `children`.
    Children = "children", CONFLICT, "تحتها صفحات", "There are pages below", "انقلها أو احذفها أولًا: {children}", "Move or trash them first: {children}";
    /// A collection of one entry has it already.
    SingleExists = "single_exists", CONFLICT, "للمجموعة مادة واحدة", "The collection has its one entry", "لهذه المجموعة مادة واحدة موجودة (وقد تكون في سلة المحذوفات)؛ احفظ فيها.", "A collection of this kind has exactly one entry, and it is there (perhaps in the trash); save that one.";
    /// The entry belongs there already.
    SameDepartment = "same_department", CONFLICT, "الإدارة نفسها", "The same department", "المادة لهذه الإدارة من قبل.", "The entry belongs to that department already.";
    /// Others changed the same things again and again.
    Busy = "busy", CONFLICT, "تعديلات متزامنة", "Others are changing the same", "عدّل آخرون الشيء نفسه في الوقت ذاته؛ أعد المحاولة.", "Others changed the same things meanwhile; try again.";
    /// The public page was taken back for good; `at`.
    Gone = "gone", GONE, "لم تعد متاحة", "Gone", "سُحبت هذه الصفحة في {at}.", "This page was withdrawn at {at}.";
    /// The entry was taken back in favour of another page; `to`, `locale`, `redirect_status`.
    Moved = "moved", GONE, "انتقلت", "Moved", "سُحبت هذه المادة وحلّت محلها الصفحة {to}.", "This entry was withdrawn in favour of the page {to}.";
    /// The version is another; `current`.
    VersionMismatch = "version_mismatch", PRECONDITION_FAILED, "تغيّر الإصدار", "The version is another", "الإصدار الحالي {current}؛ اقرأ المادة ثم أعد المحاولة.", "The version is {current} now; read it and try again.";
    /// The body is too large; `max_bytes`.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, "حجم المتن كبير", "The body is too large", "الحد {max_bytes} بايت.", "The limit is {max_bytes} bytes.";
    /// The address is too long.
    UriTooLong = "uri_too_long", URI_TOO_LONG, "العنوان طويل", "The address is too long", "الحد {max_bytes} بايت.", "The limit is {max_bytes} bytes.";
    /// The body is of a type that is not taken; `expected`.
    UnsupportedMedia = "unsupported_media", UNSUPPORTED_MEDIA_TYPE, "نوع غير مقبول", "Type not taken", "المقبول: {expected}", "Expected: {expected}";
    /// An upload of a type that is not taken, or not what it says it is; `reason`.
    MediaRefused = "media_refused", UNSUPPORTED_MEDIA_TYPE, "ملف غير مقبول", "The file is not taken", "نوع الملف غير مقبول أو لا يطابق محتواه: {reason}", "Its type is not taken, or it is not what it says: {reason}";
    /// No such range of bytes.
    RangeNotSatisfiable = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, "المدى خارج الملف", "No such range", "حجم الملف {size_bytes} بايت.", "The file has {size_bytes} bytes.";
    /// The content has faults.
    Faults = "faults", UNPROCESSABLE_ENTITY, "في المحتوى أخطاء", "The content has faults", "الأخطاء كلها في faults.", "All of them are in faults.";
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "استُعمل مفتاح التكرار لطلب آخر", "The idempotency key was used for another request", "استعمل Idempotency-Key جديدًا لكل طلب.", "Use a new Idempotency-Key for each request.";
    /// `If-Match` is missing.
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED, "If-Match مطلوبة", "If-Match is needed", "أرسل If-Match بالإصدار الذي قرأته، مثل: If-Match: \"3\"", "Send If-Match with the version that you read, such as: If-Match: \"3\"";
    /// The request head is too large.
    HeadersTooLarge = "headers_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, "ترويسات الطلب كبيرة", "The headers are too large", "قلّل حجم الترويسات.", "Send less.";
    /// Our own fault.
    Internal = "internal", INTERNAL_SERVER_ERROR, "خطأ في الخادم", "Server error", "حدث خطأ لدينا وسُجّل برقم الطلب.", "Something went wrong on our side; it is logged under the request id.";
    /// A part of the system cannot be reached now.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "الخدمة غير متاحة الآن", "Not available now", "أعد المحاولة بعد قليل.", "Try again in a while.";
    /// The disk or the database is full.
    NoSpace = "no_space", INSUFFICIENT_STORAGE, "امتلأت سعة التخزين", "No space is left", "لم يُحفظ شيء؛ أبلغ مشغّل النظام.", "Nothing was kept; tell the operator.";
}

impl ProblemCode {
    /// The code for a status that the framework answered by itself.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMedia,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_speak_both_languages() {
        let mut codes: Vec<&str> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ProblemCode::ALL.len());
        for code in ProblemCode::ALL {
            assert!(
                code.title(Language::Ar).chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                "{}",
                code.as_str()
            );
            assert!(code.title(Language::En).is_ascii() && code.status().as_u16() >= 400);
        }
    }
}
