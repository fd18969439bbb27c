//! Version 1: the larger objects inside events.

use crate::digest::Digest;
use crate::event::{
    Allowed, AppRecExpected, Assurance, Composed, Expectation, Retry, RunStarted, ScenarioStarted, SignalExpected,
    Subject,
};
use serde::{Deserialize, Serialize};

pub(super) fn digest(text: &str) -> Result<Digest, String> {
    text.parse()
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RunV1 {
    run: String,
    tool: String,
    suite: String,
    profile: String,
    assurance: String,
    seed: u64,
    inputs: Vec<InputV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InputV1 {
    name: String,
    sha256: String,
}

impl RunV1 {
    pub(super) fn of(run: &RunStarted) -> Self {
        Self {
            run: run.run.clone(),
            tool: run.tool.clone(),
            suite: run.suite.to_string(),
            profile: run.profile.clone(),
            assurance: run.assurance.code().to_owned(),
            seed: run.seed,
            inputs: run.inputs.iter().map(|(n, d)| InputV1 { name: n.clone(), sha256: d.to_string() }).collect(),
        }
    }

    pub(super) fn into_domain(self) -> Result<RunStarted, String> {
        Ok(RunStarted {
            run: self.run,
            tool: self.tool,
            suite: digest(&self.suite)?,
            profile: self.profile,
            assurance: Assurance::parse(&self.assurance).ok_or(format!("assurance `{}`", self.assurance))?,
            seed: self.seed,
            inputs: self.inputs.into_iter().map(|i| Ok((i.name, digest(&i.sha256)?))).collect::<Result<_, String>>()?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectV1 {
    supplier: String,
    system: String,
    version: String,
    message_handler: Option<String>,
    message_handler_version: Option<String>,
    parties: Vec<(u32, u32)>,
    claims: Vec<(String, String)>,
    unknown_service: Option<String>,
    endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    retry: Option<RetryV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetryV1 {
    interval_ms: u64,
    count: u32,
}

impl SubjectV1 {
    pub(super) fn of(s: &Subject) -> Self {
        Self {
            supplier: s.supplier.clone(),
            system: s.system.clone(),
            version: s.version.clone(),
            message_handler: s.message_handler.clone(),
            message_handler_version: s.message_handler_version.clone(),
            parties: s.parties.clone(),
            claims: s.claims.clone(),
            unknown_service: s.unknown_service.clone(),
            endpoint: s.endpoint.clone(),
            retry: s.retry.map(|r| RetryV1 { interval_ms: r.interval_ms, count: r.count }),
        }
    }

    pub(super) fn into_domain(self) -> Subject {
        Subject {
            supplier: self.supplier,
            system: self.system,
            version: self.version,
            message_handler: self.message_handler,
            message_handler_version: self.message_handler_version,
            parties: self.parties,
            claims: self.claims,
            unknown_service: self.unknown_service,
            endpoint: self.endpoint,
            retry: self.retry.map(|r| Retry { interval_ms: r.interval_ms, count: r.count }),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioV1 {
    scenario: String,
    title: String,
    source: String,
    file: String,
    sha256: String,
    expectations: Vec<ExpectationV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectationV1 {
    label: String,
    line: u32,
    allowed: Vec<AllowedV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowedV1 {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    signal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    apprec: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    errors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    arrives: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    requirements: Vec<String>,
}

impl ScenarioV1 {
    pub(super) fn of(s: &ScenarioStarted) -> Self {
        Self {
            scenario: s.scenario.clone(),
            title: s.title.clone(),
            source: s.source.clone(),
            file: s.file.clone(),
            sha256: s.digest.to_string(),
            expectations: s
                .expectations
                .iter()
                .map(|e| ExpectationV1 {
                    label: e.label.clone(),
                    line: e.line,
                    allowed: e.allowed.iter().map(AllowedV1::of).collect(),
                })
                .collect(),
        }
    }

    pub(super) fn into_domain(self) -> Result<ScenarioStarted, String> {
        let expectation = |e: ExpectationV1| {
            let allowed = e.allowed.into_iter().map(AllowedV1::into_domain).collect::<Result<_, _>>()?;
            Ok(Expectation { label: e.label, line: e.line, allowed })
        };
        Ok(ScenarioStarted {
            scenario: self.scenario,
            title: self.title,
            source: self.source,
            file: self.file,
            digest: digest(&self.sha256)?,
            expectations: self.expectations.into_iter().map(expectation).collect::<Result<_, String>>()?,
        })
    }
}

impl AllowedV1 {
    fn of(allowed: &Allowed) -> Self {
        let (apprec, errors) = match &allowed.apprec {
            None => (None, Vec::new()),
            Some(AppRecExpected::None) => (Some("none".to_owned()), Vec::new()),
            Some(AppRecExpected::Status { status, errors }) => (Some(status.clone()), errors.clone()),
        };
        Self {
            signal: allowed.signal.map(|s| s.code().to_owned()),
            apprec,
            errors,
            arrives: allowed.arrives,
            requirements: allowed.requirements.clone(),
        }
    }

    fn into_domain(self) -> Result<Allowed, String> {
        let signal = self.signal.map(|s| SignalExpected::parse(&s).ok_or(format!("signal `{s}`"))).transpose()?;
        let errors = self.errors;
        let apprec = self.apprec.map(|status| match status.as_str() {
            "none" => AppRecExpected::None,
            _ => AppRecExpected::Status { status, errors },
        });
        Ok(Allowed { signal, apprec, arrives: self.arrives, requirements: self.requirements })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComposedV1 {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    scenario: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    label: Option<String>,
    line: u32,
    what: String,
    deviations: Vec<String>,
    entity: String,
}

impl ComposedV1 {
    pub(super) fn of(c: &Composed) -> Self {
        Self {
            scenario: c.scenario.clone(),
            label: c.label.clone(),
            line: c.line,
            what: c.what.clone(),
            deviations: c.deviations.clone(),
            entity: c.entity.to_string(),
        }
    }

    pub(super) fn into_domain(self) -> Result<Composed, String> {
        Ok(Composed {
            scenario: self.scenario,
            label: self.label,
            line: self.line,
            what: self.what,
            deviations: self.deviations,
            entity: digest(&self.entity)?,
        })
    }
}
