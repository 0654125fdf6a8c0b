//! What somebody can want to do, with its names.

use crate::values::Language;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $en:literal, $ar:literal;)*) => {
        /// What somebody wants to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable word, as in problems and records of refusals.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What people call it.
            pub fn name(self, language: Language) -> &'static str {
                match (self, language) { $((Self::$name, Language::En) => $en, (Self::$name, Language::Ar) => $ar,)* }
            }
        }
    };
}

actions! {
    /// See an entry with its drafts and revisions.
    Read = "read", "read drafts and revisions", "الاطلاع على المسودات والنسخ";
    /// Make an entry.
    Create = "create", "create entries", "إنشاء العناصر";
    /// Save a revision of an entry that the actor made.
    SaveOwn = "save_own", "save own entries", "حفظ ما أنشأته من العناصر";
    /// Save a revision of any entry.
    Save = "save", "save all entries", "حفظ كل العناصر";
    /// Put an entry that was never public into the trash, or take it out.
    Trash = "trash", "trash and restore entries that were never public", "نقل ما لم يُنشر قط إلى السلة واستعادته";
    /// Put an entry that once was public into the trash, or take it out.
    TrashPublished = "trash_published", "trash and restore entries that were public", "نقل ما سبق نشره إلى السلة واستعادته";
    /// Make a revision public.
    Publish = "publish", "publish", "النشر";
    /// Take it back.
    Withdraw = "withdraw", "withdraw", "إلغاء النشر";
    /// Make an old revision the head again.
    RestoreRevision = "restore_revision", "restore revisions", "استعادة النسخ السابقة";
    /// Give an entry to another department (asked of both).
    Transfer = "transfer", "transfer entries to another department", "نقل العناصر إلى إدارة أخرى";
    /// Upload an asset or change its name and alternative text.
    SaveAsset = "save_asset", "upload and describe files", "رفع الملفات ووصفها";
    /// Delete an asset that nothing uses.
    DeleteAsset = "delete_asset", "delete unused files", "حذف الملفات غير المستعملة";
    /// Make an entry of `departments` and its place in the hierarchy.
    CreateDepartment = "create_department", "create departments", "إنشاء الإدارات";
    /// See what was public at a time, in collections that do not open their history.
    ReadHistory = "read_history", "read what was public earlier", "الاطلاع على ما نُشر سابقًا";
    /// Read events and refusals.
    ReadEvents = "read_events", "read the log of events", "الاطلاع على سجل الأحداث";
    /// Make and revoke keys.
    ManageKeys = "manage_keys", "manage keys", "إدارة المفاتيح";
    /// Make users known, invite, suspend and resume them.
    ManageUsers = "manage_users", "manage users", "إدارة المستخدمين";
    /// Give roles to users and take them back.
    GrantRoles = "grant_roles", "grant roles", "منح الأدوار وسحبها";
    /// Change how one signs in oneself.
    ManageOwnAccount = "manage_own_account", "manage one's own account", "إدارة الحساب الشخصي";
    /// Read metrics.
    ReadMetrics = "read_metrics", "read metrics", "قراءة مقاييس التشغيل";
    /// Bring content in from another system, with its ids, authors and times.
    Import = "import", "import content", "استيراد المحتوى";
}

impl Action {
    /// By its word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rights::role::Role;

    #[test]
    fn an_action_is_found_by_its_word_and_some_role_allows_it() {
        for action in Action::ALL {
            assert_eq!(Action::find(action.as_str()), Some(*action));
            assert!(!action.roles().is_empty(), "{}", action.as_str());
        }
        assert_eq!(Action::Publish.roles(), [Role::Publisher, Role::DepartmentAdmin]);
    }
}
