//! CMS objects against `openssl cms`, in both directions.

#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)] // tests, and they need files

mod programs;

use programs::{demo, party, run};
use provestein_wire::cms::{CmsDefect, ContentCipher, KeyTransport, inspect, open, open_with, seal};
use rsa::rand_core::UnwrapErr;

const CIPHERS: [(&str, ContentCipher); 6] = [
    ("-des3", ContentCipher::TripleDes),
    ("-aes128", ContentCipher::Aes128Cbc),
    ("-aes192", ContentCipher::Aes192Cbc),
    ("-aes256", ContentCipher::Aes256Cbc),
    ("-aes-128-gcm", ContentCipher::Aes128Gcm),
    ("-aes-256-gcm", ContentCipher::Aes256Gcm),
];

fn transports() -> [(&'static [&'static str], KeyTransport); 4] {
    [
        (&[], KeyTransport::Pkcs1v15),
        (&["-keyopt", "rsa_padding_mode:oaep"], KeyTransport::OaepSha1),
        (&["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256"], KeyTransport::OaepSha256),
        (
            &["-keyopt", "rsa_padding_mode:oaep", "-keyopt", "rsa_oaep_md:sha256", "-keyopt", "rsa_mgf1_md:sha1"],
            KeyTransport::OaepSha256MgfSha1,
        ),
    ]
}

/// Text with line ends of both kinds and bytes that are no text.
fn content(length: usize) -> Vec<u8> {
    let pattern = b"Content-Type: application/xml\r\n\r\n<a>\xc3\xa6</a>\n\x00\xff";
    pattern.iter().copied().cycle().take(length).collect()
}

fn encrypted(content: &[u8], cipher: &str, extra: &[&str]) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let (clear, out) = (folder.path().join("clear"), folder.path().join("out"));
    std::fs::write(&clear, content).unwrap();
    let recipient = demo("municipality-encrypt.pem");
    let mut arguments = vec!["cms", "-encrypt", "-binary", "-outform", "DER", cipher];
    arguments.extend(["-in", clear.to_str().unwrap(), "-out", out.to_str().unwrap()]);
    let (options, key_options): (Vec<&str>, Vec<&str>) = match extra.iter().position(|option| *option == "-keyopt") {
        Some(at) => (extra[..at].to_vec(), extra[at..].to_vec()),
        None => (extra.to_vec(), Vec::new()),
    };
    arguments.extend(options);
    arguments.extend(["-recip", &recipient]);
    arguments.extend(key_options);
    let output = run("openssl", &arguments)?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(out).unwrap())
}

#[test]
fn what_openssl_encrypts_opens_here() {
    let (certificate, key) = party("municipality-encrypt");
    for (option, cipher) in CIPHERS {
        for (key_options, transport) in transports() {
            for stream in [&[][..], &["-stream", "-indef"]] {
                for length in [0, 1, 300_000] {
                    // openssl itself refuses to stream an empty content with GCM.
                    if length == 0 && cipher.is_authenticated() && !stream.is_empty() {
                        continue;
                    }
                    let clear = content(length);
                    let Some(bytes) = encrypted(&clear, option, &[stream, key_options].concat()) else {
                        return;
                    };
                    let case = format!("{option} {transport:?} {stream:?} {length}");
                    let opened =
                        open(&bytes, &[(&certificate, &key)]).unwrap_or_else(|defect| panic!("{case}: {defect}"));
                    assert!(opened.content == clear, "{case}");
                    let seen = &opened.enveloped;
                    assert_eq!(seen.content_cipher, Some(cipher), "{case}");
                    assert_eq!(seen.recipients[0].key_transport, Some(transport), "{case}");
                    assert_eq!(seen.indefinite_length, !stream.is_empty(), "{case}");
                    assert!(open_with(&bytes, &opened.key).unwrap() == clear, "{case}");
                }
            }
        }
    }
}

#[test]
fn several_recipients_and_key_identifiers_are_read() {
    let (certificate, key) = party("municipality-encrypt");
    let stranger = party("stranger-encrypt");
    let other = demo("hospital-encrypt.pem");
    let Some(bytes) = encrypted(b"hei", "-aes256", &["-recip", &other]) else {
        return;
    };
    let opened = open(&bytes, &[(&stranger.0, &stranger.1), (&certificate, &key)]).unwrap();
    assert_eq!((opened.content.as_slice(), opened.enveloped.recipients.len()), (&b"hei"[..], 2));
    let defect = open(&bytes, &[(&stranger.0, &stranger.1)]).unwrap_err();
    assert!(matches!(&defect, CmsDefect::NotForUs { recipients } if recipients.len() == 2), "{defect}");

    let Some(bytes) = encrypted(b"hei", "-aes256", &["-keyid"]) else {
        return;
    };
    assert_eq!(open(&bytes, &[(&certificate, &key)]).unwrap().content, b"hei");
    assert!(inspect(&bytes).unwrap().recipients[0].id.to_string().starts_with("subject key identifier"));
}

#[test]
fn what_is_sealed_here_opens_in_openssl() {
    let (certificate, _) = party("municipality-encrypt");
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("sealed"), folder.path().join("out"));
    let (recipient, key) = (demo("municipality-encrypt.pem"), demo("municipality-encrypt.key.pem"));
    for (_, cipher) in CIPHERS {
        for (_, transport) in transports() {
            for length in [0, 1, 300_000] {
                let clear = content(length);
                let bytes = seal(&clear, &certificate, cipher, transport, &mut UnwrapErr(getrandom::SysRng)).unwrap();
                std::fs::write(&file, bytes).unwrap();
                let mut arguments =
                    vec!["cms", "-decrypt", "-binary", "-inform", "DER", "-recip", &recipient, "-inkey", &key];
                arguments.extend(["-in", file.to_str().unwrap(), "-out", out.to_str().unwrap()]);
                let Some(output) = run("openssl", &arguments) else {
                    return;
                };
                let case = format!("{cipher:?} {transport:?} {length}");
                assert!(output.status.success(), "{case}: {}", String::from_utf8_lossy(&output.stderr));
                assert!(std::fs::read(&out).unwrap() == clear, "{case}");
            }
        }
    }
}

#[test]
fn signed_data_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (clear, out) = (folder.path().join("clear"), folder.path().join("out"));
    std::fs::write(&clear, b"hei").unwrap();
    let (signer, key) = (demo("hospital-sign.pem"), demo("hospital-sign.key.pem"));
    let mut arguments = vec!["cms", "-sign", "-nodetach", "-outform", "DER", "-signer", &signer, "-inkey", &key];
    arguments.extend(["-in", clear.to_str().unwrap(), "-out", out.to_str().unwrap()]);
    let Some(output) = run("openssl", &arguments) else {
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let defect = inspect(&std::fs::read(&out).unwrap()).unwrap_err();
    assert!(matches!(&defect, CmsDefect::NotEnveloped { name: "signed-data", .. }), "{defect}");
}
