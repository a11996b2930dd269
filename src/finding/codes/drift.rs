//! Finding codes of `drift`, in addition to those of the plan.

use crate::finding::{Code, CodePage};

codes! {
    // Drift

    CONTROL_HUB_TEMPLATE = "control-hub-template", Warning, false,
        "Control Hub assigns licences automatically, against the files.",
        "A warning of `drift`: licences that the files removed are back, either by no administrator or for several people of one \
         group at once; or the organisation has a licence template. trunkline decides licences itself. Two systems that decide \
         undo each other's work, each time at the risk of data that goes with a licence. In Control Hub, turn off automatic \
         assignment for the groups that trunkline manages (Management, Licenses, Auto-assign). If the template is right, write \
         what it gives in the files.";

    DRIFT_CALLING_LOST = "drift-calling-lost", Warning, false,
        "Somebody lost Calling in Webex, and no file says that they should have it.",
        "A warning of `drift`: since the last apply, a person or a workspace of which the files say nothing lost Calling, and with it \
         the number, voicemail settings and calling services. There is nothing to plan, because what is not in the files is not managed. \
         If it was a mistake, act soon: a number that is free can be given to another one. To see such a loss as a change, give the person an entry with location, number, extension \
         and licence; `trunkline import` writes one for everyone with Calling. The warning ends when they have Calling again or \
         are deleted, or when an entry says that the loss is meant (`licenses: {remove: [calling]}`); an apply does not end it.";

    DRIFT_LOSSES_UNKNOWN = "drift-losses-unknown", Info, false,
        "It is unknown whether somebody whom no file names lost Calling.",
        "Info: the snapshot of the last apply cannot be compared with the present one, for example because it lacks the workspaces, as one \
         from CSV files may; or, for one workspace, because others have its name and no ids tell them apart. What the files say is \
         compared as always.";

    DRIFT_CAUSE_UNKNOWN = "drift-cause-unknown", Info, false,
        "It is unknown what was applied last, so the cause of a difference is unknown.",
        "Info: the snapshot of the last apply is missing, cannot be used or is of another organisation. The differences are still \
         correct; it is only unknown whether the files or the organisation changed. `apply` writes the snapshot to \
         `.trunkline/applied.json.zst` beside the files: keep it where `drift` runs, such as in the cache of the CI job, or name \
         another one with `--applied`.";

    DRIFT_ACTORS_UNREADABLE = "drift-actors-unreadable", Info, false,
        "It is unknown who changed something live.",
        "Info: the token may not read the audit trail of administrators, or Webex did not answer. The differences and their causes \
         are still correct. Give the token the scope `audit:events_read` of a full administrator, or look in Control Hub under \
         Troubleshooting, Logs, Admin audit.";
}
