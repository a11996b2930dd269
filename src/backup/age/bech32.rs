//! Bech32 (BIP 173), the text form of keys. Age sets no limit of length.

use zeroize::Zeroizing;

/// The digits, by value.
const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The generator of the checksum.
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];

/// How many digits the checksum has.
const CHECKSUM: usize = 6;

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let next = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        let bits = GENERATOR.iter().enumerate();
        bits.filter(|(bit, _)| top >> bit & 1 == 1)
            .fold(next, |next, (_, generator)| next ^ generator)
    })
}

/// The values by which the prefix enters the checksum.
fn expanded(prefix: &str) -> impl Iterator<Item = u8> {
    let high = prefix.bytes().map(|it| it >> 5);
    high.chain([0]).chain(prefix.bytes().map(|it| it & 31))
}

/// Bytes as digits of five bits; the last is filled with zeros. Only tests make keys: users make theirs with `age-keygen`.
#[cfg(test)]
fn digits(bytes: &[u8]) -> Vec<u8> {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let digit = |at: usize| (at..at + 5).fold(0, |value, at| value << 1 | bit(at));
    (0..bytes.len() * 8).step_by(5).map(digit).collect()
}

/// Digits as bytes; what is left over must be less than a digit, and zero.
fn bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let bit = |at: usize| digits[at / 5] >> (4 - at % 5) & 1;
    let all = digits.len() * 5;
    let whole = all / 8 * 8;
    let filling = whole..all;
    if filling.len() >= 5 || filling.clone().any(|at| bit(at) == 1) {
        return None;
    }
    let byte = |at: usize| (at..at + 8).fold(0, |value, at| value << 1 | bit(at));
    Some((0..whole).step_by(8).map(byte).collect())
}

/// The text of some bytes with a prefix, in lower case.
#[cfg(test)]
pub(super) fn encode(prefix: &str, data: &[u8]) -> String {
    let mut digits = digits(data);
    let values = expanded(prefix).chain(digits.iter().copied());
    let sum = polymod(values.chain([0; CHECKSUM])) ^ 1;
    digits.extend((0..CHECKSUM).map(|at| (sum >> (5 * (CHECKSUM - 1 - at)) & 31) as u8));
    let digits = digits.iter().map(|it| char::from(DIGITS[usize::from(*it)]));
    prefix.chars().chain(['1']).chain(digits).collect()
}

/// The prefix in lower case, and the bytes, which may be a secret. `None`: it is not Bech32, or mistyped.
pub(super) fn decode(text: &str) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let one_case = !text.bytes().any(|it| it.is_ascii_lowercase())
        || !text.bytes().any(|it| it.is_ascii_uppercase());
    let text = Zeroizing::new(text.to_ascii_lowercase());
    let (prefix, data) = text.rsplit_once('1')?;
    let printable = prefix.bytes().all(|it| (33..=126).contains(&it));
    if !one_case || prefix.is_empty() || !printable || data.len() < CHECKSUM {
        return None;
    }
    let value = |digit: u8| DIGITS.iter().position(|it| *it == digit)?.try_into().ok();
    let digits: Zeroizing<Vec<u8>> =
        Zeroizing::new(data.bytes().map(value).collect::<Option<_>>()?);
    if polymod(expanded(prefix).chain(digits.iter().copied())) != 1 {
        return None;
    }
    Some((
        prefix.to_owned(),
        Zeroizing::new(bytes(&digits[..digits.len() - CHECKSUM])?),
    ))
}
