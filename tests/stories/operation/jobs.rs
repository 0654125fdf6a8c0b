//! Commands that hand their work to the server that runs.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

use super::program::{Program, run};

const PAGE: &str = "5d0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e01";

/// A site with one department and one file that cannot be read.
fn site(folder: &Path) {
    let folder = folder.join("content/collections/departments/ar");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("contact.md"), format!("---\nid: {PAGE}\ntitle: 'إدارة التخطيط'\n---\n")).unwrap();
    fs::write(folder.join("broken.md"), "---\ntitle: [\n---\n").unwrap();
}

#[tokio::test]
async fn an_import_beside_a_server_is_done_by_the_server() {
    let (folder, from) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Longer than the name of a socket may be.
    let data = folder.path().join("بيانات".repeat(20));
    let data = data.to_str().unwrap();
    site(from.path());
    let server = Program::serve(data, &[]).await;
    let mode = fs::metadata(Path::new(data).join("jobs.socket")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let site = from.path().to_str().unwrap();
    let imported = run(&["--data", data, "import", "statamic", site], &[]);
    // The file that cannot be read is to be looked at, whoever does the import.
    assert!(!imported.good && imported.errors.contains("1 file is to be looked at"), "{imported:?}");
    assert!(imported.output.contains("published        content/collections/departments/ar/contact.md"), "{imported:?}");
    assert!(imported.output.contains("1 broken"), "{imported:?}");
    let page = server.client.get(&format!("/v1/collections/departments/entries/{PAGE}?locale=ar")).await.of(200).json();
    assert_eq!(page["data"]["title"], json!("إدارة التخطيط"));
    let again = run(&["--data", data, "import", "statamic", site], &[]);
    assert!(!again.good && again.output.contains("1 unchanged"), "{again:?}");

    let nowhere = run(&["--data", data, "import", "statamic", "/nowhere/at/all"], &[]);
    assert!(!nowhere.good && nowhere.errors.contains("/nowhere/at/all"), "{nowhere:?}");
    let wrong = "8d0d3f6e-6b5b-4a7c-9d0e-2a4b6c8d0e77";
    let unknown = run(&["--data", data, "import", "statamic", site, "--department", wrong], &[]);
    assert!(!unknown.good && unknown.errors.contains("/department"), "{unknown:?}");

    server.stop().await;
    assert!(!Path::new(data).join("jobs.socket").exists());
    fs::remove_file(from.path().join("content/collections/departments/ar/broken.md")).unwrap();
    let alone = run(&["--data", data, "import", "statamic", site], &[]);
    assert!(alone.good && alone.output.contains("1 unchanged"), "{alone:?}");
}

#[tokio::test]
async fn what_is_no_job_is_refused_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Program::serve(data, &[]).await;
    for (said, refused) in [
        ("{}\n", "the job is not understood"),
        ("\n", "the job is not understood"),
        (
            "{\"version\":\"0.0.1\",\"job\":{\"import_statamic\":{\"folder\":\"/\",\"site\":null,\"time_zone\":null,\"collection\":null,\"department\":null}}}\n",
            "of 0.0.1",
        ),
    ] {
        let mut stream = UnixStream::connect(folder.path().join("jobs.socket")).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.contains(refused), "{answer}");
    }
    let mut endless = UnixStream::connect(folder.path().join("jobs.socket")).await.unwrap();
    // It stops listening before all is said.
    let _ = endless.write_all(&[b'x'; 200_000]).await;
    server.client.get("/livez").await.of(200);
    server.stop().await;
}
