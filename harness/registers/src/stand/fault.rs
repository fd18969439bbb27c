//! Deliberate faults: each has a name, is switched on by a scenario, and is off again when the scenario ends.

use carrier::stand_in::Fault;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A fault that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The register.
    pub register: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What happens.
    pub what: &'static str,
}

pub(super) const ADDRESS: &str = "address";
pub(super) const REVOCATION: &str = "revocation";

/// The answer is right, and late.
pub(super) const SLOW: &str = "slow";
/// The connection is closed without an answer.
pub(super) const UNREACHABLE: &str = "unreachable";
pub(super) const UNAVAILABLE: &str = "unavailable";
pub(super) const UNKNOWN_PARTY: &str = "unknown-party";
pub(super) const EMPTY_CERTIFICATE: &str = "empty-certificate";
pub(super) const REPLACED_CERTIFICATE: &str = "replaced-certificate";
pub(super) const REVOKED: &str = "revoked";
pub(super) const STALE: &str = "stale";

/// Every fault.
pub const FAULTS: [Kind; 10] = [
    kind(ADDRESS, UNKNOWN_PARTY, "the HER-id is not registered"),
    kind(ADDRESS, EMPTY_CERTIFICATE, "a certificate without content, as the register has been seen to answer"),
    kind(ADDRESS, REPLACED_CERTIFICATE, "the party's next certificates instead of its present ones"),
    kind(ADDRESS, SLOW, "the right answer after a delay"),
    kind(ADDRESS, UNREACHABLE, "the connection is closed without an answer"),
    kind(ADDRESS, UNAVAILABLE, "HTTP 503"),
    kind(REVOCATION, REVOKED, "the party's signing certificate is revoked"),
    kind(REVOCATION, STALE, "a list, or an answer, whose time is over"),
    kind(REVOCATION, SLOW, "the right answer after a delay"),
    kind(REVOCATION, UNREACHABLE, "the connection is closed without an answer"),
];

/// For a slow register when the scenario does not say: longer than most clients wait.
const DELAY: Duration = Duration::from_mins(2);

const fn kind(register: &'static str, name: &'static str, what: &'static str) -> Kind {
    Kind { register, name, what }
}

/// The faults that are switched on.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Switches one on.
    ///
    /// # Errors
    /// The sentence for a fault that there is not.
    pub fn switch(&self, fault: &Fault) -> Result<(), String> {
        if !FAULTS.iter().any(|kind| kind.register == fault.register && kind.name == fault.name) {
            let of_register: Vec<&str> =
                FAULTS.iter().filter(|kind| kind.register == fault.register).map(|kind| kind.name).collect();
            return Err(if of_register.is_empty() {
                format!("there is no register `{}`; there are {ADDRESS} and {REVOCATION}", fault.register)
            } else {
                format!(
                    "register `{}` has no fault `{}`; it has {}",
                    fault.register,
                    fault.name,
                    of_register.join(", ")
                )
            });
        }
        let delay = fault.delay.or((fault.name == SLOW).then_some(DELAY));
        self.lock().push(Fault { delay, ..fault.clone() });
        Ok(())
    }

    /// Switches all off.
    pub fn reset(&self) {
        self.lock().clear();
    }

    /// The fault for a call about a HER-id: the last that was switched on and fits.
    pub(super) fn on(&self, register: &str, call: &str, about: Option<u32>) -> Option<Fault> {
        let fits = |fault: &&Fault| {
            fault.register == register
                && fault.call.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(call))
                && (fault.about.is_none() || fault.about == about)
        };
        self.lock().iter().rev().find(fits).cloned()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(name: &str, call: Option<&str>, about: Option<u32>) -> Fault {
        Fault { register: ADDRESS.to_owned(), call: call.map(str::to_owned), name: name.to_owned(), about, delay: None }
    }

    #[test]
    fn a_fault_is_on_for_its_call_and_party_until_all_are_reset() {
        let faults = Faults::default();
        faults.switch(&fault(SLOW, None, None)).unwrap();
        faults.switch(&fault(UNKNOWN_PARTY, Some("Ping"), Some(7))).unwrap();
        let name = |call, about| faults.on(ADDRESS, call, about).map(|fault| fault.name);
        assert_eq!(name("ping", Some(7)).as_deref(), Some(UNKNOWN_PARTY));
        assert_eq!(name("Ping", Some(8)).as_deref(), Some(SLOW));
        assert_eq!(faults.on(ADDRESS, "x", None).unwrap().delay, Some(DELAY));
        assert_eq!(faults.on(REVOCATION, "Ping", Some(7)), None);
        faults.reset();
        assert_eq!(name("Ping", Some(7)), None);
    }

    #[test]
    fn a_fault_that_there_is_not_is_refused_with_those_that_there_are() {
        let error = Faults::default().switch(&fault(STALE, None, None)).unwrap_err();
        assert!(error.contains("it has unknown-party, empty-certificate"), "{error}");
        let elsewhere = Fault { register: "cppa".to_owned(), ..fault(SLOW, None, None) };
        assert!(Faults::default().switch(&elsewhere).unwrap_err().contains("there is no register `cppa`"));
    }
}
