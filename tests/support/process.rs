//! The command as a process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

pub use super::free_port;

/// The command with arguments, in a folder.
pub fn provestein_in(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provestein"));
    command.args(args).current_dir(folder);
    command
}

/// Its exit code.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// Everything that it printed.
pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A process that runs beside the test, and ends with it.
pub struct Background(Child);

impl Background {
    /// Starts it, and waits for a line that holds `ready`.
    pub fn start(folder: &Path, args: &[&str], ready: &str) -> Self {
        let mut child = provestein_in(folder, args).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = lines.map_while(Result::ok).take_while(|line| !line.contains(ready));
        assert!(seen.by_ref().count() < 1000, "it printed too much");
        Self(child)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
