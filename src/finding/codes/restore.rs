//! Finding codes of `restore`.

use crate::finding::{Code, CodePage};

codes! {
    RESTORE_GONE = "restore-gone", Error, false,
        "The person or workspace of the backup no longer exists.",
        "An error (exit 1): a restore finds the person or workspace by the id that the backup has, under whatever address or name it has \
         today, and nobody has that id. A different account that has the address now gets nothing. If it was deleted and nobody has \
         the address, `restore --recreate` creates it again, with a new id.";

    RESTORE_LOST = "restore-lost", Info, false,
        "Something that no backup can restore.",
        "Info: Webex does not return the recordings, the messages and the PIN of a mailbox, nor some settings that only the person \
         can see. They were lost when the licence or the account was removed, and no request restores them. Tell the person what \
         to set again: the PIN first, because without it the mailbox cannot be opened from a phone.";

    RESTORE_BY_HAND = "restore-by-hand", Info, false,
        "Something in the backup that must be restored manually.",
        "Info: groups, call queues and hunt groups own the lists of their members, roles are given in the files, and phones are \
         activated on site. The backup lists what there was; the plan does not change it. Restore it in the files if they manage \
         it, or in Control Hub.";

    RESTORE_UNREAD = "restore-unread", Warning, false,
        "The backup lacks something that could not be read when it was made.",
        "A warning: when the backup was made, Webex did not return this setting; the message says why. It is not in the plan. Look \
         in an older backup, or set it manually.";

    RESTORE_OTHER_SUBSCRIPTION = "restore-other-subscription", Info, false,
        "A licence comes back from another subscription.",
        "Info: the subscription that the licence came from has been replaced, is not active, or has no free unit, so the plan \
         takes the same product from another one. To use a certain subscription, name it in the files after the restore: that is a \
         move, which loses nothing.";

    RESTORE_KEPT = "restore-kept", Info, false,
        "Something differs from the backup and is not changed.",
        "Info: the person or workspace has Calling or another licence again, and it differs from what the backup has. A restore \
         adds what is missing; it removes nothing and changes no number. Change it in the files if you want the old state.";

    RESTORE_UNDONE = "restore-undone", Warning, false,
        "The files still ask for what the restore undoes.",
        "A warning: the next plan from these files would remove again what this one restores. The message shows where. Remove that \
         from the files in the same change.";

    RESTORE_NO_CALLING = "restore-no-calling", Error, false,
        "Settings cannot be restored without Calling.",
        "An error of the plan (exit 4): settings belong to a Calling licence, and another finding says why the plan does not \
         restore it. Fix that first. Or give the person Calling in the files, with another number if necessary, apply, and run the \
         restore again: it then restores only the settings.";
}
