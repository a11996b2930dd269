//! Location, number and extension of people with Calling: rules 5 and 7 of contract section 3.
//!
//! Claims are settled in one order: explicit numbers, then work phones, then `auto`, each in order of address; extensions
//! after numbers, explicit ones first. Whoever finds a fault gets everything but Calling, and the first reason.

use rustc_hash::FxHashMap;

use super::ask::{AskState, Asks, Facts, Holder, Reason, Wish};
use super::catalogue::Service;
use super::claims;
use super::faults::{Fault, Origin};
use super::inventory::Inventory;
use super::people::UserIx;
use crate::config::Spot;
use crate::config::phone::e164;
use crate::config::yaml::Nullable;
use crate::finding::{CALLING_BLOCK_UNUSED, DIRECTORY_NUMBER_DIVERGED, Finding, Severity};
use crate::snapshot;

/// One part of a person's Calling identity that changes.
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

/// What happens to one person's Calling identity.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Whose.
    pub user: UserIx,
    /// Whether Calling is new to the person.
    pub granted: bool,
    /// What changes.
    pub changes: Vec<IdentityChange>,
    /// People whose changes free what this one takes.
    pub after: Vec<UserIx>,
    /// People who give up their number for a moment, which must be done before.
    pub after_step: Vec<UserIx>,
    /// Whether the number is given up before anybody else's turn, so that a ring of swaps can turn.
    pub steps_aside: bool,
    /// Fields that an error keeps out of the plan.
    pub blocked: usize,
}

/// How a person comes by a number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'w> {
    /// None is asked for: the one that is held, if any, stays.
    Keep,
    /// YAML names it.
    Explicit(&'w str),
    /// The directory names it.
    WorkPhone(&'w str),
    /// The lowest free one.
    Auto,
    /// YAML takes it away.
    Drop,
}

/// How a person comes by an extension.
#[derive(Debug, Clone, Copy)]
pub(super) enum Extension<'w> {
    Keep,
    Explicit(&'w str),
    Auto,
}

/// Somebody whose identity may change, while claims are settled.
#[derive(Clone)]
pub(super) struct Applicant<'w> {
    pub user: UserIx,
    /// The ask for Calling, if it is new to the person.
    pub ask: Option<usize>,
    pub observed: Option<&'w snapshot::User>,
    pub number: Source<'w>,
    pub number_spot: Option<Spot>,
    pub extension: Extension<'w>,
    pub extension_spot: Option<Spot>,
    /// The location that YAML names.
    pub named: Option<(&'w str, Spot)>,
    /// The location in the end, once it is known.
    pub location: Option<String>,
    /// Whether the location of somebody with Calling changes.
    pub moves: bool,
    pub got_number: Option<String>,
    pub got_extension: Option<String>,
    pub fault: Option<Fault>,
    /// A fault found only when everything else was settled: the extension that is taken along is in use.
    pub barred: Option<Fault>,
    /// A fault of the extension alone, which leaves the rest of somebody who has Calling as planned.
    pub extension_fault: Option<Fault>,
    pub after: Vec<UserIx>,
    pub after_step: Vec<UserIx>,
    /// Whether the person is without a number for a moment, so that a ring of swaps can turn.
    pub steps_aside: bool,
}

impl<'w> Applicant<'w> {
    pub fn held_number(&self) -> Option<&'w str> {
        self.observed.and_then(|user| user.phone_number.as_deref())
    }

    pub fn origin(&self) -> Origin {
        match self.number {
            Source::WorkPhone(_) => Origin::Directory,
            _ => Origin::Yaml,
        }
    }

    /// Whether the number that is held now becomes free.
    pub fn gives_up_number(&self) -> bool {
        self.ask.is_none()
            && self.fault.is_none()
            && self.barred.is_none()
            && match self.number {
                Source::Explicit(number) => self.held_number() != Some(number),
                Source::Drop => true,
                Source::Auto => self.moves,
                Source::Keep | Source::WorkPhone(_) => false,
            }
    }

    pub fn place(&self) -> Option<Spot> {
        self.number_spot
            .or(self.extension_spot)
            .or(self.named.map(|(_, spot)| spot))
    }
}

