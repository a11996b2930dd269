//! A capture proves itself: whatever is untidy in the answers of Webex, the snapshot is the truth, or says of which objects it is not
//! known, or that it is not complete. What is missing is never taken for what is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::common::hold::hold;
use crate::common::organisation::{Shape, make, tapes};
use crate::common::webex::Embedded;
use http::{HeaderValue, Request, Response, StatusCode};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};
use trunkline::webex::capture::{self, Captured, Estimate, Wanted, Watch};
use trunkline::webex::{Client, Options, Reader, Transport};

/// What is untidy, by a number that chooses whom it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Untidy {
    /// Pages are small, and the link to the next one is as it should be, lacks the parameters, is relative, or has `max=null`.
    Links(usize),
    /// A person's row says that licences and calling data could not be read; always, or in the list alone.
    Errors { person: usize, always: bool },
    /// A person's row has no calling data.
    NoCalling { person: usize, always: bool },
    /// A person's row lacks the Calling licence or all of them.
    NoLicences { person: usize, always: bool },
    /// A person is missing in the list.
    Absent(usize),
    /// A list where null stands for it, or an odd one.
    Odd { person: usize, always: bool },
    /// A row comes twice.
    Twice(usize),
    /// A group says that it has more members than come.
    Members(usize),
    /// A group has members that are no people.
    Others(usize),
    /// A calling feature, or one kind of them, is refused, or what it says of its members is odd.
    Feature { which: usize, how: usize },
}

fn untidy() -> impl Strategy<Value = Untidy> {
    let person = || (0..6usize, any::<bool>());
    prop_oneof![
        (0..4usize).prop_map(Untidy::Links),
        person().prop_map(|(person, always)| Untidy::Errors { person, always }),
        person().prop_map(|(person, always)| Untidy::NoCalling { person, always }),
        person().prop_map(|(person, always)| Untidy::NoLicences { person, always }),
        (0..6usize).prop_map(Untidy::Absent),
        person().prop_map(|(person, always)| Untidy::Odd { person, always }),
        (0..6usize).prop_map(Untidy::Twice),
        (0..4usize).prop_map(Untidy::Members),
        (0..4usize).prop_map(Untidy::Others),
        (0..6usize, 0..6usize).prop_map(|(which, how)| Untidy::Feature { which, how }),
    ]
}

/// The simulator, made untidy on the way.
struct Spoilt {
    webex: Arc<Embedded>,
    all: Vec<Untidy>,
}

impl fmt::Debug for Spoilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.all).finish()
    }
}

impl Transport for Spoilt {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        let links = self.all.iter().find_map(|it| match it {
            Untidy::Links(form) => Some(*form),
            _ => None,
        });
        let uri = request.uri().to_string();
        let path = request.uri().path().trim_start_matches("/v1").to_owned();
        let paged = path == "/people" && uri.contains("callingData=true");
        let request = match links.filter(|_| paged) {
            Some(_) => {
                let (mut parts, body) = request.into_parts();
                parts.uri = uri.replace("max=100", "max=2").parse().unwrap();
                Request::from_parts(parts, body)
            }
            None => request,
        };
        let mut response = self.webex.send(request)?;
        if let (Some(form), true) = (links, paged) {
            relink(form, &mut response);
        }
        let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else {
            return Ok(response);
        };
        for one in &self.all {
            one.spoil(&path, &uri, &mut body);
        }
        *response.body_mut() = body.to_string().into_bytes();
        let refused = self.all.iter().any(|it| it.refuses(&path));
        if refused {
            *response.status_mut() = StatusCode::FORBIDDEN;
        }
        Ok(response)
    }
}

/// Another form of the link to the next page, as public clients have seen it.
fn relink(form: usize, response: &mut Response<Vec<u8>>) {
    let Some(link) = response.headers().get("link") else {
        return;
    };
    let link = link.to_str().unwrap().to_owned();
    let (address, rest) = link[1..].split_once('>').unwrap();
    let (base, query) = address.split_once('?').unwrap();
    let cursor = query
        .split('&')
        .find(|pair| pair.starts_with("cursor="))
        .unwrap_or(query);
    let address = match form {
        0 => address.to_owned(),
        1 => format!("{base}?{cursor}"),
        2 => format!("/v1/people?{query}"),
        _ => format!("{base}?max=null&{cursor}"),
    };
    let link = HeaderValue::from_str(&format!("<{address}>{rest}")).unwrap();
    response.headers_mut().insert("link", link);
}

