//! The flags: what may be said on the command line, nothing resolved.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::ArgPredicate;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use tracing::level_filters::LevelFilter;

use crate::clock;
use crate::config::{Admin, AdminToken, Config, Tls};
use crate::fixtures::generate::Profile;
use crate::fixtures::watch::Watching;
use crate::fixtures::{Embedded, Layer};
use crate::reload::OnReload;

/// Stands in for the People APIs of Alfresco Content Services and ECG Organizations.
#[derive(Debug, Parser)]
#[command(
    name = "people-mock",
    version = env!("PEOPLE_MOCK_VERSION"),
    about,
    long_about = None,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// How to serve, when no subcommand is named.
    #[command(flatten)]
    pub serve: Serve,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the APIs (the default)
    Serve(Serve),

    /// Check fixtures and scenarios and say everything that is wrong; exit code 1 if anything is
    Validate {
        /// Folders of fixtures, laid one over the other, and of scenarios; what `serve` would read
        /// if none is named
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,

        /// What `serve` would read
        #[command(flatten)]
        files: Files,
    },

    /// Make up fixtures, the same ones for the same seed
    Generate {
        /// How many people
        #[arg(long, value_name = "N", default_value_t = 100)]
        people: u64,

        /// Which of all the possible sets
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,

        /// What kind of people: plain ones, or ones that are nasty on purpose
        #[arg(
            long,
            value_name = "plain|torture",
            default_value = "plain",
            hide_possible_values = true
        )]
        profile: Profile,

        /// Folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },

    /// Show the JSON Schema of what files may hold
    #[command(subcommand)]
    Schema(Schema),

    /// List everything that the operations can answer, and how to get there
    Catalog {
        /// An operation, as alfresco.getPerson; all of them if none is named
        operation: Option<String>,

        /// As JSON, with an example of each error
        #[arg(long)]
        json: bool,
    },

    /// Print a bearer token for the ECG API
    Token(Token),

    /// Ask the running server how it is, by the flags and variables that it runs with; exit code 1 if it isn't well
    Healthcheck(Serve),

    /// Print what a shell needs to complete flags
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

/// Whose schema.
#[derive(Debug, Subcommand)]
pub enum Schema {
    /// Of fixtures: all, or of one file
    Fixtures {
        /// A file, as alfresco/people.json
        file: Option<String>,

        /// Folder to write them to, a file each
        #[arg(long, value_name = "DIR", conflicts_with = "file")]
        out: Option<PathBuf>,
    },

    /// Of a scenario
    Scenario {
        /// File to write it to
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// The flags of `token`.
#[derive(Clone, Debug, Args)]
pub struct Token {
    /// Id of the person who is to call
    #[arg(long, value_name = "ID")]
    pub person: uuid::Uuid,

    /// Group that the caller is in, as ecgAdmin; repeat it for more
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,

    /// How long the token is good for, from now on, as 1h or PT15M; for ever if nothing is said
    #[arg(long, value_name = "DURATION", value_parser = crate::clock::duration, allow_hyphen_values = true)]
    pub expires_in: Option<SignedDuration>,

    /// Key to sign with: the `jwtKey` of the server, if it has one
    #[arg(
        long,
        env = "PEOPLE_MOCK_KEY",
        value_name = "KEY",
        default_value = "people-mock",
        hide_env_values = true
    )]
    pub key: String,
}

/// The files that are read.
#[derive(Clone, Debug, Args)]
pub struct Files {
    /// Folder of fixtures, or `embedded`; repeat it to lay one over another
    #[arg(
        long,
        env = "PEOPLE_MOCK_FIXTURES",
        value_name = "DIR",
        value_delimiter = ',',
        default_value = "embedded",
        value_parser = layer
    )]
    pub fixtures: Vec<Layer>,

    /// Folder of scenarios, or `embedded`
    #[arg(
        long,
        env = "PEOPLE_MOCK_SCENARIOS",
        value_name = "DIR",
        default_value = "embedded",
        value_parser = scenarios
    )]
    pub scenarios: Layer,

    /// Scenario that runs from the start in every session; repeat it for more
    #[arg(
        long = "scenario",
        env = "PEOPLE_MOCK_SCENARIO",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub from_start: Vec<String>,
}

