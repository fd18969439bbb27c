//! `run --repeat`: the same several times, each time a run of its own, and how often each scenario and requirement came
//! out how. What passed only sometimes did not pass.

use super::terminal::say;
use crate::failure::Failure;
use crate::run_folder;
use checks::Outcome;
use checks::exit::Exit;
use checks::ledger::Status;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the file, beside the run folders.
pub const FILE: &str = "repeat.json";

/// How often something came out how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Passed, or verified.
    pub good: usize,
    /// Failed, or violated.
    pub bad: usize,
    /// Anything else.
    pub open: usize,
}

impl Count {
    fn of(self) -> usize {
        self.good + self.bad + self.open
    }

    /// Came out well sometimes, and sometimes not.
    fn is_flaky(self) -> bool {
        self.good > 0 && self.good < self.of()
    }

    fn words(self, good: &str, bad: &str) -> String {
        let flaky = if self.is_flaky() { "  FLAKY: not a pass" } else { "" };
        format!("{good} {} of {}, {bad} {}, open {}{flaky}", self.good, self.of(), self.bad, self.open)
    }
}

/// What came out of all runs.
#[derive(Debug, Default)]
pub struct Tally {
    runs: Vec<(String, Exit)>,
    scenarios: BTreeMap<String, Count>,
    requirements: BTreeMap<String, Count>,
}

impl Tally {
    /// Takes a run with the exit code that it ended with; gives whether it came to its end.
    ///
    /// # Errors
    /// As judging it.
    pub fn take(&mut self, folder: &Path, exit: Exit) -> Result<bool, Failure> {
        let judged = run_folder::judge(folder, None)?;
        self.runs.push((judged.name.clone(), exit));
        for scenario in &judged.judgement.scenarios {
            let count = self.scenarios.entry(scenario.id.clone()).or_default();
            match scenario.verdict {
                Outcome::Passed => count.good += 1,
                Outcome::Failed => count.bad += 1,
                Outcome::NotEstablished => count.open += 1,
            }
        }
        for row in judged.judgement.ledger.rows() {
            let count = self.requirements.entry(row.requirement.to_string()).or_default();
            match row.status {
                Status::Verified => count.good += 1,
                Status::Violated => count.bad += 1,
                _ => count.open += 1,
            }
        }
        Ok(judged.history.ended)
    }

    /// How the command ends: as the run with the gravest end. Nothing improves by repeating.
    pub fn exit(&self) -> Exit {
        let ended = |exit: &&Exit| self.runs.iter().any(|(_, of_run)| of_run == *exit);
        Exit::ALL.iter().find(ended).copied().unwrap_or(Exit::MET)
    }

    /// For people: every scenario, and the requirements that were violated or did not come out the same each time.
    pub fn tell(&self) {
        say(format!("Repeated {} times ----", self.runs.len()));
        for (name, exit) in &self.runs {
            say(format!("  run       {name}  exit {}: {}", exit.code, exit.meaning));
        }
        for (id, count) in &self.scenarios {
            say(format!("  scenario  {id:<46} {}", count.words("passed", "failed")));
        }
        for (id, count) in self.notable() {
            say(format!("  requires  {id:<46} {}", count.words("verified", "violated")));
        }
        let exit = self.exit();
        say(format!("  exit      {}: {}, the gravest of {} runs", exit.code, exit.meaning, self.runs.len()));
        let (all, failed) = (self.scenarios.values(), self.scenarios.values().filter(|count| count.bad > 0).count());
        let passed = all.filter(|count| count.good == count.of()).count();
        say(format!("{passed} passed, {failed} failed, {} skipped", self.scenarios.len() - passed - failed));
    }

    fn notable(&self) -> impl Iterator<Item = (&String, &Count)> {
        self.requirements.iter().filter(|(_, count)| count.bad > 0 || count.is_flaky())
    }

    /// For the summary of the job.
    pub fn markdown(&self) -> String {
        let mut out = format!("## Prøvestein: repeated {} times (exit {})\n\n", self.runs.len(), self.exit().code);
        out.push_str("| scenario | passed | failed | open |  |\n|---|---|---|---|---|\n");
        for (id, count) in &self.scenarios {
            let flaky = if count.is_flaky() { "flaky: not a pass" } else { "" };
            out.push_str(&format!(
                "| `{id}` | {} of {} | {} | {} | {flaky} |\n",
                count.good,
                count.of(),
                count.bad,
                count.open
            ));
        }
        out
    }

    /// Writes `repeat.json` for programs.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, out: &Path) -> Result<PathBuf, Failure> {
        let counts = |of: &BTreeMap<String, Count>, good: &str, bad: &str| -> Vec<Value> {
            let one = |(id, count): (&String, &Count)| json!({ "id": id, good: count.good, bad: count.bad, "open": count.open, "flaky": count.is_flaky() });
            of.iter().map(one).collect()
        };
        let exit = self.exit();
        let value = json!({
            "format": 1,
            "runs": self.runs.iter().map(|(name, exit)| json!({ "run": name, "exit": exit.code })).collect::<Vec<_>>(),
            "scenarios": counts(&self.scenarios, "passed", "failed"),
            "requirements": counts(&self.requirements, "verified", "violated"),
            "exit": { "code": exit.code, "meaning": exit.meaning },
        });
        let path = out.join(FILE);
        fs::write(&path, format!("{value:#}\n")).map_err(|error| Failure::of_disk(&error))?;
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_sometimes_is_flaky_and_the_gravest_end_counts() {
        let count = Count { good: 3, bad: 1, open: 1 };
        assert!(
            count.is_flaky() && count.words("passed", "failed").starts_with("passed 3 of 5, failed 1, open 1  FLAKY")
        );
        assert!(!Count { good: 5, ..Count::default() }.is_flaky() && !Count { bad: 5, ..Count::default() }.is_flaky());
        let run = |exit| ("run".to_owned(), exit);
        let tally = |runs| Tally { runs, ..Tally::default() };
        assert_eq!(tally(vec![run(Exit::MET), run(Exit::NOT_ESTABLISHED), run(Exit::VIOLATED)]).exit(), Exit::VIOLATED);
        assert_eq!(tally(vec![run(Exit::MET), run(Exit::MET)]).exit(), Exit::MET);
    }
}
