//! Properties of the stored form: what is written is read, whatever stands in it; what is damaged is found.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use proptest::prelude::*;
use provestein_evidence::blob::{BlobError, Blobs as _};
use provestein_evidence::digest::Digest;
use provestein_evidence::event::{
    Allowed, AppRecExpected, Assurance, Await, Composed, Event, Expectation, LookOutcome, Looked, MailArrived,
    MailSent, OperatorAnswer, Question, Recorded, Retry, RunStarted, ScenarioOutcome, ScenarioStarted, SignalExpected,
    StopReason, Subject, SubjectStart, SubjectStop, TransportFailure, Trigger, TriggerOutcome,
};
use provestein_evidence::format::{read_line, write_line};
use provestein_evidence::log::{Clock, LOG_FILE, Log, LogError};
use provestein_evidence::read::{self, ReadError};
use provestein_evidence::register::{ModeSet, RegisterAsked};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just(String::new()), Just("æ\"\\\n\u{0}\u{2028}".to_owned()), "[a-z@/.]{1,12}"]
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 8]>().prop_map(|bytes| Digest::of(&bytes))
}

fn allowed() -> impl Strategy<Value = Allowed> {
    let signal = proptest::option::of(proptest::sample::select(SignalExpected::ALL.to_vec()));
    let apprec = proptest::option::of(prop_oneof![
        Just(AppRecExpected::None),
        (proptest::sample::select(vec!["1", "2", "3"]), proptest::collection::vec(text(), 0..3))
            .prop_map(|(status, errors)| AppRecExpected::Status { status: status.to_owned(), errors }),
    ]);
    let arrives = proptest::option::of(any::<bool>());
    (signal, apprec, arrives, proptest::collection::vec(text(), 0..3))
        .prop_map(|(signal, apprec, arrives, requirements)| Allowed { signal, apprec, arrives, requirements })
}

fn scenario() -> impl Strategy<Value = Event> {
    let expectation = (text(), any::<u32>(), proptest::collection::vec(allowed(), 0..3))
        .prop_map(|(label, line, allowed)| Expectation { label, line, allowed });
    (text(), text(), text(), text(), digest(), proptest::collection::vec(expectation, 0..3)).prop_map(
        |(scenario, title, source, file, digest, expectations)| {
            Event::ScenarioStarted(ScenarioStarted { scenario, title, source, file, digest, expectations })
        },
    )
}

fn begin() -> impl Strategy<Value = Event> {
    let inputs = proptest::collection::vec((text(), digest()), 0..3);
    (text(), text(), digest(), text(), any::<u64>(), inputs).prop_map(|(run, tool, suite, profile, seed, inputs)| {
        Event::RunStarted(RunStarted { run, tool, suite, profile, assurance: Assurance::SelfRun, seed, inputs })
    })
}

fn mail_sent() -> impl Strategy<Value = MailSent> {
    (text(), proptest::collection::vec(text(), 0..3), text(), text(), proptest::option::of(digest())).prop_map(
        |(from, recipients, message_id, envelope_id, entity)| MailSent {
            from,
            recipients,
            message_id,
            envelope_id,
            entity,
        },
    )
}

fn mail_arrived() -> impl Strategy<Value = MailArrived> {
    let optional = || proptest::option::of(text());
    let recipients = proptest::collection::vec(text(), 0..3);
    (optional(), recipients, optional(), optional(), optional(), any::<bool>()).prop_map(
        |(from, recipients, envelope_id, user, uid, bare_lf)| MailArrived {
            from,
            recipients,
            envelope_id,
            user,
            uid,
            bare_lf,
        },
    )
}

