//! Signing an envelope as HIS 1037 5.5 says, and writing references.

use super::algorithm;
use super::algorithms::Algorithms;
use super::canonical::{Method, canonicalise};
use super::model::{Reference, Transform};
use super::verify::canonical_signed_info;
use super::xpath::LeftOut;
use crate::certificate::Certificate;
use crate::ebxml::names::{DS, SOAP};
use crate::key::PrivateKey;
use crate::place::{Located, Place};
use crate::xml::{Edit, EditError, Tree, XmlDefect, XmlWriter, edit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// Why an envelope cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignError {
    /// The envelope is not well-formed.
    #[error(transparent)]
    Xml(#[from] XmlDefect),
    /// There is not exactly one `SOAP:Header` to put the signature in.
    #[error("no place for the signature: {0}")]
    NoHeader(EditError),
    /// The key is too short for the algorithm, or the operation failed.
    #[error("the key cannot sign with {0}")]
    Key(&'static str),
    /// The signature that was put in is not found again.
    #[error("the signature cannot be completed: {0}")]
    Incomplete(String),
}

/// Signs an envelope: `ds:Signature` becomes the last child of `SOAP:Header`, without white space around or in it.
///
/// The first reference is to the envelope with the three transforms of HIS 1037 5.5 step 4, then follows one for each
/// attachment (Content-ID without angle brackets, decoded octets). Key and certificate need not belong together: a
/// scenario may want to send just that.
///
/// # Errors
/// [`SignError`].
pub fn sign(
    envelope: &str,
    key: &PrivateKey,
    certificate: &Certificate,
    algorithms: Algorithms,
    attachments: &[(&str, &[u8])],
) -> Result<String, SignError> {
    let mut references = vec![root_reference(envelope, algorithms)?];
    references.extend(attachments.iter().map(|(content_id, octets)| {
        let uri = format!("cid:{content_id}");
        reference(&uri, Vec::new(), algorithms, octets)
    }));
    let signature = unsigned(&references, certificate, algorithms);
    let header = "/SOAP:Envelope/SOAP:Header".parse().map_err(SignError::NoHeader)?;
    let prepared = edit(envelope, &header, &Edit::Append(signature)).map_err(SignError::NoHeader)?;

    let tree = Tree::parse(&prepared)?;
    let header = tree.root().children().find(|node| node.has_tag_name((SOAP, "Header")));
    let signature = header.and_then(|header| header.last_element_child());
    let signature = signature.ok_or_else(|| SignError::Incomplete("it is not in the header".to_owned()))?;
    let octets = canonical_signed_info(signature).map_err(SignError::Incomplete)?;
    let value = algorithms.method.sign(key, &octets).ok_or(SignError::Key(algorithms.method.uri()))?;
    let empty = signature.children().find(|node| node.has_tag_name((DS, "SignatureValue")));
    let at = empty.map(|node| node.range().end - "</ds:SignatureValue>".len());
    let at = at.ok_or_else(|| SignError::Incomplete("it has no ds:SignatureValue".to_owned()))?;
    Ok(format!("{}{}{}", &prepared[..at], STANDARD.encode(value), &prepared[at..]))
}

/// Writes a copy of a reference, as an acknowledgment carries it: same URI, transforms, digest method and digest value.
/// Every namespace it needs is declared on it, so it can stand anywhere.
pub fn write_reference(out: &mut XmlWriter, reference: &Reference) {
    write(out, reference, &[("xmlns:ds", DS)]);
}

fn write(out: &mut XmlWriter, reference: &Reference, declarations: &[(&str, &str)]) {
    let mut attributes = declarations.to_vec();
    if let Some(uri) = &reference.uri {
        attributes.push(("URI", uri.as_str()));
    }
    out.open("ds:Reference", &attributes);
    if !reference.transforms.is_empty() {
        out.open("ds:Transforms", &[]);
        for transform in &reference.transforms {
            write_transform(out, transform);
        }
        out.close();
    }
    if let Some(method) = &reference.digest_method {
        out.empty("ds:DigestMethod", &[("Algorithm", method.as_str())]);
    }
    if let Some(value) = &reference.digest_value {
        out.leaf("ds:DigestValue", &[], value.as_str());
    }
    out.close();
}

fn write_transform(out: &mut XmlWriter, transform: &Transform) {
    let algorithm = [("Algorithm", transform.algorithm.as_str())];
    if transform.xpath.is_none() && transform.inclusive_prefixes.is_empty() {
        out.empty("ds:Transform", &algorithm);
        return;
    }
    out.open("ds:Transform", &algorithm);
    if let Some(xpath) = &transform.xpath {
        let names: Vec<String> = transform.xpath_bindings.iter().map(|(prefix, _)| format!("xmlns:{prefix}")).collect();
        let uris = transform.xpath_bindings.iter().map(|(_, uri)| uri.as_str());
        let bindings: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(uris).collect();
        out.leaf("ds:XPath", &bindings, xpath);
    }
    if !transform.inclusive_prefixes.is_empty() {
        let list = transform.inclusive_prefixes.join(" ");
        out.empty("ec:InclusiveNamespaces", &[("xmlns:ec", algorithm::EXC_C14N), ("PrefixList", &list)]);
    }
    out.close();
}

/// The signature with everything but its value.
fn unsigned(references: &[Reference], certificate: &Certificate, algorithms: Algorithms) -> String {
    let mut out = XmlWriter::new();
    out.open("ds:Signature", &[("xmlns:ds", DS)]);
    out.open("ds:SignedInfo", &[]);
    out.empty("ds:CanonicalizationMethod", &[("Algorithm", algorithm::C14N)]);
    out.empty("ds:SignatureMethod", &[("Algorithm", algorithms.method.uri())]);
    for reference in references {
        write(&mut out, reference, &[]);
    }
    out.close();
    out.leaf("ds:SignatureValue", &[], "");
    out.open("ds:KeyInfo", &[]).open("ds:X509Data", &[]);
    out.leaf("ds:X509Certificate", &[], &STANDARD.encode(certificate.der()));
    out.finish()
}

/// The reference to the envelope. The signature is not in it yet, which is what enveloped-signature makes of it later.
fn root_reference(envelope: &str, algorithms: Algorithms) -> Result<Reference, SignError> {
    let bindings = vec![("SOAP-ENV".to_owned(), SOAP.to_owned())];
    let left_out = LeftOut::parse(algorithm::EB_XPATH, &bindings).map_err(SignError::Incomplete)?;
    let tree = Tree::parse(envelope)?;
    let text = canonicalise(tree.document().root(), &Method::default(), &|node| left_out.holds(node));
    let mut transforms = [algorithm::ENVELOPED, algorithm::XPATH, algorithm::C14N].map(transform);
    transforms[1].xpath = Some(algorithm::EB_XPATH.to_owned());
    transforms[1].xpath_bindings = bindings;
    Ok(reference("", transforms.to_vec(), algorithms, text.as_bytes()))
}

fn transform(uri: &str) -> Transform {
    Transform {
        algorithm: located(uri.to_owned()),
        xpath: None,
        xpath_bindings: Vec::new(),
        inclusive_prefixes: Vec::new(),
    }
}

fn reference(uri: &str, transforms: Vec<Transform>, algorithms: Algorithms, octets: &[u8]) -> Reference {
    Reference {
        place: Place::default(),
        uri: Some(located(uri.to_owned())),
        transforms,
        digest_method: Some(located(algorithms.digest.uri().to_owned())),
        digest_value: Some(located(STANDARD.encode(algorithms.digest.digest(octets)))),
    }
}

fn located(value: String) -> Located<String> {
    Located::new(value, Place::default())
}
