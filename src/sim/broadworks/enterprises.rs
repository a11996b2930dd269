//! Enterprises, and the synchronisation of their directories.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, text};
use super::super::clock::timestamp;
use super::super::state::broadworks::Enterprise;
use super::super::{errors, ids};
use super::provider;

/// GET of all that fit; one page.
pub fn list(call: &mut Call<'_>) -> Done {
    provider(call)?;
    let max = call.number("max").unwrap_or(100).min(1000);
    let fits = |enterprise: &&Enterprise| {
        let name = enterprise.sp_enterprise_id.as_str();
        call.query("spEnterpriseId").is_none_or(|it| it == name)
            && call
                .query("startsWith")
                .is_none_or(|it| name.starts_with(it))
    };
    let all = call
        .world
        .broadworks
        .enterprises
        .iter()
        .filter(fits)
        .take(max);
    let shown: Vec<Value> = all
        .map(|enterprise| {
            json!({
                "id": enterprise.id,
                "orgId": enterprise.org_id,
                "provisioningId": enterprise.provisioning_id,
                "spEnterpriseId": enterprise.sp_enterprise_id,
                "broadworksDirectorySync": sync(call, enterprise),
            })
        })
        .collect();
    Answer::ok(json!({"items": shown}))
}

/// The state of a synchronisation.
fn sync(call: &Call<'_>, enterprise: &Enterprise) -> Value {
    let mut status = Map::new();
    let mut put = |name: &str, value: Value| _ = status.insert(name.to_owned(), value);
    let lasts = i64::from(call.rules.broadworks_seconds) * 1000;
    match enterprise.began {
        None if enterprise.synced.is_some() => {
            put("syncStatus", json!("COMPLETE"));
            put("totalExternalUsersInCI", json!(enterprise.synced));
            failed(enterprise, &mut put);
        }
        None => {
            put("syncStatus", json!("NOT_SYNCED"));
        }
        Some(began) if call.now - began < lasts => {
            put("syncStatus", json!("IN_PROGRESS"));
            put("lastSyncStartTime", json!(micros(began)));
        }
        Some(began) => {
            let own = |fields: &Map<String, Value>| {
                fields.get("spEnterpriseId").and_then(Value::as_str)
                    == Some(&enterprise.sp_enterprise_id)
            };
            let all = &call.world.broadworks;
            let users = all
                .subscribers
                .iter()
                .flatten()
                .filter(|it| own(&it.fields))
                .count();
            let machines = all.workspaces.iter().filter(|it| own(&it.fields)).count();
            put("syncStatus", json!("COMPLETE"));
            put("lastSyncStartTime", json!(micros(began)));
            put("lastSyncEndTime", json!(micros(began + lasts)));
            put("lastSuccessfulSyncTime", json!(micros(began + lasts)));
            for name in [
                "usersAdded",
                "usersUpdated",
                "usersDeleted",
                "machinesAdded",
                "machinesUpdated",
                "machinesDeleted",
            ] {
                put(name, json!(0));
            }
            put("totalExternalUsersInCI", json!(users));
            put("totalExternalMachinesInCI", json!(machines));
            put(
                "lastSyncTrackingId",
                json!(format!(
                    "NA_{}",
                    ids::uuid(&format!("{} {began}", enterprise.id))
                )),
            );
        }
    }
    json!({"enableDirSync": enterprise.sync, "directorySyncStatus": status})
}

/// The failures of the last synchronisation, as a file has them.
fn failed(enterprise: &Enterprise, put: &mut impl FnMut(&str, Value)) {
    let sync = enterprise.source.get("directorySync");
    let errors = sync.and_then(|it| it["errors"].as_array());
    let errors = errors.into_iter().flatten();
    let errors: Vec<Value> = errors
        .map(|it| json!({"errorCode": it["code"], "description": it["description"]}))
        .collect();
    if !errors.is_empty() {
        put("errors", json!(errors));
    }
}

/// The form of the times here: microseconds.
fn micros(ms: i64) -> String {
    format!("{:.6}", timestamp(ms))
}

fn find(call: &Call<'_>) -> Result<usize, Answer> {
    let id = ids::decoded(call.param(0));
    let mut all = call.world.broadworks.enterprises.iter();
    let found = all.position(|it| ids::decoded(&it.id) == id);
    found.ok_or_else(|| errors::not_found("enterprise"))
}

fn answer(call: &mut Call<'_>, at: usize) -> Done {
    let Some(enterprise) = call.world.broadworks.enterprises.get(at).cloned() else {
        return Err(errors::not_found("enterprise"));
    };
    call.about("ENTERPRISE", &enterprise.id, &enterprise.sp_enterprise_id);
    Answer::ok(sync(call, &enterprise))
}

/// GET of its state.
pub fn read_sync(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    answer(call, at)
}

/// PUT: on or off.
pub fn switch_sync(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let on = call.body()["enableDirSync"].as_bool();
    let on = on.ok_or_else(|| errors::bad("enableDirSync is required."))?;
    if let Some(enterprise) = call.world.broadworks.enterprises.get_mut(at) {
        // Everybody whom the synchronisation has made goes with it.
        if enterprise.sync && !on {
            enterprise.synced = enterprise.synced.map(|_| 0);
        }
        enterprise.sync = on;
    }
    call.world.broadworks.touched = true;
    let mut told = answer(call, at)?;
    only_status(&mut told);
    Ok(told)
}

/// An order is answered only by the status.
fn only_status(told: &mut Answer) {
    if let Some(status) = told.body["directorySyncStatus"].as_object_mut() {
        status.retain(|name, _| name == "syncStatus");
    }
}

/// POST: now.
pub fn sync_now(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    if call.text("syncStatus") != Some("SYNC_NOW") {
        return Err(errors::bad("syncStatus must be SYNC_NOW."));
    }
    let (now, lasts) = (call.now, i64::from(call.rules.broadworks_seconds) * 1000);
    match call.world.broadworks.enterprises.get_mut(at) {
        Some(enterprise) if !enterprise.sync => {
            return Err(errors::bad("The directory synchronization is off."));
        }
        Some(enterprise) if enterprise.began.is_some_and(|began| now - began < lasts) => {
            return Err(errors::generic(409, "A synchronization is in progress."));
        }
        Some(enterprise) => enterprise.began = Some(now),
        None => return Err(errors::not_found("enterprise")),
    }
    let mut told = answer(call, at)?;
    only_status(&mut told);
    Ok(told)
}

/// POST: one user of the directory.
pub fn sync_user(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let user = call.text("userId").unwrap_or_default().to_owned();
    let world = &*call.world;
    let home = world
        .broadworks
        .enterprises
        .get(at)
        .map(|it| it.sp_enterprise_id.clone());
    let found = world.broadworks.subscribers.iter().flatten().find(|it| {
        let field = |name: &str| it.fields.get(name).and_then(text);
        field("userId") == Some(&user) && field("spEnterpriseId") == home.as_deref()
    });
    let Some(found) = found else {
        let message = "External directory user sync failed";
        return Err(errors::coded(400, message, 6003, message));
    };
    let mut told = json!({"userId": user});
    for (name, field) in [
        ("firstName", "firstName"),
        ("lastName", "lastName"),
        ("extension", "extension"),
        ("number", "primaryPhoneNumber"),
        ("mobile", "mobilePhoneNumber"),
    ] {
        if let Some(value) = found.fields.get(field) {
            told[name] = value.clone();
        }
    }
    Answer::ok(json!({"userResponse": told, "status": "NO_OPERATION"}))
}
