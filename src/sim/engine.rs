//! From a request to a reply: limit, fault, token, route, handler; tracking id, date and log on the way back.

use std::collections::VecDeque;
use std::time::Duration;

use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::auth::Auth;
use super::call::{Answer, Asked, Call, asked};
use super::clock::{self, Clock};
use super::faults::{Fault, Faults, When};
use super::log::LoggedRequest;
use super::routes::{self, Found};
use super::scenario::{self, Change, Scenario};
use super::switches::Switches;
use super::world::World;
use super::{
    Options, Reply, audit, broadworks, changes, errors, extras, ids, job_work, jobs, load, save,
    settings, templates,
};

/// Everything of a simulator.
#[derive(Debug)]
pub struct Engine {
    world: World,
    /// How the organisation was before each write of late, for reads under lag.
    before: VecDeque<(i64, World)>,
    clock: Clock,
    rules: Switches,
    faults: Faults,
    auth: Auth,
    /// Every request so far.
    pub log: Vec<LoggedRequest>,
    /// Requests that may come now, and since when that is so.
    bucket: (f64, i64),
}

/// What the handler left behind.
struct Outcome {
    answer: Answer,
    applied: bool,
}

impl Outcome {
    fn refused(answer: Answer) -> Outcome {
        Outcome {
            answer,
            applied: false,
        }
    }
}

impl Engine {
    /// Begins with a snapshot.
    pub fn new(snapshot: Value, options: &Options) -> Engine {
        let clock = match options.real_time {
            true => Clock::real(),
            false => Clock::beginning(snapshot["capturedAt"].as_str().unwrap_or_default()),
        };
        let rules = Switches::default();
        Engine {
            world: load::world(snapshot),
            before: VecDeque::new(),
            bucket: (rules.burst, clock.now()),
            clock,
            rules,
            faults: Faults::default(),
            auth: Auth::new(options.token.as_deref()),
            log: Vec::new(),
        }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The same to the nanosecond.
    pub fn timestamp(&self) -> Timestamp {
        self.clock.timestamp()
    }

    /// The snapshot file as it would be captured now.
    pub fn snapshot(&mut self) -> Value {
        self.tick();
        broadworks::settle(&mut self.world, &self.rules, self.clock.now());
        save::snapshot(&self.world)
    }

    /// Somebody is at work in Control Hub itself.
    pub fn in_control_hub<T>(&mut self, act: impl FnOnce(&mut World, &Switches, i64) -> T) -> T {
        self.tick();
        let now = self.now();
        self.remember(now);
        act(&mut self.world, &self.rules, now)
    }

    /// Moves the clock on.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
        self.tick();
    }

    /// Does what is due by now.
    fn tick(&mut self) {
        let now = self.now();
        if !jobs::due(&self.world, now) && !templates::due(&self.world, now) {
            return;
        }
        self.remember(now);
        let jobs = job_work::tick(&mut self.world, &self.rules, now);
        let templates = templates::tick(&mut self.world, &self.rules, now);
        if jobs || templates {
            self.world.changed_at = Some(now);
        }
    }

    /// Carries out a scenario or a part of one.
    pub fn direct(&mut self, scenario: Scenario) -> Result<(), String> {
        let known = |error: serde_json::Error| error.to_string();
        scenario::set_switches(&mut self.rules, scenario.switches).map_err(known)?;
        self.bucket.0 = self.bucket.0.max(self.rules.burst);
        if scenario.clear_faults {
            self.faults.clear();
        }
        for fault in scenario.faults {
            self.faults.add(fault);
        }
        for (token, grant) in scenario.tokens {
            self.auth.grant(&token, grant);
        }
        if let Some(app) = scenario.app {
            self.auth.require(app);
        }
        for change in &scenario.changes {
            self.change(change)?;
        }
        if scenario.habits {
            settings::habits::acquire(&mut self.world);
        }
        if let Some(templates) = scenario.templates {
            self.world.templates = templates;
        }
        if scenario.carry_out_templates {
            let now = self.now();
            if templates::carry_out_all(&mut self.world, &self.rules, now) {
                self.world.changed_at = Some(now);
            }
        }
        if scenario.advance > 0.0 {
            self.advance(Duration::from_secs_f64(scenario.advance));
        }
        Ok(())
    }

    /// Another administrator changes something.
    fn change(&mut self, change: &Change) -> Result<(), String> {
        let now = self.now();
        self.remember(now);
        let before = audit::target_of(&self.world, &change.section, &change.key);
        changes::carry_out(&mut self.world, &self.rules, change, now)?;
        let after = audit::target_of(&self.world, &change.section, &change.key);
        audit::enter_other(&mut self.world, &change.section, after.or(before), now);
        Ok(())
    }