/// Whom a number means: by the id, so that it is the same person on every page.
fn is(row: &Value, person: usize, of: &str) -> bool {
    let text = row["id"].as_str().unwrap_or_default();
    let sum: usize = text.bytes().map(usize::from).sum();
    !text.is_empty() && sum % 6 == person && row.get(of).is_some()
}

/// Kinds of calling features, their lists, and the members that their details have.
const FEATURES: [(&str, &str, &str); 4] = [
    ("callQueue", "queues", "agents"),
    ("huntGroup", "huntGroups", "agents"),
    ("callPickup", "callPickups", "agents"),
    ("pagingGroup", "paging", "targets"),
];

/// Features of the first location with Calling, with people of all sorts in them.
fn with_features(mut snapshot: Value) -> Value {
    let locations = snapshot["locations"].as_array().into_iter().flatten();
    let mut calling = locations.filter(|it| it["calling"].is_object());
    let place = calling.next().map(|it| it["name"].clone());
    let users = snapshot["users"].as_array().into_iter().flatten();
    let users: Vec<Value> = users.map(|it| it["email"].clone()).collect();
    let features = FEATURES.iter().enumerate().flat_map(|(nth, (kind, ..))| {
        let (users, place) = (&users, &place);
        ["One", "Two", "Three"].into_iter().zip(1..).map(move |(name, step)| {
            let role = match *kind {
                "callPickup" => "member",
                "pagingGroup" => "target",
                _ => "agent",
            };
            let members = users.iter().skip(nth).step_by(step + 1);
            let members = members.map(|key| json!({"kind": "user", "key": key, "role": role}));
            json!({"kind": kind, "name": name, "location": place, "extension": null, "members": members.collect::<Value>()})
        })
    });
    snapshot["features"] = match &place {
        Some(_) => features.collect(),
        None => json!([]),
    };
    snapshot
}

impl Untidy {
    /// Whether a request for a feature, or for the list of its kind, is refused.
    fn refuses(self, path: &str) -> bool {
        let Untidy::Feature { which, how } = self else {
            return false;
        };
        let (_, list, _) = FEATURES[which % FEATURES.len()];
        match how {
            0 => path.ends_with(list),
            1 => path.contains(&format!("/{list}/")),
            _ => false,
        }
    }

    fn spoil(self, path: &str, uri: &str, body: &mut Value) {
        let list = path == "/people";
        let single =
            path.starts_with("/people/") && path.matches('/').count() == 2 && path != "/people/me";
        let mut each = |person: usize, always: bool, spoil: fn(&mut Value)| {
            // A person is asked for by address too.
            if list && (always || !uri.contains("email=")) {
                let rows = body["items"].as_array_mut().into_iter().flatten();
                rows.filter(|row| is(row, person, "emails")).for_each(spoil);
            } else if single && always && is(body, person, "emails") {
                spoil(body);
            }
        };
        match self {
            Untidy::Links(_) => {}
            Untidy::Feature { which, how } => {
                let (_, list, members) = FEATURES[which % FEATURES.len()];
                if path.contains(&format!("/{list}/")) && how > 1 && body.get(members).is_some() {
                    body[members] = match how {
                        2 => Value::Null,
                        3 => json!("some"),
                        4 => json!([{"name": "nobody"}]),
                        _ => body[members].take(),
                    };
                } else if path.ends_with(list) && how == 5 {
                    let rows = body.as_object_mut().unwrap().values_mut();
                    let mut rows = rows.filter_map(Value::as_array_mut).flatten();
                    if let Some(first) = rows.next() {
                        first.as_object_mut().unwrap().remove("id");
                    }
                }
            }
            Untidy::Errors { person, always } => each(person, always, |row| {
                for name in [
                    "licenses",
                    "locationId",
                    "extension",
                    "phoneNumbers",
                    "siteUrls",
                ] {
                    row.as_object_mut().unwrap().remove(name);
                }
                row["errors"] =
                    json!({"licenses": {"code": "service_unavailable", "reason": "not now"}});
            }),
            Untidy::NoCalling { person, always } => each(person, always, |row| {
                for name in ["locationId", "extension", "phoneNumbers"] {
                    row.as_object_mut().unwrap().remove(name);
                }
            }),
            Untidy::NoLicences { person, always } => each(person, always, |row| {
                row["licenses"] = json!([]);
            }),
            Untidy::Odd { person, always } => each(person, always, |row| {
                row["licenses"] = json!("some");
            }),
            Untidy::Absent(person) => {
                if list && !uri.contains("email=") && !uri.contains("id=") {
                    let rows = body["items"].as_array_mut().unwrap();
                    rows.retain(|row| !is(row, person, "emails"));
                }
            }
            Untidy::Twice(person) => {
                if list {
                    let rows = body["items"].as_array_mut().unwrap();
                    let twin = rows.iter().find(|row| is(row, person, "emails")).cloned();
                    rows.extend(twin);
                }
            }
            Untidy::Members(group) | Untidy::Others(group) => {
                let id = json!({"id": path.split('/').nth(2).unwrap_or_default(), "members": 0});
                if path.ends_with("/members") && is(&id, group, "members") {
                    if matches!(self, Untidy::Members(_)) {
                        let size = body["memberSize"].as_u64().unwrap_or_default();
                        body["memberSize"] = json!(size + 1);
                    } else if let Some(members) = body["members"].as_array_mut() {
                        members.push(
                            json!({"id": "nested", "type": "group", "displayName": "Nested"}),
                        );
                    }
                }
            }
        }
    }
}

