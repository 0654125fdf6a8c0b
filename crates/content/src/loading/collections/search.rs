//! Reads what a collection says about search.

use crate::{
    loading::blueprints::BlueprintDraft,
    model::{CollectionKind, SearchRole, SearchRules},
    values::Handle,
    yaml::Keys,
};

/// Most facet fields of a collection.
const MAX_FACETS: usize = 8;

/// The rules of search. Collections that say nothing are searched, but for what nobody looks for by words: menus and
/// contact details.
pub(crate) fn read_search(
    keys: &mut Keys<'_>,
    kind: Option<CollectionKind>,
    blueprints: &[&BlueprintDraft<'_>],
) -> SearchRules {
    let enabled = !kind.is_some_and(CollectionKind::is_single);
    let mut rules = SearchRules { enabled, newer_first: false, facets: Vec::new(), role: SearchRole::Content };
    let Some(mut search) = keys.mapping("search") else { return rules };
    let roles = SearchRole::ALL.map(|role| (role.as_str(), role));
    rules.enabled = search.boolean("enabled").unwrap_or(rules.enabled);
    rules.newer_first = search.boolean("newer_first").unwrap_or(rules.newer_first);
    rules.facets = read_facets(&mut search, blueprints);
    rules.role = search.word("role", &roles).unwrap_or(rules.role);
    for field in fields_of(rules.role) {
        check_role_field(&search, field, blueprints);
    }
    search.finish();
    rules
}

/// Fields that hold short texts or options, in at least one of the blueprints, and are filtered by elsewhere too.
fn read_facets(search: &mut Keys<'_>, blueprints: &[&BlueprintDraft<'_>]) -> Vec<Handle> {
    let mut facets: Vec<Handle> = Vec::new();
    if search.list_nodes("facets", 0, MAX_FACETS).is_empty() {
        return facets;
    }
    for handle in search.handles("facets").unwrap_or_default() {
        if facets.contains(&handle) {
            search.problem("facets", format!("{handle} stands twice"));
            continue;
        }
        let known = blueprints.iter().any(|draft| !draft.complete || draft.declared.contains(&handle));
        if !known {
            search.problem("facets", format!("no blueprint has a field {handle}"));
        }
        for draft in blueprints {
            let Some(found) = draft.find_field(&handle) else { continue };
            let filtering = found.field.field_type.filtering();
            let fits = filtering.is_text_or_option() && found.field.filterable && !found.field.private;
            if !fits {
                let name = &draft.name;
                search.problem(
                    "facets",
                    format!("{handle} must be a public, filterable field of texts or options in the blueprint {name}"),
                );
            }
        }
        facets.push(handle);
    }
    facets
}

/// The fields that search reads of entries with a role.
fn fields_of(role: SearchRole) -> &'static [&'static str] {
    match role {
        SearchRole::Content => &[],
        SearchRole::Synonyms => &["words"],
        SearchRole::Pins => &["queries", "entries"],
    }
}

fn check_role_field(search: &Keys<'_>, field: &str, blueprints: &[&BlueprintDraft<'_>]) {
    for draft in blueprints.iter().filter(|draft| draft.complete) {
        if !draft.declared.iter().any(|declared| declared.as_str() == field) {
            search.problem("role", format!("the blueprint {} has no field {field}", draft.name));
        }
    }
}
