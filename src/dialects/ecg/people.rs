//! People: add one, show one, change one.

use http::StatusCode;
use smol_str::SmolStr;

use super::person::{Details, Info, Person};
use super::validation::{Property, Validator};
use super::{Call, Problem, audit_trails, patch, person, reply, requests, taken};
use crate::http::Response;

impl Call<'_> {
    /// The body's members, once class-validator has nothing to say against them.
    pub(super) fn valid_body(
        &self,
        properties: &[Property],
        further: impl FnOnce(&serde_json::Map<String, serde_json::Value>, &mut Validator),
    ) -> Result<serde_json::Map<String, serde_json::Value>, Problem> {
        let mut validator = self.validator();
        validator.check(self.body, properties, "");
        let members = self.body.as_object().cloned().unwrap_or_default();
        further(&members, &mut validator);
        if validator.messages.is_empty() {
            return Ok(members);
        }
        Err(Problem::InvalidBody { messages: validator.messages })
    }

    /// A validator on the session's day.
    pub(super) fn validator(&self) -> Validator {
        Validator::new(jiff::tz::TimeZone::UTC.to_datetime(self.session.clock.now()).date())
    }

    pub(super) fn new_id(&self) -> SmolStr {
        person::id(self.session.dice.uuid())
    }
}

impl Person {
    /// Refuses to change a person who is archived or inactive (facts §4.0 A-STATE).
    pub(super) fn changeable(&self) -> Result<(), Problem> {
        let id = || self.id.to_string();
        match (self.info.archived.is_set, self.info.active.is_set) {
            (true, _) => Err(Problem::PersonArchived { id: id() }),
            (false, false) => Err(Problem::PersonInactive { id: id() }),
            (false, true) => Ok(()),
        }
    }
}

/// `POST /api/people`.
pub(super) fn add(call: &Call<'_>) -> Result<Response, Problem> {
    let members = call.valid_body(requests::PERSON, |_, _| ())?;
    let id = call.new_id();
    let details = Details::read(&members, &mut || call.new_id());
    contact_is_free(call, &details, &id)?;
    let info = Info::new(call.now(), &call.caller.person_id);
    let person = Person { id, details, account: None, info };
    audit_trails::person_added(call, &person);
    Ok(shown(StatusCode::CREATED, &call.world.put(person)))
}

/// `GET /api/people/{personId}`. Also archived people are shown; `include` is ignored.
pub(super) fn get(call: &Call<'_>) -> Result<Response, Problem> {
    Ok(shown(StatusCode::OK, &*call.person()?))
}

/// `PATCH /api/people/{personId}`: a JSON patch, all of it or nothing.
pub(super) fn update(call: &Call<'_>) -> Result<Response, Problem> {
    let changes = patch::read(call.body, call.validator())?;
    let stored = call.person()?;
    stored.person.changeable()?;
    let members = patch::apply(&changes, stored.person.details.json())?;
    let mut person = stored.person.clone();
    person.details = Details::read(&members, &mut || call.new_id());
    contact_is_free(call, &person.details, &person.id)?;
    person.info.touch(call.now(), &call.caller.person_id);
    Ok(shown(StatusCode::OK, &call.world.put(person)))
}

fn contact_is_free(call: &Call<'_>, details: &Details, id: &str) -> Result<(), Problem> {
    match &details.contact_email_address {
        Some(email) if taken::by_another(&call.world.contacts, email, id) => {
            Err(Problem::ContactEmailTaken { email: email.to_string() })
        }
        _ => Ok(()),
    }
}

fn shown(status: StatusCode, person: &person::Stored) -> Response {
    Response::new(status, reply::JSON, person.body())
}
