//! Finding codes: what is wrong with the files, and input that is incomplete.

use crate::finding::{Code, CodePage};

codes! {
    // Files (exit 1)

    YAML_SYNTAX = "yaml-syntax", Error, false,
        "A file is not valid YAML.",
        "An error (exit 1): the file cannot be read as YAML, so nothing in it counts and no plan is made. The usual causes are a \
         tab used for indentation, a missing colon or a quotation mark that is never closed. Go to the line that is shown and also \
         look at the line above it: the mistake often sits just before the place where reading stopped.";

    FORMAT_REFUSED = "format-refused", Error, false,
        "A file cannot be formatted without a risk to its meaning.",
        "An error of `fmt` (exit 1); no other command reports it. After formatting a file, and before writing it, `fmt` reads the \
         result again: it must have the same meaning and every comment. If it does not, the file is not changed and this finding \
         reports it; all other files are formatted. Fix what `validate` finds in the file, such as a key that is empty. If it \
         finds nothing, this is a bug in trunkline: please report it with the file, or with the lines that are needed to see it.";

    UNKNOWN_FIELD = "unknown-field", Error, false,
        "A field has a name that trunkline does not know.",
        "An error (exit 1). If a misspelt field were silently ignored, the intended setting would never be made. Correct the name: \
         the message suggests the nearest one that is known at this place. Also check the indentation, since a field one level too \
         deep or too shallow belongs to another block. A file that has no known section at all gives one error: it seems to belong to \
         another program, such as Kubernetes, Docker Compose or a CI. Every `*.yaml` and `*.yml` below the directory is read, files whose name \
         begins with a dot too; only directories whose name does are left out. Move the file elsewhere, or give a directory that has only \
         files of trunkline.";

    DUPLICATE_KEY = "duplicate-key", Error, false,
        "The same key is given twice.",
        "An error (exit 1): only one of the two could count, and trunkline does not guess which. Each user, group, template, \
         location or other entry appears in one place in the whole directory, and `version`, `org` and `guardrails` appear once. \
         The message names both places. Merge them into one and delete the other.";

    WRONG_TYPE = "wrong-type", Error, false,
        "A value is of the wrong type.",
        "An error (exit 1): text, a number, true or false, a list or a mapping was expected, and something else was found. Phone \
         numbers and extensions need quotation marks: without them YAML reads a number, and the plus sign or a leading zero is \
         lost. Only `true` and `false` are booleans; `yes` and `no` are text. Write for example:\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        phoneNumber: \"+12145550101\"\
         \n        extension: \"0123\"";

    INVALID_VALUE = "invalid-value", Error, false,
        "A value is not one of those allowed here.",
        "An error (exit 1): the field is known and its type is right, but Webex or trunkline has no such value. The message says \
         what is allowed. Choose one of those values; upper and lower case matter everywhere except in e-mail addresses.";

    MISSING_FIELD = "missing-field", Error, false,
        "A required field is missing.",
        "An error (exit 1): the block cannot be understood without this field, for example an acknowledgement without a `reason`. \
         The place shown is the block that lacks it. Add the field there.";

    DUPLICATE_VALUE = "duplicate-value", Error, false,
        "The same value appears twice in a list.",
        "An error (exit 1): a list that is given is the whole set, so a value that appears in it twice is a mistake. The second \
         one is often a copy that was meant to become something else, such as another person. Correct it or delete it.";

    VERSION_UNSUPPORTED = "version-unsupported", Error, false,
        "The configuration is written for another version of the format.",
        "An error (exit 1): `version` names a format that this trunkline does not read, so the files might mean something else \
         than it would understand. Write `version: 1` beside `org`, or use a trunkline that reads the version that is named.";

    TEMPLATE_UNKNOWN = "template-unknown", Error, false,
        "A template is named that no file defines.",
        "An error (exit 1): `org.template` or the `template` of a group points to an entry that `templates` does not have. The \
         people concerned would get no licences from it. Correct the name, or add the template under `templates`.";

    TEMPLATE_MODE_MISMATCH = "template-mode-mismatch", Error, false,
        "A template is used that does not go with the assignment mode.",
        "An error (exit 1). With `assignmentMode: organization` one template, `org.template`, applies to everyone, and groups have \
         none. With `assignmentMode: group` only groups have templates. Change `org.assignmentMode`, or move the template to where \
         the mode looks for it.\n\
         \n    org:\
         \n      name: Acme\
         \n      assignmentMode: group\
         \n    groups:\
         \n      Sales:\
         \n        template: sales";

    RETAIN_OFF_NEEDS_EXISTING_SCOPE = "retain-off-needs-existing-scope", Error, false,
        "`retainLicenses: false` is set without `existingUsers: true`.",
        "An error (exit 1): removing licences concerns existing people, but without `existingUsers: true` the template reaches \
         only newcomers. Read the plan with care if you do want removals, since everyone in scope loses what none of their \
         templates grants. Write both fields, or leave `retainLicenses` at its default, true.\n\
         \n    templates:\
         \n      sales:\
         \n        existingUsers: true\
         \n        retainLicenses: false";

    SERVICE_NOT_TEMPLATABLE = "service-not-templatable", Error, false,
        "A template contains a service that templates cannot grant.",
        "An error (exit 1): a template grants Calling, Messaging, Meetings and Contact Center, and nothing else. Remove the entry \
         from the template. Give Webex Go and other licences to the users themselves instead, with `webexGo` or with \
         `licenses.add.other`.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        licenses:\
         \n          add: {other: [Exact licence name]}";

    FORBIDDEN_LICENSE = "forbidden-license", Error, false,
        "A template grants a licence that `guardrails.forbid` rules out.",
        "An error (exit 1): your own guardrails say that no template may grant this licence, and this one would. Remove it from \
         the template. If the rule is no longer wanted, remove the entry from `guardrails.forbid` in a separate commit.";

    DISTRIBUTION_GROUP_TEMPLATE = "distribution-group-template", Error, false,
        "A distribution group has a template.",
        "An error (exit 1): Webex does not assign licences automatically to distribution groups, so this template does not count. \
         Use a security group for the template. If the group is a security group in your directory, correct its `kind`.";

    DIRECTORY_OWNED_FIELD = "directory-owned-field", Error, false,
        "A field is set here that the directory owns.",
        "An error: this person or group comes from a directory, and the next synchronisation would undo what you write here. For \
         people that is every field except `location`, `phoneNumber`, `extension`, `licenses`, `roles` and `webexGo`; for groups \
         it is `members`. Make the change in the directory and remove the field from the file.";

    MEMBER_ABSENT = "member-absent", Error, false,
        "A group has a member who is to be deleted.",
        "An error (exit 1): the person is in `members` of a group and has `state: absent` elsewhere. One of the two is wrong. \
         Remove the address from the group if the person leaves. Remove `state: absent` if the person stays: deleting a person \
         cannot be undone.";

    OVERRIDE_CONFLICT = "override-conflict", Error, false,
        "The licence override of a user contradicts itself.",
        "An error (exit 1): the same entry is in both `add` and `remove`, or `only` is combined with one of them. `only` replaces \
         every template and all that is held, so it must be the only one. Keep the entry that says what the person should have, \
         and delete the other.";

    CALLING_NUMBER_FORMAT = "calling-number-format", Error, false,
        "A phone number is not in E.164 format.",
        "A number must be a plus sign, the country code and the rest, at most 15 digits, without spaces, dashes or brackets. In a \
         file it is an error (exit 1); the work phone number of a directory gives a warning, and that person gets everything \
         except Calling. Correct the number where it comes from: trunkline does not rewrite it, because a wrong guess would give a \
         person the number of someone else.\n\
         \n    users:\
         \n      ana@acme.com: {phoneNumber: \"+12145550101\"}";

    CALLING_EXTENSION_FORMAT = "calling-extension-format", Error, false,
        "An extension is not 2 to 10 digits.",
        "An error (exit 1): an extension has 2 to 10 digits and nothing else. Put it in quotation marks, so that a leading zero is \
         kept.\n\
         \n    users:\
         \n      ana@acme.com: {extension: \"0123\"}";

    CALLING_EXTENSION_EMERGENCY = "calling-extension-emergency", Error, false,
        "An extension is an emergency number.",
        "An error (exit 1): Webex refuses 911, 112, 110, 999 or 000 as an extension (error 4911), so that a call for help never \
         reaches a desk. Choose another extension, or `extension: auto`.\n\
         \n    users:\
         \n      ana@acme.com: {extension: \"1911\"}";

    CALLING_NAME_REFUSED = "calling-name-refused", Error, false,
        "Webex refuses this name for a person with Calling.",
        "An error (exit 1): the `displayName` of a user with Calling has at most 30 characters, and none of % # < > \\ / and the \
         double quotation mark. Webex refuses the person with any other name. Write a name that fits, or omit `displayName` if the \
         person exists already and the name should not change.\n\
         \n    users:\
         \n      ana@acme.com: {displayName: Ana Silva, location: Dallas, extension: \"1003\"}";

    NUMBER_RANGE = "number-range", Error, false,
        "A range of numbers is not usable.",
        "An error (exit 1): both ends of a range need the same number of digits, the first must not be higher than the second, and \
         one range may hold at most 100,000 numbers. A mistake here could add or move thousands of numbers. Correct the ends, or \
         split the range.\n\
         \n    numbers:\
         \n      - location: Dallas\
         \n        numbers: [\"+12145550100..+12145550199\"]";

    NUMBER_DUPLICATE = "number-duplicate", Error, false,
        "A number appears more than once in `numbers`.",
        "An error (exit 1): a number belongs to one location and has one state, so it can be listed only once. Ranges that overlap \
         count too. The message names the earlier place; remove the number from one of the two.";

    NUMBER_CLAIMED_TWICE = "number-claimed-twice", Error, false,
        "Two people or workspaces are given the same phone number.",
        "An error (exit 1): a number rings for one user or workspace only. The message names the earlier claim. Give one of them \
         another number, or write `phoneNumber: auto` for a user to take the lowest free one of the location.";

    EXTENSION_CLAIMED_TWICE = "extension-claimed-twice", Error, false,
        "Two people or workspaces of one location are given the same extension.",
        "An error (exit 1): an extension is unique within a location, over users and workspaces together. The message names the \
         earlier claim. Give one of them another extension, or write `extension: auto` for a user to take the lowest free one from \
         1000 up.";

    SUBSCRIPTION_REPLACED = "subscription-replaced", Error, false,
        "A subscription is named that another one replaces.",
        "An error (exit 1): this subscription has `replacedBy`, so it takes no new licences and nothing may be pinned to it. Name \
         the subscription that replaces it, or omit `subscription` and let trunkline choose. People who still hold its licences \
         are moved without a loss.";

    REPLACED_BY_CYCLE = "replaced-by-cycle", Error, false,
        "Subscriptions replace each other in a cycle.",
        "An error (exit 1): following `replacedBy` leads back to where it began, so no subscription is left that people could be \
         moved to. The message shows the cycle. Remove `replacedBy` from the subscription that should stay.";

    ACKNOWLEDGEMENT_WILDCARD = "acknowledgement-wildcard", Error, false,
        "An acknowledgement uses a wildcard.",
        "An error (exit 1): an acknowledgement accepts that a person's data is permanently lost, so it has to name each person. A \
         pattern could cover people it was not meant for. List the e-mail addresses or addresses such as `workspace/Lobby` one by \
         one.\n\
         \n    acknowledgements:\
         \n      - code: calling-loss\
         \n        subjects: [bob@acme.com]\
         \n        reason: left the company, HR-123";

    ACKNOWLEDGEMENT_UNKNOWN_CODE = "acknowledgement-unknown-code", Error, false,
        "An acknowledgement names a code that cannot be acknowledged.",
        "An error (exit 1): only losses that cannot be undone can be acknowledged. Other errors have to be fixed, and no entry \
         makes them pass. The code may also be misspelt. Copy it from the finding in the plan, such as `calling-loss` or \
         `user-deletion`.";

    ORG_MISMATCH = "org-mismatch", Error, false,
        "The snapshot belongs to another organisation than the configuration.",
        "An error (exit 1): `org.id` is not the id that the snapshot has. A plan made from the two would change the wrong \
         organisation. Use the snapshot, or the access token, of the right organisation; correct `org.id` only if you are sure \
         that it is wrong. Without `org.id` the names have to agree: if they differ, this is an error with `--live`, and a warning \
         with a snapshot file. Add `org.id`, so that renaming the organisation changes nothing.";

    NAME_AMBIGUOUS = "name-ambiguous", Error, false,
        "Two objects of the organisation have the same name.",
        "An error (exit 4): Webex has two groups, locations or workspaces of this name, or the snapshot has one person, licence or \
         subscription twice (exit 1: nothing can be planned from such a snapshot). The files cannot say which one they mean, so \
         nothing that touches either is planned, and a group's template neither grants nor removes anything. Rename or delete all \
         but one in Control Hub, and take a new snapshot.";

    NOT_KNOWN = "not-known", Hold, false,
        "Webex returned incomplete or contradictory data about an object.",
        "A hold: according to the snapshot, Webex did not return everything about this object, or returned data that contradicts \
         itself, such as a number that belongs to a person without Calling. Missing data must not look like absence, so nothing is \
         planned for the object; everything else is planned. Take a new snapshot: in most cases this resolves itself.";

    LOOKS_LIKE = "looks-like", Warning, false,
        "The name of a new object is almost that of an existing one.",
        "A warning: a group, location or workspace is created, and the organisation has one that no file names and whose name \
         differs only in case, spaces or one or two letters. If they are the same, write the existing name, or keep the new name \
         and add `formerly: <existing name>`: then it is renamed, and nothing is created. If they are different, name both in the \
         files.";

    // Input that is incomplete (exit 7)

    CONFIGURATION_EMPTY = "configuration-empty", Error, false,
        "No configuration was found.",
        "An error (exit 7): no file below the directory has a document with `org`, so this may be the wrong directory or an \
         incomplete checkout. trunkline plans nothing from that, since an empty directory must not look like an intention to \
         manage nothing. Give the right path, or start with `trunkline init`.\n\
         \n    version: 1\
         \n    org:\
         \n      name: Acme";

    SNAPSHOT_MISSING = "snapshot-missing", Error, false,
        "There is no snapshot file.",
        "An error (exit 7): a plan compares your files with what the organisation has now, and that file was not found. Capture it \
         with `trunkline snapshot --out FILE --live`, or from a Control Hub export with `--from-csv DIR`. Without `--snapshot`, \
         trunkline looks for `snapshot.json` in the configuration directory.";

    SNAPSHOT_UNREADABLE = "snapshot-unreadable", Error, false,
        "The snapshot file cannot be read.",
        "An error (exit 1): the file is not JSON, or not in the shape of a snapshot. It may be another file, or one that was \
         edited manually. A `capturedAt` that is absent, or not a time such as `2026-11-20T08:00:00Z`, is unreadable too: it \
         decides which acknowledgements have expired. Capture it again with `trunkline snapshot`.";

    SNAPSHOT_INCOMPLETE = "snapshot-incomplete", Error, false,
        "The snapshot is incomplete.",
        "An error (exit 7): the file is cut off, or it says `complete: false` because the capture did not finish. Missing data \
         would look like absence, so nothing is planned from it. Capture it again with `trunkline snapshot`.";

    SNAPSHOT_SECTION_MISSING = "snapshot-section-missing", Error, false,
        "The snapshot lacks a section that the configuration manages.",
        "An error (exit 7): your files manage, for example, numbers or groups, but the snapshot does not contain their current \
         state. A section that was not captured is not the same as an empty one, so nothing is planned. Capture the snapshot again \
         with a token or an export that covers this section, or remove the section from your files.";

    SNAPSHOT_WITHOUT_USERS = "snapshot-without-users", Error, false,
        "The snapshot has no users although the configuration names some.",
        "An error (exit 7): an organisation without people is far less likely than a capture that went wrong. Check that the token \
         may read people and belongs to the right organisation. Then capture the snapshot again.";
}
