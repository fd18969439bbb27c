//! The timeline: what happened, scenario by scenario, in the order of the log.
//!
//! A long run would make a report that no browser opens: rows and details are capped, and what is left out is said
//! with the command that shows it. Rows with findings go before all others.

use super::Lang;
use super::exchange::{self, seconds};
use super::labels::{self, Labels};
use super::row::{Mark, Row, marks, names, note};
use crate::cases::{self, Case, CaseResult};
use crate::diagnostic::{Class, Finding};
use crate::index::Index;
use crate::visible::{clean, clipped};
use evidence::event::{Event, Recorded, Seq};
use evidence::history::{Author, MessageRecord, TransportOutcome};
use std::collections::{HashMap, HashSet};

/// Rows of one scenario; as many again for rows with findings.
const ROWS_MAX: usize = 80;
/// Scenarios that are drawn; as many again for those that did not pass.
const SECTIONS_MAX: usize = 200;
/// Bytes of details; as many again for messages with findings.
const DETAILS_MAX: usize = 4_000_000;
/// Reasons that are given for a scenario.
const REASONS_MAX: usize = 12;

/// A scenario, or what happened outside all of them.
pub(super) struct Section {
    /// Anchor.
    pub anchor: String,
    /// The scenario's id, or what the section is.
    pub title: String,
    /// The scenario's title.
    pub subtitle: String,
    /// Language of that.
    pub subtitle_lang: &'static str,
    /// How it came out.
    pub result: Option<(&'static str, &'static str)>,
    /// Why, unless it passed.
    pub reasons: Vec<String>,
    /// What happened.
    pub rows: Vec<Row>,
    /// Rows that are not drawn.
    pub left_out: usize,
}

/// Everything that is drawn.
pub(super) struct Timeline {
    /// The sections in order.
    pub sections: Vec<Section>,
    /// Sections that are not drawn.
    pub left_out: usize,
    /// The messages that have an anchor.
    pub anchors: HashSet<Seq>,
}

/// Draws the timeline.
pub(super) fn of(index: &Index<'_>, findings: &[Finding], lang: Lang) -> Timeline {
    let mut draft = Draft::new(index, findings, lang);
    for recorded in index.view.events {
        draft.take(recorded);
    }
    draft.finish()
}

struct Draft<'i, 'v> {
    index: &'i Index<'v>,
    lang: Lang,
    labels: &'static Labels,
    marks: HashMap<Seq, Vec<Mark>>,
    owners: HashMap<usize, usize>,
    positions: HashMap<Seq, usize>,
    cases: HashMap<String, Case>,
    sections: Vec<Section>,
    by_scenario: HashMap<String, usize>,
    current: Option<String>,
    left_out: usize,
    room: usize,
    room_for_marked: usize,
    anchors: HashSet<Seq>,
}

impl<'i, 'v> Draft<'i, 'v> {
    fn new(index: &'i Index<'v>, findings: &[Finding], lang: Lang) -> Self {
        let history = index.view.history;
        let mut owners = HashMap::new();
        for exchange in &history.exchanges {
            for &answer in exchange.signals.iter().chain(&exchange.apprecs) {
                owners.entry(answer).or_insert(exchange.stimulus);
            }
        }
        let positions = history.messages.iter().enumerate().map(|(position, m)| (m.seq, position)).collect();
        Self {
            index,
            lang,
            labels: labels::of(lang),
            marks: marks(findings, lang),
            owners,
            positions,
            cases: labels::cases(index, lang).into_iter().map(|case| (case.id.clone(), case)).collect(),
            sections: Vec::new(),
            by_scenario: HashMap::new(),
            current: None,
            left_out: 0,
            room: DETAILS_MAX,
            room_for_marked: DETAILS_MAX,
            anchors: HashSet::new(),
        }
    }

