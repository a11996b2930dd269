//! What changes of subscribers.
//!
//! A subscriber is compared with the one of its BroadWorks user id. Nothing is planned for one whose state takes no change,
//! and for nobody of an enterprise whose organisation does not exist yet, but for the first.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::again::Again;
use super::fields::FIELDS;
use super::remarks::nothing_left;
use super::removal::{Person, SUBSCRIBER, address, removal};
use super::states::{self, State};
use super::{KIND, all, essence};
use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, FieldAction, Request, Risk, Turn, nothing, text,
};
use crate::config::model;
use crate::config::{Declared, Spot};
use crate::finding::*;
use crate::kinds::broadworks::attach;
use crate::kinds::broadworks::{Customers, detach, is_wanted, not_captured, other_case};
use crate::kinds::field::Compared;
use crate::kinds::{Context, no_longer};
use crate::licensing::catalogue::Service;
use crate::licensing::{ChangeState, Holder, Inventory, Reason, UserIx};
use crate::snapshot::broadworks::Subscriber;

pub(super) type DeclaredSubscriber = Declared<model::Subscriber>;

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let declared = &context.config.subscribers;
    let Some(customers) = Customers::new(context.config, context.snapshot) else {
        return not_captured(context, draft, KIND.section, declared.values());
    };
    let mut subscribers = Subscribers {
        context,
        holders: by_address(context),
        callers: callers(context),
        inventory: context.world.inventory(),
        going: BTreeSet::new(),
        closed: detach::closed(context, &customers),
        customers,
        waiting: BTreeMap::new(),
        split: Vec::new(),
    };
    subscribers.removals(draft);
    for (user_id, entry) in declared.iter().filter(|(_, entry)| is_wanted(&entry.value)) {
        subscribers.one(user_id, entry, draft);
    }
    subscribers.say_waiting(draft);
    subscribers.say_split(draft);
}

/// People who are to have Webex Calling after this plan, as far as it is asked for.
fn callers(context: &Context<'_>) -> FxHashSet<UserIx> {
    let changes = context.decisions.changes.iter();
    let calling = changes.filter(|change| {
        change.slot.service == Service::Calling
            && matches!(change.state, ChangeState::Settled(Some(_)))
    });
    let people = calling.filter_map(|change| match change.holder {
        Holder::User(user) => Some(user),
        Holder::Workspace(_) => None,
    });
    people.collect()
}

/// Observed subscribers by address.
fn by_address<'a>(context: &Context<'a>) -> FxHashMap<&'a str, Vec<&'a Subscriber>> {
    let mut holders: FxHashMap<&str, Vec<&Subscriber>> = FxHashMap::default();
    for seen in all(context.snapshot) {
        if let Some(email) = seen.email.as_deref() {
            holders.entry(email).or_default().push(seen);
        }
    }
    holders
}

pub(super) struct Subscribers<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) customers: Customers<'a>,
    /// Observed subscribers by address: at most one, but for failures of Webex.
    pub(super) holders: FxHashMap<&'a str, Vec<&'a Subscriber>>,
    /// People whom this plan gives Webex Calling, or leaves it.
    callers: FxHashSet<UserIx>,
    /// The numbers of Webex Calling, before the plan.
    pub(super) inventory: Inventory<'a>,
    /// User ids that this plan removes.
    pub(super) going: BTreeSet<&'a str>,
    /// Enterprises that are detached, and whose subscribers it is not the turn of.
    pub(super) closed: BTreeSet<&'a str>,
    /// By enterprise: who waits for its first, and where the first of them is declared.
    pub(super) waiting: BTreeMap<&'a str, (Vec<&'a str>, Spot)>,
    /// Where the package or the user id changes.
    pub(super) split: Vec<Spot>,
}

impl<'a> Subscribers<'a> {
    /// Those who are to go: `state: absent`, or in the base and no longer in the files.
    fn removals(&mut self, draft: &mut Draft) {
        let declared = &self.context.config.subscribers;
        for (user_id, entry) in declared {
            let state = entry.value.state.as_ref();
            if let Some(state) = state.filter(|_| !is_wanted(&entry.value)) {
                let reason = Reason {
                    spot: Some(entry.spot(state)),
                    because: vec![format!("{}/{user_id} state", KIND.section)],
                };
                self.remove(user_id, reason, draft);
            }
        }
        self.detached(draft);
        for user_id in self.context.config.subscribers_gone(self.context.base) {
            self.remove(user_id, no_longer(KIND.section, user_id), draft);
        }
    }

