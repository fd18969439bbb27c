//! What registers were asked says two things: whether a deliberate fault was met at all, and what may be wrong when
//! nothing else tells.

use super::expectation::last_attempts;
use evidence::event::Seq;
use evidence::history::History;
use evidence::register::RegisterAsked;

/// Name of the probe that is recorded when registers are opened.
const PROBE: &str = "registers";

/// Why a scenario with a deliberate fault of a register says nothing: nobody asked while it was switched on. A system
/// may have the right answer from before, and may use it (HISD 1177 allows twelve hours); what it does then is no answer
/// to the fault. `None` when there was no fault, or it was met.
pub(super) fn unmet_fault(history: &History, scenario: &str) -> Option<String> {
    if history.modes.is_empty() {
        return None;
    }
    let (.., started, _) = last_attempts(history).find(|(started, ..)| started.scenario == scenario)?;
    let next = history.scenarios.iter().map(|(_, seq, _)| *seq).find(|seq| seq > started).unwrap_or(Seq::MAX);
    let within = |seq: &Seq| (*started..next).contains(seq);
    let unmet = history.modes.iter().filter(|(_, seq)| within(seq)).find(|(set, _)| {
        let met = |asked: &RegisterAsked| asked.register == set.register && asked.mode.as_ref() == Some(&set.mode);
        !history.asked.iter().any(|(asked, seq)| within(seq) && met(asked))
    })?;
    let (set, _) = unmet;
    let call = set.call.as_ref().map(|call| format!(" for {call}")).unwrap_or_default();
    Some(format!(
        "register `{}` was not asked{call} while it answered {}: an older answer was used, or another register",
        set.register, set.mode
    ))
}

/// What registers tell about a subject that does not know us; `None` when none were open.
pub fn diagnosis(history: &History) -> Option<String> {
    let is_open = history.preflight.iter().any(|(probe, ok, ..)| probe == PROBE && *ok);
    if !is_open && history.asked.is_empty() {
        return None;
    }
    let address = || history.asked.iter().map(|(asked, _)| asked).filter(|asked| asked.register == "address");
    if history.asked.is_empty() {
        return Some("your system asked no register of ours anything".to_owned());
    }
    if let Some(refused) = address().find(|asked| asked.operation == "login") {
        let why = refused.about.as_deref().unwrap_or("no credentials");
        if !address().any(|asked| asked.operation.starts_with("Get")) {
            return Some(format!("your system was not let into the address register: {why}"));
        }
    }
    if address().next().is_none() {
        return Some("your system never asked our address register".to_owned());
    }
    if !address().any(|asked| asked.operation.starts_with("GetCertificateDetails")) {
        return Some("your system never asked our address register for a certificate".to_owned());
    }
    if !address().any(|asked| asked.operation == "GetCertificateDetailsForEncryption") {
        return Some("your system never asked our address register for our encryption certificate".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use evidence::digest::Digest;
    use evidence::event::ScenarioStarted;
    use evidence::register::ModeSet;

    fn asked(operation: &str, mode: Option<&str>) -> RegisterAsked {
        RegisterAsked {
            register: "address".to_owned(),
            operation: operation.to_owned(),
            about: None,
            from: "127.0.0.1:1".to_owned(),
            mode: mode.map(str::to_owned),
            status: Some(200),
            request: Digest::ZERO,
            response: Digest::ZERO,
        }
    }

    fn with_mode() -> History {
        let started = |scenario: &str| ScenarioStarted {
            scenario: scenario.to_owned(),
            title: String::new(),
            source: String::new(),
            file: String::new(),
            digest: Digest::ZERO,
            expectations: Vec::new(),
        };
        let set = ModeSet {
            register: "address".to_owned(),
            call: None,
            mode: "unknown-party".to_owned(),
            about: Some(7),
            line: 3,
        };
        History {
            scenarios: vec![(started("a"), 10, None), (started("b"), 20, None)],
            modes: vec![(set, 11)],
            ..History::default()
        }
    }

    #[test]
    fn a_fault_that_nobody_met_says_nothing() {
        let mut history = with_mode();
        assert!(
            unmet_fault(&history, "a").unwrap().contains("`address` was not asked while it answered unknown-party")
        );
        assert_eq!(unmet_fault(&history, "b"), None);
        history.asked.push((asked("Ping", None), 12));
        history.asked.push((asked("Ping", Some("unknown-party")), 21));
        assert!(unmet_fault(&history, "a").is_some(), "asked rightly, or in another scenario");
        history.asked.push((asked("Ping", Some("unknown-party")), 13));
        assert_eq!(unmet_fault(&history, "a"), None);
    }

    #[test]
    fn what_was_never_asked_is_told() {
        let mut history = History::default();
        assert_eq!(diagnosis(&history), None);
        history.preflight.push((PROBE.to_owned(), true, String::new(), 1));
        assert!(diagnosis(&history).unwrap().contains("asked no register"));
        history.asked.push((asked("login", None), 2));
        assert!(diagnosis(&history).unwrap().contains("was not let into"));
        history.asked.push((asked("GetCommunicationPartyDetails", None), 3));
        assert!(diagnosis(&history).unwrap().contains("never asked our address register for a certificate"));
        history.asked.push((asked("GetCertificateDetailsForValidatingSignature", None), 4));
        assert!(diagnosis(&history).unwrap().contains("our encryption certificate"));
        history.asked.push((asked("GetCertificateDetailsForEncryption", None), 5));
        assert_eq!(diagnosis(&history), None);
    }
}
