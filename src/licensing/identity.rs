//! Location, number and extension of people and workspaces with Calling: rules 5 and 7 of contract section 3.
//!
//! Claims are settled in one order: explicit numbers, then work phones, then `auto`, each in order of address, workspaces
//! after people; extensions after numbers, explicit ones first. A person with a fault gets everything but Calling, and the
//! first reason.

mod differences;

use rustc_hash::{FxHashMap, FxHashSet};

use super::callers::{Caller, Extension, Source};
use super::catalogue::{Service, Tier};
use super::changes::{ChangeState, Facts, LicenseAction, LicenseChange, LicenseChanges, Reason};
use super::claims;
use super::devices::WorkspaceDevice;
use super::faults::{Fault, Origin};
use super::holder::Holder;
use super::incomplete;
use super::inventory::{Inventory, Owner};
use super::people::UserIx;
use super::platforms;
use super::unclear;
use super::workspaces::PlaceIx;
use crate::config::Spot;
use crate::finding::{CALLING_BLOCK_UNUSED, DIRECTORY_NUMBER_DIVERGED, Finding, Severity};
use crate::phone::e164;
use differences::identity_changes;

/// One part of a Calling identity that changes.
#[derive(Debug, Clone)]
pub struct IdentityChange {
    /// `location`, `phoneNumber` or `extension`.
    pub path: &'static str,
    /// What it is now.
    pub before: Option<String>,
    /// What it becomes.
    pub after: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// What happens to the Calling identity of one holder.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Whose.
    pub holder: Holder,
    /// Whether there is no Calling yet that a change could disturb: it is new, or there is none.
    pub fresh: bool,
    /// What changes.
    pub changes: Vec<IdentityChange>,
    /// Holders whose changes free what this one takes.
    pub after: Vec<Holder>,
    /// Calling features whose deletion frees what this one takes: kind and name.
    pub after_features: Vec<(String, String)>,
    /// Holders who give up their number for a moment, which must be done before.
    pub after_step: Vec<Holder>,
    /// Whether the number is given up before anyone else's turn, so that a cycle of swaps can resolve.
    pub steps_aside: bool,
    /// Fields that an error or a hold keeps out of the plan.
    pub blocked: usize,
    /// Whether the Calling held is incomplete, so that nothing of it changes.
    pub incomplete: bool,
}

impl Identity {
    /// One that a finding keeps out of the plan.
    pub(super) fn withheld(holder: Holder) -> Identity {
        Identity {
            holder,
            fresh: false,
            changes: Vec::new(),
            after: Vec::new(),
            after_features: Vec::new(),
            after_step: Vec::new(),
            steps_aside: false,
            blocked: 1,
            incomplete: false,
        }
    }
}

/// A person whose identity may change, while claims are settled.
#[derive(Clone)]
pub(super) struct Applicant<'w> {
    /// What the files ask for, and what is there.
    pub caller: Caller<'w>,
    /// The change for Calling, if it is new to the holder.
    pub change: Option<usize>,
    /// Whether Calling works without location and number, as on a hot desk.
    pub bare: bool,
    /// Whether Calling is Professional in the end, which a mobile number needs.
    pub professional: bool,
    /// The location in the end, once it is known.
    pub location: Option<String>,
    /// Whether the location of a person with Calling changes, or that of a workspace.
    pub moves: bool,
    pub got_number: Option<String>,
    pub got_extension: Option<String>,
    pub fault: Option<Fault>,
    /// A fault found only when everything else was settled: the extension that is taken along is in use.
    pub barred: Option<Fault>,
    /// A fault of only the extension, which leaves the rest of a person who has Calling as planned.
    pub extension_fault: Option<Fault>,
    pub after: Vec<Holder>,
    pub after_features: Vec<(String, String)>,
    pub after_step: Vec<Holder>,
    /// Whether there is no number for a moment, so that a ring of swaps can turn.
    pub steps_aside: bool,
}

