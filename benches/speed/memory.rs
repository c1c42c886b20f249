//! What a server holds: idle, and after a million requests.

use std::time::Duration;

use crate::clients;
use crate::over::Over;
use crate::process::{PEOPLE, Server, login, request};
use crate::report::{head, row, thousands};

const REQUESTS: usize = 1_000_000;

pub(crate) fn measure() -> String {
    let server = Server::mock(Over::Http1, &["--log-level", "warn"]);
    let person = request("GET", &format!("{PEOPLE}/admin"), "");
    server.ask(&person);
    std::thread::sleep(Duration::from_millis(500));
    let idle = server.resident();

    let mixed = [
        person,
        request("GET", PEOPLE, ""),
        request("GET", &format!("{PEOPLE}/abeecher/avatar"), ""),
        request("GET", &format!("{PEOPLE}?orderBy=lastName%20DESC&skipCount=3"), ""),
        request("PUT", &format!("{PEOPLE}/sappho"), r#"{"jobTitle":"Muse"}"#),
        login(),
        request("GET", &format!("{PEOPLE}/nobody"), ""),
        request("GET", &format!("{PEOPLE}/admin"), "").replace("Authorization", "X-Nothing"),
    ];
    let mut answers = 0;
    while answers < REQUESTS {
        for request in &mixed {
            answers += clients::ask(&server, 64, Duration::from_millis(400), request).answers;
        }
    }
    let after = server.resident();
    let mib = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let mut text = head(&["resident memory", ""]);
    text += &row(&[&"idle, default fixtures", &mib(idle)]);
    let name = format!("after {} mixed requests on 64 connections", thousands(answers as f64));
    text += &row(&[&name, &mib(after)]);
    text
}
