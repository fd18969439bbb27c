//! The table of `docs/faults.md`, as it is written.

use crate::support::process::{code, text};
use crate::support::root;
use std::process::Output;

/// A row.
pub struct Row {
    pub name: String,
    /// What is printed: each in pieces, where `…` stands for what varies.
    pub sentences: Vec<Vec<String>>,
    pub fault: String,
    pub doctor: Option<i32>,
    pub run: Option<i32>,
}

/// Every row.
pub fn rows() -> Vec<Row> {
    let document = std::fs::read_to_string(root().join("docs/faults.md")).unwrap();
    let lines = document.lines().filter(|line| line.starts_with("| ")).skip(1);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, _, seen, fault, doctor, run, _] = cells[..] else { panic!("seven cells: {line}") };
            let sentences = seen.split('`').skip(1).step_by(2);
            Row {
                name: name.to_owned(),
                sentences: sentences.map(|s| s.split('…').map(|piece| piece.trim().to_owned()).collect()).collect(),
                fault: fault.to_owned(),
                doctor: doctor.parse().ok(),
                run: run.parse().ok(),
            }
        })
        .collect()
}

/// The row of a test.
pub fn row(name: &str) -> Row {
    rows().into_iter().find(|row| row.name == name).unwrap_or_else(|| panic!("docs/faults.md has no row `{name}`"))
}

impl Row {
    /// Compares with what both commands did: the codes, and that everything that the row quotes was printed.
    pub fn holds(&self, doctor: Option<&Output>, run: Option<&Output>) {
        let both = [("doctor", doctor, self.doctor), ("run", run, self.run)];
        let mut said = String::new();
        for (command, output, expected) in both {
            assert_eq!(output.is_some(), expected.is_some(), "{}: {command} is walked as the row says", self.name);
            let Some(output) = output else { continue };
            assert_eq!(Some(code(output)), expected, "{}: {command}\n{}", self.name, text(output));
            assert!(!text(output).contains("panicked"), "{}", text(output));
            said.push_str(&text(output));
        }
        // The last screen breaks lines.
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(!self.sentences.is_empty(), "{}: the row quotes nothing", self.name);
        for pieces in &self.sentences {
            let mut rest = said.as_str();
            for piece in pieces {
                let at = rest.find(piece.as_str());
                rest =
                    &rest[at.unwrap_or_else(|| panic!("{}: `{piece}` is not in:\n{said}", self.name)) + piece.len()..];
            }
        }
    }
}
