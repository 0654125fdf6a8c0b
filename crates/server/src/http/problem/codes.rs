//! The one table of what can go wrong at the API: code, status, title and detail in Arabic and English. `{name}` in a detail is a parameter.

use diwan_content::{Language, Sentences};
use poem::http::StatusCode;

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, [$en:literal, $ar:literal], [$($detail_en:literal),+], [$($detail_ar:literal),+];)*) => {
        /// What went wrong. The code is stable; texts may improve. How sentences are written: see `content/src/faults/message.rs`.
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

            /// What exactly is wrong, or what to do about it: sentences with places for parameters.
            pub(crate) fn detail(self, language: Language) -> Sentences {
                match (self, language) {
                    $((Self::$name, Language::Ar) => &[$($detail_ar),+], (Self::$name, Language::En) => &[$($detail_en),+],)*
                }
            }
        }
    };
}

problem_codes! {
    /// The request cannot be read as HTTP of ours.
    BadRequest = "bad_request", BAD_REQUEST, ["Bad request", "طلب غير سليم"],
        ["The request cannot be read."], ["تعذرت قراءة الطلب."];
    /// The body is not JSON; `reason` as in `ProblemDetail`.
    BadJson = "bad_json", BAD_REQUEST, ["The body is not valid JSON", "صياغة المتن غير سليمة"],
        ["The body is not valid `JSON`."], ["ليس متن الطلب `JSON` سليم الصياغة."];
    /// An object of the body has too many members; `object`, `max`.
    TooManyMembers = "too_many_members", BAD_REQUEST, ["Too many members", "عدد الحقول كبير"],
        ["An object of the body has too many members.", "Its place is “{object}”.", "The maximum number of members is {max}."],
        ["في متن الطلب كائن عدد حقوله أكبر من المسموح به.", "موضعه: «{object}».", "الحد الأقصى لعدد الحقول: {max}."];
    /// A member of the body has too long a name; `object` that it is in, `max`.
    NameTooLong = "name_too_long", BAD_REQUEST, ["A name is too long", "اسم حقل أطول من المسموح"],
        ["An object of the body has a member whose name is too long.", "The object is at “{object}”.", "The maximum in bytes is {max}."],
        ["في متن الطلب كائن فيه حقل اسمه أطول من المسموح به.", "موضع الكائن: «{object}».", "الحد الأقصى للاسم بالبايت: {max}."];
    /// The body has too many values; `max`.
    TooManyValues = "too_many_values", BAD_REQUEST, ["Too many values", "عدد القيم كبير"],
        ["The maximum number of values in a body is {max}."], ["الحد الأقصى لعدد القيم في متن الطلب: {max}."];
    /// Parameters or headers cannot be read.
    BadParameters = "bad_parameters", BAD_REQUEST, ["Bad parameters", "معاملات غير صالحة"],
        ["Parameters or headers of the request are not valid; see the listed faults."],
        ["في معاملات الطلب أو ترويساته أخطاء؛ راجع الأخطاء المذكورة."];
    /// A list that no index serves; `needed`.
    NeedsIndex = "needs_index", BAD_REQUEST, ["The list needs an index", "القائمة تحتاج إلى فهرس"],
        ["No index serves this filter and order for this number of entries.", "The collection would have to declare the index {needed}."],
        ["لا يخدم أي فهرس شروط التصفية والترتيب على هذا العدد من العناصر.", "الفهرس الذي تحتاج إليه المجموعة: {needed}."];
    /// A list whose filter no index could serve; `most`, `indexes`.
    TooManyCandidates = "too_many_candidates", BAD_REQUEST, ["The filter is too broad", "شروط التصفية واسعة"],
        ["No index serves this filter.", "The maximum number of entries that are examined is {most}.", "Add an equality condition that one of these indexes serves: {indexes}."],
        ["لا يخدم أي فهرس شروط التصفية هذه.", "الحد الأقصى لعدد العناصر التي تُفحص: {most}.", "أضف شرط مساواة يخدمه أحد الفهارس: {indexes}."];
    /// A look back at more than may be examined; `most`, `narrower`.
    TooMuchHistory = "too_much_history", BAD_REQUEST, ["Too many entries were public then", "عدد العناصر المنشورة في ذلك الوقت كبير"],
        ["There are no indexes for the past.", "The maximum number of entries that are examined is {most}.", "Narrow the list by one of: {narrower}."],
        ["لا فهارس لما نُشر سابقًا.", "الحد الأقصى لعدد العناصر التي تُفحص: {most}.", "ضيّق القائمة بأحد هذه الشروط: {narrower}."];
    /// A list whose conditions would read too much; `most`, `conditions`.
    TooCostly = "too_costly", BAD_REQUEST, ["The conditions cost too much", "كلفة شروط التصفية كبيرة"],
        ["With all these conditions the list would read more than one request may.", "Use fewer conditions.", "The most expensive are: {conditions}."],
        ["قراءة القائمة بهذه الشروط كلها تتجاوز الحد المسموح به لطلب واحد.", "خفّف شروط التصفية.", "أكثرها كلفة: {conditions}."];
    /// A search for phrases of very frequent words.
    SearchTooCostly = "search_too_costly", BAD_REQUEST, ["The phrase is too frequent", "كلمات العبارة شائعة جدًّا"],
        ["The words of the phrase in quotation marks occur in the texts more often than one search may read.", "Remove the quotation marks or add a rarer word."],
        ["تتكرر كلمات العبارة المحصورة بين علامتي تنصيص في النصوص أكثر مما يُقرأ في بحث واحد.", "احذف علامتي التنصيص أو أضف كلمة أقل شيوعًا."];
    /// The upload ended before its time.
    UploadBrokeOff = "upload_broke_off", BAD_REQUEST, ["The upload was interrupted", "انقطع الرفع"],
        ["The file did not arrive completely; nothing was stored."], ["لم يصل الملف كاملًا، ولم يُحفظ منه شيء."];
    /// No key, or one that is not valid.
    Unauthorized = "unauthorized", UNAUTHORIZED, ["A key is needed", "المفتاح مطلوب"],
        ["Send a valid key in the header `Authorization: Bearer <key>`."],
        ["أرسل مفتاحًا صالحًا في الترويسة `Authorization: Bearer <key>`."];
    /// The actor may not do this; `action`, `roles`.
    Forbidden = "forbidden", FORBIDDEN, ["Not allowed", "غير مسموح"],
        ["You do not have the right “{action}”.", "Roles that have it: {roles}."],
        ["لا تملك صلاحية «{action}»، وهي لهذه الأدوار: {roles}."];
    /// What was public at a time may not be seen by the caller; `roles`.
    HistoryClosed = "history_closed", FORBIDDEN, ["The history is not open", "ما نُشر سابقًا غير متاح"],
        ["What was public earlier is open only in collections that allow it.", "In the others it is open to these roles in the department that owns the entry: {roles}."],
        ["لا يُتاح ما نُشر سابقًا إلا في المجموعات التي تسمح بذلك.", "ويطّلع عليه في غيرها من له أحد هذه الأدوار في الإدارة المالكة: {roles}."];
    /// What was named is not there; with what it was named by, as in `ProblemDetail`.
    NotFound = "not_found", NOT_FOUND, ["Not found", "غير موجود"],
        ["There is nothing at the address {path}."], ["لا يوجد شيء على هذا العنوان: {path}."];
    /// The path is known, the method is not; `allowed`.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, ["Method not allowed", "العملية غير متاحة"],
        ["This address does not take this method.", "Allowed methods: {allowed}."],
        ["لا يقبل هذا العنوان هذه العملية.", "العمليات المتاحة: {allowed}."];
    /// The body came too slowly.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, ["The request took too long", "انتهت مهلة الطلب"],
        ["The body did not arrive in time."], ["لم يصل متن الطلب في المهلة المحددة."];
    /// The id that was asked for is taken.
    IdTaken = "id_taken", CONFLICT, ["The identifier is taken", "المعرّف مستعمل"],
        ["Something else has this identifier; choose another."], ["هذا المعرّف مستعمل لغيره؛ اختر معرّفًا آخر."];
    /// The localization is there already.
    LocalizationExists = "localization_exists", CONFLICT, ["The text exists", "النص موجود"],
        ["The entry has a text in this language; to change it, send `If-Match` with its version."],
        ["للعنصر نص بهذه اللغة؛ لتعديله أرسل `If-Match` برقمه الحالي."];
    /// The entry is in the trash.
    Trashed = "trashed", CONFLICT, ["The entry is in the trash", "العنصر في السلة"],
        ["Take it out of the trash first."], ["استعده من السلة أولًا."];
    /// The entry is not in the trash.
    NotTrashed = "not_trashed", CONFLICT, ["The entry is not in the trash", "العنصر ليس في السلة"],
        ["There is nothing to take out."], ["لا يوجد ما يُستعاد."];
    /// The entry is public; `locales`.
    StillPublic = "still_public", CONFLICT, ["The entry is public", "العنصر منشور"],
        ["Withdraw it first.", "It is public in: {locales}."], ["ألغِ نشره أولًا.", "اللغات المنشورة: {locales}."];
    /// The localization is not public.
    NotPublic = "not_public", CONFLICT, ["The entry is not public", "العنصر غير منشور"],
        ["There is nothing to withdraw."], ["لا يوجد ما يُلغى نشره."];
    /// What was approved is not what would become public.
    HashMismatch = "hash_mismatch", CONFLICT, ["The hash is not the revision's", "البصمة لا تطابق النسخة"],
        ["The hash that was sent is not that of the named revision; read the revision again."],
        ["البصمة المرسلة ليست بصمة النسخة المذكورة؛ اقرأ النسخة من جديد."];
    /// Public children would lose their parent; `children`.
    PublicChildren = "public_children", CONFLICT, ["There are public pages below", "تحت هذا العنصر صفحات منشورة"],
        ["Withdraw them with it (`with_children`) or before it.", "Pages: {children}."],
        ["ألغِ نشرها معه (`with_children`) أو قبله.", "الصفحات: {children}."];
    /// The entry has children; `children`.
    Children = "children", CONFLICT, ["There are pages below", "تحت هذا العنصر صفحات"],
        ["Move them elsewhere or to the trash first.", "Pages: {children}."],
        ["انقلها إلى موضع آخر أو إلى السلة أولًا.", "الصفحات: {children}."];
    /// A department that owns something; `entries`, `published`, `assets`, `departments`.
    OwnsSomething = "owns_something", CONFLICT, ["The department owns something", "الإدارة تملك محتوى أو ملفات"],
        ["A department cannot be withdrawn or trashed while it owns anything.", "Entries: {entries}.", "Public pages in all languages: {published}.", "Assets: {assets}.", "Departments below it: {departments}."],
        ["لا يُلغى نشر إدارة تملك شيئًا ولا تُنقل إلى السلة.", "عدد عناصرها: {entries}.", "صفحاتها المنشورة بكل اللغات: {published}.", "عدد ملفاتها: {assets}.", "عدد الإدارات التابعة لها: {departments}."];
    /// An asset that something refers to; `used_by`, and `more` where there are users that the caller may not see.
    AssetInUse = "asset_in_use", CONFLICT, ["The asset is in use", "الملف مستعمل"],
        ["Published pages or drafts refer to it; take it out of them first.", "Used by: {used_by}.", "Others that you may not see: {more}."],
        ["تشير إليه صفحات منشورة أو مسودات؛ أزله منها أولًا.", "يستعمله: {used_by}.", "وعدد ما لا يمكنك الاطلاع عليه: {more}."];
    /// A department in the trash that would own something; `department`.
    DepartmentTrashed = "department_trashed", CONFLICT, ["The department is in the trash", "الإدارة في السلة"],
        ["A department in the trash cannot own anything; take it out of the trash first.", "Department: {department}."],
        ["لا تملك الإدارة شيئًا وهي في السلة؛ استعدها أولًا.", "معرّف الإدارة: {department}."];
    /// A collection of one entry has it already.
    SingleExists = "single_exists", CONFLICT, ["The collection has its one entry", "للمجموعة عنصر واحد"],
        ["A collection of this kind has exactly one entry, and it exists (perhaps in the trash); save that one."],
        ["لهذه المجموعة عنصر واحد، وهو موجود (وقد يكون في السلة)؛ احفظ فيه."];
    /// The entry belongs there already.
    SameDepartment = "same_department", CONFLICT, ["The same department", "الإدارة نفسها"],
        ["The entry already belongs to this department."], ["العنصر تابع لهذه الإدارة أصلًا."];
    /// A key that is to be replaced is revoked or expired.
    KeyOver = "key_over", CONFLICT, ["The key is over", "انتهى المفتاح"],
        ["The key is revoked or expired, so nothing can replace it; make a new key."],
        ["المفتاح ملغى أو منتهي الصلاحية فلا يُستبدل؛ أنشئ مفتاحًا جديدًا."];
    /// A key that has an owner already.
    KeyHasOwner = "key_has_owner", CONFLICT, ["The key has an owner", "للمفتاح صاحب"],
        ["This key has an owner already; make a new key for another person."],
        ["لهذا المفتاح صاحب مسجَّل؛ أنشئ مفتاحًا جديدًا لشخص آخر."];
    /// Others changed the same things again and again.
    Busy = "busy", CONFLICT, ["Concurrent changes", "تعديلات متزامنة"],
        ["Others changed the same things at the same time; retry."], ["عدّل آخرون الشيء نفسه في الوقت ذاته؛ أعد المحاولة."];
    /// The public page was withdrawn; `at`, `date`.
    Gone = "gone", GONE, ["No longer available", "لم تعد متاحة"],
        ["This page was withdrawn on {date}."], ["أُلغي نشر هذه الصفحة في {date}."];
    /// The entry was withdrawn in favour of another page; `to`, `locale`, `redirect_status`.
    Moved = "moved", GONE, ["Moved", "انتقل إلى صفحة أخرى"],
        ["This entry was withdrawn.", "The page {to} replaces it."], ["أُلغي نشر هذا العنصر.", "حلّت محله الصفحة {to}."];
    /// The version is another; `current`.
    VersionMismatch = "version_mismatch", PRECONDITION_FAILED, ["The version has changed", "عُدّل العنصر بعد أن قرأته"],
        ["Read it again and retry.", "Current version: {current}."],
        ["اقرأه من جديد ثم أعد المحاولة.", "رقم تعديله الحالي: {current}."];
    /// The body is too large; `max_bytes`.
    TooLarge = "too_large", PAYLOAD_TOO_LARGE, ["Too large", "الحجم كبير"],
        ["The maximum size in bytes is {max_bytes}."], ["الحد الأقصى للحجم بالبايت: {max_bytes}."];
    /// The address is too long; `max_bytes`.
    UriTooLong = "uri_too_long", URI_TOO_LONG, ["The address is too long", "العنوان طويل"],
        ["The maximum length in bytes is {max_bytes}."], ["الحد الأقصى للطول بالبايت: {max_bytes}."];
    /// The body is of a type that is not taken; `expected`, or `reason`.
    UnsupportedMedia = "unsupported_media", UNSUPPORTED_MEDIA_TYPE, ["Media type not accepted", "نوع المتن غير مقبول"],
        ["This media type is not accepted.", "Accepted media type: {expected}."], ["نوع المتن غير مقبول.", "النوع المقبول: {expected}."];
    /// An upload of a type that is not taken, or not what it says it is; `reason`.
    MediaRefused = "media_refused", UNSUPPORTED_MEDIA_TYPE, ["The file is not accepted", "الملف غير مقبول"],
        ["The type of the file is not accepted, or does not match its content."],
        ["نوع الملف غير مقبول أو لا يطابق محتواه."];
    /// No such range of bytes; `size_bytes`.
    RangeNotSatisfiable = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, ["No such range", "المدى خارج الملف"],
        ["The size of the file in bytes is {size_bytes}."], ["حجم الملف بالبايت: {size_bytes}."];
    /// The content has faults.
    Faults = "faults", UNPROCESSABLE_ENTITY, ["The request has faults", "في الطلب أخطاء"],
        ["See the listed faults."], ["راجع الأخطاء المذكورة."];
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, ["The idempotency key was used for another request", "استُعمل مفتاح منع التكرار هذا لطلب آخر"],
        ["Use a new `Idempotency-Key` for each request."], ["استعمل `Idempotency-Key` جديدًا لكل طلب."];
    /// `If-Match` is missing.
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED, ["The version is needed", "رقم التعديل مطلوب"],
        ["Send the version that you read, such as `If-Match: \"3\"`.", "For a new translation send `If-None-Match: *`."],
        ["أرسل رقم آخر تعديل قرأته، مثل `If-Match: \"3\"`.", "ولترجمة جديدة أرسل `If-None-Match: *`."];
    /// The request head is too large.
    HeadersTooLarge = "headers_too_large", REQUEST_HEADER_FIELDS_TOO_LARGE, ["The headers are too large", "ترويسات الطلب كبيرة"],
        ["Send fewer or shorter headers."], ["قلّل عدد الترويسات أو طولها."];
    /// A client that asks for more than its budget allows, beside plain pages; `seconds`.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, ["Too many requests", "طلبات كثيرة"],
        ["Your budget for lists, searches and reads with `include` is used up for now.", "Number of seconds to wait before the next request: {seconds}."],
        ["استُنفدت مؤقتًا حصتك من القوائم وعمليات البحث والطلبات التي تستعمل `include`.", "عدد الثواني قبل إعادة المحاولة: {seconds}."];
    /// Our own fault.
    Internal = "internal", INTERNAL_SERVER_ERROR, ["Server error", "خطأ في الخادم"],
        ["Something failed on our side; it is logged under the request id."], ["حدث خطأ لدينا، وسُجّل برقم الطلب."];
    /// The server has as many connections, bodies or expensive reads as it takes.
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, ["The server is busy", "الخادم مشغول"],
        ["The server takes no more requests at this moment; retry shortly."], ["بلغ الخادم أقصى ما يستقبله من الطلبات؛ أعد المحاولة بعد قليل."];
    /// The server is about to stop.
    ShuttingDown = "shutting_down", SERVICE_UNAVAILABLE, ["The server is shutting down", "الخادم يتوقف عن العمل"],
        ["This server takes no new requests; send them to another one."], ["لا يستقبل هذا الخادم طلبات جديدة؛ أرسلها إلى خادم آخر."];
    /// The connection to the database was lost at the commit; `idempotency_key`, where the request had one.
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE, ["It is not known whether the change was stored", "لم يُعرف إن كان التعديل قد حُفظ"],
        ["The connection to the database was lost while the change was being stored.", "Repeat the same request with the same `Idempotency-Key`.", "If it had none, read the entry before you repeat it."],
        ["انقطع الاتصال بقاعدة البيانات أثناء الحفظ.", "أعد الطلب نفسه بقيمة `Idempotency-Key` نفسها.", "وإن لم تكن له قيمة فاقرأ العنصر قبل إعادة الطلب."];
    /// The database or the folder of files takes no changes; `part`: `database` or `assets`.
    ReadOnly = "read_only", SERVICE_UNAVAILABLE, ["Only reading is possible now", "المتاح الآن القراءة فقط"],
        ["The database or the folder of files cannot be written now.", "Reading still works."],
        ["لا يمكن الحفظ في قاعدة البيانات أو في مجلد الملفات الآن.", "أما القراءة فمستمرة."];
    /// The bytes of an asset cannot be answered by this server; `reason`: `missing` or `damaged`.
    FileUnavailable = "file_unavailable", SERVICE_UNAVAILABLE, ["The file is not available", "الملف غير متاح"],
        ["The bytes of this file are missing or damaged on this server."],
        ["محتوى هذا الملف مفقود أو تالف على هذا الخادم."];
    /// What is asked for cannot be read from the database.
    DatabaseDamaged = "database_damaged", SERVICE_UNAVAILABLE, ["The database is damaged", "قاعدة البيانات تالفة"],
        ["The stored data cannot be read; inform the operator."], ["تعذرت قراءة البيانات المخزنة؛ أبلغ مشغّل النظام."];
    /// A part of the system cannot be reached now.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, ["Not available now", "الخدمة غير متاحة الآن"],
        ["Retry in a moment."], ["أعد المحاولة بعد قليل."];
    /// The disk or the database is full.
    NoSpace = "no_space", INSUFFICIENT_STORAGE, ["No space is left", "امتلأت سعة التخزين"],
        ["Nothing was stored; inform the operator."], ["لم يُحفظ شيء؛ أبلغ مشغّل النظام."];
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
