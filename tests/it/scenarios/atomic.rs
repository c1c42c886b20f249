//! Matching, counting and moving on are one step, whoever else is asking.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use people_mock::app::App;
use serde_json::json;

use super::{admin, playing, read, state};

const THREADS: usize = 64;

/// Lets every thread ask at once, in each of some rounds. Gives how many were hit in each.
fn storm(app: &App, n_rounds: usize, n_asks: usize, begin: impl Fn() + Sync) -> Vec<usize> {
    let hits: Vec<AtomicUsize> = (0..n_rounds).map(|_| AtomicUsize::new(0)).collect();
    let barrier = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for hit in &hits {
                    if barrier.wait().is_leader() {
                        begin();
                    }
                    barrier.wait();
                    for _ in 0..n_asks {
                        let is_hit = read().of(app).status == 503;
                        hit.fetch_add(usize::from(is_hit), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    hits.into_iter().map(AtomicUsize::into_inner).collect()
}

fn restart(app: &App) {
    admin(Method::POST, "/scenarios/reset").expect(app, 200);
}

#[test]
fn a_rule_for_one_time_fires_once_however_many_ask_at_once() {
    let app = playing(
        &json!([{ "when": { "operation": "alfresco.getPerson" }, "times": 1, "then": { "error": 503 } }]),
    );
    let hits = storm(&app, 1_000, 1, || restart(&app));
    assert!(hits.iter().all(|it| *it == 1), "{hits:?}");
}

#[test]
fn every_third_is_a_third_of_all() {
    let app = playing(
        &json!([{ "when": { "operation": "alfresco.getPerson" }, "every": 3, "then": { "error": 503 } }]),
    );
    let hits = storm(&app, 5, 30, || restart(&app));
    assert!(hits.iter().all(|it| *it == THREADS * 30 / 3), "{hits:?}");
}

#[test]
fn a_state_moves_once() {
    // Each state lets one by and moves on; were one to move twice, another would be hit twice.
    let states: Vec<String> = (0..=THREADS).map(|it| format!("s{it}")).collect();
    let rules: Vec<_> = states
        .windows(2)
        .map(|pair| json!({ "in": pair[0], "when": { "operation": "alfresco.getPerson" }, "then": { "error": 503 }, "goto": pair[1] }))
        .collect();
    let app = super::playing_story(&json!({ "start": "s0", "rules": rules }));
    let hits = storm(&app, 300, 2, || restart(&app));
    assert!(hits.iter().all(|it| *it == THREADS), "{hits:?}");
    assert_eq!(state(&app, "story"), states[THREADS]);
}
