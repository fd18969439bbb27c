//! What makes a subject act, and what people at it are asked.

use crate::digest::Digest;

/// The subject was made to send: by a request, by a command, or by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The scenario.
    pub scenario: String,
    /// Label that the message will be spoken of by.
    pub label: String,
    /// Line of the step.
    pub line: u32,
    /// What it is to send, e.g. `INNLEGGELSESRAPPORT@1.6`.
    pub message: String,
    /// How: `POST http://…`, `command …` or `person`.
    pub how: String,
    /// What was handed over: the request's entity, or a command's input.
    pub request: Option<Digest>,
}

/// What a trigger gave back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggerOutcome {
    /// Whether it was carried out: status 2xx, exit code 0, or a person's yes.
    pub done: bool,
    /// In one sentence.
    pub detail: String,
    /// What it printed or answered, cut to a limit.
    pub output: Option<Digest>,
}

/// What an operator was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// The scenario.
    pub scenario: String,
    /// Label of the step.
    pub label: String,
    /// Line of the step.
    pub line: u32,
    /// Who is asked, e.g. `caregiver`.
    pub who: String,
    /// The question in bokmål.
    pub nb: String,
    /// The question in English.
    pub en: String,
    /// The answers that can be given; empty for a free text.
    pub choices: Vec<String>,
    /// Those that say that all is as it has to be; empty where an answer proves nothing.
    pub good: Vec<String>,
    /// The requirements that the answer speaks about.
    pub requirements: Vec<String>,
    /// What is to be attached, e.g. `screenshot`; empty for nothing.
    pub attach: String,
    /// How long it is waited for, in milliseconds.
    pub patience_ms: u64,
}

/// What an operator answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OperatorAnswer {
    /// The answer.
    pub answer: String,
    /// Who answered, as they call themselves.
    pub by: String,
    /// A remark.
    pub comment: String,
    /// Name and bytes of each attachment.
    pub attachments: Vec<(String, Digest)>,
}
