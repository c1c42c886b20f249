//! Reads request bodies as Alfresco does, which is as Jackson does: with its leniency and its error texts.
//!
//! The vendor streams the body through Jackson's `ReaderBasedJsonParser` into Java beans, so what is wrong first in the stream is what the client is told: an unknown member is reported before the syntax error behind it.
//! That is why binding happens while the text is being cut into tokens, instead of on a finished tree.
//! The texts were compared, body by body, with those of Jackson 2.21.4 under the vendor's settings (`JacksonHelper.afterPropertiesSet`): `ACCEPT_SINGLE_VALUE_AS_ARRAY`, the date format, and a `StringDeserializer` that turns "" into null.
//!
//! In reading order:
//! - this file: what bodies may hold ([`Class`]), what one did hold ([`Bean`]), and [`read`] and [`read_list`];
//! - `bind`: objects and lists, with the reference chain of an error;
//! - `coerce`: one scalar property of each Java type;
//! - `value`: the free values inside a `Map<String, Object>`;
//! - `tokens`, `scalars` and `strings`: the parser; `text`: characters and places; `fault`: an error and its message.

mod bind;
mod coerce;
mod fault;
mod scalars;
mod strings;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod value;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

use fault::Fault;

/// A Java class that bodies are read into.
#[derive(Debug)]
pub(super) struct Class {
    /// The full Java name, as error texts print it.
    pub(super) name: &'static str,
    /// The properties, in the order in which Jackson's "known properties" text lists them.
    pub properties: &'static [(&'static str, Type)],
    /// The place of each in `properties`, by its [`mark`].
    places: [u8; MARKS],
}

/// The Java type of a property, which decides what is accepted for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    /// A `String`; any scalar is taken as its text, and "" is null (`RestApiStringDeserializer`).
    Text,
    /// A `Boolean`; also "true", "False" and so on, and whole numbers.
    Flag,
    /// A `java.util.Date` in the format `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, or epoch milliseconds; checked, not kept, because every operation refuses one.
    Date,
    /// A `Long`; also numeric text, and fractions, which are cut off.
    Count,
    /// A `NodeRef`: only a string will do, and "" stays "" (`NodeRefDeserializer`).
    Node,
    /// A `List<String>`; a bare scalar is a list of one.
    Texts,
    /// A `Map<String, Object>`.
    Map,
    /// A `Map<String, Boolean>`; checked, not kept, because every operation ignores it.
    Flags,
    /// Another bean.
    Object(&'static Class),
}

/// How many properties most bodies send at most.
const USUALLY_SENT: usize = 8;

/// One property as the client sent it: the three states that the vendor's null semantics need.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sent<T> {
    /// The property was not in the body.
    Absent,
    /// The property was there as `null`, or as something that the vendor reads as null.
    Null,
    /// The property was there with a value.
    Value(T),
}

impl<T> Sent<T> {
    /// The value, where there is one; null and absent look alike, as they do to the vendor's getters.
    #[must_use]
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Value(it) => Some(it),
            Self::Absent | Self::Null => None,
        }
    }
}

/// What was sent for a [`Class`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bean<'a> {
    class: &'static Class,
    /// What was sent, by the [`mark`] of its name: most bodies send a few of many properties.
    sent: Vec<(usize, Slot<'a>)>,
    /// A bit for each mark in `sent`.
    marks: u64,
}

