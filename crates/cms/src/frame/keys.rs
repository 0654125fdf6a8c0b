//! API keys: how they are written, recognised and looked up.
//!
//! A key is `diwan_`, 64 hexadecimal digits of randomness, `_` and 8 digits of a checksum, so that scanners and we know a
//! forgery without a look-up. Stored is its SHA-256 alone.

use std::{collections::HashMap, sync::Mutex};

use diwan_content::{Actor, ContentHash, KeyId, Timestamp, rights::ActorRef};

use crate::{cms::Cms, error::CmsError};

const PREFIX: &str = "diwan_";
const SECRET_DIGITS: usize = 64;
const CHECKSUM_DIGITS: usize = 8;

/// When keys were last used, gathered and written in batches: losing some is allowed.
#[derive(Debug, Default)]
pub(crate) struct KeyUses(Mutex<HashMap<KeyId, Timestamp>>);

/// A new key's text from 32 random bytes.
pub(crate) fn write_token(secret: &[u8; 32]) -> String {
    let secret = hex::encode(secret);
    let checksum = checksum(&secret);
    format!("{PREFIX}{secret}_{checksum}")
}

/// What is stored of a key's text; `None` when it cannot be a key of ours.
pub(crate) fn token_hash(token: &str) -> Option<ContentHash> {
    let (secret, given) = token.strip_prefix(PREFIX)?.split_once('_')?;
    let well_formed = secret.len() == SECRET_DIGITS && secret.bytes().all(|b| b.is_ascii_hexdigit());
    (well_formed && given == checksum(secret)).then(|| ContentHash::of(token.as_bytes()))
}

fn checksum(secret: &str) -> String {
    let mut digest = ContentHash::of(secret.as_bytes()).to_string();
    digest.truncate(CHECKSUM_DIGITS);
    digest
}

impl Cms {
    /// Who holds a key: `None` when it is unknown, revoked or expired.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Actor>, CmsError> {
        let Some(hash) = token_hash(token) else { return Ok(None) };
        let Some(key) = self.store().snapshot().await?.find_key_by_hash(&hash).await? else { return Ok(None) };
        let now = self.now();
        let expired = key.expires_at.is_some_and(|expires_at| expires_at <= now);
        if expired || key.revoked_at.is_some() {
            return Ok(None);
        }
        self.parts().key_uses.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key.id, now);
        Ok(Some(Actor { reference: ActorRef::Key(key.id), on_behalf_of: key.on_behalf_of, grants: key.grants }))
    }

    /// Writes when keys were last used.
    pub(crate) async fn flush_key_uses(&self) -> Result<(), CmsError> {
        let uses =
            std::mem::take(&mut *self.parts().key_uses.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        if uses.is_empty() {
            return Ok(());
        }
        Ok(self.store().touch_keys(&uses.into_iter().collect::<Vec<_>>()).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_key_is_known_without_a_look_up() {
        let token = write_token(&[7; 32]);
        assert!(token_hash(&token).is_some());
        for forged in ["", "diwan_", "diwan__", &token[1..], &token.replace("07", "08"), &format!("{token}0")] {
            assert_eq!(token_hash(forged), None, "{forged}");
        }
    }
}
