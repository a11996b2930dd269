//! The YAML model of contract section 2, as serde types: what a user may write, and where each value stood.
//!
//! Owns the shape of a document. Knows nothing of files, of how documents merge, or of what the live organisation holds.

mod broadworks;
mod licenses;
mod people;
mod places;
mod policy;
mod queues;
mod webex_go;

pub use broadworks::*;
pub use licenses::*;
pub use people::*;
pub use places::*;
pub use policy::*;
pub use queues::*;
pub use webex_go::*;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::yaml::{At, Entries, List};

/// One YAML document: any of the sections. Entries of a section merge over all documents of the tree.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[schemars(title = "trunkline", rename = "trunkline")]
pub struct Document {
    /// The version of this format: 1. Appears once, next to `org`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("const" = 1))]
    pub version: Option<At<u32>>,
    /// The organisation. Appears once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<At<Org>>,
    /// Sets of licences, by name.
    pub templates: Entries<Template>,
    /// Groups, by name.
    pub groups: Entries<Group>,
    /// Locations, by name.
    pub locations: Entries<Location>,
    /// Phone numbers, in blocks.
    pub numbers: List<At<NumberBlock>>,
    /// Subscriptions, by id: facts that the API does not provide, and intentions.
    pub subscriptions: Entries<Subscription>,
    /// People, by e-mail address: what differs from the templates. A person who is absent here is not deleted.
    pub users: Entries<User>,
    /// Workspaces, by name.
    pub workspaces: Entries<Workspace>,
    /// Call queues of Webex Calling, by name.
    pub call_queues: Entries<CallQueue>,
    /// Webex Go.
    pub webex_go: WebexGo,
    /// Webex for BroadWorks.
    pub broadworks: Broadworks,
    /// Limits that a plan must keep. Appear once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardrails: Option<At<Guardrails>>,
    /// Acknowledged losses.
    pub acknowledgements: List<At<Acknowledgement>>,
}

/// The organisation and how licences are assigned in it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Org {
    /// Its name, as plans show it.
    pub name: At<String>,
    /// Webex's id. When it is present, the snapshot's must equal it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<At<String>>,
    /// Whether one template applies to everyone, or each group has its own.
    pub assignment_mode: At<AssignmentMode>,
    /// The template for everyone; only in mode `organization`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<At<String>>,
    /// What happens to the licences of people who leave a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_transition: Option<GroupTransition>,
    /// Whether people come from a directory; YAML may not create them then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory_sync: Option<At<bool>>,
    /// For a customer of Webex for BroadWorks: whether its partner has switched on Restricted by Partner, so that the partner alone
    /// may add people and change their services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_by_partner: Option<At<bool>>,
}

/// How templates are assigned to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AssignmentMode {
    /// `org.template`, for everyone.
    Organization,
    /// The templates of the groups that a person is a direct member of.
    Group,
}

impl AssignmentMode {
    /// How YAML writes it.
    pub fn word(self) -> &'static str {
        match self {
            AssignmentMode::Organization => "organization",
            AssignmentMode::Group => "group",
        }
    }
}

/// What happens to the licences of people who leave a group.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupTransition {
    /// Whether they keep what their remaining groups do not give. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_licenses: Option<At<bool>>,
}

/// A set of licences for everyone or for the members of a group.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// The licences.
    pub licenses: LicenseSet,
    /// Whether it applies to existing people; without it, only to newcomers. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing_users: Option<At<bool>>,
    /// Whether people keep licences that none of their templates gives. Default: true; false needs `existingUsers: true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_licenses: Option<At<bool>>,
}

/// A group of people.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Group {
    /// The template of its direct members; only in mode `group`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<At<String>>,
    /// Who owns the membership. With `directory`, `members` may not be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<At<GroupSource>>,
    /// What kind of group a directory says it is. A distribution group cannot have a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<At<GroupKind>>,
    /// Its former name: it is renamed, not deleted and created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formerly: Option<At<String>>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<At<String>>,
    /// All members, by e-mail address. Absent: membership is not managed here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<At<List<At<String>>>>,
}

/// Who owns the membership of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GroupSource {
    /// It is managed in Webex, and may be managed here.
    Webex,
    /// It is synchronised from a directory.
    Directory,
}

/// What kind of group a directory says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GroupKind {
    /// A group with a policy.
    Security,
    /// A mailing list.
    Distribution,
    /// Not known.
    Unknown,
}

/// A subscription: facts that the API does not provide, and intentions.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Subscription {
    /// The day on which it began, such as `2021-03-01`. New licences come from the oldest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<At<Date>>,
    /// Its status. Default: active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<At<SubscriptionStatus>>,
    /// The subscription to which every licence of this one is moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<At<String>>,
}

/// The status of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SubscriptionStatus {
    /// In use.
    Active,
    /// Its licences can be changed only in Control Hub.
    Suspended,
    /// At its end.
    Cancelled,
}
