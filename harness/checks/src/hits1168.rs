//! HITS 1168: the right use of the application receipt.

use crate::address::{self, Recipient};
use crate::check::{Answered, ExchangeCheck, Finding, MessageCheck, Seen, exchange, message, shown};
use crate::facts::{AnswerKind, Silence, recipient_of};
use crate::hits1172::is_turned_away;
use evidence::history::MessageRecord;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use wire::apprec::{AppRec, ERROR_LIST, Version};
use wire::code::Coded;
use wire::ebxml::{Envelope, MessageKind};
use wire::head::MsgHead;
use wire::place::Place;

pub(crate) const CHECKS: &[MessageCheck] = &[
    message("HITS1168-5.1-1", "a receipt for a party of the own enterprise", own_party),
    message("HITS1168-6.1-1", "the message's sender as Receiver, its receiver as Sender", mirrored),
    message("HITS1168-6.2-1", "Sender/Role REQ or SPR", |s| role(s, Some(Version::V10), false, &["REQ", "SPR"])),
    message("HITS1168-6.2-2", "Sender/Role PRIM", |s| role(s, Some(Version::V11), false, &["PRIM"])),
    message("HITS1168-6.2-3", "Sender/Role COP", |s| role(s, None, true, &["COP"])),
    message("HITS1168-7-1", "an Error of code list 8221 in a negative receipt", error_code),
    message("HITS1168-8.2-1", "the AppRec version that the message's standard lays down", version),
    message("HITS1168-8.3-8", "AppRec 1.1 for PLO 1.6", |s| plo_version(s, "2012-04-01", Version::V11)),
    message("HITS1168-8.3-14", "AppRec 1.0 for PLO 1.5", |s| plo_version(s, "2009-06-30", Version::V10)),
];

pub(crate) const EXCHANGE_CHECKS: &[ExchangeCheck] = &[
    exchange("HITS1168-4.1-4", "an AppRec within 96 hours of GenDate", within_96_hours),
    exchange("HITS1168-4.1-8", "exactly one AppRec for each recipient", |a| one_per_recipient(a, false)),
    exchange("HITS1168-5.1-2", "an AppRec of its own for each own recipient", several_recipients),
    exchange("HITS1168-5.1-3", "no further AppRec for the same message and recipient", |a| one_per_recipient(a, true)),
    exchange("HITS1168-5.3-1", "no AppRec", foreign_address),
    exchange("HITS1168-5.4-1", "no AppRec for a duplicate", duplicate),
    exchange("HITS1168-8.3-21", "no AppRec for an AppRec", receipt_to_receipt),
];

/// The codes of 8221.
const CODES_8221: [&str; 21] = [
    "E10", "E20", "E21", "E30", "E31", "E32", "E33", "E34", "E35", "E36", "E53", "E54", "S01", "S02", "S03", "S99",
    "T01", "T02", "T10", "T99", "X99",
];
/// The time limit of 4.1, counted from GenDate.
const LIMIT: SignedDuration = SignedDuration::from_hours(96);
/// A GenDate without zone is Norwegian time, one or two hours ahead of UTC.
const ZONE_MARGIN: SignedDuration = SignedDuration::from_hours(2);

/// The fagmelding that a receipt is for, with the receipt.
fn pair<'h>(seen: &Seen<'h>) -> Option<(&'h AppRec, &'h MsgHead)> {
    Some((seen.record.apprec()?, seen.stimulus?.head()?))
}

/// Who of the message's recipients answers, by the HER-ids in the receipt's Sender; `None` when it is none.
pub(crate) fn answering_recipient(apprec: &AppRec, head: &MsgHead) -> Option<Recipient> {
    let (enterprise, party) = address::hers(&address::of_party(apprec.sender.as_ref()?));
    let recipients = address::recipients(head);
    let by_party = recipients.iter().find(|r| party.is_some() && r.hers().1 == party);
    let by_enterprise = || {
        recipients
            .iter()
            .find(|r| enterprise.is_some() && r.hers().0 == enterprise && (party.is_none() || r.hers().1.is_none()))
    };
    by_party.or_else(by_enterprise).cloned()
}

