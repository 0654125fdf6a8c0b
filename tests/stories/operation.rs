//! What an operator does: start, stop, look, configure, back up, restore.

mod damage;
mod evaluating;
mod floods;
#[cfg(unix)]
mod jobs;
mod logs;
pub(crate) mod program;

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use diwan_content::rights::Role;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use self::program::{Program, run};
use crate::{
    desk::{create, department, news, place, publish, save, text, upload},
    harness::{App, Backend, client::Client, picture, skipped},
};

#[tokio::test]
async fn a_second_server_on_a_folder_is_refused_and_told_who_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let first = Program::serve(data, &[]).await;
    let holder = format!("is in use by process {} (serve)", first.id());
    for command in [
        &["--data", data, "serve", "--listen", "127.0.0.1:0"][..],
        &["--data", data, "reindex"],
        &["--data", data, "migrate"],
    ] {
        let refused = run(command, &[]);
        assert!(!refused.good && refused.errors.contains(&holder), "{command:?}: {refused:?}");
    }
    // A key is made by the side, and works at once.
    let made = run(&["--data", data, "key", "create", "--role", "reader"], &[]);
    assert!(made.good, "{made:?}");
    let key = made.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    assert_eq!(first.client.with_token(key).get("/manage/v1/entries").await.of(200).json()["data"], json!([]));
    first.stop().await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_what_it_began() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Program::serve(data, &[]).await;
    let made = run(&["--data", data, "key", "create", "--role", "system_admin"], &[]);
    let admin = made.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let reader = run(&["--data", data, "key", "create", "--role", "reader"], &[]);
    let reader = reader.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();

    let body = json!({ "collection": "departments", "data": { "title": "إدارة الختام" } }).to_string();
    let mut socket = TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST /manage/v1/entries HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {admin}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut going_on = [0; 25];
    socket.read_exact(&mut going_on).await.unwrap();
    server.terminate();
    server.no_longer_listens().await;
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    server.ended_well().await;

    let server = Program::serve(data, &[]).await;
    let listed = server.client.with_token(reader).get("/manage/v1/entries").await.of(200).json();
    assert_eq!(listed["data"][0]["title"], "إدارة الختام");
    server.stop().await;
}

#[tokio::test]
async fn the_sample_ministry_is_loaded_once_and_what_is_printed_works() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Program::serve(data, &["--demo"]).await;
    crate::harness::settle(&server.client).await;
    let printed = server.output();
    let urls: Vec<&str> = printed.lines().filter_map(|line| line.trim().strip_prefix(&server.client_base())).collect();
    assert!(urls.len() >= 4, "{printed}");
    for url in urls {
        server.client.get(url).await.of(200);
    }
    let curls: Vec<&str> = printed.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(curls.len(), 4, "{printed}");
    if Command::new("curl").arg("--version").output().is_ok() {
        for line in curls {
            let done = Command::new("sh")
                .args(["-c", &format!("{line} --silent --show-error --fail-with-body")])
                .output()
                .unwrap();
            assert!(done.status.success(), "{line}\n{}", String::from_utf8_lossy(&done.stdout));
        }
    } else {
        skipped("curl is not installed: what is printed was not run");
    }
    let before = everything_public(&server.client).await;
    server.stop().await;

    let server = Program::serve(data, &["--demo"]).await;
    let again = server.output();
    assert!(!again.contains("diwan_"), "no keys are made again: {again}");
    let key = printed.lines().find_map(|line| line.trim().strip_prefix("publisher")).unwrap().trim();
    server.client.with_token(key).get("/manage/v1/entries").await.of(200);
    assert_eq!(everything_public(&server.client).await, before);
    server.stop().await;
}

#[test]
fn a_configuration_with_several_mistakes_names_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("diwan.toml");
    let text =
        "listen = \"nowhere\"\nsurprise = 1\n[http]\nmax_body_bytes = -5\n[assets]\nmax_upload_bytes = \"much\"\n";
    fs::write(&file, text).unwrap();
    let data = folder.path().join("data");
    let environment = [("DIWAN_LOG_FORMAT", "poetry"), ("DIWAN_DATABASE_URL", "mysql://u:secret@x/y")];
    for command in ["serve", "migrate", "check", "reindex"] {
        let arguments = ["--data", data.to_str().unwrap(), "--config", file.to_str().unwrap(), command];
        let refused = run(&arguments, &environment);
        assert!(!refused.good, "{command}");
        let wanted =
            ["listen", "surprise", "max_body_bytes", "max_upload_bytes", "DIWAN_LOG_FORMAT", "DIWAN_DATABASE_URL"];
        for place in wanted {
            let told = refused.errors.lines().any(|line| line.contains(place) && line.contains(": "));
            assert!(told, "{command} does not tell of {place}: {}", refused.errors);
        }
        assert!(!refused.errors.contains("secret"), "{}", refused.errors);
    }
    assert!(!data.exists(), "nothing was started");
}

