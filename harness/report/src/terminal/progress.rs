//! Scenarios and findings.

use crate::cases::{self, Case, CaseResult};
use crate::diagnostic::{self, Class, Finding};
use crate::index::Index;
use crate::style::{Role, Style};
use crate::{View, visible};
use checks::verdict::Cause;
use std::collections::BTreeMap;

/// Findings that are shown in full; the others in one line each.
const FULL_MAX: usize = 5;
/// One-line findings.
const SHORT_MAX: usize = 20;
/// Reasons shown below a scenario.
const REASONS_MAX: usize = 3;

/// One scenario's (or file's) line, and below it why it did not pass.
pub fn scenario_line(case: &Case, style: &Style) -> String {
    let (word, role) = match case.result {
        CaseResult::Passed => ("passed", Role::Good),
        CaseResult::Failed => ("failed", Role::Bad),
        CaseResult::NotEstablished => ("not established", Role::Doubt),
    };
    let id = style.paint(Role::Strong, &case.id);
    let mut out = format!("{} {id}  {}\n", style.paint(role, &format!("{word:<15}")), case.title);
    // A reason that is a finding is shown as such below, but one reason stands here always.
    let own = case.reasons.iter().enumerate().filter(|(at, reason)| *at == 0 || !reason.starts_with("event "));
    let own: Vec<String> = own.map(|(_, reason)| in_which_half(reason)).collect();
    for reason in own.iter().take(REASONS_MAX) {
        out.push_str(&format!("{:16}{}\n", "", style.wrap(reason, 16)));
    }
    if own.len() > REASONS_MAX {
        out.push_str(&format!("{:16}and {} more\n", "", own.len() - REASONS_MAX));
    }
    out
}

/// A reason that is a finding about a requirement, `event 8: HITS1172-117 …`, with the half of the outcome it is about.
fn in_which_half(reason: &str) -> String {
    let id = reason.strip_prefix("event ").and_then(|rest| rest.split_once(": ")).map(|(_, rest)| rest);
    match id {
        None => reason.to_owned(),
        Some(id) if ["HITS1171", "HITS1172", "HIS1037"].iter().any(|document| id.starts_with(document)) => {
            format!("transport answer: {reason}")
        }
        Some(_) => format!("AppRec: {reason}"),
    }
}

/// Every scenario's (or file's) line.
pub fn scenarios(view: &View<'_>, style: &Style) -> String {
    cases::of(view).iter().map(|case| scenario_line(case, style)).collect()
}

/// What was found: violations and suite defects first, up to five of them in full, then one line each; what could not
/// be told by its cause; advice and remarks last. Empty when there is nothing to say.
pub fn findings(view: &View<'_>, style: &Style) -> String {
    let index = Index::of(view);
    let all = diagnostic::from_index(&index);
    let is_serious = |f: &&Finding| matches!(f.class, Class::Violated | Class::SuiteDefect);
    let mut out = String::new();
    let serious: Vec<&Finding> = all.iter().filter(is_serious).collect();
    for finding in serious.iter().take(FULL_MAX) {
        begin_block(&mut out);
        out.push_str(&diagnostic::render(finding, style));
    }
    begin_block(&mut out);
    short(&mut out, serious.iter().skip(FULL_MAX).copied(), style);
    doubts(&mut out, &all, *style);
    short(&mut out, all.iter().filter(|f| f.class == Class::Advice), style);
    short(&mut out, diagnostic::remarks(&index).iter(), style);
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// A blank line before the next block, if there was one before.
fn begin_block(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn short<'f>(out: &mut String, findings: impl Iterator<Item = &'f Finding>, style: &Style) {
    let mut left = 0;
    for (number, finding) in findings.enumerate() {
        if number < SHORT_MAX {
            out.push_str(&diagnostic::one_line(finding, style));
            out.push('\n');
        } else {
            left += 1;
        }
    }
    if left > 0 {
        out.push_str(&format!("and {left} more of this kind: see the report\n"));
    }
}

/// What could not be told has few reasons and many requirements: one block a cause and reason.
fn doubts(out: &mut String, all: &[Finding], style: Style) {
    let mut groups: BTreeMap<(Cause, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in all {
        if let Class::NotEstablished(cause) = finding.class {
            groups.entry((cause, finding.got.as_str())).or_default().push(finding);
        }
    }
    for ((cause, got), group) in groups {
        let head = style.paint(Role::Doubt, &format!("not established ({cause})"));
        let times = |f: &&Finding| if f.count > 1 { format!(" ×{}", f.count) } else { String::new() };
        let ids: Vec<String> = group.iter().map(|f| format!("{}{}", f.requirement, times(f))).collect();
        out.push_str(&format!("{head}: {}\n", visible::clipped(got, 200)));
        out.push_str(&format!("    {}\n", style.wrap(&ids.join(", "), 4)));
    }
}
