//! `people-mock schema`: what files may hold, for editors.

use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use crate::fixtures::schema;
use crate::scenarios;

/// Writes the schemas of fixtures: into a folder, a file each; or to `out`, the one of a single
/// fixture, as `alfresco/people.json`, or all of them in one object by the path of the fixture.
pub fn fixtures(
    file: Option<&str>,
    folder: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if let Some(folder) = folder {
        return Ok(schema::write(folder)?);
    }
    let Some(wanted) = file else {
        let all = schema::all().map(|(path, _, schema)| (path, schema));
        return Ok(write!(out, "{}", schema::text(&Value::Object(all.collect())))?);
    };
    match schema::all().find(|(path, ..)| path == wanted) {
        Some((_, _, schema)) => Ok(write!(out, "{}", schema::text(&schema))?),
        None => Err(Failure::Unknown {
            file: wanted.to_owned(),
            known: schema::all().map(|it| it.0).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Writes the schema of a scenario to a file, or to `out`.
pub fn scenario(file: Option<&Path>, out: &mut impl Write) -> Result<(), Failure> {
    let schema = schema::text(scenarios::schema());
    match file {
        Some(file) => std::fs::write(file, schema)?,
        None => write!(out, "{schema}")?,
    }
    Ok(())
}

/// Why no schema was written.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It can't be written.
    #[error("can't write the schema")]
    Write(#[from] io::Error),
    /// There is no such file.
    #[error("there is no fixture `{file}`; there are {known}")]
    Unknown {
        /// What was asked for.
        file: String,
        /// What could have been.
        known: String,
    },
}
