//! Events: the append-only log of successful changes. Ids and hashes, never content or names.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, VariantArray};

use crate::{
    rights::{ActorRef, Role},
    values::{
        AssetId, ContentHash, DepartmentId, EntryId, KeyId, Locale, PersonId, RevisionNumber, Sequence, Timestamp,
        variants,
    },
};

/// Which change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumCount, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An entry was made (its first revision is part of it).
    EntryCreated,
    /// A localization was added to an entry (with its first revision).
    LocalizationCreated,
    /// A revision was saved.
    RevisionSaved,
    /// An old revision was made the head again, as a new revision.
    RevisionRestored,
    /// A revision became public.
    Published,
    /// A public localization was presented anew, because its origin or its parents changed; `cause` names that event.
    Represented,
    /// A localization was taken back.
    Withdrawn,
    /// An entry went into the trash.
    Trashed,
    /// An entry came out of it.
    Untrashed,
    /// An entry went to another department.
    Transferred,
    /// An entry came from another system, published.
    Imported,
    /// An asset was uploaded.
    AssetUploaded,
    /// An asset's name or alternative text changed.
    AssetSaved,
    /// The text of a file was read, or why it has none is known; `content_hash` names the bytes.
    TextRead,
    /// A department got its place in the hierarchy.
    DepartmentCreated,
    /// A key was made.
    KeyCreated,
    /// A key got an owner, or another end.
    KeyChanged,
    /// A key was revoked.
    KeyRevoked,
    /// An asset got other bytes, which `content_hash` names.
    AssetReplaced,
    /// Somebody was made known who may sign in.
    UserCreated,
    /// A user's name, address or language changed.
    UserSaved,
    /// A user may not sign in for now; their sessions and keys ended.
    UserSuspended,
    /// A suspended user may sign in again.
    UserResumed,
    /// A user was given a role; `content_hash` is that of the whole grant.
    RoleGranted,
    /// A role was taken from a user.
    RoleTaken,
    /// A user has a new password.
    PasswordSet,
    /// A user signs in with a second factor from now on.
    SecondFactorSet,
    /// A user signs in without a second factor from now on.
    SecondFactorTaken,
    /// An asset that nothing uses was deleted.
    AssetDeleted,
}

/// What a change was about. What does not apply stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSubject {
    /// The entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// The localization's locale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// The revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionNumber>,
    /// The asset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    /// The key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyId>,
    /// The owner (of a transfer: the new one).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<DepartmentId>,
    /// The person who was made a user, or to whom it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The role that was given or taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Hash of what was saved or presented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<ContentHash>,
    /// The event that brought this one about, in the same transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Sequence>,
}

/// One row of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place.
    pub sequence: Sequence,
    /// When; never earlier than the one before.
    pub at: Timestamp,
    /// Which change.
    pub kind: EventKind,
    /// By whom.
    pub actor: ActorRef,
    /// The person behind a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonId>,
    /// What it was about.
    #[serde(flatten)]
    pub subject: EventSubject,
    /// The hash of the event before; of the first event, the hash of nothing.
    pub previous_hash: ContentHash,
    /// This event's own hash: see [`Event::chain_hash`].
    pub hash: ContentHash,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// As it is stored and answered.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EntryCreated => "entry_created",
            Self::LocalizationCreated => "localization_created",
            Self::RevisionSaved => "revision_saved",
            Self::RevisionRestored => "revision_restored",
            Self::Published => "published",
            Self::Represented => "represented",
            Self::Withdrawn => "withdrawn",
            Self::Trashed => "trashed",
            Self::Untrashed => "untrashed",
            Self::Transferred => "transferred",
            Self::Imported => "imported",
            Self::AssetUploaded => "asset_uploaded",
            Self::AssetSaved => "asset_saved",
            Self::TextRead => "text_read",
            Self::DepartmentCreated => "department_created",
            Self::KeyCreated => "key_created",
            Self::KeyChanged => "key_changed",
            Self::KeyRevoked => "key_revoked",
            Self::AssetReplaced => "asset_replaced",
            Self::UserCreated => "user_created",
            Self::UserSaved => "user_saved",
            Self::UserSuspended => "user_suspended",
            Self::UserResumed => "user_resumed",
            Self::RoleGranted => "role_granted",
            Self::RoleTaken => "role_taken",
            Self::PasswordSet => "password_set",
            Self::SecondFactorSet => "second_factor_set",
            Self::SecondFactorTaken => "second_factor_taken",
            Self::AssetDeleted => "asset_deleted",
        }
    }

    /// From what is stored.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Event {
    /// The hash that links this event to the one before: framed parts, in this order for ever. Events about a person have two
    /// more, and a first part that says so.
    pub fn chain_hash(&self) -> ContentHash {
        let Self { sequence, at, kind, actor, on_behalf_of, subject, previous_hash, hash: _ } = self;
        let EventSubject { entry, locale, revision, asset, key, department, person, role, content_hash, cause } =
            subject;
        let text = |value: Option<String>| value.unwrap_or_default().into_bytes();
        let is_about_person = person.is_some() || role.is_some();
        let mut parts: Vec<Vec<u8>> = vec![
            if is_about_person { b"event-2".to_vec() } else { b"event-1".to_vec() },
            previous_hash.as_bytes().to_vec(),
            sequence.to_string().into_bytes(),
            at.unix_ms().to_string().into_bytes(),
            kind.as_str().as_bytes().to_vec(),
            actor.to_string().into_bytes(),
            text(on_behalf_of.map(|id| id.to_string())),
            text(entry.map(|id| id.to_string())),
            text(locale.as_ref().map(Locale::to_string)),
            text(revision.map(|number| number.to_string())),
            text(asset.map(|id| id.to_string()).or(key.map(|id| id.to_string()))),
            text(department.map(|id| id.to_string())),
            content_hash.map(|hash| hash.as_bytes().to_vec()).unwrap_or_default(),
            text(cause.map(|sequence| sequence.to_string())),
        ];
        if is_about_person {
            parts.push(text(person.map(|id| id.to_string())));
            parts.push(text(role.map(|role| role.as_str().to_owned())));
        }
        ContentHash::of_parts(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }
}
