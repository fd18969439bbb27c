//! What people said. Their yes and their no are evidence like a message; what nobody answered is not established.

use crate::catalogue::RequirementId;
use crate::check::shown;
use crate::observation::Observation;
use crate::verdict::{Cause, Verdict};
use evidence::history::{History, QuestionOutcome, QuestionRecord};
use wire::place::Place;

/// One observation for each requirement that a question speaks about.
pub(super) fn observations(history: &History) -> impl Iterator<Item = Observation> {
    history.questions.iter().flat_map(|asked| asked.question.requirements.iter().map(move |id| one(asked, id)))
}

fn one(asked: &QuestionRecord, id: &str) -> Observation {
    let question = &asked.question;
    let (about, verdict, got) = match &asked.outcome {
        Some(QuestionOutcome::Answered(seq, answer)) => {
            let is_good = question.good.contains(&answer.answer);
            let verdict = if is_good { Verdict::Satisfied } else { Verdict::Violated };
            // An answer that was meant to say nothing about right and wrong says nothing.
            let verdict = if question.good.is_empty() { Verdict::CannotTell(Cause::Suite) } else { verdict };
            let missing = !question.attach.is_empty() && answer.attachments.is_empty();
            let verdict = if missing && is_good { Verdict::CannotTell(Cause::Operator) } else { verdict };
            let lacks =
                if missing { format!(", without the {} that was asked for", question.attach) } else { String::new() };
            (*seq, verdict, format!("{}{lacks}", shown(&answer.answer)))
        }
        Some(QuestionOutcome::Passed(reason)) => (asked.seq, Verdict::CannotTell(Cause::Operator), reason.clone()),
        None => (asked.seq, Verdict::CannotTell(Cause::Operator), "the question is open".to_owned()),
    };
    let place = Place::named(format!("the answer of the {}", question.who));
    let mut observation = Observation::new(RequirementId::new(id), about, verdict, place);
    observation.expected = format!("`{}` to: {}", question.good.join("` or `"), question.en);
    observation.got = got;
    observation.scenario = Some(question.scenario.clone());
    observation.scenario_line = Some(question.line);
    observation
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::event::{OperatorAnswer, Question};

    fn verdict(outcome: Option<QuestionOutcome>, attach: &str) -> Verdict {
        let question = Question { good: vec!["yes".into()], attach: attach.into(), ..Question::default() };
        one(&QuestionRecord { seq: 3, question, outcome }, "HITS1168-9-1").verdict
    }

    fn answered(answer: &str) -> QuestionOutcome {
        QuestionOutcome::Answered(4, OperatorAnswer { answer: answer.into(), ..OperatorAnswer::default() })
    }

    #[test]
    fn yes_no_and_silence() {
        assert_eq!(verdict(Some(answered("yes")), ""), Verdict::Satisfied);
        assert_eq!(verdict(Some(answered("no")), ""), Verdict::Violated);
        let open = Verdict::CannotTell(Cause::Operator);
        assert_eq!(verdict(Some(QuestionOutcome::Passed("skipped".into())), ""), open);
        assert_eq!(verdict(None, ""), open);
        assert_eq!(verdict(Some(answered("yes")), "screenshot"), open, "a yes without the picture is not shown");
        assert_eq!(verdict(Some(answered("no")), "screenshot"), Verdict::Violated);
    }
}
