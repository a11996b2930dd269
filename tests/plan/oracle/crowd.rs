//! Random organisations in which more comes together than in those of the generator.
//!
//! Groups that change, templates that agree and disagree, hosts and attendees: each rule of contract section 3 alone is
//! met often, two of them at one person seldom. Every choice reads one number of a tape, 0 being the plainest.

use serde_json::{Value, json};

use super::facts::{list, text};
use crate::common::organisation::Organisation;

/// Takes the workspaces out of an organisation, with all that is theirs.
pub fn without_rooms(mut organisation: Organisation) -> Organisation {
    organisation
        .config
        .as_object_mut()
        .unwrap()
        .remove("workspaces");
    let mut snapshots = vec![&mut organisation.snapshot];
    snapshots.extend(organisation.baseline.as_mut());
    for snapshot in snapshots {
        let rooms = snapshot["workspaces"].take();
        snapshot["workspaces"] = json!([]);
        snapshot["devices"] = json!([]);
        for id in list(&rooms).flat_map(|room| list(&room["licenses"])) {
            let mut licences = snapshot["licenses"].as_array_mut().unwrap().iter_mut();
            let licence = licences.find(|licence| licence["id"] == *id).unwrap();
            for units in ["consumedUnits", "totalUnits"] {
                licence[units] = json!(licence[units].as_i64().unwrap() - 1);
            }
        }
        let numbers = snapshot["numbers"].as_array_mut().unwrap();
        numbers.retain(|row| row["owner"]["kind"] != "workspace");
    }
    organisation
}

/// Reads a tape; 0 once it is at its end.
struct Choices<'t>(std::slice::Iter<'t, u16>);

impl Choices<'_> {
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

const GROUPS: [&str; 3] = ["Lab", "Sales", "Staff"];
const TEMPLATES: [&str; 3] = ["everyone", "extra", "sales"];

/// More templates, more groups that change, and an applied snapshot in which they were other ones.
pub fn crowded(mut organisation: Organisation, tape: &[u16]) -> Organisation {
    let mut choices = Choices(tape.iter());
    if choices.chance(40) {
        return organisation;
    }
    let Organisation {
        config,
        snapshot,
        baseline,
    } = &mut organisation;
    config["org"]["assignmentMode"] = json!("group");
    config["org"].as_object_mut().unwrap().remove("template");
    let pinnable: Vec<String> = list(&snapshot["subscriptions"])
        .map(|it| text(&it["id"]).to_owned())
        .filter(|id| config["subscriptions"][id]["replacedBy"].is_null())
        .collect();
    for name in TEMPLATES {
        let template = &mut config["templates"][name];
        if template.is_null() {
            *template = json!({"existingUsers": choices.chance(70), "licenses": {}});
        }
        words(&mut template["licenses"], &pinnable, &mut choices);
    }
    let absent = |email: &str| config["users"][email]["state"] == "absent";
    let there: Vec<String> = list(&snapshot["users"])
        .map(|it| text(&it["email"]).to_owned())
        .collect();
    let present: Vec<String> = there
        .iter()
        .filter(|email| !absent(email))
        .cloned()
        .collect();
    let some = |of: &[String], choices: &mut Choices<'_>| -> Vec<String> {
        of.iter().filter(|_| choices.chance(50)).cloned().collect()
    };
    for name in GROUPS {
        let before = some(&there, &mut choices);
        let groups = snapshot["groups"].as_array_mut().unwrap();
        let at = groups.iter().position(|group| group["name"] == name);
        if at.is_none() && choices.chance(80) {
            groups.push(json!({"id": name, "name": name, "source": "webex", "kind": "security", "members": before}));
        }
        let block = &mut config["groups"][name];
        if block["template"].is_null() && choices.chance(80) {
            block["template"] = json!(choices.pick(&TEMPLATES));
        }
        if at.is_none() && choices.chance(80) {
            block["members"] = json!(some(&present, &mut choices));
        }
        if block.is_null() {
            *block = json!({});
        }
    }
    if choices.chance(50) {
        let mut then = snapshot.clone();
        for group in then["groups"].as_array_mut().unwrap() {
            if choices.chance(60) {
                group["members"] = json!(some(&there, &mut choices));
            }
        }
        *baseline = Some(then);
    }
    organisation
}

/// More words in the licence set of a template.
fn words(set: &mut Value, pinnable: &[String], choices: &mut Choices<'_>) {
    for (service, tiers) in [
        ("calling", ["professional", "standard"]),
        ("messaging", ["advanced", "basic"]),
        ("contactCenter", ["premium", "standard"]),
    ] {
        let (tier, pinned) = (choices.pick(&tiers), choices.chance(15));
        if choices.chance(30) {
            set[service] = match pinned && *tier != "basic" {
                true => json!({"tier": tier, "subscription": choices.pick(pinnable)}),
                false => json!(tier),
            };
        }
    }
    if choices.chance(60) {
        set["meetings"] = json!({"acme.webex.com": choices.pick(&["host", "attendee"])});
    }
}
