//! Forgotten passwords: two calls that tell nobody anything (facts: people §11 and §12).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

use super::people::{read_posted, required};
use super::problem::Problem;
use super::{Answer, Call, json, person, reply};
use crate::outbox::Message;

/// How many resets may be open; the oldest is given up.
const OPEN_RESETS: usize = 10_000;

/// Where the vendor's own front end lies, as its mails say.
const SHARE: &str = "http://localhost:8080/share";

/// What a workflow's id begins with.
const ENGINE: &str = "activiti$";

/// The resets that were asked for and not finished.
#[derive(Default)]
pub(super) struct Resets {
    workflows: Mutex<Workflows>,
}

impl Clone for Resets {
    fn clone(&self) -> Self {
        Self { workflows: Mutex::new(self.workflows().clone()) }
    }
}

#[derive(Clone, Default)]
struct Workflows {
    started: u64,
    open: BTreeMap<u64, Reset>,
}

#[derive(Clone)]
struct Reset {
    /// The id in the path, as it was typed.
    typed: String,
    key: String,
    /// In milliseconds since 1970, on the session's clock.
    expires: i64,
}

impl Resets {
    fn start(&self, reset: Reset) -> u64 {
        let mut workflows = self.workflows();
        workflows.started += 1;
        let number = workflows.started;
        workflows.open.insert(number, reset);
        if workflows.open.len() > OPEN_RESETS {
            workflows.open.pop_first();
        }
        number
    }

    /// The workflow's number, if all that the client says of it is right. A wrong attempt doesn't
    /// use it up.
    fn find(&self, id: &str, key: &str, typed: &str, now: i64) -> Option<u64> {
        let digits = id.strip_prefix(ENGINE)?;
        // The vendor looks the id up as text: `activiti$01` is nobody's.
        let number = digits.parse().ok().filter(|it: &u64| it.to_string() == digits)?;
        let workflows = self.workflows();
        // The names are compared as they were typed, letter case included.
        let is_right =
            |reset: &&Reset| reset.key == key && reset.typed == typed && now < reset.expires;
        workflows.open.get(&number).filter(is_right).map(|_| number)
    }

    fn finish(&self, number: u64) {
        self.workflows().open.remove(&number);
    }

    fn workflows(&self) -> MutexGuard<'_, Workflows> {
        self.workflows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /people/{personId}/request-password-reset`
pub(super) fn request_reset(call: &Call<'_>) -> Answer {
    let body = read_posted(call, &json::CLIENT)?;
    let client = required(&body, "client")?;
    // Somebody who isn't there, or may not log in, is told what everybody is told. `-me-` is nobody
    // here.
    let person = call.world.people.get(&person::key_of(call.person_id));
    let Some(person) = person.filter(|person| person.is_enabled()) else {
        return Ok(reply::nothing(StatusCode::ACCEPTED));
    };
    let server = &call.world.seed.server;
    if !server.reset_clients.iter().any(|known| known == client) {
        return Err(Problem::ClientNotFound { client: client.to_owned() });
    }

    let key = call.session.dice.uuid().to_string();
    let lifetime = i64::try_from(server.reset_lifetime.as_millis()).unwrap_or(i64::MAX);
    let number = call.world.resets.start(Reset {
        typed: call.person_id.to_owned(),
        key: key.clone(),
        expires: call.session.clock.now_ms().saturating_add(lifetime),
    });
    let id = format!("{ENGINE}{number}");
    let link = format!("{SHARE}/page/reset-password?key={key}&id={id}");
    let text = format!(
        "Hi {},\n\nWe've received a request to reset your password. To do so, follow this link:\n\n{link}\n",
        person.texts.get(person::FIRST_NAME).unwrap_or_default()
    );
    let data = json!({ "workflowId": id, "key": key, "userId": &*person.id });
    send(call, &person, "alfresco.requestPasswordReset", "Reset your password", text, &data);
    Ok(reply::nothing(StatusCode::ACCEPTED))
}

/// `POST /people/{personId}/reset-password`
pub(super) fn reset(call: &Call<'_>) -> Answer {
    let body = read_posted(call, &json::PASSWORD_RESET)?;
    let password = required(&body, "password")?;
    let id = required(&body, "id")?;
    let key = required(&body, "key")?;
    let now = call.session.clock.now_ms();
    let found = call.world.resets.find(id, key, call.person_id, now);
    let person = call.world.people.get(&person::key_of(call.person_id));
    let (Some(number), Some(person)) = (found, person) else {
        return Ok(reply::nothing(StatusCode::ACCEPTED));
    };
    if password.trim().is_empty() {
        return Err(Problem::InvalidPassword { password: password.to_owned() });
    }
    call.world.resets.finish(number);
    let mut changed = person.edited();
    changed.password = Some(password.into());
    let person = call.world.people.put(changed);
    let text = format!(
        "Hi {},\n\nYour password has been reset.\n",
        person.texts.get(person::FIRST_NAME).unwrap_or_default()
    );
    let data = json!({ "workflowId": id, "userId": &*person.id });
    send(call, &person, "alfresco.resetPassword", "Password reset successful", text, &data);
    Ok(reply::nothing(StatusCode::ACCEPTED))
}

fn send(
    call: &Call<'_>,
    person: &person::Person,
    operation: &'static str,
    subject: &'static str,
    text: String,
    data: &Value,
) {
    call.session.outbox.send(Message {
        id: 0,
        at: call.session.clock.now(),
        operation,
        to: person.texts.get(person::EMAIL).unwrap_or_default().to_owned(),
        subject,
        text,
        data: data.as_object().cloned().unwrap_or_default(),
    });
}
