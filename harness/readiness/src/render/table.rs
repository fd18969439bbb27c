//! For spreadsheets: a line a municipality.

use crate::answer::Answer;
use crate::words::en;

/// Answers to one question, as comma separated values.
pub fn csv(answers: &[&Answer<'_>]) -> String {
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
        "conditions",
    ];
    let record = |answer: &&Answer<'_>| {
        let (party, question) = (answer.party, answer.question);
        let cites = answer.reasons.iter().flat_map(|reason| &reason.cites);
        let numbers: Vec<&str> = cites.map(|cite| cite.standing.certificate.number.as_str()).collect();
        let fields = [
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
            answer.reasons.first().map(|reason| en::why(reason, question)).unwrap_or_default(),
            answer.conditions().iter().map(|condition| condition.en.as_str()).collect::<Vec<_>>().join("; "),
        ];
        fields.map(|field| harmless(&field))
    };
    lines(&head, answers.iter().map(record))
}

/// Lines of comma separated values.
pub(super) fn lines<R: IntoIterator<Item = String>>(head: &[&str], records: impl IntoIterator<Item = R>) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(head).expect("writing to memory cannot fail");
    for record in records {
        let record: Vec<String> = record.into_iter().collect();
        writer.write_record(record).expect("writing to memory cannot fail");
    }
    String::from_utf8(writer.into_inner().expect("writing to memory cannot fail")).expect("fields are text")
}

/// A field that a spreadsheet would take for a formula is set in quotes: names come from other people's files.
pub(crate) fn harmless(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() }
}
