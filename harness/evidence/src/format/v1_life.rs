//! Version 1: the life of a subject that the harness starts itself.

use super::v1_parts::digest;
use crate::event::{StopReason, SubjectStart, SubjectStop};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectStartV1 {
    how: String,
    what: String,
    ready: String,
}

impl SubjectStartV1 {
    pub(super) fn of(s: SubjectStart) -> Self {
        Self { how: s.how, what: s.what, ready: s.ready }
    }

    pub(super) fn into_domain(self) -> SubjectStart {
        SubjectStart { how: self.how, what: self.what, ready: self.ready }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectStopV1 {
    reason: String,
    code: Option<i32>,
    detail: String,
    output: Option<String>,
    #[serde(skip_serializing_if = "is_zero", default)]
    cut: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl SubjectStopV1 {
    pub(super) fn of(s: SubjectStop) -> Self {
        let SubjectStop { reason, code, detail, output, cut } = s;
        Self { reason: reason.code().to_owned(), code, detail, output: output.map(|d| d.to_string()), cut }
    }

    pub(super) fn into_domain(self) -> Result<SubjectStop, String> {
        Ok(SubjectStop {
            reason: StopReason::parse(&self.reason).ok_or(format!("reason `{}`", self.reason))?,
            code: self.code,
            detail: self.detail,
            output: self.output.map(|o| digest(&o)).transpose()?,
            cut: self.cut,
        })
    }
}
