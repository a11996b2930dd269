//! The requests for workspaces of BroadWorks, in words: Webex takes them, and shows afterwards nothing that would prove them. So
//! a person sends them, who sees the answer.

use serde_json::{Map, Value, json};

use crate::config::Declared;
use crate::config::model;
use crate::config::yaml::At;
use crate::kinds::broadworks::Customers;
use crate::snapshot::broadworks::BroadworksWorkspace;

const PATH: &str = "/broadworks/workspaces";

/// The request that adds one, if the files have all that it needs.
pub fn creation(
    customers: Option<&Customers<'_>>,
    user_id: &str,
    entry: &Declared<model::BroadworksWorkspace>,
) -> String {
    let model::BroadworksWorkspace {
        enterprise,
        display_name: Some(name),
        primary_phone_number,
        extension,
    } = &entry.value
    else {
        return String::new();
    };
    let Some(provisioning) = customers.and_then(|it| it.provisioning_id(&enterprise.value)) else {
        return String::new();
    };
    let mut body = Map::new();
    body.insert("provisioningId".to_owned(), json!(provisioning));
    body.insert("userId".to_owned(), json!(user_id));
    body.insert("spEnterpriseId".to_owned(), json!(enterprise.value));
    body.insert("displayName".to_owned(), json!(name.value));
    for (name, at) in lines(primary_phone_number, extension) {
        body.insert(name.to_owned(), json!(at.value));
    }
    let body = Value::Object(body);
    format!(", or send `POST {PATH}` with `{body}`, and note the id of the answer")
}

/// The request that changes number and extension; there is none for the rest.
pub fn change(entry: &Declared<model::BroadworksWorkspace>, seen: &BroadworksWorkspace) -> String {
    let model::BroadworksWorkspace {
        enterprise,
        display_name,
        primary_phone_number,
        extension,
    } = &entry.value;
    let name = display_name.as_ref().map(|at| at.value.as_str());
    let other = enterprise.value != seen.enterprise
        || name.is_some_and(|name| Some(name) != seen.display_name.as_deref());
    if other {
        return String::new();
    }
    let lines = lines(primary_phone_number, extension);
    let body: Map<String, Value> = lines
        .map(|(name, at)| (name.to_owned(), json!(at.value)))
        .collect();
    let body = Value::Object(body);
    format!(", or send `PUT {PATH}/{{workspaceId}}` with `{body}`")
}

/// The request that removes one. Its id was in the answer to the request that added it.
pub const REMOVAL: &str = ", or send `DELETE /broadworks/workspaces/{workspaceId}`";

/// Number and extension, as far as the files have them.
fn lines<'a>(
    number: &'a Option<At<String>>,
    extension: &'a Option<At<String>>,
) -> impl Iterator<Item = (&'static str, &'a At<String>)> {
    let both = [("primaryPhoneNumber", number), ("extension", extension)];
    let given = both.into_iter();
    given.filter_map(|(name, at)| Some((name, at.as_ref()?)))
}
