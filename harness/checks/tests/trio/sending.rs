//! What the subject writes when it sends: one change in the hodemelding or its body, and exactly what that violates.

use crate::play::CATALOGUE;
use crate::sending_play::Kind::{self, Doctor, Hospital};
use crate::sending_play::{Replacement, SENDING, Says, Sending, content};
use crate::sending_runs::{self, Awaited};
use crate::violated;
use provestein_checks::Judgement;
use provestein_checks::profile;
use provestein_checks::verdict::{Cause, Verdict};
use std::collections::BTreeSet;

type Case = (Kind, Replacement, &'static [&'static str]);

/// A message with one change, acknowledged and receipted.
fn written(kind: Kind, changes: &[Replacement]) -> Judgement {
    let mut play = Sending::new(None);
    play.0.scenario(Vec::new());
    let came = play.message(kind, changes);
    play.answer(&came, Says::Acknowledged);
    play.receipt(kind, &came);
    play.end(3000)
}

/// MsgInfo, Document and RefDoc.
fn head() -> Vec<Case> {
    vec![
        // No code: which message it is, and that it is the body's, is not said either.
        (
            Hospital,
            (r#"<Type V="INNLEGGELSESRAPPORT""#, r#"<Type V="""#),
            &["HIS1143-4.1-1", "HIS80601-5_MsgInfo-1", "HISD1165-CS-1", "PLOAT-S13", "PLOAT-S24", "PLOAT-S7"],
        ),
        (
            Hospital,
            (r#"<Type V="INNLEGGELSESRAPPORT""#, r#"<Type V="UTSKRIVNINGSRAPPORT""#),
            &["HIS1143-4.1-1", "HIS80601-5_MsgInfo-2", "PLOAT-S24", "PLOAT-S7"],
        ),
        (Hospital, ("v1.2 2006-05-24", "v1.1 2004-10-10"), &["HIS80601-5_MsgInfo-3", "PLOAT-S8"]),
        (Hospital, ("2026-01-15T10:29:00", "2026-01-15"), &["HIS80601-5_MsgInfo-4", "PLOAT-S9"]),
        (Hospital, ("<MsgId>", "<MsgId>x"), &["HIS80601-5_MsgInfo-5", "PLOAT-S10"]),
        (
            Hospital,
            (
                "</MsgId>",
                "</MsgId><ConversationRef><RefToParent/><RefToConversation>1</RefToConversation></ConversationRef>",
            ),
            &["HIS80601-5_ConversationRef-2"],
        ),
        (Hospital, (r#"<MsgType V="XML""#, r#"<MsgType V="PDF""#), &["HIS80601-5_RefDoc-1", "PLOAT-S12", "PLOAT-S16"]),
    ]
}

/// Coded values.
fn codes() -> Vec<Case> {
    vec![
        (
            Doctor,
            ("<po:InnholdKonsultasjon>", "<po:InnholdKonsultasjon><po:Merknad/>"),
            &["HISD1165-General-1", "PLOAT-S11"],
        ),
        (Hospital, (r#"<Sex V="2""#, r#"<Sex V="7""#), &["PLOAT-S12"]),
        (Hospital, (r#"<Sex V="2" DN="Kvinne"/>"#, r#"<Sex V="2"/>"#), &["PLOAT-S13"]),
        (Hospital, (r#"<Sex V="2" DN="Kvinne"/>"#, r#"<Sex DN="Kvinne"/>"#), &["HISD1165-CS-1"]),
        (Hospital, (r#"<TypeId V="ENH" S"#, r#"<TypeId V="ABC" S"#), &["PLOAT-S14"]),
        // Without S it is known by its name alone that it is a CV.
        (
            Hospital,
            (r#"V="K87" S="2.16.578.1.12.4.1.1.7170" DN"#, r#"V="K87" DN"#),
            &["HIS80601-5_CV-1", "HISD1165-CV-1", "PLOAT-S15"],
        ),
        (Hospital, (r#"1.7170" DN="Hypertensjon komplisert""#, r#"1.7170""#), &["PLOAT-S15"]),
        (Hospital, (r#"S="2.16.578.1.12.4.1.1.7170""#, r#"S="ICPC-2""#), &["HIS80601-5_CV-1", "HISD1165-CV-1"]),
        (Hospital, (r#"S="2.16.578.1.12.4.1.1.7170""#, r#"S="2.16.840.1.113883.6.96""#), &["HIS80601-5_CV-1"]),
    ]
}

/// The name of our organisation, as it stands in the receiver.
const RECEIVER: &str = "<OrganisationName>Fjordbyen sykehus</OrganisationName>";

/// Sender, receiver, patient.
fn parties() -> Vec<Case> {
    vec![
        (Hospital, (r#"<Id>111</Id><TypeId V="HER""#, r#"<Id>111</Id><TypeId V="AKO""#), &["HIS1153-AD2.2"]),
        (Hospital, (RECEIVER, ""), &["HIS1153-AD2.3", "HIS80601-5_Organisation-3", "PLOAT-S22"]),
        (
            Hospital,
            ("<OrganisationName>Medisinsk avdeling</OrganisationName>", ""),
            &["HIS1153-AD2.4", "HIS80601-5_Organisation-3"],
        ),
        (
            Hospital,
            (r#"<Ident><Id>222</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>"#, ""),
            &["HIS1153-AD2.2", "HIS80601-5_Organisation-1"],
        ),
        (
            Hospital,
            (
                r#"<Id>15076500565</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="Fødselsnummer"/>"#,
                "<Id>15076500565</Id>",
            ),
            &["HIS80601-5_Ident-1", "PLOAT-S23"],
        ),
        (Hospital, (r#"<Id>310000111</Id><TypeId V="ENH""#, r#"<Id>310000111</Id><TypeId V="AKO""#), &["PLOAT-S22"]),
        (Hospital, (r#"V="tel:00000042""#, r#"V="00000042""#), &["HIS80601-5_TeleCom-1"]),
        (Hospital, (PATIENT, "<Sex V=\"2\" DN=\"Kvinne\"/>"), &["HIS80601-5_Patient-1"]),
        (Doctor, (LEVEL_2, ""), &["HIS1153-AD2.2", "PLOAT-S27"]),
        (Hospital, (LEVEL_2, ""), &["HIS1153-AD2.2", "PLOAT-S30"]),
        (Hospital, (LEVEL_2_OF_SENDER, ""), &["HIS1153-AD2.2", "PLOAT-S29"]),
    ]
}

const PATIENT: &str = r#"<FamilyName>Prøvesen</FamilyName><GivenName>Kari</GivenName><Sex V="2" DN="Kvinne"/><Ident><Id>15076500565</Id><TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="Fødselsnummer"/></Ident>"#;
const LEVEL_2: &str = r#"<Organisation><OrganisationName>Medisinsk avdeling</OrganisationName><Ident><Id>222</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident></Organisation>"#;
const LEVEL_2_OF_SENDER: &str = r#"<Organisation><OrganisationName>Pleie og omsorg</OrganisationName><Ident><Id>5078</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident></Organisation>"#;

/// Type and body.
fn bodies() -> Vec<Case> {
    vec![
        (Hospital, (r#"DN="Innleggelsesrapport"/><MIG"#, r#"DN="Rapport"/><MIG"#), &["HIS1143-4.1-1"]),
        (Doctor, (r#"DN="Helseopplysninger til lege""#, r#"DN="Konsultasjon""#), &["HIS1145-4.1-1"]),
        (Hospital, ("po/Innleggelsesrapport/2012-04-01", "po/Innleggelsesrapport/2009-01-01"), &["HIS1143-4.2-1"]),
        (Doctor, ("HelseopplysningerTilLege/2012-04-01", "HelseopplysningerTilLege/2009-01-01"), &["HIS1145-4.2-1"]),
        (
            Doctor,
            (r#"<po:TypeInnholdKonsultasjon V="3""#, r#"<po:TypeInnholdKonsultasjon V="1""#),
            &["HIS1145-4.3-1", "PLOAT-S12"],
        ),
        (
            Doctor,
            (
                r#"<po:TypeInnholdKonsultasjon V="3" DN="Ønske om legevurdering"/>"#,
                "<po:Merknad>Se under.</po:Merknad>",
            ),
            &["HIS1145-4.3-1"],
        ),
        (Hospital, ("<fk:OrganisationName>Pleie og omsorg</fk:OrganisationName>", ""), &["PLOAT-S25"]),
        (Doctor, ("<fk:FamilyName>Jones</fk:FamilyName>\n      <fk:GivenName>May</fk:GivenName>", ""), &["PLOAT-S26"]),
    ]
}

/// Correct messages as other systems write them: nothing is violated.
fn correct() -> Vec<(Kind, Vec<Replacement>)> {
    let one = [
        ("2026-01-15T10:29:00", "2026-01-15T10:29:00.1234567+01:00"),
        ("2026-01-15T10:29:00", "2026-01-15T09:29:00Z"),
        ("2026-01-15T10:29:00", "\n 2026-01-15T10:29:00 "),
        ("<MsgId>5d0c9b5e-6f0a-4a55-9d4c", "<MsgId>5D0C9B5E-6F0A-4A55-9D4C"),
        ("<MsgInfo>", "<!-- by hand -->\n  <MsgInfo>\n"),
        (r#"<Sex V="2" DN="Kvinne"/>"#, r#"<Sex DN="Kvinne" V="2"></Sex>"#),
        (r#"<TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051" DN"#, r#"<TypeId S="2.16.578.1.12.4.1.1.9051" V="ENH" DN"#),
        // A text in place of a code.
        (
            r#"V="K87" S="2.16.578.1.12.4.1.1.7170" DN="Hypertensjon komplisert""#,
            r#"S="2.16.578.1.12.4.1.1.7170" OT="Svimmel""#,
        ),
        (r#"V="K87" S="2.16.578.1.12.4.1.1.7170""#, r#"V="K87" S="2.16.578.1.12.4.1.1.7170" OT="høyt""#),
        (r#"V="tel:00000042""#, r#"V="TEL:00000042""#),
        (
            "<MsgHead xmlns",
            r#"<MsgHead xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a a.xsd" xmlns"#,
        ),
        // The communication party is a person.
        (LEVEL_2, PROFESSIONAL),
        // A body may use a name of the hodemelding for something else.
        (
            "<po:Merknad>Oppdiktet person.",
            "<po:Status>aktiv</po:Status><po:Type>fri tekst</po:Type><po:Merknad>Oppdiktet person.",
        ),
        // The schema wants the element, and there is nothing to say.
        ("Metoprolol depottablett 50 mg</lm:Navn>", "</lm:Navn>"),
        // Text with markup.
        ("<po:Merknad>Oppdiktet person.", "<po:Merknad>Oppdiktet<br xmlns=\"http://www.w3.org/1999/xhtml\"/> person."),
        // What a receiver needs for a thread may be older than the run.
        (
            "</MsgId>",
            "</MsgId><ConversationRef><RefToParent>9b5e</RefToParent><RefToConversation>1</RefToConversation></ConversationRef>",
        ),
    ];
    let mut all: Vec<(Kind, Vec<Replacement>)> = one.iter().map(|change| (Hospital, vec![*change])).collect();
    all.push((Doctor, vec![(LEVEL_2, PROFESSIONAL)]));
    // A calendar in the body, with a list that is empty.
    all.push((
        Doctor,
        vec![(
            "<po:InnholdKonsultasjon>",
            "<po:InnholdKonsultasjon><components xmlns=\"urn:ietf:params:xml:ns:icalendar-2.0\"/>",
        )],
    ));
    // A cancellation asks the doctor for nothing.
    let kind = r#"<po:TypeInnholdKonsultasjon V="3" DN="Ønske om legevurdering"/>"#;
    let merely = "<po:Merknad>Trekkes tilbake.</po:Merknad>";
    all.push((Doctor, vec![(r#"status V="N" DN="Ny""#, r#"status V="C" DN="Kansellering""#), (kind, merely)]));
    // Every element with a prefix.
    all.push((
        Doctor,
        vec![
            ("<MsgHead xmlns=", "<mh:MsgHead xmlns=\"urn:none\" xmlns:mh="),
            ("</MsgHead>", "</mh:MsgHead>"),
            ("<MsgInfo>", "<MsgInfo xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\">"),
            ("<Document>", "<Document xmlns=\"http://www.kith.no/xmlstds/msghead/2006-05-24\">"),
        ],
    ));
    all
}

const PROFESSIONAL: &str = r#"<HealthcareProfessional><FamilyName>Jones</FamilyName><GivenName>May</GivenName><Ident><Id>9144919</Id><TypeId V="HPR" S="2.16.578.1.12.4.1.1.8116" DN="HPR-nummer"/></Ident><Ident><Id>222</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.8116" DN="HER-id"/></Ident></HealthcareProfessional>"#;

fn cases() -> Vec<Case> {
    [head(), codes(), parties(), bodies()].concat()
}

#[test]
fn a_correct_message_violates_nothing() {
    let plain = [(Hospital, Vec::new()), (Doctor, Vec::new())];
    let mut wrong = Vec::new();
    for (kind, changes) in plain.into_iter().chain(correct()) {
        let judgement = written(kind, &changes);
        if !violated(&judgement).is_empty() {
            let found = judgement.observations.iter().filter(|o| o.verdict == Verdict::Violated);
            let found: Vec<String> = found.map(|o| format!("{} {}", o.requirement.as_str(), o.got)).collect();
            wrong.push(format!("{kind:?} {changes:?}\n   found {found:?}"));
        }
        // Our AppRec is written for the unchanged message.
        assert!(!changes.is_empty() || judgement.suite_defects.is_empty(), "{:?}", judgement.suite_defects);
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_change_in_what_is_sent_violates_exactly_what_it_should() {
    let mut wrong = Vec::new();
    for (kind, change, wanted) in cases() {
        let judgement = written(kind, &[change]);
        let wanted: BTreeSet<&str> = wanted.iter().copied().collect();
        let found = violated(&judgement);
        if found != wanted {
            wrong.push(format!("{kind:?} {change:?}\n   wanted {wanted:?}\n   found  {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_run_of_the_sending_role_violates_exactly_what_it_should() {
    let mut wrong = Vec::new();
    for run in sending_runs::runs() {
        let wanted: BTreeSet<&str> = run.violated.iter().copied().collect();
        let found = violated(&run.judgement);
        if found != wanted {
            wrong.push(format!("{}\n   wanted {wanted:?}\n   found  {found:?}", run.name));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// A dialogue message of a kind that no list here names is no other message than its Type says.
#[test]
fn a_dialogue_message_is_of_any_kind_of_dialogue() {
    let dialogue = |code: &'static str| {
        let mut play = Sending::new(None);
        play.0.scenario(Vec::new());
        let msg_id = play.0.uuid();
        let text = content(Doctor, &msg_id)
            .replace("kon:Konsultasjon", "kon:Dialogmelding")
            .replace(
                "http://www.kith.no/xmlstds/po/HelseopplysningerTilLege/2012-04-01",
                "http://www.kith.no/xmlstds/dialog/2013-01-23",
            )
            .replace(r#"V="HELSEOPPLYSNINGER_LEGE""#, &format!("V=\"{code}\""));
        play.arrive(Doctor, &msg_id, &text, 222);
        play.end(3000)
    };
    for (code, expected) in [("DIALOG_INNBYGGER_TIMER", Verdict::Satisfied), ("LOG_DOD", Verdict::Violated)] {
        let judgement = dialogue(code);
        for id in ["PLOAT-S7", "PLOAT-S24"] {
            let found: Vec<Verdict> = judgement.evidence(id).map(|o| o.verdict).collect();
            assert_eq!(found, vec![expected], "{code}: {id}");
        }
    }
}

/// Of a short message about a patient's stay nobody demands a person to contact.
#[test]
fn a_logistics_message_may_name_nobody() {
    let mut play = Sending::new(None);
    play.0.scenario(Vec::new());
    let msg_id = play.0.uuid();
    let text = crate::text::fagmelding(&msg_id);
    play.arrive(Hospital, &msg_id, &text, 222);
    assert_eq!(play.end(3000).evidence("PLOAT-S26").count(), 0);
}

/// What did not come is never held against the subject: whoever was to send it may not have.
#[test]
fn whether_a_message_comes_is_told_as_far_as_it_was_seen() {
    use Verdict::{CannotTell, Satisfied, Violated};
    for (arrives, awaited, how, done, expected) in [
        (true, Awaited::Comes, "person", true, Satisfied),
        (false, Awaited::Comes, "person", true, Violated),
        (true, Awaited::Lapses, "person", true, CannotTell(Cause::Configuration)),
        (true, Awaited::Silent(true), "person", true, CannotTell(Cause::TimedOut)),
        (false, Awaited::Silent(true), "person", true, Satisfied),
        (false, Awaited::Silent(false), "person", true, CannotTell(Cause::Configuration)),
        (true, Awaited::Lapses, "person", false, CannotTell(Cause::Operator)),
        (false, Awaited::Silent(true), "command epj", false, CannotTell(Cause::Configuration)),
    ] {
        let judgement = sending_runs::arrival(arrives, awaited, how, done);
        let found: Vec<Verdict> = judgement.evidence("HITS1171-9.1.1-1").map(|o| o.verdict).collect();
        assert_eq!(found, vec![expected], "arrives: {arrives}, {how}, done: {done}");
    }
}

/// Where nothing is established nothing is verified either: silence without a declared `retry`, and a run too short.
#[test]
fn silence_counts_only_against_what_is_declared() {
    let judged = |name: &str| sending_runs::runs().into_iter().find(|r| r.name == name).unwrap().judgement;
    for name in ["not again, nothing declared", "the run ends before it is due"] {
        let judgement = judged(name);
        for id in ["HIS1037-3.3-1", "HITS1171-8.1-3", "HIS1037-5.2-4"] {
            let found: Vec<Verdict> = judgement.evidence(id).map(|o| o.verdict).collect();
            assert_eq!(found, vec![Verdict::CannotTell(Cause::TimedOut)], "{name}: {id}");
        }
    }
    for name in ["acknowledged at once", "acknowledged, nothing declared"] {
        let judgement = judged(name);
        for id in ["HITS1171-8.1-3", "HIS1037-5.2-4", "HITS1171-8.1-4", "HITS1171-9.4-1"] {
            assert_eq!(judgement.evidence(id).count(), 0, "{name}: {id}: there was nothing to send again");
        }
    }
}

/// The other requirements of the profile are the first profile's too, and have their trio there.
#[test]
fn every_requirement_of_the_sending_role_is_seen_verified_violated_and_untouched() {
    let mut all: Vec<Judgement> = cases().iter().map(|(kind, change, _)| written(*kind, &[*change])).collect();
    all.push(Sending::new(None).end(0));
    all.extend(sending_runs::runs().into_iter().map(|run| run.judgement));
    let receiving = profile::find("plo-receive-nhn@1").unwrap();
    let mut missing = Vec::new();
    for id in SENDING.obligations.keys().filter(|id| !receiving.obligations.contains_key(*id)) {
        let id = id.as_str();
        assert!(CATALOGUE.get(id).is_some(), "{id}");
        let seen = |verdict: Verdict| all.iter().any(|j| j.evidence(id).any(|o| o.verdict == verdict));
        for (is_there, word) in [
            (seen(Verdict::Satisfied), "verified"),
            (seen(Verdict::Violated), "violated"),
            (all.iter().any(|j| j.evidence(id).next().is_none()), "untouched"),
        ] {
            if !is_there {
                missing.push(format!("{id} is never {word}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}:\n{}", missing.len(), missing.join("\n"));
}
