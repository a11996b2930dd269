//! Call queues, for the applier that shares no code with the planner: what a request does to one in the snapshot, and who leaves
//! features by losing Calling.

use serde_json::{Value, json};

use super::apply::{callers, list, text};

type Outcome = Result<(), String>;

fn rows<'v>(snapshot: &'v mut Value, section: &str) -> impl Iterator<Item = &'v mut Value> {
    snapshot[section].as_array_mut().into_iter().flatten()
}

fn is_queue(feature: &Value, name: &str) -> bool {
    feature["kind"] == "callQueue" && feature["name"] == name
}

fn queue<'v>(snapshot: &'v mut Value, name: &str) -> Result<&'v mut Value, String> {
    let mut features = rows(snapshot, "features");
    features
        .find(|it| is_queue(it, name))
        .ok_or_else(|| format!("there is no queue {name}"))
}

/// A queue without anything.
pub fn create(snapshot: &mut Value, name: &str) -> Outcome {
    if queue(snapshot, name).is_ok() {
        return Err(format!("there is a queue {name} already"));
    }
    let features = snapshot["features"].as_array_mut().ok_or("no features")?;
    features.push(
        json!({"kind": "callQueue", "id": "", "name": name, "location": null, "phoneNumber": null,
                         "extension": null, "members": []}),
    );
    Ok(())
}

/// Another name, also of the owner of its numbers.
pub fn rename(snapshot: &mut Value, old: &str, now: &str) -> Outcome {
    if queue(snapshot, now).is_ok() {
        return Err(format!("there is a queue {now} already"));
    }
    queue(snapshot, old)?["name"] = json!(now);
    for row in rows(snapshot, "numbers").filter(|row| row["owner"] == owner(old)) {
        row["owner"]["key"] = json!(now);
    }
    Ok(())
}

fn owner(name: &str) -> Value {
    json!({"kind": "callQueue", "key": name})
}

/// One field of a queue.
pub fn field(snapshot: &mut Value, name: &str, field: &Value) -> Outcome {
    let (path, before, after) = (text(&field["path"]), &field["before"], &field["after"]);
    match path {
        "name" => Ok(()),
        "state" => delete(snapshot, name),
        "location" => {
            queue(snapshot, name)?["location"] = after.clone();
            alone(snapshot, name)
        }
        "phoneNumber" => number(snapshot, name, before, after),
        "extension" => extension(snapshot, name, before, after),
        _ => agent(snapshot, name, before, after),
    }
}

fn delete(snapshot: &mut Value, name: &str) -> Outcome {
    queue(snapshot, name)?;
    let features = snapshot["features"].as_array_mut().ok_or("no features")?;
    features.retain(|it| !is_queue(it, name));
    release(snapshot, name);
    Ok(())
}

/// What a queue had is free.
fn release(snapshot: &mut Value, name: &str) {
    if let Some(numbers) = snapshot["numbers"].as_array_mut() {
        numbers.retain(|row| !(row["owner"] == owner(name) && row["phoneNumber"].is_null()));
    }
    for row in rows(snapshot, "numbers").filter(|row| row["owner"] == owner(name)) {
        row["owner"] = Value::Null;
        row["extension"] = Value::Null;
    }
}

fn number(snapshot: &mut Value, name: &str, before: &Value, after: &Value) -> Outcome {
    let feature = queue(snapshot, name)?;
    if feature["phoneNumber"] != *before {
        return Err(format!(
            "{} was there, not {before}",
            feature["phoneNumber"]
        ));
    }
    feature["phoneNumber"] = after.clone();
    for row in rows(snapshot, "numbers").filter(|row| row["phoneNumber"] == *before) {
        row["owner"] = Value::Null;
    }
    let mut found = rows(snapshot, "numbers").filter(|row| row["phoneNumber"] == *after);
    let row = found
        .next()
        .ok_or_else(|| format!("there is no number {after}"))?;
    if !row["owner"].is_null() {
        return Err(format!("{after} belongs to {}", row["owner"]));
    }
    row["owner"] = owner(name);
    Ok(())
}

fn extension(snapshot: &mut Value, name: &str, before: &Value, after: &Value) -> Outcome {
    let feature = queue(snapshot, name)?;
    if feature["extension"] != *before {
        return Err(format!("{} was there, not {before}", feature["extension"]));
    }
    feature["extension"] = after.clone();
    for row in rows(snapshot, "numbers").filter(|row| row["owner"] == owner(name)) {
        if row["extension"] == *before && !before.is_null() {
            row["extension"] = after.clone();
        }
    }
    alone(snapshot, name)
}

/// Whether no one else has the extension of a queue where it is. A new queue has a place last.
fn alone(snapshot: &mut Value, name: &str) -> Outcome {
    let feature = queue(snapshot, name)?;
    let (here, extension) = (feature["location"].clone(), feature["extension"].clone());
    if here.is_null() || extension.is_null() {
        return Ok(());
    }
    let others = ["users", "workspaces", "numbers", "features"].into_iter();
    let mut others = others.flat_map(|section| list(&snapshot[section]));
    let same = |it: &&Value| {
        let mine = it["owner"] == owner(name) || is_queue(it, name);
        it["extension"] == extension && it["location"] == here && !mine
    };
    match others.find(same) {
        Some(other) => Err(format!("{extension} is the extension of {other}")),
        None => Ok(()),
    }
}

fn agent(snapshot: &mut Value, name: &str, before: &Value, after: &Value) -> Outcome {
    let key = text(if after.is_null() { before } else { after });
    let kind = if key.contains('@') {
        "user"
    } else {
        "workspace"
    };
    let calls = callers(snapshot).contains(&format!("{kind}/{key}"));
    let member = json!({"kind": kind, "key": key, "role": "agent"});
    let feature = queue(snapshot, name)?;
    let members = feature["members"].as_array_mut().ok_or("no members")?;
    let there = members.contains(&member);
    match (after.is_null(), there) {
        (true, true) => members.retain(|it| *it != member),
        // Losing Calling comes first.
        (true, false) if !calls => {}
        (false, false) if calls => members.push(member),
        (false, false) => return Err(format!("{key} has no Calling")),
        _ => return Err(format!("{key} is there: {there}")),
    }
    Ok(())
}

/// Who has lost Calling, or the location, leaves features by that, except those that only send mail.
pub fn leave(snapshot: &mut Value, before: &Value) {
    let now = callers(snapshot);
    let places = |snapshot: &Value, kind: &str, key: &Value| {
        let (section, name) = match kind {
            "user" => ("users", "email"),
            _ => ("workspaces", "name"),
        };
        let mut found = list(&snapshot[section]).filter(|it| it[name] == *key);
        found.next().map(|it| it["location"].clone())
    };
    let old = callers(before);
    let after = snapshot.clone();
    for feature in rows(snapshot, "features") {
        let here = feature["location"].clone();
        let Some(members) = feature["members"].as_array_mut() else {
            continue;
        };
        members.retain(|member| {
            let (kind, key) = (text(&member["kind"]), &member["key"]);
            let address = format!("{kind}/{}", text(key));
            let lost = old.contains(&address) && !now.contains(&address);
            let (was, is) = (places(before, kind, key), places(&after, kind, key));
            let moved = was.as_ref() == Some(&here) && is != was;
            member["role"] == "recipient" || !(lost || moved)
        });
    }
}
