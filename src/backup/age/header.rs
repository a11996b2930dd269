//! The header: who can read the file, as text, and its MAC (section "Header").

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use ring::hmac;

use super::INTRO;
use super::crypto::FileKey;

/// Bytes of a body on one line: 64 digits (section "Recipient stanza").
const LINE: usize = 48;

/// What says how one recipient gets the file key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stanza {
    /// The kind, and what belongs to it.
    pub args: Vec<String>,
    pub body: Vec<u8>,
}

impl Stanza {
    pub(super) fn kind(&self) -> &str {
        self.args.first().map_or("", String::as_str)
    }
}

/// A header as it was read. It is trusted once it is [verified](Header::verify).
pub(super) struct Header<'f> {
    pub stanzas: Vec<Stanza>,
    /// What the MAC is about: all up to and with `---`.
    text: &'f [u8],
    mac: Vec<u8>,
}

/// The header of a file with these stanzas.
pub(super) fn write(stanzas: &[Stanza], key: &FileKey) -> Result<Vec<u8>, String> {
    let mut text = format!("{INTRO}\n");
    for stanza in stanzas {
        text += &format!("-> {}\n", stanza.args.join(" "));
        let mut lines = stanza
            .body
            .chunks(LINE)
            .map(|line| BASE64.encode(line) + "\n");
        text.extend(&mut lines);
        // The last line is a short one, so that the end is known.
        if stanza.body.len() % LINE == 0 {
            text.push('\n');
        }
    }
    text += "---";
    let mac = hmac::sign(&key.mac()?, text.as_bytes());
    text += &format!(" {}\n", BASE64.encode(mac));
    Ok(text.into_bytes())
}

/// The next line without its end, and the rest.
fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|it| *it == b'\n')?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

/// The words after `-> `: at least one, each of visible ASCII characters, one space between two.
fn args(line: &str) -> Option<Vec<String>> {
    let words = line.strip_prefix("-> ")?.split(' ');
    let visible = |word: &str| !word.is_empty() && word.bytes().all(|it| it.is_ascii_graphic());
    words
        .map(|word| visible(word).then(|| word.to_owned()))
        .collect()
}

/// Base64 in its one form: no padding, and nothing in bits that are left over.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

impl<'f> Header<'f> {
    /// The header of a file, and the payload after it.
    pub(super) fn read(file: &'f [u8]) -> Result<(Header<'f>, &'f [u8]), String> {
        let (intro, rest) = line(file).ok_or("its header is damaged")?;
        if intro != INTRO {
            return Err(format!("its first line is not {INTRO}"));
        }
        Header::stanzas(file, rest).ok_or_else(|| "its header is damaged".to_owned())
    }

    fn stanzas(file: &'f [u8], mut rest: &'f [u8]) -> Option<(Header<'f>, &'f [u8])> {
        let mut stanzas = Vec::new();
        loop {
            let begin = file.len() - rest.len();
            let (first, after) = line(rest)?;
            rest = after;
            if let Some(mac) = first.strip_prefix("--- ") {
                let header = Header {
                    stanzas,
                    text: file.get(..begin + "---".len())?,
                    mac: base64(mac).filter(|mac| mac.len() == 32)?,
                };
                return (!header.stanzas.is_empty()).then_some((header, rest));
            }
            let args = args(first)?;
            let mut body = Vec::new();
            loop {
                let (text, after) = line(rest)?;
                rest = after;
                let bytes = base64(text).filter(|it| it.len() <= LINE)?;
                let is_last = bytes.len() < LINE;
                body.extend(bytes);
                if is_last {
                    break;
                }
            }
            stanzas.push(Stanza { args, body });
        }
    }

    /// Whether the header is what the holder of the file key wrote. Compares in constant time.
    pub(super) fn verify(&self, key: &FileKey) -> Result<(), String> {
        hmac::verify(&key.mac()?, self.text, &self.mac)
            .map_err(|_| "its header was changed since it was written".to_owned())
    }
}
