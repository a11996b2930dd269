//! The kinds of object: one folder and one row of [`KINDS`] each.
//!
//! A kind owns its comparison, its requests and its losses. It must not know a stage beyond the draft that it fills, nor
//! another kind's folder.

pub mod adopt;
mod broadworks;
mod call_queue;
mod calling;
pub mod field;
mod group;
mod identity;
pub mod imports;
pub mod licenses;
mod location;
mod number;
mod operator_account;
pub mod quirks;
mod user;
mod webex_go;
pub mod wire;
mod workspace;

use std::collections::BTreeMap;

use serde_json::Value;

use self::adopt::{Adopted, Wanted};
pub use self::field::{Calling, Field, Form};
use crate::change::{
    Acknowledgements, Address, ChangeAction, Draft, DraftChange, DraftField, EXISTENCE, Fact,
    FieldAction, NAME, Observed, Risk, text,
};
use crate::config::sections::Section;
use crate::config::yaml::At;
use crate::config::{Config, Declared, schema};
use crate::finding::Code;
use crate::licensing::{Decisions, Holder, Reason, World};
use crate::snapshot::{Applied, Essence, Snapshot};

/// What a kind plans from.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The desired state.
    pub config: &'a Config,
    /// The observed state, with new names.
    pub snapshot: &'a Snapshot,
    /// Both, with names looked up.
    pub world: &'a World<'a>,
    /// What an earlier revision declared: what it has and `config` lacks is deleted. `None`: nothing is deleted by absence.
    pub base: Option<&'a Config>,
    /// The observed state before `formerly` gave objects their new names.
    pub captured: &'a Snapshot,
    /// The old name of each address that is to have another.
    pub old_names: &'a BTreeMap<Address, String>,
    /// What happens to licences and numbers.
    pub decisions: &'a Decisions,
    /// Acknowledged losses.
    pub acknowledgements: &'a Acknowledgements<'a>,
    /// The state after the last apply, if anything was applied.
    pub applied: Option<&'a Applied>,
}

impl Context<'_> {
    /// The name that an object has had so far, if it is to have another.
    fn old_name(&self, kind: &str, key: &str) -> Option<&str> {
        let old = self.old_names.get(&Address::new(kind, key));
        old.map(String::as_str)
    }

    /// The new name of an object, if it is to have another: of `formerly`, or of the files where Webex has given it one since the last
    /// apply.
    fn renamed<T>(
        &self,
        kind: &Kind,
        key: &str,
        declared: &Declared<T>,
        formerly: Option<&At<String>>,
        risk: Risk,
    ) -> Option<DraftField> {
        let old = self.old_name(kind.name, key)?;
        let object = format!("{}/{key}", kind.section);
        let reason = Reason {
            spot: Some(formerly.map_or(declared.key, |at| declared.spot(at))),
            because: vec![match formerly {
                Some(_) => format!("{object} formerly"),
                None => format!("{object} has been renamed in Webex since the last apply"),
            }],
        };
        let field = DraftField::new(NAME, FieldAction::Change, risk, text(old), text(key));
        Some(field.because(reason))
    }
}

/// How objects of a kind get another name (`formerly`).
#[derive(Debug)]
pub struct Rename {
    /// Whether the snapshot has an object of this name.
    pub has: fn(&Snapshot, &str) -> bool,
    /// Gives an object and all that names it another name.
    pub apply: fn(&mut Snapshot, &str, &str),
}

