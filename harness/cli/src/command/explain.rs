//! `explain`: what a requirement, scenario, profile or exit code means.

use super::terminal::say;
use crate::args::{Explain, Lang};
use crate::embedded;
use crate::failure::Failure;
use checks::catalogue::Catalogue;
use checks::exit::Exit;

/// Explains.
///
/// # Errors
/// 20 when nothing has this id.
pub fn run(args: &Explain) -> Result<Exit, Failure> {
    let lang = if args.lang == Lang::Nb { "nb" } else { "en" };
    let id = args.id.trim();
    if id == "exit" {
        for exit in Exit::ALL {
            say(format!("{:>3}  {:<44} {}", exit.code, exit.meaning, advice(exit, args.lang)));
        }
        return Ok(Exit::MET);
    }
    if let Some(exit) = id.parse().ok().and_then(Exit::of_code) {
        say(format!("exit {}: {}\n{}", exit.code, exit.meaning, advice(exit, args.lang)));
        return Ok(Exit::MET);
    }
    let catalogue = Catalogue::embedded();
    let names = names(&catalogue)?;
    // Ids are written in capitals in one document and in small letters in another; nobody should have to know.
    let id = names.iter().find(|name| name.eq_ignore_ascii_case(id)).map_or(id, String::as_str);
    if catalogue.get(id).is_some() {
        requirement(&catalogue, id, lang);
        return Ok(Exit::MET);
    }
    if let Some(loaded) = embedded::scenarios()?.into_iter().find(|loaded| loaded.id == id) {
        let title = if lang == "nb" { &loaded.scenario.title.nb } else { &loaded.scenario.title.en };
        say(format!("{id}: {title}\nsource: {}", loaded.scenario.source));
        say(format!("exercises: {}", loaded.scenario.exercises.join(", ")));
        return Ok(Exit::MET);
    }
    if let Ok(profile) = embedded::profile(id) {
        say(format!(
            "{}: {}\n{}",
            profile.id(),
            profile.title.in_language(lang),
            profile.description.in_language(lang)
        ));
        say(format!("{} requirements, {} scenarios", profile.obligations.len(), profile.scenarios.len()));
        return Ok(Exit::MET);
    }
    let lists =
        "`provestein requirements list`, `provestein scenarios list`; `provestein explain exit` for the exit codes";
    let hint = match near(id, &names).as_slice() {
        [] => lists.to_owned(),
        near => format!("did you mean {}? {lists}", near.join(" or ")),
    };
    Err(Failure::new(Exit::USAGE, format!("nothing is called `{id}`")).hint(hint))
}

/// Everything that can be explained.
fn names(catalogue: &Catalogue) -> Result<Vec<String>, Failure> {
    let mut names: Vec<String> = catalogue.iter().map(|requirement| requirement.id.to_string()).collect();
    names.extend(embedded::scenarios()?.into_iter().map(|loaded| loaded.id));
    for profile in checks::profile::shipped() {
        names.extend([profile.name.clone(), profile.id()]);
    }
    Ok(names)
}

/// Up to three names that differ least, and little, from what was asked for.
fn near<'n>(id: &str, names: &'n [String]) -> Vec<&'n str> {
    let wanted = id.to_ascii_lowercase();
    let close = |name: &&'n String| strsim::damerau_levenshtein(&wanted, &name.to_ascii_lowercase());
    let mut near: Vec<(usize, &str)> = names.iter().map(|name| (close(&name), name.as_str())).collect();
    near.retain(|(distance, _)| *distance <= 2 && *distance < wanted.len());
    near.sort_unstable();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

fn requirement(catalogue: &Catalogue, id: &str, lang: &str) {
    let Some(requirement) = catalogue.get(id) else { return };
    say(format!("{id}  {}", requirement.source_line()));
    say(format!("level   {}", requirement.level.code()));
    say(format!("about   {}", requirement.subject));
    say(checks::explain::explain(catalogue, id, lang).unwrap_or_default());
    for (name, text) in [("if not", &requirement.response), ("note", &requirement.notes)] {
        if let Some(text) = text {
            say(format!("{name:<7} {text}"));
        }
    }
}

/// What an exit code means for the one who meets it, and what to do.
fn advice(exit: Exit, lang: Lang) -> &'static str {
    let (en, nb) = match exit {
        Exit::EVIDENCE_BROKEN => (
            "Log, blobs or reports are not what was written, or the log was cut; nothing is concluded from them. Get the run folder again from where it was made.",
            "Logg, filer eller rapporter er endret etter at de ble skrevet, eller loggen er kuttet, så ingenting kan sluttes av dem. Hent kjøringens mappe på nytt.",
        ),
        Exit::HARNESS_BUG => (
            "The tool itself failed, or its disk; the subject is not to blame. What was recorded stays; `resume` goes on.",
            "Verktøyet selv, eller disken, sviktet; systemet som testes, har ingen skyld. Det som er skrevet, er bevart; `resume` fortsetter.",
        ),
        Exit::USAGE => (
            "The command line, or a file that it names, is not right. Nothing was sent.",
            "Noe er galt med kommandoen eller en fil den peker på. Ingenting er sendt.",
        ),
        Exit::INPUT_INVALID => (
            "A scenario, profile or subject file has mistakes; each is shown with its place. Nothing was sent.",
            "En scenario-, profil- eller systemfil har feil; hver av dem er vist med sted. Ingenting er sendt.",
        ),
        Exit::NOTHING_SELECTED => (
            "No scenario was left to run, so nothing was tested.",
            "Ingen scenarioer var igjen å kjøre, så ingenting er testet.",
        ),
        Exit::VIOLATED => (
            "The system did something that the standards forbid, or left out what they demand. Each finding says what, where and by which rule.",
            "Systemet gjorde noe standardene forbyr, eller lot være noe de krever. Hvert funn sier hva, hvor og etter hvilken regel.",
        ),
        Exit::SUITE_DEFECT => (
            "A correct message of the harness breaks a rule: a mistake in the tool, not in the system. Please report it.",
            "En riktig melding fra testverktøyet bryter en regel: feilen ligger i verktøyet, ikke i systemet. Meld fra om den.",
        ),
        Exit::CONFIGURATION => (
            "Addresses, partners, ports or certificates do not fit together. `doctor` helps; the system is not judged.",
            "Adresser, partnere, porter eller sertifikater passer ikke sammen. `doctor` hjelper; systemet er ikke bedømt.",
        ),
        Exit::ENVIRONMENT => (
            "The system could not be reached or understood at all. Is it running, and at the address of the subject file?",
            "Systemet kunne ikke nås, eller svarte uforståelig. Kjører det, og på adressen i systemfilen?",
        ),
        Exit::NOT_ESTABLISHED => (
            "Something that is demanded could not be told, mostly because an answer did not come in time. That is neither a pass nor a failure.",
            "Noe som kreves, kunne ikke fastslås, som oftest fordi et svar ikke kom i tide. Det er verken bestått eller ikke bestått.",
        ),
        Exit::SNAPSHOT => (
            "The receipts differ from those of the run that they are compared with; `diff` shows where.",
            "Kvitteringene er annerledes enn i kjøringen de sammenlignes med; `diff` viser hvor.",
        ),
        _ => (
            "Every obligation that was tested was met as often as the profile demands. Where scenarios of the profile did not run, the last screen says how many.",
            "Alle krav som ble prøvd, er oppfylt så mange ganger som profilen ber om. Er scenarioer i profilen ikke kjørt, sier siste skjermbilde hvor mange.",
        ),
    };
    if lang == Lang::Nb { nb } else { en }
}
