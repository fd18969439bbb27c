//! The lexical form of `xs:dateTime` (XML Schema part 2, 3.2.7): readers of dates take much more than that.

/// Whether this is an `xs:dateTime` with zone: `2026-03-01T12:00:00Z`, fractions and offsets included.
pub(crate) fn is_with_zone(text: &str) -> bool {
    let zoned = |(local, zone): (&str, &str)| is_local(local) && is_offset(zone);
    match text.strip_suffix('Z') {
        Some(local) => is_local(local),
        // The sign stands six characters before the end; the date has hyphens too.
        None => text.len().checked_sub(6).and_then(|at| text.split_at_checked(at)).is_some_and(zoned),
    }
}

/// Whether this is an `xs:dateTime`, with or without zone.
pub(crate) fn is_date_time(text: &str) -> bool {
    is_local(text) || is_with_zone(text)
}

fn is_local(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let (clock, fraction) = time.split_once('.').map_or((time, None), |(clock, fraction)| (clock, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_date(date) && is_clock(clock, fraction) && fraction.is_none_or(digits)
}

/// Years of more than four digits and before our era are `xs:dateTime` too, and no message has them.
fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = fields(text, '-', [4, 2, 2]) else { return false };
    let date = |value: u32| i8::try_from(value).ok();
    let parts = i16::try_from(year).ok().zip(date(month)).zip(date(day));
    parts.is_some_and(|((year, month), day)| year > 0 && jiff::civil::Date::new(year, month, day).is_ok())
}

/// `24:00:00` is the end of the day; a leap second is no `xs:dateTime`.
fn is_clock(text: &str, fraction: Option<&str>) -> bool {
    let Some([hour, minute, second]) = fields(text, ':', [2, 2, 2]) else { return false };
    let is_end_of_day = (hour, minute, second) == (24, 0, 0) && fraction.is_none_or(|f| f.bytes().all(|b| b == b'0'));
    is_end_of_day || hour < 24 && minute < 60 && second < 60
}

fn is_offset(text: &str) -> bool {
    let offset = text.strip_prefix(['+', '-']).and_then(|text| fields(text, ':', [2, 2]));
    offset.is_some_and(|[hours, minutes]| hours < 14 && minutes < 60 || (hours, minutes) == (14, 0))
}

/// Numbers of exactly so many digits, with a separator between.
fn fields<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut parts = text.split(separator);
    let mut found = [0; N];
    for (value, length) in found.iter_mut().zip(digits) {
        let part = parts.next().filter(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_digit()))?;
        *value = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_schema_takes() {
        for text in [
            "2026-11-25T20:17:57Z",
            "2026-11-25T20:17:57.123456789012Z",
            "2026-11-25T20:17:57+01:00",
            "2026-11-25T20:17:57.5-09:30",
            "2026-11-25T24:00:00Z",
            "2024-02-29T00:00:00+14:00",
        ] {
            assert!(is_with_zone(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_only_readers_of_dates_take() {
        for text in [
            "2026-11-25T20:17:57",
            "2026-11-25 20:17:57Z",
            "2026-11-25T20:17Z",
            "20261125T201757Z",
            "2026-11-25T20:17:57+0100",
            "2026-11-25T20:17:57,5Z",
            "2026-11-25T20:17:57.Z",
            "2026-11-25T20:17:57+01:00[Europe/Oslo]",
            "2026-11-25T20:17:60Z",
            "2026-11-25t20:17:57z",
            "2026-02-30T20:17:57Z",
            "2026-11-25T24:00:01Z",
            "2026-11-25T20:17:57+15:00",
            "æøå+01:00",
            "",
        ] {
            assert!(!is_with_zone(text), "{text}");
        }
    }
}
