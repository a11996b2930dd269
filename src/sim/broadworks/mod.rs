//! Webex for BroadWorks: what a service provider provisions (webex-api.md 9).
//!
//! Owns subscribers, enterprises, workspaces and reports, and how their status goes on with the clock. People of customers are
//! in separate organisations, so nothing here touches the people of this one.

mod enterprises;
mod file;
mod organizations;
mod reports;
mod subscribers;
mod workspaces;

use serde_json::Value;

use super::call::{Answer, Call, text};
use super::errors;
use super::route::{Route, route};

pub use file::{load, save};
pub use organizations::administered;
pub use reports::{FILES, file};
pub use subscribers::{change, settle};

type Scopes = &'static [&'static str];

const ENTERPRISES_READ: Scopes = &[
    "spark-admin:broadworks_enterprises_read",
    "spark-admin:broadworks_enterprises_write",
];
const ENTERPRISES_WRITE: Scopes = &["spark-admin:broadworks_enterprises_write"];
const SUBSCRIBERS_READ: Scopes = &[
    "spark-admin:broadworks_subscribers_read",
    "spark-admin:broadworks_subscribers_write",
];
const SUBSCRIBERS_WRITE: Scopes = &["spark-admin:broadworks_subscribers_write"];
const REPORTS_READ: Scopes = &[
    "spark-admin:broadworks_billing_reports_read",
    "spark-admin:broadworks_billing_reports_write",
];
const REPORTS_WRITE: Scopes = &["spark-admin:broadworks_billing_reports_write"];
const LAG: &str = "broadworks";

/// The calls of this area.
pub const ROUTES: &[Route] = &[
    route(
        "GET",
        "/broadworks/subscribers",
        SUBSCRIBERS_READ,
        LAG,
        subscribers::list,
    ),
    route(
        "POST",
        "/broadworks/subscribers",
        SUBSCRIBERS_WRITE,
        LAG,
        subscribers::create,
    ),
    route(
        "POST",
        "/broadworks/subscribers/validate",
        SUBSCRIBERS_WRITE,
        LAG,
        subscribers::validate,
    ),
    route(
        "GET",
        "/broadworks/subscribers/{}",
        SUBSCRIBERS_READ,
        LAG,
        subscribers::read,
    ),
    route(
        "PUT",
        "/broadworks/subscribers/{}",
        SUBSCRIBERS_WRITE,
        LAG,
        subscribers::update,
    ),
    route(
        "DELETE",
        "/broadworks/subscribers/{}",
        SUBSCRIBERS_WRITE,
        LAG,
        subscribers::delete,
    ),
    route(
        "POST",
        "/subscribers/{}/emails/consentMove",
        SUBSCRIBERS_WRITE,
        LAG,
        subscribers::consent,
    ),
    route(
        "GET",
        "/broadworks/enterprises",
        ENTERPRISES_READ,
        LAG,
        enterprises::list,
    ),
    route(
        "GET",
        "/broadworks/enterprises/{}/broadworksDirectorySync",
        ENTERPRISES_READ,
        LAG,
        enterprises::read_sync,
    ),
    route(
        "PUT",
        "/broadworks/enterprises/{}/broadworksDirectorySync",
        ENTERPRISES_WRITE,
        LAG,
        enterprises::switch_sync,
    ),
    route(
        "POST",
        "/broadworks/enterprises/{}/broadworksDirectorySync",
        ENTERPRISES_WRITE,
        LAG,
        enterprises::sync_now,
    ),
    route(
        "POST",
        "/broadworks/enterprises/{}/broadworksDirectorySync/externalUser",
        ENTERPRISES_WRITE,
        LAG,
        enterprises::sync_user,
    ),
    route(
        "POST",
        "/broadworks/workspaces",
        SUBSCRIBERS_WRITE,
        LAG,
        workspaces::create,
    ),
    route(
        "PUT",
        "/broadworks/workspaces/{}",
        SUBSCRIBERS_WRITE,
        LAG,
        workspaces::update,
    ),
    route(
        "DELETE",
        "/broadworks/workspaces/{}",
        SUBSCRIBERS_WRITE,
        LAG,
        workspaces::delete,
    ),
    route(
        "GET",
        "/broadworks/billing/reports",
        REPORTS_READ,
        LAG,
        reports::list,
    ),
    route(
        "POST",
        "/broadworks/billing/reports",
        REPORTS_WRITE,
        LAG,
        reports::create,
    ),
    route(
        "GET",
        "/broadworks/billing/reports/{}",
        REPORTS_READ,
        LAG,
        reports::read,
    ),
    route(
        "DELETE",
        "/broadworks/billing/reports/{}",
        REPORTS_WRITE,
        LAG,
        reports::delete,
    ),
];

/// Refuses the token of an organisation that is no service provider: its file has no part of BroadWorks, and nobody made one.
fn provider(call: &Call<'_>) -> Result<(), Answer> {
    let section = call.world.source.get("broadworks");
    let has = section
        .and_then(Value::as_object)
        .is_some_and(|it| !it.is_empty());
    match has || call.world.broadworks.touched {
        true => Ok(()),
        false => Err(errors::generic(
            403,
            "The organization is not a BroadWorks service provider.",
        )),
    }
}

/// Refuses a body that lacks one of these, or has one that is too long.
fn needs(body: &Value, names: &[&str]) -> Result<(), Answer> {
    /// Longest text of a field.
    const LONGEST: usize = 255;
    for name in names {
        let Some(value) = text(&body[*name]) else {
            return Err(refused(1001, &format!("null parameter: {name}"), name));
        };
        if value.len() > LONGEST {
            return Err(refused(
                1002,
                &format!("invalid parameter size: {name}"),
                name,
            ));
        }
    }
    Ok(())
}

/// A refusal that names the field.
fn refused(code: u32, message: &str, field: &str) -> Answer {
    let mut answer = errors::coded(400, message, code, message);
    answer.body["errors"][0]["fieldName"] = Value::from(field);
    answer
}
