//! What version 1 says of registers.

use super::v1_parts::digest;
use crate::register::{ModeSet, RegisterAsked};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterAskedV1 {
    register: String,
    operation: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    about: Option<String>,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    status: Option<u16>,
    request: String,
    response: String,
}

impl RegisterAskedV1 {
    pub fn of(asked: RegisterAsked) -> Self {
        let RegisterAsked { register, operation, about, from, mode, status, request, response } = asked;
        let (request, response) = (request.to_string(), response.to_string());
        Self { register, operation, about, from, mode, status, request, response }
    }

    pub fn into_domain(self) -> Result<RegisterAsked, String> {
        let Self { register, operation, about, from, mode, status, request, response } = self;
        let (request, response) = (digest(&request)?, digest(&response)?);
        Ok(RegisterAsked { register, operation, about, from, mode, status, request, response })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModeSetV1 {
    register: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    call: Option<String>,
    mode: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    about: Option<u32>,
    line: u32,
}

impl ModeSetV1 {
    pub fn of(set: ModeSet) -> Self {
        let ModeSet { register, call, mode, about, line } = set;
        Self { register, call, mode, about, line }
    }

    pub fn into_domain(self) -> ModeSet {
        let Self { register, call, mode, about, line } = self;
        ModeSet { register, call, mode, about, line }
    }
}
