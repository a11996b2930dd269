//! What follows an import: a change of somebody's phone, or of a licence, in Webex is in the next plan.

use std::collections::BTreeSet;

use crate::common::hold::hold;
use crate::common::organisation::{Shape, make, tapes};
use crate::common::root;
use crate::import::{grave, parsed, planned, snapshots, source_files};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::{Value, json};
use trunkline::config::files::SourceFile;
use trunkline::import::{Extent, People};
use trunkline::licensing::catalogue::{Catalogue, Service, Tier};
use trunkline::phone;
use trunkline::snapshot::{self, Snapshot, User};

/// What somebody does to a person in Control Hub.
#[derive(Clone, Debug)]
enum Act {
    /// Calling, and all that goes with it.
    TakeCalling,
    /// A licence alone.
    TakeLicense(String),
    TakeNumber,
    ChangeNumber,
    TakeExtension,
    ChangeExtension,
    Relocate(String),
}

/// People of whom an import says everything: with Calling that is whole, and nothing that another one has.
fn whole<'s>(snapshot: &'s Snapshot, catalogue: &Catalogue) -> Vec<&'s User> {
    let known: BTreeSet<&str> = unique(snapshot.locations().iter().map(|it| it.name.as_str()));
    let emails = unique(snapshot.users().iter().map(|it| it.email.as_str()));
    let numbers = unique(
        snapshot
            .users()
            .iter()
            .filter_map(|it| it.phone_number.as_deref()),
    );
    let lines = snapshot.users().iter().filter_map(line);
    let lines = unique(lines);
    let calls = |user: &User| {
        let kinds = user.licenses.iter().filter_map(|id| catalogue.by_id(id));
        let mut kinds = kinds.map(|license| catalogue.kind(license));
        kinds.any(|kind| matches!(kind.tier, Tier::Professional | Tier::Standard))
    };
    let digits = |text: &str| {
        text != "911"
            && (2..=10).contains(&text.len())
            && text.bytes().all(|digit| digit.is_ascii_digit())
    };
    let is_whole = |user: &&User| {
        let place = user.location.as_deref();
        let number = user.phone_number.as_deref();
        calls(user)
            && emails.contains(user.email.as_str())
            && user.email.matches('@').count() == 1
            && !user.email.contains(char::is_whitespace)
            && place.is_some_and(|place| known.contains(place))
            && number.or(user.extension.as_deref()).is_some()
            && number.is_none_or(|number| numbers.contains(number) && phone::e164(number).is_some())
            && user.extension.as_deref().is_none_or(digits)
            && line(user).is_none_or(|line| lines.contains(&line))
    };
    snapshot.users().iter().filter(is_whole).collect()
}

fn line(user: &User) -> Option<(&str, &str)> {
    Some((user.location.as_deref()?, user.extension.as_deref()?))
}

fn unique<T: Ord + Copy>(all: impl Iterator<Item = T>) -> BTreeSet<T> {
    let all: Vec<T> = all.collect();
    let once = |item: &T| all.iter().filter(|other| *other == item).count() == 1;
    all.iter().copied().filter(once).collect()
}

/// What can be done to a person.
fn acts(snapshot: &Snapshot, catalogue: &Catalogue, user: &User) -> Vec<Act> {
    let mut acts = vec![Act::TakeCalling];
    acts.extend(user.phone_number.iter().map(|_| Act::ChangeNumber));
    acts.extend(user.extension.iter().map(|_| Act::ChangeExtension));
    acts.extend(user.phone_number.iter().map(|_| Act::TakeNumber));
    acts.extend(user.extension.iter().map(|_| Act::TakeExtension));
    let others = snapshot.locations().iter().map(|it| it.name.clone());
    let mut others = others.filter(|it| Some(it.as_str()) != user.location.as_deref());
    let other = others.next();
    acts.extend(other.map(Act::Relocate));
    let kind = |id: &str| Some(catalogue.kind(catalogue.by_id(id)?));
    let held: Vec<_> = user.licenses.iter().filter_map(|id| kind(id)).collect();
    let sites = snapshot.sites();
    let said = user.licenses.iter().filter(|id| {
        kind(id).is_some_and(|kind| {
            let site = catalogue.slot_name(kind.slot);
            !kind.implicit
                && !matches!(kind.tier, Tier::Workspace | Tier::HotDesk)
                && held.iter().filter(|it| it.slot == kind.slot).count() == 1
                && (kind.slot.service != Service::Meetings || sites.iter().any(|it| it.url == site))
        })
    });
    acts.extend(said.map(|id| Act::TakeLicense(id.to_string())));
    acts
}

