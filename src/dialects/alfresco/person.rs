//! The person, and a person's JSON.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderMap;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

use super::texts::Texts;
use crate::store::Row;

/// The id that means the caller, in any letter case.
pub(super) const ME: &str = "-me-";

/// The plain text members, as [`Person::texts`] keeps them.
pub(super) const TEXTS: [&str; 12] = [
    "firstName",
    "lastName",
    "description",
    "email",
    "skypeId",
    "googleId",
    "instantMessageId",
    "jobTitle",
    "location",
    "mobile",
    "telephone",
    "userStatus",
];
pub(super) const FIRST_NAME: usize = 0;
pub(super) const LAST_NAME: usize = 1;
pub(super) const EMAIL: usize = 3;

/// The members of a company, in the order in which they are written.
pub(super) const COMPANY: [&str; 8] =
    ["organization", "address1", "address2", "address3", "postcode", "telephone", "fax", "email"];

/// Somebody in the directory.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Person {
    /// What the person is found by: the id in lower case, since user names match in any case.
    pub key: Arc<str>,
    /// The id as it was first written.
    pub id: Arc<str>,
    /// The members of [`TEXTS`].
    pub texts: Texts<{ TEXTS.len() }>,
    /// The members of [`COMPANY`].
    pub company: Texts<{ COMPANY.len() }>,
    /// The switch as it was set; see [`Person::is_enabled`].
    pub enabled: bool,
    /// Whether the person wants mail.
    pub email_notifications: bool,
    /// The password; a person without one has no credential (facts: people §2).
    pub password: Option<Box<str>>,
    /// Whether the person has administrator authority.
    pub is_admin: bool,
    /// The avatar, if there is one.
    pub avatar: Option<Arc<Avatar>>,
    /// When the status was last set. This API never sets it, not even with `userStatus`.
    pub status_updated_at: Option<Timestamp>,
    /// Custom aspects, by their prefixed names.
    pub aspects: Vec<Box<str>>,
    /// Custom properties, by their prefixed names.
    pub properties: Vec<(Box<str>, Value)>,
    pub(super) written: Written,
}

/// The bytes that a person has been written as, made when first asked for.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// As an entry of a list, without anything included.
    listed: OnceLock<Box<[u8]>>,
    /// As a whole, to a caller who may not change it and to one who may.
    whole: [OnceLock<Bytes>; 2],
}

/// What was written follows from the person and makes no difference between two.
impl PartialEq for Written {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// An avatar: the rendition, and what became of the upload.
#[derive(Debug, PartialEq)]
pub(super) struct Avatar {
    /// The id of the rendition, new on every upload.
    pub id: Uuid,
    /// A PNG of at most 64×64.
    pub png: Bytes,
    /// The size of what was uploaded, in bytes; it counts against the quota.
    pub uploaded: u64,
    /// When it was made.
    pub modified: Timestamp,
    pub(super) headers: Headers,
}

/// The headers that an avatar is answered with as a whole, to be shown and as an attachment, made
/// when first asked for.
#[derive(Debug, Default)]
pub(super) struct Headers(pub [OnceLock<Arc<HeaderMap>>; 2]);

/// They follow from the avatar and make no difference between two.
impl PartialEq for Headers {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// An id, and what its person is found by; mostly they are one.
pub(super) fn named(id: &str) -> (Arc<str>, Arc<str>) {
    let written = Arc::from(id);
    match key_of(id) {
        Cow::Borrowed(_) => (Arc::clone(&written), written),
        Cow::Owned(key) => (written, key.into()),
    }
}

/// What a person is found by.
pub(super) fn key_of(id: &str) -> Cow<'_, str> {
    if id.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(id.to_lowercase())
    }
}