#[tokio::test]
async fn variables_that_an_orchestrator_adds_stop_nothing_and_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let injected = [("DIWAN_SERVICE_HOST", "10.0.0.1"), ("DIWAN_PORT_8080_TCP", "tcp://10.0.0.1:8080")];
    let checked = run(&["--data", data, "check"], &injected);
    assert!(checked.good, "{checked:?}");
    let server = Program::serve_with(data, &[], &injected, None).await;
    for (name, _) in injected {
        assert!(checked.output.contains(&format!("warning: environment {name}: ")), "{checked:?}");
        server.says(name).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_first_says_that_it_is_no_longer_ready() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Program::serve_with(data, &[], &[("DIWAN_HTTP_SHUTDOWN_DELAY_MS", "3600000")], None).await;
    server.client.get("/readyz").await.of(200);
    server.terminate();
    server.says("no longer ready").await;
    let ready = server.client.get("/readyz").await.of(503).json();
    assert_eq!(ready["code"], "shutting_down");
    server.client.get("/livez").await.of(200);
    server.client.get("/v1/paths").await.of(200);
    // Whoever does not want to wait asks again.
    server.stop().await;
}

#[test]
fn blueprints_with_mistakes_stop_the_start_by_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    copy_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas"), folder.path());
    let path = folder.path().join("blueprints/news.yaml");
    let broken = fs::read_to_string(&path).unwrap().replacen("type: textarea", "type: poem", 1).replacen(
        "max_items: 1",
        "max_items: many",
        1,
    );
    let lines: Vec<usize> = broken
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains("poem") || line.contains("many"))
        .map(|(at, _)| at + 1)
        .collect();
    fs::write(&path, &broken).unwrap();
    let data = folder.path().join("data");
    let schemas = folder.path().to_str().unwrap();
    for command in ["check", "serve"] {
        let refused = run(&["--data", data.to_str().unwrap(), "--schemas", schemas, command], &[]);
        assert!(!refused.good, "{command}");
        for line in &lines {
            assert!(refused.errors.contains(&format!("news.yaml:{line}: ")), "{command} {line}: {}", refused.errors);
        }
    }
    assert!(!data.exists(), "nothing was started");
}

