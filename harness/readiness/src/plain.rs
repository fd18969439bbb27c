//! What is said to people who work in a municipality, in bokmål and nynorsk: whole sentences, no words of the trade.
//! A certificate is called *testbevis* here, because that word needs no explanation.

mod doing;
mod exceptions;
mod reasons;

pub(crate) use doing::{next_week, service};
pub(crate) use exceptions::disagreement;
pub(crate) use reasons::why;

use crate::answer::Answer;
use crate::because::{Because, Verdict};
use crate::question::Question;
use crate::words::nb::{day, verb};
use certify::certificate::Assurance;

/// Written Norwegian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norwegian {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
}

impl Norwegian {
    /// Code of the language, as HTML has it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
        }
    }

    pub(crate) fn pick<T>(self, nb: T, nn: T) -> T {
        match self {
            Self::Nb => nb,
            Self::Nn => nn,
        }
    }
}

/// The message by the name that people know.
pub(crate) fn name(question: &Question, lang: Norwegian) -> String {
    question.known().map_or_else(|| question.name(), |known| lang.pick(known.nb, known.nn).to_owned())
}

/// The answer in a word.
pub(crate) fn word(verdict: Verdict, lang: Norwegian) -> &'static str {
    match verdict {
        Verdict::Yes => "Ja",
        Verdict::No => "Nei",
        Verdict::NotEstablished => lang.pick("Ikke avklart", "Ikkje avklart"),
    }
}

/// The answer in a sentence.
pub(crate) fn sentence(answer: &Answer<'_>, lang: Norwegian) -> String {
    let (party, on) = (&answer.party.name, day(answer.question.on));
    let verb = verb(answer.question.direction);
    match answer.verdict {
        Verdict::Yes => lang.pick(
            format!("{party} kan begynne å {verb} denne meldingen {on}."),
            format!("{party} kan begynne å {verb} denne meldinga {on}."),
        ),
        Verdict::No => lang.pick(
            format!("{party} bør ikke begynne å {verb} denne meldingen {on}."),
            format!("{party} bør ikkje byrje å {verb} denne meldinga {on}."),
        ),
        Verdict::NotEstablished => lang.pick(
            format!("Ingen kan si ennå om {party} trygt kan begynne å {verb} denne meldingen {on}."),
            format!("Ingen kan seie enno om {party} trygt kan byrje å {verb} denne meldinga {on}."),
        ),
    }
}

/// The main reason in a few words of bokmål, for tables.
pub(crate) fn brief(because: Because) -> &'static str {
    match because {
        Because::NoSystem => "systemet er ikke kjent",
        Because::NoCounterpart => "den andre siden er ikke kjent",
        Because::NoCertificate => "ikke noe sertifikat",
        Because::OtherVersion => "en annen versjon er testet",
        Because::OtherHandler => "testet med en annen meldingstjener",
        Because::OtherMessage => "ikke testet for denne meldingen",
        Because::OtherMessageVersion => "testet for en annen utgave av meldingen",
        Because::OtherDirection => "testet for den andre veien",
        Because::UnknownCarrier => "transporten er ikke kjent",
        Because::OtherCarrier => "testet med en annen transport",
        Because::UnknownApprec => "utgaven av kvitteringen er ikke kjent",
        Because::OtherApprec => "testet med en annen utgave av kvitteringen",
        Because::NotYetValid => "sertifikatet gjelder ikke ennå",
        Because::Expired => "sertifikatet gjelder ikke lenger",
        Because::Withdrawn => "sertifikatet er trukket tilbake",
        Because::SuccessorMissing => "sertifikatet er erstattet, det nye mangler",
        Because::OutcomeOpen => "testet, men ikke alt er vist",
        Because::NoCommonWay => "de to sidene forstår ikke hverandre",
        Because::Violated => "testen viste feil",
        Because::Met => "testet og i orden",
    }
}

/// Who saw the test.
pub(crate) fn seen_by(assurance: Assurance, lang: Norwegian) -> &'static str {
    match assurance {
        Assurance::SelfRun => lang.pick("leverandøren testet alene", "leverandøren testa åleine"),
        Assurance::Challenged => lang.pick(
            "leverandøren testet alene, med et tall fra utstederen som viser at det var dette systemet",
            "leverandøren testa åleine, med eit tal frå utferdaren som viser at det var dette systemet",
        ),
        Assurance::Witnessed => lang.pick(
            "noen andre enn leverandøren var til stede under testen",
            "nokon andre enn leverandøren var til stades under testen",
        ),
    }
}
