//! A client of the simulator that holds each request and each answer against the documents.

use std::collections::{BTreeMap, BTreeSet};

use http::Request;
use serde_json::Value;
use trunkline::sim::{Options, Reply, Scenario, Simulator, calls};

use super::document::{Body, Documents, members, resolve};
use super::exceptions::CONTRADICTIONS;
use super::schema;

/// A calling feature of each kind, by the segment before its id.
const FEATURES: &[(&str, &str)] = &[
    ("queues", "callQueue"),
    ("huntGroups", "huntGroup"),
    ("autoAttendants", "autoAttendant"),
    ("voicemailGroups", "voicemailGroup"),
    ("paging", "pagingGroup"),
    ("callPickups", "callPickup"),
    ("callParks", "callPark"),
    ("virtualLines", "virtualLine"),
    ("supervisors", "supervisor"),
];

/// The client.
pub struct Session {
    simulator: Simulator,
    documents: Documents,
    /// What ids a path can name, by the segment before them.
    pub names: BTreeMap<&'static str, String>,
    covered: BTreeSet<(&'static str, &'static str)>,
    problems: BTreeSet<String>,
    used: BTreeSet<usize>,
}

impl Session {
    /// A client of an organisation that has a bit of everything.
    pub fn new(documents: Documents) -> Self {
        let text = include_str!("../../../examples/acme/snapshot.json");
        let mut snapshot: Value = serde_json::from_str(text).unwrap();
        let numbers = snapshot["numbers"].as_array_mut().unwrap();
        let free = numbers
            .iter_mut()
            .find(|number| number["owner"].is_null() && number["location"] == "Dallas");
        free.unwrap()["owner"] = serde_json::json!({"kind": "huntGroup", "key": "Sales"});
        let features = FEATURES.iter().map(|(_, kind)| {
            serde_json::json!({"kind": kind, "id": format!("F-{kind}"), "name": "Sales", "location": "Dallas",
                "extension": null, "members": []})
        });
        snapshot["features"] = features.collect();
        let simulator = Simulator::new(snapshot, &Options::default());
        // members that no document names are what this test looks for, so none are strewn on purpose
        let scenario: Scenario = serde_json::from_value(serde_json::json!({
            "switches": {"unknownMembers": false, "templateEndpoint": true, "numberCooling": 0, "moveAnswersAsDocumented": true}
        }))
        .unwrap();
        simulator.direct(scenario).unwrap();
        Self {
            simulator,
            documents,
            names: FEATURES
                .iter()
                .map(|(path, kind)| (*path, format!("F-{kind}")))
                .collect(),
            covered: BTreeSet::new(),
            problems: BTreeSet::new(),
            used: BTreeSet::new(),
        }
    }

    /// Moves the clock on.
    pub fn wait(&self, seconds: u64) {
        self.simulator
            .advance(std::time::Duration::from_secs(seconds));
    }

    /// Fills the `{}` of a path by the segment before each.
    pub fn path(&self, pattern: &str) -> String {
        let mut filled = Vec::new();
        let mut before = "";
        for segment in pattern.split('/') {
            if segment == "{}" {
                let name = self.names.get(before);
                let name =
                    name.unwrap_or_else(|| panic!("no name for {{}} after {before}: {pattern}"));
                filled.push(name.as_str());
            } else {
                filled.push(segment);
            }
            before = segment;
        }
        filled.join("/")
    }

    /// Sends, and looks at both sides. The status has to be a good one.
    pub fn send(&mut self, method: &'static str, path: &str, body: Value) -> Value {
        let (status, answer) = self.raw(method, path, &body, "application/json");
        if status >= 300 {
            self.problems
                .insert(format!("{method} {path} {body}: {status} {answer}"));
        }
        self.look(method, path, &body, status, &answer);
        answer
    }

    /// GET.
    pub fn get(&mut self, path: &str) -> Value {
        self.send("GET", path, Value::Null)
    }

    /// Sends a body of another kind.
    pub fn send_as(&mut self, method: &'static str, path: &str, kind: &str, body: &Value) -> Value {
        let (status, answer) = self.raw(method, path, body, kind);
        if status >= 300 {
            self.problems
                .insert(format!("{method} {path}: {status} {answer}"));
        }
        self.look(method, path, body, status, &answer);
        answer
    }

    /// Sends a form.
    pub fn upload(&mut self, path: &str, form: &Value) {
        let (status, answer) = self.raw("POST", path, form, "multipart/form-data; boundary=x");
        if status >= 300 {
            self.problems
                .insert(format!("POST {path}: {status} {answer}"));
        }
        // what a form may hold is not documented
        self.look("POST", path, &Value::Null, status, &answer);
    }

    /// Reads a document, and writes back what of it can be written.
    pub fn write_back(&mut self, pattern: &'static str, also: Value) {
        let path = self.path(pattern);
        let told = self.get(&path);
        let operations = self.documents.operations("PUT", pattern);
        let shape = operations.iter().find_map(|operation| operation.request());
        let mut body = shape.map_or_else(
            || told.clone(),
            |shape| writable(&shape, shape.schema, &told),
        );
        if let (Some(body), Value::Object(also)) = (body.as_object_mut(), also) {
            body.extend(also);
        }
        self.send("PUT", &path, body);
    }

