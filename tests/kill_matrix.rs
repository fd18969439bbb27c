//! Who tests the tester: the conforming reference meets everything, and each defect is found by exactly the
//! requirements that it breaks. `docs/kill-matrix.md` is written from the same runs and compared here.

use crate::support::generated;
use crate::support::simulated::{Simulated, simulate_by};
use provestein::carrier::simulated::Weather;
use provestein::checks::ledger::Status;
use provestein::reference::defect::Defect;
use std::thread;

/// What each defect breaks, by the standards' words; nothing else may be violated.
fn breaks(defect: Defect) -> &'static [&'static str] {
    match defect {
        // HITS 1172 5.8.2: the correct answer is given again.
        Defect::AckNotRepeated => &["HITS1172-5.8.2-p3"],
        // HITS 1171 5.2.3.2: RefToMessageId equals the MessageId. Rule 108 asks only for the form, which is right.
        Defect::AckRefersConversation => &["HITS1171-5.2.3.2-1"],
        Defect::AckWithoutCid => &["HITS1172-117"],
        // Rule 45, and 5.2: every kind of message has exactly one signature.
        Defect::AckUnsigned => &["HITS1172-45", "HITS1172-5.2-p2"],
        // HITS 1171 5.2.1.11: not used in acknowledgments.
        Defect::AckWithDuplicateElimination => &["HITS1171-5.2.1.11-2"],
        // HITS 1172 4.2.2: errors are answered by an ErrorList; 5.7.2: about the signature.
        Defect::AckDespiteBrokenSignature => &["HITS1172-4.2.2-p4", "HITS1172-5.7.2-p2"],
        // HIS 80415:2012 3.1: the message is identified by its MsgId.
        Defect::AppRecRefersEbxmlId => &["HIS80415-2012-3.1-1"],
        // HITS 1168 5.1: final; 5.4: a duplicate gets no receipt.
        Defect::AppRecTwiceForCopiedMsgId => &["HITS1168-5.1-3", "HITS1168-5.4-1"],
        // HITS 1168 8.2, and 8.3 for PLO 1.6 in particular.
        Defect::AppRecWrongVersion => &["HITS1168-8.2-1", "HITS1168-8.3-8"],
        // HITS 1168 6.1: complete address information; HIS 80415:2012 3.5: all levels.
        Defect::AppRecNotMirrored => &["HIS80415-2012-3.5-1", "HITS1168-6.1-1"],
        // Not on this network: `tests/mail.rs`.
        Defect::MailHeaderMissing | Defect::MailHeaderEmpty | Defect::MailBounceAnswered | Defect::MailFaultMissing => {
            &[]
        }
        // HIS 80601: Type equals eb:Action; criteria 7 and 24; HIS 1143 and 1145 name the Type of their message.
        Defect::TypeDiffers => &["HIS1143-4.1-1", "HIS1145-4.1-1", "HIS80601-5_MsgInfo-2", "PLOAT-S24", "PLOAT-S7"],
        Defect::GenDateWithoutTime => &["HIS80601-5_MsgInfo-4", "PLOAT-S9"],
        Defect::EmptyElements => &["HISD1165-General-1", "PLOAT-S11"],
        Defect::MsgIdReused => &["HIS80601-5_MsgInfo-5", "PLOAT-S10"],
        Defect::CsWithoutDn => &["PLOAT-S13"],
        Defect::LevelTwoMissing => &["HIS1153-AD2.2", "PLOAT-S27", "PLOAT-S30"],
        // HITS 1171 9.4: M1 is sent again, not another message.
        Defect::RetryWithNewMessageId => &["HITS1171-9.4-1"],
        // HIS 1037 5.2: a given number of times.
        Defect::RetryForEver => &["HIS1037-5.2-4"],
        Defect::AppRecForAppRec => &["HITS1168-8.3-21"],
        // HITS 1172 5.5.2: the part says what it is, and that is no CMS object.
        Defect::PayloadUnencrypted => &["HITS1171-6-2", "HITS1172-260"],
    }
}

/// The profiles in whose runs a defect shows.
const RECEIVING: &str = "plo-receive-nhn";
const SENDING: &str = "plo-send-nhn";

fn runs() -> ([Simulated; 2], Vec<(Defect, Simulated)>) {
    let handles: Vec<_> = Defect::ALL
        .into_iter()
        .filter(|defect| !defect.is_of_mail())
        .map(|defect| {
            let profile = if defect.is_of_sending() { SENDING } else { RECEIVING };
            thread::spawn(move || (defect, simulate_by(profile, &[defect], Weather::FAIR, 1, &[])))
        })
        .collect();
    let clean = [RECEIVING, SENDING].map(|profile| simulate_by(profile, &[], Weather::FAIR, 1, &[]));
    (clean, handles.into_iter().map(|handle| handle.join().unwrap()).collect())
}

