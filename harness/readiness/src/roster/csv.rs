//! A roster as CSV, as a spreadsheet writes it: a line a system, comma or semicolon. Lines with the same number belong
//! to one party.

use super::draft::{Cell, PartyDraft, SystemDraft};
use super::mistake::{Mistakes, Place};
use csv::{ReaderBuilder, StringRecord, Trim};
use std::collections::HashMap;

const COLUMNS: [&str; 15] = [
    "id",
    "name",
    "class",
    "county",
    "population",
    "group",
    "counterparts",
    "supplier",
    "system",
    "version",
    "handler",
    "handler_version",
    "carrier",
    "apprec",
    "messages",
];
/// Columns without which nothing can be told.
const REQUIRED: [&str; 5] = ["id", "name", "supplier", "system", "version"];

pub(super) fn drafts(text: &str, mistakes: &mut Mistakes) -> Vec<PartyDraft> {
    let head = text.lines().next().unwrap_or_default();
    let delimiter = if head.contains(';') { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(headers) => columns(headers, mistakes),
        Err(error) => {
            mistakes.add(Place { line: 1, column: 0 }, 1, error.to_string());
            return Vec::new();
        }
    };
    let mut drafts: Vec<PartyDraft> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line) as usize;
                mistakes.add(Place { line, column: 0 }, 1, told(&error));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let row = Row { record: &record, columns: &columns, at: Place { line, column: 0 } };
        let Some(id) = row.cell("id") else {
            mistakes.add(row.at, 1, "the line has no `id`");
            continue;
        };
        match known.get(&id.text) {
            None => {
                known.insert(id.text.clone(), drafts.len());
                drafts.push(row.party(id));
            }
            Some(index) => row.more(&mut drafts[*index], mistakes),
        }
    }
    drafts
}

fn columns(headers: &StringRecord, mistakes: &mut Mistakes) -> HashMap<String, usize> {
    let at = Place { line: 1, column: 0 };
    for name in headers.iter().filter(|name| !COLUMNS.contains(name)) {
        mistakes.add(at, 1, format!("unknown column `{name}`; known are {}", COLUMNS.join(", ")));
    }
    for name in REQUIRED.iter().filter(|name| !headers.iter().any(|header| header == **name)) {
        mistakes.add(at, 1, format!("the column `{name}` is missing"));
    }
    headers.iter().enumerate().map(|(index, name)| (name.to_owned(), index)).collect()
}

fn told(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields, but the first line names {expected_len}")
        }
        _ => error.to_string(),
    }
}

struct Row<'r> {
    record: &'r StringRecord,
    columns: &'r HashMap<String, usize>,
    at: Place,
}

impl Row<'_> {
    fn cell(&self, name: &str) -> Option<Cell> {
        let text = self.record.get(*self.columns.get(name)?)?;
        (!text.is_empty()).then(|| Cell { text: text.to_owned(), at: self.at })
    }

    /// Several values in one field, between blanks or `|`.
    fn list(&self, name: &str) -> Vec<Cell> {
        let cell = self.cell(name);
        let words = cell.iter().flat_map(|cell| cell.text.split([' ', '|']).filter(|word| !word.is_empty()));
        words.map(|word| Cell { text: word.to_owned(), at: self.at }).collect()
    }

    fn party(&self, id: Cell) -> PartyDraft {
        PartyDraft {
            id,
            class: self.cell("class"),
            is_counterpart: false,
            name: self.cell("name"),
            county: self.cell("county"),
            population: self.cell("population"),
            group: self.cell("group"),
            counterparts: self.list("counterparts"),
            systems: self.system().into_iter().collect(),
        }
    }

    /// A further line about the same party: it must not say otherwise.
    fn more(&self, draft: &mut PartyDraft, mistakes: &mut Mistakes) {
        let fields: [(&str, &mut Option<Cell>); 5] = [
            ("name", &mut draft.name),
            ("class", &mut draft.class),
            ("county", &mut draft.county),
            ("population", &mut draft.population),
            ("group", &mut draft.group),
        ];
        for (name, known) in fields {
            match (self.cell(name), known.as_ref()) {
                (Some(here), Some(there)) if here.text != there.text => {
                    let message =
                        format!("`{name}` is `{}` here and `{}` in line {}", here.text, there.text, there.at.line);
                    mistakes.add(self.at, 1, message);
                }
                (Some(here), None) => *known = Some(here),
                _ => {}
            }
        }
        for cell in self.list("counterparts") {
            if !draft.counterparts.iter().any(|known| known.text == cell.text) {
                draft.counterparts.push(cell);
            }
        }
        draft.systems.extend(self.system());
    }

    /// The system of the line; none where nothing is written about one.
    fn system(&self) -> Option<SystemDraft> {
        let draft = SystemDraft {
            at: self.at,
            supplier: self.cell("supplier"),
            system: self.cell("system"),
            version: self.cell("version"),
            handler: self.cell("handler"),
            handler_version: self.cell("handler_version"),
            carrier: self.cell("carrier"),
            apprec: self.list("apprec"),
            messages: self.list("messages"),
        };
        let is_there = draft.supplier.is_some() || draft.system.is_some() || draft.version.is_some();
        is_there.then_some(draft)
    }
}
