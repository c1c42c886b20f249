//! The program as it is started: flags, environment, signals, exit codes, and what it says where.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use insta::assert_snapshot;

use crate::support::{PEOPLE_API, TICKETS};

const DEADLINE: Duration = Duration::from_secs(30);
const ADMIN: &str = "Authorization: Basic YWRtaW46YWRtaW4=\r\n";

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_people-mock"));
    command.env_clear().args(args);
    command
}

/// The program to its end.
pub(crate) fn run(args: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = program(args).envs(environment.iter().copied()).output().unwrap();
    let Output { status, stdout, stderr } = output;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// The program while it serves.
struct Running {
    child: Child,
    ready: String,
    port: u16,
    stdout: BufReader<ChildStdout>,
    stderr: Option<ChildStderr>,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        stdout.read_line(&mut ready).unwrap();
        let stderr = child.stderr.take();
        // A socket file has none.
        let port = ready.trim_end().rsplit(':').next().unwrap().parse().unwrap_or_default();
        Self { child, ready, port, stdout, stderr }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// Sends a request and reads until the server closes the connection.
    fn ask(&self, verb: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = self.connect();
        let length = body.len();
        let head = format!("{verb} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n");
        write!(stream, "{head}{headers}Content-Length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }

    /// The exit code, and all that was said on stdout after the first line, and on stderr.
    fn end(mut self) -> (Option<i32>, String, String) {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stdout, stderr)
    }
}

impl Drop for Running {
    /// No test that fails leaves a server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_says_on_stdout_that_it_is_ready_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("port");
    let running = Running::start(&mut program(&["-p", "0", "--port-file", file.to_str().unwrap()]));
    let (version, port) = (env!("CARGO_PKG_VERSION"), running.port);
    assert_eq!(running.ready, format!("people-mock {version} ready on http://127.0.0.1:{port}\n"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), port.to_string());
    let answer = running.ask("GET", &format!("{PEOPLE_API}/people/-me-"), ADMIN, "");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    running.signal("-TERM");
    let (code, stdout, _) = running.end();
    assert_eq!((code, stdout.as_str()), (Some(0), ""));
}

#[test]
fn a_signal_lets_what_is_under_way_finish_and_the_exit_is_clean() {
    for signal in ["-TERM", "-INT"] {
        let running = Running::start(&mut program(&["--port", "0"]));
        let mut busy = running.connect();
        let body = r#"{"userId":"admin","password":"admin"}"#;
        let length = body.len();
        let expect = "Host: x\r\nExpect: 100-continue";
        write!(busy, "POST {TICKETS} HTTP/1.1\r\n{expect}\r\nContent-Length: {length}\r\n\r\n")
            .unwrap();
        let mut busy = BufReader::new(busy);
        let mut line = String::new();
        busy.read_line(&mut line).unwrap();
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n");

        let mut idle = running.connect();
        running.signal(signal);
        assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0, "whoever says nothing is let go");
        assert!(TcpStream::connect(("127.0.0.1", running.port)).is_err());

        busy.get_mut().write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        busy.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("HTTP/1.1 201 Created\r\n"), "{answer}");
        assert_eq!(running.end().0, Some(0));
    }
}

