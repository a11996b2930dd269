//! Finding codes about earlier runs.

use crate::finding::{Code, CodePage};

codes! {
    PUT_BACK_OWED = "put-back-owed", Error, false,
        "An apply left a person without something that no plan removes.",
        "An error of the plan (exit 4): according to the journals in the state directory, an apply was changing the Calling \
         licence of this person or workspace, which lost Calling, its number, its extension or its settings in the process. The \
         run ended, or could not fix it. The help names the oldest backup from before the change, and the commands: `restore` with \
         it, then `apply` with the plan that it makes; for an encrypted backup also the age identity that decrypts it. `apply \
         --resume` of the interrupted run restores it too. The finding stays until one of these is done. If it was fixed by \
         other means, delete the journal that the help names. A request that is not about Calling can also be the cause: it unintentionally removed \
         something that no plan removes, such as a number or an extension, another administrator removed Calling during the run, or the exchange \
         of another licence was carried out in part. There is no backup then; the finding ends as soon as everything is restored.";

    CHANGE_NOT_COMPARED = "change-not-compared", Warning, false,
        "An apply ended before it compared a person's settings.",
        "A warning: an apply gave this person or workspace another Calling licence, and ended before it could compare the settings \
         with those from before. They are most likely unchanged. `apply --resume` compares them, and restores what is missing. The \
         help names the backup.";
}
