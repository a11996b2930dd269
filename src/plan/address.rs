//! What a user writes to name an object -> its address.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::canonical::{canonical, words};
use crate::change::Address;
use crate::config::Config;
use crate::finding::{NEAR, did_you_mean, nearest};
use crate::kinds::{KINDS, Kind};
use crate::snapshot::tables::{self, Table};
use crate::snapshot::{Applied, Moved, Snapshot};

/// Why a subject names no object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// The address that a subject means: `<kind>/<key>`, or only a key.
///
/// # Errors
///
/// If there is no such kind or object.
pub fn address(config: &Config, snapshot: &Snapshot, subject: &str) -> Result<Address, Unknown> {
    let (kind, key) = find(config, snapshot, subject)?;
    Ok(Address::new(kind.name, key))
}

/// What a text can become that begins an address or a key: addresses if it has a kind; else kinds, such as `user/`, and keys.
pub fn beginning_with(config: &Config, snapshot: &Snapshot, text: &str) -> BTreeSet<String> {
    let kinds = KINDS
        .iter()
        .map(|kind| (kind, (kind.keys)(config, snapshot)));
    let mut found = BTreeSet::new();
    for (kind, keys) in kinds {
        match text.split_once('/') {
            Some((name, _)) if name != kind.name => {}
            Some((name, begun)) => {
                let keys = keys.iter().filter(|key| key.starts_with(begun));
                found.extend(keys.map(|key| format!("{name}/{key}")));
            }
            None => {
                if kind.name.starts_with(text) && !keys.is_empty() {
                    found.insert(format!("{}/", kind.name));
                }
                // Without a letter that would be everything.
                let begun = |key: &&String| !text.is_empty() && key.starts_with(text);
                found.extend(keys.iter().filter(begun).cloned());
            }
        }
    }
    found
}

/// What a user writes, with the current address if it names a person who was renamed.
pub fn today<'s>(applied: Option<&Applied>, subject: &'s str) -> Cow<'s, str> {
    let (kind, key) = subject
        .rsplit_once('/')
        .map_or(("", subject), |(kind, key)| (kind, key));
    match applied.and_then(|applied| applied.moved(&key.to_lowercase())) {
        Some(Moved::Renamed(email)) if kind.is_empty() => Cow::Owned(email.clone()),
        Some(Moved::Renamed(email)) => Cow::Owned(format!("{kind}/{email}")),
        _ => Cow::Borrowed(subject),
    }
}

/// Whether a text is the address of an object, there or not.
pub(super) fn is_address(text: &str) -> bool {
    let kind = text.split_once('/').map(|(kind, _)| kind);
    KINDS.iter().any(|it| Some(it.name) == kind)
}

/// The kind and key that a subject means.
pub(super) fn find(
    config: &Config,
    snapshot: &Snapshot,
    subject: &str,
) -> Result<(&'static Kind, String), Unknown> {
    let subject = &*canonical(subject);
    let normal = |key: &str| match key.contains('@') {
        true => key.to_lowercase(),
        false => key.to_owned(),
    };
    let Some((name, key)) = subject.split_once('/') else {
        let key = normal(subject);
        let mut all = Vec::new();
        for kind in KINDS {
            let keys = (kind.keys)(config, snapshot);
            if let Some(key) = [subject, key.as_str()]
                .into_iter()
                .find(|it| keys.iter().any(|key| key == it))
            {
                return Ok((kind, key.to_owned()));
            }
            all.extend(keys);
        }
        if let Some(found) = known_as(config, snapshot, subject) {
            return found;
        }
        let help = "write an address as plans show it, such as `<kind>/<key>`, or a name, a number or an extension";
        return Err(Unknown {
            message: format!("neither the organisation nor the configuration has `{subject}`"),
            help: like(config, snapshot, subject)
                .or_else(|| near(&key, &all))
                .or_else(|| same_words(snapshot, subject))
                .or_else(|| bought(snapshot, subject))
                .unwrap_or_else(|| help.into()),
        });
    };
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        return Err(Unknown {
            message: format!("there is no kind of object `{name}`"),
            help: of_kind(config, snapshot, name, key)
                .or_else(|| listed(name))
                .or_else(|| did_you_mean(name, names.iter().copied()))
                .unwrap_or_else(|| format!("addresses begin with one of: {}", names.join(", "))),
        });
    };
    let keys = (kind.keys)(config, snapshot);
    // A name may have an `@` and capitals.
    for key in [key.to_owned(), normal(key)] {
        if keys.contains(&key) {
            return Ok((kind, key));
        }
    }
    let key = normal(key);
    let help =
        near(&key, &keys).unwrap_or_else(|| "check the spelling, or take a new snapshot".into());
    Err(Unknown {
        message: format!("neither the organisation nor the configuration has {name}/{key}"),
        help,
    })
}

/// The table that a word means, and of which kind of feature.
fn table(name: &str) -> Option<(&'static Table, Option<String>)> {
    tables::find(name).or_else(|| tables::find(&format!("{name}s")))
}

