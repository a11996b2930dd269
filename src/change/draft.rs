//! What kinds hand to the planner: changes that still have their reasons, losses and units apart.

use serde_json::{Value, json};

use super::names::{Address, Path};
use super::value::Shared;
use super::words::{ChangeAction, FieldAction, Risk};
use crate::finding::{Code, Finding};
use crate::licensing::catalogue::{LicenseIx, Tier};
use crate::licensing::{Facts, Reason};
use crate::snapshot::Essence;

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
    /// The object as the snapshot has it.
    pub preimage: Option<Essence>,
    /// When its turn comes.
    pub turn: Turn,
    /// What must be done before any of its requests but the early ones.
    pub depends_on: Vec<Need>,
    /// The requests that carry it out, in order.
    pub requests: Vec<Request>,
}

/// Something that must be done before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The whole change with this address.
    Done(Address),
    /// The early requests of the change with this address; of a creation without any, the whole of it.
    Begun(Address),
}

impl DraftChange {
    /// `<kind>/<key>`.
    pub fn address(&self) -> Address {
        Address::new(self.kind, &self.key)
    }
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

/// When the turn of a change or a request comes; among equals, in order of address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It makes what all others may build on.
    First,
    /// It only gives back, or makes what others need.
    Give,
    /// It moves or changes licences: these were promised their units before any grant.
    Move,
    /// It gives back or moves some units, and takes others.
    Exchange,
    /// It takes units, or none at all.
    Take,
    /// It leaves a person without something for a moment, which should be short.
    Aside,
    /// It is sent together with others like it, once all of them are ready.
    Together,
    /// It frees what others may still depend on, such as a main number.
    Last,
    /// It follows what its members' changes do.
    Follow,
}

impl Turn {
    /// The turn of a change with these licence fields.
    pub fn of(fields: &[DraftField]) -> Turn {
        let takes = |field: &&DraftField| field.takes.is_some();
        let gives = |field: &&DraftField| !field.gives.is_empty();
        let any = |test: &dyn Fn(&&DraftField) -> bool| fields.iter().any(|field| test(&field));
        let only_gives = any(&|field| gives(field) && !takes(field));
        let only_takes = any(&|field| takes(field) && !gives(field));
        let swaps = any(&|field| takes(field) && gives(field));
        match (only_gives, swaps, only_takes) {
            (true, false, false) => Turn::Give,
            (false, true, false) => Turn::Move,
            (false, false, _) => Turn::Take,
            _ => Turn::Exchange,
        }
    }
}

/// How many people are deleted along with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// This many.
    Count(u64),
    /// Nobody knows how many.
    Unknown,
}

impl People {
    /// How many, if anybody knows.
    pub fn known(self) -> Option<u64> {
        match self {
            People::Count(count) => Some(count),
            People::Unknown => None,
        }
    }
}

/// One field that changes.
#[derive(Debug)]
pub struct DraftField {
    /// Such as `licenses/calling`.
    pub path: Path,
    /// What happens to it.
    pub action: FieldAction,
    /// What can go wrong.
    pub risk: Risk,
    /// The value that the snapshot has.
    pub before: Shared,
    /// The value that it gets.
    pub after: Shared,
    /// What is permanently lost.
    pub losses: Vec<String>,
    /// Objects that are lost with it, without a change of their own.
    pub along: Vec<Address>,
    /// The code that an acknowledgement of the losses must name.
    pub loss: Option<Code>,
    /// A code whose acknowledgement may accompany that of the losses.
    pub beside: Option<Code>,
    /// Why.
    pub reason: Reason,
    /// Licences that it gives back.
    pub gives: Vec<LicenseIx>,
    /// Licences that an uncovered or held loss would give back: they count as still held.
    pub withheld: Vec<LicenseIx>,
    /// The licence that it takes.
    pub takes: Option<LicenseIx>,
    /// When the decisions gave it that licence, counted from 1: an order in which there is a unit for each.
    pub seated: u32,
    /// The hold that leaves it to a person: no request sends it.
    pub held: Option<Code>,
    /// People who are deleted with it.
    pub people: Option<People>,
    /// In which of the later requests it goes, which are sent when all before them is done; 0 for the first.
    pub stage: usize,
}