    /// Those who go because their enterprise is detached, if it is their turn.
    fn detached(&mut self, draft: &mut Draft) {
        for (home, entry) in &self.context.config.enterprises {
            let Some(block) = entry
                .value
                .detach
                .as_ref()
                .filter(|_| !self.closed.contains(home.as_str()))
            else {
                continue;
            };
            let members: Vec<&Subscriber> = self.customers.members(home).to_vec();
            for seen in members.into_iter().filter(|it| !detach::is_pending(it)) {
                let reason = Reason {
                    spot: Some(entry.spot(block)),
                    because: vec![format!("broadworks.enterprises/{home} detach")],
                };
                self.remove(&seen.user_id, reason, draft);
            }
        }
    }

    fn remove(&mut self, user_id: &str, reason: Reason, draft: &mut Draft) {
        match *self.customers.subscribers(user_id) {
            [] => _ = self.has_other_case(user_id, user_id, reason.spot, draft),
            [seen] if self.going.contains(seen.user_id.as_str()) => {}
            // The stages of a detach come one after another, whatever else asks for it.
            [seen] if self.closed.contains(seen.enterprise.as_str()) => draft.blocked += 1,
            [seen] => {
                self.going.insert(&seen.user_id);
                draft
                    .changes
                    .push(removal(seen, reason, self.person(seen), None));
            }
            ref several => self.ambiguous(user_id, several.len(), draft),
        }
    }

    /// What becomes of the person whose subscription is removed.
    fn person(&self, seen: &Subscriber) -> Person {
        let people = self.context.world.facts().people;
        let user = seen.email.as_deref().and_then(|email| people.find(email));
        match user.is_some_and(|user| people.deleted(user)) {
            true => Person::Goes,
            false => Person::Stays,
        }
    }

    /// Whether Webex has an id in upper and lower case that the files write in another case.
    fn has_other_case(
        &self,
        user_id: &str,
        id: &str,
        spot: Option<Spot>,
        draft: &mut Draft,
    ) -> bool {
        let Some(other) = self.customers.other_spelling(id) else {
            return false;
        };
        draft.blocked += 1;
        let place = spot.map(|spot| self.context.config.place(spot));
        let finding = other_case(other, id).about(address(user_id));
        draft.findings.push(finding.at_opt(place));
        true
    }

    /// A subscriber that the files want to be there.
    fn one(&mut self, user_id: &'a str, entry: &'a DeclaredSubscriber, draft: &mut Draft) {
        let home = &entry.value.enterprise;
        if self.has_other_case(user_id, user_id, Some(entry.key), draft)
            || self.has_other_case(user_id, &home.value, Some(entry.spot(home)), draft)
            || self.calls_otherwise(user_id, entry, draft)
            || self.is_taken(user_id, entry, draft)
        {
            return;
        }
        match *self.customers.subscribers(user_id) {
            [] => self.creation(user_id, entry, draft),
            [seen] => self.compare(user_id, entry, seen, draft),
            ref several => self.ambiguous(user_id, several.len(), draft),
        }
    }

    /// Whether the person has Webex Calling, or is to have it (BWKS-140).
    fn calls_otherwise(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        draft: &mut Draft,
    ) -> bool {
        let facts = self.context.world.facts();
        let email = entry.value.email.as_ref();
        let Some((email, user)) = email.and_then(|at| Some((at, facts.people.find(&at.value)?)))
        else {
            return false;
        };
        // Of a subscriber who is there, nothing is decided that could be asked.
        let said = facts.people.declared(user);
        let said = said.and_then(|it| it.value.licenses.as_ref());
        let sets = said.map(|it| [&it.add, &it.only]).into_iter().flatten();
        let said = sets.flatten().any(|set| set.value.calling.is_some());
        let asked = said || self.callers.contains(&user);
        let message = match (facts.may_call(Holder::User(user)), asked) {
            (false, false) => return false,
            (true, _) => format!(
                "{} has Webex Calling; a person cannot have both Webex Calling and Webex for BroadWorks",
                email.value
            ),
            (false, true) => format!(
                "{} is to get Webex Calling; a person cannot have both Webex Calling and Webex for BroadWorks",
                email.value
            ),
        };
        let finding = Finding::error(CALLING_PLATFORM_CONFLICT, message)
            .help("remove Webex Calling from the person, or remove the subscriber");
        self.say(draft, finding, user_id, entry.spot(email));
        true
    }

