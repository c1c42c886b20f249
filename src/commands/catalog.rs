//! `people-mock catalog`: everything that the vendors can answer.

use std::io::{self, Write};
use std::sync::Arc;

use crate::catalog::{self, UnknownOperation};
use crate::fixtures::{self, LoadError};
use crate::scenarios::Library;
use crate::sessions::Seeds;

/// Writes what all operations can answer, or one of them: for people, or as JSON, which is then what
/// `/__admin/catalog` answers.
pub fn catalog(
    operation: Option<&str>,
    is_json: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if !is_json {
        return Ok(write!(out, "{}", catalog::text(operation)?)?);
    }
    let fixtures = fixtures::load(&crate::config::Config::default().layers)?;
    let seeds = Arc::new(Seeds { fixtures, scenarios: Library::default() });
    let told = match operation {
        Some(name) => catalog::one(name, &seeds)?,
        None => catalog::all(&seeds),
    };
    Ok(writeln!(out, "{told:#}")?)
}

/// Why no catalogue was written.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It can't be written.
    #[error("can't write the catalogue")]
    Write(#[from] io::Error),
    /// There is no such operation.
    #[error(transparent)]
    Unknown(#[from] UnknownOperation),
    /// The fixtures that are built in are broken, which a test would have told.
    #[error("the fixtures that are built in can't be read")]
    Fixtures(Vec<LoadError>),
}

impl From<Vec<LoadError>> for Failure {
    fn from(errors: Vec<LoadError>) -> Self {
        Self::Fixtures(errors)
    }
}