    /// Answers a request.
    pub fn answer(&mut self, request: &Request<Vec<u8>>) -> Reply {
        let asked = asked(request);
        if let Some(rest) = asked.path.strip_prefix("/_control/") {
            let answer = self.control(&asked, rest);
            return Reply::Response(self.dress(&asked, answer, ""));
        }
        self.tick();
        let method = asked.method.as_str().to_owned();
        let seq = self.log.len() as u64 + 1;
        let tracking = format!("SIM_{}", ids::uuid(&format!("tracking {seq}")));
        let limited = self.limit();
        let fault = match limited {
            Some(_) => None,
            None => self.faults.meet(&method, &asked.path, &asked.bytes),
        };
        let fault = fault.unwrap_or_default();
        if fault.expire_token
            && let Some(token) = &asked.token
        {
            self.auth.expire(token);
        }
        let instead = fault.answer();
        let early = fault.when == When::Before;
        let by_another = |engine: &mut Engine| {
            // A change of what is not there has nothing to change.
            fault.change.as_ref().map(|change| engine.change(change))
        };
        if early {
            by_another(self);
        }
        let outcome = match (limited, &instead, early) {
            (Some(answer), ..) => Outcome::refused(answer),
            (None, Some(answer), true) => Outcome::refused(answer.clone()),
            _ if early && fault.drop => Outcome::refused(Answer::empty(0)),
            _ => self.carry_out(&asked, &fault, &tracking),
        };
        if !early {
            by_another(self);
        }
        let answer = match (instead, early) {
            (Some(answer), false) => answer,
            _ => outcome.answer,
        };
        self.log.push(LoggedRequest {
            seq,
            at: self.now(),
            method,
            path: asked.logged_path().to_owned(),
            status: answer.status,
            digest: asked.digest(),
            applied: outcome.applied,
            in_part: outcome.applied && fault.refuse.is_some(),
            answered: !fault.drop && !fault.truncate,
            tracking_id: tracking.clone(),
        });
        match fault.drop {
            true => Reply::Dropped,
            false => fault.spoil(self.dress(&asked, answer, &tracking)),
        }
    }

    /// 429 where too many requests come.
    fn limit(&mut self) -> Option<Answer> {
        let rate = self.rules.rate_limit.filter(|rate| *rate > 0.0)?;
        let now = self.now();
        let passed = (now - self.bucket.1).max(0) as f64 / 1000.0;
        self.bucket = ((self.bucket.0 + passed * rate).min(self.rules.burst), now);
        if self.bucket.0 >= 1.0 {
            self.bucket.0 -= 1.0;
            return None;
        }
        let wait = ((1.0 - self.bucket.0) / rate).ceil().max(1.0);
        let answer = errors::generic(429, "Too many requests. Try again later.");
        Some(answer.header("retry-after", format!("{wait:.0}")))
    }

    /// Token, route, handler.
    fn carry_out(&mut self, asked: &Asked, fault: &Fault, tracking: &str) -> Outcome {
        let now = self.now();
        if let Some(answer) = self.beforehand(asked) {
            return Outcome::refused(answer);
        }
        let token = asked.token.as_deref();
        if asked.path == "/authorizations/tokenExpiry" && asked.method == http::Method::GET {
            let exp = self.auth.expiry(token, now, &self.rules);
            let done = self.auth.check(token, &[], now);
            let answer = done.map(|()| Answer::json(200, json!({"exp": exp})));
            return Outcome::refused(answer.unwrap_or_else(|refused| refused));
        }
        let (route, params) = match routes::find(asked.method.as_str(), &asked.path) {
            Found::Route(route, params) => (route, params),
            found => {
                let answer = match (self.auth.check(token, &[], now), found) {
                    (_, Found::Broken(why)) => errors::generic(500, why),
                    (Err(answer), _) => answer,
                    (Ok(()), Found::WrongMethod) => {
                        errors::generic(405, "The method is not allowed for this address.")
                    }
                    _ => errors::not_found("resource"),
                };
                return Outcome::refused(answer);
            }
        };
        if let Err(answer) = self.auth.check(token, route.scopes, now) {
            return Outcome::refused(answer);
        }
        if let Some(answer) = asked.unusable() {
            return Outcome::refused(answer);
        }
        let reads = route.method == "GET";
        if !reads {
            self.remember(now);
        }
        let lag = self.rules.lag(route.resource);
        let mut past = reads.then(|| self.past(now - lag)).flatten();
        let mut call = Call {
            world: past.as_mut().unwrap_or(&mut self.world),
            rules: &self.rules,
            now,
            asked,
            params,
            roles: self.auth.roles(token),
            refuse: fault.refuse,
            applied: None,
            target: None,
        };
        let done = (route.handler)(&mut call);
        let applied = !reads && call.applied.unwrap_or(done.is_ok());
        let target = call.target.take();
        if applied {
            self.world.changed_at = Some(now);
        }
        let answer = done.unwrap_or_else(|answer| answer);
        let write = (route.method, route.path);
        audit::enter(&mut self.world, write, now, tracking, target, &answer);
        Outcome { answer, applied }
    }

    /// What takes no bearer token: a refresh of one, and files of reports, which are on another server. And whom the role of the
    /// owner of a token keeps out.
    fn beforehand(&mut self, asked: &Asked) -> Option<Answer> {
        let now = self.clock.now();
        match (&asked.method, asked.path.as_str()) {
            (&http::Method::POST, "/access_token") => {
                Some(self.auth.refresh(&asked.bytes, now, &self.rules))
            }
            (&http::Method::GET, path) if path.starts_with(broadworks::FILES) => {
                broadworks::settle(&mut self.world, &self.rules, now);
                Some(broadworks::file(&self.world, asked))
            }
            (method, path) => {
                let token = asked.token.as_deref();
                self.auth.admit(token, method, path).err()
            }
        }
    }

