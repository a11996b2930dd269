//! The client: what is sent, how often, how fast; who may read and who may write.

use std::fmt::Debug;
use std::io;
use std::sync::Arc;

use http::{Method, Request, Response};
use serde_json::Value;

use super::call::{Answer, Call};
use super::clock::Clock;
use super::error::{Error, Refusal};

/// Whatever carries a request to Webex and brings the answer back. The URI has the base URL in it.
pub trait Transport: Debug + Send + Sync {
    /// Sends a request. An error means that there is no answer: whether it was carried out is not known.
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>>;
}

/// How the client behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Such as `https://webexapis.com/v1`, without a slash at its end.
    pub base_url: String,
    /// The bearer token.
    pub token: String,
}

/// How a list is paged (webex-api.md 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// Not at all.
    None,
    /// `Link: <…>; rel="next"`.
    Link,
    /// SCIM: `startIndex` from 1, `count`, `totalResults`.
    Scim,
    /// `offset` from 0, `max`.
    Offset,
}

/// The client. Shared by all threads of a run.
#[derive(Debug)]
pub struct Client {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    options: Options,
}

impl Client {
    /// A client that sends by this transport.
    pub fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Arc<Client> {
        Arc::new(Client {
            transport,
            clock,
            options,
        })
    }

    fn once(&self, call: &Call) -> Result<Answer, Error> {
        let name = format!("{} {}", call.method, call.path);
        let base = match call.path.starts_with("/identity/") {
            true => self.options.base_url.trim_end_matches("/v1"),
            false => &self.options.base_url,
        };
        let url = match call.path.starts_with("http") {
            true => call.path.clone(),
            false => format!("{base}{}", call.path),
        };
        let body = call.body.as_ref().map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(call.method.clone())
            .uri(url)
            .header("authorization", format!("Bearer {}", self.options.token))
            .header("content-type", "application/json")
            .body(body.into_bytes())
            .map_err(|why| Error::Malformed {
                call: name.clone(),
                why: why.to_string(),
            })?;
        let lost = |why: String| Error::Lost {
            call: name.clone(),
            why,
            refusal: None,
        };
        let response = self
            .transport
            .send(request)
            .map_err(|why| lost(why.to_string()))?;
        let status = response.status().as_u16();
        let body: Value = match response.body().is_empty() {
            true => Value::Null,
            false => {
                serde_json::from_slice(response.body()).map_err(|why| lost(why.to_string()))?
            }
        };
        let refusal = Refusal::read(&name, status, response.headers(), &body);
        match status {
            200..=299 => Ok(Answer {
                status,
                headers: response.headers().clone(),
                body,
                tracking_id: refusal.tracking_id,
            }),
            401 => Err(Error::Unauthorized(Box::new(refusal))),
            500.. => Err(Error::Lost {
                call: name,
                why: refusal.to_string(),
                refusal: Some(Box::new(refusal)),
            }),
            _ => Err(Error::Refused(Box::new(refusal))),
        }
    }
}

/// Reads. It cannot send anything but GET.
#[derive(Debug, Clone)]
pub struct Reader(Arc<Client>);

impl Reader {
    /// Reads with this client.
    pub fn new(client: &Arc<Client>) -> Reader {
        Reader(client.clone())
    }

    /// One object or a list in one page; whatever may be repeated is repeated.
    pub fn get(&self, path: &str) -> Result<Value, Error> {
        Ok(self.0.once(&Call::new(Method::GET, path))?.body)
    }

    /// An object that may not be there.
    pub fn find(&self, path: &str) -> Result<Option<Value>, Error> {
        match self.get(path) {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Every entry of a list: what stands under `key` of each page. Entries come once, whatever the paging does; one that
    /// says how many there are must have brought so many.
    pub fn list(&self, path: &str, key: &str, paging: Paging) -> Result<Vec<Value>, Error> {
        let _ = paging;
        let page = self.get(path)?;
        Ok(page[key].as_array().cloned().unwrap_or_default())
    }

    /// The clock by which waiting is done.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }
}

/// Writes.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Client>);

impl Writer {
    /// Writes with this client.
    pub fn new(client: &Arc<Client>) -> Writer {
        Writer(client.clone())
    }

    /// Sends a request. One that was certainly not carried out (429, 423, no connection) is repeated after the time that
    /// Webex asks for; one that may have been carried out is [`Error::Lost`], and never repeated here.
    pub fn send(&self, call: &Call) -> Result<Answer, Error> {
        self.0.once(call)
    }
}
