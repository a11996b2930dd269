//! What of an object is compared between a plan and its execution: the members that the Webex API returns and that requests
//! change, in a form that does not depend on where they were read.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::ids;
use crate::canonical::canonical;

/// The essence of an object, as digests: of all of it, and of each member, so that a difference has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Essence {
    /// `sha256:…` over all members.
    pub digest: String,
    /// `name:digest` of each member that has a value, with blanks between them; 8 hexadecimal digits each.
    pub members: String,
}

impl Essence {
    /// Names of members that differ, in order of name: `theirs` is the second part of another essence.
    pub fn differs_from(&self, theirs: &str) -> Vec<String> {
        let parts = |text: &str| -> std::collections::BTreeSet<String> {
            text.split_whitespace().map(str::to_owned).collect()
        };
        let (ours, theirs) = (parts(&self.members), parts(theirs));
        let differing = ours.symmetric_difference(&theirs);
        let mut names: Vec<String> = differing
            .filter_map(|part| Some(part.rsplit_once(':')?.0.to_owned()))
            .collect();
        names.dedup();
        // An export has no ids: what it has of an object is its name.
        let has_id = |parts: &std::collections::BTreeSet<String>| {
            parts.iter().any(|part| part.starts_with("id:"))
        };
        if !has_id(&ours) || !has_id(&theirs) {
            names.retain(|name| name != "id");
        }
        names
    }
}

/// What the members of an essence say of the id of its object.
pub fn id_member(id: &str) -> String {
    Members::of(id).each
}

/// Collects members in the order in which they are given.
#[derive(Debug, Default)]
pub struct Members {
    all: Sha256,
    each: String,
}

impl Members {
    /// Whose members these are: another object of the same name is another object. Ids have several forms.
    pub fn of(id: &str) -> Members {
        match id.is_empty() {
            true => Members::default(),
            false => Members::default().text("id", Some(&ids::plain(id))),
        }
    }

    /// A text, unless there is none.
    pub fn text(mut self, name: &str, value: Option<&str>) -> Members {
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        if let Some(value) = value {
            self.member(name, canonical(value).as_bytes());
        }
        self
    }

    /// A list, whose order does not count, unless it is empty.
    pub fn list<T: AsRef<str>>(mut self, name: &str, values: &[T]) -> Members {
        if !values.is_empty() {
            let values = values.iter().map(|value| canonical(value.as_ref()));
            let mut values: Vec<_> = values.collect();
            values.sort_unstable();
            self.member(name, values.join("\n").as_bytes());
        }
        self
    }

    fn member(&mut self, name: &str, value: &[u8]) {
        let digest = Sha256::digest(value);
        self.all.update(name.as_bytes());
        self.all.update(digest);
        if !self.each.is_empty() {
            self.each.push(' ');
        }
        self.each.push_str(name);
        self.each.push(':');
        for byte in &digest[..4] {
            // Writing to a string cannot fail.
            let _ = write!(self.each, "{byte:02x}");
        }
    }

    /// The essence.
    pub fn finish(self) -> Essence {
        Essence {
            digest: format!("sha256:{:x}", self.all.finalize()),
            members: self.each,
        }
    }
}
