//! The requirement catalogue: every clause that this tool knows, with its stable id.
//!
//! The files are embedded (`fixtures/requirements/<document>.tsv`, one a document); nothing is read from disk.
//! An id is for ever: it is retired (level REMOVED), never reused.

mod embedded;
mod parse;
mod requirement;

pub(crate) use embedded::explanations;
pub use parse::CatalogueError;
pub use requirement::{Level, Requirement, RequirementId};

use evidence::digest::Digest;
use std::collections::BTreeMap;

/// All requirements, in the order of documents and of clauses within each.
#[derive(Debug, Clone)]
pub struct Catalogue {
    requirements: Vec<Requirement>,
    by_id: BTreeMap<RequirementId, usize>,
    digest: Digest,
}

impl Catalogue {
    /// The catalogue that ships with the tool.
    ///
    /// # Panics
    /// Never: a test of this crate reads the very same files.
    pub fn embedded() -> Self {
        Self::of_files(embedded::files()).expect("the embedded catalogue is read by a test of this crate")
    }

    /// Reads a catalogue from files: name and text of each.
    ///
    /// # Errors
    /// Every mistake in every file, each with file, line and column.
    pub fn of_files<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Result<Self, Vec<CatalogueError>> {
        let mut files: Vec<(&str, &str)> = files.into_iter().collect();
        files.sort_unstable();
        let mut requirements = Vec::new();
        let mut mistakes = Vec::new();
        let mut by_id = BTreeMap::new();
        let mut joined = Vec::new();
        for (name, text) in files {
            joined.extend_from_slice(Digest::of(text.as_bytes()).to_string().as_bytes());
            joined.extend_from_slice(format!("  {name}\n").as_bytes());
            for (line, row) in parse::file(name, text, &mut mistakes) {
                let before = by_id.insert(row.id.clone(), requirements.len());
                if before.is_some() {
                    mistakes.push(CatalogueError::new(name, line, format!("id `{}` is used twice", row.id)));
                }
                requirements.push(row);
            }
        }
        if mistakes.is_empty() { Ok(Self { requirements, by_id, digest: Digest::of(&joined) }) } else { Err(mistakes) }
    }

    /// The requirement with this id.
    pub fn get(&self, id: &str) -> Option<&Requirement> {
        self.by_id.get(id).map(|&index| &self.requirements[index])
    }

    /// All requirements, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter()
    }

    /// How many requirements there are.
    pub fn len(&self) -> usize {
        self.requirements.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Digest over all files, as `sha256sum` of the list that `sha256sum *.tsv` prints.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_whole() {
        let catalogue = Catalogue::of_files(embedded::files()).unwrap();
        assert_eq!(catalogue.len(), 2374, "an id is retired, never taken away");
        let rule = catalogue.get("HITS1172-109").unwrap();
        assert_eq!((rule.section.as_str(), rule.level), ("5.12", Level::Must));
        assert_eq!(rule.document, "HITS 1172:2017 (11/2019)");
        assert_eq!(catalogue.get("HIS80415-2004-3.3.2-4").unwrap().level, Level::Removed);
        assert!(catalogue.get("HITS1172-1").is_none());
        assert_eq!(Catalogue::embedded().digest(), catalogue.digest());
    }

    #[test]
    fn an_id_is_used_once_in_all_files() {
        let text = "document\tD\nid\tsection\tlevel\tapplies_to\tdirection\tsubject\tstatement\tresponse\tobservable\tnotes\n\
                    A-1\t1\tMUST\tany\tgenerated\ts\tt\t-\twire\t-\n";
        let mistakes = Catalogue::of_files([("a.tsv", text), ("b.tsv", text)]).unwrap_err();
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].to_string(), "b.tsv:3: id `A-1` is used twice");
    }
}
