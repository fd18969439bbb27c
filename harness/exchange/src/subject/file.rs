//! The subject file: safe to commit; keys and secrets are only pointed at.

use super::carrier::{self, Carrier, InboxFile, SecretFile};
use super::registers::RegistersFile;
use super::start::StartFile;
use super::trigger::{RetryFile, TriggerFile};
use crate::scenario::Direction;
use crate::yaml::{Mistakes, Node, Reader, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A subject file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectFile {
    /// What is tested.
    pub subject: System,
    /// How it is started; `running` by default.
    #[serde(default)]
    pub start: StartFile,
    /// Must be `test`: with anything else nothing is sent.
    pub purpose: String,
    /// Profile, e.g. `plo-receive-nhn@1`.
    pub profile: String,
    /// What the subject claims to do.
    pub claims: Claims,
    /// How the subject is reached.
    pub carrier: Carrier,
    /// Where the harness listens.
    pub inbox: InboxFile,
    /// Who the subject is, by role.
    pub parties: BTreeMap<String, PartyFile>,
    /// Folder of the kit that the subject imported.
    pub partners: PathBuf,
    /// Patients that the subject has, or has not, a record of.
    #[serde(default)]
    pub patients: Patients,
    /// How long to wait for what.
    #[serde(default)]
    pub patience: PatienceFile,
    /// Registers that the harness plays during a run.
    #[serde(default)]
    pub registers: Option<RegistersFile>,
    /// Where passwords are, by name; never the passwords themselves.
    #[serde(default)]
    pub secrets: BTreeMap<String, SecretFile>,
    /// How the subject is made to send, by message or `default`; a person is asked when absent.
    #[serde(default)]
    pub triggers: BTreeMap<String, TriggerFile>,
    /// How the subject sends again what is not acknowledged.
    #[serde(default)]
    pub retry: Option<RetryFile>,
}

/// What is tested.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "`system` is what the file calls it")]
pub struct System {
    /// The supplier.
    pub supplier: String,
    /// The system.
    pub system: String,
    /// Its version.
    pub version: String,
    /// The message handler.
    #[serde(default)]
    pub message_handler: Option<String>,
    /// Its version.
    #[serde(default)]
    pub message_handler_version: Option<String>,
}

/// What the subject claims to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Messages, each with directions.
    pub messages: BTreeMap<String, Vec<Direction>>,
    /// `accept` or `reject`: what it does with a service that it does not know (HIS 80415:2012 3.3.4 leaves the choice).
    #[serde(default)]
    pub unknown_service: Option<UnknownService>,
}

/// What the subject does with an unknown service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnknownService {
    /// Routes it by hand and accepts.
    Accept,
    /// Rejects with E21.
    Reject,
}

/// A party of the subject.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyFile {
    /// Level 1.
    pub organisation: OrganisationFile,
    /// Level 2.
    pub service: ServiceFile,
    /// Its certificates.
    pub certificates: PartyCertificates,
}

/// Level 1.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFile {
    /// HER-id.
    pub her: u32,
    /// Name.
    pub name: String,
    /// Organisation number.
    #[serde(default)]
    pub number: Option<String>,
}

/// Level 2.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceFile {
    /// HER-id.
    pub her: u32,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default)]
    pub edi: Option<String>,
}

/// PEM files.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyCertificates {
    /// What the subject signs with.
    pub sign: PathBuf,
    /// What is encrypted to.
    pub encrypt: PathBuf,
}

/// Identity numbers of synthetic patients or official test persons.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Patients {
    /// The subject has a record.
    #[serde(default)]
    pub known: Vec<String>,
    /// The subject has none.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// Durations such as `500 ms`, `30 s`, `2 min`, `1 h`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatienceFile {
    /// For a transport receipt.
    #[serde(default)]
    pub transport: Option<String>,
    /// For an AppRec.
    #[serde(default)]
    pub apprec: Option<String>,
    /// For a silence to count; never less than the profile says.
    #[serde(default)]
    pub quiet: Option<String>,
    /// How often the subject looks into its mailbox; over mail everything waits that much longer.
    #[serde(default)]
    pub poll: Option<String>,
    /// For a message that the subject was made to send.
    #[serde(default)]
    pub message: Option<String>,
    /// For a person to act or answer.
    #[serde(default)]
    pub operator: Option<String>,
}

const KEYS: [&str; 15] = [
    "subject",
    "start",
    "purpose",
    "profile",
    "claims",
    "carrier",
    "inbox",
    "parties",
    "partners",
    "patients",
    "patience",
    "registers",
    "secrets",
    "triggers",
    "retry",
];

