//! What changes of the locations that the files declare: creation, fields, Calling, main number.

use std::sync::Arc;

use serde_json::json;

use super::KIND;
use super::fields::{ADDRESS, CALLING, FIELDS, GENERAL, MAIN_NUMBER_PATH, PSTN};
use super::{closing, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, FieldAction, Need, Request, Risk, Turn,
    nothing,
};
use crate::config::yaml::At;
use crate::config::{Declared, dropped, model};
use crate::finding::{
    Finding, LOCATION_COUNTRY_FIXED, LOCATION_INCOMPLETE, LOCATION_NAME_TAKEN, MAIN_NUMBER_UNKNOWN,
    PSTN_MANUAL_CONTROL_HUB, several,
};
use crate::kinds::Context;
use crate::kinds::field::{self, Compared, Row};
use crate::licensing::{Holder, Inventory, Obstacle, Owner, UserIx};
use crate::snapshot;

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    let base = context.base.map(|base| &base.locations);
    let inventory = context.world.inventory();
    for (name, _) in dropped(base, &context.config.locations, |it| it.formerly.as_ref()) {
        closing::deletion(context, &inventory, name, draft);
    }
    for (name, declared) in &context.config.locations {
        let seen = context.world.locations().observed(name);
        let place = LocationPlan {
            context,
            inventory: &inventory,
            name,
            declared,
            seen,
            calls: seen.and_then(|seen| seen.calling.as_ref()),
        };
        match context.world.locations().obstacle(name) {
            Some(obstacle) => place.refuse(obstacle, draft),
            None => place.change(draft),
        }
    }
}

/// A location that the files declare.
struct LocationPlan<'a> {
    context: &'a Context<'a>,
    inventory: &'a Inventory<'a>,
    name: &'a str,
    declared: &'a Declared<model::Location>,
    /// As the organisation has it; `None` for one to be created.
    seen: Option<&'a snapshot::Location>,
    /// Its Calling, as the organisation has it.
    calls: Option<&'a snapshot::LocationCalling>,
}

