//! `schema/trunkline.schema.json` is what the types say, and knows every field that the contract shows.

use crate::common::{difference, root, run};
use serde_json::Value;

fn printed() -> String {
    let run = run(root(), &["schema"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    run.stdout
}

fn schema() -> Value {
    serde_json::from_str(&printed()).unwrap()
}

#[test]
fn the_file_is_current() {
    let file =
        std::fs::read_to_string(root().join("schema/trunkline.schema.json")).unwrap_or_default();
    let printed = printed();
    assert!(
        file == printed,
        "run `cargo run -- schema --out schema`\n{}",
        difference(&file, &printed)
    );
}

#[test]
fn out_writes_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let run = run(directory.path(), &["schema", "--out", "made/here"]);
    assert_eq!((run.exit, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let written =
        std::fs::read_to_string(directory.path().join("made/here/trunkline.schema.json")).unwrap();
    assert_eq!(written, printed());
}

#[test]
fn it_is_draft_2020_12_and_refuses_unknown_fields() {
    let schema = schema();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["title"], "trunkline");
}

/// Follows a reference; other schemas are themselves.
fn target<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => target(
            root,
            root.pointer(reference.trim_start_matches('#')).unwrap(),
        ),
        None => schema,
    }
}

/// Every schema that a value may follow: the alternatives of `anyOf` and the like, and what they refer to.
fn alternatives<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let schema = target(root, schema);
    let mut all = vec![schema];
    for key in ["anyOf", "oneOf", "allOf"] {
        for alternative in schema[key].as_array().into_iter().flatten() {
            all.extend(alternatives(root, alternative));
        }
    }
    all
}

/// The schemas of a path: names of fields, `*` for any key of a map, `[]` for the items of a list.
fn follow<'a>(root: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut now = vec![root];
    for step in path.split(' ') {
        let mut next = Vec::new();
        for schema in now
            .into_iter()
            .flat_map(|schema| alternatives(root, schema))
        {
            let below = match step {
                "*" => &schema["additionalProperties"],
                "[]" => &schema["items"],
                field => &schema["properties"][field],
            };
            if below.is_object() {
                next.push(below);
            }
        }
        now = next;
    }
    now
}

/// The fields of the example in contract section 2, and the long forms that its text names.
const FIELDS: &[&str] = &[
    "version",
    "org name",
    "org id",
    "org assignmentMode",
    "org template",
    "org groupTransition retainLicenses",
    "org directorySync",
    "templates * licenses calling",
    "templates * licenses calling tier",
    "templates * licenses calling license",
    "templates * licenses calling subscription",
    "templates * licenses messaging",
    "templates * licenses messaging tier",
    "templates * licenses meetings *",
    "templates * licenses meetings * role",
    "templates * licenses meetings * license",
    "templates * licenses meetings * subscription",
    "templates * licenses contactCenter",
    "templates * licenses contactCenter tier",
    "templates * existingUsers",
    "templates * retainLicenses",
    "groups * template",
    "groups * source",
    "groups * kind",
    "groups * members []",
    "locations * timeZone",
    "locations * preferredLanguage",
    "locations * address address1",
    "locations * address city",
    "locations * address state",
    "locations * address postalCode",
    "locations * address country",
    "locations * calling mainNumber",
    "locations * calling pstn",
    "numbers [] location",
    "numbers [] numbers []",
    "numbers [] state",
    "numbers [] type",
    "subscriptions * createdAt",
    "subscriptions * status",
    "subscriptions * replacedBy",
    "users * displayName",
    "users * location",
    "users * phoneNumber",
    "users * extension",
    "users * licenses add meetings *",
    "users * licenses add other []",
    "users * licenses remove []",
    "users * licenses only calling",
    "users * roles",
    "users * webexGo mode",
    "users * webexGo subscription",
    "users * state",
    "workspaces * location",
    "workspaces * extension",
    "workspaces * licenses calling",
    "workspaces * subscription",
    "webexGo operatorAccounts * operator",
    "webexGo operatorAccounts * accountId",
    "broadworks clusters *",
    "broadworks customerTemplates *",
    "broadworks enterprises *",
    "broadworks subscribers *",
    "broadworks workspaces *",
    "guardrails removals percent",
    "guardrails removals minimum",
    "guardrails updates percent",
    "guardrails updates minimum",
    "guardrails irreversible",
    "guardrails protect []",
    "guardrails forbid []",
    "guardrails allowOverage []",
    "acknowledgements [] code",
    "acknowledgements [] subjects []",
    "acknowledgements [] reason",
    "acknowledgements [] expires",
];

