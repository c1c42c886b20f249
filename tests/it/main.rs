//! What people-mock promises, one binary, in modules that mirror `src/`.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should end there")]

mod alfresco;
mod cli;
mod control;
mod cors;
mod ecg;
mod fixtures;
mod layout;
mod readme;
mod reload;
mod support;
mod wire;
