//! HITS 1172 5.10.1, structure: what a signature has to hold. Whether it verifies is in the next file.
//!
//! Three rules (37, 36, 35) name the three transforms of the root reference, a fourth (38) their number and
//! order. One flaw is one finding: where the number is wrong, or the three right ones stand in another order,
//! rule 38 speaks; where one of three is another algorithm, the rule of its position does.

use crate::check::{Finding, MessageCheck, Seen, message, place_or, shown, shown_or_absent};
use wire::ebxml::{Envelope, MessageKind};
use wire::place::Place;
use wire::signature::{KeyInfo, Reference, SignatureBlock, SignedInfo, X509Data, algorithm};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-45", "ds:Signature in SOAP:Header", signature_present),
    message("HITS1172-52", "no more than one ds:Signature", one_signature),
    message("HITS1172-363", "ds:SignedInfo", |s| {
        let signature = signature(s)?;
        Some(present(signature.signed_info.first().map(|i| &i.place), &signature.place, "ds:SignedInfo"))
    }),
    message("HITS1172-42", "ds:SignatureValue", |s| {
        let signature = signature(s)?;
        Some(present(signature.signature_value.first().map(|v| &v.place), &signature.place, "ds:SignatureValue"))
    }),
    message("HITS1172-32", "ds:KeyInfo", |s| {
        let signature = signature(s)?;
        Some(present(signature.key_info.first().map(|k| &k.place), &signature.place, "ds:KeyInfo"))
    }),
    message("HITS1172-39", "at least one ds:Reference", |s| {
        let info = signed_info(s)?;
        Some(present(info.references.first().map(|r| &r.place), &info.place, "ds:Reference"))
    }),
    message("HITS1172-40", "a ds:Reference with URI=\"\"", root_reference),
    message("HITS1172-34", "URI cid:… of every payload reference", payload_references),
    message("HITS1172-33", "a digest method of the profile", digest_methods),
    message("HITS1172-37", "first transform enveloped-signature", |s| transform(s, 0)),
    message("HITS1172-36", "second transform XPath", |s| transform(s, 1)),
    message("HITS1172-35", "third transform C14N", |s| transform(s, 2)),
    message("HITS1172-38", "exactly three transforms: enveloped-signature, XPath, C14N", transforms),
    message("HITS1172-41", "ds:X509Data in ds:KeyInfo", |s| {
        let info: &KeyInfo = signature(s)?.key_info.first()?;
        Some(present(info.x509_data.first().map(|d| &d.place), &info.place, "ds:X509Data"))
    }),
    message("HITS1172-64", "a ds:DigestValue in every ds:Reference", digest_values),
    message("HITS1172-85", "an attribute URI in every ds:Reference", |s| {
        every_reference(s, "@URI", |r| r.uri.is_some())
    }),
    message("HITS1172-103", "ds:X509Certificate in ds:X509Data", |s| {
        let data: &X509Data = signature(s)?.key_info.first()?.x509_data.first()?;
        Some(present(data.certificates.first().map(|c| &c.place), &data.place, "ds:X509Certificate"))
    }),
    message("HITS1172-65", "no more than one ds:X509Certificate", one_certificate),
    message("HITS1172-84", "a signature method of the profile", signature_method),
];

/// Why SHA-1 is still met.
const SHA1_BY_THE_LETTER: &str =
    "HIS 1037 5.5 and HITS 1172 print SHA-1; today's traffic uses SHA-256. A profile by the letter judges by SHA-1";

/// Why two transforms are so often met.
const TWO_TRANSFORMS: &str =
    "the examples of HIS 1037 6.2.3 print two; HIS 1037 5.5 and HITS 1171 5.2.5 demand three, XPath in the middle";

/// The three, in order (HIS 1037 5.5 step 4).
pub(super) const TRANSFORMS: [&str; 3] = [algorithm::ENVELOPED, algorithm::XPATH, algorithm::C14N];

/// Payload messages and signals alike are signed (HITS 1172 5.2). Silent where rule 2 speaks.
fn signature_present(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.envelope()?;
    let header: &Place = envelope.headers.first()?;
    Some(present(envelope.signatures.first().map(|s| &s.place), header, "ds:Signature"))
}

fn one_signature(seen: &Seen<'_>) -> Option<Finding> {
    let envelope: &Envelope = seen.envelope()?;
    let first = envelope.signatures.first()?;
    Some(match envelope.signatures.get(1) {
        Some(second) => Finding::violated(&second.place, format!("{}", envelope.signatures.len())),
        None => Finding::satisfied(&first.place, "one"),
    })
}

fn present(found: Option<&Place>, parent: &Place, name: &str) -> Finding {
    match found {
        Some(place) => Finding::satisfied(place, "present"),
        None => Finding::violated(&parent.child(name), "absent"),
    }
}

/// The signature, when there is one.
pub(super) fn signature<'h>(seen: &Seen<'h>) -> Option<&'h SignatureBlock> {
    seen.envelope()?.signatures.first()
}

fn signed_info<'h>(seen: &Seen<'h>) -> Option<&'h SignedInfo> {
    signature(seen)?.signed_info.first()
}