impl DraftField {
    /// A field without losses and units.
    pub fn new(
        path: impl Into<Path>,
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
            along: Vec::new(),
            loss: None,
            beside: None,
            reason: Reason::default(),
            gives: Vec::new(),
            withheld: Vec::new(),
            takes: None,
            seated: 0,
            held: None,
            people: None,
            stage: 0,
        }
    }

    /// Whether a request sends it.
    pub fn is_sent(&self) -> bool {
        self.held.is_none()
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

    /// Says what is permanently lost, and which code acknowledges it.
    pub fn losing(mut self, code: Code, losses: Vec<String>) -> DraftField {
        self.loss = Some(code);
        self.losses = losses;
        self
    }

    /// Says which objects are lost with it.
    pub fn taking_along(mut self, objects: Vec<Address>) -> DraftField {
        self.along = objects;
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
    /// Which fields of its change it sends.
    pub sends: Sends,
    /// Fields whose values it takes away for a moment; a later request sends them.
    pub without: &'static [&'static str],
    /// Whether it comes before what the change waits for, and others may wait only for it.
    pub early: bool,
    /// Whether what gives back may go ahead of the rest, in a separate request.
    pub divisible: bool,
    /// What must be done before, in addition to what the change waits for.
    pub after: Vec<Need>,
    /// When its turn comes, if not with the change.
    pub turn: Option<Turn>,
    /// With whom it may be sent: equal words share one request, up to this number.
    pub shared: Option<(String, usize)>,
}

/// The fields of its change that a request sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// All that no other request of the change sends.
    Rest,
    /// Those with these paths; one that ends in `/` includes all below it.
    Named(&'static [&'static str]),
    /// This many of those that no other request names, in order of path.
    Next(usize),
    /// Those of this later stage.
    Stage(usize),
}

impl Request {
    /// A request that sends whatever no other of its change does.
    pub const fn new(method: &'static str, path: &'static str) -> Request {
        Request {
            method,
            path,
            sends: Sends::Rest,
            without: &[],
            early: false,
            divisible: false,
            after: Vec::new(),
            turn: None,
            shared: None,
        }
    }

    /// Sends the fields with these paths; one that ends in `/` includes all below it.
    pub fn sending(mut self, paths: &'static [&'static str]) -> Request {
        self.sends = Sends::Named(paths);
        self
    }

    /// Sends this many of the fields that no other request names, in order of path.
    pub fn sending_next(mut self, fields: usize) -> Request {
        self.sends = Sends::Next(fields);
        self
    }

    /// Sends the fields of a later stage.
    pub fn staged(mut self, stage: usize) -> Request {
        self.sends = Sends::Stage(stage);
        self
    }

    /// Takes away the values of these fields for a moment.
    pub fn without(mut self, paths: &'static [&'static str]) -> Request {
        self.without = paths;
        self.turn = Some(Turn::Aside);
        self
    }

    /// Comes before what the change waits for; others may wait only for it ([`Need::Begun`]).
    pub fn early(mut self) -> Request {
        self.early = true;
        self.turn = self.turn.or(Some(Turn::First));
        self
    }

    /// What gives back may go ahead of the rest, in a separate request.
    pub fn in_parts(mut self) -> Request {
        self.divisible = true;
        self
    }

    /// Waits for these, too.
    pub fn after(mut self, needs: impl IntoIterator<Item = Need>) -> Request {
        self.after.extend(needs);
        self
    }

    /// Has a separate turn.
    pub fn turn(mut self, turn: Turn) -> Request {
        self.turn = Some(turn);
        self
    }

    /// Is sent together with others of the same words, up to this number.
    pub fn shared(mut self, with: impl Into<String>, most: usize) -> Request {
        self.shared = Some((with.into(), most));
        self
    }
}
