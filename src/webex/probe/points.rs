//! The points of `docs/unconfirmed.md`: what is asked for each, and who judges the answers. A test holds that none is forgotten.

use super::judges::{licences, numbers, people, places, requests as replies, settings};
use super::requests::{
    ASSIST_QUEUES, AUDIT, AVAILABLE, BY_ADDRESS, CALLING, CLOSING_JOBS, CONNECTION, DEVICES,
    GROUPS, HOLDERS, LANGUAGES, LICENSES, LINES, LOCATION, LOCATIONS, LONG_AUDIT, ME, MEMBERS,
    MORE_DEVICES, MOVE_JOBS, NOBODY, NOWHERE, NUMBER_JOBS, NUMBERS, ORGANIZATIONS, PEOPLE,
    PEOPLE_LONG, PHONE_KEYS, PHONE_LINES, PHONES, QUEUES, SCIM_ONE, SCIM_SEARCH, SCIM_USERS,
    SECOND_WORKSPACE, SETTINGS, TEMPLATES, VOICEMAIL, WORKSPACES,
};
use super::{Judgement, View};

/// A point that reading settles, wholly or in part.
#[derive(Debug)]
pub struct Point {
    /// The heading in `docs/unconfirmed.md`.
    pub heading: &'static str,
    /// What is asked.
    pub asks: &'static [&'static str],
    /// Looks at what came.
    pub judge: fn(&View<'_>) -> Judgement,
    /// What only writing can settle; empty where reading does.
    pub left: &'static str,
}

const fn point(
    heading: &'static str,
    asks: &'static [&'static str],
    judge: fn(&View<'_>) -> Judgement,
    left: &'static str,
) -> Point {
    Point {
        heading,
        asks,
        judge,
        left,
    }
}