#[tokio::test]
async fn health_is_told_to_all_and_metrics_to_those_who_operate() {
    for backend in Backend::available() {
        let app = App::on(backend).await;
        department(&app, "إدارة الوثائق").await;
        app.settle().await;
        assert_eq!(app.anyone.get("/livez").await.of(200).json(), json!({ "status": "live" }));
        let ready = app.anyone.get("/readyz").await.of(200).json();
        let clock = json!({ "state": "ok", "seconds": 0 });
        let expected = json!({ "status": "ready", "database": "ok", "search": { "state": "current" }, "clock": clock });
        assert_eq!(ready, expected);
        // How much is written here is for those who operate.
        let ready = app.with(Role::Publisher).get("/readyz").await.of(200).json();
        assert_eq!(ready["search"], json!({ "state": "current" }));
        let ready = app.with(Role::SystemAdmin).get("/readyz").await.of(200).json();
        let last = ready["search"]["last_sequence"].as_i64().unwrap();
        assert_eq!(ready["search"], json!({ "state": "current", "mark": last, "last_sequence": last }));
        assert!(last > 0);

        app.anyone.get("/metrics").await.of(401);
        app.with(Role::Publisher).get("/metrics").await.of(403);
        app.anyone.get("/v1/content/a/secret/path").await.of(404);
        let metrics = app.with(Role::SystemAdmin).get("/metrics").await.of(200);
        assert_eq!(metrics.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
        for line in [
            "diwan_http_requests_total{method=\"POST\",route=\"/manage/v1/entries\",status=\"201\"} 1",
            "diwan_http_requests_total{method=\"GET\",route=\"/v1/content/{path*}\",status=\"404\"} 1",
            "# EOF",
        ] {
            assert!(metrics.contains(line), "{line} is not in {metrics}");
        }
        assert!(!metrics.contains("secret"), "what was asked for is nobody's business: {metrics}");
    }
}

/// A backup taken under a writing load is one moment of it; one taken in peace answers the same on either database.
#[tokio::test]
async fn a_backup_of_a_running_server_answers_the_same_when_it_is_restored() {
    for (from, to) in Backend::available().into_iter().zip(Backend::available().into_iter().rev()) {
        let app = App::on(from).await;
        let owner = department(&app, "إدارة الوثائق").await;
        let editor = app.with(Role::Editor);
        let mut body = news(&owner, "افتتاح قاعة المطالعة");
        body["data"]["image"] = json!(upload(&editor, &owner, "x.gif", picture("x")).await);
        let item = publish(&app.with(Role::Publisher), &create(&editor, &body).await).await;

        let backups = tempfile::tempdir().unwrap();
        let (busy, calm) = (backups.path().join("busy"), backups.path().join("calm"));
        let writing = async {
            let mut state = item.clone();
            for number in 0..20 {
                body["data"]["summary"] = json!(format!("خلاصة {number}"));
                state = save(&editor, &state, &json!({ "data": body["data"] })).await;
            }
            publish(&app.with(Role::Publisher), &state).await
        };
        let (state, report) = tokio::join!(writing, app.cms.backup(&busy));
        let report = report.unwrap();
        let sequence = |report: &Value| report["sequence"].as_i64().unwrap();
        assert!((sequence(&item)..=sequence(&state)).contains(&report.last_sequence), "{report:?}");
        app.cms.backup(&calm).await.unwrap();
        assert!(app.cms.backup(&calm).await.is_err(), "a backup never goes into another one");

        let restored = App::on_backup(&busy, to).await;
        let work = restored.with(Role::Auditor).get(&place(&item)).await.of(200).json();
        // One event for each change since: all that was acknowledged before the moment, and nothing half done.
        let saves = (report.last_sequence - sequence(&item)).min(20);
        assert_eq!(work["head"], json!(1 + saves), "{work}");
        restored.stop().await;

        let restored = App::on_backup(&calm, to).await;
        assert_eq!(everything_public(&restored.anyone).await, everything_public(&app.anyone).await);
        for path in [place(&item), format!("{}/revisions?page[size]=100", place(&item)), "/manage/v1/assets".to_owned()]
        {
            let (then, now) = (app.with(Role::Auditor).get(&path).await, restored.with(Role::Auditor).get(&path).await);
            assert_eq!(then.json(), now.json(), "{path}");
        }
        restored.stop().await;
    }
}

/// Every page, list, tree, search and asset, with its entity tag.
async fn everything_public(client: &Client) -> BTreeMap<String, (Option<String>, Vec<u8>)> {
    crate::harness::settle(client).await;
    let mut questions: Vec<String> =
        ["/v1/collections", "/v1/search?q=إدارة", "/v1/collections/pages/tree"].map(str::to_owned).into();
    for locale in ["ar", "en"] {
        let paths = client.get(&format!("/v1/paths?page[size]=100&locale={locale}")).await.of(200).json();
        questions
            .extend(paths["data"].as_array().unwrap().iter().map(|path| format!("/v1/content{}", text(&path["path"]))));
    }
    for collection in ["departments", "news", "pages", "reports", "services"] {
        let path = format!("/v1/collections/{collection}/entries?page[size]=100&count=exact");
        let list = client.get(&path).await.of(200).json();
        let included = list["data"].as_array().unwrap().iter().filter_map(|entry| entry["included"].as_object());
        let assets = included.flat_map(serde_json::Map::values).filter_map(Value::as_array).flatten();
        questions.extend(assets.map(|asset| text(&asset["url"])));
        questions.push(path);
    }
    let mut answers = BTreeMap::new();
    for question in questions {
        let answer = client.get(&question).await.of(200);
        answers.insert(question, (answer.header("etag").map(str::to_owned), answer.body.to_vec()));
    }
    answers
}

fn copy_all(from: &Path, to: &Path) {
    let done = Command::new("cp").args(["-r", &format!("{}/.", from.display())]).arg(to).stdout(Stdio::null()).status();
    assert!(done.unwrap().success());
}
