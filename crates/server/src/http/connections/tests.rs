//! Who makes room for whom, and who is refused.

use futures_util::FutureExt as _;

use super::*;

fn client(last: u8) -> Option<ClientAddress> {
    Some(ClientAddress::new([203, 0, 113, last].into()))
}

fn table(max: usize, max_per_address: usize) -> Arc<Connections> {
    Connections::new(max, max_per_address, Duration::from_secs(1), ConnectionMetrics::default())
}

fn begin(place: &Place) -> Work {
    place.begin(client(9).unwrap())
}

fn closed(places: &[&Place]) -> Vec<bool> {
    places.iter().map(|place| place.connection.evicted().now_or_never().is_some()).collect()
}

async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn the_longest_idle_connection_of_the_busiest_address_makes_room() {
    let table = table(4, 3);
    let quiet = table.admit(client(1));
    let mut crowd = Vec::new();
    for _ in 0..3 {
        pass(1).await;
        crowd.push(table.admit(client(2)));
    }
    let newcomer = table.admit(client(3));
    assert!(!newcomer.connection.refused);
    assert_eq!(closed(&[&quiet, &crowd[0], &crowd[1], &crowd[2]]), [false, true, false, false]);
    // An answer that was just given counts as the beginning of the wait.
    pass(1).await;
    drop(begin(&crowd[1]));
    let second = table.admit(client(3));
    assert_eq!(closed(&[&quiet, &crowd[1], &crowd[2], &newcomer, &second]), [false, false, true, false, false]);
}

#[tokio::test(start_paused = true)]
async fn one_address_has_a_limit_of_its_own_and_a_proxy_has_none() {
    let table = table(10, 2);
    let (first, second) = (table.admit(client(1)), table.admit(client(1)));
    let _work = (begin(&first), begin(&second));
    let refused = table.admit(client(1));
    let other = table.admit(client(2));
    assert_eq!((refused.connection.refused, other.connection.refused), (true, false));
    let proxied: Vec<Place> = (0..5).map(|_| table.admit(None)).collect();
    assert!(proxied.iter().all(|place| !place.connection.refused));
    drop((first, refused));
    assert!(!table.admit(client(1)).connection.refused);
}

