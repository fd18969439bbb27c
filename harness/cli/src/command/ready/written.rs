//! What `ready` writes into folders: letters and sheets.

use crate::args::Ready;
use crate::failure::Failure;
use checks::exit::Exit;
use readiness::answer::Answer;
use readiness::letter::{self, Letter, Tongue};
use readiness::question::Question;
use readiness::{Norwegian, sheet};
use std::fs;
use std::path::Path;

/// The letters, written into a folder where one is named.
pub(super) fn letters(args: &Ready, asked: &[(&Question, Vec<Answer<'_>>)]) -> Result<Vec<Letter>, Failure> {
    let Some(folder) = &args.letters else { return Ok(Vec::new()) };
    let sender = args.sender.clone().or_else(|| args.group.clone());
    let first = asked.first().and_then(|(_, answers)| answers.first());
    let sender = match (sender, first) {
        (Some(sender), _) => sender,
        (None, Some(answer)) if args.municipality.is_some() => answer.party.name.clone(),
        _ => {
            return Err(Failure::new(Exit::USAGE, "nobody signs the letters").hint("say who, with `--sender NAME`"));
        }
    };
    let mut letters = Vec::new();
    for (_, answers) in asked {
        // Letters of several municipalities lie side by side.
        let of = match answers.as_slice() {
            [] => continue,
            [one] => one.party.id.clone(),
            [first, ..] => format!("{}-and-{}-others", first.party.id, answers.len() - 1),
        };
        for tongue in [Tongue::Nb, Tongue::En] {
            for letter in letter::letters(answers, &sender, tongue) {
                write(folder, &format!("{of}-{}", letter.file_name()), &letter.text())?;
                letters.push(letter);
            }
        }
    }
    Ok(letters)
}

/// A sheet for each answer in both written languages, and how many. A letter of the municipality's own lies beside it.
pub(super) fn sheets(args: &Ready, asked: &[(&Question, Vec<Answer<'_>>)]) -> Result<usize, Failure> {
    let Some(folder) = &args.sheet else { return Ok(0) };
    let mut count = 0;
    for answer in asked.iter().flat_map(|(_, answers)| answers) {
        let letters = letter::letters(std::slice::from_ref(answer), &answer.party.name, Tongue::Nb);
        let names: Vec<String> =
            letters.iter().map(|letter| format!("{}-{}", answer.party.id, letter.file_name())).collect();
        for (letter, name) in letters.iter().zip(&names) {
            write(folder, name, &letter.text())?;
        }
        for lang in [Norwegian::Nb, Norwegian::Nn] {
            write(folder, &sheet::file_name(answer, lang), &sheet::sheet(answer, &names, lang))?;
            count += 1;
        }
    }
    Ok(count)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(folder.join(name), text));
    written.map_err(|error| Failure::of_disk(&error))
}
