//! Certificates written in short, as `fixtures/readiness/standings.yaml` has them, made whole.

use provestein::certify::certificate::{
    Assurance, Certificate, Certified, Condition, Grounds, Outcome, Product, Requirement, Rules, Scope, Validity,
};
use provestein::certify::standing::{Dispute, Equivalent, Override, Standing, Supersession, Withdrawal};
use provestein::evidence::digest::Digest;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A certificate in short.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Short {
    number: String,
    #[serde(default = "issuer")]
    issuer: String,
    product: Product,
    from: jiff::civil::Date,
    until: jiff::civil::Date,
    #[serde(default = "assurance")]
    assurance: Assurance,
    claims: Vec<String>,
    #[serde(default)]
    conditions: Vec<Condition>,
    withdrawn: Option<Withdrawal>,
    superseded: Option<Supersession>,
    #[serde(default)]
    equivalents: Vec<Equivalent>,
    /// `ID LEVEL status`, and `of-messages` behind it.
    #[serde(default)]
    requirements: Vec<String>,
    /// By claim, `NAME@version direction`: what it comes to apart from requirements, and those that count for it alone.
    #[serde(default)]
    grounds: BTreeMap<String, Grounds>,
    #[serde(default)]
    disputes: Vec<Dispute>,
    #[serde(default)]
    overrides: Vec<Override>,
}

fn issuer() -> String {
    "Direktoratet (syntetisk)".to_owned()
}

fn assurance() -> Assurance {
    Assurance::SelfRun
}

/// Reads the short form.
pub fn read(text: &str) -> Vec<Standing> {
    let short: Vec<Short> = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    short.iter().map(whole).collect()
}

fn whole(short: &Short) -> Standing {
    let digest = |what: &str| Digest::of(format!("{} {what}", short.number).as_bytes()).to_string();
    Standing {
        digest: digest("file"),
        certificate: Certificate {
            format: 1,
            number: short.number.clone(),
            issuer: short.issuer.clone(),
            issued: short.from,
            validity: Validity { from: short.from, until: short.until },
            product: short.product.clone(),
            scope: short.claims.iter().map(|claim| certified(claim, &short.grounds)).collect(),
            rules: Rules {
                tool: "provestein 0.1.0".to_owned(),
                suite: digest("suite"),
                catalogue: digest("catalogue"),
                profile: "plo-receive-nhn@1".to_owned(),
                profile_digest: digest("profile"),
                scenarios: BTreeMap::new(),
            },
            runs: Vec::new(),
            assurance: short.assurance,
            challenged: Vec::new(),
            witnesses: Vec::new(),
            totals: BTreeMap::new(),
            requirements: short.requirements.iter().map(|line| requirement(line)).collect(),
            conditions: short.conditions.clone(),
        },
        withdrawn: short.withdrawn.clone(),
        superseded: short.superseded.clone(),
        equivalents: short.equivalents.clone(),
        disputes: short.disputes.clone(),
        overrides: short.overrides.clone(),
    }
}

/// `LOG_INNLAGT@1.6 receive http 1.1 met`.
fn certified(claim: &str, grounds: &BTreeMap<String, Grounds>) -> Certified {
    let words: Vec<&str> = claim.split(' ').collect();
    let [name, direction, carrier, apprec, outcome] = words[..] else { panic!("`{claim}`: five words were expected") };
    let (message, version) = Scope::split(name).unwrap();
    let outcome = match outcome {
        "met" => Outcome::Met,
        "not-established" => Outcome::NotEstablished,
        "violated" => Outcome::Violated,
        other => panic!("`{other}` is no outcome"),
    };
    Certified {
        scope: Scope {
            message: message.to_owned(),
            version: version.to_owned(),
            direction: direction.parse().unwrap(),
            carrier: carrier.parse().unwrap(),
            apprec: (apprec != "none").then(|| apprec.to_owned()),
        },
        outcome,
        grounds: grounds.get(&format!("{name} {}", words[1])).cloned(),
    }
}

fn requirement(line: &str) -> Requirement {
    let words: Vec<&str> = line.split(' ').collect();
    let [id, level, status, ref rest @ ..] = words[..] else { panic!("`{line}`: three words were expected") };
    let of_messages = rest == ["of-messages"];
    Requirement { id: id.to_owned(), level: level.to_owned(), status: status.to_owned(), of_messages }
}

/// The plain file that the binary reads.
pub fn file(standings: &[Standing]) -> String {
    let entry = |standing: &Standing| -> Value {
        json!({
            "certificate": standing.certificate,
            "digest": standing.digest,
            "withdrawn": standing.withdrawn,
            "superseded": standing.superseded,
            "equivalents": standing.equivalents,
            "disputes": standing.disputes,
            "overrides": standing.overrides,
        })
    };
    Value::from(standings.iter().map(entry).collect::<Vec<_>>()).to_string()
}
