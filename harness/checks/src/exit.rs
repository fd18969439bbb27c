//! The exit codes: the one table (design §5), in the order in which the first that applies is taken.

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exit {
    /// The process's exit code.
    pub code: u8,
    /// What it means, in English.
    pub meaning: &'static str,
}

impl Exit {
    /// The log or a blob was altered or is missing.
    pub const EVIDENCE_BROKEN: Self = Self { code: 30, meaning: "evidence broken" };
    /// The harness itself failed.
    pub const HARNESS_BUG: Self = Self { code: 70, meaning: "harness bug" };
    /// The command line.
    pub const USAGE: Self = Self { code: 20, meaning: "usage" };
    /// A file that the run is made from.
    pub const INPUT_INVALID: Self = Self { code: 21, meaning: "scenario, profile or subject file invalid" };
    /// No scenario fits.
    pub const NOTHING_SELECTED: Self = Self { code: 22, meaning: "nothing selected" };
    /// An obligation was violated by the subject.
    pub const VIOLATED: Self = Self { code: 10, meaning: "conformance violated" };
    /// The harness's own correct message breaks a rule.
    pub const SUITE_DEFECT: Self = Self { code: 14, meaning: "suite defect" };
    /// Addresses, partners or certificates do not fit together.
    pub const CONFIGURATION: Self = Self { code: 12, meaning: "configuration" };
    /// The subject could not be reached or understood.
    pub const ENVIRONMENT: Self = Self { code: 13, meaning: "environment/subject unreachable" };
    /// Something demanded could not be told.
    pub const NOT_ESTABLISHED: Self = Self { code: 11, meaning: "not established" };
    /// A snapshot differs.
    pub const SNAPSHOT: Self = Self { code: 15, meaning: "snapshot differs or pending" };
    /// Everything demanded was met.
    pub const MET: Self = Self { code: 0, meaning: "all obligations met" };

    /// The whole table, in order of precedence.
    pub const ALL: [Self; 12] = [
        Self::EVIDENCE_BROKEN,
        Self::HARNESS_BUG,
        Self::USAGE,
        Self::INPUT_INVALID,
        Self::NOTHING_SELECTED,
        Self::VIOLATED,
        Self::SUITE_DEFECT,
        Self::CONFIGURATION,
        Self::ENVIRONMENT,
        Self::NOT_ESTABLISHED,
        Self::SNAPSHOT,
        Self::MET,
    ];

    /// The entry with this code.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exit| exit.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_used_once() {
        let mut codes: Vec<u8> = Exit::ALL.iter().map(|e| e.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Exit::ALL.len());
        assert_eq!(Exit::of_code(14), Some(Exit::SUITE_DEFECT));
    }
}
