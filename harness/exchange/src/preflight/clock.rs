//! The subject's clock beside ours.

use super::Look;
use evidence::history::{Author, History};
use jiff::{SignedDuration, Timestamp};

/// What two clocks may differ by. No standard says it; whoever keeps time by NTP is within a second, and a message waits
/// a while before it is sent.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

const ADVICE: &str =
    "set the clocks of both machines by NTP, and give times with their offset from UTC: HIS 80415 asks for it";

/// Compares; `source` is what shows the subject's time.
pub fn look(source: &str, theirs: Timestamp, ours: Timestamp) -> Look {
    let what = "clock of the subject";
    let gap = theirs.duration_since(ours);
    if gap.abs() <= TOLERANCE {
        return Look::fine(what, format!("{}, by the {source}", words(gap)));
    }
    // A whole number of hours is no drift.
    let rest = gap.abs().as_secs() % 3600;
    let hours = rest <= TOLERANCE.as_secs() || rest >= 3600 - TOLERANCE.as_secs();
    let hint = if hours { "; whole hours: summer time, or local time given as UTC?" } else { "" };
    Look::misfit(what, format!("{}, by the {source}{hint}", words(gap)), ADVICE)
}

fn words(gap: SignedDuration) -> String {
    let seconds = gap.abs().as_secs();
    let amount = match seconds {
        0..120 => format!("{seconds} s"),
        120..3000 => format!("{} min", seconds / 60),
        _ => format!("{} h {} min", (seconds + 30) / 3600, (seconds + 30) % 3600 / 60),
    };
    match seconds {
        0 => "the same as ours".to_owned(),
        _ if gap.is_positive() => format!("{amount} ahead of ours"),
        _ => format!("{amount} behind ours"),
    }
}

/// By eb:Timestamp of what came in a run, beside when it came. A message may have waited; so the smallest difference
/// counts. A time without an offset says nothing.
pub fn of_run(history: &History) -> Option<Look> {
    let of_subject = history.messages.iter().filter(|m| m.author == Author::Subject);
    let times = of_subject.filter_map(|m| Some((m.message.soap()?.timestamp()?.parse::<Timestamp>().ok()?, m.at)));
    let (theirs, ours) = times.min_by_key(|(theirs, ours)| theirs.duration_since(*ours).abs())?;
    Some(look("eb:Timestamp of its messages", theirs, ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_seen_and_a_second_is_not() {
        let ours: Timestamp = "2026-01-15T09:30:00Z".parse().unwrap();
        let by = |seconds| look("Date", ours + SignedDuration::from_secs(seconds), ours);
        assert!(by(0).is_fine() && by(-290).is_fine() && by(290).is_fine());
        assert_eq!(by(-1).found, "1 s behind ours, by the Date");
        let hour = by(-3601);
        assert!(!hour.is_fine() && hour.found.starts_with("1 h 0 min behind ours"), "{hour:?}");
        assert!(hour.found.contains("summer time"), "{hour:?}");
        assert_eq!(by(1800).found, "30 min ahead of ours, by the Date");
        assert!(by(7199).found.contains("2 h 0 min ahead"), "{:?}", by(7199));
    }
}
