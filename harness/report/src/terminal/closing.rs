//! The last screen. It must suffice: what came out, what to do, how to do it again, where everything lies.

use crate::cases;
use crate::registers;
use crate::style::{Role, Style};
use crate::visible::clean;
use crate::{View, diagnostic};
use checks::ledger::{Row, Status};
use checks::verdict::{Cause, Verdict};

/// Ids that are listed one by one before "and N more".
const IDS_MAX: usize = 40;
/// Conditions that are listed one by one.
const CONDITIONS_MAX: usize = 5;

/// What the last screen points at.
#[derive(Debug, Clone, Copy)]
pub struct Paths<'p> {
    /// The log.
    pub log: &'p str,
    /// The HTML report.
    pub report: &'p str,
    /// The command that does the same again.
    pub reproduce: &'p str,
}

/// What this version never looks at, whatever the profile.
const NOT_TESTED: &str =
    "who issued a certificate, whose it is and whether it is revoked; XML schemas; what happens inside the system";

/// The last screen. Its last line is always `N passed, N failed, N skipped`.
pub fn closing(view: &View<'_>, style: &Style, paths: &Paths<'_>) -> String {
    let mut out = rule(*style);
    out.push_str(&style.field("verdicts", &verdicts(view)));
    out.push_str(&style.field("requirements", &requirements(view)));
    out.push_str(&left_out(view, *style));
    ids(&mut out, view, "violated", Role::Bad, *style, |row| {
        row.status == Status::Violated && row.level.is_obligation()
    });
    ids(&mut out, view, "advice", Role::Doubt, *style, |row| {
        row.status == Status::Violated && !row.level.is_obligation()
    });
    ids(&mut out, view, "open", Role::Doubt, *style, |row| {
        row.status == Status::NotEstablished && row.level.is_obligation()
    });
    suite_defects(&mut out, view, *style);
    conditions(&mut out, view, *style);
    if let Some(summary) = registers::summary(view) {
        out.push_str(&style.field("registers", &summary));
    }
    let exit = view.exit();
    let role = match exit.code {
        0 => Role::Good,
        10 | 14 | 30 | 70 => Role::Bad,
        _ => Role::Doubt,
    };
    out.push_str(&style.field("not tested", NOT_TESTED));
    out.push_str(&style.field("reproduce", &clean(paths.reproduce)));
    out.push_str(&style.field("log", &clean(paths.log)));
    out.push_str(&style.field("report", &clean(paths.report)));
    let meaning = style.paint(role, &format!("{}: {}", exit.code, view.meaning()));
    out.push_str(&format!("{}{meaning}\n", style.paint(Role::Quiet, &format!("{:<14}", "exit"))));
    let (passed, failed, skipped) = cases::counts(&cases::of(view));
    out.push_str(&format!("{passed} passed, {failed} failed, {skipped} skipped\n"));
    out
}

fn rule(style: Style) -> String {
    let line = "-".repeat(style.width.clamp(20, 100).saturating_sub(8));
    format!("{} {}\n", style.paint(Role::Strong, "Summary"), style.paint(Role::Quiet, &line))
}

/// How much of the profile was tested at all, unless it was all of it.
fn left_out(view: &View<'_>, style: Style) -> String {
    let (left_out, all) = (view.not_run().len(), view.profile.scenarios.len());
    if left_out == 0 {
        return String::new();
    }
    let ran = all - left_out;
    style.field(
        "scenarios",
        &format!("{ran} of the {all} scenarios of the profile ran; not everything that it demands was tested"),
    )
}

/// How many verdicts of each class: only `conformance` can mean the subject.
pub(crate) fn verdict_counts(view: &View<'_>) -> Vec<(&'static str, usize)> {
    let observations = &view.judgement.observations;
    let violated = observations.iter().filter(|o| o.verdict == Verdict::Violated);
    let level = |id: &str| view.judgement.ledger.get(id).is_none_or(|row| row.level.is_obligation());
    let conformance = violated.filter(|o| level(o.requirement.as_str())).count();
    let of_cause = |cause: Cause| {
        let told = observations.iter().filter(|o| o.verdict == Verdict::CannotTell(cause)).count();
        let conditions = view.judgement.conditions.iter().filter(|c| c.cause == cause).count();
        let defects = if cause == Cause::Suite { view.judgement.suite_defects.len() } else { 0 };
        told + conditions + defects
    };
    let mut counts = vec![("conformance", conformance)];
    let causes = [Cause::Configuration, Cause::Environment, Cause::Harness, Cause::Suite];
    counts.extend(causes.into_iter().map(|cause| (cause.code(), of_cause(cause))));
    let rare = [Cause::TimedOut, Cause::Operator].into_iter().map(|cause| (cause.code(), of_cause(cause)));
    counts.extend(rare.filter(|(_, count)| *count > 0));
    counts
}

