//! Guardrails: limits on what one plan may do (contract sections 2 and 4). They block the whole plan.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use crate::change::{
    Address, ChangeAction, DraftChange, EXISTENCE, FieldAction, NAME, People, Risk,
};
use crate::config::model::{DIRECTORY_SYNC, IRREVERSIBLE, MINIMUM, PERCENT};
use crate::config::yaml::At;
use crate::config::{Config, Declared, model};
use crate::finding::{
    Finding, GUARDRAIL_DIRECTORY_SYNC, GUARDRAIL_IRREVERSIBLE, GUARDRAIL_PROTECT,
    GUARDRAIL_REMOVALS, GUARDRAIL_RESTRICTED_BY_PARTNER, GUARDRAIL_UPDATES, Place,
};
use crate::kinds::{self, KINDS};
use crate::licensing::catalogue::Catalogue;
use crate::snapshot::{Snapshot, Word};

/// How many of the changes that the partner has reserved a message names.
const NAMED: usize = 5;

struct Guard<'a> {
    policy: &'a Config,
    declared: Option<&'a Declared<model::Guardrails>>,
    findings: Vec<Finding>,
}

/// Judges a plan by the guardrails of `policy`.
pub fn check(
    policy: &Config,
    snapshot: &Snapshot,
    catalogue: &Catalogue,
    changes: &[DraftChange],
) -> Vec<Finding> {
    let mut guard = Guard {
        policy,
        declared: policy.guardrails.as_ref(),
        findings: Vec::new(),
    };
    guard.removals(snapshot, catalogue, changes);
    guard.updates(snapshot, changes);
    guard.irreversible(changes);
    guard.people(changes);
    guard.protect(changes);
    guard.restricted(changes);
    guard.findings
}