/// Settles the Calling identity of everybody who gets Calling or has it and is to change.
///
/// `freed` tells whether a person's number is given back by an acknowledged deletion or removal of Calling.
pub fn settle(
    facts: Facts<'_>,
    asks: &mut Asks,
    freed: &dyn Fn(UserIx) -> bool,
    findings: &mut Vec<Finding>,
) -> Vec<Identity> {
    let calling = facts.catalogue.slot(Service::Calling, "");
    let by_user: FxHashMap<UserIx, usize> = asks
        .list
        .iter()
        .enumerate()
        .filter(|(_, ask)| ask.slot == calling)
        .filter_map(|(at, ask)| match ask.holder {
            Holder::User(user) => Some((user, at)),
            Holder::Workspace(_) => None,
        })
        .collect();
    let keeps = |user| {
        !by_user
            .get(&user)
            .is_some_and(|&at| matches!(asks.list[at].wish, Wish::Remove))
    };
    diverged(facts, keeps, findings);
    let applicants = applicants(facts, asks, &by_user, findings);
    if applicants.is_empty() {
        return Vec::new();
    }
    let inventory = Inventory::new(facts);
    let applicants = claims::settle(&inventory, applicants, freed);
    applicants
        .into_iter()
        .filter_map(|applicant| conclude(facts, applicant, asks, findings))
        .collect()
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
        if named || !keeps(ix) || facts.people.deleted(ix) || !facts.holds_calling(user) {
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

/// Everybody whose Calling identity is to be settled, in order of address.
fn applicants<'w>(
    facts: Facts<'w>,
    asks: &mut Asks,
    by_user: &FxHashMap<UserIx, usize>,
    findings: &mut Vec<Finding>,
) -> Vec<Applicant<'w>> {
    let mut list = Vec::new();
    for user in facts.people.by_email() {
        let observed = facts.people.snapshot(user);
        let ask = by_user.get(&user).copied();
        if ask.is_none() && facts.people.declared(user).is_none() || facts.people.deleted(user) {
            continue;
        }
        let holds = observed.is_some_and(|user| facts.holds_calling(user));
        let open = ask
            .map(|at| &asks.list[at])
            .filter(|ask| ask.state == AskState::Open);
        let granted = open.is_some_and(|ask| matches!(ask.wish, Wish::Grant(_)));
        let lost = ask.is_some_and(|at| matches!(asks.list[at].wish, Wish::Remove));
        let declared = facts.people.declared(user);
        let spot = |pos| {
            declared.map(|declared| Spot {
                file: declared.key.file,
                pos,
            })
        };
        let (mut number, mut number_spot) = (Source::Keep, None);
        let (mut extension, mut extension_spot) = (Extension::Keep, None);
        let mut named = None;
        if let Some(declared) = declared {
            match &declared.value.phone_number {
                Nullable::Absent => {}
                Nullable::Null => number = Source::Drop,
                Nullable::Value(at) => {
                    number_spot = spot(at.pos);
                    number = if at.value == "auto" {
                        Source::Auto
                    } else {
                        Source::Explicit(&at.value)
                    };
                }
            }
            if let Some(at) = &declared.value.extension {
                extension_spot = spot(at.pos);
                extension = if at.value == "auto" {
                    Extension::Auto
                } else {
                    Extension::Explicit(&at.value)
                };
            }
            named = declared
                .value
                .location
                .as_ref()
                .map(|at| (at.value.as_str(), declared.spot(at)));
        }
        if !holds && ask.is_none() {
            let unused =
                named.is_some() || extension_spot.is_some() || !matches!(number, Source::Keep);
            if let (true, Some(declared)) = (unused, declared) {
                let place = named
                    .map(|(_, spot)| spot)
                    .or(number_spot)
                    .or(extension_spot)
                    .unwrap_or(declared.key);
                findings.push(
                    Finding::warning(
                        CALLING_BLOCK_UNUSED,
                        "location, number and extension do nothing without Calling",
                    )
                    .about(format!("user/{}", facts.people.email(user)))
                    .help("add Calling under `licenses`, or leave them out")
                    .at(facts.config.place(place)),
                );
            }
            continue;
        }
        if lost || !(granted || holds) {
            continue;
        }
        let mut fault = None;
        if granted {
            let names = number_spot.is_some() || extension_spot.is_some();
            if !names && facts.people.from_directory(user) {
                match observed
                    .and_then(|user| user.work_phone.as_deref())
                    .filter(|phone| !phone.trim().is_empty())
                {
                    None => fault = Some(Fault::NoWorkPhone),
                    Some(phone) if e164(phone).is_none() => {
                        fault = Some(Fault::NumberFormat(phone.to_owned()))
                    }
                    Some(_) => {}
                }
                let phone = observed
                    .and_then(|user| user.work_phone.as_deref())
                    .unwrap_or("");
                number = Source::WorkPhone(phone);
            } else if !names {
                fault = Some(Fault::NumberRequired);
            }
        }
        list.push(Applicant {
            user,
            ask: ask.filter(|_| granted),
            observed,
            number,
            number_spot,
            extension,
            extension_spot,
            named,
            location: None,
            moves: false,
            got_number: None,
            got_extension: None,
            fault,
            barred: None,
            extension_fault: None,
            after: Vec::new(),
            after_step: Vec::new(),
            steps_aside: false,
        });
    }
    list
}

