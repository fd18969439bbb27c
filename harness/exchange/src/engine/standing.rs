//! A run that stands at a question: whoever was asked put it off, and it goes on right there another day.
//!
//! Only where nothing but questions is left in the scenario. What still has to be sent or awaited needs the
//! conversation before it, so such a scenario begins anew.

use crate::scenario::{Loaded, Step};
use evidence::event::{Event, Recorded, Seq};

/// A question without answer, at the end of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The scenario.
    pub scenario: String,
    /// The event with which it began.
    pub started: Seq,
    /// Line of the step.
    pub line: u32,
    /// The event of the question.
    pub asked: Seq,
}

impl Standing {
    /// Where a log stands, if it does.
    pub fn of(events: &[Recorded]) -> Option<Self> {
        let last =
            events.iter().rev().find(|r| !matches!(r.event, Event::RunResumed { .. } | Event::TailRecovered { .. }))?;
        let Event::OperatorAsked(question) = &last.event else { return None };
        let is_start = |r: &&Recorded| matches!(&r.event, Event::ScenarioStarted(s) if s.scenario == question.scenario);
        let started = events.iter().rev().find(is_start)?.seq;
        Some(Self { scenario: question.scenario.clone(), started, line: question.line, asked: last.seq })
    }

    /// Whether it is a question of this scenario after which only questions follow.
    pub fn is_within(&self, loaded: &Loaded) -> bool {
        let steps = loaded.scenario.steps.iter().zip(&loaded.step_lines);
        let mut left = steps.filter(|(_, line)| **line >= self.line).map(|(step, _)| step).peekable();
        loaded.id == self.scenario && left.peek().is_some() && left.all(|step| matches!(step, Step::Ask(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::event::Question;
    use jiff::Timestamp;

    fn recorded(seq: Seq, event: Event) -> Recorded {
        Recorded { seq, at: Timestamp::UNIX_EPOCH, epoch: 0, elapsed_ms: 0, cause: None, event }
    }

    #[test]
    fn stands_only_at_a_last_question() {
        let question = Question { scenario: "a/b".into(), line: 9, ..Question::default() };
        let asked = recorded(1, Event::OperatorAsked(question));
        assert_eq!(Standing::of(std::slice::from_ref(&asked)), None, "of a scenario that never began");
        let passed = recorded(2, Event::OperatorPassed { reason: "skipped".into() });
        assert_eq!(Standing::of(&[asked, passed]), None);
    }
}
