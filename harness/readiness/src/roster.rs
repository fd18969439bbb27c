//! Who is asked about: municipalities and those they exchange messages with, and which systems each has in use.

mod build;
mod csv;
mod draft;
mod mistake;
mod yaml;

pub use mistake::{Mistake, Mistakes};

use certify::certificate::Transport;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Everybody, by municipality number or by the id that the file gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// Sorted by id.
    pub parties: BTreeMap<String, Party>,
}

/// A municipality, or somebody it exchanges messages with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Municipality number (four digits), or the id of a counterpart.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub class: Class,
    /// County, where it is known.
    pub county: Option<String>,
    /// How many people live there, where it is known.
    pub population: Option<u32>,
    /// The group that answers as one (*helsekommune*).
    pub group: Option<String>,
    /// The systems in use. Empty: not known.
    pub systems: Vec<Installation>,
    /// Ids of those it exchanges messages with.
    pub counterparts: Vec<String>,
}

/// A system as it is in use somewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Installation {
    /// Who makes it.
    pub supplier: String,
    /// The system.
    pub system: String,
    /// Its version.
    pub version: String,
    /// The message handler, where it is another program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler_version: Option<String>,
    /// How messages travel to and from it; `None`: not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carrier: Option<Transport>,
    /// The AppRec versions that are switched on. Empty: not known.
    pub apprec: Vec<String>,
    /// The messages it handles, with or without version. Empty: all.
    pub messages: Vec<String>,
}

/// What a party is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// A municipality.
    Municipality,
    /// A hospital trust.
    Hospital,
    /// A GP's practice.
    Gp,
    /// Anybody else: laboratory, welfare administration.
    Other,
}

/// Form of a roster file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// YAML.
    Yaml,
    /// Comma or semicolon separated values.
    Csv,
}

impl Roster {
    /// Reads a roster.
    ///
    /// # Errors
    /// Every mistake in it, each with its line.
    pub fn parse(file: &str, text: &str, form: Form) -> Result<Self, Mistakes> {
        // As spreadsheets write it; where a line ends is told by the one sign.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let text = text.as_str();
        let mut mistakes = Mistakes::new(file, text);
        let drafts = match form {
            Form::Yaml => yaml::drafts(text, &mut mistakes),
            Form::Csv => csv::drafts(text, &mut mistakes),
        };
        let roster = build::roster(drafts, &mut mistakes);
        mistakes.or(roster)
    }

    /// The municipalities, by number.
    pub fn municipalities(&self) -> impl Iterator<Item = &Party> {
        self.parties.values().filter(|party| party.class == Class::Municipality)
    }

    /// The municipalities of a group.
    pub fn group<'a>(&'a self, name: &str) -> Vec<&'a Party> {
        self.municipalities().filter(|party| party.group.as_deref() == Some(name)).collect()
    }
}

impl Installation {
    /// Whether it is the one that handles a message.
    pub fn handles(&self, message: &str, version: &str) -> bool {
        let is_it = |entry: &String| match entry.split_once('@') {
            None => entry == message,
            Some((name, of)) => name == message && of == version,
        };
        self.messages.is_empty() || self.messages.iter().any(is_it)
    }
}

impl fmt::Display for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.system, self.version)?;
        match (&self.handler, &self.handler_version) {
            (Some(handler), Some(version)) => write!(f, " with {handler} {version}"),
            (Some(handler), None) => write!(f, " with {handler}"),
            (None, _) => Ok(()),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Municipality => "municipality",
            Self::Hospital => "hospital",
            Self::Gp => "gp",
            Self::Other => "other",
        })
    }
}

impl FromStr for Class {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Municipality, Self::Hospital, Self::Gp, Self::Other]
            .into_iter()
            .find(|class| class.to_string() == text)
            .ok_or_else(|| format!("`{text}` is none of municipality, hospital, gp, other"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_handles_all_messages_or_those_that_are_named() {
        let mut system = Installation {
            supplier: "Nordlys".to_owned(),
            system: "Nordlys EPJ".to_owned(),
            version: "5.2".to_owned(),
            handler: None,
            handler_version: None,
            carrier: None,
            apprec: Vec::new(),
            messages: Vec::new(),
        };
        assert!(system.handles("LOG_INNLAGT", "1.6"));
        system.messages = vec!["EPIKRISE".to_owned(), "LOG_DOD@1.5".to_owned()];
        assert!(system.handles("EPIKRISE", "1.2") && system.handles("LOG_DOD", "1.5"));
        assert!(!system.handles("LOG_DOD", "1.6") && !system.handles("LOG_INNLAGT", "1.6"));
    }
}
