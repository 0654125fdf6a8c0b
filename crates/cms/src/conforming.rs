//! What was stored under older blueprints, seen with today's. Nothing that is stored is changed here: values are converted
//! where that is certain, and otherwise left out and named.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

use diwan_assets::MediaType;
use diwan_content::{
    AssetId, AssetKind, Blueprint, Collection, Conformed, ContentHash, Data, EntryId, Fault, Foreign, Handle,
    KeptAside, Limits, Locale, LocaleRole, Outdated, Reference, ReferenceTarget, Represented, RevisionNumber,
    WrittenUnder, conform,
};
use diwan_store::{KnownAsset, Live, Queries, Revision, StoreError};
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    cms::{Cms, blueprint_of},
    error::CmsError,
    opening::past_blueprints::PastBlueprints,
};

/// How many outdated publications are presented again in one step. It bounds how many revisions are in memory.
const BATCH: usize = 20;

type RevisionKey = (EntryId, Locale, RevisionNumber);

type Revisions = HashMap<RevisionKey, Revision>;

/// Takes the bytes of revisions that are about to be presented again; an error ends the work.
pub(crate) type Charge<'c> = &'c mut (dyn FnMut(usize) -> Result<(), CmsError> + Send);

/// A publication that was presented under another blueprint.
struct Stale {
    place: usize,
    blueprint: Handle,
    collection: Handle,
    presented_under: Option<ContentHash>,
    stored: Map<String, Value>,
    /// Whether some values must be presented again from what was written.
    needs_data: bool,
    own: RevisionKey,
    origin: Option<RevisionKey>,
}

/// What became of a publication.
struct Brought {
    place: usize,
    represented: Represented,
    /// Whether its stored data say the same.
    is_same: bool,
}

/// What is known of the things that references name; not of what is in the trash.
#[derive(Debug, Default)]
pub(crate) struct OlderTargets {
    /// Entries with their collections.
    entries: BTreeMap<EntryId, Handle>,
    /// Assets with their kinds, where the type is known.
    assets: BTreeMap<AssetId, Option<AssetKind>>,
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
        self.bring_to_today_at_cost(queries, lives, &mut |_| Ok(())).await
    }

    /// The same for a read that may cost only so much.
    pub(crate) async fn bring_to_today_at_cost(
        &self,
        queries: &Queries,
        lives: &mut [Live],
        charge: Charge<'_>,
    ) -> Result<Vec<usize>, CmsError> {
        let mut stale = Vec::new();
        for (place, live) in lives.iter().enumerate() {
            stale.extend(self.stale(place, live)?);
        }
        if stale.is_empty() {
            return Ok(Vec::new());
        }
        // In a box, since every read would be as large as this rare case otherwise.
        Box::pin(self.bring_stale_to_today(queries, lives, stale, charge)).await
    }

    async fn bring_stale_to_today(
        &self,
        queries: &Queries,
        lives: &mut [Live],
        mut stale: Vec<Stale>,
        charge: Charge<'_>,
    ) -> Result<Vec<usize>, CmsError> {
        let mut same = Vec::new();
        while !stale.is_empty() {
            let batch = stale.split_off(stale.len().saturating_sub(BATCH));
            let mut wanted: Vec<RevisionKey> = Vec::new();
            for found in batch.iter().filter(|found| found.needs_data) {
                wanted.push(found.own.clone());
                wanted.extend(found.origin.clone());
            }
            let revisions = queries.find_revisions(&wanted).await?;
            charge(revisions.iter().map(|revision| revision.content.data_text.len()).sum())?;
            let key = |revision: &Revision| (revision.entry, revision.locale.clone(), revision.number);
            let revisions: Revisions = revisions.into_iter().map(|revision| (key(&revision), revision)).collect();
            for Brought { place, represented, is_same } in self.represent(batch, revisions).await? {
                if is_same {
                    same.push(place);
                }
                lives[place].data_text = Value::Object(represented.presented).to_string();
                lives[place].unresolved = represented.unresolved;
            }
        }
        Ok(same)
    }

    /// Presents again: where texts may have to be rendered, on a thread that nobody else waits for.
    async fn represent(&self, stale: Vec<Stale>, revisions: Revisions) -> Result<Vec<Brought>, CmsError> {
        if revisions.is_empty() {
            return self.represent_all(stale, &revisions);
        }
        let cms = self.clone();
        let done = tokio::task::spawn_blocking(move || cms.represent_all(stale, &revisions)).await;
        done.unwrap_or_else(|error| Err(CmsError::internal(error.to_string())))
    }

    fn represent_all(&self, stale: Vec<Stale>, revisions: &Revisions) -> Result<Vec<Brought>, CmsError> {
        stale.into_iter().map(|stale| self.represent_one(stale, revisions)).collect()
    }

    fn represent_one(&self, stale: Stale, revisions: &Revisions) -> Result<Brought, CmsError> {
        let Stale { place, blueprint, collection, presented_under, stored, needs_data, own, origin } = stale;
        let today = blueprint_of(self.registry(), blueprint.as_str())?;
        let outdated = Outdated::new(today, self.before(&blueprint, presented_under.as_ref()), stored.clone());
        let represented = if needs_data {
            let collection = self.collection(collection.as_str())?;
            let of = |key: &RevisionKey| {
                let revision = revisions.get(key);
                let revision = revision.ok_or_else(|| CmsError::damaged("a published revision is not there"))?;
                self.conformed(revision, today, &collection.role(&key.1))
            };
            let origin = origin.as_ref().map(of).transpose()?;
            outdated.with_data(&of(&own)?, origin.as_ref())
        } else {
            outdated.as_it_is()
        };
        let is_stored = |(name, value): (&String, &Value)| stored.get(name) == Some(value);
        let is_same = represented.unresolved.is_empty() && represented.presented.iter().all(is_stored);
        Ok(Brought { place, represented, is_same })
    }

    /// The blueprint that values were presented under, if it is known.
    fn before(&self, blueprint: &Handle, shape: Option<&ContentHash>) -> Option<&Blueprint> {
        self.parts().past_blueprints.find_shape(blueprint, shape?)
    }

    fn stale(&self, place: usize, live: &Live) -> Result<Option<Stale>, CmsError> {
        let Some(today) = self.registry().find_blueprint(live.blueprint.as_str()) else { return Ok(None) };
        if live.presented_under == Some(today.shape) {
            return Ok(None);
        }
        let stored = stored_presented(live)?;
        let before = self.before(&live.blueprint, live.presented_under.as_ref());
        let needs_data = Outdated::new(today, before, stored.clone()).needs_data();
        let origin = self.collection(live.collection.as_str())?.origin().clone();
        let origin = (live.locale != origin).then(|| (live.entry, origin, live.origin_revision));
        Ok(Some(Stale {
            place,
            blueprint: live.blueprint.clone(),
            collection: live.collection.clone(),
            presented_under: live.presented_under,
            stored,
            needs_data,
            own: (live.entry, live.locale.clone(), live.revision),
            origin,
        }))
    }
}

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