/// Reads a subject file.
///
/// # Errors
/// [`Mistakes`]: all of them.
pub fn parse(file: &str, text: &str) -> Result<SubjectFile, Mistakes> {
    let (mut reader, root) = Reader::parse(file, text)?;
    reader.only(&root, &KEYS);
    let subject = reader.required(&root, "subject");
    let purpose: Option<String> = reader.required(&root, "purpose");
    let (profile, claims) = (reader.required(&root, "profile"), reader.required(&root, "claims"));
    let (carrier, inbox) = (carrier::read(&mut reader, &root), carrier::read_inbox(&mut reader, &root));
    let (parties, partners) = (reader.required(&root, "parties"), reader.required(&root, "partners"));
    let secrets = optional(&mut reader, &root, "secrets");
    let (patients, patience) = (optional(&mut reader, &root, "patients"), optional(&mut reader, &root, "patience"));
    let (triggers, start) = (optional(&mut reader, &root, "triggers"), optional(&mut reader, &root, "start"));
    let registers = root.get("registers").map_or(Some(None), |node| {
        let none_is_zero = carrier::no_zero(&mut reader, node, &["http", "https"]);
        reader.read(node).filter(|_| none_is_zero).map(Some)
    });
    let retry = root.get("retry").map_or(Some(None), |node| reader.read(node).map(Some));
    look(&mut reader, &root, purpose.as_deref(), patience.as_ref(), retry.as_ref().and_then(Option::as_ref));
    let (Some(subject), Some(purpose), Some(profile), Some(claims), Some(start)) =
        (subject, purpose, profile, claims, start)
    else {
        return Err(reader.into_mistakes());
    };
    let (Some(carrier), Some(inbox), Some(parties), Some(partners), Some(secrets), Some(registers)) =
        (carrier, inbox, parties, partners, secrets, registers)
    else {
        return Err(reader.into_mistakes());
    };
    let (Some(patients), Some(patience), Some(triggers), Some(retry)) = (patients, patience, triggers, retry) else {
        return Err(reader.into_mistakes());
    };
    if !reader.is_clean() {
        return Err(reader.into_mistakes());
    }
    Ok(SubjectFile {
        subject,
        start,
        purpose,
        profile,
        claims,
        carrier,
        inbox,
        parties,
        partners,
        patients,
        patience,
        registers,
        secrets,
        triggers,
        retry,
    })
}

/// What may be left out.
fn optional<T: DeserializeOwned + Default>(reader: &mut Reader, root: &Node, name: &str) -> Option<T> {
    root.get(name).map_or(Some(T::default()), |node| reader.read(node))
}

/// Looks at the values.
fn look(
    reader: &mut Reader,
    root: &Node,
    purpose: Option<&str>,
    patience: Option<&PatienceFile>,
    retry: Option<&RetryFile>,
) {
    if let (Some(purpose), Some(node)) = (purpose, root.get("purpose"))
        && purpose != "test"
    {
        let message = format!("purpose is `{purpose}`; only with `test` anything is sent");
        reader.mistake(node.line, node.column, purpose.chars().count(), message);
    }
    if let (Some(patience), Some(node)) = (patience, root.get("patience")) {
        for text in patience.all().filter(|text| duration(text).is_none()) {
            let message = format!("`{text}` is no duration; write `500 ms`, `30 s`, `2 min` or `1 h`");
            reader.mistake(node.line, node.column, 1, message);
        }
    }
    if let (Some(retry), Some(node)) = (retry, root.get("retry"))
        && duration(&retry.interval).is_none_or(|interval| interval.is_zero())
    {
        let message = format!("`{}` is no interval; write `500 ms`, `30 s`, `2 min` or `1 h`", retry.interval);
        reader.mistake(node.line, node.column, 1, message);
    }
}

impl PatienceFile {
    fn all(&self) -> impl Iterator<Item = &String> {
        [&self.transport, &self.apprec, &self.quiet, &self.poll, &self.message, &self.operator].into_iter().flatten()
    }
}

/// Looks whether every message that is claimed is one that there are. With a typo in its name a message would just not
/// be tested.
///
/// # Errors
/// [`Mistakes`]: all of them.
pub fn known_messages(file: &str, text: &str, known: &[&str]) -> Result<(), Mistakes> {
    let (mut reader, root) = Reader::parse(file, text)?;
    let claimed = root.get("claims").and_then(|claims| claims.get("messages"));
    if let Some(Value::Map(entries)) = claimed.map(|node| &node.value) {
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            let message = format!("message `{}` is not known; known are {}", key.name, known.join(", "));
            reader.mistake(key.line, key.column, key.name.chars().count(), message);
        }
    }
    if reader.is_clean() { Ok(()) } else { Err(reader.into_mistakes()) }
}

/// Reads `30 s` and the like.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = (text[..split].parse::<u64>().ok()?, text[split..].trim());
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    count.checked_mul(millis).map(Duration::from_millis)
}

/// The JSON Schema of subject files.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(SubjectFile).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        assert_eq!(duration("30 s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("2min"), Some(Duration::from_mins(2)));
        assert_eq!(duration("5"), None);
        assert_eq!(duration("99999999999999999999 s"), None);
    }

    #[test]
    fn a_message_that_there_is_not_has_a_caret_below_it() {
        let text = "claims:\n  messages: { LOG_INNLAGT@1.6: [receive], LOG_INLAGT@1.6: [receive] }\n";
        let mistakes = known_messages("s.yaml", text, &["LOG_INNLAGT@1.6"]).unwrap_err();
        assert_eq!(mistakes.list.len(), 1);
        assert_eq!((mistakes.list[0].line, mistakes.list[0].column, mistakes.list[0].width), (2, 43, 14));
        assert!(mistakes.to_string().contains("known are LOG_INNLAGT@1.6"), "{mistakes}");
        assert!(known_messages("s.yaml", text, &["LOG_INNLAGT@1.6", "LOG_INLAGT@1.6"]).is_ok());
    }

    #[test]
    fn refuses_another_purpose_and_says_what_is_missing() {
        let mistakes = parse("s.yaml", "purpose: production\nsubjekt: {}\n").unwrap_err();
        let text = mistakes.to_string();
        assert!(text.contains("only with `test` anything is sent"), "{text}");
        assert!(text.contains("unknown key `subjekt`"), "{text}");
        assert!(text.contains("`carrier` is missing"), "{text}");
    }
}
