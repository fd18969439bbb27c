//! From scenarios and a subject to what will be done, and why something will not.

use crate::message::MessageTypes;
use crate::scenario::{CarrierKind, Direction, Loaded, Side, Step};
use crate::subject::Subject;
use carrier::stand_in::StandIns;
use evidence::challenge::Challenge;
use evidence::digest::Digest;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The subject.
    pub subject: Subject,
    /// The scenarios, in order.
    pub scenarios: Vec<Loaded>,
    /// The message types.
    pub messages: MessageTypes,
    /// Shortest time that a silence must last, from the profile.
    pub quiet: Duration,
    /// Hours by which GenDate of our messages is shifted, from the profile.
    pub gen_date_shift_hours: i32,
    /// Digest of every input file, by name, with its bytes.
    pub inputs: Vec<(String, Vec<u8>)>,
    /// The challenge from which ids of ours derive; its file is among the inputs.
    pub challenge: Option<Challenge>,
    /// Digest over everything embedded.
    pub suite: Digest,
    /// Registers that are open during the run.
    pub registers: Option<Arc<dyn StandIns>>,
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {reason}")]
pub struct PlanError {
    /// The scenario's file.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// A scenario that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The scenario.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// Splits scenarios into those that the subject's claim covers and those that it does not.
pub fn select(
    scenarios: Vec<Loaded>,
    claims: &[(String, String)],
    can_restart: bool,
    carrier: CarrierKind,
) -> (Vec<Loaded>, Vec<LeftOut>) {
    let mut left_out = Vec::new();
    let claimed = |loaded: &Loaded| {
        let needs = &loaded.scenario.needs;
        let direction = if needs.direction == Direction::Receive { "receive" } else { "send" };
        claims.iter().any(|(message, d)| *message == needs.message && d == direction)
    };
    let selected = scenarios
        .into_iter()
        .filter_map(|loaded| {
            if loaded.scenario.needs.carrier.is_some_and(|needed| needed != carrier) {
                let reason = "it takes another carrier than the subject's (`carrier` in the subject file)".to_owned();
                left_out.push(LeftOut { id: loaded.id, reason });
                return None;
            }
            if claimed(&loaded) {
                let restarts = loaded.scenario.steps.iter().any(|step| matches!(step, Step::Restart(_)));
                if can_restart || !restarts {
                    return Some(loaded);
                }
                let reason = "it restarts the subject, which the harness did not start (`start` in the subject file)";
                left_out.push(LeftOut { id: loaded.id, reason: reason.to_owned() });
                return None;
            }
            let needs = &loaded.scenario.needs;
            let reason = format!("the subject does not claim {} ({:?})", needs.message, needs.direction);
            left_out.push(LeftOut { id: loaded.id, reason });
            None
        })
        .collect();
    (selected, left_out)
}

impl Plan {
    /// Checks that every role is bound, every message type known and every patient there.
    ///
    /// # Errors
    /// All [`PlanError`]s at once.
    pub fn check(&self) -> Result<(), Vec<PlanError>> {
        let errors: Vec<PlanError> = self
            .scenarios
            .iter()
            .flat_map(|loaded| {
                let reasons = self.reasons(loaded);
                reasons.into_iter().map(|reason| PlanError { file: loaded.file.clone(), reason })
            })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn reasons(&self, loaded: &Loaded) -> Vec<String> {
        let mut reasons = Vec::new();
        for (role, side) in &loaded.scenario.parties {
            let (bound, whose) = match side {
                Side::Harness => (self.subject.partners.contains_key(role), "the kit"),
                Side::Subject => (self.subject.parties.contains_key(role), "the subject file"),
            };
            if !bound {
                reasons.push(format!("role `{role}` is not among the parties of {whose}"));
            }
        }
        for step in &loaded.scenario.steps {
            let message = match step {
                Step::Send(send) => send.message.as_ref(),
                Step::Trigger(trigger) => Some(&trigger.message),
                _ => None,
            };
            if let Some(message) = message.filter(|name| self.messages.get(name).is_none()) {
                let known: Vec<_> = self.messages.names().collect();
                reasons.push(format!("message `{message}` is not known; known are {}", known.join(", ")));
            }
            let Step::Send(send) = step else { continue };
            if (send.addressed.is_some() || send.encrypt.is_some()) && !self.subject.partners.contains_key("stranger") {
                reasons.push("the kit has no party `stranger`".to_owned());
            }
        }
        reasons
    }
}
