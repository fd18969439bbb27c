//! `requirements`: the catalogue, or what of it a profile demands.

use super::terminal::say;
use crate::args::{Requirements, RequirementsCommand};
use crate::embedded;
use crate::failure::Failure;
use checks::catalogue::Catalogue;
use checks::exit::Exit;

/// Lists.
///
/// # Errors
/// 21 when the profile is not known.
pub fn run(args: &Requirements) -> Result<Exit, Failure> {
    let RequirementsCommand::List { profile } = &args.what;
    let catalogue = Catalogue::embedded();
    let checked = checks::checked_ids();
    let profile = profile.as_deref().map(embedded::profile).transpose()?;
    for requirement in catalogue.iter() {
        let id = requirement.id.as_str();
        let level = match &profile {
            None => requirement.level,
            Some(profile) => match profile.obligation(id) {
                Some(obligation) => obligation.level,
                None => continue,
            },
        };
        let mark = if checked.contains(id) { "checked" } else { "" };
        say(format!("{id:<28} {:<8} {mark:<8} {}", level.code(), requirement.statement));
    }
    Ok(Exit::MET)
}
