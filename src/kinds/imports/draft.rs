//! What an import says so far: sections, and what is left out of them.
//!
//! Owns names that no section can have. Must not know what an entry says.

use rustc_hash::FxHashMap;

use super::{Claims, FileNames};
use crate::config::write::Node;

/// The sections so far.
#[derive(Debug, Default)]
pub struct Draft {
    /// Those that have entries, in the order of the kinds.
    pub sections: Vec<Section>,
    /// What no section says, and why.
    pub left_out: Vec<String>,
    /// Numbers and extensions that somebody has in these sections.
    pub claims: Claims,
    /// Names of files in directories of sections that have several.
    pub files: FileNames,
}

/// One section of a configuration.
#[derive(Debug)]
pub struct Section {
    /// Its key, such as `locations`.
    pub name: &'static str,
    /// Its file, without the extension; a section may have several.
    pub file: String,
    /// What it is, for the head of its file.
    pub about: String,
    /// What it says.
    pub entries: Entries,
    /// How many objects it describes.
    pub count: usize,
}

/// The entries of a section.
#[derive(Debug)]
pub enum Entries {
    /// By name.
    Named(Vec<(String, Node)>),
    /// In a list.
    Listed(Vec<Node>),
}

impl Entries {
    /// Them as one value.
    pub fn to_node(&self) -> Node {
        match self {
            Entries::Named(entries) => Node::Block(entries.clone()),
            Entries::Listed(items) => Node::List(items.clone()),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Entries::Named(entries) => entries.len(),
            Entries::Listed(items) => items.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Section {
    /// The section as a key of a file.
    pub fn to_node(&self) -> (String, Node) {
        nested(self.name, self.entries.to_node())
    }
}

/// A section as a key of a file; one inside another, such as `broadworks.subscribers`, with it.
pub fn nested(name: &str, node: Node) -> (String, Node) {
    match name.split_once('.') {
        Some((outer, inner)) => {
            let inner = Node::Block(vec![(inner.to_owned(), node)]);
            (outer.to_owned(), inner)
        }
        None => (name.to_owned(), node),
    }
}

impl Draft {
    /// Adds a section of named entries, unless there are none.
    pub fn section(
        &mut self,
        name: &'static str,
        about: impl Into<String>,
        entries: Vec<(String, Node)>,
    ) {
        self.section_in(name, name.replace('.', "-"), about, entries);
    }

    /// Adds a section of named entries with a file of its own, unless there are none.
    pub fn section_in(
        &mut self,
        name: &'static str,
        file: String,
        about: impl Into<String>,
        entries: Vec<(String, Node)>,
    ) {
        if !entries.is_empty() {
            self.sections.push(Section {
                name,
                file,
                about: about.into(),
                count: entries.len(),
                entries: Entries::Named(entries),
            });
        }
    }

    /// Adds a section that is a list, unless it is empty; `count` objects are in its items.
    pub fn list(
        &mut self,
        name: &'static str,
        about: impl Into<String>,
        items: Vec<Node>,
        count: usize,
    ) {
        if !items.is_empty() {
            self.sections.push(Section {
                name,
                file: name.replace('.', "-"),
                about: about.into(),
                count,
                entries: Entries::Listed(items),
            });
        }
    }

    /// Says what is left out; nothing where it is nothing.
    pub fn leave_out(&mut self, count: usize, what: &str, why: &str) {
        match count {
            0 => {}
            1 => self.left_out.push(format!("1 {what} {why}")),
            count => {
                let (first, rest) = what.split_at(what.find(' ').unwrap_or(what.len()));
                self.left_out.push(format!("{count} {first}s{rest} {why}"));
            }
        }
    }

    /// The same of numbers and extensions.
    pub fn leave_out_lines(&mut self, [numbers, extensions]: [usize; 2], of: &str, why: &str) {
        self.leave_out(numbers, &format!("number of a {of}"), why);
        self.leave_out(extensions, &format!("extension of a {of}"), why);
    }

    /// Those of a list with a unique name. What shares its name with another cannot be distinguished in a file.
    pub fn named<'a, T>(
        &mut self,
        list: &'a [T],
        name: impl Fn(&'a T) -> &'a String,
        what: &str,
    ) -> Vec<&'a T> {
        let mut times: FxHashMap<&str, usize> = FxHashMap::default();
        for item in list {
            *times.entry(name(item)).or_default() += 1;
        }
        let mut shared: Vec<(&str, usize)> = times
            .iter()
            .filter(|(name, count)| **count > 1 && !name.is_empty())
            .map(|(name, count)| (*name, *count))
            .collect();
        shared.sort_unstable();
        for (name, count) in shared {
            self.leave_out(
                count,
                what,
                &format!("named {name}: a file can have only one"),
            );
        }
        let nameless = times.get("").copied().unwrap_or(0);
        self.leave_out(nameless, what, "without a name");
        let alone = |name: &str| !name.is_empty() && times.get(name) == Some(&1);
        list.iter().filter(|item| alone(name(item))).collect()
    }
}
