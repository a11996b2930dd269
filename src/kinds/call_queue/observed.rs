//! A call queue as a snapshot has it among the calling features.

use serde::Serialize;

use super::KIND;
use crate::snapshot::{Feature, FeatureMember, OwnerKind, Snapshot};

/// The role of the agents of a queue.
pub const AGENT: &str = "agent";

/// A call queue.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Webex's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The location that it belongs to.
    pub location: Option<String>,
    /// Its number.
    pub phone_number: Option<String>,
    /// Its extension.
    pub extension: Option<String>,
    /// Agents whom files can name: people by address, workspaces by name.
    pub agents: Vec<String>,
    /// Agents whom no file can name, such as virtual lines.
    #[serde(skip)]
    pub others: Vec<String>,
    /// Whether it is known who is in it.
    #[serde(skip)]
    pub is_read: bool,
}

/// What the snapshot has of a name.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    None,
    /// One queue.
    One(Queue),
    /// Several, with these ids.
    Several(Vec<String>),
}

impl Queue {
    /// The queue that a feature is.
    pub fn of(feature: &Feature) -> Queue {
        let members = feature.members.as_deref().unwrap_or_default().iter();
        let agents = members.filter(|it| it.role == AGENT);
        let (named, others): (Vec<&FeatureMember>, Vec<_>) = agents.partition(|it| match it.kind {
            OwnerKind::User => it.key.contains('@'),
            OwnerKind::Workspace => true,
            OwnerKind::Feature(_) => false,
        });
        let mut agents: Vec<String> = named.into_iter().map(|it| it.key.clone()).collect();
        agents.sort_unstable();
        agents.dedup();
        Queue {
            id: feature.id.clone(),
            name: feature.name.clone(),
            location: feature.location.clone().map(String::from),
            phone_number: feature.phone_number.clone(),
            extension: feature.extension.clone(),
            agents,
            others: others
                .iter()
                .map(|it| format!("{}/{}", it.kind, it.key))
                .collect(),
            is_read: feature.members.is_some(),
        }
    }
}

/// The call queues of a snapshot.
pub fn all(snapshot: &Snapshot) -> impl Iterator<Item = &Feature> {
    let features = snapshot.features().iter();
    features.filter(|feature| feature.kind == KIND.name)
}

/// The queue with this name. Webex lets two locations have queues of one name.
pub fn find(snapshot: &Snapshot, name: &str) -> Found {
    let same: Vec<&Feature> = all(snapshot).filter(|it| it.name == name).collect();
    match same.as_slice() {
        [] => Found::None,
        [one] => Found::One(Queue::of(one)),
        several => Found::Several(several.iter().map(|it| it.id.clone()).collect()),
    }
}

/// The same, where it is certain which one is meant.
pub fn one(snapshot: &Snapshot, name: &str) -> Option<Queue> {
    match find(snapshot, name) {
        Found::One(queue) => Some(queue),
        Found::None | Found::Several(_) => None,
    }
}

/// Why the queues of a snapshot are unknown, if they are.
pub fn unread(snapshot: &Snapshot) -> Option<&str> {
    let mut kinds = snapshot.features_not_read.iter();
    let of_queues = kinds.find(|it| it.kind == KIND.name)?;
    Some(&of_queues.reason)
}
