//! What one fetches and builds: the program, and the crates that are in it.

use std::collections::HashSet;
use std::process::Command;

use crate::process::program;
use crate::report::{head, row};

pub(crate) fn measure() -> String {
    let program = std::fs::metadata(program()).unwrap().len();
    let mut text = head(&["size", ""]);
    text += &row(&[&"the program", &format!("{:.1} MB", program as f64 / 1e6)]);
    text += &row(&[&"crates that are linked into it", &n_crates(&[])]);
    text += &row(&[&"of these, named in `Cargo.toml`", &n_crates(&["--depth", "1"])]);
    text
}

/// How many crates cargo lists, without our own and without those that only run while it builds.
fn n_crates(flags: &[&str]) -> usize {
    let done = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none"])
        .args(flags)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    // A star is at what was listed before.
    let crates: HashSet<_> = text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    crates.len() - 1
}