fn verdicts(view: &View<'_>) -> String {
    let counts: Vec<String> = verdict_counts(view).into_iter().map(|(class, n)| format!("{class} {n}")).collect();
    format!("{} (only conformance is about the subject)", counts.join(" · "))
}

/// `41 of 60 verified; 2 violated, …`: the numbers of `result.json`.
pub(crate) fn requirements(view: &View<'_>) -> String {
    let t = &view.judgement.totals;
    let rest = [
        (t.violated, "violated"),
        (t.not_established, "not established"),
        (t.not_exercised, "not exercised"),
        (t.not_applicable, "not applicable"),
        (t.not_observable, "not observable"),
    ];
    let all = t.verified + rest.iter().map(|(n, _)| n).sum::<usize>();
    let rest: Vec<String> = rest.into_iter().map(|(n, word)| format!("{n} {word}")).collect();
    format!("{} of {all} verified; {}", t.verified, rest.join(", "))
}

fn ids(out: &mut String, view: &View<'_>, label: &str, role: Role, style: Style, fits: impl Fn(&Row) -> bool) {
    let rows = view.judgement.ledger.rows().filter(|row| fits(row));
    let ids: Vec<String> = rows.map(id).collect();
    if ids.is_empty() {
        return;
    }
    let mut text = ids.iter().take(IDS_MAX).cloned().collect::<Vec<_>>().join(", ");
    if ids.len() > IDS_MAX {
        text.push_str(&format!(" and {} more", ids.len() - IDS_MAX));
    }
    let label = style.paint(Role::Quiet, &format!("{label:<14}"));
    out.push_str(&format!("{label}{}\n", style.paint(role, &style.wrap(&text, 14))));
}

/// The id; where a requirement was seen too seldom, how often of how often.
fn id(row: &Row) -> String {
    if row.status == Status::NotEstablished && row.cannot_tell == 0 {
        format!("{} ({} of {})", row.requirement, row.satisfied, row.minimum)
    } else {
        row.requirement.to_string()
    }
}

fn suite_defects(out: &mut String, view: &View<'_>, style: Style) {
    let defects = &view.judgement.suite_defects;
    let Some(first) = defects.first() else { return };
    let events: Vec<u64> = defects.iter().map(|o| o.about).collect();
    let text = format!(
        "our own message breaks {} ({}): no fault of the subject; please report it",
        first.requirement,
        diagnostic::events_in_words(&events)
    );
    out.push_str(&style.field("suite", &text));
}

/// What stood in the way, and what to do about it.
fn conditions(out: &mut String, view: &View<'_>, style: Style) {
    let conditions = &view.judgement.conditions;
    for condition in conditions.iter().take(CONDITIONS_MAX) {
        let event = condition.about.map(|seq| format!(" (event {seq})")).unwrap_or_default();
        out.push_str(&style.field(condition.cause.code(), &format!("{}{event}", clean(&condition.detail))));
    }
    if conditions.len() > CONDITIONS_MAX {
        out.push_str(&style.field("", &format!("and {} more", conditions.len() - CONDITIONS_MAX)));
    }
    for cause in Cause::ALL {
        let named = conditions.iter().any(|c| c.cause == cause);
        let told = view.judgement.observations.iter().any(|o| o.verdict == Verdict::CannotTell(cause));
        if named || told {
            out.push_str(&style.field("to do", &to_do(view, cause)));
        }
    }
}

/// One sentence for who has to act, and how.
pub(crate) fn to_do(view: &View<'_>, cause: Cause) -> String {
    let run = clean(view.run_name);
    let endpoint = view.history.subject.as_ref().map(|s| clean(&s.endpoint)).unwrap_or_default();
    match cause {
        Cause::TimedOut => {
            "time-out: if the answer does come later, give a longer `patience` in the subject file and run again".to_owned()
        }
        Cause::Configuration => {
            "configuration: compare addresses, HER-ids and certificates on both sides; `provestein doctor --subject FILE`"
                .to_owned()
        }
        Cause::Environment => {
            format!("environment: is the subject up and reachable at {endpoint}? `provestein doctor --subject FILE`")
        }
        Cause::Harness | Cause::Suite if cases::is_inspection(view) => {
            format!("{cause}: please report it, with the file, unless there is a real person in it: nothing was kept")
        }
        Cause::Harness | Cause::Suite => format!("{cause}: please report it, with the run's folder"),
        Cause::Operator => format!("operator: `provestein answer {run}` lists the open questions and answers them"),
    }
}
