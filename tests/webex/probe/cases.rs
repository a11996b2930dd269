//! What is different in an answer, and what the report says of it: for every point at least one case that is not as usual.

use serde_json::{Value, json};
use trunkline::webex::probe::Verdict::{self, Confirmed, Contradicted, NotSeen};

/// Changes the body of an answer.
pub type Change = fn(&mut Value);

/// A point, what is different, and what the report says then.
pub struct Case {
    pub heading: &'static str,
    pub scenario: Value,
    /// How the address begins, or with `$` all of it, and what becomes of the answer.
    pub changes: Vec<(&'static str, Change)>,
    pub verdict: Verdict,
    pub fact: &'static str,
}

fn changed(
    heading: &'static str,
    at: &'static str,
    change: Change,
    verdict: Verdict,
    fact: &'static str,
) -> Case {
    Case {
        heading,
        scenario: json!({}),
        changes: vec![(at, change)],
        verdict,
        fact,
    }
}

/// The list of people as a capture reads it.
pub const PEOPLE: &str = "/people?callingData=true&excludeStatus";

/// `ciscospark://us/LICENSE/o:BCHDO_l`
const HOT_DESK: &str = "Y2lzY29zcGFyazovL3VzL0xJQ0VOU0UvbzpCQ0hET19s";

fn row_named<'v>(page: &'v mut Value, key: &str, is: impl Fn(&Value) -> bool) -> &'v mut Value {
    let rows = page[key].as_array_mut().unwrap();
    rows.iter_mut().find(|row| is(row)).unwrap()
}

