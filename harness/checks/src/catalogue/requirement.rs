//! One clause of a standard.

use std::borrow::{Borrow, Cow};
use std::fmt;

/// The stable id of a requirement, e.g. `HITS1172-109`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId(Cow<'static, str>);

impl RequirementId {
    /// An id that is known when the tool is built.
    pub const fn known(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// An id that a file names.
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for RequirementId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The standard's word for how binding a clause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Struck out by a later edition; kept so that the id is never reused.
    Removed,
    /// A permission: whoever meets it has to tolerate it.
    May,
    /// Advice.
    Should,
    /// An obligation or a prohibition.
    Must,
}

impl Level {
    /// The word in catalogue and profiles.
    pub fn code(self) -> &'static str {
        match self {
            Self::Removed => "REMOVED",
            Self::May => "MAY",
            Self::Should => "SHOULD",
            Self::Must => "MUST",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Removed, Self::May, Self::Should, Self::Must].into_iter().find(|l| l.code() == word)
    }

    /// Whether a breach is a breach of conformance: only of an obligation. Advice that is not followed is
    /// reported, and fails nothing.
    pub fn is_obligation(self) -> bool {
        self == Self::Must
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Stable id.
    pub id: RequirementId,
    /// The document with its edition, e.g. `HITS 1172:2017 (11/2019)`.
    pub document: String,
    /// Chapter.
    pub section: String,
    /// How binding.
    pub level: Level,
    /// Which messages or whose behaviour.
    pub applies_to: String,
    /// `generated`, `processed` or `generated+processed`.
    pub direction: String,
    /// Element, field or theme.
    pub subject: String,
    /// What is demanded, in our words.
    pub statement: String,
    /// What the document prescribes on a breach.
    pub response: Option<String>,
    /// What it takes to observe it: `wire`, or what is needed beside it.
    pub observable: String,
    /// Remarks on doubt and contradictions.
    pub notes: Option<String>,
}

impl Requirement {
    /// Whether it speaks about what a system writes.
    pub fn is_generated(&self) -> bool {
        self.direction.contains("generated")
    }

    /// Where a person finds it in the printed document, e.g. `HITS 1172 rule 109 (5.12)`. Only HITS 1172
    /// numbers its rules; elsewhere the chapter and our running number within it are what there is.
    pub fn source_line(&self) -> String {
        let document = self.document.split(':').next().unwrap_or_default();
        let document = document.split(" v1").next().unwrap_or_default().trim();
        let own = self.id.as_str().rsplit('-').next().unwrap_or_default();
        let digits = own.trim_end_matches('b');
        let is_rule = self.id.as_str() == format!("HITS1172-{own}") && digits.bytes().all(|b| b.is_ascii_digit());
        if is_rule {
            format!("{document} rule {digits} ({})", self.section)
        } else if own == self.section {
            format!("{document} {own}")
        } else {
            format!("{document} {} ({own})", self.section)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;

    #[test]
    fn names_the_printed_place() {
        let catalogue = Catalogue::embedded();
        let line = |id: &str| catalogue.get(id).unwrap().source_line();
        assert_eq!(line("HITS1172-109"), "HITS 1172 rule 109 (5.12)");
        assert_eq!(line("HITS1172-54b"), "HITS 1172 rule 54 (5.9.1)");
        assert_eq!(line("HITS1172-5.14.2-u1"), "HITS 1172 5.14.2 (u1)");
        assert_eq!(line("HITS1168-4.1-8"), "HITS 1168 4.1 (8)");
        assert_eq!(line("HIS80415-2012-3.5-1"), "HIS 80415 3.5 (1)");
    }
}
