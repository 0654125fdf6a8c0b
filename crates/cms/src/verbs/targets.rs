//! What the references of a new revision point to.

use std::collections::BTreeSet;

use diwan_content::{Actor, EntryId, Fault, FaultCode, Handle, Reference, ReferenceTarget, rights::Hierarchy};
use diwan_store::Queries;
use serde_json::Value;

use crate::error::CmsError;

/// A reference that is new must name something that is there, that the actor may know of, and that the field takes.
pub(super) async fn check_targets(
    queries: &Queries,
    actor: &Actor,
    old: &[Reference],
    new: &[Reference],
    faults: &mut Vec<Fault>,
) -> Result<(), CmsError> {
    let known_before: BTreeSet<(&Handle, &ReferenceTarget)> = old.iter().map(|r| (&r.field, &r.target)).collect();
    let fresh: Vec<&Reference> = new.iter().filter(|r| !known_before.contains(&(&r.field, &r.target))).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let hierarchy = queries.hierarchy().await?;
    for reference in fresh {
        let fault = match &reference.target {
            ReferenceTarget::Entry(id) => entry_fault(queries, actor, &hierarchy, reference, *id).await?,
            ReferenceTarget::Asset(id) => asset_fault(queries, actor, &hierarchy, reference, *id).await?,
        };
        faults.extend(fault);
    }
    Ok(())
}

async fn entry_fault(
    queries: &Queries,
    actor: &Actor,
    hierarchy: &Hierarchy,
    reference: &Reference,
    id: EntryId,
) -> Result<Option<Fault>, CmsError> {
    let unknown = || Some(Fault::new(reference.pointer.clone(), FaultCode::UnknownTarget).with("id", id.to_string()));
    let Some(entry) = queries.find_entry(id).await?.filter(|entry| entry.trashed_at.is_none()) else {
        return Ok(unknown());
    };
    let seen = actor.scope(hierarchy).is_ok_and(|scope| scope.contains(entry.department));
    if !seen && queries.live_localizations(&[id]).await?.is_empty() {
        return Ok(unknown());
    }
    let Some(allowed) = &reference.collections else { return Ok(None) };
    if allowed.contains(&entry.collection) {
        return Ok(None);
    }
    let allowed: Vec<Value> = allowed.iter().map(|handle| handle.as_str().into()).collect();
    Ok(Some(Fault::new(reference.pointer.clone(), FaultCode::WrongCollection).with("allowed", allowed)))
}

async fn asset_fault(
    queries: &Queries,
    actor: &Actor,
    hierarchy: &Hierarchy,
    reference: &Reference,
    id: diwan_content::AssetId,
) -> Result<Option<Fault>, CmsError> {
    let unknown = || Some(Fault::new(reference.pointer.clone(), FaultCode::UnknownTarget).with("id", id.to_string()));
    let Some(known) = queries.find_asset(id).await? else { return Ok(unknown()) };
    let seen = actor.scope(hierarchy).is_ok_and(|scope| scope.contains(known.asset.department));
    if !seen && !queries.asset_is_public(id).await? {
        return Ok(unknown());
    }
    let Some(accept) = &reference.accept else { return Ok(None) };
    let kind = diwan_assets::MediaType::parse(&known.blob.media_type).map(|media_type| media_type.kind().as_str());
    if accept.is_empty() || accept.iter().any(|accepted| Some(accepted.as_str()) == kind) {
        return Ok(None);
    }
    let allowed: Vec<Value> = accept.iter().map(|kind| kind.as_str().into()).collect();
    Ok(Some(Fault::new(reference.pointer.clone(), FaultCode::WrongAssetKind).with("allowed", allowed)))
}
