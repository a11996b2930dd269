//! What Webex or the templates make impossible, whatever seats there are (rules 4 and 6).

use super::catalogue::{LicenseIx, Service, Slot, Tier};
use super::changes::{Facts, LicenseAction, LicenseChange};
use super::devices::WorkspaceDevice;
use super::faults::BY_HAND;
use super::go_device::GoDevice;
use super::holder::Holder;
use super::people::UserIx;
use super::platforms;
use super::webex_go::unknown_webex_go;
use crate::finding::{
    ATTENDEE_FEATURE_OFF, ATTENDEE_SITE_ADMIN, CALLING_DOWNGRADE_UNSUPPORTED, Finding,
    GO_PROFESSIONAL_REQUIRED, HELD_TWICE, HOT_DESK_IDENTITY_LOSS, NOT_KNOWN,
    SUSPENDED_MANUAL_CONTROL_HUB, WORKSPACE_FOR_PHONES, WORKSPACE_HAS_DEVICES,
};
use crate::snapshot;

/// Why a change cannot be, whatever seats there are: an error or a hold.
pub fn refusal(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let place = change.reason.spot.map(|spot| facts.config.place(spot));
    let address = facts.address(change.holder);
    if let Holder::Workspace(workspace) = change.holder
        && let Some(finding) = facts.workspaces.ambiguous(workspace)
    {
        return Some(finding.at_opt(place));
    }
    if let Some(finding) = platforms::refusal(facts, change) {
        return Some(finding);
    }
    if let Some(finding) = is_unknown(facts, change) {
        return Some(finding.about(address).at_opt(place));
    }
    let first = is_downgrade(change)
        .or_else(|| is_held_in_several(facts, change))
        .or_else(|| keeps_webex_go(facts, change));
    if let Some(finding) = first {
        return Some(finding.about(address).at_opt(place));
    }
    // What the site or the role forbids cannot be done at all, so it comes before the holds.
    if let (LicenseAction::Grant(want) | LicenseAction::Change(want), Holder::User(user)) =
        (change.action, change.holder)
        && want.tier == Tier::Attendee
        && let Some(finding) = attendee_refusal(facts, user, change.slot)
    {
        return Some(finding.at_opt(place));
    }
    if let Some(finding) = is_suspended(facts, change) {
        return Some(finding.about(address).at_opt(place));
    }
    if change.slot.service == Service::Calling
        && matches!(
            change.action,
            LicenseAction::Move(_) | LicenseAction::Change(_)
        )
        && let Some(finding) = facts.incomplete(change.holder, change.reason.spot)
    {
        return Some(finding);
    }
    if let Some(finding) = is_for_phones(facts, change) {
        return Some(finding.about(address).at_opt(place));
    }
    if let Some(finding) = has_devices(facts, change) {
        return Some(finding.about(address).at_opt(place));
    }
    becomes_hot_desk(facts, change).map(|finding| finding.about(address).at_opt(place))
}

/// Why nothing is done where not everything is known of what goes, or of what is held already in its place.
fn is_unknown(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let stays = match (change.action, change.before) {
        (LicenseAction::Move(target), Some(held)) => facts.held_there(change.holder, held, target),
        _ => None,
    };
    let needed = [change.before, stays].into_iter().flatten();
    let mut licenses = needed.filter_map(|held| held.license);
    let unknown = licenses.find(|&license| !facts.catalogue.kind(license).known)?;
    Some(waits_for(facts, unknown, change.slot))
}

/// Why Professional does not become Standard.
fn is_downgrade(change: &LicenseChange) -> Option<Finding> {
    let held = change.before?.tier;
    let help = "keep Professional; or remove Calling (`licenses: {remove: [calling]}` with an acknowledgement \
                `calling-loss`), apply, and then add it (`licenses: {add: {calling: standard}}`). This deletes \
                voicemail settings, number and calling services";
    let message = "Calling cannot be downgraded from Professional to Standard in one step";
    let down = matches!(change.action, LicenseAction::Change(want) if want.tier == Tier::Standard);
    (down && held == Tier::Professional)
        .then(|| Finding::error(CALLING_DOWNGRADE_UNSUPPORTED, message).help(help))
}

