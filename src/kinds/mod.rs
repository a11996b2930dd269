//! The kinds of object: one file and one row of [`KINDS`] each.
//!
//! A kind owns its comparison, its requests and its losses. It must not know a stage beyond the draft that it fills, nor
//! another kind's file.

mod group;
mod licenses;
mod location;
mod number;
mod pending;
mod user;
mod workspace;

use crate::config::Config;
use crate::import;
use crate::licensing::{Decisions, Holder, World};
use crate::plan::{Acknowledgements, ChangeAction, Draft, DraftChange, Fact, FieldAction};
use crate::snapshot::Snapshot;

/// What a kind plans from.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The desired state.
    pub config: &'a Config,
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// Both, with names looked up.
    pub world: &'a World<'a>,
    /// What happens to licences and numbers.
    pub decisions: &'a Decisions,
    /// Losses that somebody has agreed to.
    pub acknowledgements: &'a Acknowledgements<'a>,
}

/// One kind of object.
#[derive(Debug)]
pub struct Kind {
    /// The first part of its addresses, such as `user`.
    pub name: &'static str,
    /// The section of the configuration that declares it.
    pub section: &'static str,
    /// Adds what changes to the draft.
    pub plan: fn(&Context<'_>, &mut Draft),
    /// How many the snapshot has: what `guardrails.updates` is a share of.
    pub observed: fn(&Snapshot) -> usize,
    /// How many are counted in `summary` as changed or unchanged.
    pub considered: fn(&Config, &Snapshot) -> usize,
    /// Whether the object with this key is one of these.
    pub considers: fn(&Config, &Snapshot, &str) -> bool,
    /// Whether a change counts for `guardrails.updates`.
    pub counts_as_update: fn(&DraftChange, &Snapshot) -> bool,
    /// The keys that snapshot and configuration have.
    pub keys: fn(&Config, &Snapshot) -> Vec<String>,
    /// What is known of the object with this key now.
    pub facts: fn(&Context<'_>, &str) -> Vec<Fact>,
    /// The object with this key as a holder of licences, if it is one.
    pub holder: fn(&Context<'_>, &str) -> Option<Holder>,
    /// Writes the objects of the snapshot as desired state.
    pub import: fn(&import::Source<'_>, &mut import::Draft),
}

/// Every kind, in the order in which plans are made.
pub static KINDS: &[Kind] = &[
    number::KIND,
    user::KIND,
    group::KIND,
    workspace::KIND,
    location::KIND,
    pending::WEBEX_GO,
    pending::BROADWORKS,
];

/// An update or deletion with a field that changes or goes; adds and moves alone do not count.
fn loses_or_changes(change: &DraftChange, _: &Snapshot) -> bool {
    change.action != ChangeAction::Create
        && change
            .fields
            .iter()
            .any(|field| matches!(field.action, FieldAction::Change | FieldAction::Remove))
}

/// The keys of a section and of a list of the snapshot together.
fn all_keys<'a>(
    declared: impl Iterator<Item = &'a String>,
    observed: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    declared.chain(observed).cloned().collect()
}
