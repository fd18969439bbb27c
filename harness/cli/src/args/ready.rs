//! Arguments of `ready`.

use certify::certificate::Direction;
use clap::{Args as ClapArgs, ValueEnum};
use jiff::civil::Date;
use std::path::PathBuf;

/// `ready`.
#[derive(Debug, ClapArgs)]
pub struct Ready {
    /// The message with its version, e.g. LOG_INNLAGT@1.6; with --matrix and --national: only this one
    #[arg(value_name = "MESSAGE@VERSION", required_unless_present_any = ["matrix", "national"])]
    pub message: Option<String>,
    /// Where the certificates are: the folder of a register, or a JSON list of unsigned ones for trying things out
    #[arg(long, value_name = "PATH")]
    pub register: PathBuf,
    /// File with the verifier key of the register, from elsewhere than the register
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// Who has which systems in use: YAML, or CSV when the name ends so
    #[arg(long, value_name = "FILE", required_unless_present = "matrix")]
    pub roster: Option<PathBuf>,
    /// One municipality, by number or name
    #[arg(long, value_name = "NUMBER", required_unless_present_any = ["group", "all", "matrix", "national"], conflicts_with_all = ["group", "all"])]
    pub municipality: Option<String>,
    /// A group of municipalities: all of it must be ready
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    pub group: Option<String>,
    /// All municipalities of the roster
    #[arg(long)]
    pub all: bool,
    /// Which product is certified for what, and who can exchange what with whom
    #[arg(long, conflicts_with_all = ["national", "municipality", "group", "letters", "sheet", "direction", "with"])]
    pub matrix: bool,
    /// How far each message has come, by size of municipality and county, and what it depends on
    #[arg(long, conflicts_with_all = ["municipality", "group", "letters", "sheet", "direction", "with"])]
    pub national: bool,
    /// Which way the message goes, seen from the municipality: send or receive [default: as the standards have it]
    #[arg(long)]
    pub direction: Option<Direction>,
    /// Who is at the other end: hospital, gp, municipality, other, or the id of one [default: whoever the roster names]
    #[arg(long, value_name = "WHO")]
    pub with: Option<String>,
    /// On which day [default: today, in Norway]
    #[arg(long, value_name = "DATE", value_parser = super::date::day)]
    pub on: Option<Date>,
    /// Form of the output
    #[arg(long, value_enum, default_value = "human")]
    pub format: ReadyFormat,
    /// Write a letter to each supplier who can change the answer into this folder, in bokmål and English
    #[arg(long, value_name = "DIR")]
    pub letters: Option<PathBuf>,
    /// Write a page for each municipality that anybody there can read and print, in bokmål and nynorsk, into this folder
    #[arg(long, value_name = "DIR")]
    pub sheet: Option<PathBuf>,
    /// Who signs the letters [default: the municipality or the group]
    #[arg(long, value_name = "NAME")]
    pub sender: Option<String>,
}

/// Form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReadyFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}
