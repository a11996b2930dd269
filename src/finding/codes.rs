//! The table of finding codes: one row each, read by `trunkline explain CODE` and by the checks of `acknowledgements`.

use super::{Code, CodePage};

macro_rules! codes {
    ($($(#[doc = $title:literal])* $name:ident = $code:literal, $ack:literal, $page:literal;)*) => {
        $($(#[doc = $title])* pub const $name: Code = Code($code);)*

        /// Every code, in the order of the groups in this file.
        pub static CODES: &[CodePage] = &[
            $(CodePage { code: $name, acknowledgeable: $ack, title: concat!($($title),*), page: $page },)*
        ];
    };
}

codes! {
    // Files (exit 1)

    /// TITLE
    YAML_SYNTAX = "yaml-syntax", false, "PAGE";

    /// TITLE
    UNKNOWN_FIELD = "unknown-field", false, "PAGE";

    /// TITLE
    DUPLICATE_KEY = "duplicate-key", false, "PAGE";

    /// TITLE
    WRONG_TYPE = "wrong-type", false, "PAGE";

    /// TITLE
    INVALID_VALUE = "invalid-value", false, "PAGE";

    /// TITLE
    MISSING_FIELD = "missing-field", false, "PAGE";

    /// TITLE
    DUPLICATE_VALUE = "duplicate-value", false, "PAGE";

    /// TITLE
    VERSION_UNSUPPORTED = "version-unsupported", false, "PAGE";

    /// TITLE
    TEMPLATE_UNKNOWN = "template-unknown", false, "PAGE";

    /// TITLE
    TEMPLATE_MODE_MISMATCH = "template-mode-mismatch", false, "PAGE";

    /// TITLE
    RETAIN_OFF_NEEDS_EXISTING_SCOPE = "retain-off-needs-existing-scope", false, "PAGE";

    /// TITLE
    SERVICE_NOT_TEMPLATABLE = "service-not-templatable", false, "PAGE";

    /// TITLE
    FORBIDDEN_LICENSE = "forbidden-license", false, "PAGE";

    /// TITLE
    DISTRIBUTION_GROUP_TEMPLATE = "distribution-group-template", false, "PAGE";

    /// TITLE
    DIRECTORY_OWNED_FIELD = "directory-owned-field", false, "PAGE";

    /// TITLE
    MEMBER_ABSENT = "member-absent", false, "PAGE";

    /// TITLE
    OVERRIDE_CONFLICT = "override-conflict", false, "PAGE";

    /// TITLE
    CALLING_NUMBER_FORMAT = "calling-number-format", false, "PAGE";

    /// TITLE
    CALLING_EXTENSION_FORMAT = "calling-extension-format", false, "PAGE";

    /// TITLE
    NUMBER_RANGE = "number-range", false, "PAGE";

    /// TITLE
    NUMBER_DUPLICATE = "number-duplicate", false, "PAGE";

    /// TITLE
    NUMBER_CLAIMED_TWICE = "number-claimed-twice", false, "PAGE";

    /// TITLE
    EXTENSION_CLAIMED_TWICE = "extension-claimed-twice", false, "PAGE";

    /// TITLE
    SUBSCRIPTION_REPLACED = "subscription-replaced", false, "PAGE";

    /// TITLE
    REPLACED_BY_CYCLE = "replaced-by-cycle", false, "PAGE";

    /// TITLE
    ACKNOWLEDGEMENT_WILDCARD = "acknowledgement-wildcard", false, "PAGE";

    /// TITLE
    ACKNOWLEDGEMENT_UNKNOWN_CODE = "acknowledgement-unknown-code", false, "PAGE";

    /// TITLE
    ORG_MISMATCH = "org-mismatch", false, "PAGE";

    // Input that is incomplete (exit 7)

    /// TITLE
    CONFIGURATION_EMPTY = "configuration-empty", false, "PAGE";

    /// TITLE
    SNAPSHOT_MISSING = "snapshot-missing", false, "PAGE";

    /// TITLE
    SNAPSHOT_UNREADABLE = "snapshot-unreadable", false, "PAGE";

    /// TITLE
    SNAPSHOT_INCOMPLETE = "snapshot-incomplete", false, "PAGE";

    /// TITLE
    SNAPSHOT_SECTION_MISSING = "snapshot-section-missing", false, "PAGE";

    /// TITLE
    SNAPSHOT_WITHOUT_USERS = "snapshot-without-users", false, "PAGE";

    // Names that only the snapshot can confirm

    /// TITLE
    LOCATION_UNKNOWN = "location-unknown", false, "PAGE";

    /// TITLE
    SUBSCRIPTION_UNKNOWN = "subscription-unknown", false, "PAGE";

    /// TITLE
    SITE_UNKNOWN = "site-unknown", false, "PAGE";

    /// TITLE
    LICENSE_UNKNOWN = "license-unknown", false, "PAGE";

    /// TITLE
    LICENSE_AMBIGUOUS = "license-ambiguous", false, "PAGE";

    /// TITLE
    USER_UNKNOWN = "user-unknown", false, "PAGE";

    /// TITLE
    GROUP_UNKNOWN = "group-unknown", false, "PAGE";

    // Licences

    /// TITLE
    EXISTING_USERS_NOT_IN_SCOPE = "existing-users-not-in-scope", false, "PAGE";

    /// TITLE
    MEMBERSHIP_WAITS = "membership-waits", false, "PAGE";

    /// TITLE
    CALLING_TYPE_CONFLICT = "calling-type-conflict", false, "PAGE";

    /// TITLE
    CALLING_DOWNGRADE_UNSUPPORTED = "calling-downgrade-unsupported", false, "PAGE";

    /// TITLE
    HOST_POOL_SHORT = "host-pool-short", false, "PAGE";

    /// TITLE
    ATTENDEE_SITE_ADMIN = "attendee-site-admin", false, "PAGE";

    /// TITLE
    ATTENDEE_FEATURE_OFF = "attendee-feature-off", false, "PAGE";

    /// TITLE
    PIN_CONFLICT = "pin-conflict", false, "PAGE";

    /// TITLE
    SUBSCRIPTION_KIND_MISMATCH = "subscription-kind-mismatch", false, "PAGE";

    /// TITLE
    SUBSCRIPTION_INACTIVE = "subscription-inactive", false, "PAGE";

    /// TITLE
    SUBSCRIPTION_DIFFERS = "subscription-differs", false, "PAGE";

    /// TITLE
    SUBSCRIPTION_AGE_UNKNOWN = "subscription-age-unknown", false, "PAGE";

    /// TITLE
    SUSPENDED_MANUAL_CONTROL_HUB = "suspended-manual-control-hub", false, "PAGE";

    /// TITLE
    POOL_EXHAUSTED = "pool-exhausted", false, "PAGE";

    // Calling, numbers and locations

    /// TITLE
    CALLING_NO_WORK_PHONE = "calling-no-work-phone", false, "PAGE";

    /// TITLE
    CALLING_NUMBER_UNKNOWN = "calling-number-unknown", false, "PAGE";

    /// TITLE
    CALLING_NUMBER_IN_USE = "calling-number-in-use", false, "PAGE";

    /// TITLE
    CALLING_LOCATION_REQUIRED = "calling-location-required", false, "PAGE";

    /// TITLE
    CALLING_LOCATION_UNKNOWN = "calling-location-unknown", false, "PAGE";

    /// TITLE
    CALLING_LOCATION_MISMATCH = "calling-location-mismatch", false, "PAGE";

    /// TITLE
    CALLING_EXTENSION_IN_USE = "calling-extension-in-use", false, "PAGE";

    /// TITLE
    CALLING_EXTENSION_OR_NUMBER_REQUIRED = "calling-extension-or-number-required", false, "PAGE";

    /// TITLE
    CALLING_NUMBER_NOT_MOVABLE = "calling-number-not-movable", false, "PAGE";

    /// TITLE
    CALLING_BLOCK_UNUSED = "calling-block-unused", false, "PAGE";

    /// TITLE
    DIRECTORY_NUMBER_DIVERGED = "directory-number-diverged", false, "PAGE";

    /// TITLE
    LOCATION_NO_FREE_NUMBER = "location-no-free-number", false, "PAGE";

    /// TITLE
    NUMBER_SWAP_NEEDS_EXTENSION = "number-swap-needs-extension", false, "PAGE";

    /// TITLE
    NUMBER_TYPE_MISMATCH = "number-type-mismatch", false, "PAGE";

    /// TITLE
    NUMBER_NOT_VALID = "number-not-valid", false, "PAGE";

    /// TITLE
    WORKSPACE_LOCATION_FIXED = "workspace-location-fixed", false, "PAGE";

    // Losses that need an acknowledgement

    /// TITLE
    CALLING_LOSS = "calling-loss", true, "PAGE";

    /// TITLE
    USER_DELETION = "user-deletion", true, "PAGE";

    /// TITLE
    WORKSPACE_DELETION = "workspace-deletion", true, "PAGE";

    /// TITLE
    LOCATION_DELETION = "location-deletion", true, "PAGE";

    /// TITLE
    BROADWORKS_SUBSCRIBER_DELETION = "broadworks-subscriber-deletion", true, "PAGE";

    /// TITLE
    VOICEMAIL_MESSAGES_LOSS = "voicemail-messages-loss", true, "PAGE";

    // Acknowledgements and guardrails

    /// TITLE
    ACKNOWLEDGEMENT_EXPIRED = "acknowledgement-expired", false, "PAGE";

    /// TITLE
    ACKNOWLEDGEMENT_UNUSED = "acknowledgement-unused", false, "PAGE";

    /// TITLE
    GUARDRAIL_REMOVALS = "guardrail-removals", false, "PAGE";

    /// TITLE
    GUARDRAIL_UPDATES = "guardrail-updates", false, "PAGE";

    /// TITLE
    GUARDRAIL_IRREVERSIBLE = "guardrail-irreversible", false, "PAGE";

    /// TITLE
    GUARDRAIL_PROTECT = "guardrail-protect", false, "PAGE";

    // The program itself

    /// TITLE
    NOT_PLANNED_YET = "not-planned-yet", false, "PAGE";

}