/// Why Calling that is held in several licences is not removed: a removal takes one of them, so what would be said to be lost is
/// lost with a later one, which nobody has acknowledged.
fn is_held_in_several(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    if change.slot.service != Service::Calling || !matches!(change.action, LicenseAction::Remove) {
        return None;
    }
    let licenses = facts.has(change.holder).into_iter();
    let licenses = licenses.filter(|held| held.slot == change.slot);
    let names: Vec<String> = licenses
        .filter_map(|held| {
            let license = &facts.snapshot.licenses()[held.license? as usize];
            let of = license.subscription_id.as_deref();
            let of = of.map_or_else(String::new, |id| format!(" ({id})"));
            Some(format!("{}{of}", license.name))
        })
        .collect();
    let message = format!(
        "Calling is not removed: it is held in {} licences, {}, and a removal takes one of them",
        names.len(),
        names.join(" and ")
    );
    let help =
        "clear all but one in Control Hub, and take a new snapshot; the plan then removes that one";
    (names.len() > 1).then(|| Finding::error(HELD_TWICE, message).help(help))
}

/// Why a licence of a suspended or cancelled subscription is left to a person (rule 6).
fn is_suspended(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let license = change.before?.license?;
    let sub = facts.subscriptions.get(facts.subscription_of(license)?);
    if sub.active() {
        return None;
    }
    let old = &sub.id;
    let (what, edit) = match change.action {
        LicenseAction::Remove => ("removed".to_owned(), format!("clear {old}")),
        LicenseAction::Move(target) => {
            let new = &facts.subscriptions.get(target).id;
            let edit = format!("clear {old} and choose {new} in one edit, so that nothing is lost");
            (format!("moved to {new}"), edit)
        }
        LicenseAction::Grant(want) | LicenseAction::Change(want) => {
            let new = want
                .product
                .map(|product| &facts.catalogue.product(product).name);
            let edit = match new {
                Some(new) => format!("clear {old} and choose {new} in one edit"),
                None => format!("clear {old}"),
            };
            ("changed".to_owned(), edit)
        }
        LicenseAction::Unclear => ("changed".to_owned(), format!("clear {old}")),
    };
    let path = facts.catalogue.path(change.slot);
    let status = super::subscriptions::word(sub.status);
    let message = format!("{path} cannot be {what} through the API: {old} is {status}");
    let way = in_control_hub(change.holder, change.slot.service);
    let help = format!("in Control Hub {way}; {edit}, and save. Then take a new snapshot");
    Some(Finding::hold(SUSPENDED_MANUAL_CONTROL_HUB, message).help(help))
}

/// Why nothing is done about a licence of which not everything is known (contract section 6).
pub fn waits_for(facts: Facts<'_>, license: LicenseIx, slot: Slot) -> Finding {
    let path = facts.catalogue.path(slot);
    let seen = &facts.snapshot.licenses()[license as usize];
    let of = seen.subscription_id.as_deref();
    let of = of.map_or_else(String::new, |id| format!(" ({id})"));
    let name = &seen.name;
    let message =
        format!("{path} waits for the licence {name}{of}, of which not everything is known");
    Finding::hold(NOT_KNOWN, message)
        .help("see the hold of the licence; a new snapshot may have all of it")
}

/// Where Control Hub has the licences of a person or a workspace.
fn in_control_hub(holder: Holder, service: Service) -> &'static str {
    match (holder, service) {
        (Holder::User(_), Service::Calling) => {
            "open Users, the person, Summary, Licenses, Edit licenses, Calling"
        }
        (Holder::User(_), _) => "open Users, the person, Summary, Licenses, Edit licenses",
        (Holder::Workspace(_), Service::Calling) => {
            "open Workspaces, the workspace, Overview, Calling, edit it, Cisco Webex Calling, Next"
        }
        (Holder::Workspace(_), _) => "open Workspaces, the workspace, Overview",
    }
}

/// Why Calling is not taken from a workspace for phones: it may not be without (webex-api.md 7).
fn is_for_phones(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let (LicenseAction::Remove, Service::Calling, Holder::Workspace(place)) =
        (change.action, change.slot.service, change.holder)
    else {
        return None;
    };
    let seen = facts.workspaces.snapshot(place)?;
    let message = "Calling cannot be removed through the API: the supported devices of this workspace are phones, which \
        need Calling";
    let help = "to end its Calling, delete the workspace; create it again if it should stay without Calling";
    let phones = seen.supported_devices.as_deref() == Some("phones");
    phones.then(|| Finding::hold(WORKSPACE_FOR_PHONES, message).help(help))
}

