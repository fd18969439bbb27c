//! The steps of a scenario.

use super::life;
use super::registers;
use super::run::{EngineError, Progress, Run};
use super::standing::Standing;
use crate::scenario::{Loaded, Step};
use evidence::event::Seq;
use std::sync::Arc;

/// Carries out a scenario; returns why it was given up, if it was.
pub(super) async fn carry_out(
    run: &Arc<Run>,
    loaded: &Loaded,
    (started, standing): (Seq, Option<&Standing>),
    progress: &dyn Progress,
) -> Result<Option<String>, EngineError> {
    run.desk().begin_scenario();
    let scene = Scene { run, loaded, started, progress, standing };
    for (step, &line) in loaded.scenario.steps.iter().zip(&loaded.step_lines) {
        if standing.is_some_and(|standing| line < standing.line) {
            continue;
        }
        run.check()?;
        if let Some(reason) = run.life.down() {
            return Ok(Some(reason));
        }
        if let Some(reason) = scene.step(step, line).await? {
            return Ok(Some(reason));
        }
    }
    run.check()?;
    Ok(None)
}

/// Why a step waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Await,
    Quiet,
    Ignore,
}

/// A scenario that is under way.
pub(super) struct Scene<'a> {
    pub run: &'a Arc<Run>,
    pub loaded: &'a Loaded,
    pub started: Seq,
    pub progress: &'a dyn Progress,
    /// The question that was asked already, in a run that goes on.
    pub standing: Option<&'a Standing>,
}

impl Scene<'_> {
    async fn step(&self, step: &Step, line: u32) -> Result<Option<String>, EngineError> {
        match step {
            Step::Send(send) => self.send(send, line).await,
            Step::Resend(label) => self.transmit(label).await,
            Step::Await(target) => self.wait(target, line, Purpose::Await).await,
            Step::Quiet(target) => self.wait(target, line, Purpose::Quiet).await,
            Step::Ignore(target) => self.wait(target, line, Purpose::Ignore).await,
            Step::Reacknowledge(again) => self.reacknowledge(again, line).await,
            Step::Restart(how) => life::restart(self.run, *how, self.progress).await,
            Step::Mode(mode) => registers::switch(self.run, self.started, mode, line).await,
            Step::Trigger(trigger) => self.trigger(trigger, line).await,
            Step::Answer(answer) => self.answer(answer, line).await,
            Step::Ask(ask) => self.ask(ask, line).await,
        }
    }
}
