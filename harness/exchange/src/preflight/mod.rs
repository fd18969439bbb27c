//! Preflight: facts about the wiring, looked at without sending a message.
//!
//! Each file looks at one thing. What cannot be known from here is [`Outcome::Unknown`] and says who knows it; nothing is
//! guessed. Nothing here is a verdict: that something is wrong says whose it is to mend, not that a rule was broken.

mod answer;
mod certificate;
mod clock;
mod description;
mod inbound;
mod mailbox;
mod name;
mod port;
mod tls;

use crate::subject::{Subject, Way};
use evidence::event::{LookOutcome, Looked};
use evidence::history::History;
use jiff::Timestamp;
use std::time::Duration;

pub use port::bindable;

/// Whose it is to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Addresses, HER-ids, passwords or certificates do not fit together.
    Configuration,
    /// Something is not there, or does not answer.
    Environment,
}

/// How a look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Fine,
    /// Not as it should be.
    Wrong(Fault),
    /// It cannot be told from here.
    Unknown,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What was looked at.
    pub what: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was found.
    pub found: String,
    /// What to do next; empty where nothing is to be done.
    pub advice: &'static str,
}

impl Look {
    /// All is well.
    pub fn fine(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), outcome: Outcome::Fine, found: found.into(), advice: "" }
    }

    /// Something does not fit together.
    pub fn misfit(what: impl Into<String>, found: impl Into<String>, advice: &'static str) -> Self {
        let outcome = Outcome::Wrong(Fault::Configuration);
        Self { what: what.into(), outcome, found: found.into(), advice }
    }

    /// Something is not there.
    pub fn absent(what: impl Into<String>, found: impl Into<String>, advice: &'static str) -> Self {
        let outcome = Outcome::Wrong(Fault::Environment);
        Self { what: what.into(), outcome, found: found.into(), advice }
    }

    /// It cannot be told.
    pub fn unknown(what: impl Into<String>, found: impl Into<String>, advice: &'static str) -> Self {
        Self { what: what.into(), outcome: Outcome::Unknown, found: found.into(), advice }
    }

    /// As a log keeps it: what was seen, and not what to do.
    pub fn observed(&self) -> Looked {
        let outcome = match self.outcome {
            Outcome::Fine => LookOutcome::AsExpected,
            Outcome::Wrong(_) => LookOutcome::Otherwise,
            Outcome::Unknown => LookOutcome::Unknown,
        };
        Looked { what: self.what.clone(), outcome, found: self.found.clone() }
    }

    /// Whether it is as it should be.
    pub fn is_fine(&self) -> bool {
        self.outcome == Outcome::Fine
    }
}

/// How long a connection, a handshake or an answer is waited for: dropped packets are a firewall's way of saying no.
pub const WITHIN: Duration = Duration::from_secs(5);

/// Looks at everything that can be seen while nothing runs, the subject apart: ours first, so that a port of ours that
/// is taken is not taken for the subject's fault.
pub async fn looks(subject: &Subject, within: Duration, now: Timestamp) -> Vec<Look> {
    let mut looks = port::inbox(&subject.ports);
    looks.extend(certificate::looks(subject, now));
    looks.extend(way(subject, within, now).await);
    looks
}

/// What a run looks at before its first message. That somebody listens it has found out itself (`is_there`); what needs a
/// request of its own, as the clock does, is left to what the subject sends in the run.
pub async fn before_the_first_message(
    subject: &Subject,
    is_there: bool,
    within: Duration,
    now: Timestamp,
) -> Vec<Look> {
    let mut looks = certificate::looks(subject, now);
    if let Way::Http { url, tls: Some(tls) } = &subject.way
        && is_there
    {
        looks.push(tls::look(url, tls, within, now).await);
    }
    looks
}

/// What the log of a run shows about the wiring.
pub fn of_run(subject: &Subject, history: &History) -> Vec<Look> {
    let mut looks = vec![inbound::look(history)];
    looks.extend(clock::of_run(history));
    looks.extend(description::look(&subject.description, history));
    looks
}

async fn way(subject: &Subject, within: Duration, now: Timestamp) -> Vec<Look> {
    match &subject.way {
        Way::Http { url, .. } if subject.start.is_some() => {
            vec![port::not_there_yet(&format!("subject at {url}"), &url.host, url.port, within).await]
        }
        Way::Http { url, tls } => {
            let mut looks: Vec<Look> = name::look(&url.host, url.port, within).await.into_iter().collect();
            if looks.iter().any(|look| !look.is_fine()) {
                return looks;
            }
            let advice = "start the subject, or correct `carrier.http.url`";
            let there = port::look(&format!("subject at {url}"), &url.host, url.port, within, advice).await;
            let mut goes_on = there.is_fine();
            looks.push(there);
            if let Some(tls) = tls
                && goes_on
            {
                let shaken = tls::look(url, tls, within, now).await;
                goes_on = shaken.is_fine();
                looks.push(shaken);
            }
            if goes_on {
                looks.extend(answer::looks(url, tls.as_ref(), within).await);
            }
            looks
        }
        Way::Mailbox => vec![mailbox::ours()],
        Way::Servers(servers) => mailbox::theirs(subject, servers, within).await,
    }
}
