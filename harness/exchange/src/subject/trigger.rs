//! How the subject is made to send: a request, a command, or a person.

use super::file::duration;
use super::resolve::ResolveError;
use carrier::http::Url;
use carrier::port::Pending;
use carrier::tls::ClientTls;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Key of the trigger for every message that has none of its own.
pub const DEFAULT: &str = "default";

/// A command that takes longer than this is cut off, unless the file says otherwise.
const WITHIN: Duration = Duration::from_secs(30);

/// One way to make the subject send: exactly one of `post`, `command` and `person`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerFile {
    /// `http://…` or `https://…`: a POST is made there, and any 2xx means that the message is on its way.
    #[serde(default)]
    pub post: Option<String>,
    /// The body of the POST, as JSON; when absent, all that is known about the step.
    #[serde(default)]
    pub json: Option<serde_json::Value>,
    /// For `https`: PEM file with the CAs to trust.
    #[serde(default)]
    pub trust: Option<PathBuf>,
    /// A program and its arguments. It gets all that is known about the step as JSON on its standard input; exit code
    /// 0 means that the message is on its way.
    #[serde(default)]
    pub command: Option<Vec<String>>,
    /// `true`: ask a person.
    #[serde(default)]
    pub person: bool,
    /// How long the request or the command may take.
    #[serde(default)]
    pub within: Option<String>,
}

/// How the subject sends again what is not acknowledged.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryFile {
    /// Between two sendings; in a test system shorter than the 12 hours of the standard.
    pub interval: String,
    /// Sendings after the first.
    pub count: u32,
}

/// A trigger, ready to be pulled.
#[derive(Debug, Clone)]
pub enum Trigger {
    /// A POST.
    Post {
        /// Where to; may hold placeholders.
        url: String,
        /// The body; `None`: all that is known.
        json: Option<serde_json::Value>,
        /// Trust for `https`.
        tls: Option<ClientTls>,
        /// How long it may take.
        within: Duration,
    },
    /// A command.
    Command {
        /// Program and arguments; may hold placeholders.
        line: Vec<String>,
        /// The folder of the subject file, in which it is run.
        folder: PathBuf,
        /// How long it may take.
        within: Duration,
    },
    /// A person.
    Person,
    /// Something inside this process.
    Inside(Inside),
}

/// A subject inside this process that can be told to send.
pub trait Pull: Send + Sync {
    /// Carries out an order: whether it was, in one sentence, and what was printed.
    fn pull<'a>(&'a self, order: &'a serde_json::Value) -> Pending<'a, (bool, String, Vec<u8>)>;
}

/// See [`Pull`].
#[derive(Clone)]
pub struct Inside(pub Arc<dyn Pull>);

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Inside")
    }
}

/// Reads all triggers; `folder` is where the subject file lies.
///
/// # Errors
/// [`ResolveError`].
pub(super) fn resolve(
    files: &BTreeMap<String, TriggerFile>,
    folder: &Path,
) -> Result<BTreeMap<String, Trigger>, ResolveError> {
    files.iter().map(|(name, file)| Ok((name.clone(), one(name, file, folder)?))).collect()
}

fn one(name: &str, file: &TriggerFile, folder: &Path) -> Result<Trigger, ResolveError> {
    let misfit = |reason: &str| ResolveError::Misfit(format!("trigger of `{name}`: {reason}"));
    let within = match &file.within {
        None => WITHIN,
        Some(text) => duration(text).ok_or_else(|| misfit("`within` is no duration; write `30 s` or `2 min`"))?,
    };
    match (&file.post, &file.command, file.person) {
        (Some(url), None, false) => {
            // Placeholders stand in path and query; what stands before them has to be an address already.
            let probe: Url = url.replace("{{", "").replace("}}", "").parse()?;
            let trust = file.trust.as_ref().map(|path| {
                let path = folder.join(path);
                let read = std::fs::read_to_string(&path);
                read.map_err(|source| ResolveError::Read { path, what: "trust of a trigger".to_owned(), source })
            });
            let tls = trust.transpose()?.map(|pem| ClientTls::new(&pem, None)).transpose()?;
            if probe.secure && tls.is_none() {
                return Err(misfit("an https address needs `trust`: a PEM file with its CA"));
            }
            Ok(Trigger::Post { url: url.clone(), json: file.json.clone(), tls, within })
        }
        (None, Some(line), false) if !line.is_empty() => {
            Ok(Trigger::Command { line: line.clone(), folder: folder.to_owned(), within })
        }
        (None, None, true) => Ok(Trigger::Person),
        _ => Err(misfit("exactly one of `post`, `command` (not empty) and `person: true` is needed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(file: &TriggerFile) -> Result<Trigger, ResolveError> {
        one("LOG_INNLAGT@1.6", file, Path::new("/nowhere"))
    }

    #[test]
    fn exactly_one_way_is_needed() {
        let post = TriggerFile { post: Some("http://127.0.0.1:1/{{message}}".into()), ..TriggerFile::default() };
        assert!(matches!(resolved(&post), Ok(Trigger::Post { within, .. }) if within == WITHIN));
        let command =
            TriggerFile { command: Some(vec!["./send".into()]), within: Some("5 s".into()), ..TriggerFile::default() };
        let Ok(Trigger::Command { within, folder, .. }) = resolved(&command) else { panic!("a command") };
        assert_eq!((within, folder.as_path()), (Duration::from_secs(5), Path::new("/nowhere")));
        let text = resolved(&TriggerFile { person: true, ..post }).unwrap_err().to_string();
        assert!(text.contains("exactly one of"), "{text}");
        assert!(resolved(&TriggerFile::default()).is_err());
        let secure = TriggerFile { post: Some("https://127.0.0.1/".into()), ..TriggerFile::default() };
        assert!(resolved(&secure).unwrap_err().to_string().contains("needs `trust`"));
    }
}
