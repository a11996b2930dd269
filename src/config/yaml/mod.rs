//! Reading YAML: typed values with their positions, and every problem of a file, not just the first.
//!
//! Owns the tree that a text becomes ([`tree`]), which `fmt` and `edit` use too, and how types are read out of it; what is
//! wrong is reported, and the rest is given. Must not know any type of the desired state, nor where the text comes from.
//!
//! Rules for the types that are read here:
//! - unknown fields are refused, so every struct has `#[serde(deny_unknown_fields)]`;
//! - `flatten`, `untagged` and `tag = "…"` lose positions: none of them; see [`text_or_mapping`] instead;
//! - `null` is nothing but a mistake, in an `Option` too; only [`Nullable`] takes it;
//! - long lists and mappings are [`List`] and [`Entries`], so that one pass finds the mistakes of all their entries.

mod access;
mod at;
mod build;
mod dates;
mod de;
mod entries;
mod list;
mod nullable;
mod outline;
mod read_error;
mod scalar;
mod shape;
mod short;
mod synonyms;
mod syntax;
pub(super) mod tree;
mod words;

#[cfg(test)]
mod tests;

pub use at::{At, Pos};
pub(super) use build::{Comments, build};
pub use entries::Entries;
pub use list::List;
pub use nullable::Nullable;
pub use outline::{Outline, Part, outline};
pub(crate) use scalar::{Plain, is_plain_text, resolve};
pub use shape::Shape;
pub use short::text_or_mapping;
pub use words::{meant, shown};

use serde::de::DeserializeOwned;

use crate::finding::Code;

/// What a file holds, and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<T> {
    /// The documents of the file, without the parts that have problems. Empty documents are left out.
    pub documents: Vec<T>,
    /// All problems, in order of position.
    pub problems: Vec<Problem>,
    /// False when a syntax error hid a part of the file, so that what seems to be absent may just not have been read.
    pub complete: bool,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub code: Code,
    /// Where it is.
    pub pos: Pos,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// For a duplicate: where the first one is.
    pub earlier: Option<Pos>,
}

impl Problem {
    fn new(code: Code, pos: Pos, message: impl Into<String>) -> Problem {
        Problem {
            code,
            pos,
            message: message.into(),
            help: None,
            earlier: None,
        }
    }

    fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

/// A key at the top of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it is called.
    pub name: String,
    /// What it has, if that is a single value without quotes.
    pub value: Option<String>,
    /// Where it is.
    pub pos: Pos,
}

/// The keys at the top of all documents; nothing if not all of them are mappings, or a part of the text is unknown.
pub fn top_level(text: &str) -> Option<Vec<Key>> {
    let tree = build(
        text.strip_prefix('\u{feff}').unwrap_or(text),
        Comments::Skip,
    );
    let mut keys = Vec::new();
    for (_, root) in tree.documents().filter(|(_, root)| !de::is_null(*root)) {
        if !matches!(root.kind(), tree::Kind::Map { .. }) {
            return None;
        }
        keys.extend(root.entries().map(|(key, value)| {
            Key {
                name: key.text().unwrap_or_default().into_owned(),
                value: value
                    .value()
                    .filter(|_| value.is_plain())
                    .map(str::to_owned),
                pos: key.pos(),
            }
        }));
    }
    tree.complete.then_some(keys)
}

/// Reads all documents of a text, with all its problems. An empty text has no documents and no problems.
pub fn read<T: DeserializeOwned>(text: &str) -> Reading<T> {
    // Columns are counted without it, as editors do.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = build(text, Comments::Skip);
    let (documents, found) = de::documents(&tree);
    let mut problems = tree.problems;
    problems.extend(found);
    problems.sort_by_key(|problem| (problem.pos.line, problem.pos.column));
    Reading {
        documents,
        problems,
        complete: tree.complete,
    }
}
