//! The payload: chunks of 64 KiB, each sealed with its number and whether it is the last (section "Payload", STREAM).

use super::crypto::{Cipher, FileKey, random};

/// Bytes of a chunk before it is sealed.
const CHUNK: usize = 64 * 1024;
/// Bytes of the nonce before the chunks.
const NONCE: usize = 16;

/// The nonce of a chunk: its number in 11 bytes, and whether it is the last.
fn nonce(number: usize, is_last: bool) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&(number as u64).to_be_bytes());
    nonce[11] = u8::from(is_last);
    nonce
}

/// Appends the payload.
pub(super) fn seal(bytes: &[u8], key: &FileKey, out: &mut Vec<u8>) -> Result<(), String> {
    let mut salt = [0; NONCE];
    random(&mut salt)?;
    out.extend(salt);
    let cipher = Cipher::new(&key.payload(&salt)?)?;
    // An empty file has one chunk, an empty one; no other has one that is empty.
    let last = bytes.len().div_ceil(CHUNK).max(1) - 1;
    for number in 0..=last {
        let end = bytes.len().min((number + 1) * CHUNK);
        out.extend(cipher.seal(nonce(number, number == last), &bytes[number * CHUNK..end])?);
    }
    Ok(())
}

/// The bytes of a payload, whole or not at all.
pub(super) fn open(payload: &[u8], key: &FileKey) -> Result<Vec<u8>, String> {
    let changed = || "it was changed or cut off since it was written".to_owned();
    let (salt, sealed) = payload.split_at_checked(NONCE).ok_or_else(changed)?;
    let cipher = Cipher::new(&key.payload(salt)?)?;
    let last = sealed.len().div_ceil(CHUNK + Cipher::TAG).max(1) - 1;
    let mut out = Vec::with_capacity(sealed.len());
    for number in 0..=last {
        let begin = number * (CHUNK + Cipher::TAG);
        let end = sealed.len().min(begin + CHUNK + Cipher::TAG);
        let nonce = nonce(number, number == last);
        let chunk = cipher
            .open(nonce, &sealed[begin..end])
            .ok_or_else(changed)?;
        if chunk.is_empty() && number > 0 {
            return Err(changed());
        }
        out.extend_from_slice(&chunk);
    }
    Ok(out)
}
