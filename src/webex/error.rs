//! What can go wrong with a request, and the shapes in which Webex says so (webex-api.md 1.7).

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use super::refusal;
use super::scopes::{self, Needed};
use super::tell::spoken;

/// Why a request has no answer that can be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Webex refused it; it was not carried out, though people and locations may be changed in part (webex-api.md 4.1).
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// There is no answer, or one from a broken server: it may have been carried out or not.
    #[error("the answer to {call} was lost: {why}")]
    Lost {
        /// The method and path.
        call: String,
        /// What happened.
        why: String,
        /// The answer of the broken server, if there was one.
        refusal: Option<Box<Refusal>>,
    },
    /// There is no token to send: it could not be refreshed, or the new one could not be kept.
    #[error("{0}")]
    Token(String),
    /// The token is not valid any more, and there is no other.
    #[error("Webex does not accept the token: {0}")]
    Unauthorized(Box<Refusal>),
    /// The total time of the run is over.
    #[error("the time for this run is over before {0}")]
    OutOfTime(String),
    /// A list came back with fewer or more entries than Webex says it has.
    #[error("{what}: Webex returned {got} of {total} entries")]
    Incomplete {
        /// The path of the list.
        what: String,
        /// Distinct entries that came back.
        got: usize,
        /// What Webex says there are.
        total: usize,
    },
    /// An answer without what it must have.
    #[error("the answer to {call} cannot be understood: {why}")]
    Malformed {
        /// The method and path.
        call: String,
        /// What is wrong.
        why: String,
    },
    /// It was not sent: what it needs is not there, or a check before it failed.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The run was asked to stop.
    #[error("stopped before {0}")]
    Stopped(String),
}

/// A refusal in Webex's own words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refusal {
    /// The method and path.
    pub call: String,
    /// The HTTP status.
    pub status: u16,
    /// The outer message.
    pub message: String,
    /// Codes and descriptions.
    pub details: Vec<Detail>,
    /// What Cisco's support can search for.
    pub tracking_id: Option<String>,
    /// How long Webex asks to wait.
    pub retry_after: Option<Duration>,
}

/// One reason of a refusal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// Webex's code, such as `400404`, `8361` or `BATCH-1017017`; empty where there is none.
    pub code: String,
    /// Webex's words.
    pub description: String,
}

impl Error {
    /// The refusal behind it, if Webex answered at all.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Error::Refused(refusal) | Error::Unauthorized(refusal) => Some(refusal),
            Error::Lost { refusal, .. } => refusal.as_deref(),
            _ => None,
        }
    }

    /// The same, of a server that asks for more patience than there is.
    pub(super) fn too_long(&self, waited: Duration, most: Duration) -> Error {
        let said = format!(
            "(Webex asks to wait {} in total; --max-wait allows {})",
            spoken(waited),
            spoken(most)
        );
        let mut error = self.clone();
        match &mut error {
            Error::Refused(refusal) | Error::Unauthorized(refusal) => refusal.add(said),
            Error::Lost { why, .. } => *why = format!("{why} {said}"),
            _ => {}
        }
        error
    }

    /// Whether Webex answered with this status.
    pub fn is(&self, status: u16) -> bool {
        self.refusal()
            .is_some_and(|refusal| refusal.status == status)
    }
}

impl Refusal {
    /// Adds a remark of ours to Webex's words.
    fn add(&mut self, remark: String) {
        self.details.push(Detail {
            code: String::new(),
            description: remark,
        });
    }

    /// Whether Webex gave this code.
    pub fn has(&self, code: &str) -> bool {
        self.details.iter().any(|detail| detail.code == code)
    }

    /// The scopes that the request needs, where Webex refuses it without a code of its own: a missing scope is the most
    /// likely reason, and a missing administrator role the next.
    pub fn scopes(&self) -> Option<Needed> {
        let coded = self.details.iter().any(|detail| !detail.code.is_empty());
        match self.status {
            403 if !coded => scopes::of_call(&self.call),
            _ => None,
        }
    }

    /// Whether Webex's words name a member of the request.
    pub fn names(&self, member: &str) -> bool {
        let said = self.details.iter().map(|detail| &detail.description);
        let mut said = said.chain([&self.message]);
        let is_word = |it: char| it.is_alphanumeric() || it == '_';
        said.any(|said| said.split(|it| !is_word(it)).any(|word| word == member))
    }

    /// What an answer of 400 and above says, in whichever of Webex's shapes.
    pub fn read(call: &str, status: u16, headers: &HeaderMap, body: &Value) -> Refusal {
        let (message, details) = refusal::read(headers, body);
        Refusal {
            call: call.to_owned(),
            status,
            message,
            details,
            tracking_id: refusal::tracking_id(headers, body),
            retry_after: refusal::retry_after(headers),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {}", self.call, self.status)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        for Detail { code, description } in &self.details {
            // Many a description says its code itself.
            match (
                code.is_empty() || description.contains(code.as_str()),
                description,
            ) {
                (_, text) if *text == self.message && code.is_empty() => {}
                (_, text) if text.is_empty() => write!(f, " [{code}]")?,
                (true, text) => write!(f, " {text}")?,
                (false, text) => write!(f, " [{code}] {text}")?,
            }
        }
        if let Some(needed) = self.scopes() {
            write!(f, " (the request needs the scope {needed})")?;
        }
        if let Some(id) = &self.tracking_id {
            write!(f, " (tracking id {id})")?;
        }
        Ok(())
    }
}