    pub(super) fn say(&self, draft: &mut Draft, finding: Finding, user_id: &str, spot: Spot) {
        draft.blocked += 1;
        let place = self.context.config.place(spot);
        draft
            .findings
            .push(finding.about(address(user_id)).at(place));
    }

    /// One that Webex has.
    fn compare(
        &mut self,
        user_id: &'a str,
        entry: &'a DeclaredSubscriber,
        seen: &'a Subscriber,
        draft: &mut Draft,
    ) {
        let attaching = attach::attaching(self.context, &seen.enterprise);
        if let Some(attaching) = attaching.filter(|_| states::is_for_want_of_approval(seen)) {
            draft
                .findings
                .push(attaching.refused().about(address(user_id)));
        } else if let Some(finding) = states::said(seen, &self.context.snapshot.captured_at) {
            let place = self.context.config.place(entry.key);
            draft
                .findings
                .push(finding.about(address(user_id)).at(place));
        }
        match self.replacement(user_id, entry, seen, draft) {
            Again::Not => {}
            Again::Removed(change) => return draft.changes.push(*change),
            Again::Refused => return,
        }
        self.say_address(user_id, entry, seen, draft);
        let compared = compared(user_id, entry, Some(seen));
        let alone = |path: &str| ["enterprise", "email"].contains(&path);
        let rows = FIELDS.iter().filter(|row| !alone(row.field.path));
        let mut fields: Vec<DraftField> =
            rows.filter_map(|row| compared.field(row, false)).collect();
        let package = self.package(&compared, seen, draft);
        if fields.is_empty() && package.is_none() {
            return;
        }
        // Webex refuses a change of what it is working on, or waits for.
        let state = State::of(seen);
        if !state.takes_changes() {
            fields.extend(package);
            draft.blocked += fields.len();
            // Webex takes minutes, a person may take for ever.
            if state == State::Person {
                let place = self.context.config.place(entry.key);
                let waits = waiting(&fields).about(address(user_id));
                draft.findings.push(waits.at(place));
            }
            return;
        }
        if !keeps_one(entry, seen) {
            draft.blocked += fields.len().saturating_sub(1);
            return self.say(draft, nothing_left(), user_id, entry.key);
        }
        if let Some(field) = package {
            self.say_package(user_id, entry, seen, draft);
            fields.push(field);
        }
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: user_id.to_owned(),
            action: ChangeAction::Update,
            preimage: Some(essence(seen)),
            turn: Turn::of(&fields),
            fields,
            depends_on: Vec::new(),
            requests: vec![Request::new("PUT", SUBSCRIBER)],
        });
    }
}

pub(super) fn compared<'a>(
    key: &'a str,
    declared: &'a DeclaredSubscriber,
    seen: Option<&'a Subscriber>,
) -> Compared<'a, model::Subscriber, Subscriber> {
    Compared {
        section: KIND.section,
        key,
        declared,
        seen,
    }
}

pub(super) fn add(path: &str, value: &str) -> DraftField {
    DraftField::new(
        path,
        FieldAction::Add,
        Risk::Additive,
        nothing(),
        text(value),
    )
}

/// What waits until the person has done something.
fn waiting(fields: &[DraftField]) -> Finding {
    let paths: Vec<String> = fields.iter().map(|it| it.path.to_string()).collect();
    let message = format!(
        "until it is provisioned, nothing of it is changed; what differs: {}",
        paths.join(", ")
    );
    Finding::hold(BROADWORKS_PROVISIONING, message)
        .help("take a new snapshot when it is provisioned, and plan again")
}

/// Whether a number or an extension is left.
fn keeps_one(entry: &DeclaredSubscriber, seen: &Subscriber) -> bool {
    let model::Subscriber {
        primary_phone_number,
        extension,
        ..
    } = &entry.value;
    let both = [
        (primary_phone_number, seen.primary_phone_number.as_deref()),
        (extension, seen.extension.as_deref()),
    ];
    both.into_iter().any(|(ours, theirs)| {
        let after = ours.as_ref().map(|at| at.value.as_str()).or(theirs);
        after.is_some_and(|text| !text.trim().is_empty())
    })
}
