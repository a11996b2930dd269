//! Locations: creation, address, time zone, language, Calling, main number. The connection to the public network is compared
//! alone.

mod closing;
mod import;
mod wire;

use std::sync::Arc;

use serde_json::json;

use crate::change::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Need, Observed, Request, Risk,
    Turn, nothing, preimage, text, text_or_nothing,
};
use crate::config::yaml::At;
use crate::config::{Declared, dropped, model};
use crate::finding::{
    Finding, LOCATION_COUNTRY_FIXED, LOCATION_DELETION, LOCATION_INCOMPLETE, LOCATION_NAME_TAKEN,
    MAIN_NUMBER_UNKNOWN, PSTN_MANUAL_CONTROL_HUB, several,
};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, Loss, Rename, all_keys, former, loses_or_changes, quirks};
use crate::licensing::{Holder, Inventory, Obstacle, Owner, Reason, UserIx};
use crate::snapshot::{self, Snapshot};

/// What Webex keeps of a location itself, apart from its Calling.
const GENERAL: &[&str] = &["name", "timeZone", "preferredLanguage", "address/"];

/// Locations.
pub const KIND: Kind = Kind {
    name: "location",
    section: "locations",
    plan,
    losses: &[Loss::sometimes("state", LOCATION_DELETION)],
    live: wire::LIVE,
    import: import::import,
    rename: Some(Rename {
        former: |config| former(&config.locations, |location| location.formerly.as_ref()),
        has: |snapshot, name| {
            let mut locations = snapshot.locations().iter();
            locations.any(|location| location.name == name)
        },
        apply,
    }),
    observed: |snapshot| snapshot.locations().len(),
    considered: |config, _| config.locations.len(),
    considers: |config, _, key| config.locations.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = snapshot.locations().iter().map(|location| &location.name);
        all_keys(config.locations.keys(), observed)
    },
    facts,
    observe,
    adopt,
    holder: |_, _| None,
};

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let locations = context.world.locations();
    let Some(seen) = locations.observed(key) else {
        let status = match locations.exists(key) {
            true => "created by this plan",
            false => "not in the organisation",
        };
        return vec![Fact::new("status", "status", status)];
    };
    let country = seen
        .address
        .as_ref()
        .and_then(|address| address.country.clone());
    let main = seen
        .calling
        .as_ref()
        .map(|calling| calling.main_number.clone());
    let calling = match main.is_some() {
        true => "enabled",
        false => "not enabled",
    };
    vec![
        Fact::new("timeZone", "time zone", seen.time_zone.clone()),
        Fact::new("country", "country", country),
        Fact::new("calling", "Calling", calling),
        Fact::new("mainNumber", "main number", main.flatten()),
    ]
}

/// What a location has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    let entry = wanted.config.locations.get(wanted.key);
    match wanted.field.path.as_str() {
        "name" | "state" => Err(wanted.by_hand("names and deletions are decided in the files")),
        "calling" => Err(wanted.by_hand("Calling has been switched off for this location")),
        _ => wanted.plain(KIND.section, entry),
    }
}

/// What the snapshot says of the location, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let seen = context.world.locations().observed(key)?;
    let old = context.old_name(KIND.name, key).unwrap_or(key);
    let address = seen.address.clone().unwrap_or_default();
    let calling = seen.calling.as_ref();
    let enabled = calling.map(|_| ("calling".to_owned(), Arc::new(json!(true))));
    let main = calling.and_then(|calling| calling.main_number.as_deref());
    let observed = Observed::new(&seen.id, [old.to_owned()])
        .text("state", Some("present"))
        .text("name", Some(old))
        .text("timeZone", seen.time_zone.as_deref())
        .text("preferredLanguage", seen.preferred_language.as_deref())
        .text("address/address1", address.address1.as_deref())
        .text("address/address2", address.address2.as_deref())
        .text("address/city", address.city.as_deref())
        .text("address/state", address.state.as_deref())
        .text("address/postalCode", address.postal_code.as_deref())
        .text("address/country", address.country.as_deref())
        .text("calling/mainNumber", main);
    Some(observed.with(enabled))
}

