//! What `restore` has to say.

use crate::finding::{Code, CodePage};

codes! {
    RESTORE_LOST = "restore-lost", Info, false,
        "Something that no backup can bring back.",
        "Info: Webex gives nobody the recordings, the messages and the PIN of a mailbox, and some settings that only the person can see. \
         They were lost when the licence or the account was taken away, and no request brings them back. Tell the person what to set \
         again: the PIN first, because without it the mailbox cannot be opened from a phone.";

    RESTORE_BY_HAND = "restore-by-hand", Info, false,
        "Something that the backup knows and that has to be given back by hand.",
        "Info: groups, call queues and hunt groups keep their members with themselves, roles are given in the files, and phones are \
         activated by whoever stands before them. The backup says what there was; the plan does not touch it. Do it in the files where \
         they manage it, otherwise in Control Hub.";

    RESTORE_UNREAD = "restore-unread", Warning, false,
        "The backup lacks something that could not be read when it was made.",
        "A warning: when the backup was made, Webex did not give this setting, and the message says why. It is not in the plan. Look in an \
         older backup, or set it by hand.";

    RESTORE_OTHER_SUBSCRIPTION = "restore-other-subscription", Info, false,
        "A licence comes back from another subscription.",
        "Info: the subscription that the licence came from has been replaced, is not active, or has no free unit, so the plan takes the \
         same product from another one. To have it from a certain one, name it in the files after the restore: that is a move, which \
         loses nothing.";

    RESTORE_KEPT = "restore-kept", Info, false,
        "Something is not as in the backup, and stays as it is.",
        "Info: the person or workspace has Calling or another licence again, and it differs from what the backup has. A restore gives \
         back what is missing; it takes nothing away and changes no number. Change it in the files if the old state is meant.";

    RESTORE_UNDONE = "restore-undone", Warning, false,
        "The files still ask for what the restore takes back.",
        "A warning: the next plan from these files would take away again what this one gives back. The message shows where. Take that \
         out of the files in the same change.";

    RESTORE_NO_CALLING = "restore-no-calling", Error, false,
        "Settings cannot be written, because there is no Calling to have them.",
        "An error of the plan (exit 4): settings belong to a Calling licence, and another finding says why the plan does not give it back. \
         Mend that first. Or give the person Calling in the files, with another number if need be, apply, and run the restore again: it \
         then writes the settings alone.";
}