#[tokio::test(start_paused = true)]
async fn requests_that_a_proxy_passes_on_count_for_their_clients() {
    let table = table(10, 2);
    let proxy: Vec<Place> = (0..4).map(|_| table.admit(None)).collect();
    let client = client(1).unwrap();
    let works: Vec<Work> = proxy.iter().take(3).map(|place| place.begin(client)).collect();
    assert_eq!(works.iter().map(|work| work.is_refused).collect::<Vec<_>>(), [false, false, true]);
    assert!(!begin(&proxy[3]).is_refused && works.iter().all(|work| !work.is_last));
    drop(works);
    assert!(!proxy[0].begin(client).is_refused && table.lock().counts.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stalls_makes_room_after_a_while_and_one_at_work_never() {
    let table = table(2, 2);
    let (working, stalling) = (table.admit(client(1)), table.admit(client(2)));
    let _work = (begin(&working), begin(&stalling));
    stalling.connection.stalls();
    assert!(table.admit(client(3)).connection.refused);
    pass(1).await;
    assert!(!table.admit(client(3)).connection.refused);
    assert_eq!(closed(&[&working, &stalling]), [false, true]);
}

/// A client moves this many bytes after each second of waiting, several times; then it waits.
async fn trickle(place: &Place, bytes: usize) {
    for _ in 0..10 {
        place.connection.stalls();
        pass(1).await;
        place.connection.moves(bytes);
    }
    place.connection.stalls();
}

#[tokio::test(start_paused = true)]
async fn bytes_below_the_lowest_rate_buy_no_time_and_bytes_above_it_do() {
    let table = Connections::new(3, 3, Duration::from_secs(3), ConnectionMetrics::default());
    let rate = usize::try_from(LOWEST_RATE).unwrap();
    // By sending its body, by taking its answer, and both as slowly as it may.
    let places: Vec<Place> = (1..=3).map(|number| table.admit(client(number))).collect();
    let _works: Vec<Work> = places.iter().map(begin).collect();
    trickle(&places[0], rate / 2).await;
    places[1].writes(Progress::Waits);
    pass(1).await;
    places[1].writes(Progress::Taken(1));
    places[1].writes(Progress::Waits);
    trickle(&places[2], rate).await;
    let newcomers: Vec<Place> = (4..=6).map(|number| table.admit(client(number))).collect();
    let refused: Vec<bool> = newcomers.iter().map(|place| place.connection.refused).collect();
    assert_eq!(closed(&places.iter().collect::<Vec<_>>()), [true, true, false]);
    // The last one had to be closed for another newcomer.
    assert_eq!((refused, closed(&[&newcomers[0]])), (vec![false, false, false], vec![true]));
}

#[tokio::test(start_paused = true)]
async fn a_request_begins_with_no_debt_of_the_one_before() {
    let table = table(1, 1);
    let place = table.admit(client(1));
    drop(begin(&place));
    let work = begin(&place);
    trickle(&place, 1).await;
    place.connection.moves(0);
    drop(work);
    let _work = begin(&place);
    place.connection.stalls();
    assert!(table.admit(client(2)).connection.refused);
}

#[tokio::test(start_paused = true)]
async fn a_crowd_that_keeps_a_full_server_waiting_makes_room_for_others_at_once() {
    let table = table(32, 32);
    let crowd: Vec<Place> = (0..31).map(|_| table.admit(client(1))).collect();
    let lonely = table.admit(client(2));
    let _works: Vec<Work> = crowd.iter().chain([&lonely]).map(begin).collect();
    crowd.iter().chain([&lonely]).for_each(|place| place.connection.stalls());
    assert!(!table.admit(client(3)).connection.refused);
    assert!(closed(&[&lonely]) == [false] && closed(&crowd.iter().collect::<Vec<_>>()).contains(&true));
}

#[tokio::test(start_paused = true)]
async fn slow_clients_go_before_one_whose_first_request_is_on_the_way() {
    let table = table(2, 2);
    let slow = table.admit(client(1));
    let _work = begin(&slow);
    slow.connection.stalls();
    pass(5).await;
    let new = table.admit(client(2));
    let _newcomer = table.admit(client(3));
    assert_eq!(closed(&[&slow, &new]), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn answers_that_nobody_takes_are_given_up_when_they_are_too_many() {
    let table = table(10, 10);
    let slow: Vec<Place> = (0..3).map(|_| table.admit(client(1))).collect();
    let answer = MAX_UNREAD_BYTES / 3;
    for place in &slow {
        begin(place).answers(answer);
        place.writes(Progress::Waits);
        pass(1).await;
    }
    slow[0].writes(Progress::Taken(1));
    let quick = table.admit(client(2));
    begin(&quick).answers(answer);
    assert_eq!(closed(&[&slow[0], &slow[1], &slow[2], &quick]), [false, true, false, false]);
    quick.writes(Progress::Flushed);
    assert_eq!(table.unread.load(Ordering::Relaxed), 2 * answer);
    drop(slow);
    assert_eq!(table.unread.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn a_full_server_ends_connections_with_their_next_answer() {
    let table = table(2, 2);
    let kept = table.admit(client(1));
    assert!(!begin(&kept).is_last && !begin(&kept).is_last);
    let _other = table.admit(client(2));
    assert!(begin(&kept).is_last);
}

#[tokio::test(start_paused = true)]
async fn places_for_refusing_are_few_and_each_is_kept_for_a_moment() {
    let table = table(1, 1);
    let only = table.admit(client(1));
    let work = begin(&only);
    let addresses = u8::try_from(MAX_REFUSALS / MAX_REFUSALS_PER_ADDRESS).unwrap();
    let clients = (0..addresses).flat_map(|number| vec![client(100 + number); MAX_REFUSALS_PER_ADDRESS]);
    let mut refused: Vec<Place> = clients.map(|client| table.admit(client)).collect();
    assert!(refused.iter().all(|place| begin(place).is_refused && begin(place).is_last));
    // Those that were just opened are not closed for others, whatever address these come from.
    refused.extend([table.admit(client(2)), table.admit(client(100))]);
    let closed_of = |places: &[Place]| -> Vec<usize> {
        let closed = closed(&places.iter().collect::<Vec<_>>());
        (0..places.len()).filter(|number| closed[*number]).collect()
    };
    assert_eq!(closed_of(&refused), [MAX_REFUSALS, MAX_REFUSALS + 1]);
    pass(1).await;
    // An address that has its share closes one of its own, another one the oldest of the most.
    refused.extend([table.admit(client(101)), table.admit(client(2))]);
    assert_eq!(closed_of(&refused), [0, MAX_REFUSALS_PER_ADDRESS]);
    drop((refused, work, only));
    let table = table.lock();
    assert!(table.served.is_empty() && table.counts.is_empty() && table.refused.is_empty());
}
