//! YAML with positions: reads a file into typed values and collects every mistake, each with its caret.
//!
//! The types are ordinary serde types with `deny_unknown_fields`, so the JSON Schema and the reader cannot
//! disagree. serde stops at the first mistake; so a file is first read into a tree with positions, and each
//! field and each step is then read by itself.

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;
use std::fmt;

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// How many characters the caret underlines.
    pub width: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// All mistakes of one file, rendered like a compiler does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes {
    /// The file's name.
    pub file: String,
    /// Its text.
    pub text: String,
    /// At least one.
    pub list: Vec<Mistake>,
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.list.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            writeln!(f, "error: {}", mistake.message)?;
            writeln!(f, "  --> {}:{}:{}", self.file, mistake.line, mistake.column)?;
            let line = self.text.lines().nth(mistake.line.saturating_sub(1) as usize).unwrap_or_default();
            let gutter = mistake.line.to_string();
            let blank = " ".repeat(gutter.len());
            writeln!(f, "{blank} |")?;
            writeln!(f, "{gutter} | {line}")?;
            let indent = " ".repeat(mistake.column.saturating_sub(1) as usize);
            writeln!(f, "{blank} | {indent}{}", "^".repeat(mistake.width.max(1)))?;
        }
        Ok(())
    }
}

/// A node of the tree.
#[derive(Debug, Clone)]
pub struct Node {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// The value.
    pub value: Value,
}

/// A value of the tree.
#[derive(Debug, Clone)]
pub enum Value {
    /// A scalar.
    Scalar(serde_json::Value),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in order, keys with their position.
    Map(Vec<(Key, Node)>),
}

/// A key and its position.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

impl Node {
    fn json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(value) => value.clone(),
            Value::List(items) => items.iter().map(Node::json).collect(),
            Value::Map(entries) => entries.iter().map(|(key, node)| (key.name.clone(), node.json())).collect(),
        }
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(key, _)| key.name == name).map(|(_, node)| node),
            _ => None,
        }
    }

    /// Where a word stands as a key or scalar somewhere below: for putting the caret under it.
    fn find(&self, word: &str) -> Option<(u32, u32)> {
        match &self.value {
            Value::Scalar(value) => {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                (text == word).then_some((self.line, self.column))
            }
            Value::List(items) => items.iter().find_map(|node| node.find(word)),
            Value::Map(entries) => entries
                .iter()
                .find_map(|(key, node)| if key.name == word { Some((key.line, key.column)) } else { node.find(word) }),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        let at = spanned.referenced;
        Ok(Self { line: at.line() as u32, column: at.column() as u32, value: spanned.value })
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
        Ok(Value::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Scalar(serde_json::Value::Null))
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Scalar(serde_json::Value::Null))
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
            let at = key.referenced;
            let key = Key { name: key.value, line: at.line() as u32, column: at.column() as u32 };
            entries.push((key, access.next_value()?));
        }
        Ok(Value::Map(entries))
    }
}

/// Reads one file and collects its mistakes.
#[derive(Debug)]
pub struct Reader {
    file: String,
    text: String,
    list: Vec<Mistake>,
}

impl Reader {
    /// Parses the YAML.
    ///
    /// # Errors
    /// [`Mistakes`] with the one syntax error.
    pub fn parse(file: &str, text: &str) -> Result<(Self, Node), Mistakes> {
        let mut reader = Self { file: file.to_owned(), text: text.to_owned(), list: Vec::new() };
        // YAML 1.2: `NO` is a word, not a truth value; numbers with leading zeroes are identifiers.
        let options = serde_saphyr::options! { strict_booleans: true, leading_zero_numbers_as_strings: true };
        match serde_saphyr::from_str_with_options::<Node>(text, options) {
            Ok(node) => Ok((reader, node)),
            Err(error) => {
                let error = error.without_snippet();
                let (line, column) = error.location().map_or((1, 1), |at| (at.line() as u32, at.column() as u32));
                reader.list.push(Mistake { line, column, width: 1, message: first_line(&error.to_string()) });
                Err(reader.into_mistakes())
            }
        }
    }

