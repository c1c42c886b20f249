//! `people-mock validate`: everything that is wrong with fixtures and scenarios, in one run.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::Files;
use crate::dialects;
use crate::fixtures::{self, Embedded, Layer, LoadError};
use crate::scenarios::Library;

/// What is checked: folders of fixtures, one laid over the other, and of scenarios, each for itself.
#[derive(Debug, Default)]
pub struct Checked {
    /// Fixtures.
    pub layers: Vec<Layer>,
    /// Scenarios.
    pub scenarios: Vec<Layer>,
    /// The scenarios that have to be there.
    pub from_start: Vec<String>,
}

impl Checked {
    /// Tells folders of fixtures and of scenarios apart; without any, what the server would read.
    #[must_use]
    pub fn of(folders: &[PathBuf], files: &Files) -> Self {
        if folders.is_empty() {
            return Self {
                layers: files.fixtures.clone(),
                scenarios: vec![files.scenarios.clone()],
                from_start: files.from_start.clone(),
            };
        }
        let mut checked = Self::default();
        for folder in folders {
            if folder.as_os_str() == "embedded" {
                checked.layers.push(Layer::Embedded(Embedded::Fixtures));
                checked.scenarios.push(Layer::Embedded(Embedded::Scenarios));
            } else if holds_scenarios(folder) {
                checked.scenarios.push(Layer::Directory(folder.clone()));
            } else {
                checked.layers.push(Layer::Directory(folder.clone()));
            }
        }
        checked
    }
}

/// Checks files as the server would read them. What is wrong goes to `out`; whether anything is
/// comes back.
pub fn validate(checked: &Checked, out: &mut impl Write) -> io::Result<bool> {
    let mut is_good = checked.layers.is_empty() || check_fixtures(&checked.layers, out)?;
    for folder in &checked.scenarios {
        let (_, errors) = Library::read(folder, &checked.from_start, &Library::default());
        is_good &= tell(&format!("scenarios in `{folder}`"), &errors, out)?;
    }
    Ok(is_good)
}

/// Whether a folder is one of scenarios: it has JSON files and no folder of a vendor.
fn holds_scenarios(folder: &Path) -> bool {
    let has_vendor = dialects::ALL.iter().any(|vendor| folder.join(vendor.name).is_dir());
    let is_fixture = |name: &str| {
        dialects::ALL.iter().flat_map(|vendor| vendor.files).any(|file| file.name == name)
    };
    let is_json = |name: &str| Path::new(name).extension().is_some_and(|it| it == "json");
    let names = Layer::Directory(folder.to_owned()).names("");
    !has_vendor && names.iter().any(|name| is_json(name) && !is_fixture(name))
}

fn check_fixtures(layers: &[Layer], out: &mut impl Write) -> io::Result<bool> {
    for remark in fixtures::remarks(layers) {
        writeln!(out, "note: {remark}")?;
    }
    let names: Vec<_> = layers.iter().map(|layer| format!("`{layer}`")).collect();
    let errors = fixtures::load(layers).err().unwrap_or_default();
    tell(&format!("fixtures in {}", names.join(" and ")), &errors, out)
}

fn tell(what: &str, errors: &[LoadError], out: &mut impl Write) -> io::Result<bool> {
    for error in errors {
        writeln!(out, "{error:#}")?;
    }
    let summary = if errors.is_empty() { "nothing is wrong".to_owned() } else { summary(errors) };
    writeln!(out, "{what}: {summary}")?;
    Ok(errors.is_empty())
}

fn summary(errors: &[LoadError]) -> String {
    let mut files: Vec<_> = errors.iter().map(|error| error.file.as_str()).collect();
    files.dedup();
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{} in {}", counted(errors.len(), "error"), counted(files.len(), "file"))
}