fn message() -> impl Strategy<Value = Event> {
    prop_oneof![
        (proptest::option::of(text()), any::<u32>(), text(), proptest::collection::vec(text(), 0..3), digest())
            .prop_map(|(label, line, what, deviations, entity)| {
                Event::MessageComposed(Composed { scenario: label.clone(), label, line, what, deviations, entity })
            }),
        (any::<u64>(), text(), any::<u32>(), proptest::option::of(mail_sent()))
            .prop_map(|(composed, to, attempt, mail)| Event::MessageSent { composed, to, attempt, mail }),
        (text(), text()).prop_map(|(from, user)| Event::MailFetched { from, user }),
        proptest::collection::vec(text(), 0..3).prop_map(|talk| Event::MailPosted { talk }),
        (text(), text(), text(), text()).prop_map(|(service, from, user, reason)| Event::LoginRefused {
            service,
            from,
            user,
            reason
        }),
        (text(), proptest::sample::select(TransportFailure::ALL.to_vec()), text())
            .prop_map(|(address, failure, detail)| Event::MailboxFailed { address, failure, detail }),
        (any::<u16>(), proptest::option::of(digest()))
            .prop_map(|(status, entity)| Event::TransportAnswered { status, entity }),
        (proptest::sample::select(TransportFailure::ALL.to_vec()), text())
            .prop_map(|(failure, detail)| Event::TransportFailed { failure, detail }),
        (text(), text(), digest(), proptest::option::of(mail_arrived()))
            .prop_map(|(carrier, from, entity, mail)| Event::MessageArrived { carrier, from, entity, mail }),
        (any::<u64>(), 0usize..9, digest()).prop_map(|(message, part, key)| Event::PayloadOpened {
            message,
            part,
            key
        }),
        (any::<u64>(), 0usize..9, text()).prop_map(|(message, part, reason)| Event::PayloadSealed {
            message,
            part,
            reason
        }),
    ]
}

fn life() -> impl Strategy<Value = Event> {
    let reason = proptest::sample::select(StopReason::ALL.to_vec());
    let code = proptest::option::of(any::<i32>());
    prop_oneof![
        (text(), text(), text()).prop_map(|(how, what, ready)| Event::SubjectStarted(SubjectStart {
            how,
            what,
            ready
        })),
        (reason, code, text(), proptest::option::of(digest()), any::<u64>()).prop_map(
            |(reason, code, detail, output, cut)| {
                Event::SubjectStopped(SubjectStop { reason, code, detail, output, cut })
            }
        ),
    ]
}

fn register() -> impl Strategy<Value = Event> {
    let maybe = || proptest::option::of(text());
    let asked = (text(), text(), maybe(), maybe(), proptest::option::of(any::<u16>()), digest()).prop_map(
        |(register, operation, about, mode, status, request)| {
            let from = operation.clone();
            Event::RegisterAsked(RegisterAsked {
                register,
                operation,
                about,
                from,
                mode,
                status,
                request,
                response: request,
            })
        },
    );
    let set = (text(), maybe(), text(), proptest::option::of(any::<u32>()), any::<u32>())
        .prop_map(|(register, call, mode, about, line)| Event::ModeSet(ModeSet { register, call, mode, about, line }));
    prop_oneof![asked, set]
}

