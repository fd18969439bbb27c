//! What signing and verifying promise together. Other people's software has its say in `tests/oracle_signature.rs`.

use super::*;
use crate::certificate::Certificate;
use crate::key::PrivateKey;
use crate::xml::{Tree, XmlWriter};
use proptest::prelude::*;
use std::sync::LazyLock;

const ENVELOPE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<SOAP:Envelope \
    xmlns:SOAP=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" xml:lang=\"nb\"> \
    <SOAP:Header><m:MessageHeader xmlns:m=\"urn:m\" SOAP:mustUnderstand=\"1\">æøå &amp; 1</m:MessageHeader> \
    <m:Via xmlns:m=\"urn:m\" SOAP:actor=\"urn:oasis:names:tc:ebxml-msg:actor:nextMSH\">not signed</m:Via>\
    </SOAP:Header><SOAP:Body><m:Manifest xmlns:m=\"urn:m\" xlink:href=\"cid:p1@x\"/></SOAP:Body></SOAP:Envelope>";

static KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    PrivateKey::from_pem(include_str!("../../../../fixtures/pki/demo/hospital-sign.key.pem")).unwrap()
});
static CERTIFICATE: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::from_pem(include_str!("../../../../fixtures/pki/demo/hospital-sign.pem")).unwrap());
static SIGNED: LazyLock<String> = LazyLock::new(|| signed(ENVELOPE, Algorithms::SHA256));

fn signed(envelope: &str, algorithms: Algorithms) -> String {
    sign(envelope, &KEY, &CERTIFICATE, algorithms, &[("p1@x", b"payload")]).unwrap()
}

fn payload(content_id: &str) -> Option<Vec<u8>> {
    (content_id == "p1@x").then(|| b"payload".to_vec())
}

fn verified(xml: &str) -> Verification {
    verify(xml, &payload).unwrap()
}

#[test]
fn what_was_signed_verifies() {
    for algorithms in [Algorithms::SHA1, Algorithms::SHA256] {
        let text = signed(ENVELOPE, algorithms);
        let found = verified(&text);
        assert!(found.is_valid(), "{found:?}");
        assert_eq!(found.method.as_deref(), Some(algorithms.method.uri()));
        assert_eq!(found.certificate.as_ref(), Some(&*CERTIFICATE));
        assert_eq!(found.references[1].octets, b"payload");
        assert_eq!(found.place.unwrap().path, "/SOAP:Envelope/SOAP:Header/ds:Signature");
        assert!(text.contains("</m:Via><ds:Signature xmlns:ds="), "last in the header, no white space");
        assert!(text.contains("</ds:Signature></SOAP:Header>"));
    }
}

#[test]
fn an_empty_header_gets_a_signature_too() {
    let soap = "http://schemas.xmlsoap.org/soap/envelope/";
    let text = signed(&format!("<S:Envelope xmlns:S='{soap}'><S:Header/><S:Body/></S:Envelope>"), Algorithms::SHA256);
    assert!(verified(&text).is_valid());
    let none = sign(&format!("<S:Envelope xmlns:S='{soap}'/>"), &KEY, &CERTIFICATE, Algorithms::SHA1, &[]);
    assert!(matches!(none, Err(SignError::NoHeader(_))));
}

#[test]
fn each_reference_answers_for_itself() {
    let changed = verified(&SIGNED.replace("æøå", "æøo"));
    assert!(matches!(changed.references[0].verdict, Verdict::Differs { .. }));
    assert_eq!((&changed.references[1].verdict, &changed.value), (&Verdict::Matches, &ValueOutcome::Verified));

    let changed = verify(&SIGNED, &|_| Some(b"pAyload".to_vec())).unwrap();
    assert_eq!(changed.references[0].verdict, Verdict::Matches);
    assert!(matches!(changed.references[1].verdict, Verdict::Differs { .. }));

    let missing = verify(&SIGNED, &|_| None).unwrap();
    assert!(matches!(missing.references[1].verdict, Verdict::CannotTell(_)) && !missing.is_valid());

    let changed = verified(&SIGNED.replace("URI=\"cid:p1@x\"", "URI=\"cid:p1%40x\""));
    assert_eq!((&changed.references[1].verdict, &changed.value), (&Verdict::Matches, &ValueOutcome::Broken));
}

#[test]
fn what_is_meant_for_the_next_handler_may_change() {
    assert!(verified(&SIGNED.replace("not signed", "changed")).is_valid());
    assert!(verified(&SIGNED.replace("<SOAP:Body>", "<!-- a comment --><SOAP:Body>")).is_valid());
}

#[test]
fn white_space_in_base64_does_not_matter() {
    let value = SIGNED.split("SignatureValue>").nth(1).unwrap().trim_end_matches("</ds:");
    let wrapped = format!("\r\n{}\r\n\t{}", &value[..64], &value[64..]);
    assert!(verified(&SIGNED.replace(value, &wrapped)).is_valid());
}

