//! Everything a report is made from.

use checks::Judgement;
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use checks::profile::Profile;
use evidence::digest::Digest;
use evidence::event::Recorded;
use evidence::history::History;

/// A judged run.
#[derive(Debug, Clone, Copy)]
pub struct View<'v> {
    /// What happened.
    pub history: &'v History,
    /// What it means.
    pub judgement: &'v Judgement,
    /// By which profile.
    pub profile: &'v Profile,
    /// The requirements.
    pub catalogue: &'v Catalogue,
    /// Digest of the last line of the log.
    pub head: Digest,
    /// The tool and its version.
    pub tool: &'v str,
    /// Name of the run for commands: its folder, or for an inspection the files.
    pub run_name: &'v str,
    /// The log itself: which blob an event names, and what happened between the messages.
    pub events: &'v [Recorded],
    /// The text of a scenario file by its name, where the tool has it. Quoted only when its digest is the one that
    /// the log names.
    pub scenario_text: fn(&str) -> Option<&'static str>,
}

impl View<'_> {
    /// How a command that shows this ends: a check that failed in itself goes before what was found.
    pub fn exit(&self) -> Exit {
        if self.judgement.has_harness_bug() { Exit::HARNESS_BUG } else { self.judgement.exit }
    }
}
