//! `scenarios`: list, show, check, schema.

use super::run::of_disk;
use super::terminal::{print, say};
use crate::args::{Scenarios, ScenariosCommand};
use crate::embedded;
use crate::failure::Failure;
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
    let catalogue = Catalogue::embedded();
    let mut mistakes = Vec::new();
    for loaded in &all {
        for lint in scenario::lint(loaded, &|id| catalogue.get(id).is_some()) {
            mistakes.push(format!("error: {}\n  --> {}:{}", lint.message, loaded.file, lint.line));
        }
    }
    if !mistakes.is_empty() {
        return Err(Failure::new(Exit::INPUT_INVALID, mistakes.join("\n")));
    }
    say(format!("{} scenarios, no mistakes", all.len()));
    Ok(Exit::MET)
}
