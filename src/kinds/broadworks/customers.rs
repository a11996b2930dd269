//! The customers of a service provider: which enterprises there are, and whose organisation exists.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::config::Config;
use crate::config::model;
use crate::snapshot::broadworks::{Enterprise, Subscriber};
use crate::snapshot::{Broadworks, Snapshot};

/// Enterprises and subscribers of a snapshot, next to what the files declare.
#[derive(Debug)]
pub struct Customers<'a> {
    config: &'a Config,
    enterprises: FxHashMap<&'a str, &'a Enterprise>,
    subscribers: FxHashMap<&'a str, Vec<&'a Subscriber>>,
    /// By enterprise: those whom the snapshot has.
    members: FxHashMap<&'a str, Vec<&'a Subscriber>>,
    /// Ids of enterprises and subscribers by their form in lower case.
    spellings: FxHashMap<String, &'a str>,
    /// By name of a customer template: what the API calls it, as it was recorded; `None` where that was recorded in several forms.
    written: BTreeMap<&'a str, Option<&'a str>>,
    /// The same, as the enterprises of that template show it; `None` where they do not agree.
    shown: BTreeMap<&'a str, Option<&'a str>>,
}

/// Whether the organisation of an enterprise exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Organisation<'a> {
    /// It does.
    There,
    /// It comes into being with this subscriber, who is not provisioned yet.
    Coming(&'a Subscriber),
    /// It does not.
    Missing,
}

/// Whether a subscriber is provisioned, whatever else is going on.
fn is_provisioned(seen: &Subscriber) -> bool {
    matches!(seen.status.as_deref(), Some("provisioned" | "updating"))
}

impl<'a> Customers<'a> {
    /// `None` where the snapshot does not say.
    pub fn new(config: &'a Config, snapshot: &'a Snapshot) -> Option<Customers<'a>> {
        let Broadworks {
            enterprises: Some(enterprises),
            subscribers: Some(all),
            customer_templates,
            ..
        } = snapshot.broadworks.as_ref()?
        else {
            return None;
        };
        let mut subscribers: FxHashMap<&str, Vec<&Subscriber>> = FxHashMap::default();
        let mut members: FxHashMap<&str, Vec<&Subscriber>> = FxHashMap::default();
        let homes = enterprises.iter().map(|it| it.sp_enterprise_id.as_str());
        let mut spellings: FxHashMap<String, &str> =
            homes.map(|home| (home.to_lowercase(), home)).collect();
        for seen in all {
            subscribers.entry(&seen.user_id).or_default().push(seen);
            spellings.insert(seen.user_id.to_lowercase(), &seen.user_id);
            members.entry(&seen.enterprise).or_default().push(seen);
        }
        let mut written: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        let mut shown: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for enterprise in enterprises {
            let Some(id) = enterprise.provisioning_id.as_deref() else {
                continue;
            };
            if let Some(template) = enterprise.template.as_deref() {
                agree(&mut written, template, id);
            }
            if let Some(declared) = config.enterprises.get(&enterprise.sp_enterprise_id) {
                agree(&mut shown, &declared.value.template.value, id);
            }
        }
        for template in customer_templates.iter().flatten() {
            let id = template.provisioning_id.as_deref();
            written.extend(id.map(|id| (template.name.as_str(), Some(id))));
        }
        for (name, entry) in &config.customer_templates {
            let id = entry.value.provisioning_id.as_ref();
            written.extend(id.map(|at| (name.as_str(), Some(at.value.as_str()))));
        }
        Some(Customers {
            config,
            enterprises: enterprises
                .iter()
                .map(|it| (it.sp_enterprise_id.as_str(), it))
                .collect(),
            subscribers,
            members,
            spellings,
            written,
            shown,
        })
    }

    /// The enterprise of this name, as it is.
    pub fn enterprise(&self, name: &str) -> Option<&'a Enterprise> {
        self.enterprises.get(name).copied()
    }

    /// The subscribers with this BroadWorks user id: at most one, but for failures of Webex.
    pub fn subscribers(&self, user_id: &str) -> &[&'a Subscriber] {
        self.subscribers.get(user_id).map_or(&[], Vec::as_slice)
    }

    /// How Webex spells the id of an enterprise or a BroadWorks user id that the files write in other case.
    pub fn other_spelling(&self, id: &str) -> Option<&'a str> {
        let known = self.enterprises.contains_key(id) || self.subscribers.contains_key(id);
        let other = self.spellings.get(&id.to_lowercase()).filter(|_| !known);
        other.copied()
    }

    /// Those whom an enterprise has.
    pub fn members(&self, enterprise: &str) -> &[&'a Subscriber] {
        self.members.get(enterprise).map_or(&[], Vec::as_slice)
    }

    /// Whether the organisation of an enterprise exists. One that is listed and has no subscribers left keeps its own.
    pub fn organisation(&self, enterprise: &str) -> Organisation<'a> {
        let members = self.members(enterprise);
        let listed = self.enterprises.contains_key(enterprise);
        match members.first() {
            _ if members.iter().any(|it| is_provisioned(it)) => Organisation::There,
            Some(first) => Organisation::Coming(first),
            None if listed => Organisation::There,
            None => Organisation::Missing,
        }
    }

    /// What the API calls the customer template of an enterprise: as it is written down, as the enterprise has it, or as
    /// others of that template have it.
    pub fn provisioning_id(&self, enterprise: &str) -> Option<&'a str> {
        let seen = self.enterprise(enterprise);
        self.written_id(enterprise)
            .or_else(|| seen?.provisioning_id.as_deref())
            .or_else(|| {
                self.shown
                    .get(self.template(enterprise)?)
                    .copied()
                    .flatten()
            })
    }

    /// The same, where it is written down.
    pub fn written_id(&self, enterprise: &str) -> Option<&'a str> {
        self.written
            .get(self.template(enterprise)?)
            .copied()
            .flatten()
    }

    fn template(&self, enterprise: &str) -> Option<&'a str> {
        let declared = self.config.enterprises.get(enterprise)?;
        Some(&declared.value.template.value)
    }

    /// Who goes first where the organisation does not exist: whom the files name, else the first by user id that the files
    /// want to be there.
    pub fn first(&self, enterprise: &str) -> Option<&'a str> {
        let declared = self.config.enterprises.get(enterprise);
        let attached = declared.and_then(|entry| entry.value.attach.as_ref());
        let named = match attached {
            Some(attach) => Some(&attach.value.first_user),
            None => declared.and_then(|entry| entry.value.first_subscriber.as_ref()),
        };
        named.map(|at| at.value.as_str()).or_else(|| {
            let mut wanted = self.config.subscribers.iter();
            let mine = |entry: &model::Subscriber| {
                entry.enterprise.value == enterprise && is_wanted(entry)
            };
            let first = wanted.find(|(_, entry)| mine(&entry.value));
            first.map(|(user_id, _)| user_id.as_str())
        })
    }
}

/// Notes what a template is called, as one more enterprise shows it.
fn agree<'a>(ids: &mut BTreeMap<&'a str, Option<&'a str>>, template: &'a str, id: &'a str) {
    let known = ids.entry(template).or_insert(Some(id));
    *known = known.filter(|known| *known == id);
}

/// Whether the files want this subscriber to be there.
pub fn is_wanted(entry: &model::Subscriber) -> bool {
    let state = entry.state.as_ref();
    state.is_none_or(|at| at.value == model::UserState::Present)
}
