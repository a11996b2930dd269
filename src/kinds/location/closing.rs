//! The deletion of a location that no file names any more, and what keeps it.

use super::{KIND, essence};
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, EXISTENCE, FieldAction, Need, Request,
    Risk, Turn, nothing, text,
};
use crate::finding::{Finding, LOCATION_DELETION, STILL_IN_USE, several};
use crate::kinds::{Context, no_longer};
use crate::licensing::{Consent, Holder, IdentityChange};
use crate::snapshot::{Feature, Location, Owner, Snapshot, feature_word};

/// How many features are named before the rest is counted.
const NAMED: usize = 3;

/// A location that the base had and the files have no longer: it is deleted once it is empty.
pub fn deletion(context: &Context<'_>, name: &str, draft: &mut Draft) {
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
    let mut others = locations.iter().filter(|other| other.name != name);
    let last = seen.calling.is_some() && !others.any(|other| other.calling.is_some());
    let found = match last {
        true => Err("it is the last one with Calling, which Webex never deletes".to_owned()),
        false => leaving(context, name),
    };
    match found {
        Ok(depends_on) => draft.changes.push(change(seen, depends_on)),
        Err(why) => {
            draft.blocked += 1;
            draft.findings.push(
                Finding::error(STILL_IN_USE, format!("{name} cannot be deleted: {why}"))
                    .about(Address::new("location", name))
                    .help("move or delete what is there first, or declare the location again"),
            );
        }
    }
}

/// The deletion, with its Calling first.
fn change(seen: &Location, depends_on: Vec<Address>) -> DraftChange {
    let mut field = DraftField::new(
        EXISTENCE,
        FieldAction::Remove,
        Risk::Disruptive,
        text("present"),
        nothing(),
    )
    .because(no_longer(KIND.section, &seen.name));
    let mut requests = Vec::new();
    if let Some(calling) = &seen.calling {
        let job = Request::new(
            "POST",
            "/telephony/config/jobs/locations/deleteCallingLocation",
        );
        requests.push(job.sending(&[]));
        let main = calling.main_number.iter();
        let mut losses: Vec<String> = main.map(|number| format!("main number {number}")).collect();
        losses.push("Calling settings of the location".to_owned());
        field.risk = Risk::Irreversible;
        field = field.losing(LOCATION_DELETION, losses);
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

/// The first few names, the number of the others, and the verb that fits.
fn are(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        _ if names.len() <= NAMED => format!("{} are", names.join(", ")),
        _ => format!(
            "{} and {} more are",
            names[..NAMED].join(", "),
            names.len() - NAMED
        ),
    }
}

/// The changes by which everyone leaves a location; or who stays, or comes.
fn leaving(context: &Context<'_>, name: &str) -> Result<Vec<Address>, String> {
    let why = coming(context, name).or_else(|| features(context, name));
    if let Some(why) = why.or_else(|| unseen(context)) {
        return Err(why);
    }
    let facts = context.world.facts();
    let identities = &context.decisions.identities;
    let moves = |holder: Holder| {
        let identity = identities.get(&holder);
        identity.is_some_and(|it| it.changes.iter().any(|change| change.path == "location"))
    };
    // Its numbers are given back while there is a location to give them back from.
    let numbers = facts.snapshot.numbers().iter();
    let mut depends_on: Vec<Address> = numbers
        .filter(|number| number.location.as_deref() == Some(name))
        .map(|number| Address::new("number", &number.phone_number))
        .collect();
    let features = features_of(facts.snapshot, name);
    depends_on.extend(features.map(|it| Address::new(&it.kind, &it.name)));
    for (holder, deleted) in here(context, name) {
        if !deleted && !moves(holder) {
            return Err(format!("{} is there", facts.address(holder)));
        }
        let (kind, key) = facts.named(holder);
        depends_on.push(Address::new(kind, key));
    }
    Ok(depends_on)
}

/// Why a person or object comes to a location that is to be deleted.
fn coming(context: &Context<'_>, name: &str) -> Option<String> {
    let facts = context.world.facts();
    for (&holder, identity) in &context.decisions.identities {
        let comes = |change: &IdentityChange| {
            change.path == "location" && change.after.as_deref() == Some(name)
        };
        if identity.changes.iter().any(comes) {
            return Some(format!("{} is to be there", facts.address(holder)));
        }
    }
    let mut blocks = context.config.numbers.iter();
    let listed = blocks.any(|block| block.value.location.value == name);
    listed.then(|| "the files still list numbers there".to_owned())
}

/// Whether this plan deletes a feature.
fn closes(context: &Context<'_>, kind: &str, name: &str) -> bool {
    let agreed = context.acknowledgements;
    context.world.closes(kind, name, agreed)
}

/// The features of a location.
fn features_of<'s>(snapshot: &'s Snapshot, name: &str) -> impl Iterator<Item = &'s Feature> {
    let features = snapshot.features().iter();
    features.filter(move |feature| feature.location.as_deref() == Some(name))
}

