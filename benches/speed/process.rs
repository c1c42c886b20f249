//! Servers as processes: people-mock and the baseline, and what `/proc` says of them.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_rustls::rustls::{ClientConnection, StreamOwned};

use crate::over::{CERTIFICATE, NAME, Over, trust};

/// The path of the People API.
pub(crate) const PEOPLE: &str = "/alfresco/api/-default-/public/alfresco/versions/1/people";

/// Names the program that is asked, such as one that `.ci/release` has built, in place of the one that
/// cargo built for the bench.
const PROGRAM: &str = "PEOPLE_MOCK_PROGRAM";

/// Clock ticks of `/proc` a second, which is the same on every Linux.
const TICKS: f64 = 100.0;

/// A server, until it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    pub(crate) over: Over,
    /// When it was started.
    pub(crate) started: Instant,
}

impl Server {
    /// people-mock with some flags, on a free port. What it logs goes nowhere.
    pub(crate) fn mock(over: Over, flags: &[&str]) -> Self {
        let mut command = Command::new(program());
        command.args(["--port", "0"]).args(flags).env_remove("PEOPLE_MOCK_FIXTURES");
        if over.is_tls() {
            command.args(["--tls", "files", "--tls-cert", CERTIFICATE, "--tls-key", CERTIFICATE]);
        }
        Self::start(over, &mut command)
    }

    /// The baseline, with what people-mock has answered.
    pub(crate) fn bare(over: Over, answer: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Self::start(over, command.args(["bare", &format!("{over:?}")]).arg(answer))
    }

    fn start(over: Over, command: &mut Command) -> Self {
        let started = Instant::now();
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once('/').expect("it is ready").1.to_owned();
        Self { child, address, over, started }
    }

    /// The whole answer to a request, on a connection of its own.
    pub(crate) fn ask(&self, request: &str) -> Vec<u8> {
        self.send(request, &[])
    }

    /// The same with a body that is no text, and follows.
    pub(crate) fn send(&self, request: &str, body: &[u8]) -> Vec<u8> {
        let (line, rest) = request.split_once("\r\n").unwrap();
        let mut request = format!("{line}\r\nConnection: close\r\n{rest}").into_bytes();
        request.extend(body);
        let mut stream = TcpStream::connect(&self.address).unwrap();
        if !self.over.is_tls() {
            return exchange(&mut stream, &request);
        }
        let config = Arc::new(trust());
        let tls = ClientConnection::new(config, NAME.try_into().unwrap()).unwrap();
        exchange(&mut StreamOwned::new(tls, stream), &request)
    }

    /// The time that it has spent on processors.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<_> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
        Duration::from_secs_f64((ticks(11) + ticks(12)) / TICKS)
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        resident(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // By SIGTERM, since a program that writes down what it has done does so as it ends.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// The program that is asked.
pub(crate) fn program() -> OsString {
    std::env::var_os(PROGRAM).unwrap_or_else(|| env!("CARGO_BIN_EXE_people-mock").into())
}

fn exchange(stream: &mut (impl Read + Write), request: &[u8]) -> Vec<u8> {
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// The memory that a process holds, in bytes.
pub(crate) fn resident(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// The administrator's password, as a request has it.
pub(crate) const BASIC: &str = "Authorization: Basic YWRtaW46YWRtaW4=\r\n";

/// A request of the administrator's.
pub(crate) fn request(method: &str, path: &str, body: &str) -> String {
    let length = match body.len() {
        0 => String::new(),
        length => format!("Content-Type: application/json\r\nContent-Length: {length}\r\n"),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{BASIC}{length}\r\n{body}")
}

/// The administrator's login.
pub(crate) fn login() -> String {
    let tickets = PEOPLE.replace("alfresco/versions/1/people", "authentication/versions/1/tickets");
    request("POST", &tickets, r#"{"userId":"admin","password":"admin"}"#)
}
