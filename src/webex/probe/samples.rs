//! The few objects that represent all others of their kind.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ask::{Evidence, Filled};
use super::requests::{CALLING, DEVICES, GROUPS, LICENSES, MEMBERS, PEOPLE, PHONES, WORKSPACES};
use crate::webex::ids;

/// How many locations and devices are looked at.
const SOME: usize = 3;
/// The most holders that come on one page.
const HOLDERS: u64 = 300;

/// What a person's or workspace's Calling is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calling {
    /// Professional.
    Professional,
    /// Standard of a person, common area of a workspace.
    Lesser,
    /// Only for hot desks.
    HotDesk,
    /// None.
    None,
}

impl Calling {
    fn words(self) -> &'static str {
        match self {
            Calling::Professional => "with Professional",
            Calling::Lesser => "with Calling, without Professional",
            Calling::HotDesk => "for hot desks",
            Calling::None => "without Calling",
        }
    }
}

/// The code in a licence's id.
pub fn code(id: &str) -> Option<String> {
    let plain = ids::plain(id);
    let (_, of) = plain.split_once("/LICENSE/")?;
    let (_, rest) = of.split_once(':')?;
    Some(rest.split('_').next().unwrap_or(rest).to_owned())
}

/// What Calling a holder of these licences has: by the code in an id, else by the name that the list of licences has.
pub fn calling(evidence: &Evidence, licenses: &Value) -> Calling {
    let held = licenses.as_array().into_iter().flatten();
    let mut best = Calling::None;
    for id in held.filter_map(Value::as_str) {
        let found = match code(id).as_deref() {
            Some("BCSTD") => Calling::Professional,
            Some("BCBAS" | "BCCA") => Calling::Lesser,
            Some("BCHDO") => Calling::HotDesk,
            _ => by_name(evidence, id),
        };
        if best == Calling::None || found == Calling::Professional {
            best = found;
        }
    }
    best
}

fn by_name(evidence: &Evidence, id: &str) -> Calling {
    let mut licenses = evidence.rows(LICENSES, "items");
    let license = licenses.find(|it| it["id"] == id);
    match license
        .and_then(|it| it["name"].as_str())
        .unwrap_or_default()
    {
        "Webex Calling - Professional" => Calling::Professional,
        "Webex Calling - Standard" | "Webex Calling - Basic" | "Webex Calling - Workspaces" => {
            Calling::Lesser
        }
        "Webex Calling - Hot desk only" => Calling::HotDesk,
        _ => Calling::None,
    }
}

/// What Calling a person has.
pub fn of_person(evidence: &Evidence, person: &Value) -> Calling {
    calling(evidence, &person["licenses"])
}

/// What Calling a workspace has.
pub fn of_workspace(evidence: &Evidence, place: &Value) -> Calling {
    calling(evidence, &place["calling"]["webexCalling"]["licenses"])
}

/// Whom the requests with a placeholder are about, as far as that is known yet.
pub fn choose(evidence: &Evidence) -> BTreeMap<&'static str, Vec<Filled>> {
    let sorts = [Calling::Professional, Calling::Lesser, Calling::None];
    let people = || {
        evidence
            .rows(PEOPLE, "items")
            .filter(|it| it["type"] != "bot")
    };
    let person = |sort: Calling| {
        let settled = |it: &&Value| sort == Calling::None || it["locationId"].is_string();
        let mut fitting = people().filter(|it| of_person(evidence, it) == sort);
        fitting.find(settled)
    };
    let workspace = |sort: Calling| {
        let mut all = evidence.rows(WORKSPACES, "items");
        all.find(|it| of_workspace(evidence, it) == sort)
    };
    let id = |of: &'static str, it: &Value| Some((of, it["id"].as_str()?.to_owned()));
    let each = |find: &dyn Fn(Calling) -> Option<Value>| -> Vec<Filled> {
        let found = sorts
            .iter()
            .filter_map(|sort| id(sort.words(), &find(*sort)?));
        found.collect()
    };
    let caller = sorts[..2].iter().find_map(|sort| person(*sort));
    let address = caller.and_then(|it| it["emails"][0].as_str());
    let mut devices = evidence.rows(DEVICES, "items");
    let owner = devices.find(|it| it["type"] == "phone" && it["personId"].is_string());
    let member = evidence.rows(MEMBERS, "members").find_map(|it| {
        let id = it["id"].as_str().or(it["value"].as_str())?;
        (it["type"] == "user").then(|| ids::uuid(id))
    });
    let one =
        |text: Option<String>| -> Vec<Filled> { text.map(|text| ("", text)).into_iter().collect() };
    let first = |value: Option<&Value>, name: &str| {
        one(value.and_then(|it| it[name].as_str()).map(str::to_owned))
    };
    let some = |request: &str, key: &'static str| -> Vec<Filled> {
        let rows = evidence.rows(request, key).take(SOME);
        rows.filter_map(|it| id("", it)).collect()
    };
    let group = evidence
        .rows(GROUPS, "groups")
        .max_by_key(|it| it["memberSize"].as_u64().unwrap_or_default().min(500));
    BTreeMap::from([
        ("{person}", each(&|sort| person(sort).cloned())),
        ("{workspace}", each(&|sort| workspace(sort).cloned())),
        ("{caller}", first(caller, "id")),
        ("{address}", one(address.map(str::to_owned))),
        ("{phoneOwner}", first(owner, "personId")),
        ("{location}", some(CALLING, "locations")),
        ("{device}", some(PHONES, "devices")),
        ("{license}", first(license(evidence), "id")),
        ("{group}", first(group, "id")),
        ("{member}", one(member)),
    ])
}

/// A licence whose holders fit on one page; one that workspaces use too shows most.
fn license(evidence: &Evidence) -> Option<&Value> {
    let count = |it: &Value, name: &str| it[name].as_u64().unwrap_or_default();
    let licenses = evidence.rows(LICENSES, "items");
    let fitting = licenses.filter(|it| (1..=HOLDERS).contains(&count(it, "consumedByUsers")));
    fitting.max_by_key(|it| {
        let shared = count(it, "consumedByWorkspaces") > 0;
        (shared, count(it, "consumedByUsers"))
    })
}
