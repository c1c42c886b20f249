//! From the start of the process to its first good answer.

use people_mock::commands::generate::generate;
use people_mock::fixtures::generate::Profile;

use crate::over::Over;
use crate::process::{PEOPLE, Server, request};
use crate::report::{head, median, row};

const STARTS: usize = 21;

pub(crate) fn measure() -> String {
    let folder = tempfile::tempdir().unwrap();
    generate(100_000, 1, Profile::Plain, folder.path()).unwrap();
    let folder = folder.path().to_str().unwrap();
    let large = ["--fixtures", "embedded", "--fixtures", folder];

    let person = request("GET", &format!("{PEOPLE}/admin"), "");
    let page = request("GET", &format!("{PEOPLE}?orderBy=firstName,lastName"), "");
    let answer = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(answer.path(), Server::mock(Over::Http1, &[]).ask(&person)).unwrap();

    let times = |start: &dyn Fn() -> Server, request: &str| {
        let time = |_| {
            let server = start();
            let answer = server.ask(request);
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
            server.started.elapsed().as_secs_f64() * 1e3
        };
        format!("{:.1} ms", median((0..STARTS).map(time).collect()))
    };
    let mut text = head(&["from exec to the first 200", "median of 21"]);
    text += &row(&[&"bare hyper", &times(&|| Server::bare(Over::Http1, answer.path()), &person)]);
    text += &row(&[
        &"default fixtures, GET person",
        &times(&|| Server::mock(Over::Http1, &[]), &person),
    ]);
    text += &row(&[
        &"100,000 people of each vendor, GET person",
        &times(&|| Server::mock(Over::Http1, &large), &person),
    ]);
    let sorted = "100,000 people of each vendor, a page by first and last name";
    text += &row(&[&sorted, &times(&|| Server::mock(Over::Http1, &large), &page)]);
    text
}
