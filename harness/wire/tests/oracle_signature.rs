//! Signatures and canonical form against xmlsec1 and xmllint, in both directions.

#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)] // tests, and they need files

mod programs;

use programs::{demo, files, party, run, samples};
use provestein_wire::signature::canonical::{Method, canonicalise};
use provestein_wire::signature::{Algorithms, ValueOutcome, Verdict, Verification, algorithm, sign, verify};
use provestein_wire::xml::{Tree, read};
use std::path::Path;

const CONTENT_ID: &str = "5d0c9b5e@example.invalid";
const PAYLOAD: &[u8] = b"\x30\x82\x00\xffpayload\r\n";

fn envelope(signature: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- before -->\n<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:unused=\"urn:unused\" xml:lang=\"nb\">\r\n <S:Header>\n  \
         <eb:MessageHeader xmlns:eb=\"urn:eb\" S:mustUnderstand=\"1\" eb:version='2.0'>&#230;øå &amp; <![CDATA[<x>]]>\t</eb:MessageHeader>\n  \
         <eb:Via xmlns:eb=\"urn:eb\" S:actor=\"urn:oasis:names:tc:ebxml-msg:actor:nextMSH\"><eb:deep/>next</eb:Via>\n  \
         <eb:Soon xmlns:eb=\"urn:eb\" S:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"/>{signature}</S:Header>\n \
         <S:Body><!-- inside --><m xmlns=\"urn:m\" xlink:href=\"cid:{CONTENT_ID}\"><n xmlns=\"\" a=\"&#10;'&quot;\"/></m></S:Body>\n\
         </S:Envelope>\n<!-- after -->\n"
    )
}

/// An empty signature that xmlsec1 fills in.
fn template(c14n: &str, info_c14n: &str, prefixes: &str, method: &str, digest: &str) -> String {
    let list = if prefixes.is_empty() {
        String::new()
    } else {
        format!("<ec:InclusiveNamespaces xmlns:ec=\"{}\" PrefixList=\"{prefixes}\"/>", algorithm::EXC_C14N)
    };
    let xpath = algorithm::EB_XPATH.replace("SOAP-ENV", "S");
    format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\n\
         <ds:CanonicalizationMethod Algorithm=\"{info_c14n}\">{list}</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{method}\"/>\n\
         <ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"{}\"/><ds:Transform Algorithm=\"{}\"><ds:XPath>{xpath}</ds:XPath></ds:Transform>\
         <ds:Transform Algorithm=\"{c14n}\">{list}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/></ds:Reference>\n\
         <ds:Reference URI=\"cid:{CONTENT_ID}\"><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo></ds:Signature>",
        algorithm::ENVELOPED,
        algorithm::XPATH
    )
}

fn verified(text: &str) -> Verification {
    let text = read(text.as_bytes(), None).unwrap();
    verify(text.as_str(), &|id| (id == CONTENT_ID).then(|| PAYLOAD.to_vec())).unwrap()
}

/// Whether xmlsec1 accepts a message, and what it says. `None` when it is not installed.
fn xmlsec_verifies(folder: &Path, text: &str, extra: &[&str]) -> Option<(bool, String)> {
    let (file, part) = (folder.join("message.xml"), folder.join("part"));
    std::fs::write(&file, text).unwrap();
    std::fs::write(&part, PAYLOAD).unwrap();
    let (map, ca) = (format!("--url-map:cid:{CONTENT_ID}"), demo("ca.pem"));
    let mut arguments = vec!["--verify", "--trusted-pem", &ca, &map, part.to_str().unwrap()];
    arguments.extend_from_slice(extra);
    arguments.push(file.to_str().unwrap());
    let output = run("xmlsec1", &arguments)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Some((output.status.success(), said))
}

fn xmlsec_signed(folder: &Path, text: &str) -> Option<String> {
    let keys = format!("{},{}", demo("hospital-sign.key.pem"), demo("hospital-sign.pem"));
    xmlsec_signed_with(folder, text, &keys)
}

