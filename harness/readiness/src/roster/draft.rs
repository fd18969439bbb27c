//! What was written, with its places, before anybody asked whether it makes sense. YAML and CSV meet here.

use super::mistake::Place;

/// A written value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub text: String,
    pub at: Place,
}

/// A party as it was written.
#[derive(Debug, Clone)]
pub(super) struct PartyDraft {
    pub id: Cell,
    pub class: Option<Cell>,
    /// The class where the file's form tells it.
    pub is_counterpart: bool,
    pub name: Option<Cell>,
    pub county: Option<Cell>,
    pub population: Option<Cell>,
    pub group: Option<Cell>,
    pub counterparts: Vec<Cell>,
    pub systems: Vec<SystemDraft>,
}

/// A system in use as it was written.
#[derive(Debug, Clone)]
pub(super) struct SystemDraft {
    pub at: Place,
    pub supplier: Option<Cell>,
    pub system: Option<Cell>,
    pub version: Option<Cell>,
    pub handler: Option<Cell>,
    pub handler_version: Option<Cell>,
    pub carrier: Option<Cell>,
    pub apprec: Vec<Cell>,
    pub messages: Vec<Cell>,
}
