//! The first screen.

use crate::style::{Role, Style};
use crate::visible::clean;
use checks::profile::Profile;
use evidence::event::{Assurance, RunStarted, Subject};

/// What is known before the first message.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'o> {
    /// How the run begins.
    pub run: &'o RunStarted,
    /// Who is tested; unknown in an inspection.
    pub subject: Option<&'o Subject>,
    /// By which profile.
    pub profile: &'o Profile,
    /// How many scenarios, or in an inspection files.
    pub cases: usize,
    /// Where the log lies.
    pub log: &'o str,
    /// How to write.
    pub style: Style,
}

/// What is tested, by what, and where the evidence will lie.
pub fn opening(opening: &Opening<'_>) -> String {
    let style = opening.style;
    let run = opening.run;
    let suite = run.suite.to_string();
    let mut out = format!("{} · suite {}…\n", style.paint(Role::Strong, &clean(&run.tool)), &suite[..12]);
    if let Some(subject) = opening.subject {
        out.push_str(&subject_lines(subject, style));
    }
    let profile = format!("{} ({})", opening.profile.id(), opening.profile.title.en);
    out.push_str(&style.field("profile", &profile));
    if let Some(shift) = opening.profile.shift_in_words() {
        out.push_str(&style.field("shifted", &shift));
    }
    let (label, noun) = match run.assurance {
        Assurance::Inspection => ("files", ""),
        Assurance::Demo | Assurance::SelfRun => ("scenarios", ""),
    };
    out.push_str(&style.field(label, &format!("{}{noun}", opening.cases)));
    out.push_str(&style.field("assurance", assurance(run.assurance)));
    out.push_str(&style.field("run", &clean(&run.run)));
    out.push_str(&style.field("log", &clean(opening.log)));
    out.push_str(&style.field("seed", &run.seed.to_string()));
    out
}

/// What a run of this kind proves, in one plain sentence.
pub(crate) fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Demo => "demo run: proves nothing about any vendor",
        Assurance::Inspection => "inspection: proves what stands in the captured messages, not how they came about",
        Assurance::SelfRun => "self-run: proves what the log shows, to whoever trusts the one who made it",
    }
}

/// System, supplier and version in one line.
pub(crate) fn subject_name(subject: &Subject) -> String {
    let mut name = format!("{} {}", clean(&subject.system), clean(&subject.version)).trim().to_owned();
    if !subject.supplier.is_empty() {
        name.push_str(&format!(" · {}", clean(&subject.supplier)));
    }
    if let Some(handler) = &subject.message_handler {
        let version = subject.message_handler_version.as_deref().unwrap_or_default();
        name.push_str(&format!(" · message handler {}", format!("{} {}", clean(handler), clean(version)).trim()));
    }
    name
}

fn subject_lines(subject: &Subject, style: Style) -> String {
    let mut out = style.field("subject", &subject_name(subject));
    let parties: Vec<String> =
        subject.parties.iter().map(|(enterprise, service)| format!("HER {enterprise} / {service}")).collect();
    if !parties.is_empty() {
        out.push_str(&style.field("is", &parties.join(", ")));
    }
    if !subject.endpoint.is_empty() {
        out.push_str(&style.field("endpoint", &clean(&subject.endpoint)));
    }
    let claims: Vec<String> =
        subject.claims.iter().map(|(message, direction)| format!("{direction} {message}")).collect();
    if !claims.is_empty() {
        out.push_str(&style.field("claims", &clean(&claims.join(", "))));
    }
    out
}
