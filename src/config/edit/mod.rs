//! Changes of single values in YAML that people wrote: comments, layout and all other values stay as they are.
//!
//! Pure: text in, text out. Owns where a value is put and how it is written there. Must not know what the values mean; it
//! refuses ([`Misfit`]) what it cannot place exactly.

mod block;
mod flow;

#[cfg(test)]
mod tests;

use std::ops::Range;

use granit_parser::ScalarStyle;

use super::write::{self, Node as Value};
use super::yaml::tree::{Kind, Node, Tree};
use super::yaml::{Comments, build};
use crate::canonical::canonical;

/// The keys from the top of a document to a value: section, entry, field, and further.
pub type Path = Vec<String>;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Gives a field a value, whether it has one or not. The entry, the first two keys, must be there.
    Set(Path, Value),
    /// Takes a field away; what is empty without it goes, too, but not the entry itself.
    Unset(Path),
    /// Takes a whole entry away: the first two keys.
    Remove(Path),
    /// Adds an item to a list, which is made if there is none.
    Include(Path, String),
    /// Removes an item from a list, which stays, if it must, as an empty one.
    Exclude(Path, String),
}

impl Edit {
    /// Where.
    pub fn path(&self) -> &[String] {
        match self {
            Edit::Set(path, _)
            | Edit::Unset(path)
            | Edit::Remove(path)
            | Edit::Include(path, _)
            | Edit::Exclude(path, _) => path,
        }
    }
}

/// Why a change cannot be made in this text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(String);

impl Misfit {
    fn new(why: impl Into<String>) -> Misfit {
        Misfit(why.into())
    }
}

/// The text with these changes, one after another.
///
/// # Errors
///
/// If one of them has no exact place.
pub fn edit(text: &str, edits: &[Edit]) -> Result<String, Misfit> {
    let mut text = text.to_owned();
    for one in edits {
        text = apply(&text, one)?;
    }
    Ok(text)
}

/// The text after a byte order mark.
fn body(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn apply(text: &str, edit: &Edit) -> Result<String, Misfit> {
    let body = body(text);
    let mark = &text[..text.len() - body.len()];
    let tree = build(body, Comments::Keep);
    if let Some(flaw) = tree.flaw() {
        return Err(Misfit::new(format!("the file has a mistake: {flaw}")));
    }
    let sheet = Sheet {
        text: body,
        comments: tree.comments(),
    };
    let document = document(&tree, edit.path())
        .ok_or_else(|| Misfit::new("the file does not have the entry"))?;
    let splices = match edit {
        Edit::Set(path, value) => set(&sheet, document, path, value)?,
        Edit::Unset(path) => unset(&sheet, document, path)?,
        Edit::Remove(path) => remove(&sheet, document, path)?,
        Edit::Include(path, item) => include(&sheet, document, path, item)?,
        Edit::Exclude(path, item) => exclude(&sheet, document, path, item)?,
    };
    Ok(format!("{mark}{}", sheet.spliced(splices)?))
}

/// The document that has the entry.
fn document<'s>(tree: &'s Tree<'_>, path: &[String]) -> Option<Node<'s>> {
    let mut documents = tree.documents().map(|(_, root)| root);
    let has = |root: &Node<'_>| path.len() < 2 || descend(*root, &path[..2]).1.is_empty();
    documents.find(has)
}

/// The value under a key, with its place among the entries.
fn get<'s>(node: Node<'s>, key: &str) -> Option<(usize, Node<'s>)> {
    node.find(|name| same(name, key))
}

/// Whether two names are the same: in whichever form they are written and, of e-mail addresses, in either case.
fn same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (one, other) = (canonical(one), canonical(other));
    one == other || (one.contains('@') && one.to_lowercase() == other.to_lowercase())
}

/// The nodes along a path as far as it goes, from the document on, and the rest of the path.
fn descend<'n, 'p>(document: Node<'n>, path: &'p [String]) -> (Vec<Node<'n>>, &'p [String]) {
    let mut nodes = vec![document];
    let mut here = document;
    for (depth, key) in path.iter().enumerate() {
        match get(here, key) {
            Some((_, value)) => {
                here = value;
                nodes.push(value);
            }
            None => return (nodes, &path[depth..]),
        }
    }
    (nodes, &[])
}

