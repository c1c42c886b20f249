//! What the vendor's OpenAPI document says beyond the tables. The schemas of bodies are made from
//! the classes that bodies are read into, so that the two can't differ; all else is in
//! `openapi.json`.

use serde_json::{Map, Value, json};

use super::json::{CLIENT, Class, LOGIN_TICKET, PASSWORD_RESET, PERSON, Type};
use crate::openapi;

/// Members of a person that are in its class and that no request may have.
const DERIVED: [&str; 4] = ["statusUpdatedAt", "avatarId", "quota", "quotaUsed"];

/// The description of this vendor's API.
pub(super) fn description() -> Value {
    let new = PERSON.schema(&DERIVED, &["id", "firstName", "email", "password"]);
    let update = PERSON.schema(&[&DERIVED[..], &["id"]].concat(), &[]);
    let mut description = json!({ "components": { "schemas": {
        "NewPerson": new,
        "PersonUpdate": update,
        "Client": CLIENT.schema(&[], &["client"]),
        "PasswordReset": PASSWORD_RESET.schema(&[], &["password", "id", "key"]),
        "Login": LOGIN_TICKET.schema(&["id"], &["userId", "password"]),
    } } });
    openapi::merge(&mut description, openapi::read(include_str!("openapi.json")));
    description
}

impl Class {
    /// What a client should send; the vendor's reader takes more, such as numbers for texts.
    fn schema(&self, without: &[&str], required: &[&str]) -> Value {
        let members = self.properties.iter().filter(|(name, _)| !without.contains(name));
        let properties: Map<_, _> = members
            .map(|(name, kind)| {
                let schema = match kind {
                    _ if required.contains(name) => json!({ "type": "string", "minLength": 1 }),
                    // An update doesn't take null here, and a new person is asked for them anyway.
                    _ if ["firstName", "email", "password", "oldPassword"].contains(name) => {
                        json!({ "type": "string", "minLength": 1 })
                    }
                    kind => kind.schema(),
                };
                ((*name).to_owned(), schema)
            })
            .collect();
        json!({
            "type": "object",
            "required": required,
            "properties": properties,
            "additionalProperties": false,
        })
    }
}

impl Type {
    fn schema(self) -> Value {
        match self {
            Self::Text | Self::Node => json!({ "type": ["string", "null"] }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Date => json!({ "$ref": "#/components/schemas/Date" }),
            Self::Count => json!({ "type": "integer" }),
            Self::Texts => json!({ "type": ["array", "null"], "items": { "type": "string" } }),
            Self::Map => json!({ "type": ["object", "null"] }),
            Self::Flags => json!({
                "type": ["object", "null"],
                "additionalProperties": { "type": "boolean" },
            }),
            Self::Object(class) => class.schema(&[], &[]),
        }
    }
}
