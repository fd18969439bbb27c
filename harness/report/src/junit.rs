//! `junit.xml`: one test case for each obligation, so that a CI server counts and remembers obligations.
//!
//! Names do not change from run to run. A violated obligation is a failure with the very text of the terminal, one that
//! is not established is an error, one that was not exercised is skipped, as is one that does not apply or cannot be
//! seen, each with its reason. No times: the log has them, and the same log gives the same bytes.

use crate::cases::{self, Case, CaseResult};
use crate::diagnostic::{self, Class, Finding};
use crate::index::Index;
use crate::style::PLAIN;
use crate::visible::{clean, clipped};
use crate::{View, terminal};
use checks::ledger::{Row, Status};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::HashMap;

/// Characters of the statement in a test case's name.
const STATEMENT_MAX: usize = 80;

/// Reasons of one scenario.
const REASONS_MAX: usize = 50;

/// The bytes of `junit.xml`.
///
/// # Panics
/// Never: the writer writes to memory.
pub fn render(view: &View<'_>) -> String {
    let index = Index::of(view);
    let mut report = Report::new("provestein");
    let mut obligations = TestSuite::new("obligations");
    properties(&mut obligations, view);
    obligations.add_test_cases(rows(&index));
    report.add_test_suite(obligations);
    let cases = cases::of(view);
    if !cases.is_empty() {
        let name = if cases::is_inspection(view) { "messages" } else { "scenarios" };
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(cases.iter().map(|case| case_of(case, name)));
        report.add_test_suite(suite);
    }
    report.to_string().expect("writing XML to memory cannot fail")
}

fn properties(suite: &mut TestSuite, view: &View<'_>) {
    let mut add = |name: &str, value: String| {
        suite.add_property((name, value.as_str()));
    };
    add("tool", view.tool.to_owned());
    add("profile", view.profile.id());
    add("catalogue", view.catalogue.digest().to_string());
    if let Some(run) = &view.history.run {
        add("run", clean(&run.run));
        add("suite", run.suite.to_string());
        add("assurance", run.assurance.code().to_owned());
        add("seed", run.seed.to_string());
        if let Some(shard) = view.shard() {
            add("shard", clean(shard));
        }
    }
    if let Some(subject) = &view.history.subject {
        add("subject", terminal::subject_name(subject));
    }
    add("log-head", view.head.to_string());
    add("exit", format!("{} {}", view.exit().code, view.meaning()));
}

fn rows(index: &Index<'_>) -> Vec<TestCase> {
    let mut findings: HashMap<String, Vec<Finding>> = HashMap::new();
    for finding in diagnostic::from_index(index) {
        findings.entry(finding.requirement.clone()).or_default().push(finding);
    }
    let none = Vec::new();
    let rows = index.view.judgement.ledger.rows();
    rows.map(|row| row_of(index, row, findings.get(row.requirement.as_str()).unwrap_or(&none))).collect()
}

fn row_of(index: &Index<'_>, row: &Row, findings: &[Finding]) -> TestCase {
    let id = row.requirement.as_str();
    let requirement = index.view.catalogue.get(id);
    let statement = requirement.map(|r| format!(" {}", clipped(&r.statement, STATEMENT_MAX))).unwrap_or_default();
    let mut case = TestCase::new(format!("{id}{statement}"), status(row, findings));
    case.set_classname(requirement.map_or_else(|| "scenarios".to_owned(), |r| format!("{}/{}", r.document, r.section)));
    case.set_assertions((row.satisfied + row.violated + row.cannot_tell) as usize);
    case.add_property(("level", row.level.code()));
    let place = findings.iter().find_map(|finding| finding.scenario.as_ref());
    if let Some(place) = place {
        case.extra.insert("file".into(), place.file.as_str().into());
        if let Some(line) = place.line {
            case.extra.insert("line".into(), line.to_string().into());
        }
    }
    let advice = findings.iter().filter(|finding| finding.class == Class::Advice);
    let advice: String = advice.map(|finding| diagnostic::render(finding, &PLAIN)).collect();
    if !advice.is_empty() {
        case.set_system_out(advice);
    }
    case
}

fn status(row: &Row, findings: &[Finding]) -> TestCaseStatus {
    let told = |fits: fn(&Class) -> bool| -> (String, String) {
        let fitting: Vec<&Finding> = findings.iter().filter(|f| fits(&f.class)).collect();
        let message = fitting.first().map(|f| diagnostic::one_line(f, &PLAIN)).unwrap_or_default();
        (message, fitting.iter().map(|f| diagnostic::render(f, &PLAIN)).collect())
    };
    match row.status {
        Status::Violated if row.level.is_obligation() => {
            non_success(NonSuccessKind::Failure, "violated", told(|class| *class == Class::Violated))
        }
        // Advice that is not followed fails nothing; it is told in the output.
        Status::Verified | Status::Violated => TestCaseStatus::success(),
        Status::NotEstablished => {
            let (message, text) = told(|class| matches!(class, Class::NotEstablished(_)));
            let counted = format!("seen satisfied {} of {} times", row.satisfied, row.minimum.max(1));
            let message = if message.is_empty() { counted } else { message };
            if row.level.is_obligation() {
                non_success(NonSuccessKind::Error, "not-established", (message, text))
            } else {
                skipped(row.status, &message)
            }
        }
        Status::NotExercised => skipped(row.status, "nothing in this run called it forth"),
        Status::NotApplicable => skipped(row.status, "what the subject claims excludes it"),
        Status::NotObservable => skipped(row.status, "no check can see it from outside"),
    }
}

fn non_success(kind: NonSuccessKind, ty: &str, (message, text): (String, String)) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(ty).set_message(message).set_description(text);
    status
}

fn skipped(why: Status, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_type(why.code()).set_message(message);
    status
}

fn case_of(case: &Case, class: &str) -> TestCase {
    let family = case.id.rsplit_once('/').map_or(class.to_owned(), |(family, _)| format!("{class}/{family}"));
    let reasons = || {
        let mut text = case.reasons.iter().take(REASONS_MAX).cloned().collect::<Vec<_>>().join("\n");
        if case.reasons.len() > REASONS_MAX {
            text.push_str(&format!("\nand {} more", case.reasons.len() - REASONS_MAX));
        }
        (case.reasons.first().cloned().unwrap_or_default(), text)
    };
    let status = match case.result {
        CaseResult::Passed => TestCaseStatus::success(),
        CaseResult::Failed => non_success(NonSuccessKind::Failure, "failed", reasons()),
        CaseResult::NotEstablished => non_success(NonSuccessKind::Error, "not-established", reasons()),
    };
    let mut test = TestCase::new(case.id.as_str(), status);
    test.set_classname(family);
    if let Some(file) = &case.file {
        test.extra.insert("file".into(), file.as_str().into());
    }
    test
}
