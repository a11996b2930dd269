//! The four primitives as age uses them, and keys that are wiped when they are dropped.

use ring::rand::{SecureRandom, SystemRandom};
use ring::{aead, hkdf, hmac};
use zeroize::Zeroizing;

/// A secret of 32 bytes.
pub(super) type Secret = Zeroizing<[u8; 32]>;

/// What a whole primitive fails with. It says no more, and nothing can be done about it.
const FAILED: &str = "the cryptography of this machine fails";

/// The key of one file, of 16 bytes (section "File key").
pub(super) struct FileKey(Zeroizing<[u8; Self::BYTES]>);

impl FileKey {
    pub(super) const BYTES: usize = 16;

    pub(super) fn random() -> Result<FileKey, String> {
        let mut key = Zeroizing::new([0; Self::BYTES]);
        random(key.as_mut())?;
        Ok(FileKey(key))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<FileKey> {
        Some(FileKey(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// The key of the header's MAC (section "Header MAC").
    pub(super) fn mac(&self) -> Result<hmac::Key, String> {
        let key = hkdf(self.bytes(), &[], b"header")?;
        Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()))
    }

    /// The key of the payload (section "Payload").
    pub(super) fn payload(&self, nonce: &[u8]) -> Result<Secret, String> {
        hkdf(self.bytes(), nonce, b"payload")
    }
}

/// Fills with random bytes of the system.
pub(super) fn random(bytes: &mut [u8]) -> Result<(), String> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| FAILED.to_owned())
}

/// HKDF with SHA-256: a key of 32 bytes.
pub(super) fn hkdf(secret: &[u8], salt: &[u8], info: &[u8]) -> Result<Secret, String> {
    let mut key = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|it| it.fill(key.as_mut()))
        .map_err(|_| FAILED.to_owned())?;
    Ok(key)
}

/// ChaCha20-Poly1305 with one key, without associated data.
pub(super) struct Cipher(aead::LessSafeKey);

impl Cipher {
    /// How many bytes the tag has.
    pub(super) const TAG: usize = 16;

    pub(super) fn new(key: &Secret) -> Result<Cipher, String> {
        let key = aead::UnboundKey::new(&aead::CHACHA20_POLY1305, key.as_ref());
        Ok(Cipher(aead::LessSafeKey::new(key.map_err(|_| FAILED)?)))
    }

    /// The bytes encrypted, with the tag.
    pub(super) fn seal(&self, nonce: [u8; 12], bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::with_capacity(bytes.len() + Self::TAG);
        out.extend_from_slice(bytes);
        let nonce = aead::Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce, aead::Aad::empty(), &mut out)
            .map_err(|_| FAILED.to_owned())?;
        Ok(out)
    }

    /// The bytes decrypted; `None` if they were not sealed with this key and nonce.
    pub(super) fn open(&self, nonce: [u8; 12], bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(bytes.to_vec());
        let nonce = aead::Nonce::assume_unique_for_key(nonce);
        let length = self
            .0
            .open_in_place(nonce, aead::Aad::empty(), &mut out)
            .ok()?
            .len();
        out.truncate(length);
        Some(out)
    }
}
