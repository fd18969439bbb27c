//! Everything a report is made from.

use crate::cases;
use checks::Judgement;
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use checks::profile::Profile;
use checks::verdict::Verdict;
use evidence::digest::Digest;
use evidence::event::Recorded;
use evidence::history::History;

/// Name, among a run's inputs, under which stands which part of a larger run it is.
pub const SHARD_INPUT: &str = "shard:";

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
    /// The title in bokmål that such a text has; the log holds the English one.
    pub scenario_title_nb: fn(&str) -> Option<String>,
}

impl<'v> View<'v> {
    /// How a command that shows this ends: a check that failed in itself goes before what was found.
    pub fn exit(&self) -> Exit {
        match self.judgement.exit {
            _ if self.judgement.has_harness_bug() => Exit::HARNESS_BUG,
            Exit::NOT_ESTABLISHED if cases::is_inspection(self) && self.judged_anything() => Exit::MET,
            exit => exit,
        }
    }

    /// What captured messages do not show was never asked of them, so nothing missing makes an inspection fail.
    fn judged_anything(&self) -> bool {
        self.judgement.observations.iter().any(|seen| !matches!(seen.verdict, Verdict::CannotTell(_)))
    }

    /// Scenarios of the profile that did not run: not selected, or not covered by what the subject claims. An
    /// inspection runs none and leaves none out.
    pub fn not_run(&self) -> Vec<&'v str> {
        let all = if cases::is_inspection(self) { &[] } else { self.profile.scenarios.as_slice() };
        let ran = |id: &&String| self.judgement.scenarios.iter().any(|scenario| scenario.id == **id);
        all.iter().filter(|id| !ran(id)).map(String::as_str).collect()
    }

    /// Which part of a larger run this is, e.g. `2/4`; `None` for a run that is whole in itself.
    pub fn shard(&self) -> Option<&'v str> {
        let inputs = self.history.run.as_ref().map_or(&[][..], |run| &run.inputs);
        inputs.iter().find_map(|(name, _)| name.strip_prefix(SHARD_INPUT))
    }

    /// What the exit code means for this run: with scenarios left out, 0 does not mean all that is demanded.
    pub fn meaning(&self) -> String {
        let (exit, left_out) = (self.exit(), self.not_run().len());
        let shard = self.shard().map(|shard| format!(" (shard {shard})")).unwrap_or_default();
        if exit != Exit::MET || left_out == 0 {
            return format!("{}{shard}", exit.meaning);
        }
        let all = self.profile.scenarios.len();
        format!(
            "all obligations that were tested are met; {left_out} of {all} scenarios of the profile did not run{shard}"
        )
    }
}
