//! Detaching an enterprise, and deleting its organisation: step by step, each only when the snapshot shows that nothing is left
//! of the one before (BWKS-050 to BWKS-057, BWKS-082 to BWKS-086).
//!
//! Nothing is remembered from one run to the next: the snapshot says which stage it is at, so that an interrupted run resumes.

use std::collections::BTreeSet;

use super::Customers;
use crate::change::{Address, Draft};
use crate::config::model::{Detach, Enterprise};
use crate::config::sections::{BROADWORKS_ENTERPRISE, BROADWORKS_SUBSCRIBER, BROADWORKS_WORKSPACE};
use crate::config::{Declared, dropped};
use crate::finding::{BROADWORKS_DETACHING, Finding, NOT_DELETED};
use crate::kinds::Context;
use crate::snapshot::broadworks::{BroadworksWorkspace, Subscriber};
use crate::snapshot::{self, Broadworks};

/// How many of a kind a message names.
const NAMED: usize = 10;

/// The stage of a detach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Something is unknown that decides the stage.
    Unknown(String),
    /// Workspaces are left, or it is unknown which there are.
    Workspaces(Option<Vec<String>>),
    /// Subscribers are left: they are removed by requests.
    Subscribers(usize),
    /// People are left who never finished; they are removed manually.
    Pending(Vec<String>),
    /// People of the organisation are left, or it is unknown how many.
    People(Option<Vec<String>>),
    /// Directory synchronisation is on, or unknown.
    Synchronisation,
    /// The organisation is left.
    Organisation,
    /// The Calling configuration is left.
    Configuration,
    /// Nothing is left.
    Over,
}

/// The block that detaches an enterprise, if the files have one.
pub fn detaching<'a>(context: &Context<'a>, name: &str) -> Option<&'a Detach> {
    let entry = context.config.enterprises.get(name)?;
    Some(&entry.value.detach.as_ref()?.value)
}

/// Whether someone never finished, and no request removes them (BWKS-055).
pub fn is_pending(seen: &Subscriber) -> bool {
    let status = seen.status.as_deref().unwrap_or_default();
    status.starts_with("pending_")
}

/// The stage of the detach of an enterprise; `members` are its subscribers.
pub fn stage(context: &Context<'_>, name: &str, detach: &Detach, members: &[&Subscriber]) -> Stage {
    let Some(all) = &context.snapshot.broadworks else {
        return Stage::Workspaces(None);
    };
    let enterprise = all
        .enterprises()
        .iter()
        .find(|it| it.sp_enterprise_id == name);
    // BroadWorks does not tell upper from lower case.
    let mine = |place: &&BroadworksWorkspace| place.enterprise.eq_ignore_ascii_case(name);
    let none_left = members.is_empty() && !all.workspaces().iter().any(|it| mine(&it));
    let unknown = is_unknown(context, name, all);
    if enterprise.is_none() && none_left && unknown.is_none() {
        return Stage::Over;
    }
    if let Some(unknown) = unknown {
        return Stage::Unknown(unknown);
    }
    match all
        .workspaces
        .as_ref()
        .map(|all| all.iter().filter(mine).map(called).collect::<Vec<_>>())
    {
        Some(left) if left.is_empty() => {}
        left => return Stage::Workspaces(left),
    }
    let (pending, others): (Vec<&Subscriber>, Vec<&Subscriber>) =
        members.iter().partition(|it| is_pending(it));
    if !others.is_empty() {
        return Stage::Subscribers(others.len());
    }
    if !pending.is_empty() {
        return Stage::Pending(pending.iter().map(|it| it.user_id.clone()).collect());
    }
    let deletes = detach
        .delete_organization
        .as_ref()
        .is_some_and(|at| at.value);
    match deletes {
        true => deletion(all, enterprise),
        false => Stage::Configuration,
    }
}

/// The stage where nothing is left but the organisation and its people.
fn deletion(all: &Broadworks, enterprise: Option<&snapshot::broadworks::Enterprise>) -> Stage {
    let org = enterprise.and_then(|it| it.org_id.as_deref());
    let org = org.and_then(|id| all.organization(id));
    let people = org.and_then(|it| it.people.as_ref());
    let counted = org.and_then(|it| it.users).unwrap_or_default();
    match (people, counted) {
        (Some(left), 0) if left.is_empty() => {}
        (Some(left), counted) if left.is_empty() => {
            return Stage::Unknown(format!(
                "the snapshot lists nobody of the organisation, and says that it has {counted} people"
            ));
        }
        (left, _) => return Stage::People(left.cloned()),
    }
    match enterprise.and_then(|it| it.enable_dir_sync) {
        Some(false) => Stage::Organisation,
        _ => Stage::Synchronisation,
    }
}

/// What is not known of an enterprise, or may be of it: an object whose enterprise the snapshot does not tell.
fn is_unknown(context: &Context<'_>, name: &str, all: &Broadworks) -> Option<String> {
    let captured = context.snapshot;
    if captured.is_not_known(Address::new(BROADWORKS_ENTERPRISE.kind, name).as_str()) {
        return Some("not everything is known of the enterprise".to_owned());
    }
    let mut places = captured.not_known_of(BROADWORKS_WORKSPACE.kind);
    let listed = |key: &&str| all.workspaces().iter().any(|it| it.user_id == *key);
    let place = places.find(|key| !listed(key));
    let mut people = captured.not_known_of(BROADWORKS_SUBSCRIBER.kind);
    let listed = |key: &&str| all.subscribers().iter().any(|it| it.user_id == *key);
    let person = people.find(|key| !listed(key));
    let place = place.map(|key| format!("workspace {key}"));
    let what = place.or_else(|| person.map(|key| format!("subscriber {key}")))?;
    Some(format!(
        "it is unknown to which enterprise the {what} belongs"
    ))
}

