//! User accounts: add one, change its address, and everything about its password.

use http::StatusCode;
use serde_json::{Map, Value, json};
use smol_str::SmolStr;

use super::audit_trails;
use super::password::Password;
use super::person::{Account, Info, Person, Status, email, text};
use super::validation::Validator;
use super::{Call, Problem, reply, requests, taken};
use crate::http::Response;
use crate::outbox::Message;

/// `POST /api/people/{personId}/accounts`.
pub(super) fn add(call: &Call<'_>) -> Result<Response, Problem> {
    let members = call.valid_body(requests::ACCOUNT, |members, validator| {
        differs_from_address(members, "temporaryPassword", validator);
    })?;
    let mut person = call.person()?.person.clone();
    person.changeable()?;
    if person.account.is_some() {
        return Err(Problem::AccountExists { id: person.id.into() });
    }
    let email_address = free_address(call, &members, &person)?;

    let now = call.now();
    let chosen = text(&members, "temporaryPassword").map(|it| Password::new(&it));
    let is_sent = members.get("sendCredentials").and_then(Value::as_bool).unwrap_or(true);
    let account = Account {
        id: call.new_id(),
        email_address,
        password: chosen.unwrap_or_else(|| Password::temporary(&call.session.dice)),
        status: Status::ForceChangePassword,
        credentials_sent_at: is_sent.then_some(now),
        info: Info::new(now, &call.caller.person_id),
    };
    if is_sent {
        send_credentials(call, "ecg.addUserAccount", &person.id, &account);
    }
    audit_trails::account_changed(call, &person.id, None, &account);
    let shown = account.json(&person.id);
    person.account = Some(Box::new(account));
    call.world.put(person);
    Ok(reply::json(StatusCode::CREATED, &shown))
}

/// `PATCH /api/people/{personId}/accounts`: another address, and a password with it. The person's
/// `contactEmailAddress` stays (facts §4.2 #5).
pub(super) fn update(call: &Call<'_>) -> Result<Response, Problem> {
    let members = call.valid_body(requests::ACCOUNT_EMAIL, |members, validator| {
        differs_from_address(members, "password", validator);
    })?;
    let (person, account) = person_with_account(call)?;
    person.changeable()?;
    let changed = Account {
        email_address: free_address(call, &members, &person)?,
        password: Password::new(&text(&members, "password").unwrap_or_default()),
        status: Status::Confirmed,
        ..account
    };
    let changed = save(call, person, changed);
    Ok(reply::json(StatusCode::OK, &changed))
}

/// `POST /api/people/{personId}/reset-password`.
pub(super) fn reset_password(call: &Call<'_>) -> Result<Response, Problem> {
    let (person, account) = person_with_account(call)?;
    person.changeable()?;
    give_temporary_password(call, "ecg.resetUserPassword", person, account);
    Ok(reply::done("Password has been reset"))
}

/// `POST /api/people/{personId}/resend-credentials`: only for somebody who never confirmed, as
/// Cognito's RESEND is (facts §4.2 #2).
pub(super) fn resend(call: &Call<'_>) -> Result<Response, Problem> {
    let (person, account) = person_with_account(call)?;
    person.changeable()?;
    if account.status == Status::Confirmed {
        return Err(Problem::AccountConfirmed { id: person.id.into() });
    }
    give_temporary_password(call, "ecg.resendCredentials", person, account);
    Ok(reply::done("Credentials have been sent"))
}

/// `POST /api/people/{personId}/change-password`. Administrators need the old password too
/// (facts §4.2 #8).
pub(super) fn change_password(call: &Call<'_>) -> Result<Response, Problem> {
    let members = call.valid_body(requests::PASSWORDS, |members, validator| {
        let (old, new) = (members.get("oldPassword"), members.get("newPassword"));
        if old == new && new.is_some_and(Value::is_string) {
            validator.add("newPassword should not be equal to oldPassword".to_owned());
        }
    })?;
    let (person, account) = person_with_account(call)?;
    person.changeable()?;
    let old = text(&members, "oldPassword").unwrap_or_default();
    let new = text(&members, "newPassword").unwrap_or_default();
    if email(&new) == account.email_address {
        let messages = vec!["newPassword should not be equal to emailAddress".to_owned()];
        return Err(Problem::InvalidBody { messages });
    }
    // A 400 and not a 401, so that a client doesn't drop its session.
    if !account.password.is(&old) {
        return Err(Problem::IncorrectOldPassword);
    }
    let changed = Account { password: Password::new(&new), status: Status::Confirmed, ..account };
    save(call, person, changed);
    Ok(reply::done("Password has been changed"))
}

/// The person whose id is in the path, and its account.
fn person_with_account(call: &Call<'_>) -> Result<(Person, Account), Problem> {
    let person = call.person()?.person.clone();
    match &person.account {
        Some(account) => {
            let account = Account::clone(account);
            Ok((person, account))
        }
        None => Err(Problem::AccountNotFound { id: person.id.into() }),
    }
}

/// The wanted address, if no other account has it; one's own is fine.
fn free_address(
    call: &Call<'_>,
    members: &Map<String, Value>,
    person: &Person,
) -> Result<SmolStr, Problem> {
    let wanted = email(&text(members, "emailAddress").unwrap_or_default());
    if taken::by_another(&call.world.logins, &wanted, &person.id) {
        return Err(Problem::AccountEmailTaken { email: wanted.into() });
    }
    Ok(wanted)
}

/// A password must not be the address that it belongs to (facts §4.0 A-PWD).
fn differs_from_address(members: &Map<String, Value>, name: &str, validator: &mut Validator) {
    let address = text(members, "emailAddress").map(|it| email(&it));
    if address.is_some() && text(members, name).map(|it| email(&it)) == address {
        validator.add(format!("{name} should not be equal to emailAddress"));
    }
}

fn give_temporary_password(
    call: &Call<'_>,
    operation: &'static str,
    person: Person,
    account: Account,
) {
    let changed = Account {
        password: Password::temporary(&call.session.dice),
        status: Status::ForceChangePassword,
        credentials_sent_at: Some(call.now()),
        ..account
    };
    send_credentials(call, operation, &person.id, &changed);
    save(call, person, changed);
}

/// Puts a changed account in the place of the old one, with its audit trail; the display model
/// comes back.
fn save(call: &Call<'_>, mut person: Person, mut account: Account) -> Value {
    account.info.touch(call.now(), &call.caller.person_id);
    audit_trails::account_changed(call, &person.id, person.account.as_deref(), &account);
    let shown = account.json(&person.id);
    person.account = Some(Box::new(account));
    call.world.put(person);
    shown
}

/// Keeps the mail that Cognito would send. Its text is Cognito's default one.
fn send_credentials(call: &Call<'_>, operation: &'static str, person_id: &str, to: &Account) {
    let password = to.password.for_mail();
    let data = json!({
        "personId": person_id,
        "emailAddress": to.email_address,
        "temporaryPassword": password,
    });
    call.session.outbox.send(Message {
        id: 0,
        at: call.now(),
        operation,
        to: to.email_address.to_string(),
        subject: "Your temporary password",
        text: format!(
            "Your username is {} and temporary password is {password}.",
            to.email_address
        ),
        data: if let Value::Object(data) = data { data } else { Map::new() },
    });
}
