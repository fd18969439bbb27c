//! HIS 80415:2012: AppRec 1.1, what it says and how it mirrors the address of the message.
//!
//! The address has two levels. What stands on a level that the AppRec leaves out is spoken of by 3.5-1; a
//! HER-id that is another is HITS 1168 6.1's; a further identifier that is not returned 3.5-2's; a level in
//! the wrong element 3.5-4's.

use crate::address::{self, Kind, Recipient, Rung};
use crate::check::{Answered, ExchangeCheck, Finding, MessageCheck, Seen, exchange, message, shown, shown_or_absent};
use crate::hits1168::{answering_recipient, one_per_recipient};
use wire::apprec::{AppRec, Original, Party, Version};
use wire::code::Coded;
use wire::ebxml::Envelope;
use wire::head::MsgHead;
use wire::identifier::is_uuid;
use wire::place::{Located, Place};

pub(crate) const CHECKS: &[MessageCheck] = &[
    message("HIS80415-2012-3.1-1", "MsgType, IssueDate and Id of the message that is receipted", identification),
    message("HIS80415-2012-3.1-2", "at least one Error in a negative receipt", negative_has_reason),
    message("HIS80415-2012-3.5-1", "name and id of every level", full_address),
    message("HIS80415-2012-3.5-2", "every identifier of the address", every_identifier),
    message("HIS80415-2012-3.5-4", "the service as Dept, the person as HCPerson", mapping),
];

pub(crate) const EXCHANGE_CHECKS: &[ExchangeCheck] = &[
    exchange("HIS80415-2012-3.3.4-1", "exactly one AppRec for each recipient", |a| one_per_recipient(a, false)),
    exchange("HIS80415-2012-3.3.4-7", "AppRec status 2", msg_id_is_no_uuid),
    exchange("HIS80415-2012-3.5-3", "an AppRec of its own for each recipient of the enterprise", same_enterprise),
];

/// The receipt, when it is of version 1.1.
fn receipt<'h>(seen: &Seen<'h>) -> Option<&'h AppRec> {
    seen.record.apprec().filter(|a| a.version == Some(Version::V11))
}

/// IssueDate is the GenDate as it stood, with or without zone; MsgType the Type. (A receipt whose Id is unknown
/// is paired by its conversation: then it names the wrong message.)
fn identification(seen: &Seen<'_>) -> Option<Finding> {
    let apprec = receipt(seen)?;
    let Some(original) = &apprec.original else {
        let place = apprec.root.place.child("OriginalMsgId");
        return Some(Finding::violated(&place, "absent"));
    };
    let head = seen.stimulus?.head()?;
    Some(same_message(original, head, seen.stimulus_envelope()))
}

fn same_message(original: &Original, head: &MsgHead, envelope: Option<&Envelope>) -> Finding {
    let id = original.id.as_ref();
    let is_its_own =
        |id: &Located<String>| head.msg_id().is_some_and(|m| m.trim().eq_ignore_ascii_case(id.value.trim()));
    if !id.is_some_and(is_its_own) {
        let place = id.map_or_else(|| original.place.child("Id"), |i| i.place.clone());
        let finding = Finding::violated(&place, shown_or_absent(id)).expected(shown(head.msg_id().unwrap_or_default()));
        let message_id = envelope.and_then(Envelope::message_id);
        let is_envelopes = id.is_some_and(|i| message_id.is_some_and(|m| m.eq_ignore_ascii_case(i.value.trim())));
        let hint = "it is the ebXML MessageId; the receipt is for the fagmelding, by its MsgId";
        return if is_envelopes { finding.hint(hint) } else { finding };
    }
    let date = original.issue_date.as_ref();
    if date.map(|d| d.value.trim()) != head.gen_date().map(str::trim) {
        let place = date.map_or_else(|| original.place.child("IssueDate"), |d| d.place.clone());
        let finding =
            Finding::violated(&place, shown_or_absent(date)).expected(shown(head.gen_date().unwrap_or_default()));
        return finding.hint("IssueDate is copied as text; a time that is parsed and written again gets another zone");
    }
    let kind = original.msg_type.as_ref().and_then(Coded::code);
    if kind != head.message_function() {
        let place = original.msg_type.as_ref().map_or_else(|| original.place.child("MsgType"), |k| k.place.clone());
        let wanted = shown(head.message_function().unwrap_or_default());
        return Finding::violated(&place, shown(kind.unwrap_or_default())).expected(wanted);
    }
    Finding::satisfied(&original.place, shown_or_absent(id))
}

fn negative_has_reason(seen: &Seen<'_>) -> Option<Finding> {
    let apprec = receipt(seen).filter(|a| a.status_code() == Some("2"))?;
    let place = apprec.status.as_ref().map_or(&apprec.root.place, |s| &s.place);
    Some(Finding::when(!apprec.errors.is_empty(), place, format!("{} Error", apprec.errors.len())))
}

/// What was asked for and what stands there, on both sides of the receipt.
struct Sides {
    wanted: Vec<Rung>,
    found: Vec<Rung>,
    place: Place,
}

fn sides(seen: &Seen<'_>) -> Option<[Sides; 2]> {
    let apprec = receipt(seen)?;
    let head = seen.stimulus?.head()?;
    let recipient = answering_recipient(apprec, head)?;
    let sender = head.sender().and_then(|s| s.organisation.as_ref()).map(address::of_organisation)?;
    let side = |party: Option<&Party>, wanted: Vec<Rung>| {
        let place = party.map_or_else(|| apprec.root.place.clone(), |p| p.place.clone());
        Sides { wanted, found: party.map(address::of_party).unwrap_or_default(), place }
    };
    Some([side(apprec.sender.as_ref(), recipient.rungs), side(apprec.receiver.as_ref(), sender)])
}

