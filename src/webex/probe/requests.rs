//! Every request that a probe may send; all are GET. What is in braces is an object that was chosen, see `samples`.

/// Whom the token is of.
pub const ME: &str = "/people/me";
/// The organisations that it may read.
pub const ORGANIZATIONS: &str = "/organizations";
/// Licences.
pub const LICENSES: &str = "/licenses";
/// Who holds one.
pub const HOLDERS: &str = "/licenses/{license}?includeAssignedTo=user&limit=300";
/// People as a capture reads them.
pub const PEOPLE: &str = "/people?callingData=true&excludeStatus=true&max=100";
/// People without calling data, on a long page.
pub const PEOPLE_LONG: &str = "/people?excludeStatus=true&max=1000";
/// A person by address.
pub const BY_ADDRESS: &str = "/people?callingData=true&email={address}";
/// A person who is not there.
pub const NOBODY: &str = "/people/{nobody}";
/// The directory.
pub const SCIM_USERS: &str =
    "/identity/scim/{org}/v2/Users?attributes=userName%2CexternalId%2CphoneNumbers&count=100";
/// A member of a group, as backups read one.
pub const SCIM_ONE: &str = "/identity/scim/{org}/v2/Users/{member}?returnGroups=true";
/// The same by search.
pub const SCIM_SEARCH: &str =
    "/identity/scim/{org}/v2/Users?filter=id%20eq%20%22{member}%22&returnGroups=true";
/// Groups.
pub const GROUPS: &str = "/groups?count=500";
/// The members of one.
pub const MEMBERS: &str = "/groups/{group}/members?count=500";
/// Locations.
pub const LOCATIONS: &str = "/locations?max=1000";
/// Locations with Calling.
pub const CALLING: &str = "/telephony/config/locations?max=1000";
/// One of them.
pub const LOCATION: &str = "/telephony/config/locations/{location}";
/// Its way to the public network.
pub const CONNECTION: &str = "/telephony/pstn/locations/{location}/connection";
/// Numbers that could be assigned there.
pub const AVAILABLE: &str =
    "/telephony/config/people/primary/availableNumbers?locationId={location}&max=2000";
/// Languages of announcements.
pub const LANGUAGES: &str = "/telephony/config/announcementLanguages";
/// Numbers.
pub const NUMBERS: &str = "/telephony/config/numbers?details=true&max=2000";
/// Workspaces.
pub const WORKSPACES: &str = "/workspaces?max=1000";
/// The second of them.
pub const SECOND_WORKSPACE: &str = "/workspaces?max=1&start=1";
/// A workspace that is not there.
pub const NOWHERE: &str = "/workspaces/{nowhere}";
/// Devices.
pub const DEVICES: &str = "/devices?max=1000";
/// Devices behind the first hundred.
pub const MORE_DEVICES: &str = "/devices?max=100&start=100";
/// Call queues as a backup reads them.
pub const QUEUES: &str = "/telephony/config/queues";
/// Those of Customer Assist.
pub const ASSIST_QUEUES: &str = "/telephony/config/queues?hasCxEssentials=true";
/// Jobs that moved numbers.
pub const NUMBER_JOBS: &str = "/telephony/config/jobs/numbers/manageNumbers";
/// Jobs that moved people.
pub const MOVE_JOBS: &str = "/telephony/config/jobs/person/moveLocation";
/// Jobs that closed locations.
pub const CLOSING_JOBS: &str = "/telephony/config/jobs/locations/deleteCallingLocation";
/// The audit trail of a month.
pub const AUDIT: &str =
    "/adminAudit/events?orgId={orgId}&from={monthAgo}&to={now}&max=200&offset=0";
/// That of two years, of which we believe that it is refused.
pub const LONG_AUDIT: &str =
    "/adminAudit/events?orgId={orgId}&from={twoYearsAgo}&to={now}&max=1&offset=0";
/// Licence templates, of which we believe that they do not answer.
pub const TEMPLATES: &str = "/organization/licenseTemplates";
/// Whether a person has voicemail.
pub const VOICEMAIL: &str = "/people/{person}/features/voicemail";
/// Settings of people and workspaces, which not everyone has.
pub const SETTINGS: [&str; 8] = [
    "/people/{person}/features/callForwarding",
    "/people/{person}/features/monitoring",
    "/telephony/config/people/{person}/musicOnHold",
    "/telephony/config/people/{person}/outgoingPermission/accessCodes",
    "/workspaces/{workspace}/features/callForwarding",
    "/telephony/config/workspaces/{workspace}/doNotDisturb",
    "/telephony/config/workspaces/{workspace}/musicOnHold",
    "/telephony/config/workspaces/{workspace}/voicemail",
];
/// The numbers of a person.
pub const LINES: &str = "/people/{caller}/features/numbers?preferE164Format=true";
/// The phones of a person who has one.
pub const PHONES: &str = "/telephony/config/people/{phoneOwner}/devices";
/// The lines of a phone.
pub const PHONE_LINES: &str = "/telephony/config/devices/{device}/members";
/// The keys of a phone.
pub const PHONE_KEYS: &str = "/telephony/config/devices/{device}/layout";
