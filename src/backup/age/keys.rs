//! Recipients and identities, and how the file key goes from one to the other (section "X25519 recipient stanza").

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use x25519_dalek::{X25519_BASEPOINT_BYTES, x25519};
use zeroize::Zeroizing;

use super::bech32;
use super::crypto::{Cipher, FileKey, Secret, hkdf, random};
use super::header::{Stanza, base64};

const KIND: &str = "X25519";
const INFO: &[u8] = b"age-encryption.org/v1/X25519";
/// The wrap key is used once, so its nonce is a fixed one.
const NONCE: [u8; 12] = [0; 12];

pub(super) const PUBLIC: &str = "age";
pub(super) const SECRET: &str = "age-secret-key-";

/// Who can read a file: a public key, `age1…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(pub(super) [u8; 32]);

/// What reads a file: a secret key, `AGE-SECRET-KEY-1…`.
pub struct Identity {
    secret: Secret,
    pub(super) public: Recipient,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

/// The key that wraps the file key. A share of low order gives the same secret to everyone, zero, and is refused.
fn wrap_key(shared: &Secret, share: &[u8; 32], recipient: &Recipient) -> Result<Secret, String> {
    if shared.iter().fold(0, |all, byte| all | byte) == 0 {
        return Err("an invalid key: the shared secret is zero".to_owned());
    }
    hkdf(shared.as_ref(), &[*share, recipient.0].concat(), INFO)
}

impl Recipient {
    /// Reads `age1…`.
    pub fn read(text: &str) -> Result<Recipient, String> {
        let lower = text.to_ascii_lowercase();
        if lower.starts_with(SECRET) {
            return Err(
                "it is an identity, the secret key; the recipient begins with age1".to_owned(),
            );
        }
        if lower.starts_with("ssh-") {
            return Err("SSH keys are not supported, only age1…".to_owned());
        }
        let (prefix, bytes) =
            bech32::decode(text).ok_or("it is not of the form age1…, or mistyped")?;
        if prefix.starts_with("age1") {
            return Err(
                "recipients of plugins and of other kinds are not supported, only X25519"
                    .to_owned(),
            );
        }
        match <[u8; 32]>::try_from(bytes.as_slice()) {
            Ok(key) if prefix == PUBLIC && text == lower => Ok(Recipient(key)),
            _ => Err("it is not of the form age1…".to_owned()),
        }
    }

    /// The stanza from which this recipient gets the file key.
    pub(super) fn wrap(&self, key: &FileKey) -> Result<Stanza, String> {
        let mut ephemeral = Zeroizing::new([0; 32]);
        random(ephemeral.as_mut())?;
        let share = x25519(*ephemeral, X25519_BASEPOINT_BYTES);
        let shared = Zeroizing::new(x25519(*ephemeral, self.0));
        let cipher = Cipher::new(&wrap_key(&shared, &share, self)?)?;
        Ok(Stanza {
            args: vec![KIND.to_owned(), BASE64.encode(share)],
            body: cipher.seal(NONCE, key.bytes())?,
        })
    }
}

impl Identity {
    fn of(secret: Secret) -> Identity {
        let public = Recipient(x25519(*secret, X25519_BASEPOINT_BYTES));
        Identity { secret, public }
    }

    /// Reads `AGE-SECRET-KEY-1…`.
    pub fn read(text: &str) -> Result<Identity, String> {
        let upper = Zeroizing::new(text.to_ascii_uppercase());
        if upper.starts_with("AGE-PLUGIN-") {
            return Err(
                "identities of plugins are not supported, only AGE-SECRET-KEY-1…".to_owned(),
            );
        }
        let bytes = bech32::decode(text).filter(|(prefix, _)| prefix == SECRET && text == *upper);
        let key = bytes.and_then(|(_, bytes)| {
            let mut key = Secret::default();
            (bytes.len() == key.len()).then(|| {
                key.copy_from_slice(&bytes);
                key
            })
        });
        let key = key.ok_or("it is not of the form AGE-SECRET-KEY-1…, or mistyped")?;
        Ok(Identity::of(key))
    }

    /// The file key, if the stanza is for this identity. A stanza of this kind that is malformed is an error, one of another
    /// kind is not.
    pub(super) fn unwrap(&self, stanza: &Stanza) -> Result<Option<FileKey>, String> {
        if stanza.kind() != KIND {
            return Ok(None);
        }
        let damaged = "its header is damaged: an invalid recipient";
        let [_, share] = &stanza.args[..] else {
            return Err(damaged.to_owned());
        };
        let share = base64(share).and_then(|it| <[u8; 32]>::try_from(it).ok());
        let share = share.ok_or(damaged)?;
        if stanza.body.len() != FileKey::BYTES + Cipher::TAG {
            return Err(damaged.to_owned());
        }
        let shared = Zeroizing::new(x25519(*self.secret, share));
        let cipher = Cipher::new(&wrap_key(&shared, &share, &self.public)?)?;
        let key = cipher.open(NONCE, &stanza.body);
        Ok(key.and_then(|key| FileKey::from_slice(&key)))
    }
}

/// The identities of a file as `age-keygen` writes it: one on a line, among comments and blank lines.
pub fn identities(text: &str) -> Result<Vec<Identity>, String> {
    if text.starts_with(super::INTRO) || text.starts_with("-----BEGIN AGE ENCRYPTED FILE") {
        return Err(
            "the file of the identity is encrypted itself: decrypt it with age first".to_owned(),
        );
    }
    if text.starts_with("-----BEGIN") {
        return Err("SSH keys are not supported, only AGE-SECRET-KEY-1…".to_owned());
    }
    let mut all = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim_end();
        if !text.is_empty() && !text.starts_with('#') {
            all.push(Identity::read(text).map_err(|why| format!("line {line}: {why}"))?);
        }
    }
    match all.is_empty() {
        true => Err("the file has no identity".to_owned()),
        false => Ok(all),
    }
}
