//! The form in which names and addresses are compared (contract section 2).
//!
//! People type one name in several forms: `é` as one character or as two, a blank as a no-break space, a domain as
//! `müller.de` or as `xn--mller-kva.de`. Files, snapshots and answers of Webex are brought into one form where they are read,
//! so that nothing behind that edge has to know.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text with its characters composed (NFC), every kind of blank as a blank, and the domain of an address in its ASCII form.
/// Line breaks stay. Borrows what is in that form already.
pub fn canonical(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let composed: String = text
        .nfc()
        .map(|char| if is_odd_blank(char) { ' ' } else { char })
        .collect();
    Cow::Owned(ascii_domain(&composed).unwrap_or(composed))
}

/// An address as it is compared: canonical, in lower case.
pub fn address(text: &str) -> String {
    canonical(text).to_lowercase()
}

/// Whether a text has the form of one e-mail address: one `@`, text on both sides, a domain whose dots are between its parts, and nothing
/// that separates addresses or does not show.
pub fn is_address(text: &str) -> bool {
    // Nearly all are of these.
    let usual =
        |it: &u8| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'@' | b'-' | b'_' | b'A'..=b'Z');
    let usual = text.as_bytes().iter().all(usual);
    let odd = |it: char| it.is_whitespace() || ",;<>\"".contains(it) || is_unseen(it);
    let parts = text.split_once('@');
    let whole = |domain: &str| !domain.contains('@') && domain.split('.').all(|it| !it.is_empty());
    parts.is_some_and(|(person, domain)| !person.is_empty() && whole(domain))
        && (usual || !text.contains(odd))
}

/// Whether a character does not show: a control character, or one that only shapes or orders what is around it. Two addresses that look
/// the same would be two people.
pub fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The words of a text in lower case and without accents, sorted: what is left of a name as people type it.
pub fn words(text: &str) -> Vec<String> {
    let letters = text.nfd().filter(|it| !is_combining_mark(*it));
    let plain: String = letters.flat_map(char::to_lowercase).collect();
    let words = plain.split(|it: char| !it.is_alphanumeric());
    let mut words: Vec<String> = words
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words
}

/// Brings a text into canonical form, if it is in another.
pub fn make_canonical(text: &mut String) {
    if let Cow::Owned(canonical) = canonical(text) {
        *text = canonical;
    }
}

/// Whether every part of a text is in canonical form, whatever it is cut into.
fn is_plain(text: &str) -> bool {
    if text.is_ascii() {
        return !text.contains('\t');
    }
    is_nfc_quick(text.chars()) == IsNormalized::Yes
        && !text.contains(is_odd_blank)
        && !text.contains('@')
}

fn is_odd_blank(char: char) -> bool {
    char.is_whitespace() && !matches!(char, ' ' | '\n' | '\r')
}

/// An address with the ASCII form of its domain; `None` for what is no address, or has no such form.
fn ascii_domain(text: &str) -> Option<String> {
    let (person, domain) = text.split_once('@')?;
    let is_address = !person.is_empty() && !text.contains(char::is_whitespace);
    if !is_address || domain.is_ascii() || domain.contains('@') {
        return None;
    }
    let domain = idna::domain_to_ascii(domain).ok()?;
    Some(format!("{person}@{domain}"))
}

/// An address with the form of its domain that people read; `None` where that is no other.
pub fn readable_domain(address: &str) -> Option<String> {
    let (person, domain) = address.split_once('@')?;
    let (readable, valid) = idna::domain_to_unicode(domain);
    (valid.is_ok() && readable != domain).then(|| format!("{person}@{readable}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_form() {
        for (one, other) in [
            ("Zu\u{308}rich", "Zürich"),
            ("Straße\u{a0}Nord", "Straße Nord"),
            ("Room\u{2003}1", "Room 1"),
            ("a\tb", "a b"),
            ("ana@müller.de", "ana@xn--mller-kva.de"),
            ("ana@MÜLLER.de", "ana@xn--mller-kva.de"),
            ("ana@mu\u{308}ller.de", "ana@xn--mller-kva.de"),
            ("two\nlines", "two\nlines"),
        ] {
            assert_eq!(canonical(one), other, "{one:?}");
            assert_eq!(canonical(other), other, "{other:?} is canonical");
        }
    }

    #[test]
    fn what_is_no_address_keeps_its_sign() {
        for text in ["Café @ Müller", "@müller.de", "a@b@ü.de", "jörg@acme.com"] {
            assert_eq!(canonical(text), text);
        }
    }

    #[test]
    fn a_domain_is_readable_again() {
        let read = readable_domain("ana@xn--mller-kva.de");
        assert_eq!(read.as_deref(), Some("ana@müller.de"));
        assert_eq!(readable_domain("ana@acme.com"), None);
    }
}
