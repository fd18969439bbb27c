//! `diff`: how a system behaved in two runs.

use super::terminal::{print, say};
use crate::args::{Diff, Format};
use crate::failure::Failure;
use crate::run_folder::{self, Judged};
use checks::exit::Exit;
use report::behaviour::{self, Comparison, Handled};
use serde_json::{Value, json};
use std::path::Path;

/// Compares.
///
/// # Errors
/// 20 when there is no such run, 30 when the evidence is broken.
pub fn run(args: &Diff) -> Result<Exit, Failure> {
    let (first, second) = (judged(&args.first, &args.out)?, judged(&args.second, &args.out)?);
    let comparison = compared(&first, &second);
    match args.format {
        Format::Json => print(&format!("{:#}\n", as_json(&first, &second, &comparison))),
        Format::Human => tell(&first, &second, &comparison),
    }
    Ok(exit(&comparison))
}

fn judged(run: &str, out: &Path) -> Result<Judged, Failure> {
    run_folder::judge(&run_folder::find(run, out)?, None)
}

/// The two behaviours, each by the profile of its run.
pub fn compared(first: &Judged, second: &Judged) -> Comparison {
    Comparison::of(&behaviour::of(&first.view()), &behaviour::of(&second.view()))
}

fn exit(comparison: &Comparison) -> Exit {
    match (comparison.is_alike(), comparison.is_whole()) {
        (false, _) => Exit::SNAPSHOT,
        (true, false) => Exit::NOT_ESTABLISHED,
        (true, true) => Exit::MET,
    }
}

fn tell(first: &Judged, second: &Judged, comparison: &Comparison) {
    say(format!("first   {}", about(first)));
    say(format!("second  {}", about(second)));
    for (scenario, one, other) in &comparison.differ {
        say(format!("\n{scenario}"));
        for number in 0..one.len().max(other.len()) {
            let (one, other) = (one.get(number), other.get(number));
            if one != other {
                let message = one.or(other).map_or("", |handled| handled.message.as_str());
                say(format!("  {message}"));
                say(format!("    first   {}", did(one)));
                say(format!("    second  {}", did(other)));
            }
        }
    }
    if !comparison.requirements.is_empty() {
        say("\nrequirements");
        for (id, one, other) in &comparison.requirements {
            say(format!("  {id}: {one}, then {other}"));
        }
    }
    for (which, only) in [("first", &comparison.only_first), ("second", &comparison.only_second)] {
        if !only.is_empty() {
            say(format!("\nonly in the {which}: {}", only.join(", ")));
        }
    }
    let whole = if comparison.is_whole() { "" } else { "; not everything could be compared" };
    say(format!(
        "\n{} scenarios with the same behaviour, {} with another; {} requirements came to something else{whole}",
        comparison.same.len(),
        comparison.differ.len(),
        comparison.requirements.len()
    ));
}

fn about(judged: &Judged) -> String {
    let subject = judged.history.subject.as_ref();
    let who =
        subject.map_or_else(|| "nobody named".to_owned(), |s| format!("{} {} {}", s.supplier, s.system, s.version));
    format!("{}, {}, {}", report::visible(&who), judged.name, judged.profile.id())
}

fn did(handled: Option<&Handled>) -> String {
    match handled {
        None => "no such message".to_owned(),
        Some(handled) if handled.did.is_empty() => "nothing".to_owned(),
        Some(handled) => handled.did.join("; "),
    }
}

fn as_json(first: &Judged, second: &Judged, comparison: &Comparison) -> Value {
    let run = |judged: &Judged| {
        let id = judged.history.run.as_ref().map(|run| run.run.clone());
        json!({ "run": id, "head": judged.stored.head.to_string(), "profile": judged.profile.id(), "about": about(judged) })
    };
    let handled = |all: &[Handled]| -> Vec<Value> {
        all.iter().map(|one| json!({ "message": one.message, "did": one.did })).collect()
    };
    let differ = comparison
        .differ
        .iter()
        .map(|(scenario, one, other)| json!({ "scenario": scenario, "first": handled(one), "second": handled(other) }));
    let requirements = comparison.requirements.iter();
    let requirements = requirements.map(|(id, one, other)| json!({ "id": id, "first": one, "second": other }));
    json!({
        "format": 1,
        "first": run(first),
        "second": run(second),
        "alike": comparison.is_alike(),
        "whole": comparison.is_whole(),
        "same": comparison.same,
        "differ": differ.collect::<Vec<_>>(),
        "only_first": comparison.only_first,
        "only_second": comparison.only_second,
        "requirements": requirements.collect::<Vec<_>>(),
    })
}
