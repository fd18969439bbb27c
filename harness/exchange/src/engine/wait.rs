//! Waiting for what the subject gives: receipts and messages of its own.

use super::desk::ReceiptKind;
use super::run::EngineError;
use super::step::{Purpose, Scene};
use crate::scenario::{AwaitStep, SendingNumber};
use carrier::http::Refusal;
use evidence::event::{Await, Event, Seq};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

impl Scene<'_> {
    pub async fn wait(&self, step: &AwaitStep, line: u32, purpose: Purpose) -> Result<Option<String>, EngineError> {
        let Some((what, label)) = step.target() else { return Ok(None) };
        if let Some(reason) = self.fetched(label).await? {
            return Ok(Some(reason));
        }
        let number = self.number(step, label, purpose);
        let patience = self.patience(what, number, purpose);
        let opened = Event::AwaitOpened(Await {
            scenario: self.loaded.id.clone(),
            label: label.to_owned(),
            what: what.to_owned(),
            number,
            quiet: purpose == Purpose::Quiet,
            patience_ms: patience.as_millis() as u64,
            line,
        });
        let awaited = self.run.record(opened, Some(self.started), Vec::new()).await?.seq;
        let refused_before = self.run.refusals.count();
        let until = self.run.wall().checked_add(SignedDuration::try_from(patience).unwrap_or_default());
        self.progress.waiting(what, label, until.unwrap_or(Timestamp::MAX));
        let Some(seq) = self.coming((what, number), label, patience).await? else {
            let refused = self.run.refusals.since(refused_before);
            // What we turned away may have been what was waited for: that is no silence.
            let down = self.run.life.down();
            let is_silence =
                purpose == Purpose::Quiet && down.is_none() && !refused.iter().any(|refusal| refusal.may_be_message);
            let event = if is_silence {
                Event::SilenceObserved { awaited, quiet_ms: patience.as_millis() as u64 }
            } else {
                let given_up = down.or_else(|| self.refused(what, label));
                Event::AwaitLapsed { awaited, reason: given_up.unwrap_or_else(|| lapsed(&refused)) }
            };
            self.run.record(event, Some(awaited), Vec::new()).await?;
            return Ok(None);
        };
        self.note_speed(label, purpose);
        self.run.record(Event::AwaitMet { awaited }, Some(seq), Vec::new()).await?;
        if purpose == Purpose::Ignore {
            let event = Event::ReceiptIgnored { message: seq };
            self.run.record(event, Some(seq), Vec::new()).await?;
        }
        Ok(None)
    }

    /// Over mail: waits until the labelled message has been fetched. Only then is it with the subject, and only from
    /// then on is its answer waited for. Gives why the scenario is given up, if nobody fetches it.
    async fn fetched(&self, label: &str) -> Result<Option<String>, EngineError> {
        let Some(office) = self.run.road.office() else { return Ok(None) };
        let last = self.run.desk().sent.get(label).and_then(|sent| sent.sendings.last().copied());
        let Some(seq) = last else { return Ok(None) };
        if office.lies(seq)
            && let Some(reason) = office.fetched(self.run, seq).await?
        {
            return Ok(Some(format!("`{label}` could not be delivered (not-fetched): {reason}")));
        }
        if let (Some(at_ms), Some(sent)) = (office.fetched_at(seq), self.run.desk().sent.get_mut(label)) {
            sent.at_ms = at_ms;
        }
        Ok(None)
    }

    /// Waits for a receipt or a message, without ever missing one that comes between looking and waiting.
    async fn coming(
        &self,
        (what, number): (&str, u32),
        label: &str,
        patience: Duration,
    ) -> Result<Option<Seq>, EngineError> {
        let look = || {
            let mut desk = self.run.desk();
            match what {
                "message" => desk.sending(label, number),
                "apprec" => desk.take(ReceiptKind::AppRec, label).map(|receipt| receipt.seq),
                _ => desk.take(ReceiptKind::Signal, label).map(|receipt| receipt.seq),
            }
        };
        let mut deadline = tokio::time::Instant::now() + patience;
        let mut refused = false;
        loop {
            let news = self.run.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            self.run.check()?;
            if let Some(seq) = look() {
                return Ok(Some(seq));
            }
            if !refused && self.refused(what, label).is_some() {
                // Whoever refuses a message does not answer it as well. A short while shows whether this one does.
                refused = true;
                deadline = deadline.min(tokio::time::Instant::now() + self.run.quiet());
            }
            if self.run.life.down().is_some() && self.run.aside.is_idle() {
                return Ok(None);
            }
            if tokio::time::timeout_at(deadline, news).await.is_err() {
                self.run.check()?;
                return Ok(look());
            }
        }
    }

    /// Why no AppRec is waited for any longer, if the message was refused.
    fn refused(&self, what: &str, label: &str) -> Option<String> {
        let receipt = self.run.desk().refused(label).filter(|_| what == "apprec")?;
        Some(format!("the message was refused (event {receipt}), and no AppRec came within the quiet time"))
    }

    fn patience(&self, what: &str, number: u32, purpose: Purpose) -> Duration {
        let patience = &self.run.plan.subject.patience;
        match (purpose, what) {
            (Purpose::Quiet, "message") => self.run.quiet().max(self.repetition().unwrap_or_default()),
            (Purpose::Quiet, _) => self.run.quiet(),
            // All sendings up to this one have still to come.
            (_, "message") if number > 1 => {
                self.repetition().map_or(patience.message, |one| one.saturating_mul(number - 1))
            }
            (_, "message") => patience.message,
            (_, "apprec") => patience.apprec,
            _ => patience.transport,
        }
    }

    /// Which sending is meant. Silence about a message means: no sending beyond those that have come.
    fn number(&self, step: &AwaitStep, label: &str, purpose: Purpose) -> u32 {
        let declared = self.run.plan.subject.description.retry.map_or(1, |retry| retry.count);
        match step.sending {
            Some(SendingNumber::Number(number)) => number,
            Some(SendingNumber::Last(_)) => declared.saturating_add(1),
            None if purpose == Purpose::Quiet => self.run.desk().sendings(label) + 1,
            None => 1,
        }
    }

    /// How long to wait for a message to be sent again: one and a half times the interval that the subject file
    /// declares, and some more for the way.
    fn repetition(&self) -> Option<Duration> {
        let subject = &self.run.plan.subject;
        let retry = subject.description.retry?;
        Some(Duration::from_millis(retry.interval_ms.saturating_mul(3) / 2) + subject.patience.quiet)
    }

    fn note_speed(&self, label: &str, purpose: Purpose) {
        // A register that is slow on purpose says nothing about how slow the subject is.
        if purpose == Purpose::Quiet || self.run.switched.any() {
            return;
        }
        let now = self.run.elapsed_ms();
        let mut desk = self.run.desk();
        let took = desk.sent.get(label).map_or(0, |sent| now.saturating_sub(sent.at_ms));
        desk.slowest_ms = desk.slowest_ms.max(took);
    }
}

/// Why a waiting lapsed, with what the inbox turned away meanwhile: not all of it, whoever knocks may knock often.
fn lapsed(refused: &[Refusal]) -> String {
    const SHOWN: usize = 3;
    if refused.is_empty() {
        return "patience ran out".to_owned();
    }
    let shown: Vec<String> = refused.iter().take(SHOWN).map(Refusal::to_string).collect();
    let more = if refused.len() > SHOWN { "; and more" } else { "" };
    format!("patience ran out; meanwhile the inbox turned away: {}{more}", shown.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lapse_says_what_was_turned_away() {
        let refusal = |reason: &str| Refusal {
            from: ([127, 0, 0, 1], 9).into(),
            reason: reason.to_owned(),
            may_be_message: true,
        };
        assert_eq!(lapsed(&[]), "patience ran out");
        let text = lapsed(&[refusal("413: too large")]);
        assert_eq!(text, "patience ran out; meanwhile the inbox turned away: 413: too large from 127.0.0.1:9");
        let many = [refusal("a"), refusal("b"), refusal("c"), refusal("d")];
        assert!(lapsed(&many).ends_with("c from 127.0.0.1:9; and more"));
    }
}
