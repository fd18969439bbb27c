//! Steps in which the subject, or somebody at it, has to act.

use super::model::{Alteration, OneOrMany, PatientKind, Title};
use schemars::JsonSchema;
use serde::Deserialize;

/// Makes the subject send a message: by what the subject file says under `triggers`, otherwise by asking a person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerStep {
    /// Label, by which later steps and outcomes speak of the message.
    #[serde(rename = "as")]
    pub label: String,
    /// Message and version that the subject is to send.
    pub message: String,
    /// Role of the sender: one of the subject's.
    pub from: String,
    /// Role of the receiver: one of ours.
    pub to: String,
    /// Which patient it is about.
    #[serde(default)]
    pub patient: Option<PatientKind>,
    /// Label of our message that it answers.
    #[serde(default)]
    pub answers: Option<String>,
    /// What it is to say, for a person or a program that chooses among cases.
    #[serde(default)]
    pub case: Option<String>,
    /// How we answer it on the transport level; acknowledged when absent.
    #[serde(default)]
    pub transport: TransportAnswer,
}

/// How the harness answers a message on the transport level: at most one of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransportAnswer {
    /// Treat so many sendings as lost, and acknowledge the next.
    #[serde(default)]
    pub lost: Option<u32>,
    /// Treat every sending as lost.
    #[serde(default)]
    pub never: bool,
    /// Refuse with an ErrorList of severity Error and this code.
    #[serde(default)]
    pub error: Option<String>,
    /// Accept with an ErrorList of severity Warning and this code.
    #[serde(default)]
    pub warning: Option<String>,
}

impl TransportAnswer {
    /// Whether at most one key is given.
    pub fn is_clear(&self) -> bool {
        let given = [self.lost.is_some(), self.never, self.error.is_some(), self.warning.is_some()];
        given.into_iter().filter(|given| *given).count() <= 1
    }
}

/// Answers a message of the subject's with an AppRec.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerStep {
    /// Label of the AppRec.
    #[serde(rename = "as")]
    pub label: String,
    /// Label of the message that it answers.
    pub to: String,
    /// Status by list 8258: `"1"` accepted, `"2"` rejected.
    pub status: String,
    /// For a rejection: codes of list 8221.
    #[serde(default)]
    pub error: Vec<String>,
    /// Changes made on purpose, each in one layer.
    #[serde(default)]
    pub alter: Vec<Alteration>,
}

/// Asks a person what no program can see.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskStep {
    /// Label of the question, new in the scenario.
    #[serde(rename = "as")]
    pub label: String,
    /// Who is asked, e.g. `caregiver`.
    pub who: String,
    /// The question, with what to do first.
    pub question: Title,
    /// The answers that can be given; `yes` and `no` when absent.
    #[serde(default = "yes_or_no")]
    pub choices: Vec<String>,
    /// Those that say that all is as it has to be; `yes` when absent.
    #[serde(default = "yes")]
    pub good: Vec<String>,
    /// A picture or file that is to be attached, e.g. `screenshot`.
    #[serde(default)]
    pub attach: Option<String>,
    /// The requirement (or several) that the answer speaks about.
    #[serde(default)]
    pub requirement: OneOrMany,
}

fn yes_or_no() -> Vec<String> {
    vec!["yes".to_owned(), "no".to_owned()]
}

fn yes() -> Vec<String> {
    vec!["yes".to_owned()]
}
