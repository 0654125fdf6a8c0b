//! Generators of clients make whole ones of our documents, in bounded time and memory.
//!
//! The generator is a Java program that PyPI carries: `DIWAN_TEST_OPENAPI_GENERATOR` names the folder into which `.ci/run` installs
//! it, with what the Python client imports. Where the variable is not set, these stories say that they were skipped; where it
//! is, they need the generator and Java.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use diwan_server::{embedded_registry, openapi_documents};
use tempfile::TempDir;

use crate::{
    front_end::{node_modules, run},
    harness::skipped,
};

/// Bounds of each run: seconds of processor time, so that a busy machine changes nothing, and memory of the Java heap.
const BOUNDED: &str = "ulimit -t 60; exec java -Xmx1g -jar \"$@\"";

#[tokio::test]
async fn both_documents_are_valid_and_clients_in_three_languages_are_made_of_them() {
    let Some(generator) = Generator::open() else { return };
    for name in ["delivery", "management"] {
        generator.run(&["validate", "--input-spec", &format!("{name}.json")]).await;
        for language in ["typescript-fetch", "kotlin", "python"] {
            let package = format!("--additional-properties=packageName=diwan_{name}");
            let (spec, out) = (format!("{name}.json"), format!("{name}-{language}"));
            generator.run(&["generate", "-i", &spec, "-g", language, "-o", &out, &package]).await;
        }
        generator.compile_typescript(&format!("{name}-typescript-fetch")).await;
        generator.import_python(&format!("{name}-python"), &format!("diwan_{name}")).await;
    }
}

/// The generator, and a folder with both documents.
struct Generator {
    tool: PathBuf,
    folder: TempDir,
}

impl Generator {
    fn open() -> Option<Self> {
        let Some(tool) = env::var_os("DIWAN_TEST_OPENAPI_GENERATOR").map(PathBuf::from) else {
            skipped("no generator of clients: DIWAN_TEST_OPENAPI_GENERATOR is not set");
            return None;
        };
        assert!(
            jar(&tool).is_file(),
            "DIWAN_TEST_OPENAPI_GENERATOR names no folder with a generator: {}",
            tool.display()
        );
        let has_java = Command::new("java").arg("-version").output().is_ok_and(|java| java.status.success());
        assert!(has_java, "DIWAN_TEST_OPENAPI_GENERATOR is set, and there is no Java");
        let folder = tempfile::tempdir().unwrap();
        let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
        fs::write(folder.path().join("delivery.json"), delivery.to_string()).unwrap();
        fs::write(folder.path().join("management.json"), management.to_string()).unwrap();
        Some(Self { tool, folder })
    }

    async fn run(&self, arguments: &[&str]) {
        let mut command = Command::new("bash");
        command.args(["-c", BOUNDED, "bash"]).arg(jar(&self.tool)).args(arguments).current_dir(self.folder.path());
        run(command).await;
    }

    async fn compile_typescript(&self, client: &str) {
        let Some(modules) = node_modules() else { return };
        let options = "--noEmit --strict --target es2022 --module esnext --moduleResolution bundler --lib es2022,dom";
        let mut command = Command::new("node");
        command.arg(modules.join("typescript/bin/tsc")).args(options.split(' '));
        command.arg("index.ts").current_dir(self.folder.path().join(client));
        run(command).await;
    }

    async fn import_python(&self, client: &str, package: &str) {
        let mut command = Command::new("python3");
        let path = env::join_paths([self.folder.path().join(client), self.tool.clone()]).unwrap();
        command.args(["-c", &format!("import {package}, {package}.api, {package}.models")]).env("PYTHONPATH", path);
        run(command).await;
    }
}

fn jar(tool: &Path) -> PathBuf {
    tool.join("openapi_generator_cli/openapi-generator.jar")
}
