//! Content ciphers and the key of one CMS object, which is kept as evidence in place of the private key.

use super::CmsDefect;
use crate::certificate::hex;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use std::fmt;

/// A content cipher. No standard names one for this traffic (HITS 1172 rule 263 asks for enveloped-data only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentCipher {
    /// DES-EDE3-CBC, still sent by some.
    TripleDes,
    /// AES-128-CBC.
    Aes128Cbc,
    /// AES-192-CBC.
    Aes192Cbc,
    /// AES-256-CBC, what EDI 2.0 sends.
    Aes256Cbc,
    /// AES-128-GCM, in authEnvelopedData (RFC 5083, RFC 5084).
    Aes128Gcm,
    /// AES-256-GCM, in authEnvelopedData (RFC 5083, RFC 5084).
    Aes256Gcm,
}

impl ContentCipher {
    /// Every cipher that is known here.
    pub const ALL: [Self; 6] =
        [Self::TripleDes, Self::Aes128Cbc, Self::Aes192Cbc, Self::Aes256Cbc, Self::Aes128Gcm, Self::Aes256Gcm];

    /// The usual name, which is also the one in the text form of a [`ContentKey`].
    pub fn name(self) -> &'static str {
        match self {
            Self::TripleDes => "DES-EDE3-CBC",
            Self::Aes128Cbc => "AES128-CBC",
            Self::Aes192Cbc => "AES192-CBC",
            Self::Aes256Cbc => "AES256-CBC",
            Self::Aes128Gcm => "AES128-GCM",
            Self::Aes256Gcm => "AES256-GCM",
        }
    }

    /// The object identifier.
    pub fn oid(self) -> &'static str {
        match self {
            Self::TripleDes => "1.2.840.113549.3.7",
            Self::Aes128Cbc => "2.16.840.1.101.3.4.1.2",
            Self::Aes192Cbc => "2.16.840.1.101.3.4.1.22",
            Self::Aes256Cbc => "2.16.840.1.101.3.4.1.42",
            Self::Aes128Gcm => "2.16.840.1.101.3.4.1.6",
            Self::Aes256Gcm => "2.16.840.1.101.3.4.1.46",
        }
    }

    /// Length of the key in bytes.
    pub fn key_len(self) -> usize {
        match self {
            Self::Aes128Cbc | Self::Aes128Gcm => 16,
            Self::TripleDes | Self::Aes192Cbc => 24,
            Self::Aes256Cbc | Self::Aes256Gcm => 32,
        }
    }

    /// Whether the object is an authEnvelopedData.
    pub fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }

    /// Length of the initialisation vector or nonce in bytes.
    pub(super) fn vector_len(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes128Gcm | Self::Aes256Gcm => 12,
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => 16,
        }
    }
}

/// The key that encrypted the content of one CMS object, with its cipher. Shown only masked.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey {
    cipher: ContentCipher,
    bytes: Vec<u8>,
}

