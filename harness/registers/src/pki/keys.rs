//! RSA keys and serial numbers.

use super::PkiError;
use rcgen::KeyPair;
use std::sync::{Mutex, PoisonError};
use wire::key::PrivateKey;

/// Keys made in advance: each costs a noticeable part of a second, so all cores make them at once.
#[derive(Debug)]
pub struct RsaKeys(Mutex<Vec<KeyPair>>);

impl RsaKeys {
    /// Makes keys.
    ///
    /// # Errors
    /// [`PkiError::Key`].
    pub fn make(count: usize, bits: usize) -> Result<Self, PkiError> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(count.max(1));
        let made: Result<Vec<Vec<KeyPair>>, PkiError> = std::thread::scope(|scope| {
            let share = |core: usize| (core..count).step_by(cores).count();
            let workers: Vec<_> = (0..cores)
                .map(|core| scope.spawn(move || (0..share(core)).map(|_| one(bits)).collect::<Result<Vec<_>, _>>()))
                .collect();
            // A panic in a worker is a panic here.
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|p| std::panic::resume_unwind(p))).collect()
        });
        Ok(Self(Mutex::new(made?.into_iter().flatten().collect())))
    }

    /// Takes one; makes another when there is none left.
    pub(super) fn take(&self, bits: usize) -> Result<KeyPair, PkiError> {
        let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        ready.map_or_else(|| one(bits), Ok)
    }
}

/// ring cannot make RSA keys, so they are made by `rsa` and handed over as PKCS#8.
fn one(bits: usize) -> Result<KeyPair, PkiError> {
    let mut chance = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    Ok(KeyPair::from_pem(&PrivateKey::generate(&mut chance, bits)?.to_pkcs8_pem()?)?)
}

/// A serial number: 16 random octets, positive and without zeros in front (RFC 5280 4.1.2.2).
pub(super) fn serial() -> Vec<u8> {
    let mut bytes = [0; 16];
    // Without randomness the keys could not have been made either.
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes[0] = bytes[0] & 0x7f | 0x40;
    bytes.to_vec()
}