    /// Reads a node into a type; a mistake is put under the word it names, or at the node.
    pub fn read<T: DeserializeOwned>(&mut self, node: &Node) -> Option<T> {
        match serde_json::from_value(node.json()) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = error.to_string();
                let word = message.split('`').nth(1).or_else(|| message.split('"').nth(1)).unwrap_or_default();
                let found = node.find(word);
                let (line, column) = found.unwrap_or((node.line, node.column));
                let width = if found.is_some() { word.chars().count() } else { 1 };
                self.list.push(Mistake { line, column, width, message: in_words(&message) });
                None
            }
        }
    }

    /// Reads the value of a key that must be there.
    pub fn required<T: DeserializeOwned>(&mut self, node: &Node, name: &str) -> Option<T> {
        if let Some(value) = node.get(name) {
            return self.read(value);
        }
        self.mistake(node.line, node.column, 1, format!("`{name}` is missing"));
        None
    }

    /// Refuses keys that are not in the list, with the nearest that is.
    pub fn only(&mut self, node: &Node, known: &[&str]) {
        let Value::Map(entries) = &node.value else {
            self.mistake(node.line, node.column, 1, "a mapping with keys was expected here".to_owned());
            return;
        };
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            let message = format!("unknown key `{}`; known are {}", key.name, known.join(", "));
            self.mistake(key.line, key.column, key.name.chars().count(), message);
        }
    }

    /// Adds a mistake.
    pub fn mistake(&mut self, line: u32, column: u32, width: usize, message: String) {
        self.list.push(Mistake { line, column, width, message });
    }

    /// Whether none was found.
    pub fn is_clean(&self) -> bool {
        self.list.is_empty()
    }

    /// What was found, in the order of the file.
    pub fn into_mistakes(mut self) -> Mistakes {
        self.list.sort_by_key(|m| (m.line, m.column));
        Mistakes { file: self.file, text: self.text, list: self.list }
    }
}

/// What serde says in the words of Rust, in those of whoever writes YAML.
fn in_words(message: &str) -> String {
    let Some((got, expected)) = message.split_once(", expected ") else { return message.to_owned() };
    let quoted = got.split(['`', '"']).nth(1).unwrap_or(got);
    let is_plain = ["floating point", "integer", "boolean"].iter().any(|kind| got.contains(kind));
    let whole = |max: u64| format!("`{quoted}` does not fit here: a whole number from 0 to {max} was expected");
    match expected {
        "a string" if is_plain => {
            let kind = if got.contains("boolean") { "a truth value" } else { "a number" };
            format!("`{quoted}` is read as {kind}, and text was expected: put quotes around it (5.10 is not 5.1)")
        }
        "u8" => whole(u8::MAX.into()),
        "u16" => whole(u16::MAX.into()),
        "u32" => whole(u32::MAX.into()),
        "u64" | "usize" => format!("`{quoted}` does not fit here: a whole number from 0 upwards was expected"),
        _ => message.to_owned(),
    }
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Thing {
        name: String,
        size: u32,
    }

    #[test]
    fn finds_all_mistakes_with_their_places() {
        let text = "one: { name: x, sise: 1 }\ntwo: { name: NO, size: big }\nthree: 3\n";
        let (mut reader, node) = Reader::parse("f.yaml", text).unwrap();
        reader.only(&node, &["one", "two"]);
        assert!(reader.required::<Thing>(&node, "one").is_none());
        assert!(reader.required::<Thing>(&node, "two").is_none());
        let mistakes = reader.into_mistakes();
        let at: Vec<_> = mistakes.list.iter().map(|m| (m.line, m.column)).collect();
        assert_eq!(at, [(1, 17), (2, 24), (3, 1)]);
        let shown = mistakes.to_string();
        assert!(shown.contains("--> f.yaml:1:17") && shown.contains("^^^^"), "{shown}");
    }

    #[test]
    fn mistakes_are_told_without_the_words_of_rust() {
        let of = |text: &str| {
            let (mut reader, node) = Reader::parse("f.yaml", text).unwrap();
            assert!(reader.read::<Thing>(&node).is_none());
            reader.into_mistakes().to_string()
        };
        for (text, says) in [
            ("{ name: 5.2, size: 1 }", "`5.2` is read as a number, and text was expected: put quotes around it"),
            ("{ name: true, size: 1 }", "`true` is read as a truth value"),
            ("{ name: a, size: -1 }", "`-1` does not fit here: a whole number from 0 to 4294967295"),
            ("{ name: a, size: big }", "`big` does not fit here"),
        ] {
            let told = of(text);
            assert!(told.contains(says) && !told.contains("u32"), "{text}: {told}");
        }
    }

    #[test]
    fn a_syntax_error_has_a_place() {
        let mistakes = Reader::parse("f.yaml", "a: [1\nb: 2").unwrap_err();
        assert!(mistakes.list[0].line >= 1);
        assert!(!mistakes.list[0].message.is_empty());
    }
}
