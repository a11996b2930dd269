//! The mail that asks a person to give up another Webex account, sent again (webex-api.md 9.1).
//!
//! Webex sends it once, when somebody is provisioned whose address has an account elsewhere. Nothing shows afterwards that it
//! was sent again, so nothing here is part of a plan: a person asks for it.

use std::sync::Arc;

use http::Method;

use super::access::{Reader, Writer};
use super::broadworks;
use super::call::{Call, encode};
use super::client::Client;
use super::error::Error;
use crate::canonical::{address, canonical};
use crate::snapshot::broadworks::Subscriber;

/// The only state in which Webex sends it.
pub const WAITING: &str = "pending_user_migration";

/// The only answer that says that it was sent.
const SENT: u16 = 204;

/// The subscribers whom people call by this BroadWorks user id or address.
///
/// # Errors
///
/// A request failed.
pub fn find(reader: &Reader, who: &str) -> Result<Vec<Subscriber>, Error> {
    let who = canonical(who);
    let who = who.trim();
    if who.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = broadworks::with_user_id(reader, who)?;
    if found.is_empty() && who.contains('@') {
        found = broadworks::with_email(reader, &address(who))?;
    }
    Ok(found.iter().map(broadworks::subscriber).collect())
}

/// Has Webex send the mail to one subscriber again. A lost answer is an error, and nothing is repeated: a second mail is worse
/// than a question.
///
/// # Errors
///
/// Webex refused it, or nobody knows whether it was sent.
pub fn send(client: &Arc<Client>, subscriber: &Subscriber) -> Result<(), Error> {
    let path = format!("/subscribers/{}/emails/consentMove", encode(&subscriber.id));
    let call = Call::new(Method::POST, path);
    let answer = Writer::new(client).send(&call)?;
    match answer.status {
        SENT => Ok(()),
        status => Err(Error::Malformed {
            call: format!("{} {}", call.method, call.path),
            why: format!("it is {status}, and Webex says with {SENT} that the mail was sent"),
        }),
    }
}
