use std::fmt::Write;

use http::StatusCode;
use serde_json::{Value, json};

use super::scenarios::xml;
use super::{Call, Problem};
use crate::coverage::Entry;
use crate::dialects;
use crate::http::Response;
use crate::scenarios::is_glob;

/// What is asked for: some entries, each with whether it was met by itself and whether it was forced.
struct Report {
    entries: Vec<(&'static Entry, bool, bool)>,
}

/// `GET /__admin/coverage`: which entries of the catalogue this session's client has met. Below
/// `?failUnder=` percent the answer is a 406.
pub(super) fn coverage(call: &Call<'_>) -> Result<Response, Problem> {
    let parameters = call.parameters(&["format", "failUnder", "operation", "vendor"])?;
    let given = |name| parameters.iter().find(|(it, _)| it == name).map(|(_, value)| &**value);
    let bad = |error: String| Problem::BadParameter { error };
    let (vendor, operation) = (given("vendor"), given("operation"));
    if let Some(name) = vendor.filter(|name| dialects::ALL.iter().all(|it| it.name != *name)) {
        let names: Vec<_> = dialects::ALL.iter().map(|it| it.name).collect();
        return Err(bad(format!("there is no vendor `{name}`; there are {}", names.join(", "))));
    }
    let least = given("failUnder").map(|text| {
        let percent = text.parse::<f64>().ok().filter(|it| (0.0..=100.0).contains(it));
        percent
            .ok_or_else(|| bad(format!("`failUnder` is a percentage from 0 to 100, not `{text}`")))
    });
    let least = least.transpose()?;

    let is_asked = |(entry, ..): &(&Entry, bool, bool)| {
        vendor.is_none_or(|name| dialects::ALL[entry.vendor].name == name)
            && operation.is_none_or(|glob| is_glob(glob, &entry.operation))
    };
    let report = Report { entries: call.session.coverage.entries().filter(is_asked).collect() };
    if report.entries.is_empty() {
        let glob = operation.unwrap_or_default();
        return Err(bad(format!("no operation is called `{glob}`; `/__admin/catalog` lists them")));
    }
    let status = match least {
        Some(least) if report.percent() < least => StatusCode::NOT_ACCEPTABLE,
        _ => StatusCode::OK,
    };
    match given("format") {
        None | Some("json") => Ok(super::json_with(status, &report.json())),
        Some("junit") => Ok(Response::new(status, "application/xml", report.junit())),
        Some("markdown") => {
            Ok(Response::new(status, "text/markdown; charset=utf-8", report.markdown()))
        }
        Some(other) => {
            Err(bad(format!("`format` is `json`, `junit` or `markdown`, not `{other}`")))
        }
    }
}

impl Report {
    fn count(&self, is_counted: impl Fn(bool, bool) -> bool) -> usize {
        self.entries.iter().filter(|(_, natural, forced)| is_counted(*natural, *forced)).count()
    }

    fn met(&self) -> usize {
        self.count(|natural, forced| natural || forced)
    }

    /// How many entries of a hundred were met, to a tenth.
    fn percent(&self) -> f64 {
        let per_mille = self.met() * 1_000 / self.entries.len().max(1);
        f64::from(u32::try_from(per_mille).unwrap_or(1_000)) / 10.0
    }

    fn json(&self) -> Value {
        let entries: Vec<Value> = self
            .entries
            .iter()
            .map(|(entry, natural, forced)| {
                json!({
                    "operation": entry.operation,
                    "status": entry.status,
                    "id": entry.id,
                    "natural": natural,
                    "forced": forced,
                })
            })
            .collect();
        json!({
            "total": self.entries.len(),
            "met": self.met(),
            "natural": self.count(|natural, _| natural),
            "forced": self.count(|_, forced| forced),
            "percent": self.percent(),
            "entries": entries,
        })
    }

    /// A suite an operation and a case an entry; what wasn't met is skipped, which test reports show
    /// without failing.
    fn junit(&self) -> String {
        let (total, skipped) = (self.entries.len(), self.entries.len() - self.met());
        let mut xml_text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{total}\" failures=\"0\" skipped=\"{skipped}\">\n"
        );
        for suite in self.entries.chunk_by(|a, b| a.0.operation == b.0.operation) {
            let name = xml(&suite[0].0.operation);
            let skipped = suite.iter().filter(|it| !it.1 && !it.2).count();
            // Writing to a string doesn't fail.
            let _ = writeln!(
                xml_text,
                "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"0\" skipped=\"{skipped}\">",
                suite.len()
            );
            for (entry, natural, forced) in suite {
                let case = case(entry);
                let _ = if *natural || *forced {
                    writeln!(xml_text, "    <testcase classname=\"{name}\" name=\"{case}\"/>")
                } else {
                    writeln!(
                        xml_text,
                        "    <testcase classname=\"{name}\" name=\"{case}\"><skipped message=\"not met\"/></testcase>"
                    )
                };
            }
            xml_text.push_str("  </testsuite>\n");
        }
        xml_text + "</testsuites>\n"
    }

    fn markdown(&self) -> String {
        let mut text = format!(
            "# {}% of the catalogue met\n\n{} of {} entries: {} by themselves, {} forced.\n\n| operation | answer | natural | forced |\n|---|---|---|---|\n",
            self.percent(),
            self.met(),
            self.entries.len(),
            self.count(|natural, _| natural),
            self.count(|_, forced| forced),
        );
        let mark = |is_met: bool| if is_met { "✓" } else { "" };
        for (entry, natural, forced) in &self.entries {
            let (natural, forced) = (mark(*natural), mark(*forced));
            let _ =
                writeln!(text, "| {} | {} | {natural} | {forced} |", entry.operation, case(entry));
        }
        text
    }
}

/// The name of an entry within its operation: status and error.
fn case(entry: &Entry) -> String {
    match entry.id {
        Some(id) => format!("{} {id}", entry.status),
        None => entry.status.to_string(),
    }
}
