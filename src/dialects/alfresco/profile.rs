//! What a create or an update changes about a person: profile, password, switch, aspects and
//! properties (facts: people §6 and §7).

use serde_json::Value;

use super::Call;
use super::auth::Caller;
use super::dictionary::{Dictionary, Name};
use super::json::{Bean, Sent};
use super::person::{COMPANY, Person, TEXTS};
use super::problem::Problem;
use super::texts::Texts;

/// The aspects that were sent, if any were.
pub(super) fn sent_aspects(
    dictionary: &Dictionary,
    body: &Bean<'_>,
) -> Result<Option<Vec<Name>>, Problem> {
    body.texts("aspectNames").value().map(|names| dictionary.aspects(names)).transpose()
}

/// The properties that were sent, as the dictionary types them.
pub(super) fn sent_properties(
    dictionary: &Dictionary,
    body: &Bean<'_>,
) -> Result<Vec<(Name, Value)>, Problem> {
    dictionary.properties(body.map("properties").value().unwrap_or_default())
}

/// The block of password checks, of which the first that fails counts (PI:839-886).
pub(super) fn change_password(
    call: &Call<'_>,
    caller: &Caller,
    person: &mut Person,
    body: &Bean<'_>,
) -> Result<(), Problem> {
    let (old, new) = (body.text("oldPassword"), body.text("password"));
    if old == Sent::Absent && new == Sent::Absent {
        return Ok(());
    }
    if old == Sent::Null {
        return Err(Problem::OldPasswordEmpty);
    }
    let Sent::Value(new) = new else { return Err(Problem::PasswordEmpty) };
    if !caller.person.is_admin {
        let Sent::Value(old) = old else { return Err(Problem::BothPasswordsRequired) };
        // The old password is a login like any other: the guard against guessing counts a wrong one
        // and, after ten, refuses the right one too (facts: people §1.3).
        if call.world.log_in(call.session, &person.key, old).is_none() {
            return Err(Problem::IncorrectPassword);
        }
    } else if person.password.is_none() {
        return Err(Problem::NoCredential { masked: masked(&person.id) });
    }
    person.password = Some(new.into());
    Ok(())
}

/// The switch, which is the administrators' (PI:712-730).
pub(super) fn change_enabled(
    caller: &Caller,
    person: &mut Person,
    body: &Bean<'_>,
) -> Result<(), Problem> {
    let Sent::Value(enabled) = body.flag("enabled") else { return Ok(()) };
    if person.is_admin && !enabled {
        return Err(Problem::AdminCannotBeDisabled);
    }
    // Even the value that it has already: `enabled` is the administrators'.
    if !caller.person.is_admin {
        return Err(Problem::PermissionDenied);
    }
    if person.password.is_none() {
        return Err(Problem::NoCredentialToEnable { masked: masked(&person.id) });
    }
    person.enabled = enabled;
    Ok(())
}

/// A user name as the vendor's own log has it: two letters, and stars.
pub(super) fn masked(id: &str) -> String {
    id.chars().take(2).chain("***".chars()).collect()
}

/// The members that are simply stored. Null and "" clear one.
pub(super) fn set_profile(person: &mut Person, body: &Bean<'_>) {
    person.texts = person.texts.changed(|place| body.text(TEXTS[place]));
    match body.object("company") {
        Sent::Absent => {}
        // A company that isn't there is one whose members are all cleared, `{}` too (PM:526-594).
        Sent::Null => person.company = Texts::default(),
        Sent::Value(company) => {
            if !COMPANY.iter().any(|name| company.is_sent(name)) {
                person.company = Texts::default();
            }
            person.company = person.company.changed(|place| company.text(COMPANY[place]));
        }
    }
    if let Sent::Value(wanted) = body.flag("emailNotificationsEnabled") {
        person.email_notifications = wanted;
    }
}

/// Writes the properties, unless the model forbids a value, which the vendor finds when it commits.
pub(super) fn commit(
    dictionary: &Dictionary,
    person: &mut Person,
    properties: Vec<(Name, Value)>,
) -> Result<(), Problem> {
    let violations =
        properties.iter().filter_map(|(name, value)| dictionary.violation(name, value));
    if let Some(violation) = violations.into_iter().next() {
        return Err(violation);
    }
    person.set_properties(dictionary, properties);
    Ok(())
}

impl Person {
    /// Adds aspects that aren't there yet.
    pub(super) fn add_aspects(&mut self, aspects: &[Name]) {
        for aspect in aspects {
            let name = aspect.prefixed();
            if !self.aspects.contains(&name) {
                self.aspects.push(name);
            }
        }
    }

    /// Removes every aspect that isn't listed, with its properties, and adds the others.
    pub(super) fn replace_aspects(&mut self, dictionary: &Dictionary, aspects: &[Name]) {
        let listed: Vec<_> = aspects.iter().map(Name::prefixed).collect();
        let (kept, removed): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.aspects).into_iter().partition(|name| listed.contains(name));
        self.properties
            .retain(|(name, _)| !removed.iter().any(|aspect| dictionary.belongs(name, aspect)));
        self.aspects = kept;
        self.add_aspects(aspects);
    }

    /// Sets properties one by one; null removes one. Each adds its aspect, a removed one too, since
    /// the vendor looks at the names and not at the values (DbNodeServiceImpl.getMissingAspects).
    pub(super) fn set_properties(
        &mut self,
        dictionary: &Dictionary,
        properties: Vec<(Name, Value)>,
    ) {
        for (name, value) in properties {
            if let Some(aspect) = dictionary.aspect_of(&name) {
                self.add_aspects(&[aspect]);
            }
            let name = name.prefixed();
            let place = self.properties.iter().position(|(it, _)| *it == name);
            match (place, value) {
                (Some(place), Value::Null) => drop(self.properties.remove(place)),
                (None, Value::Null) => {}
                (Some(place), value) => self.properties[place].1 = value,
                (None, value) => self.properties.push((name, value)),
            }
        }
    }
}