struct Quiet;

impl Watch for Quiet {
    fn estimated(&self, _: &Estimate) {}
}

fn take(client: &Arc<Client>) -> Captured {
    let wanted = Wanted {
        voicemail: false,
        features: true,
        facts: None,
        since: false,
    };
    capture::capture(&Reader::new(client), wanted, &Quiet).unwrap()
}

/// Objects of a document by address.
fn objects(document: &Value) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    for (list, kind, key) in [
        ("users", "user", "email"),
        ("groups", "group", "name"),
        ("workspaces", "workspace", "name"),
        ("locations", "location", "name"),
        ("numbers", "number", "phoneNumber"),
        ("licenses", "license", "id"),
    ] {
        for object in document[list].as_array().into_iter().flatten() {
            let key = object[key].as_str().unwrap_or_default();
            let mut object = object.clone();
            // A location without number and extension is not of Calling, and means nothing.
            if object["phoneNumber"].is_null() && object["extension"].is_null() && list == "users" {
                object["location"] = Value::Null;
            }
            all.insert(format!("{kind}/{key}"), object);
        }
    }
    all
}

/// A feature has the members that it has, or none are told, or its kind is named.
fn features_are_true_or_named(truth: &Value, seen: &Value) -> Result<(), String> {
    let list = |document: &Value, name: &str| -> Vec<Value> {
        document[name].as_array().cloned().unwrap_or_default()
    };
    let key = |it: &Value| format!("{} {}", it["kind"], it["name"]);
    let seen_features = list(seen, "features");
    let not_read = list(seen, "featuresNotRead");
    for feature in list(truth, "features") {
        if not_read.iter().any(|it| it["kind"] == feature["kind"]) {
            continue;
        }
        let twin = seen_features.iter().find(|it| key(it) == key(&feature));
        let twin = twin.ok_or_else(|| format!("{} is missing", key(&feature)))?;
        let told = !twin["members"].is_null();
        if told && twin["members"] != feature["members"] {
            return Err(format!("{feature} was captured as {twin}"));
        }
    }
    Ok(())
}

#[test]
fn never_both_wrong_and_complete() {
    let all = proptest::collection::vec(untidy(), 1..4);
    hold(60, (tapes(), all), |(tapes, all)| {
        let organisation = make(&tapes, Shape::Any);
        let webex = Embedded::new(with_features(organisation.snapshot));
        let options = || Options {
            seed: 7,
            ..Options::new("http://webex.test/v1", "any")
        };
        let truth = take(&webex.client_with(options()));
        let spoilt = Spoilt {
            webex: webex.clone(),
            all: all.clone(),
        };
        let captured = take(&Client::new(Arc::new(spoilt), webex.clone(), options()));
        if !captured.snapshot.complete {
            let named = captured.missing.iter().all(|it| !it.why.is_empty());
            return match named {
                true => Ok(()),
                false => Err(TestCaseError::fail("incomplete without a reason")),
            };
        }
        let unknown: BTreeSet<&str> = captured
            .snapshot
            .not_known
            .iter()
            .map(|it| it.address.as_str())
            .collect();
        features_are_true_or_named(&truth.document, &captured.document)
            .map_err(|why| TestCaseError::fail(format!("{all:?}: {why}")))?;
        let (truth, seen) = (objects(&truth.document), objects(&captured.document));
        for address in truth.keys().chain(seen.keys()) {
            if !unknown.contains(address.as_str()) && truth.get(address) != seen.get(address) {
                let why = format!(
                    "{all:?}: {address} is {:?}, and was captured as {:?}; not known: {unknown:?}",
                    truth.get(address),
                    seen.get(address)
                );
                return Err(TestCaseError::fail(why));
            }
        }
        Ok(())
    });
}