/// What no switch turns.
pub fn spoilt() -> Vec<Case> {
    vec![
        changed(
            "What a workspace is for",
            "/workspaces?max=1000",
            |page| {
                page["items"][0]
                    .as_object_mut()
                    .unwrap()
                    .remove("supportedDevices");
            },
            Contradicted,
            "null with webexCalling (1)",
        ),
        changed(
            "Hot desks",
            "/workspaces?max=1000",
            |page| {
                page["items"][0]["calling"]["webexCalling"]["licenses"] = json!([HOT_DESK]);
            },
            Contradicted,
            "off (1)",
        ),
        changed(
            "Hot desks",
            "/workspaces?max=1000",
            |page| {
                page["items"][0]["calling"]["webexCalling"]["licenses"] = json!([HOT_DESK]);
                page["items"][0]["hotdeskingStatus"] = json!("on");
            },
            Confirmed,
            "on (1)",
        ),
        changed(
            "Codes and names of licences",
            "/licenses$",
            |page| {
                row_named(page, "items", |it| it["name"] == "Webex Calling - Standard")["name"] =
                    json!("Common Area Calling");
            },
            Contradicted,
            "BCBAS Common Area Calling",
        ),
        changed(
            "A licence by its name",
            "/licenses$",
            |page| {
                for name in ["name", "subscriptionId", "siteUrl"] {
                    page["items"][1][name] = page["items"][0][name].clone();
                }
            },
            Contradicted,
            "1 of them have",
        ),
        changed(
            "Over the total",
            "/licenses$",
            |page| {
                row_named(page, "items", |it| it["subscriptionId"].is_string())["consumedUnits"] =
                    json!(99_999);
            },
            Contradicted,
            "1 have more units",
        ),
        changed(
            "Age and status of subscriptions",
            "/licenses$",
            |page| {
                page["items"][0]["subscriptionStatus"] = json!("suspended");
            },
            Contradicted,
            "subscriptionStatus (1)",
        ),
        changed(
            "Numbers in other forms",
            "/telephony/config/numbers",
            |page| {
                page["phoneNumbers"][0]["phoneNumber"] = json!("call me");
            },
            Contradicted,
            "1 cannot be read",
        ),
        changed(
            "Extensions and names that Webex refuses",
            PEOPLE,
            |page| {
                row_named(page, "items", |it| it["extension"].is_string())["extension"] =
                    json!("911");
            },
            Contradicted,
            "1 have such an extension",
        ),
        changed(
            "Numbers that cannot be assigned",
            "/telephony/config/numbers",
            |page| {
                let free = row_named(page, "phoneNumbers", |it| {
                    it["owner"].is_null() && it["state"] == "ACTIVE" && it["mainNumber"] != true
                });
                free["isReservedNumber"] = json!(true);
            },
            Contradicted,
            "isReservedNumber, offered (1)",
        ),
        changed(
            "Numbers that cannot be assigned",
            "/telephony/config/people/primary",
            |page| {
                page["phoneNumbers"] = json!([]);
            },
            Confirmed,
            "mainNumber, not offered",
        ),
        changed(
            "Numbers move in one job",
            "/telephony/config/jobs/numbers",
            |page| {
                page["items"] =
                    json!([{"id": "j", "operationType": "MOVE", "counts": {"totalMoves": 2}}]);
            },
            Confirmed,
            "1 moved several",
        ),
        changed(
            "Extensions",
            "/telephony/config/numbers",
            |page| {
                row_named(page, "phoneNumbers", |it| it["extension"].is_string())["extension"] =
                    json!("9");
            },
            Contradicted,
            "1 digits (1)",
        ),
        changed(
            "Additional numbers of a person",
            PEOPLE,
            |page| {
                page["items"][0]["phoneNumbers"] = json!([{"type": "work", "value": "+12145550101"}, {"type": "work", "value": "+12145550105"}]);
            },
            Contradicted,
            "1 have several and none is",
        ),
        changed(
            "Additional numbers of a person",
            PEOPLE,
            |page| {
                page["items"][0]["phoneNumbers"] = json!([{"type": "work", "value": "+12145550101"}, {"type": "work", "primary": true}]);
            },
            Confirmed,
            "1 people have several",
        ),
        changed(
            "Numbers of a location without a connection",
            "/telephony/pstn/locations",
            |body| {
                body["pstnConnectionType"] = json!("SATELLITE");
            },
            Contradicted,
            "SATELLITE (3)",
        ),
        changed(
            "What a location reads back",
            "/locations",
            |page| {
                let country = page["items"][0]["address"]["country"].clone();
                page["items"][0]["address"]["state"] = Value::Null;
                page["items"][1]["address"]["country"] = country;
            },
            Contradicted,
            "1 with states only for some locations",
        ),
        changed(
            "What a location reads back",
            "/locations",
            |page| {
                for row in page["items"].as_array_mut().unwrap() {
                    row["address"]["state"] = Value::Null;
                }
            },
            Confirmed,
            "0 with states",
        ),
        changed(
            "The language of announcements",
            "/locations",
            |page| {
                page["items"][0]["preferredLanguage"] = json!("en_CA");
            },
            Contradicted,
            "1 are none of them",
        ),
        changed(
            "People and groups from a directory",
            "/",
            |page| {
                page["Resources"] = json!([]);
                page["groups"] = json!([]);
            },
            NotSeen,
            "0 of 0 accounts",
        ),
        changed(
            "Data of a person that could not be read",
            PEOPLE,
            |page| {
                page["items"][0]["errors"] =
                    json!({"licenses": {"code": "read_failure", "reason": "x"}});
            },
            Confirmed,
            "licenses (code, reason; code read_failure) (1)",
        ),
        changed(
            "Data of a person that could not be read",
            PEOPLE,
            |page| {
                page["items"][0]["errors"] = json!(["x"]);
            },
            Contradicted,
            "list (1)",
        ),
        changed(
            "A location means Calling",
            PEOPLE,
            |page| {
                row_named(page, "items", |it| it["locationId"].is_null())["locationId"] =
                    json!("l");
            },
            Contradicted,
            "without Calling: 1 have",
        ),
        changed(
            "Attendee accounts are listed",
            PEOPLE,
            |page| {
                page["items"][0]["siteUrls"] = json!(["acme.webex.com#host"]);
            },
            Contradicted,
            "#host (1)",
        ),
        changed(
            "Members of a group",
            "/groups?count",
            |page| {
                page["groups"][1]["displayName"] = page["groups"][0]["displayName"].clone();
            },
            Contradicted,
            "1 have the name of another",
        ),
        changed(
            "Jobs",
            "/telephony/config/jobs/person",
            |page| {
                page["items"] = json!([{"latestExecutionStatus": "COMPLETED"}]);
            },
            Contradicted,
            "COMPLETED, without an id (1)",
        ),
        changed(
            "Jobs",
            "/telephony/config/jobs/person",
            |page| {
                page["items"] = json!([{"id": "j", "latestExecutionStatus": "COMPLETED"}]);
            },
            Confirmed,
            "jobs of people: COMPLETED (1)",
        ),
        changed(
            "Pages",
            "/people?excludeStatus",
            |page| {
                page["items"][1] = page["items"][0].clone();
            },
            Contradicted,
            "1 of them twice",
        ),
        changed(
            "What the total of the list of numbers counts",
            "/telephony/config/numbers",
            |page| {
                page["count"]["total"] = json!(999);
            },
            Contradicted,
            "total 999",
        ),
        changed(
            "A list of devices that is cut",
            "/devices?max=100&start=100",
            |page| {
                page["items"] = json!([{"id": "d"}]);
            },
            Contradicted,
            "1 from the hundredth on",
        ),
        changed(
            "A list of devices that is cut",
            "/devices?max=1000",
            |page| {
                page["items"] = (0..101).map(|at| json!({"id": at.to_string()})).collect();
            },
            Confirmed,
            "101 rows",
        ),
        changed(
            "People in other lists",
            "/workspaces?max=1&",
            |page| {
                page["items"][0]["id"] = json!("another");
            },
            Contradicted,
            "does not know `start`",
        ),
        changed(
            "The audit trail",
            "/adminAudit/events",
            |page| {
                page["items"] = json!([{"data": {"targetId": "x y", "eventCategory": "USERS"}}]);
            },
            Contradicted,
            "two years in one request: 200",
        ),
        Case {
            heading: "The audit trail",
            scenario: json!({}),
            changes: vec![("/adminAudit/events?orgId", |page| {
                // Two years are refused: that answer has no list.
                if page["items"].is_array() {
                    page["items"] = json!([{"data": {"targetId": "7d3a9c52-1e4f-4b7a-8c21-f05e6b9d3a44", "actorName": "x"}}]);
                }
            })],
            verdict: Contradicted,
            fact: "a uuid (1)",
        },
        changed(
            "The word for a distinctive ring",
            "/people/",
            |body| {
                if body["distinctiveRingEnabled"].is_boolean() {
                    *body = json!({"enableDistinctiveRingPattern": true, "phoneNumbers": []});
                }
            },
            Contradicted,
            "enableDistinctiveRingPattern (1)",
        ),
        changed(
            "Phones that answer nothing",
            "/telephony/config/devices/",
            |body| *body = Value::Null,
            Contradicted,
            "1 without a body",
        ),
        changed(
            "The groups of one person",
            "/identity/scim/",
            |body| {
                if body["Resources"].is_null() {
                    body.as_object_mut().unwrap().remove("groups");
                }
            },
            Contradicted,
            "0 groups by itself, 3 by search",
        ),
        changed(
            "Calling features",
            "/telephony/config/queues",
            |page| {
                *page = json!({"queues": [{"id": "q"}]});
            },
            Contradicted,
            "1 queues, 1 with `hasCxEssentials=true`, 1 in both",
        ),
        Case {
            heading: "Calling features",
            scenario: json!({}),
            changes: vec![
                ("/telephony/config/queues", |page| {
                    *page = json!({"queues": [{"id": "q"}]})
                }),
                ("/telephony/config/queues?has", |page| {
                    *page = json!({"queues": [{"id": "r"}]})
                }),
            ],
            verdict: Confirmed,
            fact: "1 queues, 1 with `hasCxEssentials=true`, 0 in both",
        },
    ]
}