    fn finish(mut self) -> Timeline {
        self.sections.retain(|section| !section.rows.is_empty());
        Timeline { sections: self.sections, left_out: self.left_out, anchors: self.anchors }
    }

    fn take(&mut self, recorded: &Recorded) {
        match &recorded.event {
            Event::ScenarioStarted(started) => {
                self.current = Some(started.scenario.clone());
                self.section(Some(&started.scenario));
            }
            Event::ScenarioEnded { .. } => self.current = None,
            Event::MessageComposed(_) => {
                let never_sent = self.index.message(recorded.seq).filter(|record| record.sendings.is_empty());
                if let Some(record) = never_sent {
                    self.message(record, record.at_ms, vec![("doubt", self.labels.not_sent.to_owned())]);
                }
            }
            Event::MessageSent { composed, attempt, .. } => self.sent(recorded.seq, *composed, *attempt),
            Event::MessageArrived { .. } => {
                if let Some(record) = self.index.message(recorded.seq) {
                    self.message(record, record.at_ms, Vec::new());
                }
            }
            other => {
                if let Some((role, text)) = note(other, self.index) {
                    self.note(recorded, role, &text);
                }
            }
        }
    }

    fn sent(&mut self, seq: Seq, composed: Seq, attempt: u32) {
        let Some(record) = self.index.message(composed) else { return };
        let Some(sending) = record.sendings.iter().find(|sending| sending.seq == seq) else { return };
        let mut flags = Vec::new();
        match &sending.outcome {
            Some(TransportOutcome::Answered { status, .. }) if *status < 300 => {
                flags.push(("quiet", format!("HTTP {status}")));
            }
            Some(TransportOutcome::Answered { status, .. }) => flags.push(("doubt", format!("HTTP {status}"))),
            Some(TransportOutcome::Taken { how, .. }) => flags.push(("quiet", how.clone())),
            Some(TransportOutcome::Failed { failure, .. }) => flags.push(("doubt", failure.code().to_owned())),
            None => {}
        }
        if record.sendings.first().map(|s| s.seq) == Some(seq) {
            self.message(record, sending.at_ms, flags);
            return;
        }
        flags.insert(0, ("quiet", format!("{} ({attempt})", self.labels.again)));
        let (what, ids) = names(record);
        let section = self.section_of(record);
        let row = Row {
            event: None,
            way: "out",
            when: seconds(sending.at_ms),
            description: format!("event {seq}: {what} again"),
            what,
            ids,
            flags,
            marks: Vec::new(),
            detail: None,
            command: None,
        };
        self.push(section, row);
    }

