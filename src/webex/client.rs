//! The client: what is sent, how often, how fast.

use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::call::{self, Answer, Call};
use super::clock::Clock;
use super::error::{Error, Refusal};
use super::limit::{self, Limiter, Limits};
use super::log::{self, Counters, Counts, Record, RequestLog};
use super::refusal;
use super::repeated::Secrets;
use super::retry::{DEFAULT_WAIT, Failed, LONGEST_WAIT, Next, Tries};
use super::secret::Secret;
use super::stop::Stop;
use super::tell::Tell;
use super::token::Tokens;

/// Whatever carries a request to Webex and brings the answer back. The URI has the base URL in it.
pub trait Transport: Debug + Send + Sync {
    /// Sends a request. An error means that there is no answer: whether it was carried out is not known, unless the kind is
    /// one of [`unsent`] or `InvalidInput`.
    fn send(&self, request: Request<Vec<u8>>) -> io::Result<Response<Vec<u8>>>;
}

/// Whether an error of a transport says that there was no connection, and that the request was certainly not carried out.
pub fn unsent(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        kind,
        Kind::ConnectionRefused
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::AddrNotAvailable
    )
}

/// How the client behaves.
#[derive(Debug)]
pub struct Options {
    /// Such as `https://webexapis.com/v1`, without a slash at its end.
    pub base_url: String,
    /// Where the bearer token comes from.
    pub tokens: Tokens,
    /// How fast, and how many at once.
    pub limits: Limits,
    /// How long the whole run may take.
    pub time: Option<Duration>,
    /// For how long Webex may hold one request back, in all; see [`super::retry::LONGEST_WAIT`].
    pub max_wait: Duration,
    /// Who is notified of a long wait.
    pub tell: Tell,
    /// Where each request is recorded.
    pub log: Option<RequestLog>,
    /// Whether each request is told, too.
    pub verbose: bool,
    /// Setting it ends the run.
    pub stop: Stop,
    /// What chance begins with, for jitter and tracking ids.
    pub seed: u64,
}

impl Options {
    /// The usual behaviour, with a token that cannot be refreshed.
    pub fn new(base_url: impl Into<String>, token: impl Into<Secret>) -> Options {
        Options::with_tokens(base_url, Tokens::fixed(token))
    }

    /// The usual behaviour.
    pub fn with_tokens(base_url: impl Into<String>, tokens: Tokens) -> Options {
        let base_url: String = base_url.into();
        Options {
            base_url: base_url.trim_end_matches('/').to_owned(),
            tokens,
            limits: Limits::default(),
            time: None,
            max_wait: LONGEST_WAIT,
            tell: Tell::default(),
            log: None,
            verbose: false,
            stop: Stop::default(),
            seed: fastrand::u64(..),
        }
    }
}

/// The client. Shared by all threads of a run.
#[derive(Debug)]
pub struct Client {
    transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) options: Options,
    limiter: Limiter,
    counters: Counters,
    began: Duration,
    until: Option<Duration>,
    chance: Mutex<fastrand::Rng>,
    sent: AtomicU64,
    /// Webex's time at one of ours.
    server: Mutex<Option<(Timestamp, Duration)>>,
}

/// A request that only waits for the permission to be sent.
struct Prepared {
    request: Request<Vec<u8>>,
    tracking_id: String,
}

/// A wait in which another administrator may have changed what a request is about.
const LONG: Duration = Duration::from_secs(5);

