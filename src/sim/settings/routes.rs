//! The calls of this area. Which documents there are is in `table.json`; a test holds that both agree.

use super::super::route::{Route, route};
use super::{codes, criteria, ecbn, lists, numbers, plain, reach, schedules, voice};

type Scopes = &'static [&'static str];

const PEOPLE_READ: Scopes = &["spark-admin:people_read", "spark-admin:people_write"];
const PEOPLE_WRITE: Scopes = &["spark-admin:people_write"];
const TELEPHONY_READ: Scopes = &[
    "spark-admin:telephony_config_read",
    "spark-admin:telephony_config_write",
];
const TELEPHONY_WRITE: Scopes = &["spark-admin:telephony_config_write"];
const WORKSPACE_READ: Scopes = &[
    "spark-admin:workspaces_read",
    "spark-admin:workspaces_write",
];
const WORKSPACE_WRITE: Scopes = &["spark-admin:workspaces_write"];
// the documents name either for workspaces below /telephony
const EITHER_READ: Scopes = &[
    "spark-admin:workspaces_read",
    "spark-admin:workspaces_write",
    "spark-admin:telephony_config_read",
    "spark-admin:telephony_config_write",
];
const EITHER_WRITE: Scopes = &[
    "spark-admin:workspaces_write",
    "spark-admin:telephony_config_write",
];

/// What settings are called for read lag.
const LAG: &str = "settings";

/// GET and PUT of documents.
macro_rules! documents {
    ($read:expr, $write:expr, $($path:literal),* $(,)?) => {
        &[$(
            route("GET", $path, $read, LAG, plain::read),
            route("PUT", $path, $write, LAG, plain::write),
        )*]
    };
}

/// The criteria below documents.
macro_rules! criteria {
    ($read:expr, $write:expr, $($path:literal),* $(,)?) => {
        &[$(
            route("POST", concat!($path, "/criteria"), $write, LAG, criteria::create),
            route("GET", concat!($path, "/criteria/{}"), $read, LAG, criteria::read),
            route("PUT", concat!($path, "/criteria/{}"), $write, LAG, criteria::update),
            route("DELETE", concat!($path, "/criteria/{}"), $write, LAG, criteria::delete),
        )*]
    };
}

/// Documents of people below `/people`.
pub const PEOPLE: &[Route] = documents![
    PEOPLE_READ,
    PEOPLE_WRITE,
    "/people/{}/features/bargeIn",
    "/people/{}/features/callForwarding",
    "/people/{}/features/intercept",
    "/people/{}/features/callRecording",
    "/people/{}/features/callWaiting",
    "/people/{}/features/callerId",
    "/people/{}/features/callingBehavior",
    "/people/{}/features/doNotDisturb",
    "/people/{}/features/executiveAssistant",
    "/people/{}/features/hoteling",
    "/people/{}/features/monitoring",
    "/people/{}/features/incomingPermission",
    "/people/{}/features/outgoingPermission",
    "/people/{}/features/outgoingPermission/autoTransferNumbers",
    "/people/{}/features/privacy",
    "/people/{}/features/pushToTalk",
    "/people/{}/features/reception",
    "/people/{}/features/voicemail",
    "/people/{}/features/applications",
];

/// Documents of people below `/telephony`.
pub const TELEPHONY: &[Route] = documents![
    TELEPHONY_READ,
    TELEPHONY_WRITE,
    "/telephony/config/people/{}/executive/alert",
    "/telephony/config/people/{}/executive/callFiltering",
    "/telephony/config/people/{}/executive/assignedAssistants",
    "/telephony/config/people/{}/executive/assistant",
    "/telephony/config/people/{}/executive/screening",
    "/telephony/config/people/{}/outgoingPermission",
    "/telephony/config/people/{}/outgoingPermission/autoTransferNumbers",
    "/telephony/config/people/{}/musicOnHold",
    "/telephony/config/people/{}/preferredAnswerEndpoint",
    "/telephony/config/people/{}/applications/members",
    "/telephony/config/people/{}/features/hotDesking/members",
    "/telephony/config/people/{}/agent/callerId",
    "/telephony/config/people/{}/features/callBridge",
    "/telephony/config/people/{}/modeManagement/features",
    "/telephony/config/people/{}/features/personalAssistant",
    "/telephony/config/people/{}/selectiveAccept",
    "/telephony/config/people/{}/selectiveReject",
    "/telephony/config/people/{}/selectiveForward",
    "/telephony/config/people/{}/simultaneousRing",
    "/telephony/config/people/{}/anonymousCallReject",
    "/telephony/config/people/{}/features/hotDesking",
    "/telephony/config/people/{}/outboundBillingPlan",
    "/telephony/config/people/{}/singleNumberReach",
    "/telephony/config/people/{}/emergencyCallbackNumber",
    "/telephony/config/people/{}",
    "/telephony/config/people/{}/callCaptions",
    "/telephony/config/people/{}/settings/permissions",
    "/telephony/config/people/{}/applications/{}/members",
];

