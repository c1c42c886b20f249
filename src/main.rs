//! The program: parse, log, run, exit code.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use jiff::Timestamp;
use people_mock::app::App;
use people_mock::cli::{Cli, Command, LogFormat, Serve, Token};
use people_mock::dialects::{self, Grant};
use people_mock::{clock, config::Config, server};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(flags) => run(&flags),
        Command::Token(flags) => token(&flags),
    }
}

fn run(flags: &Serve) -> ExitCode {
    start_log(flags);
    match serve(flags.config()) {
        Ok(()) => ExitCode::SUCCESS,
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

/// Prints a token. It begins with real time: the server's sessions may live in any other.
fn token(flags: &Token) -> ExitCode {
    let now = clock::system_now();
    let expires_at = flags.expires_in.map(|it| now.saturating_add(it).unwrap_or(Timestamp::MAX));
    let person_id = flags.person.to_string();
    let grant = Grant { person_id: &person_id, groups: &flags.groups, expires_at, key: &flags.key };
    match writeln!(std::io::stdout(), "{}", dialects::mint(&grant)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[tokio::main]
async fn serve(config: Config) -> Result<(), Failure> {
    let app = Arc::new(App::load(config).map_err(Failure::Fixtures)?);
    let address = app.config.address;
    let listen = |source| Failure::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;

    if let Some(path) = &app.config.port_file {
        let written = std::fs::write(path, address.port().to_string());
        written.map_err(|source| Failure::PortFile { path: path.clone(), source })?;
    }
    let version = env!("CARGO_PKG_VERSION");
    // Nobody may be reading stdout; that is no reason to stop.
    let _ = writeln!(std::io::stdout(), "people-mock {version} ready on http://{address}");

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
    #[error("can't listen on {address}; is another server there? `--port 0` picks a free port")]
    Listen { address: std::net::SocketAddr, source: std::io::Error },
    #[error("can't write the port to {}", path.display())]
    PortFile { path: std::path::PathBuf, source: std::io::Error },
    #[error("can't wait for signals")]
    Signals(#[source] std::io::Error),
}

fn lines(errors: &[people_mock::fixtures::LoadError]) -> String {
    let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
    lines.join("\nerror: ")
}
