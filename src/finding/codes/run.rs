//! What earlier runs have left behind.

use crate::finding::{Code, CodePage};

codes! {
    PUT_BACK_OWED = "put-back-owed", Error, false,
        "An apply has left somebody without what no plan takes.",
        "An error of the plan (exit 4): the journals in the state directory say that an apply was changing the Calling licence of this \
         person or workspace, and that it lost Calling, its number, its extension or its settings on the way. The run ended, or could not put \
         it right. The help names the oldest backup of before, and the commands: `restore` with it, then `apply` of the plan that it \
         makes; for an encrypted backup also whose age identity reads it. `apply --resume` of the interrupted run puts it back too. The \
         finding is there until one of these has been done. If it was settled in another way, delete the journal that the help names.";

    CHANGE_NOT_COMPARED = "change-not-compared", Warning, false,
        "An apply ended before it compared somebody's settings.",
        "A warning: an apply gave this person or workspace another Calling licence, and ended before it could compare the settings \
         with those of before. They are most likely as they were. `apply --resume` compares them, and restores what is missing. The help names the \
         backup.";
}
