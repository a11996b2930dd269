//! Workspaces of BroadWorks.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, text};
use super::super::clock::stamp;
use super::super::state::broadworks::Workspace;
use super::super::{errors, ids};
use super::{needs, refused};

fn show(workspace: &Workspace) -> Value {
    let mut shown = workspace.fields.clone();
    shown.insert("id".to_owned(), json!(workspace.id));
    shown.insert("created".to_owned(), json!(stamp(workspace.created)));
    Value::Object(shown)
}

/// POST of one.
pub fn create(call: &mut Call<'_>) -> Done {
    let body = call.body().clone();
    needs(
        &body,
        &["provisioningId", "userId", "spEnterpriseId", "displayName"],
    )?;
    let taken = |it: &Workspace| it.fields.get("userId") == Some(&body["userId"]);
    if call.world.broadworks.workspaces.iter().any(taken) {
        let text = "The BroadWorks UserID is already associated with an existing workspace";
        return Err(refused(10022, text, "userId"));
    }
    let mut fields = Map::new();
    for name in [
        "provisioningId",
        "userId",
        "spEnterpriseId",
        "displayName",
        "primaryPhoneNumber",
        "extension",
    ] {
        if let Some(value) = text(&body[name]) {
            fields.insert(name.to_owned(), json!(value));
        }
    }
    if !fields.contains_key("primaryPhoneNumber") && !fields.contains_key("extension") {
        return Err(refused(1001, "null parameter: extension", "extension"));
    }
    let uuid = call.world.new_uuid("workspace of BroadWorks");
    let workspace = Workspace {
        id: ids::public("PLACE", &uuid),
        fields,
        created: call.now,
        source: Map::new(),
    };
    let shown = show(&workspace);
    call.world.broadworks.workspaces.push(workspace);
    call.world.broadworks.touched = true;
    Answer::ok(shown)
}

fn find(call: &Call<'_>) -> Result<usize, Answer> {
    let id = ids::decoded(call.param(0));
    let mut all = call.world.broadworks.workspaces.iter();
    let found = all.position(|it| ids::decoded(&it.id) == id);
    found.ok_or_else(|| errors::not_found("workspace"))
}

/// PUT of one.
pub fn update(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let body = call.body().clone();
    let Some(workspace) = call.world.broadworks.workspaces.get_mut(at) else {
        return Err(errors::not_found("workspace"));
    };
    let mut fields = workspace.fields.clone();
    for name in ["userId", "primaryPhoneNumber", "extension"] {
        match body[name].as_str() {
            Some("") => {
                fields.remove(name);
            }
            Some(value) => {
                fields.insert(name.to_owned(), json!(value));
            }
            None => {}
        }
    }
    if !fields.contains_key("primaryPhoneNumber") && !fields.contains_key("extension") {
        return Err(refused(
            1001,
            "primaryPhoneNumber or extension must stay",
            "extension",
        ));
    }
    workspace.fields = fields;
    let shown = show(workspace);
    call.world.broadworks.touched = true;
    Answer::ok(shown)
}

/// DELETE of one: the mapping goes.
pub fn delete(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    call.world.broadworks.workspaces.remove(at);
    call.world.broadworks.touched = true;
    Answer::no_content()
}
