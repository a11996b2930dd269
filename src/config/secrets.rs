//! Secrets: how a file refers to one, and how a text is shown without a value that should not be in it.
//!
//! Owns the form of a reference, and which keys have secrets as values. Must not know what a secret is for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::files::SourceFile;
use crate::finding::{Finding, Place, SECRET_IN_FILE};

/// Keys whose values are secrets, in lower case: the one that the files have, and the one that people try.
const KEYS: [&str; 2] = ["passwordref", "password"];

/// A key whose value is a mapping with a secret in it: anything else there may be the secret itself.
const AROUND: &str = "provisioningaccount";

/// What to write instead of a secret.
pub const HELP: &str = "write where the password is kept: `env/NAME` for an environment variable, `file/PATH` for a file \
                        outside of the repository; and change the password, since git keeps what was committed";

/// Whether a value says where a secret is kept: `env/NAME` or `file/PATH`.
pub fn is_reference(value: &str) -> bool {
    let name = |text: &str| {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !text.is_empty() && text.bytes().all(word) && !text.as_bytes()[0].is_ascii_digit()
    };
    let path = |text: &str| {
        let part = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
        !text.is_empty() && !text.ends_with('/') && text.bytes().all(part)
    };
    value.strip_prefix("env/").is_some_and(name) || value.strip_prefix("file/").is_some_and(path)
}

/// A text with a star for each character of what may be a secret: the rest of the line after such a key, and what belongs
/// to it below. It finds keys by their words, since a file that is not valid YAML is shown too. Lines and columns stay.
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut changed = false;
    // The indentation of a key whose value goes on below it.
    let mut below: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let inside = below.is_some_and(|key| indent > key || line.trim().is_empty());
        let from = match inside {
            true => Some(0),
            false => {
                let found = secret_in(line);
                below = found.map(|_| indent);
                found
            }
        };
        let from = from.unwrap_or(line.len());
        out.push_str(&line[..from]);
        for char in line[from..].chars() {
            changed |= !char.is_whitespace();
            out.push(if char.is_whitespace() { char } else { '*' });
        }
    }
    match changed {
        true => Cow::Owned(out),
        false => Cow::Borrowed(text),
    }
}

/// Where in a line the first value begins that may be a secret; the end of the line where it is to come below.
fn secret_in(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let found = KEYS.iter().flat_map(|key| {
        let starts = lower.match_indices(key).map(|(at, _)| at);
        starts.filter_map(|at| value_of(line, at, key.len()))
    });
    let around = lower.match_indices(AROUND);
    let around = around.filter_map(|(at, _)| value_of(line, at, AROUND.len()));
    let is_mapping = |at: &usize| {
        let value = line[*at..].trim();
        value.is_empty() || value.starts_with(['{', '#'])
    };
    found.chain(around.filter(|at| !is_mapping(at))).min()
}

/// Where the value of a key begins; `None` where the word is no key, or its value a reference.
fn value_of(line: &str, at: usize, length: usize) -> Option<usize> {
    let before = line[..at].chars().next_back();
    if before.is_some_and(|char| char.is_alphanumeric() || "_-$".contains(char)) {
        return None;
    }
    let after = line[at + length..].trim_start_matches(['"', '\'']);
    let after = after.trim_start_matches([' ', '\t']).strip_prefix(':')?;
    let value = after.trim_start_matches([' ', '\t']);
    let start = line.len() - value.len();
    let end = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].find(quote).map(|end| (1, end + 1)),
        _ => {
            let end = value.find([',', '}', ']', '\n', '\r']);
            let end = end.unwrap_or(value.len());
            let comment = value[..end].find(" #");
            Some((0, comment.unwrap_or(end)))
        }
    };
    // Between quotes, blanks are part of the value.
    let written = end.map(|(from, to)| match from {
        0 => value[..to].trim(),
        _ => &value[from..to],
    });
    match written.is_some_and(is_reference) {
        true => None,
        false => Some(start),
    }
}

