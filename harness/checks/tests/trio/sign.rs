//! Keys of the demo parties, signing, and signing again after a change.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use std::sync::LazyLock;
use wire::certificate::Certificate;
use wire::cms::{ContentCipher, ContentKey, KeyTransport};
use wire::key::PrivateKey;
use wire::signature::{Algorithms, DigestMethod, SignatureMethod, Verdict, sign, verify};

macro_rules! demo {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/pki/demo/", $name))
    };
}

/// A party's signing and encryption certificate and signing key.
pub struct Keys {
    pub sign: Certificate,
    pub sign_key: PrivateKey,
    pub encrypt: Certificate,
    pem: &'static str,
}

/// The harness's party.
pub static OURS: LazyLock<Keys> =
    LazyLock::new(|| keys(demo!("hospital-sign.pem"), demo!("hospital-sign.key.pem"), demo!("hospital-encrypt.pem")));
/// The subject.
pub static SUBJECT: LazyLock<Keys> = LazyLock::new(|| {
    keys(demo!("municipality-sign.pem"), demo!("municipality-sign.key.pem"), demo!("municipality-encrypt.pem"))
});

fn keys(sign: &str, key: &'static str, encrypt: &str) -> Keys {
    Keys {
        sign: Certificate::from_pem(sign).unwrap(),
        sign_key: PrivateKey::from_pem(key).unwrap(),
        encrypt: Certificate::from_pem(encrypt).unwrap(),
        pem: key,
    }
}

/// As the first profile wants it.
pub const SHA256: Algorithms = Algorithms { digest: DigestMethod::Sha256, method: SignatureMethod::RsaSha256 };

/// Signs an envelope, with its payload.
pub fn signed(envelope: &str, keys: &Keys, algorithms: Algorithms, attachments: &[(&str, &[u8])]) -> String {
    sign(envelope, &keys.sign_key, &keys.sign, algorithms, attachments).unwrap()
}

/// Makes a signature right again after a change in it or under it: every digest, then the value.
pub fn signed_again(text: &str, keys: &Keys, attachment: Option<&[u8]>) -> String {
    let given = |_: &str| attachment.map(<[u8]>::to_vec);
    let mut text = text.to_owned();
    let verification = verify(&text, &given).unwrap();
    for reference in &verification.references {
        if let Verdict::Differs { computed, stated } = &reference.verdict {
            text = text.replacen(stated.as_str(), computed, 1);
        }
    }
    let octets = verify(&text, &given).unwrap().signed_info;
    let der: String = keys.pem.lines().filter(|l| !l.starts_with("-----")).collect();
    let pair = RsaKeyPair::from_pkcs8(&STANDARD.decode(der).unwrap()).unwrap();
    let mut value = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &octets, &mut value).unwrap();
    let start = text.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = text.find("</ds:SignatureValue>").unwrap();
    text.replace_range(start..end, &STANDARD.encode(value));
    text
}

/// Encrypts a payload; also gives the content key, as the log keeps it.
pub fn sealed(clear: &[u8], recipient: &Keys) -> (Vec<u8>, ContentKey) {
    let mut chance = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    let (cipher, transport) = (ContentCipher::Aes256Cbc, KeyTransport::OaepSha256);
    wire::cms::seal_with_key(clear, &recipient.encrypt, cipher, transport, &mut chance).unwrap()
}