impl<'w> Applicant<'w> {
    fn new(caller: Caller<'w>) -> Applicant<'w> {
        Applicant {
            caller,
            change: None,
            bare: false,
            professional: false,
            location: None,
            moves: false,
            got_number: None,
            got_extension: None,
            fault: None,
            barred: None,
            extension_fault: None,
            after: Vec::new(),
            after_features: Vec::new(),
            after_step: Vec::new(),
            steps_aside: false,
        }
    }

    /// The same without claims, for a workspace of which only the location is looked at.
    fn of_location(mut caller: Caller<'w>) -> Applicant<'w> {
        caller.number = Source::Keep;
        caller.extension = Extension::Keep;
        Applicant::new(caller)
    }

    pub fn holder(&self) -> Holder {
        self.caller.holder
    }

    /// Whether it is a workspace, whose location is fixed.
    pub fn is_fixed(&self) -> bool {
        matches!(self.caller.holder, Holder::Workspace(_))
    }

    /// Whether something of it failed that needs no one else.
    pub fn faulty(&self) -> bool {
        self.fault.is_some() || self.barred.is_some()
    }

    pub fn origin(&self) -> Origin {
        match self.caller.number {
            Source::WorkPhone(_) => Origin::WorkPhone,
            _ => Origin::Yaml,
        }
    }

    /// Whether the number that is held now becomes free.
    pub fn gives_up_number(&self) -> bool {
        self.change.is_none()
            && !self.faulty()
            && match self.caller.number {
                Source::Explicit(number) => self.caller.seen.number != Some(number),
                Source::Drop => true,
                Source::Auto => self.moves,
                Source::Keep | Source::WorkPhone(_) => false,
            }
    }
}

/// Settles the Calling identity of everyone who gets Calling or has it and is to change.
///
/// `freed` says whether a number is given back by an acknowledged deletion or removal of Calling.
pub fn settle(
    facts: Facts<'_>,
    changes: &mut LicenseChanges,
    freed: &dyn Fn(Owner<'_>) -> bool,
    findings: &mut Vec<Finding>,
) -> Vec<Identity> {
    let calling = facts.catalogue.slot(Service::Calling, "");
    let of_calling: FxHashMap<Holder, usize> = changes
        .list
        .iter()
        .enumerate()
        .filter(|(_, change)| change.slot == calling)
        .map(|(at, change)| (change.holder, at))
        .collect();
    let keeps = |user| {
        !of_calling
            .get(&Holder::User(user))
            .is_some_and(|&at| changes.list[at].takes_away())
    };
    diverged(facts, keeps, findings);
    let (unclear, mut identities) = unclear::withhold(facts, changes, &of_calling, findings);
    let mut applicants = applicants(facts, &changes.list, &of_calling, &unclear, findings);
    identities.extend(platforms::withhold(
        facts,
        &mut applicants,
        changes,
        findings,
    ));
    identities.extend(incomplete::withhold(
        facts,
        &mut applicants,
        changes,
        findings,
    ));
    if applicants.is_empty() {
        return identities;
    }
    let inventory = Inventory::new(facts);
    let applicants = claims::settle(&inventory, applicants, freed);
    let concluded = applicants.into_iter();
    identities
        .extend(concluded.filter_map(|applicant| conclude(facts, applicant, changes, findings)));
    identities
}

/// People whose directory names another number than they have keep theirs (rule 5).
fn diverged(facts: Facts<'_>, keeps: impl Fn(UserIx) -> bool, findings: &mut Vec<Finding>) {
    for (ix, user) in facts.snapshot.users().iter().enumerate() {
        let ix = ix as UserIx;
        let Some(work_phone) = user.work_phone.as_deref().filter(|phone| !phone.is_empty()) else {
            continue;
        };
        if Some(work_phone) == user.phone_number.as_deref() || !facts.people.from_directory(ix) {
            continue;
        }
        let named = facts.people.declared(ix).is_some_and(|declared| {
            !declared.value.phone_number.is_absent() || declared.value.extension.is_some()
        });
        if named || !keeps(ix) || !facts.people.may_have_calling(ix) || !facts.calls(&user.licenses)
        {
            continue;
        }
        let has = user.phone_number.as_deref().unwrap_or("no number");
        let message = format!("the directory says {work_phone}; the person keeps {has}");
        findings.push(
            Finding::info(DIRECTORY_NUMBER_DIVERGED, message)
                .about(format!("user/{}", user.email))
                .help("to change it, give the person a `phoneNumber`"),
        );
    }
}

/// Everyone whose Calling identity is to be settled, in order of address, workspaces after people.
fn applicants<'w>(
    facts: Facts<'w>,
    changes: &[LicenseChange],
    of_calling: &FxHashMap<Holder, usize>,
    unclear: &FxHashSet<Holder>,
    findings: &mut Vec<Finding>,
) -> Vec<Applicant<'w>> {
    let mut list = Vec::new();
    let change = |holder| of_calling.get(&holder).map(|&at| (at, &changes[at]));
    for user in facts.people.by_email() {
        let holder = Holder::User(user);
        let change = change(holder);
        let said = change.is_some() || facts.people.declared(user).is_some();
        if !said || !facts.people.stays(user) || unclear.contains(&holder) {
            continue;
        }
        let caller = facts.caller(holder);
        if !caller.seen.calls && change.is_none() {
            let place = caller.named.map(|(_, spot)| spot).or(caller.place());
            if place.is_some() || !matches!(caller.number, Source::Keep) {
                let message = "location, number and extension have no effect without Calling";
                findings.push(unused(facts, &caller, place, message));
            }
            continue;
        }
        list.extend(person(facts, user, caller, change));
    }
    for place in facts.workspaces.by_name() {
        let holder = Holder::Workspace(place);
        let change = change(holder);
        let said = change.is_some() || facts.workspaces.declared(place).is_some();
        if said && !unclear.contains(&holder) {
            list.extend(workspace(
                facts,
                place,
                facts.caller(holder),
                change,
                findings,
            ));
        }
    }
    list
}

/// Parts of a Calling identity that are named for a person without Calling.
fn unused(facts: Facts<'_>, caller: &Caller<'_>, place: Option<Spot>, message: &str) -> Finding {
    Finding::warning(CALLING_BLOCK_UNUSED, message)
        .about(facts.address(caller.holder))
        .help("add Calling under `licenses`, or omit them")
        .at_opt(
            place
                .or(caller.entry)
                .map(|place| facts.config.place(place)),
        )
}

/// Whether a change is one for Calling without an objection so far.
fn is_grant(change: &LicenseChange) -> bool {
    change.state == ChangeState::Open && matches!(change.action, LicenseAction::Grant(_))
}

fn person<'w>(
    facts: Facts<'w>,
    user: UserIx,
    caller: Caller<'w>,
    change: Option<(usize, &LicenseChange)>,
) -> Option<Applicant<'w>> {
    let granted = change.filter(|(_, change)| is_grant(change));
    let lost = change.is_some_and(|(_, change)| change.takes_away());
    if lost || granted.is_none() && !caller.seen.calls {
        return None;
    }
    let mut applicant = Applicant::new(caller);
    applicant.change = granted.map(|(at, _)| at);
    applicant.professional = facts.becomes_professional(user, change.map(|(_, change)| change));
    let names = caller.number_spot.is_some() || caller.extension_spot.is_some();
    if granted.is_none() || names {
        return Some(applicant);
    }
    // A person who is created has no work phone yet; `phoneNumber: null` says that there is to be no number.
    let observed = facts.people.snapshot(user);
    let Some(observed) = observed.filter(|_| !matches!(applicant.caller.number, Source::Drop))
    else {
        applicant.fault = Some(Fault::NumberRequired);
        return Some(applicant);
    };
    let phone = observed.work_phone.as_deref();
    applicant.fault = match phone.filter(|phone| !phone.trim().is_empty()) {
        None => Some(Fault::NoWorkPhone),
        Some(phone) if e164(phone).is_none() => Some(Fault::NumberFormat(phone.to_owned())),
        Some(_) => None,
    };
    applicant.caller.number = Source::WorkPhone(phone.unwrap_or(""));
    Some(applicant)
}