#[test]
fn every_field_of_the_contract_is_there() {
    let schema = schema();
    let missing: Vec<&&str> = FIELDS
        .iter()
        .filter(|path| follow(&schema, path).is_empty())
        .collect();
    assert!(missing.is_empty(), "the schema lacks {missing:?}");
    assert!(
        follow(&schema, "users * colour").is_empty(),
        "the walk would find anything"
    );
}

#[test]
fn every_word_of_the_contract_is_there() {
    let schema = schema();
    for (path, words) in [
        ("org assignmentMode", ["organization", "group"].as_slice()),
        ("groups * source", &["webex", "directory"]),
        ("groups * kind", &["security", "distribution", "unknown"]),
        ("numbers [] state", &["active", "inactive"]),
        ("numbers [] type", &["did", "tollFree", "mobile"]),
        (
            "subscriptions * status",
            &["active", "suspended", "cancelled"],
        ),
        ("users * webexGo mode", &["byod", "mobileOperator"]),
        ("users * state", &["present", "absent"]),
        (
            "templates * licenses calling",
            &["professional", "standard", "workspace"],
        ),
        ("templates * licenses messaging", &["advanced", "basic"]),
        ("templates * licenses meetings *", &["host", "attendee"]),
        (
            "templates * licenses contactCenter",
            &["premium", "standard"],
        ),
    ] {
        let found = follow(&schema, path);
        let text = serde_json::to_string(
            &found
                .iter()
                .flat_map(|at| alternatives(&schema, at))
                .collect::<Vec<_>>(),
        );
        let text = text.unwrap();
        for word in words {
            assert!(
                text.contains(&format!("\"{word}\"")),
                "{path} lacks {word}: {text}"
            );
        }
    }
}

/// What Webex gives no choice about, or what is observed only, has no field; a meetings entry has a site and says the role.
#[test]
fn what_webex_gives_no_choice_about_has_no_field() {
    let schema = schema();
    for path in [
        "templates * futureUsers",
        "templates * licenses webexGo",
        "subscriptions * method",
        "subscriptions * preserveConfig",
        "users * workPhone",
        "sites",
    ] {
        assert!(follow(&schema, path).is_empty(), "there is a field {path}");
    }
    let of = |path: &str| {
        let found = follow(&schema, path).into_iter();
        found
            .flat_map(|at| alternatives(&schema, at))
            .collect::<Vec<_>>()
    };
    for closed in [
        "templates *",
        "templates * licenses",
        "subscriptions *",
        "users *",
    ] {
        let closes = |at: &&Value| at["additionalProperties"] == false;
        assert!(of(closed).iter().any(closes), "{closed} takes any field");
    }
    let meetings = of("templates * licenses meetings");
    assert!(
        meetings.iter().all(|at| at["type"] != "string"),
        "meetings without a site"
    );
    let long: Vec<_> = of("templates * licenses meetings *")
        .into_iter()
        .filter(|at| at["properties"].is_object())
        .collect();
    let role = |at: &&Value| {
        at["required"]
            .as_array()
            .is_some_and(|list| list.contains(&"role".into()))
    };
    assert!(!long.is_empty() && long.iter().all(role), "{long:?}");
}

#[test]
fn every_field_has_a_description() {
    fn walk(root: &Value, schema: &Value, at: &str, missing: &mut Vec<String>) {
        if let Some(properties) = schema["properties"].as_object() {
            for (name, property) in properties {
                let described = property["description"].is_string()
                    || target(root, property)["description"].is_string();
                if !described {
                    missing.push(format!("{at}.{name}"));
                }
            }
        }
        match schema {
            Value::Object(members) => members
                .iter()
                .for_each(|(name, value)| walk(root, value, &format!("{at}/{name}"), missing)),
            Value::Array(items) => items
                .iter()
                .for_each(|value| walk(root, value, at, missing)),
            _ => {}
        }
    }
    let schema = schema();
    let mut missing = Vec::new();
    walk(&schema, &schema, "", &mut missing);
    assert!(missing.is_empty(), "without description: {missing:#?}");
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(root: &Value, schema: &Value) {
        if let Some(reference) = schema["$ref"].as_str() {
            assert!(
                root.pointer(reference.trim_start_matches('#')).is_some(),
                "{reference} leads nowhere"
            );
        }
        match schema {
            Value::Object(members) => members.values().for_each(|value| walk(root, value)),
            Value::Array(items) => items.iter().for_each(|value| walk(root, value)),
            _ => {}
        }
    }
    let schema = schema();
    walk(&schema, &schema);
}
