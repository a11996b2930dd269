//! People: creation, licences, Calling identity, names, roles, deletion.

mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Observed, Request, Risk,
    Sends, Turn, nothing, preimage, text, text_or_nothing,
};
use crate::config::yaml::At;
use crate::config::{Config, Declared, model};
use crate::finding::{
    CALLING_LOSS, DIRECTORY_OWNED_FIELD, Finding, USER_DELETION, VOICEMAIL_MESSAGES_LOSS,
};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::identity::{self, PERSON};
use crate::kinds::{Context, Kind, Loss, all_keys, calling, licenses, loses_or_changes};
use crate::licensing::{
    Ask, Consent, Holder, Identity, IdentityChange, Part, Reason, UserIx, waiting_domain,
};
use crate::snapshot::{self, Essence};

/// People.
pub const KIND: Kind = Kind {
    name: "user",
    section: "users",
    plan,
    losses: &[
        Loss::always("state", USER_DELETION),
        Loss::always("licenses/calling", CALLING_LOSS),
        Loss::sometimes("licenses/other/", CALLING_LOSS),
        Loss::sometimes("location", VOICEMAIL_MESSAGES_LOSS),
    ],
    live: wire::LIVE,
    rename: None,
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
    observe,
    adopt,
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
    let domain = waiting_domain(context.snapshot, observed, key);
    facts.extend(domain.map(|domain| {
        let wait = format!("licences wait for it: {domain} is not verified");
        Fact::new("signIn", "first sign-in", wait)
    }));
    let joined = context
        .applied
        .filter(|applied| observed.is_some() && applied.is_new(key));
    facts.extend(joined.map(|applied| {
        let since = format!(
            "after the applied snapshot of {}, which lacks the person",
            applied.since(key)
        );
        Fact::new("joined", "joined", since)
    }));
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

/// What a person has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    let entry = wanted.config.users.get(wanted.key);
    match wanted.field.path.as_str() {
        path if path.starts_with("licenses/") => {
            wanted.license_override(KIND.section, entry, |user| user.licenses.as_ref())
        }
        _ => wanted.plain(KIND.section, entry),
    }
}

/// What the snapshot says of the person, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let facts = context.world.facts();
    let user = facts.people.find(key)?;
    let seen = facts.people.snapshot(user)?;
    let names = [Some(seen.email.clone()), seen.display_name.clone()];
    let mut roles: Vec<&str> = seen.roles.iter().map(|role| &**role).collect();
    roles.sort_unstable();
    let observed = Observed::new(&seen.id, names.into_iter().flatten())
        .text("state", Some("present"))
        .text("displayName", seen.display_name.as_deref())
        .text("location", seen.location.as_deref())
        .text("phoneNumber", seen.phone_number.as_deref())
        .text("extension", seen.extension.as_deref())
        .with([("roles".to_owned(), Arc::new(json!(roles)))]);
    Some(observed.with(licenses::observed(&facts, Holder::User(user))))
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
    for holder in context.decisions.identities.keys() {
        if let Holder::User(user) = holder {
            asks.entry(*user).or_default();
        }
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
        } else if people.not_known(user) {
            draft.blocked += asks.len();
        } else if people.left_alone(user) {
            person.say_left_alone(draft);
        } else {
            person.change(&asks, draft);
        }
    }
}

/// Deals the licences of a person out to requests, by setting the stage of each. What follows from a change of groups is
/// taken away when all is there that the change gives, in a request of its own, since Webex may do one half of a request and
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
        let licences = asks
            .iter()
            .filter_map(|ask| Some((ask.part, self.license(ask)?)));
        let mut fields = stages(licences.collect());
        let turn = Turn::of(&fields);
        let identity = self
            .context
            .decisions
            .identities
            .get(&Holder::User(self.user));
        let granted = identity.is_some_and(|identity| identity.fresh);
        let mut licences = fields.iter().any(DraftField::is_sent).then(|| {
            Request::new("PATCH", "/licenses/users")
                .in_parts()
                .sending(match granted {
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
        if let (Some(first), false) = (first, later.is_empty()) {
            // Others may need the units that it gives back afterwards.
            let turn = first.min(Turn::Exchange);
            licences = licences.map(|request| request.turn(turn));
        }
        let mut requests = Vec::new();
        if let Some(identity) = identity {
            for change in identity.changes.iter() {
                let field = self.identity(identity, change);
                if change.path == "location" && !identity.fresh && field.loss.is_none() {
                    calling::say_left(self.context, KIND.name, self.email, change, draft);
                }
                fields.push(field);
            }
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
        let create = self.observed.is_none();
        match create {
            true => requests.insert(0, Request::new("POST", "/people")),
            // Names and roles go with the number and the extension, where these are sent anyway.
            false if fields.len() > before => match requests.last_mut() {
                Some(last) if last.path == PERSON => last.sends = Sends::Rest,
                _ => requests.push(Request::new("PUT", PERSON)),
            },
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
            turn,
            depends_on: Vec::new(),
            requests,
        });
    }

    fn preimage(&self) -> Option<Essence> {
        self.observed.and_then(preimage)
    }

    fn license(&self, ask: &Ask) -> Option<DraftField> {
        let facts = self.context.world.facts();
        let field = licenses::field(&facts, self.values, ask)?;
        let consent = self.context.acknowledgements;
        let losses = || self.calling_losses();
        Some(calling::losing(&facts, ask, field, consent, losses))
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

    /// Only the directory can delete this person.
    fn say_left_alone(&self, draft: &mut Draft) {
        if let Some(declared) = self.declared
            && let Some(state) = &declared.value.state
        {
            self.owned_by_directory("state", declared, state, draft);
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
        let calls = facts.may_call(Holder::User(self.user));
        if calls {
            losses.extend(self.calling_losses());
        }
        losses.extend(calling::mails(self.context, KIND.name, self.email));
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
        field.beside = calls.then_some(CALLING_LOSS);
        match self
            .context
            .acknowledgements
            .deletion(KIND.name, self.email)
        {
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
            requests: vec![Request::new("DELETE", PERSON)],
        })
    }

    /// What goes for ever with Calling: the facts of this person.
    fn calling_losses(&self) -> Vec<String> {
        let Some(user) = self.observed else {
            return Vec::new();
        };
        let has = calling::Has {
            number: user.phone_number.as_deref(),
            extension: user.extension.as_deref(),
            voicemail: user.voicemail_on(),
        };
        calling::losses(self.context, KIND.name, &user.email, &has)
    }
}
