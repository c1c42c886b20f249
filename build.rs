//! Tells the program which commit it is made of, if anybody knows.

use std::path::Path;
use std::process::Command;

/// The variable that names the commit where there is no git, as inside a container's build.
const GIVEN: &str = "PEOPLE_MOCK_COMMIT";

/// What cargo puts into a published crate.
const PUBLISHED: &str = ".cargo_vcs_info.json";

fn main() {
    let version = env!("CARGO_PKG_VERSION");
    let shown = match given().or_else(published).or_else(checked_out) {
        Some(commit) => format!("{version} ({})", commit.get(..12).unwrap_or(&commit)),
        None => version.to_owned(),
    };
    println!("cargo:rustc-env=PEOPLE_MOCK_VERSION={shown}");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={GIVEN}");
}

fn given() -> Option<String> {
    std::env::var(GIVEN).ok().and_then(|it| hash(&it))
}

fn published() -> Option<String> {
    let text = std::fs::read_to_string(PUBLISHED).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    hash(rest.split('"').nth(1)?)
}

/// The commit of a clone. Asked for by release builds only, since whoever develops would otherwise
/// build everything again after each commit.
fn checked_out() -> Option<String> {
    let is_release = std::env::var("PROFILE").is_ok_and(|it| it == "release");
    // A clone of ours, and not whatever repository this folder was unpacked in.
    if !is_release || !Path::new(".git").exists() {
        return None;
    }
    // One that isn't there, as in a work tree, would make every build begin here.
    for path in [".git/HEAD", ".git/logs/HEAD"].iter().filter(|it| Path::new(it).exists()) {
        println!("cargo:rerun-if-changed={path}");
    }
    let output = Command::new("git").args(["rev-parse", "HEAD"]).output().ok()?;
    hash(&String::from_utf8(output.stdout).ok()?)
}

/// A commit's name and nothing else: it becomes an instruction to cargo.
fn hash(text: &str) -> Option<String> {
    let text = text.trim();
    let is_hash = text.len() >= 7 && text.bytes().all(|it| it.is_ascii_hexdigit());
    is_hash.then(|| text.to_owned())
}
