//! Tokens: which are good, which have expired, which scopes they have (webex-api.md 1.2).

use std::collections::BTreeSet;

use http::Method;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::json;

use super::call::Answer;
use super::errors;
use super::ids;
use super::paging::decode;
use super::switches::Switches;

/// What Webex says where a scope or a role is missing.
const FORBIDDEN: &str = "The server understood the request, but refused to fulfill it because the access token is missing required scopes or the user is missing required roles or licenses.";

/// The role that changes nothing.
const READ_ONLY: &str = "Read-only Administrator";

/// A token that is known beforehand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Grant {
    /// The scopes; none is all.
    pub scopes: Option<BTreeSet<String>>,
    /// Milliseconds since 1970; none is long after now.
    pub expires: Option<i64>,
    /// The administrator roles of its owner, by name; none is a full administrator.
    pub roles: Vec<String>,
    /// Whether its owner is an administrator of a customer and not of the service provider.
    pub customer: bool,
}

/// The client of a service app.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct App {
    /// The client id.
    pub client_id: String,
    /// The secret.
    pub client_secret: String,
    /// The refresh token to begin with.
    pub refresh_token: String,
}

/// The tokens.
#[derive(Debug)]
pub struct Auth {
    /// Whether a token that was not named is valid.
    any: bool,
    known: FxHashMap<String, Grant>,
    expired: BTreeSet<String>,
    app: Option<App>,
    dead_refresh: BTreeSet<String>,
    made: u32,
}

impl Auth {
    /// With a token, only that one is valid; without, any is.
    pub fn new(token: Option<&str>) -> Auth {
        let known = token.map(|token| (token.to_owned(), Grant::default()));
        Auth {
            any: token.is_none(),
            known: known.into_iter().collect(),
            expired: BTreeSet::new(),
            app: None,
            dead_refresh: BTreeSet::new(),
            made: 0,
        }
    }

    /// Adds a token.
    pub fn grant(&mut self, token: &str, grant: Grant) {
        self.known.insert(token.to_owned(), grant);
    }

    /// Only this client can refresh.
    pub fn require(&mut self, app: App) {
        self.app = Some(app);
    }

    /// A token stops being good.
    pub fn expire(&mut self, token: &str) {
        self.expired.insert(token.to_owned());
    }

    /// Whether a request with this token may do what needs one of these scopes.
    pub fn check(&self, token: Option<&str>, scopes: &[&str], now: i64) -> Result<(), Answer> {
        let refused = || {
            errors::generic(
                401,
                "The request requires a valid access token set in the Authorization request header.",
            )
        };
        let token = token.ok_or_else(refused)?;
        let grant = self.known.get(token);
        let late = grant.is_some_and(|it| it.expires.is_some_and(|at| at <= now));
        if self.expired.contains(token) || late || (grant.is_none() && !self.any) {
            return Err(refused());
        }
        let may = match grant.and_then(|grant| grant.scopes.as_ref()) {
            Some(have) => scopes.is_empty() || scopes.iter().any(|it| have.contains(*it)),
            None => true,
        };
        match may {
            true => Ok(()),
            false => Err(errors::generic(403, FORBIDDEN)),
        }
    }

    /// Whether the owner of a token has the role for a request.
    pub fn admit(&self, token: Option<&str>, method: &Method, path: &str) -> Result<(), Answer> {
        let Some(grant) = token.and_then(|token| self.known.get(token)) else {
            return Ok(());
        };
        let mut roles = grant.roles.iter();
        let reads = !grant.roles.is_empty() && roles.all(|role| role == READ_ONLY);
        let outside = grant.customer && path.starts_with("/broadworks/");
        match reads && method != Method::GET || outside {
            true => Err(errors::generic(403, FORBIDDEN)),
            false => Ok(()),
        }
    }

    /// The roles of the owner of a token, where a scenario says which.
    pub fn roles(&self, token: Option<&str>) -> Vec<String> {
        let grant = token.and_then(|token| self.known.get(token));
        grant.map(|grant| grant.roles.clone()).unwrap_or_default()
    }

