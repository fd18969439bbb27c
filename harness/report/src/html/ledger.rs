//! The ledger: each requirement of the profile, document by document, as the catalogue has them.

use super::Lang;
use super::labels;
use crate::diagnostic::Finding;
use crate::index::Index;
use checks::catalogue::Requirement;
use checks::explain::explain;
use checks::ledger::{Row, Status};
use checks::verdict::Verdict;
use evidence::event::Seq;
use std::collections::{HashMap, HashSet};

/// Events that are named of one requirement.
const EVENTS_MAX: usize = 4;

/// The requirements of one document.
pub(super) struct Group {
    /// The document with its edition.
    pub document: String,
    /// Its requirements.
    pub rows: Vec<LedgerRow>,
}

/// One requirement.
pub(super) struct LedgerRow {
    /// The id.
    pub id: String,
    /// What it demands, in the report's language where there is a sentence in it.
    pub statement: String,
    /// The language of that sentence.
    pub statement_lang: &'static str,
    /// Where it stands in print.
    pub source: String,
    /// How binding, and why the profile says so.
    pub level: &'static str,
    /// Why the profile differs from the letter.
    pub reason: Option<String>,
    /// Status: CSS class, sign and word.
    pub status: (&'static str, &'static str, &'static str),
    /// Counts.
    pub satisfied: u32,
    /// How often it has to be seen.
    pub minimum: u32,
    /// Counts.
    pub violated: u32,
    /// Counts.
    pub cannot_tell: u32,
    /// Anchor of its finding.
    pub finding: Option<String>,
    /// Events that show it, and whether the timeline has them.
    pub events: Vec<(Seq, bool)>,
    /// How many more there are.
    pub more: usize,
}

/// The sign of a status: it stands beside the word, never alone.
pub(super) fn sign(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Verified => ("verified", "✓"),
        Status::Violated => ("violated", "✕"),
        Status::NotEstablished => ("open", "?"),
        Status::NotExercised => ("unseen", "–"),
        Status::NotApplicable => ("excluded", "∅"),
        Status::NotObservable => ("hidden", "◌"),
    }
}

/// All rows.
pub(super) fn of(index: &Index<'_>, findings: &[Finding], anchors: &HashSet<Seq>, lang: Lang) -> Vec<Group> {
    let mut by_id: HashMap<&str, String> = HashMap::new();
    for finding in findings {
        by_id.entry(&finding.requirement).or_insert_with(|| finding.anchor());
    }
    let ledger = &index.view.judgement.ledger;
    let known = index.view.catalogue.iter().filter_map(|r| Some((Some(r), ledger.get(r.id.as_str())?)));
    let unknown = ledger.rows().filter(|row| index.view.catalogue.get(row.requirement.as_str()).is_none());
    let mut groups: Vec<Group> = Vec::new();
    for (requirement, row) in known.chain(unknown.map(|row| (None, row))) {
        let document = requirement.map_or("–", |r| r.document.as_str());
        if groups.last().is_none_or(|group| group.document != document) {
            groups.push(Group { document: document.to_owned(), rows: Vec::new() });
        }
        let finding = by_id.get(row.requirement.as_str()).cloned();
        if let Some(group) = groups.last_mut() {
            group.rows.push(of_row(index, requirement, row, finding, anchors, lang));
        }
    }
    groups
}

fn of_row(
    index: &Index<'_>,
    requirement: Option<&Requirement>,
    row: &Row,
    finding: Option<String>,
    anchors: &HashSet<Seq>,
    lang: Lang,
) -> LedgerRow {
    let id = row.requirement.as_str();
    let (class, sign) = sign(row.status);
    let (events, more) = events(index, id, anchors);
    let (statement, statement_lang) = statement(index, id, lang);
    let reason = index.view.profile.obligation(id).and_then(|o| o.reason.as_ref());
    LedgerRow {
        id: id.to_owned(),
        statement,
        statement_lang,
        source: requirement.map(Requirement::source_line).unwrap_or_default(),
        level: row.level.code(),
        reason: reason.map(|reason| reason.in_language(lang.code()).to_owned()),
        status: (class, sign, labels::status(lang, row.status)),
        satisfied: row.satisfied,
        minimum: row.minimum,
        violated: row.violated,
        cannot_tell: row.cannot_tell,
        finding,
        events,
        more,
    }
}

/// What a requirement demands, in the report's language where there is a sentence in it; and in which language it is.
pub(super) fn statement(index: &Index<'_>, id: &str, lang: Lang) -> (String, &'static str) {
    let english = index.view.catalogue.get(id).map_or("", |r| r.statement.as_str());
    let sentence = explain(index.view.catalogue, id, lang.code()).unwrap_or_default();
    (sentence.to_owned(), if sentence == english { "en" } else { lang.code() })
}

/// What speaks against it comes first.
fn events(index: &Index<'_>, id: &str, anchors: &HashSet<Seq>) -> (Vec<(Seq, bool)>, usize) {
    let evidence = index.evidence(id);
    let mut seen = HashSet::new();
    let mut events = Vec::new();
    let order: [fn(&Verdict) -> bool; 3] =
        [|v| *v == Verdict::Violated, |v| matches!(v, Verdict::CannotTell(_)), |v| *v == Verdict::Satisfied];
    for fits in order {
        for observation in evidence.iter().filter(|o| fits(&o.verdict)) {
            if seen.insert(observation.about) && events.len() < EVENTS_MAX {
                events.push((observation.about, anchors.contains(&observation.about)));
            }
        }
    }
    let more = seen.len() - events.len();
    (events, more)
}
