//! What loading 100,000 people of each vendor costs, beside what parsing the same files alone costs,
//! in the same run: `cargo bench --bench load`, or with another number `… -- 1000000`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is a measurement")]
#![allow(clippy::disallowed_methods, reason = "it measures real time")]
#![allow(clippy::cast_precision_loss, reason = "figures are rounded to be read")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use people_mock::commands::generate::generate;
use people_mock::dialects;
use people_mock::fixtures::generate::Profile;
use people_mock::fixtures::{self, Layer};

const ROUNDS: usize = 7;

fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let people = arguments.iter().find_map(|it| it.parse().ok()).unwrap_or(100_000_u64);
    let all = [Profile::Plain, Profile::Torture]
        .into_iter()
        .flat_map(|profile| dialects::ALL.iter().map(move |vendor| (profile, vendor.name)));
    let name = |(profile, vendor)| format!("{profile:?}-{vendor}");
    if let Some((profile, vendor)) = all.clone().find(|it| arguments.contains(&name(*it))) {
        return measure(people, profile, vendor);
    }
    for what in all {
        // Each in a process of its own, so that what is held is measured on a fresh heap.
        let me = std::env::current_exe().unwrap();
        let done = Command::new(me).args([people.to_string(), name(what)]).status().unwrap();
        assert!(done.success());
    }
}

fn measure(people: u64, profile: Profile, vendor: &str) {
    let folder = tempfile::tempdir().unwrap();
    generate(people, 1, profile, folder.path()).unwrap();
    for other in dialects::ALL.iter().filter(|it| it.name != vendor) {
        std::fs::remove_dir_all(folder.path().join(other.name)).unwrap();
    }
    let file = folder.path().join(vendor).join("people.json");
    let layers = [Layer::Directory(folder.path().to_owned())];
    let bytes = std::fs::metadata(&file).unwrap().len();

    let before = resident();
    let seeds = fixtures::load(&layers).ok().unwrap();
    let held = resident().saturating_sub(before);
    drop(seeds);

    let (mut parse, mut load) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both.
    for _ in 0..ROUNDS {
        parse.push(time(|| parsed(&file)));
        load.push(time(|| fixtures::load(&layers).ok().unwrap()));
    }
    let (parse, load) = (median(parse), median(load));
    println!(
        "{vendor}, {profile:?}: {people} people in {:.1} MB: load {load:.0?}, parse {parse:.0?}, ratio {:.2}; a person takes {} bytes in the file and {} in memory",
        bytes as f64 / 1e6,
        load.as_secs_f64() / parse.as_secs_f64(),
        bytes / people,
        held / people,
    );
}

fn parsed(file: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
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