/// The flags of `serve`.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long, env = "PEOPLE_MOCK_HOST", default_value = "127.0.0.1", value_name = "ADDRESS")]
    pub host: IpAddr,

    /// Port to listen on; 0 picks a free one
    #[arg(
        short,
        long,
        env = "PEOPLE_MOCK_PORT",
        default_value = "8080",
        default_value_if("unix", ArgPredicate::IsPresent, None)
    )]
    pub port: Option<u16>,

    /// File that gets the port number once the server is ready
    #[arg(long, env = "PEOPLE_MOCK_PORT_FILE", value_name = "PATH")]
    pub port_file: Option<PathBuf>,

    /// Socket file to listen on; on no port then, unless one is given
    #[arg(long, env = "PEOPLE_MOCK_UNIX", value_name = "PATH")]
    pub unix: Option<PathBuf>,

    /// Whether to speak TLS, with a certificate that is made at the start or with yours
    #[arg(
        long,
        env = "PEOPLE_MOCK_TLS",
        value_name = "off|self-signed|files",
        default_value = "off",
        hide_possible_values = true
    )]
    pub tls: TlsMode,

    /// Certificate to show, with those that it needs, as PEM
    #[arg(long, env = "PEOPLE_MOCK_TLS_CERT", value_name = "PATH", required_if_eq("tls", "files"))]
    pub tls_cert: Option<PathBuf>,

    /// Key of the certificate, as PEM
    #[arg(long, env = "PEOPLE_MOCK_TLS_KEY", value_name = "PATH", required_if_eq("tls", "files"))]
    pub tls_key: Option<PathBuf>,

    /// File that gets the certificate that clients are to trust, as PEM
    #[arg(long, env = "PEOPLE_MOCK_TLS_CA_OUT", value_name = "PATH")]
    pub tls_ca_out: Option<PathBuf>,

    /// What is read.
    #[command(flatten)]
    pub files: Files,

    /// How changed files are noticed: by events with polling beside them, by one of them, or not
    #[arg(
        long,
        env = "PEOPLE_MOCK_WATCH",
        value_name = "auto|events|poll|off",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub watch: Watching,

    /// Time between two looks at the fixtures, as 1s or 250ms
    #[arg(long, env = "PEOPLE_MOCK_POLL_INTERVAL", value_name = "TIME", default_value = "1s", value_parser = interval)]
    pub poll_interval: Duration,

    /// What becomes of sessions when fixtures change: keep what clients changed, or start afresh
    #[arg(
        long,
        env = "PEOPLE_MOCK_ON_RELOAD",
        value_name = "keep|reset",
        default_value = "keep",
        hide_possible_values = true
    )]
    pub on_reload: OnReload,

    /// Make ids, keys and chances the same on every run
    #[arg(long, env = "PEOPLE_MOCK_SEED", value_name = "N")]
    pub seed: Option<u64>,

    /// Freeze the clock at this moment, as 2026-01-02T03:04:05Z
    #[arg(long, env = "PEOPLE_MOCK_NOW", value_name = "RFC3339")]
    pub now: Option<Timestamp>,

    /// Whether a call without credentials is refused, or made by the administrator
    #[arg(
        long,
        env = "PEOPLE_MOCK_AUTH",
        value_name = "on|off",
        default_value = "on",
        hide_possible_values = true
    )]
    pub auth: Switch,

    /// Whether browsers on other origins are served
    #[arg(
        long,
        env = "PEOPLE_MOCK_CORS",
        value_name = "on|off",
        default_value = "on",
        hide_possible_values = true
    )]
    pub cors: Switch,

    /// Whether a request may ask for an error itself, by `Prefer: code=` or the cookie mock-prefer
    #[arg(
        long,
        env = "PEOPLE_MOCK_PREFER",
        value_name = "on|off",
        default_value = "on",
        hide_possible_values = true
    )]
    pub prefer: Switch,

    /// Longest request body, as 16MiB, 500kB or a number of bytes
    #[arg(long, env = "PEOPLE_MOCK_MAX_BODY", value_name = "SIZE", default_value = "16MiB", value_parser = size)]
    pub max_body: u64,

    /// Who may use the control API: auto is open on a loopback address and by token elsewhere
    #[arg(
        long,
        env = "PEOPLE_MOCK_ADMIN",
        value_name = "auto|open|token|off",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub admin: AdminMode,

    /// Token of the control API; one is made up and printed where it is needed and not given
    #[arg(
        long,
        env = "PEOPLE_MOCK_ADMIN_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        value_parser = token
    )]
    pub admin_token: Option<AdminToken>,

    /// Size of the journal of all sessions; 0 keeps none
    #[arg(long, env = "PEOPLE_MOCK_JOURNAL_BYTES", value_name = "SIZE", default_value = "32MiB", value_parser = size)]
    pub journal_bytes: u64,

    /// How many sessions there may be; past it the idlest goes
    #[arg(
        long,
        env = "PEOPLE_MOCK_MAX_SESSIONS",
        value_name = "N",
        default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_sessions: u32,

    /// After how long without a request a session goes, as 30m or PT1H
    #[arg(
        long,
        env = "PEOPLE_MOCK_SESSION_IDLE",
        value_name = "DURATION",
        default_value = "30m",
        value_parser = idle_time
    )]
    pub session_idle: Duration,

    /// What to log: off, error, warn, info, debug or trace
    #[arg(long, env = "PEOPLE_MOCK_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub log_level: LevelFilter,

    /// How to log; text on a terminal, json elsewhere, if nothing is said
    #[arg(
        long,
        env = "PEOPLE_MOCK_LOG_FORMAT",
        value_name = "text|json",
        hide_possible_values = true
    )]
    pub log_format: Option<LogFormat>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// Whose certificate is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TlsMode {
    /// Nobody's: there is no TLS.
    Off,
    /// One that is made at the start.
    SelfSigned,
    /// The user's.
    Files,
}

