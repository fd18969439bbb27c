//! The country: 357 municipalities, 40 messages, 30 systems, with the national view and the website written to disk; then
//! ten times as many municipalities, and ten times as many systems. One JSON object on standard output.
//!
//! Each size is measured in a process of its own, so that its peak of memory is its own.

use certify::certificate::{
    Assurance, Certificate, Certified, Direction, Outcome, Product, Rules, Scope, Transport, Validity,
};
use certify::standing::Standing;
use jiff::civil::{Date, date};
use provestein::certify;
use provestein::readiness::evidence::Evidence;
use provestein::readiness::roster::{Form, Roster};
use provestein::readiness::site::{self, Site};
use provestein::readiness::{message, national, render};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

const ON: Date = date(2027, 2, 15);
const MESSAGES: usize = 40;

#[derive(Clone, Copy)]
struct Country {
    municipalities: usize,
    systems: usize,
}

const SIZES: [(&str, Country); 3] = [
    ("country", Country { municipalities: 357, systems: 30 }),
    ("ten times the municipalities", Country { municipalities: 3570, systems: 30 }),
    ("ten times the systems", Country { municipalities: 357, systems: 300 }),
];

fn main() {
    if let Some(index) = env::var("PROVESTEIN_COUNTRY").ok().and_then(|text| text.parse::<usize>().ok()) {
        println!("{}", measure(SIZES[index].1));
        return;
    }
    let measured: Vec<Value> = (0..SIZES.len()).map(child).collect();
    let total = |index: usize| measured[index]["total_ms"].as_f64().unwrap_or_default();
    let ratio = |index: usize| (total(index) / total(0) * 100.0).round() / 100.0;
    let mut result = serde_json::Map::new();
    for ((name, _), one) in SIZES.iter().zip(&measured) {
        result.insert((*name).to_owned(), one.clone());
    }
    result.insert("ratio_municipalities".to_owned(), json!({ "ratio": ratio(1), "budget": "10 is linear" }));
    result.insert(
        "ratio_systems".to_owned(),
        json!({ "ratio": ratio(2), "budget": "none: who can exchange with whom is quadratic" }),
    );
    result.insert("budget".to_owned(), json!("country: total_ms < 10 000, peak_mib < 200"));
    println!("{:#}", Value::Object(result));
}

/// The quickest of three, so that one bad moment of the machine does not count.
fn child(index: usize) -> Value {
    let total = |one: &Value| one["total_ms"].as_f64().unwrap_or(f64::MAX);
    let all = (0..3).map(|_| one_child(index));
    all.min_by(|one, other| total(one).total_cmp(&total(other))).expect("there are three")
}

fn one_child(index: usize) -> Value {
    let program = env::current_exe().expect("this program has a path");
    let output = Command::new(program).env("PROVESTEIN_COUNTRY", index.to_string()).output().expect("it starts");
    serde_json::from_slice(&output.stdout).expect("a child prints JSON")
}

