//! Random organisations: a configuration and a snapshot that fit each other, made from tapes of numbers.
//!
//! Every choice reads one number, 0 being the plainest choice, so that a failing organisation shrinks to a small one by
//! shrinking its tapes. A person's override has a tape of its own and depends on no other person: two organisations that
//! differ in one override differ in nothing else.

mod declared;
mod observed;
mod queues;

use std::collections::BTreeMap;
use std::fmt;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use serde_json::Value;

use super::yaml;

const PEOPLE: [&str; 8] = ["ana", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];
const SITES: [&str; 2] = ["acme.webex.com", "east.webex.com"];
const PLACES: [&str; 3] = ["Austin", "Dallas", "Paris"];
const SUBSCRIPTIONS: [&str; 3] = ["Sub-2020", "Sub-2022", "Sub-2024"];
const PROFESSIONAL: &str = "Webex Calling - Professional";
const MESSAGING: &str = "Advanced Messaging";
const SUITE: &str = "Webex Meetings Suite";
const OTHER: &str = "Real-Time Translations";
const CALLING: [&str; 2] = [PROFESSIONAL, "Webex Calling - Standard"];
const AGENT: [&str; 2] = [
    "Contact Center Premium Agent",
    "Contact center Standard Agent",
];
const ROOMS: [&str; 3] = ["Boardroom", "Lobby", "Studio"];
const WORKSPACES: &str = "Webex Calling - Workspaces";
const HOT_DESK: &str = "Webex Calling - Hot desk only";
const SERVICES: [&str; 4] = ["calling", "messaging", "meetings", "contactCenter"];

/// What an organisation is made from.
#[derive(Clone, Debug)]
pub struct Tapes {
    org: Vec<u16>,
    templates: Vec<Vec<u16>>,
    groups: Vec<Vec<u16>>,
    /// Of each person: what the snapshot has, and the override.
    pub people: Vec<(Vec<u16>, Vec<u16>)>,
    rooms: Vec<Vec<u16>>,
}

/// Tapes of every kind of organisation.
pub fn tapes() -> impl Strategy<Value = Tapes> {
    let person = (tape(40), tape(40));
    (
        tape(64),
        vec(tape(24), 0..=3),
        vec(tape(20), 0..=3),
        vec(person, 1..=PEOPLE.len()),
        vec(tape(40), 0..=ROOMS.len()),
    )
        .prop_map(|(org, templates, groups, people, rooms)| Tapes {
            org,
            templates,
            groups,
            people,
            rooms,
        })
}

/// A tape, such as that of an override.
pub fn tape(length: usize) -> impl Strategy<Value = Vec<u16>> {
    vec(any::<u16>(), length)
}

/// What organisations may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Everything.
    Any,
    /// Units for everyone, and no one wants what another person has or wants: each person is decided alone.
    Alone,
}

/// Desired and observed state.
#[derive(Clone)]
pub struct Organisation {
    /// The sections of the configuration.
    pub config: Value,
    /// The snapshot.
    pub snapshot: Value,
    /// An earlier snapshot.
    pub baseline: Option<Value>,
}

impl fmt::Debug for Organisation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, text) in yaml::files(&self.config, 0) {
            writeln!(out, "\n--- {path}\n{text}")?;
        }
        writeln!(out, "--- snapshot.json\n{:#}", self.snapshot)?;
        match &self.baseline {
            Some(baseline) => writeln!(out, "--- baseline.json\n{baseline:#}"),
            None => Ok(()),
        }
    }
}

/// The address of a person.
pub fn email(person: usize) -> String {
    format!("{}@acme.com", PEOPLE[person])
}

fn number(index: usize) -> String {
    format!("+121455501{index:02}")
}

/// Reads a tape; 0 once it is at its end.
struct Tape<'t>(std::slice::Iter<'t, u16>);

impl Tape<'_> {
    fn below(&mut self, count: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) * count / (usize::from(u16::MAX) + 1)
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    fn pick<'v, T>(&mut self, from: &'v [T]) -> &'v T {
        &from[self.below(from.len())]
    }
}

/// What an organisation has more of than others: rules that meet seldom have to be brought together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Focus {
    Nothing,
    /// People and workspaces who want each other's numbers and extensions.
    Numbers,
    /// Full pools, and overrides that give back and take.
    Seats,
    /// Templates that disagree.
    Templates,
}

struct Maker<'t> {
    shape: Shape,
    focus: Focus,
    tapes: &'t Tapes,
    sites: &'static [&'static str],
    places: &'static [&'static str],
    /// Locations that are enabled for Calling.
    enabled: usize,
    subscriptions: &'static [&'static str],
    replaced: BTreeMap<&'static str, &'static str>,
    licenses: Vec<Value>,
    numbers: Vec<Value>,
    /// Whose number and extension an override names ([`Maker::other`]).
    wants: (usize, usize),
}

/// Makes an organisation.
pub fn make(tapes: &Tapes, shape: Shape) -> Organisation {
    let mut org = Tape(tapes.org.iter());
    let focus = match shape {
        Shape::Any => *org.pick(&[
            Focus::Nothing,
            Focus::Nothing,
            Focus::Numbers,
            Focus::Seats,
            Focus::Templates,
        ]),
        Shape::Alone => Focus::Nothing,
    };
    let places = &PLACES[..1 + org.below(if focus == Focus::Numbers { 2 } else { 3 })];
    let subscriptions = &SUBSCRIPTIONS[..1 + org.below(3)];
    let mut replaced = BTreeMap::new();
    if subscriptions.len() > 1 && org.chance(35) {
        replaced.insert(subscriptions[0], subscriptions[1]);
        if subscriptions.len() > 2 && org.chance(30) {
            replaced.insert(subscriptions[1], subscriptions[2]);
        }
    }
    let wants = match shape {
        Shape::Any => (org.below(4), org.below(4)),
        Shape::Alone => (0, 0),
    };
    let mut maker = Maker {
        shape,
        focus,
        tapes,
        sites: &SITES[..1 + org.below(2)],
        places,
        enabled: (places.len() - usize::from(org.chance(30))).max(1),
        subscriptions,
        replaced,
        licenses: Vec::new(),
        numbers: Vec::new(),
        wants,
    };
    maker.licences(&mut org);
    let mut snapshot = maker.observed(&mut org);
    let mut config = maker.declared(&mut org, &mut snapshot);
    maker.queues(&mut snapshot, &mut config);
    let baseline = org.chance(40).then(|| earlier(&snapshot, &mut org));
    Organisation {
        config,
        snapshot,
        baseline,
    }
}

/// A snapshot of before some of the people were there, or in their groups, and before others had left theirs.
fn earlier(snapshot: &Value, tape: &mut Tape<'_>) -> Value {
    let mut earlier = snapshot.clone();
    for list in ["users", "groups"] {
        earlier[list]
            .as_array_mut()
            .unwrap()
            .retain(|_| !tape.chance(20));
    }
    for group in earlier["groups"].as_array_mut().unwrap() {
        group["members"]
            .as_array_mut()
            .unwrap()
            .retain(|_| !tape.chance(20));
    }
    let people: Vec<Value> = list(&earlier["users"])
        .map(|user| user["email"].clone())
        .collect();
    for group in earlier["groups"].as_array_mut().unwrap() {
        let members = group["members"].as_array_mut().unwrap();
        for email in &people {
            if !members.contains(email) && tape.chance(15) {
                members.push(email.clone());
            }
        }
    }
    earlier
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Whether a person is one whom the configuration creates: the first choice of the tape.
fn is_created(tape: &mut Tape<'_>) -> bool {
    tape.chance(12)
}
