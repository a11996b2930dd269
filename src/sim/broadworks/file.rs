//! The part of a snapshot file that BroadWorks has, and back.

use serde_json::{Map, Value, json};

use super::super::call::{items, text};
use super::super::clock::stamp;
use super::super::ids;
use super::super::state::broadworks::{Broadworks, Enterprise, Status, Subscriber, Workspace};

/// Members of a subscriber that the file and the API call the same.
const SAME: &[&str] = &[
    "userId",
    "firstName",
    "lastName",
    "email",
    "primaryPhoneNumber",
    "mobilePhoneNumber",
    "extension",
    "package",
];

/// What the file says.
pub fn load(file: &Value, at: i64) -> Broadworks {
    let section = &file["broadworks"];
    let mut broadworks = Broadworks {
        organizations: items(&section["organizations"]).to_vec(),
        ..Broadworks::default()
    };
    for row in items(&section["enterprises"]) {
        let Some(name) = text(&row["spEnterpriseId"]) else {
            continue;
        };
        let mut enterprise = enterprise(name, text(&row["template"]).unwrap_or("default"));
        enterprise.sync = row["enableDirSync"] == true;
        if let Some(id) = text(&row["provisioningId"]) {
            id.clone_into(&mut enterprise.provisioning_id);
        }
        if let Some(id) = text(&row["orgId"]) {
            id.clone_into(&mut enterprise.org_id);
        }
        enterprise.synced = row["directorySync"]["users"].as_u64();
        enterprise.source = row.as_object().cloned().unwrap_or_default();
        broadworks.enterprises.push(enterprise);
    }
    for row in items(&section["subscribers"]) {
        subscriber(&mut broadworks, row, at);
    }
    for row in items(&section["workspaces"]) {
        let Some(user) = text(&row["userId"]) else {
            continue;
        };
        let mut fields = Map::new();
        for name in ["userId", "displayName", "primaryPhoneNumber", "extension"] {
            if let Some(value) = text(&row[name]) {
                fields.insert(name.to_owned(), json!(value));
            }
        }
        let home = text(&row["enterprise"]).unwrap_or_default();
        place(&mut broadworks, &mut fields, home);
        let id = text(&row["id"]).map(str::to_owned);
        broadworks.workspaces.push(Workspace {
            id: id
                .unwrap_or_else(|| ids::public("PLACE", &ids::uuid(&format!("workspace {user}")))),
            fields,
            created: at,
            source: row.as_object().cloned().unwrap_or_default(),
        });
    }
    broadworks
}

/// A subscriber as the file has it.
fn subscriber(broadworks: &mut Broadworks, row: &Value, at: i64) {
    let Some(user) = text(&row["userId"]) else {
        return;
    };
    let mut fields = Map::new();
    for name in SAME {
        if let Some(value) = text(&row[*name]) {
            fields.insert((*name).to_owned(), json!(value));
        }
    }
    let home = text(&row["enterprise"]).unwrap_or_default();
    place(broadworks, &mut fields, home);
    if let Some(id) = text(&row["provisioningId"]) {
        fields.insert("provisioningId".to_owned(), json!(id));
    }
    let status = text(&row["status"]).and_then(Status::of);
    let failure = row["errors"].get(0).map(|error| {
        let code = error["code"].as_u64().and_then(|it| u32::try_from(it).ok());
        let said = text(&error["description"]).unwrap_or_default();
        (code.unwrap_or_default(), said.to_owned())
    });
    let since = text(&row["statusSince"]).and_then(moment).unwrap_or(at);
    broadworks.subscribers.push(Some(Subscriber {
        id: ids::public("SUBSCRIBER", &ids::uuid(&format!("subscriber {user}"))),
        fields,
        second: false,
        status: status.unwrap_or(Status::Provisioned),
        change: None,
        error: failure,
        created: text(&row["created"]).and_then(moment).unwrap_or(at),
        changed: since,
        source: row.as_object().cloned().unwrap_or_default(),
    }));
}

/// A time in milliseconds.
fn moment(text: &str) -> Option<i64> {
    let time = text.parse::<jiff::Timestamp>().ok()?;
    Some(time.as_millisecond())
}

/// Enters the enterprise of a subscriber or workspace.
fn place(broadworks: &mut Broadworks, fields: &mut Map<String, Value>, home: &str) {
    let mut known = broadworks.enterprises.iter();
    let provisioning = match known.find(|it| it.sp_enterprise_id == home) {
        Some(enterprise) => enterprise.provisioning_id.clone(),
        None => {
            let new = enterprise(home, "default");
            let id = new.provisioning_id.clone();
            broadworks.enterprises.push(new);
            id
        }
    };
    fields.insert("spEnterpriseId".to_owned(), json!(home));
    fields.insert("provisioningId".to_owned(), json!(provisioning));
}

