//! Arguments of `rejudge`.

use super::Format;
use clap::Args as ClapArgs;
use std::path::PathBuf;

/// `rejudge`.
#[derive(Debug, ClapArgs)]
pub struct Rejudge {
    /// The folder of the register
    #[arg(long, value_name = "DIR")]
    pub register: PathBuf,
    /// File with the verifier key of the register, from elsewhere than the register
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// Folders below which the run folders lie
    #[arg(long, value_name = "DIR", required = true, num_args = 1..)]
    pub runs: Vec<PathBuf>,
    /// For whom
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}
