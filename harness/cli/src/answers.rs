//! A file with the answers of people, for a run that nobody sits at.

use checks::exit::Exit;
use exchange::engine::Reply;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, unread};

/// A picture of a screen has a few megabytes; more is a mistake.
pub const ATTACHMENT_MAX: u64 = 20 * 1024 * 1024;

/// The answers, by scenario and by the question's label.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    folder: PathBuf,
    by_scenario: BTreeMap<String, BTreeMap<String, Given>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswersFile {
    answers: BTreeMap<String, BTreeMap<String, Given>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    answer: String,
    by: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    attach: Vec<PathBuf>,
}

impl Answers {
    /// Reads a file of answers; attachments are looked for where it lies.
    ///
    /// # Errors
    /// 20 when it cannot be read, 21 with line and caret when it is no file of answers.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::new(Exit::USAGE, format!("failed to read the answers in {name}: {}", unread(&error)))
        })?;
        let file: AnswersFile = serde_saphyr::from_str(&text)
            .map_err(|error| Failure::new(Exit::INPUT_INVALID, format!("{name}: {error}")))?;
        let answers = Self { folder: path.parent().unwrap_or(Path::new(".")).to_owned(), by_scenario: file.answers };
        // A file that names a picture that is not there shall not be found wrong in the middle of a run.
        for given in answers.by_scenario.values().flat_map(BTreeMap::values) {
            for path in &given.attach {
                attachment(&answers.folder.join(path)).map_err(|reason| Failure::new(Exit::INPUT_INVALID, reason))?;
            }
        }
        Ok(answers)
    }

    /// The answer to a question, if the file has it.
    pub fn to(&self, scenario: &str, label: &str) -> Option<Reply> {
        let given = self.by_scenario.get(scenario)?.get(label)?;
        let mut attachments = Vec::new();
        for path in &given.attach {
            match attachment(&self.folder.join(path)) {
                Ok(found) => attachments.push(found),
                Err(reason) => return Some(Reply::Passed(reason)),
            }
        }
        Some(Reply::Answered {
            answer: given.answer.clone(),
            by: given.by.clone(),
            comment: given.comment.clone(),
            attachments,
        })
    }
}

/// Name and bytes of a file.
///
/// # Errors
/// One sentence: it cannot be read, or is too large.
pub fn attachment(path: &Path) -> Result<(String, Vec<u8>), String> {
    let fail = |error: std::io::Error| format!("failed to read the attachment {}: {error}", path.display());
    let mut bytes = Vec::new();
    let read = fs::File::open(path).map_err(fail)?.take(ATTACHMENT_MAX + 1).read_to_end(&mut bytes).map_err(fail)?;
    if read as u64 > ATTACHMENT_MAX {
        return Err(format!("the attachment {} is larger than {} MB", path.display(), ATTACHMENT_MAX / 1024 / 1024));
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok((name, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("shot.png"), b"picture").unwrap();
        let path = folder.path().join("answers.yaml");
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn an_answer_is_found_by_scenario_and_label() {
        let (_folder, path) = written("answers:\n  a/b:\n    shown: { answer: yes, by: Kari, attach: [shot.png] }\n");
        let answers = Answers::read(&path).unwrap();
        let Some(Reply::Answered { answer, by, attachments, .. }) = answers.to("a/b", "shown") else { panic!() };
        assert_eq!((answer.as_str(), by.as_str()), ("yes", "Kari"), "`yes` stays a word");
        assert_eq!(attachments, [("shot.png".to_owned(), b"picture".to_vec())]);
        assert_eq!(answers.to("a/b", "other"), None);
    }

    #[test]
    fn mistakes_are_found_before_the_run() {
        let (_folder, path) = written("answers:\n  a/b:\n    shown: { anser: yes, by: Kari }\n");
        let failure = Answers::read(&path).unwrap_err();
        assert_eq!(failure.exit.code, 21);
        assert!(failure.to_string().contains("anser"), "{failure}");
        let (_folder, path) = written("answers:\n  a/b:\n    shown: { answer: yes, by: K, attach: [none.png] }\n");
        assert!(Answers::read(&path).unwrap_err().to_string().contains("none.png"));
        assert_eq!(Answers::read(Path::new("/no/such")).unwrap_err().exit.code, 20);
    }
}