impl Guard<'_> {
    fn limit(
        &self,
        limit: impl Fn(&model::Guardrails) -> Option<&At<model::Limit>>,
    ) -> (u64, u64, Option<Place>) {
        let at = self
            .declared
            .and_then(|declared| Some((declared, limit(&declared.value)?)));
        let value =
            |part: Option<&At<u32>>, default: u32| u64::from(part.map_or(default, |at| at.value));
        let limits = at.map(|(_, at)| &at.value);
        (
            value(limits.and_then(|limit| limit.percent.as_ref()), PERCENT),
            value(limits.and_then(|limit| limit.minimum.as_ref()), MINIMUM),
            at.map(|(declared, at)| self.policy.place(declared.spot(at))),
        )
    }

    fn removals(&mut self, snapshot: &Snapshot, catalogue: &Catalogue, changes: &[DraftChange]) {
        let (percent, minimum, place) = self.limit(|guardrails| guardrails.removals.as_ref());
        for (license, removed) in removed(snapshot, catalogue, changes) {
            let holds = |ids: &[Word]| {
                ids.iter()
                    .filter_map(|id| catalogue.by_id(id))
                    .any(|ix| name(snapshot, ix) == license)
            };
            let users = snapshot
                .users()
                .iter()
                .filter(|user| holds(&user.licenses))
                .count();
            let places = snapshot
                .workspaces()
                .iter()
                .filter(|place| holds(&place.licenses))
                .count();
            let holders = (users + places) as u64;
            if holders >= minimum && removed * 100 > percent * holders {
                let (license, site) = license;
                let on = site.map(|site| format!(" on {site}")).unwrap_or_default();
                let message = format!(
                    "{removed} of {holders} holders would lose {license}{on}; the limit is {percent} %"
                );
                self.say(
                    Finding::error(GUARDRAIL_REMOVALS, message)
                        .about(license)
                        .help("split the change, or raise `guardrails.removals.percent` in a separate commit"),
                    place.clone(),
                );
            }
        }
    }

    fn updates(&mut self, snapshot: &Snapshot, changes: &[DraftChange]) {
        let (percent, minimum, place) = self.limit(|guardrails| guardrails.updates.as_ref());
        for kind in KINDS {
            let total = (kind.observed)(snapshot) as u64;
            let counted = |change: &&DraftChange| {
                change.kind == kind.name && (kind.counts_as_update)(change, snapshot)
            };
            let touched = changes.iter().filter(counted).count() as u64;
            if total >= minimum && touched * 100 > percent * total {
                let message = format!(
                    "{touched} of {total} objects of kind {} would change; the limit is {percent} %",
                    kind.name
                );
                self.say(
                    Finding::error(GUARDRAIL_UPDATES, message)
                        .about(kind.name)
                        .help("split the change, or raise `guardrails.updates.percent` in a separate commit"),
                    place.clone(),
                );
            }
        }
    }

    fn irreversible(&mut self, changes: &[DraftChange]) {
        let limit = self
            .declared
            .and_then(|declared| Some((declared, declared.value.irreversible.as_ref()?)));
        let most = limit.map_or(IRREVERSIBLE, |(_, at)| at.value);
        let destroys = |change: &&DraftChange| {
            change
                .fields
                .iter()
                .any(|field| field.risk == Risk::Irreversible)
        };
        let count = changes.iter().filter(destroys).count();
        if count > most as usize {
            let changes = if count == 1 { "change" } else { "changes" };
            let message = format!(
                "{count} {changes} cannot be undone, and `guardrails.irreversible` allows {most}; acknowledged changes count too"
            );
            let help = "split the change, or raise `guardrails.irreversible` in a separate commit";
            let place = limit.map(|(declared, at)| self.policy.place(declared.spot(at)));
            self.say(
                Finding::error(GUARDRAIL_IRREVERSIBLE, message).help(help),
                place,
            );
        }
    }

    /// People who are deleted along with something else, acknowledged or not.
    fn people(&mut self, changes: &[DraftChange]) {
        let limit = self
            .declared
            .and_then(|declared| Some((declared, declared.value.directory_sync.as_ref()?)));
        let most = limit.map_or(DIRECTORY_SYNC, |(_, at)| at.value);
        let fields = changes.iter().flat_map(|change| &change.fields);
        let people: Vec<People> = fields.filter_map(|field| field.people).collect();
        let unknown = people.contains(&People::Unknown);
        let count: u64 = people
            .iter()
            .map(|it| match it {
                People::Count(count) => *count,
                People::Unknown => 0,
            })
            .sum();
        if !unknown && count <= u64::from(most) {
            return;
        }
        let message = match unknown {
            true => format!(
                "directory synchronisation would be switched off, and it is unknown how many people that deletes; the limit is {most}"
            ),
            false => format!(
                "switching directory synchronisation off would delete {count} people; the limit is {most}, acknowledged or not"
            ),
        };
        let help = "take a new snapshot if the number is unknown; raise `guardrails.directorySync` in a separate commit if it is intended";
        let place = limit.map(|(declared, at)| self.policy.place(declared.spot(at)));
        self.say(
            Finding::error(GUARDRAIL_DIRECTORY_SYNC, message).help(help),
            place,
        );
    }

    fn protect(&mut self, changes: &[DraftChange]) {
        let Some(declared) = self.declared else {
            return;
        };
        for protected in &declared.value.protect {
            let touches = |change: &&DraftChange| {
                change.action != ChangeAction::Create
                    && (same_address(&change.address(), &protected.value)
                        || old_address(change).is_some_and(|it| it == protected.value))
            };
            let takes_along = |change: &&DraftChange| {
                let mut along = change.fields.iter().flat_map(|field| &field.along);
                along.any(|it| same_address(it, &protected.value))
            };
            let touched = changes.iter().find(touches).map(|change| {
                let what = match change.action {
                    ChangeAction::Delete => "deleted",
                    _ => "updated",
                };
                (change.address(), format!("be {what}"))
            });
            let touched = touched.or_else(|| {
                let change = changes.iter().find(takes_along)?;
                let what = format!("be lost with {}", change.address());
                let (kind, key) = protected.value.split_once('/')?;
                Some((Address::new(kind, key), what))
            });
            if let Some((address, what)) = touched {
                let message = format!("{address} is protected and would {what}");
                let place = self.policy.place(declared.spot(protected));
                self.say(
                    Finding::error(GUARDRAIL_PROTECT, message)
                        .about(address)
                        .help("do not change the object, or remove it from `guardrails.protect` in a separate commit"),
                    Some(place),
                );
            }
        }
    }

    /// What the partner of the organisation has reserved: Webex refuses it to everyone else, so nothing is sent (BWKS-118).
    fn restricted(&mut self, changes: &[DraftChange]) {
        let org = self.policy.org.as_ref();
        let switch = org.and_then(|org| Some((org, org.value.restricted_by_partner.as_ref()?)));
        let Some((org, at)) = switch.filter(|(_, at)| at.value) else {
            return;
        };
        let all: Vec<(&DraftChange, BTreeSet<&str>)> = changes
            .iter()
            .map(|change| (change, reserved(change)))
            .filter(|(_, fields)| !fields.is_empty())
            .collect();
        if all.is_empty() {
            return;
        }
        let fields: BTreeSet<&str> = all.iter().flat_map(|(_, fields)| fields).copied().collect();
        let fields: Vec<&str> = fields.into_iter().collect();
        let named = all.iter().take(NAMED).map(|(change, _)| change.address());
        let mut named: Vec<String> = named.map(|it| it.to_string()).collect();
        if let Some(more) = all.len().checked_sub(NAMED).filter(|it| *it > 0) {
            named.push(format!("{more} more"));
        }
        let message = format!(
            "the organisation is restricted by its partner, and the partner alone may change {} of {}",
            fields.join(", "),
            named.join(", ")
        );
        let help = "ask an administrator of the partner: to make these changes (Partner Hub, Customers, the organisation), or to switch \
                    Restricted by Partner off there, and then write `org.restrictedByPartner: false`; `--target` plans the rest";
        let place = self.policy.place(org.spot(at));
        self.say(
            Finding::error(GUARDRAIL_RESTRICTED_BY_PARTNER, message).help(help),
            Some(place),
        );
    }

    fn say(&mut self, finding: Finding, place: Option<Place>) {
        self.findings.push(finding.at_opt(place));
    }
}