impl Client {
    /// A client that sends by this transport.
    pub fn new(
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Arc<Client> {
        let began = clock.now();
        Arc::new(Client {
            transport,
            limiter: Limiter::new(options.limits, began),
            counters: Counters::default(),
            began,
            until: options.time.map(|time| began.saturating_add(time)),
            chance: Mutex::new(fastrand::Rng::with_seed(options.seed)),
            sent: AtomicU64::new(0),
            server: Mutex::new(None),
            clock,
            options,
        })
    }

    /// How many requests were sent so far.
    pub fn counts(&self) -> Counts {
        self.counters.counts()
    }

    /// Where the bearer token comes from.
    pub fn tokens(&self) -> &Tokens {
        &self.options.tokens
    }

    /// What ends the run when it is set.
    pub fn stop(&self) -> &Stop {
        &self.options.stop
    }

    /// What time it is by Webex's clock; `None` before the first answer.
    pub fn server_time(&self) -> Option<Timestamp> {
        let (then, at) = (*lock(&self.server))?;
        let passed = SignedDuration::try_from(self.clock.now().saturating_sub(at)).ok()?;
        then.checked_add(passed).ok()
    }

    /// Waits, unless the run is to stop or its time ends before that; `what` is what it waits for.
    pub(super) fn pause(&self, time: Duration, what: &str) -> Result<(), Error> {
        limit::pause(&*self.clock, &self.options.stop, self.until, time, what)
    }

    /// Sends a request until there is an answer, or it may not be repeated. `safe` says that it may be carried out twice; `check` is
    /// asked after each wait in which something else may have changed.
    pub(super) fn carry(
        &self,
        call: &Call,
        safe: bool,
        check: &dyn Fn() -> Result<(), Error>,
    ) -> Result<Answer, Error> {
        let name = self.name(call);
        let (stop, until) = (&self.options.stop, self.until);
        let mut tries = Tries::new(self.options.max_wait);
        loop {
            let send_form = |form| self.send_form(form);
            let (token, generation) = self.options.tokens.bearer(self.clock.now(), &send_form)?;
            let prepared = self.prepare_call(call, &name, &token)?;
            let asked = self.clock.now();
            let mut permit = self.limiter.enter(&*self.clock, stop, until, &name)?;
            // Others may have been told to wait, and this one waited with them.
            if self.clock.now().saturating_sub(asked) >= LONG {
                drop(permit);
                check()?;
                permit = self.limiter.enter(&*self.clock, stop, until, &name)?;
            }
            self.counters.sent(&call.method, tries.repeated());
            let failed = match self.exchange(prepared, &call.method, &name) {
                Ok(answer) => {
                    permit.admitted();
                    return Ok(answer);
                }
                Err(failed) => failed,
            };
            match &failed {
                Failed::Limited(error, wait) => {
                    self.held_back(permit, error, *wait);
                    // Counted once the limiter knows it: a caller that sees the count is held back.
                    self.counters.limited();
                }
                Failed::Unsent(_) => drop(permit),
                _ => permit.admitted(),
            }
            let chance = lock(&self.chance).f64();
            match tries.next(failed, safe, chance) {
                Next::Again(wait, why) => {
                    self.options.tell.wait(self.clock.now(), wait, &why);
                    limit::pause(&*self.clock, stop, until, wait, &name)?;
                    if wait >= LONG {
                        check()?;
                    }
                }
                Next::NewToken(error) => {
                    let now = self.clock.now();
                    if !self.options.tokens.renew(generation, now, &send_form)? {
                        return Err(error);
                    }
                }
                Next::Stop(error) => return Err(error),
            }
        }
    }

    /// Webex asked to wait: everyone does, unless it is for longer than any caller waits.
    fn held_back(&self, permit: limit::Permit<'_>, error: &Error, wait: Duration) {
        let now = self.clock.now();
        match wait <= self.options.max_wait {
            true => {
                permit.refused(now, wait);
                self.options.tell.wait(now, wait, error);
            }
            false => drop(permit),
        }
    }

    /// The request of a call, ready to be sent.
    fn prepare_call(&self, call: &Call, name: &str, token: &Secret) -> Result<Prepared, Error> {
        let url = self.url(call)?;
        let body = call.body.as_ref().map(Value::to_string).unwrap_or_default();
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(url)
            .header("authorization", format!("Bearer {}", token.reveal()))
            .header("accept", "application/json");
        if call.body.is_some() {
            request = request.header("content-type", call.content_type());
        }
        self.prepare(request, body.into_bytes(), name)
    }

    /// The refresh of a token: a form, with an answer that no log may have.
    fn send_form(&self, form: Vec<u8>) -> Result<Value, Error> {
        let name = "POST /access_token";
        let (stop, until) = (&self.options.stop, self.until);
        let mut tries = Tries::new(self.options.max_wait);
        loop {
            let request = Request::builder()
                .method(Method::POST)
                .uri(format!("{}/access_token", self.options.base_url))
                .header("accept", "application/json")
                .header("content-type", "application/x-www-form-urlencoded");
            let prepared = self.prepare(request, form.clone(), name)?;
            let permit = self.limiter.enter(&*self.clock, stop, until, name)?;
            self.counters.sent(&Method::POST, tries.repeated());
            let failed = match self.exchange(prepared, &Method::POST, name) {
                Ok(answer) => {
                    permit.admitted();
                    return Ok(answer.body);
                }
                Err(failed) => failed,
            };
            match &failed {
                Failed::Limited(error, wait) => self.held_back(permit, error, *wait),
                _ => permit.admitted(),
            }
            // A refresh may be repeated: where the answer was lost and the token rotated, Webex refuses the second, and says so.
            let chance = lock(&self.chance).f64();
            match tries.next(failed, true, chance) {
                Next::Again(wait, why) => {
                    self.options.tell.wait(self.clock.now(), wait, &why);
                    limit::pause(&*self.clock, stop, until, wait, name)?;
                }
                Next::NewToken(error) | Next::Stop(error) => return Err(error),
            }
        }
    }

    /// A request with its tracking id. Everything that takes time comes before the permission to send it, so that a request
    /// whose permission precedes a refusal is already on its way when the refusal arrives.
    fn prepare(
        &self,
        request: http::request::Builder,
        body: Vec<u8>,
        name: &str,
    ) -> Result<Prepared, Error> {
        let tracking_id = self.tracking_id();
        let request = request.header("trackingid", &tracking_id).body(body);
        let request = request.map_err(|why| Error::Malformed {
            call: name.to_owned(),
            why: why.to_string(),
        })?;
        Ok(Prepared {
            request,
            tracking_id,
        })
    }

    /// One request, one answer.
    fn exchange(&self, prepared: Prepared, method: &Method, name: &str) -> Result<Answer, Failed> {
        let Prepared {
            request,
            tracking_id: ours,
        } = prepared;
        let begun = self.clock.now();
        let secrets = Secrets::of(&request);
        let mut sent = self.transport.send(request);
        if let Ok(response) = &mut sent {
            secrets.forget(response);
        }
        self.record(method, name, &ours, begun, &sent);
        let lost = |why: String| Error::Lost {
            call: name.to_owned(),
            why: format!("{why} (tracking id {ours})"),
            refusal: None,
        };
        let response = match sent {
            Ok(response) => response,
            Err(why) if unsent(why.kind()) => {
                return Err(Failed::Unsent(lost(format!(
                    "there is no connection: {why}"
                ))));
            }
            Err(why) if why.kind() == io::ErrorKind::InvalidInput => {
                return Err(Failed::Final(lost(why.to_string())));
            }
            Err(why) => return Err(Failed::Lost(lost(why.to_string()), None)),
        };
        let headers = response.headers();
        if let Some(date) = refusal::date(headers) {
            *lock(&self.server) = Some((date, self.clock.now()));
        }
        let status = response.status().as_u16();
        let body = match call::parsed(response.body()) {
            Ok(body) => body,
            // Pages of proxies and gateways are no JSON; half an answer is not either.
            Err(_) if status >= 300 => Value::Null,
            Err(why) => {
                let lost = lost(format!("the answer was incomplete: {why}"));
                return Err(Failed::Lost(lost, None));
            }
        };
        if (200..300).contains(&status) {
            return Ok(Answer {
                status,
                headers: headers.clone(),
                tracking_id: refusal::tracking_id(headers, &body)
                    .filter(|id| !secrets.are_in(id.as_bytes()))
                    .or(Some(ours)),
                body,
            });
        }
        let mut refusal = Refusal::read(name, status, headers, &body);
        refusal.tracking_id.get_or_insert(ours);
        Err(self.refused(name, status, headers, refusal))
    }

    /// What a refusal means for the request.
    fn refused(&self, name: &str, status: u16, headers: &HeaderMap, refusal: Refusal) -> Failed {
        let asked = refusal.retry_after;
        let refusal = Box::new(refusal);
        match status {
            401 => Failed::Unauthorized(Error::Unauthorized(refusal)),
            423 | 429 => {
                let wait = asked
                    .or_else(|| self.until_date(headers))
                    .unwrap_or(DEFAULT_WAIT);
                Failed::Limited(Error::Refused(refusal), wait)
            }
            500.. => Failed::Lost(
                Error::Lost {
                    call: name.to_owned(),
                    why: refusal.to_string(),
                    refusal: Some(refusal),
                },
                asked,
            ),
            _ => Failed::Final(Error::Refused(refusal)),
        }
    }

    /// How long to wait for a date, in an answer that does not say what time it is.
    fn until_date(&self, headers: &HeaderMap) -> Option<Duration> {
        let mut headers = headers.clone();
        let now = jiff::fmt::rfc2822::DateTimePrinter::new();
        let now = now.timestamp_to_rfc9110_string(&self.server_time()?).ok()?;
        headers.insert(http::header::DATE, now.parse().ok()?);
        refusal::retry_after(&headers)
    }

    fn record(
        &self,
        method: &Method,
        name: &str,
        tracking_id: &str,
        begun: Duration,
        sent: &io::Result<Response<Vec<u8>>>,
    ) {
        if self.options.log.is_none() && !self.options.verbose {
            return;
        }
        let answered = sent.as_ref().ok().map(Response::headers);
        let theirs = answered.and_then(|headers| refusal::tracking_id(headers, &Value::Null));
        let why = sent.as_ref().err().map(io::Error::to_string);
        let record = Record {
            at_ms: log::millis(begun.saturating_sub(self.began)),
            method: method.as_str(),
            path: name.split_once(' ').map_or(name, |(_, path)| path),
            status: sent
                .as_ref()
                .ok()
                .map(|response| response.status().as_u16()),
            duration_ms: log::millis(self.clock.now().saturating_sub(begun)),
            tracking_id: Some(theirs.as_deref().unwrap_or(tracking_id)),
            error: why.as_deref(),
        };
        if let Some(log) = &self.options.log {
            log.record(&record);
        }
        if self.options.verbose {
            self.options.tell.say(&record.to_string());
        }
    }

    /// An id that Webex repeats in its answer, and Cisco's support can search for even where there is none.
    fn tracking_id(&self) -> String {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let seed = self.options.seed;
        let (high, low) = (seed >> 32, seed & 0xffff_ffff);
        let (a, b) = (low >> 16, low & 0xffff);
        format!(
            "TRUNKLINE_{high:08x}-{a:04x}-4{:03x}-8{:03x}-{number:012x}",
            b >> 4,
            b & 0xfff
        )
    }

    /// The address: below the base URL, beside it for `/identity/`, or that of a next page, which is asked of our own server
    /// whatever host it names: no other is given the token.
    fn url(&self, call: &Call) -> Result<String, Error> {
        let base = &self.options.base_url;
        if call.path.starts_with("/identity/") {
            return Ok(format!("{}{}", base.trim_end_matches("/v1"), call.path));
        }
        if call.path.starts_with('/') {
            return Ok(format!("{base}{}", call.path));
        }
        let path = after_host(&call.path).ok_or_else(|| Error::Malformed {
            call: self.name(call),
            why: "this is not an address".to_owned(),
        })?;
        let host = base.len() - after_host(base).map_or(0, str::len);
        Ok(format!("{}{path}", &base[..host]))
    }

    /// Method and path, for messages and logs.
    fn name(&self, call: &Call) -> String {
        let path = match call.path.starts_with('/') {
            true => call.path.as_str(),
            false => {
                let path = after_host(&call.path).unwrap_or(&call.path);
                let base = after_host(&self.options.base_url).unwrap_or_default();
                path.strip_prefix(base).unwrap_or(path)
            }
        };
        format!("{} {}", call.method, log::presentable(path))
    }
}

/// The path of an address.
fn after_host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    Some(&rest[rest.find('/').unwrap_or(rest.len())..])
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
