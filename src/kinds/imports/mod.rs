//! What a snapshot has, as desired state: a file for each kind that has a section.
//!
//! Owns what a kind's import reads ([`Source`]) and what it writes into ([`Draft`]).

mod draft;

pub use draft::{Draft, Entries, Section, nested};

use crate::config::model::AssignmentMode;
use crate::licensing::catalogue::Catalogue;
use crate::snapshot::Snapshot;

/// What the kinds read.
#[derive(Debug)]
pub struct Source<'a> {
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// Its licences, understood.
    pub catalogue: Catalogue,
    /// How licences are to be assigned.
    pub mode: AssignmentMode,
}
