//! What Webex has and the rules of the files refuse, such as a country in lower case, is omitted: only that, and with a
//! message.
//!
//! Asks the checks of `config` and repeats none of them. Must not know what an entry says.

use std::collections::BTreeMap;

use crate::config;
use crate::config::Loaded;
use crate::config::files::{Origin, SourceFile, Sources};
use crate::config::write::{self, Node};
use crate::kinds::imports::{Draft, Entries, Section, nested};

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
    let mut dropped = Vec::new();
    loop {
        let wrong = wrong(organization, draft);
        // Entries that others name come first: without them, those that name them could not be looked at alone.
        let Some(first) = wrong.keys().map(|at| rank(&draft.sections[*at])).min() else {
            break;
        };
        let context: Vec<&Section> = draft
            .sections
            .iter()
            .filter(|it| rank(it) < first)
            .collect();
        let context: Fields = context.into_iter().map(Section::to_node).collect();
        for (at, entries) in wrong {
            let section = &mut draft.sections[at];
            if rank(section) == first {
                let alone = |node: Node| {
                    let mut sections = context.clone();
                    sections.push(nested(section.name, node));
                    fits(organization, &sections)
                };
                section.entries = without_misfits(section, &entries, &alone, &mut dropped);
                if let Entries::Named(entries) = &section.entries {
                    section.count = entries.len();
                }
            }
        }
        draft.sections.retain(|section| !section.entries.is_empty());
    }
    draft.left_out.extend(dropped);
}

fn rank(section: &Section) -> usize {
    let place = NAMED.iter().position(|name| *name == section.name);
    place.unwrap_or(NAMED.len())
}

/// The entries with errors, by section, with what is wrong with each.
fn wrong(
    organization: &[(String, Node)],
    draft: &Draft,
) -> BTreeMap<usize, BTreeMap<usize, String>> {
    let sections: Fields = draft.sections.iter().map(Section::to_node).collect();
    let loaded = load(organization, &sections);
    let mut wrong: BTreeMap<usize, BTreeMap<usize, String>> = BTreeMap::new();
    let mut ends: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for finding in loaded.errors() {
        let Some(place) = &finding.place else {
            continue;
        };
        let number = place.file.trim_end_matches(".yaml").parse::<usize>();
        let Some(at) = number.ok().filter(|at| *at < draft.sections.len()) else {
            continue;
        };
        let ends = ends
            .entry(at)
            .or_insert_with(|| ends_of(&draft.sections[at]));
        let entry = ends.partition_point(|end| *end < place.line as usize);
        if entry < ends.len() {
            let entries = wrong.entry(at).or_default();
            // What follows names a place in these files, which no one has.
            let (message, _) = finding
                .message
                .split_once("; ")
                .unwrap_or((&finding.message, ""));
            entries.entry(entry).or_insert(message.to_owned());
        }
    }
    wrong
}

/// The last line of each entry of a section in its file.
fn ends_of(section: &Section) -> Vec<usize> {
    let head = section.name.split('.').count();
    let mut last = head;
    let mut end = |node: Node| {
        let text = write::file("", &[nested(section.name, node)]);
        last += text.lines().count() - head;
        last
    };
    match &section.entries {
        Entries::Named(entries) => entries
            .iter()
            .map(|entry| end(Node::Block(vec![entry.clone()])))
            .collect(),
        Entries::Listed(items) => items
            .iter()
            .map(|item| end(Node::List(vec![item.clone()])))
            .collect(),
    }
}

/// The entries of a section without what does not fit. One that fits alone does not fit beside another: all of it goes.
fn without_misfits(
    section: &Section,
    wrong: &BTreeMap<usize, String>,
    alone: &dyn Fn(Node) -> bool,
    dropped: &mut Vec<String>,
) -> Entries {
    let name = section.name;
    let beside = |path: &str, at: usize, dropped: &mut Vec<String>| {
        dropped.push(format!("{path}: {}", wrong[&at]));
    };
    match &section.entries {
        Entries::Named(entries) => {
            let mut kept = Fields::new();
            for (at, (key, node)) in entries.iter().enumerate() {
                let path = format!("{name}/{key}");
                let here = |node: &Node| alone(Node::Block(vec![(key.clone(), node.clone())]));
                if !wrong.contains_key(&at) {
                    kept.push((key.clone(), node.clone()));
                } else if here(node) {
                    beside(&path, at, dropped);
                } else if let Some(node) = shrink(node.clone(), &path, &here, dropped) {
                    kept.push((key.clone(), node));
                }
            }
            Entries::Named(kept)
        }
        Entries::Listed(items) => {
            let mut kept = Vec::new();
            for (at, node) in items.iter().enumerate() {
                let here = |node: &Node| alone(Node::List(vec![node.clone()]));
                if !wrong.contains_key(&at) {
                    kept.push(node.clone());
                } else if here(node) {
                    beside(name, at, dropped);
                } else if let Some(node) = shrink(node.clone(), name, &here, dropped) {
                    kept.push(node);
                }
            }
            Entries::Listed(kept)
        }
    }
}

/// The sections as files, each named by its place among them.
fn load(organization: &[(String, Node)], sections: &[(String, Node)]) -> Loaded {
    let file = |(path, keys): (String, &[(String, Node)])| SourceFile {
        path: path.into(),
        bytes: write::file("", keys).into_bytes(),
    };
    let sections = sections.chunks(1).enumerate();
    let sections = sections.map(|(at, keys)| (format!("{at:06}.yaml"), keys));
    let first = ("org.yaml".to_owned(), organization);
    config::load(Sources {
        files: sections.chain(std::iter::once(first)).map(file).collect(),
        origin: Origin::default(),
    })
}

fn fits(organization: &[(String, Node)], sections: &[(String, Node)]) -> bool {
    !load(organization, sections).has_errors()
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
            dropped.push(refused(path));
            return None;
        }
    };
    if !fits(&whole(Vec::new())) {
        // A field without which the rest means nothing, or a bad name: all of it goes.
        dropped.push(refused(path));
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

fn refused(path: &str) -> String {
    format!("{path}, which the files cannot express")
}
