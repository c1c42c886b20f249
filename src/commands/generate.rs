//! `people-mock generate`: fixtures with as many people as wanted.

use std::io;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::dialects;
use crate::fixtures::generate::{Order, Profile};
use crate::fixtures::schema;

/// Writes a folder a vendor, and the schemas beside them. On a terminal a bar shows how far it is.
pub fn generate(people: u64, seed: u64, profile: Profile, folder: &Path) -> io::Result<()> {
    let vendors = || dialects::ALL.iter().filter_map(|it| Some((it.name, it.generate?)));
    let bar = ProgressBar::new(people * vendors().count() as u64);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:40} {human_pos}/{human_len} people, {eta} left")
    {
        bar.set_style(style);
    }
    schema::write(&folder.join("schema"))?;
    for (name, generate) in vendors() {
        let made = || bar.inc(1);
        generate(&Order { people, seed, profile, folder: folder.join(name), made: &made })?;
    }
    bar.finish_and_clear();
    Ok(())
}
