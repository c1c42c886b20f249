//! `people-mock completions`: what a shell needs to complete our flags.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;

/// Writes the script of a shell to `out`.
pub fn completions(shell: Shell, out: &mut impl Write) -> io::Result<()> {
    // Into memory first: the generator panics where it can't write, as into a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "people-mock", &mut script);
    out.write_all(&script)
}
