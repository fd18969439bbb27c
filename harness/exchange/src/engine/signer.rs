//! With which certificate a message of ours is signed: the party's own, or one of the kit's that must not be accepted.

use super::run::Run;
use crate::scenario::{SendStep, SignWith};
use crate::subject::HarnessParty;
use msh::identity::Identity;

/// The identity that signs; `None` when the kit has no such certificate.
pub(super) fn of(run: &Run, step: &SendStep, from: &HarnessParty, role: &str) -> Option<Identity> {
    let mut identity = from.identity.clone();
    if let Some(with) = step.sign {
        let (certificate, key) = run.plan.subject.signers.get(&(role.to_owned(), with))?;
        identity.sign_certificate = certificate.clone();
        identity.sign_key = key.clone();
    }
    Some(identity)
}

/// In words, among what is altered.
pub(super) fn deviation(with: SignWith) -> String {
    format!("signed: with a certificate of the sender's that is {}", with.word())
}
