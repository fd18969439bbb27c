//! What a report is made from: what a certificate states, and what was found out about it.

use crate::Lang;
use certify::certificate::Certificate;
use certify::standing::Standing;
use checks::catalogue::Catalogue;
use checks::profile::Profile;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Stated<'s> {
    /// What the certificate states.
    pub certificate: &'s Certificate,
    /// SHA-256 of its file, in hexadecimal digits.
    pub digest: &'s str,
    /// What was found out about its signatures.
    pub signature: &'s Signature,
    /// What a register says about it; `None`: none was asked.
    pub registered: Option<&'s Registered<'s>>,
    /// What its runs say when they are judged again; `None`: they were not at hand.
    pub again: Option<&'s Again>,
    /// The requirements as this tool has them.
    pub catalogue: &'s Catalogue,
    /// The profile of the certificate as this tool has it; `None`: it has another edition, or none.
    pub profile: Option<&'s Profile>,
    /// The title of a scenario in a language, where this tool has it.
    pub scenario_title: &'s dyn Fn(&str, Lang) -> Option<String>,
    /// The day that the report is about.
    pub on: Date,
    /// The tool that makes the report.
    pub tool: &'s str,
    /// The language of the report.
    pub lang: Lang,
}

/// What was found out about the signatures of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// Nobody was named whose signature would have been believed.
    NobodyNamed,
    /// Too few of those who were named have signed.
    TooFew {
        /// How many did.
        found: u32,
        /// How many must have.
        demanded: u32,
    },
    /// The signature fits, and the organisation's certificate may not stand for it: why not, in English.
    NotFit(String),
    /// These have signed, and that is enough.
    By {
        /// Their names.
        signers: Vec<String>,
        /// Name and digest of the certificate of the organisation that signed, where one did.
        organisation: Option<(String, String)>,
    },
}

impl Signature {
    /// Whether the certificate was signed by those who are believed.
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::By { .. })
    }
}

/// What a register says.
#[derive(Debug, Clone)]
pub struct Registered<'s> {
    /// How the certificate stands in it; `None`: it is not in it.
    pub standing: Option<&'s Standing>,
    /// Whether the register was held against a key from elsewhere than itself.
    pub is_verified: bool,
}

/// What the runs of a certificate say when they are judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// Whether every status and every outcome is the one in the certificate.
    pub is_same: bool,
    /// The tool that judged them again.
    pub tool: String,
    /// How often each requirement was seen.
    pub seen: BTreeMap<String, Seen>,
}

/// How often a requirement was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Met.
    pub satisfied: u32,
    /// Broken.
    pub violated: u32,
    /// So that it could not be told.
    pub cannot_tell: u32,
    /// How often the profile wants to see it met.
    pub minimum: u32,
}

impl Stated<'_> {
    /// Whether this tool has the catalogue by which was judged.
    pub(crate) fn has_catalogue(&self) -> bool {
        self.catalogue.digest().to_string() == self.certificate.rules.catalogue
    }

    /// Whether the certificate was verified: by a signature, or, where nobody was named, in a verified register. Somebody who
    /// was named and has not signed is not made good by a register.
    pub fn is_verified(&self) -> bool {
        self.signature.is_verified() || self.is_verified_by_register()
    }

    pub(crate) fn is_verified_by_register(&self) -> bool {
        let registered = self.registered.is_some_and(|r| r.is_verified && r.standing.is_some());
        registered && *self.signature == Signature::NobodyNamed
    }

    /// The system in the version that was tested, with its message handler.
    pub(crate) fn product(&self) -> String {
        let product = &self.certificate.product;
        let mut text =
            format!("{} {} {} {}", product.system, product.version, self.lang.pick("fra", "by"), product.supplier);
        if let Some(handler) = &product.handler {
            text.push_str(self.lang.pick(", med meldingstjeneren ", ", with the message handler "));
            text.push_str(handler);
            if let Some(version) = &product.handler_version {
                text.push_str(&format!(" {version}"));
            }
            text.push(',');
        }
        text
    }
}
