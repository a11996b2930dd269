//! What a token may do, by asking: for each scope one request that only reads (webex-api.md 1.3).
//!
//! Webex names the scopes of a token only when it refreshes that of a service app. Otherwise a request that reads shows
//! whether the scope to read is there; whether one to write is there, no request shows that changes nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::access::Reader;
use super::call::encode;
use super::error::Error;
use super::ids;
use super::org::Whoami;
use super::scopes::{NEEDS, RULES};

/// What is known of one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The token has it.
    Has,
    /// The token does not have it, or its owner lacks a role; why.
    Lacks(String),
    /// Nobody can say; why.
    Unknown(String),
}

/// A scope, and whether the token has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Its name.
    pub name: &'static str,
    /// What is known of it.
    pub state: State,
}

/// Asks for every scope of the table, or of those that are not for service providers.
///
/// # Errors
///
/// What ends a run: a token that is not valid any more, a stop, no time left.
pub fn scopes(reader: &Reader, me: &Whoami, provider: bool) -> Result<Vec<Scope>, Error> {
    let granted = reader.client().tokens().scopes();
    let mut names: Vec<&'static str> = Vec::new();
    for need in &NEEDS {
        if !names.contains(&need.scope) && (provider || !is_of_providers(need.scope)) {
            names.push(need.scope);
        }
    }
    let mut location = None;
    let mut found = Vec::new();
    for name in names {
        let path = question(name, me, location.as_deref());
        let asked = path.map(|path| (reader.get(&path), path));
        if let Some((Ok(answer), _)) = &asked
            && name == "spark-admin:telephony_config_read"
        {
            location = first_location(answer);
        }
        let state = judge(name, asked, granted.as_ref())?;
        found.push(Scope { name, state });
    }
    Ok(found)
}

/// Whether only service providers need a scope.
pub fn is_of_providers(scope: &str) -> bool {
    scope.contains(":broadworks_")
}

/// A request that needs this scope and reads little.
fn question(scope: &str, me: &Whoami, location: Option<&str>) -> Option<String> {
    let path = match scope {
        "spark-admin:licenses_read" => "/licenses",
        "spark-admin:people_read" => "/people?max=1",
        "identity:groups_read" => "/groups?count=1",
        "spark-admin:roles_read" => "/roles",
        "spark-admin:locations_read" => "/locations?max=1",
        "spark-admin:telephony_config_read" => "/telephony/config/locations?max=1",
        "spark-admin:workspaces_read" => "/workspaces?max=1",
        "spark-admin:devices_read" => "/devices?max=1",
        "spark-admin:broadworks_enterprises_read" => "/broadworks/enterprises?max=1",
        "spark-admin:broadworks_subscribers_read" => "/broadworks/subscribers?max=1",
        "spark-admin:broadworks_billing_reports_read" => "/broadworks/billing/reports",
        "audit:events_read" => return Some(audit(me)),
        "spark-admin:telephony_pstn_read" => {
            let location = encode(location?);
            return Some(format!("/telephony/pstn/locations/{location}/connection"));
        }
        "identity:people_read" => {
            let org = ids::uuid(&me.org);
            return Some(format!("/identity/scim/{org}/v2/Users?count=1"));
        }
        "spark-admin:organizations_read" => {
            return Some(format!("/organizations/{}", encode(&me.org)));
        }
        _ => return None,
    };
    Some(path.to_owned())
}

/// A day that is long past has no events; whether they may be read shows all the same.
fn audit(me: &Whoami) -> String {
    let (from, to) = ("2020-01-01T00:00:00.000Z", "2020-01-02T00:00:00.000Z");
    let org = encode(&me.org);
    format!("/adminAudit/events?orgId={org}&from={from}&to={to}&max=1")
}

fn first_location(answer: &Value) -> Option<String> {
    answer["locations"][0]["id"].as_str().map(str::to_owned)
}

fn judge(
    name: &str,
    asked: Option<(Result<Value, Error>, String)>,
    granted: Option<&BTreeSet<String>>,
) -> Result<State, Error> {
    let named = granted.map(|granted| granted.contains(name) || stands_for(name, granted));
    let Some((answer, path)) = asked else {
        return Ok(match named {
            Some(true) => State::Has,
            Some(false) => {
                State::Lacks("it is not among the scopes that Webex lists for the token".to_owned())
            }
            None if name.ends_with("pstn_read") => {
                State::Unknown("no location with Calling to ask about".to_owned())
            }
            None => {
                State::Unknown("only a request that changes something would show it".to_owned())
            }
        });
    };
    let path = path.split('?').next().unwrap_or_default();
    Ok(match answer {
        Ok(_) => State::Has,
        // A location without a connection: asking was allowed.
        Err(error) if error.is(404) && name.ends_with("pstn_read") => State::Has,
        Err(error @ (Error::Stopped(_) | Error::OutOfTime(_) | Error::Token(_))) => {
            return Err(error);
        }
        // Some services answer 401 or 404 where a scope is missing; that the token is good was seen before.
        Err(error) if [401, 403, 404].iter().any(|status| error.is(*status)) => {
            let status = error.refusal().map_or(0, |refusal| refusal.status);
            State::Lacks(match named {
                Some(true) => format!(
                    "the token has it, but GET {path} answered {status}: its owner lacks a role, or the organisation has no such service"
                ),
                _ => format!("GET {path} answered {status}"),
            })
        }
        Err(error) => match named {
            Some(false) => {
                State::Lacks("it is not among the scopes that Webex lists for the token".to_owned())
            }
            _ => State::Unknown(error.to_string()),
        },
    })
}

/// Whether other scopes of the token allow all that this one does.
fn stands_for(name: &str, granted: &BTreeSet<String>) -> bool {
    let mut rules = RULES
        .iter()
        .filter(|rule| rule.read.first() == Some(&name))
        .peekable();
    rules.peek().is_some()
        && rules.all(|rule| rule.read.iter().any(|scope| granted.contains(*scope)))
}
