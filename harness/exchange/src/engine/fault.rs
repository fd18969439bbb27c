//! SOAP Faults that our parties give by mail: HITS 1172 4.2.2.3 and 4.2.3.2. Over HTTP none is given, because the
//! connection that it belongs on was answered when the arrival was recorded.

use super::desk::StoredAnswer;
use super::kept::Kept;
use super::post::Ends;
use super::run::Run;
use msh::compose;
use wire::ebxml::MessageKind;
use wire::message::Message;
use wire::mime::mail;

/// The Fault about a mail that cannot be read as ebXML, or that gives no basis for an ebXML answer. It goes to Reply-To,
/// else From, else Sender, and names the Message-ID. A mail that is not from the subject is nobody's business; a bounce or
/// a Fault is never answered.
pub(super) fn about(run: &Run, message: &Message, reason: &str) -> Option<StoredAnswer> {
    run.road.office()?;
    if mail::is_bounce(&message.entity) || message.kind() == MessageKind::Fault {
        return None;
    }
    let headers = &message.entity.headers;
    let address = |name: &str| headers.get(name).and_then(|field| mail::address(&field.value));
    let to = ["Reply-To", "From", "Sender"].into_iter().find_map(address)?;
    let subject = &run.plan.subject;
    if !subject.parties.values().any(|party| party.cast.edi.to_lowercase() == to) {
        return None;
    }
    let ours = || subject.partners.values().map(|party| &party.cast.edi);
    let named = address("To").and_then(|to| ours().find(|edi| edi.to_lowercase() == to));
    let from = named.or_else(|| ours().next())?.clone();
    Some(StoredAnswer {
        what: "SOAP Fault",
        entity: Kept::new(compose::fault(reason).entity),
        ends: Ends { from, to },
        deviations: Vec::new(),
        in_reply_to: mail::ids(headers, "Message-ID").into_iter().next(),
    })
}
