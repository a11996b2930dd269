//! The first reading: serde-saphyr, straight into the types, over at the first mistake.
//!
//! Owns the options of serde-saphyr; nothing else calls it to read. Must not know how a mistake is explained: that is
//! the second reading's.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Options, UserMessageFormatter};

use super::Pos;
use super::strict::Strict;
use super::tree::MAX_DEPTH;
use crate::canonical::is_plain;

/// Where and why the reading ended.
pub(super) struct Failure {
    pub(super) pos: Pos,
    pub(super) message: String,
}

/// Whether the options can hold this text to our rules: serde-saphyr lets the tags of the core schema pass, and leaves names in
/// the form in which they are written, or escaped.
pub(super) fn suits(text: &str) -> bool {
    if text.contains('\\') || !is_plain(text) {
        return false;
    }
    let bytes = text.as_bytes();
    let mut rest = bytes;
    let mut start = 0;
    while let Some(found) = rest.iter().position(|byte| *byte == b'!') {
        let before = (start + found)
            .checked_sub(1)
            .and_then(|index| bytes.get(index));
        if before.is_none_or(|byte| !byte.is_ascii_alphanumeric()) {
            return false;
        }
        start += found + 1;
        rest = bytes.get(start..).unwrap_or_default();
    }
    true
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, Failure> {
    let documents: Vec<Document<T>> =
        serde_saphyr::from_multiple_with_options(text, options(text.len())).map_err(|error| {
            Failure {
                pos: error.location().map(Pos::of).unwrap_or_default(),
                message: error.render_with_formatter(&UserMessageFormatter),
            }
        })?;
    Ok(documents.into_iter().map(|document| document.0).collect())
}

struct Document<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Document<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Document<T>, D::Error> {
        T::deserialize(Strict(deserializer)).map(Document)
    }
}

fn options(len: usize) -> Options {
    let len = len.saturating_add(64);
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: len.saturating_mul(4),
            max_nodes: len.saturating_mul(4),
            max_total_scalar_bytes: len.saturating_mul(2),
            max_documents: len,
            max_depth: MAX_DEPTH,
            max_aliases: 0,
            max_anchors: 0,
        },
        with_snippet: false,
        strict_booleans: true,
        no_schema: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        duplicate_keys: DuplicateKeyPolicy::Error,
    }
}
