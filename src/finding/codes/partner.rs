//! Finding codes about what a service provider sets up in Partner Hub, and about organisations that are attached.

use crate::finding::{Code, CodePage};

codes! {
    // What a service provider sets up

    SECRET_IN_FILE = "secret-in-file", Error, false,
        "A file has a password in it instead of a reference.",
        "An error (exit 1): files are read by everyone who can read the repository, and git keeps what was committed. The value is \
         not shown here, and the line that contains it is shown with stars. Write where the password is kept, `env/NAME` for an \
         environment variable or `file/PATH` for a file outside of the repository, and change the password. trunkline sends no \
         password anywhere: the reference tells the person who sets up the provisioning account where to find it.\n\
         \n    broadworks:\
         \n      clusters:\
         \n        east: {}\
         \n      customerTemplates:\
         \n        gold:\
         \n          cluster: east\
         \n          provisioningAccount: {name: webex, passwordRef: env/BROADWORKS_PASSWORD}";

    BROADWORKS_NOT_TOLD = "broadworks-not-told", Info, false,
        "It is unknown what Partner Hub has of clusters or customer templates.",
        "An info: Webex has no request that lists clusters and customer templates, so a snapshot has of them only what was \
         recorded. For the objects and settings that the message names it is unknown whether they agree with the files. Compare them in \
         Partner Hub, write what is there under `broadworks.clusters` and `broadworks.customerTemplates` of a snapshot file, and give it \
         to `trunkline snapshot --facts`. With `--base`, what the files have changed since that revision is shown as a checklist even so.";

    BROADWORKS_CLUSTER_TOO_LARGE = "broadworks-cluster-too-large", Error, false,
        "A cluster has too many customers for a change in Partner Hub.",
        "An error (exit 4): with more than 50 customers on a cluster, Partner Hub does not change its Xsi-Actions, Xsi-Events, DAS and XSP \
         addresses and its NST sync. Open a case with Cisco TAC for them, or put the old values back into the files. Other settings of \
         the cluster are shown as a checklist as usual. The number of customers is `customersCount` of the cluster where it was recorded \
         it down, else the number of enterprises that files and snapshot know.";

    // Organisations that are attached or detached

    BROADWORKS_ATTACH_ADDRESS = "broadworks-attach-address", Error, false,
        "The address that decides which organisation is attached is not known to be in it.",
        "An error (exit 4): if the address of the first subscriber belongs to no one in the organisation, Webex does not attach it but \
         makes a new organisation, which cannot be undone. So nothing is sent unless the snapshot says that the address is there: under \
         `people` of that organisation in `broadworks.organizations`. Ask the customer for the address of a person in the organisation, \
         write it down there, and give the file to `trunkline snapshot --facts`. Check that `attach.firstUser` names this subscriber and \
         that `email` has no mistake. Where the address is that of a person in another organisation of the list, Webex may attach that \
         one: then nothing is sent either, with or without `attach`.";

    BROADWORKS_ATTACH_APPROVAL = "broadworks-attach-approval", Hold, false,
        "An organisation has to approve that it is attached.",
        "A hold: an administrator of the organisation has to approve the partner where it has 100 people or more, or a verified or claimed \
         domain; what is unknown counts as that. The address in `partnerAdminEmail` of the customer template has to become an external \
         full administrator (Control Hub of the customer: Users, Administrators, External administrators); a lesser role is not enough. \
         Every other partner administrator has to be added too, among them the one whose token `apply` uses. The hold closes when the \
         organisation appears under `broadworks.organizations` of the snapshot with `access: true`. With `attach.requestApproval: true` \
         a first attempt is sent: Webex refuses it with error 2017 and sends an e-mail to at most five administrators of the organisation, \
         with the partner administrator's address in it.";

    BROADWORKS_ATTACH_SILENT = "broadworks-attach-silent", Warning, false,
        "An organisation is attached, and nobody in it is asked or notified.",
        "A warning: with fewer than 100 people and no verified or claimed domain, Webex attaches the organisation at once, without a \
         notification to its administrators and people. The partner becomes provisioning administrator, who sees little of the people; \
         with no active licences in the organisation, full administrator. The name, the sign-in and the mail settings of the \
         organisation stay; the partner's advanced branding replaces basic branding unless it is overridden for this customer. Tell the \
         customer before.";

    BROADWORKS_ATTACH_ELSEWHERE = "broadworks-attach-elsewhere", Error, false,
        "An enterprise is attached to another organisation than the files say.",
        "An error (exit 4): an enterprise belongs to one organisation, and its subscribers cannot be in several. Nobody is added to this \
         enterprise until files and Webex agree. If Webex made a new organisation because the first address was wrong, detach the \
         enterprise (`detach`) and delete that organisation; if the files are wrong, correct `attach.organization`.";

    BROADWORKS_DETACHING = "broadworks-detaching", Hold, false,
        "An enterprise is detached step by step, and the next step is manual or not due yet.",
        "A hold: detaching removes the workspaces first, then the subscribers, then people who are still pending (manually, in Partner \
         Hub), then the Calling configuration (manually, in the customer's Control Hub). A step begins only when the snapshot shows that \
         nothing is left of the one before. The message says which step it is, what is left, and what to do. Take a new snapshot after \
         each step, and plan again: an interrupted run resumes where it was.";
}
