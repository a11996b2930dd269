//! The table of finding codes: one row each, read by `trunkline explain CODE` and by the checks of `acknowledgements`.

use super::{Code, CodePage};

macro_rules! codes {
    ($($name:ident = $code:literal, $ack:literal, $title:literal, $page:literal;)*) => {
        $(
            #[doc = $title]
            pub const $name: Code = Code($code);
        )*

        /// Every code, in the order of the groups in this file.
        pub static CODES: &[CodePage] = &[
            $(CodePage { code: $name, acknowledgeable: $ack, title: $title, page: $page },)*
        ];
    };
}

codes! {
    // Files (exit 1)

    YAML_SYNTAX = "yaml-syntax", false,
        "A file is not valid YAML.",
        "An error (exit 1): the file cannot be read as YAML, so nothing in it counts and no plan is made. The usual causes are a tab \
         used for indentation, a missing colon or a quotation mark that is never closed. Go to the line that is shown and look at the \
         line above it as well: the mistake often sits just before the place where reading stopped.";

    UNKNOWN_FIELD = "unknown-field", false,
        "A field has a name that trunkline does not know.",
        "An error (exit 1). A misspelt field would otherwise be ignored without a word, and the setting you meant would never be \
         made. Correct the name: the message suggests the nearest one that is known at this place. Check the indentation as well, \
         since a field one level too deep or too shallow belongs to another block.";

    DUPLICATE_KEY = "duplicate-key", false,
        "The same key is given twice.",
        "An error (exit 1): only one of the two could count, and trunkline does not guess which. Each user, group, template, location \
         or other entry stands in one place in the whole directory, and `version`, `org` and `guardrails` stand once. The message \
         names both places. Merge them into one and delete the other.";

    WRONG_TYPE = "wrong-type", false,
        "A value is of the wrong type.",
        "An error (exit 1): text, a number, true or false, a list or a mapping was expected, and something else was found. Phone \
         numbers and extensions need quotation marks: without them YAML reads a number, and the plus sign or a leading zero is lost. \
         Only `true` and `false` are booleans; `yes` and `no` are text. Write for example:\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        phoneNumber: \"+12145550101\"\
         \n        extension: \"0123\"";

    INVALID_VALUE = "invalid-value", false,
        "A value is not one of those allowed here.",
        "An error (exit 1): the field is known and its type is right, but Webex or trunkline has no such value. The message says what \
         is allowed. Choose one of those values; upper and lower case matter everywhere except in e-mail addresses.";

    MISSING_FIELD = "missing-field", false,
        "A required field is missing.",
        "An error (exit 1): the block cannot be understood without this field, for example an acknowledgement without a `reason`. The \
         place shown is the block that lacks it. Add the field there.";

    DUPLICATE_VALUE = "duplicate-value", false,
        "The same value stands twice in a list.",
        "An error (exit 1): a list that is given is the whole set, so a value that stands in it twice is a slip. The second one is \
         often a copy that was meant to become something else, such as another person. Correct it or delete it.";

    VERSION_UNSUPPORTED = "version-unsupported", false,
        "The configuration is written for another version of the format.",
        "An error (exit 1): `version` names a format that this trunkline does not read, so the files might mean something else than \
         it would understand. Write `version: 1` beside `org`, or use a trunkline that reads the version that is named.";

    TEMPLATE_UNKNOWN = "template-unknown", false,
        "A template is named that no file defines.",
        "An error (exit 1): `org.template` or the `template` of a group points to an entry that `templates` does not have. The people \
         concerned would get no licences from it. Correct the name, or add the template under `templates`.";

    TEMPLATE_MODE_MISMATCH = "template-mode-mismatch", false,
        "A template is used that does not go with the assignment mode.",
        "An error (exit 1). With `assignmentMode: organization` one template, `org.template`, serves everybody, and groups carry \
         none. With `assignmentMode: group` only groups carry templates. Change `org.assignmentMode`, or move the template to where \
         the mode looks for it.\n\
         \n    org:\
         \n      name: Acme\
         \n      assignmentMode: group\
         \n    groups:\
         \n      Sales:\
         \n        template: sales";

    RETAIN_OFF_NEEDS_EXISTING_SCOPE = "retain-off-needs-existing-scope", false,
        "`retainLicenses: false` is set without `existingUsers: true`.",
        "An error (exit 1): taking licences away concerns people who are already there, but without `existingUsers: true` the \
         template reaches only newcomers. Read the plan with care if you do want removals, since everybody in scope loses what none \
         of their templates grants. Write both fields, or leave `retainLicenses` at its default, true.\n\
         \n    templates:\
         \n      sales:\
         \n        existingUsers: true\
         \n        retainLicenses: false";

    SERVICE_NOT_TEMPLATABLE = "service-not-templatable", false,
        "A template contains a service that templates cannot grant.",
        "An error (exit 1): a template grants Calling, Messaging, Meetings and Contact Center, and nothing else. Take the entry out \
         of the template. Give Webex Go and other licences to the users themselves instead, with `webexGo` or with \
         `licenses.add.other`.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        licenses:\
         \n          add: {other: [Exact licence name]}";

    FORBIDDEN_LICENSE = "forbidden-license", false,
        "A template grants a licence that `guardrails.forbid` rules out.",
        "An error (exit 1): your own guardrails say that no template may hand out this licence, and this one would. Take it out of \
         the template. If the rule is no longer wanted, take the entry out of `guardrails.forbid` in a change of its own.";

    DISTRIBUTION_GROUP_TEMPLATE = "distribution-group-template", false,
        "A distribution group carries a template.",
        "An error (exit 1): Webex does not assign licences automatically to distribution groups, so this template does not count. Use \
         a security group for the template. If the group is a security group in your directory, correct its `kind`.";

    DIRECTORY_OWNED_FIELD = "directory-owned-field", false,
        "A field is set here that the directory owns.",
        "An error: this person or group comes from a directory, and the next synchronisation would undo what you write here. For \
         people that is every field except `location`, `phoneNumber`, `extension`, `licenses`, `roles` and `webexGo`; for groups it \
         is `members`. Make the change in the directory and take the field out of the file.";

    MEMBER_ABSENT = "member-absent", false,
        "A group has a member who is to be deleted.",
        "An error (exit 1): the person stands in `members` of a group and has `state: absent` elsewhere. One of the two is wrong. \
         Take the address out of the group if the person leaves. Take `state: absent` away if the person stays: deleting a person \
         cannot be undone.";

    OVERRIDE_CONFLICT = "override-conflict", false,
        "The licence override of a user contradicts itself.",
        "An error (exit 1): the same entry stands in both `add` and `remove`, or `only` stands beside one of them. `only` replaces \
         every template and all that is held, so it goes alone. Keep the entry that says what the person should have, and delete the \
         other.";

    CALLING_NUMBER_FORMAT = "calling-number-format", false,
        "A phone number is not in E.164 format.",
        "A number must be a plus sign, the country code and the rest, at most 15 digits, without spaces, dashes or brackets. In a \
         file it is an error (exit 1); the work phone number of a directory gives a warning, and that person gets everything except \
         Calling. Correct the number where it comes from: trunkline does not rewrite it, because a wrong guess would give somebody a \
         stranger's number.\n\
         \n    users:\
         \n      ana@acme.com: {phoneNumber: \"+12145550101\"}";

    CALLING_EXTENSION_FORMAT = "calling-extension-format", false,
        "An extension is not 2 to 10 digits.",
        "An error (exit 1): an extension has 2 to 10 digits and nothing else. Put it in quotation marks, so that a leading zero is \
         kept.\n\
         \n    users:\
         \n      ana@acme.com: {extension: \"0123\"}";

    NUMBER_RANGE = "number-range", false,
        "A range of numbers is not usable.",
        "An error (exit 1): both ends of a range need the same number of digits, the first must not be higher than the second, and \
         one range may hold at most 100,000 numbers. A slip here could add or move thousands of numbers. Correct the ends, or split \
         the range.\n\
         \n    numbers:\
         \n      - location: Dallas\
         \n        numbers: [\"+12145550100..+12145550199\"]";

    NUMBER_DUPLICATE = "number-duplicate", false,
        "A number stands more than once in `numbers`.",
        "An error (exit 1): a number belongs to one location and has one state, so it may be listed once only. Ranges that overlap \
         count as well. The message names the earlier place; take the number out of one of the two.";

    NUMBER_CLAIMED_TWICE = "number-claimed-twice", false,
        "Two people or workspaces are given the same phone number.",
        "An error (exit 1): a number rings for one user or workspace only. The message names the earlier claim. Give one of them \
         another number, or write `phoneNumber: auto` for a user to take the lowest free one of the location.";

    EXTENSION_CLAIMED_TWICE = "extension-claimed-twice", false,
        "Two people or workspaces of one location are given the same extension.",
        "An error (exit 1): an extension is unique within a location, over users and workspaces together. The message names the \
         earlier claim. Give one of them another extension, or write `extension: auto` for a user to take the lowest free one from \
         1000 up.";

    SUBSCRIPTION_REPLACED = "subscription-replaced", false,
        "A subscription is named that another one replaces.",
        "An error (exit 1): this subscription has `replacedBy`, so it takes no new licences and nothing may be pinned to it. Name the \
         subscription that replaces it, or leave `subscription` away and let trunkline choose. People who still hold its licences are \
         moved without a loss.";

    REPLACED_BY_CYCLE = "replaced-by-cycle", false,
        "Subscriptions replace each other in a ring.",
        "An error (exit 1): following `replacedBy` leads back to where it began, so no subscription is left that people could be \
         moved to. The message shows the ring. Take `replacedBy` away from the subscription that is meant to stay.";

    ACKNOWLEDGEMENT_WILDCARD = "acknowledgement-wildcard", false,
        "An acknowledgement uses a wildcard.",
        "An error (exit 1): an acknowledgement accepts the loss of somebody's data for good, so it has to name each one. A pattern \
         could cover people nobody thought of. List the e-mail addresses or addresses such as `workspace/Lobby` one by one.\n\
         \n    acknowledgements:\
         \n      - code: calling-loss\
         \n        subjects: [bob@acme.com]\
         \n        reason: left the company, HR-123";

    ACKNOWLEDGEMENT_UNKNOWN_CODE = "acknowledgement-unknown-code", false,
        "An acknowledgement names a code that cannot be acknowledged.",
        "An error (exit 1): only losses that cannot be undone are answered by an acknowledgement. Other errors have to be mended, and \
         no entry makes them pass. The code may also be misspelt. Copy it from the finding in the plan, such as `calling-loss` or \
         `user-deletion`.";

    ORG_MISMATCH = "org-mismatch", false,
        "The snapshot belongs to another organisation than the configuration.",
        "An error (exit 1): `org.id` is not the id that the snapshot has. A plan from the two would change the wrong organisation. \
         Use the snapshot, or the access token, of the right organisation; correct `org.id` only if you are sure that it is wrong.";

    // Input that is incomplete (exit 7)

    CONFIGURATION_EMPTY = "configuration-empty", false,
        "No configuration was found.",
        "An error (exit 7): no file below the directory has a document with `org`, so this may be the wrong directory or an \
         incomplete checkout. trunkline plans nothing from that, since an empty directory must not look like a wish to manage \
         nothing. Give the right path, or begin with `trunkline init`.\n\
         \n    version: 1\
         \n    org:\
         \n      name: Acme";

    SNAPSHOT_MISSING = "snapshot-missing", false,
        "The snapshot file is not there.",
        "An error (exit 7): a plan compares your files with what the organisation has now, and that file was not found. Capture it \
         with `trunkline snapshot --out FILE --live`, or from a Control Hub export with `--from-csv DIR`. Without `--snapshot`, \
         trunkline looks for `snapshot.json` in the configuration directory.";

    SNAPSHOT_UNREADABLE = "snapshot-unreadable", false,
        "The snapshot file cannot be understood.",
        "An error (exit 1): the file is not JSON, or not in the shape of a snapshot. It may be another file, or one that was edited \
         by hand. Capture it anew with `trunkline snapshot`.";

    SNAPSHOT_INCOMPLETE = "snapshot-incomplete", false,
        "The snapshot was not captured to its end.",
        "An error (exit 7): the file is cut off, or it says `complete: false` because the capture did not finish. Whatever is missing \
         would look as if it did not exist, so nothing is planned from it. Capture it anew with `trunkline snapshot`.";

    SNAPSHOT_SECTION_MISSING = "snapshot-section-missing", false,
        "The snapshot lacks a section that the configuration manages.",
        "An error (exit 7): your files say what, say, numbers or groups should be, but the snapshot does not tell what they are now. \
         A section that was not captured is not the same as an empty one, so nothing is planned. Capture the snapshot anew with a \
         token or an export that reaches this section, or take the section out of your files.";

    SNAPSHOT_WITHOUT_USERS = "snapshot-without-users", false,
        "The snapshot has no users although the configuration names some.",
        "An error (exit 7): an organisation with nobody in it is far less likely than a capture that went wrong. Check that the token \
         may read people and belongs to the right organisation. Then capture the snapshot anew.";

    // Names that only the snapshot can confirm

    LOCATION_UNKNOWN = "location-unknown", false,
        "A location is named that does not exist.",
        "An error of the plan (exit 4): neither the snapshot nor `locations` has a location with this name, so what depends on it is \
         left out of the plan. Names are exact, upper and lower case included. Correct the name, add the location under `locations`, \
         or capture a newer snapshot.";

    SUBSCRIPTION_UNKNOWN = "subscription-unknown", false,
        "A subscription is named that the organisation does not have.",
        "An error of the plan (exit 4): the snapshot has no subscription with this id, so nothing can be granted from it or moved to \
         it. Correct the id as Control Hub shows it. If the subscription is new, capture a newer snapshot.";

    SITE_UNKNOWN = "site-unknown", false,
        "A meeting site is named that the organisation does not have.",
        "An error of the plan (exit 4): the snapshot has no Webex site with this address, so nobody can be host or attendee there. \
         Write the site as Control Hub shows it, without `https://`.\n\
         \n    templates:\
         \n      sales:\
         \n        licenses:\
         \n          meetings: {acme.webex.com: host}";

    LICENSE_UNKNOWN = "license-unknown", false,
        "A licence is asked for that the organisation does not have.",
        "An error of the plan (exit 4): the word or name matches no licence of the snapshot, so the grant is left out. `trunkline \
         licenses` prints which words stand for which licences. Correct the entry, or capture a newer snapshot if the licence was \
         bought since.";

    LICENSE_AMBIGUOUS = "license-ambiguous", false,
        "A licence word matches more than one product.",
        "An error of the plan (exit 4): the organisation has two different products that this word could mean, and the wrong one \
         costs a seat. The message lists them. Write the entry long, with the exact name of the licence.\n\
         \n    licenses:\
         \n      meetings:\
         \n        acme.webex.com: {role: host, license: Exact licence name}";

    USER_UNKNOWN = "user-unknown", false,
        "A person is named who does not exist.",
        "An error of the plan (exit 4): the snapshot has nobody with this e-mail address. A mistyped address must not create a \
         person, so only an entry with a `displayName` does that. Correct the address, or add a `displayName` under `users` if the \
         person is new.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        displayName: Ana Silva";

    GROUP_UNKNOWN = "group-unknown", false,
        "A group of the directory is named that does not exist in Webex.",
        "An error of the plan (exit 4): with `source: directory` the group has to come from the directory, so trunkline does not \
         create it. Its template and members do nothing until then. Correct the name, have the directory synchronise the group, or \
         take `source: directory` away to have it created in Webex.";

    // Licences

    EXISTING_USERS_NOT_IN_SCOPE = "existing-users-not-in-scope", false,
        "A template leaves out people who were already there.",
        "An info: without `existingUsers: true` a template counts only for newcomers, and this many people would get licences if it \
         counted for them too. Nothing is wrong if that is what you want. If not, set `existingUsers: true` and read the plan and its \
         seats before you apply it.";

    MEMBERSHIP_WAITS = "membership-waits", false,
        "A change of group waits until the person's licences can be changed.",
        "An info: joining or leaving a group with a template is done after the licence changes of the person, and one of these is \
         blocked or held. If the person were moved first, the next plan could no longer tell what the move should have given or \
         taken. Clear the error or hold of this person; the next plan then does both.";

    CALLING_TYPE_CONFLICT = "calling-type-conflict", false,
        "Two templates grant the same person different kinds of Calling.",
        "An error of the plan (exit 4): a person has one Calling licence, and trunkline does not guess which of the two is meant. The \
         Calling grant is left out. Name one of them in an override, or make the templates agree.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        licenses:\
         \n          add: {calling: professional}";

    CALLING_DOWNGRADE_UNSUPPORTED = "calling-downgrade-unsupported", false,
        "Webex does not turn Calling Professional into Standard in place.",
        "An error of the plan (exit 4): an override asks for Standard and the person holds Professional. Nothing is changed. The only \
         way has two steps: remove Calling and apply that, then grant Standard and apply again. The first step destroys the \
         voicemail, number assignment and calling settings of the person for good and needs an acknowledgement of `calling-loss`. \
         Unless the seat is worth that, name `professional` in the override.";

    HOST_POOL_SHORT = "host-pool-short", false,
        "Somebody becomes an attendee because no host licence is left.",
        "A warning: the templates grant host on this site, but its host licences are used up, so the person gets or keeps an attendee \
         account. An attendee can join meetings on the site but not host them. Buy host licences or free some, and plan again.";

    ATTENDEE_SITE_ADMIN = "attendee-site-admin", false,
        "A site administrator cannot be an attendee of that site.",
        "An error of the plan (exit 4): Webex refuses an attendee account to somebody who administers the site, so the entry is left \
         out. Make the person a host, or take away the administrator rights on that site first. The finding also stands where no host \
         licence is left and attendee would have been the way out.";

    ATTENDEE_FEATURE_OFF = "attendee-feature-off", false,
        "The site has no attendee accounts.",
        "An error of the plan (exit 4): attendee accounts are not switched on for this Webex site, so nobody can get one there. Ask \
         Cisco TAC to enable the feature, or make the person a host. The finding also stands where no host licence is left and \
         attendee would have been the way out.";

    PIN_CONFLICT = "pin-conflict", false,
        "Two templates pin the same licence to different subscriptions.",
        "An error of the plan (exit 4): one unit is taken from one subscription, and trunkline does not choose between two that are \
         both asked for. The licence is left out for the people who have both templates. Make the templates agree, or name the \
         subscription in an override, which beats them.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        licenses:\
         \n          add: {calling: {tier: professional, subscription: Sub-2024}}";

    SUBSCRIPTION_KIND_MISMATCH = "subscription-kind-mismatch", false,
        "The subscription to move to does not have the same product.",
        "An error of the plan (exit 4): a move without loss is possible only to a licence of the same product, for example \
         Professional to Professional. A workspace needs a workspace licence there. Nothing is removed, so the person or workspace \
         keeps what it has. Name a subscription that has the product, or have it added to this one.";

    SUBSCRIPTION_INACTIVE = "subscription-inactive", false,
        "The chosen subscription is not active.",
        "An error of the plan (exit 4): the subscription is suspended or cancelled and takes nobody in. The grant or move is left \
         out, and no removal is sent. Name an active subscription, or correct its `status` under `subscriptions` if that is out of \
         date.";

    SUBSCRIPTION_DIFFERS = "subscription-differs", false,
        "A subscription is described differently in the file and in the snapshot.",
        "A warning: the age or status in `subscriptions` is not the one that was captured, and the file wins. It decides which \
         subscription gives and which one may be touched. Check in Control Hub which of the two is right, and correct the file if it \
         is out of date.";

    SUBSCRIPTION_AGE_UNKNOWN = "subscription-age-unknown", false,
        "It is not known which subscription is the oldest.",
        "An error of the plan (exit 4): new licences come from the oldest active subscription that has some left. More than one could \
         give here, and the age of one is missing. Look up the date in Control Hub and write it down, or name a subscription at the \
         entry.\n\
         \n    subscriptions:\
         \n      Sub-2021: {createdAt: 2021-03-01}";

    SUSPENDED_MANUAL_CONTROL_HUB = "suspended-manual-control-hub", false,
        "A licence of a suspended or cancelled subscription must be changed by hand.",
        "A hold: this waits for a person and does not change the exit code. trunkline sends nothing about such a licence, because an \
         automatic change there can fail or lose the configuration of the user. Make the change in Control Hub, at the licences of \
         the user or workspace: for a move, clear the old licence and select the new one in one edit, since two edits lose the \
         Calling data. Then capture a new snapshot. Do not wait until the subscription ends, since Calling data is lost with it.";

    POOL_EXHAUSTED = "pool-exhausted", false,
        "No licence is left for this grant or move.",
        "An error of the plan (exit 4): every unit of the subscriptions that could serve is in use, so this field is left out and the \
         rest goes on. For a move no removal is sent: the person keeps what there is. The message says how many are short. Buy or \
         free that many, or list the licence in `guardrails.allowOverage` if your contract lets you go over.";

    SUBSCRIPTION_STILL_CONSUMED = "subscription-still-consumed", false,
        "A subscription ends while people or workspaces still have Calling from it.",
        "A warning: the subscription is suspended or cancelled, and no `replacedBy` says where its Calling licences go. When Cisco \
         processes the end of it, these people and workspaces lose Calling with everything that belongs to it. Licences of such a \
         subscription can be changed only by hand: in Control Hub, open each of them, Licenses, Edit licenses, clear the old \
         subscription and choose the new one in the same edit. Write `replacedBy` beside `status` to see each of them in the plan.";

    MOVE_SOURCE_MISMATCH = "move-source-mismatch", false,
        "There is no licence that could move to the chosen subscription.",
        "An error of the plan (exit 4): `subscription` of a workspace moves the licences that it has, and this one has none that \
         belongs to a subscription. Correct the name of the workspace, or take `subscription` out. A workspace that is to get Calling \
         needs `licenses: {calling: workspace}`.";

    NEW_USER_UNLICENSED = "new-user-unlicensed", false,
        "A person is created without any licence.",
        "A warning: no template that reaches this new person gives anything, and no override does. The person can sign in, and has \
         only what is free for everybody. Put the person into a group that carries a template, or add licences under `users`.";

    OVERRIDE_HEAVY = "override-heavy", false,
        "Many people have the same licences as overrides.",
        "An info: these people are given the same licences one by one. A template says it once, also for those who come later: \
         write one under `templates`, let `org.template` or a group carry it, and keep `users` for exceptions.";

    RETAIN_OFF_WITHOUT_CALLING = "retain-off-without-calling", false,
        "A template takes away everything that it does not give, and it does not give Calling.",
        "A warning: with `existingUsers: true` and `retainLicenses: false` the people whom this template reaches keep only what some \
         template of theirs gives. Whoever has Calling from elsewhere loses it, with voicemail settings, number and calling services, \
         for ever. Nobody need have Calling today; whoever gets it tomorrow by hand loses it at the next apply. Add `calling` to the \
         template, or write `retainLicenses: true`. Leave it as it is only if nobody in its reach may ever have Calling.";

    AD_GROUP_KIND_UNKNOWN = "ad-group-kind-unknown", false,
        "Nothing says whether a directory group is a security group.",
        "A warning: automatic assignment works for groups with a policy (security groups) and is not supported for distribution \
         groups, and neither the snapshot nor the file tells which this one is. The template counts all the same. Look the group up in \
         the directory, and write `kind: security` or `kind: distribution` under `groups`.";

    // Calling, numbers and locations

    GO_PROFESSIONAL_REQUIRED = "go-professional-required", false,
        "Calling is not taken from somebody who has a Webex Go device.",
        "An error of the plan (exit 4): Webex Go needs Webex Calling Professional, so Calling is left as it is. Retire the device \
         first: in Control Hub, open the person, Devices, choose the Webex Go device and delete it. Take a new snapshot; the next plan \
         then removes Calling, once its loss is acknowledged.";

    CALLING_NO_WORK_PHONE = "calling-no-work-phone", false,
        "A directory user has no work phone number, so Calling cannot be given.",
        "A warning: Calling needs a location and a number or extension, and for people from a directory these are found by the work \
         phone number. The person gets everything except Calling. Fill in the work phone number in the directory, or name a number or \
         extension in an override.\n\
         \n    users:\
         \n      ana@acme.com: {location: Dallas, extension: \"1003\"}";

    CALLING_NUMBER_UNKNOWN = "calling-number-unknown", false,
        "A phone number is not in the inventory.",
        "The number is neither in the snapshot nor under `numbers`, so it belongs to no location yet. It is a warning if it comes \
         from the directory and an error (exit 4) if it stands in your files; the person gets everything except Calling, or keeps the \
         old number. Add the number to its location, or correct the digits.\n\
         \n    numbers:\
         \n      - location: Dallas\
         \n        numbers: [\"+12145550101\"]";

    CALLING_NUMBER_IN_USE = "calling-number-in-use", false,
        "A phone number already belongs to somebody else.",
        "A user, a workspace or a service such as a hunt group has the number, or somebody before in this plan takes it; the message \
         says who. It is a warning if the number comes from the directory and an error (exit 4) if it stands in your files, and the \
         number is not taken away from its owner. Choose another number, or release it first. A number released in this same plan can \
         be named with `phoneNumber`; for a work phone or `auto` it is free from the next plan on.";

    CALLING_LOCATION_REQUIRED = "calling-location-required", false,
        "Calling needs a location, and there is none.",
        "A Calling user belongs to a location, and neither the override nor the number nor what was observed gives one. It is an \
         error (exit 4) if your files ask for the number or extension, and a warning if the directory does; the person gets \
         everything except Calling. Name the location in the override.\n\
         \n    users:\
         \n      ana@acme.com: {location: Dallas, extension: \"1003\"}";

    CALLING_LOCATION_UNKNOWN = "calling-location-unknown", false,
        "The location for Calling does not exist or is not enabled for Calling.",
        "No location has this name, or it is not enabled for Webex Calling, so nobody can be given Calling there. It is an error \
         (exit 4) if your files are the source, and a warning if the directory is; the person gets everything except Calling. Correct \
         the name, or enable the location with a `calling` block.\n\
         \n    locations:\
         \n      Dallas:\
         \n        calling: {mainNumber: \"+12145550100\"}";

    CALLING_LOCATION_MISMATCH = "calling-location-mismatch", false,
        "The location given and the location of the number are not the same.",
        "An error of the plan (exit 4): a number rings in the location that it belongs to, so a person there cannot belong to another \
         one. If the finding is about a number that is in use, its location follows its owner: change the location of the owner, and \
         write the new location for the number too. Otherwise correct the location, or name a number of that location.";

    CALLING_EXTENSION_IN_USE = "calling-extension-in-use", false,
        "The extension is already in use in that location.",
        "An extension is unique within a location, over users and workspaces. Usually an error (exit 4), and a warning where the \
         directory is the source; a Calling grant or a move to that location is left out as a whole. The message says who has it. \
         Choose another extension, write `extension: auto`, or change the other one first.";

    CALLING_EXTENSION_OR_NUMBER_REQUIRED = "calling-extension-or-number-required", false,
        "Calling needs an extension or a phone number.",
        "An error of the plan (exit 4): this person does not come from a directory, so nothing says which number or extension to use, \
         and the work phone number is not looked at. The person gets everything except Calling. Name at least one of the two, and the \
         location.\n\
         \n    users:\
         \n      ana@acme.com: {location: Dallas, extension: \"1003\"}";

    CALLING_NUMBER_NOT_MOVABLE = "calling-number-not-movable", false,
        "The phone number cannot move along to the new location.",
        "An error of the plan (exit 4): a number goes with its user only within the same country and the same PSTN connection. The \
         whole change of location is left out, and the person keeps the old location and number. Name a number of the new location \
         with `phoneNumber`.\n\
         \n    users:\
         \n      ana@acme.com: {location: Paris, phoneNumber: \"+33123456789\"}";

    CALLING_BLOCK_UNUSED = "calling-block-unused", false,
        "A location, number or extension is given to somebody without Calling.",
        "A warning: `location`, `phoneNumber` and `extension` do nothing for somebody who neither has nor gets Calling. Perhaps a \
         template or an override was forgotten, or the Calling grant is blocked by another finding. Grant Calling, or delete the \
         fields.";

    DIRECTORY_NUMBER_DIVERGED = "directory-number-diverged", false,
        "The directory has another number than Calling.",
        "An info: the work phone number of this person changed in the directory, but somebody who already has Calling keeps number \
         and location. Callers who use the directory reach another number than the one that rings here. Correct the directory, or \
         give the person the new number with `phoneNumber`.";

    LOCATION_NO_FREE_NUMBER = "location-no-free-number", false,
        "The location has no free number for `auto`.",
        "An error of the plan (exit 4): `phoneNumber: auto` takes the lowest free, active direct number of the location, and none is \
         left. The main number is never taken. Numbers released in this plan count from the next plan on. Add numbers under \
         `numbers`, or name a number or an extension yourself.";

    NUMBER_SWAP_NEEDS_EXTENSION = "number-swap-needs-extension", false,
        "A swap of numbers needs somebody with an extension.",
        "An error of the plan (exit 4): these people exchange their numbers, so for a moment one of them has no number. Calling needs \
         a number or an extension at every moment, and none of them has an extension. Give one of them an extension; it may be taken \
         away again later.\n\
         \n    users:\
         \n      ana@acme.com: {phoneNumber: \"+12145550102\", extension: \"1003\"}";

    NUMBER_TYPE_MISMATCH = "number-type-mismatch", false,
        "A number has another type in Webex than in the file.",
        "An error of the plan (exit 4): the type of a number (`did`, `tollFree` or `mobile`) is fixed when it is added, and this one \
         was added as another. Correct `type` to what is observed, or leave it away. If the number really is of the other type, \
         delete it and add it anew with that type.";

    NUMBER_NOT_VALID = "number-not-valid", false,
        "A phone number does not look like one that exists.",
        "A warning: the form of the number is right, but the numbering plan of its country has no such number, as far as the library \
         libphonenumber knows. Often a digit is missing, doubled or swapped. Check the digits; if the number does exist, nothing has \
         to be done.";

    WORKSPACE_LOCATION_FIXED = "workspace-location-fixed", false,
        "The location of a workspace cannot be changed.",
        "An error of the plan (exit 4): Webex fixes the location of a workspace when it is created, so this field is left out. Put \
         the old location back. If the room really moves, the workspace has to be deleted and created anew with its devices activated \
         again; all its Calling settings are lost with that.";

    // Losses that need an acknowledgement

    CALLING_LOSS = "calling-loss", true,
        "Somebody loses Calling, and its data is destroyed for good.",
        "An error (exit 4) until it is acknowledged, then an info: the Calling licence is taken away and no other takes its place in \
         the same request. Voicemail, number assignment and all calling settings of this user or workspace are deleted and cannot be \
         brought back; the plan lists what exactly. To change the subscription, use `replacedBy` or name a `subscription` instead: \
         that loses nothing. If the loss is meant, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: calling-loss\
         \n        subjects: [bob@acme.com]\
         \n        reason: left the company, HR-123";

    USER_DELETION = "user-deletion", true,
        "A person is deleted for good.",
        "An error (exit 4) until it is acknowledged, then an info: the person has `state: absent`. Licences, number assignment, \
         voicemail and calling settings go with the person and cannot be brought back; the plan lists what is lost. Take `state: \
         absent` away if the person stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: user-deletion\
         \n        subjects: [bob@acme.com]\
         \n        reason: left the company, HR-123";

    WORKSPACE_DELETION = "workspace-deletion", true,
        "A workspace is deleted for good.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the workspace and the files no longer \
         do. Its number assignment and calling settings are lost, and its devices have to be activated again elsewhere. Put the block \
         back if the workspace stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: workspace-deletion\
         \n        subjects: [workspace/Lobby]\
         \n        reason: room closed, FM-88";

    LOCATION_DELETION = "location-deletion", true,
        "A Calling location is deleted for good.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the location and the files no longer \
         do. The calling settings of the location are lost and cannot be brought back; everybody in it has to be moved away before. \
         Put the block back if the location stays. If not, acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: location-deletion\
         \n        subjects: [location/Dallas]\
         \n        reason: office closed, FM-90";

    BROADWORKS_SUBSCRIBER_DELETION = "broadworks-subscriber-deletion", true,
        "A BroadWorks subscriber is deleted for good.",
        "An error (exit 4) until it is acknowledged, then an info: the base revision declares the subscriber and the files no longer \
         do. The subscriber loses the Webex services that come through BroadWorks, and what was set up for them. Put the block back \
         if the subscriber stays. If not, acknowledge it with the address that the plan shows:\n\
         \n    acknowledgements:\
         \n      - code: broadworks-subscriber-deletion\
         \n        subjects: [broadworksSubscriber/…]\
         \n        reason: contract ended, C-17";

    VOICEMAIL_MESSAGES_LOSS = "voicemail-messages-loss", true,
        "Stored voice messages are lost in a change of location.",
        "An error (exit 4) until it is acknowledged, then an info: Webex does not carry stored voice messages to the new location, \
         and no administrator can export them. It concerns users who have voicemail; where the snapshot does not say, voicemail \
         counts as on. Ask the person to listen to or save the messages first. Then acknowledge it:\n\
         \n    acknowledgements:\
         \n      - code: voicemail-messages-loss\
         \n        subjects: [ana@acme.com]\
         \n        reason: Ana has saved her messages, HR-130";

    // Acknowledgements and guardrails

    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement-expired", false,
        "An acknowledgement has expired, so a loss is no longer covered.",
        "An error of the plan (exit 4): the snapshot was captured after the day in `expires`, and this entry would have covered \
         something. An old permission must not allow a new loss. Check that the loss is still meant; then set a later `expires`, or \
         take it away. Otherwise undo the change that causes the loss.";

    ACKNOWLEDGEMENT_UNUSED = "acknowledgement-unused", false,
        "An acknowledgement covers nothing.",
        "A warning: this plan has no such loss for this subject. Either it was applied already, or the address is misspelt and the \
         real loss is still uncovered. Correct the subject, or delete the entry so that it does not cover something unforeseen later.";

    GUARDRAIL_REMOVALS = "guardrail-removals", false,
        "Too many people or workspaces would lose the same licence.",
        "An error (exit 4) that blocks the whole plan: more of the holders of this licence would lose it than `guardrails.removals` \
         allows. A mistake in one template or group is the usual cause. Read the removals in the plan and undo what is not meant. If \
         they are right, apply them in smaller steps, or have the limit raised in a change of its own.\n\
         \n    guardrails:\
         \n      removals: {percent: 40, minimum: 10}";

    GUARDRAIL_UPDATES = "guardrail-updates", false,
        "Too many objects of one kind would be changed at once.",
        "An error (exit 4) that blocks the whole plan: more objects of this kind would be changed or deleted than \
         `guardrails.updates` allows. Additions and moves to another subscription alone do not count. Look for the one line that \
         changes so many, and undo it if it is not meant. If it is right, apply it in smaller steps, or have the limit raised in a \
         change of its own.\n\
         \n    guardrails:\
         \n      updates: {percent: 40, minimum: 10}";

    GUARDRAIL_IRREVERSIBLE = "guardrail-irreversible", false,
        "The plan has too many changes that cannot be undone.",
        "An error (exit 4) that blocks the whole plan, even if every single loss is acknowledged: there are more than \
         `guardrails.irreversible` allows, 25 unless set otherwise. So many losses at once are seldom what anybody wants. Read the \
         irreversible lines of the plan. If they are right, spread them over several plans, or have the limit raised in a change of \
         its own.";

    GUARDRAIL_PROTECT = "guardrail-protect", false,
        "The plan changes or deletes something that is protected.",
        "An error (exit 4) that blocks the whole plan: `guardrails.protect` names this address, and nothing about it may be updated \
         or deleted. The cause is often a template or group that reaches further than thought. Undo the change, or have the address \
         taken out of `protect` in a change of its own.";

    // The program itself

    NOT_PLANNED_YET = "not-planned-yet", false,
        "This section is checked, but its changes are not planned yet.",
        "A warning: trunkline reads the section and reports its mistakes, but this version does not plan its changes. What you write \
         there changes nothing in Webex yet. Change it in Control Hub, and keep the files as it is there.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_lower_case_with_dashes() {
        let mut seen = BTreeSet::new();
        for page in CODES {
            let code = page.code.as_str();
            assert!(seen.insert(code), "`{code}` stands twice");
            for word in code.split('-') {
                let lower = word.bytes().all(|b| b.is_ascii_lowercase());
                assert!(
                    lower && !word.is_empty(),
                    "`{code}` is not lower case with dashes"
                );
            }
        }
    }

    #[test]
    fn titles_are_one_trimmed_line_that_ends_with_a_period() {
        for CodePage { code, title, .. } in CODES {
            assert!(title.len() > 1 && title.ends_with('.'), "{code}: {title}");
            assert_eq!(*title, title.trim(), "{code}");
            assert!(
                !title.contains('\n') && !title.contains("TITLE"),
                "{code}: {title}"
            );
        }
    }

    #[test]
    fn pages_are_written_and_say_the_severity() {
        for CodePage { code, page, .. } in CODES {
            assert!(!page.trim().is_empty() && !page.contains("PAGE"), "{code}");
            let prose = page.split('\n').next().unwrap_or_default().to_lowercase();
            let severities = ["error", "hold", "warning", "info:"];
            assert!(
                severities.iter().any(|s| prose.contains(s)),
                "{code}: {prose}"
            );
            assert!(!prose.contains("  "), "{code}: {prose}");
        }
    }

    #[test]
    fn only_losses_can_be_acknowledged() {
        for page in CODES.iter().filter(|page| page.acknowledgeable) {
            let code = page.code.as_str();
            assert!(
                code.ends_with("-loss") || code.ends_with("-deletion"),
                "{code}"
            );
            assert!(
                page.page.contains(&format!("code: {code}")),
                "{code} shows no example"
            );
        }
    }
}
