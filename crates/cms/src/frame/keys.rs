//! API keys: how they are recognised and looked up. Stored is the hash of their token alone.

use std::{collections::HashMap, sync::Mutex};

use diwan_content::{Actor, ContentHash, KeyId, Timestamp, rights::ActorRef};
use diwan_identity::{NoRandomness, RandomSource, Token, TokenKind};

use crate::{cms::Cms, error::CmsError};

/// When keys were last used, gathered and written in batches: losing some is allowed.
#[derive(Debug, Default)]
pub(crate) struct KeyUses(Mutex<HashMap<KeyId, Timestamp>>);

/// Random bytes of the system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemRandomness;

impl RandomSource for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness)
    }
}

/// What is stored of a token.
pub(crate) fn stored_hash(token: &Token) -> ContentHash {
    ContentHash::from_bytes(*token.hash().as_bytes())
}

impl Cms {
    /// Who holds a key: `None` when it is unknown, revoked or expired.
    pub async fn authenticate(&self, token: &str) -> Result<Option<Actor>, CmsError> {
        let Some(token) = Token::read(token).ok().filter(|token| token.kind() == TokenKind::Key) else {
            return Ok(None);
        };
        let hash = stored_hash(&token);
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
