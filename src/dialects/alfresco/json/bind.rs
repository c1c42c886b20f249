//! Binds tokens to beans and lists, with the reference chain of what goes wrong.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::fault::Fault;
use super::tokens::{Asked, Token, Tokens};
use super::{Bean, Class, Slot, Type, coerce, text, value};

/// Reads a whole body as one bean.
pub(super) fn one<'a>(source: &'a str, class: &'static Class) -> Result<Option<Bean<'a>>, Fault> {
    let mut tokens = Tokens::new(source);
    match tokens.next()? {
        Token::End => Err(Fault::empty_body()),
        Token::Null => Ok(None),
        _ => bean(&mut tokens, class).map(Some),
    }
}

/// Reads a whole body as a list of beans (`CollectionDeserializer`).
pub(super) fn list<'a>(
    source: &'a str,
    class: &'static Class,
) -> Result<Vec<Option<Bean<'a>>>, Fault> {
    let mut tokens = Tokens::new(source);
    let mut beans = Vec::new();
    match tokens.next()? {
        Token::End => return Err(Fault::empty_body()),
        Token::Null => {}
        Token::ArrayStart => loop {
            match tokens.next()? {
                Token::ArrayEnd => break,
                Token::Null => beans.push(None),
                _ => {
                    let step = || format!("java.util.ArrayList[{}]", beans.len());
                    let it = bean(&mut tokens, class).map_err(|it| it.inside(step))?;
                    beans.push(Some(it));
                }
            }
        },
        _ => {
            // A string is looked at for being empty before it is taken as the only element, so what is wrong inside it has no chain yet.
            let string = match tokens.token {
                Token::Text => Some(tokens.read_text()?),
                _ => None,
            };
            let it = match string {
                Some(string) => Err(no_bean_from_text(&tokens, class.name, None, &string)),
                None => bean(&mut tokens, class),
            };
            // The chain names the element's class where it should name the list's: Jackson's slip.
            beans.push(Some(it.map_err(|it| it.inside(|| format!("{}[0]", class.name)))?));
        }
    }
    Ok(beans)
}

/// Reads a bean whose first token is the current one (`BeanDeserializer`).
fn bean<'a>(tokens: &mut Tokens<'a>, class: &'static Class) -> Result<Bean<'a>, Fault> {
    match tokens.token {
        Token::ObjectStart => {}
        Token::Text => {
            let string = tokens.read_text()?;
            return Err(no_bean_from_text(tokens, class.name, None, &string));
        }
        Token::Int | Token::Float | Token::True | Token::False => {
            return Err(no_bean_from_scalar(tokens, class.name));
        }
        _ => return Err(coerce::mismatch(tokens, class.name)),
    }
    let mut bean = Bean::new(class);
    let mut asked = Asked::AsToken;
    while let Some(name) = tokens.next_name(asked)? {
        asked = Asked::AsName;
        let step = || format!("{}[\"{name}\"]", class.name);
        let Some((mark, kind)) = class.property(&name) else {
            return Err(unknown(tokens, class, &name).inside(step));
        };
        tokens.next()?;
        bean.put(mark, property(tokens, kind).map_err(|it| it.inside(step))?);
    }
    Ok(bean)
}

/// Reads a property's value, whose first token is the current one.
fn property<'a>(tokens: &mut Tokens<'a>, kind: Type) -> Result<Slot<'a>, Fault> {
    if tokens.token == Token::Null {
        return Ok(Slot::Null);
    }
    let slot = match kind {
        Type::Text => coerce::text(tokens)?.map(Slot::Text),
        Type::Flag => coerce::flag(tokens)?.map(Slot::Flag),
        Type::Date => coerce::date(tokens)?.map(|()| Slot::Checked),
        Type::Count => coerce::count(tokens)?.map(|_| Slot::Checked),
        Type::Node => Some(Slot::Text(coerce::node(tokens)?)),
        Type::Texts => Some(Slot::Texts(texts(tokens)?)),
        Type::Map => Some(Slot::Map(map(tokens)?)),
        Type::Flags => {
            flags(tokens)?;
            Some(Slot::Checked)
        }
        Type::Object(class) => Some(Slot::Object(bean(tokens, class)?)),
    };
    Ok(slot.unwrap_or(Slot::Null))
}

/// Reads a list of strings (`StringCollectionDeserializer`), whose chain covers the search for the next item too.
fn texts(tokens: &mut Tokens<'_>) -> Result<Vec<Option<String>>, Fault> {
    let mut texts = Vec::new();
    if tokens.token != Token::ArrayStart {
        let only = bare_item(tokens)?;
        return Ok(vec![only]);
    }
    loop {
        let item = tokens.next().and_then(|token| match token {
            Token::ArrayEnd => Ok(None),
            Token::Null => Ok(Some(None)),
            _ => item(tokens).map(Some),
        });
        match item.map_err(|it| it.inside(|| format!("java.util.ArrayList[{}]", texts.len())))? {
            Some(it) => texts.push(it),
            None => return Ok(texts),
        }
    }
}

