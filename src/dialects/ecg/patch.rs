//! JSON patches of a person (facts §2.4, §4.2 #7).
//!
//! What may be patched is a list of paths; what RFC 6902 then does with them is the `json-patch`
//! crate's. Messages are in class-validator's words, with the item's index in front as Nest's
//! `ParseArrayPipe` has it; all that is wrong is told at once.

use serde_json::{Map, Value, json};

use super::validation::{Nested, Property, Validator};
use super::{Problem, requests};

const OPERATIONS: [&str; 3] = ["add", "replace", "remove"];

/// One item of a patch that is valid in itself.
pub(super) struct Change {
    operation: json_patch::PatchOperation,
    path: String,
}

/// What a path leads to.
enum Target {
    Property(&'static Property),
    /// `/phoneNumbers/-`
    End(&'static Property),
    /// `/phoneNumbers/{index}`
    Element(&'static Property),
}

/// Reads a patch, or says all that is wrong with it, whoever the person is.
pub(super) fn read(body: &Value, mut validator: Validator) -> Result<Vec<Change>, Problem> {
    let mut changes = Vec::new();
    match body.as_array() {
        None => validator.add("body must be an array".to_owned()),
        Some(items) if items.is_empty() => validator.add("body should not be empty".to_owned()),
        Some(items) => {
            for (index, item) in items.iter().enumerate() {
                if validator.is_full() {
                    break;
                }
                changes.extend(read_item(item, &format!("[{index}] "), &mut validator));
            }
        }
    }
    refused(validator)?;
    Ok(changes)
}

/// Applies a patch to the members of a person: all of it, or the answer says what doesn't fit.
pub(super) fn apply(
    changes: &[Change],
    members: Map<String, Value>,
) -> Result<Map<String, Value>, Problem> {
    let mut document = Value::Object(members);
    let mut messages = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        // All that can still be wrong is an index past the end, and a list that grows too long.
        if json_patch::patch(&mut document, std::slice::from_ref(&change.operation)).is_err() {
            messages.push(format!("[{index}] path {} does not exist", change.path));
            continue;
        }
        let list = change.path.split('/').nth(1).unwrap_or_default();
        let length = document.get(list).and_then(Value::as_array).map_or(0, Vec::len);
        if length > requests::MOST_ELEMENTS {
            let most = requests::MOST_ELEMENTS;
            messages.push(format!("[{index}] {list} must contain no more than {most} elements"));
            break;
        }
    }
    match document {
        Value::Object(members) if messages.is_empty() => Ok(members),
        _ => Err(Problem::InvalidPatch { messages }),
    }
}

fn refused(validator: Validator) -> Result<(), Problem> {
    if validator.messages.is_empty() {
        return Ok(());
    }
    Err(Problem::InvalidPatch { messages: validator.messages })
}

fn read_item(item: &Value, prefix: &str, validator: &mut Validator) -> Option<Change> {
    let Value::Object(members) = item else {
        validator.add(format!("{prefix}must be an object"));
        return None;
    };
    for name in members.keys().filter(|name| !["value", "path", "op"].contains(&name.as_str())) {
        validator.add(format!("{prefix}property {name} should not exist"));
    }
    let (op, path) =
        (member(members, "op", prefix, validator), member(members, "path", prefix, validator));
    if op.is_some_and(|op| !OPERATIONS.contains(&op)) {
        let operations = OPERATIONS.join(", ");
        validator.add(format!("{prefix}op must be one of the following values: {operations}"));
        return None;
    }
    let (op, path) = (op?, path?);
    let Some(target) = target(path) else {
        validator.add(format!("{prefix}path must be one of the following values: {}", paths()));
        return None;
    };
    // RFC 6902 wants no `value` for a removal; the vendor wants one always. We take both
    // (facts §4.2 #7).
    let value = members.get("value");
    if value.is_none() && op != "remove" {
        validator.add(format!("{prefix}value should not be undefined"));
        return None;
    }
    let value = value.unwrap_or(&Value::Null);
    let operation = match (target, op) {
        (Target::Property(property), "remove") if !property.is_optional => {
            validator.add(format!("{prefix}{} should not be empty", property.name));
            return None;
        }
        // A property that isn't set is shown as null or as an empty list, and so it can be
        // replaced: removing and unsetting are one.
        (Target::Property(property), "remove") => {
            json!({ "op": "replace", "path": path, "value": unset(property) })
        }
        (Target::Property(property), _) => {
            validator.check_property(value, property, prefix);
            let value = if value.is_null() { unset(property) } else { value.clone() };
            json!({ "op": "replace", "path": path, "value": value })
        }
        (Target::End(element), "add") => {
            validator.check_property(value, element, prefix);
            json!({ "op": "add", "path": path, "value": value })
        }
        (Target::End(_), _) => {
            validator.add(format!("{prefix}op must be one of the following values: add"));
            return None;
        }
        (Target::Element(_), "add") => {
            validator
                .add(format!("{prefix}op must be one of the following values: replace, remove"));
            return None;
        }
        (Target::Element(_), "remove") => json!({ "op": "remove", "path": path }),
        (Target::Element(element), _) => {
            validator.check_property(value, element, prefix);
            json!({ "op": "replace", "path": path, "value": value })
        }
    };
    let operation = serde_json::from_value(operation).ok()?;
    Some(Change { operation, path: path.to_owned() })
}

/// A member that must be a string with something in it.
fn member<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    prefix: &str,
    validator: &mut Validator,
) -> Option<&'a str> {
    match members.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        None | Some(Value::Null | Value::String(_)) => {
            validator.add(format!("{prefix}{name} should not be empty"));
            None
        }
        Some(_) => {
            validator.add(format!("{prefix}{name} must be a string"));
            None
        }
    }
}

fn target(path: &str) -> Option<Target> {
    let mut segments = path.strip_prefix('/')?.split('/');
    let (name, place) = (segments.next()?, segments.next());
    if segments.next().is_some() {
        return None;
    }
    let property = requests::PERSON.iter().find(|property| property.name == name)?;
    let Some(place) = place else { return Some(Target::Property(property)) };
    let element = match name {
        "phoneNumbers" => &requests::ONE_PHONE_NUMBER,
        "addresses" => &requests::ONE_ADDRESS,
        _ => return None,
    };
    let is_index = place == "0"
        || (place.bytes().all(|it| it.is_ascii_digit())
            && !place.is_empty()
            && !place.starts_with('0'));
    match place {
        "-" => Some(Target::End(element)),
        _ if is_index => Some(Target::Element(element)),
        _ => None,
    }
}

/// How a property that isn't set is shown.
fn unset(property: &Property) -> Value {
    if matches!(property.nested, Nested::Each(_)) { json!([]) } else { Value::Null }
}

/// Every path that can be patched.
fn paths() -> String {
    let mut paths = Vec::new();
    for property in requests::PERSON {
        paths.push(format!("/{}", property.name));
        if matches!(property.nested, Nested::Each(_)) {
            paths.push(format!("/{}/-", property.name));
            paths.push(format!("/{}/{{index}}", property.name));
        }
    }
    paths.join(", ")
}
