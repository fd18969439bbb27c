//! Identity numbers of persons: fødselsnummer, D-number, H-number, felles hjelpenummer.

use super::party::digits;
use super::test_person;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

const WEIGHTS_FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const WEIGHTS_SECOND: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/// An identity number whose form, date and control digits are right. Shows only its first six digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NationalId(String);

/// The kinds of identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NationalIdKind {
    /// Fødselsnummer.
    BirthNumber,
    /// D-number: day + 40.
    DNumber,
    /// H-number, a help number inside one enterprise: month + 40. Synthetic numbers of the same offset
    /// look the same.
    HNumber,
    /// Felles hjelpenummer: begins with 8 or 9, has no date.
    FhNumber,
}

/// The offsets by which synthetic numbers are told from real ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyntheticSeries {
    /// Month + 40.
    Plus40,
    /// Month + 65.
    Plus65,
    /// Month + 80 (Skatteetaten).
    Plus80,
}

/// Which rule the control digits follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ControlRule {
    /// Both remainders are 0.
    Until2032,
    /// The first remainder is 1, 2 or 3: only numbers given out from 2032 on.
    From2032,
}

/// Why a text is no identity number. Does not repeat the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NationalIdError {
    /// Not eleven digits.
    #[error("an identity number has eleven digits and nothing else")]
    NotElevenDigits,
    /// The first six digits are no day and month, with any known offset.
    #[error("the first six digits of the identity number are no date")]
    Date,
    /// A control digit is wrong by the rule until 2032 and by the rule from then on.
    #[error("a control digit of the identity number is wrong")]
    ControlDigits,
}

impl NationalId {
    /// All eleven digits. Keep them out of logs and reports.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Which kind it is.
    pub fn kind(&self) -> NationalIdKind {
        let (day, month) = (self.pair(0), self.pair(2));
        if day >= 80 {
            NationalIdKind::FhNumber
        } else if day > 40 {
            NationalIdKind::DNumber
        } else if (41..=52).contains(&month) {
            NationalIdKind::HNumber
        } else {
            NationalIdKind::BirthNumber
        }
    }

    /// The series of synthetic numbers that it belongs to.
    pub fn series(&self) -> Option<SyntheticSeries> {
        if self.kind() == NationalIdKind::FhNumber {
            return None;
        }
        match self.pair(2) {
            41..=52 => Some(SyntheticSeries::Plus40),
            66..=77 => Some(SyntheticSeries::Plus65),
            81..=92 => Some(SyntheticSeries::Plus80),
            _ => None,
        }
    }

    /// Whether it belongs to a series of synthetic numbers. H-numbers do, by their looks; the official test
    /// persons do not, see [`NationalId::is_official_test_person`].
    pub fn is_synthetic(&self) -> bool {
        self.series().is_some()
    }

    /// Whether it is one of the fictitious persons of the national test packages, whose numbers are built
    /// like real ones.
    pub fn is_official_test_person(&self) -> bool {
        test_person::NUMBERS.binary_search(&self.0.as_str()).is_ok()
    }

    /// Which rule its control digits follow.
    pub fn rule(&self) -> ControlRule {
        match digits(&self.0).map(remainders) {
            Some((0, _)) | None => ControlRule::Until2032,
            Some(_) => ControlRule::From2032,
        }
    }

