//! What changes of enterprises.

use std::sync::Arc;

use serde_json::json;

use super::called;
use super::fields::SYNC;
use super::restricted;
use super::wire::DIRECTORY;
use super::{KIND, all, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, FieldAction, People, Request, Risk, Turn,
};
use crate::config::Declared;
use crate::config::model;
use crate::config::sections::BROADWORKS_SUBSCRIBER;
use crate::config::yaml::At;
use crate::finding::{
    BROADWORKS_DIRECTORY_SYNC_DELETION, BROADWORKS_ENTERPRISE_WAITS, BROADWORKS_NOT_CAPTURED,
    BROADWORKS_SYNC_FAILED, Finding,
};
use crate::kinds::Context;
use crate::kinds::broadworks::detach::{self, Stage};
use crate::kinds::broadworks::{Customers, is_wanted, not_captured, other_case};
use crate::licensing::Reason;
use crate::snapshot::broadworks::{Enterprise, said};

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let declared = &context.config.enterprises;
    let Some(customers) = Customers::new(context.config, context.snapshot) else {
        return not_captured(context, draft, KIND.section, declared.values());
    };
    for seen in all(context.snapshot) {
        say_failure(context, seen, draft);
    }
    detach::say_dropped(context, KIND.name, draft);
    restricted::say(context, &customers, draft);
    called::say(context, &customers, draft);
    for (name, entry) in declared {
        if let Some(other) = customers.other_spelling(name) {
            draft.blocked += 1;
            draft.findings.push(
                other_case(other, name)
                    .about(Address::new(KIND.name, name))
                    .at(context.config.place(entry.key)),
            );
            continue;
        }
        if let Some(block) = detach::detaching(context, name) {
            let stage = detach::stage(context, name, block, customers.members(name));
            let off = entry
                .value
                .enable_dir_sync
                .as_ref()
                .is_some_and(|at| !at.value);
            let synchronised =
                off && matches!(stage, Stage::Synchronisation | Stage::Configuration);
            detach::say(context, KIND.name, name, entry, &stage, draft);
            if let Some(seen) = customers.enterprise(name).filter(|_| synchronised) {
                draft.changes.extend(sync(name, entry, seen, &customers));
            }
            continue;
        }
        match customers.enterprise(name) {
            Some(seen) => {
                say_untold(context, name, entry, seen, draft);
                draft.changes.extend(sync(name, entry, seen, &customers));
            }
            None => say_waits(context, name, entry, draft),
        }
    }
}

/// Errors of the last synchronisation, in the words of Webex.
fn say_failure(context: &Context<'_>, seen: &Enterprise, draft: &mut Draft) {
    let sync = seen.directory_sync.as_ref();
    let Some((sync, failure)) = sync.and_then(|sync| Some((sync, said(&sync.errors)?))) else {
        return;
    };
    let since = sync.last_success.as_deref();
    let since = since.map_or_else(String::new, |time| {
        format!("; the last one that succeeded ended {time}")
    });
    let id = sync.tracking_id.as_deref();
    let id = id.map_or_else(String::new, |id| format!(" (tracking id {id})"));
    let name = &seen.sp_enterprise_id;
    let declared = context.config.enterprises.get(name);
    draft.findings.push(
        Finding::warning(BROADWORKS_SYNC_FAILED, format!("the last directory synchronisation failed: {failure}{id}{since}"))
            .about(Address::new(KIND.name, name))
            .help("look in Partner Hub: Settings, BroadWorks Calling, the customer template, Customer sync status")
            .at_opt(declared.map(|entry| context.config.place(entry.key))),
    );
}

