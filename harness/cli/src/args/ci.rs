//! What a CI job asks of a run.

use clap::{Args as ClapArgs, ValueEnum};
use std::str::FromStr;

/// What a CI job asks of a run.
#[derive(Debug, Clone, ClapArgs)]
#[command(next_help_heading = "In CI")]
pub struct CiArgs {
    /// End the run after the first scenario that is violated or given up
    #[arg(long)]
    pub fail_fast: bool,
    /// Only a part of the scenarios, e.g. 2/4: the second of four parts
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
    /// Run everything so many times, each time as a run of its own, and show how often each passed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub repeat: u16,
    /// Whose annotations to write beside the reports; `auto`: of the CI system that this runs in
    #[arg(long, value_enum, default_value = "auto")]
    pub annotations: Annotations,
}

/// Whose annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Annotations {
    /// Of the CI system that the environment shows
    Auto,
    /// GitHub Actions: workflow commands on standard output, and the job summary
    Github,
    /// GitLab CI: code-quality.json beside the run folders
    Gitlab,
    /// Azure Pipelines: logging commands on standard output, and the job summary
    Azure,
    /// None
    None,
}

/// A part of the scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub part: u32,
    /// Of how many.
    pub of: u32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((part, of)) if (1..=of).contains(&part) => Ok(Self { part, of }),
            _ => Err("a part is I/N with I from 1 to N, e.g. 2/4".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_one_of_those_there_are() {
        assert_eq!("2/4".parse(), Ok(Shard { part: 2, of: 4 }));
        for wrong in ["0/4", "5/4", "1/0", "1", "a/b", "1/2/3", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
