//! The settings of a person, in the order in which they are written back.
//!
//! Time zone, numbers and schedules come first, because others name them; lists that name other people, and devices, last.

use super::edit::Edit::{
    Copy, Drop, DropIf, EmptyBeside, Id, Ids, Keep, Rename, Set, Unless, Without,
};
use super::{DISTINCTIVE_RING, Detail, Never, Setting, Write, never, never_of, same_path};

/// Below `/people/{id}/features`.
macro_rules! features {
    ($path:literal) => {
        concat!("/people/{id}/features/", $path)
    };
}

/// Below `/telephony/config/people/{id}`.
macro_rules! telephony {
    ($path:literal) => {
        concat!("/telephony/config/people/{id}/", $path)
    };
}

/// Rules by caller and schedule. Each rule is read by itself, and created again with another id.
macro_rules! rules {
    ($name:literal, $path:literal) => {
        Setting::new(
            $name,
            telephony!($path),
            &[
                Write::PostEach("criteria", concat!(telephony!($path), "/criteria")),
                Write::Put(telephony!($path)),
            ],
        )
        .details(&[Detail {
            list: "criteria",
            path: concat!(telephony!($path), "/criteria/{item.id}"),
            into: None,
        }])
        .volatile(&["criteria[].id"])
        .after(&["schedules"])
    };
}

/// Only executives and assistants have these.
const EXECUTIVE: &[&str] = &["executiveAssistant"];

