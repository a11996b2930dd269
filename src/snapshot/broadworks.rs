//! What a service provider has of Webex for BroadWorks, as it was observed.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Captured, Domain, or_default};
use crate::canonical::{address, make_canonical};

/// Webex for BroadWorks. A list that is absent was not captured.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Broadworks {
    /// Clusters; the API has no list of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clusters: Captured<Cluster>,
    /// Customer templates; the API has no list of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_templates: Captured<CustomerTemplate>,
    /// Enterprises, by service provider and enterprise id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enterprises: Captured<Enterprise>,
    /// Subscribers, by BroadWorks user id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribers: Captured<Subscriber>,
    /// Workspaces, by BroadWorks user id; the API has no list of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workspaces: Captured<BroadworksWorkspace>,
    /// Organisations of customers: those that the token may administer, and those that were recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizations: Captured<Customer>,
}

/// An organisation of a customer. What is absent is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Customer {
    /// Webex's id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the token may administer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<bool>,
    /// How many people it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// Its domains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<Domain>>,
    /// The addresses of its people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<String>>,
}

/// A BroadWorks cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cluster {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// The Xsi actions interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsi_actions_url: Option<String>,
    /// The Xsi events interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsi_events_url: Option<String>,
    /// The device activation service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub das_url: Option<String>,
    /// The XSP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsp_url: Option<String>,
    /// The authentication service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<String>,
    /// Whether it is synchronised with the network server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nst_sync: Option<bool>,
    /// How many customers it has, as Partner Hub shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers_count: Option<u64>,
}

/// A customer template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomerTemplate {
    /// Its name.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// What the API calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioning_id: Option<String>,
    /// Its cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The name of the account that BroadWorks provisions with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioning_account: Option<String>,
    /// Whether existing organisations may be provisioned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provision_existing_orgs: Option<bool>,
    /// The partner administrator who is notified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_admin_email: Option<String>,
    /// Whether the sign-in page knows the address already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefill_email: Option<bool>,
    /// Whether free calls between Webex users are off for new users.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_free_calling: Option<bool>,
}

/// An enterprise: the organisation of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Enterprise {
    /// Service provider and enterprise, as BroadWorks has them.
    #[serde(deserialize_with = "or_default")]
    pub sp_enterprise_id: String,
    /// The organisation that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// Its customer template, as the API names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioning_id: Option<String>,
    /// The name of its customer template; the API does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Its name; the API does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether people are synchronised from BroadWorks; unknown without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_dir_sync: Option<bool>,
    /// The last synchronisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory_sync: Option<DirectorySync>,
    /// Whether only the partner may change settings; the API does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restricted_by_partner: Option<bool>,
}

/// The last synchronisation of an enterprise's directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DirectorySync {
    /// Webex's word for how it ended, such as `COMPLETE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it last ended well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_success: Option<String>,
    /// How many people it has made in Webex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// Its id for Cisco's support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_id: Option<String>,
    /// What failed.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    pub errors: Vec<Failure>,
}

/// A failure in Webex's words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Failure {
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u64>,
    /// Its text.
    #[serde(deserialize_with = "or_default")]
    pub description: String,
}

/// A subscriber.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subscriber {
    /// Webex's id.
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub id: String,
    /// The BroadWorks user id.
    #[serde(deserialize_with = "or_default")]
    pub user_id: String,
    /// The enterprise.
    #[serde(deserialize_with = "or_default")]
    pub enterprise: String,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number.
    pub primary_phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The package.
    pub package: Option<String>,
    /// Webex's word for the state of provisioning.
    pub status: Option<String>,
    /// Since when it is in that state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_since: Option<String>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_default")]
    pub errors: Vec<Failure>,
    /// Its customer template, as the API names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisioning_id: Option<String>,
    /// When it was provisioned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// A workspace of BroadWorks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BroadworksWorkspace {
    /// Webex's id.
    #[serde(
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub id: String,
    /// The BroadWorks user id.
    #[serde(deserialize_with = "or_default")]
    pub user_id: String,
    /// The enterprise.
    #[serde(deserialize_with = "or_default")]
    pub enterprise: String,
    /// The display name.
    pub display_name: Option<String>,
    /// The phone number.
    pub primary_phone_number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
}

impl Broadworks {
    /// The enterprises, or none where they were not captured.
    pub fn enterprises(&self) -> &[Enterprise] {
        self.enterprises.as_deref().unwrap_or_default()
    }

    /// The subscribers, or none where they were not captured.
    pub fn subscribers(&self) -> &[Subscriber] {
        self.subscribers.as_deref().unwrap_or_default()
    }

