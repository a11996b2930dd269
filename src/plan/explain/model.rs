//! The explanation of one object, `formatVersion: 1`: what it is, what happens to it, and why, link by link.

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::change::{Acknowledged, Address, ChangeAction, Fact, FieldAction, Path, Risk, Shared};
use crate::plan::model::{ConfigRef, FindingLine, OrgRef, PoolLine, SnapshotRef};

/// Why one object is as it is, and what happens to it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Always 1.
    pub format_version: u32,
    /// The program that made it.
    pub generator: String,
    /// The organisation.
    pub org: OrgRef,
    /// The desired state.
    pub config: ConfigRef,
    /// The observed state.
    pub snapshot: SnapshotRef,
    /// `<kind>/<key>`.
    pub address: Address,
    /// The kind.
    pub kind: String,
    /// The key within the kind.
    pub key: String,
    /// What is known of the object now.
    #[serde(serialize_with = "as_map")]
    pub facts: Vec<Fact>,
    /// The groups that it is in, joins or leaves.
    pub groups: Vec<GroupLine>,
    /// What the plan does to it; `None` where nothing changes.
    pub change: Option<ChangeLine>,
    /// Its licences, in order of path.
    pub licenses: Vec<LicenseLine>,
    /// Licences that are free for everyone, and that are not touched.
    pub free: Vec<String>,
    /// Findings about it that belong to no licence.
    pub findings: Vec<FindingLine>,
    /// For what it waits, so that nothing is planned for it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
    /// Where it does not change itself: the objects whose changes name it, such as the owner of a number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub named_by: Vec<Address>,
    /// Whether only one licence was asked for.
    #[serde(skip)]
    pub only: bool,
    /// Whether it is one that can hold licences.
    #[serde(skip)]
    pub holds: bool,
}

fn as_map<S: Serializer>(facts: &[Fact], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(facts.iter().map(|fact| (fact.name, &fact.value)))
}

/// A line of the configuration, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The file, relative to the configuration directory.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u32,
    /// Whether a commit has it; `None` outside of git, and where the history does not reach.
    pub committed: Option<bool>,
    /// The full id of the commit.
    pub commit: Option<String>,
    /// Its author.
    pub author: Option<String>,
    /// When it was written, RFC 3339.
    pub date: Option<String>,
}

/// A group that a person is in, joins or leaves.
#[derive(Debug, Clone, Serialize)]
pub struct GroupLine {
    /// The group.
    pub group: String,
    /// Its template.
    pub template: Option<String>,
    /// What happens to the membership.
    pub membership: Membership,
    /// The line that names the person, or the group's.
    pub source: Option<Line>,
}

/// What happens to a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Membership {
    /// It stays.
    Stays,
    /// The person joins.
    Joins,
    /// The person leaves.
    Leaves,
    /// The configuration does not have the group.
    Unmanaged,
}

/// What the plan does to the object.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeLine {
    /// What happens to it.
    pub action: ChangeAction,
    /// The highest risk of its fields.
    pub risk: Risk,
    /// Whether all that it destroys is acknowledged; `None` where it destroys nothing.
    pub acknowledged: Option<bool>,
    /// What changes, in order of path.
    pub fields: Vec<FieldLine>,
}

/// One field that changes.
#[derive(Debug, Clone, Serialize)]
pub struct FieldLine {
    /// Such as `licenses/calling` or `displayName`.
    pub path: Path,
    /// What happens to it.
    pub action: FieldAction,
    /// Its risk.
    pub risk: Risk,
    /// The value that the snapshot has.
    pub before: Shared,
    /// The value that it gets.
    pub after: Shared,
    /// What is permanently lost.
    pub losses: Vec<String>,
    /// The acknowledgement that covers the losses.
    pub acknowledgement: Option<Acknowledged>,
    /// The chain of reasons.
    pub because: Vec<String>,
    /// Where the value comes from.
    pub source: Option<Line>,
}

/// One licence of a person or workspace.
#[derive(Debug, Clone, Serialize)]
pub struct LicenseLine {
    /// Such as `licenses/calling`.
    pub path: Path,
    /// What is held now, the best first.
    pub held: Vec<Value>,
    /// What becomes of it.
    pub outcome: OutcomeWord,
    /// The code of the finding that keeps a change out of the plan.
    pub code: Option<String>,
    /// What it is now, and what it becomes; both the same where nothing changes.
    pub before: Shared,
    /// What it becomes.
    pub after: Shared,
    /// What is permanently lost.
    pub losses: Vec<String>,
    /// The acknowledgement that covers the losses.
    pub acknowledgement: Option<Acknowledged>,
    /// Why, in the order of the rules.
    pub links: Vec<LinkLine>,
    /// Units that are given back, taken, or short.
    pub pools: Vec<PoolLine>,
    /// Findings about it.
    pub findings: Vec<FindingLine>,
}

/// What becomes of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeWord {
    /// It is held and stays as it is.
    Kept,
    /// There was none, and now there is.
    Granted,
    /// The same from another subscription.
    Moved,
    /// Another tier, role or product.
    Changed,
    /// It is removed.
    Removed,
    /// It goes with the person.
    Deleted,
    /// An error or a hold keeps a change out of the plan.
    Blocked,
    /// It is lost, once the manual work of a hold is done.
    Held,
    /// A warning does.
    Refused,
    /// It is neither held nor given.
    Missing,
}

/// One reason.
#[derive(Debug, Clone, Serialize)]
pub struct LinkLine {
    /// The kind of reason: `template`, `group`, `override`, `retention` …
    pub kind: &'static str,
    /// In words.
    pub text: String,
    /// The template that it is about.
    pub template: Option<String>,
    /// The group that it is about.
    pub group: Option<String>,
    /// Of a template or group: whether it counts for this person.
    pub counts: Option<bool>,
    /// Where it is.
    pub source: Option<Line>,
}

impl Explanation {
    /// Every line of the configuration that is named, to say who wrote it.
    pub fn lines_mut(&mut self) -> impl Iterator<Item = &mut Line> {
        let groups = self.groups.iter_mut().map(|group| &mut group.source);
        let change = self.change.iter_mut();
        let fields =
            change.flat_map(|change| change.fields.iter_mut().map(|field| &mut field.source));
        let licenses = self.licenses.iter_mut();
        let links =
            licenses.flat_map(|license| license.links.iter_mut().map(|link| &mut link.source));
        groups.chain(fields).chain(links).flatten()
    }
}