#[test]
fn each_defect_is_found_by_exactly_what_it_breaks() {
    let (clean, defective) = runs();
    for (run, scenarios) in clean.iter().zip([12, 15]) {
        let totals = &run.judged.judgement.totals;
        let reasons: Vec<_> = run.judged.judgement.scenarios.iter().flat_map(|s| &s.reasons).collect();
        assert_eq!(
            (totals.violated, totals.not_established, totals.scenarios_passed),
            (0, 0, scenarios),
            "{reasons:#?}"
        );
        assert_eq!(run.judged.judgement.suite_defects, []);
        let due = |row: &&provestein::checks::ledger::Row| row.status == Status::NotExercised && row.minimum > 0;
        let due: Vec<String> =
            run.judged.judgement.ledger.rows().filter(due).map(|row| row.requirement.to_string()).collect();
        assert_eq!((run.judged.judgement.exit.code, due), (0, Vec::new()));
    }
    for run in clean.iter().chain(defective.iter().map(|(_, run)| run)) {
        for scenario in &run.judged.judgement.scenarios {
            let worst = scenario.against.values().copied().fold(scenario.apart, Ord::max);
            assert_eq!(scenario.verdict, worst, "{}: {:?}", scenario.id, scenario.reasons);
        }
    }
    for (defect, run) in &defective {
        assert_eq!(run.violated(), breaks(*defect), "{defect}");
        assert_eq!(run.judged.judgement.exit.code, 10, "{defect}");
        assert_eq!(run.judged.judgement.suite_defects, [], "{defect}: our own messages are never to blame");
    }
    generated("docs/kill-matrix.md", &document(&clean, &defective));
}

fn document(clean: &[Simulated; 2], defective: &[(Defect, Simulated)]) -> String {
    let mut out = String::from(
        "# Kill matrix\n\n\
         Generated by `tests/kill_matrix.rs`; do not edit. Each row is a run of all scenarios of a profile against the\n\
         built-in reference, over a simulated network and clock: `plo-receive-nhn` for what it answers, `plo-send-nhn` for\n\
         what it sends. The reference shares code with the harness, so this shows that the checks see what they should;\n\
         that the wire is right is shown against other software (`tests/oracle.rs`, `tests/foreign_peer.rs`).\n",
    );
    for (index, (profile, title)) in [(RECEIVING, "Receiving"), (SENDING, "Sending")].into_iter().enumerate() {
        out.push_str(&format!("\n## {title}: {profile}\n\n"));
        out.push_str("| the reference | is found by | scenarios that fail | exit |\n|---|---|---|---|\n");
        out.push_str(&row("as it is", &clean[index]));
        for (defect, run) in defective.iter().filter(|(d, _)| d.is_of_sending() == (profile == SENDING)) {
            out.push_str(&row(&format!("`{defect}`: it {}", defect.description()), run));
        }
    }
    for (run, title) in clean.iter().zip(["receiving", "sending"]) {
        out.push_str(&format!("\n## What the clean run of {title} verifies\n\n"));
        out.push_str("| requirement | status | satisfied |\n|---|---|---|\n");
        for row in run.judged.judgement.ledger.rows() {
            out.push_str(&format!("| {} | {} | {} |\n", row.requirement, row.status.code(), row.satisfied));
        }
        let not = run.judged.judgement.ledger.rows().filter(|row| row.status != Status::Verified).count();
        out.push_str(&format!(
            "\n{} requirements verified, {not} not: what no scenario of this profile provokes yet is *not exercised*, what\n\
             the subject does not claim is *not applicable*.\n",
            run.judged.judgement.totals.verified
        ));
    }
    out
}

fn row(name: &str, run: &Simulated) -> String {
    let judgement = &run.judged.judgement;
    let failed: Vec<&str> =
        judgement.scenarios.iter().filter(|s| s.verdict.code() == "failed").map(|s| s.id.as_str()).collect();
    let or_none = |list: &str| if list.is_empty() { "nothing".to_owned() } else { list.to_owned() };
    let of = judgement.scenarios.len();
    format!(
        "| {name} | {} | {} | {} |\n",
        or_none(&run.violated().join(", ")),
        if failed.len() > 4 { format!("{} of {of}", failed.len()) } else { or_none(&failed.join(", ")) },
        judgement.exit.code
    )
}