/// An enterprise under a customer template.
pub fn enterprise(name: &str, template: &str) -> Enterprise {
    Enterprise {
        id: ids::public("ENTERPRISE", &ids::uuid(&format!("enterprise {name}"))),
        org_id: ids::public(
            "ORGANIZATION",
            &ids::uuid(&format!("organisation of {name}")),
        ),
        provisioning_id: provisioning_id(template),
        sp_enterprise_id: name.to_owned(),
        sync: false,
        synced: None,
        coming: false,
        began: None,
        source: Map::new(),
    }
}

/// What the API calls a customer template.
pub fn provisioning_id(template: &str) -> String {
    let (provider, own) = (
        ids::uuid("service provider"),
        ids::uuid(&format!("template {template}")),
    );
    ids::cursor(&format!("{provider}:{own}"))
}

/// Writes back what was changed.
pub fn save(broadworks: &Broadworks, file: &mut Map<String, Value>) {
    if !broadworks.touched {
        return;
    }
    let mut section = file
        .get("broadworks")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let enterprises = broadworks.enterprises.iter().map(|enterprise| {
        let mut row = enterprise.source.clone();
        row.insert(
            "spEnterpriseId".to_owned(),
            json!(enterprise.sp_enterprise_id),
        );
        if enterprise.sync || row.contains_key("enableDirSync") {
            row.insert("enableDirSync".to_owned(), json!(enterprise.sync));
        }
        if row.is_empty() || !row.contains_key("template") {
            row.insert(
                "provisioningId".to_owned(),
                json!(enterprise.provisioning_id),
            );
        }
        if row.is_empty() || enterprise.source.is_empty() {
            row.insert("orgId".to_owned(), json!(enterprise.org_id));
        }
        if let (Some(sync), Some(users)) = (row.get_mut("directorySync"), enterprise.synced) {
            sync["users"] = json!(users);
        }
        Value::Object(row)
    });
    section.insert("enterprises".to_owned(), enterprises.collect());
    if !broadworks.organizations.is_empty() {
        section.insert("organizations".to_owned(), json!(broadworks.organizations));
    }
    let subscribers = broadworks.subscribers.iter().flatten().map(saved);
    section.insert("subscribers".to_owned(), subscribers.collect());
    let workspaces = broadworks.workspaces.iter().map(|workspace| {
        let mut row = workspace.source.clone();
        write(
            &mut row,
            &workspace.fields,
            &["userId", "displayName", "primaryPhoneNumber", "extension"],
        );
        Value::Object(row)
    });
    // Webex has no list of them: without one in the file, it is unknown what there is.
    if section.contains_key("workspaces") || !broadworks.workspaces.is_empty() {
        section.insert("workspaces".to_owned(), workspaces.collect());
    }
    file.insert("broadworks".to_owned(), Value::Object(section));
}

/// A subscriber as a file has it.
fn saved(subscriber: &Subscriber) -> Value {
    let mut row = subscriber.source.clone();
    write(&mut row, &subscriber.fields, SAME);
    if row.get("status") != Some(&json!(subscriber.status.word())) {
        row.insert("statusSince".to_owned(), json!(stamp(subscriber.changed)));
    }
    row.insert("status".to_owned(), json!(subscriber.status.word()));
    match &subscriber.error {
        Some((code, said)) => {
            let error = json!([{"code": code, "description": said}]);
            row.insert("errors".to_owned(), error);
        }
        None => _ = row.remove("errors"),
    }
    if subscriber.source.is_empty() {
        let id = subscriber.fields.get("provisioningId").cloned();
        row.insert("provisioningId".to_owned(), id.unwrap_or_default());
        row.insert("created".to_owned(), json!(stamp(subscriber.created)));
    }
    Value::Object(row)
}

fn write(row: &mut Map<String, Value>, fields: &Map<String, Value>, names: &[&str]) {
    for name in names {
        match fields.get(*name) {
            Some(value) => row.insert((*name).to_owned(), value.clone()),
            None => row.remove(*name),
        };
    }
    if let Some(home) = fields.get("spEnterpriseId") {
        row.insert("enterprise".to_owned(), home.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_s_part_comes_back_as_it_was() {
        let file = json!({"broadworks": {
            "clusters": [{"name": "xsp"}],
            "enterprises": [{"spEnterpriseId": "SP+one", "template": "t", "name": "One"}],
            "subscribers": [{"userId": "1@x", "enterprise": "SP+one", "package": "basic", "status": "provisioned", "odd": 1}],
            "workspaces": [{"userId": "2@x", "enterprise": "SP+one", "displayName": "Desk"}]
        }});
        let mut broadworks = load(&file, 0);
        let mut written = file.as_object().cloned().unwrap();
        broadworks.touched = true;
        save(&broadworks, &mut written);
        assert_eq!(Value::Object(written), file);
    }
}
