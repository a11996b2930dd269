//! The plan file, `formatVersion: 1` (contract section 7): what changes, how risky it is, what is lost, and why.

use serde::{Deserialize, Serialize};

use crate::change::{Address, Change, Operation};
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
    /// The state after the last apply, which determines who is new; null before the first.
    #[serde(default)]
    pub applied: Option<SnapshotRef>,
    /// The rules that judged it.
    pub guardrails: GuardrailsRef,
    /// The checksum of the rest of the file. The program computes it again whenever it writes a plan.
    #[serde(default, skip_serializing)]
    pub checksum: Option<String>,
    /// The addresses that were asked for, if the plan is only for a part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Address>,
    /// Counts.
    pub summary: Summary,
    /// Everything that changes, in the order in which the last request of each is sent.
    pub changes: Vec<Change>,
    /// The licence pools that the plan touches.
    pub pools: Vec<PoolLine>,
    /// The findings.
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
    /// Changes that permanently destroy something.
    pub irreversible: usize,
    /// Of these, the unacknowledged ones.
    pub unacknowledged: usize,
    /// Fields that an error or a hold keeps out of the plan; a loss behind a hold is in it.
    pub blocked: usize,
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
    /// Its severity.
    pub severity: Severity,
    /// What it is about.
    pub subject: Option<String>,
    /// What is wrong.
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
