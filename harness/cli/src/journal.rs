//! The journal of the built-in reference: it writes with the templates and the cast that the harness uses too.
//!
//! So the agreement of both proves nothing about the templates; schemas and other people's systems do.

use crate::embedded;
use crate::failure::Failure;
use ::reference::journal::{Journal, Order, Written};
use checks::exit::Exit;
use exchange::cast::{Cast, CastParty};
use exchange::message::{Filling, MessageTypes};
use jiff::Timestamp;

/// Writes what the municipality sends.
#[derive(Debug)]
pub struct CastJournal {
    own: CastParty,
    cast: Cast,
    messages: MessageTypes,
}

impl CastJournal {
    /// The journal of a party of the cast that knows the parties and patients of `cast`.
    ///
    /// # Errors
    /// Never with what ships.
    pub fn of(role: &str, cast: Cast) -> Result<Self, Failure> {
        let own = embedded::cast()?.parties.remove(role);
        let own = own.ok_or_else(|| Failure::new(Exit::HARNESS_BUG, format!("the cast has no `{role}`")))?;
        Ok(Self { own, cast, messages: embedded::messages()? })
    }
}

impl Journal for CastJournal {
    fn write(&self, order: &Order, msg_id: &str, now: Timestamp) -> Result<Written, String> {
        let kind = self.messages.get(&order.message).ok_or_else(|| format!("no message `{}`", order.message))?;
        let her = order.to.service.her;
        let to = self.cast.parties.values().find(|party| party.service.her == her);
        let patient = self.cast.patients.values().find(|patient| patient.id == order.patient.id);
        let filling = Filling {
            message: &order.message,
            from: &self.own,
            to: to.ok_or_else(|| format!("nobody has HER-id {her}"))?,
            patient: patient.ok_or("no such patient")?,
            msg_id,
            answers: order.answers.as_ref().map(|answered| answered.msg_id.as_str()),
            now,
        };
        let message = self.messages.fill(&filling).map_err(|error| error.to_string())?.into_bytes();
        Ok(Written { function: kind.function.clone(), schema: (kind.namespace.clone(), kind.version.clone()), message })
    }
}