fn measure(country: Country) -> Value {
    let (text, standings) = (country.roster(), country.standings());
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (roster, read) = timed(|| Roster::parse("roster.yaml", &text, Form::Yaml).expect("the roster is right"));
    let (evidence, indexed) = timed(|| Evidence::of(standings));
    let (view, counted) = timed(|| {
        let progress = national::national(&evidence, &roster, national::questions(&evidence, ON));
        render::national_json(&progress, ON, true)
    });
    let site = Site { evidence: &evidence, roster: &roster, on: ON, is_verified: true, files: None };
    let (written, published) = timed(|| {
        let mut put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
            fs::write(path, text)
        };
        site::publish(site, &mut put).expect("the disk takes it")
    });
    let ms = |duration: Duration| (duration.as_secs_f64() * 1e3).round();
    json!({
        "municipalities": country.municipalities,
        "messages": evidence.messages().len(),
        "systems": country.systems,
        "read_roster_ms": ms(read),
        "national_ms": ms(indexed + counted),
        "national_bytes": view.len(),
        "website_ms": ms(published),
        "total_ms": ms(read + indexed + counted + published),
        "website_files": written.files,
        "website_mib": written.bytes >> 20,
        "peak_mib": peak().map(|kib| kib >> 10),
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let value = work();
    (value, began.elapsed())
}

/// The most memory that this process ever had, in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

impl Country {
    /// Every third product is a hospital's, every third a GP's; every tenth comes by mail.
    fn product(self, number: usize) -> (String, String, String) {
        let number = number % self.systems;
        let family = number % 12;
        (format!("Leverandør {family} AS"), format!("System {family}"), format!("{}.{}", number / 12, number % 12))
    }

    fn roster(self) -> String {
        let mut out = String::from("format: 1\nmunicipalities:\n");
        let system = |number: usize| {
            let (supplier, system, version) = self.product(number);
            format!(
                "      - {{ supplier: {supplier}, system: {system}, version: \"{version}\", handler: Bud, handler_version: \"3\", carrier: http, apprec: [\"1.0\", \"1.1\"] }}\n"
            )
        };
        for number in 0..self.municipalities {
            let population = 300 + (number * number * 7919) % 60_000;
            out.push_str(&format!("  \"{:04}\":\n    name: Vik {number} kommune (syntetisk)\n    county: Fylke {} (syntetisk)\n    population: {population}\n    systems:\n", 1000 + number, number % 15));
            out.push_str(&system(number));
            if number % 3 == 0 {
                out.push_str(&system(number + 7).replace(" }", ", messages: [EPIKRISE, SVAR_LAB, REQ_LAB] }"));
            }
            out.push_str(&format!("    counterparts: [hf-{}, lege-{number}]\n", number % 20));
        }
        out.push_str("counterparts:\n");
        for number in 0..20 {
            out.push_str(&format!(
                "  hf-{number}:\n    name: Sykehus {number} HF (syntetisk)\n    class: hospital\n    systems:\n{}",
                system(number * 5)
            ));
        }
        for number in 0..self.municipalities {
            out.push_str(&format!(
                "  lege-{number}:\n    name: Legekontor {number} (syntetisk)\n    class: gp\n    systems:\n{}",
                system(number * 11)
            ));
        }
        out
    }

    fn standings(self) -> Vec<Standing> {
        let known = message::known().map(|known| (known.code.to_owned(), known.version.to_owned()));
        let more = (0..).map(|number| (format!("SYNTETISK_{number}"), "1.0".to_owned()));
        let messages: Vec<(String, String)> = known.chain(more).take(MESSAGES).collect();
        (0..self.systems).map(|number| self.standing(number, &messages)).collect()
    }

    fn standing(self, number: usize, messages: &[(String, String)]) -> Standing {
        let (supplier, system, version) = self.product(number);
        let product = Product {
            supplier,
            system,
            version,
            handler: Some("Bud".to_owned()),
            handler_version: Some("3".to_owned()),
            configuration: None,
        };
        let claim = |(index, (message, version)): (usize, &(String, String))| {
            [Direction::Send, Direction::Receive].map(|direction| Certified {
                scope: Scope {
                    message: message.clone(),
                    version: version.clone(),
                    direction,
                    carrier: Transport::Http,
                    apprec: Some(if version == "1.0" { "1.0" } else { "1.1" }.to_owned()),
                },
                outcome: match (number * 31 + index) % 17 {
                    0 => Outcome::Violated,
                    1..=3 => Outcome::NotEstablished,
                    _ => Outcome::Met,
                },
                grounds: None,
            })
        };
        let digest = |what: &str| format!("{:0>64}", format!("{what}{number}"));
        Standing {
            digest: digest("d"),
            certificate: Certificate {
                format: 1,
                number: format!("H-{number}"),
                issuer: "Direktoratet (syntetisk)".to_owned(),
                issued: date(2026, 6, 1),
                validity: Validity { from: date(2026, 6, 1), until: date(2027, 1 + (number % 12) as i8, 1) },
                product,
                scope: messages.iter().enumerate().flat_map(claim).collect(),
                rules: Rules {
                    tool: "provestein".to_owned(),
                    suite: digest("a"),
                    catalogue: digest("b"),
                    profile: "plo-nhn@1".to_owned(),
                    profile_digest: digest("c"),
                    scenarios: BTreeMap::new(),
                },
                runs: Vec::new(),
                assurance: Assurance::Challenged,
                challenged: Vec::new(),
                witnesses: Vec::new(),
                totals: BTreeMap::new(),
                requirements: Vec::new(),
                conditions: Vec::new(),
            },
            withdrawn: None,
            superseded: None,
            equivalents: Vec::new(),
            disputes: Vec::new(),
            overrides: Vec::new(),
        }
    }
}
