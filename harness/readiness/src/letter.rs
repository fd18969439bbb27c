//! A letter to each supplier whose system stands between a municipality and a `yes`. It can be sent as it is.

use crate::answer::{Answer, Reason};
use crate::because::Because;
use crate::words::{en, nb};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// Language of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// Bokmål.
    Nb,
    /// English.
    En,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// To whom.
    pub supplier: String,
    /// The message and the direction, e.g. `receive LOG_INNLAGT@1.6`.
    pub about: String,
    /// In which language.
    pub lang: Tongue,
    /// What it is about.
    pub subject: String,
    /// What it says, signed with the sender's name.
    pub body: String,
}

impl Letter {
    /// A name for its file: supplier, message and language, in plain letters.
    pub fn file_name(&self) -> String {
        let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let about: String =
            self.about.chars().chain("-to-".chars()).chain(self.supplier.chars().take(60)).map(plain).collect();
        format!("{about}-{}.txt", self.lang.code())
    }

    /// Subject and body.
    pub fn text(&self) -> String {
        let label = match self.lang {
            Tongue::Nb => "Emne",
            Tongue::En => "Subject",
        };
        format!("{label}: {}\n\n{}", self.subject, self.body)
    }
}

impl Tongue {
    fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::En => "en",
        }
    }
}

/// Municipalities that are named in a letter; of more, their number.
const NAMED_MAX: usize = 10;

/// The letters that answers to the same question ask for, signed by `sender`. None where nothing is wanted of a supplier.
pub fn letters(answers: &[Answer<'_>], sender: &str, lang: Tongue) -> Vec<Letter> {
    let mut by_supplier: BTreeMap<&str, Wanted<'_>> = BTreeMap::new();
    for answer in answers {
        for reason in answer.reasons.iter().filter(|reason| is_for_supplier(reason.because)) {
            let Some(installation) = reason.installation else { continue };
            let wanted = by_supplier.entry(&installation.supplier).or_insert_with(|| Wanted {
                answer,
                lines: BTreeSet::new(),
                parties: BTreeSet::new(),
            });
            wanted.parties.insert(&reason.party.name);
            wanted.lines.insert(line(reason, answer, lang));
        }
    }
    by_supplier.into_iter().map(|(supplier, wanted)| wanted.letter(supplier, sender, lang)).collect()
}

/// What only the supplier can change; what the roster leaves open, the municipality must find out itself.
fn is_for_supplier(because: Because) -> bool {
    matches!(
        because,
        Because::NoCertificate
            | Because::OtherVersion
            | Because::OtherHandler
            | Because::OtherMessage
            | Because::OtherMessageVersion
            | Because::OtherDirection
            | Because::OtherCarrier
            | Because::OtherApprec
            | Because::NotYetValid
            | Because::Expired
            | Because::Withdrawn
            | Because::SuccessorMissing
            | Because::OutcomeOpen
            | Because::Violated
    )
}

struct Wanted<'a> {
    answer: &'a Answer<'a>,
    /// Why, and what is needed.
    lines: BTreeSet<(String, String)>,
    parties: BTreeSet<&'a str>,
}

fn line(reason: &Reason<'_>, answer: &Answer<'_>, lang: Tongue) -> (String, String) {
    let needed = |words: fn(_, _, _) -> String| {
        reason
            .installation
            .map(|installation| words(installation, reason.direction, answer.question))
            .unwrap_or_default()
    };
    match lang {
        Tongue::Nb => (nb::why(reason, answer.question), needed(nb::needed)),
        Tongue::En => (en::why(reason, answer.question), needed(en::needed)),
    }
}

impl Wanted<'_> {
    fn letter(self, supplier: &str, sender: &str, lang: Tongue) -> Letter {
        let question = self.answer.question;
        let name = question.name();
        let list = |pick: fn(&(String, String)) -> &String| {
            let lines: BTreeSet<&String> = self.lines.iter().map(pick).collect();
            lines.into_iter().map(|line| format!("- {}\n", capital(line))).collect::<String>()
        };
        let (why, needed) = (list(|line| &line.0), list(|line| &line.1));
        let parties = match self.parties.len() {
            n if n > NAMED_MAX => n.to_string(),
            _ => self.parties.iter().copied().collect::<Vec<_>>().join(", "),
        };
        let about = format!("{} {name}", question.direction);
        let (subject, body) = match lang {
            Tongue::Nb => {
                let known = question.known().map(|known| format!("{} ({name})", known.nb)).unwrap_or(name);
                let day = nb::day(question.on);
                (
                    format!("Sertifikat for {known} innen {day}"),
                    format!(
                        "Til {supplier}\n\nVi vil vite om vi trygt kan ta i bruk meldingen {known} fra {day}. Det gjelder systemer fra dere \
                         hos: {parties}.\n\nDette fant vi i sertifikatregisteret:\n{why}\nDette trenger vi fra dere:\n{needed}\nEt sertifikat \
                         bygger på testkjøringer av akkurat den versjonen vi bruker, med samme meldingstjener. Dere kan kjøre testene \
                         selv og få svarene med en gang. Vi ber om et svar med dato for når sertifikatet kan foreligge, og om beskjed \
                         hvis vi har feil opplysninger om versjoner eller oppsett hos oss.\n\nMed vennlig hilsen\n{sender}\n"
                    ),
                )
            }
            Tongue::En => {
                let known = question.known().map(|known| format!("{} ({name})", known.en)).unwrap_or(name);
                let day = question.on;
                (
                    format!("Certificate for {known} by {day}"),
                    format!(
                        "To {supplier}\n\nWe want to know whether we can safely begin to use the message {known} on {day}. This is about systems \
                         of yours at: {parties}.\n\nThis is what the register of certificates says:\n{why}\nThis is what we need from \
                         you:\n{needed}\nA certificate is drawn from test runs of the very version that we use, with the same message handler. \
                         You can run the tests yourselves and see the results at once. Please answer with the date on which the certificate \
                         can be there, and tell us if what we know about versions or settings is wrong.\n\nYours sincerely\n{sender}\n"
                    ),
                )
            }
        };
        Letter { supplier: supplier.to_owned(), about, lang, subject, body }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
