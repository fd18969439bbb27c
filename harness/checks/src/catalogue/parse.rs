//! Reads a requirement file: a line with the document's name, a line with the column names, a line a clause.

use super::requirement::{Level, Requirement, RequirementId};
use std::fmt;

const COLUMNS: [&str; 10] =
    ["id", "section", "level", "applies_to", "direction", "subject", "statement", "response", "observable", "notes"];
const DIRECTIONS: [&str; 3] = ["generated", "processed", "generated+processed"];

/// A mistake in a requirement file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl CatalogueError {
    pub(super) fn new(file: &str, line: usize, message: String) -> Self {
        Self { file: file.to_owned(), line, message }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for CatalogueError {}

/// The requirements of one file, each with its line.
pub(super) fn file(name: &str, text: &str, mistakes: &mut Vec<CatalogueError>) -> Vec<(usize, Requirement)> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let document = match lines.next().and_then(|(_, line)| line.strip_prefix("document\t")) {
        Some(document) if !document.trim().is_empty() => document,
        _ => {
            let wanted = "the first line has to be `document`, a tab and the document's name";
            mistakes.push(CatalogueError::new(name, 1, wanted.to_owned()));
            return Vec::new();
        }
    };
    if lines.next().is_none_or(|(_, line)| line != COLUMNS.join("\t")) {
        let message = format!("the second line has to name the columns: {}", COLUMNS.join(", "));
        mistakes.push(CatalogueError::new(name, 2, message));
        return Vec::new();
    }
    let mut rows = Vec::new();
    for (line, text) in lines.filter(|(_, text)| !text.is_empty()) {
        match row(document, text) {
            Ok(requirement) => rows.push((line, requirement)),
            Err(message) => mistakes.push(CatalogueError::new(name, line, message)),
        }
    }
    rows
}

fn row(document: &str, text: &str) -> Result<Requirement, String> {
    let cells: Vec<&str> = text.split('\t').collect();
    let [id, section, level, applies_to, direction, subject, statement, response, observable, notes] = cells[..] else {
        return Err(format!("{} columns, there have to be {}", cells.len(), COLUMNS.len()));
    };
    if let Some(index) = cells.iter().position(|cell| cell.trim().is_empty()) {
        return Err(format!("column `{}` is empty; `-` stands for nothing", COLUMNS[index]));
    }
    if id.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(format!("id `{id}` has blanks"));
    }
    let level = Level::parse(level).ok_or_else(|| format!("level `{level}` is not MUST, SHOULD, MAY or REMOVED"))?;
    if !DIRECTIONS.contains(&direction) {
        return Err(format!("direction `{direction}` is not one of {}", DIRECTIONS.join(", ")));
    }
    let given = |cell: &str| (cell != "-").then(|| cell.to_owned());
    Ok(Requirement {
        id: RequirementId::new(id),
        document: document.to_owned(),
        section: section.to_owned(),
        level,
        applies_to: applies_to.to_owned(),
        direction: direction.to_owned(),
        subject: subject.to_owned(),
        statement: statement.to_owned(),
        response: given(response),
        observable: observable.to_owned(),
        notes: given(notes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(rows: &str) -> Vec<String> {
        let mut found = Vec::new();
        file("x.tsv", &format!("document\tD\n{}\n{rows}", COLUMNS.join("\t")), &mut found);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn says_every_mistake_with_its_line() {
        let good = "A-1\t1\tMUST\tany\tgenerated\ts\tt\t-\twire\t-";
        assert_eq!(mistakes(good), Vec::<String>::new());
        let bad = format!(
            "{good}\nA-2\t1\nA-3\t1\tMAYBE\tany\tgenerated\ts\tt\t-\twire\t-\nA-4\t1\tMAY\tany\tsent\ts\tt\t-\twire\t-"
        );
        let said = mistakes(&bad);
        assert_eq!(said[0], "x.tsv:4: 2 columns, there have to be 10");
        assert_eq!(said[1], "x.tsv:5: level `MAYBE` is not MUST, SHOULD, MAY or REMOVED");
        assert!(said[2].starts_with("x.tsv:6: direction `sent`"), "{}", said[2]);
        assert_eq!(
            mistakes("A-1\t\tMUST\tany\tgenerated\ts\tt\t-\twire\t-")[0],
            "x.tsv:3: column `section` is empty; `-` stands for nothing"
        );
    }

    #[test]
    fn says_when_the_head_is_wrong() {
        let mut found = Vec::new();
        assert!(file("x.tsv", "", &mut found).is_empty());
        assert!(file("x.tsv", "document\tD\nid", &mut found).is_empty());
        assert_eq!((found[0].line, found[1].line), (1, 2));
    }
}
