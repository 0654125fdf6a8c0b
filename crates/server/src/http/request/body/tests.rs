use diwan_content::{Language, rights::ActorRef};
use serde_json::json;

use super::*;
use crate::http::{client_address::ClientAddress, testing::headers};

const KB: usize = 1024;

#[test]
fn only_plain_json_is_taken() {
    for good in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
        assert!(check_json_type(&headers("content-type", &[good])).is_ok(), "{good}");
    }
    for bad in
        ["", "text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded", "application/jsonx"]
    {
        assert!(check_json_type(&headers("content-type", &[bad])).is_err(), "{bad}");
    }
    assert!(check_encoding(&headers("content-encoding", &["identity"])).is_ok());
    for bad in ["gzip", "br", "identity, gzip", "zstd"] {
        assert!(check_encoding(&headers("content-encoding", &[bad])).is_err(), "{bad}");
    }
}

fn hold(total: usize) -> BodyHold {
    let client = ClientAddress::new(std::net::Ipv4Addr::LOCALHOST.into());
    BodyBudget::new(total, total).hold(Client::new(ActorRef::Anonymous, client))
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_with_and_without_a_length() {
    let time = Duration::from_secs(5);
    let code = |result: Result<Bytes, Problem>| result.map_err(|problem| problem.code).map(|bytes| bytes.len());
    let none = HeaderMap::new();
    let mut hold = hold(5);
    assert_eq!(code(read_all(&none, Body::from("12345"), 5, time, &mut hold).await), Ok(5));
    assert_eq!(code(read_all(&none, Body::from("123456"), 5, time, &mut hold).await), Err(ProblemCode::TooLarge));
    assert_eq!(
        code(read_all(&headers("content-length", &["6"]), Body::empty(), 5, time, &mut hold).await),
        Err(ProblemCode::TooLarge)
    );
    let long = "x".repeat(100_000);
    let answer = read_all(&none, Body::from(long), 200_000, time, &mut hold).await;
    assert_eq!(code(answer), Err(ProblemCode::Overloaded), "the budget is used up");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_is_given_up() {
    let endless = Body::from_bytes_stream(futures_util::stream::pending::<io::Result<Bytes>>());
    let result = read_all(&HeaderMap::new(), endless, 5, Duration::from_secs(30), &mut hold(5)).await;
    assert_eq!(result.map_err(|problem| problem.code), Err(ProblemCode::RequestTimeout));
}

fn client(last: u8) -> Client {
    Client::new(ActorRef::Anonymous, ClientAddress::new([203, 0, 113, last].into()))
}

#[test]
fn nobody_gets_more_than_a_share_and_all_together_no_more_than_the_budget() {
    let budget = BodyBudget::new(4_000 * KB, 500 * KB);
    let mut holds: Vec<BodyHold> = (0..6).map(|at| budget.hold(client(at / 2))).collect();
    assert!(holds[0].grow_to(600 * KB).is_ok() && holds[1].grow_to(400 * KB).is_ok());
    assert!(holds[1].grow_to(401 * KB).is_err(), "the share is used up");
    for hold in &mut holds[2..] {
        assert!(hold.grow_to(500 * KB).is_ok());
    }
    let mut last: Vec<BodyHold> = (3..6).map(|at| budget.hold(client(at))).collect();
    assert!(last[0].grow_to(1_000 * KB).is_ok());
    assert!(last[1].grow_to(100 * KB).is_err(), "the budget is used up");
    assert!(last[1].grow_to(60 * KB).is_ok(), "a reserve is left for small bodies");
    drop(holds);
    assert!(last[1].grow_to(1_000 * KB).is_ok());
    drop(last);
    let held = budget.lock();
    assert!(held.total == 0 && held.by_client.is_empty());
}

#[test]
fn the_largest_body_always_fits() {
    let budget = BodyBudget::new(1, 8 * KB);
    assert!(budget.hold(client(1)).grow_to(8 * KB).is_ok());
}

fn refused(bytes: &[u8]) -> Value {
    parse_json(bytes).unwrap_err().body(Language::En, "r")
}

#[test]
fn proper_json_is_read_with_its_order() {
    let text = r#"{"b":[1,-2,3.5,true,null,"\u0627"],"a":{"c":18446744073709551615}}"#;
    assert_eq!(parse_json(text.as_bytes()).unwrap().to_string(), text.replace("\\u0627", "ا"));
}

#[test]
fn every_duplicate_key_is_told_with_its_place() {
    let body = refused(br#"{"a":1,"b":[{"x":1,"x":2}],"a":3}"#);
    let pointers: Vec<&Value> = body["faults"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
    assert_eq!((body["status"].clone(), pointers), (json!(400), vec![&json!("/b/0/x"), &json!("/a")]));
}

#[test]
fn objects_and_bodies_have_a_most_of_members_and_values() {
    let object = |count: usize| {
        let members: Vec<String> = (0..count).map(|at| format!("\"m{at}\":0")).collect();
        format!("{{\"data\":{{{}}}}}", members.join(","))
    };
    assert!(parse_json(object(MAX_MEMBERS).as_bytes()).is_ok());
    let body = refused(object(MAX_MEMBERS + 1).as_bytes());
    assert_eq!((&body["status"], &body["code"]), (&json!(400), &json!("too_many_members")));
    assert_eq!(body["params"], json!({ "object": "/data", "max": MAX_MEMBERS }));
    let list = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    assert!(parse_json(list(MAX_VALUES - 1).as_bytes()).is_ok());
    let body = refused(list(MAX_VALUES).as_bytes());
    assert_eq!((&body["status"], &body["code"]), (&json!(400), &json!("too_many_values")));
    assert!(body["detail"].as_str().unwrap().contains("200000"), "{body}");
}

#[test]
fn names_have_a_longest() {
    let body = |bytes: usize| format!("{{\"data\":{{\"{}\":[{{\"a\":0,\"a\":0}}]}}}}", "ن".repeat(bytes / 2));
    assert_eq!(refused(body(MAX_NAME_BYTES).as_bytes())["code"], "bad_json");
    let refused = refused(body(MAX_NAME_BYTES + 2).as_bytes());
    assert_eq!((&refused["status"], &refused["code"]), (&json!(400), &json!("name_too_long")));
    assert_eq!(refused["params"], json!({ "object": "/data", "max": MAX_NAME_BYTES }));
    assert!(refused["detail"].as_str().unwrap().contains("1024"), "{refused}");
}

#[test]
fn what_is_no_json_is_refused() {
    let deep = "[".repeat(100_000);
    let cases: [&[u8]; 10] =
        [b"", b"{", b"{} x", b"{'a':1}", b"[1,]", b"\"\\ud800\"", b"\"\xff\"", b"nul", b"{\"a\":NaN}", deep.as_bytes()];
    for case in cases {
        let body = refused(case);
        assert_eq!((body["status"].as_u64(), body["code"].as_str()), (Some(400), Some("bad_json")));
    }
    assert_eq!(refused(b"1e999")["code"], "bad_json");
}