impl Row for Person {
    /// `id`, `firstName` and `lastName`, in every sequence in which `orderBy` can name them; the id
    /// settles what the vendor leaves open. What stands behind the id sorts nothing, yet it hides
    /// the people who don't have it (query-people-common-SqlMap.xml:28-46).
    const ORDERS: &'static [&'static [usize]] = &[
        &[0],
        &[1, 0],
        &[2, 0],
        &[1, 2, 0],
        &[2, 1, 0],
        &[0, 1],
        &[0, 2],
        &[0, 1, 2],
        &[0, 2, 1],
        &[1, 0, 2],
        &[2, 0, 1],
    ];

    fn key(&self) -> &str {
        &self.key
    }

    fn shared_key(&self) -> Arc<str> {
        Arc::clone(&self.key)
    }

    fn has(&self, field: usize) -> bool {
        self.sorted_by(field).is_some()
    }

    fn compare(&self, other: &Self, field: usize) -> Ordering {
        collate(
            self.sorted_by(field).unwrap_or_default(),
            other.sorted_by(field).unwrap_or_default(),
        )
    }

    fn digest(&self, field: usize) -> u128 {
        digest(self.sorted_by(field).unwrap_or_default())
    }
}

/// Compares as the vendor's usual database does (`PostgreSQL` under `en_US`): letters first, without
/// accents and case; accents between equals; and lower case before upper case between those.
fn collate(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    // Most names differ early, in letters that aren't made of several.
    let pairs = a.bytes().zip(b.bytes()).take_while(|(a, b)| a.is_ascii() && b.is_ascii());
    let mut letter = pairs.map(|(a, b)| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()));
    if let Some(found) = letter.find(|it| it.is_ne()) {
        return found;
    }
    if a.is_ascii() && b.is_ascii() {
        return a.len().cmp(&b.len()).then_with(|| b.cmp(a));
    }
    let (c, d) = (folded(a), folded(b));
    letters(&c).cmp(&letters(&d)).then_with(|| c.cmp(&d)).then_with(|| b.cmp(a))
}

fn folded(text: &str) -> String {
    text.nfd().flat_map(char::to_lowercase).collect()
}

fn letters(folded: &str) -> String {
    folded.chars().filter(|it| !is_combining_mark(*it)).collect()
}

/// The first letters of a text as a number, which compares as [`collate`] does first of all.
fn digest(text: &str) -> u128 {
    let first = |bytes: &mut dyn Iterator<Item = u8>| {
        (0..16).fold(0, |digest, _| digest << 8 | u128::from(bytes.next().unwrap_or(0)))
    };
    if text.is_ascii() {
        first(&mut text.bytes().map(|it| it.to_ascii_lowercase()))
    } else {
        first(&mut letters(&folded(text)).bytes())
    }
}

impl Person {
    fn sorted_by(&self, field: usize) -> Option<&str> {
        match field {
            0 => Some(&self.id),
            1 => self.texts.get(FIRST_NAME),
            _ => self.texts.get(LAST_NAME),
        }
    }

    /// The same person, for changing: what was written is forgotten.
    pub(super) fn edited(&self) -> Self {
        Self {
            key: self.key.clone(),
            id: self.id.clone(),
            texts: self.texts.clone(),
            company: self.company.clone(),
            enabled: self.enabled,
            email_notifications: self.email_notifications,
            password: self.password.clone(),
            is_admin: self.is_admin,
            avatar: self.avatar.clone(),
            status_updated_at: self.status_updated_at,
            aspects: self.aspects.clone(),
            properties: self.properties.clone(),
            written: Written::default(),
        }
    }

    /// Whether the person may log in: never without a credential, always as an administrator, else
    /// as the switch says (RAD:763-790).
    pub(super) fn is_enabled(&self) -> bool {
        self.is_admin || (self.password.is_some() && self.enabled)
    }

    fn is_guest(&self) -> bool {
        &*self.key == "guest"
    }

    fn names(&self) -> [&str; 2] {
        [FIRST_NAME, LAST_NAME].map(|index| self.texts.get(index).unwrap_or_default())
    }

    /// All that an answer about one person shows beside the person.
    pub(super) fn extras(&self, may_be_changed: bool) -> Extras {
        Extras {
            // Without a credential there is nothing to change, whoever asks (PI:974-989).
            capabilities: Some(self.password.is_some() && may_be_changed),
            aspect_names: true,
            properties: true,
        }
    }

