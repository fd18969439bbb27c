//! Everything a report is made from.

use checks::catalogue::Catalogue;
use checks::Judgement;
use checks::profile::Profile;
use evidence::digest::Digest;
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
}
