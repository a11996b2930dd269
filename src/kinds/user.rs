//! People: creation, licences, Calling identity, names, roles, deletion.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Context, Kind, licenses, loses_or_changes};
use crate::config::yaml::At;
use crate::config::{Declared, model};
use crate::finding::{
    CALLING_LOSS, DIRECTORY_OWNED_FIELD, Finding, USER_DELETION, VOICEMAIL_MESSAGES_LOSS,
};
use crate::licensing::catalogue::Service;
use crate::licensing::{Ask, Consent, Holder, IdentityChange, Reason, UserIx};
use crate::plan::{
    ChangeAction, Draft, DraftChange, DraftField, FieldAction, Request, Risk, Turn, text_or_null,
};
use crate::snapshot;

/// People.
pub const KIND: Kind = Kind {
    name: "user",
    plan,
    observed: |snapshot| snapshot.users().len(),
    considered: |_, snapshot| snapshot.users().len(),
    considers: |_, snapshot, key| {
        snapshot
            .users()
            .binary_search_by(|user| user.email.as_str().cmp(key))
            .is_ok()
    },
    counts_as_update: loses_or_changes,
};

/// Only people that something happens to, or that the configuration names, are looked at.
fn plan(context: &Context<'_>, draft: &mut Draft) {
    let facts = context.world.facts();
    let people = facts.people;
    let mut asks: BTreeMap<UserIx, Vec<&Ask>> = BTreeMap::new();
    for ask in &context.decisions.asks {
        if let Holder::User(user) = ask.holder {
            asks.entry(user).or_default().push(ask);
        }
    }
    for user in context.decisions.identities.keys() {
        asks.entry(*user).or_default();
    }
    for email in context.config.users.keys() {
        if let Some(user) = people.find(email) {
            asks.entry(user).or_default();
        }
    }
    for (user, asks) in asks {
        let person = Person {
            context,
            user,
            email: people.email(user),
            observed: people.snapshot(user),
            declared: people.declared(user),
        };
        if people.deleted(user) {
            draft.changes.extend(person.deletion());
        } else {
            person.change(&asks, draft);
        }
    }
}

struct Person<'a> {
    context: &'a Context<'a>,
    user: UserIx,
    email: &'a str,
    observed: Option<&'a snapshot::User>,
    declared: Option<&'a Declared<model::User>>,
}

