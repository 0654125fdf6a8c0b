//! What one request may read, whatever its conditions.

use diwan_cms::{CmsError, ReadLimits};

use crate::{
    bed::Bed,
    filters::{filled, list, query},
};

/// Conditions on the titles of categories, none of which an index serves.
fn hops(count: usize) -> String {
    let hop = |place: usize| format!("filter[or][{place}][category][title][contains]=تصنيف {place}");
    (0..count).map(hop).collect::<Vec<String>>().join("&")
}

pub(crate) async fn conditions_that_would_read_too_much_are_refused_with_the_dearest(bed: &Bed) {
    let Some((mut own, store)) = filled(bed, 60).await else { return };
    let whole = list(&own, query(&hops(20))).await.unwrap();
    assert!(whole.items.len() >= 15, "{}", whole.items.len());
    own.limits = ReadLimits { list_cost_max: 3_000, ..own.limits };
    let own = own.reopen_after(|| ()).await;
    list(&own, query(&hops(2))).await.unwrap();
    for text in [hops(20), format!("{}&filter[title][contains]=مقال", hops(19))] {
        match list(&own, query(&text)).await {
            Err(CmsError::TooCostly { most: 3_000, conditions }) => {
                assert_eq!(conditions[0], "filter[category][title]", "{conditions:?}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    // Each page has what the request may read for itself.
    for _ in 0..5 {
        list(&own, query("filter[title][contains]=مقال&size=5")).await.unwrap();
    }
    own.cms.close().await.unwrap();
    store.close().await.unwrap();
}

pub(crate) async fn a_list_that_reads_much_waits_for_a_place_and_is_answered_all_the_same(bed: &Bed) {
    let Some((own, store)) = filled(bed, 700).await else { return };
    // The order of no index: all of them are looked at.
    let asked = query("filter[title][contains]=9&sort=-title,year&count=exact");
    let alone = list(&own, asked.clone()).await.unwrap();
    assert!(alone.looked_at >= 700);
    let together = futures_util::future::join_all((0..3).map(|_| list(&own, asked.clone()))).await;
    for page in together {
        let page = page.unwrap();
        assert_eq!((page.total, page.items.len()), (alone.total, alone.items.len()));
    }
    own.cms.close().await.unwrap();
    store.close().await.unwrap();
}
