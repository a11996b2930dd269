//! The requests that carry out a change of number, extension or location, and what these need.

use super::Context;
use crate::change::{Address, Need, Request, Turn};
use crate::licensing::{Holder, Identity};
use crate::snapshot;

/// Webex moves at most this many people to another location in one job.
const MOVED_PER_JOB: usize = 100;

/// One person.
pub const PERSON: &str = "/people/{personId}";

/// What must be done before number, extension and location can be set.
pub fn needs(context: &Context<'_>, identity: &Identity) -> Vec<Need> {
    let facts = context.world.facts();
    let address = |&holder: &Holder| {
        let (kind, key) = facts.named(holder);
        Address::new(kind, key)
    };
    let mut needs = Vec::new();
    for change in &identity.changes {
        let after = change.after.iter();
        match change.path {
            "phoneNumber" => {
                needs.extend(after.map(|number| Need::Done(Address::new("number", number))));
            }
            "location" => {
                let begins = after.filter(|place| context.world.locations().begins(place));
                needs.extend(begins.map(|place| Need::Begun(Address::new("location", place))));
            }
            _ => {}
        }
    }
    let here = match identity.holder {
        Holder::User(user) => {
            let seen = facts.people.snapshot(user);
            seen.and_then(|user| user.location.as_deref())
        }
        Holder::Workspace(place) => {
            let seen = facts.workspaces.snapshot(place);
            seen.and_then(|place| place.location.as_deref())
        }
    };
    let begins = here.filter(|name| context.world.locations().begins(name));
    needs.extend(begins.map(|place| Need::Begun(Address::new("location", place))));
    needs.extend(identity.after.iter().map(|it| Need::Done(address(it))));
    let features = identity.after_features.iter();
    needs.extend(features.map(|(kind, name)| Need::Done(Address::new(kind, name))));
    let steps = identity.after_step.iter();
    needs.extend(steps.map(|it| Need::Begun(address(it))));
    needs
}

/// The requests that give a person who has Calling another number, extension or location.
pub fn requests(
    context: &Context<'_>,
    observed: Option<&snapshot::User>,
    identity: &Identity,
    needs: Vec<Need>,
) -> Vec<Request> {
    let mut requests = Vec::new();
    if identity.changes.is_empty() {
        return requests;
    }
    if identity.steps_aside {
        // Who has no extension yet gets the new one for the step without a number.
        let bare = observed.is_none_or(|user| user.extension.is_none());
        let step = Request::new("PUT", PERSON).sending(match bare {
            true => &["extension"],
            false => &[],
        });
        requests.push(step.without(&["phoneNumber"]).early());
    }
    let mut changes = identity.changes.iter();
    let location = changes.find(|change| change.path == "location");
    let location = location.and_then(|change| change.after.as_deref());
    let request = match location {
        Some(location) => Request::new("POST", "/telephony/config/jobs/person/moveLocation")
            .turn(Turn::Together)
            .shared(location, MOVED_PER_JOB),
        None => Request::new("PUT", PERSON),
    };
    let request = request.sending(&["location", "phoneNumber", "extension"]);
    let request = match main_number_given_up(context, identity) {
        Some(location) => request
            .turn(Turn::Last)
            .after([Need::Done(Address::new("location", location))]),
        None => request,
    };
    requests.push(request.after(needs));
    requests
}

/// The location whose main number goes.
fn main_number_given_up<'a>(context: &Context<'a>, identity: &Identity) -> Option<&'a str> {
    let mut changes = identity.changes.iter();
    let number = changes.find(|change| change.path == "phoneNumber")?;
    let number = number.before.as_deref()?;
    let mut locations = context.snapshot.locations().iter();
    let has = |it: &&snapshot::Location| {
        let calling = it.calling.as_ref();
        calling.and_then(|it| it.main_number.as_deref()) == Some(number)
    };
    locations.find(has).map(|it| it.name.as_str())
}