/// An enterprise that is not there has no settings yet.
fn say_waits(
    context: &Context<'_>,
    name: &str,
    entry: &Declared<model::Enterprise>,
    draft: &mut Draft,
) {
    let mut subscribers = context.config.subscribers.values();
    let mine = |it: &model::Subscriber| it.enterprise.value == name && is_wanted(it);
    let (message, help) = match subscribers.any(|it| mine(&it.value)) {
        false => (
            "it is created with its first subscriber, and the files declare none",
            "add a subscriber of this enterprise under `broadworks.subscribers`",
        ),
        true if entry.value.enable_dir_sync.is_none() => return,
        true => (
            "its directory synchronisation is planned when its first subscriber is provisioned",
            "apply this plan, take a new snapshot, and plan again",
        ),
    };
    draft.blocked += 1;
    draft.findings.push(
        Finding::hold(BROADWORKS_ENTERPRISE_WAITS, message)
            .about(Address::new(KIND.name, name))
            .help(help)
            .at(context.config.place(entry.key)),
    );
}

/// Says that it is unknown whether the directory synchronisation is as the files say.
fn say_untold(
    context: &Context<'_>,
    name: &str,
    entry: &Declared<model::Enterprise>,
    seen: &Enterprise,
    draft: &mut Draft,
) {
    let Some(wanted) = entry.value.enable_dir_sync.as_ref() else {
        return;
    };
    let address = Address::new(KIND.name, name);
    // Of an object that is not known as a whole, that was said.
    if seen.enable_dir_sync.is_some() || context.snapshot.is_not_known(address.as_str()) {
        return;
    }
    draft.blocked += 1;
    let message = "the snapshot does not say whether its directory synchronisation is on, so it is not changed";
    draft.findings.push(
        Finding::hold(BROADWORKS_NOT_CAPTURED, message)
            .about(address)
            .help("take a new snapshot with --live")
            .at(context.config.place(entry.spot(wanted))),
    );
}

/// The directory synchronisation, where it differs; what is unknown differs from nothing.
fn sync(
    name: &str,
    entry: &Declared<model::Enterprise>,
    seen: &Enterprise,
    customers: &Customers<'_>,
) -> Option<DraftChange> {
    let wanted = entry.value.enable_dir_sync.as_ref()?;
    let now = seen.enable_dir_sync?;
    if wanted.value == now {
        return None;
    }
    let risk = match wanted.value {
        true => Risk::Reversible,
        false => Risk::Irreversible,
    };
    let (before, after) = (Arc::new(json!(now)), Arc::new(json!(wanted.value)));
    let mut field = DraftField::new(SYNC, FieldAction::Change, risk, before, after);
    if !wanted.value {
        field = field.losing(BROADWORKS_DIRECTORY_SYNC_DELETION, losses(seen, customers));
        let members = customers.members(&seen.sp_enterprise_id).iter();
        let members = members.map(|it| Address::new(BROADWORKS_SUBSCRIBER.kind, &it.user_id));
        field = field.taking_along(members.collect());
        field.people = Some(people(seen).map_or(People::Unknown, People::Count));
    }
    Some(DraftChange {
        kind: KIND.name,
        key: name.to_owned(),
        action: ChangeAction::Update,
        fields: vec![field.because(reason(name, entry, wanted))],
        preimage: Some(essence(seen)),
        turn: Turn::Take,
        depends_on: Vec::new(),
        requests: vec![Request::new("PUT", DIRECTORY)],
    })
}

fn reason(name: &str, entry: &Declared<model::Enterprise>, at: &At<bool>) -> Reason {
    Reason {
        spot: Some(entry.spot(at)),
        because: vec![format!("{}/{name} {SYNC}", KIND.section)],
    }
}

/// Who goes with the synchronisation (BWKS-085).
fn losses(seen: &Enterprise, customers: &Customers<'_>) -> Vec<String> {
    let people = match people(seen) {
        Some(1) => "1 synchronised person is deleted".to_owned(),
        Some(count) => format!("{count} synchronised people are deleted"),
        None => {
            "all synchronised people are deleted; the snapshot does not say how many".to_owned()
        }
    };
    let mut losses = vec![people];
    match customers.members(&seen.sp_enterprise_id).len() {
        0 => {}
        count => losses.push(format!(
            "subscribers of the enterprise among them lose their service ({count} subscribers)"
        )),
    }
    losses
}

/// How many people the synchronisation has made; `None` where that is unknown.
fn people(seen: &Enterprise) -> Option<u64> {
    seen.directory_sync.as_ref()?.users
}
