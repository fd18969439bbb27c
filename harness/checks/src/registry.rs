//! Every check there is.

use crate::check::{ExchangeCheck, MessageCheck, RunCheck};
use crate::{his80415, hisd1209, hits1168, hits1171, hits1172, sending};
use std::collections::BTreeSet;

/// Checks of what somebody wrote.
pub(crate) fn message_checks() -> impl Iterator<Item = &'static MessageCheck> {
    let others = [hits1171::CHECKS, hisd1209::CHECKS, hits1168::CHECKS, his80415::CHECKS];
    let tables = hits1172::MESSAGE_CHECKS.iter().chain(sending::MESSAGE_CHECKS).copied();
    tables.chain(others).flatten()
}

/// Checks of what the subject did after a message of ours.
pub(crate) fn exchange_checks() -> impl Iterator<Item = &'static ExchangeCheck> {
    let others = [hits1168::EXCHANGE_CHECKS, his80415::EXCHANGE_CHECKS];
    hits1172::EXCHANGE_CHECKS.iter().copied().chain(others).flatten()
}

/// Checks of a run as a whole.
pub(crate) fn run_checks() -> impl Iterator<Item = &'static RunCheck> {
    hits1172::RUN_CHECKS.iter().chain(sending::RUN_CHECKS).flat_map(|table| table.iter())
}

/// The ids that some check speaks about; every other requirement is not observable.
pub fn checked_ids() -> BTreeSet<&'static str> {
    let done = exchange_checks().map(|c| c.id).chain(run_checks().map(|c| c.id));
    message_checks().map(|c| c.id).chain(done).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_requirement_of_a_profile_can_be_seen_and_every_check_is_in_one() {
        let checked = checked_ids();
        let asked = |id: &str| {
            let requirement = Catalogue::embedded().get(id).map(|r| r.observable.clone()).unwrap_or_default();
            requirement != "wire"
        };
        let mut demanded: BTreeSet<String> = BTreeSet::new();
        for profile in crate::profile::shipped() {
            let ids = profile.obligations.keys().map(crate::catalogue::RequirementId::as_str);
            for id in ids {
                let by_outcome = BY_OUTCOME.contains(&id);
                assert!(checked.contains(id) || asked(id) || by_outcome, "{}: nothing can see {id}", profile.id());
                demanded.insert(id.to_owned());
            }
        }
        for id in checked {
            assert!(demanded.contains(id), "{id} is in no profile");
        }
    }

    /// Seen on the wire by what a scenario allows, not by a check.
    const BY_OUTCOME: [&str; 1] = ["HITS1171-9.1.1-1"];

    #[test]
    fn every_check_has_a_requirement() {
        let catalogue = Catalogue::embedded();
        for id in checked_ids() {
            assert!(catalogue.get(id).is_some(), "{id} is not in the catalogue");
        }
    }
}
