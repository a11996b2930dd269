//! The deletion of a location that no file names any more, and what is lost with it.

use super::leaving::Leaving;
use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, EXISTENCE, FieldAction, Need, Request,
    Risk, Turn, nothing, text,
};
use crate::finding::{Finding, LOCATION_DELETION, NOT_KNOWN, STILL_IN_USE, several};
use crate::kinds::{Context, no_longer};
use crate::licensing::Inventory;
use crate::snapshot::Location;

/// A location that the base had and the files have no longer: it is deleted once it is empty.
pub fn deletion(context: &Context<'_>, inventory: &Inventory<'_>, name: &str, draft: &mut Draft) {
    let locations = context.captured.locations();
    let Some(seen) = locations.iter().find(|seen| seen.name == name) else {
        return;
    };
    if context.world.locations().obstacle(name).is_some() {
        draft.blocked += 1;
        let same = locations.iter().filter(|other| other.name == name);
        let ids: Vec<&str> = same.map(|other| other.id.as_str()).collect();
        let finding = several("locations", name, &ids);
        draft
            .findings
            .push(finding.about(Address::new("location", name)));
        return;
    }
    let places = context.world.facts().snapshot.locations().iter();
    let leaving = Leaving {
        context,
        inventory,
        name,
        places: &places.map(|it| it.name.as_str()).collect(),
    };
    if let Some(why) = leaving.not_captured() {
        draft.blocked += 1;
        let message = format!("{name} cannot be deleted: it is unknown what is there: {why}");
        draft.findings.push(
            Finding::hold(NOT_KNOWN, message)
                .about(Address::new("location", name))
                .help("take a new snapshot, with a token that may read all of it"),
        );
        return;
    }
    let mut others = locations.iter().filter(|other| other.name != name);
    let calls = leaving.calls(seen);
    let last = calls && !others.any(|other| other.calling.is_some());
    let found = match last {
        true => Err("it is the last one with Calling, which Webex never deletes".to_owned()),
        false => leaving.changes(),
    };
    match found {
        Ok(depends_on) => {
            let change = change(seen, calls, depends_on, &leaving.numbers_lost());
            draft.changes.push(change);
        }
        Err(why) => {
            draft.blocked += 1;
            draft.findings.push(
                Finding::error(STILL_IN_USE, format!("{name} cannot be deleted: {why}"))
                    .about(Address::new("location", name))
                    .help(match last {
                        true => "declare the location again",
                        false => "move or delete what is there first, or declare the location again; if it is unknown what is there, take \
                                  a new snapshot",
                    }),
            );
        }
    }
}

/// The deletion, with its Calling first. The main number and `numbers` are lost with it.
fn change(seen: &Location, calls: bool, depends_on: Vec<Address>, numbers: &[&str]) -> DraftChange {
    let mut field = DraftField::new(
        EXISTENCE,
        FieldAction::Remove,
        Risk::Disruptive,
        text("present"),
        nothing(),
    )
    .because(no_longer(KIND.section, &seen.name));
    let mut requests = Vec::new();
    if calls {
        let job = Request::new(
            "POST",
            "/telephony/config/jobs/locations/deleteCallingLocation",
        );
        requests.push(job.sending(&[]));
        let main = seen.calling.as_ref().and_then(|it| it.main_number.as_ref());
        let mut losses: Vec<String> = main
            .map(|main| format!("main number {main}"))
            .into_iter()
            .collect();
        losses.push("Calling settings of the location".to_owned());
        losses.extend(numbers.iter().map(|number| format!("number {number}")));
        let along = main.map(String::as_str).into_iter();
        let along = along.chain(numbers.iter().copied());
        let along = along.map(|number| Address::new("number", number)).collect();
        field.risk = Risk::Irreversible;
        field = field.losing(LOCATION_DELETION, losses).taking_along(along);
    }
    requests.push(Request::new("DELETE", "/locations/{locationId}"));
    DraftChange {
        kind: KIND.name,
        key: seen.name.clone(),
        action: ChangeAction::Delete,
        fields: vec![field],
        preimage: Some(essence(seen)),
        turn: Turn::Follow,
        depends_on: depends_on.into_iter().map(Need::Done).collect(),
        requests,
    }
}