impl Person<'_> {
    fn change(&self, asks: &[&Ask], draft: &mut Draft) {
        let mut fields: Vec<DraftField> = asks.iter().filter_map(|ask| self.license(ask)).collect();
        let takes = fields.iter().any(|field| field.takes.is_some());
        let swaps = fields
            .iter()
            .any(|field| field.takes.is_some() && !field.gives.is_empty());
        let gives = fields
            .iter()
            .any(|field| field.takes.is_none() && !field.gives.is_empty());
        let mut requests = Vec::new();
        if !fields.is_empty() {
            requests.push(Request::new("PATCH", "/licenses/users"));
        }
        let mut depends_on = Vec::new();
        let mut early = Vec::new();
        if let Some(identity) = self.context.decisions.identities.get(&self.user) {
            for change in &identity.changes {
                fields.push(self.identity(change, identity.granted));
                if change.path == "phoneNumber" {
                    depends_on.extend(change.after.iter().map(|number| format!("number/{number}")));
                }
            }
            depends_on.extend(
                identity
                    .after
                    .iter()
                    .map(|&user| format!("user/{}", self.context.world.facts().people.email(user))),
            );
            if identity.steps_aside {
                early.push(Request::new("PUT", "/people/{personId}"));
            }
            let relocates = identity
                .changes
                .iter()
                .any(|change| change.path == "location");
            if !identity.granted && !identity.changes.is_empty() {
                requests.push(match relocates {
                    true => Request::new("POST", "/telephony/config/jobs/person/moveLocation"),
                    false => Request::new("PUT", "/people/{personId}"),
                });
            }
        }
        let before = fields.len();
        self.profile(&mut fields, draft);
        let create = self.observed.is_none();
        let put = Request::new("PUT", "/people/{personId}");
        match create {
            true => requests.insert(0, Request::new("POST", "/people")),
            false if fields.len() > before && !requests.contains(&put) => requests.push(put),
            false => {}
        }
        if fields.is_empty() && !create {
            return;
        }
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: self.email.to_owned(),
            action: if create {
                ChangeAction::Create
            } else {
                ChangeAction::Update
            },
            fields,
            preimage: self.preimage(),
            turn: match (gives, takes, swaps) {
                (true, false, _) => Turn::Give,
                (true, true, _) => Turn::Exchange,
                (false, _, true) => Turn::Move,
                (false, _, false) => Turn::Take,
            },
            depends_on,
            early,
            requests,
        });
    }

    fn preimage(&self) -> Option<Vec<u8>> {
        self.observed.and_then(|user| serde_json::to_vec(user).ok())
    }

    fn license(&self, ask: &Ask) -> Option<DraftField> {
        let facts = self.context.world.facts();
        let mut field = licenses::field(&facts, ask)?;
        if ask.slot.service == Service::Calling && field.action == FieldAction::Remove {
            field.risk = Risk::Irreversible;
            field = field.losing(CALLING_LOSS, self.calling_losses());
            if !self.context.acknowledgements.calling_loss(self.email) {
                field.withheld = std::mem::take(&mut field.gives);
            }
        }
        Some(field)
    }

    fn identity(&self, change: &IdentityChange, granted: bool) -> DraftField {
        let before = if granted {
            Value::Null
        } else {
            text_or_null(change.before.as_deref())
        };
        let after = text_or_null(change.after.as_deref());
        let (action, risk) = match (&before, &after) {
            _ if granted => (FieldAction::Add, Risk::Additive),
            (Value::Null, _) => (FieldAction::Add, Risk::Disruptive),
            (_, Value::Null) => (FieldAction::Remove, Risk::Disruptive),
            _ => (FieldAction::Change, Risk::Disruptive),
        };
        let mut field = DraftField::new(change.path, action, risk, before, after)
            .because(change.reason.clone());
        let voicemail = self.observed.is_some_and(snapshot::User::voicemail_on);
        if change.path == "location" && !granted && voicemail {
            field.risk = Risk::Irreversible;
            field = field.losing(
                VOICEMAIL_MESSAGES_LOSS,
                vec!["stored voice messages".to_owned()],
            );
        }
        field
    }

    /// Name and roles. What a directory owns is an error where it differs.
    fn profile(&self, fields: &mut Vec<DraftField>, draft: &mut Draft) {
        let Some(declared) = self.declared else {
            return;
        };
        let directory =
            self.observed.is_some() && self.context.world.facts().people.from_directory(self.user);
        if let Some(name) = &declared.value.display_name {
            let before = self.observed.and_then(|user| user.display_name.as_deref());
            if before != Some(name.value.as_str()) {
                if directory {
                    self.owned_by_directory("displayName", declared, name, draft);
                } else {
                    let (action, risk) = match before {
                        None => (FieldAction::Add, Risk::Additive),
                        Some(_) => (FieldAction::Change, Risk::Reversible),
                    };
                    let value = Value::from(name.value.as_str());
                    let field =
                        DraftField::new("displayName", action, risk, text_or_null(before), value);
                    fields.push(field.because(self.reason(declared, name, "displayName")));
                }
            }
        }
        if let Some(state) = declared
            .value
            .state
            .as_ref()
            .filter(|_| directory && declared.value.is_absent())
        {
            self.owned_by_directory("state", declared, state, draft);
        }
        if let Some(roles) = &declared.value.roles {
            let mut after: Vec<&str> = roles.value.iter().map(|role| role.value.as_str()).collect();
            let mut before: Vec<&str> = self
                .observed
                .iter()
                .flat_map(|user| &user.roles)
                .map(|role| &**role)
                .collect();
            after.sort_unstable();
            before.sort_unstable();
            if before != after {
                let (action, risk) = match self.observed {
                    None => (FieldAction::Add, Risk::Additive),
                    Some(_) => (FieldAction::Change, Risk::Reversible),
                };
                let value = if self.observed.is_none() {
                    Value::Null
                } else {
                    json!(before)
                };
                let field = DraftField::new("roles", action, risk, value, json!(after));
                fields.push(field.because(self.reason(declared, roles, "roles")));
            }
        }
    }

    fn reason<T>(&self, declared: &Declared<model::User>, at: &At<T>, field: &str) -> Reason {
        Reason {
            spot: Some(declared.spot(at)),
            because: vec![format!("users/{} {field}", self.email)],
        }
    }

    fn owned_by_directory<T>(
        &self,
        field: &str,
        declared: &Declared<model::User>,
        at: &At<T>,
        draft: &mut Draft,
    ) {
        draft.blocked += 1;
        draft.findings.push(
            Finding::error(
                DIRECTORY_OWNED_FIELD,
                format!("`{field}` of this person belongs to the directory"),
            )
            .about(format!("user/{}", self.email))
            .help("change it in the directory, and leave it out here")
            .at(self.context.config.place(declared.spot(at))),
        );
    }

    fn deletion(&self) -> Option<DraftChange> {
        let observed = self.observed?;
        let facts = self.context.world.facts();
        let mut losses = Vec::new();
        let calling = facts.holds_calling(observed);
        if calling {
            losses.extend(self.calling_losses());
        }
        let held: Vec<u32> = licenses::held(facts.catalogue, &observed.licenses)
            .filter(|&license| !facts.catalogue.kind(license).implicit)
            .collect();
        losses.extend(held.iter().map(|&license| {
            format!(
                "licence {}",
                facts.snapshot.licenses()[license as usize].name
            )
        }));
        losses.push(match &observed.display_name {
            Some(name) => format!("the account of {name}"),
            None => "the account".to_owned(),
        });
        let declared = self.declared?;
        let reason = declared
            .value
            .state
            .as_ref()
            .map(|state| self.reason(declared, state, "state: absent"));
        let before = Value::from("present");
        let mut field = DraftField::new(
            "state",
            FieldAction::Remove,
            Risk::Irreversible,
            before,
            Value::Null,
        )
        .because(reason.unwrap_or_default())
        .losing(USER_DELETION, losses);
        // The deletion covers the loss of Calling that comes with it; an entry for that may stand beside it.
        field.beside = calling.then_some(CALLING_LOSS);
        match self.context.acknowledgements.deletion(self.email) {
            true => field.gives = held,
            false => field.withheld = held,
        }
        Some(DraftChange {
            kind: KIND.name,
            key: self.email.to_owned(),
            action: ChangeAction::Delete,
            fields: vec![field],
            preimage: self.preimage(),
            turn: Turn::Give,
            depends_on: Vec::new(),
            early: Vec::new(),
            requests: vec![Request::new("DELETE", "/people/{personId}")],
        })
    }

    /// What goes for ever with Calling: the facts of this person.
    fn calling_losses(&self) -> Vec<String> {
        let Some(user) = self.observed else {
            return Vec::new();
        };
        let mut losses = Vec::new();
        losses.extend(
            user.phone_number
                .as_ref()
                .map(|number| format!("number {number}")),
        );
        losses.extend(
            user.extension
                .as_ref()
                .map(|extension| format!("extension {extension}")),
        );
        if user.voicemail_on() {
            losses.push("voicemail settings".to_owned());
        }
        losses.push("calling services".to_owned());
        let mine = |device: &&snapshot::Device| {
            device
                .owner
                .as_ref()
                .is_some_and(|owner| owner.kind == "user" && owner.key == user.email)
        };
        for device in self.context.snapshot.devices().iter().filter(mine) {
            let name = device
                .product
                .as_deref()
                .or(device.name.as_deref())
                .unwrap_or(&device.id);
            losses.push(format!("device {name}"));
        }
        losses
    }
}
