//! For programs: one document, with names that stay.

use super::human::assurance;
use crate::answer::{Answer, Reason, together};
use crate::letter::Letter;
use crate::question::Question;
use crate::words::en;
use serde_json::{Value, json};

/// Version of the document.
const FORMAT: u32 = 1;

/// Answers to some questions; `is_verified`: whether the signatures of the certificates were checked.
pub fn json(asked: &[(&Question, Vec<Answer<'_>>)], is_verified: bool, letters: &[Letter]) -> String {
    let questions: Vec<Value> = asked
        .iter()
        .map(|(question, answers)| {
            json!({
                "question": question,
                "answer": together(answers),
                "municipalities": answers.iter().map(answer).collect::<Vec<_>>(),
            })
        })
        .collect();
    let all = asked.iter().flat_map(|(_, answers)| answers);
    let document = json!({ "format": FORMAT, "answer": together(all), "is_verified": is_verified, "questions": questions, "letters": letters });
    format!("{document:#}\n")
}

fn answer(answer: &Answer<'_>) -> Value {
    let conditions = answer.conditions();
    json!({
        "id": answer.party.id,
        "name": answer.party.name,
        "answer": answer.verdict,
        "because": answer.because(),
        "until": answer.until(),
        "reasons": answer.reasons.iter().map(|one| reason(one, answer.question)).collect::<Vec<_>>(),
        "conditions": conditions,
        "remarks": en::remarks(answer),
    })
}

fn reason(reason: &Reason<'_>, question: &Question) -> Value {
    json!({
        "because": reason.because,
        "answer": reason.because.verdict(),
        "end": if reason.is_own { "own" } else { "other" },
        "party": { "id": reason.party.id, "name": reason.party.name, "class": reason.party.class },
        "direction": reason.direction,
        "system": reason.installation,
        "text": en::why(reason, question),
        "changes": en::changes(reason, question),
        "certificates": reason.cites.iter().map(|cite| {
            let certificate = &cite.standing.certificate;
            json!({
                "number": certificate.number,
                "issuer": certificate.issuer,
                "digest": cite.standing.digest,
                "from": certificate.validity.from,
                "until": certificate.validity.until,
                "assurance": assurance(certificate.assurance),
                "equivalent": cite.equivalent,
                "withdrawn": cite.standing.withdrawn,
                "certified": cite.overridden.as_ref().map(|one| one.certified),
                "overridden_by": cite.overridden.as_ref().map(|one| &one.by),
                "other_overrides": cite.idle,
                "disputes": cite.disputes,
            })
        }).collect::<Vec<_>>(),
    })
}