/// The points that reading settles, in the order of the page.
pub const POINTS: &[Point] = &[
    point(
        "What a workspace is for",
        &[WORKSPACES],
        places::supported,
        "whether a workspace for phones can lose Calling",
    ),
    point(
        "Hot desks",
        &[LICENSES, WORKSPACES],
        licences::hot_desks,
        "create a workspace with that licence and nothing else",
    ),
    point(
        "Codes and names of licences",
        &[LICENSES],
        licences::codes,
        "",
    ),
    point("A licence by its name", &[LICENSES], licences::by_name, ""),
    point(
        "Over the total",
        &[LICENSES],
        licences::over_total,
        "grant one more of a full pool",
    ),
    point(
        "Age and status of subscriptions",
        &[LICENSES],
        licences::age,
        "grant a licence from a suspended subscription",
    ),
    point(
        "Numbers in other forms",
        &[PEOPLE, NUMBERS],
        numbers::forms,
        "",
    ),
    point(
        "Extensions and names that Webex refuses",
        &[LICENSES, PEOPLE],
        numbers::refused,
        "ask for such extensions, and create a user with Calling and a name of 31 characters",
    ),
    point(
        "Numbers that cannot be assigned",
        &[NUMBERS, CALLING, AVAILABLE],
        numbers::not_for_anybody,
        "give one to a test user",
    ),
    point(
        "Additional numbers of a person",
        &[PEOPLE, NUMBERS],
        numbers::further,
        "whether a change of the person keeps them",
    ),
    point(
        "Numbers move in one job",
        &[NUMBER_JOBS],
        numbers::in_one_job,
        "move two free numbers in one job",
    ),
    point(
        "Extensions",
        &[NUMBERS, CALLING],
        numbers::extensions,
        "set extensions of 1, 2, 10 and 11 digits",
    ),
    point(
        "Numbers of a location without a connection",
        &[CALLING, CONNECTION],
        places::connections,
        "add a number to a location without a connection",
    ),
    point(
        "What a location reads back",
        &[LOCATIONS],
        places::reads_back,
        "create two locations whose names differ in case, and change a country",
    ),
    point(
        "The language of announcements",
        &[LOCATIONS, LANGUAGES, CALLING, LOCATION],
        places::languages,
        "create a location for each language, and call its voice portal",
    ),
    point(
        "People and groups from a directory",
        &[SCIM_USERS, GROUPS],
        people::directory,
        "",
    ),
    point(
        "Data of a person that could not be read",
        &[PEOPLE],
        people::errors,
        "",
    ),
    point(
        "A location means Calling",
        &[LICENSES, PEOPLE],
        people::location_means_calling,
        "",
    ),
    point(
        "Attendee accounts are listed",
        &[PEOPLE],
        people::attendees,
        "",
    ),
    point(
        "Members of a group",
        &[GROUPS, MEMBERS],
        people::groups,
        "add 500 and 501 members in one request, one of them twice, and create a second group with the same name",
    ),
    point(
        "Jobs",
        &[NUMBER_JOBS, MOVE_JOBS, CLOSING_JOBS],
        places::jobs,
        "what the request that starts a job returns",
    ),
    point(
        "Limits",
        &[PEOPLE, LICENSES, NUMBERS],
        replies::limits,
        "a capture of a large organisation",
    ),
    point(
        "Deleted people and objects",
        &[NOBODY, NOWHERE],
        replies::gone,
        "",
    ),
    point(
        "Pages",
        &[PEOPLE, PEOPLE_LONG, GROUPS, MEMBERS, NUMBERS],
        replies::pages,
        "",
    ),
    point(
        "What the total of the list of numbers counts",
        &[NUMBERS],
        numbers::total,
        "",
    ),
    point(
        "A list of devices that is cut",
        &[DEVICES, MORE_DEVICES],
        places::devices,
        "",
    ),
    point(
        "People in other lists",
        &[
            LICENSES,
            HOLDERS,
            PEOPLE,
            BY_ADDRESS,
            WORKSPACES,
            SECOND_WORKSPACE,
        ],
        people::other_lists,
        "",
    ),
    point(
        "Unknown members",
        &[
            LICENSES, PEOPLE, LOCATIONS, CALLING, GROUPS, NUMBERS, WORKSPACES, DEVICES,
        ],
        replies::unknown_members,
        "",
    ),
    point(
        "Calling features",
        &[QUEUES, ASSIST_QUEUES],
        places::queues,
        "what a person leaves with Calling, and with a location",
    ),
    point("Voicemail", &[VOICEMAIL], settings::voicemail, ""),
    point(
        "The audit trail",
        &[AUDIT, LONG_AUDIT],
        replies::audit,
        "how long a change takes to show",
    ),
    point(
        "Control Hub's own automatic assignment",
        &[TEMPLATES],
        replies::templates,
        "let a template of Control Hub give a licence, and read what the audit trail says",
    ),
    point(
        "The organisation of a service app",
        &[ME, ORGANIZATIONS],
        replies::service_app,
        "",
    ),
    point("Clocks", &[], replies::clocks, ""),
    point("Missing settings", &SETTINGS, settings::absent, ""),
    point(
        "The word for a distinctive ring",
        &[LINES],
        settings::ring,
        "which of the two words a PUT takes",
    ),
    point(
        "Phones that answer nothing",
        &[DEVICES, PHONES, PHONE_LINES, PHONE_KEYS],
        settings::phones,
        "",
    ),
    point(
        "The groups of one person",
        &[GROUPS, MEMBERS, SCIM_ONE, SCIM_SEARCH],
        people::groups_of_one,
        "",
    ),
];