fn xmlsec_signed_with(folder: &Path, text: &str, keys: &str) -> Option<String> {
    let (file, part, out) = (folder.join("template.xml"), folder.join("part"), folder.join("signed.xml"));
    std::fs::write(&file, text).unwrap();
    std::fs::write(&part, PAYLOAD).unwrap();
    let map = format!("--url-map:cid:{CONTENT_ID}");
    let arguments = ["--sign", "--privkey-pem", keys, &map, part.to_str().unwrap(), "--output", out.to_str().unwrap()];
    let output = run("xmlsec1", &[&arguments[..], &[file.to_str().unwrap()]].concat())?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read_to_string(out).unwrap())
}

#[test]
fn what_xmlsec1_signs_verifies_here() {
    let folder = tempfile::tempdir().unwrap();
    let canonicals = [
        (algorithm::C14N, algorithm::C14N, ""),
        (algorithm::EXC_C14N, algorithm::EXC_C14N, ""),
        (algorithm::EXC_C14N, algorithm::C14N, ""),
        (algorithm::C14N_COMMENTS, algorithm::C14N_COMMENTS, ""),
        (algorithm::EXC_C14N, algorithm::EXC_C14N, "unused xlink #default"),
    ];
    let methods = [
        (algorithm::RSA_SHA1, algorithm::SHA1),
        (algorithm::RSA_SHA256, algorithm::SHA256),
        (algorithm::RSA_SHA512, algorithm::SHA512),
    ];
    for (c14n, info_c14n, prefixes) in canonicals {
        for (method, digest) in methods {
            let text = envelope(&template(c14n, info_c14n, prefixes, method, digest));
            let Some(signed) = xmlsec_signed(folder.path(), &text) else {
                return;
            };
            let found = verified(&signed);
            assert!(found.is_valid(), "{c14n} {info_c14n} {prefixes} {method}: {found:?}");
            let changed = verified(&signed.replace("MessageHeader", "MessageHeadeR"));
            assert!(!changed.is_valid() && changed.value == ValueOutcome::Verified);
        }
    }
}

/// Old messages carry keys of 1,024 bits.
#[test]
fn a_short_key_verifies_here() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("certificate.pem"));
    let (key, certificate) = (key.to_str().unwrap(), certificate.to_str().unwrap());
    let mut arguments = vec!["req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=short"];
    arguments.extend(["-keyout", key, "-out", certificate]);
    let Some(output) = run("openssl", &arguments) else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let unsigned = template(algorithm::C14N, algorithm::C14N, "", algorithm::RSA_SHA1, algorithm::SHA1);
    let keys = format!("{key},{certificate}");
    let Some(signed) = xmlsec_signed_with(folder.path(), &envelope(&unsigned), &keys) else {
        return;
    };
    let found = verified(&signed);
    assert!(found.is_valid(), "{found:?}");
    assert_eq!(found.certificate.unwrap().public_key().unwrap().bits(), 1024);
}

#[test]
fn what_is_signed_here_verifies_in_xmlsec1() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = party("hospital-sign");
    for algorithms in [Algorithms::SHA1, Algorithms::SHA256] {
        let signed = sign(&envelope(""), &key, &certificate, algorithms, &[(CONTENT_ID, PAYLOAD)]).unwrap();
        let Some((accepted, said)) = xmlsec_verifies(folder.path(), &signed, &[]) else {
            return;
        };
        assert!(accepted && said.contains("ok/all): 2/2"), "{said}\n{signed}");
        let free = signed.replace("<eb:deep/>next", "later");
        assert!(xmlsec_verifies(folder.path(), &free, &[]).unwrap().0);
    }
}