    /// The person as every answer about one person shows it.
    pub(super) fn whole(&self, may_be_changed: bool, usages: Usages) -> Bytes {
        let write = || self.write(self.extras(may_be_changed), usages, None).into();
        if usages.is_some() {
            return write();
        }
        self.written.whole[usize::from(may_be_changed)].get_or_init(write).clone()
    }

    /// The person as an entry of a list, without anything included.
    pub(super) fn listed(&self, usages: Usages) -> Cow<'_, [u8]> {
        let write = || self.write(Extras::default(), usages, None);
        if usages.is_some() {
            return write().into();
        }
        Cow::Borrowed(self.written.listed.get_or_init(|| write().into()))
    }

    /// The person as `{"entry":{…}}`, with the members that are there and wanted.
    pub(super) fn write(
        &self,
        extras: Extras,
        usages: Usages,
        fields: Option<&[String]>,
    ) -> Vec<u8> {
        let is_wanted =
            |name: &str| fields.is_none_or(|fields| fields.iter().any(|field| field == name));
        // A bit for each of the members.
        let mut shown = 0_u32;
        for (place, named) in MEMBERS.iter().enumerate() {
            if is_wanted(named.name) && self.shows(named.member, extras, usages) {
                shown |= 1 << place;
            }
        }
        // The vendor collects members in a Java `HashMap`, which doubles its table, and so changes
        // its order, with the thirteenth (SER:73).
        let order = if shown.count_ones() > 12 { &AMONG_MANY } else { &AMONG_FEW };
        let mut out = Vec::with_capacity(512);
        out.extend_from_slice(b"{\"entry\":{");
        for place in order.iter().filter(|place| shown & 1 << **place != 0) {
            let named = &MEMBERS[*place];
            out.extend_from_slice(named.written.as_bytes());
            self.write_member(&mut out, named.member, extras, usages);
            out.push(b',');
        }
        out.pop_if(|last| *last == b',');
        out.extend_from_slice(b"}}");
        out
    }

    /// Whether the vendor shows a member. Empty and blank strings are left out (SER:98).
    fn shows(&self, member: Member, extras: Extras, usages: Usages) -> bool {
        let is_blank = |text: &str| text.chars().all(char::is_whitespace);
        match member {
            Member::Text(index) => self.texts.get(index).is_some_and(|it| !is_blank(it)),
            Member::Id => !is_blank(&self.id),
            Member::DisplayName => self.names().iter().any(|name| !is_blank(name)),
            // Always there, if only as `{}`.
            Member::Company | Member::Enabled | Member::EmailNotifications => true,
            Member::AvatarId => self.avatar.is_some(),
            Member::StatusUpdatedAt => self.status_updated_at.is_some(),
            Member::Quota | Member::QuotaUsed => usages.is_some(),
            Member::Capabilities => extras.capabilities.is_some(),
            Member::AspectNames => extras.aspect_names && !self.aspects.is_empty(),
            Member::Properties => extras.properties && !self.properties.is_empty(),
        }
    }

    fn write_member(&self, out: &mut Vec<u8>, member: Member, extras: Extras, usages: Usages) {
        match member {
            Member::Text(index) => write_json(out, &self.texts.get(index)),
            Member::Id => write_json(out, &*self.id),
            Member::DisplayName => self.write_display_name(out),
            Member::Company => self.write_company(out),
            Member::Enabled => write_json(out, &self.is_enabled()),
            Member::EmailNotifications => write_json(out, &self.email_notifications),
            Member::AvatarId => write_json(out, &self.avatar.as_ref().map(|it| it.id)),
            Member::StatusUpdatedAt => write_json(out, &self.status_updated_at.map(date)),
            Member::Quota => write_json(out, &usages),
            Member::QuotaUsed => {
                write_json(out, &self.avatar.as_ref().map_or(0, |avatar| avatar.uploaded));
            }
            Member::Capabilities => {
                for (name, is_so) in [
                    (r#"{"isGuest":"#, self.is_guest()),
                    (r#","isAdmin":"#, self.is_admin),
                    (r#","isMutable":"#, extras.capabilities.unwrap_or_default()),
                ] {
                    out.extend_from_slice(name.as_bytes());
                    write_json(out, &is_so);
                }
                out.push(b'}');
            }
            Member::AspectNames => write_json(out, &self.aspects),
            Member::Properties => {
                write_object(out, self.properties.iter().map(|(name, value)| (&**name, value)));
            }
        }
    }

    /// Both names with a blank between them, trimmed; either may be missing (PM:614).
    fn write_display_name(&self, out: &mut Vec<u8>) {
        let [first, last] = self.names();
        match [first.trim_start(), last.trim_end()] {
            ["", last] => write_json(out, last.trim_start()),
            [first, ""] => write_json(out, first.trim_end()),
            [first, last] => {
                write_json(out, first);
                // The closing quote goes, and the opening one of the other becomes the blank.
                out.pop();
                let between = out.len();
                write_json(out, last);
                out[between] = b' ';
            }
        }
    }

    /// Inside of it blanks are kept.
    fn write_company(&self, out: &mut Vec<u8>) {
        let members = COMPANY.into_iter().zip(self.company.iter()).filter_map(|(name, value)| {
            value.filter(|value| !value.is_empty()).map(|value| (name, value))
        });
        write_object(out, members);
    }
}

fn write_json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    // Memory takes what it is given, and texts, numbers and flags are all JSON.
    let _ = serde_json::to_writer(out, value);
}

fn write_object<'a>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'a str, impl Serialize)>) {
    out.push(b'{');
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_json(out, name);
        out.push(b':');
        write_json(out, &value);
    }
    out.push(b'}');
}