fn own_party(seen: &Seen<'_>) -> Option<Finding> {
    let sender = seen.record.apprec()?.sender.as_ref()?;
    let parties = seen.history.subject.as_ref().map(|s| &s.parties).filter(|p| !p.is_empty())?;
    if seen.record.author != evidence::history::Author::Subject {
        return None;
    }
    let (enterprise, party) = address::hers(&address::of_party(sender));
    enterprise.or(party)?;
    let holds = enterprise.is_none_or(|her| parties.iter().any(|(own, _)| *own == her))
        && party.is_none_or(|her| parties.iter().any(|(_, own)| *own == her));
    let got = [enterprise, party].iter().flatten().map(u32::to_string).collect::<Vec<_>>().join("/");
    Some(Finding::when(holds, &sender.place, format!("HER-id {got}")))
}

/// Both sides, both levels, by HER-id; names and further identifiers are HIS 80415's matter. A level without
/// HER-id in our message cannot be compared.
fn mirrored(seen: &Seen<'_>) -> Option<Finding> {
    let (apprec, head) = pair(seen)?;
    let sender = head.sender().and_then(|s| s.organisation.as_ref()).map(address::of_organisation);
    let wanted = address::hers(&sender?);
    let receiver = apprec.receiver.as_ref();
    let found = receiver.map(|p| address::hers(&address::of_party(p))).unwrap_or_default();
    let place = |party: Option<&wire::apprec::Party>| party.map_or(&apprec.root.place, |p| &p.place).clone();
    if !covers(found, wanted) {
        return Some(Finding::violated(&place(receiver), words(found)).expected(format!("Receiver {}", words(wanted))));
    }
    let answers = apprec.sender.as_ref().map(|p| address::hers(&address::of_party(p))).unwrap_or_default();
    let recipients = address::recipients(head);
    let holds = recipients.iter().any(|r| covers(answers, r.hers()));
    let allowed: Vec<String> = recipients.iter().map(|r| words(r.hers())).collect();
    let finding = Finding::when(holds, &place(apprec.sender.as_ref()), words(answers));
    Some(if holds { finding } else { finding.expected(format!("Sender {}", allowed.join(" or "))) })
}

fn covers(found: (Option<u32>, Option<u32>), wanted: (Option<u32>, Option<u32>)) -> bool {
    wanted.0.is_none_or(|her| found.0 == Some(her)) && wanted.1.is_none_or(|her| found.1 == Some(her))
}

fn words((enterprise, party): (Option<u32>, Option<u32>)) -> String {
    let level = |her: Option<u32>| her.map_or_else(|| "none".to_owned(), |h| h.to_string());
    format!("HER-id {} and {}", level(enterprise), level(party))
}

/// Silent where the Sender is none of the message's recipients: 6.1 speaks. A receipt whose message is not at
/// hand still shows a role that neither a primary recipient nor a copy has.
fn role(seen: &Seen<'_>, of_version: Option<Version>, of_copy: bool, allowed: &[&str]) -> Option<Finding> {
    let apprec = seen.record.apprec()?;
    if of_version.is_some_and(|v| apprec.version != Some(v)) {
        return None;
    }
    let sender = apprec.sender.as_ref()?;
    let code = sender.role.as_ref().and_then(Coded::code);
    let place = sender.role.as_ref().map_or_else(|| sender.place.child("Role"), |r| r.place.clone());
    let holds = code.is_some_and(|c| allowed.contains(&c));
    let got = code.map_or_else(|| "absent".to_owned(), shown);
    let Some(head) = seen.stimulus.and_then(MessageRecord::head) else {
        let is_nobodys = of_version.is_some() && !holds && code.is_some_and(|c| c != "COP");
        return is_nobodys.then(|| Finding::violated(&place, got).expected(format!("{} or COP", allowed.join(" or "))));
    };
    (answering_recipient(apprec, head)?.is_copy == of_copy).then(|| Finding::when(holds, &place, got))
}

