//! A snapshot that lacks lists, such as one made only from the export of people (CALL-018).
//!
//! Owns what people say of the lists that are absent. It is good for a report: nothing may be planned from missing data.

use std::collections::{BTreeMap, BTreeSet};

use super::{Location, LocationCalling, Number, Organization, Owner, Snapshot, Word};

/// The lists that a report can do without. Without people no one could fail, and without groups it is unknown who should
/// have Calling.
pub const DISPENSABLE: [&str; 3] = ["locations", "numbers", "workspaces"];

/// Puts what the people with Calling say instead of lists that the snapshot lacks; gives the names of those.
pub fn complete(snapshot: &mut Snapshot) -> Vec<&'static str> {
    let absent = [
        snapshot.locations.is_none(),
        snapshot.numbers.is_none(),
        snapshot.workspaces.is_none(),
    ];
    let locations = snapshot.locations.is_none().then(|| locations(snapshot));
    let numbers = snapshot.numbers.is_none().then(|| numbers(snapshot));
    snapshot.locations = snapshot.locations.take().or(locations);
    snapshot.numbers = snapshot.numbers.take().or(numbers);
    snapshot.workspaces.get_or_insert_default();
    let names = DISPENSABLE.into_iter().zip(absent);
    names.filter(|(_, absent)| *absent).map(|it| it.0).collect()
}

/// The locations in which people and numbers are: all of them have Calling.
fn locations(snapshot: &Snapshot) -> Vec<Location> {
    let of_people = snapshot.users().iter().map(|user| &user.location);
    let of_numbers = snapshot.numbers().iter().map(|number| &number.location);
    let names: BTreeSet<&Word> = of_people.chain(of_numbers).flatten().collect();
    let made = names.into_iter().map(|name| Location {
        name: name.to_string(),
        calling: Some(LocationCalling::default()),
        ..Location::default()
    });
    made.collect()
}

/// The numbers that people have.
fn numbers(snapshot: &Snapshot) -> Vec<Number> {
    let mut owners = BTreeMap::new();
    for user in snapshot.users() {
        if let Some(number) = &user.phone_number {
            owners.entry(number).or_insert(user);
        }
    }
    let made = owners.into_iter().map(|(number, user)| Number {
        phone_number: number.clone(),
        extension: None,
        location: user.location.clone(),
        state: None,
        kind: None,
        purpose: None,
        owner: Some(Owner::user(&user.email)),
    });
    made.collect()
}

/// A snapshot of which nothing was captured: no list is there, not even an empty one.
pub fn nothing() -> Snapshot {
    Snapshot {
        format_version: 1,
        captured_at: String::new(),
        complete: false,
        org: Organization::default(),
        subscriptions: None,
        licenses: None,
        sites: None,
        locations: None,
        numbers: None,
        groups: None,
        users: None,
        workspaces: None,
        devices: None,
        features: None,
        features_not_read: Vec::new(),
        broadworks: None,
        not_known: Vec::new(),
        applied: None,
    }
}
