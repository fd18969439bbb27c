//! MsgInfo, Document and RefDoc (HIS 80601 chapter 5).

use crate::check::{Finding, MessageCheck, Seen, message, place_or, shown, shown_or_absent};
use crate::date_time;
use wire::code::Coded;
use wire::ebxml::Envelope;
use wire::head::{MsgHead, MsgInfo};
use wire::identifier::is_uuid;
use wire::place::{Located, Place};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HIS80601-5_MsgInfo-1", "a code in Type", type_present),
    message("HIS80601-5_MsgInfo-2", "the eb:Action of the envelope", type_is_action),
    message("HIS80601-5_MsgInfo-3", MIG_VERSION, mig_version),
    message("PLOAT-S8", MIG_VERSION, mig_version),
    message("HIS80601-5_MsgInfo-4", "a date with a time", gen_date),
    message("PLOAT-S9", "a date with a time", gen_date),
    message("HIS80601-5_MsgInfo-5", "a UUID that no other message has", msg_id),
    message("PLOAT-S10", "a UUID that no other message has", msg_id),
    message("HIS80601-5_ConversationRef-2", "MsgId of the message before", ref_to_parent),
    message("HIS80601-5_RefDoc-1", "MsgType of list 8114", ref_doc_type),
    message("PLOAT-S16", "MsgType XML and the message as XML in Content", first_document),
];

/// Of Hodemelding 1.2.
const MIG_VERSION: &str = "v1.2 2006-05-24";

fn info<'h>(seen: &Seen<'h>) -> Option<(&'h MsgHead, &'h MsgInfo)> {
    let head = seen.record.head()?;
    Some((head, head.info.as_ref()?))
}

fn code_place(coded: Option<&Coded>, parent: &Place, name: &str) -> Place {
    coded.map_or_else(|| parent.child(name), |coded| coded.place.clone())
}

fn type_present(seen: &Seen<'_>) -> Option<Finding> {
    let (_, info) = info(seen)?;
    let code = info.message_type.as_ref().and_then(Coded::code).unwrap_or_default();
    let place = code_place(info.message_type.as_ref(), &info.place, "Type");
    Some(Finding::when(!code.trim().is_empty(), &place, shown(code)))
}

/// Of a message without envelope nothing can be said; of one without Type 5_MsgInfo-1 speaks.
fn type_is_action(seen: &Seen<'_>) -> Option<Finding> {
    let (head, info) = info(seen)?;
    let action = seen.envelope().and_then(Envelope::action)?;
    let code = head.message_function().filter(|code| !code.trim().is_empty())?;
    let place = code_place(info.message_type.as_ref(), &info.place, "Type");
    Some(Finding::when(code == action, &place, shown(code)).expected(shown(action)))
}

fn mig_version(seen: &Seen<'_>) -> Option<Finding> {
    let (_, info) = info(seen)?;
    let value = info.mig_version.as_ref();
    let holds = value.is_some_and(|v| v.value.trim() == MIG_VERSION);
    Some(Finding::when(holds, &place_or(value, &info.place, "MIGversion"), shown_or_absent(value)))
}

fn gen_date(seen: &Seen<'_>) -> Option<Finding> {
    let (_, info) = info(seen)?;
    let value = info.gen_date.as_ref();
    let holds = value.is_some_and(|v| date_time::is_date_time(v.value.trim()));
    let finding = Finding::when(holds, &place_or(value, &info.place, "GenDate"), shown_or_absent(value));
    Some(finding)
}

/// A MsgId that another message of the subject's has too was used twice, unless it is the same message again: a
/// repetition has the same hodemelding, byte for byte.
fn msg_id(seen: &Seen<'_>) -> Option<Finding> {
    let (_, info) = info(seen)?;
    let value = info.msg_id.as_ref();
    let place = place_or(value, &info.place, "MsgId");
    let Some(id) = value.map(|v| v.value.trim()).filter(|id| is_uuid(id)) else {
        return Some(Finding::violated(&place, shown_or_absent(value)));
    };
    let own = &seen.record.payload()?.content;
    let others = seen.history.messages.iter().filter(|m| m.author == seen.record.author && m.seq < seen.record.seq);
    let another = others.filter(|m| m.head().and_then(MsgHead::msg_id).is_some_and(|o| o.eq_ignore_ascii_case(id)));
    let mut another = another.filter(|m| m.is_undeviated() && m.payload().is_some_and(|p| p.content != *own));
    Some(match another.next() {
        Some(earlier) => Finding::violated(&place, format!("{}, as in event {}", shown(id), earlier.seq))
            .hint("another message has this MsgId; its receiver takes the second one for a duplicate and drops it"),
        None => Finding::satisfied(&place, shown(id)),
    })
}

/// Only where a ConversationRef is there: whether a message answers another is not seen from the message alone.
fn ref_to_parent(seen: &Seen<'_>) -> Option<Finding> {
    let (_, info) = info(seen)?;
    let reference = info.conversation_ref.as_ref()?;
    let parent = reference.ref_to_parent.as_ref();
    let place = place_or(parent, &reference.place, "RefToParent");
    let Some(id) = parent.map(|p| p.value.trim()).filter(|id| !id.is_empty()) else {
        return Some(Finding::violated(&place, shown_or_absent(parent)));
    };
    let earlier = seen.history.messages.iter().filter(|m| m.seq < seen.record.seq);
    let named = earlier.filter_map(|m| m.head().and_then(MsgHead::msg_id)).any(|m| m.eq_ignore_ascii_case(id));
    // What is referred to may be older than this run.
    named.then(|| Finding::satisfied(&place, shown(id)))
}

fn ref_doc_type(seen: &Seen<'_>) -> Option<Finding> {
    let (head, _) = info(seen)?;
    let known = |code: Option<&str>| matches!(code, Some("XML" | "A" | "REF"));
    let documents = || head.documents.iter().filter_map(|d| d.ref_doc.as_ref());
    let wrong = documents().find(|r| !known(r.msg_type.as_ref().and_then(Coded::code)));
    let shown_doc = wrong.or_else(|| documents().next())?;
    let code = shown_doc.msg_type.as_ref().and_then(Coded::code);
    let place = code_place(shown_doc.msg_type.as_ref(), &shown_doc.place, "MsgType");
    Some(Finding::when(wrong.is_none(), &place, shown(code.unwrap_or_default())))
}

fn first_document(seen: &Seen<'_>) -> Option<Finding> {
    let (head, info) = info(seen)?;
    let Some(document) = head.documents.first() else {
        return Some(Finding::violated(&info.place, "no Document"));
    };
    let Some(ref_doc) = &document.ref_doc else {
        return Some(Finding::violated(&document.place, "no RefDoc"));
    };
    let is_xml = ref_doc.msg_type.as_ref().is_some_and(|t| t.is("XML"));
    let place = code_place(ref_doc.msg_type.as_ref(), &ref_doc.place, "MsgType");
    if !is_xml {
        let code = ref_doc.msg_type.as_ref().and_then(Coded::code).unwrap_or_default();
        return Some(Finding::violated(&place, shown(code)));
    }
    // A Base64Container in Content is XML too, but not the message.
    let body = ref_doc.content.first().filter(|c| c.name != "Base64Container");
    Some(match body {
        Some(body) => Finding::satisfied(&body.place, format!("XML, <{}>", body.name)),
        None => Finding::violated(&ref_doc.place.child("Content"), "the message is not there as XML"),
    })
}

/// Whether a value says something.
pub(super) fn says(value: Option<&Located<String>>) -> bool {
    value.is_some_and(|v| !v.value.trim().is_empty())
}
