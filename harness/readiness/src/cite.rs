//! A certificate as a reason: how it came to be about a system, and what stands beside it in the register.

use certify::certificate::{Certified, Outcome};
use certify::standing::{Dispute, Equivalent, Override, Standing};
use certify::treatment::{self, Treated};
use jiff::civil::Date;

/// A certificate and how it came to be about the system.
#[derive(Debug, Clone)]
pub struct Cite<'e> {
    /// The certificate as it stands in the register.
    pub standing: &'e Standing,
    /// The declaration by which it is about the version in use.
    pub equivalent: Option<&'e Equivalent>,
    /// What it comes to on the day and what it states, where overrides make the two differ.
    pub overridden: Option<Overridden<'e>>,
    /// Overrides of requirements that count for the claim, and that decide nothing on the day: expired, not begun, or of no
    /// consequence.
    pub idle: Vec<&'e Override>,
    /// Findings that count for the claim and are disputed.
    pub disputes: Vec<&'e Dispute>,
    /// The last day of what it comes to, as far as overrides decide that.
    pub until: Option<Date>,
}

/// A claim that is treated otherwise than it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden<'e> {
    /// What is certified.
    pub certified: Outcome,
    /// By which overrides it comes to something else.
    pub by: Vec<&'e Override>,
}

impl<'e> Cite<'e> {
    /// A certificate that says nothing about the claim.
    pub(crate) fn of(standing: &'e Standing, equivalent: Option<&'e Equivalent>) -> Self {
        Self { standing, equivalent, overridden: None, idle: Vec::new(), disputes: Vec::new(), until: None }
    }

    /// What the claims come to on a day; `None` for none.
    pub(crate) fn weigh(&mut self, claims: &[&'e Certified], on: Date) -> Option<Outcome> {
        let standing = self.standing;
        let treated: Vec<Treated<'e>> = claims.iter().map(|claim| treatment::treat(standing, claim, on)).collect();
        let outcome = treated.iter().map(|one| one.outcome).max()?;
        let certified = claims.iter().map(|claim| claim.outcome).max()?;
        // Where a certificate does not say what a claim hangs on, everything may count for it.
        let counts = |id: &str| claims.iter().any(|claim| treatment::counts(standing, claim, id) != Some(false));
        self.disputes = standing.disputes.iter().filter(|dispute| counts(&dispute.requirement)).collect();
        let about: Vec<&'e Override> = standing.overrides.iter().filter(|one| counts(&one.requirement)).collect();
        let mut by: Vec<&'e Override> = Vec::new();
        if outcome != certified {
            let made = treated.iter().filter(|one| one.outcome == outcome).flat_map(|one| &one.by);
            made.for_each(|one| {
                if !by.contains(one) {
                    by.push(one);
                }
            });
            self.overridden = Some(Overridden { certified, by: by.clone() });
        }
        self.idle = about.into_iter().filter(|one| !by.contains(one)).collect();
        if outcome == Outcome::Met {
            self.until = treatment::last_day_met(standing, claims, on);
        }
        Some(outcome)
    }

    /// The last day on which the certificate holds, as far as is known today.
    fn last_day_of_certificate(&self) -> Date {
        let until = self.standing.certificate.validity.until;
        let withdrawn = self.standing.withdrawn.as_ref().and_then(|withdrawal| withdrawal.on.yesterday().ok());
        withdrawn.map_or(until, |last| until.min(last))
    }

    /// The last day on which a claim that is met stays so, as far as is known today.
    pub(crate) fn last_day(&self) -> Date {
        let last = self.last_day_of_certificate();
        self.until.map_or(last, |until| last.min(until))
    }

    /// The last day before overrides make a certificate that still holds say something else.
    pub(crate) fn turns_after(&self) -> Option<Date> {
        self.until.filter(|until| *until < self.last_day_of_certificate())
    }
}
