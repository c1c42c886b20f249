//! The program: parse, log, run, exit code.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use jiff::Timestamp;
use people_mock::app::App;
use people_mock::cli::{Cli, Command, LogFormat, Schema, Serve, Token};
use people_mock::config::{Admin, Config};
use people_mock::dialects::{self, Grant};
use people_mock::fixtures::{self, watch};
use people_mock::server::{ListenError, Listener};
use people_mock::{clock, commands, server};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = std::io::stdout();
    let done = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(flags) => {
            start_log(&flags);
            let config = flags.config().unwrap_or_else(|error| error.exit());
            serve(config, &flags).map(|()| true)
        }
        Command::Validate { folders, files } => {
            let checked = commands::validate::Checked::of(&folders, &files);
            commands::validate::validate(&checked, &mut out).map_err(Failure::Write)
        }
        Command::Generate { people, seed, profile, out } => {
            let made = commands::generate::generate(people, seed, profile, &out);
            made.map(|()| true).map_err(Failure::Write)
        }
        Command::Schema(Schema::Fixtures { file, out: folder }) => {
            let shown = commands::schema::fixtures(file.as_deref(), folder.as_deref(), &mut out);
            shown.map(|()| true).map_err(Failure::Schema)
        }
        Command::Schema(Schema::Scenario { out: file }) => {
            let shown = commands::schema::scenario(file.as_deref(), &mut out);
            shown.map(|()| true).map_err(Failure::Schema)
        }
        Command::Healthcheck(flags) => {
            // Flags of its own count; without any the server is asked with which it runs.
            let has_flags = std::env::args_os().len() > 2;
            let running = (!has_flags).then(commands::healthcheck::flags_of_first_process);
            let config = running.flatten().unwrap_or(flags).config();
            let config = config.unwrap_or_else(|error| error.exit());
            let asked = commands::healthcheck::healthcheck(&config, &mut out);
            asked.map(|()| true).map_err(Failure::Health)
        }
        Command::Completions { shell } => commands::completions::completions(shell, &mut out)
            .map(|()| true)
            .map_err(Failure::Write),
        Command::Catalog { operation, json } => {
            let told = commands::catalog::catalog(operation.as_deref(), json, &mut out);
            told.map(|()| true).map_err(Failure::Catalog)
        }
        Command::Token(flags) => {
            writeln!(out, "{}", token(&flags)).map(|()| true).map_err(Failure::Write)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever closed the pipe has seen enough.
        Err(failure) if is_broken_pipe(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            let mut cause = failure.source();
            while let Some(error) = cause {
                eprintln!("caused by: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// A token. It begins with real time: the server's sessions may live in any other.
fn token(flags: &Token) -> String {
    let now = clock::system_now();
    let expires_at = flags.expires_in.map(|it| now.saturating_add(it).unwrap_or(Timestamp::MAX));
    let person_id = flags.person.to_string();
    let grant = Grant { person_id: &person_id, groups: &flags.groups, expires_at, key: &flags.key };
    dialects::mint(&grant)
}

fn is_broken_pipe(failure: &Failure) -> bool {
    let mut cause = failure.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return error.kind() == std::io::ErrorKind::BrokenPipe;
        }
        cause = error.source();
    }
    false
}

#[tokio::main]
async fn serve(config: Config, flags: &Serve) -> Result<(), Failure> {
    for remark in fixtures::remarks(&config.layers) {
        tracing::warn!("{remark}");
    }
    let app = Arc::new(App::load(config).map_err(Failure::Fixtures)?);
    let listener = Listener::bind(&app.config).map_err(Failure::Listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;

    let _watch = watch::start(&app).map_err(Failure::Watch)?;
    reload_on_hangup(&app).map_err(Failure::Signals)?;

    if let Some((path, address)) = app.config.port_file.as_ref().zip(listener.address()) {
        let written = std::fs::write(path, address.port().to_string());
        written.map_err(|source| Failure::PortFile { path: path.clone(), source })?;
    }
    tell_admin(&app.config.admin, flags);
    let version = env!("CARGO_PKG_VERSION");
    // Nobody may be reading stdout; that is no reason to stop.
    let _ = writeln!(std::io::stdout(), "people-mock {version} ready on {listener}");

    let mut stopping = std::pin::pin!(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping; a second signal leaves at once");
        (terminate, interrupt)
    });
    let (told, wait) = tokio::sync::oneshot::channel::<()>();
    let serving = server::run(listener, app, async { drop(wait.await) });
    let signals = async {
        let (mut terminate, mut interrupt) = stopping.as_mut().await;
        drop(told);
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
    };
    tokio::select! { () = serving => {}, () = signals => {} }
    Ok(())
}

/// Reads the fixtures whenever somebody says SIGHUP, for those who watch nothing.
fn reload_on_hangup(app: &Arc<App>) -> std::io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let app = Arc::clone(app);
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            let app = Arc::clone(&app);
            // What comes of it is in the log.
            let reload = tokio::task::spawn_blocking(move || drop(app.reload()));
            let _ = reload.await;
        }
    });
    Ok(())
}

/// Says who may use the control API, where somebody has to know.
fn tell_admin(admin: &Admin, flags: &Serve) {
    match admin {
        Admin::Token(token) if flags.makes_token_up() => {
            // Printed this once, beside the log and not in it, since logs are kept and passed on.
            eprintln!("admin token: {}", token.reveal());
        }
        Admin::Local if flags.admin_token.is_some() => tracing::warn!(
            "on a loopback address everybody may use the control API; say `--admin token` to have the token asked for"
        ),
        _ => {}
    }
}

fn start_log(flags: &Serve) {
    let is_terminal = std::io::stderr().is_terminal();
    let by_terminal = if is_terminal { LogFormat::Text } else { LogFormat::Json };
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(flags.log_level)
        .with_ansi(is_terminal)
        .with_target(false);
    match flags.log_format.unwrap_or(by_terminal) {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Why the server didn't start.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{}", lines(.0))]
    Fixtures(Vec<people_mock::fixtures::LoadError>),
    #[error(transparent)]
    Listen(ListenError),
    #[error("can't write the port to {}", path.display())]
    PortFile { path: std::path::PathBuf, source: std::io::Error },
    #[error("can't watch the fixtures; `--watch poll` looks at them instead")]
    Watch(#[source] people_mock::fixtures::watch::Error),
    #[error("can't write")]
    Write(#[source] std::io::Error),
    #[error(transparent)]
    Schema(commands::schema::Failure),
    #[error(transparent)]
    Health(commands::healthcheck::Failure),
    #[error(transparent)]
    Catalog(commands::catalog::Failure),
    #[error("can't wait for signals")]
    Signals(#[source] std::io::Error),
}

fn lines(errors: &[people_mock::fixtures::LoadError]) -> String {
    let lines: Vec<_> = errors.iter().map(|error| format!("{error:#}")).collect();
    lines.join("\nerror: ")
}
