//! What came of each certificate, for people and for programs.

use super::{Rejudged, Verdict};
use crate::TOOL;
use crate::command::terminal::{print, say};
use crate::recompute::Differences;
use serde_json::{Value, json};
use std::path::Path;

const VERDICTS: [Verdict; 6] = [
    Verdict::Unchanged,
    Verdict::Changes,
    Verdict::NeedsRun,
    Verdict::RunsNotFound,
    Verdict::NotJudged,
    Verdict::Withdrawn,
];

/// For people: a line a certificate, below it what differs, why, and which command a person would run.
pub(super) fn human(all: &[Rejudged<'_>], register: &Path, is_verified: bool) {
    if !is_verified {
        say("note: nothing says that the register can be believed: --trust names its key, from elsewhere\n");
    }
    for one in all {
        let certificate = &one.standing.certificate;
        let product = &certificate.product;
        let system = format!("{} {} {}", product.supplier, product.system, product.version);
        let loses = if one.loses() { "  LOSES" } else { "" };
        print(&format!("{:<14}  {}  {system}{loses}\n", one.verdict.word(), certificate.number));
        for line in one.differences.lines().iter().chain(&one.reasons) {
            print(&format!("    {line}\n"));
        }
        for command in commands(one, register) {
            print(&format!("    then: {command}\n"));
        }
    }
    let counts = VERDICTS.map(|verdict| (verdict.word(), all.iter().filter(|one| one.verdict == verdict).count()));
    let counts: Vec<String> = counts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{n} {word}")).collect();
    say(format!("\n{} certificates, judged again by {TOOL}: {}", all.len(), counts.join(", ")));
    say("nothing was written; what is certified stays until somebody decides");
}

/// For programs.
pub(super) fn json(all: &[Rejudged<'_>], register: &Path, is_verified: bool) {
    let certificates: Vec<Value> = all
        .iter()
        .map(|one| {
            let certificate = &one.standing.certificate;
            json!({
                "number": certificate.number,
                "issuer": certificate.issuer,
                "product": certificate.product,
                "verdict": one.verdict.word(),
                "loses": one.loses(),
                "claims": claims(&one.differences),
                "requirements": requirements(&one.differences),
                "reasons": one.reasons,
                "commands": commands(one, register),
            })
        })
        .collect();
    let document = json!({ "format": 1, "tool": TOOL, "is_verified": is_verified, "certificates": certificates });
    print(&format!("{document:#}\n"));
}

fn claims(differences: &Differences) -> Vec<Value> {
    let claim = |one: &crate::recompute::ClaimDiffers| json!({ "claim": one.scope, "certified": one.certified, "judged": one.judged });
    differences.claims.iter().map(claim).collect()
}

fn requirements(differences: &Differences) -> Vec<Value> {
    let requirement = |one: &crate::recompute::RequirementDiffers| json!({ "id": one.id, "certified": one.certified, "judged": one.judged });
    differences.requirements.iter().map(requirement).collect()
}

/// What a person would run, having decided.
fn commands(one: &Rejudged<'_>, register: &Path) -> Vec<String> {
    let (number, register) = (&one.standing.certificate.number, register.display());
    let mut commands = Vec::new();
    if one.loses() {
        commands.push(format!("provestein register revoke {register} {number} --reason TEXT --key REGISTER.key"));
    }
    if one.verdict == Verdict::Changes {
        for change in &one.differences.requirements {
            // An override can only speak about what the certificate has.
            if let (Some(_), Some(judged)) = (&change.certified, &change.judged) {
                commands.push(format!(
                    "provestein register override {register} {number} --requirement {} --status {judged} --by NAME --by NAME \
                     --until DATE --reason TEXT --key REGISTER.key",
                    change.id
                ));
            }
        }
    }
    if matches!(one.verdict, Verdict::Changes | Verdict::NeedsRun) {
        let first = if one.verdict == Verdict::NeedsRun {
            "a new run, `provestein certify` on it"
        } else {
            "`provestein certify` on the same runs"
        };
        commands.push(format!(
            "{first}, then provestein register supersede {register} {number} --by NEW --key REGISTER.key"
        ));
    }
    commands
}