/// Enterprises that are detached, and whose subscribers it is not the turn of: stages come one after another.
pub fn closed<'a>(context: &Context<'a>, customers: &Customers<'a>) -> BTreeSet<&'a str> {
    let enterprises = context.config.enterprises.keys().map(String::as_str);
    let closed = enterprises.filter(|home| {
        detaching(context, home).is_some_and(|block| {
            let stage = stage(context, home, block, customers.members(home));
            !matches!(stage, Stage::Subscribers(_))
        })
    });
    closed.collect()
}

fn called(place: &BroadworksWorkspace) -> String {
    match &place.display_name {
        Some(name) => format!("{name} ({})", place.user_id),
        None => place.user_id.clone(),
    }
}

/// Says which stage it is at, and what has to be done.
pub fn say(
    context: &Context<'_>,
    kind: &str,
    name: &str,
    entry: &Declared<Enterprise>,
    stage: &Stage,
    draft: &mut Draft,
) {
    let Some(detach) = &entry.value.detach else {
        return;
    };
    let Some((what, help)) = words(name, stage) else {
        return;
    };
    draft.blocked += 1;
    let message = format!("{name} is detached ({}): {what}", detach.value.reason.value);
    draft.findings.push(
        Finding::hold(BROADWORKS_DETACHING, message)
            .about(Address::new(kind, name))
            .help(help)
            .at(context.config.place(entry.spot(detach))),
    );
}

/// Enterprises that the base declares and the files no longer do are left alone: detaching is explicit (BWKS-050).
pub fn say_dropped(context: &Context<'_>, kind: &str, draft: &mut Draft) {
    let base = context.base.map(|base| &base.enterprises);
    for (name, _) in dropped(base, &context.config.enterprises, |_| None) {
        let message = format!(
            "{name} is no longer declared, and an enterprise is never detached for that reason"
        );
        draft.findings.push(
            Finding::info(NOT_DELETED, message)
                .about(Address::new(kind, name))
                .help("to detach it, declare it with `detach: {reason: …}`"),
        );
    }
}

/// What is left, and what to do about it.
fn words(name: &str, stage: &Stage) -> Option<(String, String)> {
    let control_hub = "in Control Hub of the customer, as external full administrator";
    let said = match stage {
        Stage::Over => return None,
        Stage::Unknown(what) => (
            format!("{what}, so nothing is removed"),
            "take a new snapshot, and correct what its facts say".to_owned(),
        ),
        Stage::Workspaces(None) => (
            "it is unknown which workspaces it has, and nothing else is removed before they are".to_owned(),
            "write those that exist under `broadworks.workspaces` in the file for `--facts`, or an empty list if there are none".to_owned(),
        ),
        Stage::Workspaces(Some(left)) => (
            format!("first its workspaces have to be removed: {}", named(left)),
            format!("{control_hub}: Management, Workspaces, delete them; then remove them from the file for `--facts`, and take a new snapshot"),
        ),
        Stage::Subscribers(count) => (
            format!("its subscribers are removed now ({count}), and the rest follows when the snapshot shows that they are gone"),
            "acknowledge each of them, apply, take a new snapshot, and plan again".to_owned(),
        ),
        Stage::Pending(left) => (
            format!("people who never finished have to be removed manually: {}", named(left)),
            "in Partner Hub: Settings, BroadWorks Calling, View templates, the customer template, User status, delete them; then take a new snapshot"
                .to_owned(),
        ),
        Stage::Configuration => (
            "its Calling configuration has to be removed manually, which deactivates the subscription of the customer and ends the partner's access if there is no other".to_owned(),
            format!("{control_hub}: Hybrid, BroadWorks Calling, remove all configuration; then take a new snapshot"),
        ),
        Stage::People(None) => (
            "it is unknown who is still in the organisation, and it is not deleted while anyone is".to_owned(),
            "write the addresses under `people` of the organisation in `broadworks.organizations` of the file for `--facts`, or an empty list".to_owned(),
        ),
        Stage::People(Some(left)) => (
            format!("the people of the organisation have to be deleted manually, one by one: {}", named(left)),
            format!(
                "{control_hub}: Users, delete them; make another administrator before the last one is deleted, because the role is not \
                 passed on; removing subscribers deletes nobody"
            ),
        ),
        Stage::Synchronisation => (
            "its directory synchronisation has to be turned off before the organisation is deleted; turning it off deletes everyone whom it has created".to_owned(),
            format!("write `enableDirSync: false` at {name}, and acknowledge it"),
        ),
        Stage::Organisation => (
            "nobody is left, and the organisation has to be deleted manually".to_owned(),
            "send `DELETE /organizations/{orgId}` with a token of a partner full administrator, and take a new snapshot".to_owned(),
        ),
    };
    Some(said)
}

fn named(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    match all.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
