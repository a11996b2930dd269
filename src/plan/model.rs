//! The plan file, `formatVersion: 1` (contract section 7): what changes, how risky it is, what is lost, and why.

use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::finding::Severity;

/// A whole plan, as it is saved, shown and applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// Always 1.
    pub format_version: u32,
    /// The program that made it, such as `trunkline 0.1.0`.
    pub generator: String,
    /// The organisation.
    pub org: OrgRef,
    /// The desired state that it was made from.
    pub config: ConfigRef,
    /// The observed state that it was made from.
    pub snapshot: SnapshotRef,
    /// The state after the last apply, from which it is known who is new; null before the first.
    #[serde(default)]
    pub applied: Option<SnapshotRef>,
    /// The rules that judged it.
    pub guardrails: GuardrailsRef,
    /// What the file itself said of all the rest of it. The program works it out anew whenever it writes a plan.
    #[serde(default, skip_serializing)]
    pub checksum: Option<String>,
    /// The addresses that were asked for, if the plan is for a part alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<String>,
    /// Counts.
    pub summary: Summary,
    /// Everything that changes, in the order in which the last request of each is sent.
    pub changes: Vec<Change>,
    /// The licence pools that the plan touches.
    pub pools: Vec<PoolLine>,
    /// Everything that has to be said.
    pub findings: Vec<FindingLine>,
    /// The requests, in order.
    pub operations: Vec<Operation>,
}

/// The organisation of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrgRef {
    /// Webex's id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Where the desired state came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigRef {
    /// A digest of what the configuration says: the same for renamed files, another order and other comments.
    pub digest: String,
    /// The git commit, if the configuration is in git.
    pub commit: Option<String>,
    /// The branch, or the revision that was asked for.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Whether files differ from the commit.
    pub dirty: bool,
}

/// Where the observed state came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SnapshotRef {
    /// A digest of the file's bytes.
    pub digest: String,
    /// When it was captured.
    pub captured_at: String,
}

/// Where the guardrails came from that judged a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardrailsRef {
    /// The revision that `--policy-ref` named, else that of the files.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Its git commit, if the rules are in git.
    pub commit: Option<String>,
    /// A digest of the rules: the same for defaults that are written down, another order and other comments.
    pub digest: String,
    /// Whether the rules let `apply` carry out a plan although error findings left fields out of it.
    #[serde(
        rename = "partialApply",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub partial_apply: bool,
}

/// Counts of a plan. All but `unchanged` and `blocked` count changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Objects created.
    pub create: usize,
    /// Objects updated.
    pub update: usize,
    /// Objects deleted.
    pub delete: usize,
    /// Updates with at least one move to another subscription.
    #[serde(rename = "move")]
    pub moves: usize,
    /// Objects without a change.
    pub unchanged: usize,
    /// Changes that destroy something for ever.
    pub irreversible: usize,
    /// Of these, the ones that nobody has acknowledged.
    pub unacknowledged: usize,
    /// Fields that an error or a hold keeps out of the plan; a loss behind a hold is in it.
    pub blocked: usize,
}

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeAction {
    /// It comes into being.
    Create,
    /// It changes.
    Update,
    /// It goes.
    Delete,
}

/// What happens to a field of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldAction {
    /// It gets a value.
    Add,
    /// It gets another value.
    Change,
    /// The same licence from another subscription; nothing is lost.
    Move,
    /// It loses its value.
    Remove,
}

/// How much harm a change can do (contract section 4), from least to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Risk {
    /// Something is added.
    Additive,
    /// Can be taken back.
    Reversible,
    /// Service or identity changes; no data is destroyed.
    Disruptive,
    /// Data is destroyed for ever.
    Irreversible,
}

// The words of the plan file, for the formats that are not JSON.

impl fmt::Display for ChangeAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChangeAction::Create => "create",
            ChangeAction::Update => "update",
            ChangeAction::Delete => "delete",
        })
    }
}

impl fmt::Display for FieldAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FieldAction::Add => "add",
            FieldAction::Change => "change",
            FieldAction::Move => "move",
            FieldAction::Remove => "remove",
        })
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Risk::Additive => "additive",
            Risk::Reversible => "reversible",
            Risk::Disruptive => "disruptive",
            Risk::Irreversible => "irreversible",
        })
    }
}

