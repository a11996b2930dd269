//! Messages about the input or the plan: one [`Finding`] each, with a code, a place and a help text.
//!
//! Owns the severities, places in files and the table of codes. Knows no stage and no kind.

mod codes;
mod near;
pub mod near_miss;

pub use codes::*;
pub use near::{Suggestions, nearest};

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The severity of a finding. Errors block (contract section 5); holds need manual work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Something has to be fixed; the field or the plan is blocked.
    Error,
    /// Manual work outside trunkline is needed first.
    Hold,
    /// The plan is not blocked, but someone should look.
    Warning,
    /// Good to know.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Hold => "hold",
            Severity::Warning => "warning",
            Severity::Info => "info",
        })
    }
}

/// A stable name of a kind of finding, from the table in `finding/codes/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub(crate) &'static str);

impl Code {
    /// The code as users write it, such as `calling-loss`.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The code with this name, if there is one.
    pub fn find(name: &str) -> Option<&'static CodePage> {
        CODES.iter().copied().find(|page| page.code.0 == name)
    }

    /// Whether an acknowledgement of it names how many people may be deleted.
    pub fn wants_people(self) -> bool {
        self == BROADWORKS_DIRECTORY_SYNC_DELETION
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One row of the table of codes: what `trunkline explain CODE` prints.
#[derive(Debug)]
pub struct CodePage {
    /// The code.
    pub code: Code,
    /// Its usual severity. It may be lower in a plan.
    pub severity: Severity,
    /// Whether an entry of `acknowledgements` may name this code (contract section 4).
    pub acknowledgeable: bool,
    /// What it means, in one line.
    pub title: &'static str,
    /// Why it matters and what to do, in a few sentences.
    pub page: &'static str,
}

/// A stretch of one line of one input file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to the configuration directory, with `/`.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, in characters from 1.
    pub column: u32,
    /// The length of the marked text, in bytes; 1 if it is unknown.
    pub len: u32,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding.
    pub code: Code,
    /// Its severity here.
    pub severity: Severity,
    /// What it is about: an address such as `user/bob@acme.com`.
    pub subject: Option<String>,
    /// What is wrong, with the facts.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where in the configuration.
    pub place: Option<Place>,
}

impl Finding {
    /// A finding of this severity, with no subject, help or place yet.
    pub fn new(severity: Severity, code: Code, message: impl Into<String>) -> Finding {
        Finding {
            code,
            severity,
            subject: None,
            message: message.into(),
            help: None,
            place: None,
        }
    }

    /// An error.
    pub fn error(code: Code, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: Code, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Warning, code, message)
    }

    /// An info.
    pub fn info(code: Code, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Info, code, message)
    }

    /// A hold.
    pub fn hold(code: Code, message: impl Into<String>) -> Finding {
        Finding::new(Severity::Hold, code, message)
    }

    /// Says what the finding is about.
    pub fn about(mut self, subject: impl Into<String>) -> Finding {
        self.subject = Some(subject.into());
        self
    }

    /// Says where it is.
    pub fn at(mut self, place: Place) -> Finding {
        self.place = Some(place);
        self
    }

    /// Says where it is, if that is known.
    pub fn at_opt(mut self, place: Option<Place>) -> Finding {
        self.place = place;
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// The sort key of findings: file, line, column, then code, subject and message.
    /// Findings without a place come last.
    pub fn order(&self) -> impl Ord + '_ {
        (
            self.place.is_none(),
            self.place.as_ref().map(|p| (&p.file, p.line, p.column)),
            self.code,
            &self.subject,
            &self.message,
        )
    }
}

/// Puts findings in order and drops those that are equal in everything.
pub fn sort_findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| a.order().cmp(&b.order()));
    findings.dedup();
}

/// How near a name is that may be meant, for [`nearest`].
pub const NEAR: f32 = 0.7;

/// " Did you mean `x`?" for the name of `known` that is nearest to `name`, if one is near.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(name, known, NEAR).map(|near| format!("Did you mean `{near}`?"))
}
/// Several objects of the organisation have the same name, so none of them can be chosen. `what` is the kind in the plural.
pub fn several(what: &str, name: &str, ids: &[&str]) -> Finding {
    let count = ids.len();
    let message = format!(
        "the organisation has {count} {what} called `{name}`: {}",
        ids.join(", ")
    );
    Finding::error(NAME_AMBIGUOUS, message)
        .help("rename all but one in Control Hub, and take a new snapshot")
}
