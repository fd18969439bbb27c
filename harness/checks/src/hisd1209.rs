//! HISD 1209: Service, Action and Role of a payload message.
//!
//! The method is laid down for the messages of the list; whatever has another Action is left alone.

use crate::check::{Finding, MessageCheck, Seen, message, shown};
use wire::ebxml::{MessageHeader, MessageKind, names};

pub(crate) const CHECKS: &[MessageCheck] = &[
    message("HISD1209-3.2-1", "Service `S-` and the fagmelding's Action", service),
    message("HISD1209-3.3-1", "the sender's and the receiver's role of the process", roles),
];

/// The Actions of the list: code list 8279 as far as HISD 1209 of 15.10.2018 uses it.
const FUNCTIONS: [&str; 36] = [
    "EPIKRISE",
    "HENVISNING",
    "HENVISNING_NYTILSTAND",
    "HENVISNING_VIDERE",
    "REQ_CYT",
    "REQ_HIST",
    "REQ_KKL",
    "REQ_MBIO",
    "REQ_LAB",
    "REQ_RTG",
    "SVAR_CYT",
    "SVAR_HIST",
    "SVAR_KKL",
    "SVAR_MBIO",
    "SVAR_LAB",
    "SVAR_RTG",
    "TILBAKEMELD",
    "INNLEGGELSESRAPPORT",
    "LOG_INNLAGT",
    "LOG_AVMELDING",
    "LOG_DOD",
    "LOG_UTSKREVET",
    "LOG_UTSKRIVNINGSKLAR",
    "HELSEOPPL_SOKNAD",
    "HELSEOPPLYSNINGER_LEGE",
    "MEDISINSKE_OPPLYSNINGER",
    "ORIENTERING_TJENESTETILBUD",
    "UTSKRIVNINGSRAPPORT",
    "EPJ-EKSTRAKT",
    "DIALOG_FORESPORSEL",
    "DIALOG_AVVIK",
    "DIALOG_NOTAT",
    "DIALOG_SVAR",
    "DIALOG_STATUS_HENVISNING",
    "DIALOG_HELSEFAGLIG",
    names::APPREC,
];

/// The fagmelding's own function: by Action, for a receipt by Service.
fn function<'h>(seen: &Seen<'h>) -> Option<&'h str> {
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let action = envelope.action().filter(|action| FUNCTIONS.contains(action))?;
    if action == names::APPREC {
        let service = envelope.service()?.strip_prefix("S-")?;
        return FUNCTIONS.contains(&service).then_some(service);
    }
    Some(action)
}

/// Of a receipt only that its Service is one of the list, under another name than the fagmelding's it would
/// belong to no process. An absent or empty Service is spoken of by HITS 1172 rules 47 and 71.
fn service(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let action = envelope.action().filter(|action| FUNCTIONS.contains(action))?;
    let written = &seen.header()?.service.first()?.value;
    let service = written.value.trim();
    if service.is_empty() {
        return None;
    }
    let of_receipt = seen.stimulus_envelope().and_then(|s| s.service());
    let (holds, wanted) = match (action, of_receipt) {
        (names::APPREC, Some(answered)) => (service == answered, answered.to_owned()),
        (names::APPREC, None) => (function(seen).is_some(), "S-<Action of the fagmelding>".to_owned()),
        (action, _) => (service == names::service_of(action), names::service_of(action)),
    };
    Some(Finding::when(holds, &written.place, shown(&written.value)).expected(shown(&wanted)))
}

/// A receipt keeps the roles of the parties: it comes from the receiver of the fagmelding. An absent Role is
/// spoken of by HITS 1171 5.2.1.3.
fn roles(seen: &Seen<'_>) -> Option<Finding> {
    let function = function(seen)?;
    let header: &MessageHeader = seen.header()?;
    let from = header.from.first()?.role.first()?;
    let to = header.to.first()?.role.first()?;
    let (sender, receiver) = (names::sender_role(function), names::receiver_role(function));
    let is_receipt = seen.envelope()?.action() == Some(names::APPREC);
    let (wanted_from, wanted_to) = if is_receipt { (receiver, sender) } else { (sender, receiver) };
    let holds = from.value.trim() == wanted_from && to.value.trim() == wanted_to;
    let got = format!("from {}, to {}", shown(&from.value), shown(&to.value));
    Some(Finding::when(holds, &from.place, got).expected(format!("from `{wanted_from}`, to `{wanted_to}`")))
}

#[cfg(test)]
mod tests {
    use super::FUNCTIONS;
    use crate::catalogue::Catalogue;

    #[test]
    fn the_list_is_that_of_the_catalogue() {
        let catalogue = Catalogue::embedded();
        let rows = catalogue.iter().filter(|r| r.id.as_str().starts_with("HISD1209-4-"));
        let actions: std::collections::BTreeSet<&str> =
            rows.filter_map(|r| r.statement.split("Action ").nth(1)?.split(',').next()).collect();
        assert_eq!(actions, FUNCTIONS.into_iter().collect());
    }
}
