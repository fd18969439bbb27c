//! What is done: small runs, and exactly the ids that each violates.

use crate::play::{Change, On, PROFILE, Play};
use crate::text;
use evidence::event::{ScenarioOutcome, TransportFailure};
use provestein_checks::Judgement;
use std::slice::from_ref;
use wire::xml::Edit;

/// A run, what it is about, and what is violated in it.
pub struct Run {
    pub name: &'static str,
    pub judgement: Judgement,
    pub violated: &'static [&'static str],
}

fn run(
    name: &'static str,
    changes: &[(On, Change)],
    violated: &'static [&'static str],
    story: impl FnOnce(&mut Play),
) -> Run {
    let mut play = Play::new(changes);
    play.scenario(Vec::new());
    story(&mut play);
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    Run { name, judgement: play.judge_by(&PROFILE), violated }
}

/// One message with its plain answer, so that it is known that the subject accepts ours.
fn warm_up(play: &mut Play) {
    let sent = play.stimulus("before", &[]);
    play.acknowledge(&sent);
}

/// HITS 1172 4.2.2: an answer that is not there, and answers to sendings that nobody knows the fate of.
pub fn missing_answers() -> Vec<Run> {
    vec![
        run("no answer in time is not established", &[], &[], |p| {
            warm_up(p);
            p.stimulus("first", &[]);
        }),
        run("AppRecs, but never a transport answer", &[], &["HITS1172-4.2.2-p2"], |p| {
            for label in ["first", "second", "third", "fourth", "fifth"] {
                let sent = p.stimulus(label, &[]);
                let (_, id) = p.receipt(&sent, text::ACCEPTED);
                p.acknowledge_receipt(&sent, &id);
            }
        }),
        run("a few AppRecs without a transport answer may be bad luck", &[], &[], |p| {
            for label in ["first", "second", "third", "fourth"] {
                let sent = p.stimulus(label, &[]);
                let (_, id) = p.receipt(&sent, text::ACCEPTED);
                p.acknowledge_receipt(&sent, &id);
            }
        }),
        run("no answer may be one that got lost", &[], &[], |p| {
            p.stimulus("first", &[]);
            p.quiet("first", "acknowledgment", 2000);
            warm_up(p);
        }),
        run("a copy was taken whose HTTP answer did not come", &[], &[], |p| {
            for failure in [TransportFailure::TimedOut, TransportFailure::ClosedEarly] {
                let sent = p.stimulus(failure.code(), &[]);
                p.acknowledge(&sent);
                p.send_in_vain(sent.composed, failure);
                p.acknowledge(&sent);
            }
        }),
        run("what never left brings no second answer", &[], &["HITS1172-4.2.2-p1"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.send_in_vain(sent.composed, TransportFailure::Unreachable);
            p.acknowledge(&sent);
        }),
    ]
}

/// HITS 1172 4.2.2: which answer.
pub fn answers() -> Vec<Run> {
    let no_ack_requested = (On::Stimulus, Change::Edit("//eb:AckRequested", Edit::Remove));
    vec![
        run("one sending is acknowledged and refused", &[], &["HITS1172-4.2.2-p1"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.refuse(&sent, "ValueNotRecognized", "Error");
        }),
        run("two acknowledgments of one sending", &[], &["HITS1172-4.2.2-p1"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.acknowledge(&sent);
        }),
        run("the carrier doubles the acknowledgment", &[], &[], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            let again = p.arrived().remove(0);
            p.arrive(On::Ack, again);
        }),
        run("a correct message is refused after another was accepted", &[], &["HITS1172-4.2.2-p4"], |p| {
            warm_up(p);
            let sent = p.stimulus("first", &[]);
            p.refuse(&sent, "SecurityFailure", "Error");
        }),
        run("nothing was ever accepted: the subject does not know us", &[], &[], |p| {
            let sent = p.stimulus("first", &[]);
            p.refuse(&sent, "SecurityFailure", "Error");
        }),
        run("the code for an unknown party is the subject's choice", &[], &[], |p| {
            let sent = p.stimulus("first", &[]);
            p.refuse(&sent, "ValueNotRecognized", "Error");
        }),
        run("a correct message is refused for its form", &[], &["HITS1172-4.2.2-p4"], |p| {
            let sent = p.stimulus("first", &[]);
            p.refuse(&sent, "OtherXml", "Error");
        }),
        run("our acknowledgment is acknowledged", &[], &["HITS1171-8.1-6", "HITS1172-4.2.2-p5"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            let (_, id) = p.receipt(&sent, text::ACCEPTED);
            let ours = p.acknowledge_receipt(&sent, &id);
            let again = p.sent_as(ours, &sent);
            p.acknowledge(&again);
        }),
        run("without AckRequested, acknowledged", from_ref(&no_ack_requested), &["HITS1172-4.2.2.1-p1"], |p| {
            let sent = p.stimulus("first", &["envelope: no AckRequested"]);
            p.acknowledge(&sent);
        }),
        run("without AckRequested, a Warning", &[no_ack_requested], &[], |p| {
            let sent = p.stimulus("first", &["envelope: no AckRequested"]);
            p.refuse(&sent, "ValueNotRecognized", "Warning");
        }),
    ]
}

