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

/// The characters of a pseudonym: lower-case hexadecimal.
pub const PSEUDONYM_CHARS: usize = 2 * PSEUDONYM_BYTES;

impl PersonKeys {
    /// `key` is any number of secret bytes.
    pub fn new(key: &[u8]) -> Option<PersonKeys> {
        Hmac::<Sha256>::new_from_slice(key).ok().map(|keyed| PersonKeys { keyed })
    }

    /// Adds a number's pseudonym to the end of `out`. The key's own blocks were digested when it was made: each number
    /// costs two more.
    pub fn push_key(&self, id_number: &str, out: &mut String) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut mac = self.keyed.clone();
        mac.update(id_number.as_bytes());
        let digest = mac.finalize().into_bytes();
        for byte in &digest[..PSEUDONYM_BYTES] {
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}
