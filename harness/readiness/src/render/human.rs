//! For people at a terminal, in English.

use crate::answer::{Answer, Reason, together};
use crate::because::Verdict;
use crate::cite::Cite;
use crate::words::beside::{dispute_en, override_en};
use crate::words::en;
use certify::certificate::Assurance;
use jiff::civil::Date;

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
        cites(reason, question.on, out);
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

fn cites(reason: &Reason<'_>, on: Date, out: &mut String) {
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
        beside(cite, on, out);
        if let Some(equivalent) = cite.equivalent {
            out.push_str(&format!(
                "  {:<16} declared equivalent to {} on {}: {}\n",
                "", certificate.product.version, equivalent.on, equivalent.reason
            ));
        }
    }
}

/// What stands beside a certificate in the register. Overrides that decide are part of the reason already.
fn beside(cite: &Cite<'_>, on: Date, out: &mut String) {
    if let Some(overridden) = &cite.overridden {
        out.push_str(&format!("  {:<16} it says {}; that stays\n", "", overridden.certified.word()));
    }
    for one in &cite.idle {
        out.push_str(&format!("  {:<16} override, {}: {}\n", "", one.stands(on), override_en(one)));
    }
    for one in &cite.disputes {
        out.push_str(&format!("  {:<16} {}\n", "disputed", dispute_en(one)));
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