#[test]
fn says_why_it_cannot_tell() {
    let reason = |from: &str, to: &str| match verified(&SIGNED.replacen(from, to, 1)).value {
        ValueOutcome::CannotTell(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert!(reason(algorithm::RSA_SHA256, algorithm::DSA_SHA1).contains("dsa-sha1"));
    assert!(reason("<ds:SignatureValue>", "<ds:SignatureValue>%").contains("not base64"));
    assert!(reason("<ds:X509Certificate>", "<ds:X509Certificate>AAAA").contains("no certificate"));
    assert!(reason("<ds:CanonicalizationMethod", "<ds:Other").contains("no ds:Canon"));
    assert!(reason("</ds:SignedInfo>", "</ds:SignedInfo><ds:SignedInfo/>").contains("exactly one ds:SignedInfo"));
    let none = verified("<a/>");
    assert_eq!((none.value, none.place), (ValueOutcome::CannotTell("there is no ds:Signature".to_owned()), None));
    let broken = verified(&SIGNED.replacen("<ds:X509Certificate>", "<ds:X509Certificate>AAAA", 1));
    assert_eq!(broken.defects[0].code, "certificate-unreadable");
    let other = verified(&SIGNED.replace("not(ancestor-or-self", "not(self"));
    assert!(matches!(&other.references[0].verdict, Verdict::CannotTell(reason) if reason.contains("XPath")));
}

#[test]
fn a_copied_reference_reads_the_same_anywhere() {
    let tree = Tree::parse(&SIGNED).unwrap();
    let block = read_block(&tree, super::verify::find(tree.root()).unwrap());
    for original in block.references() {
        let mut out = XmlWriter::new();
        out.open("x", &[]);
        write_reference(&mut out, original);
        let text = out.finish();
        let copy = Tree::parse(&text).unwrap();
        let copy = read_reference(&copy, copy.root().first_element_child().unwrap());
        let plain = |reference: &Reference| {
            let transforms = reference.transforms.iter();
            let transforms: Vec<_> = transforms
                .map(|t| {
                    (t.algorithm.value.clone(), t.xpath.clone(), t.xpath_bindings.clone(), t.inclusive_prefixes.clone())
                })
                .collect();
            let value = |found: &Option<crate::place::Located<String>>| found.as_ref().map(|l| l.value.clone());
            (value(&reference.uri), transforms, value(&reference.digest_method), value(&reference.digest_value))
        };
        assert_eq!(plain(&copy), plain(original));
    }
}

/// Spans of the signed text whose change must not break the signature: markup that is not in the canonical form.
fn is_free(at: usize) -> bool {
    let via = SIGNED.find("<m:Via").unwrap()..SIGNED.find("</m:Via>").unwrap();
    let certificate = SIGNED.find("<ds:KeyInfo>").unwrap()..SIGNED.find("</ds:KeyInfo>").unwrap();
    let declaration = SIGNED.find("?>").unwrap();
    at < declaration + 3 || via.contains(&at) || certificate.contains(&at)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn one_changed_letter_breaks_it(at in 0usize..4000, letter in "[a-zA-Z0-9]") {
        let at = at % SIGNED.len();
        prop_assume!(!is_free(at) && SIGNED.as_bytes()[at].is_ascii_alphanumeric() && SIGNED[at..=at] != letter);
        let changed = format!("{}{letter}{}", &SIGNED[..at], &SIGNED[at + 1..]);
        if let Ok(found) = verify(&changed, &payload) {
            prop_assert!(!found.is_valid(), "{changed}");
        }
    }

    #[test]
    fn never_panics_on_changed_bytes(at in 0usize..4000, byte: u8, cut in 0usize..5000) {
        let mut bytes = SIGNED.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        bytes.truncate(cut.max(at + 1));
        let _ = verify(&String::from_utf8_lossy(&bytes), &payload);
    }

    #[test]
    fn canonical_form_is_a_fixed_point(parts in proptest::collection::vec(0usize..9, 0..30), exclusive: bool, comments: bool) {
        let text = document(&parts);
        let uri = match (exclusive, comments) {
            (false, false) => algorithm::C14N,
            (false, true) => algorithm::C14N_COMMENTS,
            (true, false) => algorithm::EXC_C14N,
            (true, true) => algorithm::EXC_C14N_COMMENTS,
        };
        let method = canonical::Method::of(uri, &[]).unwrap();
        let once = |text: &str| {
            let tree = Tree::parse(text).unwrap();
            canonical::canonicalise(tree.document().root(), &method, &|_| false)
        };
        let canonical = once(&text);
        prop_assert_eq!(once(&canonical), canonical);
    }
}

fn document(parts: &[usize]) -> String {
    let mut text = String::from("<?x y?><!-- c --><a xmlns:p='urn:p' xmlns='urn:d'>");
    let mut open = Vec::new();
    for part in parts {
        match part {
            0 => text.push_str("&#13; &lt;æ&gt; ]]&gt;\r\n"),
            1 => text.push_str("<![CDATA[<x>]]>"),
            2 => text.push_str("<!-- a\r\nb -->"),
            3 => text.push_str("<?pi  d ?>"),
            4 => text.push_str("<e b='1' a='&#10;&quot;\t' p:c=\"'\"/>"),
            5 | 6 => {
                let (start, end) =
                    if *part == 5 { ("<p:b xmlns:q='urn:q'>", "</p:b>") } else { ("<f xmlns=''>", "</f>") };
                text.push_str(start);
                open.push(end);
            }
            7 => text.push_str("<g xmlns:p='urn:other' xml:lang='nb' p:x='1'/>"),
            _ => text.push_str(open.pop().unwrap_or("")),
        }
    }
    while let Some(end) = open.pop() {
        text.push_str(end);
    }
    text.push_str("</a><!-- d --><?z?>");
    text
}
