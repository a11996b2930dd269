//! What Webex has and the rules of the files refuse, such as a country in lower case, is omitted: only that, and with a
//! message.
//!
//! Asks the checks of `config` and repeats none of them. Must not know what an entry says.

use crate::config;
use crate::config::files::{Origin, SourceFile, Sources};
use crate::config::write::{self, Node};
use crate::kinds::imports::{Draft, Entries, nested};

type Fields = Vec<(String, Node)>;

/// Sections whose entries are named by others, each after those that it names.
const NAMED: [&str; 4] = [
    "templates",
    "broadworks.clusters",
    "broadworks.customerTemplates",
    "broadworks.enterprises",
];

/// Leaves out what the checks of files call an error; `organization` is what every configuration begins with.
pub fn fit(organization: &[(String, Node)], draft: &mut Draft) {
    let all = draft.sections.iter().map(|section| {
        let node = match &section.entries {
            Entries::Named(entries) => Node::Block(entries.clone()),
            Entries::Listed(items) => Node::List(items.clone()),
        };
        (section.name.to_owned(), node)
    });
    let mut all: Fields = all.collect();
    if fits(organization, &all) {
        return;
    }
    // Each entry by itself, with those that it may name, which come first.
    all.clear();
    let place = |name: &str| NAMED.iter().position(|it| *it == name);
    let mut order: Vec<usize> = (0..draft.sections.len()).collect();
    order.sort_by_key(|at| place(draft.sections[*at].name).unwrap_or(NAMED.len()));
    let mut dropped = Vec::new();
    for at in order {
        let section = &mut draft.sections[at];
        let name = section.name;
        let alone = |section: &str, node: Node| {
            let mut sections = all.clone();
            sections.push((section.to_owned(), node));
            fits(organization, &sections)
        };
        match &mut section.entries {
            Entries::Named(entries) => {
                let named = std::mem::take(entries).into_iter();
                entries.extend(named.filter_map(|(key, node)| {
                    let here =
                        |node: &Node| alone(name, Node::Block(vec![(key.clone(), node.clone())]));
                    let node = shrink(node, &format!("{name}/{key}"), &here, &mut dropped)?;
                    Some((key, node))
                }));
                section.count = entries.len();
            }
            Entries::Listed(items) => {
                let listed = std::mem::take(items).into_iter();
                items.extend(listed.filter_map(|node| {
                    let here = |node: &Node| alone(name, Node::List(vec![node.clone()]));
                    shrink(node, name, &here, &mut dropped)
                }));
            }
        }
        if place(name).is_some() {
            let node = match &section.entries {
                Entries::Named(entries) => Node::Block(entries.clone()),
                Entries::Listed(items) => Node::List(items.clone()),
            };
            all.push((name.to_owned(), node));
        }
    }
    draft.sections.retain(|section| match &section.entries {
        Entries::Named(entries) => !entries.is_empty(),
        Entries::Listed(items) => !items.is_empty(),
    });
    let dropped = dropped.into_iter();
    draft
        .left_out
        .extend(dropped.map(|what| format!("{what}, which the files cannot express")));
}

fn fits(organization: &[(String, Node)], sections: &[(String, Node)]) -> bool {
    let file = |(path, keys): (String, &[(String, Node)])| SourceFile {
        path: path.into(),
        bytes: write::file("", keys).into_bytes(),
    };
    let sections = sections.iter().cloned();
    let sections: Vec<_> = sections.map(|(name, node)| nested(&name, node)).collect();
    let sections = sections.chunks(1).enumerate();
    let sections = sections.map(|(at, keys)| (format!("{at}.yaml"), keys));
    let first = ("org.yaml".to_owned(), organization);
    let loaded = config::load(Sources {
        files: std::iter::once(first).chain(sections).map(file).collect(),
        origin: Origin::default(),
    });
    !loaded.has_errors()
}

/// A value without the fields that do not fit; `None` if nothing of it does.
fn shrink(
    node: Node,
    path: &str,
    fits: &dyn Fn(&Node) -> bool,
    dropped: &mut Vec<String>,
) -> Option<Node> {
    if fits(&node) {
        return Some(node);
    }
    let (fields, whole): (Fields, fn(Fields) -> Node) = match node {
        Node::Block(fields) => (fields, Node::Block),
        Node::Line(fields) => (fields, Node::Line),
        _ => {
            dropped.push(path.to_owned());
            return None;
        }
    };
    if !fits(&whole(Vec::new())) {
        // A field without which the rest means nothing, or a bad name: all of it goes.
        dropped.push(path.to_owned());
        return None;
    }
    let mut kept: Fields = Vec::new();
    for (name, inner) in fields {
        let here = |inner: &Node| {
            let mut all = kept.clone();
            all.push((name.clone(), inner.clone()));
            fits(&whole(all))
        };
        if let Some(inner) = shrink(inner, &format!("{path}/{name}"), &here, dropped) {
            kept.push((name, inner));
        }
    }
    Some(whole(kept))
}