fn item(tokens: &mut Tokens<'_>) -> Result<Option<String>, Fault> {
    Ok(coerce::text(tokens)?.map(Cow::into_owned))
}

/// Reads a bare scalar as the only item of a list; a string is read before the list begins, so what is wrong inside it is not "in" the list.
fn bare_item(tokens: &mut Tokens<'_>) -> Result<Option<String>, Fault> {
    let is_string = tokens.token == Token::Text;
    item(tokens).map_err(|it| {
        if is_string { it } else { it.inside(|| "java.util.ArrayList[0]".to_owned()) }
    })
}

/// Reads a `Map<String, Object>` (`MapDeserializer`).
fn map(tokens: &mut Tokens<'_>) -> Result<Vec<(String, Value)>, Fault> {
    expect_map(tokens, "java.util.LinkedHashMap<java.lang.String,java.lang.Object>")?;
    let mut entries: Vec<(String, Value)> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    while let Some(key) = tokens.next_name(Asked::AsName)? {
        tokens.next()?;
        let it = value::read(tokens)?;
        if let Some(entry) = places.get(&key).and_then(|place| entries.get_mut(*place)) {
            entry.1 = it;
        } else {
            entries.push((key.to_string(), it));
            places.insert(key, entries.len() - 1);
        }
    }
    Ok(entries)
}

/// Checks a `Map<String, Boolean>`.
fn flags(tokens: &mut Tokens<'_>) -> Result<(), Fault> {
    expect_map(tokens, "java.util.LinkedHashMap<java.lang.String,java.lang.Boolean>")?;
    while let Some(key) = tokens.next_name(Asked::AsName)? {
        if tokens.next()? != Token::Null {
            coerce::flag(tokens)
                .map_err(|it| it.inside_map(|| format!("java.util.LinkedHashMap[\"{key}\"]")))?;
        }
    }
    Ok(())
}

fn expect_map(tokens: &mut Tokens<'_>, full_name: &str) -> Result<(), Fault> {
    match tokens.token {
        Token::ObjectStart => Ok(()),
        Token::Text => {
            let string = tokens.read_text()?;
            let target = "element of `java.util.LinkedHashMap`";
            Err(no_bean_from_text(tokens, "java.util.LinkedHashMap", Some(target), &string))
        }
        _ => Err(coerce::mismatch(tokens, full_name)),
    }
}

fn unknown(tokens: &Tokens<'_>, class: &Class, name: &str) -> Fault {
    let known: Vec<String> = class.properties.iter().map(|(it, _)| format!("\"{it}\"")).collect();
    let count = match known.len() {
        1 => "one known property".to_owned(),
        n_known => format!("{n_known} known properties"),
    };
    let text = format!(
        "Unrecognized field \"{name}\" (class {}), not marked as ignorable ({count}: {})",
        class.name,
        known.join(", ")
    );
    Fault::binding(text, tokens.at)
}

/// Refuses a string where an object is due; blank ones are called empty, whatever is in them.
fn no_bean_from_text(tokens: &Tokens<'_>, name: &str, target: Option<&str>, string: &str) -> Fault {
    if text::trim(string).is_empty() {
        let target = target.map_or_else(|| format!("`{name}` value"), str::to_owned);
        let text = format!(
            "Cannot coerce empty String (\"\") to {target} (but could if coercion was enabled using `CoercionConfig`)"
        );
        return Fault::binding(text, tokens.start);
    }
    let string = text::trim(string);
    let why = format!(
        "no String-argument constructor/factory method to deserialize from String value ('{string}')"
    );
    no_bean(tokens, name, &why)
}

fn no_bean_from_scalar(tokens: &Tokens<'_>, name: &str) -> Fault {
    let (kind, what, shown) = match tokens.token {
        Token::True | Token::False => ("boolean/Boolean", "boolean", tokens.raw().to_owned()),
        Token::Float => ("double/Double", "Number", coerce::shown_float(tokens.raw())),
        _ => coerce::shown_int(tokens.raw()),
    };
    let why = format!(
        "no {kind}-argument constructor/factory method to deserialize from {what} value ({shown})"
    );
    no_bean(tokens, name, &why)
}

fn no_bean(tokens: &Tokens<'_>, name: &str, why: &str) -> Fault {
    let text = format!(
        "Cannot construct instance of `{name}` (although at least one Creator exists): {why}"
    );
    Fault::binding(text, tokens.start)
}
