//! Organisations of customers that exist already: attached by the address of the first subscriber, if they need no approval
//! or have given it.

use serde_json::{Value, json};

use super::super::call::{Answer, items, text};
use super::super::errors;
use super::super::state::broadworks::Broadworks;

/// With as many people an organisation has to approve that it is attached.
const MANY: u64 = 100;

/// The organisations that the token may administer, as the API has them.
pub fn administered(broadworks: &Broadworks) -> impl Iterator<Item = Value> + '_ {
    let mine = broadworks
        .organizations
        .iter()
        .filter(|it| it["access"] == true);
    mine.map(|it| json!({"id": it["id"], "displayName": it["name"], "created": "2024-01-01T00:00:00.000Z"}))
}

/// The organisation that has a person with an address; `None` where none has, so that a new one is created.
pub fn attach(broadworks: &mut Broadworks, email: Option<&str>) -> Result<Option<String>, Answer> {
    let Some(email) = email else { return Ok(None) };
    let has = |it: &&mut Value| {
        let mut people = items(&it["people"]).iter().filter_map(Value::as_str);
        people.any(|one| one.eq_ignore_ascii_case(email))
    };
    let Some(found) = broadworks.organizations.iter_mut().find(has) else {
        return Ok(None);
    };
    let many = found["users"].as_u64().unwrap_or_default() >= MANY;
    let owns = items(&found["domains"])
        .iter()
        .any(|it| it["verified"] == true || it["claimed"] == true);
    if (many || owns) && found["access"] != true {
        let words = "Unable to provision subscriber in an existing Webex organization";
        return Err(errors::coded(400, words, 2017, words));
    }
    found["access"] = json!(true);
    Ok(text(&found["id"]).map(str::to_owned))
}
