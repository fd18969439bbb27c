//! The budgets of the design, measured: one JSON object on standard output, `{name: {ours, baseline, ratio, unit}}`.
//! Ours and its baseline are measured in the same process, interleaved, so that the ratio holds on any machine.

use evidence::event::{Composed, Event, Recorded};
use evidence::log::{Clock, Log};
use evidence::{blob, digest::Digest, history};
use jiff::Timestamp;
use msh::compose::{self, PayloadMessage, Signal, Unaltered};
use provestein::command::demo;
use provestein::{carrier as _, checks, embedded, evidence, exchange, msh, reference, wire};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wire::cms::{self, ContentCipher, KeyTransport};
use wire::message::Message;
use wire::signature::{self, Algorithms};

fn main() {
    let result = json!({
        "first_line": first_line(),
        "unsigned_exchange": unsigned_exchange(),
        "signed_encrypted_exchange": signed_exchange(),
        "fold": fold(),
        "judge": judge(),
        "append": append(),
    });
    println!("{result:#}");
}

/// The median of some runs, so that one bad moment of the machine does not count.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn pair(rounds: usize, mut ours: impl FnMut(), mut baseline: impl FnMut()) -> (Duration, Duration) {
    let timed = |work: &mut dyn FnMut()| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    let (mut our_times, mut base_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our_times.push(timed(&mut ours));
        base_times.push(timed(&mut baseline));
    }
    (median(our_times), median(base_times))
}

fn row((ours, baseline): (Duration, Duration), what: &str, budget: &str) -> Value {
    let ms = |d: Duration| (d.as_secs_f64() * 1e6).round() / 1e3;
    let ratio = ours.as_secs_f64() / baseline.as_secs_f64();
    json!({ "ours": ms(ours), "baseline": ms(baseline), "ratio": (ratio * 100.0).round() / 100.0, "unit": "ms", "baseline_is": what, "budget": budget })
}

/// Says in the result itself what was measured and what was not.
fn measuring(mut row: Value, what: &str) -> Value {
    row["measures"] = json!(what);
    row
}

/// From starting the process to the first byte on standard output.
fn first_line() -> Value {
    let first_byte = |mut command: Command| {
        use std::io::Read as _;
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut byte = [0];
        let read = child.stdout.as_mut().map(|out| out.read(&mut byte));
        // What it would go on to print does not matter here.
        let _ = child.kill();
        let _ = child.wait();
        assert!(matches!(read, Some(Ok(1))), "the program printed nothing");
    };
    let out = tempfile::tempdir().expect("a temporary folder");
    let ours = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provestein"));
        command.arg("demo").arg("--out").arg(out.path());
        first_byte(command);
    };
    let baseline = || {
        let mut command = Command::new("echo");
        command.arg("x");
        first_byte(command);
    };
    let row = row(pair(15, ours, baseline), "`echo x`, process start included", "< 50 ms");
    measuring(row, "from starting `provestein demo` to its first byte")
}

struct Sides {
    hospital: exchange::subject::HarnessParty,
    municipality: exchange::subject::HarnessParty,
    message: Vec<u8>,
}

impl Sides {
    fn new() -> Self {
        let hospital = demo::own_party("hospital", Algorithms::SHA256).expect("it ships");
        let municipality = demo::own_party("municipality", Algorithms::SHA256).expect("it ships");
        let cast = embedded::cast().expect("it ships");
        let filling = exchange::message::Filling {
            message: "LOG_INNLAGT@1.6",
            from: &hospital.cast,
            to: &municipality.cast,
            patient: &cast.patients["known"],
            msg_id: "5d0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11",
            answers: None,
            now: Timestamp::UNIX_EPOCH,
        };
        let message = embedded::messages().expect("they ship").fill(&filling).expect("it can be filled").into_bytes();
        Self { hospital, municipality, message }
    }

    fn compose(&self, number: u64) -> Vec<u8> {
        let peer = msh::identity::Peer {
            her: self.municipality.identity.her,
            encrypt_certificate: self.municipality.identity.encrypt_certificate.clone(),
        };
        let (id, msg_id) = (uuid(number), uuid(number + 1_000_000));
        let message = String::from_utf8_lossy(&self.message).replace("5d0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11", &msg_id);
        let what = PayloadMessage {
            function: "LOG_INNLAGT",
            is_apprec: false,
            conversation_id: &id,
            message_id: &id,
            timestamp: "2026-01-15T09:30:00Z",
            schema: None,
            cpa_id: None,
            message: message.into_bytes(),
        };
        compose::payload(&self.hospital.identity, &peer, what, &Unaltered, &mut chance())
            .expect("it can be composed")
            .entity
    }

    fn system(&self) -> reference::system::System {
        let peer = msh::identity::Peer {
            her: self.hospital.identity.her,
            encrypt_certificate: self.hospital.identity.encrypt_certificate.clone(),
        };
        reference::system::System::new(self.municipality.identity.clone(), [peer], Vec::new())
    }
}

