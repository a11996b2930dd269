//! Licences of people and workspaces as values of fields.

pub mod import;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::change::{DraftField, FieldAction, Path, Risk, Shared, license_value, nothing};
use crate::kinds::field::Row;
use crate::licensing::catalogue::{Catalogue, Service, Tier, service_of_name};
use crate::licensing::{ChangeState, Facts, Held, Holder, LicenseAction, LicenseChange};
use crate::snapshot::Word;

/// How the path of a licence begins.
pub const LICENSES: &str = "licenses/";

/// A row for licences below a path, or the one with this path.
pub const fn row<D, O>(path: &'static str) -> Row<D, O> {
    let row = Row::licenses(path);
    // Each event about licences says so: no one is to be named for what another one, or Control Hub itself, has done.
    row.audit(&["licen", "entitle"]).always_said()
}

/// Whether a value may be that of the field with this path: what the table of words knows as a licence of one service is not one of
/// another. Meetings without a site are among the others.
pub fn may_be_at(path: &str, value: &Value) -> bool {
    let service = path.strip_prefix(LICENSES);
    let service = service.and_then(|rest| rest.split('/').next());
    let (Some(service), Some(name)) = (service, value["license"].as_str()) else {
        return true;
    };
    match service_of_name(name) {
        None | Some(Service::Meetings) => true,
        Some(known) => known.name() == service,
    }
}

/// Licences and accounts as the plan shows them: `{"license", "subscription"}`, with the role for meetings.
///
/// Few licences serve many people, so each value is made once.
pub struct Values {
    licenses: Vec<Shared>,
    attendee: Shared,
}

impl Values {
    /// The values of every licence of the snapshot.
    pub fn new(facts: &Facts<'_>) -> Values {
        let licenses = 0..facts.snapshot.licenses().len() as u32;
        Values {
            licenses: licenses
                .map(|license| Arc::new(license_value(facts, Some(license))))
                .collect(),
            attendee: Arc::new(license_value(facts, None)),
        }
    }

    fn of(&self, held: Option<Held>) -> Shared {
        match held.map(|held| held.license) {
            Some(Some(license)) => self.licenses[license as usize].clone(),
            Some(None) => self.attendee.clone(),
            None => nothing(),
        }
    }
}

/// The field of a settled change, or of a loss that is left to a person; `None` where nothing happens.
pub fn field(facts: &Facts<'_>, values: &Values, change: &LicenseChange) -> Option<DraftField> {
    let (after, held) = match change.state {
        ChangeState::Settled(after) => (after, None),
        ChangeState::Held(by) => (None, Some(by)),
        _ => return None,
    };
    let (action, risk) = match (change.action, change.before, after) {
        (_, None, Some(_)) => (FieldAction::Add, Risk::Additive),
        (LicenseAction::Move(_), _, Some(_)) => (FieldAction::Move, Risk::Reversible),
        (_, Some(_), None) => (FieldAction::Remove, Risk::Reversible),
        (_, Some(before), Some(after)) => (FieldAction::Change, risk_of_change(before, after)),
        (_, None, None) => return None,
    };
    let path = facts.catalogue.path(change.slot);
    let mut field = DraftField::new(
        path,
        action,
        risk,
        values.of(change.before),
        values.of(after),
    );
    field
        .gives
        .extend(change.before.and_then(|held| held.license));
    // What is held from both subscriptions takes no unit of the new one.
    let there = after.filter(|after| match change.action {
        LicenseAction::Move(_) => facts.has(change.holder).contains(after),
        _ => false,
    });
    field.takes = after
        .filter(|_| there.is_none())
        .and_then(|held| held.license);
    field.seated = change.seated;
    field.held = held;
    Some(field.because(change.reason.clone()))
}

fn risk_of_change(before: Held, after: Held) -> Risk {
    match (before.tier, after.tier) {
        (Tier::Attendee, Tier::Host) => Risk::Additive,
        (Tier::Host, Tier::Attendee) => Risk::Disruptive,
        _ => Risk::Reversible,
    }
}

/// What a holder has now, by path: of several licences for the same, the best; of one held twice, the one that goes.
pub fn observed(facts: &Facts<'_>, holder: Holder) -> BTreeMap<Path, Shared> {
    let mut values = BTreeMap::new();
    let all = facts.has(holder);
    let goes = |held: &&Held| {
        let sub = held.license.and_then(|it| facts.subscription_of(it));
        let target = sub.and_then(|sub| facts.subscriptions.get(sub).replaced_by);
        target.is_some_and(|(target, _)| facts.held_there(holder, **held, target).is_some())
    };
    let surplus: Vec<Held> = all.iter().filter(goes).copied().collect();
    for held in surplus.into_iter().chain(all) {
        let value = || Arc::new(license_value(facts, held.license));
        values
            .entry(facts.catalogue.path(held.slot).into())
            .or_insert_with(value);
    }
    values
}

/// The licences behind a list of ids.
pub fn held<'a>(catalogue: &'a Catalogue, ids: &'a [Word]) -> impl Iterator<Item = u32> + 'a {
    ids.iter().filter_map(|id| catalogue.by_id(id))
}
