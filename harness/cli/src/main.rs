//! The binary: arguments to work to exit code.

use clap::Parser as _;
use provestein::args::Args;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no mistakes; clap's own 2 becomes 20.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(20) } else { ExitCode::SUCCESS };
        }
    };
    match provestein::run(args) {
        Ok(exit) => ExitCode::from(exit.code),
        Err(failure) => {
            anstream::eprintln!("{failure}");
            ExitCode::from(failure.exit.code)
        }
    }
}
