//! How cost grows with the number of people, without sockets.

use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use http::{HeaderValue, Method, StatusCode};
use people_mock::app::App;
use people_mock::commands::generate::generate;
use people_mock::config::Config;
use people_mock::fixtures::generate::Profile;
use people_mock::fixtures::{Embedded, Layer};
use people_mock::http::Request;
use people_mock::outcome::Outcome;

use crate::process::{PEOPLE, resident};
use crate::report::{file, head, median, row, thousands};

const SIZES: [u32; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 301;

/// Each operation has the least of so many medians, taken with pauses: the machine is slower for
/// seconds at a time, and nothing makes it faster than it is.
const PASSES: usize = 9;
const PAUSE: Duration = Duration::from_millis(500);

/// Every order that `orderBy` can name.
const ORDERS: [&str; 6] = [
    "id",
    "firstName",
    "lastName",
    "firstName,lastName",
    "lastName,firstName",
    "lastName%20DESC,firstName",
];

/// Microseconds of each operation, by its name.
type Measured = Vec<(String, f64)>;

pub(crate) fn measure() -> String {
    let columns: Vec<Measured> = SIZES.iter().map(|people| at(*people)).collect();
    let mut names = vec!["without sockets"];
    let sizes = SIZES.map(|it| format!("{} people", thousands(f64::from(it))));
    names.extend(sizes.iter().map(String::as_str));
    names.push("largest / smallest");
    let mut text = head(&names);
    for (index, (name, first)) in columns[0].iter().enumerate() {
        let figures: Vec<_> = columns.iter().map(|column| column[index].1).collect();
        let shown = |figure: &f64| match name.contains("bytes") {
            true => thousands(*figure),
            false if *figure > 10_000.0 => format!("{:.0} ms", figure / 1e3),
            false => format!("{figure:.1} µs"),
        };
        let cells: Vec<_> = figures.iter().map(shown).collect();
        let ratio = format!("{:.2}", figures[figures.len() - 1] / first);
        text += &row(&[name, &cells.join(" | "), &ratio]);
    }
    std::fs::write(file("growth.svg"), plot(&columns)).unwrap();
    text + "\n![The same as a picture](growth.svg)\n"
}

/// Each size in a process of its own, so that memory is weighed on a fresh heap.
fn at(people: u32) -> Measured {
    let me = std::env::current_exe().unwrap();
    let done = Command::new(me).args(["people", &people.to_string()]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let text = String::from_utf8(done.stdout).unwrap();
    let pair =
        |line: &str| line.split_once('\t').map(|(name, it)| (name.into(), it.parse().unwrap()));
    text.lines().filter_map(pair).collect()
}

/// That process.
pub(crate) fn measure_at(people: &str) {
    let people: u32 = people.parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    generate(people.into(), 1, Profile::Plain, folder.path()).unwrap();
    std::fs::remove_dir_all(folder.path().join("ecg")).unwrap();
    let before = resident("self");
    let layers =
        vec![Layer::Embedded(Embedded::Fixtures), Layer::Directory(folder.path().to_owned())];
    let app = App::load(Config { layers, seed: Some(1), ..Config::default() }).ok().unwrap();
    let held = resident("self").saturating_sub(before);
    drop(folder);

    let first = |order: &str| {
        (
            shown("first page by", order, ""),
            time(&app, request(Method::GET, &page(order, 0), ""), 200),
        )
    };
    let firsts = ORDERS.map(first);
    let ids = some_ids(&app);
    let passes: Vec<Measured> = (0..PASSES).map(|_| pass(&app, people, &ids)).collect();
    let least = passes[0].iter().enumerate().map(|(index, (name, _))| {
        let figures = passes.iter().map(|pass| pass[index].1);
        (name.clone(), figures.fold(f64::INFINITY, f64::min))
    });
    let bytes = ("bytes a person".to_owned(), held as f64 / f64::from(people));
    for (name, figure) in least.chain(firsts).chain([bytes]) {
        println!("{name}\t{figure}");
    }
}

/// A client knows them from a list.
fn some_ids(app: &App) -> Vec<String> {
    let Outcome::Answer(page) = app.answer(request(Method::GET, "?maxItems=1000", "")) else {
        unreachable!()
    };
    let page: serde_json::Value = serde_json::from_slice(&page.body).unwrap();
    let entries = page["list"]["entries"].as_array().unwrap();
    entries.iter().map(|it| it["entry"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The median of each operation, in a session without changes, some time after the last pass.
fn pass(app: &App, people: u32, ids: &[String]) -> Measured {
    std::thread::sleep(PAUSE);
    let mut reset = Request::new(Method::POST, "/__admin/reset".parse().unwrap());
    reset.headers.insert("host", HeaderValue::from_static("127.0.0.1"));
    time(app, reset, 204);

    let mut measured = lists(app, people);
    let mut number = 0;
    let mut each =
        |name: &str, method: Method, status: u16, body: &dyn Fn(usize) -> (String, String)| {
            let times = (0..ROUNDS).map(|_| {
                number += 1;
                let (path, body) = body(number);
                time(app, request(method.clone(), &path, &body), status)
            });
            measured.push((name.to_owned(), median(times.collect())));
        };
    let path = |number: usize| format!("/{}", ids[number % ids.len()]);
    each("get", Method::GET, 200, &|number| (path(number), String::new()));
    each("update", Method::PUT, 200, &|number| {
        (path(number), format!(r#"{{"lastName":"Changed {number}"}}"#))
    });
    each("create", Method::POST, 201, &|number| {
        let new = format!(
            r#"{{"id":"n{number}","firstName":"N{number}","lastName":"L","email":"n@example.com","password":"n"}}"#
        );
        (String::new(), new)
    });
    measured
}

/// Pages of 100 in every order, at the beginning, in the middle and at the end.
fn lists(app: &App, people: u32) -> Measured {
    let mut measured = Measured::new();
    for order in ORDERS {
        for (place, skip) in
            [("the start", 0), ("the middle", people / 2), ("the end", people - 100)]
        {
            let times = (0..ROUNDS).map(|round| {
                // Not the same page each time, as far as there are others.
                let skip = (skip + u32::try_from(round).unwrap() % 100).min(people - 100);
                time(app, request(Method::GET, &page(order, skip), ""), 200)
            });
            measured
                .push((shown("page by", order, &format!(" at {place}")), median(times.collect())));
        }
    }
    measured
}

/// A page of 100.
fn page(order: &str, skip: u32) -> String {
    format!("?orderBy={order}&maxItems=100&skipCount={skip}")
}

/// A name in the table.
fn shown(what: &str, order: &str, place: &str) -> String {
    format!("{what} {order}{place}").replace("%20", " ")
}

fn request(method: Method, path: &str, body: &str) -> Request {
    let mut request = Request::new(method, format!("{PEOPLE}{path}").parse().unwrap());
    request.headers.insert("authorization", HeaderValue::from_static("Basic YWRtaW46YWRtaW4="));
    request.headers.insert("content-type", HeaderValue::from_static("application/json"));
    request.body = Ok(body.to_owned().into());
    request
}

/// Microseconds until there is an answer.
fn time(app: &App, request: Request, status: u16) -> f64 {
    let start = Instant::now();
    let outcome = app.answer(request);
    let taken = start.elapsed();
    let Outcome::Answer(response) = outcome else { unreachable!() };
    let text = || String::from_utf8_lossy(&response.body).into_owned();
    assert_eq!(response.status, StatusCode::from_u16(status).unwrap(), "{}", text());
    taken.as_secs_f64() * 1e6
}

/// The table as lines, both axes by powers of ten.
fn plot(columns: &[Measured]) -> String {
    const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
    let wanted = [
        ("page by id at the middle", "page of 100 by id"),
        ("page by lastName,firstName at the middle", "page of 100 by last and first name"),
        ("get", "get"),
        ("update", "update"),
        ("create", "create"),
    ];
    let across = |index: usize| 60 + index * 120;
    let up = |micros: f64| 260.0 - (micros.max(0.1).log10() + 1.0) * 50.0;
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 700 300\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"700\" height=\"300\" fill=\"#fff\"/>\n",
    );
    for (power, label) in ["0.1 µs", "1 µs", "10 µs", "100 µs", "1 ms", "10 ms"].iter().enumerate()
    {
        let y = 260 - power * 50;
        writeln!(svg, "<path d=\"M60 {y}H420\" stroke=\"#ccc\"/><text x=\"52\" y=\"{y}\" text-anchor=\"end\">{label}</text>").unwrap();
    }
    for (index, people) in SIZES.iter().enumerate() {
        let people = thousands(f64::from(*people));
        writeln!(
            svg,
            "<text x=\"{}\" y=\"280\" text-anchor=\"middle\">{people}</text>",
            across(index)
        )
        .unwrap();
    }
    for (number, ((name, label), color)) in wanted.iter().zip(COLORS).enumerate() {
        let points: Vec<_> = columns
            .iter()
            .enumerate()
            .filter_map(|(index, column)| {
                let (_, micros) = column.iter().find(|(it, _)| it == name)?;
                Some(format!("{},{:.1}", across(index), up(*micros)))
            })
            .collect();
        let y = 30 + number * 20;
        writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/><text x=\"450\" y=\"{y}\" fill=\"{color}\">{label}</text>", points.join(" ")).unwrap();
    }
    svg + "</svg>\n"
}
