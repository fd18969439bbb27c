//! Reads a scenario file, with every mistake at once.

use super::check;
use super::model::{Alteration, Change, Layer, Outcome, Scenario, Step};
use crate::yaml::{Mistakes, Node, Reader, Value};
use evidence::digest::Digest;
use evidence::event::{Allowed, AppRecExpected, Expectation, SignalExpected};
use std::collections::BTreeMap;
use wire::xml::Edit;

/// A scenario that was read, with what the file alone knows.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The id: the path without ending.
    pub id: String,
    /// The file's name, for messages.
    pub file: String,
    /// Its digest.
    pub digest: Digest,
    /// The scenario.
    pub scenario: Scenario,
    /// The line of each step.
    pub step_lines: Vec<u32>,
    /// The line of each label under `outcomes`.
    pub outcome_lines: BTreeMap<String, u32>,
}

const KEYS: [&str; 7] = ["title", "source", "needs", "parties", "exercises", "steps", "outcomes"];

/// Reads a scenario.
///
/// # Errors
/// [`Mistakes`]: all of them, with file, line and caret.
pub fn parse(id: &str, file: &str, text: &str) -> Result<Loaded, Mistakes> {
    let (mut reader, root) = Reader::parse(file, text)?;
    reader.only(&root, &KEYS);
    let (title, source) = (reader.required(&root, "title"), reader.required(&root, "source"));
    let (needs, parties) = (reader.required(&root, "needs"), reader.required(&root, "parties"));
    let exercises = root.get("exercises").map_or(Some(Vec::new()), |node| reader.read(node));
    let (steps, step_lines) = steps(&mut reader, &root);
    let (outcomes, outcome_lines) = outcomes(&mut reader, &root);
    let (Some(title), Some(source), Some(needs), Some(parties), Some(exercises)) =
        (title, source, needs, parties, exercises)
    else {
        return Err(reader.into_mistakes());
    };
    let scenario = Scenario { title, source, needs, parties, exercises, steps, outcomes };
    let loaded = Loaded {
        id: id.to_owned(),
        file: file.to_owned(),
        digest: Digest::of(text.as_bytes()),
        scenario,
        step_lines,
        outcome_lines,
    };
    check::labels(&loaded, &mut reader);
    if reader.is_clean() { Ok(loaded) } else { Err(reader.into_mistakes()) }
}

fn steps(reader: &mut Reader, root: &Node) -> (Vec<Step>, Vec<u32>) {
    let Some(node) = root.get("steps") else {
        reader.mistake(root.line, root.column, 1, "`steps` is missing".to_owned());
        return (Vec::new(), Vec::new());
    };
    let Value::List(items) = &node.value else {
        reader.mistake(node.line, node.column, 1, "`steps` is a list, each beginning with `- `".to_owned());
        return (Vec::new(), Vec::new());
    };
    let mut found = (Vec::new(), Vec::new());
    for item in items {
        let Some(step) = reader.read::<Step>(item) else { continue };
        if let Err(reason) = well_formed(&step) {
            reader.mistake(item.line, item.column, 1, reason);
        }
        found.0.push(step);
        found.1.push(item.line);
    }
    found
}

fn well_formed(step: &Step) -> Result<(), String> {
    match step {
        Step::Await(target) | Step::Quiet(target) | Step::Ignore(target) => {
            let one =
                "exactly one of `acknowledgment`, `apprec` and `message` is needed, and `sending` only with `message`";
            target.target().map(drop).ok_or(one.to_owned())
        }
        Step::Trigger(trigger) if !trigger.transport.is_clear() => {
            Err("`transport` is at most one of `lost`, `never`, `error` and `warning`".to_owned())
        }
        Step::Answer(answer) => {
            if !matches!(answer.status.as_str(), "1" | "2" | "3") {
                return Err(format!("`{}` is no AppRec status; known are \"1\", \"2\", \"3\"", answer.status));
            }
            answer.alter.iter().try_for_each(|alteration| alteration.change().map(drop))
        }
        Step::Ask(ask) => match ask.good.iter().find(|good| !ask.choices.is_empty() && !ask.choices.contains(good)) {
            Some(good) => Err(format!("`{good}` is among `good`, but not among `choices`")),
            None => Ok(()),
        },
        Step::Send(send) => {
            if send.copy.is_none() && (send.message.is_none() || send.from.is_none() || send.to.is_none()) {
                return Err("`send` needs `message`, `from` and `to`, or `copy`".to_owned());
            }
            send.alter.iter().try_for_each(|alteration| alteration.change().map(drop))
        }
        Step::Resend(_) | Step::Reacknowledge(_) | Step::Restart(_) | Step::Trigger(_) => Ok(()),
        Step::Mode(mode) => match &mode.delay {
            Some(delay) if crate::subject::duration(delay).is_none() => {
                Err(format!("`{delay}` is no duration; write `500 ms`, `30 s`, `2 min` or `1 h`"))
            }
            _ => Ok(()),
        },
    }
}

