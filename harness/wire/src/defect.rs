//! What a decoder found wrong in a message. A defect is a value: decoding goes on.

use crate::place::Place;
use std::fmt;

/// One thing that a decoder found wrong: in which layer, what, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The layer whose decoder found it.
    pub layer: Layer,
    /// Short stable code in kebab case, e.g. `boundary-missing`.
    pub code: &'static str,
    /// One sentence without full stop, for people.
    pub message: String,
    /// Where.
    pub place: Place,
}

/// The layers of a message, from the outside in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// MIME entity: headers and parts.
    Mime,
    /// XML well-formedness and encoding.
    Xml,
    /// SOAP and ebXML elements.
    Envelope,
    /// XML signature.
    Signature,
    /// CMS object.
    Encryption,
    /// The fagmelding or AppRec.
    Message,
}

impl Defect {
    /// A defect of `layer` with a stable code, a sentence and a place.
    pub fn new(layer: Layer, code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self { layer, code, message: message.into(), place }
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}] at {}", self.message, self.code, self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defect_reads_as_a_sentence() {
        let defect =
            Defect::new(Layer::Mime, "boundary-missing", "no boundary parameter", Place::named("Content-Type"));
        assert_eq!(defect.to_string(), "no boundary parameter [boundary-missing] at Content-Type");
    }
}
