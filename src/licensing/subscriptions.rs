//! What is known of each subscription: age, status, and what replaces it (contract section 2, `subscriptions`).

use std::collections::BTreeMap;

use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::config::model::{self, SubscriptionStatus};
use crate::config::{Config, Declared, Spot};
use crate::finding::{Finding, SUBSCRIPTION_DIFFERS, SUBSCRIPTION_UNKNOWN, did_you_mean};
use crate::snapshot::Snapshot;

/// An index of a subscription, in order of id.
pub type SubIx = u32;

/// One subscription.
#[derive(Debug)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// The day on which it began, where it is known.
    pub created: Option<Date>,
    /// Whether it can be used.
    pub status: SubscriptionStatus,
    /// What its licences move to in the end, with the place that says so first.
    pub replaced_by: Option<(SubIx, Spot)>,
}

/// All subscriptions of the organisation.
#[derive(Debug)]
pub struct Subscriptions {
    list: Vec<Subscription>,
    by_id: FxHashMap<String, SubIx>,
}

impl Subscriptions {
    /// Joins what the snapshot and the configuration know; the configuration wins.
    pub fn new(config: &Config, snapshot: &Snapshot, findings: &mut Vec<Finding>) -> Subscriptions {
        let mut facts: BTreeMap<&str, (Option<Date>, Option<SubscriptionStatus>)> = BTreeMap::new();
        for license in snapshot.licenses() {
            facts
                .entry(license.subscription_id.as_deref().unwrap_or(""))
                .or_default();
        }
        facts.remove("");
        for observed in snapshot.subscriptions() {
            let created = observed.created_at.as_deref().and_then(day);
            facts.insert(
                &observed.id,
                (created, observed.status.as_deref().map(status)),
            );
        }

        for (id, declared) in &config.subscriptions {
            let Some((created, state)) = facts.get_mut(id.as_str()) else {
                let known = facts.keys().copied();
                findings.push(unknown(id, did_you_mean(id, known)).at(config.place(declared.key)));
                continue;
            };
            findings.extend(differs(config, id, declared, (*created, *state)));
            let model::Subscription {
                created_at, status, ..
            } = &declared.value;
            *created = created_at.as_ref().map(|at| at.value.0).or(*created);
            *state = status.as_ref().map(|at| at.value).or(*state);
        }

        let by_id: FxHashMap<String, SubIx> = facts
            .keys()
            .enumerate()
            .map(|(index, id)| ((*id).to_owned(), index as u32))
            .collect();
        let list = facts
            .iter()
            .map(|(id, (created, state))| Subscription {
                id: (*id).to_owned(),
                created: *created,
                status: state.unwrap_or(SubscriptionStatus::Active),
                replaced_by: None,
            })
            .collect();
        let mut subscriptions = Subscriptions { list, by_id };
        subscriptions.follow_replacements(config, findings);
        subscriptions
    }

    fn follow_replacements(&mut self, config: &Config, findings: &mut Vec<Finding>) {
        for (id, declared) in &config.subscriptions {
            let Some(first) = &declared.value.replaced_by else {
                continue;
            };
            let spot = declared.spot(first);
            if self.find(&first.value).is_none() {
                let near = did_you_mean(&first.value, self.list.iter().map(|sub| sub.id.as_str()));
                findings.push(unknown(&first.value, near).at(config.place(spot)));
                continue;
            }
            // Cycles are an error of the files, so the chain ends; the bound is only for safety.
            let mut end = first.value.as_str();
            for _ in 0..config.subscriptions.len() {
                match config
                    .subscriptions
                    .get(end)
                    .and_then(|next| next.value.replaced_by.as_ref())
                {
                    Some(next) if self.find(&next.value).is_some() => end = &next.value,
                    _ => break,
                }
            }
            if let (Some(from), Some(to)) = (self.find(id), self.find(end)) {
                self.list[from as usize].replaced_by = Some((to, spot));
            }
        }
    }

    /// Every subscription, in order of id.
    pub fn all(&self) -> &[Subscription] {
        &self.list
    }

    /// The subscription with this id.
    pub fn find(&self, id: &str) -> Option<SubIx> {
        self.by_id.get(id).copied()
    }

    /// A subscription.
    pub fn get(&self, index: SubIx) -> &Subscription {
        &self.list[index as usize]
    }

    /// The finding for a pin or entry that names no subscription of the organisation.
    pub fn unknown(&self, id: &str) -> Finding {
        unknown(
            id,
            did_you_mean(id, self.list.iter().map(|sub| sub.id.as_str())),
        )
    }
}

/// What a snapshot and the configuration say differently about a subscription.
fn differs(
    config: &Config,
    id: &str,
    declared: &Declared<model::Subscription>,
    (created, state): (Option<Date>, Option<SubscriptionStatus>),
) -> Option<Finding> {
    let mut differences = Vec::new();
    let mut place = declared.key;
    if let Some(at) = &declared.value.created_at
        && let Some(theirs) = created.filter(|theirs| *theirs != at.value.0)
    {
        differences.push(format!(
            "createdAt is {} here and {theirs} in the snapshot",
            at.value.0
        ));
        place = declared.spot(at);
    }
    if let Some(at) = &declared.value.status
        && let Some(theirs) = state.filter(|theirs| *theirs != at.value)
    {
        let (ours, theirs) = (word(at.value), word(theirs));
        differences.push(format!(
            "status is {ours} here and {theirs} in the snapshot"
        ));
        place = declared.spot(at);
    }
    let message = format!("{id}: {}; the configuration counts", differences.join(", "));
    (!differences.is_empty()).then(|| {
        Finding::warning(SUBSCRIPTION_DIFFERS, message)
            .about(format!("subscription/{id}"))
            .help("correct the one that is wrong")
            .at(config.place(place))
    })
}

impl Subscription {
    /// Whether its licences may be touched by requests.
    pub fn active(&self) -> bool {
        self.status == SubscriptionStatus::Active
    }
}

fn unknown(id: &str, near: Option<String>) -> Finding {
    let help = near
        .unwrap_or_else(|| "write the id as Control Hub shows it, or take a new snapshot".into());
    Finding::error(
        SUBSCRIPTION_UNKNOWN,
        format!("the organisation has no subscription `{id}`"),
    )
    .about(format!("subscription/{id}"))
    .help(help)
}

fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn status(text: &str) -> SubscriptionStatus {
    match &*text.trim().to_ascii_lowercase() {
        "suspended" => SubscriptionStatus::Suspended,
        "cancelled" | "canceled" => SubscriptionStatus::Cancelled,
        // Anything else is not known, and everything about it waits.
        _ => SubscriptionStatus::Active,
    }
}

/// The word for a status, as YAML writes it.
pub fn word(status: SubscriptionStatus) -> &'static str {
    match status {
        SubscriptionStatus::Active => "active",
        SubscriptionStatus::Suspended => "suspended",
        SubscriptionStatus::Cancelled => "cancelled",
    }
}
