//! What is kept of what the checks saw. Ten thousand messages that are right say the same two million times; they are
//! all counted, and a hundred of each are kept. What is wrong or in doubt is kept whole.

use crate::catalogue::RequirementId;
use crate::observation::Observation;
use crate::verdict::Verdict;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashSet};
use std::hash::{Hash as _, Hasher as _};

/// How often a satisfied requirement is shown with its evidence: far more than anybody reads, far more than a run of
/// every profile gives.
const SATISFIED_KEPT: u32 = 100;

/// Observations as they come.
#[derive(Default)]
pub(super) struct Sightings {
    kept: Vec<Observation>,
    /// Hashes of what was seen satisfied, so that the same is not counted twice. At 64 bits, two of two million that
    /// differ are taken for one in less than one run of a million.
    satisfied: HashSet<u64>,
    satisfied_kept: BTreeMap<RequirementId, u32>,
    counted: BTreeMap<RequirementId, u32>,
    events: HashSet<u64>,
    scenarios: HashSet<String>,
}

/// Observations in order, and how many satisfied ones of a requirement were counted only.
pub(super) struct Sighted {
    pub observations: Vec<Observation>,
    pub counted: BTreeMap<RequirementId, u32>,
}

impl Sightings {
    /// Takes one in.
    pub fn push(&mut self, observation: Observation) {
        if observation.verdict != Verdict::Satisfied {
            self.kept.push(observation);
        } else if self.satisfied.insert(hash(&observation)) {
            // Each message and each scenario keeps something that shows that it was looked at.
            let about = self.events.insert(observation.about);
            let scenario = observation.scenario.as_ref().is_some_and(|name| !self.scenarios.contains(name));
            if scenario {
                self.scenarios.extend(observation.scenario.clone());
            }
            let kept = self.satisfied_kept.entry(observation.requirement.clone()).or_default();
            if about || scenario || *kept < SATISFIED_KEPT {
                *kept += 1;
                self.kept.push(observation);
            } else {
                *self.counted.entry(observation.requirement).or_default() += 1;
            }
        }
    }

    /// All of it, in the order of every report.
    pub fn sorted(mut self) -> Sighted {
        self.kept.sort_by(|a, b| a.key().cmp(&b.key()));
        self.kept.dedup();
        Sighted { observations: self.kept, counted: self.counted }
    }
}

impl Extend<Observation> for Sightings {
    fn extend<I: IntoIterator<Item = Observation>>(&mut self, observations: I) {
        observations.into_iter().for_each(|observation| self.push(observation));
    }
}

fn hash(observation: &Observation) -> u64 {
    let mut hasher = DefaultHasher::new();
    let place = &observation.place;
    (observation.about, &observation.requirement, place.line, place.column, &place.path).hash(&mut hasher);
    (place.span, &observation.expected, &observation.got, &observation.scenario).hash(&mut hasher);
    (observation.scenario_line, observation.cause_hint).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Cause;
    use wire::place::Place;

    fn seen(about: u64, verdict: Verdict) -> Observation {
        let mut seen = Observation::new(RequirementId::known("A-1"), about, verdict, Place::named("/a"));
        seen.scenario = Some(if about < 500 { "one".to_owned() } else { "two".to_owned() });
        seen
    }

    #[test]
    fn what_is_right_is_counted_and_what_is_not_is_kept() {
        let mut sightings = Sightings::default();
        for about in 0..1000 {
            sightings.push(seen(about, Verdict::Satisfied));
            // The same again, and the same place of the same message seen otherwise.
            sightings.push(seen(about, Verdict::Satisfied));
            let mut other = seen(about, Verdict::Satisfied);
            other.got = "other".to_owned();
            sightings.push(other);
            sightings.push(seen(about, Verdict::Violated));
            sightings.push(seen(about, Verdict::CannotTell(Cause::TimedOut)));
        }
        let sighted = sightings.sorted();
        let number = |verdict| sighted.observations.iter().filter(|o| o.verdict == verdict).count();
        assert_eq!((number(Verdict::Violated), number(Verdict::CannotTell(Cause::TimedOut))), (1000, 1000));
        let (kept, counted) = (number(Verdict::Satisfied), sighted.counted[&RequirementId::known("A-1")]);
        assert_eq!(kept + counted as usize, 2000);
        // One of every message at least, and no more than that beyond the limit.
        assert!((1000..=1100).contains(&kept), "{kept}");
        assert!(sighted.observations.is_sorted_by(|a, b| a.key() <= b.key()));
    }
}
