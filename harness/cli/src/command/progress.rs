//! What a person sees while a run goes on: on a terminal one live line, elsewhere a line a scenario and one every half
//! minute, so that a log never looks dead.

use super::terminal::say;
use crate::run_folder;
use checks::exit::Exit;
use exchange::engine::Progress;
use exchange::preflight::{Look, Outcome};
use exchange::scenario::Loaded;
use jiff::{Timestamp, tz::TimeZone};
use report::clean;
use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines where there is no terminal.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Between two looks at the live line.
const TICK: Duration = Duration::from_secs(1);

/// Tells a person what is going on.
pub struct Teller {
    interactive: bool,
    state: Mutex<State>,
    /// The run folder, where the first failure ends the run.
    fail_fast: Option<PathBuf>,
}

/// What is going on.
#[derive(Debug, Clone)]
struct State {
    began: Instant,
    number: usize,
    of: usize,
    scenario: String,
    /// What was last told of the subject, before the first scenario.
    subject: String,
    /// For what is waited, and until when.
    waiting: Option<(String, Timestamp)>,
}

impl Default for State {
    fn default() -> Self {
        Self { began: Instant::now(), number: 0, of: 0, scenario: String::new(), subject: String::new(), waiting: None }
    }
}

impl State {
    /// `[3/12] receipts/acknowledgment/lost: waiting for the subject: apprec of `first`, until 12:00:30, 25 s left`.
    fn line(&self, now: Timestamp, zone: &TimeZone) -> Option<String> {
        if self.scenario.is_empty() {
            return (!self.subject.is_empty()).then(|| format!("the subject: {}", self.subject));
        }
        let head = format!("[{}/{}] {}", self.number, self.of, self.scenario);
        let Some((what, until)) = &self.waiting else { return Some(format!("{head} …")) };
        let left = until.duration_since(now).as_secs().max(0);
        let until = zone.to_datetime(*until).strftime("%H:%M:%S");
        Some(format!("{head}: waiting for {what}, until {until}, {left} s left"))
    }
}

impl Teller {
    /// For this terminal.
    pub fn new() -> Self {
        Self { interactive: std::io::stdout().is_terminal(), state: Mutex::default(), fail_fast: None }
    }

    /// The same; the run in `folder` ends with its first failure.
    #[must_use]
    pub fn failing_fast(mut self, folder: &Path) -> Self {
        self.fail_fast = Some(folder.to_owned());
        self
    }

    /// Does the work, and tells meanwhile what is going on.
    pub async fn beside<T>(&self, work: impl Future<Output = T>) -> T {
        let period = if self.interactive { TICK } else { HEARTBEAT };
        every(period, || self.beat(), work).await
    }

    fn beat(&self) {
        let line = self.state().line(Timestamp::now(), &TimeZone::system());
        match line {
            Some(line) if self.interactive => self.transient(&format!("  {line}")),
            Some(line) => say(format!("  waiting   {line}")),
            None => {}
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn transient(&self, text: &str) {
        if self.interactive {
            let mut out = anstream::stdout();
            let _ = write!(out, "\r\x1b[2K{text}");
            let _ = out.flush();
        }
    }
}

/// Does the work, and something else every so often until it is done.
async fn every<T>(period: Duration, mut beat: impl FnMut(), work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(period) => beat(),
        }
    }
}

impl Progress for Teller {
    fn listening(&self, address: SocketAddr) {
        say(format!("  inbox     listening at {address}"));
    }

    fn subject(&self, what: &str) {
        self.transient("");
        clean(what).clone_into(&mut self.state().subject);
        say(format!("  subject   {}", clean(what)));
    }

    fn preflight(&self, probe: &str, ok: bool, detail: &str) {
        say(format!("  {probe:<9} {}{}", if ok { "" } else { "FAILED: " }, clean(detail)));
    }

    /// Only what is wrong: the rest is in the log.
    fn looked(&self, looks: &[Look]) {
        for look in looks.iter().filter(|look| matches!(look.outcome, Outcome::Wrong(_))) {
            say(format!("  preflight FAILED: {}: {}", clean(&look.what), clean(&look.found)));
            say(format!("            {}", look.advice));
        }
        say("");
    }

    fn scenario(&self, number: usize, of: usize, scenario: &Loaded) {
        *self.state() = State { number, of, scenario: scenario.id.clone(), ..State::default() };
        self.transient(&format!("  [{number}/{of}] {} …", scenario.id));
    }

    fn waiting(&self, what: &str, label: &str, until: Timestamp) {
        let mut state = self.state();
        state.waiting = Some((format!("the subject: {what} of `{label}`"), until));
        let line = state.line(Timestamp::now(), &TimeZone::system()).unwrap_or_default();
        drop(state);
        self.transient(&format!("  {line}"));
    }

    fn ended(&self, scenario: &Loaded, reason: Option<&str>) {
        self.transient("");
        let state = std::mem::take(&mut *self.state());
        let took = state.began.elapsed().as_secs_f32();
        match reason {
            None => say(format!("  done      {:<46} {took:>6.2} s  {}", scenario.id, scenario.scenario.title.en)),
            Some(reason) => say(format!("  GIVEN UP  {:<46} {took:>6.2} s  {reason}", scenario.id)),
        }
    }

    /// With `--fail-fast` what was recorded so far is judged. Only a violation or a scenario that was given up ends the
    /// run: what is still open may be settled by what comes later.
    fn enough(&self, scenario: &Loaded, given_up: bool) -> Option<String> {
        let folder = self.fail_fast.as_ref()?;
        let violated = || run_folder::judge(folder, None).is_ok_and(|judged| judged.exit() == Exit::VIOLATED);
        (given_up || violated()).then(|| format!("stopped by --fail-fast after {}", scenario.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_is_awaited_until_when() {
        let now: Timestamp = "2026-01-15T09:30:00Z".parse().unwrap();
        let mut state = State { number: 3, of: 12, scenario: "receipts/lost".to_owned(), ..State::default() };
        assert_eq!(state.line(now, &TimeZone::UTC).unwrap(), "[3/12] receipts/lost …");
        state.waiting = Some(("the subject: apprec of `first`".to_owned(), "2026-01-15T09:30:25Z".parse().unwrap()));
        let line = "[3/12] receipts/lost: waiting for the subject: apprec of `first`, until 09:30:25, 25 s left";
        assert_eq!(state.line(now, &TimeZone::UTC).unwrap(), line);
        assert_eq!(State::default().line(now, &TimeZone::UTC), None);
        let starting = State { subject: "starting".to_owned(), ..State::default() };
        assert_eq!(starting.line(now, &TimeZone::UTC).unwrap(), "the subject: starting");
    }

    #[tokio::test(start_paused = true)]
    async fn a_line_every_half_minute_while_the_work_goes_on() {
        let mut beats = 0;
        let work = async {
            tokio::time::sleep(Duration::from_secs(100)).await;
            "done"
        };
        assert_eq!(every(HEARTBEAT, || beats += 1, work).await, "done");
        assert_eq!(beats, 3);
    }
}
