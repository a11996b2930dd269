//! The bytes of a file -> its text. Spreadsheets write UTF-8 with and without a mark, UTF-16, and Windows-1252.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A text, and what its readers should know of how it was read.
pub type Decoded = (String, Option<&'static str>);

const WINDOWS: &str = "it is not UTF-8 and was read as Windows-1252. Check names with accents, or save the file as \
     `CSV UTF-8`";
const NOT_TEXT: &str =
    "it is neither UTF-8, UTF-16 with a byte order mark, nor Windows-1252: save it as `CSV UTF-8`";

/// Decodes a file. `Err` says what to do.
pub fn decode(bytes: &[u8]) -> Result<Decoded, &'static str> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, length)| (encoding, &bytes[length..]));
    if let Some((encoding, bytes)) = marked {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        let text = text.ok_or_else(|| match encoding {
            it if it == UTF_16LE || it == UTF_16BE => {
                "it begins as UTF-16 and is damaged further on: export it again"
            }
            _ => "it begins as UTF-8 and is damaged further on: export it again",
        })?;
        return clean(text.into_owned()).map(|text| (text, None));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return clean(text.to_owned()).map(|text| (text, None));
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    // Bytes that Windows-1252 does not use come out as control characters.
    match text
        .chars()
        .any(|char| ('\u{80}'..='\u{9f}').contains(&char))
    {
        true => Err(NOT_TEXT),
        false => clean(text.into_owned()).map(|text| (text, Some(WINDOWS))),
    }
}

/// A text with NUL is no text: UTF-16 without a mark, or a spreadsheet's own format.
fn clean(text: String) -> Result<String, &'static str> {
    match text.contains('\0') {
        true => Err(NOT_TEXT),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_write_is_read() {
        let utf16 = |units: &[u16], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            units.iter().copied().flat_map(bytes).collect()
        };
        let units: Vec<u16> = "\u{feff}Zürich".encode_utf16().collect();
        let same = [
            "Zürich".as_bytes().to_vec(),
            "\u{feff}Zürich".as_bytes().to_vec(),
            utf16(&units, u16::to_le_bytes),
            utf16(&units, u16::to_be_bytes),
        ];
        for bytes in same {
            assert_eq!(decode(&bytes), Ok(("Zürich".to_owned(), None)), "{bytes:?}");
        }
        assert_eq!(
            decode(b"Z\xfcrich"),
            Ok(("Zürich".to_owned(), Some(WINDOWS)))
        );
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let without_mark: Vec<u8> = "Name,A".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [
            &b"a\xff\x81b"[..],
            &without_mark,
            b"PK\x03\x04\0\0",
            b"\xff\xfeN",
            b"\xef\xbb\xbfa\xff",
        ] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
