//! Devices: `/devices`, activation codes, and what the telephony API returns of them (webex-api.md 8).
//!
//! Owns the rules of devices. Owners are people and workspaces; code that removes those removes their devices too.

mod listing;
mod mobile;
mod models;
mod telephony;

pub use self::mobile::bring;
use super::route::{Route, route};

type Scopes = &'static [&'static str];

const READ: Scopes = &["spark-admin:devices_read", "spark-admin:devices_write"];
const WRITE: Scopes = &["spark-admin:devices_write"];
const TELEPHONY_READ: Scopes = &[
    "spark-admin:telephony_config_read",
    "spark-admin:telephony_config_write",
];
const TELEPHONY_WRITE: Scopes = &["spark-admin:telephony_config_write"];
const LAG: &str = "devices";

/// The calls of `/devices`.
pub const ROUTES: &[Route] = &[
    route("GET", "/devices", READ, LAG, listing::list),
    route("POST", "/devices", WRITE, LAG, listing::create),
    route(
        "POST",
        "/devices/activationCode",
        WRITE,
        LAG,
        listing::activation_code,
    ),
    route("GET", "/devices/{}", READ, LAG, listing::read),
    route("DELETE", "/devices/{}", WRITE, LAG, listing::delete),
    route("PATCH", "/devices/{}", WRITE, LAG, listing::patch),
];

/// The calls below `/telephony/config`.
pub const TELEPHONY: &[Route] = &[
    route(
        "GET",
        "/telephony/config/supportedDevices",
        TELEPHONY_READ,
        "",
        models::list,
    ),
    route(
        "POST",
        "/telephony/config/devices/actions/validateMacs/invoke",
        TELEPHONY_READ,
        LAG,
        telephony::validate_macs,
    ),
    route(
        "GET",
        "/telephony/config/devices/{}",
        TELEPHONY_READ,
        LAG,
        telephony::read,
    ),
    route(
        "GET",
        "/telephony/config/devices/{}/members",
        TELEPHONY_READ,
        LAG,
        telephony::read_members,
    ),
    route(
        "PUT",
        "/telephony/config/devices/{}/members",
        TELEPHONY_WRITE,
        LAG,
        telephony::write_members,
    ),
    route(
        "GET",
        "/telephony/config/devices/{}/layout",
        TELEPHONY_READ,
        LAG,
        telephony::read_layout,
    ),
    route(
        "PUT",
        "/telephony/config/devices/{}/layout",
        TELEPHONY_WRITE,
        LAG,
        telephony::write_layout,
    ),
    route(
        "POST",
        "/telephony/config/devices/{}/actions/applyChanges/invoke",
        TELEPHONY_WRITE,
        LAG,
        telephony::apply_changes,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/devices",
        TELEPHONY_READ,
        LAG,
        telephony::of_person,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/devices/count",
        TELEPHONY_READ,
        LAG,
        telephony::count_of_person,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/devices/settings/hoteling",
        TELEPHONY_WRITE,
        LAG,
        telephony::write_hoteling,
    ),
    route(
        "GET",
        "/telephony/config/people/{}/devices/settings",
        TELEPHONY_READ,
        LAG,
        telephony::read_settings,
    ),
    route(
        "PUT",
        "/telephony/config/people/{}/devices/settings",
        TELEPHONY_WRITE,
        LAG,
        telephony::write_settings,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/devices",
        TELEPHONY_READ,
        LAG,
        telephony::of_workspace,
    ),
    route(
        "PUT",
        "/telephony/config/workspaces/{}/devices",
        TELEPHONY_WRITE,
        LAG,
        telephony::write_hoteling,
    ),
    route(
        "GET",
        "/telephony/config/workspaces/{}/devices/settings",
        TELEPHONY_READ,
        LAG,
        telephony::read_settings,
    ),
    route(
        "PUT",
        "/telephony/config/workspaces/{}/devices/settings",
        TELEPHONY_WRITE,
        LAG,
        telephony::write_settings,
    ),
];
