//! `people-mock healthcheck`: asks the running server how it is, where there is no curl to do it.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use serde_json::Value;

use crate::cli::{Cli, Command, Serve};
use crate::config::{Config, Tls};
use crate::server::tls;

/// How long the server may take to connect, and then for each part of its answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The longest answer that is read.
const LONGEST_ANSWER: u64 = 64 << 10;

/// Asks the server that runs with these flags, and says how it is on `out`. Anything but a healthy
/// server is a failure.
pub fn healthcheck(config: &Config, out: &mut impl Write) -> Result<(), Failure> {
    let is_tls = config.tls != Tls::Off;
    let (url, stream) = if let (None, Some(path)) = (config.address, &config.unix) {
        (format!("unix:{}", path.display()), connect_unix(path))
    } else {
        let address = reachable(config)?;
        let scheme = if is_tls { "https" } else { "http" };
        (format!("{scheme}://{address}"), connect(address))
    };
    let answer = stream.and_then(|it| if is_tls { ask(tls::connect_to_own(it)?) } else { ask(it) });
    let answer = answer.map_err(|source| Failure::Silent { url: url.clone(), source })?;
    let Some(health) = healthy(&answer) else {
        let line = answer.lines().next().unwrap_or_default().to_owned();
        return Err(Failure::Unwell { url, line });
    };
    match health["fixtures"]["error"].as_str() {
        None => writeln!(out, "healthy: {url}")?,
        Some(error) => writeln!(out, "healthy: {url}, with the fixtures from before: {error}")?,
    }
    Ok(())
}

/// The flags of a server that is the first process of a container, or the child of its init.
///
/// An image's HEALTHCHECK is written before anybody says `docker run … --port 9000`, and the
/// variables don't tell; the process does.
#[must_use]
pub fn flags_of_first_process() -> Option<Serve> {
    flags(&std::fs::read_to_string("/proc/1/cmdline").ok()?)
}

fn flags(command_line: &str) -> Option<Serve> {
    let is_server = |word: &&str| Path::new(word).file_name().is_some_and(|it| it == "people-mock");
    let words = command_line.trim_end_matches('\0').split('\0');
    let mut words = words.skip_while(|it| !is_server(it)).peekable();
    words.peek()?;
    let cli = Cli::try_parse_from(words).ok()?;
    match cli.command {
        None => Some(cli.serve),
        Some(Command::Serve(flags)) => Some(flags),
        Some(_) => None,
    }
}

/// Where the server can be reached from this machine: it may listen on every address, which is none
/// that one can connect to, or have picked its port.
fn reachable(config: &Config) -> Result<SocketAddr, Failure> {
    let address = config.address.ok_or(Failure::UnknownPort)?;
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let port = match (address.port(), &config.port_file) {
        (0, None) => return Err(Failure::UnknownPort),
        (0, Some(path)) => {
            read_port(path).map_err(|source| Failure::PortFile { path: path.clone(), source })?
        }
        (port, _) => port,
    };
    Ok(SocketAddr::new(ip, port))
}

fn read_port(path: &Path) -> io::Result<u16> {
    let text = std::fs::read_to_string(path)?;
    text.trim().parse().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// What a request goes out on, and its answer comes in.
trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

fn connect(address: SocketAddr) -> io::Result<Box<dyn Stream>> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(Box::new(stream))
}

fn connect_unix(path: &Path) -> io::Result<Box<dyn Stream>> {
    let stream = UnixStream::connect(path)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    Ok(Box::new(stream))
}

/// The whole answer to one request, over whatever carries it.
fn ask(mut stream: impl Read + Write) -> io::Result<String> {
    // In one piece: an answer may come before a second one, and the end of the connection with it.
    stream.write_all(
        b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}

/// What a healthy server says of itself; any other server may listen there, and answer 200.
fn healthy(answer: &str) -> Option<Value> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let health: Value = serde_json::from_str(body).ok()?;
    (head.starts_with("HTTP/1.1 200 ") && health["status"] == "healthy").then_some(health)
}

/// Why the server isn't healthy, as far as can be told.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Which port was picked is not known.
    #[error(
        "port 0 was asked for, and which one was picked is not known; give the server a `--port-file`, and name it here too"
    )]
    UnknownPort,
    /// The file that should tell the port doesn't.
    #[error("can't read the port from {}; is the server running?", path.display())]
    PortFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// No answer came.
    #[error("no answer from {url}; is the server running, and with these flags and variables?")]
    Silent {
        /// Who was asked.
        url: String,
        /// What happened instead.
        source: io::Error,
    },
    /// An answer came, and not that of a healthy server.
    #[error("{url} answers `{line}`, and not that it is healthy; is another server there?")]
    Unwell {
        /// Who was asked.
        url: String,
        /// The first line of the answer.
        line: String,
    },
    /// The result can't be told.
    #[error("can't write")]
    Write(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_found_behind_an_init() {
        let check = |line: &str, port| {
            assert_eq!(flags(&line.replace(' ', "\0")).and_then(|it| it.port), port, "{line}");
        };
        check("/people-mock --port 9000 ", Some(9000));
        check("/people-mock serve -p 9000", Some(9000));
        check("/sbin/docker-init -- /people-mock --port=9000", Some(9000));
        check("/people-mock validate /fixtures", None);
        check("/sbin/init splash", None);
        check("", None);
    }
}
