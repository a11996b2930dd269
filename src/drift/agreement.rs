//! Whether the organisation is as the files say. The exit code tells what a plan would change, and that is not the same:
//! manual work is no change, a loss of which no file says anything is in no plan, and what could not be read is unknown.

use serde::Serialize;

use super::Drift;
use crate::finding::{
    APPLIED_SNAPSHOT_NEWER, BROADWORKS_NOT_CAPTURED, CALLING_NO_WORK_PHONE, CALLING_NUMBER_IN_USE,
    CALLING_NUMBER_UNKNOWN, Code, DRIFT_CALLING_LOST, DRIFT_LOSSES_UNKNOWN, GO_DEVICE_UNKNOWN,
    NOT_KNOWN, RENAMED_IN_WEBEX, Severity, USER_GONE,
};
use crate::plan::FindingLine;

/// The codes that say that it is unknown whether something differs.
pub const UNKNOWN: [Code; 5] = [
    NOT_KNOWN,
    APPLIED_SNAPSHOT_NEWER,
    DRIFT_LOSSES_UNKNOWN,
    GO_DEVICE_UNKNOWN,
    BROADWORKS_NOT_CAPTURED,
];

/// The codes of warnings which say that something is not as the files want it, or was lost, and that no request changes that.
const DIFFERENT: [Code; 6] = [
    DRIFT_CALLING_LOST,
    USER_GONE,
    RENAMED_IN_WEBEX,
    CALLING_NO_WORK_PHONE,
    CALLING_NUMBER_IN_USE,
    CALLING_NUMBER_UNKNOWN,
];

/// Whether the organisation is as the files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// Everything that was compared is as the files say.
    Matches,
    /// Something is not.
    Differs,
    /// Nothing that is known differs, and something is not known.
    Unknown,
}

impl Drift {
    /// Whether the organisation is as the files say. A known difference goes before what is unknown.
    pub fn agreement(&self) -> Agreement {
        let mut findings = self.plan.findings.iter();
        if !self.plan.changes.is_empty() || findings.any(is_different) {
            return Agreement::Differs;
        }
        match self.plan.findings.iter().any(is_unknown) {
            true => Agreement::Unknown,
            false => Agreement::Matches,
        }
    }
}

/// Whether a finding says that something is not as the files want it, or was lost.
pub fn is_different(finding: &FindingLine) -> bool {
    match finding.severity {
        Severity::Error => true,
        Severity::Hold => !is_unknown(finding),
        Severity::Warning | Severity::Info => {
            DIFFERENT.iter().any(|code| finding.code == code.as_str())
        }
    }
}

/// Whether a finding says that it is unknown whether something differs.
pub fn is_unknown(finding: &FindingLine) -> bool {
    UNKNOWN.iter().any(|code| finding.code == code.as_str())
}
