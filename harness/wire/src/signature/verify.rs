//! What a signature proves: each reference by itself, then the signature value.

use super::algorithms::{DigestMethod, SignatureMethod};
use super::base64_bytes;
use super::canonical::{self, Method};
use super::model::{Reference, SignatureBlock};
use super::resolve::{self, Context};
use super::structure::{children, prefix_list, read_block};
use crate::certificate::Certificate;
use crate::defect::{Defect, Layer};
use crate::ebxml::names::{DS, SOAP};
use crate::place::Place;
use crate::xml::{Tree, XmlDefect};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

/// References that are verified: a message has one for the envelope and one for each payload.
pub const REFERENCES_MAX: usize = 64;
/// Octets that are digested for one signature, so that references cannot multiply a large document.
pub const OCTETS_MAX: usize = 256 * 1024 * 1024;

/// What came out of verifying one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Where the signature stands; `None` when there is none.
    pub place: Option<Place>,
    /// Each `ds:Reference`, in order.
    pub references: Vec<ReferenceOutcome>,
    /// The signature value over `ds:SignedInfo`.
    pub value: ValueOutcome,
    /// `ds:SignatureMethod/@Algorithm`.
    pub method: Option<String>,
    /// The certificate in `ds:KeyInfo` that verifies the value, else the first that can be read.
    pub certificate: Option<Certificate>,
    /// The canonical octets of `ds:SignedInfo`, which the value is over; empty when they cannot be told.
    pub signed_info: Vec<u8>,
    /// What is wrong with the structure.
    pub defects: Vec<Defect>,
}

impl Verification {
    /// Whether the value is verified and every reference matches. Whether the certificate is the sender's, and whether
    /// everything that must be signed is, are other questions.
    pub fn is_valid(&self) -> bool {
        self.value == ValueOutcome::Verified
            && !self.references.is_empty()
            && self.references.iter().all(|reference| reference.verdict == Verdict::Matches)
    }
}

/// What came out of one reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceOutcome {
    /// `@URI`.
    pub uri: Option<String>,
    /// Where.
    pub place: Place,
    /// Whether the digest matches.
    pub verdict: Verdict,
    /// The very octets that were digested; empty when they cannot be told.
    pub octets: Vec<u8>,
    /// `ds:DigestMethod/@Algorithm`.
    pub algorithm: Option<String>,
}

/// Whether a digest matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Matches,
    /// What it refers to has another digest.
    Differs {
        /// Digest of what is there, base64.
        computed: String,
        /// Digest that the signature states, as written, without white space.
        stated: String,
    },
    /// The octets or the algorithm are not known, for this reason.
    CannotTell(String),
}

/// Whether the signature value is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueOutcome {
    /// It is the signature of `ds:SignedInfo` by the owner of the certificate.
    Verified,
    /// It is not.
    Broken,
    /// Something needed is missing or not known, for this reason.
    CannotTell(String),
}

