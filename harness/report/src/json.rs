//! `result.json`, format 1: the contract that other programs read.

use crate::View;
use crate::index::Index;
use crate::visible::masked;
use checks::ledger::Row;
use checks::observation::Observation;
use checks::verdict::Verdict;
use checks::{Judgement, ScenarioVerdict};
use serde::Serialize;

/// Version of the format.
pub const FORMAT: u32 = 1;

/// The bytes of `result.json`. The same log, catalogue and profile give the same bytes. Identity numbers are masked here
/// as everywhere; all else is as it was seen, hidden characters included.
///
/// # Panics
/// Never: plain structures with string keys always serialise.
pub fn render(view: &View<'_>) -> String {
    let result = ResultV1::of(view);
    let mut text = serde_json::to_string_pretty(&result).expect("plain structures with string keys always serialise");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct ResultV1<'v> {
    format: u32,
    tool: &'v str,
    suite: Suite,
    subject: Option<Subject>,
    profile: Profile<'v>,
    run: Run<'v>,
    assurance: Option<&'static str>,
    scenarios: Vec<Scenario<'v>>,
    not_run: Vec<&'v str>,
    requirements: Vec<Requirement<'v>>,
    remarks: Vec<Remark<'v>>,
    conditions: Vec<Condition>,
    suite_defects: Vec<Evidence<'v>>,
    totals: Totals,
    exit: Exit,
}

#[derive(Serialize)]
struct Suite {
    version: &'static str,
    digest: Option<String>,
    catalogue: String,
}

#[derive(Serialize)]
struct Subject {
    supplier: String,
    system: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_handler: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_handler_version: Option<String>,
    claims: Vec<String>,
    endpoint: String,
}

#[derive(Serialize)]
struct Profile<'v> {
    name: &'v str,
    version: u32,
    digest: String,
}

#[derive(Serialize)]
struct Run<'v> {
    id: Option<&'v str>,
    started: Option<String>,
    finished: bool,
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'v str>,
    events: u64,
    head: String,
}

#[derive(Serialize)]
struct Scenario<'v> {
    id: &'v str,
    title: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct Requirement<'v> {
    id: &'v str,
    level: &'static str,
    status: &'static str,
    satisfied: u32,
    violated: u32,
    cannot_tell: u32,
    minimum: u32,
    /// Satisfied observations that are counted above and not listed: a run of ten thousand messages says the same that
    /// often.
    #[serde(skip_serializing_if = "is_zero")]
    not_listed: u32,
    evidence: Vec<Evidence<'v>>,
}

#[derive(Serialize)]
struct Evidence<'v> {
    #[serde(skip_serializing_if = "Option::is_none")]
    requirement: Option<&'v str>,
    event: u64,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(rename = "where")]
    place: String,
    expected: String,
    got: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'v str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    likely_cause: Option<&'static str>,
}

#[derive(Serialize)]
struct Remark<'v> {
    requirement: &'v str,
    event: u64,
    #[serde(rename = "where")]
    place: String,
    got: String,
    text: &'static str,
}

#[derive(Serialize)]
struct Condition {
    cause: &'static str,
    detail: String,
    event: Option<u64>,
}

#[derive(Serialize)]
struct Totals {
    verified: usize,
    violated: usize,
    not_established: usize,
    not_exercised: usize,
    not_applicable: usize,
    not_observable: usize,
    scenarios_passed: usize,
    scenarios_failed: usize,
    scenarios_not_established: usize,
}

#[derive(Serialize)]
struct Exit {
    code: u8,
    meaning: &'static str,
}

