//! The status matrix of the facts, §4.3: every cell is reached, and no other is promised.

use people_mock::dialects;
use serde_json::json;

use super::{ADA, BRUNO, DANA, ELIF, NOBODY, anonymous, by};
use crate::support::app;

/// An operation, the status of its success, and what leads to which other status: caller, person
/// and body.
struct Row {
    operation: &'static str,
    line: &'static str,
    success: (u16, &'static str, &'static str),
    failures: &'static [(u16, &'static str, &'static str)],
}

const ACCOUNT: &str = r#"{"emailAddress":"new@example.com"}"#;
const EMAIL: &str = r#"{"emailAddress":"new@example.com","password":"New-Pass-1"}"#;
const TAKEN: &str = r#"{"emailAddress":"chidi@example.org","password":"New-Pass-1"}"#;
const PASSWORDS: &str = r#"{"oldPassword":"Ada-Example-1","newPassword":"New-Pass-1"}"#;
const PATCH: &str = r#"[{"op":"replace","path":"/nickName","value":"N"}]"#;
const PATCH_TAKEN: &str =
    r#"[{"op":"replace","path":"/contactEmailAddress","value":"chidi@example.org"}]"#;
const PERSON: &str = r#"{"firstName":"A","lastName":"B"}"#;
const PERSON_TAKEN: &str =
    r#"{"firstName":"A","lastName":"B","contactEmailAddress":"chidi@example.org"}"#;
const BATCH: &str = r#"{"personIds":["0b2b2a5e-6f0c-4a53-9b0b-6a0a7d0d9d11"]}"#;
/// Stands for the id of the person in a body.
const OF_PERSON: &str = r#"{"personId":"{id}"}"#;

const MATRIX: &[Row] = &[
    Row {
        operation: "resetUserPassword",
        line: "POST /people/{id}/reset-password",
        success: (200, ADA, ""),
        failures: &[(400, "x", ""), (404, NOBODY, ""), (404, DANA, ""), (422, ELIF, "")],
    },
    Row {
        operation: "resendCredentials",
        line: "POST /people/{id}/resend-credentials",
        success: (200, BRUNO, ""),
        failures: &[(400, "x", ""), (404, NOBODY, ""), (422, ADA, "")],
    },
    Row {
        operation: "addPerson",
        line: "POST /people",
        success: (201, "", PERSON),
        failures: &[(400, "", "{}"), (409, "", PERSON_TAKEN)],
    },
    Row {
        operation: "addUserAccount",
        line: "POST /people/{id}/accounts",
        success: (201, DANA, ACCOUNT),
        failures: &[
            (400, DANA, "{}"),
            (404, NOBODY, ACCOUNT),
            (409, ADA, ACCOUNT),
            (422, ELIF, ACCOUNT),
        ],
    },
    Row {
        operation: "updateAccountEmail",
        line: "PATCH /people/{id}/accounts",
        success: (200, ADA, EMAIL),
        failures: &[(400, ADA, "[]"), (404, DANA, EMAIL), (409, ADA, TAKEN), (422, ELIF, EMAIL)],
    },
    Row {
        operation: "getPersonById",
        line: "GET /people/{id}",
        success: (200, ADA, ""),
        failures: &[(400, "x", ""), (404, NOBODY, "")],
    },
    Row {
        operation: "updatePerson",
        line: "PATCH /people/{id}",
        success: (200, ADA, PATCH),
        failures: &[
            (400, ADA, "[]"),
            (404, NOBODY, PATCH),
            (409, ADA, PATCH_TAKEN),
            (422, ELIF, PATCH),
        ],
    },
    Row {
        operation: "changePassword",
        line: "POST /people/{id}/change-password",
        success: (200, ADA, PASSWORDS),
        failures: &[(400, ADA, "{}"), (404, DANA, PASSWORDS), (422, ELIF, PASSWORDS)],
    },
    Row {
        operation: "resync",
        line: "POST /people/re-sync",
        success: (200, ADA, OF_PERSON),
        failures: &[(400, "x", OF_PERSON), (404, NOBODY, OF_PERSON), (422, ELIF, OF_PERSON)],
    },
    Row {
        operation: "getAuditTrails",
        line: "GET /people/{id}/accounts/audit-trails",
        success: (200, ADA, ""),
        failures: &[(400, "x", ""), (404, NOBODY, "")],
    },
    Row {
        operation: "resyncBatch",
        line: "POST /people/re-sync-batch",
        success: (200, "", BATCH),
        failures: &[(400, "", "{}")],
    },
];

#[test]
fn every_cell_of_the_matrix_is_reached_and_has_its_entry_in_the_catalogue() {
    for Row { operation, line, success, failures } in MATRIX {
        let asked = |who: &str, id: &str, body: &str| {
            let line = line.replace("{id}", id);
            let ask = if who.is_empty() { anonymous(&line) } else { by(who, &line) };
            let response = ask.body(body.replace("{id}", id)).of(&app());
            response.status.as_u16()
        };
        let (status, id, body) = success;
        assert_eq!(asked("admin-token", id, body), *status, "{operation}");
        assert_eq!(asked("", id, body), 401, "{operation}");
        assert_eq!(asked("chidi-token", id, body), 403, "{operation}");
        for (status, id, body) in *failures {
            assert_eq!(asked("admin-token", id, body), *status, "{operation} {id} {body}");
        }
        for status in failures.iter().map(|it| it.0).chain([401, 403]) {
            assert!(catalogued(operation, status), "{operation} {status}");
        }
    }
}

#[test]
fn the_catalogue_promises_nothing_beyond_the_matrix() {
    for Row { operation, failures, .. } in MATRIX {
        for status in [409, 422] {
            let is_reached = failures.iter().any(|it| it.0 == status);
            assert_eq!(catalogued(operation, status), is_reached, "{operation} {status}");
        }
    }
}

/// Whether the catalogue has a row of an operation with a status, other than for each operation.
fn catalogued(operation: &str, status: u16) -> bool {
    let vendor = dialects::ALL.iter().find(|it| it.name == "ecg").unwrap();
    let mut rows = vendor.catalogue.iter();
    rows.any(|it| it.status == status && it.operations.contains(&operation))
}

#[test]
fn what_one_may_do_about_oneself_is_four_operations() {
    for Row { operation, line, success: (status, ..), .. } in MATRIX {
        let is_own = ["getPersonById", "updatePerson", "changePassword", "getAuditTrails"];
        let expected = if is_own.contains(operation) { *status } else { 403 };
        let body = match *operation {
            "updatePerson" => PATCH,
            "changePassword" => PASSWORDS,
            "resync" => &json!({ "personId": ADA }).to_string(),
            _ => "",
        };
        let own = by("ada-token", &line.replace("{id}", ADA)).body(body.to_owned());
        assert_eq!(own.of(&app()).status.as_u16(), expected, "{operation}");
    }
}
