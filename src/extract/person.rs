//! Keyed pseudonyms: the only form in which a person leaves the raw tables.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Turns ID numbers into pseudonyms: HMAC-SHA256 under the warehouse's key, its first 96 bits in hexadecimal.
/// With ten million people the chance that two share one is below 10⁻¹⁵.
#[derive(Clone)]
pub struct PersonKeys {
    keyed: Hmac<Sha256>,
}

const PSEUDONYM_BYTES: usize = 12;

impl PersonKeys {
    /// `key` is any number of secret bytes.
    pub fn new(key: &[u8]) -> Option<PersonKeys> {
        Hmac::<Sha256>::new_from_slice(key).ok().map(|keyed| PersonKeys { keyed })
    }

    pub fn key_of(&self, id_number: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(id_number.as_bytes());
        let digest = mac.finalize().into_bytes();
        crate::project::hex(&digest[..PSEUDONYM_BYTES])
    }
}
