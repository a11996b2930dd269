//! What entries of different sections have in common: claims of numbers and extensions, and lists of people.
//!
//! Each section says in its row ([`super::sections`]) which of its entries have them, so that no check knows a section by name.

use super::merge::{Declared, Spot};
use super::yaml::{At, List, Nullable};

/// An entry that can claim a phone number and an extension.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'c> {
    /// The kind of its address.
    pub kind: &'static str,
    /// The key within the kind.
    pub key: &'c str,
    /// The phone number or `auto`.
    pub phone: Option<(&'c str, Spot)>,
    /// The extension or `auto`.
    pub extension: Option<(&'c str, Spot)>,
    /// The location.
    pub location: Option<&'c str>,
    /// To be deleted, so that it claims nothing.
    pub absent: bool,
    /// Whether `auto` lets trunkline choose.
    pub auto: bool,
}

impl Caller<'_> {
    /// `<kind>/<key>`.
    pub fn address(&self) -> String {
        format!("{}/{}", self.kind, self.key)
    }
}

/// A text of an entry with its place.
pub fn said<'c, T>(entry: &Declared<T>, at: Option<&'c At<String>>) -> Option<(&'c str, Spot)> {
    at.map(|at| (at.value.as_str(), entry.spot(at)))
}

/// The same of a text that may be `null`, which claims nothing.
pub fn said_or_null<'c, T>(
    entry: &Declared<T>,
    at: &'c Nullable<At<String>>,
) -> Option<(&'c str, Spot)> {
    match at {
        Nullable::Value(at) => said(entry, Some(at)),
        Nullable::Absent | Nullable::Null => None,
    }
}

/// A list that an entry may give.
pub type Members = Option<At<List<At<String>>>>;

/// A list of an entry that names people by e-mail address.
#[derive(Debug, Clone, Copy)]
pub struct People<'c> {
    /// The kind of the entry.
    pub kind: &'static str,
    /// What people call it.
    pub noun: &'static str,
    /// Its key within the kind.
    pub key: &'c str,
    /// The name of the list, such as `members`.
    pub field: &'static str,
    /// The list.
    pub list: &'c At<List<At<String>>>,
    /// The place of the entry.
    pub entry: Spot,
    /// Whether it names workspaces too: what has no `@` is one.
    pub places: bool,
}

impl<'c> People<'c> {
    /// The place of an item.
    pub fn spot(&self, item: &At<String>) -> Spot {
        Spot {
            file: self.entry.file,
            pos: item.pos,
        }
    }

    /// `<kind>/<key>`.
    pub fn address(&self) -> String {
        format!("{}/{}", self.kind, self.key)
    }

    /// The items that are addresses of people.
    pub fn addresses(&self) -> impl Iterator<Item = &'c At<String>> + use<'c> {
        let places = self.places;
        let items = self.list.value.iter();
        items.filter(move |item| !places || item.value.contains('@'))
    }
}
