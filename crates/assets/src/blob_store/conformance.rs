//! One suite over every kind of store, and what only the disk has to show.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tempfile::TempDir;

use super::{BlobStore, PublicBlob, StoredBlob, UploadLimits};
use crate::{AssetsError, BlobHash, Declared, MediaType, PutError, PutKnownError, Refusal, samples};

const ANY: Declared<'static> = Declared { name: None, media_type: None };

fn stores() -> (TempDir, [BlobStore; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let disk = BlobStore::open(folder.path()).unwrap();
    (folder, [disk, BlobStore::in_memory()])
}

fn chunks(bytes: &[u8], size: usize) -> impl Stream<Item = Result<Bytes, io::Error>> + use<> {
    let chunks: Vec<_> = bytes.chunks(size).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    stream::iter(chunks)
}

async fn put(store: &BlobStore, bytes: &[u8], declared: Declared<'_>) -> Result<StoredBlob, PutError<io::Error>> {
    store.put(chunks(bytes, 7), declared, &UploadLimits::default()).await
}

async fn refusal(store: &BlobStore, bytes: &[u8], declared: Declared<'_>) -> Refusal {
    match put(store, bytes, declared).await {
        Err(PutError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

async fn read(store: &BlobStore, hash: &BlobHash) -> Vec<u8> {
    let blob = store.get(hash, None).await.unwrap();
    assert_eq!(blob.range, 0..blob.size_bytes);
    collect(blob.stream).await
}

async fn collect(chunks: impl Stream<Item = Result<Bytes, AssetsError>>) -> Vec<u8> {
    chunks.try_collect::<Vec<_>>().await.unwrap().concat()
}

async fn all(store: &BlobStore) -> Vec<BlobHash> {
    store.list().try_collect().await.unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_stored_blob_says_what_it_is_and_is_read_back() {
    let (_folder, stores) = stores();
    for store in stores {
        let bytes = samples::png(3, 5);
        let declared = Declared { name: Some("شعار.png"), media_type: Some("image/png") };
        let stored = put(&store, &bytes, declared).await.unwrap();
        let expected = StoredBlob {
            hash: BlobHash::of(&bytes),
            size_bytes: bytes.len() as u64,
            media_type: MediaType::Png,
            charset: None,
            width: Some(3),
            height: Some(5),
            // Nothing has to be left out of it.
            public: Some(PublicBlob { hash: BlobHash::of(&bytes), size_bytes: bytes.len() as u64, is_turned: false }),
        };
        assert_eq!(stored, expected);
        assert_eq!(read(&store, &stored.hash).await, bytes);
        assert_eq!(store.head(&stored.hash).await.unwrap(), stored.size_bytes);
        assert!(store.exists(&stored.hash).await.unwrap());
    }
}

#[tokio::test]
async fn documents_and_texts_have_no_dimensions() {
    let (_folder, stores) = stores();
    for store in stores {
        let table = Declared { name: Some("جدول.csv"), media_type: None };
        let cases = [
            (samples::pdf(), ANY, MediaType::Pdf),
            (samples::office("xl/workbook.xml"), ANY, MediaType::Xlsx),
            ("الاسم,العدد\n".into(), table, MediaType::Csv),
            ("نص عربي".into(), ANY, MediaType::Plain),
        ];
        for (bytes, declared, media_type) in cases {
            let stored = put(&store, &bytes, declared).await.unwrap();
            assert_eq!((stored.media_type, stored.width, stored.height), (media_type, None, None));
        }
    }
}

#[tokio::test]
async fn a_range_is_read_alone_and_cut_at_the_end() {
    let (_folder, stores) = stores();
    for store in stores {
        let hash = put(&store, b"0123456789", ANY).await.unwrap().hash;
        for (asked, given, bytes) in [(0..1, 0..1, "0"), (2..6, 2..6, "2345"), (8..100, 8..10, "89")] {
            let blob = store.get(&hash, Some(asked)).await.unwrap();
            assert_eq!((blob.size_bytes, blob.range), (10, given));
            assert_eq!(collect(blob.stream).await, bytes.as_bytes());
        }
        for outside in [10..11, 100..200, 3..3] {
            let error = store.get(&hash, Some(outside.clone())).await.unwrap_err();
            assert!(matches!(error, AssetsError::OutOfRange { size_bytes: 10, .. }), "{outside:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn identical_bytes_are_stored_once() {
    let (folder, stores) = stores();
    for store in stores {
        let first = put(&store, b"the same", ANY).await.unwrap();
        let second = put(&store, b"the same", ANY).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(all(&store).await, [first.hash]);
    }
    let expected = folder.path().join(BlobHash::of(b"the same").key());
    assert_eq!(files(folder.path()), [expected]);
}

#[tokio::test]
async fn a_blob_of_several_parts_is_whole() {
    let (folder, stores) = stores();
    let bytes = "سطر من النص\n".repeat(700_000).into_bytes();
    for store in stores {
        let stored = store.put(chunks(&bytes, 65_537), ANY, &UploadLimits::default()).await.unwrap();
        assert_eq!((stored.hash, stored.size_bytes), (BlobHash::of(&bytes), bytes.len() as u64));
        assert!(read(&store, &stored.hash).await == bytes, "the bytes differ");
    }
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let (folder, stores) = stores();
    for store in stores {
        let broken = chunks(&samples::png(1, 1), 7).chain(stream::iter([Err(io::ErrorKind::ConnectionReset.into())]));
        let error = store.put(broken, ANY, &UploadLimits::default()).await.unwrap_err();
        assert!(matches!(error, PutError::Stream(_)), "{error:?}");
        assert_eq!(all(&store).await, []);
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing() {
    let (folder, stores) = stores();
    for store in stores {
        let stalled = chunks(b"and then no more", 7).chain(stream::pending());
        let limits = UploadLimits::default();
        let mut upload = Box::pin(store.put(stalled, ANY, &limits));
        assert!(futures_util::poll!(upload.as_mut()).is_pending());
        drop(upload);
        assert_eq!(all(&store).await, []);
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn reading_stops_where_an_upload_passes_its_limit() {
    let (_folder, stores) = stores();
    for store in stores {
        let limits = UploadLimits { max_bytes: 100, ..UploadLimits::default() };
        let taken = Cell::new(0);
        let endless = stream::repeat_with(|| {
            taken.set(taken.get() + 1);
            Ok::<_, io::Error>(Bytes::from_static(b"0123456789"))
        });
        let error = store.put(endless, ANY, &limits).await.unwrap_err();
        assert!(matches!(error, PutError::Refused(Refusal::TooLarge { max_bytes: 100 })), "{error:?}");
        assert_eq!(taken.get(), 11);
        assert_eq!(all(&store).await, []);
        let fitting = store.put(chunks(&[b'a'; 100], 7), ANY, &limits).await.unwrap();
        assert_eq!(fitting.size_bytes, 100);
    }
}

#[tokio::test]
async fn what_is_not_acceptable_is_refused_and_not_stored() {
    let (folder, stores) = stores();
    let html = b"<!doctype html><script>alert(1)</script>".as_slice();
    let png = |name| Declared { name: Some(name), media_type: Some("image/png") };
    let mismatch = |declared: &str, found| Refusal::TypeMismatch { declared: declared.to_owned(), found };
    for store in stores {
        let cases = [
            (b"".as_slice(), ANY, Refusal::Empty),
            (html, png("a.png"), mismatch(".png", "text/html")),
            (html, ANY, Refusal::TypeNotAllowed { found: "text/html" }),
            (b"<svg/>", ANY, Refusal::TypeNotAllowed { found: "image/svg+xml" }),
            (&samples::pdf(), png("a"), mismatch("image/png", "application/pdf")),
            (&samples::png(1, 1), png("a.svg"), mismatch(".svg", "image/png")),
            (&samples::png(1, 1)[..20], png("a.png"), Refusal::Unreadable { media_type: MediaType::Png }),
            (
                &samples::png(100_000, 100_000),
                ANY,
                Refusal::TooManyPixels { width: 100_000, height: 100_000, max_pixels: 100_000_000 },
            ),
        ];
        for (bytes, declared, expected) in cases {
            assert_eq!(refusal(&store, bytes, declared).await, expected);
        }
        assert_eq!(all(&store).await, []);
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_missing_blob_is_not_found() {
    let (_folder, stores) = stores();
    let hash = BlobHash::of(b"nobody stored this");
    for store in stores {
        for error in [
            store.get(&hash, None).await.unwrap_err(),
            store.get(&hash, Some(0..1)).await.unwrap_err(),
            store.head(&hash).await.unwrap_err(),
        ] {
            assert!(matches!(error, AssetsError::NotFound { .. }), "{error:?}");
        }
        assert!(!store.exists(&hash).await.unwrap());
    }
}

#[tokio::test]
async fn known_bytes_are_stored_only_under_their_own_hash() {
    let (_folder, stores) = stores();
    // A restore takes what was once accepted, whatever would be accepted today.
    let bytes = b"<p>old</p>".as_slice();
    for store in stores {
        let hash = BlobHash::of(bytes);
        let error = store.put_known(&hash, chunks(b"<p>bad</p>", 3)).await.unwrap_err();
        let found = BlobHash::of(b"<p>bad</p>");
        assert!(
            matches!(error, PutKnownError::HashMismatch { expected: e, found: f } if e == hash && f == found),
            "{error:?}"
        );
        assert_eq!(all(&store).await, []);
        assert_eq!(store.put_known(&hash, chunks(bytes, 3)).await.unwrap(), 10);
        assert_eq!(read(&store, &hash).await, bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_uploads_at_once_do_not_disturb_each_other() {
    let (folder, stores) = stores();
    for store in stores {
        // Spawned, which also proves that an upload may move between threads.
        let uploads = (0..40_u32).map(|number| {
            let store = store.clone();
            tokio::spawn(async move { put(&store, format!("text {}", number % 8).as_bytes(), ANY).await.unwrap().hash })
        });
        let mut hashes: Vec<_> = futures_util::future::try_join_all(uploads).await.unwrap();
        hashes.sort();
        hashes.dedup();
        let mut listed = all(&store).await;
        listed.sort();
        assert_eq!(listed, hashes);
    }
    assert_eq!(files(folder.path()).len(), 8);
}

#[tokio::test]
async fn blobs_on_disk_are_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("not/there/yet");
    let hash = put(&BlobStore::open(&root).unwrap(), b"to stay", ANY).await.unwrap().hash;
    let again = BlobStore::open(&root).unwrap();
    assert_eq!(read(&again, &hash).await, b"to stay");
    assert_eq!(all(&again).await, [hash]);
}

#[tokio::test]
async fn leftovers_of_a_killed_process_are_swept_and_blobs_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = BlobStore::open(folder.path()).unwrap();
    let hash = put(&store, b"to stay", ANY).await.unwrap().hash;
    let key = folder.path().join(hash.key());
    let leftovers = [PathBuf::from(format!("{}#1", key.display())), folder.path().join("spool/half")];
    for leftover in &leftovers {
        fs::write(leftover, "half of it").unwrap();
    }
    // Another server may be about to finish them.
    assert_eq!(store.sweep_leftovers().await.unwrap(), 0);
    for leftover in &leftovers {
        let file = fs::File::options().write(true).open(leftover).unwrap();
        let written_at = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written_at - Duration::from_secs(2 * 60 * 60)).unwrap();
    }
    assert_eq!(store.sweep_leftovers().await.unwrap(), 2);
    assert_eq!(store.sweep_leftovers().await.unwrap(), 0);
    assert_eq!(files(folder.path()), [key]);
    assert_eq!(read(&store, &hash).await, b"to stay");
}

#[tokio::test]
async fn strange_files_among_the_blobs_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = BlobStore::open(folder.path()).unwrap();
    let hash = put(&store, b"to stay", ANY).await.unwrap().hash;
    fs::write(folder.path().join("blobs/README"), "not ours").unwrap();
    fs::write(folder.path().join("blobs").join(BlobHash::of(b"x").to_string()), "x").unwrap();
    assert_eq!(all(&store).await, [hash]);
}

#[tokio::test]
async fn a_blob_that_was_cut_off_is_mended_by_the_next_upload_of_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let store = BlobStore::open(folder.path()).unwrap();
    let hash = put(&store, b"to stay", ANY).await.unwrap().hash;
    fs::write(folder.path().join(hash.key()), "to").unwrap();
    put(&store, b"to stay", ANY).await.unwrap();
    assert_eq!(read(&store, &hash).await, b"to stay");
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[0] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn damaged_bytes_are_not_answered_until_they_are_mended() {
    let folder = tempfile::tempdir().unwrap();
    let store = BlobStore::open(folder.path()).unwrap();
    let bytes = samples::png(3, 5);
    let hash = put(&store, &bytes, ANY).await.unwrap().hash;
    let path = folder.path().join(hash.key());
    assert_eq!(read(&store, &hash).await, bytes);
    flip(&path);
    for range in [None, Some(0..3)] {
        for _ in 0..2 {
            let read = store.get(&hash, range.clone()).await;
            assert!(matches!(read, Err(AssetsError::Damaged { .. })), "{read:?}");
        }
    }
    assert!(matches!(store.verify(&hash).await, Err(AssetsError::Damaged { .. })));
    // By hand, and by the same upload once more.
    flip(&path);
    assert_eq!(read(&store, &hash).await, bytes);
    flip(&path);
    put(&store, &bytes, ANY).await.unwrap();
    assert_eq!(read(&store, &hash).await, bytes);
    fs::remove_file(&path).unwrap();
    assert!(matches!(store.verify(&hash).await, Err(AssetsError::NotFound { .. })));
}

#[tokio::test]
async fn a_folder_that_is_gone_takes_no_uploads() {
    let folder = tempfile::tempdir().unwrap();
    let store = BlobStore::open(folder.path()).unwrap();
    store.check_writable().await.unwrap();
    fs::remove_dir(folder.path().join("blobs")).unwrap();
    assert!(store.check_writable().await.is_err());
}
