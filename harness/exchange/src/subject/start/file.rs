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
    /// As a container.
    Container(ContainerFile),
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

/// A container. `{{…}}` in `command`, `env` and `mount` is filled.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerFile {
    /// Name and tag of the image. One of `image`, `dockerfile` and `tar` is given.
    #[serde(default)]
    pub image: Option<String>,
    /// A folder with a Dockerfile, to build.
    #[serde(default)]
    pub dockerfile: Option<PathBuf>,
    /// A tar archive: what `docker save` wrote, or a root file system.
    #[serde(default)]
    pub tar: Option<PathBuf>,
    /// What is run instead of the image's own command.
    #[serde(default)]
    pub command: Vec<String>,
    /// What is run instead of the image's own entry point.
    #[serde(default)]
    pub entrypoint: Option<String>,
    /// Environment variables.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Path inside, to the folder or file of this machine that is mounted there, to read only.
    #[serde(default)]
    pub mount: BTreeMap<String, String>,
    /// `port of this machine:port inside`.
    #[serde(default)]
    pub ports: Vec<String>,
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
