//! The files of a new directory: what they say, with the facts of an organisation where a snapshot has them.

use crate::config::model::AssignmentMode;
use crate::config::write::scalar;
use crate::snapshot::Snapshot;

const ORG: &str = include_str!("starter/org.yaml");
const GUARDRAILS: &str = include_str!("starter/guardrails.yaml");
const EXAMPLES: &str = include_str!("starter/examples.yaml");
const BY_GROUP: &str = include_str!("starter/by-group.yaml");
const FOR_EVERYONE: &str = include_str!("starter/for-everyone.yaml");

const GITIGNORE: &str = include_str!("starter/gitignore");
const GITIGNORE_SNAPSHOTS: &str = include_str!("starter/gitignore-snapshots");

/// What git must not keep; with snapshots, unless CI plans from one in git.
pub fn gitignore(snapshots: bool) -> String {
    let snapshots = if snapshots { GITIGNORE_SNAPSHOTS } else { "" };
    format!("{GITIGNORE}{snapshots}")
}

/// What is known of the organisation.
#[derive(Debug, Default)]
pub struct Facts {
    name: Option<String>,
    id: Option<String>,
    mode: Option<AssignmentMode>,
}

impl Facts {
    /// Only a name, if there is one.
    pub fn named(name: Option<String>) -> Facts {
        Facts {
            name,
            ..Facts::default()
        }
    }

    /// These, and others where they are missing.
    pub fn or(self, others: Facts) -> Facts {
        Facts {
            name: self.name.or(others.name),
            id: self.id.or(others.id),
            mode: self.mode.or(others.mode),
        }
    }

    /// What a snapshot knows. Without its list of groups, nothing can be assigned by them.
    pub fn of(snapshot: &Snapshot) -> Facts {
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        Facts {
            name: given(&snapshot.org.name),
            id: given(&snapshot.org.id),
            mode: snapshot
                .groups
                .is_none()
                .then_some(AssignmentMode::Organization),
        }
    }
}

/// The YAML files, each with its name.
pub fn files(facts: &Facts) -> [(&'static str, String); 3] {
    let mut org = ORG.to_owned();
    if let Some(name) = &facts.name {
        org = with(&org, "  name: ", &format!("  name: {}", scalar(name)));
    }
    if let Some(id) = &facts.id {
        org = with(&org, "#  id: ", &format!("  id: {}", scalar(id)));
    }
    let by_group = facts.mode != Some(AssignmentMode::Organization);
    if !by_group {
        org = with(&org, "  assignmentMode: ", "  assignmentMode: organization");
    }
    let licences = if by_group { BY_GROUP } else { FOR_EVERYONE };
    [
        ("org.yaml", org),
        ("guardrails.yaml", GUARDRAILS.to_owned()),
        (
            "examples.yaml",
            EXAMPLES.replace("@licences@\n", &format!("{licences}\n")),
        ),
    ]
}

/// A text with another line instead of the one that begins like this.
pub fn with(text: &str, begins: &str, line: &str) -> String {
    let lines = text.lines().map(|old| match old.starts_with(begins) {
        true => line,
        false => old,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}
