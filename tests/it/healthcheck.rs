//! `people-mock healthcheck`, as a container or a script asks.

use std::io::{Read, Write};
use std::net::TcpListener;

use insta::assert_snapshot;
use people_mock::Server;
use people_mock::config::{Config, Tls};

use crate::cli::run;
use crate::support::write;

fn port(server: &Server) -> String {
    server.address().port().to_string()
}

#[test]
fn a_running_server_is_healthy_wherever_it_listens() {
    for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"] {
        let address: std::net::SocketAddr = address.parse().unwrap();
        let server = Server::start(Config { address: Some(address), ..Config::default() }).unwrap();
        let (host, port) = (address.ip().to_string(), port(&server));
        let reachable = if address.is_ipv4() { "127.0.0.1" } else { "[::1]" };
        let healthy = (Some(0), format!("healthy: http://{reachable}:{port}\n"), String::new());
        assert_eq!(run(&["healthcheck", "--host", &host, "--port", &port], &[]), healthy);
        let variables = [("PEOPLE_MOCK_HOST", host.as_str()), ("PEOPLE_MOCK_PORT", &port)];
        assert_eq!(run(&["healthcheck"], &variables), healthy);
    }
}

#[test]
fn a_certificate_that_nobody_knows_is_good_enough() {
    let config = Config { tls: Tls::SelfSigned, ..Config::default() };
    let server = Server::start(config).unwrap();
    let port = port(&server);
    let healthy = format!("healthy: https://127.0.0.1:{port}\n");
    let variables = [("PEOPLE_MOCK_TLS", "self-signed"), ("PEOPLE_MOCK_PORT", port.as_str())];
    assert_eq!(run(&["healthcheck"], &variables), (Some(0), healthy, String::new()));

    let (code, _, stderr) = run(&["healthcheck", "--port", &port], &[]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("answers `HTTP/1.1 400 Bad Request`"), "{stderr}");
}

#[test]
fn a_socket_file_is_asked_where_there_is_no_port() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let path = path.to_str().unwrap();
    for (tls, flag) in [(Tls::Off, "off"), (Tls::SelfSigned, "self-signed")] {
        let config = Config { unix: Some(path.into()), tls, ..Config::default() };
        let _server = Server::start(config).unwrap();
        let healthy = (Some(0), format!("healthy: unix:{path}\n"), String::new());
        assert_eq!(run(&["healthcheck", "--unix", path, "--tls", flag], &[]), healthy);
    }
    let args = ["healthcheck", "--unix", path];
    let (code, _, stderr) = run(&args, &[]);
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with("error: no answer from unix:"), "{stderr}");
}

#[test]
fn a_port_that_was_picked_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("port");
    let file = file.to_str().unwrap();
    let ask = || run(&["healthcheck", "--port", "0", "--port-file", file], &[]);

    let (code, stdout, stderr) = ask();
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_snapshot!(stderr.replace(file, "FILE"), @"
    error: can't read the port from FILE; is the server running?
    caused by: No such file or directory (os error 2)
    ");

    let server = Server::start(Config::default()).unwrap();
    write(folder.path(), "port", &port(&server));
    assert_eq!(ask().0, Some(0));

    let (code, _, stderr) = run(&["healthcheck", "--port", "0"], &[]);
    assert_eq!(code, Some(1));
    assert_snapshot!(stderr, @"error: port 0 was asked for, and which one was picked is not known; give the server a `--port-file`, and name it here too");
}

#[test]
fn nobody_there_is_told_with_what_to_do() {
    let server = Server::start(Config::default()).unwrap();
    let port = port(&server);
    drop(server);
    let (code, stdout, stderr) = run(&["healthcheck", "--port", &port], &[]);
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_snapshot!(stderr.replace(&port, "PORT"), @"
    error: no answer from http://127.0.0.1:PORT; is the server running, and with these flags and variables?
    caused by: Connection refused (os error 111)
    ");
}

#[test]
fn another_server_is_not_taken_for_ours() {
    for answer in ["HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 503 Busy\r\n\r\n{}", "SSH-2.0-x\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let other = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1000]);
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let (code, stdout, stderr) = run(&["healthcheck", "--port", &port], &[]);
        other.join().unwrap();
        let line = answer.lines().next().unwrap();
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert_eq!(
            stderr,
            format!(
                "error: http://127.0.0.1:{port} answers `{line}`, and not that it is healthy; is another server there?\n"
            )
        );
    }
}

#[test]
fn stale_fixtures_are_told_and_are_no_illness() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "alfresco/people.json", "[]");
    let layers = vec![people_mock::fixtures::Layer::Directory(folder.path().to_owned())];
    let server = Server::start(Config { layers, ..Config::default() }).unwrap();
    write(folder.path(), "alfresco/people.json", "[");
    assert!(!server.app().reload().mistakes.is_empty());
    let (code, stdout, _) = run(&["healthcheck", "--port", &port(&server)], &[]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains(", with the fixtures from before: "), "{stdout}");
    assert!(stdout.contains("alfresco/people.json:1:"), "{stdout}");
}