/// The storage quota of every person in bytes, where usages are switched on (`storageQuotaBytes`).
pub(super) type Usages = Option<u64>;

/// The members that not every answer shows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Extras {
    /// Shown with this `isMutable`, if at all.
    pub capabilities: Option<bool>,
    pub aspect_names: bool,
    pub properties: bool,
}

/// A date as the vendor writes it: UTC, three digits, and an offset without a colon.
pub(super) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}

/// What a member of a person's JSON shows.
#[derive(Clone, Copy, Debug)]
enum Member {
    /// One of [`TEXTS`].
    Text(usize),
    Id,
    DisplayName,
    Company,
    Enabled,
    EmailNotifications,
    AvatarId,
    StatusUpdatedAt,
    Quota,
    QuotaUsed,
    Capabilities,
    AspectNames,
    Properties,
}

/// A member with its name.
struct Named {
    name: &'static str,
    /// The name as it stands before the value.
    written: &'static str,
    member: Member,
    /// Its place in the order of a Java `HashMap` of thirteen to twenty-four.
    among_many: usize,
}

macro_rules! members {
    ($($name:literal => $member:expr, $among_many:literal;)*) => {
        [$(Named {
            name: $name,
            written: concat!("\"", $name, "\":"),
            member: $member,
            among_many: $among_many,
        }),*]
    };
}

/// The members in the order of a Java `HashMap` of up to twelve, each with its place among more.
static MEMBERS: [Named; 24] = members! {
    "googleId" => Member::Text(5), 0;
    "aspectNames" => Member::AspectNames, 12;
    "firstName" => Member::Text(0), 13;
    "lastName" => Member::Text(1), 1;
    "skypeId" => Member::Text(4), 14;
    "avatarId" => Member::AvatarId, 15;
    "userStatus" => Member::Text(11), 2;
    "capabilities" => Member::Capabilities, 3;
    "instantMessageId" => Member::Text(6), 16;
    "displayName" => Member::DisplayName, 4;
    "quotaUsed" => Member::QuotaUsed, 17;
    "jobTitle" => Member::Text(7), 5;
    "statusUpdatedAt" => Member::StatusUpdatedAt, 6;
    "quota" => Member::Quota, 18;
    "mobile" => Member::Text(9), 7;
    "emailNotificationsEnabled" => Member::EmailNotifications, 8;
    "description" => Member::Text(2), 9;
    "location" => Member::Text(8), 19;
    "telephone" => Member::Text(10), 10;
    "company" => Member::Company, 20;
    "id" => Member::Id, 21;
    "enabled" => Member::Enabled, 11;
    "email" => Member::Text(3), 22;
    "properties" => Member::Properties, 23;
};

