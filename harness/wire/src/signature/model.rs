//! What a signature element holds, every element as often as it occurs.

use crate::place::{Located, Place};

/// Algorithm URIs.
pub mod algorithm {
    /// Inclusive Canonical XML 1.0 without comments.
    pub const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    /// Inclusive Canonical XML 1.0 with comments.
    pub const C14N_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
    /// Exclusive Canonical XML 1.0 without comments.
    pub const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
    /// Exclusive Canonical XML 1.0 with comments.
    pub const EXC_C14N_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
    /// Enveloped-signature transform.
    pub const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    /// XPath transform.
    pub const XPATH: &str = "http://www.w3.org/TR/1999/REC-xpath-19991116";
    /// SHA-1 digest.
    pub const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
    /// SHA-256 digest.
    pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
    /// SHA-512 digest.
    pub const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";
    /// RSA with SHA-1.
    pub const RSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    /// RSA with SHA-256.
    pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    /// RSA with SHA-512.
    pub const RSA_SHA512: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
    /// DSA with SHA-1: printed in HIS 1037 5.5, never meant (ebxml-notes 13.9).
    pub const DSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#dsa-sha1";
    /// The XPath of HIS 1037 5.5 step 4, with the prefix `SOAP-ENV`.
    pub const EB_XPATH: &str = "not(ancestor-or-self::node()[@SOAP-ENV:actor=\"urn:oasis:names:tc:ebxml-msg:actor:nextMSH\"] | ancestor-or-self::node()[@SOAP-ENV:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"])";
}

/// `ds:Signature`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureBlock {
    /// Where.
    pub place: Place,
    /// `ds:SignedInfo`.
    pub signed_info: Vec<SignedInfo>,
    /// `ds:SignatureValue`, base64 as written.
    pub signature_value: Vec<Located<String>>,
    /// `ds:KeyInfo`.
    pub key_info: Vec<KeyInfo>,
}

impl SignatureBlock {
    /// The references of the first SignedInfo.
    pub fn references(&self) -> &[Reference] {
        self.signed_info.first().map_or(&[], |info| &info.references)
    }

    /// The certificates of the first X509Data of the first KeyInfo, base64 as written.
    pub fn certificates(&self) -> &[Located<String>] {
        self.key_info.first().and_then(|k| k.x509_data.first()).map_or(&[], |d| &d.certificates)
    }
}

/// `ds:SignedInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInfo {
    /// Where.
    pub place: Place,
    /// `ds:CanonicalizationMethod/@Algorithm`.
    pub canonicalization: Option<Located<String>>,
    /// `ds:SignatureMethod/@Algorithm`.
    pub method: Option<Located<String>>,
    /// `ds:Reference`.
    pub references: Vec<Reference>,
}

/// `ds:Reference`, in a SignedInfo or in an acknowledgment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where.
    pub place: Place,
    /// `@URI`.
    pub uri: Option<Located<String>>,
    /// The transforms in order; empty when there is no `ds:Transforms`.
    pub transforms: Vec<Transform>,
    /// `ds:DigestMethod/@Algorithm`.
    pub digest_method: Option<Located<String>>,
    /// `ds:DigestValue`, base64 as written.
    pub digest_value: Option<Located<String>>,
}

impl Reference {
    /// Whether it is the root reference, `URI=""`.
    pub fn is_root(&self) -> bool {
        self.uri.as_ref().is_some_and(|uri| uri.value.is_empty())
    }

    /// The Content-ID of a `cid:` reference.
    pub fn content_id(&self) -> Option<&str> {
        self.uri.as_ref()?.value.strip_prefix("cid:")
    }
}

/// `ds:Transform`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transform {
    /// `@Algorithm`.
    pub algorithm: Located<String>,
    /// The text of `ds:XPath`, for the XPath transform.
    pub xpath: Option<String>,
    /// Prefix and namespace of every binding that the XPath uses.
    pub xpath_bindings: Vec<(String, String)>,
    /// `PrefixList` of `InclusiveNamespaces`, for exclusive canonicalisation.
    pub inclusive_prefixes: Vec<String>,
}

/// `ds:KeyInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Where.
    pub place: Place,
    /// `ds:X509Data`.
    pub x509_data: Vec<X509Data>,
}

/// `ds:X509Data`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct X509Data {
    /// Where.
    pub place: Place,
    /// `ds:X509Certificate`, base64 as written.
    pub certificates: Vec<Located<String>>,
}
