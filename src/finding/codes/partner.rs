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
        "Nobody tells trunkline what Partner Hub has of clusters or customer templates.",
        "An info: Webex has no request that lists clusters and customer templates, so a snapshot tells of them only what somebody wrote \
         down. For the objects and settings that the message names it is unknown whether they agree with the files. Compare them in \
         Partner Hub, write what is there under `broadworks.clusters` and `broadworks.customerTemplates` of a snapshot file, and give it \
         to `trunkline snapshot --facts`. With `--base`, what the files have changed since that revision is shown as a checklist even so.";

    BROADWORKS_CLUSTER_TOO_LARGE = "broadworks-cluster-too-large", Error, false,
        "A cluster has too many customers for a change in Partner Hub.",
        "An error (exit 4): with more than 50 customers on a cluster, Partner Hub does not change its Xsi-Actions, Xsi-Events, DAS and XSP \
         addresses and its NST sync. Open a case with Cisco TAC for them, or put the old values back into the files. Other settings of \
         the cluster are shown as a checklist as usual. The number of customers is `customersCount` of the cluster where somebody wrote \
         it down, else the number of enterprises that files and snapshot know.";
}
