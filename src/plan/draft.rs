//! What kinds hand to the planner: changes that still have their reasons, losses and units apart.

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::model::{ChangeAction, FieldAction, Risk, Shared};
use crate::finding::{Code, Finding};
use crate::licensing::catalogue::{LicenseIx, Tier};
use crate::licensing::{Facts, Reason};

/// Everything that the kinds found.
#[derive(Debug, Default)]
pub struct Draft {
    /// What changes.
    pub changes: Vec<DraftChange>,
    /// What has to be said.
    pub findings: Vec<Finding>,
    /// Fields that errors and holds keep out.
    pub blocked: usize,
}

/// One object that changes.
#[derive(Debug)]
pub struct DraftChange {
    /// The kind, such as `user`.
    pub kind: &'static str,
    /// The key within the kind.
    pub key: String,
    /// What happens to it.
    pub action: ChangeAction,
    /// What changes.
    pub fields: Vec<DraftField>,
    /// A digest of the object as the snapshot has it.
    pub preimage: Option<String>,
    /// When its turn comes.
    pub turn: Turn,
    /// Addresses of changes that must be done before.
    pub depends_on: Vec<String>,
    /// Addresses of changes whose early requests must be done before.
    pub after_early: Vec<String>,
    /// The requests that carry it out, those of before all licences first.
    pub early: Vec<Request>,
    /// The requests that carry it out in its turn.
    pub requests: Vec<Request>,
}

impl DraftChange {
    /// `<kind>/<key>`.
    pub fn address(&self) -> String {
        format!("{}/{}", self.kind, self.key)
    }
}

/// The digest of an object as the snapshot has it.
pub fn preimage(object: &impl Serialize) -> Option<String> {
    let bytes = serde_json::to_vec(object).ok()?;
    Some(format!("sha256:{:x}", Sha256::digest(bytes)))
}

/// A licence or account as a value: `{"license", "subscription"}`, with the role for meetings.
pub fn license_value(facts: &Facts<'_>, license: Option<LicenseIx>) -> Value {
    let Some(index) = license else {
        return json!({"license": null, "role": "attendee"});
    };
    let license = &facts.snapshot.licenses()[index as usize];
    let (name, subscription) = (&license.name, &license.subscription_id);
    match facts.catalogue.kind(index).tier {
        Tier::Host => json!({"license": name, "subscription": subscription, "role": "host"}),
        _ => json!({"license": name, "subscription": subscription}),
    }
}

/// When a change's turn comes; among equals, in order of address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It only gives back, or makes what others need.
    Give,
    /// It moves or changes licences: these were promised their units before any grant.
    Move,
    /// It gives back some units, and takes others.
    Exchange,
    /// It takes units, or none at all.
    Take,
    /// It follows what its members' changes do.
    Follow,
}

impl Turn {
    /// The turn of a change, by the units that its fields give back and take.
    pub fn of(fields: &[DraftField]) -> Turn {
        let any = |gives: bool, takes: bool| {
            let mut fields = fields.iter();
            fields.any(|field| field.gives.is_empty() != gives && field.takes.is_some() == takes)
        };
        let (gives, swaps) = (any(true, false), any(true, true));
        match (gives, swaps || any(false, true)) {
            (true, false) => Turn::Give,
            (true, true) => Turn::Exchange,
            (false, _) if swaps => Turn::Move,
            (false, _) => Turn::Take,
        }
    }
}

/// One field that changes.
#[derive(Debug)]
pub struct DraftField {
    /// Such as `licenses/calling`.
    pub path: String,
    /// What happens to it.
    pub action: FieldAction,
    /// What can go wrong.
    pub risk: Risk,
    /// The value that the snapshot has.
    pub before: Shared,
    /// The value that it gets.
    pub after: Shared,
    /// What is lost for good.
    pub losses: Vec<String>,
    /// The code that an acknowledgement of the losses must name.
    pub loss: Option<Code>,
    /// A code whose acknowledgement may stand beside that of the losses.
    pub beside: Option<Code>,
    /// Why.
    pub reason: Reason,
    /// Licences that it gives back.
    pub gives: Vec<LicenseIx>,
    /// Licences that an uncovered loss would give back: they count as still held.
    pub withheld: Vec<LicenseIx>,
    /// The licence that it takes.
    pub takes: Option<LicenseIx>,
}

impl DraftField {
    /// A field without losses and units.
    pub fn new(
        path: impl Into<String>,
        action: FieldAction,
        risk: Risk,
        before: Shared,
        after: Shared,
    ) -> DraftField {
        DraftField {
            path: path.into(),
            action,
            risk,
            before,
            after,
            losses: Vec::new(),
            loss: None,
            beside: None,
            reason: Reason::default(),
            gives: Vec::new(),
            withheld: Vec::new(),
            takes: None,
        }
    }

    /// Every licence that it takes away, whether or not the unit is given back.
    pub fn lost(&self) -> impl Iterator<Item = LicenseIx> + '_ {
        self.gives.iter().chain(&self.withheld).copied()
    }

    /// Says why.
    pub fn because(mut self, reason: Reason) -> DraftField {
        self.reason = reason;
        self
    }

    /// Says what is lost for good, and which code acknowledges it.
    pub fn losing(mut self, code: Code, losses: Vec<String>) -> DraftField {
        self.loss = Some(code);
        self.losses = losses;
        self
    }
}

/// A request, with names in braces where ids come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the base URL.
    pub path: &'static str,
}

impl Request {
    /// A request.
    pub const fn new(method: &'static str, path: &'static str) -> Request {
        Request { method, path }
    }
}
