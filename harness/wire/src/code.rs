//! Coded values of message bodies (the KITH types CS and CV), as read and as written.

use crate::place::{Located, Place};

/// Code list 8116, kinds of person identifier, as an OID.
pub const PERSON_ID_LIST: &str = "2.16.578.1.12.4.1.1.8116";
/// Code list 9051, kinds of organisation identifier, as an OID.
pub const ORGANISATION_ID_LIST: &str = "2.16.578.1.12.4.1.1.9051";

/// A coded value that was read. In CS the attributes `S` and `OT` do not exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coded {
    /// Attribute `V`: the code.
    pub v: Option<Located<String>>,
    /// Attribute `S`: OID of the code list.
    pub s: Option<Located<String>>,
    /// Attribute `DN`: display name.
    pub dn: Option<Located<String>>,
    /// Attribute `OT`: original text.
    pub ot: Option<Located<String>>,
    /// Where the element stands.
    pub place: Place,
}

impl Coded {
    /// The code.
    pub fn code(&self) -> Option<&str> {
        self.v.as_ref().map(Located::as_str)
    }

    /// Whether the code is this one.
    pub fn is(&self, code: &str) -> bool {
        self.code() == Some(code)
    }
}

/// A coded value to be written; an attribute that is `None` is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// Attribute `V`.
    pub v: Option<String>,
    /// Attribute `S`.
    pub s: Option<String>,
    /// Attribute `DN`.
    pub dn: Option<String>,
    /// Attribute `OT`.
    pub ot: Option<String>,
}

impl Code {
    /// A CS: code and display name.
    pub fn cs(v: &str, dn: &str) -> Self {
        Self { v: Some(v.to_owned()), dn: Some(dn.to_owned()), ..Self::default() }
    }

    /// A CV: code list, code and display name.
    pub fn cv(s: &str, v: &str, dn: &str) -> Self {
        Self { s: Some(s.to_owned()), ..Self::cs(v, dn) }
    }

    /// The same with original text.
    #[must_use]
    pub fn with_text(mut self, ot: &str) -> Self {
        self.ot = Some(ot.to_owned());
        self
    }

    /// Only `V` and `DN`: what a CV becomes where a CS is wanted.
    #[must_use]
    pub fn simple(&self) -> Self {
        Self { v: self.v.clone(), dn: self.dn.clone(), ..Self::default() }
    }

    /// The attributes that are there, in the order V, S, DN, OT.
    pub(crate) fn attributes(&self) -> Vec<(&str, &str)> {
        let all = [("V", &self.v), ("S", &self.s), ("DN", &self.dn), ("OT", &self.ot)];
        all.into_iter().filter_map(|(name, value)| value.as_deref().map(|v| (name, v))).collect()
    }
}

impl From<&Coded> for Code {
    fn from(read: &Coded) -> Self {
        let text = |value: &Option<Located<String>>| value.as_ref().map(|l| l.value.clone());
        Self { v: text(&read.v), s: text(&read.s), dn: text(&read.dn), ot: text(&read.ot) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_only_what_is_there() {
        let code = Code::cv("1.2", "E21", "Mottaker finnes ikke").with_text("ukjent");
        let names: Vec<_> = code.attributes().iter().map(|a| a.0).collect();
        assert_eq!(names, ["V", "S", "DN", "OT"]);
        assert_eq!(code.simple().attributes().len(), 2);
        assert!(Code::default().attributes().is_empty());
    }
}
