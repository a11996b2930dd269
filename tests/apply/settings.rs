//! Settings of a person who loses Calling and gets it back: what is read, wiped, written back and compared, against the
//! simulator, without sockets.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::common;
use http::{Method, Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use trunkline::backup;
use trunkline::sim::{self, Reply, Simulator};
use trunkline::snapshot::Snapshot;
use trunkline::webex::settings::{
    HolderKind, Settings, differences, digest, read_all, remaining_calls, restore_calls,
};
use trunkline::webex::{Call, Client, Clock, Options, Reader, Transport, Writer};

/// The simulator instead of Webex.
#[derive(Debug)]
struct InProcess(Simulator);

impl Transport for InProcess {
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>> {
        match self.0.answer(request) {
            Reply::Response(response) => Ok(response),
            other => Err(io::Error::other(format!("{other:?}"))),
        }
    }
}

impl Clock for InProcess {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.now().as_millisecond().unsigned_abs())
    }

    fn sleep(&self, time: Duration) {
        self.0.advance(time);
    }
}

struct Acme {
    snapshot: Snapshot,
    reader: Reader,
    writer: Writer,
}

impl Acme {
    fn new(switches: Value) -> Acme {
        let path = common::root().join("examples/acme/snapshot.json");
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let simulator = Simulator::new(file, &sim::Options::default());
        let scenario = serde_json::from_value(json!({"switches": switches})).unwrap();
        simulator.direct(scenario).unwrap();
        let simulator = Arc::new(InProcess(simulator));
        let options = Options::new("http://webex.test/v1", "any");
        let client = Client::new(simulator.clone(), simulator, options);
        Acme {
            snapshot: trunkline::snapshot::read(&path).unwrap().0,
            reader: Reader::new(&client),
            writer: Writer::new(&client),
        }
    }

    fn send(&self, call: &Call) -> Value {
        self.writer
            .send(call)
            .unwrap_or_else(|error| panic!("{error}\n{call:?}"))
            .body
    }

    /// Writes one value the way it would be restored.
    fn write(&self, kind: &str, id: &str, name: &str, value: &Value) {
        for call in restore_calls(kind, id, name, value).unwrap() {
            self.send(&call);
        }
    }
}

