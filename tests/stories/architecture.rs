//! The map holds: who may use whom, where each heavy dependency comes in, what stands at the top of the tree.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Who may use which of our own crates. One may use fewer; tests and benchmarks of a crate count too.
const ARROWS: [(&str, &[&str]); 11] = [
    ("diwan-server", &["diwan-cms", "diwan-content"]),
    (
        "diwan-cms",
        &["diwan-store", "diwan-search", "diwan-assets", "diwan-statamic", "diwan-identity", "diwan-content"],
    ),
    ("diwan-store", &["diwan-content", "diwan-migrations"]),
    ("diwan-search", &["diwan-content", "diwan-arabic"]),
    ("diwan-assets", &["diwan-content"]),
    ("diwan-statamic", &["diwan-content"]),
    ("diwan-identity", &["diwan-arabic"]),
    ("diwan-content", &["diwan-arabic"]),
    ("diwan-arabic", &[]),
    ("diwan-migrations", &[]),
    ("diwan-tests", &["diwan-server", "diwan-cms", "diwan-content"]),
];

/// The crate by which each heavy dependency enters. A name stands for its family too: `sea-orm` for `sea-orm-cli`.
const FENCES: [(&str, &[&str]); 31] = [
    ("sea-orm", &["diwan-store", "diwan-migrations"]),
    ("sqlx", &[]),
    ("tantivy", &["diwan-search"]),
    ("object_store", &["diwan-assets"]),
    ("imagesize", &["diwan-assets"]),
    ("image", &["diwan-assets"]),
    ("infer", &["diwan-assets"]),
    ("hayro", &["diwan-assets"]),
    ("unicode-bidi", &["diwan-assets"]),
    ("encoding_rs", &["diwan-assets"]),
    ("chardetng", &["diwan-assets"]),
    ("zip", &["diwan-assets"]),
    ("quick-xml", &["diwan-assets"]),
    ("rlimit", &["diwan-assets", "diwan-server"]),
    ("landlock", &["diwan-assets"]),
    ("seccompiler", &["diwan-assets"]),
    ("poem", &["diwan-server"]),
    ("hyper", &["diwan-server"]),
    ("clap", &["diwan-server"]),
    ("saphyr-parser", &["diwan-content"]),
    ("comrak", &["diwan-content"]),
    ("ammonia", &["diwan-content"]),
    ("icu_collator", &["diwan-arabic"]),
    ("jiff", &["diwan-content"]),
    ("reqwest", &["diwan-tests"]),
    ("argon2", &["diwan-identity"]),
    ("chacha20poly1305", &["diwan-identity"]),
    ("ed25519-dalek", &["diwan-identity"]),
    ("openidconnect", &["diwan-identity"]),
    ("chrono", &["diwan-identity"]),
    ("secrecy", &["diwan-identity"]),
];

/// What may stand at the top of the tree; names with a leading dot may too.
const TOP: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "crates",
    "fuzz",
    "migrations",
    "rust-toolchain.toml",
    "schemas",
    "tests",
];

#[test]
fn each_crate_uses_only_those_that_the_map_allows() {
    let mut wrong = Vec::new();
    for package in &workspace().packages {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name.as_str()) else {
            wrong.push(format!("{} is not on the map", package.name));
            continue;
        };
        for used in ours(package) {
            if !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} -> {used}", package.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn each_crate_on_the_map_stands_in_the_workspace() {
    let found: BTreeSet<String> = workspace().packages.iter().map(|package| package.name.to_string()).collect();
    let drawn: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, drawn);
}

