//! What loading 100,000 people costs, beside what parsing alone costs, in the same run:
//! `cargo bench --bench load`, or with another number of people `… -- 1000000`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is a measurement")]
#![allow(clippy::disallowed_methods, reason = "it measures real time")]
#![allow(clippy::cast_precision_loss, reason = "figures are rounded to be read")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use people_mock::commands::generate::generate;
use people_mock::fixtures::generate::Profile;
use people_mock::fixtures::{self, Layer};

const ROUNDS: usize = 7;

fn main() {
    let people = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(100_000_u64);
    for profile in [Profile::Plain, Profile::Torture] {
        let folder = tempfile::tempdir().unwrap();
        generate(people, 1, profile, folder.path()).unwrap();
        let file = folder.path().join("alfresco/people.json");
        let layers = [Layer::Directory(folder.path().to_owned())];
        let bytes = std::fs::metadata(&file).unwrap().len();

        // What is held is measured first, on a fresh heap.
        let before = resident();
        let seeds = fixtures::load(&layers).ok().unwrap();
        let held = resident().saturating_sub(before);
        drop(seeds);

        let (mut parse, mut load) = (Vec::new(), Vec::new());
        // In turns, so that whatever else the machine does meets both.
        for _ in 0..ROUNDS {
            parse.push(time(|| {
                let text = std::fs::read(&file).unwrap();
                serde_json::from_slice::<serde_json::Value>(&text).unwrap()
            }));
            load.push(time(|| fixtures::load(&layers).ok().unwrap()));
        }
        let (parse, load) = (median(parse), median(load));
        println!(
            "{profile:?}: {people} people in {:.1} MB: load {load:.0?}, parse {parse:.0?}, ratio {:.2}; a person takes {} bytes in the file and {} in memory",
            bytes as f64 / 1e6,
            load.as_secs_f64() / parse.as_secs_f64(),
            bytes / people,
            held / people,
        );
    }
}

/// How long something takes, without what it takes to throw the result away.
fn time<T>(what: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(what());
    let taken = start.elapsed();
    drop(result);
    taken
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or_default() * 1024
}
