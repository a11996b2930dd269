//! The groups that a person is in. A deletion takes the person out of all of them.

use crate::webex::{Error, Reader, encode, ids};

/// Their names, in order; none where the token may not read them.
pub fn groups(reader: &Reader, org: &str, person: &str) -> Result<Vec<String>, Error> {
    let (org, person) = (encode(&ids::uuid(org)), encode(&ids::uuid(person)));
    let path = format!("/identity/scim/{org}/v2/Users/{person}?returnGroups=true");
    let user = match reader.get(&path) {
        Ok(user) => user,
        Err(error) if error.is(403) || error.is(404) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let groups = user["groups"].as_array().into_iter().flatten();
    let names = groups.filter_map(|group| group["display"].as_str());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    Ok(names)
}
