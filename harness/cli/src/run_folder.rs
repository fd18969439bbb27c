//! Run folders: where they lie, what is judged in them, which reports are written.

use crate::TOOL;
use crate::args::{Lang, ReportFormat};
use crate::embedded;
use crate::failure::Failure;
use crate::stated;
use checks::Judgement;
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use checks::profile::Profile;
use evidence::digest::Digest;
use evidence::format;
use evidence::history::{self, History};
use evidence::log::LOG_FILE;
use evidence::read::{self, ReadError, Stored};
use jiff::Timestamp;
use report::View;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// A stored run, judged.
pub struct Judged {
    /// The log.
    pub stored: Stored,
    /// What happened.
    pub history: History,
    /// By which profile it was judged.
    pub profile: Profile,
    /// The requirements.
    pub catalogue: Catalogue,
    /// What it means.
    pub judgement: Judgement,
    /// How commands name the run.
    pub name: String,
}

impl Judged {
    /// For the reports.
    pub fn view(&self) -> View<'_> {
        View {
            history: &self.history,
            judgement: &self.judgement,
            profile: &self.profile,
            catalogue: &self.catalogue,
            events: &self.stored.events,
            scenario_text: embedded::scenario_text_of_file,
            scenario_title_nb: embedded::title_nb,
            head: self.stored.head,
            tool: TOOL,
            run_name: &self.name,
        }
    }

    /// How the command that made or judged it ends. A check that failed in itself goes first.
    pub fn exit(&self) -> Exit {
        self.view().exit()
    }
}

/// Judges the run in a folder by a profile, or by the one it was made with.
///
/// # Errors
/// 30 when the evidence is broken or was cut, 21 when the profile is not known.
pub fn judge(folder: &Path, profile: Option<&str>) -> Result<Judged, Failure> {
    let stored = open(folder)?;
    stated::not_cut(&stored)?;
    stored.check_blobs().map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    let history =
        history::of(&stored.events, &stored.blobs()).map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    let named = history.run.as_ref().map(|run| run.profile.clone());
    let name = profile.map(str::to_owned).or(named).ok_or_else(|| {
        Failure::new(
            Exit::EVIDENCE_BROKEN,
            format!("the log in {} has no RunStarted: nothing was recorded in it", folder.display()),
        )
    })?;
    let profile = embedded::profile(&name)?;
    let catalogue = Catalogue::embedded();
    let judgement = checks::judge(&history, &profile, &catalogue);
    let name = folder.file_name().map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned());
    Ok(Judged { stored, history, profile, catalogue, judgement, name })
}

/// Reads the log in a folder.
///
/// # Errors
/// 20 when there is none, 30 when it is broken.
pub fn open(folder: &Path) -> Result<Stored, Failure> {
    read::open(folder).map_err(|error| match &error {
        ReadError::NoLog(_) => Failure::of(Exit::USAGE, &error).hint("`provestein runs` lists the runs there are"),
        ReadError::Io { .. } => Failure::of(Exit::USAGE, &error),
        ReadError::Broken { .. } | ReadError::Blob { .. } => Failure::of(Exit::EVIDENCE_BROKEN, &error).hint(
            "what stands before that line is still readable with `provestein show`; nothing is concluded from it",
        ),
    })
}

/// Reads the log in a folder up to its first broken line, and why nothing after it counts: to look at, not to judge.
///
/// # Errors
/// 20 when there is none, 30 when not even its beginning can be read.
pub fn open_as_far_as_whole(folder: &Path) -> Result<(Stored, Option<Failure>), Failure> {
    let failure = match open(folder) {
        Ok(stored) => return Ok((stored, None)),
        Err(failure) => failure,
    };
    let whole = || {
        let Err(ReadError::Broken { path, line, .. }) = read::open(folder) else { return None };
        let bytes = fs::read(path).ok()?;
        let before: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').take(line - 1).collect();
        read::parse(&before.concat(), folder).ok()
    };
    match whole() {
        Some(stored) => Ok((stored, Some(failure))),
        None => Err(failure),
    }
}

/// Finds a run by folder, name, or `latest`.
///
/// # Errors
/// 20 when there is none.
pub fn find(run: &str, out: &Path) -> Result<PathBuf, Failure> {
    let as_path = PathBuf::from(run);
    if as_path.join(LOG_FILE).is_file() {
        return Ok(as_path);
    }
    if run == "latest" {
        let none = || Failure::new(Exit::USAGE, format!("there is no run in {}", out.display()));
        return list(out).pop().ok_or_else(none);
    }
    let named = out.join(run);
    if named.join(LOG_FILE).is_file() {
        return Ok(named);
    }
    if let Some(folder) = [&as_path, &named].into_iter().find(|folder| folder.is_dir()) {
        let message = format!("the folder {} is there, but holds no log ({LOG_FILE})", folder.display());
        return Err(Failure::new(Exit::USAGE, message)
            .hint("a run folder is evidence only as a whole: get the log from where the run was made"));
    }
    Err(Failure::new(Exit::USAGE, format!("there is no run `{run}`, neither as a folder nor in {}", out.display()))
        .hint("`provestein runs` lists the runs there are"))
}