    fn pair(&self, at: usize) -> u32 {
        self.0.get(at..at + 2).and_then(|p| p.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for NationalId {
    type Err = NationalIdError;

    fn from_str(text: &str) -> Result<Self, NationalIdError> {
        let digits = digits::<11>(text).ok_or(NationalIdError::NotElevenDigits)?;
        let fh_number = digits[0] >= 8;
        if !fh_number && !is_date(digits) {
            return Err(NationalIdError::Date);
        }
        match remainders(digits) {
            (0, 0) => Ok(Self(text.to_owned())),
            (1..=3, 0) if !fh_number => Ok(Self(text.to_owned())),
            _ => Err(NationalIdError::ControlDigits),
        }
    }
}

/// Both sums modulo 11, control digits included (Skatteetaten's description of the rule from 2032).
fn remainders(digits: [u32; 11]) -> (u32, u32) {
    let weighted = |weights: &[u32]| digits.iter().zip(weights).map(|(d, w)| d * w).sum::<u32>();
    ((weighted(&WEIGHTS_FIRST) + digits[9]) % 11, (weighted(&WEIGHTS_SECOND) + digits[10]) % 11)
}

/// The century is unknown, so year 00 counts as a leap year, as Skatteetaten's validator has it.
fn is_date(digits: [u32; 11]) -> bool {
    let day = digits[0] * 10 + digits[1];
    let day = if day > 40 { day - 40 } else { day };
    let year = digits[4] * 10 + digits[5];
    let month = digits[2] * 10 + digits[3];
    let month =
        [0, 40, 65, 80].into_iter().filter_map(|offset| month.checked_sub(offset)).find(|m| (1..=12).contains(m));
    let days = match month {
        Some(2) if year.is_multiple_of(4) => 29,
        Some(2) => 28,
        Some(4 | 6 | 9 | 11) => 30,
        Some(_) => 31,
        None => return false,
    };
    (1..=days).contains(&day)
}

impl fmt::Display for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}*****", self.0.get(..6).unwrap_or_default())
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::ControlRule::{From2032, Until2032};
    use super::NationalIdKind::{BirthNumber, DNumber, FhNumber, HNumber};
    use super::SyntheticSeries::{Plus40, Plus65, Plus80};
    use super::*;

    #[test]
    fn numbers_of_the_register_authority() {
        for (text, kind, series, rule) in [
            ("20036914700", BirthNumber, None, Until2032),
            ("29020073150", BirthNumber, None, Until2032),
            ("30108299939", BirthNumber, None, From2032),
            ("02013299997", BirthNumber, None, Until2032),
            ("30108299920", BirthNumber, None, Until2032),
            ("55102499947", DNumber, None, From2032),
            ("03851598730", BirthNumber, Some(Plus80), Until2032),
            ("30908299902", BirthNumber, Some(Plus80), From2032),
            ("41819077302", DNumber, Some(Plus80), Until2032),
            ("41819077906", DNumber, Some(Plus80), From2032),
            ("15720255178", BirthNumber, Some(Plus65), Until2032),
            ("15476500548", HNumber, Some(Plus40), Until2032),
            ("88888888831", FhNumber, None, Until2032),
            ("80008117075", FhNumber, None, Until2032),
            ("70019950032", DNumber, None, Until2032),
        ] {
            let id: NationalId = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!((id.kind(), id.series(), id.rule()), (kind, series, rule), "{text}");
            assert_eq!(id.is_synthetic(), series.is_some());
        }
    }

    #[test]
    fn wrong_numbers_say_why() {
        for (text, why) in [
            ("29020105729", NationalIdError::Date),
            ("45406500520", NationalIdError::Date),
            ("20036914712", NationalIdError::ControlDigits),
            ("25036000305", NationalIdError::ControlDigits),
            ("01015000322", NationalIdError::ControlDigits),
            ("01015002322", NationalIdError::ControlDigits),
            ("2003691470", NationalIdError::NotElevenDigits),
            ("131169 00216", NationalIdError::NotElevenDigits),
            ("1311690021६", NationalIdError::NotElevenDigits),
        ] {
            assert_eq!(text.parse::<NationalId>(), Err(why), "{text}");
        }
    }

    #[test]
    fn shows_six_digits_only() {
        let id: NationalId = "13116900216".parse().unwrap();
        assert_eq!(format!("{id} {id:?}"), "131169***** NationalId(131169*****)");
        assert!(id.is_official_test_person() && !id.is_synthetic());
        assert_eq!(id.reveal(), "13116900216");
    }
}
