//! What a CI system is told beside the reports: annotations and a summary of the job.

use super::terminal::say;
use crate::args::Annotations;
use crate::failure::Failure;
use crate::run_folder::Judged;
use report::annotation;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Name of GitLab's report, beside the run folders: a job names one path.
pub const CODE_QUALITY: &str = "code-quality.json";

/// The CI system that this runs in, and where it takes a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ci {
    system: Annotations,
    summary: Option<PathBuf>,
}

impl Ci {
    /// As asked for, or as the environment shows.
    pub fn of(asked: Annotations) -> Self {
        Self::in_environment(asked, |name| std::env::var_os(name))
    }

    /// <https://docs.github.com/actions>, GitLab's and Azure's pages of predefined variables.
    fn in_environment(asked: Annotations, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let is_true = |name: &str| variable(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let system = match asked {
            Annotations::Auto if is_true("GITHUB_ACTIONS") => Annotations::Github,
            Annotations::Auto if is_true("GITLAB_CI") => Annotations::Gitlab,
            Annotations::Auto if is_true("TF_BUILD") => Annotations::Azure,
            Annotations::Auto => Annotations::None,
            asked => asked,
        };
        let summary = variable("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { system, summary: summary.filter(|_| system == Annotations::Github) }
    }

    /// Writes annotations and summary of a run that was judged and reported in `folder`.
    ///
    /// # Errors
    /// When GitLab's file cannot be written. A summary that cannot is told, and fails nothing.
    pub fn tell(&self, judged: &Judged, folder: &Path) -> Result<(), Failure> {
        let annotations = annotation::of(&judged.view());
        match self.system {
            Annotations::Github => lines(&annotation::github(&annotations)),
            Annotations::Azure => {
                lines(&annotation::azure(&annotations));
                let path = std::path::absolute(folder.join("summary.md")).unwrap_or_else(|_| folder.join("summary.md"));
                say(format!("##vso[task.uploadsummary]{}", path.display()));
            }
            Annotations::Gitlab => {
                let path = folder.parent().unwrap_or(folder).join(CODE_QUALITY);
                std::fs::write(&path, annotation::gitlab(&annotations)).map_err(|error| {
                    let what = format!("failed to write {}: {error}", path.display());
                    Failure::of_disk(&std::io::Error::new(error.kind(), what))
                })?;
            }
            Annotations::Auto | Annotations::None => {}
        }
        self.summarise(&report::markdown::render(&judged.view()));
        Ok(())
    }

    /// Adds to the summary of the job.
    pub fn summarise(&self, text: &str) {
        let Some(path) = &self.summary else { return };
        let appended = OpenOptions::new().append(true).create(true).open(path);
        if let Err(error) = appended.and_then(|mut file| writeln!(file, "{text}")) {
            say(format!("the job summary could not be written to {}: {error}", path.display()));
        }
    }
}

fn lines(text: &str) {
    if !text.is_empty() {
        say(text.trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ci(asked: Annotations, variables: &[(&str, &str)]) -> Ci {
        Ci::in_environment(asked, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_environment_shows_the_system_and_a_flag_wins() {
        assert_eq!(ci(Annotations::Auto, &[]).system, Annotations::None);
        assert_eq!(ci(Annotations::Auto, &[("TF_BUILD", "True")]).system, Annotations::Azure);
        assert_eq!(ci(Annotations::Auto, &[("GITLAB_CI", "true")]).system, Annotations::Gitlab);
        let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "/s.md")];
        assert_eq!(ci(Annotations::Auto, &github).summary, Some(PathBuf::from("/s.md")));
        assert_eq!(ci(Annotations::None, &github), Ci { system: Annotations::None, summary: None });
    }
}
