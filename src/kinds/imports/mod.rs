//! What a snapshot has, as desired state: a file for each kind that has a section.
//!
//! Owns what a kind's import reads ([`Source`]) and what it writes into ([`Draft`]).

mod claims;
mod draft;
mod filenames;
mod templates;

pub use claims::Claims;
pub use draft::{Draft, Entries, Section, nested};
pub use filenames::FileNames;
pub use templates::{Template, Templates};

use std::collections::BTreeSet;

use crate::config::model::AssignmentMode;
use crate::licensing::catalogue::Catalogue;
use crate::snapshot::Snapshot;

/// Which people get an entry, and what it says of licences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum People {
    /// None.
    Omitted,
    /// Those with Calling; licences that their templates give are not repeated.
    #[default]
    WithCalling,
    /// Everyone with a licence, and there are no templates.
    Flat,
}

/// How much is written.
#[derive(Debug, Clone, Default)]
pub struct Extent {
    /// How licences are to be assigned; `None`: by groups where the groups are known.
    pub mode: Option<AssignmentMode>,
    /// Which people get an entry.
    pub people: People,
    /// Addresses of people who get none all the same.
    pub except: BTreeSet<String>,
    /// Whether templates count only for newcomers.
    pub newcomers_only: bool,
}

/// What the kinds read.
#[derive(Debug)]
pub struct Source<'a> {
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// Its licences, understood.
    pub catalogue: Catalogue,
    /// How licences are to be assigned.
    pub mode: AssignmentMode,
    /// How much is written.
    pub extent: &'a Extent,
    /// What the members of groups have in common.
    pub templates: Templates,
}

impl<'a> Source<'a> {
    /// Understands a snapshot.
    pub fn new(snapshot: &'a Snapshot, extent: &'a Extent) -> Source<'a> {
        let known = match &snapshot.groups {
            Some(_) => AssignmentMode::Group,
            None => AssignmentMode::Organization,
        };
        let mut source = Source {
            snapshot,
            catalogue: Catalogue::new(snapshot, []),
            mode: extent.mode.unwrap_or(known),
            extent,
            templates: Templates::default(),
        };
        source.templates = Templates::new(&source);
        source
    }

    /// Whether all is known that a plan needs for entries about Calling.
    pub fn knows_calling(&self) -> bool {
        let Snapshot {
            locations,
            numbers,
            workspaces,
            ..
        } = self.snapshot;
        locations.is_some() && numbers.is_some() && workspaces.is_some()
    }
}
