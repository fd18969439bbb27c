//! The key `start` of a subject file.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// How the subject is started.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StartFile {
    /// It runs already.
    #[default]
    Running,
    /// As a process of this machine.
    Process(ProcessFile),
}

/// A process. `{{…}}` in `command` and `env` is filled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProcessFile {
    /// The program and its arguments. It stays in the foreground.
    pub command: Vec<String>,
    /// Environment variables beside those of the harness.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Folder that it runs in; by default that of the subject file.
    #[serde(default)]
    pub dir: Option<PathBuf>,
    /// What shows that it is ready; by default that its `carrier` address accepts connections.
    #[serde(default)]
    pub ready: Option<ReadyFile>,
    /// How long that may take; 30 s by default.
    #[serde(default)]
    pub within: Option<String>,
    /// How long it has to end after SIGTERM before it is killed; 10 s by default.
    #[serde(default)]
    pub grace: Option<String>,
}

/// What shows that the subject is ready: one of the three.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReadyFile {
    /// A text in a line that it prints.
    Log(String),
    /// An `http:` address that answers with 2xx or 3xx.
    Http(String),
    /// A TCP port of this machine that accepts connections.
    Port(u16),
}