/// Gives a location another name wherever one is named.
fn apply(snapshot: &mut Snapshot, old: &str, now: &str) {
    let rename = |name: &mut Option<String>| {
        if name.as_deref() == Some(old) {
            *name = Some(now.to_owned());
        }
    };
    for location in snapshot
        .locations
        .iter_mut()
        .flatten()
        .filter(|location| location.name == old)
    {
        location.name = now.to_owned();
    }
    snapshot
        .users
        .iter_mut()
        .flatten()
        .for_each(|user| rename(&mut user.location));
    snapshot
        .numbers
        .iter_mut()
        .flatten()
        .for_each(|number| rename(&mut number.location));
    snapshot
        .workspaces
        .iter_mut()
        .flatten()
        .for_each(|place| rename(&mut place.location));
    snapshot
        .features
        .iter_mut()
        .flatten()
        .for_each(|feature| rename(&mut feature.location));
    snapshot.sort();
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let base = context.base.map(|base| &base.locations);
    for (name, _) in dropped(base, &context.config.locations, |it| it.formerly.as_ref()) {
        closing::deletion(context, name, draft);
    }
    let inventory = context.world.inventory();
    for (name, declared) in &context.config.locations {
        let seen = context.world.locations().observed(name);
        let place = Place {
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
struct Place<'a> {
    context: &'a Context<'a>,
    inventory: &'a Inventory<'a>,
    name: &'a str,
    declared: &'a Declared<model::Location>,
    /// As the organisation has it; `None` for one to be created.
    seen: Option<&'a snapshot::Location>,
    /// Its Calling, as the organisation has it.
    calls: Option<&'a snapshot::LocationCalling>,
}

impl Place<'_> {
    fn refuse(&self, obstacle: &Obstacle<'_>, draft: &mut Draft) {
        let finding = match obstacle {
            Obstacle::Lacks(fields) => {
                let message = format!(
                    "the organisation lacks this location, and to create it {} {} missing",
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
                let message =
                    format!("the organisation has `{other}`, which differs in case alone");
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
            fields: self.general(),
            preimage: self.captured().and_then(preimage),
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
        let old = self.context.old_name(KIND.name, self.name)?;
        let former = self.declared.value.formerly.as_ref()?;
        let reason = Reason {
            spot: Some(self.declared.spot(former)),
            because: vec![format!("locations/{} formerly", self.name)],
        };
        let field = DraftField::new(
            "name",
            FieldAction::Change,
            Risk::Disruptive,
            text(old),
            text(self.name),
        );
        Some(field.because(reason))
    }

    /// Time zone and language.
    fn general(&self) -> Vec<DraftField> {
        let model::Location {
            time_zone,
            preferred_language,
            address: _,
            calling: _,
            formerly: _,
        } = &self.declared.value;
        let seen = |of: fn(&snapshot::Location) -> &Option<String>| {
            self.seen.and_then(|seen| of(seen).as_deref())
        };
        [
            ("timeZone", time_zone, seen(|it| &it.time_zone)),
            (
                "preferredLanguage",
                preferred_language,
                seen(|it| &it.preferred_language),
            ),
        ]
        .into_iter()
        .filter_map(|(path, ours, theirs)| self.field(path, ours.as_ref()?, theirs))
        .collect()
    }

    /// The address, which Webex takes whole: where the country differs, all of it stays as it is.
    fn street(&self, draft: &mut Draft) -> Vec<DraftField> {
        let Some(address) = &self.declared.value.address else {
            return Vec::new();
        };
        let model::Address {
            address1,
            address2,
            city,
            state,
            postal_code,
            country,
        } = &address.value;
        let empty = snapshot::Address::default();
        let seen = self.seen.and_then(|seen| seen.address.as_ref());
        let theirs = seen.unwrap_or(&empty);
        let members = [
            ("address/address1", address1, &theirs.address1),
            ("address/address2", address2, &theirs.address2),
            ("address/city", city, &theirs.city),
            ("address/state", state, &theirs.state),
            ("address/postalCode", postal_code, &theirs.postal_code),
            ("address/country", country, &theirs.country),
        ];
        let fields: Vec<DraftField> = members
            .into_iter()
            .filter_map(|(path, ours, theirs)| self.field(path, ours.as_ref()?, theirs.as_deref()))
            .collect();
        let moves = |field: &DraftField| {
            field.path == "address/country" && field.action == FieldAction::Change
        };
        let (Some(country), Some(before)) = (country, &theirs.country) else {
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
            let field =
                DraftField::new("calling", FieldAction::Add, Risk::Additive, nothing(), yes);
            change
                .fields
                .push(field.because(self.reason("calling", calling)));
            let enable = Request::new("POST", "/telephony/config/locations")
                .sending(&["calling"])
                .early();
            change.requests.push(enable);
        }
        let theirs = self.calls.and_then(|calls| calls.main_number.as_deref());
        let field = main_number
            .as_ref()
            .and_then(|number| Some((number, self.field("calling/mainNumber", number, theirs)?)));
        if let Some((number, field)) = field {
            self.main_number(number, field, change, draft);
        }
        let theirs = self.calls.and_then(|calls| calls.pstn.as_deref());
        if let Some(pstn) = pstn
            .as_ref()
            .filter(|pstn| !quirks::same("calling/pstn", &pstn.value, theirs))
        {
            self.connection(pstn, theirs, draft);
        }
    }

    /// The main number is set last: by then its numbers are there, and nobody is in the middle of a move.
    fn main_number(
        &self,
        number: &At<String>,
        field: DraftField,
        change: &mut DraftChange,
        draft: &mut Draft,
    ) {
        let (location, owner) = self.whereabouts(&number.value);
        if location.as_deref() != Some(self.name) {
            let message = match location {
                Some(other) => format!("{number} belongs to {other}, not to {}", self.name),
                None => format!("{number} is not among the numbers of {}", self.name),
            };
            let help = format!("add it to {} under `numbers`, or correct it", self.name);
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
        let owner = owner.map(|owner| format!("user/{}", people.email(owner)));
        let number = [format!("number/{number}")].into_iter();
        change.requests.push(
            Request::new("PUT", "/telephony/config/locations/{locationId}")
                .sending(&["calling/mainNumber"])
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
            Some(theirs) => format!("the connection is {theirs}, and to be {pstn}"),
            None => format!("there is no connection yet, and it is to be {pstn}"),
        };
        let when = match self.seen {
            None => "once the location is there, choose",
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

    /// A field, if it is not as it should be. Of a new location everything is set.
    fn field(&self, path: &str, ours: &At<String>, theirs: Option<&str>) -> Option<DraftField> {
        if self.seen.is_some() && quirks::same(path, &ours.value, theirs) {
            return None;
        }
        let given = |text: &&str| !text.trim().is_empty();
        let before = theirs.filter(given);
        let after = Some(ours.value.as_str()).filter(given);
        let action = match (before, after) {
            (None, None) => return None,
            (None, Some(_)) => FieldAction::Add,
            (Some(_), Some(_)) => FieldAction::Change,
            (Some(_), None) => FieldAction::Remove,
        };
        // What has not begun yet disturbs nobody.
        let begins = match path.starts_with("calling/") {
            true => self.calls.is_none(),
            false => self.seen.is_none(),
        };
        let risk = match begins {
            true => Risk::Additive,
            false => Risk::Disruptive,
        };
        let (before, after) = (text_or_nothing(before), text_or_nothing(after));
        let field = DraftField::new(path, action, risk, before, after);
        Some(field.because(self.reason(path, ours)))
    }

    fn reason<T>(&self, path: &str, at: &At<T>) -> Reason {
        Reason {
            spot: Some(self.declared.spot(at)),
            because: vec![format!(
                "locations/{} {}",
                self.name,
                path.replace('/', ".")
            )],
        }
    }

    fn say<T>(&self, finding: Finding, at: &At<T>, draft: &mut Draft) {
        let place = self.context.config.place(self.declared.spot(at));
        draft.findings.push(finding.about(self.address()).at(place));
    }

    fn address(&self) -> String {
        format!("{}/{}", KIND.name, self.name)
    }
}