/// HITS 1172 5.7.2 and 5.8: what a receiver does with what we altered.
pub fn processing() -> Vec<Run> {
    let broken = (On::Stimulus, Change::Signed("2026-01-15T09:30:00Z", "2026-01-15T09:30:01Z"));
    let no_her = (On::Stimulus, Change::Edit("//eb:From/eb:PartyId/@eb:type", Edit::Set("X".into())));
    let optional = Change::Edit("//eb:MessageHeader/@SOAP:mustUnderstand", Edit::Set("0".into()));
    let optional = (On::Stimulus, optional);
    let running = (On::Stimulus, Change::Edit("//eb:CPAId", Edit::Set("222_5078_1".into())));
    let running_back = (On::Ack, Change::Edit("//eb:CPAId", Edit::Set("222_5078_1".into())));
    let running_refused = (On::Error, Change::Edit("//eb:CPAId", Edit::Set("222_5078_1".into())));
    let other = Edit::Append("<eb:PartyId eb:type=\"GLN\">7080000000000</eb:PartyId>".into());
    let other = (On::Stimulus, Change::Edit("//eb:From", other));
    vec![
        run("a broken signature is acknowledged", &[broken], &["HITS1172-5.7.2-p2"], |p| {
            let sent = p.stimulus("first", &["signed: Timestamp"]);
            p.acknowledge(&sent);
        }),
        run("an unreadable party is acknowledged", from_ref(&no_her), &["HITS1172-5.8-p1"], |p| {
            let sent = p.stimulus("first", &["envelope: PartyId"]);
            p.acknowledge(&sent);
        }),
        run(
            "a block that need not be understood is not looked at",
            &[no_her.clone(), optional.clone()],
            &["HITS1172-5.7.2-p1", "HITS1172-5.8-p1"],
            |p| {
                let sent = p.stimulus("first", &["envelope: PartyId, mustUnderstand"]);
                p.acknowledge(&sent);
            },
        ),
        run("a block that need not be understood is validated", &[no_her.clone(), optional], &[], |p| {
            let sent = p.stimulus("first", &["envelope: PartyId, mustUnderstand"]);
            p.refuse(&sent, "ValueNotRecognized", "Error");
        }),
        run("an unreadable party gets a Fault", &[no_her], &[], |p| {
            let sent = p.compose("first", "5d0c9b5e-6f0a-4a55-9d4c-0000000000aa", &["envelope: PartyId"]);
            let sending = p.send(sent.composed);
            p.fault(sending);
        }),
        run("a running number after the HER-ids is acknowledged", &[running.clone(), running_back.clone()], &[], |p| {
            let sent = p.stimulus("first", &["envelope: CPAId"]);
            p.acknowledge(&sent);
        }),
        run("a running number is refused", &[running, running_back, running_refused], &["HITS1172-5.8.3-p1"], |p| {
            warm_up(p);
            let sent = p.stimulus("first", &["envelope: CPAId"]);
            p.refuse(&sent, "ValueNotRecognized", "Error");
        }),
        run("another identifier type is acknowledged", from_ref(&other), &[], |p| {
            let sent = p.stimulus("first", &["envelope: PartyId"]);
            p.acknowledge(&sent);
        }),
        run("another identifier type is refused", &[other], &["HITS1172-5.8.4-p1"], |p| {
            warm_up(p);
            let sent = p.stimulus("first", &["envelope: PartyId"]);
            p.refuse(&sent, "ValueNotRecognized", "Error");
        }),
    ]
}

