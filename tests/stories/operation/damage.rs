//! What goes wrong on the machine: files that rot or are missing, folders that cannot be written, logs that were changed.

use std::{fs, path::PathBuf};

use diwan_content::rights::Role;
use serde_json::json;

use super::program::{Program, run};
use crate::{
    desk::{create, department, news, publish, upload},
    harness::{App, Backend, client::Answer, eventually, picture},
};

/// The file of an asset, found by its hash.
fn stored_file(app: &App, hash: &str) -> PathBuf {
    app.data().join("blobs/blobs").join(&hash[0..2]).join(&hash[2..4]).join(hash)
}

#[tokio::test]
async fn a_file_that_rots_is_not_delivered_and_is_reported_by_its_name() {
    for backend in Backend::available() {
        let app = App::on(backend).await;
        let owner = department(&app, "إدارة الوثائق").await;
        let editor = app.with(Role::Editor);
        let mut body = news(&owner, "افتتاح قاعة المطالعة");
        let asset = upload(&editor, &owner, "x.gif", picture("x")).await;
        body["data"]["image"] = json!(asset);
        publish(&app.with(Role::Publisher), &create(&editor, &body).await).await;
        let address = format!("/v1/assets/{asset}");
        let tag = app.anyone.get(&address).await.of(200).header("etag").unwrap().to_owned();

        let hash = tag.trim_matches('"');
        let whole = fs::read(stored_file(&app, hash)).unwrap();
        let mut rotten = whole.clone();
        *rotten.last_mut().unwrap() ^= 1;
        fs::write(stored_file(&app, hash), &rotten).unwrap();
        let problem = app.anyone.get(&address).await.of(503).json();
        assert_eq!((&problem["code"], &problem["params"]["reason"]), (&json!("file_unavailable"), &json!("damaged")));
        let backup = tempfile::tempdir().unwrap();
        let report = app.cms.backup(&backup.path().join("b")).await.unwrap();
        assert_eq!(report.damaged.iter().map(|blob| blob.hash.to_string()).collect::<Vec<_>>(), [hash]);

        // As on a second server with a folder of its own.
        fs::remove_file(stored_file(&app, hash)).unwrap();
        let problem = app.anyone.get(&address).await.of(503).json();
        assert_eq!((&problem["code"], &problem["params"]["reason"]), (&json!("file_unavailable"), &json!("missing")));
        // The same file once more mends it.
        upload(&editor, &owner, "again.gif", picture("x")).await;
        assert_eq!(app.anyone.get(&address).await.of(200).body, whole);
        app.stop().await;
    }
}

/// The first answer of `/readyz` with this status.
async fn readiness(app: &App, status: u16) -> Answer {
    eventually(async || {
        let ready = app.anyone.get("/readyz").await;
        if ready.status == status { Ok(ready) } else { Err(ready.to_string()) }
    })
    .await
}

#[tokio::test]
async fn readiness_tells_that_files_cannot_be_stored() {
    let app = App::start().await;
    let owner = department(&app, "إدارة الوثائق").await;
    let spool = app.data().join("blobs/spool");
    fs::remove_dir(&spool).unwrap();
    fs::write(&spool, "no folder").unwrap();
    let editor = app.with(Role::Editor);
    let path = format!("/manage/v1/assets?name=x.gif&department={}", owner["entry"].as_str().unwrap());
    editor.post_bytes(&path, "image/gif", picture("x")).await.of(503);
    let problem = readiness(&app, 503).await.json();
    assert_eq!((&problem["code"], &problem["params"]["part"]), (&json!("read_only"), &json!("assets")));
    app.anyone.get("/v1/collections").await.of(200);
    fs::remove_file(&spool).unwrap();
    fs::create_dir(&spool).unwrap();
    readiness(&app, 200).await;
    upload(&editor, &owner, "x.gif", picture("x")).await;
    app.stop().await;
}

#[tokio::test]
async fn the_log_and_all_that_is_stored_can_be_verified_beside_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let server = Program::serve(data, &["--demo"]).await;
    for command in [&["audit", "verify"][..], &["verify"]] {
        let verified = run(&[&["--data", data], command].concat(), &[]);
        assert!(verified.good, "{verified:?}");
    }
    server.stop().await;
    for file in files(&PathBuf::from(data).join("blobs/blobs")).iter().take(1) {
        fs::write(file, "rotten").unwrap();
        let verified = run(&["--data", data, "verify"], &[]);
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(!verified.good && verified.errors.contains(&format!("blob {name} has other bytes")), "{verified:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_data_folder() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let database = data.join("diwan.db");
    for _ in 0..2 {
        let server = Program::serve(data.to_str().unwrap(), &[]).await;
        assert_eq!((mode(&data), mode(&database)), (0o700, 0o600));
        for end in ["-wal", "-shm"] {
            assert_eq!(mode(&data.join(format!("diwan.db{end}"))), 0o600, "{end}");
        }
        server.stop().await;
        // As an older version, or somebody by hand, left them.
        fs::set_permissions(&data, PermissionsExt::from_mode(0o755)).unwrap();
        fs::set_permissions(&database, PermissionsExt::from_mode(0o644)).unwrap();
    }
}

fn files(folder: &PathBuf) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