/// A replacement of some bytes.
type Splice = (Range<usize>, String);

/// The text that is changed.
struct Sheet<'t> {
    text: &'t str,
    comments: &'t [Range<usize>],
}

impl Sheet<'_> {
    /// The text with these replacements, which must not overlap.
    fn spliced(&self, mut splices: Vec<Splice>) -> Result<String, Misfit> {
        splices.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(self.text.len() + 64);
        let mut at = 0;
        for (range, new) in splices {
            let kept = self.text.get(at..range.start);
            out += kept.ok_or_else(|| Misfit::new("two changes overlap"))?;
            out += &new;
            at = range.end;
        }
        out += self.text.get(at..).unwrap_or_default();
        Ok(out)
    }

    /// Whether there is a comment between two places.
    fn has_comment(&self, range: &Range<usize>) -> bool {
        self.comments
            .iter()
            .any(|comment| comment.start < range.end && comment.end > range.start)
    }
}

fn set(
    sheet: &Sheet<'_>,
    document: Node<'_>,
    path: &[String],
    value: &Value,
) -> Result<Vec<Splice>, Misfit> {
    let (nodes, rest) = descend(document, path);
    let Some(&here) = nodes.last() else {
        return Err(Misfit::new("the file is empty"));
    };
    if let Some((key, deeper)) = rest.split_first() {
        let value = nested(deeper, value);
        return match here.kind() {
            Kind::Map { flow: true } => Ok(vec![flow::add_entry(here, key, &value)]),
            Kind::Map { flow: false } => block::add_entry(sheet, here, key, &value),
            _ => Err(Misfit::new(format!("there is no place for `{key}`"))),
        };
    }
    let Kind::Scalar(style) = here.kind() else {
        return Err(Misfit::new(
            "there is a list or mapping where a single value is expected",
        ));
    };
    let new = match (style, value) {
        (ScalarStyle::Literal | ScalarStyle::Folded, _) => {
            return Err(Misfit::new("the value is a block of text"));
        }
        (ScalarStyle::Plain, _) if here.span().is_empty() => {
            return Err(Misfit::new("there is no value to replace"));
        }
        (ScalarStyle::DoubleQuoted, Value::Text(text)) => write::quoted(text),
        (ScalarStyle::SingleQuoted, Value::Text(text)) if !text.contains(['\'', '\n', '\\']) => {
            format!("'{text}'")
        }
        (_, value) => write::inline(value),
    };
    Ok(vec![(here.span(), new)])
}

/// A value inside new mappings.
fn nested(keys: &[String], value: &Value) -> Value {
    keys.iter().rev().fold(value.clone(), |inner, key| {
        Value::Line(vec![(key.clone(), inner)])
    })
}

/// How many keys name an entry, which is never removed.
const ENTRY: usize = 2;

fn unset(sheet: &Sheet<'_>, document: Node<'_>, path: &[String]) -> Result<Vec<Splice>, Misfit> {
    let (nodes, rest) = descend(document, path);
    if !rest.is_empty() || path.len() <= ENTRY {
        return Err(Misfit::new("there is no such field"));
    }
    let mut depth = path.len();
    let entries = |depth: usize| nodes.get(depth).map_or(0, |node| node.entries().count());
    // The only field of a mapping goes with the mapping.
    while depth > ENTRY + 1 && entries(depth - 1) == 1 {
        depth -= 1;
    }
    cut(sheet, &nodes, path, depth)
}

/// Takes a whole entry away.
fn remove(sheet: &Sheet<'_>, document: Node<'_>, path: &[String]) -> Result<Vec<Splice>, Misfit> {
    let (nodes, rest) = descend(document, path);
    if !rest.is_empty() || path.len() != ENTRY {
        return Err(Misfit::new("there is no such entry"));
    }
    cut(sheet, &nodes, path, ENTRY)
}

