//! What the program does beside serving: a file a subcommand.
//!
//! A command writes to what it is given, so that a test can read it.

pub mod catalog;
pub mod completions;
pub mod generate;
pub mod healthcheck;
pub mod schema;
pub mod validate;
