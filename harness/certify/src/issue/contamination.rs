//! Whether a run holds an identity number that may be a real person's.

use evidence::event::Seq;
use evidence::history::{Author, History};
use wire::identifier::NationalId;

/// Digits in an identity number.
const DIGITS: usize = 11;

/// The first event of the subject's with an identity number that is neither synthetic nor an official test person's.
///
/// Eleven digits that are no part of a longer number, with a date and both control digits: one random number of some 400
/// fits that, so a false alarm is possible, and is settled by looking at the event.
pub(super) fn of(history: &History) -> Option<Seq> {
    let theirs = history.messages.iter().filter(|message| message.author == Author::Subject);
    theirs
        .filter(|message| message.payloads.iter().flat_map(|(_, p)| p).any(|p| is_real(&p.content)))
        .map(|m| m.seq)
        .next()
}

fn is_real(content: &[u8]) -> bool {
    content.split(|byte| !byte.is_ascii_digit()).filter(|digits| digits.len() == DIGITS).any(|digits| {
        let number = std::str::from_utf8(digits).ok().and_then(|text| text.parse::<NationalId>().ok());
        number.is_some_and(|number| !number.is_synthetic() && !number.is_official_test_person())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn synthetic_numbers_and_test_persons_are_told_from_others() {
        // An official test person, and the same with the months of the synthetic series.
        assert!(!is_real(b"<Id>13116900216</Id>"));
        let synthetic = (0..10_000_000_000_u64)
            .step_by(997)
            .map(|n| format!("{n:011}"))
            .find(|text| text.parse::<NationalId>().is_ok_and(|number| number.is_synthetic()));
        assert!(!is_real(format!("<Id>{}</Id>", synthetic.unwrap()).as_bytes()));
        let other = (1_000_000_000..u64::MAX)
            .step_by(7)
            .map(|n| format!("{n:011}"))
            .find(|text| text.parse::<NationalId>().is_ok_and(|n| !n.is_synthetic() && !n.is_official_test_person()));
        let other = other.unwrap();
        assert!(is_real(format!("<Id>{other}</Id>").as_bytes()));
        assert!(!is_real(format!("<Id>1{other}</Id>").as_bytes()), "part of a longer number");
    }
}