    /// The workspaces, or none where they were not captured.
    pub fn workspaces(&self) -> &[BroadworksWorkspace] {
        self.workspaces.as_deref().unwrap_or_default()
    }

    /// Names and addresses in canonical form, lists in order of key. Gives what does not add up: addresses, each with its reason.
    pub(super) fn normalize(&mut self) -> Vec<(String, String)> {
        let subscribers = self.subscribers.iter_mut().flatten();
        subscribers.for_each(Subscriber::normalize);
        for place in self.workspaces.iter_mut().flatten() {
            make_canonical(&mut place.user_id);
            make_canonical(&mut place.enterprise);
            place.display_name.iter_mut().for_each(make_canonical);
        }
        for enterprise in self.enterprises.iter_mut().flatten() {
            make_canonical(&mut enterprise.sp_enterprise_id);
            enterprise.provisioning_id.take_if(|it| it.is_empty());
            enterprise.org_id.take_if(|it| it.trim().is_empty());
        }
        for organization in self.organizations.iter_mut().flatten() {
            let people = organization.people.iter_mut().flatten();
            people.for_each(|email| *email = address(email.trim()));
        }
        let doubts = self.agree();
        self.join();
        let organizations = self.organizations.iter_mut();
        organizations.for_each(|all| all.sort_by(|a, b| a.id.cmp(&b.id)));
        let enterprises = self.enterprises.iter_mut();
        enterprises.for_each(|all| all.sort_by(|a, b| a.sp_enterprise_id.cmp(&b.sp_enterprise_id)));
        let subscribers = self.subscribers.iter_mut();
        subscribers.for_each(|all| all.sort_by(|a, b| a.user_id.cmp(&b.user_id)));
        let workspaces = self.workspaces.iter_mut();
        workspaces.for_each(|all| all.sort_by(|a, b| a.user_id.cmp(&b.user_id)));
        doubts
    }
}

impl Broadworks {
    /// Gives each subscriber and workspace the id of its enterprise as enterprises have it: BroadWorks does not tell upper from
    /// lower case. Where one row does not say its enterprise, it is unknown who belongs to any, and where one has no BroadWorks
    /// user id, who it is: such a list counts as not captured, so that nothing is removed for it.
    fn join(&mut self) {
        let ids = self
            .enterprises
            .iter()
            .flatten()
            .map(|it| &it.sp_enterprise_id);
        let ids: BTreeMap<String, String> = ids.map(|id| (id.to_lowercase(), id.clone())).collect();
        let join = |home: &mut String| {
            if let Some(id) = ids.get(&home.to_lowercase()) {
                home.clone_from(id);
            }
        };
        let subscribers = self.subscribers.iter_mut().flatten();
        subscribers.for_each(|it| join(&mut it.enterprise));
        let workspaces = self.workspaces.iter_mut().flatten();
        workspaces.for_each(|it| join(&mut it.enterprise));
        let blank = |home: &str, id: &str| home.trim().is_empty() || id.trim().is_empty();
        self.subscribers
            .take_if(|all| all.iter().any(|it| blank(&it.enterprise, &it.user_id)));
        self.workspaces
            .take_if(|all| all.iter().any(|it| blank(&it.enterprise, &it.user_id)));
        self.enterprises
            .take_if(|all| all.iter().any(|it| it.sp_enterprise_id.trim().is_empty()));
    }
}

/// Which of two times comes first; `None` where one of them cannot be read.
pub fn in_time(one: &str, other: &str) -> Option<Ordering> {
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    Some(moment(one)?.cmp(&moment(other)?))
}

/// How long something lasts that began at a time, when a snapshot was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waited {
    minutes: i64,
}

impl Waited {
    /// From a time to the capture; `None` where one of them cannot be read.
    pub fn between(since: &str, captured_at: &str) -> Option<Waited> {
        let moment = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_second);
        let seconds = moment(captured_at)? - moment(since)?;
        Some(Waited {
            minutes: seconds.max(0) / 60,
        })
    }

    /// Whether it lasts longer than so many minutes.
    pub fn is_over(self, minutes: i64) -> bool {
        self.minutes > minutes
    }
}

impl fmt::Display for Waited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.minutes {
            minutes @ 0..120 => (minutes, "minute"),
            minutes @ 120..2880 => (minutes / 60, "hour"),
            minutes => (minutes / 1440, "day"),
        };
        let s = if count == 1 { "" } else { "s" };
        write!(f, "{count} {unit}{s}")
    }
}