    /// Keeps how the organisation is, where reads lag.
    fn remember(&mut self, now: i64) {
        let lag = self.rules.longest_lag();
        if lag == 0 {
            self.before.clear();
            return;
        }
        self.before.push_back((now, self.world.clone()));
        while (self.before.front()).is_some_and(|(at, _)| *at < now - lag) {
            self.before.pop_front();
        }
    }

    /// How the organisation was at a time, where that differs from now.
    fn past(&self, at: i64) -> Option<World> {
        let mut later = self.before.iter().filter(|(written, _)| *written > at);
        later.next().map(|(_, world)| world.clone())
    }

    /// `/_control/`: for tests, outside of limit, token, faults and log.
    fn control(&mut self, asked: &Asked, path: &str) -> Answer {
        match (asked.method.as_str(), path) {
            ("POST", "scenario") => {
                let scenario = serde_json::from_slice(&asked.bytes);
                let done = scenario.map_err(|error| error.to_string());
                match done.and_then(|scenario| self.direct(scenario)) {
                    Ok(()) => Answer::empty(204),
                    Err(why) => errors::bad(&why),
                }
            }
            ("GET", "log") => {
                let after = asked.query("after").and_then(|it| it.parse().ok());
                let after: usize = after.unwrap_or(0);
                Answer::json(
                    200,
                    json!({"entries": self.log.get(after..).unwrap_or_default()}),
                )
            }
            ("GET", "snapshot") => Answer::json(200, self.snapshot()),
            ("GET", "state") => Answer::json(
                200,
                json!({
                    "now": clock::stamp(self.now()),
                    "switches": self.rules,
                    "waitingFaults": self.faults.len(),
                    "requests": self.log.len(),
                }),
            ),
            _ => errors::not_found("control"),
        }
    }

    /// An answer as it goes over the wire.
    fn dress(&self, asked: &Asked, mut answer: Answer, tracking: &str) -> Response<Vec<u8>> {
        if let Some(id) = answer.body.get_mut("trackingId") {
            *id = json!(tracking);
        }
        if self.rules.unknown_members && answer.status < 300 && !tracking.is_empty() {
            extras::strew(&asked.path, &mut answer.body);
        }
        let is_file = answer
            .headers
            .iter()
            .any(|(name, _)| *name == "content-type");
        let body = match &answer.body {
            Value::Null => Vec::new(),
            Value::String(text) if is_file => text.clone().into_bytes(),
            body => body.to_string().into_bytes(),
        };
        let date = clock::http_date(self.now() + self.rules.clock_skew * 1000);
        let mut response = Response::builder()
            .status(answer.status)
            .header("date", date)
            .header("content-length", body.len());
        if !body.is_empty() && !is_file {
            response = response.header("content-type", "application/json;charset=UTF-8");
        }
        if !tracking.is_empty() {
            response = response.header("trackingid", tracking);
        }
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        // Names and values are ours; should one not be fit for a header, the answer goes without any.
        response
            .body(body)
            .unwrap_or_else(|_| Response::new(Vec::new()))
    }
}

impl Asked {
    /// The path and the query as the log has them.
    fn logged_path(&self) -> &str {
        self.target.strip_prefix("/v1").unwrap_or(&self.target)
    }

    /// A digest of the body; empty where there is none.
    fn digest(&self) -> String {
        match self.bytes.is_empty() {
            true => String::new(),
            false => format!("{:x}", Sha256::digest(&self.bytes)),
        }
    }

    /// Why a body cannot be taken, whatever the request.
    fn unusable(&self) -> Option<Answer> {
        let form = self.media_type.starts_with("multipart/form-data");
        if self.bytes.is_empty() || form {
            return None;
        }
        if !self.media_type.contains("json") {
            return Some(errors::generic(415, "The media type must be JSON."));
        }
        let broken = self.body.is_null();
        broken.then(|| errors::bad("The body is not JSON."))
    }
}

impl Fault {
    /// Cuts a response short, or lets it wait.
    fn spoil(&self, mut response: Response<Vec<u8>>) -> Reply {
        if self.truncate {
            let half = response.body().len() / 2;
            response.body_mut().truncate(half);
            return Reply::Truncated(response);
        }
        match self.slow_ms {
            Some(ms) => Reply::Slow(Duration::from_millis(ms), response),
            None => Reply::Response(response),
        }
    }

    /// The answer that comes instead.
    fn answer(&self) -> Option<Answer> {
        let status = self.status?;
        let mut answer = match &self.answer {
            Some(body) => Answer::json(status, body.clone()),
            None => errors::generic(status, "The request failed."),
        };
        if let Some(seconds) = self.retry_after {
            answer = answer.header("retry-after", seconds.to_string());
        }
        Some(answer)
    }
}
