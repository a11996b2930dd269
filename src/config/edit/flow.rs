//! Changes in `{…}` and `[…]`.

use std::ops::Range;

use super::{Misfit, Sheet, Splice, place_among};
use crate::config::write::{self, Node as Value};
use crate::config::yaml::tree::Node;

/// Adds an entry at the end of a mapping.
pub(super) fn add_entry(map: Node<'_>, key: &str, value: &Value) -> Splice {
    let new = write::inline_entry(key, value);
    match map.entries().last() {
        None => insert(map.span().start + 1, new),
        Some((key, value)) => insert(key.span().end.max(value.span().end), format!(", {new}")),
    }
}

/// Adds an item to a list, in its order if it has one.
pub(super) fn add_item(list: &Range<usize>, items: &[Node<'_>], item: &str, new: &str) -> Splice {
    let at = place_among(items, item);
    match (items.get(at), items.last()) {
        (Some(next), _) => insert(next.span().start, format!("{new}, ")),
        (None, Some(last)) => insert(last.span().end, format!(", {new}")),
        (None, None) => insert(list.start + 1, new.to_owned()),
    }
}

/// Removes one of these parts, with the comma that is no longer needed.
pub(super) fn remove(
    sheet: &Sheet<'_>,
    whole: Node<'_>,
    parts: &[Range<usize>],
    index: usize,
) -> Result<Splice, Misfit> {
    let range = match (index.checked_sub(1), parts.get(index + 1)) {
        (_, Some(next)) => parts[index].start..next.start,
        (Some(previous), None) => parts[previous].end..parts[index].end,
        (None, None) => whole.span().start + 1..whole.span().end.saturating_sub(1),
    };
    match sheet.has_comment(&range) {
        true => Err(Misfit::new("the lines to remove contain a comment")),
        false => Ok((range, String::new())),
    }
}

fn insert(at: usize, new: String) -> Splice {
    (at..at, new)
}
