//! The words around the facts, in bokmål and English. Facts themselves stay as the machine has them.

use checks::exit::Exit;
use checks::ledger::Status;
use evidence::event::Assurance;

use super::Lang;
use crate::cases::{self, Case, CaseResult};
use crate::diagnostic::Class;
use crate::index::Index;

macro_rules! labels {
    ($($name:ident: $en:literal, $nb:literal;)*) => {
        pub(super) struct Labels { $(pub $name: &'static str,)* }
        static EN: Labels = Labels { $($name: $en,)* };
        static NB: Labels = Labels { $($name: $nb,)* };
    };
}

labels! {
    title: "Conformance report", "Samsvarsrapport";
    skip: "Skip to the result", "Gå til resultatet";
    contents: "Contents", "Innhold";
    result: "Result", "Resultat";
    proves: "What this proves", "Hva dette beviser";
    not_tested: "Not tested by this version: who issued a certificate, whose it is and whether it is revoked; XML schemas; what happens inside the system.", "Ikke testet i denne versjonen: hvem som har utstedt et sertifikat, hvem det tilhører og om det er trukket tilbake; XML-skjemaer; hva som skjer inne i systemet.";
    findings: "Findings", "Funn";
    findings_none: "Nothing was violated, and nothing is in doubt.", "Ingenting er brutt, og ingenting er i tvil.";
    findings_more: "further findings are not shown here; result.json has all of them.", "flere funn er ikke vist her; result.json har alle.";
    remarks: "Remarks: what the standards leave open", "Merknader: det standardene lar stå åpent";
    conditions: "What stood in the way", "Hva som sto i veien";
    to_do: "What to do", "Hva som må gjøres";
    scenarios: "Scenarios", "Scenarioer";
    messages: "Messages", "Meldinger";
    scenario: "Scenario", "Scenario";
    message: "Message", "Melding";
    why: "Why", "Hvorfor";
    ledger: "Ledger: every requirement of the profile", "Kravregnskap: alle krav i profilen";
    ledger_short: "Ledger", "Kravregnskap";
    ledger_caption: "Each requirement with its status and how often it was seen. Nothing counts as verified without evidence.", "Hvert krav med status og hvor ofte det er observert. Ingenting regnes som oppfylt uten bevis.";
    show: "Show", "Vis";
    all: "All", "Alle";
    requirement: "Requirement", "Krav";
    level: "Level", "Styrke";
    status: "Status", "Status";
    satisfied: "Satisfied", "Oppfylt";
    needs: "needs", "krever";
    violated: "Violated", "Brutt";
    cannot_tell: "In doubt", "I tvil";
    evidence: "Evidence", "Bevis";
    more_events: "more", "flere";
    event: "event", "hendelse";
    timeline: "Timeline", "Tidslinje";
    timeline_intro: "Each arrow is a message, in the order of the log. Open it for headers, envelope, signature and a masked payload. Payloads are never shown: each value is given by its length and the first digits of its SHA-256.", "Hver pil er en melding, i loggens rekkefølge. Åpne den for hoder, konvolutt, signatur og maskert innhold. Meldingsinnhold vises aldri: hver verdi er angitt med lengde og de første sifrene av SHA-256.";
    harness: "Harness", "Testverktøy";
    subject: "Subject", "Systemet";
    receiver: "Receiver", "Mottaker";
    author: "Author", "Avsender";
    other_events: "Outside the scenarios", "Utenfor scenarioene";
    captured: "Captured messages", "Innsamlede meldinger";
    preflight: "Before the first message", "Før første melding";
    altered: "altered on purpose", "endret med vilje";
    again: "sent again", "sendt på nytt";
    lost: "treated as lost", "behandlet som tapt";
    not_sent: "never sent", "aldri sendt";
    rows_more: "further messages are not drawn; the log has all of them.", "flere meldinger er ikke tegnet; loggen har alle.";
    sections_more: "further scenarios are not drawn; the log has all of them.", "flere scenarioer er ikke tegnet; loggen har alle.";
    detail_left_out: "Not included in this report because of its size; see", "Ikke tatt med i rapporten på grunn av størrelsen; se";
    headers: "Headers", "Hoder";
    part: "Part", "Del";
    envelope: "Envelope", "Konvolutt";
    envelope_masked: "The envelope is not quoted: it cannot be read, or holds something that is no envelope.", "Konvolutten er ikke gjengitt: den kan ikke leses, eller inneholder noe som ikke er konvolutt.";
    defects: "Defects found while reading", "Feil funnet under lesing";
    signature: "Signature", "Signatur";
    signature_none: "The envelope has no signature.", "Konvolutten har ingen signatur.";
    payload: "Payload, masked", "Innhold, maskert";
    path: "Place", "Sted";
    length: "Characters", "Tegn";
    digest: "SHA-256 begins", "SHA-256 begynner";
    where_: "Where", "Hvor";
    expected: "Expected", "Forventet";
    got: "Got", "Fikk";
    class: "Class", "Klasse";
    source: "Source", "Kilde";
    profile: "Profile", "Profil";
    likely: "Likely cause", "Sannsynlig årsak";
    because: "Because", "Fordi";
    also: "Also", "Også";
    next: "Next", "Videre";
    about: "About this run", "Om kjøringen";
    run: "Run", "Kjøring";
    started: "Started", "Startet";
    tool: "Tool", "Verktøy";
    suite: "Suite digest", "Testsamlingens digest";
    catalogue: "Catalogue digest", "Kravkatalogens digest";
    seed: "Seed", "Frø";
    events: "Events", "Hendelser";
    head: "Digest of the last line of the log", "Digest av loggens siste linje";
    horizon: "Watched for", "Observert i";
    assurance: "Assurance", "Tillitsnivå";
    supplier: "Supplier", "Leverandør";
    system: "System", "System";
    handler: "Message handler", "Meldingstjener";
    endpoint: "Endpoint", "Endepunkt";
    claims: "Claims", "Erklæring";
    parties: "HER-ids (enterprise / service)", "HER-id-er (virksomhet / tjeneste)";
    unfinished: "The log has no end: the run was interrupted, or goes on.", "Loggen har ingen slutt: kjøringen ble avbrutt, eller pågår.";
    recompute: "Anybody can recompute these verdicts from the log:", "Hvem som helst kan regne ut resultatet på nytt fra loggen:";
    exit: "Exit code", "Avslutningskode";
    verdicts: "Verdicts by class", "Vurderinger etter klasse";
    only_conformance: "Only conformance is about the subject.", "Bare conformance gjelder systemet.";
}

pub(super) fn of(lang: Lang) -> &'static Labels {
    match lang {
        Lang::En => &EN,
        Lang::Nb => &NB,
    }
}

/// The verdict in a few words.
pub(super) fn verdict(lang: Lang, exit: Exit, partly: bool) -> &'static str {
    match (lang, exit.code) {
        (Lang::En, 0) if partly => "What was tested is met; not everything was tested",
        (Lang::Nb, 0) if partly => "Det som ble prøvd, er oppfylt; ikke alt ble prøvd",
        (Lang::En, 0) => "All obligations met",
        (Lang::Nb, 0) => "Alle skal-krav oppfylt",
        (Lang::En, 10) => "Conformance violated",
        (Lang::Nb, 10) => "Skal-krav er brutt",
        (Lang::En, 14) => "The test suite has a defect",
        (Lang::Nb, 14) => "Testsamlingen har en feil",
        (Lang::En, 12) => "The configuration does not fit",
        (Lang::Nb, 12) => "Oppsettet stemmer ikke",
        (Lang::En, 13) => "The subject could not be reached",
        (Lang::Nb, 13) => "Systemet kunne ikke nås",
        (Lang::En, 11) => "Not established",
        (Lang::Nb, 11) => "Ikke fastslått",
        (Lang::En, 70) => "The harness itself failed",
        (Lang::Nb, 70) => "Testverktøyet sviktet selv",
        _ => exit.meaning,
    }
}