/// Who may use the control API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AdminMode {
    /// Everybody if the address is a loopback one, and otherwise whoever has the token.
    Auto,
    /// Everybody.
    Open,
    /// Whoever has the token.
    Token,
    /// Nobody.
    Off,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object for machines.
    Json,
}

impl Serve {
    /// The flags, resolved; or what is wrong with them together.
    pub fn config(&self) -> Result<Config, clap::Error> {
        self.check()?;
        Ok(Config {
            address: self.port.map(|port| SocketAddr::new(self.host, port)),
            port_file: self.port_file.clone(),
            unix: self.unix.clone(),
            tls: self.tls(),
            tls_ca_out: self.tls_ca_out.clone(),
            layers: self.files.fixtures.clone(),
            scenarios: self.files.scenarios.clone(),
            from_start: self.files.from_start.clone(),
            prefer: self.prefer == Switch::On,
            watch: self.watch,
            poll_interval: self.poll_interval,
            on_reload: self.on_reload,
            seed: self.seed,
            now: self.now,
            asks_for_credentials: self.auth == Switch::On,
            cors: self.cors == Switch::On,
            max_body: self.max_body,
            admin: self.admin(),
            journal_bytes: usize::try_from(self.journal_bytes).unwrap_or(usize::MAX),
            max_sessions: usize::try_from(self.max_sessions).unwrap_or(usize::MAX),
            session_idle: self.session_idle,
        })
    }

    fn check(&self) -> Result<(), clap::Error> {
        let is_off = self.tls == TlsMode::Off;
        let has_files = self.tls_cert.is_some() || self.tls_key.is_some();
        let mistake = if has_files && self.tls != TlsMode::Files {
            "`--tls-cert` and `--tls-key` need `--tls files`"
        } else if self.tls_ca_out.is_some() && is_off {
            "`--tls-ca-out` needs `--tls self-signed` or `--tls files`"
        } else if self.port_file.is_some() && self.port.is_none() {
            "`--port-file` needs a port; with `--unix` there is one only if `--port` is given too"
        } else {
            return Ok(());
        };
        Err(Cli::command().error(ErrorKind::ArgumentConflict, mistake))
    }

    fn tls(&self) -> Tls {
        match (self.tls, &self.tls_cert, &self.tls_key) {
            (TlsMode::Files, Some(certificate), Some(key)) => {
                Tls::Files { certificate: certificate.clone(), key: key.clone() }
            }
            (TlsMode::SelfSigned, ..) => Tls::SelfSigned,
            _ => Tls::Off,
        }
    }

    /// Whether the token of [`Serve::config`] was made up, and so has to be told to somebody.
    #[must_use]
    pub fn makes_token_up(&self) -> bool {
        self.admin_token.is_none()
    }

    fn admin(&self) -> Admin {
        let by_token =
            || Admin::Token(self.admin_token.clone().unwrap_or_else(AdminToken::make_up));
        match self.admin {
            AdminMode::Auto if self.port.is_none() || self.host.is_loopback() => Admin::Local,
            AdminMode::Auto | AdminMode::Token => by_token(),
            AdminMode::Open => Admin::Open,
            AdminMode::Off => Admin::Off,
        }
    }
}

fn layer(text: &str) -> Result<Layer, Infallible> {
    Ok(folder(text, Embedded::Fixtures))
}

fn scenarios(text: &str) -> Result<Layer, Infallible> {
    Ok(folder(text, Embedded::Scenarios))
}

fn folder(text: &str, embedded: Embedded) -> Layer {
    if text == "embedded" { Layer::Embedded(embedded) } else { Layer::Directory(text.into()) }
}

fn interval(text: &str) -> Result<Duration, String> {
    let interval = clock::duration(text).ok().and_then(|it| Duration::try_from(it).ok());
    interval
        .filter(|it| *it >= Duration::from_millis(10))
        .ok_or_else(|| "expected a time of at least 10ms, as 1s or 250ms".to_owned())
}

fn token(text: &str) -> Result<AdminToken, String> {
    // It has to fit into a header.
    if text.is_empty() || !text.bytes().all(|it| it.is_ascii_graphic()) {
        return Err("a token has visible ASCII characters, and no blanks".to_owned());
    }
    Ok(AdminToken::new(text))
}

fn idle_time(text: &str) -> Result<Duration, String> {
    let time = clock::duration(text).ok().and_then(|time| Duration::try_from(time).ok());
    let time = time.filter(|time| !time.is_zero());
    time.ok_or_else(|| "a duration is a positive time, as 30m or PT1H".to_owned())
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(format!("unknown unit `{unit}`; use B, kB, MB, KiB, MiB or GiB")),
    };
    let number: u64 = number.parse().map_err(|_| "a size is a number with a unit".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "that is more than can be counted".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_with_or_without_a_unit() {
        let check = |text, expected| assert_eq!(size(text).ok(), expected, "{text}");
        check("16MiB", Some(16 << 20));
        check("500 kB", Some(500_000));
        check("7", Some(7));
        check("MiB", None);
        check("1.5MiB", None);
        check("99999999999GiB", None);
    }
}
