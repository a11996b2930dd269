//! People: creation, licences, Calling identity, names, roles, deletion.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::{Context, Kind, all_keys, licenses, loses_or_changes};
use crate::config::yaml::At;
use crate::config::{Config, Declared, model};
use crate::finding::{
    CALLING_LOSS, DIRECTORY_OWNED_FIELD, Finding, USER_DELETION, VOICEMAIL_MESSAGES_LOSS,
};
use crate::licensing::catalogue::Service;
use crate::licensing::{Ask, Consent, Holder, IdentityChange, Reason, UserIx};
use crate::plan::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Request, Risk, Turn, nothing,
    preimage, text, text_or_nothing,
};
use crate::snapshot;

/// People.
pub const KIND: Kind = Kind {
    name: "user",
    section: "users",
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
    keys,
    facts,
    holder: |context, key| {
        let people = context.world.facts().people;
        people.find(key).map(Holder::User)
    },
    // People come from the snapshot; a file has only what differs for them.
    import: |_, _| {},
};

/// People of the snapshot, of `users`, and of the members of groups.
fn keys(config: &Config, snapshot: &snapshot::Snapshot) -> Vec<String> {
    let observed = snapshot.users().iter().map(|user| &user.email);
    let mut keys = all_keys(config.users.keys(), observed);
    let members = config.groups.values();
    let members = members.flat_map(|group| group.value.members.iter().flat_map(|list| &list.value));
    keys.extend(members.map(|member| member.value.to_lowercase()));
    keys
}

/// What the snapshot says of the person, in the order in which one asks.
fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let people = context.world.facts().people;
    let user = people.find(key);
    let observed = user.and_then(|user| people.snapshot(user));
    let declared = user.and_then(|user| people.declared(user));
    let text =
        |of: fn(&snapshot::User) -> &Option<String>| observed.and_then(|user| of(user).clone());
    let name = text(|user| &user.display_name);
    let given = declared.and_then(|declared| declared.value.display_name.as_ref());
    let status = match (observed, user) {
        (Some(user), _) => user.status.clone(),
        (None, Some(_)) => Some("created by this plan".to_owned()),
        (None, None) => Some("not in the organisation".to_owned()),
    };
    let source = match user {
        Some(user) if people.from_directory(user) => "directory",
        _ => "webex",
    };
    let mut facts = vec![Fact::new(
        "displayName",
        "name",
        name.or(given.map(|at| at.value.clone())),
    )];
    facts.extend(status.map(|status| Fact::new("status", "status", status)));
    if user.is_none() {
        return facts;
    }
    facts.push(Fact::new("source", "source", source));
    facts.push(Fact::new(
        "location",
        "location",
        text(|user| &user.location),
    ));
    facts.push(Fact::new(
        "phoneNumber",
        "number",
        text(|user| &user.phone_number),
    ));
    facts.push(Fact::new(
        "extension",
        "extension",
        text(|user| &user.extension),
    ));
    facts.push(Fact::new(
        "workPhone",
        "work phone",
        text(|user| &user.work_phone),
    ));
    let roles: Vec<String> = observed
        .iter()
        .flat_map(|user| &user.roles)
        .map(|role| role.to_string())
        .collect();
    if !roles.is_empty() {
        facts.push(Fact::new("roles", "roles", roles));
    }
    let sites: Vec<String> = observed
        .iter()
        .flat_map(|user| &user.site_admin)
        .map(|site| site.to_string())
        .collect();
    if !sites.is_empty() {
        facts.push(Fact::new("siteAdmin", "site admin", sites));
    }
    facts
}

/// Only people that something happens to, or that the configuration names, are looked at.
fn plan(context: &Context<'_>, draft: &mut Draft) {
    let facts = context.world.facts();
    let people = facts.people;
    let values = licenses::Values::new(&facts);
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
            values: &values,
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
    values: &'a licenses::Values,
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
        let mut after_early = Vec::new();
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
            let emails = identity
                .after_step
                .iter()
                .map(|&user| self.context.world.facts().people.email(user));
            after_early.extend(emails.map(|email| format!("user/{email}")));
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
            after_early,
            early,
            requests,
        });
    }

    fn preimage(&self) -> Option<String> {
        self.observed.and_then(preimage)
    }

    fn license(&self, ask: &Ask) -> Option<DraftField> {
        let facts = self.context.world.facts();
        let mut field = licenses::field(&facts, self.values, ask)?;
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
        let before = change.before.as_deref().filter(|_| !granted);
        let after = change.after.as_deref();
        let (action, risk) = match (before, after) {
            _ if granted => (FieldAction::Add, Risk::Additive),
            (None, _) => (FieldAction::Add, Risk::Disruptive),
            (_, None) => (FieldAction::Remove, Risk::Disruptive),
            _ => (FieldAction::Change, Risk::Disruptive),
        };
        let (before, after) = (text_or_nothing(before), text_or_nothing(after));
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
                    let value = text(&name.value);
                    let field = DraftField::new(
                        "displayName",
                        action,
                        risk,
                        text_or_nothing(before),
                        value,
                    );
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
                let before = self
                    .observed
                    .map_or_else(nothing, |_| Arc::new(json!(before)));
                let after = Arc::new(json!(after));
                let field = DraftField::new("roles", action, risk, before, after);
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
        let mut field = DraftField::new(
            "state",
            FieldAction::Remove,
            Risk::Irreversible,
            text("present"),
            nothing(),
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
            after_early: Vec::new(),
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