/// One object that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// `<kind>/<key>`, such as `user/bob@acme.com`.
    pub address: String,
    /// The kind, such as `user`.
    pub kind: String,
    /// The key within the kind.
    pub key: String,
    /// What happens to it.
    pub action: ChangeAction,
    /// The worst risk of its fields.
    pub risk: Risk,
    /// Whether all that it destroys is acknowledged; `None` where it destroys nothing.
    pub acknowledged: Option<bool>,
    /// A digest of what requests change of the object, as the snapshot has it; `None` for a creation.
    pub preimage: Option<String>,
    /// `name:digest` of each member of that object that has a value, so that `apply` can name what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preimage_members: Option<String>,
    /// Addresses of changes that must be done before.
    pub depends_on: Vec<String>,
    /// What changes, in order of path.
    pub fields: Vec<Field>,
}

/// A value of a field. Many people get the same licence, so the value is kept once.
pub type Shared = Arc<Value>;

/// No value.
pub fn nothing() -> Shared {
    static NOTHING: LazyLock<Shared> = LazyLock::new(|| Arc::new(Value::Null));
    NOTHING.clone()
}

/// A value for a text.
pub fn text(text: &str) -> Shared {
    Arc::new(text.into())
}

/// A value for a text that may be missing.
pub fn text_or_nothing(given: Option<&str>) -> Shared {
    given.map_or_else(nothing, text)
}

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Such as `licenses/calling`, `members/ana@acme.com` or `phoneNumber`.
    pub path: String,
    /// What happens to it.
    pub action: FieldAction,
    /// What can go wrong.
    pub risk: Risk,
    /// The value that the snapshot has.
    pub before: Shared,
    /// The value that it gets.
    pub after: Shared,
    /// What is lost for good, with the facts of the snapshot.
    pub losses: Vec<String>,
    /// The acknowledgement that covers the losses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledged>,
    /// The hold that leaves it to a person: no request sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// Where and why.
    pub source: Source,
}

/// The acknowledgement of a loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledged {
    /// The code that it answers, such as `calling-loss`.
    pub code: String,
    /// The reason that was written down.
    pub reason: String,
}

/// Where a field's value comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The file, relative to the configuration directory.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, in characters from 1.
    pub column: Option<u32>,
    /// The commit that wrote the line.
    pub commit: Option<String>,
    /// Its author.
    pub author: Option<String>,
    /// The chain of reasons, such as `template sales licenses.calling` and `group Sales`.
    pub because: Vec<String>,
}

/// A licence pool that the plan touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolLine {
    /// The licence's name.
    pub license: String,
    /// The subscription.
    pub subscription: String,
    /// The meeting site, if it has one.
    pub site: Option<String>,
    /// Units bought.
    pub total: i64,
    /// Units in use before.
    pub before: i64,
    /// The most units in use while the plan runs.
    pub peak: i64,
    /// Units in use afterwards; uncovered losses count as still held.
    pub after: i64,
}

/// A finding as files and scripts see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingLine {
    /// The code.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about.
    pub subject: Option<String>,
    /// What is the matter.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The file, relative to the configuration directory.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, in characters from 1.
    pub column: Option<u32>,
}

/// A request of the plan. Ids are filled in when it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operation {
    /// From 1, in order.
    pub id: u32,
    /// The HTTP method.
    pub method: String,
    /// The path below the base URL, with names in braces for ids.
    pub path: String,
    /// The address of the change that it belongs to; of several, the first.
    pub subject: String,
    /// The addresses of all changes that it belongs to, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// The paths of the fields that it sends: of each subject, those that its change has.
    #[serde(default)]
    pub fields: Vec<String>,
    /// Paths of fields whose values it takes away for a moment; a later request sends them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Ids of the requests that must be done before.
    pub depends_on: Vec<u32>,
}

impl Operation {
    /// The addresses of all changes that it belongs to.
    pub fn subjects(&self) -> &[String] {
        match self.subjects.as_slice() {
            [] => std::slice::from_ref(&self.subject),
            several => several,
        }
    }
}
