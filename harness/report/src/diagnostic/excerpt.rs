//! The lines of an envelope around the place of a finding.

use crate::envelope;
use crate::visible::{clipped, masked, visible};
use evidence::history::MessageRecord;
use wire::place::Place;

/// Characters shown before the place, and in all.
const BEFORE: usize = 30;
const WINDOW: usize = 96;

/// Up to three lines, cut out around the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Number and text of each line.
    pub lines: Vec<(u32, String)>,
    /// Which of the lines has the place.
    pub marked: usize,
    /// Characters before the place in that line as it is shown.
    pub column: usize,
    /// How many characters the place has there.
    pub width: usize,
}

/// Cuts the excerpt out of an envelope. Only envelopes are quoted: their elements are addresses and ids. A payload is
/// named by its path alone.
pub(super) fn of(record: &MessageRecord, place: &Place) -> Option<Excerpt> {
    let is_envelope = place.path.starts_with("/SOAP:Envelope") && place.line > 0;
    let text = envelope::quotable(record).filter(|_| is_envelope)?;
    let lines: Vec<&str> = text.as_str().split('\n').collect();
    let marked = (place.line as usize).checked_sub(1)?;
    let line: Vec<char> = lines.get(marked)?.trim_end_matches('\r').chars().collect();
    let column = (place.column.max(1) as usize - 1).min(line.len());
    let start = column.saturating_sub(BEFORE);
    let end = (start + WINDOW).min(line.len());
    let shown = |from: usize, to: usize| -> String { visible(&masked(&line[from..to].iter().collect::<String>())) };
    let lead = if start > 0 { "…" } else { "" };
    let before = format!("{lead}{}", unindented(&unpadded(&shown(start, column))));
    let spanned = text.as_str().get(place.span.start..place.span.end).unwrap_or_default();
    let spanned = spanned.split(['\r', '\n']).next().unwrap_or_default().chars().count();
    let marked_end = (column + spanned.max(1)).min(end).max(column);
    let quoted = unpadded(&shown(column, marked_end));
    let after = unpadded(&shown(marked_end, end));
    let tail = if end < line.len() { "…" } else { "" };
    let mut excerpt = Excerpt {
        lines: vec![(place.line, format!("{before}{quoted}{after}{tail}"))],
        marked: 0,
        column: before.chars().count(),
        width: quoted.chars().count().max(1),
    };
    let beside = |index: usize| lines.get(index).map(|l| l.trim_end_matches('\r')).filter(|l| !l.trim().is_empty());
    let beside = |index: usize| beside(index).filter(|l| l.chars().count() <= WINDOW).map(plain);
    if start == 0 {
        if let Some(before) = marked.checked_sub(1).and_then(&beside) {
            excerpt.lines.insert(0, (place.line - 1, before));
            excerpt.marked = 1;
        }
        if let Some(after) = beside(marked + 1) {
            excerpt.lines.push((place.line + 1, after));
        }
    }
    Some(excerpt)
}

fn plain(line: &str) -> String {
    clipped(&unindented(&unpadded(&visible(&masked(line)))), WINDOW)
}

/// Tabs in front of a line are indentation; anywhere else they are shown.
fn unindented(line: &str) -> String {
    let rest = line.trim_start_matches(['⇥', ' ']);
    format!("{}{rest}", " ".repeat(line.chars().count() - rest.chars().count()))
}

/// Indentation and blanks between attributes are no secret of a quoted line.
fn unpadded(text: &str) -> String {
    text.replace('␠', " ")
}

impl Excerpt {
    /// What stands before the place, in its line.
    pub fn before(&self) -> String {
        self.cut(0, self.column)
    }

    /// The place itself.
    pub fn quoted(&self) -> String {
        self.cut(self.column, self.column + self.width)
    }

    /// What stands after it.
    pub fn after(&self) -> String {
        self.cut(self.column + self.width, usize::MAX)
    }

    fn cut(&self, from: usize, to: usize) -> String {
        let line = self.lines.get(self.marked).map_or("", |(_, text)| text.as_str());
        line.chars().skip(from).take(to - from).collect()
    }
}
