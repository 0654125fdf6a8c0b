//! What is stored as today's blueprints take it: data of revisions, and what is public.

use std::collections::HashMap;

use diwan_content::{
    Blueprint, Collection, Conformed, Data, EntryId, Foreign, KeptAside, Limits, Locale, LocaleRole, Outdated,
    Represented, RevisionNumber, WrittenUnder, conform,
};
use diwan_store::{Live, Queries, Revision};
use serde_json::{Map, Value};

use crate::{
    cms::Cms, error::CmsError, past_blueprints::PastBlueprints, publishing::stored_data, rebuild::stored_presented,
};

type RevisionKey = (EntryId, Locale, RevisionNumber);

/// The data of a revision as far as today's blueprint takes them.
pub(crate) fn conformed(
    past: &PastBlueprints,
    revision: &Revision,
    today: &Blueprint,
    role: &LocaleRole,
) -> Result<Conformed, CmsError> {
    let hash = revision.content.blueprint_hash;
    let written_under = WrittenUnder { hash, blueprint: past.find(&revision.content.blueprint, &hash) };
    Ok(conform(&stored_data(revision)?, written_under, today, role))
}

/// A publication that was presented under another blueprint.
struct Stale<'a> {
    place: usize,
    today: &'a Blueprint,
    stored: Map<String, Value>,
    outdated: Outdated<'a>,
    own: RevisionKey,
    origin: Option<RevisionKey>,
}

impl Cms {
    /// The data of a revision as far as today's blueprint takes them.
    pub(crate) fn conformed(
        &self,
        revision: &Revision,
        today: &Blueprint,
        role: &LocaleRole,
    ) -> Result<Conformed, CmsError> {
        conformed(&self.parts().past_blueprints, revision, today, role)
    }

    /// The data of a revision that an editor is given, and what is kept beside them.
    pub(crate) fn editable(
        &self,
        revision: &Revision,
        today: &Blueprint,
        collection: &Collection,
    ) -> Result<(Data, Vec<KeptAside>), CmsError> {
        let role = collection.role(&revision.locale);
        let (data, aside) = self.conformed(revision, today, &role)?.editable(today, &role, Limits::Stay);
        let mut foreign = Foreign::from_stored(revision.content.foreign_text.as_deref());
        foreign.keep_aside(&aside);
        Ok((data, foreign.kept_aside()))
    }

    /// Makes of publications what today's blueprints answer. Answers the places of those whose stored data say the same and
    /// need not be looked at again.
    pub(crate) async fn bring_to_today(&self, queries: &Queries, lives: &mut [Live]) -> Result<Vec<usize>, CmsError> {
        let mut stale = Vec::new();
        for (place, live) in lives.iter().enumerate() {
            stale.extend(self.stale(place, live)?);
        }
        if stale.is_empty() {
            return Ok(Vec::new());
        }
        // In a box, since every read would be as large as this rare case otherwise.
        Box::pin(self.bring_stale_to_today(queries, lives, stale)).await
    }

    async fn bring_stale_to_today(
        &self,
        queries: &Queries,
        lives: &mut [Live],
        stale: Vec<Stale<'_>>,
    ) -> Result<Vec<usize>, CmsError> {
        let mut wanted: Vec<RevisionKey> = Vec::new();
        for found in stale.iter().filter(|found| found.outdated.needs_data()) {
            wanted.push(found.own.clone());
            wanted.extend(found.origin.clone());
        }
        let revisions: HashMap<RevisionKey, Revision> = queries
            .find_revisions(&wanted)
            .await?
            .into_iter()
            .map(|revision| ((revision.entry, revision.locale.clone(), revision.number), revision))
            .collect();
        let mut same = Vec::new();
        for Stale { place, today, stored, outdated, own, origin } in stale {
            let Represented { presented, unresolved } = if outdated.needs_data() {
                let collection = self.collection(lives[place].collection.as_str())?;
                let of = |key: &RevisionKey| {
                    let revision = revisions.get(key);
                    let revision = revision.ok_or_else(|| CmsError::internal("a published revision is not there"))?;
                    self.conformed(revision, today, &collection.role(&key.1))
                };
                let origin = origin.as_ref().map(of).transpose()?;
                outdated.with_data(&of(&own)?, origin.as_ref())
            } else {
                outdated.as_it_is()
            };
            let is_same = |(name, value): (&String, &Value)| stored.get(name) == Some(value);
            if unresolved.is_empty() && presented.iter().all(is_same) {
                same.push(place);
            }
            lives[place].data_text = Value::Object(presented).to_string();
            lives[place].unresolved = unresolved;
        }
        Ok(same)
    }

    fn stale<'a>(&'a self, place: usize, live: &Live) -> Result<Option<Stale<'a>>, CmsError> {
        let Some(today) = self.registry().find_blueprint(live.blueprint.as_str()) else { return Ok(None) };
        if live.presented_under == Some(today.shape) {
            return Ok(None);
        }
        let known = live.presented_under.as_ref();
        let before = known.and_then(|shape| self.parts().past_blueprints.find_shape(&live.blueprint, shape));
        let stored = stored_presented(live)?;
        let outdated = Outdated::new(today, before, stored.clone());
        let origin = self.collection(live.collection.as_str())?.origin().clone();
        let origin = (live.locale != origin).then(|| (live.entry, origin, live.origin_revision));
        let own = (live.entry, live.locale.clone(), live.revision);
        Ok(Some(Stale { place, today, stored, outdated, own, origin }))
    }
}