impl<'v> ResultV1<'v> {
    fn of(view: &View<'v>) -> Self {
        let (history, judgement) = (view.history, view.judgement);
        let run = history.run.as_ref();
        Self {
            format: FORMAT,
            tool: view.tool,
            suite: Suite {
                version: env!("CARGO_PKG_VERSION"),
                digest: run.map(|run| run.suite.to_string()),
                catalogue: view.catalogue.digest().to_string(),
            },
            subject: history.subject.as_ref().map(|s| Subject {
                supplier: masked(&s.supplier),
                system: masked(&s.system),
                version: masked(&s.version),
                message_handler: s.message_handler.as_deref().map(masked),
                message_handler_version: s.message_handler_version.as_deref().map(masked),
                claims: s.claims.iter().map(|(message, direction)| format!("{message} {direction}")).collect(),
                endpoint: masked(&s.endpoint),
            }),
            profile: Profile {
                name: &view.profile.name,
                version: view.profile.version,
                digest: view.profile.digest.to_string(),
            },
            run: Run {
                id: run.map(|run| run.run.as_str()),
                started: history.started.map(|at| at.to_string()),
                finished: history.ended,
                seed: run.map(|run| run.seed),
                shard: view.shard(),
                events: history.events,
                head: view.head.to_string(),
            },
            assurance: run.map(|run| run.assurance.code()),
            scenarios: judgement.scenarios.iter().map(scenario).collect(),
            not_run: view.not_run(),
            requirements: requirements(&Index::of(view)),
            remarks: judgement.remarks.iter().map(remark).collect(),
            conditions: judgement
                .conditions
                .iter()
                .map(|c| Condition { cause: c.cause.code(), detail: masked(&c.detail), event: c.about })
                .collect(),
            suite_defects: judgement.suite_defects.iter().map(|o| evidence(o, true)).collect(),
            totals: totals(judgement),
            exit: Exit { code: view.exit().code, meaning: view.exit().meaning },
        }
    }
}

fn scenario(verdict: &ScenarioVerdict) -> Scenario<'_> {
    Scenario {
        id: &verdict.id,
        title: masked(&verdict.title),
        verdict: verdict.verdict.code(),
        reasons: verdict.reasons.iter().map(|reason| masked(reason)).collect(),
    }
}

fn requirements<'v>(index: &Index<'v>) -> Vec<Requirement<'v>> {
    index
        .view
        .judgement
        .ledger
        .rows()
        .map(|row| Requirement {
            not_listed: not_listed(row, index.evidence(row.requirement.as_str())),
            id: row.requirement.as_str(),
            level: row.level.code(),
            status: row.status.code(),
            satisfied: row.satisfied,
            violated: row.violated,
            cannot_tell: row.cannot_tell,
            minimum: row.minimum,
            evidence: index.evidence(row.requirement.as_str()).iter().map(|o| evidence(o, false)).collect(),
        })
        .collect()
}

fn not_listed(row: &Row, evidence: &[&Observation]) -> u32 {
    let listed = evidence.iter().filter(|o| o.verdict == Verdict::Satisfied).count();
    row.satisfied.saturating_sub(u32::try_from(listed).unwrap_or(u32::MAX))
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn evidence(observation: &Observation, named: bool) -> Evidence<'_> {
    Evidence {
        requirement: named.then(|| observation.requirement.as_str()),
        event: observation.about,
        verdict: observation.verdict.code(),
        cause: match observation.verdict {
            Verdict::CannotTell(cause) => Some(cause.code()),
            _ => None,
        },
        place: masked(&observation.place.to_string()),
        expected: masked(&observation.expected),
        got: masked(&observation.got),
        scenario: observation.scenario.as_deref(),
        line: observation.scenario_line,
        likely_cause: observation.cause_hint,
    }
}

fn remark(remark: &checks::observation::Remark) -> Remark<'_> {
    Remark {
        requirement: remark.requirement.as_str(),
        event: remark.about,
        place: masked(&remark.place.to_string()),
        got: masked(&remark.got),
        text: remark.text,
    }
}

fn totals(judgement: &Judgement) -> Totals {
    let t = &judgement.totals;
    Totals {
        verified: t.verified,
        violated: t.violated,
        not_established: t.not_established,
        not_exercised: t.not_exercised,
        not_applicable: t.not_applicable,
        not_observable: t.not_observable,
        scenarios_passed: t.scenarios_passed,
        scenarios_failed: t.scenarios_failed,
        scenarios_not_established: t.scenarios_not_established,
    }
}
