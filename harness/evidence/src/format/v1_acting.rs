//! Version 1: triggers, questions and answers.

use super::v1_parts::digest;
use crate::event::{OperatorAnswer, Question, Trigger, TriggerOutcome};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerV1 {
    scenario: String,
    label: String,
    line: u32,
    message: String,
    how: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    request: Option<String>,
}

impl TriggerV1 {
    pub(super) fn of(t: Trigger) -> Self {
        let Trigger { scenario, label, line, message, how, request } = t;
        Self { scenario, label, line, message, how, request: request.map(|d| d.to_string()) }
    }

    pub(super) fn into_domain(self) -> Result<Trigger, String> {
        let Self { scenario, label, line, message, how, request } = self;
        let request = request.map(|d| digest(&d)).transpose()?;
        Ok(Trigger { scenario, label, line, message, how, request })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerOutcomeV1 {
    done: bool,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    output: Option<String>,
}

impl TriggerOutcomeV1 {
    pub(super) fn of(o: TriggerOutcome) -> Self {
        Self { done: o.done, detail: o.detail, output: o.output.map(|d| d.to_string()) }
    }

    pub(super) fn into_domain(self) -> Result<TriggerOutcome, String> {
        let output = self.output.map(|d| digest(&d)).transpose()?;
        Ok(TriggerOutcome { done: self.done, detail: self.detail, output })
    }
}

/// `question` is the English text, as it always was; the rest came later.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionV1 {
    question: String,
    #[serde(default)]
    nb: String,
    #[serde(default)]
    scenario: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    line: u32,
    #[serde(default)]
    who: String,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    good: Vec<String>,
    #[serde(default)]
    requirements: Vec<String>,
    #[serde(default)]
    attach: String,
    #[serde(default)]
    patience_ms: u64,
}

impl QuestionV1 {
    pub(super) fn of(q: Question) -> Self {
        let Question { scenario, label, line, who, nb, en, choices, good, requirements, attach, patience_ms } = q;
        Self { question: en, nb, scenario, label, line, who, choices, good, requirements, attach, patience_ms }
    }

    pub(super) fn into_domain(self) -> Question {
        let Self { question, nb, scenario, label, line, who, choices, good, requirements, attach, patience_ms } = self;
        Question { scenario, label, line, who, nb, en: question, choices, good, requirements, attach, patience_ms }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerV1 {
    answer: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    attachments: Vec<AttachmentV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AttachmentV1 {
    name: String,
    sha256: String,
}

impl AnswerV1 {
    pub(super) fn of(a: OperatorAnswer) -> Self {
        let attachment =
            |(name, digest): (String, crate::digest::Digest)| AttachmentV1 { name, sha256: digest.to_string() };
        let attachments = a.attachments.into_iter().map(attachment).collect();
        Self { answer: a.answer, by: a.by, comment: a.comment, attachments }
    }

    pub(super) fn into_domain(self) -> Result<OperatorAnswer, String> {
        let attachments = self.attachments.into_iter().map(|a| Ok((a.name, digest(&a.sha256)?)));
        Ok(OperatorAnswer {
            answer: self.answer,
            by: self.by,
            comment: self.comment,
            attachments: attachments.collect::<Result<_, String>>()?,
        })
    }
}
