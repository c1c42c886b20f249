//! `resyncBatch`: `POST /api/people/re-sync-batch`

use serde_json::{Value, json};

use super::{ADA, BRUNO, ELIF, FUMIKO, NOBODY, ask, problem};
use crate::support::{Ask, app};

fn batch(ids: &Value) -> Ask {
    ask("POST /people/re-sync-batch").body(json!({ "personIds": ids }).to_string())
}

fn made_up(count: usize) -> Value {
    (0..count).map(|it| format!("00000000-0000-4000-8000-{it:012}")).collect()
}

#[test]
fn every_id_has_its_result_in_the_order_of_the_ids() {
    assert_eq!(
        batch(&json!([ELIF, ADA, NOBODY, BRUNO, FUMIKO])).brief(&app()),
        format!(
            "200 {{\"totalRequested\":5,\"totalSynced\":2,\"totalFailed\":3,\"items\":[\
             {{\"personId\":\"{ELIF}\",\"synced\":false,\"message\":\"Person is archived\"}},\
             {{\"personId\":\"{ADA}\",\"synced\":true,\"message\":null}},\
             {{\"personId\":\"{NOBODY}\",\"synced\":false,\"message\":\"Person not found\"}},\
             {{\"personId\":\"{BRUNO}\",\"synced\":true,\"message\":null}},\
             {{\"personId\":\"{FUMIKO}\",\"synced\":false,\"message\":\"Person is inactive\"}}]}}"
        ),
    );
}

#[test]
fn a_batch_has_one_to_a_hundred_ids() {
    let app = app();
    let check = |ids: Value, expected: &str| {
        assert_eq!(problem(&batch(&ids), &app), format!("400\n{expected}"));
    };
    check(json!([]), "personIds should not be empty");
    check(made_up(101), "personIds must contain no more than 100 elements");
    assert_eq!(batch(&made_up(100)).expect(&app, 200)["totalFailed"], 100);
    assert_eq!(batch(&made_up(1)).expect(&app, 200)["totalRequested"], 1);
}

#[test]
fn ids_are_unique_uuids_in_an_array() {
    let app = app();
    let check = |ids: Value, expected: &str| {
        assert_eq!(problem(&batch(&ids), &app), format!("400\n{expected}"));
    };
    check(json!(["x"]), "each value in personIds must be a UUID");
    check(json!([ADA, 5]), "each value in personIds must be a UUID");
    check(json!([ADA, BRUNO, ADA]), "All personIds's elements must be unique");
    let no_array = "All personIds's elements must be unique\n\
        personIds must contain no more than 100 elements\n\
        personIds should not be empty\n\
        personIds must be an array";
    check(json!(ADA), no_array);
    check(json!(null), &format!("each value in personIds must be a UUID\n{no_array}"));
    let bare = ask("POST /people/re-sync-batch").body(json!([ADA]).to_string());
    assert_eq!(
        problem(&bare, &app),
        format!(
            "400\nproperty 0 should not exist\neach value in personIds must be a UUID\n{no_array}"
        ),
    );
}
