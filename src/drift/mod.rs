//! Why the organisation differs from the files: whether the files changed since the last apply, or the organisation was
//! changed live.
//!
//! Owns causes, the names behind them, what Control Hub does against us, and what is adopted into the files. Pure: it gets
//! plans, snapshots, events and texts as values. Must not know files, HTTP, git, or any kind by name.

mod actors;
mod adopt;
mod agreement;
mod causes;
mod held;
mod losses;
mod people;
mod templates;

pub use actors::{name_actors, name_actors_of_holds};
pub use adopt::{Adoption, Left, Replan, Taken, adopt};
pub use agreement::{Agreement, UNKNOWN, is_different, is_unknown};
pub use causes::{Side, causes};
pub use held::{Held, held, held_addresses};
pub use losses::{losses_to_keep, unknown_losses, unmanaged_losses};
pub use people::{Followed, changed, follow};
pub use templates::{LiveTemplate, fights, live_templates};

use serde::Serialize;

use crate::change::{Address, Change, Field, Path};
use crate::finding::{DRIFT_ACTORS_UNREADABLE, DRIFT_CAUSE_UNKNOWN, Finding};
use crate::plan::{FindingLine, Plan};

/// What moved since the last apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The files still say what was applied; the live value is another one.
    LiveChanged,
    /// The files and the live value are both other than what was applied.
    Both,
    /// The live value is as it was applied; the files say something else now.
    GitAhead,
    /// It is unknown what was applied.
    Unknown,
}

impl Cause {
    /// The cause of a difference: whether the files have asked for it since the last apply, and whether the organisation
    /// was changed there.
    fn of(asked: bool, live_moved: bool) -> Cause {
        match (asked, live_moved) {
            (true, true) => Cause::Both,
            (true, false) => Cause::GitAhead,
            // Where the value itself has not moved, it follows something else that has, such as a membership.
            (false, _) => Cause::LiveChanged,
        }
    }

    /// As reports write it.
    pub fn word(self) -> &'static str {
        match self {
            Cause::LiveChanged => "live-changed",
            Cause::Both => "both",
            Cause::GitAhead => "git-ahead",
            Cause::Unknown => "unknown",
        }
    }

    /// Whether the organisation was changed live.
    pub fn is_live(self) -> bool {
        matches!(self, Cause::LiveChanged | Cause::Both)
    }
}

/// The cause of one field of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The address of the change.
    pub address: Address,
    /// The path of the field.
    pub path: Path,
    /// What moved.
    pub cause: Cause,
    /// Who changed it live, where the audit trail can be read.
    pub actor: Option<String>,
    /// When, RFC 3339.
    pub at: Option<String>,
}

/// A plan with the cause of each of its fields.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The plan, with the findings about causes among its findings.
    #[serde(flatten)]
    pub plan: Plan,
    /// Whether it was compared with the snapshot of the last apply: then causes are known.
    #[serde(skip)]
    pub compared: bool,
    /// A line for each field of each change, in the order of the plan.
    #[serde(rename = "drift")]
    pub lines: Vec<Line>,
    /// A line for each hold, in the order of the plan.
    #[serde(rename = "holds")]
    pub held: Vec<Held>,
}

impl Drift {
    /// Adds findings that have no place in the files, after all others.
    pub fn say(&mut self, findings: impl IntoIterator<Item = Finding>) {
        let lines = findings.into_iter().map(FindingLine::from);
        self.plan.findings.extend(lines);
    }

    /// The fields of the plan with their lines.
    pub fn fields(&self) -> impl Iterator<Item = (&Change, &Field, &Line)> {
        let fields = self
            .plan
            .changes
            .iter()
            .flat_map(|change| change.fields.iter().map(move |field| (change, field)));
        fields
            .zip(&self.lines)
            .map(|((change, field), line)| (change, field, line))
    }
}

/// Says once that causes are unknown, and why.
pub fn unknown_causes(why: &str) -> Finding {
    let message = format!(
        "{why}, so it is unknown whether the files or the organisation changed; `trunkline apply` writes one to \
         .trunkline/applied.json.zst next to the files, or name one with --applied"
    );
    Finding::info(DRIFT_CAUSE_UNKNOWN, message)
}

/// Says once that no one can be named, and why.
pub fn unreadable_actors(why: &str) -> Finding {
    Finding::info(
        DRIFT_ACTORS_UNREADABLE,
        format!("it is unknown who changed what: {why}"),
    )
    .help("give the token the scope audit:events_read, of a full administrator")
}