/// A changed byte must not verify, and where it does (in what is left out) xmlsec1 must say the same.
#[test]
fn xmlsec1_and_we_agree_on_changed_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = party("hospital-sign");
    let signed = sign(&envelope(""), &key, &certificate, Algorithms::SHA256, &[(CONTENT_ID, PAYLOAD)]).unwrap();
    let end = signed.find("<ds:KeyInfo").unwrap();
    let mut accepted_here = 0;
    for at in (40..end).step_by(29) {
        let byte = signed.as_bytes()[at];
        if !byte.is_ascii_alphanumeric() {
            continue;
        }
        let changed = format!("{}{}{}", &signed[..at], if byte == b'e' { 'f' } else { 'e' }, &signed[at + 1..]);
        // libxml2 goes on where a prefix is not bound; such a text is refused here before any signature is looked at.
        let Ok(found) = verify(&changed, &|_| Some(PAYLOAD.to_vec())) else {
            continue;
        };
        let here = found.is_valid();
        let Some((there, said)) = xmlsec_verifies(folder.path(), &changed, &[]) else {
            return;
        };
        assert_eq!(here, there, "byte {at}\n{said}\n{changed}");
        accepted_here += usize::from(here);
    }
    eprintln!("{accepted_here} changes are outside of what is signed");
}

/// The samples of the standard are illustrations: their digests fit nothing. Both say so, over the same octets.
#[test]
fn the_official_samples_do_not_verify() {
    let Some(folder) = samples("ebxml-2.0") else { return };
    let part = tempfile::NamedTempFile::new().unwrap();
    for file in files(&folder, "xml") {
        let text = read(&std::fs::read(&file).unwrap(), None).unwrap();
        let found = verify(text.as_str(), &|_| Some(Vec::new())).unwrap();
        assert!(!found.is_valid(), "{}", file.display());
        assert_eq!(found.value, ValueOutcome::Broken, "{}: {:?}", file.display(), found.certificate);
        let root = &found.references[0];
        assert!(matches!(root.verdict, Verdict::Differs { .. }), "{}: {root:?}", file.display());
        let maps: Vec<String> =
            found.references.iter().filter_map(|r| Some(format!("--url-map:{}", r.uri.as_ref()?))).collect();
        let mut arguments = vec!["--verify", "--insecure", "--store-references", "--print-debug"];
        for map in maps.iter().filter(|map| map.contains("cid:")) {
            arguments.extend([map.as_str(), part.path().to_str().unwrap()]);
        }
        arguments.push(file.to_str().unwrap());
        let Some(output) = run("xmlsec1", &arguments) else {
            return;
        };
        assert!(!output.status.success(), "{}", file.display());
        let said = String::from_utf8(output.stdout).unwrap();
        let (_, after) = said.split_once("== PreDigest data - start buffer:\n").unwrap();
        let (octets, _) = after.split_once("\n== PreDigest data - end buffer").unwrap();
        assert_eq!(String::from_utf8_lossy(&root.octets), octets, "{}", file.display());
    }
}

#[test]
fn canonical_form_is_that_of_xmllint() {
    let Some(folder) = samples("") else { return };
    let (ebxml, others): (Vec<_>, Vec<_>) =
        files(&folder, "xml").into_iter().partition(|f| f.to_string_lossy().contains("ebxml"));
    let own = tempfile::tempdir().unwrap();
    let made = own.path().join("made.xml");
    std::fs::write(&made, envelope("<a xmlns='urn:a'><b xmlns=''/><?pi a\r\nb?></a>")).unwrap();
    let step = (others.len() / 60).max(1);
    let mut compared = 0;
    for file in ebxml.iter().chain(others.iter().step_by(step)).chain([&made]) {
        // A DOCTYPE is refused, and what is wrongly labelled cannot be compared.
        let Ok(text) = read(&std::fs::read(file).unwrap(), None) else {
            continue;
        };
        let Ok(tree) = Tree::parse(text.as_str()) else { continue };
        for (option, uri) in [("--c14n", algorithm::C14N_COMMENTS), ("--exc-c14n", algorithm::EXC_C14N_COMMENTS)] {
            let Some(output) = run("xmllint", &["--huge", option, file.to_str().unwrap()]) else {
                return;
            };
            let ours = canonicalise(tree.document().root(), &Method::of(uri, &[]).unwrap(), &|_| false);
            assert_eq!(ours, String::from_utf8(output.stdout).unwrap(), "{option} {}", file.display());
            compared += 1;
        }
    }
    eprintln!("{compared} canonical forms compared");
    assert!(compared > 40);
}
