//! Who stands in the registers: plain facts, whatever file they came from.

use wire::certificate::Certificate;

/// A communication party with its two levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Its role in scenarios: `hospital`, `municipality`, …
    pub role: String,
    /// Level 1.
    pub organisation: Organisation,
    /// Level 2.
    pub service: Service,
    /// Mail address for messages (component `E_EDI` of the address register); empty when it has none.
    pub edi: String,
    /// What it signs with and what is encrypted to it.
    pub certificates: Pair<Certificate>,
}

/// Level 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// HER-id.
    pub her: u32,
    /// Name.
    pub name: String,
    /// Organisation number, nine digits; empty when unknown.
    pub number: String,
    /// What sort of organisation it is.
    pub kind: Kind,
}

/// What sort of organisation: code list 9040, which the address register calls business type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A hospital.
    Hospital,
    /// A municipality.
    Municipality,
    /// A general practitioner.
    Practice,
}

impl Kind {
    /// Code and text in list 9040.
    pub fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::Hospital => ("101", "Helseforetak/private sykehus"),
            Self::Municipality => ("102", "Kommune"),
            Self::Practice => ("103", "Fastlege og annen privat aktør som yter helsehjelp"),
        }
    }
}

/// Level 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// HER-id.
    pub her: u32,
    /// Name.
    pub name: String,
    /// Telephone; empty when unknown.
    pub phone: String,
}

/// One of something for signing, one for encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair<T> {
    /// For signing.
    pub sign: T,
    /// For encryption.
    pub encrypt: T,
}

/// A patient whom scenarios are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    /// `known` or `unknown` to the subject.
    pub kind: String,
    /// Identity number.
    pub id: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// Sex by list 3101.
    pub sex: String,
}
