//! Public ids: base64 of `ciscospark://<cluster>/<TYPE>/<suffix>`, padded or not, url-safe or not (webex-api.md 1.4).

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
static ENGINE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);

/// What two ids of one object have in common: the decoded form, or the id itself where it is none of Webex's.
pub fn plain(id: &str) -> String {
    let standard = id.replace('-', "+").replace('_', "/");
    let decoded = ENGINE.decode(standard).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded {
        Some(uri) if uri.starts_with("ciscospark://") => uri,
        _ => id.to_owned(),
    }
}

/// The bare uuid of an id, as SCIM and some jobs want it: the last part of the decoded form, up to a colon.
pub fn uuid(id: &str) -> String {
    let plain = plain(id);
    let last = plain.rsplit('/').next().unwrap_or(&plain);
    last.split(':').next().unwrap_or(last).to_owned()
}

/// The id of the organisation that a licence's id names; `None` for an id that is none of Webex's.
pub fn org_of_license(id: &str) -> Option<String> {
    let plain = plain(id);
    let (cluster, of) = plain.split_once("/LICENSE/")?;
    let (org, _) = of.split_once(':')?;
    Some(ENGINE.encode(format!("{cluster}/ORGANIZATION/{org}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_id() {
        let padded = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg==";
        let bare = "Y2lzY29zcGFyazovL3VzL1JPTEUvaWRfZnVsbF9hZG1pbg";
        assert_eq!(plain(padded), "ciscospark://us/ROLE/id_full_admin");
        assert_eq!(plain(padded), plain(bare));
        assert_eq!(uuid(bare), "id_full_admin");
        assert_eq!(plain("L-CALL-21"), "L-CALL-21");
        let license = ENGINE.encode("ciscospark://us/LICENSE/1111-2222:BCSTD_3333");
        let org = org_of_license(&license).unwrap();
        assert_eq!(plain(&org), "ciscospark://us/ORGANIZATION/1111-2222");
        assert_eq!(org_of_license("L-CALL-21"), None);
        let group = "Y2lzY29zcGFyazovL3VzL1NDSU1fR1JPVVAvMjUxMDRiZTAtZjg3NC00MzQzLTk2MDctZGYwMmRmMzdiNWMxOjViMGMxZTdhLTNmNDItNGMxZS05YTY3LThkMmY0MGI3YzkxMQ";
        assert_eq!(uuid(group), "25104be0-f874-4343-9607-df02df37b5c1");
    }
}
