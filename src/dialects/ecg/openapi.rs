//! What the vendor's OpenAPI document says beyond the tables. The schemas of bodies and queries are
//! made from the rules that check them, so that the two can't differ; all else is in `openapi.json`.

use serde_json::{Map, Value, json};

use super::requests;
use super::validation::{Nested, Property, Rule};
use crate::openapi;

/// The description of this vendor's API.
pub(super) fn description() -> Value {
    let query: Vec<_> = requests::AUDIT_TRAILS.iter().map(parameter).collect();
    let mut description = json!({
        "operations": { "getAuditTrails": { "parameters": query } },
        "components": { "schemas": {
            "NewPerson": object(requests::PERSON),
            "NewUserAccount": object(requests::ACCOUNT),
            "UserAccountUpdate": object(requests::ACCOUNT_EMAIL),
            "PasswordChange": object(requests::PASSWORDS),
            "Resync": object(requests::RESYNC),
            "ResyncBatch": object(requests::RESYNC_BATCH),
        } },
    });
    openapi::merge(&mut description, openapi::read(include_str!("openapi.json")));
    description
}

fn parameter(property: &Property) -> Value {
    json!({
        "name": property.name,
        "in": "query",
        "required": !property.is_optional,
        "schema": schema(property),
    })
}

fn object(properties: &[Property]) -> Value {
    let required: Vec<_> =
        properties.iter().filter(|it| !it.is_optional).map(|it| it.name).collect();
    let members: Map<_, _> = properties
        .iter()
        .map(|property| {
            let mut schema = schema(property);
            if property.is_optional {
                schema = json!({ "anyOf": [schema, { "type": "null" }] });
            }
            (property.name.to_owned(), schema)
        })
        .collect();
    json!({
        "type": "object",
        "required": required,
        "properties": members,
        "additionalProperties": false,
    })
}

fn schema(property: &Property) -> Value {
    let mut schema = match property.nested {
        Nested::No => json!({}),
        Nested::One(properties) => object(properties),
        Nested::Each(properties) => json!({ "items": object(properties) }),
    };
    // The rule that stands highest in the vendor's source has the last word on a pattern.
    for rule in property.rules.iter().rev() {
        openapi::merge(&mut schema, rule.schema());
    }
    schema
}

impl Rule {
    /// The rule as far as JSON Schema can say it.
    fn schema(&self) -> Value {
        match self {
            Self::IsString => json!({ "type": "string" }),
            Self::IsNotEmpty => json!({ "minLength": 1, "pattern": "\\S" }),
            Self::MinLength(least) => json!({ "minLength": least }),
            Self::MaxLength(most) => json!({ "maxLength": most }),
            Self::IsEmail => json!({ "type": "string", "format": "email", "maxLength": 254 }),
            Self::IsBoolean => json!({ "type": "boolean" }),
            Self::IsUuid => json!({ "type": "string", "format": "uuid" }),
            Self::IsDay => json!({ "type": "string", "format": "date" }),
            Self::MaxToday => json!({ "description": "Not after today." }),
            Self::IsDateTime => json!({ "type": "string", "format": "date-time" }),
            Self::Matches(_, expression) => json!({ "pattern": expression.trim_matches('/') }),
            Self::IsIn(values) => json!({ "type": "string", "enum": values }),
            Self::IsInt => json!({ "type": "integer" }),
            Self::Min(least) => json!({ "minimum": least }),
            Self::Max(most) => json!({ "maximum": most }),
            Self::IsObject => json!({ "type": "object" }),
            Self::IsArray => json!({ "type": "array" }),
            Self::ArrayNotEmpty => json!({ "minItems": 1 }),
            Self::ArrayMaxSize(most) => json!({ "maxItems": most }),
            Self::ArrayUnique => json!({ "uniqueItems": true }),
            Self::IsStrongPassword => json!({
                "format": "password",
                "description": "With a lower-case letter, a capital, a digit and a special character.",
            }),
            Self::Each(rule) => json!({ "items": rule.schema() }),
        }
    }
}
