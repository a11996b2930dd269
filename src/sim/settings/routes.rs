//! The calls of this area: those of the table of settings, read from there, and what is no document of it.
//!
//! Owns which method has which handler, and the scopes. Must not know what a setting holds.

use std::sync::LazyLock;

use super::super::call::{Call, Done};
use super::super::route::{Route, route};
use super::table::{self, Table};
use super::{codes, criteria, ecbn, lists, numbers, plain, reach, schedules, voice};

type Handler = fn(&mut Call<'_>) -> Done;

/// What settings are called for read lag.
const LAG: &str = "settings";

/// A document, at its path.
const DOCUMENT: &[(&str, Handler)] = &[("GET", plain::read), ("PUT", plain::write)];

/// Criteria as a whole, at `/criteria` below it.
const CRITERIA: &[(&str, Handler)] = &[("POST", criteria::create)];

/// One of the criteria, at `/criteria/{}` below it.
const CRITERION: &[(&str, Handler)] = &[
    ("GET", criteria::read),
    ("PUT", criteria::update),
    ("DELETE", criteria::delete),
];

/// Rows of a path with its methods.
macro_rules! calls {
    ($($path:literal => $($method:ident $handler:path),+;)+) => {
        &[$(($path, &[$((stringify!($method), $handler as Handler)),+])),+]
    };
}

/// What is no document of the table.
#[rustfmt::skip]
const OTHERS: &[(&str, &[(&str, Handler)])] = calls! {
    // the lines of one application are those of all
    "/telephony/config/people/{}/applications/{}/members" => GET plain::read, PUT plain::write;
    "/telephony/config/workspaces/{}/callIntercept/availableNumbers" => GET ecbn::available;
    "/telephony/config/workspaces/{}/callForwarding/availableNumbers" => GET ecbn::available;
    "/telephony/config/people/{}/callIntercept/availableNumbers" => GET ecbn::available;
    "/telephony/config/people/{}/callForwarding/availableNumbers" => GET ecbn::available;
    "/telephony/config/people/{}/emergencyCallbackNumber/availableNumbers" => GET ecbn::available;
    "/telephony/config/workspaces/{}/emergencyCallbackNumber/availableNumbers" => GET ecbn::available;
    "/people/{}/features/schedules" => GET schedules::list, POST schedules::create;
    "/people/{}/features/schedules/{}/{}" =>
        GET schedules::read, PUT schedules::update, DELETE schedules::delete;
    "/people/{}/features/schedules/{}/{}/events" => POST schedules::create_event;
    "/people/{}/features/schedules/{}/{}/events/{}" =>
        GET schedules::read_event, PUT schedules::update_event, DELETE schedules::delete_event;
    "/telephony/config/people/{}/outgoingPermission/accessCodes" =>
        GET codes::read_codes, POST codes::create_code, PUT codes::delete_some_codes, DELETE codes::delete_codes;
    "/workspaces/{}/features/outgoingPermission/accessCodes" =>
        GET codes::read_codes, POST codes::create_code, PUT codes::delete_some_codes, DELETE codes::delete_codes;
    "/telephony/config/workspaces/{}/features/accessCodes/{}" => DELETE codes::delete_code;
    "/telephony/config/people/{}/outgoingPermission/digitPatterns" =>
        GET codes::read_patterns, PUT codes::update_patterns, POST codes::create_pattern, DELETE codes::delete_patterns;
    "/telephony/config/people/{}/outgoingPermission/digitPatterns/{}" =>
        GET codes::read_pattern, PUT codes::update_pattern, DELETE codes::delete_pattern;
    "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns" =>
        GET codes::read_patterns, PUT codes::update_patterns, POST codes::create_pattern, DELETE codes::delete_patterns;
    "/telephony/config/workspaces/{}/outgoingPermission/digitPatterns/{}" =>
        GET codes::read_pattern, PUT codes::update_pattern, DELETE codes::delete_pattern;
    "/telephony/config/people/{}/singleNumberReach/numbers" => POST reach::create;
    "/telephony/config/people/{}/singleNumberReach/numbers/{}" => PUT reach::update, DELETE reach::delete;
    "/people/{}/features/numbers" => GET numbers::read_person;
    "/telephony/config/people/{}/numbers" => PUT numbers::write;
    "/workspaces/{}/features/numbers" => GET numbers::read_workspace;
    "/telephony/config/workspaces/{}/numbers" => PUT numbers::write;
    "/people/{}/features/voicemail/actions/resetPin/invoke" => POST voice::reset_pin;
    "/telephony/config/people/{}/voicemail/passcode" => PUT voice::passcode;
    "/telephony/config/workspaces/{}/voicemail/passcode" => PUT voice::passcode;
    "/people/{}/features/voicemail/actions/uploadBusyGreeting/invoke" => POST voice::busy_greeting;
    "/telephony/config/workspaces/{}/voicemail/actions/uploadBusyGreeting/invoke" =>
        POST voice::busy_greeting;
    "/people/{}/features/voicemail/actions/uploadNoAnswerGreeting/invoke" => POST voice::unanswered_greeting;
    "/telephony/config/workspaces/{}/voicemail/actions/uploadNoAnswerGreeting/invoke" =>
        POST voice::unanswered_greeting;
    "/people/{}/features/intercept/actions/announcementUpload/invoke" => POST voice::intercept_announcement;
    "/telephony/config/workspaces/{}/features/intercept/actions/announcementUpload/invoke" =>
        POST voice::intercept_announcement;
    "/telephony/config/people/{}/emergencyCallbackNumber/dependencies" => GET ecbn::dependencies;
    "/telephony/config/workspaces/{}/emergencyCallbackNumber/dependencies" => GET ecbn::dependencies;
    "/telephony/config/locations/{}/features/emergencyCallbackNumber" =>
        GET ecbn::read_location, PUT ecbn::write_location;
    "/telephony/config/people/{}/services" => GET lists::services;
    "/telephony/config/people/{}/settings/msTeams" => GET lists::read_teams, PUT lists::write_teams;
    "/telephony/config/people/{}/executive/availableAssistants" => GET lists::assistants;
    "/telephony/config/people/{}/applications/availableMembers" => GET lists::members;
    "/telephony/config/people/{}/applications/availableMembers/count" => GET lists::count_members;
    "/telephony/config/people/{}/applications/{}/availableMembers" => GET lists::members;
    "/telephony/config/people/{}/features/hotDesking/availableMembers" => GET lists::members;
    "/telephony/config/people/{}/monitoring/availableMembers" => GET lists::monitored;
    "/telephony/config/people/{}/agent/availableCallerIds" => GET lists::caller_ids;
    "/telephony/config/people/{}/modeManagement/availableFeatures" => GET lists::available_features;
};

static ROUTES: LazyLock<Result<Vec<Route>, &'static str>> =
    LazyLock::new(|| table::table().map(routes));

/// Every call of this area.
///
/// # Errors
/// What is wrong with the table of settings, and where.
pub fn all() -> Result<&'static [Route], &'static str> {
    ROUTES.as_deref().map_err(|why| *why)
}

fn routes(table: &'static Table) -> Vec<Route> {
    let documents = table.documents().flat_map(|document| {
        let criteria = [
            (&document.criteria, CRITERIA),
            (&document.criterion, CRITERION),
        ];
        let criteria = criteria.map(|(path, calls)| Some((path.as_deref()?, calls)));
        let own = [Some((document.path.as_str(), DOCUMENT))];
        own.into_iter().chain(criteria).flatten()
    });
    let all = documents.chain(OTHERS.iter().copied());
    let each = all.flat_map(|(path, calls)| {
        let calls = calls.iter();
        calls.map(move |(method, handler)| route(method, path, scopes(method, path), LAG, *handler))
    });
    each.collect()
}

/// Which scopes a call needs, one of them. For workspaces below `/telephony` the documents name either sort.
fn scopes(method: &str, path: &str) -> &'static [&'static str] {
    let all: &[&str] = if path.starts_with("/people/") {
        &["spark-admin:people_read", "spark-admin:people_write"]
    } else if path.starts_with("/workspaces/") {
        &[
            "spark-admin:workspaces_read",
            "spark-admin:workspaces_write",
        ]
    } else if path.starts_with("/telephony/config/workspaces/") {
        return match method {
            "GET" => &[
                "spark-admin:workspaces_read",
                "spark-admin:workspaces_write",
                "spark-admin:telephony_config_read",
                "spark-admin:telephony_config_write",
            ],
            _ => &[
                "spark-admin:workspaces_write",
                "spark-admin:telephony_config_write",
            ],
        };
    } else {
        &[
            "spark-admin:telephony_config_read",
            "spark-admin:telephony_config_write",
        ]
    };
    match method {
        "GET" => all,
        _ => &all[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_one_route() {
        let all = all().unwrap();
        let mut calls: Vec<_> = all.iter().map(|it| (it.path, it.method)).collect();
        let count = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), count);
        for (method, path) in [
            ("PUT", "/people/{}/features/bargeIn"),
            ("GET", "/telephony/config/workspaces/{}/callPolicies"),
            (
                "DELETE",
                "/telephony/config/people/{}/selectiveAccept/criteria/{}",
            ),
            (
                "POST",
                "/telephony/config/workspaces/{}/priorityAlert/criteria",
            ),
            ("GET", "/telephony/config/people/{}/applications/{}/members"),
        ] {
            assert!(calls.contains(&(path, method)), "{method} {path}");
        }
    }

    #[test]
    fn who_writes_needs_more_than_who_reads() {
        for route in all().unwrap() {
            assert!(!route.scopes.is_empty(), "{}", route.path);
            let reads = |scope: &&str| scope.ends_with("_read");
            assert_eq!(
                route.scopes.iter().any(reads),
                route.method == "GET",
                "{}",
                route.path
            );
        }
    }
}
