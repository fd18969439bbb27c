//! For spreadsheets: a line a municipality.

use crate::answer::Answer;
use crate::words::en;

/// Answers to one question, as comma separated values.
///
/// # Panics
/// Never: the writer writes to memory.
pub fn csv(answers: &[&Answer<'_>]) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let head = [
        "id",
        "name",
        "county",
        "population",
        "group",
        "message",
        "direction",
        "on",
        "answer",
        "because",
        "until",
        "certificates",
        "reason",
    ];
    writer.write_record(head).expect("writing to memory cannot fail");
    for answer in answers {
        let (party, question) = (answer.party, answer.question);
        let first = answer.reasons.first();
        let numbers: Vec<&str> = answer
            .reasons
            .iter()
            .flat_map(|reason| &reason.cites)
            .map(|cite| cite.standing.certificate.number.as_str())
            .collect();
        let record = [
            party.id.clone(),
            party.name.clone(),
            party.county.clone().unwrap_or_default(),
            party.population.map(|people| people.to_string()).unwrap_or_default(),
            party.group.clone().unwrap_or_default(),
            question.name(),
            question.direction.to_string(),
            question.on.to_string(),
            answer.verdict.word().to_owned(),
            answer.because().to_string(),
            answer.until().map(|until| until.to_string()).unwrap_or_default(),
            numbers.join(" "),
            first.map(|reason| en::why(reason, question)).unwrap_or_default(),
        ];
        writer.write_record(record.map(|field| harmless(&field))).expect("writing to memory cannot fail");
    }
    String::from_utf8(writer.into_inner().expect("writing to memory cannot fail")).expect("fields are text")
}

/// A field that a spreadsheet would take for a formula is set in quotes: names come from other people's files.
pub(crate) fn harmless(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() }
}
