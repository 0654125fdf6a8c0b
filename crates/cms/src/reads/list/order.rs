//! Orders that a list may be asked for.

use diwan_content::{Fault, FaultCode, Pointer, SortBy, SortKey};

/// Most steps of an order.
const MAX_STEPS: usize = 4;

/// Reads `-published_at,title`, or tells what a list of this collection can be sorted by.
pub(super) fn read_order(text: &str, allowed: &[SortBy]) -> Result<Vec<SortKey>, Fault> {
    let refused = || {
        let mut names: Vec<String> = allowed.iter().map(|by| by.as_str().to_owned()).collect();
        names.sort();
        Fault::new(Pointer::root().key("sort"), FaultCode::NotAllowedHere).with("allowed", names)
    };
    let mut order = Vec::new();
    for step in text.split(',') {
        let (name, descending) = step.strip_prefix('-').map_or((step, false), |name| (name, true));
        let by = allowed.iter().find(|by| by.as_str() == name).ok_or_else(refused)?;
        if order.iter().any(|key: &SortKey| key.by == *by) || order.len() == MAX_STEPS {
            return Err(refused());
        }
        order.push(SortKey { by: by.clone(), descending });
    }
    Ok(order)
}