/// Why the Calling of a workspace with devices stays as it is. A mere move to another subscription is tried.
fn has_devices(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let Holder::Workspace(place) = change.holder else {
        return None;
    };
    let what = match change.action {
        LicenseAction::Grant(_) => "cannot be assigned",
        LicenseAction::Change(_) => "cannot be changed",
        LicenseAction::Remove => "cannot be removed",
        LicenseAction::Move(_) | LicenseAction::Unclear => return None,
    };
    // One that this plan creates has none.
    let seen = facts.workspaces.snapshot(place)?;
    let device = facts.devices.of_workspace(&seen.name);
    // Where it is unknown whether there is one, Webex refuses at most to give Calling: nothing is lost.
    let there = matches!(device, WorkspaceDevice::There(_));
    if matches!(change.action, LicenseAction::Grant(_)) && !there {
        return None;
    }
    let path = facts.catalogue.path(change.slot);
    let message = format!("{path} {what} through the API: {}", device.why()?);
    Some(Finding::hold(WORKSPACE_HAS_DEVICES, message).help(device.help()))
}

/// Why a workspace with a number or an extension does not become a hot desk: Webex would delete both (webex-api.md 2.6).
fn becomes_hot_desk(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let (LicenseAction::Change(want), Holder::Workspace(place)) = (change.action, change.holder)
    else {
        return None;
    };
    let was = change.before.is_some_and(|held| held.tier == Tier::HotDesk);
    if want.tier != Tier::HotDesk || was {
        return None;
    }
    let seen = facts.workspaces.snapshot(place)?;
    let number = seen.phone_number.as_ref().map(|it| format!("number {it}"));
    let extension = seen.extension.as_ref().map(|it| format!("extension {it}"));
    let lost: Vec<String> = number.into_iter().chain(extension).collect();
    let message = format!(
        "trunkline does not turn it into a hot desk, because Webex would delete {}",
        lost.join(" and ")
    );
    (!lost.is_empty()).then(|| Finding::hold(HOT_DESK_IDENTITY_LOSS, message).help(BY_HAND))
}

/// Why Calling stays with a person who has a Webex Go device.
fn keeps_webex_go(facts: Facts<'_>, change: &LicenseChange) -> Option<Finding> {
    let (LicenseAction::Remove, Service::Calling, Holder::User(user)) =
        (change.action, change.slot.service, change.holder)
    else {
        return None;
    };
    let email = facts.people.email(user);
    match facts.webex_go(email) {
        GoDevice::None => None,
        GoDevice::Unknown(why) => Some(unknown_webex_go("Calling stays", why)),
        // The plan removes the device first.
        GoDevice::There(_) if facts.removes_webex_go(email) => None,
        GoDevice::There(device) => {
            let name = device.name.as_deref().or(device.product.as_deref());
            let name = name.unwrap_or("without a name");
            let message = format!(
                "Calling stays: Webex Go needs it, and the person has the Webex Go device {name}"
            );
            let help = "write `webexGo: {mode: none}` for the person, which removes the device first; or delete it in \
                        Control Hub (the person, Devices), and take a new snapshot";
            Some(Finding::error(GO_PROFESSIONAL_REQUIRED, message).help(help))
        }
    }
}

/// Why a person cannot be attendee of a site, if so (rule 4).
pub fn attendee_refusal(facts: Facts<'_>, user: UserIx, slot: Slot) -> Option<Finding> {
    let site = facts.catalogue.slot_name(slot);
    let address = facts.address(Holder::User(user));
    let administers = |user: &snapshot::User| user.site_admin.iter().any(|admin| &**admin == site);
    if facts.people.snapshot(user).is_some_and(administers) {
        let message = format!("a site administrator of {site} cannot be an attendee there");
        let help = "remove the site administrator role first, or make the person a host";
        return Some(
            Finding::error(ATTENDEE_SITE_ADMIN, message)
                .about(address)
                .help(help),
        );
    }
    let enabled = facts
        .snapshot
        .sites()
        .iter()
        .find(|known| known.url == site);
    if enabled.is_some_and(|known| !known.attendee_account_enabled) {
        let message = format!("{site} has no attendee accounts");
        let help = "Cisco TAC can turn on attendee accounts for the site; until then make the person a host";
        return Some(
            Finding::error(ATTENDEE_FEATURE_OFF, message)
                .about(address)
                .help(help),
        );
    }
    None
}
