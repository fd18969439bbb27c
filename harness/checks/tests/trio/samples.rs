//! The official samples of HITS 1172's publisher, read where they lie beside the project, as bare captured
//! files. They were written by people and are full of mistakes; each that shows on the wire has to be found,
//! and nothing else may be reported.

use crate::play::{CATALOGUE, run_started};
use evidence::blob::MemoryBlobs;
use evidence::event::{Assurance, Event, Recorded};
use evidence::history;
use provestein_checks::exit::Exit;
use provestein_checks::verdict::Verdict;
use provestein_checks::{Judgement, judge, profile};
use std::collections::BTreeSet;
use std::path::Path;

/// File, what is violated, what is remarked.
const SAMPLES: &[(&str, &[&str], &[&str])] = &[
    (
        "Acknowledgment.xml",
        &[
            // Times without zone, in MessageData and in the acknowledgment (HIS 1037 6.2.1: local time needs one).
            "HITS1171-5.2.1.10-1",
            "HITS1171-5.2.3.1-1",
            // The certificate ended in 2003, the message is of 2006 (rule 105).
            "HITS1172-105",
            // The CPAId is made of organisation numbers, the parties have HER-ids (rule 12).
            "HITS1172-12",
            // Two transforms where three are demanded (rule 38; HIS 1037 5.5 step 4).
            "HITS1172-38",
            // The digests are invented: the envelope has another one (rule 50; xmlsec1 agrees).
            "HITS1172-50",
            // No eb:Description at all (HITS 1210 requirement 2, signals included).
            "HITS1210-2",
        ],
        // Role is kept on a signal (HIS 1037 7.2.1 against HITS 1171 5.2.1.3).
        &["HITS1171-5.2.1.3-2"],
    ),
    (
        "Acknowledgment-Description.xml",
        &[
            // The certificate ended in 2003, the message is of 2018.
            "HITS1172-105",
            // The copied references stand in no namespace, so there is no ds:Reference.
            "HITS1172-116",
            "HITS1172-117",
            "HITS1172-38",
            "HITS1172-50",
            // The JSON has a trailing comma.
            "HITS1210-6.2.2-1",
        ],
        &["HITS1171-5.2.1.3-2"],
    ),
    (
        "ebxml-eksempel.xml",
        &[
            // Service EPIKRISE-S in place of S-EPIKRISE (HISD 1209 3.2).
            "HISD1209-3.2-1",
            "HITS1171-5.2.1.10-1",
            // The manifest says ebxmlpayload111, the signature ebxhmpayload111.
            "HITS1171-5.2.5-5",
            // A blank before the MessageId.
            "HITS1172-102",
            "HITS1172-105",
            // CPAId KITH-GenericCPAId.
            "HITS1172-12",
            // Neither Description nor Schema (HITS 1210).
            "HITS1172-279",
            "HITS1172-38",
            "HITS1172-50",
        ],
        &[],
    ),
    (
        "ebxml-header-Description-manifest2-overvakning-SVAR_CYT.xml",
        &[
            // The fagmelding is sent by the party with the receiver's role.
            "HISD1209-3.3-1",
            // The schema stands as text in Description, an abandoned variant: there is no eb:Schema.
            "HITS1172-279",
            "HITS1172-50",
        ],
        &[],
    ),
    ("ebxml-header-Description-overvakning-SVAR_CYT.xml", &["HISD1209-3.3-1", "HITS1172-50"], &[]),
    (
        "ebxml-header.d237e310-796f-4e56-a50b-353b0e5d5947.SVAR_CYT.xml",
        &[
            "HISD1209-3.3-1",
            "HITS1172-279",
            // AckRequested without mustUnderstand.
            "HITS1172-5.14.2-u1",
            "HITS1172-50",
            // No XML declaration.
            "HITS1172-78",
        ],
        &[],
    ),
];

fn inspected(bytes: Vec<u8>, name: &str) -> Judgement {
    let mut blobs = MemoryBlobs::default();
    let entity = blobs.put(bytes);
    let facts = [
        Event::RunStarted(run_started(Assurance::Inspection)),
        Event::MessageArrived { carrier: "file".into(), from: name.to_owned(), entity, mail: None },
        Event::RunEnded { reason: "finished".into() },
    ];
    let recorded = |(seq, event): (usize, Event)| Recorded {
        seq: seq as u64,
        at: "2026-01-15T09:30:00Z".parse().unwrap(),
        epoch: 0,
        elapsed_ms: 0,
        cause: None,
        event,
    };
    let events: Vec<Recorded> = facts.into_iter().enumerate().map(recorded).collect();
    let by_the_letter = profile::find("plo-receive-his1037@1").unwrap();
    judge(&history::of(&events, &blobs).unwrap(), &by_the_letter, &CATALOGUE)
}

#[test]
fn the_official_samples_show_exactly_their_mistakes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/ebxml-2.0/sarepta-eksempel");
    if !folder.is_dir() {
        eprintln!("skipped: ../shared is not here");
        return;
    }
    let mut wrong = Vec::new();
    for (name, violated, remarked) in SAMPLES {
        #[expect(clippy::disallowed_methods, reason = "a test reads the samples beside the project")]
        let judgement = inspected(std::fs::read(folder.join(name)).unwrap(), name);
        let found: BTreeSet<&str> = judgement
            .observations
            .iter()
            .filter(|o| o.verdict != Verdict::Satisfied)
            .map(|o| o.requirement.as_str())
            .collect();
        let remarks: BTreeSet<&str> = judgement.remarks.iter().map(|r| r.requirement.as_str()).collect();
        let (violated, remarked) = (violated.iter().copied().collect(), remarked.iter().copied().collect());
        if found != violated || remarks != remarked {
            wrong.push(format!("{name}\n  wanted {violated:?} {remarked:?}\n  found  {found:?} {remarks:?}"));
        }
        assert_eq!(judgement.exit, Exit::VIOLATED);
        let mime = ["HITS1172-21", "HITS1172-66", "HITS1172-257", "HITS1172-27", "HITS1172-23", "HITS1172-260"];
        assert!(
            mime.iter().all(|id| judgement.evidence(id).next().is_none()),
            "of bare XML nothing about MIME is told"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
