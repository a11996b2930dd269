//! Carries out the BroadWorks part of a plan on a snapshot, as if Webex had done all of it at once. Shares no code with the
//! planner.

use serde_json::{Value, json};

use super::apply::{list, text};

const CREATED: [&str; 8] = [
    "email",
    "enterprise",
    "extension",
    "firstName",
    "lastName",
    "package",
    "primaryPhoneNumber",
    "provisioningId",
];

/// The request for the first subscriber of an enterprise whose organisation exists.
const ATTACHING: &str = "/broadworks/subscribers?attach";

/// Whether a plan says that another one follows it: of those who wait for the first subscriber, and of what is replaced.
pub fn announces(plan: &Value) -> bool {
    let later = [
        "broadworks-waits-for-first",
        "broadworks-replacement",
        "broadworks-enterprise-waits",
    ];
    list(&plan["findings"]).any(|it| later.contains(&text(&it["code"])))
}

/// What a request of BroadWorks may carry; `None` for any other request.
pub fn fits(method: &str, path: &str, name: &str) -> Option<bool> {
    let fits = match (method, path) {
        ("POST", "/broadworks/subscribers" | ATTACHING) => CREATED.contains(&name),
        ("PUT", "/broadworks/subscribers/{subscriberId}") => [
            "extension",
            "firstName",
            "lastName",
            "package",
            "primaryPhoneNumber",
        ]
        .contains(&name),
        ("DELETE", "/broadworks/subscribers/{subscriberId}") => name == "state",
        ("PUT", "/broadworks/enterprises/{enterpriseId}/broadworksDirectorySync") => {
            name == "enableDirSync"
        }
        _ => return None,
    };
    Some(fits)
}

/// Sends one request for one object; `false` for a request that is not of BroadWorks.
pub fn request(
    snapshot: &mut Value,
    operation: &Value,
    change: &Value,
    fields: &[&Value],
) -> Result<bool, String> {
    let (method, path) = (text(&operation["method"]), text(&operation["path"]));
    if !path.starts_with("/broadworks/") {
        return Ok(false);
    }
    let key = text(&change["key"]);
    let broadworks = &mut snapshot["broadworks"];
    match (method, path) {
        ("POST", "/broadworks/subscribers" | ATTACHING) => create(broadworks, key, fields)?,
        ("PUT", "/broadworks/subscribers/{subscriberId}") => {
            let one = find(&mut broadworks["subscribers"], "userId", key)?;
            if !["provisioned", "error"].contains(&text(&one["status"])) {
                return Err(format!("{key} is {}", one["status"]));
            }
            for field in fields {
                let path = text(&field["path"]);
                if one[path] != field["before"] {
                    return Err(format!("{} was there", one[path]));
                }
                one[path] = field["after"].clone();
            }
            one["status"] = json!("provisioned");
            if one["extension"].is_null() && one["primaryPhoneNumber"].is_null() {
                return Err("neither number nor extension".to_owned());
            }
        }
        ("DELETE", _) => {
            find(&mut broadworks["subscribers"], "userId", key)?;
            let all = broadworks["subscribers"].as_array_mut();
            all.ok_or("no list")?.retain(|it| it["userId"] != key);
        }
        _ => {
            let one = find(&mut broadworks["enterprises"], "spEnterpriseId", key)?;
            let on = fields.iter().any(|it| it["after"] == true);
            if one["enableDirSync"] == on {
                return Err("it is so already".to_owned());
            }
            one["enableDirSync"] = json!(on);
            if !on {
                one["directorySync"] = Value::Null;
            }
        }
    }
    Ok(true)
}

/// The organisation comes with the first subscriber, who goes alone.
fn create(broadworks: &mut Value, key: &str, fields: &[&Value]) -> Result<(), String> {
    if find(&mut broadworks["subscribers"], "userId", key).is_ok() {
        return Err("the user id is in use".to_owned());
    }
    let mut row =
        json!({"userId": key, "status": "provisioned", "created": "2026-11-20T09:00:00Z"});
    for field in fields {
        row[text(&field["path"])] = field["after"].clone();
    }
    for name in [
        "enterprise",
        "firstName",
        "lastName",
        "package",
        "provisioningId",
    ] {
        if row[name].is_null() {
            return Err(format!("{name} is missing"));
        }
    }
    let same = |it: &&Value| !row["email"].is_null() && it["email"] == row["email"];
    if let Some(other) = list(&broadworks["subscribers"]).find(same) {
        return Err(format!("{} has this address", other["userId"]));
    }
    let home = row["enterprise"].clone();
    let mine = list(&broadworks["subscribers"]).filter(|it| it["enterprise"] == home);
    let mine: Vec<&str> = mine.map(|it| text(&it["status"])).collect();
    let ready = |it: &&str| ["provisioned", "updating"].contains(it);
    if !mine.is_empty() && !mine.iter().any(ready) {
        return Err("the organisation does not exist yet".to_owned());
    }
    if find(
        &mut broadworks["enterprises"],
        "spEnterpriseId",
        text(&home),
    )
    .is_err()
    {
        let new = json!({"spEnterpriseId": home, "provisioningId": row["provisioningId"], "new": true, "orgId": organization(broadworks, &row["email"])});
        push(&mut broadworks["enterprises"], new)?;
    } else if find(
        &mut broadworks["enterprises"],
        "spEnterpriseId",
        text(&home),
    )?["new"]
        == true
    {
        return Err("the first subscriber of an enterprise goes alone".to_owned());
    }
    push(&mut broadworks["subscribers"], row)
}

/// The organisation in which an address is somebody's, else a new one.
fn organization(broadworks: &Value, email: &Value) -> Value {
    let mut all = list(&broadworks["organizations"]);
    let found = all.find(|it| list(&it["people"]).any(|one| one == email));
    found.map_or_else(|| json!("a new organisation"), |it| it["id"].clone())
}

fn push(list: &mut Value, entry: Value) -> Result<(), String> {
    list.as_array_mut().ok_or("no list")?.push(entry);
    Ok(())
}

fn find<'v>(list: &'v mut Value, name: &str, key: &str) -> Result<&'v mut Value, String> {
    let mut all = list.as_array_mut().into_iter().flatten();
    let found = all.find(|entry| entry[name] == key);
    found.ok_or_else(|| format!("nothing has the {name} {key}"))
}