#[test]
fn a_second_signal_leaves_at_once() {
    let running = Running::start(&mut program(&["--port", "0"]));
    let mut busy = running.connect();
    write!(
        busy,
        "POST {TICKETS} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
    )
    .unwrap();
    assert_ne!(busy.read(&mut [0; 25]).unwrap(), 0);
    let mut idle = running.connect();
    running.signal("-INT");
    assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
    assert_eq!(busy.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn a_port_that_is_taken_is_told_with_a_cure() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, stdout, stderr) = run(&["--port", &port], &[]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_snapshot!(stderr.replace(&port, "PORT"), @"
    error: can't listen on 127.0.0.1:PORT; is another server there? port 0 picks a free one
    caused by: Address already in use (os error 98)
    ");
}

#[test]
fn certificates_and_keys_that_are_none_are_told_with_a_cure() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pair = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (one, other) = (pair(), pair());
    std::fs::write(path("cert.pem"), one.cert.pem()).unwrap();
    std::fs::write(path("key.pem"), one.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("other.pem"), other.signing_key.serialize_pem()).unwrap();
    std::fs::write(path("empty.pem"), "").unwrap();
    let told = |certificate: &str, key: &str| {
        let files = ["--tls-cert", &path(certificate), "--tls-key", &path(key)];
        let (code, _, stderr) = run(&[&["--port=0", "--tls=files"], &files[..]].concat(), &[]);
        assert_eq!(code, Some(1), "{stderr}");
        stderr.replace(folder.path().to_str().unwrap(), "FOLDER")
    };
    assert_snapshot!(told("nothing.pem", "key.pem"), @"
    error: FOLDER/nothing.pem: no certificate; `--tls-cert` names a file of PEM, the server's own certificate first
    caused by: I/O error: No such file or directory (os error 2)
    ");
    assert_snapshot!(told("empty.pem", "key.pem"), @"
    error: FOLDER/empty.pem: no certificate; `--tls-cert` names a file of PEM, the server's own certificate first
    caused by: no items found
    ");
    assert_snapshot!(told("cert.pem", "cert.pem"), @"
    error: FOLDER/cert.pem: no private key; `--tls-key` names a file of PEM with a key that no passphrase protects
    caused by: no items found
    ");
    assert_snapshot!(told("cert.pem", "other.pem"), @"
    error: FOLDER/other.pem: this key can't be used with FOLDER/cert.pem; give the key that the first certificate there was made for
    caused by: keys may not be consistent: KeyMismatch
    ");

    let files = ["--tls-cert", &path("cert.pem"), "--tls-key", &path("key.pem")];
    let running = Running::start(program(&["--port=0", "--tls=files"]).args(files));
    assert!(running.ready.contains("ready on https://127.0.0.1:"), "{}", running.ready);
    let port = running.port.to_string();
    let (code, stdout, stderr) =
        run(&["healthcheck", "--port", &port, "--tls", "self-signed"], &[]);
    assert_eq!(
        (code, stdout),
        (Some(0), format!("healthy: https://127.0.0.1:{port}\n")),
        "{stderr}"
    );
}

#[test]
fn a_socket_file_is_listened_on_alone_or_beside_a_port_and_goes_with_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mock.sock");
    let name = path.to_str().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let running = Running::start(&mut program(&["--unix", name]));
    assert_eq!(running.ready, format!("people-mock {version} ready on unix:{name}\n"));
    let (code, stdout, stderr) = run(&["healthcheck", "--unix", name], &[]);
    assert_eq!((code, stdout), (Some(0), format!("healthy: unix:{name}\n")), "{stderr}");

    let (code, _, stderr) = run(&["--unix", name], &[]);
    assert_eq!(code, Some(1));
    assert_eq!(stderr, format!("error: can't listen on unix:{name}; another server is there\n"));

    running.signal("-KILL");
    running.end();
    assert!(path.exists());
    let running = Running::start(&mut program(&["--unix", name, "--port", "0"]));
    let (_, places) = running.ready.split_once(" ready on http://127.0.0.1:").unwrap();
    assert!(places.ends_with(&format!(" and unix:{name}\n")), "{places}");
    running.signal("-TERM");
    assert_eq!(running.end().0, Some(0));
    assert!(!path.exists());

    std::fs::write(&path, "precious").unwrap();
    let (code, _, stderr) = run(&["--unix", name], &[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        stderr,
        format!("error: can't listen on unix:{name}; a file is there that is no socket\n")
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn broken_fixtures_are_told_with_their_place_first() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("alfresco/people.json");
    std::fs::create_dir_all(people.parent().unwrap()).unwrap();
    std::fs::write(&people, "[\n  {\"id\": \"a\", \"fistName\": \"A\"}\n]").unwrap();
    let path = folder.path().to_str().unwrap();
    // On an address that has a token told, too: what is wrong comes first.
    let args = ["--host", "0.0.0.0", "--port", "0", "--fixtures", path];
    let (code, stdout, stderr) = run(&args, &[]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    let place = format!(
        "error: {path}/alfresco/people.json:2:15: unknown member `fistName`; did you mean `firstName`?"
    );
    assert!(stderr.starts_with(&place), "{stderr}");
    let (code, _, stderr) = run(&["--port", "0", "--fixtures", "/nowhere"], &[]);
    assert_eq!(code, Some(1));
    assert_snapshot!(stderr, @"error: /nowhere: no such folder; give one with one of these in it: alfresco, ecg");
}

#[test]
fn what_is_wrong_usage_is_told_as_such() {
    let check = |args: &[&str], environment: &[(&str, &str)], told: &str| {
        let (code, stdout, stderr) = run(args, environment);
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{args:?} {environment:?} {stderr}");
        assert!(stderr.contains(told), "{stderr}");
    };
    check(&["--nothing"], &[], "--nothing");
    check(&["nothing"], &[], "nothing");
    check(&["--port"], &[], "--port");
    check(&["--port", "abc"], &[], "'abc' for '--port <PORT>'");
    check(&["--port", "65536"], &[], "'65536' for '--port <PORT>'");
    check(&["--auth", "maybe"], &[], "'maybe' for '--auth <on|off>'");
    check(&["--now", "yesterday"], &[], "'yesterday' for '--now <RFC3339>'");
    check(&["--seed", "-1"], &[], "-1");
    check(&["--max-body", "1XB"], &[], "unknown unit `XB`");
    check(&["--log-level", "loud"], &[], "'loud' for '--log-level <LEVEL>'");
    check(&["--tls", "maybe"], &[], "'maybe' for '--tls <off|self-signed|files>'");
    check(&["--tls", "files"], &[], "--tls-cert <PATH>");
    check(&["--tls", "files", "--tls-cert", "a"], &[], "--tls-key <PATH>");
    check(&["--tls-cert", "a"], &[], "`--tls-cert` and `--tls-key` need `--tls files`");
    check(&["--tls=self-signed", "--tls-key", "a"], &[], "need `--tls files`");
    check(&["--tls-ca-out", "a"], &[], "`--tls-ca-out` needs `--tls self-signed`");
    check(&["--unix", "a", "--port-file", "b"], &[], "`--port-file` needs a port");
    check(&[], &[("PEOPLE_MOCK_TLS", "files")], "--tls-cert <PATH>");
    check(&[], &[("PEOPLE_MOCK_PORT", "abc")], "'abc' for '--port <PORT>'");
    check(&["serve"], &[("PEOPLE_MOCK_PORT", "abc")], "'abc' for '--port <PORT>'");
    check(&[], &[("PEOPLE_MOCK_AUTH", "maybe")], "'maybe' for '--auth <on|off>'");
    check(&[], &[("PEOPLE_MOCK_CORS", "")], "'--cors <on|off>'");
    check(&[], &[("PEOPLE_MOCK_LOG_FORMAT", "xml")], "'xml' for '--log-format <text|json>'");
}

#[test]
fn a_flag_beats_the_environment_and_that_the_default() {
    let is_open = |command: &mut Command| {
        let running = Running::start(command);
        let answer = running.ask("GET", &format!("{PEOPLE_API}/people/-me-"), "", "");
        answer.starts_with("HTTP/1.1 200 ")
    };
    let free = ("PEOPLE_MOCK_PORT", "0");
    let open = ("PEOPLE_MOCK_AUTH", "off");
    assert!(!is_open(program(&[]).envs([free])));
    assert!(is_open(program(&[]).envs([free, open])));
    assert!(is_open(program(&["serve"]).envs([free, open])));
    assert!(!is_open(program(&["--auth", "on"]).envs([free, open])));
    assert!(!is_open(program(&["serve", "--auth", "on"]).envs([free, open])));
    assert!(is_open(program(&["--port", "0", "--auth=off"]).env("PEOPLE_MOCK_PORT", "1")));
}

#[test]
fn the_help_names_every_flag() {
    let (code, help, stderr) = run(&["--help"], &[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert_snapshot!(help, @"
    A stand-in for the People APIs of Alfresco Content Services and ECG Organizations that is right about the vendor and can be broken on purpose

    Usage: people-mock [OPTIONS]
           people-mock <COMMAND>

    Commands:
      serve        Serve the APIs (the default)
      validate     Check fixtures and scenarios and say everything that is wrong; exit code 1 if anything is
      generate     Make up fixtures, the same ones for the same seed
      schema       Show the JSON Schema of what files may hold
      catalog      List everything that the operations can answer, and how to get there
      token        Print a bearer token for the ECG API
      healthcheck  Ask the running server how it is, by the flags and variables that it runs with; exit code 1 if it isn't well
      completions  Print what a shell needs to complete flags
      help         Print this message or the help of the given subcommand(s)

    Options:
          --host <ADDRESS>                Address to listen on [env: PEOPLE_MOCK_HOST=] [default: 127.0.0.1]
      -p, --port <PORT>                   Port to listen on; 0 picks a free one [env: PEOPLE_MOCK_PORT=] [default: 8080]
          --port-file <PATH>              File that gets the port number once the server is ready [env: PEOPLE_MOCK_PORT_FILE=]
          --unix <PATH>                   Socket file to listen on; on no port then, unless one is given [env: PEOPLE_MOCK_UNIX=]
          --tls <off|self-signed|files>   Whether to speak TLS, with a certificate that is made at the start or with yours [env: PEOPLE_MOCK_TLS=] [default: off]
          --tls-cert <PATH>               Certificate to show, with those that it needs, as PEM [env: PEOPLE_MOCK_TLS_CERT=]
          --tls-key <PATH>                Key of the certificate, as PEM [env: PEOPLE_MOCK_TLS_KEY=]
          --tls-ca-out <PATH>             File that gets the certificate that clients are to trust, as PEM [env: PEOPLE_MOCK_TLS_CA_OUT=]
          --fixtures <DIR>                Folder of fixtures, or `embedded`; repeat it to lay one over another [env: PEOPLE_MOCK_FIXTURES=] [default: embedded]
          --scenarios <DIR>               Folder of scenarios, or `embedded` [env: PEOPLE_MOCK_SCENARIOS=] [default: embedded]
          --scenario <NAME>               Scenario that runs from the start in every session; repeat it for more [env: PEOPLE_MOCK_SCENARIO=]
          --watch <auto|events|poll|off>  How changed files are noticed: by events with polling beside them, by one of them, or not [env: PEOPLE_MOCK_WATCH=] [default: auto]
          --poll-interval <TIME>          Time between two looks at the fixtures, as 1s or 250ms [env: PEOPLE_MOCK_POLL_INTERVAL=] [default: 1s]
          --on-reload <keep|reset>        What becomes of sessions when fixtures change: keep what clients changed, or start afresh [env: PEOPLE_MOCK_ON_RELOAD=] [default: keep]
          --seed <N>                      Make ids, keys and chances the same on every run [env: PEOPLE_MOCK_SEED=]
          --now <RFC3339>                 Freeze the clock at this moment, as 2026-01-02T03:04:05Z [env: PEOPLE_MOCK_NOW=]
          --auth <on|off>                 Whether a call without credentials is refused, or made by the administrator [env: PEOPLE_MOCK_AUTH=] [default: on]
          --cors <on|off>                 Whether browsers on other origins are served [env: PEOPLE_MOCK_CORS=] [default: on]
          --prefer <on|off>               Whether a request may ask for an error itself, by `Prefer: code=` or the cookie mock-prefer [env: PEOPLE_MOCK_PREFER=] [default: on]
          --max-body <SIZE>               Longest request body, as 16MiB, 500kB or a number of bytes [env: PEOPLE_MOCK_MAX_BODY=] [default: 16MiB]
          --admin <auto|open|token|off>   Who may use the control API: auto is open on a loopback address and by token elsewhere [env: PEOPLE_MOCK_ADMIN=] [default: auto]
          --admin-token <TOKEN>           Token of the control API; one is made up and printed where it is needed and not given [env: PEOPLE_MOCK_ADMIN_TOKEN]
          --journal-bytes <SIZE>          Size of the journal of all sessions; 0 keeps none [env: PEOPLE_MOCK_JOURNAL_BYTES=] [default: 32MiB]
          --max-sessions <N>              How many sessions there may be; past it the idlest goes [env: PEOPLE_MOCK_MAX_SESSIONS=] [default: 10000]
          --session-idle <DURATION>       After how long without a request a session goes, as 30m or PT1H [env: PEOPLE_MOCK_SESSION_IDLE=] [default: 30m]
          --log-level <LEVEL>             What to log: off, error, warn, info, debug or trace [env: PEOPLE_MOCK_LOG_LEVEL=] [default: info]
          --log-format <text|json>        How to log; text on a terminal, json elsewhere, if nothing is said [env: PEOPLE_MOCK_LOG_FORMAT=]
      -h, --help                          Print help
      -V, --version                       Print version
    ");
    let (code, version, _) = run(&["--version"], &[]);
    let expected = format!("people-mock {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((code, version), (Some(0), expected));
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, script, stderr) = run(&["completions", shell], &[]);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(script.contains("admin-token") && script.contains("validate"), "{script}");
    }
    let (code, _, stderr) = run(&["completions", "tcsh"], &[]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("bash, elvish, fish, powershell, zsh"), "{stderr}");
}

#[test]
fn an_exchange_is_one_line_in_the_log() {
    let exchanges = |format: &str| {
        let running = Running::start(&mut program(&["--port", "0", "--log-format", format]));
        let people = |path: &str| format!("{PEOPLE_API}{path}");
        running.ask("GET", &people("/people/admin?fields=id"), ADMIN, "");
        running.ask("GET", &people("/people/a%0Ab%1B%5B31m"), ADMIN, "");
        running.ask("PUT", &people("/nothing"), "", "");
        running.ask("GET", "/somewhere", "", "");
        running.ask("GET", "/__admin/health", "", "");
        running.signal("-TERM");
        let (_, _, stderr) = running.end();
        let lines = stderr.lines().filter(|line| line.contains("exchange"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let text = exchanges("text");
    let without_time = |line: &String| line.split_once(' ').unwrap().1.trim().to_owned();
    assert_snapshot!(text.iter().map(without_time).collect::<Vec<_>>().join("\n"), @r#"
    INFO exchange method=GET path=/alfresco/api/-default-/public/alfresco/versions/1/people/admin operation="alfresco.getPerson" session="default" status=200
    INFO exchange method=GET path=/alfresco/api/-default-/public/alfresco/versions/1/people/a\nb\u{1b}[31m operation="alfresco.getPerson" session="default" status=404
    INFO exchange method=PUT path=/alfresco/api/-default-/public/alfresco/versions/1/nothing session="default" status=401
    INFO exchange method=GET path=/somewhere session="default" status=404
    INFO exchange method=GET path=/__admin/health session="default" status=200
    "#);
    let without_time = |line: &String| {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line.as_object_mut().unwrap().shift_remove("timestamp").is_some());
        line.to_string()
    };
    let json = exchanges("json");
    assert_snapshot!(json.iter().map(without_time).collect::<Vec<_>>().join("\n"), @r#"
    {"level":"INFO","message":"exchange","method":"GET","path":"/alfresco/api/-default-/public/alfresco/versions/1/people/admin","operation":"alfresco.getPerson","session":"default","status":200}
    {"level":"INFO","message":"exchange","method":"GET","path":"/alfresco/api/-default-/public/alfresco/versions/1/people/a\\nb\\u{1b}[31m","operation":"alfresco.getPerson","session":"default","status":404}
    {"level":"INFO","message":"exchange","method":"PUT","path":"/alfresco/api/-default-/public/alfresco/versions/1/nothing","session":"default","status":401}
    {"level":"INFO","message":"exchange","method":"GET","path":"/somewhere","session":"default","status":404}
    {"level":"INFO","message":"exchange","method":"GET","path":"/__admin/health","session":"default","status":200}
    "#);
}

#[test]
fn no_secret_is_in_the_log() {
    let running = Running::start(&mut program(&["--port", "0", "--log-level", "trace"]));
    let me = format!("{PEOPLE_API}/people/-me-");
    let login = r#"{"userId":"sappho","password":"Passw0rd!"}"#;
    let answer = running.ask("POST", TICKETS, "", login);
    let (_, ticket) = answer.split_once("TICKET_").unwrap();
    let id = &ticket[..40];

    let ask = |verb, path: &str, headers: &str, body, status| {
        let answer = running.ask(verb, path, headers, body);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    };
    ask("GET", &format!("{me}?alf_ticket=TICKET_{id}"), "", "", 200);
    ask("GET", &format!("{TICKETS}/TICKET_{id}"), ADMIN, "", 400);
    ask("GET", &format!("{TICKETS}/%54ICKET_{id}"), ADMIN, "", 400);
    ask("GET", &me, "Authorization: Bearer very.secret.token\r\n", "", 401);
    let basic = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("ROLE_TICKET:TICKET_{id}"),
    );
    ask("GET", &me, &format!("Authorization: Basic {basic}\r\n"), "", 200);
    let change = r#"{"oldPassword":"Passw0rd!","password":"n3w-s3cret"}"#;
    ask("PUT", &format!("{me}?alf_ticket=TICKET_{id}"), "", change, 200);
    ask("POST", TICKETS, "", r#"{"userId":"sappho","password":"n3w-s3cret"#, 400);
    let mail = running.ask(
        "POST",
        &format!("{PEOPLE_API}/people/sappho/request-password-reset"),
        "",
        r#"{"client":"share"}"#,
    );
    assert!(mail.starts_with("HTTP/1.1 202 "), "{mail}");
    let outbox = running.ask("GET", "/__admin/outbox", "", "");
    let (_, key) = outbox.split_once("key=").unwrap();
    let key = key[..36].to_owned();
    let reset = format!(r#"{{"password":"0ther-s3cret","id":"activiti$1","key":"{key}"}}"#);
    let reset =
        running.ask("POST", &format!("{PEOPLE_API}/people/sappho/reset-password"), "", &reset);
    assert!(reset.starts_with("HTTP/1.1 202 "), "{reset}");

    running.signal("-TERM");
    let (_, _, stderr) = running.end();
    let admin = ADMIN.rsplit(' ').next().unwrap().trim();
    let secrets = [
        id,
        &key,
        &basic,
        admin,
        "very.secret",
        "Passw0rd",
        "s3cret",
        "Authorization",
        "authorization",
    ];
    for secret in secrets {
        assert!(!stderr.contains(secret), "{secret} in\n{stderr}");
    }
    assert!(stderr.lines().count() > 10, "{stderr}");
}
