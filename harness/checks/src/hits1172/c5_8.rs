//! HITS 1172 5.8.1–5.8.3 and 5.8.5: the message header, its data, the CPAId, Service and Action.

use super::identifier;
use crate::check::{Finding, MessageCheck, Seen, message, place_or, shown, shown_or_absent};
use wire::ebxml::MessageHeader;
use wire::identifier::is_uuid;
use wire::place::{Located, Place};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-4", "eb:MessageHeader in SOAP:Header", message_header),
    message("HITS1172-8", "attribute eb:version", |s| attribute_present(s, |h| h.version.as_ref(), "@eb:version")),
    message("HITS1172-70", "eb:version 2.0", version),
    message("HITS1172-7", "attribute SOAP:mustUnderstand", |s| {
        attribute_present(s, |h| h.must_understand.as_ref(), "@SOAP:mustUnderstand")
    }),
    message("HITS1172-69", "SOAP:mustUnderstand 1", |s| must_understand(s.header()?.must_understand.as_ref())),
    message("HITS1172-76", "eb:MessageData/eb:MessageId", |s| data_present(s, Data::MessageId)),
    message("HITS1172-102", "a UUID, or local@domain as RFC 2822 has it", message_id),
    message("HITS1172-77", "eb:MessageData/eb:Timestamp", |s| data_present(s, Data::Timestamp)),
    message("HITS1172-11", "eb:CPAId", |s| element_present(s, |h| &h.cpa_id, "eb:CPAId")),
    message("HITS1172-12", "<lowest HER-id>_<highest HER-id>, that with a running number, or a UUID", cpa_id),
    message("HITS1172-47", "eb:Service", |s| {
        let header = s.header()?;
        Some(present(header.service.first().map(|service| &service.value), header, "eb:Service"))
    }),
    message("HITS1172-71", "a Service", |s| Some(not_empty(&s.header()?.service.first()?.value))),
    message("HITS1172-48", "eb:Action", |s| element_present(s, |h| &h.action, "eb:Action")),
    message("HITS1172-72", "an Action", |s| Some(not_empty(s.header()?.action.first()?))),
];

/// Rule 4 is silent where rule 2 says that there is no Header to hold it.
fn message_header(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.envelope()?;
    let header = envelope.headers.first()?;
    Some(match envelope.header() {
        Some(found) => Finding::satisfied(&found.place, "present"),
        None => Finding::violated(&header.child("eb:MessageHeader"), "absent"),
    })
}

fn attribute_present(
    seen: &Seen<'_>,
    attribute: fn(&MessageHeader) -> Option<&Located<String>>,
    name: &str,
) -> Option<Finding> {
    let header = seen.header()?;
    Some(present(attribute(header), header, name))
}

fn element_present(
    seen: &Seen<'_>,
    elements: fn(&MessageHeader) -> &Vec<Located<String>>,
    name: &str,
) -> Option<Finding> {
    let header = seen.header()?;
    Some(present(elements(header).first(), header, name))
}

fn present(value: Option<&Located<String>>, header: &MessageHeader, name: &str) -> Finding {
    Finding::when(value.is_some(), &place_or(value, &header.place, name), shown_or_absent(value))
}

fn not_empty(value: &Located<String>) -> Finding {
    Finding::when(!value.value.trim().is_empty(), &value.place, shown(&value.value))
}

fn version(seen: &Seen<'_>) -> Option<Finding> {
    let value = seen.header()?.version.as_ref()?;
    Some(Finding::when(value.value.trim() == "2.0", &value.place, shown(&value.value)))
}

/// Rules 69 and 5.14.2-u2. The SOAP schema allows 0 and 1 only; SOAP stacks write `true`, HITS 1171 5.2.1
/// writes "1 (true)", and no receiver is known to refuse it: a remark.
pub(super) fn must_understand(value: Option<&Located<String>>) -> Option<Finding> {
    let value = value?;
    Some(match value.value.trim() {
        "true" => Finding::remark(
            &value.place,
            "`true`",
            "HITS 1171 5.2.1 writes 1 (true); the SOAP 1.1 schema allows only 0 and 1",
        ),
        other => Finding::when(other == "1", &value.place, shown(&value.value)),
    })
}

