//! A certificate that is invented, and what may be found out about it.

use certify::certificate::Certificate;
use checks::catalogue::Catalogue;
use jiff::civil::{Date, date};
use provestein_certificate_report::Lang;
use provestein_certificate_report::compose::compose;
use provestein_certificate_report::document::Document;
use provestein_certificate_report::stated::{Again, Registered, Signature, Stated};
use serde_json::{Value, json};

const RUN: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// The certificate, as it stands in its file.
pub fn certificate() -> Value {
    let requirement = |id: &str, level: &str, status: &str| json!({ "id": id, "level": level, "status": status });
    let scope = |message: &str, direction: &str, outcome: &str| json!({ "message": message, "version": "1.6", "direction": direction, "carrier": "http", "apprec": "1.1", "outcome": outcome });
    let profile = checks::profile::find("plo-receive-nhn").unwrap();
    json!({
        "format": 1, "number": "PV-2026-1", "issuer": "Direktoratet (syntetisk)", "issued": "2026-06-01",
        "validity": { "from": "2026-06-01", "until": "2027-12-31" },
        "product": { "supplier": "Nordlys AS", "system": "Nordlys EPJ", "version": "5.2", "handler": "Melding+", "handler_version": "3.1" },
        "scope": [scope("LOG_INNLAGT", "receive", "met"), scope("INNLEGGELSESRAPPORT", "send", "met"), scope("LOG_UTSKREVET", "receive", "violated")],
        "rules": {
            "tool": "provestein 0.1.0", "suite": "ab", "catalogue": Catalogue::embedded().digest().to_string(),
            "profile": profile.id(), "profile_digest": profile.digest.to_string(),
            "scenarios": { "envelope/broken-signature": "cd" },
        },
        "runs": [{ "id": RUN, "started": "2026-05-30T10:00:00Z", "events": 237, "head": "ef" }],
        "assurance": "self-run",
        "totals": { "verified": 1, "violated": 1, "not-established": 1, "not-exercised": 1, "not-observable": 0, "not-applicable": 1 },
        "requirements": [
            requirement("HITS1172-109", "MUST", "verified"),
            requirement("HITS1168-4.1-8", "MUST", "violated"),
            requirement("HITS1168-4.1-4", "MUST", "not-established"),
            requirement("HIS80415-2012-3.5-3", "MUST", "not-exercised"),
            requirement("HITS1172-18", "MUST", "not-applicable"),
        ],
        "conditions": [{ "nb": "Rapporten skal skrives ut.", "en": "The report is printed.", "messages": ["LOG_INNLAGT@1.6"], "until": "2027-06-30" }],
    })
}

/// What is found out about a certificate, apart from what it states.
pub struct Found {
    pub signature: Signature,
    pub again: Option<Again>,
    pub on: Date,
    pub lang: Lang,
    pub profile: bool,
}

impl Default for Found {
    fn default() -> Self {
        Self { signature: Signature::NobodyNamed, again: None, on: date(2026, 11, 26), lang: Lang::Nb, profile: true }
    }
}

/// The report on a certificate.
pub fn document(certificate: &Value, found: &Found, registered: Option<&Registered<'_>>) -> Document {
    let certificate: Certificate = serde_json::from_value(certificate.clone()).unwrap();
    let profile = checks::profile::find("plo-receive-nhn").filter(|_| found.profile);
    compose(&Stated {
        certificate: &certificate,
        digest: "0123456789abcdef",
        signature: &found.signature,
        registered,
        again: found.again.as_ref(),
        catalogue: &Catalogue::embedded(),
        profile: profile.as_ref(),
        scenario_title: &|id, lang| Some(lang.pick(format!("om {id}"), format!("about {id}"))),
        on: found.on,
        tool: "provestein 0.1.0",
        lang: found.lang,
    })
}

/// Every text of a certificate that is not an identifier by its form, replaced.
pub fn poisoned(value: &mut Value, poison: &str) {
    match value {
        Value::String(text)
            if !text.starts_with("20")
                && !["send", "receive", "http", "met", "violated", "self-run"].contains(&text.as_str()) =>
        {
            *text = poison.to_owned();
        }
        Value::Array(all) => all.iter_mut().for_each(|one| poisoned(one, poison)),
        Value::Object(all) => {
            all.values_mut().for_each(|one| poisoned(one, poison));
            if let Some(digest) = all.remove("envelope/broken-signature") {
                all.insert(poison.to_owned(), digest);
            }
        }
        _ => {}
    }
}
