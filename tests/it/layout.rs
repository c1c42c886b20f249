//! The invariants that `src/lib.rs` lists.

use std::fs;
use std::path::{Path, PathBuf};

use people_mock::dialects;

/// Every source file with its path below `src`.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let name = |path: &PathBuf| path.strip_prefix(&root).unwrap().display().to_string();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The lines of code, without comments and without what follows the tests' heading.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

#[track_caller]
fn nowhere(is_wrong: impl Fn(&str, &str) -> bool) {
    let wrong: Vec<_> = sources()
        .iter()
        .flat_map(|(name, text)| {
            code(text)
                .filter(|(_, line)| is_wrong(name, line))
                .map(|(number, line)| format!("src/{name}:{number}: {}", line.trim()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a word stands in a line as a word of its own.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part)
    })
}

#[test]
fn only_the_server_knows_sockets_and_waits() {
    nowhere(|name, line| {
        let is_allowed = name.starts_with("server/") || name == "main.rs";
        !is_allowed
            && ["hyper", "hyper_util", "tokio", "tokio_rustls", "rcgen", "async", "await"]
                .iter()
                .any(|it| has_word(line, it))
    });
}

#[test]
fn a_dialect_is_named_only_where_dialects_are_listed() {
    nowhere(|name, line| {
        dialects::ALL.iter().any(|vendor| {
            let own = format!("dialects/{}/", vendor.name);
            let is_listed = name == "dialects/mod.rs" || name.starts_with(&own);
            !is_listed && has_word(line, vendor.name)
        })
    });
}

#[test]
fn the_store_knows_no_status_and_no_vendor() {
    nowhere(|name, line| {
        name == "store.rs" && ["http", "StatusCode", "dialects"].iter().any(|it| has_word(line, it))
    });
}

#[test]
fn the_json_of_a_record_is_written_on_purpose() {
    nowhere(|name, line| {
        name.starts_with("dialects/") && line.contains("derive") && has_word(line, "Serialize")
    });
}

#[test]
fn no_guard_of_a_map_leaves_the_store() {
    nowhere(|_, line| line.contains("dashmap::mapref"));
}

#[test]
fn no_file_is_named_after_nothing() {
    let banned = ["utils", "helpers", "common", "types", "core", "manager", "service"];
    for (name, _) in sources() {
        let is_banned = Path::new(&name).components().any(|part| {
            let part = part.as_os_str().to_string_lossy();
            banned.contains(&part.trim_end_matches(".rs"))
        });
        assert!(!is_banned, "src/{name}");
    }
}

#[test]
fn every_operation_has_a_test_module_and_rows_in_the_catalogue() {
    for vendor in dialects::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(vendor.name);
        let tests: String = fs::read_dir(folder)
            .unwrap()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        for operation in vendor.operations {
            let (_, name) = operation.name.split_once('.').unwrap();
            assert!(tests.contains(&format!("`{name}`")), "no test says that it tests `{name}`");
            let has_row = vendor
                .catalogue
                .iter()
                .any(|row| row.operations.is_empty() || row.operations.contains(&name));
            assert!(has_row, "{} isn't in the catalogue", operation.name);
        }
    }
}

#[test]
fn every_row_of_a_catalogue_names_operations_that_are_there() {
    for vendor in dialects::ALL {
        for row in vendor.catalogue {
            assert!((400..600).contains(&row.status), "{}", row.id);
            assert!(!row.how.is_empty(), "{}", row.id);
            for name in row.operations {
                let full = format!("{}.{name}", vendor.name);
                let is_there = vendor.operations.iter().any(|operation| operation.name == full);
                assert!(is_there, "{}: there is no operation {full}", row.id);
            }
        }
    }
}
