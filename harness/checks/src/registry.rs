//! Every check there is.

use crate::check::{ExchangeCheck, MessageCheck};
use crate::hits1172;
use std::collections::BTreeSet;

/// Checks of what somebody wrote.
pub(crate) fn message_checks() -> impl Iterator<Item = &'static MessageCheck> {
    hits1172::MESSAGE_CHECKS.iter().flat_map(|table| table.iter())
}

/// Checks of what the subject did after a message of ours.
pub(crate) fn exchange_checks() -> impl Iterator<Item = &'static ExchangeCheck> {
    std::iter::empty()
}

/// The ids that some check speaks about; every other requirement is not observable.
pub fn checked_ids() -> BTreeSet<&'static str> {
    message_checks()
        .map(|c| c.id)
        .chain(exchange_checks().map(|c| c.id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_check_has_a_requirement() {
        let catalogue = Catalogue::embedded();
        for id in checked_ids() {
            assert!(catalogue.get(id).is_some(), "{id} is not in the catalogue");
        }
    }
}