fn outcomes(reader: &mut Reader, root: &Node) -> (BTreeMap<String, Vec<Outcome>>, BTreeMap<String, u32>) {
    let mut found = (BTreeMap::new(), BTreeMap::new());
    let Some(node) = root.get("outcomes") else {
        let reason = "`outcomes` is missing: without it nothing would be judged".to_owned();
        reader.mistake(root.line, root.column, 1, reason);
        return found;
    };
    let Value::Map(entries) = &node.value else {
        reader.mistake(node.line, node.column, 1, "`outcomes` maps labels to lists".to_owned());
        return found;
    };
    for (key, value) in entries {
        let Some(list) = reader.read::<Vec<Outcome>>(value) else { continue };
        for outcome in &list {
            if let Err(reason) = outcome.allowed() {
                reader.mistake(value.line, value.column, 1, reason);
            }
        }
        found.0.insert(key.name.clone(), list);
        found.1.insert(key.name.clone(), key.line);
    }
    found
}

impl Outcome {
    /// The outcome as the log knows it.
    ///
    /// # Errors
    /// The sentence for the mistake.
    pub fn allowed(&self) -> Result<Allowed, String> {
        let signal = match &self.signal {
            None => None,
            Some(word) => Some(SignalExpected::parse(word).ok_or_else(|| {
                let known: Vec<_> = SignalExpected::ALL.iter().map(|s| s.code()).collect();
                format!("`{word}` is no transport receipt; known are {}", known.join(", "))
            })?),
        };
        let apprec = match self.apprec.as_deref() {
            None => None,
            Some("none") => Some(AppRecExpected::None),
            Some(status @ ("1" | "2" | "3")) => {
                Some(AppRecExpected::Status { status: status.to_owned(), errors: self.error.clone() })
            }
            Some(word) => return Err(format!("`{word}` is no AppRec status; known are \"1\", \"2\", \"3\" and none")),
        };
        let arrives = match self.message.as_deref() {
            None => None,
            Some("arrives") => Some(true),
            Some("none") => Some(false),
            Some(word) => return Err(format!("`{word}` is no fate of a message; known are arrives and none")),
        };
        if arrives.is_some() && (signal.is_some() || apprec.is_some()) {
            return Err("`message` is for what the subject sends, `signal` and `apprec` for what it answers".to_owned());
        }
        if signal.is_none() && apprec.is_none() && arrives.is_none() {
            return Err("an outcome needs `signal`, `apprec` or both, or `message`".to_owned());
        }
        Ok(Allowed { signal, apprec, arrives, requirements: self.requirement.list() })
    }
}

impl Loaded {
    /// What is allowed, as the log knows it. Outcomes that do not parse were reported before.
    pub fn expectations(&self) -> Vec<Expectation> {
        let expectation = |(label, list): (&String, &Vec<Outcome>)| Expectation {
            label: label.clone(),
            line: self.outcome_lines.get(label).copied().unwrap_or_default(),
            allowed: list.iter().filter_map(|o| o.allowed().ok()).collect(),
        };
        self.scenario.outcomes.iter().map(expectation).collect()
    }
}

