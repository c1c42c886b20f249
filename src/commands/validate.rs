//! `people-mock validate`: everything that is wrong with fixtures, in one run.

use std::io::{self, Write};

use crate::fixtures::{self, Layer, LoadError};

/// Checks the layers as the server would read them, one over the other. What is wrong goes to
/// `out`; whether anything is comes back.
pub fn validate(layers: &[Layer], out: &mut impl Write) -> io::Result<bool> {
    for remark in fixtures::remarks(layers) {
        writeln!(out, "note: {remark}")?;
    }
    let names: Vec<_> = layers.iter().map(|layer| format!("`{layer}`")).collect();
    let names = names.join(" and ");
    match fixtures::load(layers) {
        Ok(_) => {
            writeln!(out, "{names}: nothing is wrong")?;
            Ok(true)
        }
        Err(errors) => {
            for error in &errors {
                writeln!(out, "{error:#}")?;
            }
            writeln!(out, "{names}: {}", summary(&errors))?;
            Ok(false)
        }
    }
}

fn summary(errors: &[LoadError]) -> String {
    let mut files: Vec<_> = errors.iter().map(|error| error.file.as_str()).collect();
    files.dedup();
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    format!("{} in {}", counted(errors.len(), "error"), counted(files.len(), "file"))
}
