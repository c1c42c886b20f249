//! How near to bare hyper a right answer is: `cargo bench --bench speed`.
//!
//! Servers, baseline and clients are processes of their own on the loopback device, and whatever is
//! compared is measured in turns, so that what else the machine does meets both. Figures are medians
//! of ratios. `-- --write` puts the tables into `benches/README.md`, and the headlines into the
//! `README.md` above; the name of a section (`rates`, `rules`, `start`, `memory`, `size`, `growth`,
//! `instructions`) measures that one alone. `budget` is what `.ci/run` asks, which takes no release,
//! and `learn` the load of `.ci/release`. The variable `PEOPLE_MOCK_PROGRAM` names another program to
//! ask than the one that cargo builds for the bench.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that can't go on ends there")]
#![allow(clippy::disallowed_methods, reason = "it measures real time")]
#![allow(clippy::cast_precision_loss, reason = "figures are rounded to be read")]

mod bare;
mod clients;
mod growth;
mod instructions;
mod learn;
mod memory;
mod over;
mod process;
mod rates;
mod report;
mod size;
mod start;

/// A part of the report, by the name of its place in `benches/README.md`.
type Section = (&'static str, fn() -> String);

const SECTIONS: &[Section] = &[
    ("instructions", instructions::measure),
    ("rates", rates::measure),
    ("rules", rates::measure_rules),
    ("start", start::measure),
    ("memory", memory::measure),
    ("size", size::measure),
    ("growth", growth::measure),
];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        // What this program is when the bench has started it again.
        ["bare", over, answer] => bare::serve(over, answer),
        ["clients", address, over, connections, time, request] => {
            clients::run(address, over, connections, time, request);
        }
        ["people", people] => growth::measure_at(people),
        ["ask", times, played] => instructions::ask(times, played),
        ["learn"] => learn::load(),
        ["budget"] => println!("GET person takes {:.0} instructions", instructions::check()),
        _ => {
            let is_written = words.contains(&"--write");
            let names: Vec<_> = words.iter().filter(|it| **it != "--write").collect();
            let is_section = |name: &&str| SECTIONS.iter().any(|(it, _)| it == name);
            assert!(names.iter().all(|it| is_section(it)), "there is no such section: {names:?}");
            let is_wanted = |name| names.is_empty() || names.contains(&&name);
            println!("asks {}\n", process::program().display());
            for (name, measure) in SECTIONS.iter().filter(|(name, _)| is_wanted(*name)) {
                println!("== {name}\n");
                let text = measure();
                println!("{text}");
                if is_written {
                    report::write(name, &text);
                }
            }
        }
    }
}