fn workspace<'w>(
    facts: Facts<'w>,
    place: PlaceIx,
    caller: Caller<'w>,
    change: Option<(usize, &LicenseChange)>,
    findings: &mut Vec<Finding>,
) -> Option<Applicant<'w>> {
    let seen = caller.seen;
    if !seen.calls && change.is_none() {
        let claims = caller.extension_spot.or(caller.number_spot);
        let named = claims.is_some() || !matches!(caller.number, Source::Keep);
        if named && !facts.workspaces.not_known(place) {
            let message = "number and extension have no effect without Calling";
            findings.push(unused(facts, &caller, claims, message));
        }
        return caller.named.map(|_| Applicant::of_location(caller));
    }
    let held = change
        .and_then(|(_, change)| change.before)
        .map(|held| held.tier);
    // A hot desk with neither number nor extension gets them like a person who is new to Calling.
    let granted = change.filter(|(_, change)| match change.action {
        LicenseAction::Change(want) => {
            change.state == ChangeState::Open
                && held == Some(Tier::HotDesk)
                && want.tier != Tier::HotDesk
                && seen.number.or(seen.extension).is_none()
        }
        _ => is_grant(change),
    });
    let lost = change.is_some_and(|(_, change)| matches!(change.action, LicenseAction::Remove));
    if lost || granted.is_none() && !seen.calls {
        // What becomes of the location waits for Calling, but one that cannot be is said at once.
        let other = seen.location.is_some() && caller.named.is_some();
        return other.then(|| Applicant::of_location(caller));
    }
    let mut applicant = Applicant::new(caller);
    applicant.change = granted.map(|(at, _)| at);
    applicant.bare = match change.map(|(_, change)| change.action) {
        Some(LicenseAction::Grant(want) | LicenseAction::Change(want)) => {
            want.tier == Tier::HotDesk && held.is_none_or(|tier| tier == Tier::HotDesk)
        }
        _ => facts.is_hot_desk(place),
    };
    let names = caller.number_spot.is_some() || caller.extension_spot.is_some();
    if granted.is_some() {
        applicant.fault = (!names && !applicant.bare).then_some(Fault::NumberRequired);
    } else {
        withhold(
            &mut applicant,
            facts.devices.of_workspace(facts.workspaces.name(place)),
        );
    }
    Some(applicant)
}