/// The points that reading cannot settle, with what does.
pub const NOT_BY_READING: &[(&str, &str)] = &[
    (
        "A move in one request loses nothing",
        "move a test user with a greeting, call forwarding and a device, and compare all settings",
    ),
    (
        "A licence that is held can be added again",
        "add a licence to a person who holds it, in one request with the removal of another",
    ),
    (
        "A workspace licence can be swapped with devices attached",
        "swap the licence of a workspace with a phone, and of one without",
    ),
    (
        "A workspace is created and changed by one request",
        "create a workspace and change it, and read what is left",
    ),
    (
        "Calling of a workspace is removed by its type",
        "remove Calling from a workspace for collaboration devices, and from one for phones",
    ),
    (
        "When a unit counts as used",
        "read the units in use before and after the first sign-in of a new user",
    ),
    (
        "Devices when Calling is removed",
        "remove Calling from a user with a desk phone",
    ),
    (
        "New numbers",
        "add 100 numbers in one request, and 101, and read their state",
    ),
    (
        "Existing numbers",
        "add a number twice to one location, and to another one",
    ),
    (
        "Incomplete Calling",
        "swap the subscription of a person without a location",
    ),
    (
        "A number that was just given up",
        "remove a number from a user and delete it at once",
    ),
    (
        "Which request changes a number",
        "change the number of a test user, and remove it while an extension stays",
    ),
    (
        "The main number",
        "try to move the main number of a test location, and to clear it",
    ),
    (
        "A location is closed",
        "close a location that has a hunt group, one with a workspace without Calling, and an empty one",
    ),
    (
        "A closed location stays for a while",
        "delete a location right after its Calling was removed, and note for how long it is refused",
    ),
    (
        "Moving to another location",
        "run the move job for a test user with a stored message, within a country and across a border",
    ),
    (
        "A device is deleted by a request",
        "delete the Webex Go device of a test person with `DELETE /devices/{deviceId}`",
    ),
    (
        "A device waits for its code in the list",
        "add a Webex Go device in Control Hub, and list devices before its code is used",
    ),
    (
        "The device of a mobile number appears by itself",
        "order a mobile number for a test person, and list devices for an hour",
    ),
    (
        "Orders of mobile numbers",
        "order two mobile numbers, one of which the operator does not know",
    ),
    (
        "What the licences are called",
        "compare the Webex Go licences of `GET /licenses` with those in Control Hub",
    ),
    (
        "Fields that a directory owns",
        "change the display name of a synchronised user, and look again after the next synchronisation",
    ),
    (
        "People are changed whole",
        "change the extension of a user who has a bit of everything, and read everything again",
    ),
    (
        "The avatar",
        "change the display name of a user who has a picture, and look for the picture",
    ),
    (
        "A new person",
        "create a user, and one with an address that is refused",
    ),
    (
        "Carried out in part",
        "move a test user to a subscription without a free unit",
    ),
    (
        "What was written can be read",
        "write and read in turn, and note the longest time",
    ),
    (
        "Which answers mean that nothing was done",
        "nothing can force these; look into the journal after errors",
    ),
    (
        "Call queues",
        "create a queue, change its agents, and read it back",
    ),
    (
        "Refresh tokens",
        "refresh twice with the same refresh token",
    ),
    (
        "Scopes",
        "`trunkline doctor --live` with a service app that has the scopes of the page",
    ),
    (
        "How old a token is",
        "`trunkline doctor --live` with a token of each sort",
    ),
    (
        "Settings are written back as they were read",
        "fill every setting of a test user, remove Calling, restore, and compare two backups",
    ),
    (
        "Data that cannot be restored",
        "nothing to check; if one of these can be read after all, tell us",
    ),
    (
        "The first subscriber goes alone",
        "add two subscribers of a new enterprise at once",
    ),
    (
        "What Webex takes in which state",
        "change and remove a test subscriber in each state",
    ),
    (
        "How long Webex takes, and how it fails",
        "add a subscriber whose address is in use elsewhere, and read its states",
    ),
    (
        "What is left of a removed subscriber",
        "remove a test subscriber, and read the person",
    ),
    (
        "Deleting the person of a subscriber",
        "remove a test subscriber and delete the person in one plan",
    ),
    (
        "The mail that asks for consent",
        "send it for a subscriber that waits for consent, and read its state",
    ),
    (
        "Numbers of subscribers",
        "change the number and the extension of a test subscriber",
    ),
    (
        "Who is deleted with a synchronisation",
        "switch off the directory synchronisation of a test enterprise",
    ),
    (
        "A token that is not a partner's",
        "list enterprises with a token of a customer's administrator",
    ),
    (
        "What Partner Hub calls things",
        "compare the steps of the holds with Partner Hub",
    ),
    (
        "Attaching an organisation",
        "attach a test organisation, with and without an approval",
    ),
    (
        "Billing reports",
        "create a report of last month, and download it",
    ),
    (
        "How columns are spelled",
        "export users in Control Hub, and compare the first row",
    ),
    (
        "An empty cell changes nothing",
        "import a row of a test person with empty cells",
    ),
    (
        "A move in one row loses nothing",
        "import a row with FALSE and TRUE of two subscriptions",
    ),
    (
        "What a row of a person with Calling has to have",
        "import rows that lack one of them",
    ),
    (
        "How a number is replaced",
        "import a row with another number of a test person",
    ),
    (
        "In which order rows are carried out",
        "import two rows, one of which frees what the other needs",
    ),
    (
        "New people and licence templates",
        "import a new person where a template gives licences",
    ),
    (
        "The file of workspaces",
        "download all workspaces, and compare the first row",
    ),
    ("Numbers are pasted", "paste the file of numbers of a plan"),
    (
        "Where to click",
        "compare the steps of a checklist with Control Hub",
    ),
    (
        "The workflows",
        "GitHub and GitLab; set them up in a private repository",
    ),
    (
        "Many organisations",
        "run the workflows of examples/fleet in a private repository, and both manifests in a cluster",
    ),
    (
        "The release workflow",
        "push the tag of a pre-release in a fork, and run each program and image",
    ),
    (
        "Where files without a line are shown",
        "GitHub; upload the SARIF of an example",
    ),
];