/// Silent where there is no Error at all: HIS 80415 3.1 speaks.
fn error_code(seen: &Seen<'_>) -> Option<Finding> {
    let apprec = seen.record.apprec().filter(|a| a.status_code() == Some("2"))?;
    let first = apprec.errors.first()?;
    let is_known = |e: &&Coded| {
        let of_list = e.s.as_ref().is_some_and(|s| s.value.trim() == ERROR_LIST);
        of_list && e.code().is_some_and(|c| CODES_8221.contains(&c))
    };
    if let Some(error) = apprec.errors.iter().find(is_known) {
        return Some(Finding::satisfied(&error.place, shown(error.code().unwrap_or_default())));
    }
    let list = first.s.as_ref().map_or("none", |s| s.value.as_str());
    let got = format!("{} of code list {}", shown(first.code().unwrap_or_default()), shown(list));
    Some(Finding::violated(&first.place, got))
}

/// Which AppRec version answers a fagmelding, by its namespace (8.3). Namespaces of PLO are a family.
fn version_for(namespace: &str) -> Option<Version> {
    let plo = namespace.strip_prefix("http://www.kith.no/xmlstds/po/").and_then(|rest| rest.split_once('/'));
    match (plo, namespace) {
        (Some((_, "2012-04-01")), _)
        | (
            _,
            "http://www.kith.no/xmlstds/epikrise/2012-02-15"
            | "http://www.kith.no/xmlstds/henvisning/2012-02-15"
            | "http://ehelse.no/xmlstds/henvisning/2017-11-30"
            | "http://www.kith.no/xmlstds/rekvisisjon/2012-02-15"
            | "http://www.kith.no/xmlstds/labsvar/2012-02-15"
            | "http://www.kith.no/xmlstds/dialog/2013-01-23",
        ) => Some(Version::V11),
        (Some((_, "2009-06-30")), _)
        | (
            _,
            "http://www.kith.no/xmlstds/epikrise/2006-09-23"
            | "http://www.kith.no/xmlstds/henvisning/2005-07-08"
            | "http://www.kith.no/xmlstds/rekvisisjon/2008-12-01"
            | "http://www.kith.no/xmlstds/labsvar/2008-12-01"
            | "http://www.kith.no/xmlstds/dialog/2006-10-11",
        ) => Some(Version::V10),
        _ => None,
    }
}

fn version(seen: &Seen<'_>) -> Option<Finding> {
    let (apprec, head) = pair(seen)?;
    let wanted = version_for(head.body_namespace()?)?;
    judged_version(apprec, wanted).map(|f| f.expected(format!("AppRec {}", wanted.name())))
}

fn plo_version(seen: &Seen<'_>, edition: &str, wanted: Version) -> Option<Finding> {
    let (apprec, head) = pair(seen)?;
    let of_plo = head.body_namespace()?.strip_prefix("http://www.kith.no/xmlstds/po/")?;
    of_plo.ends_with(edition).then_some(())?;
    judged_version(apprec, wanted)
}

fn judged_version(apprec: &AppRec, wanted: Version) -> Option<Finding> {
    let found = apprec.version?;
    Some(Finding::when(found == wanted, &apprec.root.place, format!("AppRec {}", found.name())))
}

/// Of a run that ended too soon after our AppRec nothing is said.
fn receipt_to_receipt(a: &Answered<'_>) -> Vec<Finding> {
    if a.stimulus.apprec().is_none() {
        return Vec::new();
    }
    let place = Place::named("the answers to an AppRec");
    if let Some(answer) = a.apprecs().next() {
        return vec![Finding::violated(&place, format!("event {}: an AppRec", answer.seq)).about(answer.seq)];
    }
    let sent = a.stimulus.sendings.last().map(|sending| sending.at_ms);
    let settled = sent.and_then(|at| a.facts.settled_after(a.history, a.profile, at, AnswerKind::AppRec));
    settled.map(|ms| Finding::satisfied(&place, format!("none for {ms} ms"))).into_iter().collect()
}

