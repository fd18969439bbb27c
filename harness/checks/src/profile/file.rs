//! The YAML file's own types; the domain type is [`super::Profile`].

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// A profile: by what a subject is judged.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileFile {
    /// Name, without version.
    #[schemars(with = "String")]
    pub name: Spanned<String>,
    /// Version, from 1.
    pub version: u32,
    /// Title.
    pub title: Text,
    /// What it is for.
    pub description: Text,
    /// When it may be used.
    pub valid: Validity,
    /// Profiles, `name@version`, whose messages, scenarios and requirements belong to this one too. Of a requirement that
    /// several name the stricter level and the greater minimum count.
    #[serde(default)]
    pub includes: Vec<String>,
    /// Message and version, e.g. `LOG_INNLAGT@1.6`, with the directions.
    pub messages: BTreeMap<String, Vec<Direction>>,
    /// By which carriers.
    pub carriers: Vec<Carrier>,
    /// What may be used in signatures.
    pub algorithms: AlgorithmsFile,
    /// How long nothing has to come, at least, before absence counts; milliseconds.
    pub quiet_ms: u64,
    /// Hours by which GenDate of our messages is shifted, e.g. -95: then the 96 hours of HITS 1168 4.1 are nearly over when
    /// a message arrives, and whether they are kept can be seen in an afternoon.
    #[serde(default)]
    pub gen_date_shift_hours: i32,
    /// Ids of the scenarios.
    pub scenarios: Vec<String>,
    /// Ids of the scenarios that restart the subject: they run where the harness starts it, and a run is whole
    /// without them.
    #[serde(default)]
    pub restarting: Vec<String>,
    /// Ids of the scenarios that run over mail; over another carrier a run is whole without them.
    #[serde(default)]
    pub by_mail: Vec<String>,
    /// What is demanded.
    pub requirements: Vec<RequirementEntry>,
}

/// A text in both languages.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// Bokmål.
    pub nb: String,
    /// English.
    pub en: String,
}

/// When a profile may be used.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Validity {
    /// First day, `YYYY-MM-DD`.
    #[schemars(with = "String")]
    pub from: Spanned<String>,
    /// Last day, `YYYY-MM-DD`.
    #[schemars(with = "Option<String>")]
    pub to: Option<Spanned<String>>,
}

/// A direction, seen from the subject.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    /// The subject receives the message.
    Receive,
    /// The subject sends the message.
    Send,
}

/// A carrier.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Carrier {
    /// HTTP or HTTPS.
    Http,
    /// SMTP and POP3.
    Mail,
}

/// Algorithm URIs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AlgorithmsFile {
    /// For `ds:DigestMethod`.
    pub digest: Vec<String>,
    /// For `ds:SignatureMethod`.
    pub signature: Vec<String>,
}

/// One demanded requirement.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequirementEntry {
    /// Id in the catalogue.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// How binding, as this profile cites it.
    pub level: LevelWord,
    /// How often it has to be seen satisfied; 0: judged when it turns up, not demanded.
    #[serde(default = "once")]
    pub minimum: u32,
    /// Why this profile differs from the standard's letter.
    pub reason: Option<Text>,
    /// It applies only to subjects that claim such a message version, e.g. `@1.5`.
    pub claim: Option<String>,
    /// It applies only to messages by one of these carriers.
    #[serde(default)]
    pub carriers: Vec<Carrier>,
}

fn once() -> u32 {
    1
}

/// The standard's word.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum LevelWord {
    /// Obligation.
    Must,
    /// Advice.
    Should,
    /// Permission.
    May,
}

/// The JSON Schema of a profile file, for editors.
///
/// # Panics
/// Never: a schema is plain JSON.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(ProfileFile);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_beside_the_profiles_is_todays() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/profiles/profile.schema.json");
        if std::env::var_os("PROVESTEIN_WRITE_SCHEMA").is_some() {
            #[expect(clippy::disallowed_methods, reason = "a test that is asked to write the file anew")]
            std::fs::write(path, super::json_schema()).unwrap();
        }
        let shipped = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/profiles/profile.schema.json"));
        assert_eq!(
            shipped,
            super::json_schema(),
            "PROVESTEIN_WRITE_SCHEMA=1 cargo test -p provestein-checks writes it"
        );
    }
}
