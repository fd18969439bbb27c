//! What a person sees while and after a run.

use crate::failure::Failure;
use crate::run_folder::Judged;
use checks::exit::Exit;
use evidence::log::Clock;
use jiff::Timestamp;
use report::Style;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

pub use super::progress::Teller;

/// The first failure to write to standard output: the work goes on, the command ends with it.
static LOST: OnceLock<String> = OnceLock::new();

/// Prints a line for people.
pub fn say(text: impl Display) {
    keep(writeln!(anstream::stdout(), "{text}"));
}

/// Prints a line with a stranger's text in it: what would end the line, move the cursor, hide or turn something is shown as
/// a sign, so that nobody writes lines of ours.
pub fn say_stated(line: impl Display) {
    say(stated(&line.to_string()));
}

fn stated(line: &str) -> String {
    line.split(' ').map(report::visible).collect::<Vec<_>>().join(" ")
}

/// Prints exact text for programs.
pub fn print(text: &str) {
    print_bytes(text.as_bytes());
}

/// Prints bytes as they are.
pub fn print_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout();
    keep(out.write_all(bytes).and_then(|()| out.flush()));
}

/// A closed pipe is no failure: whoever read has seen enough.
fn keep(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // Only the first says why.
        let _ = LOST.set(error.to_string());
    }
}

/// Whether everything that was printed arrived.
///
/// # Errors
/// 70 when it did not.
pub fn all_printed() -> Result<(), Failure> {
    keep(std::io::stdout().flush());
    match LOST.get() {
        None => Ok(()),
        Some(error) => Err(Failure::new(
            Exit::HARNESS_BUG,
            format!("what was to be printed could not be written to standard output: {error}"),
        )
        .meaning("output lost; what came out cannot be told from this code")
        .hint("write it to where there is room; a run that was recorded is judged again by `provestein judge RUN`")),
    }
}

/// How to write for this terminal; `NO_COLOR` and pipes are respected.
pub fn style() -> Style {
    let color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100);
    Style { color, width }
}

/// The clocks of this machine.
#[derive(Debug)]
pub struct MachineClock(Instant);

impl MachineClock {
    /// Begins now.
    pub fn start() -> Arc<dyn Clock> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for MachineClock {
    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed_ms(&self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }
}

/// Where everything of a run lies, for the last screen.
pub struct Places {
    /// How a command names the run, where its name alone would not be found.
    run: Option<String>,
    log: String,
    report: String,
    reproduce: String,
}

impl Places {
    /// Of a run folder.
    pub fn of_run(folder: &Path) -> Self {
        let is_usual = folder.parent() == Some(Path::new(crate::args::REPORTS));
        Self {
            run: (!is_usual).then(|| folder.display().to_string()),
            log: folder.join(evidence::log::LOG_FILE).display().to_string(),
            report: folder.join("report.html").display().to_string(),
            reproduce: format!("provestein judge {}", folder.display()),
        }
    }

    /// Of an inspection, which keeps nothing.
    pub fn of_inspection(command: String) -> Self {
        let none = "none: an inspection keeps nothing".to_owned();
        Self { run: None, log: none.clone(), report: none, reproduce: command }
    }
}

/// Prints the scenarios, the findings and the last screen, and returns how the command ends.
pub fn conclude(judged: &Judged, places: &Places) -> Exit {
    let (mut view, style) = (judged.view(), style());
    if let Some(run) = &places.run {
        view.run_name = run;
    }
    let paths = report::terminal::Paths { log: &places.log, report: &places.report, reproduce: &places.reproduce };
    say("");
    say(report::terminal::scenarios(&view, &style));
    let findings = report::terminal::findings(&view, &style);
    if !findings.is_empty() {
        say(findings);
    }
    let open = super::answer::open_questions(&judged.history, places.run.as_deref().unwrap_or(&judged.name));
    if !open.is_empty() {
        open.into_iter().for_each(say);
        say("");
    }
    say(report::terminal::closing(&view, &style, &paths).trim_end());
    judged.exit()
}

/// An asynchronous runtime of two threads.
///
/// # Errors
/// 70 when the machine refuses.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))
}
