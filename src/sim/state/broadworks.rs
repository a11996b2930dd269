//! What there is of Webex for BroadWorks.

use serde_json::{Map, Value};

/// Everything of BroadWorks.
#[derive(Debug, Clone, Default)]
pub struct Broadworks {
    /// Enterprises, in order of arrival.
    pub enterprises: Vec<Enterprise>,
    /// Subscribers, in order of arrival; those that went leave a gap, so that cursors stay good.
    pub subscribers: Vec<Option<Subscriber>>,
    /// Workspaces.
    pub workspaces: Vec<Workspace>,
    /// Organisations that exist already, as the file has them.
    pub organizations: Vec<Value>,
    /// Billing reports.
    pub reports: Vec<Report>,
    /// Whether anything was written, so that the file's own part has to be written again.
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
    /// How many people the synchronisation has made, where a file says so.
    pub synced: Option<u64>,
    /// Whether its organisation is not there yet: it comes with the first subscriber.
    pub coming: bool,
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
    /// The state of provisioning.
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

/// The state of provisioning.
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