fn acting() -> impl Strategy<Value = Event> {
    let texts = || proptest::collection::vec(text(), 0..3);
    let blob = || proptest::option::of(digest());
    prop_oneof![
        (text(), text(), any::<u32>(), blob()).prop_map(|(label, how, line, request)| {
            let (scenario, message) = (label.clone(), how.clone());
            Event::TriggerPulled(Trigger { scenario, label, line, message, how, request })
        }),
        (any::<bool>(), text(), blob()).prop_map(|(done, detail, output)| Event::TriggerAnswered(TriggerOutcome {
            done,
            detail,
            output
        })),
        (text(), text(), any::<u32>(), texts(), texts(), any::<u64>()).prop_map(
            |(nb, en, line, choices, good, patience_ms)| {
                let (label, who, attach) = (nb.clone(), en.clone(), nb.clone());
                let (scenario, requirements) = (label.clone(), good.clone());
                Event::OperatorAsked(Question {
                    scenario,
                    label,
                    line,
                    who,
                    nb,
                    en,
                    choices,
                    good,
                    requirements,
                    attach,
                    patience_ms,
                })
            }
        ),
        (text(), text(), proptest::collection::vec((text(), digest()), 0..3)).prop_map(|(answer, by, attachments)| {
            Event::OperatorAnswered(OperatorAnswer { comment: answer.clone(), answer, by, attachments })
        }),
        text().prop_map(|reason| Event::OperatorPassed { reason }),
        (0i64..4_000_000_000)
            .prop_map(|second| Event::InboxReopened { until: Timestamp::from_second(second).unwrap() }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        begin().boxed(),
        scenario().boxed(),
        message().boxed(),
        life().boxed(),
        (text(), text(), any::<bool>(), any::<u64>(), any::<u32>()).prop_map(
            |(label, what, quiet, patience_ms, line)| {
                Event::AwaitOpened(Await {
                    scenario: what.clone(),
                    label,
                    what,
                    number: line,
                    quiet,
                    patience_ms,
                    line,
                })
            }
        ),
        text().prop_map(|supplier| {
            let retry = Some(Retry { interval_ms: 2000, count: 3 });
            Event::SubjectDescribed(Subject { supplier, parties: vec![(1, 2)], retry, ..Subject::default() })
        }),
        acting().boxed(),
        (text(), any::<bool>(), text()).prop_map(|(probe, ok, detail)| Event::PreflightObserved { probe, ok, detail }),
        (text(), 0..LookOutcome::ALL.len(), text()).prop_map(|(what, outcome, found)| {
            Event::Looked(Looked { what, outcome: LookOutcome::ALL[outcome], found })
        }),
        (text(), proptest::option::of(text())).prop_map(|(scenario, reason)| Event::ScenarioEnded {
            scenario,
            outcome: reason.map_or(ScenarioOutcome::Finished, |reason| ScenarioOutcome::Abandoned { reason }),
        }),
        register(),
        text().prop_map(|reason| Event::RunEnded { reason }),
        (any::<u64>(), digest()).prop_map(|(bytes, tail)| Event::TailRecovered { bytes, tail }),
    ]
}

fn recorded() -> impl Strategy<Value = Recorded> {
    (event(), 0i64..4_000_000_000, any::<u32>(), any::<u64>(), proptest::option::of(any::<u64>())).prop_map(
        |(event, second, epoch, elapsed_ms, cause)| Recorded {
            seq: 0,
            at: Timestamp::from_second(second).unwrap(),
            epoch,
            elapsed_ms,
            cause,
            event,
        },
    )
}

proptest! {
    #[test]
    fn reads_what_it_writes(recorded in recorded(), prev in digest()) {
        let line = write_line(&recorded, prev);
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(read_line(line.as_bytes(), 0, prev).unwrap(), recorded);
    }

    #[test]
    fn a_changed_line_is_never_read(recorded in recorded(), at in any::<proptest::sample::Index>(), to in any::<u8>()) {
        let mut line = write_line(&recorded, Digest::ZERO).into_bytes();
        let at = at.index(line.len());
        prop_assume!(line[at] != to);
        line[at] = to;
        prop_assert!(read_line(&line, 0, Digest::ZERO).is_err());
    }

    #[test]
    fn any_bytes_are_refused_or_read_but_never_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read::parse(&bytes, Path::new("."));
    }
}

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn elapsed_ms(&self) -> u64 {
        7
    }
}

#[test]
fn many_writers_at_once_make_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::create(folder.path(), Still).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for number in 0..50u64 {
                    let event = Event::AwaitMet { awaited: number };
                    log.append_blocking(event, None, vec![number.to_le_bytes().to_vec()]).unwrap();
                }
            });
        }
    });
    drop(log);
    let stored = read::open(folder.path()).unwrap();
    assert_eq!(stored.events.len(), 400);
    assert!(stored.events.iter().enumerate().all(|(index, r)| r.seq == index as u64));
}

