//! The page as a value, for the template.

use super::Lang;
use super::cards::{self, CARDS_MAX, CASES_MAX, Card, CaseRow};
use super::exchange::seconds;
use super::labels::{self, Labels, Numbers};
use super::ledger::{self, Group};
use super::timeline::{self, Section, Timeline};
use crate::cases;
use crate::diagnostic;
use crate::index::Index;
use crate::visible::clean;
use crate::{View, terminal};
use askama::Template;
use checks::ledger::Status;
use checks::verdict::{Cause, Verdict};
use evidence::event::{Assurance, LookOutcome, Seq, Subject};
use evidence::history::History;

/// Conditions that are listed.
const CONDITIONS_MAX: usize = 50;

/// Everything that the template needs.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page {
    l: &'static Labels,
    lang: &'static str,
    heading: String,
    supplier: String,
    profile: String,
    profile_title: String,
    assurance: &'static str,
    proves: &'static str,
    key: Vec<(&'static str, String)>,
    demo: bool,
    unfinished: bool,
    verdict: Verdicts,
    tiles: Vec<Tile>,
    conditions: Vec<(&'static str, String, Option<Seq>)>,
    to_do: Vec<Vec<(bool, String)>>,
    cards: Vec<Card>,
    cards_left_out: usize,
    remarks: Vec<Card>,
    inspection: bool,
    cases: Vec<CaseRow>,
    has_reasons: bool,
    cases_left_out: usize,
    counts: String,
    filters: Vec<Tile>,
    requirements: usize,
    ledger: Vec<Group>,
    preflight: Vec<(String, LookOutcome, String)>,
    sections: Vec<Section>,
    sections_left_out: usize,
    about: Vec<(&'static str, String)>,
    commands: Vec<String>,
}

struct Verdicts {
    role: &'static str,
    sign: &'static str,
    words: &'static str,
    sentence: String,
    exit: String,
    by_class: Vec<(&'static str, usize)>,
}

/// A status with its number, and the share of the bar that it takes.
struct Tile {
    class: &'static str,
    sign: &'static str,
    word: &'static str,
    count: usize,
    start: f64,
    share: f64,
}

impl Page {
    pub(super) fn of(view: &View<'_>, lang: Lang) -> Self {
        let index = Index::of(view);
        let l = labels::of(lang);
        let findings = diagnostic::from_index(&index);
        let Timeline { sections, left_out, anchors } = timeline::of(&index, &findings, lang);
        let remarks = diagnostic::remarks(&index);
        let tiles = tiles(view, lang);
        let history = view.history;
        let subject = history.subject.as_ref();
        let inspection = cases::is_inspection(view);
        let all = labels::cases(&index, lang);
        let counts = labels::counts(lang, cases::counts(&all));
        let run = history.run.as_ref();
        Self {
            l,
            lang: lang.code(),
            heading: subject.map_or_else(
                || clean(view.run_name),
                |s| format!("{} {}", clean(&s.system), clean(&s.version)).trim().to_owned(),
            ),
            supplier: subject.map(|s| clean(&s.supplier)).unwrap_or_default(),
            profile: view.profile.id(),
            profile_title: view.profile.title.in_language(lang.code()).to_owned(),
            assurance: run.map_or("–", |run| run.assurance.code()),
            proves: run.map_or("–", |run| labels::proves(lang, run.assurance)),
            key: about_subject_short(view, l),
            demo: run.is_some_and(|run| run.assurance == Assurance::Demo),
            unfinished: !history.ended,
            verdict: verdicts(view, lang),
            requirements: view.judgement.ledger.rows().count(),
            conditions: conditions(view),
            to_do: to_do(view),
            cards_left_out: findings.len().saturating_sub(CARDS_MAX),
            ledger: ledger::of(&index, &findings, &anchors, lang),
            has_reasons: all.iter().any(|case| !case.reasons.is_empty()),
            cases: cards::cases(&all, &sections, lang),
            cases_left_out: all.len().saturating_sub(CASES_MAX),
            cards: cards::findings(&index, findings, &anchors, lang),
            remarks: cards::findings(&index, remarks, &anchors, lang),
            inspection,
            counts,
            filters: tiles.iter().filter(|tile| tile.count > 0).map(Tile::again).collect(),
            tiles,
            preflight: preflight(history),
            sections,
            sections_left_out: left_out,
            about: about(view, l),
            commands: commands(view),
        }
    }
}

impl Tile {
    fn again(&self) -> Self {
        Self { ..*self }
    }

    /// Where it begins and how wide it is, in percent, as SVG has it.
    fn x(&self) -> String {
        format!("{:.2}%", self.start)
    }

    fn width(&self) -> String {
        format!("{:.2}%", self.share)
    }
}

fn tiles(view: &View<'_>, lang: Lang) -> Vec<Tile> {
    let all = view.judgement.ledger.rows().count().max(1);
    let order = [
        Status::Verified,
        Status::Violated,
        Status::NotEstablished,
        Status::NotExercised,
        Status::NotApplicable,
        Status::NotObservable,
    ];
    let mut start = 0.0;
    let tile = |status| {
        let (class, sign) = ledger::sign(status);
        let count = view.judgement.ledger.number_of(status);
        #[expect(clippy::cast_precision_loss, reason = "shares of a bar")]
        let share = count as f64 * 100.0 / all as f64;
        let tile = Tile { class, sign, word: labels::status(lang, status), count, start, share };
        start += share;
        tile
    };
    order.into_iter().map(tile).collect()
}

fn verdicts(view: &View<'_>, lang: Lang) -> Verdicts {
    let exit = view.exit();
    let rows = || view.judgement.ledger.rows();
    let violated = |obligation: bool| {
        rows().filter(|row| row.status == Status::Violated && row.level.is_obligation() == obligation).count()
    };
    let numbers = Numbers {
        verified: view.judgement.totals.verified,
        obligations: violated(true),
        advice: violated(false),
        all: rows().count(),
    };
    let left_out = view.not_run().len();
    let (role, sign) = match exit.code {
        0 => ("good", "✓"),
        10 | 14 | 30 | 70 => ("bad", "✕"),
        _ => ("doubt", "?"),
    };
    Verdicts {
        role,
        sign,
        words: labels::verdict(lang, exit, left_out > 0),
        sentence: format!(
            "{}{}",
            labels::sentence(lang, exit, numbers),
            labels::left_out(lang, left_out, view.profile.scenarios.len())
        ),
        exit: format!("{} {}", exit.code, view.meaning()),
        by_class: terminal::verdict_counts(view),
    }
}

fn conditions(view: &View<'_>) -> Vec<(&'static str, String, Option<Seq>)> {
    let conditions = view.judgement.conditions.iter().take(CONDITIONS_MAX);
    conditions.map(|c| (c.cause.code(), clean(&c.detail), c.about)).collect()
}

/// What to do, in pieces of text and command.
fn to_do(view: &View<'_>) -> Vec<Vec<(bool, String)>> {
    let judgement = view.judgement;
    let has = |cause: Cause| {
        judgement.conditions.iter().any(|c| c.cause == cause)
            || judgement.observations.iter().any(|o| o.verdict == Verdict::CannotTell(cause))
    };
    let pieces = |text: String| text.split('`').enumerate().map(|(i, t)| (i % 2 == 1, t.to_owned())).collect();
    Cause::ALL.into_iter().filter(|&cause| has(cause)).map(|cause| pieces(terminal::to_do(view, cause))).collect()
}

fn about(view: &View<'_>, l: &'static Labels) -> Vec<(&'static str, String)> {
    let history = view.history;
    let mut about = Vec::new();
    if let Some(subject) = &history.subject {
        about.extend(about_subject(subject, l));
    }
    if let Some(run) = &history.run {
        about.push((l.run, clean(&run.run)));
        about.push((l.seed, run.seed.to_string()));
        about.push((l.suite, run.suite.to_string()));
    }
    if let Some(started) = history.started {
        about.push((l.started, started.to_string()));
    }
    about.push((l.horizon, seconds(history.horizon_ms)));
    about.push((l.events, history.events.to_string()));
    about.push((l.head, view.head.to_string()));
    let shift = view.profile.shift_in_words().map(|shift| format!("; {shift}")).unwrap_or_default();
    about.push((l.profile, format!("{}, {}{shift}", view.profile.id(), view.profile.digest)));
    about.push((l.catalogue, view.catalogue.digest().to_string()));
    about.push((l.tool, clean(view.tool)));
    about
}

fn about_subject(subject: &Subject, l: &'static Labels) -> Vec<(&'static str, String)> {
    let mut about = vec![
        (l.supplier, clean(&subject.supplier)),
        (l.system, format!("{} {}", clean(&subject.system), clean(&subject.version))),
    ];
    if let Some(handler) = &subject.message_handler {
        let version = subject.message_handler_version.as_deref().unwrap_or_default();
        about.push((l.handler, format!("{} {}", clean(handler), clean(version))));
    }
    let parties: Vec<String> = subject.parties.iter().map(|(one, other)| format!("{one} / {other}")).collect();
    about.push((l.parties, parties.join(", ")));
    about.push((l.endpoint, clean(&subject.endpoint)));
    let claims: Vec<String> =
        subject.claims.iter().map(|(message, direction)| format!("{direction} {message}")).collect();
    about.push((l.claims, clean(&claims.join(", "))));
    about.retain(|(_, value)| !value.trim().is_empty());
    about
}

/// The few facts about the subject that stand at the top.
fn about_subject_short(view: &View<'_>, l: &'static Labels) -> Vec<(&'static str, String)> {
    let subject = view.history.subject.as_ref().map(|subject| about_subject(subject, l)).unwrap_or_default();
    let mut short: Vec<_> = subject.into_iter().filter(|(name, _)| *name == l.handler || *name == l.claims).collect();
    if let Some(started) = view.history.started {
        short.push((l.started, started.strftime("%Y-%m-%d %H:%M UTC").to_string()));
    }
    short
}

/// Probes and looks before the first message, and whether each found what it looked for.
fn preflight(history: &History) -> Vec<(String, LookOutcome, String)> {
    let probes = history.preflight.iter().map(|(probe, ok, said, _)| {
        (clean(probe), if *ok { LookOutcome::AsExpected } else { LookOutcome::Otherwise }, clean(said))
    });
    let looks = history.looks.iter().map(|(looked, _)| (clean(&looked.what), looked.outcome, clean(&looked.found)));
    probes.chain(looks).collect()
}

fn commands(view: &View<'_>) -> Vec<String> {
    let run = diagnostic::quoted(view.run_name);
    vec![format!("provestein verify {run}"), format!("provestein judge {run} --format json")]
}
