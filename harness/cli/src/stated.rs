//! What a `result.json` beside a log states about it, and whether the log bears that out.
//!
//! The chain of a log shows every change but one: a tail that was cut off. Only a file made when the log was longer
//! shows that, so nothing may be concluded from the shorter log, and that file may not be overwritten.

use crate::failure::Failure;
use crate::run_folder::Judged;
use crate::{TOOL, embedded, run_folder};
use checks::exit::Exit;
use evidence::digest::Digest;
use evidence::log::LOG_FILE;
use evidence::read::Stored;
use report::View;
use report::html::Lang;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Name of the file.
pub const RESULT: &str = "result.json";

/// What `result.json` states.
pub struct Stated {
    text: String,
    json: Value,
}

/// Of how much of the log `result.json` was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Of all of it.
    Whole,
    /// Of its first events; the run went on afterwards.
    Beginning(u64),
}

impl Stated {
    /// What the file in a run folder states; `None` without such a file.
    ///
    /// # Errors
    /// 30 when it is not JSON.
    pub fn of(folder: &Path) -> Result<Option<Self>, Failure> {
        let Ok(text) = fs::read_to_string(folder.join(RESULT)) else { return Ok(None) };
        let json = serde_json::from_str(&text)
            .map_err(|error| broken(format!("{} is not JSON: {error}", folder.join(RESULT).display())))?;
        Ok(Some(Self { text, json }))
    }

    /// Holds the log against what is stated.
    ///
    /// # Errors
    /// 30 when the log is shorter than stated, or another one.
    pub fn reach(&self, stored: &Stored) -> Result<Reach, Failure> {
        let file = stored.folder.join(RESULT).display().to_string();
        let (Some(events), Some(head)) = (self.json["run"]["events"].as_u64(), self.json["run"]["head"].as_str())
        else {
            return Err(broken(format!("{file} does not say of how many events it was made, and which was the last")));
        };
        let has = stored.events.len() as u64;
        if events > has {
            return Err(broken(format!(
                "the log in {} has {has} events, but {file} was made when it had {events}: it was cut",
                stored.folder.display()
            ))
            .hint("restore the log from where the run was made; nothing is concluded from what is left of it"));
        }
        let head_then = if events == has { Some(stored.head) } else { head_after(&stored.folder, events) };
        if head_then.is_none_or(|then| then.to_string() != head) {
            return Err(broken(format!("{file} was made from another log: its {events} events end in {head}"))
                .hint("restore the log, or the file, from where the run was made"));
        }
        Ok(if events == has { Reach::Whole } else { Reach::Beginning(events) })
    }

    /// The profile by which was judged, `name@version`.
    pub fn profile(&self) -> Option<String> {
        let profile = &self.json["profile"];
        Some(format!("{}@{}", profile["name"].as_str()?, profile["version"].as_u64()?))
    }

    /// Another tool, catalogue or profile than this one judged; in words, `None` when it was this one.
    fn other_judge(&self, now: &Value) -> Option<String> {
        let of = |json: &Value| {
            ["/tool", "/suite/version", "/suite/catalogue", "/profile/digest"].map(|key| json.pointer(key).cloned())
        };
        let maker = self.json["tool"].as_str().unwrap_or("an unknown tool").to_owned();
        match of(&self.json) == of(now) {
            true => None,
            false if maker == TOOL => Some(format!("another build of {maker}")),
            false => Some(maker),
        }
    }
}

/// Stops when a `result.json` shows that the log was longer, or another one.
///
/// # Errors
/// 30.
pub fn not_cut(stored: &Stored) -> Result<(), Failure> {
    // A file that is no JSON states nothing; `verify` says so, and `report` makes it anew.
    match Stated::of(&stored.folder) {
        Ok(Some(stated)) => stated.reach(stored).map(|_| ()),
        Ok(None) | Err(_) => Ok(()),
    }
}

/// Judges again and holds the files of the run folder against what comes out: what was the same, in lines for people.
///
/// # Errors
/// 30 when a file is not what this tool makes from the log.
pub fn compare(stated: &Stated, folder: &Path) -> Result<Vec<String>, Failure> {
    let known = stated.profile().filter(|profile| embedded::profile(profile).is_ok());
    let Some(profile) = known else {
        return Ok(vec![format!("{RESULT} names a profile that this tool does not have: verdicts were not compared")]);
    };
    let judged = run_folder::judge(folder, Some(&profile))?;
    let now = report::json::render(&judged.view());
    let json: Value = serde_json::from_str(&now).unwrap_or_default();
    if let Some(other) = stated.other_judge(&json) {
        return Ok(vec![
            format!("{RESULT} was made by {other}: its verdicts were not compared, nor the other reports"),
            format!("`provestein judge {}` judges the log by this tool", folder.display()),
        ]);
    }
    if stated.text != now {
        return Err(differs(folder, RESULT));
    }
    let mut lines = vec![format!("{RESULT} is what judging by {} gives, byte for byte", judged.profile.id())];
    for name in ["report.html", "junit.xml", "summary.md"] {
        let Ok(text) = fs::read_to_string(folder.join(name)) else { continue };
        if !rendered_again(&judged, name, &text) {
            return Err(differs(folder, name));
        }
        lines.push(format!("{name} is what this log gives, byte for byte"));
    }
    Ok(lines)
}

/// Whether a report comes out the same, in one of the languages, under the folder's name or the one it had.
fn rendered_again(judged: &Judged, name: &str, text: &str) -> bool {
    let names = [Some(judged.name.clone()), name_then(judged, text)];
    names.into_iter().flatten().any(|run_name| {
        let view = View { run_name: &run_name, ..judged.view() };
        match name {
            "junit.xml" => report::junit::render(&view) == text,
            "summary.md" => report::markdown::render(&view) == text,
            _ => [Lang::En, Lang::Nb].into_iter().any(|lang| report::html::render(&view, lang) == text),
        }
    })
}

/// The name that the folder had when the report was made: it ends in the beginning of the run's id.
fn name_then(judged: &Judged, text: &str) -> Option<String> {
    let run = &judged.history.run.as_ref()?.run;
    let end = format!("-{}", run.get(..8)?);
    let stop = text.find(&end)? + end.len();
    let of_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let begin = text[..stop].rfind(|c: char| !of_name(c)).map_or(0, |at| at + 1);
    text.get(begin..stop).map(str::to_owned)
}

fn differs(folder: &Path, name: &str) -> Failure {
    let place = folder.display();
    broken(format!("{place}/{name} is not what judging the log gives: it was changed after it was made"))
        .hint(format!("the log is whole: `provestein judge {place}` shows its verdicts, `provestein report {place}` makes the files anew"))
}

fn broken(message: String) -> Failure {
    Failure::new(Exit::EVIDENCE_BROKEN, message)
}

/// Digest of the line with which so many events end.
fn head_after(folder: &Path, events: u64) -> Option<Digest> {
    let Some(last) = events.checked_sub(1) else { return Some(Digest::ZERO) };
    let bytes = fs::read(folder.join(LOG_FILE)).ok()?;
    bytes.split(|&b| b == b'\n').nth(usize::try_from(last).ok()?).map(Digest::of)
}
