//! `init`.

use clap::{Args as ClapArgs, ValueEnum};
use std::path::PathBuf;

/// `init`.
#[derive(Debug, ClapArgs)]
pub struct Init {
    /// The folder to write into: the root of your repository
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Supplier of the system under test
    #[arg(long, value_name = "NAME")]
    pub supplier: Option<String>,
    /// Name of the system
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
    /// Its version
    #[arg(long, value_name = "VERSION")]
    pub system_version: Option<String>,
    /// The command that starts it, as typed into a shell; {{kit}} becomes the folder of the kit
    #[arg(long, value_name = "LINE", conflicts_with_all = ["image", "running"])]
    pub command: Option<String>,
    /// The container image that it is
    #[arg(long, value_name = "NAME", conflicts_with = "running")]
    pub image: Option<String>,
    /// It is started by somebody else
    #[arg(long)]
    pub running: bool,
    /// Where it listens for ebXML
    #[arg(long, default_value = "http://127.0.0.1:8481/")]
    pub url: String,
    /// For which CI system
    #[arg(long, value_enum)]
    pub ci: Option<CiSystem>,
    /// Ask nothing: defaults for what no flag says
    #[arg(long)]
    pub yes: bool,
}

/// A CI system that `init` writes a job for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiSystem {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// Azure Pipelines
    Azure,
}