fn chance() -> rsa::rand_core::UnwrapErr<getrandom::SysRng> {
    rsa::rand_core::UnwrapErr(getrandom::SysRng)
}

fn uuid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Envelope and fagmelding there and back, without a signature or encryption: our own work alone.
fn unsigned_exchange() -> Value {
    let sides = Sides::new();
    let header = wire::ebxml::write::HeaderDraft {
        from: wire::ebxml::write::PartyDraft { her: 990_000_011, role: None },
        to: wire::ebxml::write::PartyDraft { her: 990_000_021, role: None },
        cpa_id: "990000011_990000021".to_owned(),
        conversation_id: uuid(1),
        message_id: uuid(2),
        timestamp: "2026-01-15T09:30:00Z".to_owned(),
        duplicate_elimination: true,
        software: None,
    };
    let ours = || {
        let message = wire::ebxml::write::payload(&header, "S-LOG_INNLAGT", "LOG_INNLAGT", &[]);
        let envelope = wire::ebxml::decode(message.as_bytes(), None).expect("it is XML");
        let head = wire::head::decode(&sides.message).expect("it is XML");
        let status = wire::code::Code::cs("1", "OK");
        let version = wire::apprec::Version::V11;
        let draft =
            wire::apprec::answer(&head, wire::apprec::Recipient::Primary, version, ("id", "t"), status, Vec::new());
        let apprec = wire::apprec::encode(&draft);
        let acknowledgment =
            wire::ebxml::write::acknowledgment(&header, "t", envelope.message_id().unwrap_or_default(), &[]);
        std::hint::black_box((
            wire::apprec::decode(apprec.as_bytes()).is_ok(),
            wire::ebxml::decode(acknowledgment.as_bytes(), None).is_ok(),
        ));
    };
    let text = String::from_utf8_lossy(&sides.message).into_owned();
    let baseline = || {
        // The same amount of XML, parsed only.
        for _ in 0..2 {
            std::hint::black_box(wire::xml::Tree::parse(&text).is_ok());
        }
    };
    let row = row(pair(200, ours, baseline), "parsing the same amount of XML", "< 100 ms");
    measuring(row, "writing and reading envelope, fagmelding, acknowledgment and AppRec; no MIME, network or log")
}

/// Compose, sign, encrypt, verify, open, acknowledge, AppRec, acknowledge: against the same RSA operations alone.
fn signed_exchange() -> Value {
    let sides = Sides::new();
    let mut system = sides.system();
    let mut number = 0;
    let ours = || {
        number += 1;
        let entity = sides.compose(number);
        let mut chance = chance();
        let wall = "2026-01-15T09:30:00Z".parse().expect("a time");
        let mut around = reference::system::Surroundings { wall, elapsed_ms: number, chance: &mut chance };
        let reaction = system.receive(&entity, &mut around).expect("the reference works");
        assert_eq!(reaction.outgoing.len(), 2, "acknowledgment and AppRec");
        for outgoing in reaction.outgoing {
            let message = Message::decode(&outgoing.entity);
            assert!(message.signature.as_ref().is_some_and(signature::Verification::is_valid));
            let Some((_, part)) = message.attachments().next() else { continue };
            let keys = (&sides.hospital.identity.encrypt_certificate, &sides.hospital.identity.encrypt_key);
            assert!(cms::open(&part.content, &[keys]).is_ok());
            let about = message.soap().expect("it has an envelope");
            let signal = Signal { about, message_id: "m", timestamp: "2026-01-15T09:30:00Z" };
            assert!(compose::acknowledgment(&sides.hospital.identity, &signal, msh::SignalShape::default()).is_ok());
        }
    };
    let row = row(
        pair(40, ours, rsa_operations(4, 3, 2)),
        "the same RSA operations with the same libraries",
        "ratio <= 1.25",
    );
    measuring(row, "compose, sign, encrypt, verify, open, acknowledge, AppRec, acknowledge; no network or log")
}

/// So many signatures, verifications, and sealings with their openings.
fn rsa_operations(signs: usize, verifies: usize, seals: usize) -> impl FnMut() {
    let hospital = demo::own_party("hospital", Algorithms::SHA256).expect("it ships").identity;
    let method = signature::SignatureMethod::RsaSha256;
    let octets = vec![7u8; 1200];
    let value = method.sign(&hospital.sign_key, &octets).expect("the key signs");
    let public = hospital.sign_certificate.public_key().expect("an RSA key");
    move || {
        for _ in 0..signs {
            std::hint::black_box(method.sign(&hospital.sign_key, &octets));
        }
        for _ in 0..verifies {
            assert!(method.verifies(&public, &octets, &value));
        }
        for _ in 0..seals {
            let certificate = &hospital.encrypt_certificate;
            let object =
                cms::seal(&octets, certificate, ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15, &mut chance());
            let object = object.expect("it can be sealed");
            assert!(cms::open(&object, &[(certificate, &hospital.encrypt_key)]).is_ok());
        }
    }
}

