//! What each operation takes: the vendor's data transfer objects, as facts §4.2 has them.

use super::password::{LEAST, MOST, has_no_outer_blanks};
use super::validation::Nested::{Each as EachOf, No, One};
use super::validation::Rule::{
    ArrayMaxSize, ArrayNotEmpty, ArrayUnique, Each, IsArray, IsBoolean, IsDateTime, IsDay, IsEmail,
    IsIn, IsInt, IsNotEmpty, IsObject, IsString, IsStrongPassword, IsUuid, Matches, Max, MaxLength,
    MaxToday, Min, MinLength,
};
use super::validation::{Nested, Property, Rule};

/// How many phone numbers or addresses a person has at most. Our own bound: without one a patch
/// could make a list on which each further change costs more.
pub(super) const MOST_ELEMENTS: usize = 100;

/// How many ids a batch has at most (facts §4.2 #11).
const MOST_IDS: usize = 100;

const TEXT: &[Rule] = &[MaxLength(255), IsNotEmpty, IsString];
const NAME: &[Rule] = &[MaxLength(255), IsString];
const PASSWORD: &[Rule] = &[
    IsStrongPassword,
    Matches(has_no_outer_blanks, r"/^\S(.*\S)?$/"),
    MaxLength(MOST),
    MinLength(LEAST),
    IsString,
];
const LIST: &[Rule] = &[ArrayMaxSize(MOST_ELEMENTS), IsArray];

const fn needed(name: &'static str, rules: &'static [Rule]) -> Property {
    Property { name, is_optional: false, rules, nested: No }
}

const fn optional(name: &'static str, rules: &'static [Rule]) -> Property {
    Property { name, is_optional: true, rules, nested: No }
}

const fn list(name: &'static str, of: &'static [Property]) -> Property {
    Property { name, is_optional: true, rules: LIST, nested: EachOf(of) }
}

const PHONE_NUMBER: &[Property] = &[
    needed("number", &[Matches(is_phone_number, "/^[0-9+\\-() ]{3,20}$/"), IsNotEmpty, IsString]),
    optional("extension", NAME),
    optional("type", TEXT),
];

const PLACE: &[Property] = &[
    needed("addressLine1", TEXT),
    optional("addressLine2", NAME),
    needed("city", TEXT),
    needed("stateProvinceCode", TEXT),
    needed("postalCode", TEXT),
    needed("countryCode", &[Matches(is_country_code, "/^[A-Za-z]{2}$/"), IsString]),
];

const ADDRESS: &[Property] = &[
    optional(
        "types",
        &[
            Each(&MaxLength(255)),
            Each(&IsNotEmpty),
            Each(&IsString),
            ArrayMaxSize(MOST_ELEMENTS),
            ArrayNotEmpty,
            IsArray,
        ],
    ),
    Property { name: "address", is_optional: false, rules: &[IsObject], nested: One(PLACE) },
    optional("crossStreet", NAME),
    optional("lockBox", NAME),
];

/// A new person; a patch sets the same properties.
pub(super) const PERSON: &[Property] = &[
    needed("firstName", TEXT),
    needed("lastName", TEXT),
    optional("nickName", NAME),
    optional("dateOfBirth", &[MaxToday, IsDay]),
    optional("contactEmailAddress", &[IsEmail]),
    optional("isProvider", &[IsBoolean]),
    optional("locale", TEXT),
    optional("timezoneId", TEXT),
    optional("organizationId", &[IsUuid]),
    list("phoneNumbers", PHONE_NUMBER),
    list("addresses", ADDRESS),
];

/// One element of `phoneNumbers`, as a patch adds it.
pub(super) const ONE_PHONE_NUMBER: Property = element("phoneNumbers", PHONE_NUMBER);
/// One element of `addresses`, as a patch adds it.
pub(super) const ONE_ADDRESS: Property = element("addresses", ADDRESS);

const fn element(name: &'static str, of: &'static [Property]) -> Property {
    Property { name, is_optional: false, rules: &[IsObject], nested: Nested::One(of) }
}

/// A new account.
pub(super) const ACCOUNT: &[Property] = &[
    needed("emailAddress", &[IsEmail]),
    optional("temporaryPassword", PASSWORD),
    optional("sendCredentials", &[IsBoolean]),
];

/// Another address for an account, and its new password.
pub(super) const ACCOUNT_EMAIL: &[Property] =
    &[needed("emailAddress", &[IsEmail]), needed("password", PASSWORD)];

/// A change of one's password. The old one isn't held to today's policy.
pub(super) const PASSWORDS: &[Property] =
    &[needed("oldPassword", &[IsNotEmpty, IsString]), needed("newPassword", PASSWORD)];

/// A person to be synced again.
pub(super) const RESYNC: &[Property] = &[needed("personId", &[IsUuid])];

/// People to be synced again.
pub(super) const RESYNC_BATCH: &[Property] = &[needed(
    "personIds",
    &[Each(&IsUuid), ArrayUnique, ArrayMaxSize(MOST_IDS), ArrayNotEmpty, IsArray],
)];

/// The query of a list of audit trails (facts §2.3, §4.2 #10). `include` is taken and ignored.
pub(super) const AUDIT_TRAILS: &[Property] = &[
    optional("order_by", &[IsIn(&["ASC", "DESC"])]),
    optional("skip", &[Min(0), IsInt]),
    optional("take", &[Max(100), Min(1), IsInt]),
    optional("sort_by", &[IsIn(&["modifiedAt", "action"])]),
    optional("searchTerm", &[IsIn(&["UPDATE", "DELETE", "INSERT"])]),
    optional("include", &[]),
    optional("dateRangeType", &[IsIn(super::query::DATE_RANGE_TYPES)]),
    optional("from", &[IsDateTime]),
    optional("to", &[IsDateTime]),
];

/// What the body of an operation has, if that is an object.
pub(super) fn of(operation: &str) -> &'static [Property] {
    match operation {
        "addPerson" => PERSON,
        "addUserAccount" => ACCOUNT,
        "updateAccountEmail" => ACCOUNT_EMAIL,
        "changePassword" => PASSWORDS,
        "resync" => RESYNC,
        "resyncBatch" => RESYNC_BATCH,
        _ => &[],
    }
}

/// Three to twenty digits, blanks and signs (facts §4.2 #3).
fn is_phone_number(text: &str) -> bool {
    (3..=20).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_digit() || b"+-() ".contains(&it))
}

fn is_country_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|it| it.is_ascii_alphabetic())
}
