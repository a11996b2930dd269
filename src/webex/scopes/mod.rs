//! Which scopes requests and commands need (webex-api.md 1.3): the one table that `doctor`, messages about a refusal and
//! `docs/scopes.md` have them from.
//!
//! Cisco names most of them request by request. What is derived from its lists is in docs/unconfirmed.md.

mod needs;

use std::fmt;

pub use needs::{NEEDS, Need, Task, Without};

/// Requests below a path, and their scopes.
#[derive(Debug)]
pub struct Rule {
    /// The path below the base URL; `{}` is any segment, and longer paths are included.
    pub path: &'static str,
    /// For GET: one of these. The first is the one to give.
    pub read: &'static [&'static str],
    /// For everything else: all of these.
    pub write: &'static [&'static str],
}

const fn rule(
    path: &'static str,
    read: &'static [&'static str],
    write: &'static [&'static str],
) -> Rule {
    Rule { path, read, write }
}

/// The first rule that fits counts.
pub const RULES: [Rule; 22] = [
    rule(
        "/licenses/users",
        &["spark-admin:licenses_read"],
        &["spark-admin:people_write"],
    ),
    rule(
        "/licenses",
        &["spark-admin:licenses_read"],
        &["spark-admin:licenses_write"],
    ),
    rule(
        "/organization/licenseTemplates",
        &["spark-admin:licenses_read"],
        &["spark-admin:licenses_write"],
    ),
    // Any token may ask who it is.
    rule("/people/me", &[], &[]),
    rule("/authorizations", &[], &[]),
    rule(
        "/people",
        &["spark-admin:people_read"],
        &["spark-admin:people_write", "spark-admin:people_read"],
    ),
    rule(
        "/groups",
        &["identity:groups_read", "identity:groups_rw"],
        &["identity:groups_rw"],
    ),
    rule(
        "/identity/scim",
        &["identity:people_read", "identity:people_rw"],
        &["identity:people_rw"],
    ),
    rule(
        "/locations",
        &["spark-admin:locations_read", "spark-admin:people_read"],
        &["spark-admin:locations_write"],
    ),
    rule(
        "/telephony/config/jobs/person/moveLocation",
        &["spark-admin:telephony_config_read"],
        &[
            "spark-admin:telephony_config_write",
            "spark-admin:people_write",
            "identity:groups_rw",
        ],
    ),
    rule(
        "/telephony/config/workspaces",
        &[
            "spark-admin:telephony_config_read",
            "spark-admin:workspaces_read",
        ],
        &["spark-admin:telephony_config_write"],
    ),
    rule(
        "/telephony/pstn",
        &["spark-admin:telephony_pstn_read"],
        &[
            "spark-admin:telephony_pstn_write",
            "spark-admin:telephony_pstn_read",
        ],
    ),
    rule(
        "/telephony",
        &["spark-admin:telephony_config_read"],
        &["spark-admin:telephony_config_write"],
    ),
    rule(
        "/workspaces",
        &["spark-admin:workspaces_read"],
        &["spark-admin:workspaces_write"],
    ),
    rule(
        "/devices",
        &["spark-admin:devices_read"],
        &["spark-admin:devices_write"],
    ),
    rule("/organizations", &["spark-admin:organizations_read"], &[]),
    rule("/roles", &["spark-admin:roles_read"], &[]),
    rule("/adminAudit", &["audit:events_read"], &[]),
    rule(
        "/broadworks/enterprises",
        &["spark-admin:broadworks_enterprises_read"],
        &["spark-admin:broadworks_enterprises_write"],
    ),
    rule(
        "/broadworks/subscribers",
        &["spark-admin:broadworks_subscribers_read"],
        &["spark-admin:broadworks_subscribers_write"],
    ),
    // The mail that asks for consent: Cisco documents it without `/broadworks`.
    rule(
        "/subscribers",
        &[],
        &["spark-admin:broadworks_subscribers_write"],
    ),
    rule(
        "/broadworks/billing",
        &["spark-admin:broadworks_billing_reports_read"],
        &["spark-admin:broadworks_billing_reports_write"],
    ),
];

/// The scopes that one request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// One of them.
    Any(&'static [&'static str]),
    /// Every one.
    All(&'static [&'static str]),
}

impl Needed {
    /// Whether a token with these scopes may send the request, as far as scopes go.
    pub fn given_by(self, scopes: &impl Fn(&str) -> bool) -> bool {
        match self {
            Needed::Any(any) => any.is_empty() || any.iter().any(|scope| scopes(scope)),
            Needed::All(all) => all.iter().all(|scope| scopes(scope)),
        }
    }
}

impl fmt::Display for Needed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Needed::Any(any) => f.write_str(&any.join(" or ")),
            Needed::All(all) => f.write_str(&all.join(" and ")),
        }
    }
}

/// What a request needs; `None` where it is not known, or where any token will do. The path may have a query.
pub fn needed(method: &str, path: &str) -> Option<Needed> {
    let rule = RULES.iter().find(|rule| fits(rule.path, path))?;
    let needed = match method {
        "GET" => Needed::Any(rule.read),
        _ => Needed::All(rule.write),
    };
    let (Needed::Any(scopes) | Needed::All(scopes)) = needed;
    (!scopes.is_empty()).then_some(needed)
}

/// What a request such as `GET /people?max=1` needs.
pub fn of_call(call: &str) -> Option<Needed> {
    let (method, path) = call.split_once(' ')?;
    needed(method, path)
}

fn fits(pattern: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or(path);
    let mut segments = path.split('/');
    pattern.split('/').all(|part| segments.next() == Some(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_their_scopes() {
        let of = |call: &str| of_call(call).map(|needed| needed.to_string());
        assert_eq!(
            of("GET /people?callingData=true").as_deref(),
            Some("spark-admin:people_read")
        );
        assert_eq!(
            of("DELETE /people/P1").as_deref(),
            Some("spark-admin:people_write and spark-admin:people_read")
        );
        assert_eq!(
            of("PATCH /licenses/users").as_deref(),
            Some("spark-admin:people_write")
        );
        assert_eq!(
            of("GET /groups/G/members?count=500").as_deref(),
            Some("identity:groups_read or identity:groups_rw")
        );
        assert_eq!(of("GET /people/me"), None, "any token will do");
        assert_eq!(of("GET /licensesOfOthers"), None, "not known");
        assert_eq!(of("PATCH /organizations/O"), None, "not known");
    }

    #[test]
    fn no_rule_hides_another() {
        for rule in &RULES {
            let first = RULES.iter().find(|it| fits(it.path, rule.path));
            assert_eq!(first.map(|it| it.path), Some(rule.path));
        }
    }
}
