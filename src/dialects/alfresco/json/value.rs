//! Free values, as Jackson's `UntypedObjectDeserializer` reads them with the vendor's string deserializer: "" is null at every depth.

use serde_json::{Map, Number, Value};

use super::fault::Fault;
use super::text;
use super::tokens::{Asked, Token, Tokens};

/// A container that waits for its next item.
enum Holder {
    List(Vec<Value>),
    /// The entries so far, and the name of the next one.
    Object(Map<String, Value>, String),
}

/// Reads the value whose first token is the current one; keeps its own stack, so a client's nesting costs no stack of ours.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Result<Value, Fault> {
    let mut holders = Vec::new();
    loop {
        let finished = match tokens.token {
            Token::ObjectStart => match tokens.next_name(Asked::AsName)? {
                Some(name) => {
                    holders.push(Holder::Object(Map::new(), name.into_owned()));
                    tokens.next()?;
                    continue;
                }
                None => Value::Object(Map::new()),
            },
            Token::ArrayStart => {
                if tokens.next()? != Token::ArrayEnd {
                    holders.push(Holder::List(Vec::new()));
                    continue;
                }
                Value::Array(Vec::new())
            }
            _ => scalar(tokens)?,
        };
        if let Some(whole) = hand_up(tokens, &mut holders, finished)? {
            return Ok(whole);
        }
    }
}

/// Puts a finished value into its container, and finished containers into theirs; `None` while there is more to read.
fn hand_up(
    tokens: &mut Tokens<'_>,
    holders: &mut Vec<Holder>,
    mut finished: Value,
) -> Result<Option<Value>, Fault> {
    while let Some(holder) = holders.pop() {
        match holder {
            Holder::List(mut items) => {
                items.push(finished);
                if tokens.next()? != Token::ArrayEnd {
                    holders.push(Holder::List(items));
                    return Ok(None);
                }
                finished = Value::Array(items);
            }
            Holder::Object(mut entries, name) => {
                entries.insert(name, finished);
                if let Some(name) = tokens.next_name(Asked::AsName)? {
                    holders.push(Holder::Object(entries, name.into_owned()));
                    tokens.next()?;
                    return Ok(None);
                }
                finished = Value::Object(entries);
            }
        }
    }
    Ok(Some(finished))
}

fn scalar(tokens: &mut Tokens<'_>) -> Result<Value, Fault> {
    Ok(match tokens.token {
        Token::Text => match tokens.read_text()? {
            it if it.is_empty() => Value::Null,
            it => Value::String(it.into_owned()),
        },
        Token::Int => integer(tokens.raw()),
        Token::Float => float(tokens.raw()),
        Token::True => Value::Bool(true),
        Token::False => Value::Bool(false),
        _ => Value::Null,
    })
}

/// What is beyond a `long` is a `BigInteger` in Java, and here the text of its digits, which is also what the vendor stores in a text property.
fn integer(raw: &str) -> Value {
    raw.parse::<i64>().map_or_else(|_| Value::String(raw.to_owned()), Value::from)
}

/// An infinite `double` is Java's word for it, because no JSON number can be infinite.
fn float(raw: &str) -> Value {
    let number = raw.parse().unwrap_or(f64::NAN);
    Number::from_f64(number).map_or_else(|| Value::String(text::java_double(number)), Value::Number)
}