/// The places in [`MEMBERS`] in the order of up to twelve members.
static AMONG_FEW: [usize; MEMBERS.len()] = places(false);
/// The same for more members.
static AMONG_MANY: [usize; MEMBERS.len()] = places(true);

const fn places(are_many: bool) -> [usize; MEMBERS.len()] {
    let mut places = [0; MEMBERS.len()];
    let mut place = 0;
    while place < places.len() {
        places[if are_many { MEMBERS[place].among_many } else { place }] = place;
        place += 1;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bucket of a name in a Java `HashMap` whose table has this size.
    fn bucket(name: &str, table: u32) -> u32 {
        let hash = name
            .encode_utf16()
            .fold(0_u32, |hash, it| hash.wrapping_mul(31).wrapping_add(it.into()));
        (hash ^ (hash >> 16)) & (table - 1)
    }

    #[test]
    fn members_stand_in_the_order_of_a_java_hash_map() {
        let few = MEMBERS.iter().map(|it| bucket(it.name, 16));
        assert!(few.is_sorted());
        let mut many: Vec<_> = MEMBERS.iter().collect();
        many.sort_by_key(|it| it.among_many);
        assert!(many.iter().map(|it| bucket(it.name, 32)).is_sorted());
        assert!(many.iter().map(|it| it.among_many).eq(0..MEMBERS.len()));
    }

    #[test]
    fn a_member_shows_the_text_of_its_name() {
        for Named { name, member, .. } in &MEMBERS {
            if let Member::Text(index) = member {
                assert_eq!(TEXTS[*index], *name);
            }
        }
    }

    #[test]
    fn a_digest_never_contradicts_the_comparison() {
        let names = [
            "",
            "a",
            "A",
            "a\0",
            "Élan",
            "elan",
            "sixteen letters and a b",
            "ж",
            "sixteen letters and B",
        ];
        for (a, b) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))) {
            let by_digest = digest(a).cmp(&digest(b));
            assert!(by_digest.is_eq() || by_digest == collate(a, b), "{a:?} {b:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_display_name_is_both_names_with_a_blank_between_them_trimmed(
            first in proptest::option::of("[ \ta\"é]{0,3}"),
            last in proptest::option::of("[ \ta\"é]{0,3}"),
        ) {
            let mut texts = [None; TEXTS.len()];
            (texts[FIRST_NAME], texts[LAST_NAME]) = (first.as_deref(), last.as_deref());
            let person = Person { texts: texts.into(), ..Person::default() };
            let mut out = Vec::new();
            person.write_display_name(&mut out);
            let [first, last] = person.names();
            let expected = [first, " ", last].concat().trim().to_owned();
            proptest::prop_assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), expected);
        }

        #[test]
        fn names_are_compared_as_all_their_letters_are_without_accents_and_then_with_them(
            a in "[abAB\u{0}\u{301}\u{e9}\u{212a}\u{436}]{0,4}",
            b in "[abAB\u{0}\u{301}\u{e9}\u{212a}\u{436}]{0,4}",
        ) {
            let levels = |name: &str| (letters(&folded(name)), folded(name));
            let expected = levels(&a).cmp(&levels(&b)).then_with(|| b.cmp(&a));
            proptest::prop_assert_eq!(collate(&a, &b), expected);
            let by_digest = digest(&a).cmp(&digest(&b));
            proptest::prop_assert!(by_digest.is_eq() || by_digest == expected);
        }
    }

    #[test]
    fn names_are_compared_without_case_and_accents_first() {
        let mut names = ["b", "Élan", "a", "B", "elan", "Elba", "A", "é"];
        names.sort_by(|a, b| collate(a, b));
        assert_eq!(names, ["a", "A", "b", "B", "é", "elan", "Élan", "Elba"]);
    }
}
