//! The binary: arguments to work to exit code.

use clap::Parser as _;
use provestein::args::Args;
use provestein::checks::exit::Exit;
use provestein::failure::Failure;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
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
    match guarded(|| provestein::run(args)) {
        Ok(exit) => ExitCode::from(exit.code),
        Err(failure) => {
            anstream::eprintln!("{failure}");
            ExitCode::from(failure.exit.code)
        }
    }
}

/// Does the work; a panic becomes a failure with the exit code that the table has for it, not Rust's 101.
fn guarded(work: impl FnOnce() -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panicked| Err(mistake(panicked.as_ref())))
}

fn mistake(panicked: &(dyn Any + Send)) -> Failure {
    let said = panicked.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panicked.downcast_ref::<&str>().copied()).unwrap_or("no reason was given");
    // Whoever reads our output may stop reading, `| head` does: nobody's mistake, but the work was not finished.
    if said.starts_with("failed printing to") {
        return Failure::new(Exit::HARNESS_BUG, format!("the output was closed before everything was written: {said}"));
    }
    Failure::new(Exit::HARNESS_BUG, format!("provestein made a mistake: {said}"))
        .hint("please report it, with the command and the lines above; what was recorded before is still there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_with_70_and_asks_to_report_it() {
        let failure = guarded(|| panic!("number {}", 7)).unwrap_err();
        assert_eq!(failure.exit, Exit::HARNESS_BUG);
        let text = failure.to_string();
        assert!(text.contains("number 7") && text.contains("please report it") && text.contains("exit 70"), "{text}");
        assert!(guarded(|| panic!("as it is")).unwrap_err().to_string().contains("as it is"));
    }

    #[test]
    fn a_closed_pipe_is_nothing_to_report() {
        let failure = guarded(|| panic!("failed printing to stdout: Broken pipe (os error 32)")).unwrap_err();
        assert!(!failure.to_string().contains("report"), "{failure}");
    }

    #[test]
    fn what_ends_well_stays_so() {
        assert_eq!(guarded(|| Ok(Exit::MET)).unwrap(), Exit::MET);
    }
}