impl Alteration {
    /// What it does.
    ///
    /// # Errors
    /// The sentence for the mistake.
    pub fn change(&self) -> Result<Change, String> {
        let edits: Vec<Edit> = [
            self.set.clone().map(Edit::Set),
            self.remove.then_some(Edit::Remove),
            self.duplicate.then_some(Edit::Duplicate),
            self.append.clone().map(Edit::Append),
        ]
        .into_iter()
        .flatten()
        .collect();
        let others: Vec<Change> = [
            self.replace.clone().map(|r| Change::Replace(r.text, r.with)),
            self.truncate.map(Change::Truncate),
            self.encoding.as_ref().map(|_| Change::Latin1),
            self.body.clone().map(Change::Body),
        ]
        .into_iter()
        .flatten()
        .collect();
        if let Some(name) = &self.header {
            return match (&self.path, edits.as_slice(), others.as_slice()) {
                (None, [edit], []) if self.layer == Layer::Entity && !matches!(edit, Edit::Append(_)) => {
                    Ok(Change::Header(name.clone(), edit.clone()))
                }
                _ => Err("`header` takes one of `set`, `remove` and `duplicate`, in layer `entity`".to_owned()),
            };
        }
        match (&self.path, edits.as_slice(), others.as_slice()) {
            (Some(path), [edit], []) => {
                if self.layer == Layer::Entity {
                    return Err("the entity is no XML; use `replace` or `truncate` there".to_owned());
                }
                Ok(Change::Node(path.parse().map_err(|e: wire::xml::EditError| e.to_string())?, edit.clone()))
            }
            (None, [], [Change::Latin1]) => {
                if self.layer != Layer::Signed || !self.encoding.as_deref().is_some_and(is_latin1) {
                    return Err("`encoding` can be ISO-8859-1, in layer `signed`".to_owned());
                }
                Ok(Change::Latin1)
            }
            (None, [], [Change::Body(_)]) if self.layer != Layer::Entity => {
                Err("`body` belongs to layer `entity`".to_owned())
            }
            (None, [], [other]) => Ok(other.clone()),
            _ => Err("an alteration is one of: `path` with `set`, `remove`, `duplicate` or `append`; `header` with \
                      `set`, `remove` or `duplicate`; `replace`; `truncate`; `encoding`; `body`"
                .to_owned()),
        }
    }

    /// The alteration with `{{unique}}` in its values replaced: what a subject must not have seen before, in this run
    /// or an earlier one, cannot stand in the file as it is sent.
    #[must_use]
    pub fn with_unique(&self, unique: &str) -> Self {
        let fill = |text: &Option<String>| text.as_ref().map(|text| text.replace("{{unique}}", unique));
        let replace = self.replace.clone().map(|mut replace| {
            replace.with = replace.with.replace("{{unique}}", unique);
            replace
        });
        Self { set: fill(&self.set), append: fill(&self.append), body: fill(&self.body), replace, ..self.clone() }
    }

    /// The alteration in words, for the log.
    pub fn describe(&self) -> String {
        let what = match self.change() {
            Ok(Change::Node(path, Edit::Set(value))) => format!("{path} set to `{value}`"),
            Ok(Change::Node(path, Edit::Remove)) => format!("{path} removed"),
            Ok(Change::Node(path, Edit::Duplicate)) => format!("{path} written twice"),
            Ok(Change::Node(path, Edit::Append(xml))) => format!("{xml} appended to {path}"),
            Ok(Change::Replace(text, with)) => format!("`{text}` replaced by `{with}`"),
            Ok(Change::Truncate(bytes)) => format!("the last {bytes} bytes cut off"),
            Ok(Change::Latin1) => "written in ISO-8859-1".to_owned(),
            Ok(Change::Header(name, Edit::Set(value))) => format!("header {name} set to `{value}`"),
            Ok(Change::Header(name, Edit::Remove)) => format!("header {name} removed"),
            Ok(Change::Header(name, _)) => format!("header {name} written twice"),
            Ok(Change::Body(_)) => "another body".to_owned(),
            Err(reason) => reason,
        };
        format!("{}: {what}", self.layer.word())
    }
}

fn is_latin1(name: &str) -> bool {
    name.eq_ignore_ascii_case("ISO-8859-1")
}

/// The JSON Schema of scenario files.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Scenario).into()
}
