//! The groups that a person is in. A deletion takes the person out of all of them.

use crate::webex::{Error, Reader, encode, ids};

/// Their names, in order; none where the token may not read them.
pub fn groups(reader: &Reader, org: &str, person: &str) -> Result<Vec<String>, Error> {
    let (org, person) = (encode(&ids::uuid(org)), ids::uuid(person));
    // Only the search is documented to know `returnGroups`; asked of one person, it may be ignored.
    let filter = encode(&format!("id eq \"{person}\""));
    let path = format!("/identity/scim/{org}/v2/Users?filter={filter}&returnGroups=true");
    let found = match reader.get(&path) {
        Ok(found) => found,
        Err(error) if error.is(403) || error.is(404) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let users = found["Resources"].as_array().into_iter().flatten();
    let user = users
        .into_iter()
        .find(|it| it["id"].as_str() == Some(&person));
    let groups = user.and_then(|it| it["groups"].as_array());
    let groups = groups.into_iter().flatten();
    let names = groups.filter_map(|group| group["display"].as_str());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    Ok(names)
}
