//! Where the simulator and the documents part, each with the reason.

const SDK: &str =
    "newer than the documents: known from a client that uses it (webex-api.md section 10)";

const FEATURE: &str = "features: their documents are not among ours, a client reads them (wxc_sdk)";

/// Calls that no document has, with `*` for anything.
pub const UNDOCUMENTED: &[(&str, &str)] = &[
    (
        "/groups/{}/Members",
        "a client writes it with a capital, and the service takes it",
    ),
    (
        "/telephony/config/jobs/*/actions/{}/invoke",
        "the documents have pause and resume, one path each",
    ),
    (
        "/organization/licenseTemplates*",
        "a blueprint that was never published; off unless a switch is set (webex-api.md section 3)",
    ),
    ("/organization/groups", "goes with the templates"),
    ("/telephony/config/queues", FEATURE),
    ("/telephony/config/huntGroups", FEATURE),
    ("/telephony/config/autoAttendants", FEATURE),
    ("/telephony/config/paging", FEATURE),
    ("/telephony/config/virtualLines*", FEATURE),
    ("/telephony/config/supervisors*", FEATURE),
    ("/telephony/config/locations/{}/queues*", FEATURE),
    ("/telephony/config/locations/{}/huntGroups/{}", FEATURE),
    ("/telephony/config/locations/{}/autoAttendants/{}", FEATURE),
    ("/telephony/config/locations/{}/paging/{}", FEATURE),
    ("/telephony/config/locations/{}/callPickups*", FEATURE),
    ("/telephony/config/locations/{}/callParks*", FEATURE),
    (
        "/people/{}/features/outgoingPermission/autoTransferNumbers",
        "the older place, which a client still uses",
    ),
    ("/telephony/config/people/{}/outgoingPermission", SDK),
    ("/telephony/config/people/{}/features/hotDesking*", SDK),
    ("/telephony/config/people/{}/simultaneousRing*", SDK),
    ("/telephony/config/people/{}/anonymousCallReject", SDK),
    ("/telephony/config/*/{}/outboundBillingPlan", SDK),
    ("/telephony/config/people/{}/singleNumberReach*", SDK),
    ("/telephony/config/people/{}/settings/permissions", SDK),
    ("/telephony/config/people/{}/services", SDK),
    (
        "/telephony/config/people/{}/monitoring/availableMembers",
        SDK,
    ),
    (
        "/telephony/config/supportedDevices",
        "its document is not among those that we have (webex-api.md section 8.1)",
    ),
];

/// What a probe asks although no document has it.
pub const PROBES: &[(&str, &str)] = &[
    (
        "/organization/licenseTemplates",
        "whether it answers is the question",
    ),
    (
        "/identity/scim/{org}/v2/Users/{member}?returnGroups=true",
        "whether the parameter of the search is known here is the question",
    ),
    ("/telephony/config/queues", QUEUES),
    ("/telephony/config/queues?hasCxEssentials=true", QUEUES),
];

const QUEUES: &str = "its document is not among those that we have";
const BOOLEAN: &str = "documented as text, told as a switch by every client";
const UNSET: &str = "absent until it is set (webex-api.md section 17)";
const NONE: &str = "nothing was chosen, so there is nothing to tell";
const JOB: &str =
    "the documents of jobs differ among themselves; webex-api.md section 6.4 has the whole object";

/// What does not fit a document, with `*` for anything.
pub const CONTRADICTIONS: &[(&str, &str)] = &[
    (
        "*/people* answer *invitePending: not of type string",
        BOOLEAN,
    ),
    (
        "*/people* answer *loginEnabled: not of type string",
        BOOLEAN,
    ),
    (
        "GET /people answer $.notFoundIds: null",
        "null where all were found (webex-api.md section 4.1)",
    ),
    (
        "GET /groups/{}/members answer *: undocumented",
        "a page has its counters (webex-api.md section 1.5)",
    ),
    (
        "*/scim/*accountStatus: not of type string",
        "a list in the example of PATCH, and in what clients see",
    ),
    (
        "*/scim/*provisionSource: missing",
        "told of groups that a directory owns (webex-api.md section 4.4)",
    ),
    (
        "POST *validateNumbers/invoke answer $.phoneNumbers: undocumented",
        "what clients call the list (webex-api.md section 6.3)",
    ),
    (
        "GET /locations/{} answer $.preferredLanguage: undocumented",
        "the schema of a location is another one of the same name",
    ),
    (
        "GET /people/{}/features/callingBehavior answer $.profileId: missing",
        NONE,
    ),
    (
        "GET /people/{}/features/schedules/{}/{} answer $.events[].id: undocumented",
        "without it no event could be addressed",
    ),
    (
        "*/voicemail answer $.emailCopyOfMessage.emailId: missing",
        UNSET,
    ),
    (
        "*/voicemail answer $.messageStorage.externalEmail: missing",
        UNSET,
    ),
    (
        "GET */workspaces/{}/voicemail answer $.voiceMessageForwardingEnabled: undocumented",
        "people's has it, and both are one setting",
    ),
    ("*/jobs/* answer *jobType: undocumented", JOB),
    ("*/jobs/* answer *name: undocumented", JOB),
    ("*/jobs/* answer *stepExecutionStatuses: undocumented", JOB),
    (
        "*/manageNumbers* answer $.sourceLocationId: missing",
        "a change of usage goes from nowhere to nowhere",
    ),
    (
        "*/manageNumbers* answer $.targetLocationId: missing",
        "a change of usage goes from nowhere to nowhere",
    ),
    (
        "GET /telephony/config/locations/{} answer *: missing",
        "absent until it is set; a connection is told of premises alone (webex-api.md section 5.2)",
    ),
    (
        "GET /telephony/config/numbers answer *phoneNumberType: missing",
        "a number that nobody has is of no type (webex-api.md section 6.1)",
    ),
    ("*/agent/callerId answer *: missing", NONE),
    (
        "*/preferredAnswerEndpoint answer $.preferredAnswerEndpointId: missing",
        NONE,
    ),
    (
        "GET /telephony/config/people/{}/devices answer *activationState: not in the enum*",
        "in capitals for workspaces, and for clients",
    ),
    (
        "*/sequentialRing answer $.baseLocationNumberOfRings: not of type string",
        "a number in the request",
    ),
    (
        "PUT *allRecording* request $.notification.type: not in the enum: None",
        "told by GET",
    ),
];