/// The first event names the files that a run was made from; of a longer line nobody learns when its run began.
const FIRST_LINE_MAX: u64 = 1024 * 1024;

/// The runs in a folder, in the order in which they began; names say nothing about that.
pub fn list(out: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(out) else { return Vec::new() };
    let mut runs: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.join(LOG_FILE).is_file()).collect();
    runs.sort_by_cached_key(|folder| (began(folder), folder.clone()));
    runs
}

/// When a run began, from the first line of its log alone; `None` when that line is no event.
fn began(folder: &Path) -> Option<Timestamp> {
    let file = fs::File::open(folder.join(LOG_FILE)).ok()?;
    let mut line = Vec::new();
    BufReader::new(file.take(FIRST_LINE_MAX)).read_until(b'\n', &mut line).ok()?;
    let recorded = format::read_line(line.strip_suffix(b"\n")?, 0, Digest::ZERO).ok()?;
    Some(recorded.at)
}

/// A new folder for a run: the moment it began and the beginning of its id.
pub fn new_path(out: &Path, kind: &str, run: &str) -> PathBuf {
    let moment = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    out.join(format!("{moment}-{kind}-{}", &run[..8.min(run.len())]))
}

/// Writes the reports of a run into its folder.
///
/// # Errors
/// 20 when nothing may be written there, 70 when the disk is full.
pub fn write_reports(folder: &Path, judged: &Judged, formats: &[ReportFormat], lang: Lang) -> Result<(), Failure> {
    let view = judged.view();
    for format in formats {
        let (name, text) = match format {
            ReportFormat::Json => ("result.json", report::json::render(&view)),
            ReportFormat::Junit => ("junit.xml", report::junit::render(&view)),
            ReportFormat::Markdown => ("summary.md", report::markdown::render(&view)),
            ReportFormat::Html => ("report.html", report::html::render(&view, language(lang))),
        };
        let path = folder.join(name);
        write_whole(&path, &text).map_err(|error| refused(&path, &error))?;
    }
    Ok(())
}

/// Makes the folder of a new run. Done before anything is said: a place that does not fit is a mistake of the command
/// line.
///
/// # Errors
/// 20 when there cannot be a folder, 70 when the disk is full.
pub fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| refused(folder, &error))
}

/// Looks whether run folders can be made in `out`, and makes it.
///
/// # Errors
/// As [`make`].
pub fn check_out(out: &Path) -> Result<(), Failure> {
    let probe = out.join(format!(".probe-{}", std::process::id()));
    make(&probe)?;
    fs::remove_dir(&probe).map_err(|error| refused(&probe, &error))
}

/// A disk that is full, or a place where nothing can be written.
fn refused(path: &Path, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    let what = format!("failed to write {}: {error}", path.display());
    match error.kind() {
        ErrorKind::AlreadyExists
        | ErrorKind::NotADirectory
        | ErrorKind::PermissionDenied
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::NotFound
        | ErrorKind::InvalidFilename => {
            let place = path.parent().unwrap_or(path).display();
            Failure::new(Exit::USAGE, what).hint(format!(
                "{place} must be a folder, or a place for one, in which you may write; --out names another"
            ))
        }
        _ => Failure::of_disk(&std::io::Error::new(error.kind(), what)),
    }
}

/// A half-written report would be taken for a whole one.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let part = path.with_extension("part");
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // Nothing more can be done about the remains than to try.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Every report.
pub const ALL: [ReportFormat; 4] =
    [ReportFormat::Json, ReportFormat::Junit, ReportFormat::Markdown, ReportFormat::Html];

fn language(lang: Lang) -> report::html::Lang {
    match lang {
        Lang::Nb => report::html::Lang::Nb,
        Lang::En => report::html::Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::event::{Event, Recorded};

    #[test]
    fn the_latest_run_is_the_one_that_began_last_whatever_it_is_called() {
        let out = tempfile::tempdir().unwrap();
        let begun = |name: &str, day: &str| {
            let event = Event::RunEnded { reason: "finished".to_owned() };
            let at = format!("{day}T12:00:00Z").parse().unwrap();
            let first = Recorded { seq: 0, at, epoch: 0, elapsed_ms: 0, cause: None, event };
            fs::create_dir(out.path().join(name)).unwrap();
            let line = format::write_line(&first, Digest::ZERO);
            fs::write(out.path().join(name).join(LOG_FILE), format!("{line}\nnot read")).unwrap();
        };
        begun("sample", "2026-03-01");
        begun("20270101T000000Z-run-1", "2027-01-01");
        begun("copied", "2026-09-01");
        fs::create_dir(out.path().join("zz")).unwrap();
        fs::write(out.path().join("zz").join(LOG_FILE), "no event").unwrap();
        let names: Vec<_> = list(out.path()).iter().map(|run| run.file_name().unwrap().to_owned()).collect();
        assert_eq!(names, ["zz", "sample", "copied", "20270101T000000Z-run-1"]);
        assert!(find("latest", out.path()).unwrap().ends_with("20270101T000000Z-run-1"));
    }
}