    /// All calls that fit a predicate and were not made yet.
    pub fn left(&self, method: &str) -> Vec<&'static str> {
        let all = calls().unwrap().into_iter();
        all.filter(|(verb, path)| *verb == method && !self.covered.contains(&(*verb, *path)))
            .map(|(_, path)| path)
            .collect()
    }

    fn raw(&self, method: &str, path: &str, body: &Value, kind: &str) -> (u16, Value) {
        let version = if path.starts_with("/identity") {
            ""
        } else {
            "/v1"
        };
        let bytes = match body {
            Value::Null => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("https://webexapis.com{version}{path}"))
            .header("authorization", "Bearer token")
            .header("content-type", kind)
            .body(bytes)
            .unwrap();
        let Reply::Response(response) = self.simulator.answer(request) else {
            panic!("{method} {path}: no answer");
        };
        let answer = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), answer)
    }

    fn look(
        &mut self,
        method: &'static str,
        path: &str,
        body: &Value,
        status: u16,
        answer: &Value,
    ) {
        let plain = path.split('?').next().unwrap_or_default();
        let Some(pattern) = pattern(method, plain) else {
            self.problems
                .insert(format!("{method} {path}: no such call"));
            return;
        };
        self.covered.insert((method, pattern));
        let mut found: Vec<String> = Vec::new();
        let operations = self.documents.operations(method, pattern);
        if operations.is_empty() {
            return;
        }
        if !body.is_null() {
            let tries = operations
                .iter()
                .map(|operation| match operation.request() {
                    Some(shape) => schema::problems(&shape, body),
                    None => BTreeSet::from(["$: no body is documented".to_owned()]),
                });
            let best = tries.min_by_key(BTreeSet::len).unwrap_or_default();
            found.extend(best.into_iter().map(|problem| format!("request {problem}")));
        }
        let tries = operations
            .iter()
            .map(|operation| match operation.answer(status) {
                Some(Some(shape)) if !shape.schema.is_null() => schema::problems(&shape, answer),
                Some(_) if answer.is_null() => BTreeSet::new(),
                Some(_) => BTreeSet::from(["$: no body is documented".to_owned()]),
                None => BTreeSet::from([format!("$: status {status} is not documented")]),
            });
        let best = tries.min_by_key(BTreeSet::len).unwrap_or_default();
        found.extend(best.into_iter().map(|problem| format!("answer {problem}")));
        for problem in found {
            let problem = format!("{method} {pattern} {problem}");
            let known = CONTRADICTIONS
                .iter()
                .position(|(known, _)| fits(known, &problem));
            match known {
                Some(index) => {
                    self.used.insert(index);
                }
                None => {
                    self.problems.insert(problem);
                }
            }
        }
    }

    /// Fails with everything that was found.
    pub fn end(self) {
        let problems: Vec<String> = self.problems.into_iter().collect();
        assert!(
            problems.is_empty(),
            "{} problems:\n{}",
            problems.len(),
            problems.join("\n")
        );
        let all = calls().unwrap().into_iter();
        let left: Vec<String> = all
            .filter(|call| !self.covered.contains(call))
            .map(|(method, path)| format!("{method} {path}"))
            .collect();
        assert!(left.is_empty(), "never called:\n{}", left.join("\n"));
        let idle: Vec<&str> = CONTRADICTIONS
            .iter()
            .enumerate()
            .filter(|(index, _)| !self.used.contains(index))
            .map(|(_, (known, _))| *known)
            .collect();
        assert!(idle.is_empty(), "contradictions that are none: {idle:#?}");
    }
}

/// The call that a path leads to: the first that fits, as in the simulator.
fn pattern(method: &str, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let fits = |pattern: &str| {
        let parts: Vec<&str> = pattern.split('/').collect();
        parts.len() == segments.len()
            && parts
                .iter()
                .zip(&segments)
                .all(|(part, segment)| *part == "{}" || part == segment)
    };
    let all = calls().unwrap().into_iter();
    all.filter(|(verb, _)| *verb == method)
        .map(|(_, path)| path)
        .find(|path| fits(path))
}

/// Whether a text fits a pattern with `*` for anything.
pub fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = first;
    for part in parts {
        last = part;
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty() || (last.is_empty() && pattern.ends_with('*'))
}

/// What of an answer a request may have: the members that its schema knows; objects where it wants ids become ids.
fn writable(shape: &Body<'_>, schema: &Value, told: &Value) -> Value {
    let schema = resolve(shape.document, schema);
    match told {
        Value::Object(map) if schema["type"] == "string" => {
            let id = map.get("id").or_else(|| map.values().next()?.get("id"));
            id.cloned().unwrap_or(Value::Null)
        }
        Value::Object(map) => {
            let known: BTreeMap<&str, &Value> = members(&schema["properties"]).collect();
            let kept = map.iter().filter_map(|(name, value)| {
                let schema = known.get(name.as_str())?;
                Some((name.clone(), writable(shape, schema, value)))
            });
            Value::Object(kept.collect())
        }
        Value::Array(list) => list
            .iter()
            .map(|value| writable(shape, &schema["items"], value))
            .collect(),
        other => other.clone(),
    }
}
