//! Who we are to Webex: the holder of the token, its organisation, and how long the token lives (webex-api.md 11).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::access::Reader;
use super::error::Error;
use super::ids;
use super::paging::Paging;

/// The holder of the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whoami {
    /// The person's or app's id.
    pub id: String,
    /// Its name or e-mail address.
    pub name: String,
    /// The organisation's id.
    pub org: String,
    /// `person`, or what else Webex calls it; empty where it does not say.
    pub kind: String,
    /// The administrator roles, such as `id_full_admin`.
    pub roles: Vec<String>,
}

/// `GET /people/me`. A service app may be no person: then the organisation is the only one that it may read, or the one of the
/// licences.
pub fn whoami(reader: &Reader) -> Result<Whoami, Error> {
    let me = match reader.get("/people/me") {
        Err(error) if [400, 403, 404].iter().any(|status| error.is(*status)) => {
            return service_app(reader)?.ok_or(error);
        }
        me => me?,
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let org = text(&me["orgId"]);
    if org.is_empty() {
        return Err(Error::Malformed {
            call: "GET /people/me".to_owned(),
            why: "it does not say which organisation the token belongs to".to_owned(),
        });
    }
    let email = text(&me["emails"][0]);
    Ok(Whoami {
        id: text(&me["id"]),
        name: match email.is_empty() {
            true => text(&me["displayName"]),
            false => email,
        },
        org,
        kind: text(&me["type"]),
        roles: me["roles"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|role| role.as_str().map(ids::uuid))
            .collect(),
    })
}

fn service_app(reader: &Reader) -> Result<Option<Whoami>, Error> {
    let org = match reader
        .list("/organizations", "items", Paging::None)
        .as_deref()
    {
        Ok([one]) => one["id"].as_str().map(str::to_owned),
        _ => None,
    };
    let org = match org {
        Some(org) => Some(org),
        None => {
            let licenses = reader.list("/licenses", "items", Paging::None)?;
            let mut orgs: Vec<String> = licenses
                .iter()
                .filter_map(|license| ids::org_of_license(license["id"].as_str()?))
                .collect();
            orgs.sort_unstable();
            orgs.dedup();
            orgs.pop().filter(|_| orgs.is_empty())
        }
    };
    Ok(org.map(|org| Whoami {
        id: String::new(),
        name: "a service app".to_owned(),
        org,
        kind: String::new(),
        roles: Vec::new(),
    }))
}

/// The organisation's name: `GET /organizations/{id}`; `None` where it may not be read.
pub fn name(reader: &Reader, org: &str) -> Result<Option<String>, Error> {
    let found = match reader.find(&format!("/organizations/{org}")) {
        Err(error) if error.is(403) => None,
        found => found?,
    };
    let name = found.and_then(|org| org["displayName"].as_str().map(str::to_owned));
    Ok(name)
}

/// Whether two ids mean one organisation; one may be the bare uuid.
pub fn same_org(one: &str, other: &str) -> bool {
    one == other || ids::plain(one) == ids::plain(other) || ids::uuid(one) == ids::uuid(other)
}

/// How long the token still lives, by Webex's clock: `GET /authorizations/tokenExpiry`. `None` where Webex does not say.
pub fn token_life(reader: &Reader) -> Result<Option<Duration>, Error> {
    let found = match reader.get("/authorizations/tokenExpiry") {
        Ok(found) => found,
        Err(error @ (Error::Unauthorized(_) | Error::Stopped(_) | Error::OutOfTime(_))) => {
            return Err(error);
        }
        // Some kinds of token may not ask.
        Err(_) => return Ok(None),
    };
    let end = found["exp"]
        .as_i64()
        .and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let (Some(end), Some(now)) = (end, reader.client().server_time()) else {
        return Ok(None);
    };
    Ok(Some(
        Duration::try_from(end.duration_since(now)).unwrap_or_default(),
    ))
}
