//! The order of fields: that of the types. Names and lists stay in the order in which they were written.
//!
//! Owns which order that is, and what moves with a field. Must not know how anything is written.

use std::sync::LazyLock;

use super::layout::{Comment, Entry, Group, Kind, Node};
use crate::config::model::Document;
use crate::config::yaml::Shape;

/// The comment by which an editor finds the schema. It has to stay at the top.
const MODELINE: &str = "# yaml-language-server:";

static SHAPE: LazyLock<Shape> = LazyLock::new(|| {
    let mut shape = Shape::of::<Document>();
    // People write for whom a template counts before what it gives. The type declares it the other way round, and the
    // digests of plans depend on that.
    if let Shape::Fields(sections) = &mut shape
        && let Some((_, Shape::Names(template))) =
            sections.iter_mut().find(|(name, _)| *name == "templates")
        && let Shape::Fields(fields) = &mut **template
    {
        fields.sort_by_key(|(name, _)| *name == "licenses");
    }
    shape
});

/// Puts the fields of a document in order.
pub(super) fn sort(root: &mut Node<'_>) {
    let moved = order(root, &SHAPE, true);
    if let (Some(first), Some(group)) = (moved, root.block()) {
        keep_header(group, first);
    }
}

/// Sorts what is in a node; gives where the first field of the node itself has gone, if any of them moved. `top` for the
/// sections of a document.
fn order(node: &mut Node<'_>, shape: &Shape, top: bool) -> Option<usize> {
    let Kind::Group(group) = &mut node.kind else {
        return None;
    };
    for entry in &mut group.entries {
        let inner = match entry.key.as_ref().map(text) {
            Some(key) => shape.field(key),
            None => shape.item(),
        };
        if *inner != Shape::Single {
            order(&mut entry.value, inner, false);
        }
    }
    if !group.map || !matches!(shape, Shape::Fields(_)) {
        return None;
    }
    // What is unknown comes last.
    let place = |entry: &Entry<'_>| {
        let key = entry.key.as_ref().map(text).unwrap_or_default();
        shape.place(key).unwrap_or(usize::MAX)
    };
    let places: Vec<usize> = group.entries.iter().map(place).collect();
    if places.is_sorted() {
        return None;
    }
    if top {
        space(group);
    }
    group.entries.sort_by_key(place);
    let first = places[0];
    Some(group.entries.partition_point(|entry| place(entry) < first))
}

fn text<'n>(node: &'n Node<'_>) -> &'n str {
    match &node.kind {
        Kind::Scalar(text, _) => text,
        Kind::Group(_) => "",
    }
}

/// Blank lines between sections that move: between all of them if between any.
fn space(group: &mut Group<'_>) {
    let any = group.entries.iter().skip(1).any(gap_above);
    for entry in &mut group.entries {
        set_gap_above(entry, any);
    }
}

/// Whether there is a blank line above an entry and its comments.
fn gap_above(entry: &Entry<'_>) -> bool {
    entry.lead().first().map_or(entry.gap, |first| first.gap)
}

fn set_gap_above(entry: &mut Entry<'_>, gap: bool) {
    match &mut entry.notes {
        Some(notes) if !notes.lead.is_empty() => notes.lead[0].gap = gap,
        _ => entry.gap = gap,
    }
}

/// What is at the top of a file and is not about its first section stays there, though that section, the one at this
/// index now, has moved: the comments above a blank line; without one, the line that names the schema.
fn keep_header(group: &mut Group<'_>, index: usize) {
    let Some(entry) = group.entries.get_mut(index).filter(|_| index > 0) else {
        return;
    };
    let lead = entry.lead();
    let gaps = lead.iter().map(|comment| comment.gap).chain([entry.gap]);
    let last = gaps.enumerate().skip(1).filter(|(_, gap)| *gap).last();
    let parted = last.is_some() && !lead.is_empty();
    let length = match last {
        Some((at, _)) if parted => at,
        _ => lead
            .iter()
            .take_while(|it| it.text.starts_with(MODELINE))
            .count(),
    };
    if length == 0 {
        return;
    }
    let gap = gap_above(entry);
    let header: Vec<Comment<'_>> = entry.notes().lead.drain(..length).collect();
    set_gap_above(entry, gap);
    let first = &mut group.entries[0];
    set_gap_above(first, parted);
    first.notes().lead.splice(..0, header);
}