impl Subscriber {
    /// Names and addresses in canonical form: what Webex answers is compared with what a file has.
    pub fn normalize(&mut self) {
        make_canonical(&mut self.user_id);
        make_canonical(&mut self.enterprise);
        self.first_name.iter_mut().for_each(make_canonical);
        self.last_name.iter_mut().for_each(make_canonical);
        if let Some(email) = &mut self.email {
            *email = address(email.trim());
        }
        self.email.take_if(|it| it.is_empty());
        if let Some(package) = &mut self.package {
            *package = package.trim().to_ascii_lowercase();
        }
        self.package.take_if(|it| it.is_empty());
        // Webex and BroadWorks write a number with hyphens, too.
        if let Some(number) = &mut self.primary_phone_number
            && number.starts_with('+')
        {
            number.retain(|c| c == '+' || c.is_ascii_digit());
        }
    }

    /// The failures in one line, with their codes.
    pub fn failure(&self) -> Option<String> {
        said(&self.errors)
    }

    /// The name of the person.
    pub fn name(&self) -> Option<String> {
        let names = [&self.first_name, &self.last_name];
        full_name(names.into_iter().flatten().map(String::as_str))
    }
}

/// Given and family name in one, as far as they are known.
pub fn full_name<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.filter(|name| !name.trim().is_empty()).collect();
    (!names.is_empty()).then(|| names.join(" "))
}

/// Failures in one line, with their codes; `None` where there are none.
pub fn said(errors: &[Failure]) -> Option<String> {
    let all: Vec<String> = errors
        .iter()
        .map(|error| match error.code {
            Some(code) => format!("{} [{code}]", error.description),
            None => error.description.clone(),
        })
        .collect();
    (!all.is_empty()).then(|| all.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_told_in_the_unit_that_fits() {
        let waited =
            |since: &str| Waited::between(since, "2026-11-20T08:00:00Z").map(|it| it.to_string());
        let texts = [
            ("2026-11-20T07:59:01.000Z", "0 minutes"),
            ("2026-11-20T07:59:00Z", "1 minute"),
            ("2026-11-20T06:30:00Z", "90 minutes"),
            ("2026-11-19T08:00:00Z", "24 hours"),
            ("2026-11-16T09:00:00Z", "3 days"),
            ("2026-11-21T08:00:00Z", "0 minutes"),
        ];
        for (since, text) in texts {
            assert_eq!(waited(since).as_deref(), Some(text), "{since}");
        }
        assert_eq!(waited("yesterday"), None);
    }

    #[test]
    fn a_row_without_its_enterprise_makes_the_list_unknown() {
        let row = |home: &str| Subscriber {
            user_id: format!("1@{}", home.to_lowercase()),
            enterprise: home.to_owned(),
            ..Subscriber::default()
        };
        let mut known = Broadworks {
            enterprises: Some(vec![Enterprise {
                sp_enterprise_id: "SP+One".to_owned(),
                provisioning_id: Some(String::new()),
                ..Enterprise::default()
            }]),
            subscribers: Some(vec![row("sp+ONE"), row("SP+other")]),
            ..Broadworks::default()
        };
        let mut unknown = known.clone();
        unknown
            .subscribers
            .iter_mut()
            .flatten()
            .for_each(|it| it.enterprise.clear());
        known.normalize();
        let homes = known.subscribers().iter().map(|it| it.enterprise.as_str());
        assert_eq!(homes.collect::<Vec<_>>(), ["SP+One", "SP+other"]);
        assert_eq!(known.enterprises()[0].provisioning_id, None);
        unknown.normalize();
        assert!(unknown.subscribers.is_none(), "{unknown:?}");
        let mut nameless = known.clone();
        let rows = nameless.subscribers.iter_mut().flatten();
        rows.for_each(|it| it.user_id.clear());
        nameless.normalize();
        assert!(nameless.subscribers.is_none(), "{nameless:?}");
    }

    #[test]
    fn a_subscriber_is_read_in_one_form() {
        let mut seen = Subscriber {
            email: Some("Ana@One.Example ".to_owned()),
            package: Some("Basic".to_owned()),
            last_name: Some("de\u{a0}Silva".to_owned()),
            primary_phone_number: Some("+1-312-555-0171".to_owned()),
            ..Subscriber::default()
        };
        seen.normalize();
        assert_eq!(seen.email.as_deref(), Some("ana@one.example"));
        assert_eq!(seen.package.as_deref(), Some("basic"));
        assert_eq!(seen.last_name.as_deref(), Some("de Silva"));
        assert_eq!(seen.primary_phone_number.as_deref(), Some("+13125550171"));
    }
}
