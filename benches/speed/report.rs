//! Tables, and where they are kept.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// A file beside the benches.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(name)
}

/// Puts a section into its place in `benches/README.md`.
pub(crate) fn write(name: &str, text: &str) {
    let path = file("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- {name} -->\n");
    let (before, rest) = readme.split_once(&begin).expect("the section has a place");
    let (_, after) = rest.split_once("<!-- end -->").expect("the place has an end");
    std::fs::write(path, format!("{before}{begin}{text}<!-- end -->{after}")).unwrap();
}

/// A line of a table.
pub(crate) fn row(cells: &[&dyn Display]) -> String {
    let cells: Vec<_> = cells.iter().map(ToString::to_string).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
pub(crate) fn head(cells: &[&str]) -> String {
    format!("| {} |\n|{}\n", cells.join(" | "), "---|".repeat(cells.len()))
}

/// The one in the middle.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// A whole number with commas.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
