//! Who is owed something is known by id, and is paid only by what is there again.

use http::Method;
use serde_json::{Value, json};
use trunkline::webex::{Call, Writer};

use crate::common::live::{client, direct};
use crate::common::{Run, write};
use crate::lost::person;
use crate::owed::{FIRST, Office};

const SECOND: &str = "user/m01@harbour.example";
const LIVE: [&str; 3] = ["--live", "--yes", "--no-capture"];

impl Office {
    /// Who has lost something, and a plan of the second one that takes something.
    fn lost(people: usize) -> Office {
        let office = Office::new(people);
        office.plan("a.json", &[FIRST]);
        if people > 1 {
            office.plan("b.json", &[SECOND]);
        }
        office.lose(".trunkline");
        office
    }

    fn apply(&self, args: &[&str]) -> Run {
        self.run(&[&["apply"], args, &LIVE[..]].concat())
    }

    fn restore(&self, backup: &str) -> Run {
        self.run(&["restore", backup, "--live", "--out", "r.json"])
    }

    /// The oldest backup of the first one, which counts.
    fn good(&self) -> String {
        self.backup(".trunkline").to_str().unwrap().to_owned()
    }

    /// Another administrator gives the first one another address.
    fn rename(&self) {
        let new = json!({"email": "new@harbour.example"});
        self.change("m00@harbour.example", new);
    }

    fn change(&self, key: &str, set: Value) {
        let change = json!({"section": "users", "key": key, "set": set});
        direct(&self.simulator, json!({"changes": [change]}));
    }

    fn send(&self, method: Method, path: &str, body: Option<Value>) {
        let call = Call::new(method, path);
        let call = match body {
            Some(body) => call.with(body),
            None => call,
        };
        Writer::new(&client(&self.simulator)).send(&call).unwrap();
    }

    fn delete(&self) {
        self.send(Method::DELETE, "/people/u-0", None);
    }

    /// Another administrator gives the first one Calling again.
    fn give_back(&self, number: Option<&str>) {
        let mut properties = json!({"locationId": "loc-p", "extension": "4100"});
        if let Some(number) = number {
            properties["phoneNumber"] = json!(number);
        }
        let add = json!({"id": "L-OLD", "operation": "add", "properties": properties});
        let body = json!({"personId": "u-0", "licenses": [add]});
        self.send(Method::PATCH, "/licenses/users", Some(body));
    }
}

#[track_caller]
fn ends(run: &Run, exit: i32, says: &[&str]) {
    assert_eq!(run.exit, exit, "{}", run.all());
    for text in says {
        assert!(run.all().contains(text), "{text}: {}", run.all());
    }
}

#[test]
fn who_was_renamed_is_restored() {
    let office = Office::lost(1);
    office.rename();
    // Somebody else has the address now.
    let other = json!({"id": "u-other", "email": "m00@harbour.example", "displayName": "Other", "status": "active",
                       "licenses": [], "attendeeSites": [], "roles": []});
    office.change("m00@harbour.example", other);
    let restored = office.restore(&office.good());
    ends(&restored, 0, &["~ user/new@harbour.example"]);
    ends(&office.apply(&["r.json"]), 0, &[]);
    assert!(office.is_whole());
    let other = person(&office.simulator.snapshot(), "u-other");
    assert_eq!(other["licenses"], json!([]));
    assert!(!office.names(&[]));
}

#[test]
fn who_is_gone_is_nobody_else() {
    let office = Office::lost(2);
    office.delete();
    let restored = office.restore(&office.good());
    ends(&restored, 1, &["restore-gone", "--recreate"]);
    // Nothing is owed to the deleted, and nobody has to wait for that.
    assert!(!office.names(&[]));
    ends(&office.apply(&["b.json"]), 0, &[]);
    let other = json!({"id": "u-other", "email": "m00@harbour.example", "displayName": "Other", "status": "active",
                       "licenses": [], "attendeeSites": [], "roles": []});
    office.change("m00@harbour.example", other);
    let (good, live) = (office.good(), ["--recreate", "--live"]);
    let restored = office.run(&[&["restore", &good], &live[..]].concat());
    ends(
        &restored,
        1,
        &[
            "restore-gone",
            "user/m00@harbour.example is a different one",
        ],
    );
}

#[test]
fn a_resumed_run_finds_who_was_renamed() {
    let office = Office::lost(2);
    office.rename();
    let refused = office.apply(&["b.json"]);
    ends(
        &refused,
        4,
        &["has not restored everything for user/new@harbour.example"],
    );
    ends(&office.apply(&["a.json", "--resume"]), 6, &[]);
    assert!(office.is_whole());
    assert!(!office.names(&[]));
}

#[test]
fn who_is_not_seen_is_not_whole() {
    let office = Office::lost(1);
    let fault = json!({"method": "GET", "path": "/people/u-0", "status": 404, "times": 1000});
    direct(&office.simulator, json!({"faults": [fault]}));
    let resumed = office.apply(&["a.json", "--resume"]);
    ends(&resumed, 6, &[FIRST, "nobody with the id u-0"]);
    direct(&office.simulator, json!({"clearFaults": true}));
    assert!(office.names(&[]));
    ends(&office.apply(&["a.json", "--resume"]), 6, &[]);
    assert!(office.is_whole());
}

