//! What a probe asks, and what came: each request at most once for each of a few objects that represent the others.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::samples;
use crate::webex::access::Reader;
use crate::webex::error::Error;
use crate::webex::org::Whoami;
use crate::webex::{encode, ids};

/// An object that no organisation has.
const MADE_UP: &str = "5f0c1d52-7a36-4b1e-9c8d-2e4f6a8b0c1d";

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Whom it was about, such as `with Professional`; empty for lists.
    pub of: &'static str,
    /// The status; none where no answer came.
    pub status: Option<u16>,
    /// The codes of a refusal.
    pub codes: Vec<String>,
    /// The names of the headers.
    pub headers: Vec<String>,
    /// The link to the next page.
    pub next: Option<Next>,
    /// The body; null where there is none.
    pub body: Value,
}

/// A link to the next page.
#[derive(Debug, Clone)]
pub struct Next {
    /// Whether it names a host.
    pub absolute: bool,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// Whether one of them is `null`.
    pub null: bool,
}

impl Reply {
    /// Whether it brought what was asked for.
    pub fn is_fine(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    /// Status and codes, such as `405 25409`.
    pub fn status(&self) -> String {
        let status = self
            .status
            .map_or("no answer".to_owned(), |it| it.to_string());
        let codes = self.codes.iter().map(|code| super::words::code(code));
        let all: Vec<String> = std::iter::once(status).chain(codes).collect();
        all.join(" ")
    }
}

/// Everything that came.
#[derive(Debug, Default)]
pub struct Evidence {
    /// By request.
    replies: BTreeMap<&'static str, Vec<Reply>>,
    /// By how much Webex's clock is ahead of ours.
    pub skew: Option<SignedDuration>,
    /// How many requests were sent, and how many of them were held back by a limit.
    pub requests: (u64, u64),
}

impl Evidence {
    /// What came to a request.
    pub fn of(&self, request: &str) -> &[Reply] {
        self.replies.get(request).map_or(&[], Vec::as_slice)
    }

    /// Every request that was sent, with what came.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &[Reply])> {
        self.replies
            .iter()
            .map(|(request, replies)| (*request, replies.as_slice()))
    }

    /// The rows of a list.
    pub fn rows<'e>(&'e self, request: &str, key: &'e str) -> impl Iterator<Item = &'e Value> {
        let bodies = self.of(request).iter().map(|reply| &reply.body);
        bodies.flat_map(move |body| body[key].as_array().into_iter().flatten())
    }
}

/// The value of a placeholder: whom it is about, and the text.
pub type Filled = (&'static str, String);

/// Sends every request for which there is an object, until nothing new comes of it.
pub fn gather(
    reader: &Reader,
    me: &Whoami,
    requests: &[&'static str],
    now: Timestamp,
) -> Result<Evidence, Error> {
    let mut evidence = Evidence::default();
    // A connected client has already had an answer with a date.
    let server = reader.client().server_time();
    evidence.skew = server.map(|server| server.duration_since(now));
    let fixed = fixed(me, server.unwrap_or(now));
    loop {
        let samples = samples::choose(&evidence);
        let mut sent = false;
        for &request in requests {
            if evidence.replies.contains_key(request) {
                continue;
            }
            let paths = fill(request, &fixed, &samples);
            if paths.is_empty() {
                continue;
            }
            let replies: Result<Vec<Reply>, Error> = paths
                .iter()
                .map(|(of, path)| ask(reader, of, path))
                .collect();
            evidence.replies.insert(request, replies?);
            sent = true;
        }
        if !sent {
            break;
        }
    }
    let counts = reader.client().counts();
    evidence.requests = (counts.total(), counts.limited);
    Ok(evidence)
}

/// What does not depend on answers.
fn fixed(me: &Whoami, now: Timestamp) -> BTreeMap<&'static str, String> {
    let plain = ids::plain(&me.org);
    let cluster = plain.split("/ORGANIZATION/").next().unwrap_or_default();
    let made_up = |kind: &str| STANDARD_NO_PAD.encode(format!("{cluster}/{kind}/{MADE_UP}"));
    let before = |days: i64| {
        let then = now
            .checked_sub(SignedDuration::from_hours(24 * days))
            .unwrap_or(now);
        then.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
    };
    BTreeMap::from([
        ("{org}", ids::uuid(&me.org)),
        ("{orgId}", me.org.clone()),
        ("{nobody}", made_up("PEOPLE")),
        ("{nowhere}", made_up("PLACE")),
        ("{now}", before(0)),
        ("{monthAgo}", before(30)),
        ("{twoYearsAgo}", before(730)),
    ])
}

/// The paths of a request: one for each object that its placeholder stands for.
fn fill(
    request: &str,
    fixed: &BTreeMap<&'static str, String>,
    samples: &BTreeMap<&'static str, Vec<Filled>>,
) -> Vec<(&'static str, String)> {
    let mut path = request.to_owned();
    for (name, value) in fixed {
        path = path.replace(name, &encode(value));
    }
    if !path.contains('{') {
        return vec![("", path)];
    }
    let mut paths = Vec::new();
    for (name, all) in samples.iter().filter(|(name, _)| path.contains(**name)) {
        paths.extend(
            all.iter()
                .map(|(of, value)| (*of, path.replace(name, &encode(value)))),
        );
    }
    paths
}

fn ask(reader: &Reader, of: &'static str, path: &str) -> Result<Reply, Error> {
    let reply = match reader.page(path) {
        Ok(answer) => Reply {
            of,
            status: Some(answer.status),
            headers: answer
                .headers
                .keys()
                .map(|name| name.as_str().to_owned())
                .collect(),
            next: next(&answer.headers),
            body: answer.body,
            ..Reply::default()
        },
        Err(
            error @ (Error::Unauthorized(_)
            | Error::Token(_)
            | Error::Stopped(_)
            | Error::OutOfTime(_)),
        ) => return Err(error),
        Err(error) => {
            let refusal = error.refusal();
            let details = refusal.into_iter().flat_map(|refusal| &refusal.details);
            Reply {
                of,
                status: refusal.map(|refusal| refusal.status),
                codes: details
                    .map(|detail| detail.code.clone())
                    .filter(|code| !code.is_empty())
                    .collect(),
                ..Reply::default()
            }
        }
    };
    Ok(reply)
}

fn next(headers: &HeaderMap) -> Option<Next> {
    let link = crate::webex::paging::next_link(headers)?;
    let (address, query) = link.split_once('?').unwrap_or((&link, ""));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs: Vec<(&str, &str)> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    Some(Next {
        absolute: address.contains("://"),
        parameters: pairs.iter().map(|(name, _)| (*name).to_owned()).collect(),
        null: pairs.iter().any(|(_, value)| *value == "null"),
    })
}