/// What of a change Restricted by Partner takes from the administrators of a customer.
fn reserved(change: &DraftChange) -> BTreeSet<&str> {
    let existence = (change.action != ChangeAction::Update).then_some(EXISTENCE);
    let fields = change.fields.iter().map(|field| field.path.as_str());
    let paths = fields.chain(existence);
    let is_reserved = |path: &&str| {
        let row = kinds::field(change.kind, path);
        row.is_some_and(|row| row.reserved)
    };
    paths.filter(is_reserved).collect()
}

/// A licence by its name and site, in whatever subscription.
type Name<'s> = (&'s str, Option<&'s str>);

fn name(snapshot: &Snapshot, license: u32) -> Name<'_> {
    let license = &snapshot.licenses()[license as usize];
    (license.name.as_str(), license.site_url.as_deref())
}

/// How many holders lose each licence.
fn removed<'s>(
    snapshot: &'s Snapshot,
    catalogue: &Catalogue,
    changes: &[DraftChange],
) -> BTreeMap<Name<'s>, u64> {
    let mut removed: BTreeMap<Name<'_>, u64> = BTreeMap::new();
    for change in changes {
        let fields = change.fields.iter();
        let fields = fields.filter(|field| field.action != FieldAction::Move);
        let taken: Vec<_> = fields
            .clone()
            .filter_map(|field| field.takes)
            .map(|license| catalogue.kind(license))
            .collect();
        // A holder who gets the same or a better one of the same service and site loses nothing.
        let stays = |license: u32| {
            let lost = catalogue.kind(license);
            taken.iter().any(|taken| {
                let better = taken.slot == lost.slot && taken.tier < lost.tier;
                taken.product == lost.product || better
            })
        };
        let lost: FxHashSet<_> = fields
            .flat_map(|field| field.lost())
            .filter(|&license| !stays(license))
            .map(|license| name(snapshot, license))
            .collect();
        for name in lost {
            *removed.entry(name).or_default() += 1;
        }
    }
    removed
}

/// The address that an object has had so far, if the change gives it another name.
fn old_address(change: &DraftChange) -> Option<Address> {
    let name = change.fields.iter().find(|field| field.path == NAME)?;
    Some(Address::new(change.kind, name.before.as_str()?))
}

/// Whether two addresses are the same; e-mail addresses are compared in lower case.
fn same_address(a: &str, b: &str) -> bool {
    a == b || (b.starts_with("user/") && a == b.to_lowercase())
}