impl ContentKey {
    /// A key of the length that the cipher needs.
    pub(super) fn new(cipher: ContentCipher, bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == cipher.key_len()).then_some(Self { cipher, bytes })
    }

    /// The cipher it is for.
    pub fn cipher(&self) -> ContentCipher {
        self.cipher
    }

    /// The text form in which the key is stored as evidence: `AES256-CBC:` and the key in hexadecimal.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{}:{}", self.cipher.name(), hex(&self.bytes)).into_bytes()
    }

    /// Reads what [`ContentKey::to_bytes`] wrote; white space around it does not matter.
    ///
    /// # Errors
    /// [`CmsDefect::BadKeyText`].
    pub fn from_bytes(text: &[u8]) -> Result<Self, CmsDefect> {
        let key = || {
            let (name, digits) = std::str::from_utf8(text).ok()?.trim().split_once(':')?;
            let cipher = ContentCipher::ALL.into_iter().find(|cipher| cipher.name() == name)?;
            Self::new(cipher, unhex(digits)?)
        };
        key().ok_or(CmsDefect::BadKeyText)
    }

    pub(super) fn decrypt(&self, sealed: &Sealed<'_>) -> Result<Vec<u8>, CmsDefect> {
        if sealed.vector.len() != self.cipher.vector_len() {
            return Err(CmsDefect::ContentBad {
                reason: format!("{} octets as initialisation vector", sealed.vector.len()),
            });
        }
        match self.cipher {
            ContentCipher::TripleDes => self.cbc_open::<cbc::Decryptor<des::TdesEde3>>(sealed, 8),
            ContentCipher::Aes128Cbc => self.cbc_open::<cbc::Decryptor<aes::Aes128>>(sealed, 16),
            ContentCipher::Aes192Cbc => self.cbc_open::<cbc::Decryptor<aes::Aes192>>(sealed, 16),
            ContentCipher::Aes256Cbc => self.cbc_open::<cbc::Decryptor<aes::Aes256>>(sealed, 16),
            ContentCipher::Aes128Gcm => self.gcm_open(&ring::aead::AES_128_GCM, sealed),
            ContentCipher::Aes256Gcm => self.gcm_open(&ring::aead::AES_256_GCM, sealed),
        }
    }

    /// Encrypts; the second value is the tag of an authenticated cipher, else empty.
    pub(super) fn encrypt(&self, content: &[u8], vector: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let octets = match self.cipher {
            ContentCipher::TripleDes => self.cbc_seal::<cbc::Encryptor<des::TdesEde3>>(content, vector)?,
            ContentCipher::Aes128Cbc => self.cbc_seal::<cbc::Encryptor<aes::Aes128>>(content, vector)?,
            ContentCipher::Aes192Cbc => self.cbc_seal::<cbc::Encryptor<aes::Aes192>>(content, vector)?,
            ContentCipher::Aes256Cbc => self.cbc_seal::<cbc::Encryptor<aes::Aes256>>(content, vector)?,
            ContentCipher::Aes128Gcm => return self.gcm_seal(&ring::aead::AES_128_GCM, content, vector),
            ContentCipher::Aes256Gcm => return self.gcm_seal(&ring::aead::AES_256_GCM, content, vector),
        };
        Some((octets, Vec::new()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn cbc_open<C: KeyIvInit + BlockModeDecrypt>(
        &self,
        sealed: &Sealed<'_>,
        block: usize,
    ) -> Result<Vec<u8>, CmsDefect> {
        let bad = |reason: String| CmsDefect::ContentBad { reason };
        if sealed.octets.is_empty() || !sealed.octets.len().is_multiple_of(block) {
            return Err(bad(format!("{} octets are not whole blocks of {block}", sealed.octets.len())));
        }
        let cipher = C::new_from_slices(&self.bytes, sealed.vector)
            .map_err(|_| bad("key and initialisation vector do not fit the cipher".to_owned()))?;
        cipher
            .decrypt_padded_vec::<Pkcs7>(sealed.octets)
            .map_err(|_| bad("it does not end in valid padding: another key, or damaged octets".to_owned()))
    }

    fn cbc_seal<C: KeyIvInit + BlockModeEncrypt>(&self, content: &[u8], vector: &[u8]) -> Option<Vec<u8>> {
        let cipher = C::new_from_slices(&self.bytes, vector).ok()?;
        Some(cipher.encrypt_padded_vec::<Pkcs7>(content))
    }

    fn gcm_open(&self, algorithm: &'static ring::aead::Algorithm, sealed: &Sealed<'_>) -> Result<Vec<u8>, CmsDefect> {
        let bad = |reason: &str| CmsDefect::ContentBad { reason: reason.to_owned() };
        if sealed.tag.len() != algorithm.tag_len() {
            return Err(bad("the authentication tag does not have 16 octets"));
        }
        let nonce = ring::aead::Nonce::try_assume_unique_for_key(sealed.vector);
        let key = ring::aead::UnboundKey::new(algorithm, &self.bytes);
        let (Ok(nonce), Ok(key)) = (nonce, key) else {
            return Err(bad("key and nonce do not fit the cipher"));
        };
        let mut octets = [sealed.octets, sealed.tag].concat();
        let aad = ring::aead::Aad::from(&sealed.additional);
        let opened = ring::aead::LessSafeKey::new(key).open_in_place(nonce, aad, &mut octets);
        let length =
            opened.map_err(|_| bad("the authentication tag does not fit: another key, or damaged octets"))?.len();
        octets.truncate(length);
        Ok(octets)
    }

    fn gcm_seal(
        &self,
        algorithm: &'static ring::aead::Algorithm,
        content: &[u8],
        vector: &[u8],
    ) -> Option<(Vec<u8>, Vec<u8>)> {
        let nonce = ring::aead::Nonce::try_assume_unique_for_key(vector).ok()?;
        let key = ring::aead::UnboundKey::new(algorithm, &self.bytes).ok()?;
        let mut octets = content.to_vec();
        let tag = ring::aead::LessSafeKey::new(key)
            .seal_in_place_separate_tag(nonce, ring::aead::Aad::empty(), &mut octets)
            .ok()?;
        Some((octets, tag.as_ref().to_vec()))
    }
}

/// The encrypted content of an object and what its cipher needs besides the key.
pub(super) struct Sealed<'a> {
    pub(super) vector: &'a [u8],
    pub(super) octets: &'a [u8],
    /// Authentication tag; empty for CBC.
    pub(super) tag: &'a [u8],
    /// Authenticated attributes in DER; empty when there are none.
    pub(super) additional: &'a [u8],
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentKey({self})")
    }
}

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:***", self.cipher.name())
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    digits.chunks(2).map(|pair| Some((nibble(pair[0])? * 16 + nibble(pair[1])?) as u8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_stored_in_full_and_shown_masked() {
        let key = ContentKey::new(ContentCipher::Aes128Cbc, vec![0xab; 16]).unwrap();
        let text = key.to_bytes();
        assert_eq!(text, format!("AES128-CBC:{}", "ab".repeat(16)).into_bytes());
        assert_eq!(ContentKey::from_bytes(&text).unwrap(), key);
        assert_eq!(format!("{key} {key:?}"), "AES128-CBC:*** ContentKey(AES128-CBC:***)");
    }

    #[test]
    fn refuses_a_text_that_is_no_key() {
        for text in ["", "AES128-CBC", "AES128-CBC:ab", "AES999-CBC:abab", "AES128-CBC:zz", "AES128-CBC:æ"] {
            assert_eq!(ContentKey::from_bytes(text.as_bytes()), Err(CmsDefect::BadKeyText), "{text}");
        }
        assert_eq!(ContentKey::from_bytes(&[0xff, b':']), Err(CmsDefect::BadKeyText));
    }

    #[test]
    fn every_cipher_opens_what_it_sealed() {
        for cipher in ContentCipher::ALL {
            let key = ContentKey::new(cipher, (0..cipher.key_len() as u8).collect()).unwrap();
            let vector = vec![9; cipher.vector_len()];
            let (octets, tag) = key.encrypt(b"hei", &vector).unwrap();
            let mut sealed = Sealed { vector: &vector, octets: &octets, tag: &tag, additional: &[] };
            assert_eq!(key.decrypt(&sealed).unwrap(), b"hei", "{cipher:?}");
            sealed.octets = &octets[1..];
            assert!(matches!(key.decrypt(&sealed), Err(CmsDefect::ContentBad { .. })));
        }
    }
}
