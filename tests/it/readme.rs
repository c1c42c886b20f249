//! The README says what is so: its commands are run and its tables compared.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use http::Method;
use people_mock::dialects;

use crate::support::{app, raw};

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// Compares the part between two marks with what it should be; `UPDATE_README=1` writes it.
#[track_caller]
fn check_part(mark: &str, expected: &str) {
    let readme = readme();
    let begin = format!("<!-- {mark} -->\n");
    let (before, rest) = readme.split_once(&begin).unwrap_or_else(|| panic!("no {begin}"));
    let (part, after) = rest.split_once("<!-- end -->").unwrap();
    if part != expected && std::env::var_os("UPDATE_README").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
        std::fs::write(path, format!("{before}{begin}{expected}<!-- end -->{after}")).unwrap();
        return;
    }
    assert_eq!(part, expected, "run the tests with UPDATE_README=1 to mend the README");
}

#[test]
fn every_operation_of_every_vendor_is_listed() {
    for vendor in dialects::ALL {
        // Two in a row, so that a table is seen at one glance.
        let mut table = "| operation | call | operation | call |\n|---|---|---|---|\n".to_owned();
        for pair in vendor.operations.chunks(2) {
            for operation in pair {
                let (_, name) = operation.name.split_once('.').unwrap();
                let path =
                    ["/versions/1", "/alfresco/api"].iter().fold(operation.path, |path, prefix| {
                        path.split_once(prefix).map_or(path, |(_, rest)| rest)
                    });
                write!(table, "| `{name}` | `{} {path}` ", operation.method).unwrap();
            }
            table.push_str("|\n");
        }
        check_part(&format!("operations: {}", vendor.name), &table);
    }
}

#[test]
fn the_flags_are_those_of_the_help() {
    let help = Command::new(env!("CARGO_BIN_EXE_people-mock"))
        .args(["serve", "--help"])
        .env_clear()
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, options) = help.split_once("Options:\n").unwrap();
    check_part("flags", &format!("```text\n{options}```\n"));
}

#[test]
fn the_scenario_that_is_shown_is_the_one_that_is_built_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/expired-session.json");
    let story = std::fs::read_to_string(path).unwrap();
    check_part("scenario", &format!("```json\n{story}```\n"));
}

#[test]
fn it_is_short_enough_to_be_read() {
    assert!(readme().lines().count() <= 250);
}

#[test]
fn every_answer_that_is_shown_is_the_answer_that_is_given() {
    let readme = readme();
    let mut lines = readme.lines();
    let mut n_checked = 0;
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ curl ") else { continue };
        let shown = lines.next().unwrap();
        let given = curl(command);
        match shown.split_once('…') {
            Some((before, _)) => assert!(given.starts_with(before), "{command}\n{given}"),
            None => assert_eq!(given, shown, "{command}"),
        }
        n_checked += 1;
    }
    assert!(n_checked >= 2);
}

/// Does what the command would do, as far as the README uses curl.
fn curl(command: &str) -> String {
    let mut words = words(command).into_iter();
    let (mut method, mut url, mut body) = (None, String::new(), String::new());
    let (mut headers, mut user) = (Vec::new(), None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-u" => user = words.next(),
            "-X" => method = words.next(),
            "-d" => body = words.next().unwrap(),
            "-H" => headers.push(words.next().unwrap()),
            "-s" => {}
            _ => url = word,
        }
    }
    let default = if body.is_empty() { "GET" } else { "POST" };
    let method = Method::from_bytes(method.as_deref().unwrap_or(default).as_bytes()).unwrap();
    let path = url.strip_prefix("http://127.0.0.1:8080").unwrap();
    let mut ask = raw(method, path).body(body);
    if let Some(user) = user {
        ask = ask.by(&user);
    }
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        ask = ask.header(name, value);
    }
    String::from_utf8(ask.of(&app()).body.to_vec()).unwrap()
}

/// Cuts a command at blanks that aren't in single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for it in command.chars() {
        match it {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(it),
        }
    }
    words
}