    /// When a token expires, in milliseconds.
    pub fn expiry(&self, token: Option<&str>, now: i64, rules: &Switches) -> i64 {
        let grant = token.and_then(|token| self.known.get(token));
        let expires = grant.and_then(|grant| grant.expires);
        expires.unwrap_or(now + i64::from(rules.token_seconds) * 1000)
    }

    /// `POST /access_token`.
    pub fn refresh(&mut self, form: &[u8], now: i64, rules: &Switches) -> Answer {
        let form = String::from_utf8_lossy(form).into_owned();
        let field = |name: &str| {
            let mut fields = form.split('&').filter_map(|pair| pair.split_once('='));
            let found = fields.find(|(key, _)| *key == name);
            found.map(|(_, value)| decode(value, true))
        };
        let (id, secret, token) = (
            field("client_id"),
            field("client_secret"),
            field("refresh_token"),
        );
        let (Some(id), Some(secret), Some(token)) = (id, secret, token) else {
            return errors::bad("client_id, client_secret and refresh_token are required.");
        };
        if field("grant_type").as_deref() != Some("refresh_token") {
            return errors::bad("grant_type must be refresh_token.");
        }
        let known = self.app.as_ref().is_none_or(|app| {
            app.client_id == id && app.client_secret == secret && app.refresh_token == token
        });
        if !known || self.dead_refresh.contains(&token) {
            return errors::generic(401, "The refresh token is not valid.");
        }
        self.made += 1;
        let access = ids::uuid(&format!("access token {} {token}", self.made));
        let mut next = token.clone();
        if rules.rotate_refresh_token {
            next = ids::uuid(&format!("refresh token {} {token}", self.made));
            self.dead_refresh.insert(token);
            if let Some(app) = &mut self.app {
                app.refresh_token.clone_from(&next);
            }
        }
        let expires = now + i64::from(rules.token_seconds) * 1000;
        self.grant(
            &access,
            Grant {
                expires: Some(expires),
                ..Grant::default()
            },
        );
        Answer::json(
            200,
            json!({
                "access_token": access,
                "expires_in": rules.token_seconds,
                "refresh_token": next,
                "refresh_token_expires_in": 7_776_000,
                "token_type": "Bearer",
                "scope": "spark-admin:licenses_read spark-admin:people_read spark-admin:people_write",
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refreshing_rotates() {
        let mut auth = Auth::new(None);
        auth.expire("old");
        assert_eq!(auth.check(Some("old"), &[], 0).unwrap_err().status, 401);
        let rules = Switches::default();
        let form = |token: &str| {
            format!("grant_type=refresh_token&client_id=c&client_secret=s&refresh_token={token}")
        };
        let first = auth.refresh(form("r1").as_bytes(), 0, &rules);
        assert_eq!(first.status, 200);
        let access = first.body["access_token"].as_str().unwrap();
        assert!(auth.check(Some(access), &["x"], 0).is_ok());
        assert_eq!(auth.refresh(form("r1").as_bytes(), 0, &rules).status, 401);
        let next = first.body["refresh_token"].as_str().unwrap();
        assert_eq!(auth.refresh(form(next).as_bytes(), 0, &rules).status, 200);
    }

    #[test]
    fn scopes() {
        let mut auth = Auth::new(Some("admin"));
        let scopes = BTreeSet::from(["a_read".to_owned()]);
        auth.grant(
            "reader",
            Grant {
                scopes: Some(scopes),
                expires: Some(10),
                ..Grant::default()
            },
        );
        let status = |token, scope: &'static str, now| {
            auth.check(Some(token), &[scope], now)
                .map_err(|it| it.status)
        };
        assert_eq!(status("admin", "a_write", 0), Ok(()));
        assert_eq!(status("reader", "a_read", 0), Ok(()));
        assert_eq!(status("reader", "a_write", 0), Err(403));
        assert_eq!(status("reader", "a_read", 10), Err(401));
        assert_eq!(status("other", "a_read", 0), Err(401));
    }
}