/// Verifies the signature of an envelope: the first in `SOAP:Header`, else the first in the document.
///
/// `xml` is text that passed [`crate::xml::read`]; `attachment` gives the decoded octets of the MIME part with a
/// Content-ID (without angle brackets).
///
/// # Errors
/// [`XmlDefect`] when the text is not well-formed. Everything else is an outcome.
pub fn verify(xml: &str, attachment: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Verification, XmlDefect> {
    Ok(verify_tree(&Tree::parse(xml)?, attachment))
}

/// [`verify`] for a document that is parsed already.
pub(crate) fn verify_tree(tree: &Tree<'_>, attachment: &dyn Fn(&str) -> Option<Vec<u8>>) -> Verification {
    let Some(signature) = find(tree.root()) else {
        return Verification {
            place: None,
            references: Vec::new(),
            value: ValueOutcome::CannotTell("there is no ds:Signature".to_owned()),
            method: None,
            certificate: None,
            signed_info: Vec::new(),
            defects: Vec::new(),
        };
    };
    let block = read_block(tree, signature);
    let mut defects = Vec::new();
    let certificates = certificates(&block, &mut defects);
    let signed_info = canonical_signed_info(signature);
    let method = block.signed_info.first().and_then(|info| info.method.as_ref());
    let method = method.map(|method| method.value.clone());
    let (value, certificate) = match &signed_info {
        Ok(octets) => value(&block, octets, method.as_deref(), certificates),
        Err(reason) => (ValueOutcome::CannotTell(reason.clone()), certificates.into_iter().next()),
    };
    let context = Context { tree, signature, attachment };
    Verification {
        references: references(&context, &block),
        place: Some(block.place),
        value,
        method,
        certificate,
        signed_info: signed_info.unwrap_or_default(),
        defects,
    }
}

/// The signature of the envelope, else the first one anywhere (the one in a MsgHead, for instance).
pub(super) fn find<'a, 't>(root: Node<'a, 't>) -> Option<Node<'a, 't>> {
    let is_signature = |node: &Node<'_, '_>| node.has_tag_name((DS, "Signature"));
    let header = root.children().find(|node| node.has_tag_name((SOAP, "Header")));
    header.and_then(|header| header.children().find(is_signature)).or_else(|| root.descendants().find(is_signature))
}

fn certificates(block: &SignatureBlock, defects: &mut Vec<Defect>) -> Vec<Certificate> {
    let all = block.key_info.iter().flat_map(|info| &info.x509_data);
    let all = all.flat_map(|data| &data.certificates).take(REFERENCES_MAX);
    all.filter_map(|text| match Certificate::from_base64(&text.value) {
        Ok(certificate) => Some(certificate),
        Err(error) => {
            let message = format!("the certificate cannot be read: {error}");
            defects.push(Defect::new(Layer::Signature, "certificate-unreadable", message, text.place.clone()));
            None
        }
    })
    .collect()
}

/// The canonical octets of the one SignedInfo. Canonical XML inherits from the envelope, so the node must be in it.
pub(super) fn canonical_signed_info(signature: Node<'_, '_>) -> Result<Vec<u8>, String> {
    let mut all = children(signature, "SignedInfo");
    let (Some(info), None) = (all.next(), all.next()) else {
        return Err("there is not exactly one ds:SignedInfo".to_owned());
    };
    let method = children(info, "CanonicalizationMethod").next();
    let method = method.ok_or("there is no ds:CanonicalizationMethod")?;
    let uri = method.attribute("Algorithm").unwrap_or_default();
    let method =
        Method::of(uri, &prefix_list(method)).ok_or_else(|| format!("canonicalisation `{uri}` is not known"))?;
    canonical::within_limit(info, &method, &|_| false)
        .map(String::into_bytes)
        .ok_or_else(|| canonical::TOO_LARGE.to_owned())
}

fn value(
    block: &SignatureBlock,
    octets: &[u8],
    method: Option<&str>,
    mut certificates: Vec<Certificate>,
) -> (ValueOutcome, Option<Certificate>) {
    let known = || -> Result<_, String> {
        let method = method.ok_or("there is no ds:SignatureMethod")?;
        let method = SignatureMethod::of(method).ok_or_else(|| format!("signature method `{method}` is not known"))?;
        let [value] = &block.signature_value[..] else {
            return Err("there is not exactly one ds:SignatureValue".to_owned());
        };
        let value = base64_bytes(&value.value).ok_or("the ds:SignatureValue is not base64")?;
        if certificates.is_empty() {
            return Err("there is no certificate that can be read".to_owned());
        }
        let mut has_key = false;
        let owner = certificates.iter().position(|certificate| {
            let key = certificate.public_key();
            has_key |= key.is_some();
            key.is_some_and(|key| method.verifies(&key, octets, &value))
        });
        if has_key { Ok(owner) } else { Err("the certificate has no RSA key of at least 1,024 bits".to_owned()) }
    };
    let (outcome, owner) = match known() {
        Ok(Some(owner)) => (ValueOutcome::Verified, owner),
        Ok(None) => (ValueOutcome::Broken, 0),
        Err(reason) => (ValueOutcome::CannotTell(reason), 0),
    };
    let certificate = (owner < certificates.len()).then(|| certificates.swap_remove(owner));
    (outcome, certificate)
}

fn references(context: &Context<'_, '_>, block: &SignatureBlock) -> Vec<ReferenceOutcome> {
    let mut left = OCTETS_MAX;
    let outcomes = block.references().iter().enumerate().map(|(index, reference)| {
        let octets = if index >= REFERENCES_MAX || left == 0 {
            Err("there are too many references to verify all".to_owned())
        } else {
            resolve::octets(context, reference)
        };
        left = left.saturating_sub(octets.as_ref().map_or(0, Vec::len));
        let verdict = match &octets {
            Ok(octets) => compare(reference, octets),
            Err(reason) => Verdict::CannotTell(reason.clone()),
        };
        ReferenceOutcome {
            uri: reference.uri.as_ref().map(|uri| uri.value.clone()),
            place: reference.place.clone(),
            verdict,
            octets: octets.unwrap_or_default(),
            algorithm: reference.digest_method.as_ref().map(|method| method.value.clone()),
        }
    });
    outcomes.collect()
}

fn compare(reference: &Reference, octets: &[u8]) -> Verdict {
    let Some(uri) = &reference.digest_method else {
        return Verdict::CannotTell("there is no ds:DigestMethod".to_owned());
    };
    let Some(method) = DigestMethod::of(&uri.value) else {
        return Verdict::CannotTell(format!("digest method `{}` is not known", uri.value));
    };
    let stated = reference.digest_value.as_ref().map(|value| value.value.as_str());
    let Some(stated) = stated else {
        return Verdict::CannotTell("there is no ds:DigestValue".to_owned());
    };
    let computed = method.digest(octets);
    if base64_bytes(stated).is_some_and(|stated| stated == computed) {
        Verdict::Matches
    } else {
        Verdict::Differs { computed: STANDARD.encode(computed), stated: stated.split_whitespace().collect() }
    }
}