/// HITS 1172 5.8.2: the same envelope again.
pub fn repeats() -> Vec<Run> {
    vec![
        run("the acknowledgment is given again", &[], &[], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.send(sent.composed);
            p.acknowledge(&sent);
        }),
        run("the second time it is refused", &[], &["HITS1172-5.8.2-p3"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.send(sent.composed);
            p.refuse(&sent, "ValueNotRecognized", "Error");
        }),
        run("the second time nothing comes, though the subject is alive", &[], &["HITS1172-5.8.2-p3"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.send(sent.composed);
            p.quiet("first", "acknowledgment", 2000);
            warm_up(p);
        }),
        run("the second time nothing comes, but messages get lost anyway", &[], &[], |p| {
            p.stimulus("lost", &[]);
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.send(sent.composed);
            p.quiet("first", "acknowledgment", 2000);
            warm_up(p);
        }),
        run("the second time nothing has come yet", &[], &[], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.send(sent.composed);
        }),
    ]
}

const NO_UUID: &str = "melding-4711";

/// HITS 1168, HIS 80415: when a receipt comes, and to whom.
pub fn receipts() -> Vec<Run> {
    let foreign = [
        (On::Stimulus, Change::Content("<Id>2342</Id>", "<Id>9998</Id>")),
        (On::Stimulus, Change::Content("<Id>5078</Id>", "<Id>9999</Id>")),
    ];
    // The receipt mirrors the foreign address.
    let foreign_receipt = [
        (On::Receipt, Change::Content("<Id>2342</Id>", "<Id>9998</Id>")),
        (On::Receipt, Change::Content("<Id>5078</Id>", "<Id>9999</Id>")),
    ];
    vec![
        run("a MsgId that is no UUID is rejected", &[], &[], |p| {
            let sent = no_uuid(p);
            p.receipt(&sent, text::REJECTED);
        }),
        run("a MsgId that is no UUID is accepted", &[], &["HIS80415-2012-3.3.4-7"], |p| {
            let sent = no_uuid(p);
            p.receipt(&sent, text::ACCEPTED);
        }),
        run("a rejection without reason", &[], &["HIS80415-2012-3.1-2"], |p| {
            let sent = no_uuid(p);
            p.receipt(&sent, r#"<Status V="2" DN="Avvist"/>"#);
        }),
        run("a rejection with a code of another list", &[], &["HITS1168-7-1"], |p| {
            let sent = no_uuid(p);
            p.receipt(&sent, r#"<Status V="2" DN="Avvist"/><Error V="E10" S="2.16.578.1.12.4.1.1.8222" DN="x"/>"#);
        }),
        run("a foreign address stays without receipt", &foreign, &[], |p| {
            let sent = p.stimulus("first", &["message: addressed to a stranger"]);
            p.acknowledge(&sent);
            p.quiet("first", "apprec", 2000);
        }),
        // It is receipted in the name of a party that is not its own.
        run(
            "a foreign address is receipted",
            &[foreign, foreign_receipt].concat(),
            &["HITS1168-5.1-1", "HITS1168-5.3-1"],
            |p| {
                let sent = p.stimulus("first", &["message: addressed to a stranger"]);
                p.acknowledge(&sent);
                p.receipt(&sent, text::ACCEPTED);
            },
        ),
        run("a receipt after more than 96 hours", &[], &["HITS1168-4.1-4"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.wait(100 * 3_600_000);
            p.receipt(&sent, text::ACCEPTED);
        }),
        run("the wrong Id is that of the envelope", &[], &["HIS80415-2012-3.1-1"], |p| {
            let mut sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            sent.msg_id.clone_from(&sent.message_id);
            p.receipt(&sent, text::ACCEPTED);
        }),
    ]
}

/// How many receipts come.
pub fn duplicates() -> Vec<Run> {
    vec![
        // One sentence in three documents.
        run("two receipts for one message", &[], &["HIS80415-2012-3.3.4-1", "HITS1168-4.1-8", "HITS1168-5.1-3"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.receipt(&sent, text::ACCEPTED);
            p.receipt(&sent, text::REJECTED);
        }),
        run("the same MsgId in a new envelope stays without receipt", &[], &[], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.receipt(&sent, text::ACCEPTED);
            let again = copied(p, &sent);
            p.acknowledge(&again);
            p.quiet("again", "apprec", 2000);
        }),
        run("the same MsgId is receipted again", &[], &["HITS1168-5.1-3", "HITS1168-5.4-1"], |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.receipt(&sent, text::ACCEPTED);
            let again = copied(p, &sent);
            p.acknowledge(&again);
            p.receipt(&again, text::ACCEPTED);
        }),
    ]
}