/// The features and extensions that stay in a location, in words.
fn features(context: &Context<'_>, name: &str) -> Option<String> {
    let snapshot = context.world.facts().snapshot;
    let here = features_of(snapshot, name);
    let here = here.filter(|it| !closes(context, &it.kind, &it.name));
    let here: Vec<String> = here
        .map(|feature| format!("{} {}", feature_word(&feature.kind), feature.name))
        .collect();
    if !here.is_empty() {
        return Some(format!("{} there", are(&here)));
    }
    // Features have extensions without a number.
    let mut rows = snapshot.number_rows().iter();
    let alone = rows.find(|row| {
        let stays = row
            .owner
            .as_ref()
            .is_none_or(|it| it.kind.is_feature() && !closes(context, it.kind.word(), &it.key));
        row.phone_number.is_empty() && row.location.as_deref() == Some(name) && stays
    })?;
    let owner = alone.owner.as_ref();
    let who = owner.map_or_else(|| "an extension".to_owned(), Owner::to_string);
    Some(format!("{who} is there"))
}

/// Somebody of whom not everything is known, so that they may be anywhere.
fn unseen(context: &Context<'_>) -> Option<String> {
    let facts = context.world.facts();
    let users = facts.snapshot.users().iter().zip(0..);
    let mut users =
        users.filter(|(user, index)| user.location.is_none() && facts.people.not_known(*index));
    let places = facts.snapshot.workspaces().iter().zip(0..);
    let mut places = places
        .filter(|(place, index)| place.location.is_none() && facts.workspaces.not_known(*index));
    let user = users.next().map(|(_, index)| Holder::User(index));
    let holder = user.or_else(|| places.next().map(|(_, index)| Holder::Workspace(index)));
    holder.map(|holder| format!("it is unknown whether {} is there", facts.address(holder)))
}

/// The people and workspaces of a location, each with whether the plan deletes them.
fn here<'a>(context: &'a Context<'_>, name: &'a str) -> impl Iterator<Item = (Holder, bool)> + 'a {
    let facts = context.world.facts();
    let agreed = context.acknowledgements;
    let users = facts.snapshot.users().iter().zip(0..);
    let users = users.filter_map(move |(user, index)| {
        let deleted = facts.people.deleted(index) && agreed.deletion("user", &user.email);
        let reached = user.phone_number.is_some() || user.extension.is_some();
        let calls = reached || facts.calls(&user.licenses);
        let here = user.location.as_deref() == Some(name) && calls;
        here.then_some((Holder::User(index), deleted))
    });
    let places = facts.snapshot.workspaces().iter().zip(0..);
    let places = places.filter_map(move |(place, index)| {
        let deleted = facts.workspaces.deleted(index) && agreed.deletion("workspace", &place.name);
        let here = place.location.as_deref() == Some(name);
        here.then_some((Holder::Workspace(index), deleted))
    });
    users.chain(places)
}
