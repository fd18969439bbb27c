//! A finding as text.

use super::{Class, Excerpt, Finding, ScenarioPlace};
use crate::style::{Role, Style};
use crate::visible::{clipped, visible};
use evidence::event::Seq;

/// Characters of an expectation or value before it is cut in the text; the HTML report and `show` have it whole.
const VALUE_MAX: usize = 600;
/// Events that are named one by one.
const EVENTS_MAX: usize = 12;
/// Column of the values behind the labels.
const COLUMN: usize = 15;

/// The finding in full, ending with a line end.
pub fn render(finding: &Finding, style: &Style) -> String {
    let mut out = String::new();
    let head = finding.head();
    let statement = style.wrap(&finding.statement, 4.max(head.chars().count().min(40) + 2));
    out.push_str(&format!("{}: {}\n", style.paint(role(finding.class), &head), style.paint(Role::Strong, &statement)));
    if let Some(place) = &finding.scenario {
        scenario(&mut out, place, finding, *style);
    }
    let blob = finding.blob.as_ref().map(|blob| format!(", blob {blob}…")).unwrap_or_default();
    let place = format!("event {} ({}){blob}, {}", finding.event, finding.event_name, finding.place);
    field(&mut out, "where", &place, *style);
    if let Some(found) = &finding.excerpt {
        excerpt(&mut out, found, *style);
    }
    if !finding.expected.is_empty() {
        field(&mut out, "expected", &clipped(&finding.expected, VALUE_MAX), *style);
    }
    field(&mut out, "got", &clipped(&finding.got, VALUE_MAX), *style);
    field(&mut out, "class", finding.class.reason(), *style);
    field(&mut out, "source", &finding.source, *style);
    if let Some(reason) = &finding.profile_reason {
        field(&mut out, "profile", reason, *style);
    }
    if let Some(likely) = finding.likely {
        let label = if finding.class == Class::Remark { "because" } else { "likely" };
        field(&mut out, label, likely, *style);
    }
    if finding.count > 1 {
        field(&mut out, "also", &more(finding), *style);
    }
    if !finding.hints.is_empty() {
        out.push_str(&format!("{}: {}\n", style.paint(Role::Strong, "hint"), finding.hints.join(" · ")));
    }
    out
}

/// The finding in one line, without a line end.
pub fn one_line(finding: &Finding, style: &Style) -> String {
    let head = finding.head();
    let times = if finding.count > 1 { format!(" ×{}", finding.count) } else { String::new() };
    let rest = format!("{times} event {}: got {}", finding.event, finding.got);
    let room = style.width.saturating_sub(head.chars().count()).max(40);
    format!("{}{}", style.paint(role(finding.class), &head), clipped(&rest, room))
}

/// `11 more: events 23, 31, …`.
fn more(finding: &Finding) -> String {
    let count = finding.count - 1;
    if finding.others.is_empty() {
        return format!("{count} more in the same event");
    }
    format!("{count} more: {}", events_in_words(&finding.others))
}

/// `event 4` or `events 4, 7 and 9 further`.
pub(crate) fn events_in_words(events: &[Seq]) -> String {
    let named: Vec<String> = events.iter().take(EVENTS_MAX).map(ToString::to_string).collect();
    let word = if events.len() == 1 { "event" } else { "events" };
    let left = events.len().saturating_sub(EVENTS_MAX);
    let rest = if left > 0 { format!(" and {left} further") } else { String::new() };
    format!("{word} {}{rest}", named.join(", "))
}

fn role(class: Class) -> Role {
    match class {
        Class::Violated | Class::SuiteDefect => Role::Bad,
        Class::NotEstablished(_) | Class::Advice => Role::Doubt,
        Class::Remark => Role::Quiet,
    }
}

fn field(out: &mut String, label: &str, text: &str, style: Style) {
    let label = format!("{:<width$}", format!("{label}:"), width = COLUMN - 5);
    out.push_str(&format!("   {} {label} {}\n", style.paint(Role::Quiet, "="), style.wrap(text, COLUMN + 1)));
}

fn scenario(out: &mut String, place: &ScenarioPlace, finding: &Finding, style: Style) {
    let line = place.line.map(|line| format!(":{line}")).unwrap_or_default();
    out.push_str(&format!("  {} {}{line}\n", style.paint(Role::Quiet, "-->"), place.file));
    let (Some(number), Some(text)) = (place.line, place.text) else { return };
    let bar = style.paint(Role::Quiet, "|");
    let text = visible(text.trim_end()).replace('␠', " ");
    let begin = text.chars().take_while(|c| *c == ' ' || *c == '-').count();
    let width = text.chars().skip(begin).take_while(|c| !c.is_whitespace()).count().max(1);
    let gutter = number.to_string();
    let blank = " ".repeat(gutter.len());
    out.push_str(&format!(" {blank} {bar}\n {gutter} {bar} {}\n", clipped(&text, 160)));
    let caret = style.paint(Role::Doubt, &"^".repeat(width));
    out.push_str(&format!(" {blank} {bar} {}{caret} event {}\n", " ".repeat(begin), finding.event));
}

fn excerpt(out: &mut String, excerpt: &Excerpt, style: Style) {
    let bar = style.paint(Role::Quiet, "|");
    let gutter = excerpt.lines.iter().map(|(number, _)| number.to_string().len()).max().unwrap_or(1);
    for (index, (number, text)) in excerpt.lines.iter().enumerate() {
        out.push_str(&format!("     {number:>gutter$} {bar} {text}\n"));
        if index == excerpt.marked {
            let caret = style.paint(Role::Doubt, &"^".repeat(excerpt.width));
            out.push_str(&format!("     {:>gutter$} {bar} {}{caret}\n", "", " ".repeat(excerpt.column)));
        }
    }
}
