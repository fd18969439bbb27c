//! Look-ups that every format needs, made once for each report so that none of it takes quadratic time.

use crate::View;
use checks::catalogue::Level;
use checks::observation::Observation;
use evidence::digest::Digest;
use evidence::event::{Await, Event, Seq};
use evidence::history::MessageRecord;
use std::collections::{BTreeMap, HashMap};

/// The view, with what is needed to find one's way in it.
pub(crate) struct Index<'v> {
    pub(crate) view: View<'v>,
    messages: HashMap<Seq, usize>,
    blobs: HashMap<Seq, Digest>,
    origins: HashMap<Seq, &'v str>,
    awaits: HashMap<Seq, &'v Await>,
    evidence: BTreeMap<&'v str, Vec<&'v Observation>>,
    files: HashMap<&'v str, (&'v str, Digest)>,
}

impl<'v> Index<'v> {
    pub(crate) fn of(view: &View<'v>) -> Self {
        let view = *view;
        let messages = view.history.messages.iter().enumerate().map(|(i, m)| (m.seq, i)).collect();
        let blobs = view.events.iter().filter_map(|recorded| Some((recorded.seq, blob_of(&recorded.event)?)));
        let origins = view.events.iter().filter_map(|recorded| match &recorded.event {
            Event::MessageArrived { from, .. } => Some((recorded.seq, from.as_str())),
            _ => None,
        });
        let mut evidence: BTreeMap<&str, Vec<&Observation>> = BTreeMap::new();
        for observation in &view.judgement.observations {
            evidence.entry(observation.requirement.as_str()).or_default().push(observation);
        }
        let awaits = view.history.awaits.iter().map(|a| (a.seq, &a.awaited)).collect();
        let scenarios = view.history.scenarios.iter();
        let files = scenarios.map(|(s, ..)| (s.scenario.as_str(), (s.file.as_str(), s.digest))).collect();
        Self { view, messages, blobs: blobs.collect(), origins: origins.collect(), awaits, evidence, files }
    }

    /// The message of an event.
    pub(crate) fn message(&self, seq: Seq) -> Option<&'v MessageRecord> {
        self.messages.get(&seq).map(|&index| &self.view.history.messages[index])
    }

    /// The blob that an event names.
    pub(crate) fn blob(&self, seq: Seq) -> Option<Digest> {
        self.blobs.get(&seq).copied()
    }

    /// Who connected, or for a captured message its file.
    pub(crate) fn origin(&self, seq: Seq) -> Option<&'v str> {
        self.origins.get(&seq).copied()
    }

    /// What was waited for.
    pub(crate) fn awaited(&self, seq: Seq) -> Option<&'v Await> {
        self.awaits.get(&seq).copied()
    }

    /// The observations about a requirement, in order.
    pub(crate) fn evidence(&self, id: &str) -> &[&'v Observation] {
        self.evidence.get(id).map_or(&[], Vec::as_slice)
    }

    /// The file of a scenario.
    pub(crate) fn file(&self, scenario: &str) -> Option<&'v str> {
        self.files.get(scenario).map(|(file, _)| *file)
    }

    /// A line of a scenario's file, as it was when it ran; `None` when that text is not at hand.
    pub(crate) fn scenario_line(&self, scenario: &str, line: u32) -> Option<&'static str> {
        self.scenario_text(scenario)?.lines().nth(line.checked_sub(1)? as usize)
    }

    /// The title of a scenario in bokmål, on the same condition.
    pub(crate) fn scenario_title_nb(&self, scenario: &str) -> Option<String> {
        (self.view.scenario_title_nb)(self.scenario_text(scenario)?)
    }

    fn scenario_text(&self, scenario: &str) -> Option<&'static str> {
        let (file, digest) = self.files.get(scenario)?;
        let text = (self.view.scenario_text)(file)?;
        (Digest::of(text.as_bytes()) == *digest).then_some(text)
    }

    /// How binding a requirement is under the profile.
    pub(crate) fn level(&self, id: &str) -> Level {
        self.view.judgement.ledger.get(id).map_or(Level::Must, |row| row.level)
    }
}

fn blob_of(event: &Event) -> Option<Digest> {
    match event {
        Event::MessageComposed(composed) => Some(composed.entity),
        Event::MessageArrived { entity, .. } => Some(*entity),
        Event::TransportAnswered { entity, .. } => *entity,
        _ => None,
    }
}
