//! HITS 1172 5.8.4: sender and receiver.
//!
//! Each pair of rules says the same about From and To. Other identifier types beside the HER-id are tolerated.

use crate::check::{Finding, MessageCheck, Seen, message, shown};
use wire::ebxml::{Envelope, PartyBlock, PartyId};
use wire::place::Place;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-10", "eb:From", |s| block_present(s, Side::From)),
    message("HITS1172-9", "eb:To", |s| block_present(s, Side::To)),
    message("HITS1172-58", "eb:PartyId in eb:From", |s| judged(s, Side::From, |b| Some(party_id_present(b)))),
    message("HITS1172-59", "eb:PartyId in eb:To", |s| judged(s, Side::To, |b| Some(party_id_present(b)))),
    message("HITS1172-25", "no empty eb:PartyId in eb:From", |s| judged(s, Side::From, not_empty)),
    message("HITS1172-55", "no empty eb:PartyId in eb:To", |s| judged(s, Side::To, not_empty)),
    message("HITS1172-60", "eb:PartyId of type HER in eb:From", |s| judged(s, Side::From, has_her)),
    message("HITS1172-61", "eb:PartyId of type HER in eb:To", |s| judged(s, Side::To, has_her)),
    message("HITS1172-14", "exactly one HER-id in eb:From", |s| judged(s, Side::From, one_her)),
    message("HITS1172-13", "exactly one HER-id in eb:To", |s| judged(s, Side::To, one_her)),
    message("HITS1172-31", "a HER-id of digits", |s| judged(s, Side::From, digits)),
    message("HITS1172-56", "a HER-id of digits", |s| judged(s, Side::To, digits)),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    From,
    To,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::From => "eb:From",
            Self::To => "eb:To",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }

    fn block(self, envelope: &Envelope) -> Option<&PartyBlock> {
        let header = envelope.header()?;
        match self {
            Self::From => header.from.first(),
            Self::To => header.to.first(),
        }
    }
}

fn block_present(seen: &Seen<'_>, side: Side) -> Option<Finding> {
    let header = seen.header()?;
    let finding = match side.block(seen.envelope()?) {
        Some(block) => Finding::satisfied(&block.place, "present"),
        None => Finding::violated(&header.place.child(side.name()), "absent"),
    };
    unless_turned_round(seen, side, finding)
}

fn judged(seen: &Seen<'_>, side: Side, rule: fn(&PartyBlock) -> Option<Finding>) -> Option<Finding> {
    let block = side.block(seen.envelope()?)?;
    unless_turned_round(seen, side, rule(block)?)
}

/// An answer turns sender and receiver round; what was wrong in our message is wrong in it too.
fn unless_turned_round(seen: &Seen<'_>, side: Side, finding: Finding) -> Option<Finding> {
    let ids = |block: Option<&PartyBlock>| -> Vec<(Option<String>, String)> {
        let ids = block.into_iter().flat_map(|b| &b.party_ids);
        ids.map(|id| (id.kind.as_ref().map(|k| k.value.clone()), id.value.value.clone())).collect()
    };
    let turned = seen.stimulus_envelope().is_some_and(|stimulus| {
        let own = seen.envelope().and_then(|e| side.block(e));
        ids(side.other().block(stimulus)) == ids(own)
    });
    (!(turned && finding.is_violation())).then_some(finding)
}

fn party_id_present(block: &PartyBlock) -> Finding {
    match block.party_ids.first() {
        Some(id) => Finding::satisfied(&id.value.place, shown(&id.value.value)),
        None => Finding::violated(&block.place.child("eb:PartyId"), "absent"),
    }
}

fn not_empty(block: &PartyBlock) -> Option<Finding> {
    let first = block.party_ids.first()?;
    let empty = block.party_ids.iter().find(|id| id.value.value.trim().is_empty());
    Some(match empty {
        Some(id) => Finding::violated(&id.value.place, "empty"),
        None => Finding::satisfied(&first.value.place, shown(&first.value.value)),
    })
}

fn hers(block: &PartyBlock) -> Vec<&PartyId> {
    block.party_ids.iter().filter(|id| id.kind.as_ref().is_some_and(|k| k.value.trim() == "HER")).collect()
}

fn has_her(block: &PartyBlock) -> Option<Finding> {
    let first = block.party_ids.first()?;
    if let Some(id) = hers(block).first() {
        return Some(Finding::satisfied(&id.value.place, shown(&id.value.value)));
    }
    let kinds = block.party_ids.iter().map(|id| id.kind.as_ref().map_or("none", |k| k.value.as_str()));
    Some(Finding::violated(&first.value.place, format!("type {}", shown(&kinds.collect::<Vec<_>>().join(" ")))))
}

fn one_her(block: &PartyBlock) -> Option<Finding> {
    let hers = hers(block);
    let place: &Place = &hers.first()?.value.place;
    Some(Finding::when(hers.len() == 1, place, format!("{}", hers.len())))
}

/// Blanks are no digits; an empty one is spoken of by rules 25 and 55.
fn digits(block: &PartyBlock) -> Option<Finding> {
    let hers = hers(block);
    let given: Vec<&PartyId> = hers.into_iter().filter(|id| !id.value.value.trim().is_empty()).collect();
    let first = given.first()?;
    let wrong = given.iter().find(|id| !id.value.value.bytes().all(|b| b.is_ascii_digit()));
    Some(match wrong {
        Some(id) => Finding::violated(&id.value.place, shown(&id.value.value)),
        None => Finding::satisfied(&first.value.place, shown(&first.value.value)),
    })
}
