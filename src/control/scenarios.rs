use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Problem, json as answer};
use crate::http::Response;
use crate::scenarios::{Met, Play};

/// `GET /__admin/scenarios`: every story, and how far each has come that was started.
pub(super) fn list(call: &Call<'_>) -> Result<Response, Problem> {
    let plays = call.session.scenarios.stories();
    let seeds = call.app.seeds.load();
    let stories: Vec<Value> = seeds
        .scenarios
        .stories()
        .map(|story| {
            let play = plays.iter().find(|play| play.story.name == story.name);
            let names: Vec<&str> = story.states.iter().map(|it| &*it.name).collect();
            json!({
                "name": story.name,
                "description": story.description,
                "running": play.is_some_and(|it| it.is_running),
                "state": play.map(Play::state),
                "possibleStates": names,
                "rules": play.map(rules),
            })
        })
        .collect();
    Ok(answer(&json!({ "scenarios": stories })))
}

/// `GET /__admin/scenarios/{name}`
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    let all: Value = serde_json::from_slice(&list(call)?.body).unwrap_or_default();
    let stories = all["scenarios"].as_array().into_iter().flatten();
    let story = stories.into_iter().find(|story| story["name"] == call.name);
    story.map(answer).ok_or_else(|| unknown(call))
}

/// `POST /__admin/scenarios/{name}/start`: from its beginning, also if it was started before.
pub(super) fn start(call: &Call<'_>) -> Result<Response, Problem> {
    let seeds = call.app.seeds.load();
    let story = seeds.scenarios.get(call.name).ok_or_else(|| unknown(call))?;
    call.session.scenarios.start(story, call.session.clock.now());
    shown(call)
}

/// `POST /__admin/scenarios/{name}/stop`: its verdict stays.
pub(super) fn stop(call: &Call<'_>) -> Result<Response, Problem> {
    if !call.session.scenarios.stop(call.name) {
        return Err(not_running(call));
    }
    shown(call)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    state: Option<String>,
}

/// `PUT /__admin/scenarios/{name}/state`: `{"state":"…"}`; the first state if none is named.
pub(super) fn put_state(call: &Call<'_>) -> Result<Response, Problem> {
    let Put { state } = call.body()?;
    let scenarios = &call.session.scenarios;
    if !scenarios.stories().iter().any(|it| is_called(it, call.name) && it.is_running) {
        return Err(not_running(call));
    }
    let before = scenarios.put(call.name, state.as_deref(), call.session.clock.now());
    if let Some(before) = before {
        let told = || json!({ "by": "control", "from": before, "to": state });
        call.slot.events.tell("state", None, told);
        return shown(call);
    }
    let seeds = call.app.seeds.load();
    let story = seeds.scenarios.get(call.name).ok_or_else(|| unknown(call))?;
    let states: Vec<_> = story.states.iter().map(|it| &*it.name).collect();
    let (name, state) = (call.name, state.unwrap_or_default());
    let error = format!("`{name}` has no state `{state}`; it has {}", states.join(", "));
    Err(Problem::BadBody { error })
}

/// `POST /__admin/scenarios/reset`: every running story begins again.
pub(super) fn restart(call: &Call<'_>) -> Result<Response, Problem> {
    call.session.scenarios.restart(call.session.clock.now());
    list(call)
}

/// `GET /__admin/scenarios/{name}/verdict`: 200 if the client did all that was expected of it, 406 if
/// not; `?format=junit` for what reads test reports.
pub(super) fn verdict(call: &Call<'_>) -> Result<Response, Problem> {
    let is_junit = match &*call.parameters(&["format"])? {
        [] => false,
        [(_, format)] if format == "json" => false,
        [(_, format)] if format == "junit" => true,
        _ => {
            let error = "`format` is `json` or `junit`".to_owned();
            return Err(Problem::BadParameter { error });
        }
    };
    let plays = call.session.scenarios.stories();
    let play = plays.iter().find(|it| is_called(it, call.name)).ok_or_else(|| not_running(call))?;
    let verdict = play.verdict();
    let is_met = verdict.iter().all(|it| it.is_enough);
    let status = if is_met { StatusCode::OK } else { StatusCode::NOT_ACCEPTABLE };
    if is_junit {
        return Ok(Response::new(status, "application/xml", junit(call.name, &verdict)));
    }
    let expectations: Vec<_> = verdict.iter().map(expectation).collect();
    let failed = verdict.iter().filter(|it| !it.is_enough).count();
    let mut told = json!({
        "scenario": call.name,
        "met": is_met,
        "state": play.state(),
        "expectations": expectations,
    });
    if !is_met && let Some(told) = told.as_object_mut() {
        told.insert("title".to_owned(), "Not Acceptable".into());
        told.insert("status".to_owned(), status.as_u16().into());
        let detail = format!("{failed} of {} expectations aren't met", verdict.len());
        told.insert("detail".to_owned(), detail.into());
    }
    let mut response = super::json_with(status, &told);
    if !is_met {
        let problem = http::HeaderValue::from_static("application/problem+json");
        response.headers.to_mut().insert(CONTENT_TYPE, problem);
    }
    Ok(response)
}

fn expectation(met: &Met) -> Value {
    json!({ "expected": met.expected, "actual": met.actual, "met": met.is_enough })
}

/// A test suite of one case an expectation.
fn junit(name: &str, verdict: &[Met]) -> String {
    let failed = verdict.iter().filter(|it| !it.is_enough).count();
    let mut report = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">\n",
        xml(name),
        verdict.len()
    );
    for met in verdict {
        let (expected, actual) = (xml(&met.expected), xml(&met.actual));
        let case = if met.is_enough {
            format!("    <testcase classname=\"{}\" name=\"{expected}\"/>\n", xml(name))
        } else {
            format!(
                "    <testcase classname=\"{}\" name=\"{expected}\">\n      <failure message=\"expected {expected}; there is {actual}\"/>\n    </testcase>\n",
                xml(name)
            )
        };
        report.push_str(&case);
    }
    report.push_str("  </testsuite>\n</testsuites>\n");
    report
}

/// A text as an attribute of XML has it; what XML can't hold is replaced.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            it if it.is_control() => escaped.push('\u{fffd}'),
            it => escaped.push(it),
        }
    }
    escaped
}

fn is_called(play: &Play, name: &str) -> bool {
    &*play.story.name == name
}

/// How often each rule matched and fired since the state was entered.
pub(super) fn rules(play: &Play) -> Vec<Value> {
    let counts = play.counts();
    counts.map(|(matched, fired)| json!({ "matched": matched, "fired": fired })).collect()
}

/// The story as a call has left it.
fn shown(call: &Call<'_>) -> Result<Response, Problem> {
    get(call)
}

fn unknown(call: &Call<'_>) -> Problem {
    Problem::NoScenario { detail: call.app.seeds.load().scenarios.unknown(call.name) }
}

fn not_running(call: &Call<'_>) -> Problem {
    match call.app.seeds.load().scenarios.get(call.name) {
        Some(_) => Problem::ScenarioNotRunning { name: call.name.to_owned() },
        None => unknown(call),
    }
}
