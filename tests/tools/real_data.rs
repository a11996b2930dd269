//! Real organisations and real responses: plans that are computed a second time here, in another way.
//!
//! The data are not part of the repository. `TRUNKLINE_TEST_DATA` names a folder that has them; without it these tests say
//! so on stderr and pass.

use crate::common::needs::{Need, Test, data};
use crate::tests;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common::{run, sorted};
use serde_json::Value;
use trunkline::licensing::catalogue::{Recognised, recognise};
use trunkline::snapshot::License;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![&[Need::Data("data/rust-team")] => every_join_and_leave_is_found, every_licence_is_as_the_templates_say, every_loss_of_calling_is_told, an_import_manages_everyone_in_few_lines, numbers_are_handed_out_once, the_plan_of_real_data_is_steady; &[Need::Data("fixtures/observed-licenses-list.json")] => licences_of_a_real_organisation_are_recognised];

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not text: {value}"))
        .to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Value) -> BTreeSet<String> {
    list(value).map(text).collect()
}

/// Every YAML file below a directory, read by a library and merged by section.
fn sections(directory: &Path) -> BTreeMap<String, BTreeMap<String, Value>> {
    let mut merged: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for path in sorted(directory) {
        if path.is_dir() {
            for (section, entries) in sections(&path) {
                merged.entry(section).or_default().extend(entries);
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let document: Value =
                serde_saphyr::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            for (section, entries) in document.as_object().unwrap() {
                if let Some(entries) = entries.as_object() {
                    merged
                        .entry(section.clone())
                        .or_default()
                        .extend(entries.clone());
                }
            }
        }
    }
    merged
}

/// What the plan of the organisation has to be, worked out from both sides by sets alone.
struct Team {
    plan: Value,
    /// Desired members of each group that YAML names with members.
    desired: BTreeMap<String, BTreeSet<String>>,
    /// Observed members of each group.
    observed: BTreeMap<String, BTreeSet<String>>,
    /// The licence paths that the template of each group gives.
    gives: BTreeMap<String, BTreeSet<String>>,
    /// Held licence paths of each person of the snapshot.
    held: BTreeMap<String, BTreeSet<String>>,
    /// People who are created.
    created: BTreeSet<String>,
}

impl Team {
    fn read(directory: &Path) -> Team {
        let yaml = sections(directory);
        let snapshot: Value =
            serde_json::from_slice(&std::fs::read(directory.join("snapshot.json")).unwrap())
                .unwrap();
        let templates: BTreeMap<&String, BTreeSet<String>> = yaml["templates"]
            .iter()
            .map(|(name, template)| (name, paths(&template["licenses"])))
            .collect();
        for template in yaml["templates"].values() {
            assert_eq!(
                template["existingUsers"], true,
                "the sets below take every template as counting for all"
            );
        }
        let desired = yaml["groups"]
            .iter()
            .filter(|(_, group)| group["members"].is_array());
        let gives = yaml["groups"].iter().filter_map(|(name, group)| {
            let template = group["template"].as_str()?.to_owned();
            Some((name.clone(), templates[&template].clone()))
        });
        let products: BTreeMap<String, String> = list(&snapshot["licenses"])
            .map(|license| {
                let path = match license["name"].as_str().unwrap() {
                    "Webex Calling - Professional" => "licenses/calling".to_owned(),
                    "Advanced Messaging" => "licenses/messaging".to_owned(),
                    "Webex Meetings Suite" => {
                        format!("licenses/meetings/{}", text(&license["siteUrl"]))
                    }
                    other => panic!("a licence that this test does not know: {other}"),
                };
                (text(&license["id"]), path)
            })
            .collect();
        let held: BTreeMap<String, BTreeSet<String>> = list(&snapshot["users"])
            .map(|user| {
                (
                    text(&user["email"]),
                    list(&user["licenses"])
                        .map(|id| products[id.as_str().unwrap()].clone())
                        .collect(),
                )
            })
            .collect();
        let created = yaml["users"]
            .keys()
            .filter(|email| !held.contains_key(*email))
            .cloned()
            .collect();
        let run = run(directory, &["plan", "--format", "json"]);
        assert_eq!(run.exit, 4, "{}", run.stderr);
        Team {
            plan: run.json(),
            desired: desired
                .map(|(name, group)| (name.clone(), texts(&group["members"])))
                .collect(),
            observed: list(&snapshot["groups"])
                .map(|group| (text(&group["name"]), texts(&group["members"])))
                .collect(),
            gives: gives.collect(),
            held,
            created,
        }
    }

    fn changes(&self, kind: &str) -> BTreeMap<String, &Value> {
        let of_kind = list(&self.plan["changes"]).filter(|change| change["kind"] == kind);
        of_kind
            .map(|change| (text(&change["key"]), change))
            .collect()
    }

    /// The people whom findings of a severity or code name.
    fn named(&self, test: impl Fn(&Value) -> bool) -> BTreeSet<String> {
        let findings = list(&self.plan["findings"]).filter(|finding| test(finding));
        let subjects = findings.filter_map(|finding| {
            finding["subject"]
                .as_str()?
                .strip_prefix("user/")
                .map(str::to_owned)
        });
        subjects.collect()
    }

    /// Whose Calling is refused: by an error, or by a warning where the work phone is the source.
    fn refused(&self) -> BTreeSet<String> {
        self.named(|finding| {
            let code = finding["code"].as_str().unwrap_or_default();
            let of_phone = code.starts_with("calling-") && code != "calling-block-unused";
            let refuses =
                finding["severity"] == "error" || finding["severity"] == "warning" && of_phone;
            refuses && code != "calling-loss"
        })
    }

    /// The groups of each person after the change.
    fn groups_after(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut after: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let unmanaged = self
            .observed
            .iter()
            .filter(|(name, _)| !self.desired.contains_key(*name));
        for (group, members) in self.desired.iter().chain(unmanaged) {
            for member in members {
                after
                    .entry(member.clone())
                    .or_default()
                    .insert(group.clone());
            }
        }
        after
    }

    /// Who leaves a group that carries a template.
    fn leavers(&self) -> BTreeSet<String> {
        let mut leavers = BTreeSet::new();
        for (group, members) in self
            .desired
            .iter()
            .filter(|(group, _)| self.gives.contains_key(*group))
        {
            leavers.extend(
                self.observed
                    .get(group)
                    .into_iter()
                    .flatten()
                    .filter(|it| !members.contains(*it))
                    .cloned(),
            );
        }
        leavers
    }
}

/// The field paths of a LicenseSet.
fn paths(set: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (service, value) in set.as_object().unwrap() {
        match value.as_object().filter(|_| service == "meetings") {
            Some(sites) => {
                paths.extend(sites.keys().map(|site| format!("licenses/meetings/{site}")))
            }
            None => assert!(paths.insert(format!("licenses/{service}"))),
        }
    }
    paths
}

fn rust_team() -> Team {
    Team::read(&data("data/rust-team").unwrap())
}

fn every_join_and_leave_is_found() {
    let team = rust_team();
    let changes = team.changes("group");
    let waiting = team.named(|finding| finding["code"] == "membership-waits");
    let refused = team.refused();
    let (mut joined, mut left, mut waits) = (0, 0, 0);
    for (group, members) in &team.desired {
        let none = BTreeSet::new();
        let observed = team.observed.get(group).unwrap_or(&none);
        let mut expected = BTreeSet::new();
        for (email, action) in members
            .difference(observed)
            .map(|it| (it, "add"))
            .chain(observed.difference(members).map(|it| (it, "remove")))
        {
            if waiting.contains(email) && team.gives.contains_key(group) {
                assert!(
                    refused.contains(email),
                    "{email} waits, and nothing of theirs is refused"
                );
                waits += 1;
                continue;
            }
            *(if action == "add" {
                &mut joined
            } else {
                &mut left
            }) += 1;
            expected.insert((format!("members/{email}"), action.to_owned()));
        }
        let found: BTreeSet<(String, String)> = changes
            .get(group)
            .into_iter()
            .flat_map(|change| list(&change["fields"]))
            .map(|field| (text(&field["path"]), text(&field["action"])))
            .collect();
        assert_eq!(found, expected, "{group}");
        let created = changes
            .get(group)
            .is_some_and(|change| change["action"] == "create");
        assert_eq!(created, !team.observed.contains_key(group), "{group}");
    }
    let other: Vec<&String> = changes
        .keys()
        .filter(|group| !team.desired.contains_key(*group))
        .collect();
    assert!(
        other.is_empty(),
        "groups that YAML does not manage change: {other:?}"
    );
    eprintln!("rust-team: {joined} joins, {left} leaves, {waits} wait");
    assert!(
        joined > 100 && left > 50,
        "the data have changed: {joined} joins, {left} leaves"
    );
}

fn every_licence_is_as_the_templates_say() {
    let team = rust_team();
    let changes = team.changes("user");
    let (after, leavers, refused) = (team.groups_after(), team.leavers(), team.refused());
    let waiting = team.named(|finding| finding["code"] == "membership-waits");
    let none = BTreeSet::new();
    let (mut granted, mut removed) = (0, 0);
    for email in team.held.keys().chain(&team.created) {
        let held = team.held.get(email).unwrap_or(&none);
        let templates: BTreeSet<String> = after
            .get(email)
            .into_iter()
            .flatten()
            .filter_map(|group| team.gives.get(group))
            .flatten()
            .cloned()
            .collect();
        let mut expected: BTreeSet<(String, String)> = templates
            .difference(held)
            .map(|path| (path.clone(), "add".to_owned()))
            .collect();
        // What follows from a change of groups that waits, waits too.
        if leavers.contains(email) && !waiting.contains(email) {
            expected.extend(
                held.difference(&templates)
                    .map(|path| (path.clone(), "remove".to_owned())),
            );
        }
        if refused.contains(email) {
            let refusal = expected.remove(&("licenses/calling".to_owned(), "add".to_owned()));
            assert!(refusal, "{email} has an error and was not to get Calling");
        }
        let found: BTreeSet<(String, String)> = changes
            .get(email)
            .into_iter()
            .flat_map(|change| list(&change["fields"]))
            .map(|field| (text(&field["path"]), text(&field["action"])))
            .filter(|(path, _)| path.starts_with("licenses/"))
            .collect();
        assert_eq!(found, expected, "{email}");
        granted += found.iter().filter(|(_, action)| action == "add").count();
        removed += found
            .iter()
            .filter(|(_, action)| action == "remove")
            .count();
    }
    eprintln!(
        "rust-team: {granted} licences granted, {removed} removed, {} refused",
        refused.len()
    );
    let creations = changes
        .values()
        .filter(|change| change["action"] == "create")
        .count();
    assert_eq!(creations, team.created.len());
}

fn every_loss_of_calling_is_told() {
    let team = rust_team();
    let errors =
        team.named(|finding| finding["severity"] == "error" && finding["code"] == "calling-loss");
    let mut lost = BTreeSet::new();
    for (email, change) in team.changes("user") {
        for field in list(&change["fields"])
            .filter(|field| field["path"] == "licenses/calling" && field["action"] == "remove")
        {
            let losses = texts(&field["losses"]);
            assert!(losses.contains("calling services"), "{email}: {losses:?}");
            assert!(
                losses
                    .iter()
                    .any(|it| it.starts_with("number ") || it.starts_with("extension ")),
                "{email}: {losses:?}"
            );
            assert_eq!(
                (&field["risk"], &change["acknowledged"]),
                (&Value::from("irreversible"), &Value::from(false))
            );
            lost.insert(email.clone());
        }
    }
    assert_eq!(lost, errors);
    assert!(!lost.is_empty());
    assert_eq!(team.plan["summary"]["unacknowledged"], lost.len());
}

fn numbers_are_handed_out_once() {
    let team = rust_team();
    let mut seen = BTreeSet::new();
    for (email, change) in team.changes("user") {
        for field in list(&change["fields"])
            .filter(|field| ["phoneNumber", "extension"].contains(&field["path"].as_str().unwrap()))
        {
            let key = (text(&field["path"]), text(&field["after"]));
            assert!(
                seen.insert(key.clone()),
                "{email} gets {key:?}, as somebody else does"
            );
        }
    }
}

fn the_plan_of_real_data_is_steady() {
    let directory = data("data/rust-team").unwrap();
    let first = run(&directory, &["plan", "--format", "json"]);
    assert_eq!(
        first.stdout,
        run(&directory, &["plan", "--format", "json"]).stdout
    );
}

/// Names of licences as a real organisation has them, and the words that they map to; `None` is an `other` licence.
const OBSERVED: [(&str, Option<&str>); 21] = [
    ("Advanced Messaging", Some("messaging/advanced")),
    ("Advanced Space Meetings", None),
    ("Basic Messaging", Some("messaging/basic")),
    ("Basic Space Meetings", Some("implicit")),
    ("Call on Webex (1:1 call, non-PSTN)", Some("implicit")),
    (
        "Contact Center Premium Agent",
        Some("contactCenter/premium"),
    ),
    (
        "Contact center Standard Agent",
        Some("contactCenter/standard"),
    ),
    ("Epic Desktop Connector for Webex Contact Center", None),
    ("Free screen share", Some("implicit")),
    ("Hybrid - Exchange Calendar", None),
    ("Hybrid - Google Calendar", None),
    ("Hybrid - Message", None),
    ("Real-Time Translations", None),
    ("Salesforce Desktop Connector", None),
    ("Unified Communication Manager (UCM)", None),
    ("Webex Calling - Hot desk only", Some("calling/hotDesk")),
    ("Webex Calling - Professional", Some("calling/professional")),
    ("Webex Calling - Route List Calls", None),
    ("Webex Calling - Workspaces", Some("calling/workspace")),
    ("Webex Meetings Suite", Some("meetings/host")),
    ("Webex Room Kit", None),
];

fn word(license: &License) -> Option<String> {
    match recognise(license) {
        Recognised::Word(row) => Some(format!("{}/{}", row.service.name(), row.word)),
        Recognised::Implicit => Some("implicit".to_owned()),
        Recognised::Unknown => None,
    }
}

fn licences_of_a_real_organisation_are_recognised() {
    let path = data("fixtures/observed-licenses-list.json").unwrap();
    let response: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let licenses: Vec<License> = list(&response["items"])
        .map(|item| serde_json::from_value(item.clone()).unwrap())
        .collect();
    let found: BTreeMap<&str, Option<String>> = licenses
        .iter()
        .map(|license| (license.name.as_str(), word(license)))
        .collect();
    let expected: BTreeMap<&str, Option<String>> = OBSERVED
        .iter()
        .map(|(name, word)| (*name, word.map(str::to_owned)))
        .collect();
    assert_eq!(found, expected);
    for mut license in licenses {
        // By name alone, as a CSV export has them.
        let by_code = word(&license);
        license.id = format!("opaque-{}", license.name);
        assert_eq!(word(&license), by_code, "{} by its name", license.name);
    }
}

/// Groups whose members hold the same share a template, and what is imported plans to nothing.
fn an_import_manages_everyone_in_few_lines() {
    let directory = tempfile::tempdir().unwrap();
    let snapshot = data("data/rust-team").unwrap().join("snapshot.json");
    let snapshot = snapshot.to_str().unwrap();
    let out = directory.path();
    let imported = run(out, &["import", "--snapshot", snapshot, "--out", "out"]);
    assert_eq!(imported.exit, 0, "{}", imported.stderr);
    let args = ["plan", "out", "--snapshot", snapshot, "--detailed-exitcode"];
    let planned = run(out, &args);
    assert_eq!(planned.exit, 0, "{}", planned.all());
    let templates = std::fs::read_to_string(out.join("out/templates.yaml")).unwrap();
    assert_eq!(
        templates.matches("existingUsers: true\n").count(),
        2,
        "{templates}"
    );
    assert!(!templates.contains("existingUsers: false"), "{templates}");
}