/// Rule 40 is silent where rule 39 says that there is no reference, or rule 85 that one has no URI.
fn root_reference(seen: &Seen<'_>) -> Option<Finding> {
    let info = signed_info(seen)?;
    let found = info.references.iter().find(|r| r.is_root());
    if info.references.is_empty() || found.is_none() && info.references.iter().any(|r| r.uri.is_none()) {
        return None;
    }
    Some(match found {
        Some(reference) => Finding::satisfied(&reference.place, "present"),
        None => Finding::violated(&info.place.child("ds:Reference"), "no reference with URI=\"\""),
    })
}

fn payload_references(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::Payload)?;
    let others: Vec<_> =
        signed_info(seen)?.references.iter().filter(|r| !r.is_root()).filter_map(|r| r.uri.as_ref()).collect();
    let first = others.first()?;
    let wrong = others.iter().find(|uri| !uri.value.starts_with("cid:"));
    Some(match wrong {
        Some(uri) => Finding::violated(&uri.place, shown(&uri.value)),
        None => Finding::satisfied(&first.place, shown(&first.value)),
    })
}

/// Rule 33 prints SHA-1 alone. The profile says which digest methods are right, and why.
fn digest_methods(seen: &Seen<'_>) -> Option<Finding> {
    let allowed = &seen.profile.algorithms.digest;
    let methods: Vec<_> = signed_info(seen)?.references.iter().filter_map(|r| r.digest_method.as_ref()).collect();
    let first = methods.first()?;
    let wrong = methods.iter().find(|method| !allowed.contains(&method.value));
    let finding = match wrong {
        Some(method) => Finding::violated(&method.place, shown(&method.value)),
        None => Finding::satisfied(&first.place, shown(&first.value)),
    };
    let is_sha1 = wrong.is_some_and(|method| method.value == algorithm::SHA1);
    let finding = if is_sha1 { finding.hint(SHA1_BY_THE_LETTER) } else { finding };
    Some(finding.expected(allowed.join(" or ")))
}

/// Rule 84, by the profile's list.
fn signature_method(seen: &Seen<'_>) -> Option<Finding> {
    let allowed = &seen.profile.algorithms.signature;
    let info = signed_info(seen)?;
    let method = info.method.as_ref();
    let is_right = method.is_some_and(|m| allowed.contains(&m.value));
    let place = place_or(method, &info.place, "ds:SignatureMethod/@Algorithm");
    Some(Finding::when(is_right, &place, shown_or_absent(method)).expected(allowed.join(" or ")))
}

fn root<'h>(seen: &Seen<'h>) -> Option<&'h Reference> {
    signed_info(seen)?.references.iter().find(|r| r.is_root())
}

/// Number and order of the transforms, as far as they are no matter of a single position.
fn order_is_wrong(reference: &Reference) -> bool {
    let found: Vec<&str> = reference.transforms.iter().map(|t| t.algorithm.value.as_str()).collect();
    let all_there = TRANSFORMS.iter().all(|t| found.contains(t));
    found.len() != TRANSFORMS.len() || all_there && found != TRANSFORMS
}

fn transform(seen: &Seen<'_>, position: usize) -> Option<Finding> {
    let reference = root(seen).filter(|r| !order_is_wrong(r))?;
    let found = &reference.transforms.get(position)?.algorithm;
    let wanted = TRANSFORMS[position];
    Some(Finding::when(found.value == wanted, &found.place, shown(&found.value)).expected(wanted))
}

fn transforms(seen: &Seen<'_>) -> Option<Finding> {
    let reference = root(seen)?;
    let found: Vec<&str> = reference.transforms.iter().map(|t| short(&t.algorithm.value)).collect();
    let right = reference.transforms.iter().map(|t| t.algorithm.value.as_str()).eq(TRANSFORMS);
    let wrong = order_is_wrong(reference);
    let place = reference.place.child("ds:Transforms");
    let finding = Finding::when(right, &place, format!("{}: {}", found.len(), found.join(", ")));
    (right || wrong).then(|| if found.len() == 2 { finding.hint(TWO_TRANSFORMS) } else { finding })
}

fn short(algorithm: &str) -> &str {
    algorithm.rsplit(['#', '/']).next().unwrap_or(algorithm)
}

fn every_reference(seen: &Seen<'_>, name: &str, holds: fn(&Reference) -> bool) -> Option<Finding> {
    let references = &signed_info(seen)?.references;
    let first = references.first()?;
    Some(match references.iter().find(|r| !holds(r)) {
        Some(reference) => Finding::violated(&reference.place.child(name), "absent"),
        None => Finding::satisfied(&first.place, format!("{} of {}", references.len(), references.len())),
    })
}

fn digest_values(seen: &Seen<'_>) -> Option<Finding> {
    let has_value = |r: &Reference| r.digest_value.as_ref().is_some_and(|v| !v.value.trim().is_empty());
    every_reference(seen, "ds:DigestValue", has_value)
}

fn one_certificate(seen: &Seen<'_>) -> Option<Finding> {
    let certificates = signature(seen)?.certificates();
    let first = certificates.first()?;
    Some(match certificates.get(1) {
        Some(second) => Finding::violated(&second.place, format!("{}", certificates.len())),
        None => Finding::satisfied(&first.place, "one"),
    })
}
