//! A change and a request as the plan file has them (contract section 7).

use serde::{Deserialize, Serialize};

use super::names::{Address, Path};
use super::value::Shared;
use super::words::{ChangeAction, FieldAction, Risk};

/// One object that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// `<kind>/<key>`, such as `user/bob@acme.com`.
    pub address: Address,
    /// The kind, such as `user`.
    pub kind: String,
    /// The key within the kind.
    pub key: String,
    /// What people call it, where the key does not tell them which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
    pub depends_on: Vec<Address>,
    /// What changes, in order of path.
    pub fields: Vec<Field>,
}

/// One field that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Such as `licenses/calling`, `members/ana@acme.com` or `phoneNumber`.
    pub path: Path,
    /// What happens to it.
    pub action: FieldAction,
    /// What can go wrong.
    pub risk: Risk,
    /// The value that the snapshot has.
    pub before: Shared,
    /// The value that it gets.
    pub after: Shared,
    /// What is permanently lost, with the facts of the snapshot.
    pub losses: Vec<String>,
    /// The acknowledgement that covers the losses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledgement: Option<Acknowledged>,
    /// The hold that leaves it to a person: no request sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// How many people are deleted with it; absent where none are, or where the snapshot does not say how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u64>,
    /// Where and why.
    pub source: Source,
}

/// The path of the field that a deletion takes: that the object is there.
pub const EXISTENCE: &str = "state";

/// The path of the name by which an object is known.
pub const NAME: &str = "name";

impl Change {
    /// The old name and the new one, if the object gets another.
    pub fn renamed(&self) -> Option<(&str, &str)> {
        let name = self.fields.iter().find(|field| field.path == NAME)?;
        Some((name.before.as_str()?, name.after.as_str()?))
    }
}

impl Field {
    /// Whether the object is deleted with it.
    pub fn deletes(&self) -> bool {
        self.path == EXISTENCE && self.after.is_null()
    }
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
    pub subject: Address,
    /// The addresses of all changes that it belongs to, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Address>,
    /// The paths of the fields that it sends: of each subject, those that its change has.
    #[serde(default)]
    pub fields: Vec<Path>,
    /// Paths of fields whose values it takes away for a moment; a later request sends them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Path>,
    /// Ids of the requests that must be done before.
    pub depends_on: Vec<u32>,
}

impl Operation {
    /// The addresses of all changes that it belongs to.
    pub fn subjects(&self) -> &[Address] {
        match self.subjects.as_slice() {
            [] => std::slice::from_ref(&self.subject),
            several => several,
        }
    }
}
