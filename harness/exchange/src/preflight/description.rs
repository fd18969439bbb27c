//! The message handler that eb:Description names (HITS 1210), beside what the subject file says.

use super::Look;
use evidence::event::Subject;
use evidence::history::{Author, History};
use serde_json::Value;

/// The name and the version, as HITS 1210 calls them.
const SYSTEM: &str = "MSH-system";
const VERSION: &str = "MSH-versjon";
/// Characters of what came from outside that are shown.
const SHOWN: usize = 60;

const ADVICE: &str = "test the version that the subject file names, or correct `subject.message_handler` and `message_handler_version` there";

/// Compares; `None` while nothing came in, or nothing with a description that can be read: how it must be written is for
/// the checks to say.
pub fn look(described: &Subject, history: &History) -> Option<Look> {
    let of_subject = history.messages.iter().filter(|m| m.author == Author::Subject);
    let descriptions = of_subject.filter_map(|m| m.message.soap()?.header()?.description.first());
    let seen: Value = descriptions.filter_map(|d| serde_json::from_str(&d.value).ok()).find(Value::is_object)?;
    Some(compare(described, &text(&seen, SYSTEM)?, &text(&seen, VERSION).unwrap_or_default()))
}

fn compare(described: &Subject, system: &str, version: &str) -> Look {
    let what = "message handler (eb:Description)";
    let found = format!("`{system}` version `{version}`");
    let Some(handler) = &described.message_handler else {
        return Look::unknown(
            what,
            format!("{found}; the subject file names none"),
            "write it as `subject.message_handler`",
        );
    };
    let named = described.message_handler_version.as_deref();
    if handler != system || named.is_some_and(|named| named != version) {
        let other =
            format!("{found}, but the subject file says `{handler}` version `{}`", named.unwrap_or("not given"));
        return Look::misfit(what, other, ADVICE);
    }
    Look::fine(what, found)
}

fn text(seen: &Value, key: &str) -> Option<String> {
    let text: String = seen.get(key)?.as_str()?.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    Some(text).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, Outcome};
    use super::*;

    #[test]
    fn compares_name_and_version() {
        let described = |handler: Option<&str>, version: Option<&str>| Subject {
            message_handler: handler.map(str::to_owned),
            message_handler_version: version.map(str::to_owned),
            ..Subject::default()
        };
        assert!(compare(&described(Some("Melding+"), Some("3.1")), "Melding+", "3.1").is_fine());
        assert!(compare(&described(Some("Melding+"), None), "Melding+", "3.2").is_fine());
        let other = compare(&described(Some("Melding+"), Some("3.1")), "Melding+", "3.2");
        assert_eq!(other.outcome, Outcome::Wrong(Fault::Configuration));
        assert_eq!(compare(&described(None, None), "Melding+", "3.2").outcome, Outcome::Unknown);
    }

    #[test]
    fn reads_text_only() {
        let seen = serde_json::json!({ SYSTEM: " ", VERSION: 3 });
        assert_eq!((text(&seen, SYSTEM), text(&seen, VERSION)), (None, None));
    }
}
