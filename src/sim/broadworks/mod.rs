//! Webex for BroadWorks: what a service provider provisions (webex-api.md 9).
//!
//! Owns subscribers, enterprises, workspaces and reports, and how their status goes on with the clock. People of customers are
//! in organisations of their own, so nothing here touches the people of this one.

mod enterprises;
mod file;
mod reports;
mod subscribers;
mod workspaces;

use serde_json::{Map, Value};

use super::call::{Answer, text};
use super::errors;
use super::route::{Route, route};

pub use file::{load, save};
pub use subscribers::settle;

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

/// Everything of BroadWorks.
#[derive(Debug, Clone, Default)]
pub struct Broadworks {
    /// Enterprises, in order of arrival.
    pub enterprises: Vec<Enterprise>,
    /// Subscribers, in order of arrival; those that went leave a gap, so that cursors stay good.
    pub subscribers: Vec<Option<Subscriber>>,
    /// Workspaces.
    pub workspaces: Vec<Workspace>,
    /// Billing reports.
    pub reports: Vec<Report>,
    /// Whether anything was written, so that the file's own part has to be written anew.
    pub touched: bool,
}

/// An enterprise of BroadWorks: an organisation of a customer.
#[derive(Debug, Clone)]
pub struct Enterprise {
    /// The public id.
    pub id: String,
    /// The organisation.
    pub org_id: String,
    /// The customer template, as the API names it.
    pub provisioning_id: String,
    /// Service provider and enterprise.
    pub sp_enterprise_id: String,
    /// Whether the directory is synchronised.
    pub sync: bool,
    /// When a synchronisation began, in milliseconds.
    pub began: Option<i64>,
    /// As in the file.
    pub source: Map<String, Value>,
}

/// A subscriber.
#[derive(Debug, Clone)]
pub struct Subscriber {
    /// The public id.
    pub id: String,
    /// What was provisioned, by the API's names.
    pub fields: Map<String, Value>,
    /// Whether one that came before has the same BroadWorks user.
    pub second: bool,
    /// Where provisioning stands.
    pub status: Status,
    /// What a later change will make of the fields.
    pub change: Option<Map<String, Value>>,
    /// The last asynchronous failure: code and description.
    pub error: Option<(u32, String)>,
    /// When it came, in milliseconds.
    pub created: i64,
    /// When the status changed, in milliseconds.
    pub changed: i64,
    /// As in the file.
    pub source: Map<String, Value>,
}

/// Where provisioning stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Going on.
    Provisioning,
    /// Waits for the subscriber to name an address.
    EmailInput,
    /// Waits for the subscriber to confirm the address.
    EmailValidation,
    /// Waits for the consent of a user of another organisation.
    UserMigration,
    /// Done.
    Provisioned,
    /// A change goes on.
    Updating,
    /// The last attempt failed.
    Error,
}

impl Status {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Provisioning, "provisioning"),
        (Self::EmailInput, "pending_email_input"),
        (Self::EmailValidation, "pending_email_validation"),
        (Self::UserMigration, "pending_user_migration"),
        (Self::Provisioned, "provisioned"),
        (Self::Updating, "updating"),
        (Self::Error, "error"),
    ];

    /// The API's word.
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(status, _)| *status == self);
        found.map_or("error", |(_, word)| word)
    }

    /// By the API's word.
    pub fn of(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(status, _)| *status)
    }
}

/// A workspace. The API has no list of them.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The public id.
    pub id: String,
    /// What was provisioned, by the API's names.
    pub fields: Map<String, Value>,
    /// When it came, in milliseconds.
    pub created: i64,
    /// As in the file.
    pub source: Map<String, Value>,
}

/// A billing report.
#[derive(Debug, Clone)]
pub struct Report {
    /// The public id.
    pub id: String,
    /// `YYYY-MM`.
    pub period: String,
    /// When it was asked for, in milliseconds.
    pub created: i64,
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
