//! The README of a kit, in English and bokmål.

use super::{Member, Plan};
use crate::pki::p12;

/// In English.
pub(super) fn english(plan: &Plan) -> String {
    fill(include_str!("README.en.md"), plan, &Words { none: "–", yes: "make a record", no: "make no record" })
}

/// In bokmål.
pub(super) fn bokmal(plan: &Plan) -> String {
    fill(include_str!("README.nb.md"), plan, &Words { none: "–", yes: "opprett journal", no: "opprett ikke journal" })
}

struct Words {
    none: &'static str,
    yes: &'static str,
    no: &'static str,
}

fn fill(template: &str, plan: &Plan, words: &Words) -> String {
    let known = plan.ours.iter().filter(|member| member.is_known);
    let partners: String = known.map(|member| row(member, words)).collect();
    let patients: String = plan
        .patients
        .iter()
        .map(|patient| {
            let what = if patient.kind == "unknown" { words.no } else { words.yes };
            format!("- {} {}, {}: {what}\n", patient.given_name, patient.family_name, patient.id)
        })
        .collect();
    let subject = &plan.subject.member;
    let until = plan.terms.end().strftime("%Y-%m-%d").to_string();
    [
        ("{{harness}}", plan.harness.as_str()),
        ("{{registers}}", &plan.terms.registers),
        ("{{registers_tls}}", &plan.registers_tls),
        ("{{partners}}", partners.trim_end()),
        ("{{patients}}", patients.trim_end()),
        ("{{subject}}", &subject.organisation.name),
        ("{{subject_role}}", &subject.role),
        ("{{subject_her}}", &subject.service.her.to_string()),
        ("{{until}}", &until),
        ("{{password}}", p12::PASSWORD),
    ]
    .iter()
    .fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
}

fn row(member: &Member, words: &Words) -> String {
    let Member { role, organisation, service, edi, .. } = member;
    let edi = if edi.is_empty() { words.none } else { edi };
    format!(
        "| {role} | {} ({}) | {} ({}) | {edi} | `{role}-sign.pem` | `{role}-encrypt.pem` |\n",
        organisation.name, organisation.her, service.name, service.her
    )
}