/// The verdict in a sentence that says neither more nor less than the numbers do.
pub(super) fn sentence(lang: Lang, exit: Exit, numbers: Numbers) -> String {
    let Numbers { verified, obligations, advice, all } = numbers;
    let advice_en = if advice > 0 { format!(" Advice not followed: {advice}.") } else { String::new() };
    let advice_nb = if advice > 0 { format!(" Råd som ikke er fulgt: {advice}.") } else { String::new() };
    match (lang, exit.code) {
        (Lang::En, 0) => format!(
            "No obligation was violated and nothing is in doubt; {verified} of {all} requirements were verified.{advice_en} What was not exercised, does not apply or cannot be observed is listed in the ledger."
        ),
        (Lang::Nb, 0) => format!(
            "Ingen skal-krav er brutt og ingenting er i tvil; {verified} av {all} krav er observert oppfylt.{advice_nb} Det som ikke er prøvd, ikke er aktuelt eller ikke kan observeres, står i kravregnskapet."
        ),
        (Lang::En, 10) => format!(
            "The subject did something that the standards do not allow. Obligations violated: {obligations}.{advice_en} Verified: {verified} of {all} requirements. Each finding below names the event that shows it."
        ),
        (Lang::Nb, 10) => format!(
            "Systemet gjorde noe standardene ikke tillater. Brutte skal-krav: {obligations}.{advice_nb} Oppfylt: {verified} av {all} krav. Hvert funn nedenfor viser til hendelsen som beviser det."
        ),
        (Lang::En, 14) => "A correct message of our own breaks a rule. That is no fault of the subject.".to_owned(),
        (Lang::Nb, 14) => {
            "En korrekt melding fra testverktøyet bryter en regel. Det er ikke systemets feil.".to_owned()
        }
        (Lang::En, 12 | 13) => "Nothing follows from this run about the subject's conformance.".to_owned(),
        (Lang::Nb, 12 | 13) => "Kjøringen sier ikke noe om systemet følger standardene.".to_owned(),
        (Lang::En, 11) => format!(
            "No obligation was violated, but not everything could be told: {verified} of {all} requirements were verified.{advice_en} This is neither a pass nor a failure."
        ),
        (Lang::Nb, 11) => format!(
            "Ingen skal-krav er brutt, men ikke alt kunne fastslås: {verified} av {all} krav er oppfylt.{advice_nb} Dette er verken bestått eller ikke bestått."
        ),
        _ => exit.meaning.to_owned(),
    }
}

