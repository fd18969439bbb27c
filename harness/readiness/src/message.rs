//! What is known of messages: their names for people, and between whom they go.
//!
//! Names, versions and directions are those of HIS 1143–1149, 1151, 1152, 1077, 1206–1208 and of the reference table
//! HISD 1209. A message that is not in the table can be asked about as well; then nothing is known of who is at its ends.

use crate::roster::Class;
use certify::certificate::Direction;

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Its code (8279).
    pub code: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Name in bokmål.
    pub nb: &'static str,
    /// Name in nynorsk.
    pub nn: &'static str,
    /// Name in English.
    pub en: &'static str,
    /// Who sends it to whom.
    ways: &'static str,
    /// What it does for people who work in the services, in bokmål, after "Meldingen".
    pub means_nb: &'static str,
    /// The same in nynorsk.
    pub means_nn: &'static str,
}

static TABLE: &str = include_str!("messages.tsv");

/// The messages that are known, in the order of the table.
pub fn known() -> impl Iterator<Item = Message> {
    TABLE.lines().skip(1).filter_map(|line| {
        let mut fields = line.split('\t');
        Some(Message {
            code: fields.next()?,
            version: fields.next()?,
            ways: fields.next()?,
            nb: fields.next()?,
            nn: fields.next()?,
            en: fields.next()?,
            means_nb: fields.next()?,
            means_nn: fields.next()?,
        })
    })
}

/// A message by code and version.
pub fn find(code: &str, version: &str) -> Option<Message> {
    known().find(|message| message.code == code && message.version == version)
}

impl Message {
    /// The ways it goes, sender first.
    pub fn ways(&self) -> impl Iterator<Item = (Class, Class)> {
        self.ways.split(' ').filter_map(|way| {
            let (from, to) = way.split_once('>')?;
            Some((from.parse().ok()?, to.parse().ok()?))
        })
    }

    /// Which way it goes, seen from a municipality.
    pub fn directions(&self) -> Vec<Direction> {
        let mut directions = Vec::new();
        if self.ways().any(|(from, _)| from == Class::Municipality) {
            directions.push(Direction::Send);
        }
        if self.ways().any(|(_, to)| to == Class::Municipality) {
            directions.push(Direction::Receive);
        }
        directions
    }

    /// Who can be at the other end, seen from a municipality.
    pub fn others(&self, direction: Direction) -> Vec<Class> {
        self.ways()
            .filter_map(|(from, to)| match direction {
                Direction::Send => (from == Class::Municipality).then_some(to),
                Direction::Receive => (to == Class::Municipality).then_some(from),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(known().count(), TABLE.lines().count() - 1, "every line has eight fields");
        let mut names = BTreeSet::new();
        for message in known() {
            assert!(names.insert((message.code, message.version)), "{} stands there twice", message.code);
            assert_eq!(message.ways().count(), message.ways.split(' ').count(), "{}", message.code);
            assert!(!message.means_nb.is_empty() && !message.means_nn.is_empty(), "{}", message.code);
        }
    }

    #[test]
    fn who_is_at_the_other_end() {
        let admitted = find("LOG_INNLAGT", "1.6").unwrap();
        assert_eq!(admitted.directions(), [Direction::Receive]);
        assert_eq!(admitted.others(Direction::Receive), [Class::Hospital]);
        assert_eq!(find("DIALOG_FORESPORSEL", "1.0").unwrap().directions(), [Direction::Send, Direction::Receive]);
        assert_eq!(find("LOG_INNLAGT", "9.9"), None);
    }
}
