//! What changes of people: which requests carry it out, and when their turn comes.

use std::collections::BTreeMap;

use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk, Sends,
    Turn,
};
use crate::config::{Declared, model};
use crate::finding::VOICEMAIL_MESSAGES_LOSS;
use crate::kinds::identity::{self, PERSON};
use crate::kinds::{Context, calling, licenses};
use crate::licensing::{Holder, Identity, IdentityChange, LicenseChange, Part, UserIx};
use crate::snapshot;

/// Only people that something happens to, or that the configuration names, are looked at.
pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let facts = context.world.facts();
    let people = facts.people;
    let values = licenses::Values::new(&facts);
    let mut changes: BTreeMap<UserIx, Vec<&LicenseChange>> = BTreeMap::new();
    for change in &context.decisions.changes {
        if let Holder::User(user) = change.holder {
            changes.entry(user).or_default().push(change);
        }
    }
    for holder in context.decisions.identities.keys() {
        if let Holder::User(user) = holder {
            changes.entry(*user).or_default();
        }
    }
    for email in context.config.users.keys() {
        if let Some(user) = people.find(email) {
            changes.entry(user).or_default();
        }
    }
    for (user, changes) in changes {
        let person = Person {
            context,
            values: &values,
            user,
            email: people.email(user),
            observed: people.snapshot(user),
            declared: people.declared(user),
        };
        if people.deleted(user) {
            draft.changes.extend(person.deletion());
        } else if people.not_known(user) {
            draft.blocked += changes.len();
        } else if let Some(why) = people.kept(user) {
            person.say_kept(why, draft);
        } else if let Some(subscriber) = people.subscribed.keeps(user) {
            person.say_subscriber(subscriber, draft);
        } else if people.left_alone(user) {
            person.say_left_alone(draft);
        } else {
            person.change(&changes, draft);
        }
    }
}

/// Deals the licences of a person out to requests, by setting the stage of each. What follows from a change of groups is
/// removed when all is there that the change gives, in a separate request, since Webex may do one half of a request and
/// refuse the other. Another tier that is worse gives and takes, and so comes between.
fn stages(licences: Vec<(Part, DraftField)>) -> Vec<DraftField> {
    let exchanges = licences.iter().any(|(part, _)| part.grant);
    let (mut first, mut swaps, mut last) = (Vec::new(), Vec::new(), Vec::new());
    // What no request sends is in none of them.
    let (sent, held): (Vec<_>, Vec<_>) = licences.into_iter().partition(|(_, it)| it.is_sent());
    for (part, field) in sent {
        match (part.follows && exchanges, part.grant) {
            (false, _) => first.push(field),
            (true, true) => swaps.push(vec![field]),
            (true, false) => last.push(field),
        }
    }
    let stages = [first].into_iter().chain(swaps).chain([last]);
    let mut fields: Vec<DraftField> = held.into_iter().map(|(_, field)| field).collect();
    for (stage, of_stage) in stages.filter(|fields| !fields.is_empty()).enumerate() {
        fields.extend(
            of_stage
                .into_iter()
                .map(|field| DraftField { stage, ..field }),
        );
    }
    fields
}

pub struct Person<'a> {
    pub context: &'a Context<'a>,
    values: &'a licenses::Values,
    pub user: UserIx,
    pub email: &'a str,
    pub observed: Option<&'a snapshot::User>,
    pub declared: Option<&'a Declared<model::User>>,
}

/// Whether a person who has Webex Go cannot have this changed: the device goes first.
fn needs_no_webex_go(field: &DraftField) -> bool {
    let loses = field.path == "licenses/calling" && field.action == FieldAction::Remove;
    loses || field.path == "location"
}

