//! Finding codes: Webex Go.

use crate::finding::{Code, CodePage};

codes! {
    // Webex Go

    GO_PROFESSIONAL_REQUIRED = "go-professional-required", Error, false,
        "Webex Go needs Webex Calling Professional.",
        "An error of the plan (exit 4), in two cases. A person is to have Webex Go and neither has Calling Professional nor gets it \
         in the same plan: give it with a template or an override. Or Calling is to be removed from a person who has a Webex Go \
         device: it stays until the device is gone. Write `webexGo: {mode: none}` for the person, which removes the device before \
         Calling, or delete the device in Control Hub (the person, Devices). It is a hold where the snapshot has no `devices`: \
         whether the person has Webex Go is unknown then, so Calling is not removed and the person is not deleted. Capture the \
         snapshot with `trunkline snapshot --live`, which reads devices; with CSV exports, list them in `devices` of the --facts \
         file, `[]` for none.";

    GO_DEVICE_MANUAL = "go-device-manual", Hold, false,
        "A Webex Go device is added only manually.",
        "A hold: no documented request adds a Webex Go device, so a person does it in Control Hub. The help lists the clicks, which \
         subscription and, for a person without a phone number, which number to choose. All that Webex Go needs is there, or comes \
         with this plan: then apply first. The activation code goes to the person by e-mail; where the organisation suppresses \
         e-mail, hand it over yourself. The hold disappears with the first snapshot that has the device.";

    GO_DEVICE_UNKNOWN = "go-device-unknown", Hold, false,
        "Whether a person has a Webex Go device is unknown.",
        "A hold: the snapshot has no `devices`, as one made from CSV exports, so Webex Go cannot be compared; or it has a device that \
         may be the one: without an owner whom it knows, without type and product, or several of one person, of which one request \
         removes one. Nothing is planned for the device. Capture the snapshot with `trunkline snapshot --live`, or list the devices in `devices` of the --facts file.";

    GO_DEVICE_MISSING = "go-device-missing", Error, false,
        "The device of a mobile number has not appeared.",
        "An error of the plan (exit 4): Webex adds the Webex Go device by itself when a mobile number becomes the phone number of a \
         person, within minutes. An hour after the number was assigned there is none. It is a hold as long as the hour lasts, and \
         where no applied snapshot says since when the person has the number. Open the person in Control Hub, Devices; if the \
         device is missing there too, open a case with Cisco TAC.";

    GO_COUNTRY_UNSUPPORTED = "go-country-unsupported", Error, false,
        "Webex Go is not offered in this country.",
        "An error of the plan (exit 4) for `mode: byod`: the location of the person must be in the United States, the United Kingdom \
         or France. It is a hold where the country of the location is unknown, and a warning in two cases: in France, which \
         Cisco's article names for the page of the person and not for the page Devices, and for `mode: mobileOperator`, where the \
         operator decides. Move the person to a location in such a country, or remove `webexGo`.";

    GO_PSTN_REQUIRED = "go-pstn-required", Error, false,
        "Webex Go needs a location with a PSTN connection.",
        "An error of the plan (exit 4): the location of the person, or of the ordered mobile numbers, has no connection to the \
         public network. It is a hold where the snapshot does not have the connection. Set up the connection in Control Hub: \
         Services, Calling, PSTN.";

    GO_SUBSCRIPTION_AMBIGUOUS = "go-subscription-ambiguous", Error, false,
        "Several subscriptions have Webex Go licences, and the files name none.",
        "An error of the plan (exit 4): Control Hub asks which subscription pays, and trunkline does not choose. The message lists \
         them with their free units. Name one: `webexGo: {mode: byod, subscription: Sub-2024}` for a person, `subscription` for an \
         operator account.";

    GO_PHONE_NUMBER_REQUIRED = "go-phone-number-required", Error, false,
        "Webex Go needs a phone number, and the files name none.",
        "An error of the plan (exit 4). With `mode: byod`, a person without a phone number needs one to be chosen in Control Hub: \
         name it as `webexGo.phoneNumber`, or give the person a `phoneNumber`. With `mode: mobileOperator`, the mobile number is \
         the `phoneNumber` of the person. The help lists numbers that are free in the location.";

    GO_PHONE_NUMBER_DIFFERS = "go-phone-number-differs", Error, false,
        "A person with a phone number cannot choose another one for Webex Go.",
        "An error of the plan (exit 4): Control Hub asks for a number only where the person has none, and Webex Go then rings on \
         the number that the person has. Remove `webexGo.phoneNumber`, or change `phoneNumber` of the person.";

    GO_ACTIVATION_PENDING = "go-activation-pending", Info, false,
        "An activation code of Webex Go has not been used yet.",
        "An info: the device is there and waits for its code, which is valid for 90 days from the day on which the device was added. The \
         message says how many have passed when the snapshot was captured. Nothing has to be done unless the person has no code.";

    GO_ACTIVATION_EXPIRING = "go-activation-expiring", Warning, false,
        "An activation code of Webex Go expires within two weeks.",
        "A warning: the code is valid for 90 days, and more than 76 have passed without its use. Remind the person. A new code can be \
         made in Control Hub while the device waits for one, and invalidates the old one.";

    GO_ACTIVATION_EXPIRED = "go-activation-expired", Error, false,
        "An activation code of Webex Go has expired.",
        "An error of the plan (exit 4): more than 90 days have passed since the device was added, and its code was not used. No \
         request makes a new one. In Control Hub open the person, Devices, the Webex Go device, and generate a new code; if that \
         is not offered, delete the device and add it again.";

    GO_MODE_CHANGE = "go-mode-change", Warning, false,
        "A person changes between an own phone and a mobile operator.",
        "A warning: the two kinds of Webex Go differ in effect. A phone of one's own only adds a device to the number that the person has. \
         A mobile operator's number replaces that number, and brings a device. The message names both effects. Remove the old \
         device in Control Hub when the new one works.";

    PRIMARY_NUMBER_REPLACED = "primary-number-replaced", Warning, false,
        "A mobile number replaces the phone number of a person.",
        "A warning: with a mobile operator, the mobile number becomes the phone number of the person. The number that the person \
         had is displaced, stays with its location without an owner, and can be given to others from the next plan on. Callers \
         of the old number no longer reach the person.";

    NUMBER_NOT_WEBEX_MOBILE = "number-not-webex-mobile", Error, false,
        "A number is not a mobile number of Webex.",
        "An error of the plan (exit 4): `mode: mobileOperator` needs a number that Webex lists as mobile (the badge Webex Mobile in \
         Control Hub), and this one is not. Order it under `numbers` with `type: mobile`, or name another number.";

    NUMBER_NOT_IN_INVENTORY = "number-not-in-inventory", Hold, false,
        "A mobile number cannot be assigned before it is in the inventory.",
        "A hold: the files order the number, and the order is held. The message of the operator account says what it waits for. The \
         number is assigned by the plan after the one that has it.";

    OPERATOR_ACCOUNT_IMMUTABLE = "operator-account-immutable", Error, true,
        "The id of an operator account can never be changed once it is confirmed.",
        "An error (exit 4) until it is acknowledged, for a new account: pressing Confirm in Control Hub makes the account id \
         permanent. Check it with the operator, then acknowledge it.\n\
         \n    acknowledgements:\
         \n      - {code: operator-account-immutable, subjects: [operatorAccount/acme-mobile], reason: \"Read from the contract, FIN-12\"}\n\
         \nIt is an error without acknowledgement where the files change the id of an account that an earlier revision (`--base` or \
         `--policy-ref`) has as confirmed: declare a second account instead. No output shows the id.";

    OPERATOR_ACCOUNT_MANUAL = "operator-account-manual", Hold, false,
        "An operator account is confirmed only manually.",
        "A hold: the Webex API cannot create the account. The help lists the clicks in Control Hub. Afterwards write what Control Hub shows \
         into the file: `authorization: pending` and `confirmedAt`.";

    OPERATOR_ACCOUNT_PENDING = "operator-account-pending", Hold, false,
        "An operator has not authorised the account yet.",
        "A hold: the operator asks the contact of the account, which may take up to 48 hours. No mobile number is ordered until \
         then. Look in Control Hub again when the 48 hours are over, and write what it shows as `authorization`. Without \
         `confirmedAt` it is unknown how long the account has waited.";

    OPERATOR_ACCOUNT_OVERDUE = "operator-account-overdue", Warning, false,
        "An operator has not authorised an account for more than 48 hours.",
        "A warning: more than 48 hours have passed since `confirmedAt`. Look in Control Hub and write what it shows as \
         `authorization`. If it still says Pending, contact the operator: the contact of the account may have received no request.";

    OPERATOR_ACCOUNT_FAILED = "operator-account-failed", Error, false,
        "An operator has refused to authorise an account.",
        "An error of the plan (exit 4): no number is ordered from this account, and nothing is tried again. Contact the operator. \
         Since a confirmed account id cannot be changed, declare a second account where the id was wrong.";

    OPERATOR_ACCOUNT_REQUIRED = "operator-account-required", Error, false,
        "New mobile numbers need an operator account.",
        "An error of the plan (exit 4): the block lists mobile numbers that Webex does not have. They are ordered from a mobile \
         operator: name the account with `operatorAccount`, and give the account its `carrierId`, which orders contain.";

    OPERATOR_ACCOUNT_UNKNOWN = "operator-account-unknown", Error, false,
        "No operator account has this name.",
        "An error of the files (exit 1): `operatorAccount` names an account that `webexGo.operatorAccounts` does not have. Correct \
         the name, or declare the account.";

    OPERATOR_ACCOUNT_MISMATCH = "operator-account-mismatch", Error, false,
        "The two entries of an operator account id differ.",
        "An error of the files (exit 1): Control Hub asks for the id twice, and so do the files: `accountId` and \
         `confirmAccountId` must be the same. The message does not show them. Read both from the contract again.";

    MOBILE_NUMBERS_SUPPORT_CASE = "mobile-numbers-support-case", Hold, false,
        "Mobile numbers whose digits are unknown are provisioned by a support case.",
        "A hold: `unknownNumbers` says how many. In Control Hub choose Services, Calling, Numbers, Manage, Add numbers, the location, \
         Mobile number, the operator and its account, then Open support case. The numbers appear in a later snapshot: list them \
         under `numbers`, and remove `unknownNumbers`.";
}
