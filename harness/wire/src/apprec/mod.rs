//! Applikasjonskvittering 1.0 (HIS 80415:2004) and 1.1 (HIS 80415:2012): read, write, mirror.
//!
//! ```
//! use provestein_wire::apprec;
//! let text = br#"<AppRec xmlns="http://www.kith.no/xmlstds/apprec/2012-02-15"><Status V="1" DN="OK"/></AppRec>"#;
//! let apprec = apprec::decode(text).expect("it is XML");
//! assert_eq!(apprec.version, Some(apprec::Version::V11));
//! assert_eq!(apprec.status_code(), Some("1"));
//! assert_eq!(apprec.original_id(), None);
//! ```

mod mirror;
mod model;
mod read;
mod write;

pub use crate::code::{Code, Coded};
pub use mirror::{Recipient, SenderRole, answer, mirror};
pub use model::{AdditionalId, AppRec, Hcp, Inst, Original, Party, Unit};
pub use read::decode;
pub(crate) use read::read;
pub use write::{AdditionalIdDraft, AppRecDraft, HcpDraft, InstDraft, OriginalDraft, PartyDraft, UnitDraft, encode};

/// Namespace of version 1.0.
pub const NAMESPACE_V10: &str = "http://www.kith.no/xmlstds/apprec/2004-11-21";
/// Namespace of version 1.1.
pub const NAMESPACE_V11: &str = "http://www.kith.no/xmlstds/apprec/2012-02-15";
/// Code list 8221, error messages of application receipts, as an OID.
pub const ERROR_LIST: &str = "2.16.578.1.12.4.1.1.8221";

/// The display name of a code of list 8221; the code itself where the list does not have it.
pub fn error_name(code: &str) -> &str {
    match code {
        "E10" => "Ugyldig meldingsidentifikator",
        "E20" => "Lege finnes ikke",
        "E21" => "Mottaker finnes ikke",
        "E30" => "Pasientens fødselsnummer mangler",
        "E31" => "Pasientens fødselsnummer er feil",
        "E32" => "Pasientens navn mangler",
        "E35" => "Pasienten finnes ikke i mottakersystemet",
        "E36" => "Pasientopplysninger er utilstrekkelige",
        "S01" => "Feil på signatur",
        "S02" => "Ugyldig sertifikat",
        "S03" => "Tilbaketrukket sertifikat",
        "T02" => "XML validerer ikke",
        "T10" => "Støtter ikke meldingsformatet",
        "T99" => "Annen feil på format",
        "X99" => "Annen feil",
        other => other,
    }
}

/// The versions of AppRec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 1.0, HIS 80415:2004.
    V10,
    /// 1.1, HIS 80415:2012.
    V11,
}

impl Version {
    /// The namespace.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::V10 => NAMESPACE_V10,
            Self::V11 => NAMESPACE_V11,
        }
    }

    /// The text of MIGversion.
    pub fn mig_version(self) -> &'static str {
        match self {
            Self::V10 => "1.0 2004-11-21",
            Self::V11 => "v1.1 2012-02-15",
        }
    }

    /// The version of a namespace.
    pub fn of_namespace(namespace: &str) -> Option<Self> {
        match namespace {
            NAMESPACE_V10 => Some(Self::V10),
            NAMESPACE_V11 => Some(Self::V11),
            _ => None,
        }
    }

    /// The version that answers a message, by the namespace of its body (HITS 1168 8.3); `None` for an AppRec
    /// and for messages that the table does not name.
    pub fn answering(body_namespace: &str) -> Option<Self> {
        const V11: [&str; 6] = [
            "epikrise/2012-02-15",
            "henvisning/2012-02-15",
            "rekvisisjon/2012-02-15",
            "labsvar/2012-02-15",
            "dialog/2013-01-23",
            "henvisning/2017-11-30",
        ];
        const V10: [&str; 7] = [
            "epikrise/2006-09-23",
            "henvisning/2005-07-08",
            "rekvisisjon/2008-12-01",
            "labsvar/2008-12-01",
            "dialog/2006-10-11",
            "legeerklaring/2008-06-06",
            "HelseOpplysningerArbeidsuforhet/2013-10-01",
        ];
        if body_namespace == "http://www.npr.no/xmlstds" {
            return Some(Self::V10);
        }
        let rest = ["http://www.kith.no/xmlstds/", "http://ehelse.no/xmlstds/", "http://www.ehelse.no/xmlstds/"]
            .into_iter()
            .find_map(|base| body_namespace.strip_prefix(base))?;
        let plo = |date: &str| rest.starts_with("po/") && rest.ends_with(date);
        if V11.contains(&rest) || plo("/2012-04-01") {
            Some(Self::V11)
        } else if V10.contains(&rest) || plo("/2009-06-30") || rest.starts_with("eresept/") || rest.starts_with("bkm/")
        {
            Some(Self::V10)
        } else {
            None
        }
    }

    /// `1.0` or `1.1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V10 => "1.0",
            Self::V11 => "1.1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_goes_by_the_message() {
        let answering = |rest: &str| Version::answering(&format!("http://www.kith.no/xmlstds/{rest}"));
        assert_eq!(answering("po/Pasientlogistikk/2012-04-01"), Some(Version::V11));
        assert_eq!(answering("po/Pasientlogistikk/2009-06-30"), Some(Version::V10));
        assert_eq!(answering("dialog/2006-10-11"), Some(Version::V10));
        assert_eq!(answering("dialog/2013-01-23"), Some(Version::V11));
        assert_eq!(answering("eresept/m1/2013-10-08"), Some(Version::V10));
        assert_eq!(answering("apprec/2012-02-15"), None);
        assert_eq!(Version::answering("urn:x"), None);
    }
}