/// How files are shown that may have secrets in them, by path; no finding about them repeats one afterwards.
pub fn hide(files: &[SourceFile], findings: &mut [Finding]) -> BTreeMap<Arc<str>, String> {
    let mut all = BTreeMap::new();
    for file in files {
        let Ok(text) = std::str::from_utf8(&file.bytes) else {
            continue;
        };
        let Cow::Owned(masked) = masked(text) else {
            continue;
        };
        let here = |finding: &&mut Finding| {
            let place = finding.place.as_ref();
            place.is_some_and(|place| place.file == file.path)
        };
        for finding in findings.iter_mut().filter(here) {
            censor(finding, text, &masked);
        }
        all.insert(file.path.clone(), masked);
    }
    all
}

/// Takes a secret out of a finding whose place is one: the words of a mistake often repeat what they are about.
fn censor(finding: &mut Finding, text: &str, masked: &str) {
    let Some(place) = &finding.place else { return };
    // What is said of secrets repeats none.
    if finding.code != SECRET_IN_FILE && shown(text, place) != shown(masked, place) {
        "the value is not shown, because it may be a secret".clone_into(&mut finding.message);
        finding.help = Some(HELP.to_owned());
    }
}

/// The rest of a line from a place on.
fn shown<'t>(text: &'t str, place: &Place) -> Option<&'t str> {
    let line = text.lines().nth((place.line as usize).checked_sub(1)?)?;
    let column = (place.column as usize).checked_sub(1)?;
    let start = line.char_indices().nth(column).map(|(at, _)| at)?;
    let end = start.saturating_add(place.len as usize).min(line.len());
    Some(line.get(start..end).unwrap_or(&line[start..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_say_where_and_not_what() {
        for fine in [
            "env/BROADWORKS_PASSWORD",
            "env/_a1",
            "file/secrets/broadworks.txt",
            "file//run/secrets/xsp-1",
        ] {
            assert!(is_reference(fine), "{fine}");
        }
        for wrong in [
            "hunter2",
            "",
            "env/",
            "file/",
            "env/hunter 2",
            "env/1A",
            "env/a-b",
            "file/a b",
            "file/dir/",
            "vault/a",
            "ENV/A",
            " env/A",
            "env/A ",
            "env:A",
            "${A}",
        ] {
            assert!(!is_reference(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_text_is_shown_without_what_may_be_a_secret() {
        let shown = |text: &str, expected: &str| assert_eq!(masked(text), expected, "{text}");
        shown(
            "passwordRef: hunter2\nb: 1\n",
            "passwordRef: *******\nb: 1\n",
        );
        shown(
            "t: {name: a, passwordRef: 'hun ter', x: 1}\r\n",
            "t: {name: a, passwordRef: **** ***** ** **\r\n",
        );
        shown("{\"passwordRef\":\"héé\"}", "{\"passwordRef\":******");
        shown("password: hunter,2 # old", "password: ******** * ***");
        shown("PasswordRef : 12345", "PasswordRef : *****");
        shown("# passwordRef: old", "# passwordRef: ***");
        shown(
            "passwordRef: \"file/hunter2 \"",
            "passwordRef: ************* *",
        );
        shown(
            "provisioningAccount: w/hunter2",
            "provisioningAccount: *********",
        );
        shown(
            "provisioningAccount: [hunter2]",
            "provisioningAccount: *********",
        );
        let below = "a:\n  passwordRef: |\n    hunter\n\n    two\n  name: b\nc: d\n";
        let hidden = "a:\n  passwordRef: *\n    ******\n\n    ***\n  name: b\nc: d\n";
        shown(below, hidden);
        shown(
            "passwordRef:\n  hunter2\nb: c",
            "passwordRef:\n  *******\nb: c",
        );
        shown(
            "passwordRef: hun\n  ter2\nb: c",
            "passwordRef: ***\n  ****\nb: c",
        );
    }

    #[test]
    fn references_and_other_words_stay() {
        for text in [
            "passwordRef: env/BROADWORKS_PASSWORD # from CI",
            "{name: a, passwordRef: env/A, b: c}",
            "passwordRef: \"file/a.txt\"",
            "password is a word",
            "noPassword: no\nmy-password: b",
            "passwordRefs: [a]",
            "provisioningAccount: {name: a, passwordRef: env/A}",
            "provisioningAccount:\n  name: a",
            "",
        ] {
            assert!(matches!(masked(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
