//! Completions and man pages, from the one definition.

use super::terminal::{print, say};
use crate::args::Args;
use crate::failure::Failure;
use checks::exit::Exit;
use clap::CommandFactory as _;
use clap_complete::Shell;
use std::path::Path;

/// Writes completions to standard output.
pub fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "provestein", &mut script);
    print(&String::from_utf8_lossy(&script));
    Exit::MET
}

/// Writes man pages into a folder.
///
/// # Errors
/// 20 when the folder cannot be written.
pub fn man(dir: &Path) -> Result<Exit, Failure> {
    let wrong = |error: std::io::Error| {
        Failure::new(Exit::USAGE, format!("failed to write man pages into {}: {error}", dir.display()))
    };
    std::fs::create_dir_all(dir).map_err(wrong)?;
    clap_mangen::generate_to(Args::command(), dir).map_err(wrong)?;
    say(format!("man pages written into {}", dir.display()));
    Ok(Exit::MET)
}