/// Documents of workspaces below `/workspaces`.
pub const WORKSPACE: &[Route] = documents![
    WORKSPACE_READ,
    WORKSPACE_WRITE,
    "/workspaces/{}/features/callForwarding",
    "/workspaces/{}/features/intercept",
    "/workspaces/{}/features/callWaiting",
    "/workspaces/{}/features/callerId",
    "/workspaces/{}/features/monitoring",
    "/workspaces/{}/features/incomingPermission",
    "/workspaces/{}/features/outgoingPermission",
    "/workspaces/{}/features/outgoingPermission/autoTransferNumbers",
];

/// Documents of workspaces below `/telephony`.
pub const TELEPHONY_WORKSPACE: &[Route] = documents![
    EITHER_READ,
    EITHER_WRITE,
    "/telephony/config/workspaces/{}/bargeIn",
    "/telephony/config/workspaces/{}/features/callRecordings",
    "/telephony/config/workspaces/{}/doNotDisturb",
    "/telephony/config/workspaces/{}/privacy",
    "/telephony/config/workspaces/{}/pushToTalk",
    "/telephony/config/workspaces/{}/voicemail",
    "/telephony/config/workspaces/{}/musicOnHold",
    "/telephony/config/workspaces/{}/callBridge",
    "/telephony/config/workspaces/{}/selectiveAccept",
    "/telephony/config/workspaces/{}/selectiveReject",
    "/telephony/config/workspaces/{}/selectiveForward",
    "/telephony/config/workspaces/{}/simultaneousRing",
    "/telephony/config/workspaces/{}/sequentialRing",
    "/telephony/config/workspaces/{}/priorityAlert",
    "/telephony/config/workspaces/{}/anonymousCallReject",
    "/telephony/config/workspaces/{}/callPolicies",
    "/telephony/config/workspaces/{}/outboundBillingPlan",
    "/telephony/config/workspaces/{}/emergencyCallbackNumber",
];

/// Criteria below those.
pub const TELEPHONY_CRITERIA: &[Route] = criteria![
    TELEPHONY_READ,
    TELEPHONY_WRITE,
    "/telephony/config/people/{}/executive/callFiltering",
    "/telephony/config/people/{}/selectiveAccept",
    "/telephony/config/people/{}/selectiveReject",
    "/telephony/config/people/{}/selectiveForward",
    "/telephony/config/people/{}/simultaneousRing",
];

/// Criteria below those.
pub const TELEPHONY_WORKSPACE_CRITERIA: &[Route] = criteria![
    EITHER_READ,
    EITHER_WRITE,
    "/telephony/config/workspaces/{}/selectiveAccept",
    "/telephony/config/workspaces/{}/selectiveReject",
    "/telephony/config/workspaces/{}/selectiveForward",
    "/telephony/config/workspaces/{}/simultaneousRing",
    "/telephony/config/workspaces/{}/sequentialRing",
    "/telephony/config/workspaces/{}/priorityAlert",
];

