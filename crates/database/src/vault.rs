//! What must not lie in clear in the database is sealed under the encryption
//! key, which lies apart from it.

use std::sync::Arc;

use base::{Error, Random, Result};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The first byte of what is sealed: the form of the rest.
const FORM: u8 = 1;
const NONCE: usize = 24;

/// Seals and opens. Clones share the key, which is never printed.
#[derive(Clone)]
pub struct Vault(Arc<Zeroizing<[u8; 32]>>);

impl Vault {
    /// The vault of this key.
    pub fn new(key: [u8; 32]) -> Self {
        Self(Arc::new(Zeroizing::new(key)))
    }

    /// `text` sealed. `about` says what it is and whose, such as `webhook:ID`,
    /// so that it opens nowhere but in its place.
    ///
    /// The nonce is made of the text too, since a unit of work that is run
    /// again draws the same bytes, perhaps for another text.
    pub(crate) fn seal(&self, about: &str, text: &[u8], random: &mut Random) -> Result<Vec<u8>> {
        let drawn: [u8; 32] = random.bytes();
        let nonce = self.mac(b"nonce", &[&drawn, about.as_bytes(), text])?;
        let nonce = XNonce::try_from(&nonce[..NONCE]).map_err(|error| Error::internal("a nonce", error))?;
        let payload = Payload { msg: text, aad: about.as_bytes() };
        let sealed = self.cipher()?.encrypt(&nonce, payload);
        let sealed = sealed.map_err(|error| Error::internal("XChaCha20-Poly1305", error))?;
        Ok([&[FORM][..], &nonce, &sealed].concat())
    }

    /// What was sealed about the same.
    pub(crate) fn open(&self, about: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let closed = || Error::Internal(format!("what is sealed as {about} does not open under this key"));
        let (form, rest) = sealed.split_first().ok_or_else(closed)?;
        let (nonce, sealed) = rest.split_at_checked(NONCE).ok_or_else(closed)?;
        if *form != FORM {
            return Err(closed());
        }
        let nonce = XNonce::try_from(nonce).map_err(|_| closed())?;
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        self.cipher()?.decrypt(&nonce, payload).map(Zeroizing::new).map_err(|_| closed())
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305> {
        let key = self.mac(b"cipher", &[])?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }

    /// A key of its own for each purpose; the parts are told apart by their lengths.
    fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0[..]);
        let mut mac = mac.map_err(|error| Error::internal("HMAC-SHA-256", error))?;
        for part in std::iter::once(&purpose).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Ok(Zeroizing::new(mac.finalize().into_bytes().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_alone() {
        let (vault, mut random) = (Vault::new([7; 32]), Random::seeded(1));
        let sealed = vault.seal("mail:1", b"a one-time link", &mut random).unwrap();
        assert_eq!(**vault.open("mail:1", &sealed).unwrap(), *b"a one-time link");
        assert!(!sealed.windows(4).any(|part| part == b"link"));
        assert!(vault.open("mail:2", &sealed).is_err());
        assert!(Vault::new([8; 32]).open("mail:1", &sealed).is_err());
        for n in 0..sealed.len() {
            let mut other = sealed.clone();
            other[n] ^= 1;
            assert!(vault.open("mail:1", &other).is_err(), "byte {n}");
            assert!(vault.open("mail:1", &sealed[..n]).is_err(), "cut at {n}");
        }
    }

    #[test]
    fn the_same_draw_never_gives_two_texts_one_nonce() {
        let vault = Vault::new([7; 32]);
        let seal = |text: &[u8]| vault.seal("mail:1", text, &mut Random::seeded(1)).unwrap();
        assert_eq!(seal(b"one"), seal(b"one"));
        assert_ne!(seal(b"one")[..=NONCE], seal(b"two")[..=NONCE]);
    }
}
