//! The query of a list of audit trails: paging, order, action and range of dates.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use serde_json::{Map, Value};

use super::audit_trails::Action;
use super::validation::Validator;
use super::{Problem, requests};
use crate::http::Query;

/// The values of `dateRangeType`, as the vendor's siblings document them (facts §2.3).
pub(super) const DATE_RANGE_TYPES: &[&str] = &[
    "custom",
    "this-year",
    "last-year",
    "today",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "this-quarter",
    "last-quarter",
];

/// What a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) descending: bool,
    /// By action first, and then by time; otherwise by time alone.
    pub(super) by_action: bool,
    pub(super) action: Option<Action>,
    /// The first and the last moment that count; none counts if they are the wrong way round.
    pub(super) range: Option<(Timestamp, Timestamp)>,
    /// Pages to skip, as the vendor's documents say, and not records.
    pub(super) skip: u64,
    /// Records on a page.
    pub(super) take: u64,
}

/// Reads a query, or says all that is wrong with it.
pub(super) fn read(query: Query<'_>, mut validator: Validator) -> Result<Wanted, Problem> {
    let members = members(query);
    let today = validator.today;
    validator.check(&Value::Object(members.clone()), requests::AUDIT_TRAILS, "");
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let number = |name: &str| members.get(name).and_then(Value::as_f64);
    let (from, to) = (text("from").and_then(moment), text("to").and_then(moment));

    // `from` or `to` alone mean `custom`, and `custom` needs both (facts §4.2 #10).
    let is_said = |name: &str| members.contains_key(name);
    let kind = text("dateRangeType").or((is_said("from") || is_said("to")).then_some("custom"));
    if kind == Some("custom") {
        for name in ["from", "to"].into_iter().filter(|name| !is_said(name)) {
            validator.add(format!("{name} must be a valid ISO 8601 date string"));
        }
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            validator.add("from must not be after to".to_owned());
        }
    }
    if !validator.messages.is_empty() {
        return Err(Problem::InvalidQuery { messages: validator.messages });
    }
    Ok(Wanted {
        descending: text("order_by") != Some("ASC"),
        by_action: text("sort_by") == Some("action"),
        action: text("searchTerm").and_then(Action::named),
        range: match kind {
            Some("custom") => from.zip(to),
            Some(kind) => Some(range(kind, today)),
            None => None,
        },
        skip: number("skip").map_or(0, whole),
        take: number("take").map_or(10, whole),
    })
}

/// The parameters as Express's query parser and class-transformer make them: one that is repeated,
/// or has brackets, is a list, and the two numbers are numbers if they can be.
fn members(query: Query<'_>) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in query.pairs {
        let plain = name.split('[').next().unwrap_or_default();
        let value = match plain {
            "skip" | "take" => javascript_number(&value),
            _ => Value::from(value.into_owned()),
        };
        let is_list = plain.len() < name.len() || members.contains_key(plain);
        let value = if is_list { Value::Array(vec![value]) } else { value };
        members.insert(plain.to_owned(), value);
    }
    members
}

/// `Number(text)`; the text itself stands for what is no number.
fn javascript_number(text: &str) -> Value {
    let trimmed = text.trim();
    let is_decimal = trimmed.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    match trimmed.parse::<f64>() {
        _ if trimmed.is_empty() => Value::from(0),
        Ok(number) if is_decimal && number.is_finite() => Value::from(number),
        _ => Value::from(text),
    }
}

/// A number that is known to be whole and not negative.
fn whole(number: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    let number = number as u64;
    number
}

/// A moment as ISO 8601 has it; without an offset it is in UTC, and a day is its first moment, as
/// JavaScript's `Date` reads them on a server in UTC.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let local: DateTime = text.parse().ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}

/// The first and the last moment of a named range, in UTC; weeks begin on Monday.
fn range(kind: &str, today: Date) -> (Timestamp, Timestamp) {
    let week = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
    let month = today.first_of_month();
    let year = today.first_of_year();
    let quarter = month.saturating_sub(i64::from((month.month() - 1) % 3).months());
    match kind {
        "today" => between(today, 1.day()),
        "this-week" => between(week, 7.days()),
        "last-week" => between(week.saturating_sub(7.days()), 7.days()),
        "this-month" => between(month, 1.month()),
        "last-month" => between(month.saturating_sub(1.month()), 1.month()),
        "this-quarter" => between(quarter, 3.months()),
        "last-quarter" => between(quarter.saturating_sub(3.months()), 3.months()),
        "last-year" => between(year.saturating_sub(1.year()), 1.year()),
        _ => between(year, 1.year()),
    }
}

/// From the first moment of a day to the last one before so much later. Time ends where
/// [`Timestamp`] does.
fn between(first: Date, length: Span) -> (Timestamp, Timestamp) {
    let start =
        |day: Date| TimeZone::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    let end =
        first.checked_add(length).and_then(start).and_then(|it| it.checked_sub(1.nanosecond()));
    (start(first).unwrap_or(Timestamp::MIN), end.unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_range_goes_from_its_first_moment_to_its_last() {
        let check = |kind, today: &str, from: &str, to: &str| {
            let (first, last) = range(kind, today.parse().unwrap());
            let found = (format!("{first:.3}"), format!("{last:.3}"));
            let midnight = |it: &str| format!("{it}T00:00:00.000Z");
            assert_eq!(found, (midnight(from), format!("{to}T23:59:59.999Z")), "{kind} {today}");
        };
        // A Friday.
        check("today", "2026-08-21", "2026-08-21", "2026-08-21");
        check("this-week", "2026-08-21", "2026-08-17", "2026-08-23");
        check("last-week", "2026-08-21", "2026-08-10", "2026-08-16");
        check("this-month", "2026-08-21", "2026-08-01", "2026-08-31");
        check("last-month", "2026-08-21", "2026-07-01", "2026-07-31");
        check("this-quarter", "2026-08-21", "2026-07-01", "2026-09-30");
        check("last-quarter", "2026-08-21", "2026-04-01", "2026-06-30");
        check("this-year", "2026-08-21", "2026-01-01", "2026-12-31");
        check("last-year", "2026-08-21", "2025-01-01", "2025-12-31");
        // A Monday, a Sunday, and the turn of a year.
        check("this-week", "2026-08-17", "2026-08-17", "2026-08-23");
        check("this-week", "2026-08-23", "2026-08-17", "2026-08-23");
        check("last-week", "2027-01-01", "2026-12-21", "2026-12-27");
        check("last-month", "2027-01-31", "2026-12-01", "2026-12-31");
        check("last-quarter", "2027-03-31", "2026-10-01", "2026-12-31");
        check("this-month", "2024-02-29", "2024-02-01", "2024-02-29");
    }

    #[test]
    fn no_day_is_too_late_or_too_early_for_a_range() {
        for kind in DATE_RANGE_TYPES {
            for day in [Date::MIN, Date::MAX] {
                let (first, last) = range(kind, day);
                assert!(first <= last, "{kind} {day}");
            }
        }
    }
}
