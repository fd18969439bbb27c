//! `scenarios`: list, show, check, schema.

use super::run::of_disk;
use super::terminal::{print, say};
use crate::args::{Scenarios, ScenariosCommand};
use crate::embedded;
use crate::failure::Failure;
use crate::stand_ins;
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use exchange::scenario::{self, Loaded};

/// Carries out the sub-command.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Scenarios) -> Result<Exit, Failure> {
    match &args.what {
        ScenariosCommand::List => {
            for loaded in embedded::scenarios()? {
                say(format!("{:<44} {}", loaded.id, loaded.scenario.title.en));
            }
            Ok(Exit::MET)
        }
        ScenariosCommand::Show { id } => {
            let text = embedded::scenario_text(id).ok_or_else(|| {
                Failure::new(Exit::USAGE, format!("no scenario is called `{id}`"))
                    .hint("`provestein scenarios list` lists what there is")
            })?;
            print(text);
            Ok(Exit::MET)
        }
        ScenariosCommand::Check { paths } => check(paths),
        ScenariosCommand::Schema => {
            print(&format!("{:#}\n", scenario::schema()));
            Ok(Exit::MET)
        }
    }
}

fn check(paths: &[std::path::PathBuf]) -> Result<Exit, Failure> {
    let mut all: Vec<Loaded> = Vec::new();
    if paths.is_empty() {
        all = embedded::scenarios()?;
    }
    for path in paths {
        let found = of_disk(&path.display().to_string())?;
        all.extend(found.ok_or_else(|| Failure::new(Exit::USAGE, format!("{} is no file or folder", path.display())))?);
    }
    if all.is_empty() {
        let places: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::new(Exit::NOTHING_SELECTED, format!("no scenario is in {}", places.join(", ")))
            .hint("a scenario is a file that ends in .yaml; `provestein scenarios show ID` prints one to begin with"));
    }
    let catalogue = Catalogue::embedded();
    let messages = embedded::messages()?;
    let known: Vec<&str> = messages.names().collect();
    let mut mistakes = Vec::new();
    for loaded in &all {
        let lints = scenario::lint(loaded, &|id| catalogue.get(id).is_some());
        for lint in lints.into_iter().chain(scenario::unknown_messages(loaded, &known)) {
            mistakes.push(format!("error: {}\n  --> {}:{}", lint.message, loaded.file, lint.line));
        }
    }
    mistakes.extend(stand_ins::unknown_faults(&all).into_iter().map(|fault| format!("error: {fault}")));
    if !mistakes.is_empty() {
        return Err(Failure::new(Exit::INPUT_INVALID, mistakes.join("\n")));
    }
    say(format!("{} scenarios, no mistakes", all.len()));
    Ok(Exit::MET)
}