#[test]
fn one_writer_at_a_time_and_a_resumed_log_goes_on_in_a_new_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::create(folder.path(), Still).unwrap();
    log.append_blocking(Event::RunEnded { reason: "x".into() }, None, Vec::new()).unwrap();
    assert!(Log::resume(folder.path(), Still).is_err(), "two writers");
    drop(log);
    assert!(Log::create(folder.path(), Still).is_err(), "a log is never begun twice");
    let log = Log::resume(folder.path(), Still).unwrap();
    let next = log.append_blocking(Event::RunResumed { tool: "t".into() }, Some(0), Vec::new()).unwrap();
    assert_eq!((next.seq, next.epoch), (1, 1));
}

/// What a living writer has put on disk is not another process's to cut, a half-written line included.
#[test]
fn a_locked_log_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let log = Log::create(folder.path(), Still).unwrap();
    log.append_blocking(Event::RunEnded { reason: "x".into() }, None, Vec::new()).unwrap();
    drop(log);
    let path = folder.path().join(LOG_FILE);
    let mut writer = OpenOptions::new().append(true).open(&path).unwrap();
    writer.lock().unwrap();
    writer.write_all(br#"{"v":1,"seq":1,"at":"2026"#).unwrap();
    let before = fs::read(&path).unwrap();
    let refused = Log::resume(folder.path(), Still);
    assert!(matches!(refused, Err(LogError::Locked(_))), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(!folder.path().join("blobs").exists(), "nothing was set aside");
    drop(writer);
    drop(Log::resume(folder.path(), Still).unwrap());
    let stored = read::open(folder.path()).unwrap();
    assert!(matches!(stored.events[1].event, Event::TailRecovered { bytes: 25, .. }), "{:?}", stored.events);
}

#[test]
fn there_is_nothing_to_resume_where_no_log_is() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Log::resume(folder.path(), Still), Err(LogError::Read(ReadError::NoLog(_)))));
    assert!(!folder.path().join(LOG_FILE).exists());
}

/// What a run was made from is evidence like its messages.
#[test]
fn an_input_that_is_altered_or_missing_is_broken_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let (subject, selection) = (b"supplier: x".to_vec(), Vec::new());
    let inputs = [("subject:a.yaml", &subject), ("selection:receive", &selection)];
    let started = RunStarted {
        run: "r".into(),
        tool: "t".into(),
        suite: Digest::of(b"embedded, no blob"),
        profile: "p@1".into(),
        assurance: Assurance::SelfRun,
        seed: 0,
        inputs: inputs.map(|(name, bytes)| (name.to_owned(), Digest::of(bytes))).to_vec(),
    };
    let log = Log::create(folder.path(), Still).unwrap();
    log.append_blocking(Event::RunStarted(started), None, vec![subject.clone(), selection]).unwrap();
    drop(log);
    let stored = read::open(folder.path()).unwrap();
    assert_eq!(stored.check_blobs().unwrap(), 2);
    let path = stored.blobs().path(Digest::of(&subject));
    fs::write(&path, b"supplier: y").unwrap();
    let altered = stored.check_blobs();
    assert!(matches!(&altered, Err(ReadError::Blob { event: 0, source: BlobError::Altered(_) })), "{altered:?}");
    fs::remove_file(&path).unwrap();
    let missing = stored.check_blobs();
    assert!(matches!(&missing, Err(ReadError::Blob { event: 0, source: BlobError::Missing(_) })), "{missing:?}");
}

#[test]
fn a_log_begins_in_folders_that_are_not_there_yet() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("reports/2026/run");
    let log = Log::create(&run, Still).unwrap();
    let event = Event::RunEnded { reason: "x".into() };
    log.append_blocking(event.clone(), None, vec![b"a".to_vec(), b"b".to_vec()]).unwrap();
    drop(log);
    let stored = read::open(&run).unwrap();
    assert_eq!(stored.events[0].event, event);
    assert_eq!(stored.blobs().get(Digest::of(b"b")).unwrap(), b"b");
}
