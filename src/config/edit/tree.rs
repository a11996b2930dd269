//! A YAML text as nodes with the bytes that they take, and its comments.
//!
//! Owns where things are. Must not know what they mean or how they are changed.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

use super::Misfit;
use crate::canonical::canonical;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    /// Its bytes; of a block, from its first to the end of its last value.
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Scalar {
        text: String,
        style: ScalarStyle,
    },
    List {
        flow: bool,
        items: Vec<Node>,
    },
    Map {
        flow: bool,
        entries: Vec<(Node, Node)>,
    },
}

/// All of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    pub(super) documents: Vec<Node>,
    pub(super) comments: Vec<Range<usize>>,
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The value under a key, with its place among the entries. Addresses are the same in either case.
    pub(super) fn get(&self, key: &str) -> Option<(usize, &Node)> {
        let Kind::Map { entries, .. } = &self.kind else {
            return None;
        };
        let at = entries
            .iter()
            .position(|(name, _)| name.text().is_some_and(|name| same(name, key)))?;
        Some((at, &entries[at].1))
    }
}

/// Whether two names are the same: in whichever form they are written and, of e-mail addresses, in either case.
pub(super) fn same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (one, other) = (canonical(one), canonical(other));
    one == other || (one.contains('@') && one.to_lowercase() == other.to_lowercase())
}

/// Reads a text that has no mistakes.
pub(super) fn read(text: &str) -> Result<Stream, Misfit> {
    let options = granit_parser::options! {
        emit_comments: true,
    };
    let mut stream = Stream::default();
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) =
            event.map_err(|error| Misfit::new(format!("the file has a mistake: {error}")))?;
        let span = bytes(&span)?;
        match event {
            Event::Comment(..) => stream.comments.push(span),
            Event::Scalar(value, style, ..) => {
                let value = match style {
                    // The scanner writes `~` where there is nothing.
                    ScalarStyle::Plain if span.is_empty() => String::new(),
                    _ => value.into_owned(),
                };
                let kind = Kind::Scalar { text: value, style };
                add(&mut stream, &mut open, Node { span, kind })?;
            }
            Event::SequenceStart(style, ..) => open.push(Open::new(span.start, style, false)),
            Event::MappingStart(style, ..) => open.push(Open::new(span.start, style, true)),
            Event::SequenceEnd | Event::MappingEnd => {
                let last = open
                    .pop()
                    .ok_or_else(|| Misfit::new("the file cannot be read"))?;
                add(&mut stream, &mut open, last.close(span.end))?;
            }
            Event::Alias(..) | Event::UnresolvedAlias(..) | Event::Anchor(..) => {
                return Err(Misfit::new("the file has an alias"));
            }
            _ => {}
        }
    }
    Ok(stream)
}

/// A list or mapping of which more comes.
struct Open {
    start: usize,
    flow: bool,
    map: bool,
    nodes: Vec<Node>,
}

impl Open {
    fn new(start: usize, style: StructureStyle, map: bool) -> Open {
        Open {
            start,
            flow: style == StructureStyle::Flow,
            map,
            nodes: Vec::new(),
        }
    }

    fn close(self, end: usize) -> Node {
        let last = self.nodes.iter().map(|node| node.span.end).max();
        let span = match self.flow {
            true => self.start..end,
            false => {
                let first = self.nodes.first().map(|node| node.span.start);
                first.unwrap_or(self.start)..last.unwrap_or(self.start)
            }
        };
        let flow = self.flow;
        let kind = match self.map {
            false => Kind::List {
                flow,
                items: self.nodes,
            },
            true => {
                let mut nodes = self.nodes.into_iter();
                let mut entries = Vec::new();
                while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
                    entries.push((key, value));
                }
                Kind::Map { flow, entries }
            }
        };
        Node { span, kind }
    }
}

fn add(stream: &mut Stream, open: &mut [Open], node: Node) -> Result<(), Misfit> {
    match open.last_mut() {
        Some(last) => last.nodes.push(node),
        None => stream.documents.push(node),
    }
    Ok(())
}

fn bytes(span: &Span) -> Result<Range<usize>, Misfit> {
    span.byte_range()
        .ok_or_else(|| Misfit::new("the places in the file are not known"))
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn a_line_is_found_in_whichever_form_it_is_written() {
        assert!(same("Jo@B\u{fc}cher.de", "jo@xn--bcher-kva.de"));
        assert!(same("Zu\u{308}rich", "Zürich"));
        assert!(same("Front\u{a0}Desk", "Front Desk"));
        assert!(!same("Front Desk", "front desk"));
    }
}
