//! What version 1 says of mails.

use super::v1_parts::digest;
use crate::event::{MailArrived, MailSent};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailSentV1 {
    from: String,
    recipients: Vec<String>,
    message_id: String,
    envelope_id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    entity: Option<String>,
}

impl MailSentV1 {
    pub fn of(mail: MailSent) -> Self {
        let MailSent { from, recipients, message_id, envelope_id, entity } = mail;
        Self { from, recipients, message_id, envelope_id, entity: entity.map(|d| d.to_string()) }
    }

    pub fn into_domain(self) -> Result<MailSent, String> {
        let Self { from, recipients, message_id, envelope_id, entity } = self;
        let entity = entity.map(|e| digest(&e)).transpose()?;
        Ok(MailSent { from, recipients, message_id, envelope_id, entity })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MailArrivedV1 {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    from: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    recipients: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    envelope_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    uid: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    bare_lf: bool,
}

impl MailArrivedV1 {
    pub fn of(mail: MailArrived) -> Self {
        let MailArrived { from, recipients, envelope_id, user, uid, bare_lf } = mail;
        Self { from, recipients, envelope_id, user, uid, bare_lf }
    }

    pub fn into_domain(self) -> MailArrived {
        let Self { from, recipients, envelope_id, user, uid, bare_lf } = self;
        MailArrived { from, recipients, envelope_id, user, uid, bare_lf }
    }
}