#[derive(Clone, Copy)]
enum Data {
    MessageId,
    Timestamp,
}

fn data_present(seen: &Seen<'_>, which: Data) -> Option<Finding> {
    let header = seen.header()?;
    let data = header.message_data.first();
    let (values, name) = match which {
        Data::MessageId => (data.map(|d| &d.message_id), "eb:MessageId"),
        Data::Timestamp => (data.map(|d| &d.timestamp), "eb:Timestamp"),
    };
    let value = values.and_then(|v| v.first());
    let parent = data.map_or_else(|| header.place.child("eb:MessageData"), |d| d.place.clone());
    Some(Finding::when(value.is_some(), &place_or(value, &parent, name), shown_or_absent(value)))
}

/// Rule 102. Blanks around the value belong to it: the schema keeps them, and others compare it as it stands.
fn message_id(seen: &Seen<'_>) -> Option<Finding> {
    let value = seen.header()?.message_data.first()?.message_id.first()?;
    identifier(Some(value), &Place::default(), None)
}

/// Rule 12, with the prose of 5.8.3 that a running number may follow. The HER-ids are those of the two
/// parties, the lower number first whoever sends, compared as numbers. An agreed CPA may have the older form
/// of HIS 1037 6.2.1 (`nav:test:XX99`); whether one is agreed cannot be seen, so that form is a remark.
fn cpa_id(seen: &Seen<'_>) -> Option<Finding> {
    let value = seen.header()?.cpa_id.first()?;
    let text = value.value.trim();
    if is_uuid(text) {
        return Some(Finding::satisfied(&value.place, shown(&value.value)));
    }
    if is_agreed_form(text) {
        return Some(Finding::remark(
            &value.place,
            shown(&value.value),
            "the form of an agreed CPA in HIS 1037 6.2.1; HITS 1172 rule 12 does not list it",
        ));
    }
    let envelope = seen.envelope()?;
    let parties = envelope.from_her().zip(envelope.to_her());
    if is_default_form(text, parties) {
        return Some(Finding::satisfied(&value.place, shown(&value.value)));
    }
    if seen.stimulus_envelope().and_then(|e| e.cpa_id()) == Some(text) {
        return None;
    }
    let finding = Finding::violated(&value.place, shown(&value.value));
    let Some((one, other)) = parties else { return Some(finding) };
    let default = wire::ebxml::names::default_cpa_id(one, other);
    let turned = text == format!("{}_{}", one.max(other), one.min(other));
    let finding = finding.expected(format!("`{default}`, that with a running number, or a UUID"));
    let hint = "the lower HER-id comes first whoever sends, compared as numbers and not as text";
    Some(if turned { finding.hint(hint) } else { finding })
}

fn is_default_form(text: &str, parties: Option<(u32, u32)>) -> bool {
    let numbers: Option<Vec<u64>> = text.split('_').map(number).collect();
    let Some([low, high, running @ ..]) = numbers.as_deref() else { return false };
    let fits =
        parties.is_none_or(|(one, other)| (u64::from(one.min(other)), u64::from(one.max(other))) == (*low, *high));
    low <= high && fits && running.len() <= 1
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// `<party that made it>:<optional sublevel>:<unique id>`.
fn is_agreed_form(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    matches!(parts.len(), 2 | 3) && parts.iter().all(plain) && parts[0].bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_forms_of_a_cpa_id() {
        let parties = Some((80225, 79768));
        assert!(is_default_form("79768_80225", parties));
        assert!(is_default_form("79768_80225_3", parties));
        assert!(is_default_form("9_10", Some((10, 9))), "numbers, not texts");
        assert!(!is_default_form("80225_79768", parties));
        assert!(!is_default_form("79768_80226", parties));
        assert!(!is_default_form("79768_80225_", parties) && !is_default_form("79768", parties));
        assert!(!is_default_form("79768_80225_1_2", parties));
        assert!(is_agreed_form("nav:test:XX99") && is_agreed_form("rf:12345"));
        assert!(!is_agreed_form("nav") && !is_agreed_form("nav::1") && !is_agreed_form("1:2"));
    }
}
