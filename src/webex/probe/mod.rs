//! What an organisation's answers say about the points of `docs/unconfirmed.md`: `snapshot --live --probe`.
//!
//! A bounded number of GET requests, each for a few objects that stand for all others; then one function for each point, which only
//! looks at what came. Nothing of an organisation enters the report but counts and the words of `words`. Knows nothing of plans.

mod ask;
mod judges;
mod points;
mod report;
mod requests;
mod samples;
mod words;

pub use points::{NOT_BY_READING, POINTS, Point};
pub use report::{Report, Row};

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use ask::{Evidence, Reply};

use super::access::Reader;
use super::error::Error;
use super::org;

/// What the answers say of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// They are not as we assume.
    Contradicted,
    /// They say something that has to be compared with Control Hub.
    Compare,
    /// They are as we assume.
    Confirmed,
    /// This organisation has nothing that would show it.
    NotSeen,
}

/// A verdict, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen.
    pub facts: Vec<String>,
}

/// What came to the requests of one point.
#[derive(Debug)]
pub struct View<'e> {
    evidence: &'e Evidence,
    asks: &'e [&'static str],
}

impl<'e> View<'e> {
    /// The answers to a request. A point that does not name it sees nothing.
    fn of(&self, request: &str) -> &'e [Reply] {
        match self.asks.contains(&request) {
            true => self.evidence.of(request),
            false => &[],
        }
    }

    /// The rows of a list.
    fn rows(&self, request: &str, key: &'static str) -> Vec<&'e Value> {
        let bodies = self.of(request).iter().map(|reply| &reply.body);
        let rows = bodies.flat_map(|body| body[key].as_array().into_iter().flatten());
        rows.collect()
    }

    /// The body of the only answer; null where there is none.
    fn body(&self, request: &str) -> &'e Value {
        self.of(request).first().map_or(&Value::Null, |it| &it.body)
    }

    /// Every answer to any request of the point.
    fn all(&self) -> impl Iterator<Item = &'e Reply> {
        self.asks
            .iter()
            .flat_map(|request| self.evidence.of(request))
    }
}

/// Every request that a probe may send: GET, with what was chosen in braces.
pub fn requests() -> Vec<&'static str> {
    let all = POINTS.iter().flat_map(|point| point.asks);
    let distinct: BTreeSet<&'static str> = all.copied().collect();
    distinct.into_iter().collect()
}

/// Asks, and judges.
///
/// # Errors
///
/// Those after which nothing more can be asked: of the token, of the time, a stop. A refused request is an answer.
pub fn run(reader: &Reader) -> Result<Report, Error> {
    run_at(reader, Timestamp::now())
}

/// The same by another clock than that of the machine.
///
/// # Errors
///
/// As [`run`].
pub fn run_at(reader: &Reader, now: Timestamp) -> Result<Report, Error> {
    let me = org::whoami(reader)?;
    let evidence = ask::gather(reader, &me, &requests(), now)?;
    Ok(report::report(&evidence))
}
