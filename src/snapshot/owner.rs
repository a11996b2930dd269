//! Who has a number, a device or a place in a feature.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::or_default;

/// Who has something.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Owner {
    /// What it is.
    pub kind: OwnerKind,
    /// The key within the kind.
    #[serde(default, deserialize_with = "or_default")]
    pub key: String,
}

/// What an owner is. In files it is a word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum OwnerKind {
    /// A person.
    User,
    /// A workspace.
    Workspace,
    /// A feature, such as `huntGroup`.
    Feature(Box<str>),
}

impl Owner {
    /// A person.
    pub fn user(email: impl Into<String>) -> Owner {
        Owner {
            kind: OwnerKind::User,
            key: email.into(),
        }
    }

    /// A workspace.
    pub fn workspace(name: impl Into<String>) -> Owner {
        Owner {
            kind: OwnerKind::Workspace,
            key: name.into(),
        }
    }

    /// The e-mail address, if it is a person.
    pub fn as_user(&self) -> Option<&str> {
        (self.kind == OwnerKind::User).then_some(&*self.key)
    }

    /// The name, if it is a workspace.
    pub fn as_workspace(&self) -> Option<&str> {
        (self.kind == OwnerKind::Workspace).then_some(&*self.key)
    }

    /// Whether it is the object of this kind and key.
    pub fn is(&self, kind: &str, key: &str) -> bool {
        self.kind.word() == kind && self.key == key
    }
}

impl OwnerKind {
    /// As files and addresses write it.
    pub fn word(&self) -> &str {
        match self {
            OwnerKind::User => "user",
            OwnerKind::Workspace => "workspace",
            OwnerKind::Feature(kind) => kind,
        }
    }

    /// Whether it is a feature.
    pub fn is_feature(&self) -> bool {
        matches!(self, OwnerKind::Feature(_))
    }
}

impl From<&str> for OwnerKind {
    fn from(word: &str) -> OwnerKind {
        // In whatever case: what belongs to a person must not seem to belong to nobody.
        match word.trim() {
            "user" => OwnerKind::User,
            "workspace" => OwnerKind::Workspace,
            word if word.eq_ignore_ascii_case("user") => OwnerKind::User,
            word if word.eq_ignore_ascii_case("workspace") => OwnerKind::Workspace,
            feature => OwnerKind::Feature(feature.into()),
        }
    }
}

impl fmt::Display for OwnerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The address: `<kind>/<key>`.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.key)
    }
}

// In order of the words, as files have them.

impl Ord for OwnerKind {
    fn cmp(&self, other: &OwnerKind) -> Ordering {
        self.word().cmp(other.word())
    }
}

impl PartialOrd for OwnerKind {
    fn partial_cmp(&self, other: &OwnerKind) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for OwnerKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for OwnerKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OwnerKind, D::Error> {
        let word = Cow::<str>::deserialize(deserializer)?;
        Ok(OwnerKind::from(&*word))
    }
}
