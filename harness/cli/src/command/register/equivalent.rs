//! `register equivalent`: another version for which a certificate holds, with how the behaviour of both was compared.

use super::super::diff;
use crate::args::Declared;
use crate::embedded;
use crate::failure::Failure;
use crate::run_folder::{self, Judged};
use ::certify::issue;
use ::certify::register::entry::Entry;
use ::certify::standing::Compared;
use checks::exit::Exit;
use jiff::civil::Date;

/// The entry, signed by nobody yet.
///
/// # Errors
/// 20 when there is no such run, 21 when the runs are not of the versions that are compared, 30 when evidence is broken.
pub(super) fn entry(declared: &Declared, on: Date) -> Result<Entry, Failure> {
    let runs = declared.compared.as_ref().zip(declared.with.as_ref());
    Ok(Entry::Equivalent {
        on,
        number: declared.number.clone(),
        version: declared.version.clone(),
        handler_version: declared.handler_version.clone(),
        reason: declared.reason.clone(),
        compared: runs.map(|(run, with)| compared(declared, run, with)).transpose()?,
        approvals: Vec::new(),
    })
}

fn compared(declared: &Declared, run: &str, with: &str) -> Result<Compared, Failure> {
    let judged = |run: &str| run_folder::judge(&run_folder::find(run, &declared.out)?, None);
    let (first, second) = (judged(run)?, judged(with)?);
    let suite = embedded::suite_digest().to_string();
    for judged in [&first, &second] {
        issue::usable(&judged.view(), &suite)
            .map_err(|refusal| Failure::of(Exit::INPUT_INVALID, &refusal).meaning("nothing was written"))?;
    }
    is_of_that_version(declared, &first, &second)?;
    let found = diff::compared(&first, &second);
    let id = |judged: &Judged| judged.history.run.as_ref().map(|run| run.run.clone()).unwrap_or_default();
    Ok(Compared {
        run: id(&first),
        head: first.stored.head.to_string(),
        with: id(&second),
        with_head: second.stored.head.to_string(),
        same: u32::try_from(found.same.len()).unwrap_or(u32::MAX),
        differ: found.differ.into_iter().map(|(scenario, ..)| scenario).collect(),
        requirements: found.requirements.into_iter().map(|(id, ..)| id).collect(),
        alone: [found.only_first, found.only_second].concat(),
    })
}

/// That the second run is of the version that is declared, and of the same system as the first.
fn is_of_that_version(declared: &Declared, first: &Judged, second: &Judged) -> Result<(), Failure> {
    let (Some(one), Some(other)) = (&first.history.subject, &second.history.subject) else {
        return Err(Failure::new(Exit::INPUT_INVALID, "a run that names no system cannot be compared"));
    };
    let same_system =
        (&one.supplier, &one.system, &one.message_handler) == (&other.supplier, &other.system, &other.message_handler);
    let handler = declared.handler_version.as_ref().or(one.message_handler_version.as_ref());
    if same_system && other.version == declared.version && other.message_handler_version.as_ref() == handler {
        return Ok(());
    }
    let named = |subject: &evidence::event::Subject| {
        let handler = [&subject.message_handler, &subject.message_handler_version]
            .map(|part| part.as_deref().unwrap_or_default());
        format!("{} {} {} {}", subject.supplier, subject.system, subject.version, handler.join(" "))
            .trim_end()
            .to_owned()
    };
    Err(Failure::new(
        Exit::INPUT_INVALID,
        format!(
            "run {} is of {}, and version {} of {} is declared",
            second.name,
            named(other),
            declared.version,
            named(one)
        ),
    )
    .meaning("nothing was written")
    .hint("`--with` names a run whose subject file has the version that is declared"))
}
