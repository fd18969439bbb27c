//! Every check there is.

use crate::check::{ExchangeCheck, MessageCheck, RunCheck};
use crate::{his80415, hisd1209, hits1168, hits1171, hits1172};
use std::collections::BTreeSet;

/// Checks of what somebody wrote.
pub(crate) fn message_checks() -> impl Iterator<Item = &'static MessageCheck> {
    let others = [hits1171::CHECKS, hisd1209::CHECKS, hits1168::CHECKS, his80415::CHECKS];
    hits1172::MESSAGE_CHECKS.iter().copied().chain(others).flatten()
}

/// Checks of what the subject did after a message of ours.
pub(crate) fn exchange_checks() -> impl Iterator<Item = &'static ExchangeCheck> {
    let others = [hits1168::EXCHANGE_CHECKS, his80415::EXCHANGE_CHECKS];
    hits1172::EXCHANGE_CHECKS.iter().copied().chain(others).flatten()
}

/// Checks of a run as a whole.
pub(crate) fn run_checks() -> impl Iterator<Item = &'static RunCheck> {
    hits1172::RUN_CHECKS.iter().flat_map(|table| table.iter())
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
    fn every_requirement_of_a_profile_has_a_check_and_every_check_is_in_both() {
        let checked = checked_ids();
        for profile in crate::profile::shipped() {
            let demanded: BTreeSet<&str> =
                profile.obligations.keys().map(crate::catalogue::RequirementId::as_str).collect();
            assert_eq!(demanded, checked, "{}", profile.id());
        }
    }

    #[test]
    fn every_check_has_a_requirement() {
        let catalogue = Catalogue::embedded();
        for id in checked_ids() {
            assert!(catalogue.get(id).is_some(), "{id} is not in the catalogue");
        }
    }
}