/// The rung of an AppRec that answers to one of the message: the same kind, or level 2 in whichever element.
fn counterpart<'r>(wanted: &Rung, found: &'r [Rung]) -> Option<&'r Rung> {
    let level_two = |r: &&Rung| (r.kind == Kind::Enterprise) == (wanted.kind == Kind::Enterprise);
    let same_her = found.iter().filter(level_two).find(|r| r.her().is_some() && r.her() == wanted.her());
    same_her.or_else(|| found.iter().find(|r| r.kind == wanted.kind)).or_else(|| found.iter().find(level_two))
}

fn level_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Enterprise => "the enterprise",
        Kind::Service => "the service",
        Kind::Person => "the person",
    }
}

fn full_address(seen: &Seen<'_>) -> Option<Finding> {
    let sides = sides(seen)?;
    for side in &sides {
        for wanted in &side.wanted {
            let what = level_name(wanted.kind);
            let Some(found) = counterpart(wanted, &side.found) else {
                return Some(Finding::violated(&side.place, format!("{what} is left out")));
            };
            if wanted.is_named && !found.is_named {
                return Some(Finding::violated(&found.place.child("Name"), format!("the name of {what} is left out")));
            }
            if !wanted.ids.is_empty() && found.ids.is_empty() {
                return Some(Finding::violated(&found.place.child("Id"), format!("the id of {what} is left out")));
            }
        }
    }
    Some(Finding::satisfied(&sides[0].place, "every level, with name and id"))
}

/// A HER-id that is another is HITS 1168 6.1's; a level that is left out 3.5-1's.
fn every_identifier(seen: &Seen<'_>) -> Option<Finding> {
    let sides = sides(seen)?;
    let mut place = None;
    for side in &sides {
        for wanted in side.wanted.iter().filter(|r| r.ids.len() > 1) {
            let found = counterpart(wanted, &side.found).filter(|f| !f.ids.is_empty())?;
            place.get_or_insert_with(|| found.place.clone());
            let missing =
                wanted.ids.iter().find(|(kind, id)| kind != "HER" && !found.ids.contains(&(kind.clone(), id.clone())));
            if let Some((kind, _)) = missing {
                let got = format!("{kind} of {} is left out", level_name(wanted.kind));
                return Some(Finding::violated(&found.place, got));
            }
        }
    }
    place.map(|place| Finding::satisfied(&place, "all"))
}

fn mapping(seen: &Seen<'_>) -> Option<Finding> {
    let sides = sides(seen)?;
    let mut place = None;
    for side in &sides {
        for wanted in &side.wanted {
            let same = side.found.iter().find(|r| r.her().is_some() && r.her() == wanted.her());
            let Some(found) = same else { continue };
            if found.kind != wanted.kind {
                let got = format!("{} as {}", level_name(wanted.kind), element(found.kind));
                return Some(Finding::violated(&found.place, got));
            }
            if wanted.kind != Kind::Enterprise {
                place.get_or_insert_with(|| found.place.clone());
            }
        }
    }
    place.map(|place| Finding::satisfied(&place, "in its element"))
}

fn element(kind: Kind) -> &'static str {
    match kind {
        Kind::Enterprise => "Inst",
        Kind::Service => "Dept",
        Kind::Person => "HCPerson",
    }
}

/// A message of ours whose MsgId is no UUID is rejected. E10 is the code for it; another code rejects it too.
fn msg_id_is_no_uuid(a: &Answered<'_>) -> Vec<Finding> {
    let msg_id = a.stimulus.head().and_then(MsgHead::msg_id).map(str::trim);
    let applies = msg_id.is_some_and(|id| !id.is_empty() && !is_uuid(id));
    let Some(answer) = a.apprecs().next().filter(|_| applies) else { return Vec::new() };
    let Some(apprec) = answer.apprec() else { return Vec::new() };
    let place = apprec.status.as_ref().map_or(&apprec.root.place, |s| &s.place);
    let status = apprec.status_code().unwrap_or_default();
    let mut findings = vec![Finding::when(status == "2", place, format!("status {status}")).about(answer.seq)];
    if status == "2" && !apprec.error_codes().any(|code| code == "E10") {
        let why =
            "HIS 80415:2012 3.3.4 names E10 (ugyldig meldingsidentifikator); another code rejects the message as well";
        let codes: Vec<&str> = apprec.error_codes().collect();
        findings.push(Finding::remark(place, shown(&codes.join(" ")), why).about(answer.seq));
    }
    findings
}

/// Two recipients of one enterprise: a receipt that names both is one where two are due.
fn same_enterprise(a: &Answered<'_>) -> Vec<Finding> {
    let Some(head) = a.stimulus.head() else { return Vec::new() };
    let parties = a.history.subject.as_ref().map_or(&[][..], |s| &s.parties);
    let own: Vec<Recipient> = address::recipients(head).into_iter().filter(|r| r.is_own(parties)).collect();
    let enterprise = own.first().and_then(|r| r.hers().0);
    let is_shared = own.len() > 1 && enterprise.is_some() && own.iter().all(|r| r.hers().0 == enterprise);
    if is_shared { crate::hits1168::receipt_of_its_own(a, &own) } else { Vec::new() }
}
