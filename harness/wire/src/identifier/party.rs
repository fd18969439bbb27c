//! HER-id, organisation number, HPR number.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Largest HER-id: the address register's API has 32-bit signed integers.
const HER_MAX: u32 = i32::MAX as u32;
/// Weights of the organisation number's control digit.
const ORG_WEIGHTS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// The address of an enterprise or a communication party in Adresseregisteret: 1 to 2147483647.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HerId(u32);

/// Why a text is no HER-id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HerIdError {
    /// Nothing there.
    #[error("HER-id is empty")]
    Empty,
    /// Blanks before, in or after it.
    #[error("HER-id `{0}` has blanks")]
    Blanks(String),
    /// Something else than digits, for example the dotted notation of 2009.
    #[error("HER-id `{0}` has other characters than digits")]
    NotDigits(String),
    /// Zero in front, or zero itself.
    #[error("HER-id `{0}` begins with zero")]
    LeadingZero(String),
    /// Larger than the register can hold.
    #[error("HER-id `{0}` is larger than 2147483647")]
    TooLarge(String),
}

impl HerId {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for HerId {
    type Error = HerIdError;

    fn try_from(number: u32) -> Result<Self, HerIdError> {
        match number {
            0 => Err(HerIdError::LeadingZero(number.to_string())),
            1..=HER_MAX => Ok(Self(number)),
            _ => Err(HerIdError::TooLarge(number.to_string())),
        }
    }
}

impl FromStr for HerId {
    type Err = HerIdError;

    fn from_str(text: &str) -> Result<Self, HerIdError> {
        if text.is_empty() {
            Err(HerIdError::Empty)
        } else if text.contains(char::is_whitespace) {
            Err(HerIdError::Blanks(text.to_owned()))
        } else if !text.bytes().all(|b| b.is_ascii_digit()) {
            Err(HerIdError::NotDigits(text.to_owned()))
        } else if text.starts_with('0') {
            Err(HerIdError::LeadingZero(text.to_owned()))
        } else {
            let number: u32 = text.parse().map_err(|_| HerIdError::TooLarge(text.to_owned()))?;
            Self::try_from(number)
        }
    }
}

impl fmt::Display for HerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An organisation number of Enhetsregisteret: nine digits, the last a control digit (modulus 11).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgNumber(String);

/// Why a text is no organisation number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OrgNumberError {
    /// Not nine digits.
    #[error("organisation number `{0}` is not nine digits")]
    NotNineDigits(String),
    /// The control digit is wrong.
    #[error("organisation number `{0}` has a wrong control digit")]
    ControlDigit(String),
}

impl OrgNumber {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it cannot be a real one: those begin with 8 or 9.
    pub fn is_synthetic(&self) -> bool {
        !self.0.starts_with(['8', '9'])
    }
}

impl FromStr for OrgNumber {
    type Err = OrgNumberError;

    fn from_str(text: &str) -> Result<Self, OrgNumberError> {
        let Some(digits) = digits::<9>(text) else {
            return Err(OrgNumberError::NotNineDigits(text.to_owned()));
        };
        let sum: u32 = digits.iter().zip(ORG_WEIGHTS).map(|(d, w)| d * w).sum();
        if (11 - sum % 11) % 11 == digits[8] {
            Ok(Self(text.to_owned()))
        } else {
            Err(OrgNumberError::ControlDigit(text.to_owned()))
        }
    }
}

impl fmt::Display for OrgNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A number of the health personnel register: one to nine digits. Some write it with zeros in front, so it
/// is a number, not a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HprNumber(u32);

/// Why a text is no HPR number.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("HPR number `{0}` is not one to nine digits")]
pub struct HprNumberError(String);

impl HprNumber {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl FromStr for HprNumber {
    type Err = HprNumberError;

    fn from_str(text: &str) -> Result<Self, HprNumberError> {
        let well_formed = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = well_formed.then(|| text.parse().ok()).flatten();
        number.filter(|n| *n > 0).map(Self).ok_or_else(|| HprNumberError(text.to_owned()))
    }
}

impl fmt::Display for HprNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The digits of a text that is exactly `N` ASCII digits.
pub(super) fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let mut out = [0; N];
    if text.len() != N {
        return None;
    }
    for (slot, byte) in out.iter_mut().zip(text.bytes()) {
        *slot = char::from(byte).to_digit(10)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn her_ids() {
        for (text, expected) in [
            ("59", Ok(HerId(59))),
            ("2147483647", Ok(HerId(2_147_483_647))),
            ("2147483648", Err(HerIdError::TooLarge("2147483648".into()))),
            ("99999999999", Err(HerIdError::TooLarge("99999999999".into()))),
            (" 59", Err(HerIdError::Blanks(" 59".into()))),
            ("059", Err(HerIdError::LeadingZero("059".into()))),
            ("0", Err(HerIdError::LeadingZero("0".into()))),
            ("369.767", Err(HerIdError::NotDigits("369.767".into()))),
            ("-1", Err(HerIdError::NotDigits("-1".into()))),
            ("", Err(HerIdError::Empty)),
        ] {
            assert_eq!(text.parse::<HerId>(), expected, "{text}");
        }
    }

    #[test]
    fn organisation_numbers() {
        for valid in ["889640782", "993467049", "983974880", "974557746", "971318864"] {
            assert!(!valid.parse::<OrgNumber>().unwrap().is_synthetic(), "{valid}");
        }
        for wrong in ["987654321", "999888777", "333555666"] {
            assert_eq!(wrong.parse::<OrgNumber>(), Err(OrgNumberError::ControlDigit(wrong.into())));
        }
        for other in ["", "88964078", "8896407822", "88964078x", "889 640 782"] {
            assert_eq!(other.parse::<OrgNumber>(), Err(OrgNumberError::NotNineDigits(other.into())));
        }
    }

    #[test]
    fn hpr_numbers_compare_as_numbers() {
        assert_eq!("009144900".parse::<HprNumber>(), "9144900".parse());
        assert_eq!("565501872".parse::<HprNumber>().unwrap().get(), 565_501_872);
        for wrong in ["", "1234567890", "12a", "+12", "000"] {
            assert!(wrong.parse::<HprNumber>().is_err(), "{wrong}");
        }
    }
}