/// What to write for an object whose kind is called otherwise here: `user/…` for `users/…`.
fn of_kind(config: &Config, snapshot: &Snapshot, name: &str, key: &str) -> Option<String> {
    let (table, feature) = table(name)?;
    let word = feature.as_deref().unwrap_or(table.kind);
    let kind = KINDS.iter().find(|kind| kind.name == word)?;
    let keys = (kind.keys)(config, snapshot);
    let found = find(config, snapshot, &format!("{word}/{key}")).ok();
    let found = found.map(|(_, key)| key);
    let key = found.or_else(|| nearest_key(key, &keys).map(str::to_owned));
    Some(match key {
        Some(key) => format!("Did you mean `{word}/{key}`?"),
        None => {
            format!("addresses begin with `{word}/`; `trunkline list {name}` shows the objects")
        }
    })
}

/// Where what is no object of a plan can be seen, such as a subscription.
fn listed(name: &str) -> Option<String> {
    let (table, kind) = table(name)?;
    let word = kind.as_deref().unwrap_or(table.name);
    Some(format!(
        "`trunkline list {word}` shows them; plans have no changes of their own for them"
    ))
}

/// A person whose name has the same words, in another order or without accents: `Dvorak, Tomas` for Tomáš Dvořák.
fn same_words(snapshot: &Snapshot, text: &str) -> Option<String> {
    let wanted = words(text);
    let mut users = snapshot.users().iter();
    let user = users.find(|it| it.display_name.as_deref().map(words).as_ref() == Some(&wanted))?;
    Some(format!("Did you mean `user/{}`?", user.email))
}

/// Where a subscription or a licence can be seen.
fn bought(snapshot: &Snapshot, text: &str) -> Option<String> {
    let is = |name: &str| name.eq_ignore_ascii_case(text);
    let all = || snapshot.licenses.iter().flatten();
    if all().any(|it| it.subscription_id.as_deref().is_some_and(is)) {
        return Some(format!(
            "{text} is a subscription: `trunkline list subscriptions` shows it"
        ));
    }
    let named = all().any(|it| is(&it.name));
    named.then(|| format!("{text} is a licence: `trunkline list licenses` shows it"))
}

/// The one object that people also know by this text; an error where there are several.
fn known_as(
    config: &Config,
    snapshot: &Snapshot,
    text: &str,
) -> Option<Result<(&'static Kind, String), Unknown>> {
    let found = KINDS.iter().flat_map(|kind| {
        let keys = (kind.known_as)(config, snapshot, text);
        keys.into_iter().map(move |key| (kind, key))
    });
    let mut found: Vec<(&Kind, String)> = found.collect();
    if found.len() < 2 {
        return found.pop().map(Ok);
    }
    let addresses = found.iter().map(|(kind, key)| Address::new(kind.name, key));
    let addresses: Vec<Address> = addresses.collect();
    Some(Err(Unknown {
        message: format!("{} objects match `{text}`", addresses.len()),
        help: format!("name one of them: {}", addresses.join(", ")),
    }))
}

/// Objects of which a text is the beginning of a word of the key or of the name of a person: `Ana` for `ana.diaz@acme.com`.
fn like(config: &Config, snapshot: &Snapshot, text: &str) -> Option<String> {
    let begun = text.to_lowercase();
    let begins = |other: &str| {
        let other = other.to_lowercase();
        let mut words = other.match_indices(&begun);
        words.any(|(at, _)| !other[..at].ends_with(char::is_alphanumeric))
    };
    if begun.chars().count() < SHORTEST {
        return None;
    }
    let names = snapshot
        .users()
        .iter()
        .filter_map(|it| it.display_name.as_deref());
    let names: BTreeSet<&str> = names.filter(|name| begins(name)).take(LIKE).collect();
    let mut found = BTreeSet::new();
    for kind in KINDS {
        let keys = (kind.keys)(config, snapshot).into_iter();
        let named = names
            .iter()
            .flat_map(|name| (kind.known_as)(config, snapshot, name));
        let alike = keys.filter(|key| begins(key)).chain(named);
        found.extend(alike.take(LIKE).map(|key| Address::new(kind.name, &key)));
    }
    let shown: Vec<String> = found.iter().take(LIKE).map(Address::to_string).collect();
    let more = if found.len() > LIKE { ", …" } else { "" };
    match shown.as_slice() {
        [] => None,
        [one] => Some(format!("Did you mean `{one}`?")),
        _ => Some(format!("Did you mean one of {}{more}?", shown.join(", "))),
    }
}

/// A shorter text begins too many words.
const SHORTEST: usize = 2;
/// How many objects are suggested.
const LIKE: usize = 5;

/// The nearest of many keys. A full comparison with everyone is slow, so only keys of about the same length are looked at.
fn nearest_key<'k>(key: &str, keys: &'k [String]) -> Option<&'k str> {
    let alike = |other: &&str| other.len().abs_diff(key.len()) <= 2;
    nearest(key, keys.iter().map(String::as_str).filter(alike), NEAR)
}

fn near(key: &str, keys: &[String]) -> Option<String> {
    nearest_key(key, keys).map(|near| format!("Did you mean `{near}`?"))
}
