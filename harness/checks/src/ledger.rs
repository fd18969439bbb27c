//! The ledger: each requirement of the profile, with its status. Nothing improves by merging.

use crate::catalogue::{Level, RequirementId};
use crate::observation::Observation;
use crate::verdict::Verdict;
use std::collections::BTreeMap;

/// How things stand with a requirement. The order is the order of merging: the greater wins
/// (none < pass < inconclusive < fail, as in TTCN; a worse one is never overwritten by a better one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The claim excludes it, and nothing was seen of it.
    NotApplicable,
    /// No check can see it from outside.
    NotObservable,
    /// Nothing called it forth. Never a pass.
    NotExercised,
    /// Seen as often as the profile asks for, never violated, never in doubt.
    Verified,
    /// Seen, but not often enough, or in doubt.
    NotEstablished,
    /// Violated at least once.
    Violated,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Self; 6] = [
        Self::NotApplicable,
        Self::NotObservable,
        Self::NotExercised,
        Self::Verified,
        Self::NotEstablished,
        Self::Violated,
    ];

    /// The word in `result.json`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotApplicable => "not-applicable",
            Self::NotObservable => "not-observable",
            Self::NotExercised => "not-exercised",
            Self::Verified => "verified",
            Self::NotEstablished => "not-established",
            Self::Violated => "violated",
        }
    }
}

/// One requirement's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The requirement.
    pub requirement: RequirementId,
    /// How binding, as the profile cites it.
    pub level: Level,
    /// How things stand.
    pub status: Status,
    /// How often it was seen satisfied.
    pub satisfied: u32,
    /// How often it was seen violated.
    pub violated: u32,
    /// How often it could not be told.
    pub cannot_tell: u32,
    /// How often it has to be seen satisfied; 0 where the profile judges it only when it turns up.
    pub minimum: u32,
}

impl Row {
    /// A row before anything was seen; `unseen` is its status as long as that is so.
    pub fn unseen(requirement: RequirementId, level: Level, minimum: u32, unseen: Status) -> Self {
        Self { requirement, level, status: unseen, satisfied: 0, violated: 0, cannot_tell: 0, minimum }
    }

    /// Counts one verdict.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Satisfied => self.satisfied += 1,
            Verdict::Violated => self.violated += 1,
            Verdict::CannotTell(_) => self.cannot_tell += 1,
        }
        self.status = if self.violated > 0 {
            Status::Violated
        } else if self.cannot_tell > 0 || self.satisfied < self.minimum.max(1) {
            Status::NotEstablished
        } else {
            Status::Verified
        };
    }

    /// Takes in the same requirement's row of another judgement. Counts are added, the status is the worse of
    /// the two: a run's evidence stands alone, so twice "one of two" is not "two of two".
    pub fn merge(&mut self, other: &Self) {
        self.level = self.level.max(other.level);
        self.status = self.status.max(other.status);
        self.satisfied += other.satisfied;
        self.violated += other.violated;
        self.cannot_tell += other.cannot_tell;
        self.minimum = self.minimum.max(other.minimum);
    }
}

/// All rows, by requirement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    rows: BTreeMap<RequirementId, Row>,
}

impl Ledger {
    /// A ledger in which nothing was seen yet.
    pub fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self { rows: rows.into_iter().map(|row| (row.requirement.clone(), row)).collect() }
    }

    /// Counts an observation; a requirement without a row gets one at `level`.
    pub fn count(&mut self, observation: &Observation, level: Level) {
        let id = &observation.requirement;
        let row =
            self.rows.entry(id.clone()).or_insert_with(|| Row::unseen(id.clone(), level, 0, Status::NotExercised));
        row.count(observation.verdict);
    }

    /// Counts more of what was seen satisfied, of a requirement that has a row.
    pub fn count_satisfied(&mut self, id: &RequirementId, times: u32) {
        if let Some(row) = self.rows.get_mut(id) {
            (0..times).for_each(|_| row.count(Verdict::Satisfied));
        }
    }

    /// The row of a requirement.
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(id)
    }

    /// All rows, by id.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// How many rows have this status.
    pub fn number_of(&self, status: Status) -> usize {
        self.rows().filter(|row| row.status == status).count()
    }

    /// Takes in another judgement's ledger; no row improves.
    pub fn merge(&mut self, other: &Self) {
        for (id, row) in &other.rows {
            match self.rows.get_mut(id) {
                Some(mine) => mine.merge(row),
                None => {
                    self.rows.insert(id.clone(), row.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Cause;
    use proptest::prelude::*;

    fn row(verdicts: &[Verdict], minimum: u32) -> Row {
        let mut row = Row::unseen(RequirementId::known("A-1"), Level::Must, minimum, Status::NotExercised);
        for verdict in verdicts {
            row.count(*verdict);
        }
        row
    }

    #[test]
    fn no_pass_without_evidence() {
        use Verdict::{CannotTell, Satisfied, Violated};
        assert_eq!(row(&[], 1).status, Status::NotExercised);
        assert_eq!(row(&[Satisfied], 1).status, Status::Verified);
        assert_eq!(row(&[Satisfied], 0).status, Status::Verified);
        assert_eq!(row(&[Satisfied], 2).status, Status::NotEstablished);
        assert_eq!(row(&[Satisfied, CannotTell(Cause::TimedOut)], 1).status, Status::NotEstablished);
        assert_eq!(row(&[Violated, Satisfied, Satisfied], 1).status, Status::Violated);
    }

    fn verdict() -> impl Strategy<Value = Verdict> {
        prop_oneof![
            Just(Verdict::Satisfied),
            Just(Verdict::Violated),
            Just(Verdict::CannotTell(Cause::TimedOut)),
            Just(Verdict::CannotTell(Cause::Configuration)),
        ]
    }

    fn any_row() -> impl Strategy<Value = Row> {
        (prop::collection::vec(verdict(), 0..4), 0u32..3).prop_map(|(verdicts, minimum)| row(&verdicts, minimum))
    }

    proptest! {
        #[test]
        fn nothing_improves_by_merging(a in any_row(), b in any_row(), c in any_row()) {
            let merged = |x: &Row, y: &Row| { let mut x = x.clone(); x.merge(y); x };
            let ab = merged(&a, &b);
            prop_assert!(ab.status >= a.status && ab.status >= b.status);
            prop_assert_eq!(&ab, &merged(&b, &a));
            prop_assert_eq!(merged(&ab, &c), merged(&a, &merged(&b, &c)));
        }

        #[test]
        fn another_observation_never_takes_a_violation_or_a_doubt_away(a in any_row(), verdict in verdict()) {
            let mut more = a.clone();
            more.count(verdict);
            prop_assert!(a.violated == 0 || more.status == Status::Violated);
            prop_assert!(a.cannot_tell == 0 || more.status >= Status::NotEstablished);
        }
    }
}
