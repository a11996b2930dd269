//! Holders of a licence that may be Calling under a name that the table of licences does not have. Whatever of Calling is planned for
//! them could take what they have: their number, location and extension, and Calling itself, stay as they are.

use rustc_hash::{FxHashMap, FxHashSet};

use super::callers::Caller;
use super::catalogue::{LicenseIx, Service};
use super::changes::{ChangeState, Facts, LicenseAction, LicenseChange, LicenseChanges};
use super::holder::Holder;
use super::identity::Identity;
use super::losses::may_be_calling;
use crate::config::Spot;
use crate::finding::{Finding, NOT_KNOWN};

const HELP: &str = "look in Control Hub what the licence is, and change Calling there, or plan with a version of trunkline that knows it";

impl Facts<'_> {
    /// The name of the licence that may be the Calling of a holder who has none that is known.
    fn unclear_calling(&self, caller: &Caller<'_>) -> Option<&str> {
        if caller.seen.calls {
            return None;
        }
        let held = self.has(caller.holder).into_iter();
        let mut licenses = held.filter_map(|held| held.license);
        let license = licenses.find(|&license| self.is_calling_of(license, caller.holder))?;
        Some(&self.snapshot.licenses()[license as usize].name)
    }

    fn unclear(&self, holder: Holder, what: &str, license: &str, spot: Option<Spot>) -> Finding {
        let message = format!("{what}: the licence {license} is unknown, and may be Calling");
        Finding::hold(NOT_KNOWN, message)
            .about(self.address(holder))
            .help(HELP)
            .at_opt(spot.map(|spot| self.config.place(spot)))
    }
}

/// Says what is not done for them. Gives them all, and an identity for each whose location, number or extension the files name.
pub(super) fn withhold(
    facts: Facts<'_>,
    changes: &mut LicenseChanges,
    of_calling: &FxHashMap<Holder, usize>,
    findings: &mut Vec<Finding>,
) -> (FxHashSet<Holder>, Vec<Identity>) {
    let (mut holders, mut identities) = (FxHashSet::default(), Vec::new());
    let mut licenses = (0..).zip(facts.snapshot.licenses());
    let unclear = |(license, _): (LicenseIx, &_)| {
        let kind = facts.catalogue.kind(license);
        kind.slot.service == Service::Other
            && may_be_calling(facts.catalogue, facts.snapshot, license, || true)
    };
    // Nearly no organisation has one.
    if !licenses.any(unclear) {
        return (holders, identities);
    }
    let people = facts.people.by_email().map(Holder::User);
    let places = facts.workspaces.by_name().map(Holder::Workspace);
    for holder in people.chain(places) {
        let change = of_calling.get(&holder).copied();
        let caller = facts.caller(holder);
        if change.is_none() && caller.entry.is_none() {
            continue;
        }
        let Some(license) = facts.unclear_calling(&caller) else {
            continue;
        };
        if loses(facts, &changes.list, holder) {
            continue;
        }
        holders.insert(holder);
        let granted = change.map(|at| &mut changes.list[at]);
        let granted = granted.filter(|it| {
            it.state == ChangeState::Open && matches!(it.action, LicenseAction::Grant(_))
        });
        if let Some(change) = granted {
            let spot = change.reason.spot;
            change.state = ChangeState::Refused(NOT_KNOWN);
            findings.push(facts.unclear(holder, "Calling is not added", license, spot));
        } else if asks(&caller) {
            let what = "location, number and extension are not changed";
            findings.push(facts.unclear(holder, what, license, caller.place().or(caller.entry)));
            identities.push(Identity::withheld(holder));
        }
    }
    (holders, identities)
}

/// Whether the files name anything of Calling that is not so yet.
fn asks(caller: &Caller<'_>) -> bool {
    let moves = caller
        .named
        .is_some_and(|(to, _)| caller.seen.location != Some(to));
    moves || caller.asks_for_number() || caller.asks_for_extension()
}

/// Whether the licence goes in this plan: what is lost with it is said, and acknowledged.
fn loses(facts: Facts<'_>, changes: &[LicenseChange], holder: Holder) -> bool {
    let mut of_holder = changes.iter().filter(|it| it.holder == holder);
    of_holder.any(|it| facts.loses_calling(it))
}
