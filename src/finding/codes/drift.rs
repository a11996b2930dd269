//! Finding codes: what `drift` has to say beside the plan.

use crate::finding::{Code, CodePage};

codes! {
    // Drift

    CONTROL_HUB_TEMPLATE = "control-hub-template", Warning, false,
        "Control Hub assigns licences by itself, against the files.",
        "A warning of `drift`: licences are back that the files took away, by a hand that is nobody's or for several people of one group \
         at once; or the organisation is known to have a licence template. trunkline decides licences itself, and two that decide \
         undo each other's work, each time at the risk of data that goes with a licence. In Control Hub, switch the automatic \
         assignment off for the groups that trunkline manages (Management, Licenses, Auto-assign). If the template is right, let \
         the files say what it gives.";

    DRIFT_CAUSE_UNKNOWN = "drift-cause-unknown", Info, false,
        "Nobody knows what was applied last, so the cause of a difference is unknown.",
        "Info: the snapshot of the last apply is missing, cannot be used or is of another organisation. The \
         differences are right all the same; only whether the files moved or the organisation did cannot be told. `apply` writes the \
         snapshot to `.trunkline/applied.json.zst` beside the files: keep it where `drift` runs, such as in the cache of the CI \
         job, or name another one with `--applied`.";

    DRIFT_ACTORS_UNREADABLE = "drift-actors-unreadable", Info, false,
        "Who changed something live cannot be told.",
        "Info: the token may not read the audit trail of administrators, or Webex did not answer. The differences and \
         their causes are right all the same. Give the token the scope `audit:events_read` of a full administrator, or look into \
         Control Hub under Troubleshooting, Logs, Admin audit.";
}
