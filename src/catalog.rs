//! Everything that an operation can answer, with an example of each error: made from the tables that
//! the dialects answer from.
//!
//! Examples are what a forced error looks like in a session that belongs to nobody, where time
//! stands still and chances are known; so asking changes nothing, and the same question has the same
//! answer.

use std::fmt::Write;
use std::sync::Arc;

use http::Uri;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::dialects::{ALL, CatalogueEntry, Forced, Operation, Trail, Vendor};
use crate::fixtures::nearest;
use crate::http::{Request, Response};
use crate::router::Router;
use crate::sessions::{Seeds, Session};

/// The moment of the examples: 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;

/// There is no such operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no operation `{name}`{cure}")]
pub struct UnknownOperation {
    name: String,
    cure: String,
}

/// An operation of a vendor, by their indices.
#[derive(Clone, Copy)]
struct Place {
    vendor: usize,
    operation: usize,
}

impl Place {
    fn vendor(self) -> &'static Vendor {
        ALL[self.vendor]
    }

    fn operation(self) -> &'static Operation {
        &self.vendor().operations[self.operation]
    }

    /// The rows that this operation has and others may not, then those that each has.
    fn rows(self) -> (Vec<&'static CatalogueEntry>, Vec<&'static CatalogueEntry>) {
        self.vendor().rows(Some(self.operation)).partition(|row| !row.operations.is_empty())
    }
}

fn places(vendor: usize) -> impl Iterator<Item = Place> {
    (0..ALL[vendor].operations.len()).map(move |operation| Place { vendor, operation })
}

fn place(name: &str) -> Result<Place, UnknownOperation> {
    let mut all = (0..ALL.len()).flat_map(places);
    all.find(|place| place.operation().name == name).ok_or_else(|| {
        let operations = ALL.iter().flat_map(|vendor| vendor.operations);
        let same = operations.clone().find(|it| it.own_name() == name).map(|it| it.name);
        let near = same.or_else(|| nearest(name, operations.map(|it| it.name)));
        let near = near.map(|it| format!("; did you mean `{it}`?"));
        UnknownOperation { name: name.to_owned(), cure: near.unwrap_or_default() }
    })
}

/// Every operation with its own errors, and beside them those that all operations of a vendor have.
#[must_use]
pub fn all(seeds: &Arc<Seeds>) -> Value {
    let vendors = ALL.iter().enumerate().map(|(index, vendor)| {
        let operations: Vec<Value> =
            places(index).map(|place| told(place, &place.rows().0, seeds)).collect();
        let first = Place { vendor: index, operation: 0 };
        json!({
            "vendor": vendor.name,
            "operations": operations,
            "everyOperation": errors(first, &first.rows().1, seeds),
        })
    });
    json!({ "vendors": vendors.collect::<Vec<_>>() })
}

/// One operation, by its name with the vendor's.
pub fn one(name: &str, seeds: &Arc<Seeds>) -> Result<Value, UnknownOperation> {
    let place = place(name)?;
    let (own, every) = place.rows();
    let mut told = told(place, &own, seeds);
    told["everyOperation"] = errors(place, &every, seeds);
    Ok(told)
}

fn told(place: Place, rows: &[&'static CatalogueEntry], seeds: &Arc<Seeds>) -> Value {
    let operation = place.operation();
    json!({
        "operation": operation.name,
        "method": operation.method.as_str(),
        "path": operation.path,
        "answers": operation.answers,
        "errors": errors(place, rows, seeds),
    })
}

fn errors(place: Place, rows: &[&'static CatalogueEntry], seeds: &Arc<Seeds>) -> Value {
    let told = rows.iter().map(|row| {
        let example = example(place, row, seeds);
        json!({
            "id": row.id,
            "status": row.status,
            "how": row.how,
            "force": format!("Prefer: code={}", row.id),
            "evidence": row.evidence.name(),
            "example": { "headers": headers(&example), "body": body(&example) },
        })
    });
    told.collect()
}

/// The answer to a plain call of the operation, had this happened.
fn example(place: Place, row: &CatalogueEntry, seeds: &Arc<Seeds>) -> Response {
    let now = Timestamp::from_second(NOW).ok();
    let config = Config { seed: Some(0), now, ..Config::default() };
    let session = Session::new(&config, seeds);
    let path = filled(place.operation().path, place.vendor().examples);
    let method = place.operation().method.clone();
    let request = Request::new(method.clone(), path.parse::<Uri>().unwrap_or_default());
    let router = Router::new(place.vendor());
    let found = router.find(&method, &path);
    let forced = Forced::Problem(row.id);
    session.world(place.vendor).forced(&session, &request, &found, forced, &mut Trail::default())
}

/// A path with examples in the place of its parameters.
fn filled(path: &str, examples: &[(&str, &str)]) -> String {
    let fill =
        |path: String, (name, value): &(&str, &str)| path.replace(&format!("{{{name}}}"), value);
    examples.iter().fold(path.to_owned(), fill)
}

fn headers(response: &Response) -> Map<String, Value> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers.iter();
    headers.map(|(name, value)| (name.as_str().to_owned(), text(value).into())).collect()
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

/// The same for people: all operations, or one.
pub fn text(name: Option<&str>) -> Result<String, UnknownOperation> {
    let mut text = String::new();
    match name {
        Some(name) => {
            let place = place(name)?;
            let (own, every) = place.rows();
            write_operation(&mut text, place.operation(), &own);
            write_rows(&mut text, &every);
        }
        None => {
            for (index, vendor) in ALL.iter().enumerate() {
                for place in places(index) {
                    write_operation(&mut text, place.operation(), &place.rows().0);
                    text.push('\n');
                }
                let _ = writeln!(text, "every operation of {}", vendor.name);
                write_rows(&mut text, &Place { vendor: index, operation: 0 }.rows().1);
                text.push('\n');
            }
        }
    }
    text.push_str(
        "\nAny of them can be had at once: send the header `Prefer: code=NAME`, or `Prefer: code=STATUS` for the first with a status.\n",
    );
    Ok(text)
}

fn write_operation(text: &mut String, operation: &Operation, rows: &[&CatalogueEntry]) {
    // Writing to a string doesn't fail.
    let _ = writeln!(text, "{}  {} {}", operation.name, operation.method, operation.path);
    for status in operation.answers {
        let _ = writeln!(text, "  {status}");
    }
    write_rows(text, rows);
}

fn write_rows(text: &mut String, rows: &[&CatalogueEntry]) {
    for CatalogueEntry { id, status, how, evidence, .. } in rows {
        let _ = writeln!(text, "  {status}  {id:<28}  {:<10}  {how}", evidence.name());
    }
}
