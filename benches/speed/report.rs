//! Tables, and where they are kept.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// What the part that is written ends with.
const END: &str = "<!-- end -->";

/// A file beside the benches.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(name)
}

/// Puts a section into its place in `benches/README.md`, and what is said of it first into the
/// `README.md` above.
pub(crate) fn write(name: &str, text: &str) {
    let measured = fill(&file("README.md"), name, text);
    fill(&file("../README.md"), "speed", &headlines(&measured));
}

/// Replaces a part between two marks, and gives the whole.
fn fill(path: &Path, name: &str, text: &str) -> String {
    let readme = std::fs::read_to_string(path).unwrap();
    let begin = format!("<!-- {name} -->\n");
    let (before, rest) = readme.split_once(&begin).expect("the section has a place");
    let (_, after) = rest.split_once(END).expect("the place has an end");
    let filled = format!("{before}{begin}{text}{END}{after}");
    std::fs::write(path, &filled).unwrap();
    filled
}

/// What the `README.md` says of all these tables. A figure that was never measured is a dash.
fn headlines(tables: &str) -> String {
    const ROWS: [&str; 4] = ["GET person", "page of 100", "avatar of 5 kB", "POST person"];
    let cell = |first: &[&str], index| cell(tables, first, index);
    let mut text = head(&[&["requests/s, bare hyper's being 1"], &ROWS[..]].concat());
    for connections in ["16", "64"] {
        let ratios = ROWS.map(|name| cell(&[name, connections], 4));
        text += &row(&[&format!("on {connections} connections"), &ratios.join(" | ")]);
    }
    let start = cell(&["default fixtures, GET person"], 1);
    let idle = cell(&["idle, default fixtures"], 1);
    let program = cell(&["the program"], 1);
    text + &format!(
        "\nThe first answer comes {start} after the start; idle it holds {idle} of memory; the program is {program} large.\n"
    )
}

/// A cell of the row that begins with these.
fn cell<'a>(tables: &'a str, first: &[&str], index: usize) -> &'a str {
    let begin = format!("| {} |", first.join(" | "));
    let row = tables.lines().find(|line| line.starts_with(&begin));
    row.and_then(|row| row.split(" | ").nth(index)).map_or("–", |it| it.trim_end_matches(" |"))
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