/// Every setting of a person.
pub const SETTINGS: &[Setting] = &[
    same_path!("timeZone", "/telephony/config/people/{id}").always(),
    Setting::new(
        "numbers",
        features!("numbers?preferE164Format=true"),
        &[Write::Put(telephony!("numbers"))],
    )
    .edits(&[
        // The first number and the extension come back with the licence.
        Unless("phoneNumbers", "primary", true),
        Keep(
            "phoneNumbers[]",
            &["primary", "directNumber", "extension", "ringPattern"],
        ),
        Set("phoneNumbers[]", "action", "ADD"),
        DISTINCTIVE_RING,
    ])
    .needs("phoneNumbers"),
    Setting::new(
        "schedules",
        features!("schedules"),
        &[Write::PostEach("schedules", features!("schedules"))],
    )
    .details(&[Detail {
        list: "schedules",
        path: features!("schedules/{item.type}/{item.id}"),
        into: None,
    }])
    .edits(&[
        Without("schedules", "level", "LOCATION"),
        Drop("schedules[].id"),
        Drop("schedules[].level"),
        Drop("schedules[].events[].id"),
    ])
    .needs("schedules")
    .volatile(&["schedules[].id", "schedules[].events[].id"]),
    same_path!("callForwarding", features!("callForwarding"))
        .edits(&[Drop("callForwarding.noAnswer.systemMaxNumberOfRings")])
        .always(),
    same_path!("callWaiting", features!("callWaiting")),
    same_path!("doNotDisturb", features!("doNotDisturb")),
    same_path!("bargeIn", features!("bargeIn")),
    same_path!("anonymousCallReject", telephony!("anonymousCallReject")),
    rules!("selectiveAccept", "selectiveAccept")
        .edits(&[Drop("criteria[].id"), Drop("criteria[].source")]),
    rules!("selectiveReject", "selectiveReject")
        .edits(&[Drop("criteria[].id"), Drop("criteria[].source")]),
    rules!("selectiveForward", "selectiveForward").edits(&[
        Drop("criteria[].id"),
        Drop("criteria[].source"),
        // The list says so of a rule whose own answer says `forwardEnabled`.
        Drop("criteria[].ringEnabled"),
    ]),
    rules!("simultaneousRing", "simultaneousRing")
        .edits(&[Drop("criteria[].id"), Drop("criteria[].source")]),
    Setting::new(
        "singleNumberReach",
        telephony!("singleNumberReach"),
        &[
            Write::PostEach("numbers", telephony!("singleNumberReach/numbers")),
            Write::Put(telephony!("singleNumberReach")),
        ],
    )
    .edits(&[Drop("numbers[].id")])
    .volatile(&["numbers[].id"]),
    same_path!(
        "personalAssistant",
        telephony!("features/personalAssistant")
    ),
    same_path!("intercept", features!("intercept")).edits(&[
        Drop("incoming.announcements.filename"),
        DropIf("incoming.announcements.greeting", "CUSTOM"),
    ]),
    same_path!("incomingPermission", features!("incomingPermission")),
    same_path!("outgoingPermission", features!("outgoingPermission"))
        .edits(&[Drop("callingPermissions[].isCallTypeRestrictionEnabled")]),
    Setting::new(
        "accessCodes",
        telephony!("outgoingPermission/accessCodes"),
        &[
            Write::PostEach("accessCodes", telephony!("outgoingPermission/accessCodes")),
            // Only this request turns them on, and it also needs to know which to delete.
            Write::Put(telephony!("outgoingPermission/accessCodes")),
        ],
    )
    .edits(&[
        Without("accessCodes", "level", "LOCATION"),
        Drop("accessCodes[].level"),
        EmptyBeside("useCustomAccessCodes", "deleteCodes"),
    ])
    .secret(),
    Setting::new(
        "digitPatterns",
        telephony!("outgoingPermission/digitPatterns"),
        &[
            Write::PostEach(
                "digitPatterns",
                telephony!("outgoingPermission/digitPatterns"),
            ),
            Write::Put(telephony!("outgoingPermission/digitPatterns")),
        ],
    )
    .edits(&[Drop("digitPatterns[].id")])
    .volatile(&["digitPatterns[].id"]),
    same_path!(
        "autoTransferNumbers",
        telephony!("outgoingPermission/autoTransferNumbers")
    ),
    same_path!("outboundBillingPlan", telephony!("outboundBillingPlan")),
    same_path!("callRecording", features!("callRecording")).edits(&[
        Drop("serviceProvider"),
        Drop("externalGroup"),
        Drop("externalIdentifier"),
    ]),
    same_path!("callCaptions", telephony!("callCaptions")).edits(&[
        Drop("locationClosedCaptionsEnabled"),
        Drop("locationTranscriptsEnabled"),
    ]),
    same_path!("callBridge", telephony!("features/callBridge")),
    same_path!("musicOnHold", telephony!("musicOnHold")).edits(&[Drop("mohLocationEnabled")]),
    same_path!("callingBehavior", features!("callingBehavior"))
        .edits(&[Drop("effectiveBehaviorType")])
        .volatile(&["effectiveBehaviorType"]),
    same_path!("applications", features!("applications"))
        .edits(&[
            Drop("browserClientId"),
            Drop("desktopClientId"),
            Drop("tabletClientId"),
            Drop("mobileClientId"),
            Drop("availableLineCount"),
        ])
        .volatile(&[
            "browserClientId",
            "desktopClientId",
            "tabletClientId",
            "mobileClientId",
        ]),
    Setting::new(
        "msTeams",
        telephony!("settings/msTeams"),
        &[Write::PutEach("settings", telephony!("settings/msTeams"))],
    )
    .edits(&[
        // What the organisation or a group sets is not the person's.
        Without("settings", "level", "GLOBAL"),
        Without("settings", "level", "ORGANIZATION"),
        Without("settings", "level", "GROUP"),
        Keep("settings[]", &["settingName", "value"]),
    ])
    .needs("settings")
    .volatile(&["settings[].lastModified"]),
    same_path!("permissions", telephony!("settings/permissions")),
    same_path!("callerId", features!("callerId")).edits(&[
        Drop("types"),
        Drop("directNumber"),
        Drop("extensionNumber"),
        Drop("locationNumber"),
        Drop("tollFreeLocationNumber"),
        Drop("locationExternalCallerIdName"),
    ]),
    same_path!("agentCallerId", telephony!("agent/callerId"))
        .edits(&[Id("selectedCallerId")])
        .needs("selectedCallerId"),
    same_path!(
        "emergencyCallbackNumber",
        telephony!("emergencyCallbackNumber")
    )
    .edits(&[
        Copy("locationMemberInfo.memberId", "locationMemberId"),
        Drop("directLineInfo"),
        Drop("locationECBNInfo"),
        Drop("locationMemberInfo"),
        Drop("defaultInfo"),
    ]),
    same_path!("voicemail", features!("voicemail")).edits(&[
        Drop("sendBusyCalls.greetingUploaded"),
        Drop("sendUnansweredCalls.greetingUploaded"),
        Drop("sendUnansweredCalls.systemMaxNumberOfRings"),
        Drop("voiceMessageForwardingEnabled"),
        // Its recording cannot be had, so whatever greeting there is stays.
        DropIf("sendBusyCalls.greeting", "CUSTOM"),
        DropIf("sendUnansweredCalls.greeting", "CUSTOM"),
    ]),
    same_path!("monitoring", features!("monitoring")).edits(&[
        Rename("callParkNotificationEnabled", "enableCallParkNotification"),
        Ids("monitoredElements"),
    ]),
    same_path!("privacy", features!("privacy")).edits(&[Ids("monitoringAgents")]),
    same_path!("pushToTalk", features!("pushToTalk")).edits(&[Ids("members")]),
    same_path!("reception", features!("reception")).edits(&[Ids("monitoredMembers")]),
    same_path!("executiveAssistant", features!("executiveAssistant")),
    same_path!("executiveAlert", telephony!("executive/alert")).after(EXECUTIVE),
    rules!("executiveCallFiltering", "executive/callFiltering").edits(&[
        Drop("criteria[].id"),
        Drop("criteria[].source"),
        Drop("criteria[].activationEnabled"),
    ]),
    same_path!(
        "executiveAssignedAssistants",
        telephony!("executive/assignedAssistants")
    )
    .edits(&[Ids("assistants"), Rename("assistants", "assistantIds")]),
    same_path!(
        "executiveAssistantSettings",
        telephony!("executive/assistant")
    )
    .edits(&[
        Keep("executives[]", &["id", "optInEnabled"]),
        Rename("executives[].id", "personId"),
    ]),
    same_path!("executiveScreening", telephony!("executive/screening")).after(EXECUTIVE),
    same_path!("modeManagement", telephony!("modeManagement/features"))
        .edits(&[Ids("features"), Rename("features", "featureIds")])
        .volatile(&[
            "features[].currentOperatingModeName",
            "features[].currentOperatingModeId",
        ]),
    same_path!("sharedLines", telephony!("applications/members"))
        .edits(&[
            Drop("model"),
            Drop("maxLineCount"),
            Keep(
                "members[]",
                &[
                    "id",
                    "port",
                    "primaryOwner",
                    "lineType",
                    "lineWeight",
                    "allowCallDeclineEnabled",
                    "lineLabel",
                ],
            ),
        ])
        .needs("members")
        .volatile(&["members[].hostIP", "members[].remoteIP"]),
    same_path!("hoteling", features!("hoteling")),
    same_path!("hotDesking", telephony!("features/hotDesking")),
    same_path!(
        "preferredAnswerEndpoint",
        telephony!("preferredAnswerEndpoint")
    )
    .edits(&[Drop("endpoints")])
    .needs("preferredAnswerEndpointId")
    .volatile(&["endpoints"]),
    same_path!("deviceSettings", telephony!("devices/settings")),
    Setting::new(
        "devices",
        telephony!("devices"),
        &[
            Write::PutPart(
                "devices",
                "lines",
                "/telephony/config/devices/{item.id}/members",
            ),
            Write::PutPart(
                "devices",
                "layout",
                "/telephony/config/devices/{item.id}/layout",
            ),
        ],
    )
    .details(super::DEVICE_DETAILS)
    .edits(super::DEVICE_EDITS)
    .needs("devices")
    .volatile(super::DEVICE_VOLATILE),
    Setting::new("services", telephony!("services"), &[]),
    Setting::new(
        "emergencyCallbackDependencies",
        telephony!("emergencyCallbackNumber/dependencies"),
        &[],
    ),
];

/// What no administrator can read or bring back.
pub const NEVER: &[Never] = &[
    never_of("voicemail", "voice messages"),
    never_of("voicemail", "the voicemail PIN"),
    never_of("greetings", "recorded greetings"),
    never_of("announcements", "the recorded intercept announcement"),
    never("call history"),
    never_of("devices", "personal preferences on devices"),
    never_of("devices", "the activation of devices"),
    never("the activation of apps"),
    never("sequential ring"),
    never("priority alert"),
    never("the personal list of blocked callers"),
    never("the caller ID that the person selected"),
    never("the person's Webex Go override"),
];