/// The data of a stored revision.
pub(crate) fn stored_data(revision: &Revision) -> Result<Data, CmsError> {
    Data::from_stored(&revision.content.data_text).map_err(|error| CmsError::Damaged {
        what: format!("revision {} of {} in {} cannot be read", revision.number, revision.entry, revision.locale),
        source: Some(Box::new(error)),
    })
}

/// Presented data as stored.
pub(crate) fn stored_presented(live: &Live) -> Result<Map<String, Value>, CmsError> {
    serde_json::from_str(&live.data_text).map_err(|error| CmsError::Damaged {
        what: format!("presented data of {} in {} cannot be read", live.entry, live.locale),
        source: Some(Box::new(error)),
    })
}

/// The wanted fields among those that are public by today's blueprint, each there and in its order: what was presented under
/// an older one may hold others, or lack some.
pub(crate) fn stored_values(
    live: &Live,
    blueprint: &Blueprint,
    wanted: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, CmsError> {
    let mut stored = some_values(live, &wanted)?;
    let mut values = Map::new();
    for field in blueprint.public_fields().filter(|field| wanted(field.handle.as_str())) {
        let value = stored.remove(field.handle.as_str()).unwrap_or_else(|| field.presented_empty());
        values.insert(field.handle.to_string(), value);
    }
    Ok(values)
}

/// The wanted values as they are stored.
pub(crate) fn some_values(live: &Live, wanted: impl Fn(&str) -> bool) -> Result<Map<String, Value>, CmsError> {
    let mut reader = serde_json::Deserializer::from_str(&live.data_text);
    reader.deserialize_map(Wanted(wanted)).map_err(|error| CmsError::Damaged {
        what: format!("presented data of {} in {} cannot be read", live.entry, live.locale),
        source: Some(Box::new(error)),
    })
}

/// Visits an object and builds the wanted members alone.
struct Wanted<F>(F);

impl<'de, F: Fn(&str) -> bool> Visitor<'de> for Wanted<F> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if (self.0)(&name) {
                values.insert(name, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(values)
    }
}

impl OlderTargets {
    /// Looks every target up, as an entry and as an asset.
    pub(crate) async fn find(queries: &Queries, references: &[&Reference]) -> Result<Self, StoreError> {
        let mut ids: BTreeSet<Uuid> = BTreeSet::new();
        for reference in references {
            ids.insert(match reference.target {
                ReferenceTarget::Entry(EntryId(id)) | ReferenceTarget::Asset(AssetId(id)) => id,
            });
        }
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let entries: Vec<EntryId> = ids.iter().copied().map(EntryId).collect();
        let assets: Vec<AssetId> = ids.iter().copied().map(AssetId).collect();
        let entries = queries.known_entries(&entries).await?.into_iter().collect();
        let known = queries.media_types_of_assets(&assets).await?.into_iter();
        let assets = known.map(|(id, media_type)| (id, kind_of(&media_type))).collect();
        Ok(Self { entries, assets })
    }

    /// Why the field does not take the target. A target that is not there is no fault: it only is not public.
    pub(crate) fn fault(&self, reference: &Reference) -> Option<Fault> {
        match reference.target {
            ReferenceTarget::Entry(id) => {
                let Some(collection) = self.entries.get(&id) else {
                    return self.assets.contains_key(&AssetId(id.0)).then(|| reference.unknown_fault());
                };
                reference.collection_fault(collection.as_str())
            }
            ReferenceTarget::Asset(id) => {
                let Some(kind) = self.assets.get(&id) else {
                    return self.entries.contains_key(&EntryId(id.0)).then(|| reference.unknown_fault());
                };
                reference.asset_kind_fault(*kind)
            }
        }
    }
}

/// What an asset is, if its type is known.
pub(crate) fn asset_kind(known: &KnownAsset) -> Option<AssetKind> {
    kind_of(&known.blob.media_type)
}

fn kind_of(media_type: &str) -> Option<AssetKind> {
    kind_of_type(MediaType::parse(media_type)?)
}

/// The kind of asset that files of a media type are.
pub(crate) fn kind_of_type(media_type: MediaType) -> Option<AssetKind> {
    AssetKind::find(media_type.kind().as_str())
}
