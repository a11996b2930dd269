//! The settings of a workspace, in the order in which they are written back. Many only exist with the Professional licence.

use super::edit::Edit::{Copy, Drop, DropIf, EmptyBeside, Ids, Keep, Rename, Set, Unless, Without};
use super::{DISTINCTIVE_RING, Detail, Never, Setting, Write, never, never_of, same_path};

/// Below `/workspaces/{id}/features`.
macro_rules! features {
    ($path:literal) => {
        concat!("/workspaces/{id}/features/", $path)
    };
}

/// Below `/telephony/config/workspaces/{id}`.
macro_rules! telephony {
    ($path:literal) => {
        concat!("/telephony/config/workspaces/{id}/", $path)
    };
}

/// Rules by caller and schedule. Each rule is read by itself, and created again with another id.
macro_rules! rules {
    ($name:literal) => {
        Setting::new(
            $name,
            telephony!($name),
            &[
                Write::PostEach("criteria", concat!(telephony!($name), "/criteria")),
                Write::Put(telephony!($name)),
            ],
        )
        .details(&[Detail {
            list: "criteria",
            path: concat!(telephony!($name), "/criteria/{item.id}"),
            into: None,
        }])
        .edits(&[Drop("criteria[].id"), Drop("criteria[].source")])
        .volatile(&["criteria[].id"])
    };
}

/// Every setting of a workspace.
pub const SETTINGS: &[Setting] = &[
    Setting::new(
        "numbers",
        features!("numbers"),
        &[Write::Put(telephony!("numbers"))],
    )
    .edits(&[
        // The first number and the extension come back with the licence.
        Unless("phoneNumbers", "primary", true),
        Rename("phoneNumbers[].external", "directNumber"),
        Keep(
            "phoneNumbers[]",
            &["primary", "directNumber", "extension", "ringPattern"],
        ),
        Set("phoneNumbers[]", "action", "ADD"),
        Keep("", &["distinctiveRingEnabled", "phoneNumbers"]),
        DISTINCTIVE_RING,
    ])
    .needs("phoneNumbers")
    .always(),
    same_path!("callForwarding", features!("callForwarding"))
        .edits(&[Drop("callForwarding.noAnswer.systemMaxNumberOfRings")]),
    same_path!("callWaiting", features!("callWaiting")),
    same_path!("doNotDisturb", telephony!("doNotDisturb")),
    same_path!("bargeIn", telephony!("bargeIn")),
    same_path!("anonymousCallReject", telephony!("anonymousCallReject")),
    rules!("selectiveAccept"),
    rules!("selectiveReject"),
    rules!("selectiveForward").edits(&[
        Drop("criteria[].id"),
        Drop("criteria[].source"),
        // The list says so of a rule whose own answer says `forwardEnabled`.
        Drop("criteria[].ringEnabled"),
        // Reading and writing have different names for it here.
        Rename(
            "criteria[].sendToVoicemailEnabled",
            "destinationVoicemailEnabled",
        ),
    ]),
    rules!("sequentialRing"),
    rules!("simultaneousRing"),
    rules!("priorityAlert"),
    same_path!("intercept", features!("intercept")).edits(&[
        Drop("incoming.announcements.filename"),
        DropIf("incoming.announcements.greeting", "CUSTOM"),
    ]),
    same_path!("incomingPermission", features!("incomingPermission")),
    same_path!("outgoingPermission", features!("outgoingPermission"))
        .edits(&[Drop("callingPermissions[].isCallTypeRestrictionEnabled")]),
    Setting::new(
        "accessCodes",
        features!("outgoingPermission/accessCodes"),
        &[
            Write::PostEach("accessCodes", features!("outgoingPermission/accessCodes")),
            // Only this request turns them on, and it also needs to know which to delete.
            Write::Put(features!("outgoingPermission/accessCodes")),
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
        features!("outgoingPermission/autoTransferNumbers")
    ),
    same_path!("callRecording", telephony!("features/callRecordings")).edits(&[
        Drop("serviceProvider"),
        Drop("externalGroup"),
        Drop("externalIdentifier"),
    ]),
    same_path!("callPolicies", telephony!("callPolicies")),
    same_path!("callBridge", telephony!("callBridge")),
    same_path!("musicOnHold", telephony!("musicOnHold")).edits(&[Drop("mohLocationEnabled")]),
    same_path!("callerId", features!("callerId")).edits(&[
        Drop("types"),
        Drop("directNumber"),
        Drop("extensionNumber"),
        Drop("locationNumber"),
        Drop("tollFreeLocationNumber"),
        Drop("locationExternalCallerIdName"),
    ]),
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
    same_path!("voicemail", telephony!("voicemail")).edits(&[
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
    same_path!("privacy", telephony!("privacy")).edits(&[Ids("monitoringAgents")]),
    same_path!("pushToTalk", telephony!("pushToTalk")).edits(&[Ids("members")]),
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
    never_of("devices", "preferences on devices"),
    never_of("devices", "the activation of devices"),
];
