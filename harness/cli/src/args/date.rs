//! Days on the command line.

use jiff::civil::Date;

/// Reads `2026-12-31`; of `31.12.2026` it says how to write it.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|error: jiff::Error| match norwegian(text) {
        Some(meant) => format!("a day is written year first: write {meant}"),
        None if text.starts_with(|c: char| c.is_ascii_digit()) && text.len() == 10 => error.to_string(),
        None => "a day is written as in 2026-12-31".to_owned(),
    })
}

/// The day that somebody meant who wrote it as people in Norway do.
fn norwegian(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split('.').map(str::trim).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_read_or_its_form_is_told() {
        assert_eq!(day("2026-12-31"), Ok(date(2026, 12, 31)));
        assert!(day("31.12.2026").unwrap_err().ends_with("write 2026-12-31"));
        assert!(day("1.2.2026").unwrap_err().ends_with("write 2026-02-01"));
        assert!(day("tomorrow").unwrap_err().contains("2026-12-31"));
        assert!(day("31.02.2026").is_err() && day("2027-02-30").unwrap_err().contains("not valid"));
    }
}