/// Webex changes neither number nor extension of a workspace that has a device.
fn withhold(applicant: &mut Applicant<'_>, device: WorkspaceDevice<'_>) {
    let Some(why) = device.why() else {
        return;
    };
    let caller = &mut applicant.caller;
    let held = |field: &'static str| Fault::HasDevice {
        field,
        why: why.clone(),
        help: device.help(),
    };
    if caller.asks_for_number() {
        caller.number = Source::Keep;
        applicant.fault = Some(held("phoneNumber"));
    }
    if caller.asks_for_extension() {
        caller.extension = Extension::Keep;
        applicant.extension_fault = Some(held("extension"));
    }
}

/// The result for an applicant: findings for what failed, changes for the rest.
fn conclude(
    facts: Facts<'_>,
    applicant: Applicant<'_>,
    changes: &mut LicenseChanges,
    findings: &mut Vec<Finding>,
) -> Option<Identity> {
    let caller = &applicant.caller;
    let place = caller
        .place()
        .or_else(|| applicant.change.and_then(|at| changes.list[at].reason.spot))
        .or(caller.entry);
    let mut blocked = 0;
    if let Some(at) = applicant.change {
        let fault = applicant.fault.as_ref();
        if let Some(fault) = fault.or(applicant.extension_fault.as_ref()) {
            let finding = say(facts, &applicant, fault, place);
            changes.list[at].state = match finding.severity {
                Severity::Error => ChangeState::Blocked(finding.code),
                _ => ChangeState::Refused(finding.code),
            };
            findings.push(finding);
            return None;
        }
    } else {
        let extension = caller.extension_spot.or(place);
        let faults = [
            (&applicant.fault, place),
            (&applicant.extension_fault, extension),
        ];
        for (fault, place) in faults {
            if let Some(fault) = fault {
                findings.push(say(facts, &applicant, fault, place));
                blocked += 1;
            }
        }
    }
    let granted = applicant.change.is_some();
    let changes = identity_changes(facts, &applicant, place);
    let nothing = changes.is_empty() && blocked == 0;
    (!nothing || granted).then_some(Identity {
        holder: caller.holder,
        fresh: granted || !caller.seen.calls,
        changes,
        after: applicant.after,
        after_features: applicant.after_features,
        after_step: applicant.after_step,
        steps_aside: applicant.steps_aside,
        blocked,
        incomplete: false,
    })
}

/// A fault as a finding about the applicant.
fn say(facts: Facts<'_>, applicant: &Applicant<'_>, fault: &Fault, spot: Option<Spot>) -> Finding {
    let holder = applicant.holder();
    fault
        .finding(applicant.origin(), facts.noun(holder))
        .about(facts.address(holder))
        .at_opt(spot.map(|spot| facts.config.place(spot)))
}