/// `apply` refuses for what `plan` names, and for nothing else.
#[test]
fn what_is_owed_elsewhere_hinders_nobody() {
    let office = Office::lost(2);
    let journal = office.path().join(".trunkline/journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    let other = text.replace("\"org\":\"org-h\"", "\"org\":\"org-x\"");
    assert_ne!(text, other);
    std::fs::write(&journal, other).unwrap();
    assert!(!office.names(&[]));
    ends(&office.apply(&["b.json"]), 0, &[]);
}

#[test]
fn a_number_that_is_missing_is_given_back() {
    let office = Office::lost(1);
    office.give_back(None);
    let restored = office.restore(&office.good());
    ends(&restored, 0, &["+  phoneNumber          +12065550100"]);
    assert!(!restored.all().contains("the number stays none"));
    ends(&office.apply(&["r.json"]), 0, &[]);
    assert!(office.is_whole());
    assert!(!office.names(&[]));
}

/// A number that cannot be given back stays owed, whatever else is.
#[test]
fn a_debt_is_paid_by_what_is_there() {
    let office = Office::lost(2);
    office.give_back(None);
    office.change(
        "m01@harbour.example",
        json!({"phoneNumber": "+12065550100"}),
    );
    let restored = office.restore(&office.good());
    ends(&restored, 4, &["calling-number-in-use"]);
    ends(&office.apply(&["r.json", "--partial"]), 6, &[]);
    assert!(office.names(&[]));
}

#[test]
fn a_later_backup_pays_nothing() {
    let office = Office::lost(1);
    office.give_back(Some("+12065550100"));
    let good = office.good();
    // The backup of this move has the usual settings.
    let moved = office.run(&["plan", "--live", "--out", "m.json"]);
    ends(&moved, 4, &["put-back-owed"]);
    ends(&office.apply(&["m.json", "--partial"]), 6, &[]);
    let backups = std::fs::read_dir(office.path().join(".trunkline/backups")).unwrap();
    let mut backups: Vec<_> = backups.map(|it| it.unwrap().path()).collect();
    backups.retain(|it| it.to_str().unwrap() != good);
    assert_eq!(backups.len(), 1, "{backups:?}");
    ends(&office.restore(backups[0].to_str().unwrap()), 0, &[]);
    ends(&office.apply(&["r.json"]), 0, &[]);
    assert!(office.names(&[]), "a backup of the usual settings paid");
    ends(&office.restore(&good), 0, &[]);
    ends(&office.apply(&["r.json"]), 0, &[]);
    assert!(office.is_whole());
    assert!(!office.names(&[]));
}

/// What was there is known from the run itself, even if nothing has been applied before, or something is unknown now: here, of whose
/// location the number is.
#[test]
fn who_loses_calling_after_the_request_is_named() {
    for (first, who) in [(true, FIRST), (true, SECOND), (false, FIRST)] {
        let office = Office::new(3);
        if !first {
            office.plan("b.json", &["user/m02@harbour.example"]);
            ends(&office.run(&["apply", "b.json", "--live", "--yes"]), 0, &[]);
        }
        office.plan("a.json", &[FIRST]);
        let gone =
            json!({"licenses": [], "location": null, "phoneNumber": null, "extension": null});
        let key = who.strip_prefix("user/").unwrap();
        let change = json!({"section": "users", "key": key, "set": gone});
        let fault = json!({"method": "GET", "path": "/people", "nth": 2, "when": "before", "change": change});
        direct(&office.simulator, json!({"faults": [fault]}));
        let ended = office.run(&["apply", "a.json", "--live", "--yes"]);
        let mine = who == FIRST;
        ends(&ended, if mine { 6 } else { 0 }, &["not known: user/"]);
        let named = ended.all().contains("the Calling licence is gone");
        assert_eq!(named, mine, "{}", ended.all());
        assert_eq!(office.names(&[]), mine);
    }
}

/// The files have changed, or a loss is no longer acknowledged: the plan is refused, and yet nobody stays without Calling.
#[test]
fn a_refused_plan_gives_back_what_it_owes() {
    let office = Office::lost(2);
    let files = std::fs::read_to_string(office.path().join("org.yaml")).unwrap();
    write(
        &office.path().join("org.yaml"),
        format!("{files}users: {{m01@harbour.example: {{displayName: Other}}}}\n"),
    );
    let before = person(&office.simulator.snapshot(), "u-1");
    let ended = office.apply(&["a.json", "--resume"]);
    let says = ["files have changed since the plan was made", "restored"];
    ends(&ended, 5, &says);
    assert!(office.is_whole());
    assert_eq!(person(&office.simulator.snapshot(), "u-1"), before);
    assert!(!office.names(&[]));
}

#[test]
fn a_refused_plan_that_owes_nothing_sends_nothing() {
    let office = Office::new(2);
    office.plan("a.json", &[FIRST]);
    ends(&office.apply(&["a.json", "--max-risk", "additive"]), 6, &[]);
    let files = std::fs::read_to_string(office.path().join("org.yaml")).unwrap();
    write(
        &office.path().join("org.yaml"),
        format!("{files}users: {{m01@harbour.example: {{displayName: Other}}}}\n"),
    );
    let ended = office.apply(&["a.json", "--resume"]);
    ends(&ended, 5, &["files have changed since the plan was made"]);
    assert!(!ended.all().contains("Applied:"), "{}", ended.all());
}