/// Settings that a person has made, as a GET returns them. `{bob}` and `{free}` are placeholders for a colleague and a free number.
fn made() -> Value {
    let path = common::root().join("tests/apply/settings/made.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A number of a location that no one has and that is not its main number.
fn free_number(snapshot: &Snapshot, location: &str) -> String {
    let main = snapshot
        .locations()
        .iter()
        .find(|it| it.name == location)
        .unwrap();
    let main = main.calling.as_ref().unwrap().main_number.clone();
    let mut numbers = snapshot
        .numbers()
        .iter()
        .filter(|it| it.location.as_deref() == Some(location));
    let free = numbers.find(|it| it.owner.is_none() && Some(&it.phone_number) != main.as_ref());
    free.unwrap().phone_number.clone()
}

impl Acme {
    /// Makes all of these settings.
    fn settle(&self, subject: &backup::Subject) {
        let bob = self.find("user", "bob@acme.com").unwrap();
        let free = free_number(&self.snapshot, subject.location.as_ref().unwrap());
        let made = made()
            .to_string()
            .replace("{bob}", &bob.id)
            .replace("{free}", &free);
        let made: Value = serde_json::from_str(&made).unwrap();
        for setting in HolderKind::Person.settings() {
            if let Some(value) = made.get(setting.name) {
                self.write("user", &subject.id, setting.name, value);
            }
        }
        for name in made.as_object().unwrap().keys() {
            assert!(
                HolderKind::Person.find(name).is_some(),
                "{name} is no setting"
            );
        }
    }

    fn read(&self, id: &str) -> Settings {
        read_all(&self.reader, HolderKind::Person, id)
    }

    /// The entry of a request that gives Calling with the number and extension of then.
    fn grant(&self, subject: &backup::Subject) -> Value {
        let mut licenses = subject.licenses.iter();
        let calling = licenses
            .find(|it| it.license.starts_with("Webex Calling"))
            .unwrap();
        let mut locations = self.snapshot.locations().iter();
        let location = locations
            .find(|it| Some(&it.name) == subject.location.as_ref())
            .unwrap();
        json!({"id": calling.id, "operation": "add", "properties": {"locationId": location.id,
            "phoneNumber": subject.phone_number, "extension": subject.extension}})
    }

    /// Gives Calling (`add`), or takes it away (`remove`).
    fn calling(&self, subject: &backup::Subject, operation: &str) {
        let mut license = self.grant(subject);
        license["operation"] = json!(operation);
        let body = json!({"personId": subject.id, "licenses": [license]});
        self.send(&Call::new(Method::PATCH, "/licenses/users").with(body));
    }
}

fn options(directory: &std::path::Path, acme: &Acme) -> backup::Options {
    backup::Options {
        directory: directory.to_owned(),
        recipients: Vec::new(),
        org: acme.snapshot.org.id.clone(),
        at: "2026-11-20T08:00:00Z".parse::<Timestamp>().unwrap(),
        features: None,
    }
}

impl Acme {
    /// A person or workspace, by the name that it has.
    fn find(&self, kind: &str, key: &str) -> Option<backup::Subject> {
        let mut users = self.snapshot.users().iter();
        let mut places = self.snapshot.workspaces().iter();
        let id = match kind {
            "user" => &users.find(|it| it.email == key)?.id,
            _ => &places.find(|it| it.name == key)?.id,
        };
        backup::Subject::find(&self.snapshot, kind, id)
    }
}

/// Loses Calling and gets it back, with the settings of the backup; gives what is not as it was.
fn lost_and_restored(acme: &Acme, with_devices: bool) -> Vec<&'static str> {
    let subject = acme.find("user", "ana@acme.com").unwrap();
    let plain = acme.read(&subject.id);
    acme.settle(&subject);
    let before = acme.read(&subject.id);
    let made: BTreeSet<&str> = differences(&plain, &before).into_iter().collect();
    assert!(made.len() > 40, "only {made:?} are made");

    let directory = tempfile::tempdir().unwrap();
    let taken = backup::take(&acme.reader, &subject, &options(directory.path(), acme)).unwrap();
    assert_eq!(taken.unread, []);
    assert_eq!(taken.settings_digest, digest(&before));
    let bundle = backup::open(&taken.path, None).unwrap();
    assert_eq!(bundle.subject, subject);

    acme.calling(&subject, "remove");
    let without = acme.read(&subject.id);
    assert!(without.values() < 5, "{without:?}");
    acme.calling(&subject, "add");
    let lost: BTreeSet<&str> = differences(&before, &acme.read(&subject.id))
        .into_iter()
        .collect();
    let survived: Vec<_> = made.difference(&lost).collect();
    assert!(survived.is_empty(), "nothing takes {survived:?} away");

    for setting in HolderKind::Person.settings() {
        let value = bundle.settings.get(setting.name);
        if let Some(value) = value.filter(|_| with_devices || setting.name != "devices") {
            acme.write("user", &subject.id, setting.name, value);
        }
    }
    let restored = acme.read(&subject.id);
    for setting in HolderKind::Person.settings() {
        let now = restored.value(setting.name);
        if let (Some(then), Some(now)) = (bundle.settings.get(setting.name), now) {
            let left = remaining_calls("user", &subject.id, setting.name, then, now).unwrap();
            let gone = !with_devices && setting.name == "devices";
            assert!(
                gone || left.is_empty(),
                "{left:?} would be sent a second time"
            );
        }
    }
    differences(&before, &restored)
}

#[test]
fn all_that_was_lost_with_calling_comes_back_from_the_backup() {
    let acme = Acme::new(json!({"unknownMembers": false, "devicesGoWithCalling": false}));
    assert_eq!(lost_and_restored(&acme, true), [""; 0]);
}

#[test]
fn where_the_phone_goes_with_calling_nothing_but_the_phone_is_missing() {
    let acme = Acme::new(json!({"unknownMembers": false, "devicesGoWithCalling": true}));
    assert_eq!(lost_and_restored(&acme, false), ["devices"]);
}

#[test]
fn a_move_to_another_subscription_changes_no_setting() {
    let acme = Acme::new(json!({}));
    let subject = acme.find("user", "ana@acme.com").unwrap();
    acme.settle(&subject);
    let before = acme.read(&subject.id);
    let old = subject
        .licenses
        .iter()
        .find(|it| it.license == "Webex Calling - Professional")
        .unwrap();
    let mut licenses = acme.snapshot.licenses().iter();
    let new = licenses
        .find(|it| it.name == old.license && it.id != old.id)
        .unwrap();
    let mut add = acme.grant(&subject);
    add["id"] = json!(new.id);
    let body =
        json!({"personId": subject.id, "licenses": [add, {"id": old.id, "operation": "remove"}]});
    acme.send(&Call::new(Method::PATCH, "/licenses/users").with(body));
    let after = acme.read(&subject.id);
    assert_eq!(differences(&before, &after), [""; 0]);
    assert_eq!(digest(&before), digest(&after));
}

/// MOVE-020: a workspace keeps its services.
#[test]
fn a_workspace_that_changes_its_subscription_keeps_its_settings() {
    let acme = Acme::new(json!({"unknownMembers": false}));
    let subject = acme.find("workspace", "Dallas Lobby").unwrap();
    let forwarding = &made()["callForwarding"];
    acme.write("workspace", &subject.id, "callForwarding", forwarding);
    let read = || read_all(&acme.reader, HolderKind::Workspace, &subject.id);
    let before = read();
    let mut calling = acme.grant(&subject)["properties"].take();
    let old = &subject.licenses[0];
    let mut licenses = acme.snapshot.licenses().iter();
    let new = licenses
        .find(|it| it.name == old.license && it.id != old.id)
        .unwrap();
    calling["licenses"] = json!([new.id]);
    let body = json!({"calling": {"type": "webexCalling", "webexCalling": calling}});
    let path = format!("/workspaces/{}", subject.id);
    let moved = acme.send(&Call::new(Method::PUT, path).with(body));
    let held = &moved["calling"]["webexCalling"]["licenses"];
    assert_eq!(held, &json!([new.id]));
    assert_eq!(differences(&before, &read()), [""; 0]);
}

#[test]
fn a_token_that_may_not_read_settings_makes_no_empty_backup() {
    let acme = Acme::new(json!({}));
    let mut subject = acme.find("user", "ana@acme.com").unwrap();
    // A person who does not exist answers 404 to everything, as a token without the scope may.
    subject.id = subject.id.replace('Y', "Z");
    let directory = tempfile::tempdir().unwrap();
    let taken = backup::take(&acme.reader, &subject, &options(directory.path(), &acme)).unwrap();
    let unread: Vec<&str> = taken.unread.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(unread, ["timeZone", "callForwarding"]);
    let bundle = backup::open(&taken.path, None).unwrap();
    assert_eq!(bundle.unread, taken.unread);
}

#[test]
fn settings_of_workspaces_are_read_and_written_back() {
    for name in ["Dallas Boardroom", "Dallas Lobby"] {
        let acme = Acme::new(json!({"unknownMembers": false}));
        let subject = acme.find("workspace", name).unwrap();
        let before = read_all(&acme.reader, HolderKind::Workspace, &subject.id);
        assert_eq!(before.failures().count(), 0);
        assert!(before.values() > 10, "{before:?}");
        let forwarding = &made()["callForwarding"];
        acme.write("workspace", &subject.id, "callForwarding", forwarding);
        acme.write(
            "workspace",
            &subject.id,
            "callWaiting",
            &json!({"enabled": false}),
        );
        let changed = read_all(&acme.reader, HolderKind::Workspace, &subject.id);
        assert_eq!(
            differences(&before, &changed),
            ["callForwarding", "callWaiting"]
        );
        for setting in HolderKind::Workspace.settings() {
            if let Some(value) = before.value(setting.name) {
                acme.write("workspace", &subject.id, setting.name, value);
            }
        }
        let restored = read_all(&acme.reader, HolderKind::Workspace, &subject.id);
        assert_eq!(differences(&before, &restored), [""; 0], "{name}");
    }
}
