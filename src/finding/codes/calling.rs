//! Finding codes: Calling, numbers and locations.

use crate::finding::{Code, CodePage};

codes! {
    // Calling, numbers and locations

    NUMBERS_MANUAL_CONTROL_HUB = "numbers-manual-control-hub", Hold, false,
        "Numbers of this location are ordered and returned only manually.",
        "A hold: the location reaches the public network through Cisco Calling Plans or an integrated provider (`pstn` is \
         CISCO_PSTN or INTEGRATED_CCP in the snapshot). Cisco warns that requests for such numbers damage the data behind them, so \
         none is sent. Order or return the numbers in Control Hub: Services, Calling, Numbers, Manage. Take a new snapshot; the \
         next plan includes them.";

    CALLING_NO_WORK_PHONE = "calling-no-work-phone", Warning, false,
        "A user has no work phone number, so Calling cannot be given.",
        "A warning: Calling needs a location and a number or extension. Where no override names one, both are found by the work \
         phone number, for people from a directory and for people added manually alike. The person gets everything except Calling. \
         Fill in the work phone number in the directory, or in Control Hub for people added manually; or name a number or \
         extension in an override.\n\
         \n    users:\
         \n      ana@acme.com: {location: Dallas, extension: \"1003\"}";

    CALLING_NUMBER_UNKNOWN = "calling-number-unknown", Warning, false,
        "A phone number is not in the inventory.",
        "The number is neither in the snapshot nor under `numbers`, so it belongs to no location yet. It is a warning if it comes \
         from the directory and an error (exit 4) if it is in your files; the person gets everything except Calling, or keeps the \
         old number. Add the number to its location, or correct the digits.\n\
         \n    numbers:\
         \n      - location: Dallas\
         \n        numbers: [\"+12145550101\"]";

    CALLING_NUMBER_IN_USE = "calling-number-in-use", Warning, false,
        "A phone number already belongs to another person, workspace or feature.",
        "A user, a workspace or a service such as a hunt group has the number, or an earlier change of this plan takes it; the \
         message says who. It is a warning if the number comes from the directory and an error (exit 4) if it is in your files, \
         and the number stays with its owner. Choose another number, or release it first. A number released in this same plan can \
         be named with `phoneNumber`; for a work phone or `auto` it is free from the next plan on.";

    CALLING_LOCATION_REQUIRED = "calling-location-required", Error, false,
        "Calling needs a location, and there is none.",
        "A Calling user belongs to a location, and neither the override nor the number nor what was observed gives one. It is an \
         error (exit 4) if your files ask for the number or extension, and a warning if the directory does; the person gets \
         everything except Calling. Name the location in the override.\n\
         \n    users:\
         \n      ana@acme.com: {location: Dallas, extension: \"1003\"}";

    CALLING_LOCATION_UNKNOWN = "calling-location-unknown", Error, false,
        "The location for Calling does not exist or is not enabled for Calling.",
        "No location has this name, or it is not enabled for Webex Calling, so no one can be given Calling there. It is an error \
         (exit 4) if your files are the source, and a warning if the directory is; the person gets everything except Calling. \
         Correct the name, or enable the location with a `calling` block.\n\
         \n    locations:\
         \n      Dallas:\
         \n        calling: {mainNumber: \"+12145550100\"}";

    CALLING_LOCATION_MISMATCH = "calling-location-mismatch", Error, false,
        "The location given and the location of the number are not the same.",
        "An error of the plan (exit 4): a number rings in the location that it belongs to, so a person there cannot belong to \
         another one. If the finding is about a number that is in use, its location follows its owner: change the location of the \
         owner, and write the new location for the number too. A main number stays in its location until that has another one. In \
         all other cases, correct the location, or name a number of that location.";

    CALLING_EXTENSION_IN_USE = "calling-extension-in-use", Error, false,
        "The extension is already in use in that location.",
        "An extension is unique within a location, over users and workspaces. Usually an error (exit 4), and a warning where the \
         directory is the source; a Calling grant or a move to that location is left out as a whole. The message says who has it. \
         Choose another extension, write `extension: auto`, or change the other one first.";

    CALLING_EXTENSION_OR_NUMBER_REQUIRED = "calling-extension-or-number-required", Error, false,
        "Calling needs an extension or a phone number.",
        "An error of the plan (exit 4): nothing says which number or extension to use. A person whom the plan creates has no work \
         phone yet, a workspace never has one, and `phoneNumber: null` says that there is to be no number. The person or workspace \
         gets everything except Calling. Name at least one of the two, and the location.\n\
         \n    users:\
         \n      ana@acme.com: {location: Dallas, extension: \"1003\"}";

    CALLING_INCOMPLETE = "calling-incomplete", Warning, false,
        "A person holds Calling without a location, or without a number and extension.",
        "A warning, or a hold where the files ask for a change: the Calling licence is assigned, but there is no location, or \
         neither a number nor an extension. Provisioning failed halfway, and no calls can be made or received. Webex refuses to \
         move such a licence to another subscription, so nothing is planned for it except its removal, and it refuses a new name or \
         other roles of such a person. Fix it in Control Hub: open the person or workspace, Calling, and give it a location and a \
         number or an extension. Take a new snapshot; the next plan includes it.";

    CALLING_NUMBER_NOT_MOVABLE = "calling-number-not-movable", Error, false,
        "The phone number cannot move to the new location.",
        "An error of the plan (exit 4): a number goes with its user only within the same country and the same PSTN connection, and \
         what is unknown is not the same. The whole change of location is left out, and the person keeps the old location and \
         number; a free number under `numbers` stays where it is. Name a number of the new location with `phoneNumber`. If the snapshot lacks the country or the connection of a \
         location, write it under `locations`, or take a snapshot that has it.\n\
         \n    users:\
         \n      ana@acme.com: {location: Paris, phoneNumber: \"+33123456789\"}";

    CALLING_BLOCK_UNUSED = "calling-block-unused", Warning, false,
        "A location, number or extension is given to a person without Calling.",
        "A warning: `location`, `phoneNumber` and `extension` do nothing for a person who neither has nor gets Calling. Perhaps a \
         template or an override was forgotten, or the Calling grant is blocked by another finding. Grant Calling, or delete the \
         fields.";

    DIRECTORY_NUMBER_DIVERGED = "directory-number-diverged", Info, false,
        "The directory has another number than Calling.",
        "An info: the work phone number of this person changed in the directory, but a person who already has Calling keeps number \
         and location. Callers who use the directory reach another number than the one that rings here. Correct the directory, or \
         give the person the new number with `phoneNumber`.";

    LOCATION_NO_FREE_NUMBER = "location-no-free-number", Error, false,
        "The location has no free number for `auto`.",
        "An error of the plan (exit 4): `phoneNumber: auto` takes the lowest free, active direct number of the location, and none \
         is left. The main number is never taken. Numbers released in this plan count from the next plan on. Add numbers under \
         `numbers`, or name a number or an extension yourself.";

    NUMBER_SWAP_NEEDS_EXTENSION = "number-swap-needs-extension", Error, false,
        "A swap of numbers needs a person with an extension.",
        "An error of the plan (exit 4): these people exchange their numbers, so for a moment one of them has no number. Calling \
         needs a number or an extension at every moment, and none of them has an extension. Give one of them an extension; you can \
         remove it later.\n\
         \n    users:\
         \n      ana@acme.com: {phoneNumber: \"+12145550102\", extension: \"1003\"}";

    NUMBER_TYPE_MISMATCH = "number-type-mismatch", Error, false,
        "A number has another type in Webex than in the file.",
        "An error of the plan (exit 4): the type of a number (`did`, `tollFree` or `mobile`) is fixed when it is added, and this \
         one was added as another. Correct `type` to what is observed, or omit it. If the number really is of the other type, \
         delete it and add it again with that type.";

    NUMBER_NOT_VALID = "number-not-valid", Warning, false,
        "A phone number does not look like one that exists.",
        "A warning: the form of the number is right, but the numbering plan of its country has no such number, as far as the \
         library libphonenumber knows. Often a digit is missing, doubled or swapped. Check the digits; if the number does exist, \
         nothing has to be done.";

    LOCATION_INCOMPLETE = "location-incomplete", Error, false,
        "A new location lacks what Webex needs to create it.",
        "An error of the plan (exit 4): the organisation lacks the location, and without a time zone, a language and an address \
         Webex does not create it. The message names every member that is missing; some countries also need `state`, which only \
         Webex knows. The location stays out of the plan, with the numbers and people that need it. Complete it, or, if it exists \
         under another name, correct the name.\n\
         \n    locations:\
         \n      Austin:\
         \n        timeZone: America/Chicago\
         \n        preferredLanguage: en_US\
         \n        address: {address1: 500 Congress Ave, city: Austin, state: TX, postalCode: \"78701\", country: US}";

    LOCATION_NAME_TAKEN = "location-name-taken", Error, false,
        "The name differs from that of an existing location only in case.",
        "An error of the plan (exit 4): names are exact here, and the organisation has a location whose name differs only in upper \
         and lower case. Two such locations are hardly intended, so none is created. Write the name as the organisation has it.";

    LOCATION_COUNTRY_FIXED = "location-country-fixed", Error, false,
        "The country of a location cannot be changed.",
        "An error of the plan (exit 4): numbers, connection and rules of a location follow its country, and Webex keeps the \
         country that it was created with. An address is sent whole, so the whole address stays as it is. Restore the old country. \
         If the office did move to another country, declare a new location and move people and workspaces there.";

    MAIN_NUMBER_UNKNOWN = "main-number-unknown", Error, false,
        "The main number does not belong to the location.",
        "An error of the plan (exit 4): the main number of a location has to be one of its numbers, as the inventory is after the \
         plan. The main number stays as it is, or none is set; the rest of the location is planned. Add the number to the \
         location, or correct the digits.\n\
         \n    numbers:\
         \n      - location: Austin\
         \n        numbers: [\"+15125550100..+15125550119\"]";

    PSTN_MANUAL_CONTROL_HUB = "pstn-manual-control-hub", Hold, false,
        "The connection to the public network has to be set in Control Hub.",
        "A hold: not an error, but it has to be done manually. `pstn` is compared with what the snapshot says and is never set \
         from here, because Webex lets programs set only some kinds of connection. In Control Hub open Management, Locations, the \
         location, Calling, PSTN connection, and choose the connection there. Take a new snapshot; the next plan is then without \
         this hold. Or correct `pstn`, or omit it.";

    LANGUAGE_UNKNOWN = "language-unknown", Warning, false,
        "A language is not among those that Cisco lists.",
        "A warning: the form of `preferredLanguage` is right, but Cisco's documents do not list this language. Cisco adds \
         languages, so it may still be right; if not, Webex refuses it. Check the spelling.";

    WORKSPACE_LOCATION_FIXED = "workspace-location-fixed", Error, false,
        "The location of a workspace cannot be changed.",
        "An error of the plan (exit 4): Webex fixes the location of a workspace once it is set, so this field is left out, and its \
         number and extension with it. Restore the old location. If the room really moves, the workspace has to be deleted and \
         created again, and its devices activated again; all its Calling settings are lost in the process.";

    WORKSPACE_UNKNOWN = "workspace-unknown", Error, false,
        "The files name a workspace that does not exist.",
        "An error of the plan (exit 4): the organisation has no workspace of this name and the entry does not say that one is to \
         be created, or there is one whose name differs only in upper and lower case. Nothing is done for this entry. Correct the \
         name. A workspace is created where its entry has a `location` or `licenses`. In `guardrails.protect`, a name that nothing \
         has is a warning: it protects nothing.\n\
         \n    workspaces:\
         \n      Lobby: {location: Dallas, extension: \"1900\", licenses: {calling: workspace}}";

    WORKSPACE_HAS_DEVICES = "workspace-has-devices", Hold, false,
        "The Calling of a workspace with devices must be changed manually.",
        "A hold: this needs manual work and does not change the exit code. Cisco's API documents say that changing Calling is not \
         supported where a workspace has any device, so no request is sent for its tier, its number or its extension, nor to give \
         or remove Calling. Nor is it where the snapshot has no `devices`, or one of which it does not say whose it is: then tier, \
         number and extension stay, and Calling is not removed. Make the change in Control Hub: open the workspace, Calling, and edit the licence or the number there. \
         If Control Hub refuses too, delete the devices, make the change, and activate them again. Then capture a new snapshot. A \
         move to another subscription is planned as for any workspace. A removal of Calling is in the plan with its losses and \
         needs its acknowledgement (`calling-loss`, exit 4), although it is done manually.";

    WORKSPACE_FOR_PHONES = "workspace-for-phones", Hold, false,
        "Calling is not removed from a workspace for phones.",
        "A hold: this needs manual work and does not change the exit code. What a workspace supports is fixed when it is created, \
         and Webex refuses to remove Calling from one that was created for phones (`supportedDevices: phones` in the snapshot). \
         Delete the workspace to end its Calling, and create it again if it should stay without Calling. Its Calling is in the \
         plan with its losses and needs the acknowledgement `calling-loss`, although it is removed manually.";

    USER_NOT_MOVABLE = "user-not-movable", Hold, false,
        "Webex does not move this person to another location.",
        "A hold: this needs manual work and does not change the exit code. A person with a Webex Go device, a DECT handset, an \
         analog adapter (ATA), a device that the customer manages, or alternate numbers keeps the location; the move of such a \
         person would fail, so none is sent, and location, number and extension stay as they are. Retire the device, or remove the \
         alternate numbers, in Control Hub: open the person, Devices or Calling. Then take a new snapshot; the next plan moves the \
         person. `apply` asks Webex before each move, so that what a snapshot does not show fails there before anything is sent.";

    HOT_DESK_IDENTITY_LOSS = "hot-desk-identity-loss", Hold, false,
        "No request changes a workspace with a number or an extension into a hot desk.",
        "A hold: this needs manual work and does not change the exit code. A licence for hot desks only removes the number and the \
         extension of the workspace, and its calendar with them; Webex deletes these without asking. So no request is sent. If \
         this is intended, change the licence in Control Hub: open the workspace, Calling. Then capture a new snapshot. If it is \
         not, write the tier that the workspace has.";

    WORKSPACE_DOWNGRADE = "workspace-downgrade", Warning, false,
        "A workspace goes from Professional to a lesser Calling licence.",
        "A warning: number and extension stay, but what only Calling Professional has ends with it: voicemail, barge-in, do not \
         disturb, call bridge and the rejection of anonymous calls. Going back to Professional restores the features, not \
         necessarily their settings. Write `calling: professional` if the workspace needs them.";
}
