//! Public ids: base64 of `ciscospark://<cluster>/<TYPE>/<suffix>` (webex-api.md 1.4). Decoding is lenient, making them is
//! deterministic: the same seed gives the same id.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
static STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
static URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

/// By what ids are compared: the decoded form, or the text itself where it is no public id.
pub fn decoded(id: &str) -> String {
    let engine = match id.contains(['-', '_']) {
        true => &URL_SAFE,
        false => &STANDARD,
    };
    let text = engine
        .decode(id)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    match text {
        Some(text) if text.starts_with("ciscospark://") => text,
        _ => id.to_owned(),
    }
}

/// The public id of an object of the common cluster, unpadded.
pub fn public(kind: &str, suffix: &str) -> String {
    STANDARD_NO_PAD.encode(format!("ciscospark://us/{kind}/{suffix}"))
}

/// What SCIM and some jobs use: the last part of the decoded form, up to a colon.
pub fn bare(id: &str) -> String {
    let text = decoded(id);
    let last = text.rsplit('/').next().unwrap_or(&text);
    last.split(':').next().unwrap_or(last).to_owned()
}

/// What follows `/<TYPE>/` in the decoded form.
pub fn suffix(decoded: &str) -> Option<&str> {
    let rest = decoded.strip_prefix("ciscospark://")?;
    rest.splitn(3, '/').nth(2)
}

/// A uuid that depends only on the seed.
pub fn uuid(seed: &str) -> String {
    let digest = Sha256::digest(format!("trunkline simulator {seed}"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let (time, rest) = hex.split_at(8);
    format!(
        "{time}-{}-4{}-a{}-{}",
        &rest[..4],
        &rest[4..7],
        &rest[7..10],
        &rest[10..22]
    )
}

/// A small number that depends only on the seed.
pub fn dice(seed: &str, sides: u32) -> u32 {
    // FNV-1a: only scatters, so it need not be good.
    let hash = seed.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash >> 7) % sides.max(1)
}

/// Base64 of anything, for cursors.
pub fn cursor(text: &str) -> String {
    STANDARD_NO_PAD.encode(text)
}

/// What a cursor says.
pub fn read_cursor(cursor: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(cursor).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_and_unpadded_are_one_id() {
        let id = public("ROLE", "id_full_admin");
        assert_eq!(id, "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg");
        assert_eq!(decoded(&id), decoded(&format!("{id}==")));
        assert_eq!(decoded("L-CALL-21"), "L-CALL-21");
        assert_eq!(suffix(&decoded(&id)), Some("id_full_admin"));
    }

    #[test]
    fn a_group_goes_by_the_part_before_the_colon() {
        assert_eq!(bare(&public("SCIM_GROUP", "25104be0:5b0c1e7a")), "25104be0");
        assert_eq!(bare("U-1"), "U-1");
    }

    #[test]
    fn made_up_uuids_have_the_form_of_real_ones() {
        let made = uuid("ana@acme.com");
        assert_eq!(made, uuid("ana@acme.com"));
        assert_ne!(made, uuid("bob@acme.com"));
        let lengths: Vec<usize> = made.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
