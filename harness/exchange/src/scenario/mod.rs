//! The scenario language: what is sent, what is waited for, what the standard allows.

mod acting;
mod check;
mod model;
mod parse;

pub use acting::{AnswerStep, AskStep, TransportAnswer, TriggerStep};
pub use check::{Lint, lint, unknown_messages};
pub use model::{
    Alteration, AwaitStep, CarrierKind, Change, Direction, Last, Layer, ModeStep, Needs, OneOrMany, Outcome,
    PatientKind, QuietStep, Reacknowledge, Renew, Replace, Restart, Scenario, SendStep, SendingNumber, Side, SignWith,
    Step, Stranger, Title,
};
pub use parse::{Loaded, parse, schema};