/// Counted from the GenDate as it was written. A GenDate that was old when the message went out says nothing
/// about the subject; that no AppRec has come yet is not told here, since the log seldom lasts so long.
fn within_96_hours(a: &Answered<'_>) -> Vec<Finding> {
    let generated = a.stimulus.head().and_then(MsgHead::gen_date).and_then(time_of);
    let Some(((generated, margin), answer)) = generated.zip(a.apprecs().next()) else { return Vec::new() };
    let age_when_sent = a.stimulus.at.duration_since(generated);
    let is_shifted = a.profile.gen_date_shift_hours != 0;
    if age_when_sent > SignedDuration::from_hours(24) && !is_shifted {
        return Vec::new();
    }
    let taken = answer.at.duration_since(generated);
    let place = Place::named("time between GenDate and AppRec");
    vec![Finding::when(taken <= LIMIT + margin, &place, format!("{} minutes", taken.as_mins())).about(answer.seq)]
}

fn time_of(text: &str) -> Option<(Timestamp, SignedDuration)> {
    let text = text.trim();
    if let Ok(time) = text.parse() {
        return Some((time, SignedDuration::ZERO));
    }
    format!("{text}Z").parse().ok().map(|time| (time, ZONE_MARGIN))
}

fn by_recipient<'h>(records: impl Iterator<Item = &'h MessageRecord>) -> Vec<Vec<&'h MessageRecord>> {
    let mut groups: BTreeMap<_, Vec<&MessageRecord>> = BTreeMap::new();
    for record in records {
        groups.entry(recipient_of(record)).or_default().push(record);
    }
    groups.into_values().collect()
}

/// `ever`: whether also those count that came after a duplicate in another envelope (5.1). Satisfied when
/// nothing more came until the end of the run, at least the profile's quiet time.
pub(crate) fn one_per_recipient(a: &Answered<'_>, ever: bool) -> Vec<Finding> {
    let is_first = a.exchange.same_msg_id.is_empty();
    // What answers an AppRec is 8.3-21's matter.
    if !is_first || a.stimulus.apprec().is_some() {
        return Vec::new();
    }
    let place = Place::named("number of AppRecs for the message and the recipient");
    let all = a.exchange.apprecs.iter().map(|&index| &a.history.messages[index]);
    let groups = if ever { by_recipient(all) } else { by_recipient(a.apprecs()) };
    let judged = groups.into_iter().filter_map(|group| {
        let last = group.last()?;
        let status = |r: &&&MessageRecord| r.apprec().and_then(AppRec::status_code).unwrap_or("none").to_owned();
        let got =
            format!("{} (status {})", group.len(), group.iter().map(|r| status(&r)).collect::<Vec<_>>().join(", "));
        if let Some(second) = group.get(1) {
            return Some(Finding::violated(&place, got).about(second.seq));
        }
        let settled = a.facts.settled_after(a.history, a.profile, last.at_ms, AnswerKind::AppRec)?;
        Some(Finding::satisfied(&place, format!("{got}, no other for {settled} ms")).about(last.seq))
    });
    judged.collect()
}

fn own_recipients(a: &Answered<'_>) -> Vec<Recipient> {
    let parties = a.history.subject.as_ref().map_or(&[][..], |s| &s.parties);
    let head = a.stimulus.head();
    head.map(address::recipients).unwrap_or_default().into_iter().filter(|r| r.is_own(parties)).collect()
}

fn several_recipients(a: &Answered<'_>) -> Vec<Finding> {
    let own = own_recipients(a);
    if own.len() > 1 { receipt_of_its_own(a, &own) } else { Vec::new() }
}

