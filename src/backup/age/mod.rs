//! Files of the age format, version 1 (<https://age-encryption.org/v1>), for X25519 recipients: written for any of them, read
//! with the identity of one.
//!
//! Owns the header, the keys and the payload. Knows no files and no backups. Passphrases, SSH keys, plugins and the ASCII
//! armor are parts of age that it refuses by name. ChaCha20-Poly1305, HKDF, HMAC and random bytes come from ring, which TLS
//! brings anyway; X25519 with a key that is kept, which ring does not offer, comes from x25519-dalek.

mod bech32;
mod crypto;
mod header;
mod keys;
mod stream;
#[cfg(test)]
mod tests;

pub use keys::{Identity, Recipient, identities};

use crypto::FileKey;
use header::Header;

/// How files of every version begin.
pub const ANY_VERSION: &str = "age-encryption.org/";

/// The first line of a file: section "Header", version line.
const INTRO: &str = "age-encryption.org/v1";

/// Encrypts bytes for these recipients: any of them can read the result, no one else.
pub fn encrypt(bytes: &[u8], recipients: &[Recipient]) -> Result<Vec<u8>, String> {
    if recipients.is_empty() {
        return Err("there is no recipient".to_owned());
    }
    let key = FileKey::random()?;
    let stanzas = recipients.iter().map(|it| it.wrap(&key));
    let mut out = header::write(&stanzas.collect::<Result<Vec<_>, _>>()?, &key)?;
    stream::seal(bytes, &key, &mut out)?;
    Ok(out)
}

/// Decrypts a file with the first of these identities that it is for.
pub fn decrypt(file: &[u8], identities: &[Identity]) -> Result<Vec<u8>, String> {
    let (header, payload) = Header::read(file)?;
    // A passphrase is the only recipient (section "scrypt recipient stanza"): a file that has both was not made by age.
    if header
        .stanzas
        .iter()
        .any(|stanza| stanza.kind() == "scrypt")
    {
        return Err("it is encrypted with a passphrase, not for a recipient".to_owned());
    }
    let mut found = None;
    for stanza in &header.stanzas {
        for identity in identities {
            // Every stanza is looked at, also after the one that fits: a malformed one is an error in either order.
            let key = identity.unwrap(stanza)?;
            found = found.or(key);
        }
    }
    let key = found.ok_or("none of the identities can read it: it is for other recipients")?;
    header.verify(&key)?;
    stream::open(payload, &key)
}
