//! What people-mock promises, one binary, in modules that mirror `src/`.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should end there")]

mod admin;
mod alfresco;
mod catalog;
mod cli;
mod control;
mod cors;
mod coverage;
mod determinism;
mod ecg;
mod events;
mod fixtures;
mod forced;
mod healthcheck;
mod in_process;
mod journal;
mod layout;
mod openapi;
mod readme;
mod redaction;
mod reload;
mod scenarios;
mod sessions;
mod snapshots;
mod streams;
mod support;
mod wire;