fn no_uuid(play: &mut Play) -> crate::play::Sent {
    let sent = play.compose("first", NO_UUID, &["message: MsgId"]);
    play.send(sent.composed);
    play.acknowledge(&sent);
    sent
}

/// The same fagmelding in a new envelope, in the same conversation.
fn copied(play: &mut Play, sent: &crate::play::Sent) -> crate::play::Sent {
    let id = play.uuid();
    let again = play.compose_as("again", &sent.msg_id, &["message: the same MsgId"], &id, &sent.conversation);
    play.send(again.composed);
    again
}

const COPY: &str = r#"</Receiver><OtherReceiver><RoleReceiver V="COP" DN="Kopimottaker"/><Organisation><OrganisationName>Nordvik kommune</OrganisationName><Ident><Id>2342</Id><TypeId V="HER" DN="HER-id"/></Ident><Organisation><OrganisationName>Legetjenesten</OrganisationName><Ident><Id>5079</Id><TypeId V="HER" DN="HER-id"/></Ident></Organisation></Organisation></OtherReceiver>"#;
const COPY_SENDER: &str = r#"<Sender><Role V="COP" DN="Kopimottaker"/><HCP><Inst><Name>Nordvik kommune</Name><Id>2342</Id><TypeId V="HER" DN="HER-id"/><Dept><Name>Legetjenesten</Name><Id>5079</Id><TypeId V="HER" DN="HER-id"/></Dept></Inst></HCP></Sender>"#;

/// A copy to another party of the subject's, and messages of PLO 1.5.
pub fn recipients() -> Vec<Run> {
    let copy = (On::Stimulus, Change::Content("</Receiver>", COPY));
    let both = Change::Content(
        "</Dept><AdditionalId><Id>3100002342",
        "</Dept><Dept><Name>Legetjenesten</Name><Id>5079</Id><TypeId V=\"HER\" DN=\"HER-id\"/></Dept><AdditionalId><Id>3100002342",
    );
    let old = (On::Stimulus, Change::Content("Pasientlogistikk/2012-04-01", "Pasientlogistikk/2009-06-30"));
    let old_receipt = [
        (On::Receipt, Change::Content("apprec/2012-02-15", "apprec/2004-11-21")),
        (On::Receipt, Change::Content("<Role V=\"PRIM\"", "<Role V=\"SPR\"")),
    ];
    vec![
        run("each recipient has its receipt", from_ref(&copy), &[], |p| copy_story(p, COPY_SENDER)),
        run("the copy recipient answers as primary", from_ref(&copy), &["HITS1168-6.2-3"], |p| {
            copy_story(p, &COPY_SENDER.replace("\"COP\"", "\"PRIM\""));
        }),
        run(
            "one receipt for two recipients",
            &[copy, (On::Receipt, both)],
            &["HIS80415-2012-3.5-3", "HITS1168-5.1-2"],
            |p| {
                p.add_party(5079);
                let sent = p.stimulus("first", &[]);
                p.acknowledge(&sent);
                p.receipt(&sent, text::ACCEPTED);
            },
        ),
        run("PLO 1.5 gets AppRec 1.0", &[&[old.clone()][..], &old_receipt].concat(), &[], plain),
        run("PLO 1.5 gets AppRec 1.1", &[old], &["HITS1168-8.2-1", "HITS1168-8.3-14"], plain),
    ]
}

fn plain(play: &mut Play) {
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.receipt(&sent, text::ACCEPTED);
}

fn copy_story(play: &mut Play, second_sender: &str) {
    play.add_party(5079);
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.receipt(&sent, text::ACCEPTED);
    let content = text::apprec("5d0c9b5e-6f0a-4a55-9d4c-0000000000bb", &sent.msg_id, text::ACCEPTED);
    let (start, end) = (content.find("<Sender>").unwrap(), content.find("</Sender>").unwrap() + "</Sender>".len());
    let content = format!("{}{second_sender}{}", &content[..start], &content[end..]);
    play.receipt_of(&sent, &content);
}
