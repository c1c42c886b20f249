//! The people themselves: list, get, create, update.

use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::auth::Caller;
use super::json::{self, Bean, Class, Message, Sent};
use super::person::{self, Extras, Person, Usages};
use super::problem::Problem;
use super::profile::{
    change_enabled, change_password, commit, sent_aspects, sent_properties, set_profile,
};
use super::query::{Parameters, SortColumn};
use super::{Answer, Call, reply};
use crate::store::Listing;

/// The relations that the vendor has beside a person and this API doesn't serve: asked for, they
/// are dropped without a word, as the vendor drops those that the caller may not see.
const RELATIONS: &[&str] = &[
    "activities",
    "favorite-sites",
    "favorites",
    "groups",
    "networks",
    "preferences",
    "site-membership-requests",
    "sites",
];

/// `GET /people`
pub(super) fn list(call: &Call<'_>, caller: &Caller) -> Answer {
    let (order, descending) = order(&call.parameters.order_by)?;
    // The vendor embeds relations in what it has read (ResourceWebScriptHelper:177).
    check_relations(call)?;
    let people = &call.world.people;
    let write = |listing: &Listing<Person>| page(call, caller, listing, &descending);
    // Whatever is included may depend on who asks; all else is said by the query.
    let body: Bytes = if call.parameters.include.is_empty() {
        people.written(order, call.request.uri.query().unwrap_or_default(), write)
    } else {
        write(&people.list(order)).into()
    };
    Ok(reply::json(StatusCode::OK, body))
}

fn page(
    call: &Call<'_>,
    caller: &Caller,
    listing: &Listing<Person>,
    descending: &[bool],
) -> Vec<u8> {
    let Parameters { skip_count, max_items, include, fields, .. } = &call.parameters;
    let usages = usages(call);
    let (skip, max) = (*skip_count as usize, *max_items as usize);
    let page = listing.page(descending, skip, max);
    let count = page.len();

    let mut entries = Vec::with_capacity(count * 512 + 160);
    let is_included = |name| include.iter().any(|it| it == name);
    let has_more = listing.len() > skip.saturating_add(max);
    // Past the end the vendor echoes skipCount as the total (CQ:326-331).
    let total = listing.len().max(skip);
    entries.extend_from_slice(
        format!(
            r#"{{"list":{{"pagination":{{"count":{count},"hasMoreItems":{has_more},"totalItems":{total},"skipCount":{skip},"maxItems":{max}}},"entries":["#
        )
        .as_bytes(),
    );
    for (index, person) in page.enumerate() {
        if index > 0 {
            entries.push(b',');
        }
        if include.is_empty() && fields.is_none() {
            entries.extend_from_slice(&person.listed(usages));
        } else {
            let all = person.extras(caller.may_change(person));
            let extras = Extras {
                capabilities: all.capabilities.filter(|_| is_included("capabilities")),
                aspect_names: is_included("aspectNames"),
                properties: is_included("properties"),
            };
            entries.extend_from_slice(&person.write(extras, usages, fields.as_deref()));
        }
    }
    entries.extend_from_slice(b"]}}");
    entries
}

/// `GET /people/{personId}`
pub(super) fn get(call: &Call<'_>, caller: &Caller) -> Answer {
    if call.has_blank_id() {
        return list(call, caller);
    }
    let person = call.person(caller)?;
    check_relations(call)?;
    Ok(reply::json(StatusCode::OK, whole(call, caller, &person)))
}