/// What came of an applicant: findings for what failed, changes for the rest.
fn conclude(
    facts: Facts<'_>,
    applicant: Applicant<'_>,
    asks: &mut Asks,
    findings: &mut Vec<Finding>,
) -> Option<Identity> {
    let address = format!("user/{}", facts.people.email(applicant.user));
    let key = facts
        .people
        .declared(applicant.user)
        .map(|declared| declared.key);
    let place = applicant
        .place()
        .or_else(|| applicant.ask.and_then(|at| asks.list[at].reason.spot))
        .or(key);
    let mut say = |fault: &Fault, spot: Option<Spot>| {
        let finding = fault
            .finding(applicant.origin())
            .about(&address)
            .at_opt(spot.map(|spot| facts.config.place(spot)));
        let said = (finding.severity, finding.code);
        findings.push(finding);
        said
    };
    let mut blocked = 0;
    if let Some(at) = applicant.ask {
        if let Some(fault) = applicant
            .fault
            .as_ref()
            .or(applicant.extension_fault.as_ref())
        {
            asks.list[at].state = match say(fault, place) {
                (Severity::Error, code) => AskState::Blocked(code),
                (_, code) => AskState::Refused(code),
            };
            return None;
        }
    } else {
        if let Some(fault) = &applicant.fault {
            say(fault, place);
            blocked += 1;
        }
        if let Some(fault) = &applicant.extension_fault {
            say(fault, applicant.extension_spot.or(place));
            blocked += 1;
        }
    }

    let granted = applicant.ask.is_some();
    let observed = applicant.observed;
    let mut changes = Vec::new();
    let mut change =
        |path, before: Option<&str>, after: Option<String>, because: String, spot: Option<Spot>| {
            if before != after.as_deref() {
                let before = before.map(str::to_owned);
                let reason = Reason {
                    spot: spot.or(place),
                    because: vec![because],
                };
                changes.push(IdentityChange {
                    path,
                    before,
                    after,
                    reason,
                });
            }
        };
    let email = facts.people.email(applicant.user);
    let refused = applicant.fault.is_some();
    if (granted || applicant.moves) && !refused {
        let before = observed.and_then(|user| user.location.as_deref());
        let because = match applicant.number {
            Source::WorkPhone(phone) => format!("location of the work phone {phone}"),
            _ if applicant.named.is_some() => format!("override users/{email} location"),
            _ => "location of the number".to_owned(),
        };
        change(
            "location",
            before,
            applicant.location.clone(),
            because,
            applicant.named.map(|(_, spot)| spot),
        );
    }
    if !refused {
        let before = applicant.held_number();
        let because = match applicant.number {
            Source::WorkPhone(phone) => format!("work phone {phone}"),
            _ => format!("override users/{email} phoneNumber"),
        };
        match (&applicant.got_number, applicant.number) {
            (Some(number), _) => change(
                "phoneNumber",
                before,
                Some(number.clone()),
                because,
                applicant.number_spot,
            ),
            (None, Source::Drop) if !granted => change("phoneNumber", before, None, because, None),
            _ => {}
        }
    }
    if let (Some(extension), false) = (&applicant.got_extension, refused && applicant.moves) {
        let before = observed.and_then(|user| user.extension.as_deref());
        let because = format!("override users/{email} extension");
        change(
            "extension",
            before,
            Some(extension.clone()),
            because,
            applicant.extension_spot,
        );
    }
    let nothing = changes.is_empty() && blocked == 0;
    (!nothing || granted).then_some(Identity {
        user: applicant.user,
        granted,
        changes,
        after: applicant.after,
        after_step: applicant.after_step,
        steps_aside: applicant.steps_aside,
        blocked,
    })
}
