//! Secrets: how a file refers to one, and how texts are shown without a value that no output should have: passwords, and the
//! ids of accounts with mobile operators (GO-025).
//!
//! Owns the form of a reference, and where secrets are. They are looked for in lines, by the words of keys, since a file that
//! is not valid YAML is shown too. Must not know what a secret is for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use super::files::SourceFile;
use crate::finding::{Finding, Place};

/// Keys of passwords, in lower case: the one that the files have, and the one that people try.
const PASSWORDS: [&str; 2] = ["passwordref", "password"];

/// A key whose value is a mapping with a password in it: anything else there may be the password itself.
const AROUND: &str = "provisioningaccount";

/// The key below which accounts with operators are, each a mapping with an id in it.
const ACCOUNTS: &str = "operatoraccounts";

/// What may be shown of an account.
const SHOWN: [&str; 9] = [
    "operator",
    "carrierid",
    "carrier",
    "subscription",
    "location",
    "authorization",
    "confirmedat",
    "unknownnumbers",
    "mailsuppressed",
];

/// A secret shorter than this is covered where it is written, not wherever its letters occur.
const SHORTEST: usize = 4;

/// So many characters of a value are in a message at most.
const QUOTED: usize = 60;

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

/// The secrets that texts have.
#[derive(Debug, Default)]
pub struct Secrets(BTreeSet<String>);

impl Secrets {
    /// What is found in these texts.
    pub fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Secrets {
        let mut found = BTreeSet::new();
        for text in texts {
            let values = places(text).into_iter().filter(|it| it.certain);
            let values = values.map(|it| &text[it.at]);
            // One value may span lines, and a list or a mapping may be where one is due.
            let words = values.flat_map(|value| value.split(['\n', '[', ']', '{', '}', ',']));
            let bare = |it: char| it.is_whitespace() || "\"'|>&*-:".contains(it);
            let words = words.map(|word| word.trim_matches(bare));
            found.extend(
                words
                    .filter(|it| it.chars().count() >= SHORTEST)
                    .map(str::to_owned),
            );
        }
        let long: Vec<String> = found
            .iter()
            .filter_map(|it| Some(it[..it.char_indices().nth(QUOTED)?.0].to_owned()))
            .collect();
        found.extend(long);
        Secrets(found)
    }

    /// A text with a star for each character of a secret. Lines and columns stay.
    pub fn cover<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let repeated = self.0.iter().flat_map(|secret| {
            let starts = text.match_indices(secret.as_str()).map(|(at, _)| at);
            starts.map(|at| at..at + secret.len())
        });
        let all = places(text).into_iter().map(|it| it.at).chain(repeated);
        let mut all = all
            .filter(|it| !text[it.clone()].trim().is_empty())
            .peekable();
        if all.peek().is_none() {
            return Cow::Borrowed(text);
        }
        let mut covered = vec![false; text.len()];
        all.for_each(|it| covered[it].fill(true));
        let shown = text
            .char_indices()
            .map(|(at, it)| match covered[at] && !it.is_whitespace() {
                true => '*',
                false => it,
            });
        Cow::Owned(shown.collect())
    }

    /// The words of a finding without secrets; `written` is the text at its place.
    fn censor(&self, finding: &mut Finding, written: Option<&str>) {
        // Messages quote what they are about.
        let quoted = written.map(|it| format!("`{}`", it.trim_matches(['"', '\''])));
        for text in iter::once(&mut finding.message).chain(&mut finding.help) {
            if let Some(quoted) = &quoted {
                *text = text.replace(quoted, "`***`");
            }
            for secret in &self.0 {
                *text = text.replace(secret, "***");
            }
        }
    }
}

/// How files are shown that have secrets in them, by path; no finding repeats one afterwards.
pub fn hide(files: &[SourceFile], findings: &mut [Finding]) -> BTreeMap<Arc<str>, String> {
    let texts = files.iter().filter_map(|it| {
        let text = std::str::from_utf8(&it.bytes).ok()?;
        Some((&it.path, text))
    });
    let texts: BTreeMap<&Arc<str>, &str> = texts.collect();
    let secrets = Secrets::of(texts.values().copied());
    let mut all = BTreeMap::new();
    for (path, text) in &texts {
        if let Cow::Owned(covered) = secrets.cover(text) {
            all.insert((*path).clone(), covered);
        }
    }
    for finding in findings {
        let place = finding.place.clone();
        let written = place.as_ref().and_then(|place| {
            let covered = all.get(&place.file)?;
            let text = texts.get(&place.file)?;
            let written = at(text, place)?;
            (at(covered, place) != Some(written)).then_some(written)
        });
        secrets.censor(finding, written);
    }
    all
}

/// What is at a place of a text.
fn at<'t>(text: &'t str, place: &Place) -> Option<&'t str> {
    let line = text.lines().nth((place.line as usize).checked_sub(1)?)?;
    let column = (place.column as usize).checked_sub(1)?;
    let mut letters = line.char_indices().map(|(at, _)| at).skip(column);
    let start = letters.next()?;
    let length = place.len as usize;
    let end = length.checked_sub(1).and_then(|length| letters.nth(length));
    Some(&line[start..end.unwrap_or(line.len())])
}

/// What may be a secret.
struct Found {
    at: Range<usize>,
    /// Whether it is to be covered wherever it occurs. What may only be a mistyped field is not.
    certain: bool,
}

/// Whether any key of a text may be that of a secret: all of them have `password` or `ount` in them. Nearly no file has.
fn may_have_secrets(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is = |word: &[u8], begin: Option<usize>| {
        let found = begin.and_then(|begin| bytes.get(begin..begin + word.len()));
        found.is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'u' | b'U' => is(b"ount", at.checked_sub(1)),
        b'w' | b'W' => is(b"password", at.checked_sub(4)),
        _ => false,
    })
}

