//! From what was written to a roster: what is missing, doubled or points nowhere is a mistake.

use super::draft::{Cell, PartyDraft, SystemDraft};
use super::mistake::{Mistakes, Place};
use super::{Class, Installation, Party, Roster};
use certify::certificate::Transport;
use std::collections::BTreeMap;

/// Parties in a roster: ten times the municipalities, each with ten counterparts of its own.
const PARTIES_MAX: usize = 50_000;
/// Systems of one party.
const SYSTEMS_MAX: usize = 50;
/// Characters of a name: what is longer is no name.
const NAME_MAX: usize = 200;

pub(super) fn roster(drafts: Vec<PartyDraft>, mistakes: &mut Mistakes) -> Roster {
    if drafts.len() > PARTIES_MAX {
        let message = format!("{} parties: more than {PARTIES_MAX} are not read", drafts.len());
        mistakes.add(drafts[PARTIES_MAX].id.at, 1, message);
        return Roster::default();
    }
    let mut parties: BTreeMap<String, Party> = BTreeMap::new();
    let mut named: Vec<(Cell, String)> = Vec::new();
    for draft in drafts {
        named.extend(draft.counterparts.iter().map(|cell| (cell.clone(), draft.id.text.clone())));
        let at = draft.id.clone();
        let party = party(draft, mistakes);
        if parties.contains_key(&party.id) {
            wrong(&at, format!("`{}` stands here a second time", at.text), mistakes);
        }
        parties.insert(party.id.clone(), party);
    }
    for (cell, of) in named {
        if cell.text == of {
            wrong(&cell, format!("`{of}` is named as its own counterpart"), mistakes);
        } else if !parties.contains_key(&cell.text) {
            let message = format!("there is no party `{}`: counterparts are named by their id", cell.text);
            wrong(&cell, message, mistakes);
        }
    }
    if parties.is_empty() && mistakes.list.is_empty() {
        mistakes.add(Place { line: 1, column: 0 }, 1, "no municipality stands in this file");
    }
    Roster { parties }
}

fn party(draft: PartyDraft, mistakes: &mut Mistakes) -> Party {
    let class = match &draft.class {
        Some(cell) => cell.text.parse().map_err(|error: String| wrong(cell, error, mistakes)).ok(),
        None if draft.is_counterpart => {
            wrong(&draft.id, "`class` is missing: hospital, gp, municipality or other".to_owned(), mistakes);
            None
        }
        None => Some(Class::Municipality),
    };
    let class = class.unwrap_or(Class::Other);
    if class == Class::Municipality && !is_number(&draft.id.text) {
        let message = format!("`{}` is no municipality number: four digits were expected", draft.id.text);
        wrong(&draft.id, message, mistakes);
    }
    let name = draft.name.as_ref().map(|cell| short(cell, mistakes));
    if name.is_none() {
        wrong(&draft.id, format!("`{}` has no name", draft.id.text), mistakes);
    }
    let population = draft.population.as_ref().and_then(|cell| {
        let digits: String = cell.text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}')).collect();
        let number = digits.parse().ok();
        if number.is_none() {
            wrong(cell, format!("`{}` is no number of people", cell.text), mistakes);
        }
        number
    });
    if let Some(extra) = draft.systems.get(SYSTEMS_MAX) {
        mistakes.add(extra.at, 1, format!("more than {SYSTEMS_MAX} systems of one party are not read"));
    }
    Party {
        id: draft.id.text,
        name: name.unwrap_or_default(),
        class,
        county: draft.county.as_ref().map(|cell| short(cell, mistakes)),
        population,
        group: draft.group.as_ref().map(|cell| short(cell, mistakes)),
        systems: draft.systems.into_iter().take(SYSTEMS_MAX).map(|system| installation(system, mistakes)).collect(),
        counterparts: draft.counterparts.into_iter().map(|cell| cell.text).collect(),
    }
}

fn installation(draft: SystemDraft, mistakes: &mut Mistakes) -> Installation {
    let at = draft.at;
    let required = |cell: &Option<Cell>, name: &str, mistakes: &mut Mistakes| {
        let Some(cell) = cell else {
            mistakes.add(at, 1, format!("`{name}` of a system is missing"));
            return String::new();
        };
        short(cell, mistakes)
    };
    if draft.handler.is_none()
        && let Some(version) = &draft.handler_version
    {
        wrong(version, "`handler_version` without `handler`".to_owned(), mistakes);
    }
    let carrier = draft
        .carrier
        .as_ref()
        .and_then(|cell| cell.text.parse::<Transport>().map_err(|error| wrong(cell, error, mistakes)).ok());
    for cell in draft.apprec.iter().filter(|cell| !matches!(cell.text.as_str(), "1.0" | "1.1")) {
        wrong(cell, format!("`{}` is no version of the AppRec: expected 1.0 or 1.1", cell.text), mistakes);
    }
    Installation {
        supplier: required(&draft.supplier, "supplier", mistakes),
        system: required(&draft.system, "system", mistakes),
        version: required(&draft.version, "version", mistakes),
        handler: draft.handler.as_ref().map(|cell| short(cell, mistakes)),
        handler_version: draft.handler_version.as_ref().map(|cell| short(cell, mistakes)),
        carrier,
        apprec: draft.apprec.into_iter().map(|cell| cell.text).collect(),
        messages: draft.messages.into_iter().map(|cell| cell.text).collect(),
    }
}

fn short(cell: &Cell, mistakes: &mut Mistakes) -> String {
    if cell.text.chars().count() > NAME_MAX {
        mistakes.add(cell.at, 1, format!("longer than {NAME_MAX} characters"));
        return String::new();
    }
    cell.text.clone()
}

fn is_number(id: &str) -> bool {
    id.len() == 4 && id.bytes().all(|b| b.is_ascii_digit())
}

fn wrong(cell: &Cell, message: String, mistakes: &mut Mistakes) {
    mistakes.add(cell.at, cell.text.chars().count(), message);
}
