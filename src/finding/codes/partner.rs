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
}