    fn message(&mut self, record: &'v MessageRecord, at_ms: u64, mut flags: Vec<(&'static str, String)>) {
        let section = self.section_of(record);
        let marks = self.marks.get(&record.seq).cloned().unwrap_or_default();
        if !record.is_undeviated() {
            flags.insert(0, ("altered", self.labels.altered.to_owned()));
        }
        if record.ignored {
            flags.push(("quiet", self.labels.lost.to_owned()));
        }
        let (what, ids) = names(record);
        let row = Row {
            event: Some(record.seq),
            way: if record.author == Author::Harness { "out" } else { "in" },
            when: seconds(at_ms),
            description: format!("event {}: {what} {ids}", record.seq),
            what,
            ids,
            flags,
            detail: None,
            command: None,
            marks,
        };
        let Some(row) = self.push(section, row) else { return };
        let has_marks = !self.sections[section.unwrap_or_default()].rows[row].marks.is_empty();
        let room = if has_marks { &mut self.room_for_marked } else { &mut self.room };
        let detail = (*room > 0).then(|| exchange::of(self.index, record, self.labels));
        if let Some(detail) = &detail {
            *room = room.saturating_sub(detail.size());
        }
        let row = &mut self.sections[section.unwrap_or_default()].rows[row];
        if detail.is_none() {
            row.command = Some(format!("provestein show {} --event {}", clean(self.index.view.run_name), record.seq));
        }
        row.detail = detail;
        self.anchors.insert(record.seq);
    }

    fn note(&mut self, recorded: &Recorded, role: &'static str, text: &str) {
        let current = self.current.clone();
        let section = self.section(current.as_deref());
        let row = Row {
            event: None,
            way: "note",
            when: String::new(),
            what: clipped(&clean(text), 300),
            ids: format!("{} {}", self.labels.event, recorded.seq),
            flags: vec![(role, String::new())],
            marks: Vec::new(),
            detail: None,
            command: None,
            description: String::new(),
        };
        self.push(section, row);
    }

    /// Adds a row where there is room; its position in the section.
    fn push(&mut self, section: Option<usize>, row: Row) -> Option<usize> {
        let section = &mut self.sections[section?];
        let max = if row.marks.is_empty() { ROWS_MAX } else { 2 * ROWS_MAX };
        if section.rows.len() >= max {
            section.left_out += 1;
            return None;
        }
        section.rows.push(row);
        Some(section.rows.len() - 1)
    }

    /// The scenario that a message belongs to: its own, that of what it answers, or the one that is running.
    fn section_of(&mut self, record: &MessageRecord) -> Option<usize> {
        let messages = &self.index.view.history.messages;
        let mut at = self.positions.get(&record.seq).copied();
        let mut scenario = None;
        // A receipt of a receipt of a message: the chain is short, and a forged one must not go round.
        for _ in 0..4 {
            let Some(position) = at else { break };
            scenario = messages[position].composed.as_ref().and_then(|c| c.scenario.clone());
            if scenario.is_some() {
                break;
            }
            at = self.owners.get(&position).copied();
        }
        let scenario = scenario.or_else(|| self.current.clone());
        self.section(scenario.as_deref())
    }

    /// The section of a scenario; `None` when there are too many.
    fn section(&mut self, scenario: Option<&str>) -> Option<usize> {
        let key = scenario.unwrap_or_default();
        if let Some(&section) = self.by_scenario.get(key) {
            return Some(section).filter(|&section| section != usize::MAX);
        }
        let case = scenario.and_then(|id| self.cases.get(&clean(id)));
        let passed = case.is_none_or(|case| case.result == CaseResult::Passed);
        let max = if passed { SECTIONS_MAX } else { 2 * SECTIONS_MAX };
        if self.sections.len() >= max {
            self.by_scenario.insert(key.to_owned(), usize::MAX);
            self.left_out += 1;
            return None;
        }
        let outside =
            if cases::is_inspection(&self.index.view) { self.labels.captured } else { self.labels.other_events };
        let section = Section {
            anchor: format!("scenario-{}", self.sections.len() + 1),
            title: scenario.map_or_else(|| outside.to_owned(), clean),
            subtitle: case.map(|case| case.title.clone()).unwrap_or_default(),
            subtitle_lang: case.map_or("en", |case| case.title_lang),
            result: case.map(|case| (role(case.result), labels::case(self.lang, case.result))),
            reasons: case.map(|case| case.reasons.iter().take(REASONS_MAX).cloned().collect()).unwrap_or_default(),
            rows: Vec::new(),
            left_out: 0,
        };
        self.sections.push(section);
        self.by_scenario.insert(key.to_owned(), self.sections.len() - 1);
        Some(self.sections.len() - 1)
    }
}

/// The role of a scenario's result.
pub(super) fn role(result: CaseResult) -> &'static str {
    match result {
        CaseResult::Passed => "good",
        CaseResult::Failed => "bad",
        CaseResult::NotEstablished => "doubt",
    }
}

/// The role of a finding's class.
pub(super) fn class_role(class: Class) -> &'static str {
    match class {
        Class::Violated | Class::SuiteDefect => "bad",
        Class::NotEstablished(_) | Class::Advice => "doubt",
        Class::Remark => "quiet",
    }
}