/// A property that was sent, after coercion; null is a slot too.
#[derive(Clone, Debug, PartialEq)]
enum Slot<'a> {
    Null,
    /// Something that was checked and whose value nobody needs.
    Checked,
    /// As it stands in the body, where it can.
    Text(Cow<'a, str>),
    Flag(bool),
    Texts(Vec<Option<String>>),
    Map(Vec<(String, Value)>),
    Object(Bean<'a>),
}

impl<'s> Bean<'s> {
    /// Whether a property was in the body, even as null.
    #[must_use]
    pub(super) fn is_sent(&self, name: &str) -> bool {
        self.slot(name).is_some()
    }

    /// A [`Type::Text`] or [`Type::Node`].
    #[must_use]
    pub(super) fn text(&self, name: &str) -> Sent<&str> {
        self.get(name, |slot| match slot {
            Slot::Text(it) => Some(&**it),
            _ => None,
        })
    }

    /// A [`Type::Flag`].
    #[must_use]
    pub(super) fn flag(&self, name: &str) -> Sent<bool> {
        self.get(name, |slot| match slot {
            Slot::Flag(it) => Some(*it),
            _ => None,
        })
    }

    /// A [`Type::Texts`]; items that were null or "" are `None`.
    #[must_use]
    pub(super) fn texts(&self, name: &str) -> Sent<&[Option<String>]> {
        self.get(name, |slot| match slot {
            Slot::Texts(it) => Some(it.as_slice()),
            _ => None,
        })
    }

    /// A [`Type::Map`], in the order of the request; a repeated key keeps its first place and takes its last value, as in a `LinkedHashMap`.
    #[must_use]
    pub(super) fn map(&self, name: &str) -> Sent<&[(String, Value)]> {
        self.get(name, |slot| match slot {
            Slot::Map(it) => Some(it.as_slice()),
            _ => None,
        })
    }

    /// A [`Type::Object`].
    #[must_use]
    pub(super) fn object(&self, name: &str) -> Sent<&Bean<'s>> {
        self.get(name, |slot| match slot {
            Slot::Object(it) => Some(it),
            _ => None,
        })
    }

    /// With nothing in it yet.
    fn new(class: &'static Class) -> Self {
        Self { class, sent: Vec::with_capacity(USUALLY_SENT), marks: 0 }
    }

    /// The same without the body.
    fn into_owned(self) -> Bean<'static> {
        let sent = self.sent.into_iter().map(|(mark, slot)| (mark, slot.into_owned()));
        Bean { class: self.class, sent: sent.collect(), marks: self.marks }
    }

    fn slot(&self, name: &str) -> Option<&Slot<'s>> {
        self.place(mark(name)).map(|place| &self.sent[place].1)
    }

    fn place(&self, mark: usize) -> Option<usize> {
        // Most of what is asked for wasn't sent.
        if self.marks & 1 << mark == 0 {
            return None;
        }
        self.sent.iter().position(|(it, _)| *it == mark)
    }

    /// What is sent twice counts as it was sent last.
    fn put(&mut self, mark: usize, slot: Slot<'s>) {
        if let Some(place) = self.place(mark) {
            self.sent[place].1 = slot;
        } else {
            self.marks |= 1 << mark;
            self.sent.push((mark, slot));
        }
    }

    /// A property of the wrong type reads as null, so that a slip in a caller's property name or type cannot take the server down.
    fn get<'a, T>(&'a self, name: &str, pick: impl FnOnce(&'a Slot<'s>) -> Option<T>) -> Sent<T> {
        debug_assert!(self.class.property(name).is_some(), "{} has no `{name}`", self.class.name);
        match self.slot(name) {
            None => Sent::Absent,
            Some(slot) => pick(slot).map_or(Sent::Null, Sent::Value),
        }
    }
}

impl Slot<'_> {
    fn into_owned(self) -> Slot<'static> {
        match self {
            Slot::Null => Slot::Null,
            Slot::Checked => Slot::Checked,
            Slot::Text(it) => Slot::Text(it.into_owned().into()),
            Slot::Flag(it) => Slot::Flag(it),
            Slot::Texts(it) => Slot::Texts(it),
            Slot::Map(it) => Slot::Map(it),
            Slot::Object(it) => Slot::Object(it.into_owned()),
        }
    }
}

