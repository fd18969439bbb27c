//! What the last line counts: scenarios, or in an inspection the captured messages.

use crate::View;
use crate::index::Index;
use crate::visible::clean;
use checks::Outcome;
use checks::catalogue::Level;
use checks::verdict::Verdict;
use evidence::event::Assurance;
use evidence::history::Author;
use std::collections::HashMap;

/// How a case came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseResult {
    /// As it has to be.
    Passed,
    /// An obligation was violated, or something happened that is not allowed.
    Failed,
    /// It cannot be told.
    NotEstablished,
}

impl CaseResult {
    /// The word in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NotEstablished => "not-established",
        }
    }
}

/// A scenario, or a captured message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The scenario's id, or the name of the message's file.
    pub id: String,
    /// Title, or what the message is and its event.
    pub title: String,
    /// Language of the title.
    pub title_lang: &'static str,
    /// The scenario's or message's file.
    pub file: Option<String>,
    /// How it came out.
    pub result: CaseResult,
    /// Why, unless it passed.
    pub reasons: Vec<String>,
}

/// Whether captured messages were judged.
pub(crate) fn is_inspection(view: &View<'_>) -> bool {
    view.history.run.as_ref().is_some_and(|run| run.assurance == Assurance::Inspection)
}

/// All cases, in the order in which they ran or came.
pub fn of(view: &View<'_>) -> Vec<Case> {
    if is_inspection(view) { captured(view) } else { scenarios(view) }
}

/// All cases, with titles in bokmål where there are such.
pub(crate) fn in_bokmal(index: &Index<'_>) -> Vec<Case> {
    let mut cases = of(&index.view);
    for case in &mut cases {
        if let Some(title) = index.scenario_title_nb(&case.id) {
            (case.title, case.title_lang) = (clean(&title), "nb");
        }
    }
    cases
}

/// Passed, failed, skipped: what cannot be told counts as skipped.
pub(crate) fn counts(cases: &[Case]) -> (usize, usize, usize) {
    let number = |result| cases.iter().filter(|case| case.result == result).count();
    (number(CaseResult::Passed), number(CaseResult::Failed), number(CaseResult::NotEstablished))
}

fn scenarios(view: &View<'_>) -> Vec<Case> {
    let case = |scenario: &checks::ScenarioVerdict| Case {
        id: clean(&scenario.id),
        title: clean(&scenario.title),
        title_lang: "en",
        file: Some(clean(&scenario.file)),
        result: match scenario.verdict {
            Outcome::Passed => CaseResult::Passed,
            Outcome::Failed => CaseResult::Failed,
            Outcome::NotEstablished => CaseResult::NotEstablished,
        },
        reasons: scenario.reasons.iter().map(|reason| clean(reason)).collect(),
    };
    view.judgement.scenarios.iter().map(case).collect()
}

/// A captured message fails with a violated obligation about it, and is not established when nothing was seen of it.
fn captured(view: &View<'_>) -> Vec<Case> {
    let mut seen: HashMap<u64, (bool, Vec<String>)> = HashMap::new();
    for observation in &view.judgement.observations {
        let id = observation.requirement.as_str();
        let level = view.judgement.ledger.get(id).map_or(Level::Must, |row| row.level);
        let (satisfied, violated) = seen.entry(observation.about).or_default();
        match observation.verdict {
            Verdict::Satisfied => *satisfied = true,
            Verdict::Violated if level.is_obligation() => {
                violated.push(format!("{id} violated: got {}", clean(&observation.got)));
            }
            _ => {}
        }
    }
    let index = Index::of(view);
    let mut names = HashMap::new();
    let messages = view.history.messages.iter().filter(|message| message.author == Author::Subject);
    let case = |message: &evidence::history::MessageRecord| {
        let (satisfied, reasons) = seen.remove(&message.seq).unwrap_or_default();
        let (result, reasons) = match (satisfied, reasons.is_empty()) {
            (_, false) => (CaseResult::Failed, reasons),
            (true, true) => (CaseResult::Passed, reasons),
            (false, true) => (CaseResult::NotEstablished, vec!["no check of this profile applies to it".to_owned()]),
        };
        let file = clean(index.origin(message.seq).unwrap_or("captured message"));
        let before = names.entry(file.clone()).or_insert(0_u32);
        *before += 1;
        // A mailbox holds many messages.
        let id = if *before > 1 { format!("{file}#{before}") } else { file.clone() };
        let title = format!("{}, event {}", message.message.kind().name(), message.seq);
        Case { id, title, title_lang: "en", file: Some(file), result, reasons }
    };
    messages.map(case).collect()
}
