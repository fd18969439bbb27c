//! What a CI system shows beside the code: few findings, each at the line of its scenario.
//!
//! GitHub and Azure read lines of the job's output, GitLab a file in the form of Code Climate. All three take what the
//! subject wrote: it is escaped so that it stays a message and begins no command.

use crate::View;
use crate::diagnostic::{self, Class, Finding};
use crate::visible::{clean, clipped};
use checks::verdict::Cause;
use serde::Serialize;

/// More than ten of a level GitHub does not show; the report has them all.
const SHOWN_MAX: usize = 10;
/// Characters of a message.
const MESSAGE_MAX: usize = 400;

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is violated, or broken.
    Error,
    /// Something could not be told.
    Warning,
}

/// One annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// How grave.
    pub severity: Severity,
    /// The scenario's file and line, where there is one.
    pub place: Option<(String, u32)>,
    /// The requirement's id, or what stood in the way.
    pub title: String,
    /// Expected and got.
    pub message: String,
}

/// The gravest ten: violations, mistakes of ours, what stood in the way, what could not be told.
pub fn of(view: &View<'_>) -> Vec<Annotation> {
    let findings = diagnostic::findings(view);
    let serious = |f: &&Finding| matches!(f.class, Class::Violated | Class::SuiteDefect);
    let mut all: Vec<Annotation> = findings.iter().filter(serious).map(annotation).collect();
    let conditions = view.judgement.conditions.iter().map(|condition| Annotation {
        severity: Severity::Error,
        place: None,
        title: condition.cause.code().to_owned(),
        message: clipped(&clean(&condition.detail), MESSAGE_MAX),
    });
    all.extend(conditions);
    // With a condition told, what could not be told because of it needs no line of its own.
    let open =
        |f: &&Finding| matches!(f.class, Class::NotEstablished(Cause::TimedOut | Cause::Operator | Cause::Harness));
    all.extend(findings.iter().filter(open).map(annotation));
    let more = all.len().saturating_sub(SHOWN_MAX);
    all.truncate(SHOWN_MAX);
    if more > 0 {
        let title = format!("and {more} more");
        all.pop();
        all.push(Annotation { severity: Severity::Warning, place: None, title, message: "see the report".to_owned() });
    }
    all
}

fn annotation(finding: &Finding) -> Annotation {
    let place = finding.scenario.as_ref().map(|place| (place.file.clone(), place.line.unwrap_or(1)));
    let times = if finding.count > 1 { format!(" ({} times)", finding.count) } else { String::new() };
    let message = format!(
        "{}{times}: expected {}, got {} [{}]",
        finding.statement, finding.expected, finding.got, finding.source
    );
    Annotation {
        severity: if matches!(finding.class, Class::NotEstablished(_)) { Severity::Warning } else { Severity::Error },
        place,
        title: finding.head(),
        message: clipped(&message, MESSAGE_MAX),
    }
}

/// Workflow commands of GitHub Actions.
pub fn github(annotations: &[Annotation]) -> String {
    let line = |a: &Annotation| {
        let word = if a.severity == Severity::Error { "error" } else { "warning" };
        let place = a.place.as_ref().map(|(file, line)| format!("file={},line={line},", property(file)));
        format!("::{word} {}title={}::{}\n", place.unwrap_or_default(), property(&a.title), message(&a.message))
    };
    annotations.iter().map(line).collect()
}

/// Logging commands of Azure Pipelines.
pub fn azure(annotations: &[Annotation]) -> String {
    let line = |a: &Annotation| {
        let word = if a.severity == Severity::Error { "error" } else { "warning" };
        let place =
            a.place.as_ref().map(|(file, line)| format!("sourcepath={};linenumber={line};", azure_property(file)));
        let text = message(&format!("{}: {}", a.title, a.message));
        format!("##vso[task.logissue type={word};{}]{text}\n", place.unwrap_or_default())
    };
    annotations.iter().map(line).collect()
}

/// A code quality report of GitLab. The fingerprint stays the same from run to run, so that a merge request shows what is
/// new.
///
/// # Panics
/// Never: plain structures with string keys always serialise.
pub fn gitlab(annotations: &[Annotation]) -> String {
    let issues: Vec<Issue> = annotations.iter().map(issue).collect();
    serde_json::to_string_pretty(&issues).expect("plain structures with string keys always serialise") + "\n"
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

fn issue(a: &Annotation) -> Issue {
    // GitLab wants a place; what has none stands at the subject file.
    let (path, begin) = a.place.clone().unwrap_or_else(|| ("subject.yaml".to_owned(), 1));
    Issue {
        description: format!("{}: {}", a.title, a.message),
        check_name: a.title.clone(),
        fingerprint: evidence::digest::Digest::of(format!("{} {path}", a.title).as_bytes()).to_string(),
        severity: if a.severity == Severity::Error { "major" } else { "minor" },
        location: Location { path, lines: Lines { begin } },
    }
}

/// The escapes of both systems' commands: nothing in a message ends it.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

fn azure_property(text: &str) -> String {
    message(text).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> [Annotation; 1] {
        [Annotation {
            severity: Severity::Error,
            place: Some(("scenarios/a,b:c;].yaml".to_owned(), 9)),
            title: "violated[X-1]".to_owned(),
            message: "50 % of\n::set-output name=x::y\r##vso[task.setvariable]z".to_owned(),
        }]
    }

    #[test]
    fn nothing_in_a_message_begins_a_command() {
        let text = github(&hostile());
        assert_eq!(text.lines().count(), 1);
        assert!(
            text.starts_with("::error file=scenarios/a%2Cb%3Ac;].yaml,line=9,title=violated[X-1]::50 %25 of%0A::set")
        );
        let text = azure(&hostile());
        assert_eq!(text.lines().count(), 1);
        assert!(
            text.starts_with("##vso[task.logissue type=error;sourcepath=scenarios/a,b:c%3B%5D.yaml;linenumber=9;]")
        );
    }

    #[test]
    fn a_code_quality_report_is_json_with_a_lasting_fingerprint() {
        let json: serde_json::Value = serde_json::from_str(&gitlab(&hostile())).unwrap();
        assert_eq!(json[0]["location"]["lines"]["begin"], 9);
        assert_eq!(json[0]["severity"], "major");
        let mut other = hostile();
        other[0].message = "got something else this time".to_owned();
        let again: serde_json::Value = serde_json::from_str(&gitlab(&other)).unwrap();
        assert_eq!(json[0]["fingerprint"], again[0]["fingerprint"]);
    }
}
