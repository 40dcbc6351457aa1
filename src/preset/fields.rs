//! The fields of a preset's text, and in plain words what one of them cannot be.

use crate::impulse::recipe::Source;
use crate::library::fingerprint::FileHash;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use toml::{Spanned, Table, Value};

/// Where a text cannot be read, and why.
pub(super) type Wrong = (usize, String);

/// Fields that a table of an impulse may have.
const OF_IMPULSE: [&str; 11] =
    ["kind", "id", "path", "left", "right", "hash", "size", "left_hash", "left_size", "right_hash", "right_size"];

/// The fields at the top of a text.
pub(super) struct Fields<'a> {
    text: &'a str,
    values: BTreeMap<String, Spanned<Value>>,
}

impl<'a> Fields<'a> {
    /// Of a text.
    ///
    /// # Errors
    /// The line in which it is no TOML.
    pub(super) fn of(text: &'a str) -> Result<Self, Wrong> {
        let values = toml::from_str(text).map_err(|error| {
            let line = line(text, error.span().map_or(0, |span| span.start));
            // The crate names a type of its own.
            let is_large = error.message().contains("i128");
            let reason = if is_large { "a number is too large".to_owned() } else { error.message().to_owned() };
            (line, reason)
        })?;
        Ok(Self { text, values })
    }

    /// A field, if it is there; `expected` says what it is to be.
    ///
    /// # Errors
    /// Its line, and what it is instead.
    pub(super) fn get<T: DeserializeOwned>(&self, name: &str, expected: &str) -> Result<Option<T>, Wrong> {
        let Some(value) = self.values.get(name) else { return Ok(None) };
        let read = T::deserialize(value.get_ref().clone());
        let wrong = |_| (line(self.text, value.span().start), is_no(name, value.get_ref(), expected));
        read.map(Some).map_err(wrong)
    }
}

/// The line, from 1 on, of a byte.
fn line(text: &str, byte: usize) -> usize {
    1 + text.as_bytes()[..byte.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

/// What a field is, and what it is to be.
fn is_no(name: &str, found: &Value, expected: &str) -> String {
    let found = match found {
        Value::Table(_) => "a table".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    };
    format!("{name} is {found}, and is to be {expected}")
}

/// The source that a table says.
///
/// # Errors
/// A sentence.
pub(super) fn source_of(table: &Table) -> Result<Source, String> {
    Source::deserialize(table.clone()).map_err(|error| {
        let kinds = "\"space\", \"file\" or \"pair\"";
        let needed: &[&str] = match table.get("kind") {
            None => return format!("it has no kind, which is {kinds}"),
            Some(Value::String(kind)) if kind == "space" => &["id"],
            Some(Value::String(kind)) if kind == "file" => &["path"],
            Some(Value::String(kind)) if kind == "pair" => &["left", "right"],
            Some(other) => return is_no("its kind", other, kinds),
        };
        let wrong = |name: &&str| match table.get(*name) {
            None => Some(format!("it has no {name}")),
            Some(Value::String(_)) => None,
            Some(other) => Some(is_no(&format!("its {name}"), other, "a text")),
        };
        needed.iter().find_map(wrong).unwrap_or_else(|| error.message().to_owned())
    })
}

/// Fields of an impulse's table that say nothing, and why.
pub(super) fn ignored(table: &Table) -> impl Iterator<Item = String> {
    table.iter().filter_map(|(name, value)| {
        if !OF_IMPULSE.contains(&name.as_str()) {
            return Some(format!("{name} is unknown"));
        }
        let (is_read, expected) = if name.ends_with("hash") {
            (FileHash::deserialize(value.clone()).is_ok(), "64 hexadecimal digits, as b3sum prints them")
        } else if name.ends_with("size") {
            (u64::deserialize(value.clone()).is_ok(), "a number of bytes")
        } else {
            return None;
        };
        (!is_read).then(|| is_no(name, value, expected))
    })
}
