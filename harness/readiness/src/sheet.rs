//! The sheet: one page for a municipality and a message, to be printed and read by somebody who never saw this tool.

use crate::answer::Answer;
use crate::because::Verdict;
use crate::plain::{self, Norwegian};
use crate::words::nb::day;
use askama::Template;
use certify::certificate::Direction;
use std::collections::BTreeSet;

/// The page.
#[derive(Template)]
#[template(path = "sheet.html")]
struct Page {
    lang: &'static str,
    name: String,
    code: String,
    role: &'static str,
    sign: &'static str,
    word: &'static str,
    sentence: String,
    does: &'static str,
    service: String,
    why: Vec<String>,
    steps: Vec<String>,
    conditions: Vec<(String, Option<String>)>,
    proofs: Vec<String>,
    letters: Vec<String>,
    foot: String,
    l: Labels,
}

struct Labels {
    does: &'static str,
    service: &'static str,
    why: &'static str,
    next_week: &'static str,
    conditions: &'static str,
    until: &'static str,
    proofs: &'static str,
    proof_is: &'static str,
    no_proof: &'static str,
    letters: &'static str,
}

const NB: Labels = Labels {
    does: "Hva meldingen gjør",
    service: "Hva svaret betyr for tjenesten",
    why: "Hvorfor svaret er slik",
    next_week: "Gjør dette neste uke",
    conditions: "Dette må være på plass så lenge dere bruker meldingen",
    until: "til",
    proofs: "Testbevisene bak svaret",
    proof_is: "Et testbevis er et signert dokument som sier hvilket system som er testet, hva som kom ut av det, og hvor lenge det gjelder. Hvem som helst kan kontrollere det.",
    no_proof: "Det finnes ingen testbevis å bygge på.",
    letters: "Ferdige brev ligger sammen med dette arket:",
};

const NN: Labels = Labels {
    does: "Kva meldinga gjer",
    service: "Kva svaret betyr for tenesta",
    why: "Kvifor svaret er slik",
    next_week: "Gjer dette neste veke",
    conditions: "Dette må vere på plass så lenge de bruker meldinga",
    until: "til",
    proofs: "Testbevisa bak svaret",
    proof_is: "Eit testbevis er eit signert dokument som seier kva system som er testa, kva som kom ut av det, og kor lenge det gjeld. Kven som helst kan kontrollere det.",
    no_proof: "Det finst ingen testbevis å byggje på.",
    letters: "Ferdige brev ligg saman med dette arket:",
};

/// The bytes of the sheet; `letters`: names of files that lie beside it.
///
/// # Panics
/// Never: the writer writes to memory.
pub fn sheet(answer: &Answer<'_>, letters: &[String], lang: Norwegian) -> String {
    let question = answer.question;
    let known = question.known();
    let page = Page {
        lang: lang.code(),
        name: plain::name(question, lang),
        code: question.name(),
        role: role(answer.verdict),
        sign: sign(answer.verdict),
        word: plain::word(answer.verdict, lang),
        sentence: plain::sentence(answer, lang),
        does: known.map(|known| lang.pick(known.means_nb, known.means_nn)).unwrap_or_default(),
        service: plain::service(answer, lang),
        why: each_once(answer.reasons.iter().map(|reason| plain::why(reason, lang)).chain(disagreements(answer, lang))),
        steps: plain::next_week(answer, lang),
        conditions: answer.conditions().into_iter().map(|one| (one.nb.clone(), one.until.map(day))).collect(),
        proofs: proofs(answer, lang),
        letters: letters.to_vec(),
        foot: foot(answer, lang),
        l: lang.pick(NB, NN),
    };
    page.render().expect("writing to memory cannot fail")
}

/// A name for its file.
pub fn file_name(answer: &Answer<'_>, lang: Norwegian) -> String {
    let way = match answer.question.direction {
        Direction::Send => "send",
        Direction::Receive => "receive",
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = answer.question.name().chars().take(80).map(plain).collect();
    format!("{}-{way}-{name}-{}.html", answer.party.id, lang.code())
}

/// What the answer rests on.
fn foot(answer: &Answer<'_>, lang: Norwegian) -> String {
    let on = day(answer.question.on);
    let is_decided = answer.reasons.iter().any(|reason| !reason.overridden().is_empty());
    let exception = if is_decided { ", på unntak" } else { "" };
    lang.pick(
        format!("Svaret gjelder {on}. Det bygger på testbevis{exception} og på det vi vet om hvilke systemer som er i bruk, ikke på noe annet."),
        format!("Svaret gjeld {on}. Det byggjer på testbevis{exception} og på det vi veit om kva system som er i bruk, ikkje på noko anna."),
    )
}

fn disagreements(answer: &Answer<'_>, lang: Norwegian) -> impl Iterator<Item = String> {
    let cites = answer.reasons.iter().flat_map(|reason| &reason.cites);
    cites.flat_map(|cite| &cite.disputes).map(move |one| plain::disagreement(one, lang))
}

fn proofs(answer: &Answer<'_>, lang: Norwegian) -> Vec<String> {
    let cites = answer.reasons.iter().flat_map(|reason| &reason.cites);
    each_once(cites.map(|cite| {
        let certificate = &cite.standing.certificate;
        let (product, validity) = (&certificate.product, certificate.validity);
        let (from, until) = (day(validity.from), day(validity.until));
        let seen = plain::seen_by(certificate.assurance, lang);
        let (number, issuer) = (&certificate.number, &certificate.issuer);
        lang.pick(
            format!(
                "Nummer {number} fra {issuer}, for {} {}. Gjelder fra {from} til {until}; {seen}.",
                product.system, product.version
            ),
            format!(
                "Nummer {number} frå {issuer}, for {} {}. Gjeld frå {from} til {until}; {seen}.",
                product.system, product.version
            ),
        )
    }))
}

fn each_once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(one.clone())).collect()
}

/// The class of a verdict in style sheets.
pub(crate) fn role(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "good",
        Verdict::NotEstablished => "doubt",
        Verdict::No => "bad",
    }
}

/// The sign of a verdict, beside its word.
pub(crate) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "✓",
        Verdict::NotEstablished => "?",
        Verdict::No => "✗",
    }
}
