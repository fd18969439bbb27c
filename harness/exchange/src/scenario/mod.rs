//! The scenario language: what is sent, what is waited for, what the standard allows.

mod check;
mod model;
mod parse;

pub use check::{Lint, lint};
pub use model::{
    OneOrMany, Reacknowledge, Replace, Side, Stranger,
    Alteration, AwaitStep, Change, Direction, Layer, Needs, Outcome, PatientKind, QuietStep, Renew, Scenario, SendStep,
    Step, Title,
};
pub use parse::{Loaded, parse, schema};