/// The snapshot after an act.
fn after(snapshot: &Snapshot, catalogue: &Catalogue, user: &User, act: &Act) -> Snapshot {
    let mut all = serde_json::to_value(snapshot).unwrap();
    let mut people = all["users"].take();
    let mut users = people.as_array_mut().unwrap().iter_mut();
    let person = users.find(|it| it["email"] == *user.email).unwrap();
    let calls = |id: &Value| {
        let license = catalogue.by_id(id.as_str().unwrap());
        license.is_some_and(|it| catalogue.kind(it).slot.service == Service::Calling)
    };
    let mut numbers = all["numbers"].take();
    let mut row = |change: &dyn Fn(&mut Value)| {
        let rows = numbers.as_array_mut().into_iter().flatten();
        let mine = rows.filter(|row| {
            user.phone_number.is_some() && row["phoneNumber"] == json!(user.phone_number)
        });
        mine.for_each(change);
    };
    match act {
        Act::TakeCalling => {
            person["licenses"]
                .as_array_mut()
                .unwrap()
                .retain(|id| !calls(id));
            for field in ["location", "phoneNumber", "extension"] {
                person[field] = Value::Null;
            }
            row(&|row| row["owner"] = Value::Null);
        }
        Act::TakeLicense(id) => {
            let held = person["licenses"].as_array_mut().unwrap();
            held.retain(|it| *it != **id);
        }
        Act::TakeNumber => {
            person["phoneNumber"] = Value::Null;
            row(&|row| row["owner"] = Value::Null);
        }
        Act::ChangeNumber => {
            person["phoneNumber"] = json!("+12145559999");
            row(&|row| row["owner"] = Value::Null);
            let new = json!({"phoneNumber": "+12145559999", "location": user.location, "state": "active", "type": "did",
                             "owner": {"kind": "user", "key": user.email}});
            numbers.as_array_mut().unwrap().push(new);
        }
        Act::TakeExtension => person["extension"] = Value::Null,
        Act::ChangeExtension => person["extension"] = json!("77881"),
        Act::Relocate(to) => {
            person["location"] = json!(to);
            row(&|row| row["location"] = json!(to));
        }
    }
    all["users"] = people;
    all["numbers"] = numbers;
    parsed(&all)
}

/// What a plan of the files says of a person: paths of changes, errors, warnings and holds.
fn said(
    files: &[SourceFile],
    snapshot: &Snapshot,
    user: &User,
) -> Result<BTreeSet<String>, String> {
    let plan = planned(files.to_vec(), snapshot)?;
    let address = format!("user/{}", user.email);
    let changes = plan.changes.iter().filter(|it| it.address == address);
    let fields = changes.flat_map(|it| it.fields.iter().map(|field| field.path.to_string()));
    let findings = grave(&plan).into_iter();
    let findings = findings.filter(|(_, subject)| subject.as_deref() == Some(&address));
    Ok(fields.chain(findings.map(|(code, _)| code)).collect())
}

/// Acts of which the next plan says nothing; and how many were tried.
fn unseen(snapshot: &Snapshot, extent: &Extent) -> (Vec<String>, usize) {
    let catalogue = Catalogue::new(snapshot, []);
    if !snapshot.not_known.is_empty()
        || snapshot.locations.is_none()
        || snapshot.numbers.is_none()
        || snapshot.workspaces.is_none()
    {
        return (Vec::new(), 0);
    }
    let files = source_files(snapshot, extent);
    let (mut unseen, mut tried) = (Vec::new(), 0);
    for user in whole(snapshot, &catalogue) {
        // What no plan is made of, no import is made of.
        let Ok(before) = said(&files, snapshot, user) else {
            continue;
        };
        for act in acts(snapshot, &catalogue, user) {
            tried += 1;
            match said(&files, &after(snapshot, &catalogue, user, &act), user) {
                Ok(now) if now.difference(&before).next().is_some() => {}
                now => unseen.push(format!("{} {act:?}: {now:?}", user.email)),
            }
        }
    }
    (unseen, tried)
}

#[test]
fn what_happens_to_a_phone_is_seen() {
    let found: Vec<(String, (Vec<String>, usize))> = snapshots()
        .par_iter()
        .map(|(path, snapshot)| {
            (
                path.display().to_string(),
                unseen(snapshot, &Extent::default()),
            )
        })
        .collect();
    let tried: usize = found.iter().map(|(_, (_, tried))| tried).sum();
    let broken = found
        .into_iter()
        .filter(|(_, (unseen, _))| !unseen.is_empty());
    let broken: Vec<String> = broken
        .map(|(path, (unseen, _))| format!("== {path}\n{}", unseen.join("\n")))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(tried > 1000, "only {tried}");
}

#[test]
fn what_happens_to_a_phone_of_a_random_organisation_is_seen() {
    let organisations = tapes().prop_map(|tapes| make(&tapes, Shape::Any));
    hold(60, organisations, |organisation| {
        let (unseen, _) = unseen(&parsed(&organisation.snapshot), &Extent::default());
        prop_assert!(unseen.is_empty(), "{}", unseen.join("\n"));
        Ok(())
    });
}

/// The law above can fail: without entries of people, and with templates that count only for newcomers, little is seen.
#[test]
fn without_people_most_of_it_is_unseen() {
    let (snapshot, _) = snapshot::read(&root().join("examples/acme/snapshot.json")).unwrap();
    let extent = Extent {
        people: People::Omitted,
        newcomers_only: true,
        ..Extent::default()
    };
    let (unseen, tried) = unseen(&snapshot, &extent);
    assert!(unseen.len() * 10 > tried * 9, "{} of {tried}", unseen.len());
}