/// Judged once, at the first envelope of a MsgId. A receipt whose Sender names several of the recipients is
/// one where several are due; one that has not come yet is not told.
pub(crate) fn receipt_of_its_own(a: &Answered<'_>, own: &[Recipient]) -> Vec<Finding> {
    if !a.exchange.same_msg_id.is_empty() {
        return Vec::new();
    }
    let receipts: Vec<&MessageRecord> = a.exchange.apprecs.iter().map(|&index| &a.history.messages[index]).collect();
    let Some(first) = receipts.first() else { return Vec::new() };
    let place = Place::named("AppRec of each recipient");
    let named = |record: &MessageRecord| -> Vec<u32> {
        let sender = record.apprec().and_then(|r| r.sender.as_ref());
        let rungs = sender.map(address::of_party).unwrap_or_default();
        let parties = own.iter().filter_map(|r| r.hers().1);
        parties.filter(|party| rungs.iter().any(|rung| rung.her() == Some(*party))).collect()
    };
    if let Some(shared) = receipts.iter().find(|r| named(r).len() > 1) {
        return vec![Finding::violated(&place, "one AppRec that names several recipients").about(shared.seq)];
    }
    let answered: Vec<u32> = receipts.iter().flat_map(|r| named(r)).collect();
    let missing = own.iter().filter(|r| r.hers().1.is_none_or(|party| !answered.contains(&party))).count();
    if missing == 0 {
        return vec![Finding::satisfied(&place, format!("{} AppRecs", receipts.len())).about(first.seq)];
    }
    let (cause, why) = a.facts.why_missing(a.stimulus);
    vec![Finding::cannot_tell(cause, &place, format!("{missing} of {} not answered: {why}", own.len()))]
}

/// Both levels foreign for every recipient in the message. That nothing came counts by the silence rule.
fn foreign_address(a: &Answered<'_>) -> Vec<Finding> {
    let parties = a.history.subject.as_ref().map_or(&[][..], |s| &s.parties);
    let recipients = a.stimulus.head().map(address::recipients).unwrap_or_default();
    let is_foreign = !parties.is_empty() && !recipients.is_empty() && recipients.iter().all(|r| r.is_foreign(parties));
    if is_foreign && !is_turned_away(a) { no_apprec(a) } else { Vec::new() }
}

/// The same MsgId to the same party, which the subject has taken before; whoever else has it has no duplicate
/// (5.4: other systems receive and answer for themselves).
fn duplicate(a: &Answered<'_>) -> Vec<Finding> {
    let to = |record: &MessageRecord| record.message.soap().and_then(Envelope::to_her);
    let taken = |index: &&usize| {
        let earlier = &a.history.messages[**index];
        let exchange = a.history.exchanges.iter().find(|e| e.stimulus == **index);
        let acknowledged = |i: &usize| a.history.messages[*i].message.kind() == MessageKind::Acknowledgment;
        let answered = exchange.is_some_and(|e| e.signals.iter().any(acknowledged) || !e.apprecs.is_empty());
        earlier.author == a.stimulus.author && to(earlier) == to(a.stimulus) && answered
    };
    if a.exchange.same_msg_id.iter().any(|index| taken(&index)) { no_apprec(a) } else { Vec::new() }
}

fn no_apprec(a: &Answered<'_>) -> Vec<Finding> {
    let place = Place::named("AppRec");
    if let Some(apprec) = a.apprecs().next() {
        let status = apprec.apprec().and_then(AppRec::status_code).unwrap_or("none");
        return vec![Finding::violated(&place, format!("AppRec status {status}")).about(apprec.seq)];
    }
    match a.facts.silence(a.history, a.profile, a.stimulus, AnswerKind::AppRec) {
        Silence::Established(ms) => vec![Finding::satisfied(&place, format!("none for {ms} ms"))],
        Silence::Open(..) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_which_version_answers() {
        assert_eq!(version_for("http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01"), Some(Version::V11));
        assert_eq!(version_for("http://www.kith.no/xmlstds/po/Konsultasjon/2009-06-30"), Some(Version::V10));
        assert_eq!(version_for("http://www.kith.no/xmlstds/dialog/2006-10-11"), Some(Version::V10));
        assert_eq!(version_for("urn:x"), None);
    }
}