fn recorded(seq: u64, event: Event) -> Recorded {
    Recorded { seq, at: Timestamp::UNIX_EPOCH, epoch: 0, elapsed_ms: seq, cause: None, event }
}

/// Events that carry no message: what folding itself costs.
fn fold() -> Value {
    let count = 100_000u32;
    let event = |seq: u32| recorded(seq.into(), Event::AwaitMet { awaited: (seq / 2).into() });
    let events: Vec<Recorded> = (0..count).map(event).collect();
    let blobs = blob::MemoryBlobs::default();
    let began = Instant::now();
    let folded = history::of(&events, &blobs).expect("no blob is named").events;
    let took = began.elapsed();
    assert_eq!(folded, u64::from(count));
    let rate = f64::from(count) / took.as_secs_f64();
    json!({ "ours": rate.round(), "baseline": 100_000, "ratio": (rate / 1e5 * 100.0).round() / 100.0, "unit": "events/s", "baseline_is": "the budget", "budget": ">= 100,000 events/s", "measures": "folding events that carry no message" })
}

/// Folding and judging messages, against verifying and opening them once.
fn judge() -> Value {
    let sides = Sides::new();
    let mut blobs = blob::MemoryBlobs::default();
    let keys = (&sides.municipality.identity.encrypt_certificate, &sides.municipality.identity.encrypt_key);
    let (mut events, mut sealed) = (Vec::new(), Vec::new());
    for number in 0..200 {
        let entity = sides.compose(number);
        let message = Message::decode(&entity);
        let (part, attachment) = message.attachments().next().expect("it has a payload");
        let key = cms::open(&attachment.content, &[keys]).expect("it is for us").key;
        let arrived = events.len() as u64;
        let digest = blobs.put(entity.clone());
        events.push(recorded(
            arrived,
            Event::MessageArrived { carrier: "http".into(), from: "bench".into(), entity: digest, mail: None },
        ));
        sealed.push((entity, attachment.content.clone(), key.clone()));
        let key = blobs.put(key.to_bytes());
        events.push(recorded(arrived + 1, Event::PayloadOpened { message: arrived, part, key }));
    }
    let profile = embedded::profile("plo-receive-nhn").expect("it ships");
    let catalogue = checks::catalogue::Catalogue::embedded();
    let ours = || {
        let history = history::of(&events, &blobs).expect("all blobs are there");
        std::hint::black_box(checks::judge(&history, &profile, &catalogue).observations.len());
    };
    let baseline = || {
        for (entity, payload, key) in &sealed {
            assert!(Message::decode(entity).signature.is_some_and(|s| s.is_valid()));
            assert!(cms::open_with(payload, key).is_ok());
        }
    };
    let mut result =
        row(pair(5, ours, baseline), "decoding, verifying and opening the same 200 messages", "ratio <= 1.5");
    let began = Instant::now();
    let history = history::of(&events, &blobs).expect("all blobs are there");
    let folded = began.elapsed();
    std::hint::black_box(checks::judge(&history, &profile, &catalogue).observations.len());
    let ms = |d: Duration| (d.as_secs_f64() * 1e6).round() / 1e3;
    let count = u32::try_from(events.len()).expect("a few hundred");
    let judged = f64::from(count) / result["ours"].as_f64().unwrap_or(f64::NAN) * 1e3;
    result["events_per_s"] = json!(judged.round());
    let mut result = measuring(result, "folding and judging 200 signed and encrypted messages, blobs in memory");
    result["of_which"] = json!({ "fold": ms(folded), "checks": ms(began.elapsed().saturating_sub(folded)) });
    result
}

#[derive(Debug)]
struct Machine(Instant);

impl Clock for Machine {
    fn wall(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn elapsed_ms(&self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }
}

/// Appending with group commit, eight at a time, against the same lines with one sync each.
fn append() -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let log = Log::create(&folder.path().join("run"), Machine(Instant::now())).expect("a new log");
    let event = || {
        Event::MessageComposed(Composed {
            scenario: Some("bench".into()),
            label: Some("first".into()),
            line: 1,
            what: "LOG_INNLAGT@1.6".into(),
            deviations: Vec::new(),
            entity: Digest::of(b"x"),
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let ours = || {
        runtime.block_on(async {
            for _ in 0..25 {
                let (a, b, c, d) = tokio::join!(
                    log.append(event(), None, Vec::new()),
                    log.append(event(), None, Vec::new()),
                    log.append(event(), None, Vec::new()),
                    log.append(event(), None, Vec::new()),
                );
                assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok());
            }
        });
    };
    let mut file = std::fs::File::create(folder.path().join("plain")).expect("a file");
    let line = vec![b'x'; 600];
    let baseline = || {
        use std::io::Write as _;
        for _ in 0..100 {
            file.write_all(&line).and_then(|()| file.sync_data()).expect("the disk takes it");
        }
    };
    row(
        pair(5, ours, baseline),
        "100 lines of 600 bytes, one sync each",
        "durable before acting, fewer syncs than events",
    )
}
