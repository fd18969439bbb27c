//! What is asked.

use crate::message::{self, Message};
use crate::roster::Class;
use certify::certificate::{Direction, Scope, ScopeError};
use jiff::civil::Date;
use serde::Serialize;

/// May this message be switched on?
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// The message by its code, e.g. `LOG_INNLAGT`.
    pub message: String,
    /// Its version.
    pub version: String,
    /// Which way it goes, seen from the municipality.
    pub direction: Direction,
    /// Who is at the other end.
    #[serde(rename = "with")]
    pub other: Other,
    /// On which day.
    pub on: Date,
}

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// Whoever the roster names that the message can go to or come from.
    Any,
    /// All of one class.
    Class(Class),
    /// One, by its id.
    Party(String),
}

impl Question {
    /// A question about `NAME@version`.
    ///
    /// # Errors
    /// When it is no name with a version.
    pub fn new(name: &str, direction: Direction, other: Other, on: Date) -> Result<Self, ScopeError> {
        let (message, version) = Scope::split(name)?;
        Ok(Self { message: message.to_owned(), version: version.to_owned(), direction, other, on })
    }

    /// `NAME@version`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.message, self.version)
    }

    /// What is known of the message.
    pub fn known(&self) -> Option<Message> {
        message::find(&self.message, &self.version)
    }

    /// The way seen from the other end.
    pub fn opposite(&self) -> Direction {
        match self.direction {
            Direction::Send => Direction::Receive,
            Direction::Receive => Direction::Send,
        }
    }
}