impl Class {
    /// A class that doesn't compile if two of its properties have one mark.
    const fn new(name: &'static str, properties: &'static [(&'static str, Type)]) -> Self {
        let mut places = [u8::MAX; MARKS];
        let mut place = 0;
        while place < properties.len() {
            let taken = &mut places[mark(properties[place].0)];
            assert!(*taken == u8::MAX, "two properties have one mark: choose other factors");
            *taken = place.to_le_bytes()[0];
            place += 1;
        }
        Self { name, properties, places }
    }

    /// The property with a name, as its mark and type.
    fn property(&self, name: &str) -> Option<(usize, Type)> {
        let mark = mark(name);
        let (known, kind) = self.properties.get(usize::from(self.places[mark]))?;
        (*known == name).then_some((mark, *kind))
    }
}

/// How many marks there are.
const MARKS: usize = 64;

/// A number for a name, which is another one for every property of a class: looking names up one by
/// one is a fifth of the work of reading a body.
const fn mark(name: &str) -> usize {
    let bytes = name.as_bytes();
    let [first, .., last] = bytes else { return 0 };
    (*first as usize * 3 + *last as usize * 4 + bytes.len() * 10) % MARKS
}

/// Two classes are one if they bear one name, as in Java.
impl PartialEq for Class {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Jackson's words for what is wrong with a body: the part behind the vendor's "Could not read content from HTTP request body: ".
///
/// It spans lines and may repeat what the client sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Message(String);

impl Message {
    /// The vendor's own test for "an array where one entity is due", which makes a POST a 405 instead of a 400 (`ResourceWebScriptPost`:209).
    ///
    /// It looks for parts of the text, so that columns 10 to 19 and 100 to 199 pass for column 1.
    #[must_use]
    pub(super) fn tells_of_array_at_start(&self) -> bool {
        self.0.contains("START_ARRAY") && self.0.contains("line: 1, column: 1")
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Message {}

/// Reads one object; `None` is the literal `null`, over which the vendor falls later.
///
/// Text behind the first complete value is not looked at (`FAIL_ON_TRAILING_TOKENS` is off).
///
/// # Errors
///
/// Jackson's message, if the body is no such object.
pub(super) fn read<'a>(body: &'a [u8], class: &'static Class) -> Result<Option<Bean<'a>>, Message> {
    let told = |source: &str, fault: Fault| Message(fault.message(source));
    match text::decode(body) {
        Cow::Borrowed(source) => bind::one(source, class).map_err(|it| told(source, it)),
        Cow::Owned(source) => match bind::one(&source, class) {
            Ok(bean) => Ok(bean.map(Bean::into_owned)),
            Err(fault) => Err(told(&source, fault)),
        },
    }
}

/// Reads a list of objects, where a single object is a list of one (`ACCEPT_SINGLE_VALUE_AS_ARRAY`), as the tickets call does.
///
/// The literal `null` gives an empty list, which the vendor refuses like `[]`; a `None` inside the list is a `null` element.
///
/// # Errors
///
/// Jackson's message, if the body is no such list.
pub(super) fn read_list(
    body: &[u8],
    class: &'static Class,
) -> Result<Vec<Option<Bean<'static>>>, Message> {
    let source = text::decode(body);
    let beans = bind::list(&source, class).map_err(|fault| Message(fault.message(&source)))?;
    Ok(beans.into_iter().map(|bean| bean.map(Bean::into_owned)).collect())
}

/// The body of `POST /people` and `PUT /people/{personId}`.
pub(super) static PERSON: Class = Class::new(
    "org.alfresco.rest.api.model.Person",
    &[
        ("enabled", Type::Flag),
        ("mobile", Type::Text),
        ("telephone", Type::Text),
        ("displayName", Type::Text),
        ("aspectNames", Type::Texts),
        ("skypeId", Type::Text),
        ("properties", Type::Map),
        ("avatarId", Type::Node),
        ("location", Type::Text),
        ("capabilities", Type::Flags),
        ("quota", Type::Count),
        ("firstName", Type::Text),
        ("email", Type::Text),
        ("userStatus", Type::Text),
        ("lastName", Type::Text),
        ("oldPassword", Type::Text),
        ("googleId", Type::Text),
        ("jobTitle", Type::Text),
        ("statusUpdatedAt", Type::Date),
        ("instantMessageId", Type::Text),
        ("quotaUsed", Type::Count),
        ("emailNotificationsEnabled", Type::Flag),
        ("description", Type::Text),
        ("password", Type::Text),
        ("company", Type::Object(&COMPANY)),
        ("id", Type::Text),
    ],
);

/// The `company` of a person.
pub(super) static COMPANY: Class = Class::new(
    "org.alfresco.rest.api.model.Company",
    &[
        ("organization", Type::Text),
        ("telephone", Type::Text),
        ("email", Type::Text),
        ("address1", Type::Text),
        ("address2", Type::Text),
        ("address3", Type::Text),
        ("postcode", Type::Text),
        ("fax", Type::Text),
    ],
);

/// The body of `POST /people/{personId}/request-password-reset`.
pub(super) static CLIENT: Class =
    Class::new("org.alfresco.rest.api.model.Client", &[("client", Type::Text)]);

/// The body of `POST /people/{personId}/reset-password`.
pub(super) static PASSWORD_RESET: Class = Class::new(
    "org.alfresco.rest.api.model.PasswordReset",
    &[("password", Type::Text), ("key", Type::Text), ("id", Type::Text)],
);

/// The body of `POST /tickets`.
pub(super) static LOGIN_TICKET: Class = Class::new(
    "org.alfresco.rest.api.model.LoginTicket",
    &[("password", Type::Text), ("userId", Type::Text), ("id", Type::Text)],
);
