//! Findings and cases as the page shows them.

use super::Lang;
use super::labels;
use super::ledger;
use super::timeline::{self, Section, class_role};
use crate::Case;
use crate::diagnostic::{self, Finding};
use crate::index::Index;
use evidence::event::Seq;
use std::collections::{HashMap, HashSet};

/// Findings that are shown.
pub(super) const CARDS_MAX: usize = 100;
/// Scenarios in the table.
pub(super) const CASES_MAX: usize = 1000;
/// Events that are linked from one finding.
const LINKS_MAX: usize = 12;

/// A finding, as the page shows it.
pub(super) struct Card {
    pub finding: Finding,
    pub anchor: String,
    pub role: &'static str,
    pub word: &'static str,
    pub statement: String,
    pub statement_lang: &'static str,
    pub in_timeline: bool,
    pub in_ledger: bool,
    pub others: Vec<(Seq, bool)>,
    pub others_left: usize,
    pub is_remark: bool,
}

/// A scenario or captured message, as the table shows it.
pub(super) struct CaseRow {
    pub role: &'static str,
    pub word: &'static str,
    pub id: String,
    pub title: String,
    pub title_lang: &'static str,
    pub anchor: Option<String>,
    pub reasons: Vec<String>,
}

/// The findings, as many as are shown.
pub(super) fn findings(index: &Index<'_>, findings: Vec<Finding>, anchors: &HashSet<Seq>, lang: Lang) -> Vec<Card> {
    let mut used: HashMap<String, usize> = HashMap::new();
    let card = |finding: Finding| {
        let (sentence, statement_lang) = ledger::statement(index, &finding.requirement, lang);
        // The English headline names the subject of the sentence too.
        let statement = if statement_lang == "en" { finding.statement.clone() } else { sentence };
        let others = finding.others.iter().take(LINKS_MAX).map(|&seq| (seq, anchors.contains(&seq))).collect();
        // Remarks about the same requirement can have several reasons.
        let number = used.entry(finding.anchor()).or_default();
        *number += 1;
        let anchor = if *number > 1 { format!("{}-{number}", finding.anchor()) } else { finding.anchor() };
        Card {
            anchor,
            role: class_role(finding.class),
            word: labels::class(lang, finding.class),
            statement,
            statement_lang,
            in_ledger: index.view.judgement.ledger.get(&finding.requirement).is_some(),
            in_timeline: anchors.contains(&finding.event),
            others,
            others_left: finding.others.len().saturating_sub(LINKS_MAX),
            is_remark: finding.class == diagnostic::Class::Remark,
            finding,
        }
    };
    findings.into_iter().take(CARDS_MAX).map(card).collect()
}

/// The table's rows.
pub(super) fn cases(all: &[Case], sections: &[Section], lang: Lang) -> Vec<CaseRow> {
    let anchors: HashMap<&str, &str> = sections.iter().map(|s| (s.title.as_str(), s.anchor.as_str())).collect();
    let row = |case: &Case| CaseRow {
        role: timeline::role(case.result),
        word: labels::case(lang, case.result),
        id: case.id.clone(),
        title: case.title.clone(),
        title_lang: case.title_lang,
        anchor: anchors.get(case.id.as_str()).map(|&anchor| anchor.to_owned()),
        reasons: case.reasons.iter().take(3).cloned().collect(),
    };
    all.iter().take(CASES_MAX).map(row).collect()
}
