use http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Problem};
use crate::http::Response;

/// `GET /__admin/outbox`: the mails that the vendor would have sent, oldest first.
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    let messages = call.session.outbox.messages();
    let messages: Vec<Value> = messages
        .iter()
        .map(|message| {
            let (vendor, _) = message.operation.split_once('.').unwrap_or_default();
            json!({
                "id": message.id,
                "at": message.at.to_string(),
                "vendor": vendor,
                "operation": message.operation,
                "to": message.to,
                "subject": message.subject,
                "text": message.text,
                "data": message.data,
            })
        })
        .collect();
    Ok(super::json(&json!({ "messages": messages })))
}

/// `DELETE /__admin/outbox`: throws them away.
pub(super) fn delete(call: &Call<'_>) -> Result<Response, Problem> {
    call.session.outbox.clear();
    Ok(Response::empty(StatusCode::NO_CONTENT))
}
