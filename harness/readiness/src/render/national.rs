//! How far a roll-out has come.

use super::table::{harmless, lines};
use crate::national::{Counts, Progress};
use jiff::civil::Date;
use serde_json::{Value, json};

/// For people: all in one line a message, then each message by size and county.
pub fn national_human(progress: &[Progress], on: Date) -> String {
    let mut out = format!("READY on {on}, of the municipalities of the roster\n\n");
    out.push_str(&format!(
        "  {:<7} {:<32} {:>5} {:>5} {:>5} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
        "", "", "yes", "open", "no", "people", "system", "handler", "own end", "other", "agree"
    ));
    for one in progress {
        line(&format!("{:<7} {:<32}", one.question.direction.to_string(), one.question.name()), &one.all, &mut out);
    }
    for one in progress {
        out.push_str(&format!("\n{} {}\n", one.question.direction, one.question.name()));
        for (size, counts) in &one.by_size {
            line(&format!("{:<40}", size.to_string()), counts, &mut out);
        }
        for (county, counts) in &one.by_county {
            line(&format!("{:<40}", county.as_deref().unwrap_or("county not known")), counts, &mut out);
        }
    }
    out.push_str(
        "\nopen: not established. people: share of the people who live where it is ready. For how many municipalities holds\n\
         system: the roster names the system; handler: the tested message handler is in use; own end, other: that end is\n\
         certified; agree: both are, with a common carrier and AppRec version.\n",
    );
    out
}

fn line(label: &str, counts: &Counts, out: &mut String) {
    let factors = &counts.factors;
    out.push_str(&format!(
        "  {label} {:>5} {:>5} {:>5} {:>7} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
        counts.yes,
        counts.not_established,
        counts.no,
        percent(counts.people_yes, counts.people),
        factors.system_known,
        factors.handler_approved,
        factors.own_end,
        factors.other_end,
        factors.both_agree
    ));
}

/// A share in percent; nothing where there is nobody. Never 100 while something is missing, nor 0 while something is there.
pub(crate) fn percent(part: u64, of: u64) -> String {
    match (part * 100).checked_div(of) {
        None => "–".to_owned(),
        Some(0) if part > 0 => "<1 %".to_owned(),
        Some(percent) => format!("{percent} %"),
    }
}

/// For programs.
pub fn national_json(progress: &[Progress], on: Date, is_verified: bool) -> String {
    let messages: Vec<Value> = progress
        .iter()
        .map(|one| {
            let sizes: Vec<Value> =
                one.by_size.iter().map(|(size, counts)| json!({ "size": size, "counts": counts })).collect();
            let counties: Vec<Value> =
                one.by_county.iter().map(|(county, counts)| json!({ "county": county, "counts": counts })).collect();
            json!({
                "message": one.question.message,
                "version": one.question.version,
                "direction": one.question.direction,
                "counts": one.all,
                "by_size": sizes,
                "by_county": counties,
            })
        })
        .collect();
    let document = json!({ "format": 1, "is_verified": is_verified, "on": on, "messages": messages });
    format!("{document:#}\n")
}

/// For spreadsheets: a line a message, direction and part of the country.
pub fn national_csv(progress: &[Progress], on: Date) -> String {
    let head = [
        "on",
        "message",
        "direction",
        "by",
        "value",
        "yes",
        "not_established",
        "no",
        "people_yes",
        "people",
        "system_known",
        "handler_approved",
        "own_end",
        "other_end",
        "both_agree",
    ];
    let mut records = Vec::new();
    for one in progress {
        let mut add = |by: &str, value: &str, counts: &Counts| {
            let factors = &counts.factors;
            let numbers = [counts.yes, counts.not_established, counts.no].map(|number| number.to_string());
            let people = [counts.people_yes, counts.people].map(|number| number.to_string());
            let factors = [
                factors.system_known,
                factors.handler_approved,
                factors.own_end,
                factors.other_end,
                factors.both_agree,
            ];
            let mut record = vec![
                on.to_string(),
                one.question.name(),
                one.question.direction.to_string(),
                by.to_owned(),
                harmless(value),
            ];
            record.extend(numbers.into_iter().chain(people).chain(factors.map(|number| number.to_string())));
            records.push(record);
        };
        add("all", "", &one.all);
        for (size, counts) in &one.by_size {
            add("size", &size.to_string(), counts);
        }
        for (county, counts) in &one.by_county {
            add("county", county.as_deref().unwrap_or_default(), counts);
        }
    }
    lines(&head, records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_not_rounded_to_all_or_nothing() {
        assert_eq!(percent(0, 10), "0 %");
        assert_eq!(percent(1, 1_000), "<1 %");
        assert_eq!(percent(999, 1_000), "99 %");
        assert_eq!(percent(10, 10), "100 %");
        assert_eq!(percent(0, 0), "–");
    }
}