impl LocationPlan<'_> {
    fn refuse(&self, obstacle: &Obstacle<'_>, draft: &mut Draft) {
        let finding = match obstacle {
            Obstacle::Lacks(fields) => {
                let message = format!(
                    "the organisation does not have this location, and {} {} missing to create it",
                    fields.join(", "),
                    if fields.len() == 1 { "is" } else { "are" }
                );
                let names = self.context.world.locations().names();
                let help = crate::finding::did_you_mean(self.name, names);
                let help = help.map_or_else(
                    || "write what is missing".to_owned(),
                    |hint| format!("{hint} If not, write what is missing"),
                );
                Finding::error(LOCATION_INCOMPLETE, message).help(help)
            }
            Obstacle::NameTaken(other) => {
                let message = format!("the organisation has `{other}`, which differs only in case");
                let help = format!("write `{other}`, here and wherever the location is named");
                Finding::error(LOCATION_NAME_TAKEN, message).help(help)
            }
            Obstacle::Ambiguous(ids) => several("locations", self.name, ids),
        };
        draft.blocked += 1;
        let place = self.context.config.place(self.declared.key);
        draft.findings.push(finding.about(self.address()).at(place));
    }

    fn change(&self, draft: &mut Draft) {
        let mut change = DraftChange {
            kind: KIND.name,
            key: self.name.to_owned(),
            action: match self.seen {
                None => ChangeAction::Create,
                Some(_) => ChangeAction::Update,
            },
            fields: self.fields(|path| !path.starts_with(ADDRESS) && !path.starts_with(CALLING)),
            preimage: self.captured().map(essence),
            turn: Turn::Give,
            depends_on: Vec::new(),
            requests: Vec::new(),
        };
        change.fields.extend(self.renamed());
        let address = self.street(draft);
        change.fields.extend(address);
        match self.seen {
            None => change
                .requests
                .push(Request::new("POST", "/locations").sending(GENERAL).early()),
            Some(_) if !change.fields.is_empty() => change
                .requests
                .push(Request::new("PUT", "/locations/{locationId}").sending(GENERAL)),
            Some(_) => {}
        }
        if let Some(calling) = &self.declared.value.calling {
            self.calling(calling, &mut change, draft);
        }
        if !change.fields.is_empty() {
            draft.changes.push(change);
        }
    }

    /// The location as the snapshot has it, under its old name.
    fn captured(&self) -> Option<&snapshot::Location> {
        let name = self
            .context
            .old_name(KIND.name, self.name)
            .unwrap_or(self.name);
        let mut locations = self.context.captured.locations().iter();
        locations.find(|seen| seen.name == name)
    }

    /// The new name, if it is to have one.
    fn renamed(&self) -> Option<DraftField> {
        let former = self.declared.value.formerly.as_ref();
        let (context, risk) = (self.context, Risk::Disruptive);
        context.renamed(&KIND, self.name, self.declared, former, risk)
    }

    /// The address, which Webex takes whole: where the country differs, all of it stays as it is.
    fn street(&self, draft: &mut Draft) -> Vec<DraftField> {
        let Some(address) = &self.declared.value.address else {
            return Vec::new();
        };
        let fields = self.fields(|path| path.starts_with(ADDRESS));
        let seen = self.seen.and_then(|seen| seen.address.as_ref());
        let before = seen.and_then(|seen| seen.country.as_ref());
        let moves = |field: &DraftField| {
            field.path == "address/country" && field.action == FieldAction::Change
        };
        let (Some(country), Some(before)) = (&address.value.country, before) else {
            return fields;
        };
        if !fields.iter().any(moves) {
            return fields;
        }
        let message = format!(
            "{} is in {before}, and a location cannot change its country to {country}",
            self.name
        );
        let help =
            format!("write `country: {before}`; for another country, declare a new location");
        draft.blocked += fields.len();
        self.say(
            Finding::error(LOCATION_COUNTRY_FIXED, message).help(help),
            country,
            draft,
        );
        Vec::new()
    }

    /// Enablement, main number and connection.
    fn calling(
        &self,
        calling: &At<model::LocationCalling>,
        change: &mut DraftChange,
        draft: &mut Draft,
    ) {
        let model::LocationCalling { main_number, pstn } = &calling.value;
        if self.calls.is_none() {
            let yes = Arc::new(json!(true));
            let field = DraftField::new(CALLING, FieldAction::Add, Risk::Additive, nothing(), yes);
            change
                .fields
                .push(field.because(self.compared().reason(calling, CALLING)));
            let enable = Request::new("POST", "/telephony/config/locations")
                .sending(&[CALLING])
                .early();
            change.requests.push(enable);
        }
        let row = field::row(&FIELDS, MAIN_NUMBER_PATH);
        let field = row
            .and_then(|row| self.field(row))
            .zip(main_number.as_ref());
        if let Some((field, number)) = field {
            self.main_number(number, field, change, draft);
        }
        let theirs = self.calls.and_then(|calls| calls.pstn.as_deref());
        let differs = |pstn: &&At<String>| {
            field::row(&FIELDS, PSTN).is_some_and(|row| !row.field.same(&pstn.value, theirs))
        };
        if let Some(pstn) = pstn.as_ref().filter(differs) {
            self.connection(pstn, theirs, draft);
        }
    }

    /// The main number is set last: by then its numbers are there, and no one is in the middle of a move.
    fn main_number(
        &self,
        number: &At<String>,
        field: DraftField,
        change: &mut DraftChange,
        draft: &mut Draft,
    ) {
        let (location, owner) = self.whereabouts(&number.value);
        let returned = self.context.world.facts().returns(&number.value);
        if returned || location.as_deref() != Some(self.name) {
            let elsewhere = location.is_some() && !returned;
            let message = match location {
                _ if returned => {
                    format!("{number} is no longer listed under `numbers`, so that it is deleted")
                }
                Some(other) => format!("{number} belongs to {other}, not to {}", self.name),
                None => format!("{number} is not among the numbers of {}", self.name),
            };
            let help = match elsewhere {
                true => format!("name a number of {}", self.name),
                false => format!("add it to {} under `numbers`, or correct it", self.name),
            };
            draft.blocked += 1;
            self.say(
                Finding::error(MAIN_NUMBER_UNKNOWN, message).help(help),
                number,
                draft,
            );
            return;
        }
        change.fields.push(field);
        let people = self.context.world.facts().people;
        let owner = owner.map(|owner| Address::new("user", people.email(owner)));
        let number = [Address::new("number", number)].into_iter();
        change.requests.push(
            Request::new("PUT", "/telephony/config/locations/{locationId}")
                .sending(&[MAIN_NUMBER_PATH])
                .turn(Turn::Follow)
                .after(number.chain(owner).map(Need::Done)),
        );
    }

    /// The location of a number after the plan, and the person who takes it there.
    fn whereabouts(&self, number: &str) -> (Option<String>, Option<UserIx>) {
        let Some(facts) = self.inventory.number(number) else {
            return (None, None);
        };
        let here = facts.location.map(str::to_owned);
        let Some(Owner::Holder(Holder::User(owner))) = facts.owner else {
            return (here, None);
        };
        let identity = self.context.decisions.identities.get(&Holder::User(owner));
        let changes = identity.map_or(&[][..], |identity| &identity.changes);
        let change = |path: &str| changes.iter().find(|change| change.path == path);
        match (change("location"), change("phoneNumber")) {
            (Some(location), None) => (location.after.clone(), Some(owner)),
            _ => (here, None),
        }
    }

    /// The connection is never set from here.
    fn connection(&self, pstn: &At<String>, theirs: Option<&str>, draft: &mut Draft) {
        let message = match theirs {
            Some(theirs) => format!("the connection is {theirs}, and should be {pstn}"),
            None => format!("there is no connection yet, and it should be {pstn}"),
        };
        let when = match self.seen {
            None => "once the location exists, choose",
            Some(_) => "choose",
        };
        let help = format!(
            "{when} it in Control Hub (Management, Locations, {}, Calling, PSTN connection), and take a new snapshot",
            self.name
        );
        draft.blocked += 1;
        self.say(
            Finding::hold(PSTN_MANUAL_CONTROL_HUB, message).help(help),
            pstn,
            draft,
        );
    }

    /// The fields with these paths that are not as they should be.
    fn fields(&self, wanted: impl Fn(&str) -> bool) -> Vec<DraftField> {
        let rows = FIELDS.iter().filter(|row| wanted(row.field.path));
        rows.filter_map(|row| self.field(row)).collect()
    }

    /// A field, if it is not as it should be. What has not begun yet disturbs no one.
    fn field(&self, row: &Row<model::Location, snapshot::Location>) -> Option<DraftField> {
        let begins = match row.field.path.starts_with(CALLING) {
            true => self.calls.is_none(),
            false => self.seen.is_none(),
        };
        self.compared().field(row, begins)
    }

    fn compared(&self) -> Compared<'_, model::Location, snapshot::Location> {
        Compared {
            section: KIND.section,
            key: self.name,
            declared: self.declared,
            seen: self.seen,
        }
    }

    fn say<T>(&self, finding: Finding, at: &At<T>, draft: &mut Draft) {
        let place = self.context.config.place(self.declared.spot(at));
        draft.findings.push(finding.about(self.address()).at(place));
    }

    fn address(&self) -> Address {
        Address::new(KIND.name, self.name)
    }
}
