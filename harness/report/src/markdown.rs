//! `summary.md`: what a CI server shows on its page of the job. Short: the report has the rest.

use crate::cases::{self, CaseResult};
use crate::diagnostic::{self, Class, Finding};
use crate::index::Index;
use crate::visible::{clean, clipped};
use crate::{View, terminal};
use checks::verdict::Cause;
use std::collections::BTreeMap;

/// Findings in the table.
const FINDINGS_MAX: usize = 20;
/// Characters of a value in the table.
const VALUE_MAX: usize = 120;

/// The text of `summary.md`.
pub fn render(view: &View<'_>) -> String {
    let index = Index::of(view);
    let findings = diagnostic::from_index(&index);
    let exit = view.exit();
    let mut out = format!("## Prøvestein: {} (exit {})\n\n", view.meaning(), exit.code);
    head(&mut out, view);
    let cases = cases::of(view);
    let (passed, failed, skipped) = cases::counts(&cases);
    let what = if cases::is_inspection(view) { "Messages" } else { "Scenarios" };
    out.push_str(&format!("- **{what}:** {passed} passed, {failed} failed, {skipped} skipped\n"));
    out.push_str(&format!("- **Requirements:** {}\n", terminal::requirements(view)));
    table(&mut out, "Violated", findings.iter().filter(|f| f.class == Class::Violated));
    table(
        &mut out,
        "Suite defects (no fault of the subject)",
        findings.iter().filter(|f| f.class == Class::SuiteDefect),
    );
    not_established(&mut out, &findings);
    conditions(&mut out, view);
    let open: Vec<_> = cases.iter().filter(|case| case.result != CaseResult::Passed).collect();
    if !open.is_empty() {
        out.push_str(&format!("\n### {what} that did not pass\n\n"));
        for case in open.iter().take(FINDINGS_MAX) {
            out.push_str(&format!("- {}: {} ({})\n", case.result.code(), code(&case.id), text(&case.title)));
        }
        more(&mut out, open.len());
    }
    out
}

fn head(out: &mut String, view: &View<'_>) {
    if let Some(subject) = &view.history.subject {
        out.push_str(&format!("- **Tested:** {}\n", text(&terminal::subject_name(subject))));
    }
    out.push_str(&format!("- **Profile:** {} ({})\n", code(&view.profile.id()), text(&view.profile.title.en)));
    if let Some(shift) = view.profile.shift_in_words() {
        out.push_str(&format!("- **Shifted:** {}\n", text(&shift)));
    }
    if let Some(run) = &view.history.run {
        out.push_str(&format!(
            "- **Run:** {}, seed {}; {}\n",
            code(&run.run),
            run.seed,
            terminal::assurance(run.assurance)
        ));
    }
    if let Some(shard) = view.shard() {
        out.push_str(&format!(
            "- **Shard:** {}: a part of a larger run; nothing is said about the rest\n",
            code(shard)
        ));
    }
}

fn table<'f>(out: &mut String, title: &str, findings: impl Iterator<Item = &'f Finding>) {
    let findings: Vec<&Finding> = findings.collect();
    if findings.is_empty() {
        return;
    }
    out.push_str(&format!(
        "\n### {title}\n\n| requirement | source | event | expected | got |\n|---|---|---|---|---|\n"
    ));
    for finding in findings.iter().take(FINDINGS_MAX) {
        let times = if finding.count > 1 { format!(" ×{}", finding.count) } else { String::new() };
        out.push_str(&format!(
            "| {}{times} | {} | {} | {} | {} |\n",
            code(&finding.requirement),
            text(&finding.source),
            finding.event,
            code(&clipped(&finding.expected, VALUE_MAX)),
            code(&clipped(&finding.got, VALUE_MAX)),
        ));
    }
    more(out, findings.len());
    let hints: Vec<String> = findings[0].hints.iter().map(|hint| code(hint)).collect();
    if !hints.is_empty() {
        out.push_str(&format!("\nNext: {}\n", hints.join(" · ")));
    }
}

fn not_established(out: &mut String, findings: &[Finding]) {
    let mut by_cause: BTreeMap<Cause, Vec<&str>> = BTreeMap::new();
    for finding in findings {
        if let Class::NotEstablished(cause) = finding.class {
            by_cause.entry(cause).or_default().push(&finding.requirement);
        }
    }
    if by_cause.is_empty() {
        return;
    }
    out.push_str("\n### Not established\n\n");
    for (cause, ids) in by_cause {
        let shown: Vec<String> = ids.iter().take(FINDINGS_MAX).map(|id| code(id)).collect();
        let rest = ids.len().saturating_sub(FINDINGS_MAX);
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        out.push_str(&format!("- {cause}: {}{rest}\n", shown.join(", ")));
    }
}

fn conditions(out: &mut String, view: &View<'_>) {
    let conditions = &view.judgement.conditions;
    if conditions.is_empty() {
        return;
    }
    out.push_str("\n### What stood in the way\n\n");
    for condition in conditions.iter().take(FINDINGS_MAX) {
        out.push_str(&format!("- {}: {}\n", condition.cause, code(&clipped(&clean(&condition.detail), 2 * VALUE_MAX))));
    }
    more(out, conditions.len());
}

fn more(out: &mut String, all: usize) {
    if all > FINDINGS_MAX {
        out.push_str(&format!("\nand {} more\n", all - FINDINGS_MAX));
    }
}

/// A value as code: nothing in it is markup, and it stays in its cell.
fn code(value: &str) -> String {
    let longest = value.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if value.starts_with('`') || value.ends_with('`') { " " } else { "" };
    // GitHub splits cells before it reads code.
    let value = value.replace('|', "\\|");
    if value.is_empty() { "–".to_owned() } else { format!("{fence}{pad}{value}{pad}{fence}") }
}

/// A value as text: what would be markup is escaped.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in clean(value).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_value_is_markup() {
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("`x`"), "`` `x` ``");
        assert_eq!(code(""), "–");
        assert_eq!(text("<b>*x*</b>"), "&lt;b&gt;\\*x\\*&lt;/b&gt;");
    }
}
