//! The sample's log under construction.

use super::{MUNICIPALITY, SCENARIO_TEXT};
use evidence::blob::MemoryBlobs;
use evidence::digest::Digest;
use evidence::event::{
    Allowed, AppRecExpected, Assurance, Await, Composed, Event, Expectation, Recorded, RunStarted, ScenarioOutcome,
    ScenarioStarted, Seq, SignalExpected, Subject,
};
use wire::cms::ContentKey;

/// A log under construction.
pub struct Log {
    pub events: Vec<Recorded>,
    pub blobs: MemoryBlobs,
    scenario: String,
    clock_ms: u64,
}

impl Log {
    pub fn begin(assurance: Assurance) -> Self {
        let mut log = Self { events: Vec::new(), blobs: MemoryBlobs::default(), scenario: String::new(), clock_ms: 0 };
        log.push(
            None,
            Event::RunStarted(RunStarted {
                run: "0b8f6f0e-6a0c-4a52-9d6c-1f2a7c1c9a10".into(),
                tool: "provestein 0.1.0".into(),
                suite: Digest::of(b"suite"),
                profile: "plo-receive-nhn@1".into(),
                assurance,
                seed: 42,
                inputs: vec![("subject.yaml".into(), Digest::of(b"subject"))],
            }),
        );
        log
    }

    pub fn push(&mut self, cause: Option<Seq>, event: Event) -> Seq {
        let seq = self.events.len() as Seq;
        self.clock_ms += match &event {
            Event::SilenceObserved { quiet_ms, .. } => *quiet_ms + 500,
            _ => 40,
        };
        let at = jiff::Timestamp::from_millisecond(1_772_366_400_000 + self.clock_ms.cast_signed()).unwrap();
        self.events.push(Recorded { seq, at, epoch: 0, elapsed_ms: self.clock_ms, cause, event });
        seq
    }

    /// Keeps the content key of a message of ours.
    pub fn opened(&mut self, message: Seq, key: &ContentKey) {
        let key = self.blobs.put(key.to_bytes());
        self.push(Some(message), Event::PayloadOpened { message, part: 1, key });
    }

    pub fn subject(&mut self, system: &str) {
        self.push(
            None,
            Event::SubjectDescribed(Subject {
                retry: None,
                supplier: "Nordlys AS".into(),
                system: system.into(),
                version: "5.2".into(),
                message_handler: Some("Melding+".into()),
                message_handler_version: Some("3.1".into()),
                parties: vec![(990_000_020, MUNICIPALITY)],
                claims: vec![("LOG_INNLAGT@1.6".into(), "receive".into())],
                unknown_service: Some("reject".into()),
                endpoint: "https://localhost:8443/ebxml".into(),
            }),
        );
        let detail = "connected, HTTP 200".to_owned();
        self.push(None, Event::PreflightObserved { probe: "connect".into(), ok: true, detail });
    }

    pub fn scenario(&mut self, id: &str, title: &str, signal: SignalExpected, apprec: AppRecExpected) {
        id.clone_into(&mut self.scenario);
        let requirements = vec!["HITS1172-4.2.2-p4".to_owned()];
        let allowed = vec![Allowed { signal: Some(signal), apprec: Some(apprec), arrives: None, requirements }];
        self.push(
            None,
            Event::ScenarioStarted(ScenarioStarted {
                scenario: id.into(),
                title: title.into(),
                source: "AppRec workbook 2016".into(),
                file: format!("scenarios/{id}.yaml"),
                digest: Digest::of(SCENARIO_TEXT.as_bytes()),
                expectations: vec![Expectation { label: "first".into(), line: 4, allowed }],
            }),
        );
    }

    pub fn ended(&mut self) {
        let scenario = self.scenario.clone();
        self.push(None, Event::ScenarioEnded { scenario, outcome: ScenarioOutcome::Finished });
    }

    /// Composes and sends; the subject's carrier answers 200.
    pub fn sent(&mut self, what: &str, label: Option<&str>, deviations: &[&str], entity: Vec<u8>) -> Seq {
        let entity = self.blobs.put(entity);
        let composed = self.push(
            None,
            Event::MessageComposed(Composed {
                scenario: Some(self.scenario.clone()),
                label: label.map(Into::into),
                line: 3,
                what: what.into(),
                deviations: deviations.iter().map(|d| (*d).to_owned()).collect(),
                entity,
            }),
        );
        self.send_again(composed, 1);
        composed
    }

    pub fn send_again(&mut self, composed: Seq, attempt: u32) {
        let to = "https://localhost:8443/ebxml".to_owned();
        let sent = self.push(Some(composed), Event::MessageSent { composed, to, attempt, mail: None });
        self.push(Some(sent), Event::TransportAnswered { status: 202, entity: None });
    }

    pub fn arrived(&mut self, entity: Vec<u8>) -> Seq {
        let entity = self.blobs.put(entity);
        self.push(None, Event::MessageArrived { carrier: "http".into(), from: "127.0.0.1".into(), entity, mail: None })
    }

    pub fn waited(&mut self, what: &str, quiet: bool) -> Seq {
        let awaited = Await {
            scenario: self.scenario.clone(),
            label: "first".into(),
            what: what.into(),
            number: 1,
            quiet,
            patience_ms: 2000,
            line: 4,
        };
        self.push(None, Event::AwaitOpened(awaited))
    }
}
