//! For people at a terminal, in English.

use crate::answer::{Answer, Reason, together};
use crate::because::Verdict;
use crate::words::en;
use certify::certificate::Assurance;

/// Answers to one question, the worst first.
pub fn human(answers: &[Answer<'_>]) -> String {
    let mut out = String::new();
    for answer in answers {
        if !out.is_empty() {
            out.push('\n');
        }
        one(answer, &mut out);
    }
    if let (true, Some(verdict)) = (answers.len() > 1, together(answers)) {
        let count = |wanted: Verdict| answers.iter().filter(|answer| answer.verdict == wanted).count();
        out.push_str(&format!(
            "\n{}: {} yes, {} not established, {} no, of {} municipalities\n",
            verdict.to_string().to_uppercase(),
            count(Verdict::Yes),
            count(Verdict::NotEstablished),
            count(Verdict::No),
            answers.len()
        ));
    }
    out
}

fn one(answer: &Answer<'_>, out: &mut String) {
    let question = answer.question;
    out.push_str(&format!(
        "{}  {} {} · {} {} on {}\n",
        answer.verdict.to_string().to_uppercase(),
        answer.party.id,
        answer.party.name,
        question.direction,
        question.name(),
        question.on
    ));
    for reason in &answer.reasons {
        out.push_str(&format!(
            "  {:<16} {}: {}\n",
            reason.because.verdict().to_string(),
            reason.party.name,
            en::why(reason, question)
        ));
        cites(reason, out);
    }
    for condition in answer.conditions() {
        let until = condition.until.map(|until| format!(" (until {until})")).unwrap_or_default();
        out.push_str(&format!("  on condition     {}{until}\n", condition.en));
    }
    if let Some(until) = answer.until() {
        out.push_str(&format!("  holds until      {until}\n"));
    }
    for reason in &answer.reasons {
        for (index, change) in en::changes(reason, question).into_iter().enumerate() {
            let label = if index == 0 { "what changes it" } else { "" };
            out.push_str(&format!("  {label:<16} {change}\n"));
        }
    }
    for remark in en::remarks(answer) {
        out.push_str(&format!("  note             {remark}\n"));
    }
}

fn cites(reason: &Reason<'_>, out: &mut String) {
    for cite in &reason.cites {
        let certificate = &cite.standing.certificate;
        out.push_str(&format!(
            "  {:<16} certificate {} of {}, {} to {}, {}\n",
            "",
            certificate.number,
            certificate.issuer,
            certificate.validity.from,
            certificate.validity.until,
            assurance(certificate.assurance)
        ));
        if let Some(equivalent) = cite.equivalent {
            out.push_str(&format!(
                "  {:<16} declared equivalent to {} on {}: {}\n",
                "", certificate.product.version, equivalent.on, equivalent.reason
            ));
        }
    }
}

/// What the evidence can prove at most, by its word.
pub(crate) fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::SelfRun => "self-run",
        Assurance::Challenged => "challenged",
        Assurance::Witnessed => "witnessed",
    }
}