/// `POST /people`
pub(super) fn create(call: &Call<'_>, caller: &Caller) -> Answer {
    let body = read_posted(call, &json::PERSON)?;
    check_derived(&body)?;
    for field in ["id", "firstName", "email", "password"] {
        required(&body, field)?;
    }
    let id = body.text("id").value().unwrap_or_default();
    check_id(id)?;
    let dictionary = &call.world.seed.dictionary;
    let aspects = sent_aspects(dictionary, &body)?.unwrap_or_default();
    let properties = sent_properties(dictionary, &body)?;
    if !caller.person.is_admin {
        return Err(Problem::PermissionDenied);
    }
    let key = person::key_of(id);
    if call.world.people.get(&key).is_some() {
        return Err(Problem::PersonExists { id: id.to_owned() });
    }
    // Found last of all, when the vendor makes the node (PSI:136).
    if let Some(character) = id.chars().find(|it| matches!(it, '/' | '\\' | '\r' | '\n' | '"')) {
        return Err(Problem::NameNotPermitted { character: character.to_string() });
    }
    if key == "system" {
        return Err(Problem::SystemUser);
    }

    let (id, key) = person::named(id);
    let mut person = Person {
        key,
        id,
        password: body.text("password").value().map(Into::into),
        enabled: body.flag("enabled").value().unwrap_or(true),
        email_notifications: body.flag("emailNotificationsEnabled").value().unwrap_or(true),
        ..Person::default()
    };
    set_profile(&mut person, &body);
    person.add_aspects(&aspects);
    commit(dictionary, &mut person, properties)?;
    let person = call.world.people.put(person);
    Ok(reply::json(StatusCode::CREATED, written(call, caller, &person)))
}

/// `PUT /people/{personId}`
pub(super) fn update(call: &Call<'_>, caller: &Caller) -> Answer {
    if call.has_blank_id() {
        return Err(Problem::PutOnCollection);
    }
    let body = read(call.body()?, &json::PERSON, unreadable)?;
    if body.is_sent("id") {
        return Err(Problem::UnsupportedField { field: "id".to_owned() });
    }
    check_derived(&body)?;
    let person = call.person(caller)?;
    let dictionary = &call.world.seed.dictionary;
    let aspects = sent_aspects(dictionary, &body)?;
    let properties = sent_properties(dictionary, &body)?;
    for field in ["firstName", "email"] {
        if body.text(field) == Sent::Null {
            return Err(Problem::FieldRequired { field: field.to_owned() });
        }
    }
    if body.flag("enabled") == Sent::Null {
        return Err(Problem::EnabledEmpty);
    }
    if body.flag("emailNotificationsEnabled") == Sent::Null {
        return Err(Problem::NotificationsEmpty);
    }
    if !caller.may_change(&person) {
        return Err(Problem::PermissionDenied);
    }

    let mut changed = person.edited();
    change_password(call, caller, &mut changed, &body)?;
    change_enabled(caller, &mut changed, &body)?;
    set_profile(&mut changed, &body);
    if let Some(aspects) = aspects {
        // The list replaces every aspect but sys:* and cm:auditable, hidden ones included:
        // cm:preferences owns the avatar, which so disappears (contentModel.xml).
        changed.replace_aspects(dictionary, &aspects);
        changed.avatar = None;
    }
    commit(dictionary, &mut changed, properties)?;
    let person = call.world.people.put(changed);
    Ok(reply::json(StatusCode::OK, written(call, caller, &person)))
}

/// `POST /people/{personId}/deauthorize`, `…/reauthorization-code` and `…/reauthorize`: the
/// Community edition has them and does nothing (PER:244-274).
pub(super) fn not_in_community(_: &Call<'_>, _: &Caller) -> Answer {
    Ok(reply::nothing(StatusCode::NOT_IMPLEMENTED))
}

impl Call<'_> {
    /// The person that the path names.
    pub(super) fn person(&self, caller: &Caller) -> Result<Arc<Person>, Problem> {
        let id = self.person_id;
        if id.eq_ignore_ascii_case(person::ME) {
            return Ok(Arc::clone(&caller.person));
        }
        let person = self.world.people.get(&person::key_of(id));
        person.ok_or_else(|| Problem::EntityNotFound { id: id.to_owned() })
    }
}

/// The body of a POST. The vendor's server has read a form away before anyone can see a body.
pub(super) fn posted_body<'c>(call: &'c Call<'_>) -> Result<&'c [u8], Problem> {
    let content_type = call.request.header(&CONTENT_TYPE).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("multipart/form-data") {
        return Err(Problem::FormBody);
    }
    let body = call.body()?;
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(&[]);
    }
    Ok(body)
}

