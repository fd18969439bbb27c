//! Arguments about people who answer, and about what comes after a run.

use super::{Lang, REPORTS};
use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

/// Who answers questions that no program can.
#[derive(Debug, ClapArgs)]
pub struct PeopleArgs {
    /// File with the answers of the people at the system, by scenario and question
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Whether to ask on the terminal what the file does not answer; `auto`: when there is one
    #[arg(long, value_enum, default_value = "auto")]
    pub ask: Ask,
}

/// Whether to ask on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ask {
    /// When standard input is a terminal
    Auto,
    /// Always: read answers from standard input
    Always,
    /// Never: what is not answered is not established
    Never,
}

/// `answer`.
#[derive(Debug, ClapArgs)]
pub struct Answer {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// Event number of the question; without it, the open questions are listed
    #[arg(requires = "answer")]
    pub question: Option<u64>,
    /// The answer, one of those that the question knows
    #[arg(requires = "by")]
    pub answer: Option<String>,
    /// Who answers
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub by: String,
    /// A remark
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// A picture or file; can be given several times
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Answer all open questions from a file, by scenario and question
    #[arg(long, value_name = "FILE", conflicts_with = "question")]
    pub answers: Option<PathBuf>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// Language of the HTML report
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
}

/// `collect`.
#[derive(Debug, ClapArgs)]
pub struct Collect {
    /// The run: its folder, its name, or `latest`
    pub run: String,
    /// Wait so many minutes instead of until 96 hours after the last message
    #[arg(long, value_name = "MINUTES")]
    pub wait: Option<u64>,
    /// Folder that holds the run folders
    #[arg(long, default_value = REPORTS)]
    pub out: PathBuf,
    /// Language of the HTML report
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
}