/// That scenarios of the profile were left out or not selected; empty when none was.
pub(super) fn left_out(lang: Lang, left_out: usize, all: usize) -> String {
    match lang {
        _ if left_out == 0 => String::new(),
        Lang::En => format!(
            " {left_out} of the {all} scenarios of the profile did not run, so not everything that it demands was tested."
        ),
        Lang::Nb => {
            format!(" {left_out} av profilens {all} scenarioer ble ikke kjørt, så ikke alt den krever, er prøvd.")
        }
    }
}

/// How many requirements there are of each kind.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    /// Verified.
    pub verified: usize,
    /// Obligations violated.
    pub obligations: usize,
    /// Advice not followed.
    pub advice: usize,
    /// All of the profile.
    pub all: usize,
}

/// What a run of this kind proves.
pub(super) fn proves(lang: Lang, assurance: Assurance) -> &'static str {
    match (lang, assurance) {
        (Lang::En, Assurance::Demo) => "Demo run: proves nothing about any vendor.",
        (Lang::Nb, Assurance::Demo) => "Demokjøring: beviser ingenting om noen leverandør.",
        (Lang::En, Assurance::Inspection) => "Captured messages: proves what stands in them, not how they came about.",
        (Lang::Nb, Assurance::Inspection) => {
            "Innsamlede meldinger: beviser hva som står i dem, ikke hvordan de ble til."
        }
        (Lang::En, Assurance::SelfRun) => {
            "The vendor's own run: proves what the log shows, to whoever trusts the one who made it."
        }
        (Lang::Nb, Assurance::SelfRun) => {
            "Leverandørens egen kjøring: beviser det loggen viser, for den som stoler på den som laget den."
        }
    }
}

/// A requirement's status.
pub(super) fn status(lang: Lang, status: Status) -> &'static str {
    match (lang, status) {
        (Lang::En, Status::Verified) => "verified",
        (Lang::Nb, Status::Verified) => "oppfylt",
        (Lang::En, Status::Violated) => "violated",
        (Lang::Nb, Status::Violated) => "brutt",
        (Lang::En, Status::NotEstablished) => "not established",
        (Lang::Nb, Status::NotEstablished) => "ikke fastslått",
        (Lang::En, Status::NotExercised) => "not exercised",
        (Lang::Nb, Status::NotExercised) => "ikke prøvd",
        (Lang::En, Status::NotApplicable) => "not applicable",
        (Lang::Nb, Status::NotApplicable) => "ikke aktuelt",
        (Lang::En, Status::NotObservable) => "not observable",
        (Lang::Nb, Status::NotObservable) => "ikke observerbart",
    }
}

/// A finding's class.
pub(super) fn class(lang: Lang, class: Class) -> &'static str {
    match (lang, class) {
        (Lang::En, class) => class.word(),
        (Lang::Nb, Class::Violated) => "brutt",
        (Lang::Nb, Class::SuiteDefect) => "feil i testsamlingen",
        (Lang::Nb, Class::NotEstablished(_)) => "ikke fastslått",
        (Lang::Nb, Class::Advice) => "råd ikke fulgt",
        (Lang::Nb, Class::Remark) => "merknad",
    }
}

/// The cases, their titles in the report's language where there are such.
pub(super) fn cases(index: &Index<'_>, lang: Lang) -> Vec<Case> {
    match lang {
        Lang::En => cases::of(&index.view),
        Lang::Nb => cases::in_bokmal(index),
    }
}

/// How many came out how. What cannot be told counts as skipped.
pub(super) fn counts(lang: Lang, (passed, failed, skipped): (usize, usize, usize)) -> String {
    match lang {
        Lang::En => format!("{passed} passed, {failed} failed, {skipped} skipped"),
        Lang::Nb => format!("{passed} bestått, {failed} feilet, {skipped} hoppet over"),
    }
}

/// How a scenario came out.
pub(super) fn case(lang: Lang, result: CaseResult) -> &'static str {
    match (lang, result) {
        (Lang::En, CaseResult::Passed) => "passed",
        (Lang::Nb, CaseResult::Passed) => "bestått",
        (Lang::En, CaseResult::Failed) => "failed",
        (Lang::Nb, CaseResult::Failed) => "ikke bestått",
        (Lang::En, CaseResult::NotEstablished) => "not established",
        (Lang::Nb, CaseResult::NotEstablished) => "ikke fastslått",
    }
}