impl Person<'_> {
    fn change(&self, changes: &[&LicenseChange], draft: &mut Draft) {
        let licences = changes
            .iter()
            .filter_map(|change| Some((change.part, self.license(change)?)));
        let mut fields = stages(licences.collect());
        let turn = Turn::of(&fields);
        let identities = &self.context.decisions.identities;
        let identity = identities.get(&Holder::User(self.user));
        let granted = identity.is_some_and(|identity| identity.fresh);
        let (mut licences, later) = license_requests(&fields, granted);
        let mut requests = Vec::new();
        if let Some(identity) = identity {
            self.identity_fields(identity, &mut fields, draft);
            let needs = identity::needs(self.context, identity);
            match granted {
                true => licences = licences.map(|request| request.after(needs)),
                false => requests.extend(identity::requests(
                    self.context,
                    self.observed,
                    identity,
                    needs,
                )),
            }
        }
        requests.splice(0..0, licences.into_iter().chain(later));
        let before = fields.len();
        self.profile(&mut fields, draft);
        self.keep_incomplete(&mut fields, before, draft);
        let action = match self.observed {
            None => ChangeAction::Create,
            Some(_) => ChangeAction::Update,
        };
        match action {
            ChangeAction::Create => requests.insert(0, Request::new("POST", "/people")),
            // Names and roles go with the number and the extension, where these are sent anyway.
            _ if fields.len() > before => match requests.last_mut() {
                Some(last) if last.path == PERSON => last.sends = Sends::Rest,
                _ => requests.push(Request::new("PUT", PERSON)),
            },
            _ => {}
        }
        if fields.is_empty() && action == ChangeAction::Update {
            return;
        }
        let depends_on = match fields.iter().any(needs_no_webex_go) {
            true => self.webex_go_first(),
            false => Vec::new(),
        };
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: self.email.to_owned(),
            action,
            fields,
            preimage: self.observed.map(essence),
            turn,
            depends_on,
            requests,
        });
    }

    /// The removal of the person's Webex Go device, if the plan removes one: it goes before Calling and before the person.
    pub fn webex_go_first(&self) -> Vec<Need> {
        let goes = self.context.world.facts().removes_webex_go(self.email);
        let device = goes.then(|| Need::Done(Address::new("webexGoDevice", self.email)));
        device.into_iter().collect()
    }

    fn identity_fields(
        &self,
        identity: &Identity,
        fields: &mut Vec<DraftField>,
        draft: &mut Draft,
    ) {
        for change in &identity.changes {
            let field = self.identity(identity, change);
            if change.path == "location" && !identity.fresh && field.loss.is_none() {
                calling::say_left(self.context, KIND.name, self.email, change, draft);
            }
            fields.push(field);
        }
    }

    fn license(&self, change: &LicenseChange) -> Option<DraftField> {
        let facts = self.context.world.facts();
        let field = licenses::field(&facts, self.values, change)?;
        let consent = self.context.acknowledgements;
        let losses = || self.calling_losses();
        Some(calling::losing(&facts, change, field, consent, losses))
    }

    fn identity(&self, identity: &Identity, change: &IdentityChange) -> DraftField {
        let mut field = calling::field(identity, change);
        let voicemail = self.observed.is_some_and(snapshot::User::voicemail_on);
        if change.path == "location" && !identity.fresh && voicemail {
            field.risk = Risk::Irreversible;
            let mut losses = vec!["stored voice messages".to_owned()];
            losses.extend(calling::memberships(self.context, KIND.name, self.email));
            field = field.losing(VOICEMAIL_MESSAGES_LOSS, losses);
        }
        field
    }
}

/// The request that deals with licences first, and those of the later stages.
fn license_requests(fields: &[DraftField], granted: bool) -> (Option<Request>, Vec<Request>) {
    let licences = fields.iter().any(DraftField::is_sent).then(|| {
        let request = Request::new("PATCH", "/licenses/users").in_parts();
        request.sending(match granted {
            true => &["licenses/", "location", "phoneNumber", "extension"],
            false => &["licenses/"],
        })
    });
    let mut stages = fields.chunk_by(|a, b| a.stage == b.stage);
    let first = stages.next().map(Turn::of);
    let later: Vec<Request> = stages
        .map(|fields| {
            let stage = fields.first().map_or(0, |field| field.stage);
            let request = Request::new("PATCH", "/licenses/users").staged(stage);
            request.turn(Turn::of(fields))
        })
        .collect();
    match (first, later.is_empty()) {
        // Others may need the units that it gives back afterwards.
        (Some(first), false) => {
            let turn = first.min(Turn::Exchange);
            (licences.map(|request| request.turn(turn)), later)
        }
        _ => (licences, later),
    }
}