#[test]
fn each_heavy_dependency_enters_by_one_crate() {
    let mut wrong = Vec::new();
    for package in &workspace().packages {
        for dependency in &package.dependencies {
            let Some((_, allowed)) = FENCES.iter().find(|(family, _)| is_of_family(&dependency.name, family)) else {
                continue;
            };
            if !allowed.contains(&package.name.as_str()) {
                wrong.push(format!("{} -> {}", package.name, dependency.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_migrations_know_no_entity_and_the_store_writes_none() {
    let migrations: Vec<String> =
        package("diwan-migrations").dependencies.iter().map(|used| used.name.clone()).collect();
    assert!(!migrations.contains(&"sea-orm".to_owned()), "{migrations:?}");
    let store: Vec<String> = package("diwan-store").dependencies.iter().map(|used| used.name.clone()).collect();
    assert!(!store.contains(&"sea-orm-migration".to_owned()), "{store:?}");
}

#[test]
fn no_graphql_crate_stands_anywhere_in_the_tree() {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 100, "the lock file was not understood");
    let names = packages.iter().filter_map(|package| package["name"].as_str());
    let found: Vec<&str> = names.filter(|name| name.contains("graphql") || *name == "juniper").collect();
    assert_eq!(found, Vec::<&str>::new());
}

#[test]
fn no_source_speaks_graphql() {
    // Assembled, so that this file does not find itself.
    let words = [["async", "graphql"].join("_"), ["graphql", "schema"].join("_")];
    let mut sources = Vec::new();
    for folder in ["crates", "migrations", "tests"] {
        rust_files(&root().join(folder), &mut sources);
    }
    assert!(sources.len() > 50, "too few sources were found: {}", sources.len());
    let speaks = |source: &PathBuf| words.iter().any(|word| fs::read_to_string(source).unwrap().contains(word));
    let found: Vec<PathBuf> = sources.into_iter().filter(speaks).collect();
    assert_eq!(found, Vec::<PathBuf>::new());
}

#[test]
fn every_dependency_is_declared_once_in_the_root_manifest() {
    let mut wrong = Vec::new();
    for package in &workspace().packages {
        let manifest: toml::Table = fs::read_to_string(&package.manifest_path).unwrap().parse().unwrap();
        for (table, name, value) in declared(&manifest) {
            if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                wrong.push(format!("{}: [{table}] {name}", package.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_declared_dependency_is_used_by_some_crate() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let declared = manifest["workspace"]["dependencies"].as_table().unwrap();
    let mut used = BTreeSet::new();
    for package in &workspace().packages {
        used.extend(package.dependencies.iter().map(|dependency| dependency.name.clone()));
    }
    let unused: Vec<&String> = declared.keys().filter(|name| !used.contains(*name)).collect();
    assert_eq!(unused, Vec::<&String>::new());
}

#[test]
fn every_crate_keeps_the_lints_and_the_licence_of_the_workspace() {
    let mut wrong = Vec::new();
    for package in &workspace().packages {
        let manifest: toml::Table = fs::read_to_string(&package.manifest_path).unwrap().parse().unwrap();
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        let licensed = package.license.as_deref() == Some("MIT OR Apache-2.0");
        let described = package.description.is_some();
        if lints != Some(true) || !licensed || !described {
            wrong.push(package.name.to_string());
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_the_whole_stands_at_the_top_of_the_tree() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // What is built goes there, unless the environment says otherwise.
        let built = name == "target";
        let known = TOP.contains(&name.as_str()) || name.starts_with('.');
        if !built && !known {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package stands in the workspace").to_owned()
}

/// The manifests of our own crates; asks no registry.
fn workspace() -> Metadata {
    MetadataCommand::new().current_dir(root()).no_deps().exec().unwrap()
}

fn package(name: &str) -> Package {
    workspace().packages.into_iter().find(|package| package.name == name).unwrap()
}

fn ours(package: &Package) -> Vec<String> {
    let names = package.dependencies.iter().map(|dependency| dependency.name.clone());
    names.filter(|name| name.starts_with("diwan-")).collect()
}

fn is_of_family(name: &str, family: &str) -> bool {
    name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

/// Every dependency that a manifest declares, with the table that it stands in.
fn declared(manifest: &toml::Table) -> Vec<(String, String, toml::Value)> {
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        collect(manifest, kind, kind, &mut found);
        let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) else { continue };
        for (target, tables) in targets {
            let tables = tables.as_table().unwrap();
            collect(tables, kind, &format!("target.{target}.{kind}"), &mut found);
        }
    }
    found
}

fn collect(tables: &toml::Table, kind: &str, table: &str, found: &mut Vec<(String, String, toml::Value)>) {
    let Some(dependencies) = tables.get(kind).and_then(toml::Value::as_table) else { return };
    for (name, value) in dependencies {
        found.push((table.to_owned(), name.clone(), value.clone()));
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