/// What a kind says of its objects as holders of licences.
#[derive(Debug)]
pub struct Holders {
    /// The object with this key.
    pub holder: fn(&Context<'_>, &str) -> Option<Holder>,
    /// The object with this id, in its plain form: its key, and what a snapshot has of it.
    pub with_id: fn(&Snapshot, &str) -> Option<(String, Value)>,
    /// What a snapshot has of the object with this key.
    pub with_key: fn(&Snapshot, &str) -> Option<Value>,
    /// What is compared of the object with this key between a plan and its execution.
    pub essence: fn(&Snapshot, &str) -> Option<Essence>,
}

/// The list of a snapshot that has the objects of a kind.
#[derive(Debug)]
pub struct List {
    /// Its name in the snapshot.
    pub name: &'static str,
    /// Whether it was captured.
    pub captured: fn(&Snapshot) -> bool,
    /// Whether a plan rests on it even where the configuration declares no such object.
    pub needed: fn(&Config) -> bool,
}

/// One kind of object.
#[derive(Debug)]
pub struct Kind {
    /// The first part of its addresses, such as `user`.
    pub name: &'static str,
    /// The section of the configuration that declares it.
    pub section: &'static str,
    /// The row of that section.
    pub declared: Section,
    /// The list of a snapshot that has its objects, if one has.
    pub list: Option<List>,
    /// What of the schema its names complete in editors.
    pub completes: Option<schema::Kind>,
    /// Its fields.
    pub fields: &'static [Field],
    /// Adds what changes to the draft.
    pub plan: fn(&Context<'_>, &mut Draft),
    /// How its objects get another name, if they can.
    pub rename: Option<Rename>,
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
    /// The keys of its objects that people also know by this text: a name, a number, an extension.
    pub known_as: fn(&Config, &Snapshot, &str) -> Vec<String>,
    /// What is known of the object with this key now.
    pub facts: fn(&Context<'_>, &str) -> Vec<Fact>,
    /// What the object with this key has now, by the paths of its fields; `None` where the snapshot lacks it.
    pub observe: fn(&Context<'_>, &str) -> Option<Observed>,
    /// How what an object has now is written into the files.
    pub adopt: fn(&Wanted<'_>) -> Adopted,
    /// Its objects as holders of licences, if they are.
    pub holders: Option<Holders>,
    /// What people call the object with this key, where the key does not tell them which it is.
    pub called: Option<fn(&Context<'_>, &str) -> Option<String>>,
    /// For what the object with this key waits, where a hold about another object says so.
    pub waits: Option<fn(&Context<'_>, &str) -> Option<String>>,
    /// What belongs to the object with this key, so that a part of a plan which has the object has that as well.
    pub includes: Option<fn(&Context<'_>, &str) -> Vec<Address>>,
    /// How its objects are read and written live.
    pub live: wire::Live,
    /// Writes the objects of the snapshot as desired state, where files have them.
    pub import: Option<fn(&imports::Source<'_>, &mut imports::Draft)>,
}

/// What is permanently lost with a field.
#[derive(Debug, Clone, Copy)]
pub struct Loss {
    /// The code whose acknowledgement covers it.
    pub code: Code,
    /// Whether removing the field always loses something, whatever else there is.
    pub always: bool,
}

impl Loss {
    /// Whenever the field is removed.
    const fn always(code: Code) -> Loss {
        Loss { code, always: true }
    }

    /// As it depends on what there is.
    const fn sometimes(code: Code) -> Loss {
        Loss {
            code,
            always: false,
        }
    }
}

impl Kind {
    /// The field with this path.
    pub fn field(&self, path: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.is(path))
    }
}

/// The kind with this name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// The code that covers the deletion of an object of a kind, if something is lost with it.
pub fn deletion_code(kind: &str) -> Option<Code> {
    let loss = field(kind, EXISTENCE)?.loss?;
    Some(loss.code)
}

/// The list of members that a kind has under this name.
pub fn members(kind: &str, name: &str) -> Option<&'static Field> {
    let fields = find(kind).map_or(&[][..], |kind| kind.fields);
    let mut lists = fields.iter().filter(|it| it.form == Form::Member);
    lists.find(|it| it.path.trim_end_matches('/') == name)
}

/// The field of a kind with this path.
pub fn field(kind: &str, path: &str) -> Option<&'static Field> {
    find(kind)?.field(path)
}

/// Every kind, in the order in which plans are made.
pub static KINDS: &[Kind] = &[
    number::KIND,
    user::KIND,
    group::KIND,
    workspace::KIND,
    location::KIND,
    call_queue::KIND,
    webex_go::KIND,
    broadworks::cluster::KIND,
    broadworks::template::KIND,
    broadworks::subscriber::KIND,
    broadworks::enterprise::KIND,
    broadworks::workspace::KIND,
    operator_account::KIND,
];

/// An update or deletion with a field that changes or goes; mere adds and moves do not count.
fn loses_or_changes(change: &DraftChange, _: &Snapshot) -> bool {
    change.action != ChangeAction::Create
        && change
            .fields
            .iter()
            .any(|field| matches!(field.action, FieldAction::Change | FieldAction::Remove))
}

/// Nothing but its key.
fn only_by_key(_: &Config, _: &Snapshot, _: &str) -> Vec<String> {
    Vec::new()
}

/// Why something is deleted that the configuration no longer names.
fn no_longer(section: &str, name: &str) -> Reason {
    Reason {
        spot: None,
        because: vec![format!(
            "{section}/{name} is in the base and no longer in the configuration"
        )],
    }
}

/// The keys of a section and of a list of the snapshot together.
fn all_keys<'a>(
    declared: impl Iterator<Item = &'a String>,
    observed: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    declared.chain(observed).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that requests of a kind carry; one that ends in `/` includes all below it.
    fn carried(kind: &Kind) -> Vec<&'static str> {
        let wires = kind.live.wires.iter();
        wires.flat_map(|wire| wire.carries).copied().collect()
    }

    #[test]
    fn what_requests_carry_are_fields_and_fields_are_carried() {
        for kind in KINDS {
            let carried = carried(kind);
            for path in &carried {
                let mut fields = kind.fields.iter();
                let known = fields.any(|it| it.path == *path || below(path, it.path));
                assert!(known, "{}: {path} is carried and has no row", kind.name);
            }
            for field in kind.fields {
                let is = |path: &&str| *path == field.path || below(path, field.path);
                let sent = carried.iter().any(is);
                assert_eq!(sent, field.sent, "{}: {}", kind.name, field.path);
            }
        }
    }

    /// Of Webex for BroadWorks, requests are those of a partner; no page of Control Hub does the same.
    #[test]
    fn a_request_says_where_to_click_instead() {
        let kinds = KINDS.iter().filter(|it| !it.name.starts_with("broadworks"));
        for wire in kinds.flat_map(|kind| kind.live.wires) {
            let (method, path) = (wire.method, wire.path);
            assert!(!wire.manual.clicks.is_empty(), "{method} {path}");
            for imported in wire.manual.imports {
                let known = wire.carries.contains(imported) || wire::carries(wire, imported);
                assert!(known, "{method} {path} does not carry {imported}");
            }
        }
    }

    fn below(block: &str, path: &str) -> bool {
        block.ends_with('/') && path.starts_with(block)
    }

    #[test]
    fn a_kind_has_the_name_and_the_section_of_its_row() {
        for kind in KINDS {
            let Section {
                kind: name,
                name: section,
                ..
            } = kind.declared;
            assert_eq!(kind.name, name);
            assert!(
                section.starts_with(kind.section) || kind.list.is_none(),
                "{section}"
            );
            assert_eq!(
                kind.rename.is_some(),
                kind.declared.names.is_some(),
                "{name}"
            );
        }
    }
}
