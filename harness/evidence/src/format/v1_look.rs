//! Version 1: looks at the wiring.

use crate::event::{LookOutcome, Looked};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookedV1 {
    what: String,
    outcome: String,
    found: String,
}

impl LookedV1 {
    pub(super) fn of(looked: Looked) -> Self {
        Self { what: looked.what, outcome: looked.outcome.code().to_owned(), found: looked.found }
    }

    pub(super) fn into_domain(self) -> Result<Looked, String> {
        let outcome =
            LookOutcome::parse(&self.outcome).ok_or_else(|| format!("unknown outcome `{}` of a look", self.outcome))?;
        Ok(Looked { what: self.what, outcome, found: self.found })
    }
}
