//! A roster as YAML. The file is read into a tree with places first, because serde would stop at the first mistake.

use super::draft::{Cell, PartyDraft, SystemDraft};
use super::mistake::{Mistakes, Place};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;
use std::fmt;

const TOP: [&str; 3] = ["format", "municipalities", "counterparts"];
const PARTY: [&str; 7] = ["name", "class", "county", "population", "group", "systems", "counterparts"];
const SYSTEM: [&str; 8] =
    ["supplier", "system", "version", "handler", "handler_version", "carrier", "apprec", "messages"];

pub(super) fn drafts(text: &str, mistakes: &mut Mistakes) -> Vec<PartyDraft> {
    // YAML 1.2: `NO` is a word. Numbers are read as they are written: version 5.10 is not 5.1.
    let options = serde_saphyr::options! { strict_booleans: true, leading_zero_numbers_as_strings: true };
    let node = match serde_saphyr::from_str_with_options::<Node>(text, options) {
        Ok(node) => node,
        Err(error) => {
            let at = error.location().map_or(Place { line: 1, column: 1 }, |at| Place {
                line: at.line() as usize,
                column: at.column() as usize,
            });
            let message = error.without_snippet().to_string();
            let line = message.lines().find(|line| !line.trim().is_empty()).unwrap_or("not YAML").trim().to_owned();
            mistakes.add(at, 1, line);
            return Vec::new();
        }
    };
    let top = entries(&node, &TOP, mistakes);
    if let Some((_, format)) = top.iter().find(|(key, _)| key.text == "format") {
        let cell = scalar(format, mistakes);
        if let Some(cell) = cell.filter(|cell| cell.text != "1") {
            mistakes.add(cell.at, cell.text.chars().count(), format!("format {} is not known: expected 1", cell.text));
        }
    } else {
        mistakes.add(node.at, 1, "`format: 1` is missing");
    }
    let mut drafts = Vec::new();
    for (name, node) in top {
        if name.text != "format" {
            let is_counterpart = name.text == "counterparts";
            let all = entries(node, &[], mistakes);
            drafts.extend(all.into_iter().map(|(id, node)| party(id.clone(), node, is_counterpart, mistakes)));
        }
    }
    drafts
}

fn party(id: Cell, node: &Node, is_counterpart: bool, mistakes: &mut Mistakes) -> PartyDraft {
    let mut draft = PartyDraft {
        id,
        class: None,
        is_counterpart,
        name: None,
        county: None,
        population: None,
        group: None,
        counterparts: Vec::new(),
        systems: Vec::new(),
    };
    for (key, value) in entries(node, &PARTY, mistakes) {
        match key.text.as_str() {
            "name" => draft.name = scalar(value, mistakes),
            "class" => draft.class = scalar(value, mistakes),
            "county" => draft.county = scalar(value, mistakes),
            "population" => draft.population = scalar(value, mistakes),
            "group" => draft.group = scalar(value, mistakes),
            "counterparts" => draft.counterparts = list(value, mistakes),
            "systems" => match &value.value {
                Value::List(items) => draft.systems = items.iter().map(|item| system(item, mistakes)).collect(),
                _ => mistakes.add(value.at, 1, "`systems` is a list: begin each system with `- `"),
            },
            _ => {}
        }
    }
    draft
}

fn system(node: &Node, mistakes: &mut Mistakes) -> SystemDraft {
    let mut draft = SystemDraft {
        at: node.at,
        supplier: None,
        system: None,
        version: None,
        handler: None,
        handler_version: None,
        carrier: None,
        apprec: Vec::new(),
        messages: Vec::new(),
    };
    for (key, value) in entries(node, &SYSTEM, mistakes) {
        let field = match key.text.as_str() {
            "supplier" => &mut draft.supplier,
            "system" => &mut draft.system,
            "version" => &mut draft.version,
            "handler" => &mut draft.handler,
            "handler_version" => &mut draft.handler_version,
            "carrier" => &mut draft.carrier,
            "apprec" => {
                draft.apprec = list(value, mistakes);
                continue;
            }
            "messages" => {
                draft.messages = list(value, mistakes);
                continue;
            }
            _ => continue,
        };
        *field = scalar(value, mistakes);
    }
    draft
}

/// The entries of a mapping; keys that are not in the list (unless it is empty) are mistakes.
fn entries<'n>(node: &'n Node, known: &[&str], mistakes: &mut Mistakes) -> Vec<(&'n Cell, &'n Node)> {
    let Value::Map(entries) = &node.value else {
        mistakes.add(node.at, 1, "a mapping with keys was expected here");
        return Vec::new();
    };
    for (key, _) in entries.iter().filter(|(key, _)| !known.is_empty() && !known.contains(&key.text.as_str())) {
        let message = format!("unknown key `{}`; known are {}", key.text, known.join(", "));
        mistakes.add(key.at, key.text.chars().count(), message);
    }
    entries.iter().map(|(key, node)| (key, node)).collect()
}

fn scalar(node: &Node, mistakes: &mut Mistakes) -> Option<Cell> {
    match &node.value {
        Value::Scalar(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| Cell { text: text.to_owned(), at: node.at })
        }
        Value::Fraction(number) => {
            let message = format!("`{number}` is read as a number: put quotes around it, 5.10 is not 5.1");
            mistakes.add(node.at, number.to_string().len(), message);
            Some(Cell { text: number.to_string(), at: node.at })
        }
        _ => {
            mistakes.add(node.at, 1, "one value was expected here");
            None
        }
    }
}

/// A list of values, or one value.
fn list(node: &Node, mistakes: &mut Mistakes) -> Vec<Cell> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| scalar(item, mistakes)).collect(),
        _ => scalar(node, mistakes).into_iter().collect(),
    }
}

struct Node {
    at: Place,
    value: Value,
}

enum Value {
    Scalar(String),
    /// A number with decimals. As a version, 5.10 has become 5.1 already.
    Fraction(f64),
    List(Vec<Node>),
    Map(Vec<(Cell, Node)>),
}

fn place(at: serde_saphyr::Location) -> Place {
    Place { line: at.line() as usize, column: at.column() as usize }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self { at: place(spanned.referenced), value: spanned.value })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Fraction(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Scalar(String::new()))
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Scalar(String::new()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Spanned<String>>()? {
            let at = place(key.referenced);
            entries.push((Cell { text: key.value, at }, access.next_value()?));
        }
        Ok(Value::Map(entries))
    }
}
