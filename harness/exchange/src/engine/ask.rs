//! Questions to people.

use super::people::Reply;
use super::run::EngineError;
use super::step::Scene;
use crate::scenario::AskStep;
use evidence::digest::Digest;
use evidence::event::{Event, OperatorAnswer, Question, Seq};
use jiff::{SignedDuration, Timestamp};

impl Scene<'_> {
    /// Asks what no program can see. Whatever the answer is, the scenario goes on.
    pub async fn ask(&self, step: &AskStep, line: u32) -> Result<Option<String>, EngineError> {
        let question = Question {
            label: step.label.clone(),
            who: step.who.clone(),
            nb: step.question.nb.clone(),
            en: step.question.en.clone(),
            choices: step.choices.clone(),
            good: step.good.clone(),
            requirements: step.requirement.list(),
            attach: step.attach.clone().unwrap_or_default(),
            ..self.question(line)
        };
        self.put(question).await?;
        Ok(None)
    }

    /// A question of this scenario, still without words.
    pub fn question(&self, line: u32) -> Question {
        let patience_ms = self.run.plan.subject.patience.operator.as_millis() as u64;
        Question { scenario: self.loaded.id.clone(), line, patience_ms, ..Question::default() }
    }

    /// Asks, and records question and answer; returns the answer, if there is one, and its event.
    pub async fn put(&self, question: Question) -> Result<Option<(Seq, OperatorAnswer)>, EngineError> {
        let patience = SignedDuration::from_millis(question.patience_ms.try_into().unwrap_or(i64::MAX));
        let until = self.run.wall().checked_add(patience).unwrap_or(Timestamp::MAX);
        let asked = match self.standing.filter(|standing| standing.line == question.line) {
            Some(standing) => standing.asked,
            None => self.run.record(Event::OperatorAsked(question.clone()), Some(self.started), Vec::new()).await?.seq,
        };
        self.progress.waiting(&question.who, &question.label, until);
        let event = match self.run.people.0.ask(&question).await {
            Reply::Answered { answer, by, comment, attachments } => {
                let named = attachments.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect();
                let answered = OperatorAnswer { answer, by, comment, attachments: named };
                let blobs = attachments.into_iter().map(|(_, bytes)| bytes).collect();
                let event = Event::OperatorAnswered(answered.clone());
                let seq = self.run.record(event, Some(asked), blobs).await?.seq;
                return Ok(Some((seq, answered)));
            }
            Reply::Passed(reason) => Event::OperatorPassed { reason },
            Reply::PutOff => return Err(EngineError::PutOff),
        };
        self.run.record(event, Some(asked), Vec::new()).await?;
        Ok(None)
    }
}