/// Removes what is under the key at this depth, with the key.
fn cut(
    sheet: &Sheet<'_>,
    nodes: &[Node<'_>],
    path: &[String],
    depth: usize,
) -> Result<Vec<Splice>, Misfit> {
    let (key, parent) = (&path[depth - 1], nodes[depth - 1]);
    let (Some((index, _)), Kind::Map { flow }) = (get(parent, key), parent.kind()) else {
        return Err(Misfit::new("there is no such field"));
    };
    let entries = parent.entries();
    let spans: Vec<Range<usize>> = entries
        .map(|(key, value)| key.span().start..value.span().end.max(key.span().end))
        .collect();
    match (flow, spans.len()) {
        (true, _) => flow::remove(sheet, parent, &spans, index).map(|it| vec![it]),
        (false, 1) => {
            let owner = key_of(nodes, path, depth - 1)?;
            block::empty(sheet, owner, &spans, "{}")
        }
        (false, _) => block::remove(sheet, &spans, index).map(|it| vec![it]),
    }
}

/// The key of the node at this depth.
fn key_of<'n>(nodes: &[Node<'n>], path: &[String], depth: usize) -> Result<Node<'n>, Misfit> {
    let found = depth.checked_sub(1).and_then(|above| {
        let mut entries = nodes.get(above)?.entries();
        entries.find(|(key, _)| key.value().is_some_and(|name| same(name, &path[above])))
    });
    let found = found.map(|(key, _)| key);
    found.ok_or_else(|| Misfit::new("there is no such field"))
}

fn include(
    sheet: &Sheet<'_>,
    document: Node<'_>,
    path: &[String],
    item: &str,
) -> Result<Vec<Splice>, Misfit> {
    let (nodes, rest) = descend(document, path);
    if !rest.is_empty() {
        return set(sheet, document, path, &Value::List(vec![Value::text(item)]));
    }
    let Some((list, flow)) = nodes.last().and_then(as_list) else {
        return Err(Misfit::new("there is no list"));
    };
    let items: Vec<Node<'_>> = list.children().collect();
    if items.iter().any(|it| is(*it, item)) {
        return Err(Misfit::new("the list has it already"));
    }
    let all_quoted = !items.is_empty() && items.iter().all(is_quoted);
    let new = match all_quoted {
        true => write::quoted(item),
        false => write::inline(&Value::text(item)),
    };
    match flow {
        true => Ok(vec![flow::add_item(&list.span(), &items, item, &new)]),
        false => block::add_item(sheet, &items, item, &new).map(|it| vec![it]),
    }
}

/// A list, and whether it is in brackets.
fn as_list<'n>(node: &Node<'n>) -> Option<(Node<'n>, bool)> {
    match node.kind() {
        Kind::List { flow } => Some((*node, flow)),
        _ => None,
    }
}

/// Whether an item says this.
fn is(node: Node<'_>, item: &str) -> bool {
    node.value().is_some_and(|text| same(text, item))
}

fn is_quoted(node: &Node<'_>) -> bool {
    use ScalarStyle::{DoubleQuoted, SingleQuoted};
    matches!(node.kind(), Kind::Scalar(DoubleQuoted | SingleQuoted))
}

/// Before which item of a sorted list a new one belongs; the end, if the list is not sorted or it would come first.
fn place_among(items: &[Node<'_>], item: &str) -> usize {
    let texts: Vec<&str> = items.iter().filter_map(|it| it.value()).collect();
    if texts.len() < items.len() || !texts.is_sorted() {
        return items.len();
    }
    match texts.partition_point(|text| *text < item) {
        0 => items.len(),
        at => at,
    }
}

fn exclude(
    sheet: &Sheet<'_>,
    document: Node<'_>,
    path: &[String],
    item: &str,
) -> Result<Vec<Splice>, Misfit> {
    let (nodes, rest) = descend(document, path);
    let list = nodes.last().filter(|_| rest.is_empty());
    let Some((list, flow)) = list.and_then(as_list) else {
        return Err(Misfit::new("there is no list"));
    };
    let found = list.children().position(|it| is(it, item));
    let index = found.ok_or_else(|| Misfit::new("the list does not have it"))?;
    let spans: Vec<Range<usize>> = list.children().map(Node::span).collect();
    match (flow, spans.len()) {
        (true, _) => flow::remove(sheet, list, &spans, index).map(|it| vec![it]),
        (false, 1) => block::empty(sheet, key_of(&nodes, path, path.len())?, &spans, "[]"),
        (false, _) => block::remove(sheet, &spans, index).map(|it| vec![it]),
    }
}