/// Where a text has what may be a secret.
fn places(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    if !may_have_secrets(text) {
        return found;
    }
    let mut begin = 0;
    // The indentation of a key whose value continues below it, of the key of the accounts, and of that of an account with a password.
    let (mut below, mut accounts, mut around): (Option<usize>, Option<usize>, Option<usize>) =
        (None, None, None);
    for line in text.split_inclusive('\n') {
        let blank = line.trim().is_empty();
        let indent = line.len() - line.trim_start().len();
        // A list may be no deeper than its key.
        let item = line.trim() == "-" || line.trim_start().starts_with("- ");
        let inside = |key: Option<usize>| {
            key.is_some_and(|key| indent > key || blank || indent == key && item)
        };
        if inside(below) {
            found.push(Found {
                at: begin..begin + line.len(),
                certain: true,
            });
        } else {
            let (in_accounts, in_around) = (inside(accounts), inside(around));
            let values = values(line, in_accounts, in_around);
            let opens = |it: &Found| it.certain && is_open(&line[it.at.clone()]);
            below = values.iter().any(opens).then_some(indent);
            found.extend(values.into_iter().map(|it| Found {
                at: begin + it.at.start..begin + it.at.end,
                ..it
            }));
            let begins = |name| pairs(line).any(|(key, _)| key == name).then_some(indent);
            if !in_accounts {
                accounts = begins(ACCOUNTS);
            }
            if !in_around {
                around = begins(AROUND);
            }
        }
        begin += line.len();
    }
    found
}

/// Whether a value continues below its line: there is none, or only the sign of a block.
fn is_open(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or_default().trim();
    value.is_empty() || value.starts_with(['|', '>']) || !value.starts_with(['"', '\'', '[', '{'])
}

/// The values of a line that may be secrets.
fn values(line: &str, in_accounts: bool, in_around: bool) -> Vec<Found> {
    let whole = line.trim_end().len();
    let mut found = Vec::new();
    let (mut accounts, mut beside) = (in_accounts, in_around);
    let item = line.trim_start().strip_prefix("- ");
    let bare = |item: &&str| (in_accounts || in_around) && !item.contains(':');
    if let Some(item) = item.filter(bare) {
        found.push(Found {
            at: line.len() - item.len()..whole,
            certain: true,
        });
    }
    // A line of an account that is not understood may be the password.
    let begin = line.len() - line.trim_start().len();
    let unclear = in_around && begin < whole && pairs(line).next().is_none();
    if unclear && found.is_empty() {
        found.push(Found {
            at: begin..whole,
            certain: true,
        });
    }
    for (key, value) in pairs(line) {
        let text = line[value.clone()].trim();
        let mapping = text.is_empty() || text.starts_with(['{', '#', '&']);
        let password = PASSWORDS.contains(&key.as_str());
        let around = [AROUND, ACCOUNTS].contains(&key.as_str()) && !mapping;
        let certain = match password {
            true => !is_reference(unquoted(text)),
            // Beside the name there is only the password, whatever its key was meant to be.
            false => {
                around
                    || is_id(&key)
                    || beside && key != "name" && !mapping && !is_reference(unquoted(text))
            }
        };
        if certain || accounts && !password && !mapping && !SHOWN.contains(&key.as_str()) {
            // What comes after a password may belong to it.
            let end = if password || around || beside {
                whole
            } else {
                value.end
            };
            found.push(Found {
                at: value.start..end.max(value.start),
                certain,
            });
        }
        accounts |= key == ACCOUNTS;
        beside |= key == AROUND;
    }
    found
}

/// Whether a key is that of an account's id, or nearly: it may be mistyped.
fn is_id(key: &str) -> bool {
    key.contains("ount") && key.ends_with("id")
}

fn unquoted(value: &str) -> &str {
    let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

/// The keys of a line, in lower case, each with the place of its value: with its quotes, else up to the next entry, a
/// comment, or the end of the line.
fn pairs(line: &str) -> impl Iterator<Item = (String, Range<usize>)> + '_ {
    let whole = line.trim_end().len();
    // Where the next entry or a comment begins; found once for all keys before it.
    let mut next = 0;
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let colon = from + line[from..].find(':')?;
            let before = line[from..colon].trim_end();
            from = colon + 1;
            let key = before.trim_end_matches(['"', '\'']);
            let begin = key.rfind(|it: char| !(it.is_alphanumeric() || "_-$".contains(it)));
            let key = &key[begin.map_or(0, |at| {
                at + key[at..].chars().next().map_or(1, char::len_utf8)
            })..];
            if key.is_empty() {
                continue;
            }
            let rest = &line[from..];
            let start = from + (rest.len() - rest.trim_start().len());
            let value = &line[start..whole.max(start)];
            let end = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    value[1..].find(quote).map_or(whole, |at| start + at + 2)
                }
                Some('#') => start,
                _ => {
                    if next < start {
                        next = start + ends(value);
                    }
                    next
                }
            };
            return Some((key.to_lowercase(), start..end.max(start)));
        }
    })
}

/// Where the text of a value without quotes ends.
fn ends(value: &str) -> usize {
    let bytes = value.as_bytes();
    let mut places = 0..bytes.len();
    let ends = |at: &usize| {
        matches!(bytes[*at], b',' | b'}') || bytes[*at] == b' ' && bytes.get(at + 1) == Some(&b'#')
    };
    places.find(ends).unwrap_or(bytes.len())
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