/// The body of a POST of one object.
pub(super) fn read_posted<'c>(
    call: &'c Call<'_>,
    class: &'static Class,
) -> Result<Bean<'c>, Problem> {
    read(posted_body(call)?, class, |why| {
        if why.tells_of_array_at_start() { Problem::OnlyOneEntity } else { unreadable(why) }
    })
}

fn read<'b>(
    body: &'b [u8],
    class: &'static Class,
    problem: impl Fn(&Message) -> Problem,
) -> Result<Bean<'b>, Problem> {
    json::read(body, class).map_err(|why| problem(&why))?.ok_or(Problem::NullBody)
}

/// What Jackson couldn't read.
pub(super) fn unreadable(why: &Message) -> Problem {
    Problem::UnreadableBody { why: why.to_string() }
}

/// A text that must be there.
pub(super) fn required<'b>(body: &'b Bean<'_>, field: &str) -> Result<&'b str, Problem> {
    body.text(field).value().ok_or_else(|| Problem::FieldRequired { field: field.to_owned() })
}

/// Members that the server derives can't be sent, not even as null (PER:134-155).
fn check_derived(body: &Bean<'_>) -> Result<(), Problem> {
    let derived = ["statusUpdatedAt", "avatarId", "quota", "quotaUsed"];
    match derived.into_iter().find(|field| body.is_sent(field)) {
        Some(field) => Err(Problem::UnsupportedField { field: field.to_owned() }),
        None => Ok(()),
    }
}

fn check_id(id: &str) -> Result<(), Problem> {
    // Bytes are never fewer than UTF-16 units, so most ids need no counting.
    if id.len() > 100 && id.encode_utf16().count() > 100 {
        return Err(Problem::UsernameTooLong);
    }
    let is_reserved = |prefix: &&str| {
        id.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    match ["GROUP_", "ROLE_"].iter().find(|prefix| is_reserved(prefix)) {
        Some(prefix) => Err(Problem::ReservedPrefix { prefix: (*prefix).to_owned() }),
        None => Ok(()),
    }
}

fn check_relations(call: &Call<'_>) -> Result<(), Problem> {
    let unknown = |relation: &&String| !RELATIONS.contains(&relation.as_str());
    match call.parameters.relations.iter().find(unknown) {
        Some(relation) => Err(Problem::UnknownRelationParameter { relation: relation.clone() }),
        None => Ok(()),
    }
}

/// Which of [`Person`]'s orders is wanted, and which way each of its fields goes.
fn order(columns: &[SortColumn]) -> Result<(usize, Vec<bool>), Problem> {
    if columns.is_empty() {
        // The first of them is the default one.
        return Ok((0, Vec::new()));
    }
    let mut fields = Vec::new();
    let mut descending = Vec::new();
    for column in columns {
        let field = match column.name.as_str() {
            "id" => 0,
            "firstName" => 1,
            "lastName" => 2,
            _ => return Err(Problem::InvalidSortField { name: column.name.clone() }),
        };
        // Of a field that is named twice, the first counts.
        if !fields.contains(&field) {
            fields.push(field);
            descending.push(!column.ascending);
        }
    }
    if !fields.contains(&0) {
        fields.push(0);
    }
    let orders = <Person as crate::store::Row>::ORDERS;
    let order = orders.iter().position(|order| *order == fields).unwrap_or_default();
    Ok((order, descending))
}

/// The answer about one person.
fn whole(call: &Call<'_>, caller: &Caller, person: &Person) -> Bytes {
    match call.parameters.fields {
        None => person.whole(caller.may_change(person), usages(call)),
        Some(_) => written(call, caller, person),
    }
}

/// The same, which nobody keeps: a person who was just made or changed may never be asked for.
fn written(call: &Call<'_>, caller: &Caller, person: &Person) -> Bytes {
    let extras = person.extras(caller.may_change(person));
    person.write(extras, usages(call), call.parameters.fields.as_deref()).into()
}

fn usages(call: &Call<'_>) -> Usages {
    call.world.seed.server.storage_quota_bytes
}