/// What is no document of the table.
pub const OTHERS: &[Route] = &[
    route(
        "GET",
        "/telephony/config/workspaces/{}/callIntercept/availableNumbers",
        EITHER_READ,
        LAG,
        ecbn::available,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/callForwarding/availableNumbers",
        EITHER_READ,
        LAG,
        ecbn::available,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/callIntercept/availableNumbers",
        TELEPHONY_READ,
        LAG,
        ecbn::available,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/callForwarding/availableNumbers",
        TELEPHONY_READ,
        LAG,
        ecbn::available,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/emergencyCallbackNumber/availableNumbers",
        TELEPHONY_READ,
        LAG,
        ecbn::available,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/emergencyCallbackNumber/availableNumbers",
        EITHER_READ,
        LAG,
        ecbn::available,
    ),
    route(
        "GET",
        "/people/{}/features/schedules",
        PEOPLE_READ,
        LAG,
        schedules::list,
    ),
    route(
        "POST",
        "/people/{}/features/schedules",
        PEOPLE_WRITE,
        LAG,
        schedules::create,
    ),
    route(
        "GET",
        "/people/{}/features/schedules/{}/{}",
        PEOPLE_READ,
        LAG,
        schedules::read,
    ),
    route(
        "PUT",
        "/people/{}/features/schedules/{}/{}",
        PEOPLE_WRITE,
        LAG,
        schedules::update,
    ),
    route(
        "DELETE",
        "/people/{}/features/schedules/{}/{}",
        PEOPLE_WRITE,
        LAG,
        schedules::delete,
    ),
    route(
        "POST",
        "/people/{}/features/schedules/{}/{}/events",
        PEOPLE_WRITE,
        LAG,
        schedules::create_event,
    ),
    route(
        "GET",
        "/people/{}/features/schedules/{}/{}/events/{}",
        PEOPLE_READ,
        LAG,
        schedules::read_event,
    ),
    route(
        "PUT",
        "/people/{}/features/schedules/{}/{}/events/{}",
        PEOPLE_WRITE,
        LAG,
        schedules::update_event,
    ),
    route(
        "DELETE",
        "/people/{}/features/schedules/{}/{}/events/{}",
        PEOPLE_WRITE,
        LAG,
        schedules::delete_event,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/outgoingPermission/accessCodes",
        TELEPHONY_READ,
        LAG,
        codes::read_codes,
    ),
    route(
        "POST",
        "/telephony/config/people/{}/outgoingPermission/accessCodes",
        TELEPHONY_WRITE,
        LAG,
        codes::create_code,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/outgoingPermission/accessCodes",
        TELEPHONY_WRITE,
        LAG,
        codes::delete_some_codes,
    ),
    route(
        "DELETE",
        "/telephony/config/people/{}/outgoingPermission/accessCodes",
        TELEPHONY_WRITE,
        LAG,
        codes::delete_codes,
    ),
    route(
        "GET",
        "/workspaces/{}/features/outgoingPermission/accessCodes",
        WORKSPACE_READ,
        LAG,
        codes::read_codes,
    ),
    route(
        "POST",
        "/workspaces/{}/features/outgoingPermission/accessCodes",
        WORKSPACE_WRITE,
        LAG,
        codes::create_code,
    ),
    route(
        "PUT",
        "/workspaces/{}/features/outgoingPermission/accessCodes",
        WORKSPACE_WRITE,
        LAG,
        codes::delete_some_codes,
    ),
    route(
        "DELETE",
        "/workspaces/{}/features/outgoingPermission/accessCodes",
        WORKSPACE_WRITE,
        LAG,
        codes::delete_codes,
    ),
    route(
        "DELETE",
        "/telephony/config/workspaces/{}/features/accessCodes/{}",
        EITHER_WRITE,
        LAG,
        codes::delete_code,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns",
        TELEPHONY_READ,
        LAG,
        codes::read_patterns,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns",
        TELEPHONY_WRITE,
        LAG,
        codes::update_patterns,
    ),
    route(
        "POST",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns",
        TELEPHONY_WRITE,
        LAG,
        codes::create_pattern,
    ),
    route(
        "DELETE",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns",
        TELEPHONY_WRITE,
        LAG,
        codes::delete_patterns,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns/{}",
        TELEPHONY_READ,
        LAG,
        codes::read_pattern,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns/{}",
        TELEPHONY_WRITE,
        LAG,
        codes::update_pattern,
    ),
    route(
        "DELETE",
        "/telephony/config/people/{}/outgoingPermission/digitPatterns/{}",
        TELEPHONY_WRITE,
        LAG,
        codes::delete_pattern,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns",
        EITHER_READ,
        LAG,
        codes::read_patterns,
    ),
    route(
        "PUT",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns",
        EITHER_WRITE,
        LAG,
        codes::update_patterns,
    ),
    route(
        "POST",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns",
        EITHER_WRITE,
        LAG,
        codes::create_pattern,
    ),
    route(
        "DELETE",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns",
        EITHER_WRITE,
        LAG,
        codes::delete_patterns,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns/{}",
        EITHER_READ,
        LAG,
        codes::read_pattern,
    ),
    route(
        "PUT",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns/{}",
        EITHER_WRITE,
        LAG,
        codes::update_pattern,
    ),
    route(
        "DELETE",
        "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns/{}",
        EITHER_WRITE,
        LAG,
        codes::delete_pattern,
    ),
    route(
        "POST",
        "/telephony/config/people/{}/singleNumberReach/numbers",
        TELEPHONY_WRITE,
        LAG,
        reach::create,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/singleNumberReach/numbers/{}",
        TELEPHONY_WRITE,
        LAG,
        reach::update,
    ),
    route(
        "DELETE",
        "/telephony/config/people/{}/singleNumberReach/numbers/{}",
        TELEPHONY_WRITE,
        LAG,
        reach::delete,
    ),
    route(
        "GET",
        "/people/{}/features/numbers",
        PEOPLE_READ,
        LAG,
        numbers::read_person,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/numbers",
        TELEPHONY_WRITE,
        LAG,
        numbers::write,
    ),
    route(
        "GET",
        "/workspaces/{}/features/numbers",
        WORKSPACE_READ,
        LAG,
        numbers::read_workspace,
    ),
    route(
        "PUT",
        "/telephony/config/workspaces/{}/numbers",
        EITHER_WRITE,
        LAG,
        numbers::write,
    ),
    route(
        "POST",
        "/people/{}/features/voicemail/actions/resetPin/invoke",
        PEOPLE_WRITE,
        LAG,
        voice::reset_pin,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/voicemail/passcode",
        TELEPHONY_WRITE,
        LAG,
        voice::passcode,
    ),
    route(
        "PUT",
        "/telephony/config/workspaces/{}/voicemail/passcode",
        EITHER_WRITE,
        LAG,
        voice::passcode,
    ),
    route(
        "POST",
        "/people/{}/features/voicemail/actions/uploadBusyGreeting/invoke",
        PEOPLE_WRITE,
        LAG,
        voice::busy_greeting,
    ),
    route(
        "POST",
        "/telephony/config/workspaces/{}/voicemail/actions/uploadBusyGreeting/invoke",
        EITHER_WRITE,
        LAG,
        voice::busy_greeting,
    ),
    route(
        "POST",
        "/people/{}/features/voicemail/actions/uploadNoAnswerGreeting/invoke",
        PEOPLE_WRITE,
        LAG,
        voice::unanswered_greeting,
    ),
    route(
        "POST",
        "/telephony/config/workspaces/{}/voicemail/actions/uploadNoAnswerGreeting/invoke",
        EITHER_WRITE,
        LAG,
        voice::unanswered_greeting,
    ),
    route(
        "POST",
        "/people/{}/features/intercept/actions/announcementUpload/invoke",
        PEOPLE_WRITE,
        LAG,
        voice::intercept_announcement,
    ),
    route(
        "POST",
        "/telephony/config/workspaces/{}/features/intercept/actions/announcementUpload/invoke",
        EITHER_WRITE,
        LAG,
        voice::intercept_announcement,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/emergencyCallbackNumber/dependencies",
        TELEPHONY_READ,
        LAG,
        ecbn::dependencies,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/emergencyCallbackNumber/dependencies",
        EITHER_READ,
        LAG,
        ecbn::dependencies,
    ),
    route(
        "GET",
        "/telephony/config/locations/{}/features/emergencyCallbackNumber",
        TELEPHONY_READ,
        LAG,
        ecbn::read_location,
    ),
    route(
        "PUT",
        "/telephony/config/locations/{}/features/emergencyCallbackNumber",
        TELEPHONY_WRITE,
        LAG,
        ecbn::write_location,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/services",
        TELEPHONY_READ,
        LAG,
        lists::services,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/settings/msTeams",
        TELEPHONY_READ,
        LAG,
        lists::read_teams,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/settings/msTeams",
        TELEPHONY_WRITE,
        LAG,
        lists::write_teams,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/executive/availableAssistants",
        TELEPHONY_READ,
        LAG,
        lists::assistants,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/applications/availableMembers",
        TELEPHONY_READ,
        LAG,
        lists::members,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/applications/availableMembers/count",
        TELEPHONY_READ,
        LAG,
        lists::count_members,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/applications/{}/availableMembers",
        TELEPHONY_READ,
        LAG,
        lists::members,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/features/hotDesking/availableMembers",
        TELEPHONY_READ,
        LAG,
        lists::members,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/monitoring/availableMembers",
        TELEPHONY_READ,
        LAG,
        lists::monitored,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/agent/availableCallerIds",
        TELEPHONY_READ,
        LAG,
        lists::caller_ids,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/modeManagement/availableFeatures",
        TELEPHONY_READ,
        LAG,
        lists::available_features,
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::table::SETTINGS;
    use super::*;

    #[test]
    fn documents_are_those_of_the_table() {
        let routes = [PEOPLE, TELEPHONY, WORKSPACE, TELEPHONY_WORKSPACE];
        let routed: BTreeSet<String> = routes
            .concat()
            .iter()
            .map(|route| route.path.to_owned())
            // the lines of one application are those of all
            .filter(|path| !path.ends_with("/applications/{}/members"))
            .collect();
        let table = SETTINGS
            .iter()
            .flat_map(|setting| setting.paths().map(|(_, path)| path.to_owned()));
        let table: BTreeSet<String> = table
            .map(|path| {
                let segments = path.split('/');
                let segments: Vec<&str> = segments
                    .map(|it| if it.starts_with('{') { "{}" } else { it })
                    .collect();
                segments.join("/")
            })
            .collect();
        assert_eq!(routed, table);
        let criteria = [TELEPHONY_CRITERIA, TELEPHONY_WORKSPACE_CRITERIA]
            .concat()
            .len();
        let with = SETTINGS.iter().filter(|setting| setting.criteria.is_some());
        assert_eq!(
            criteria,
            4 * with.map(|setting| setting.paths().count()).sum::<usize>()
        );
    }
}
