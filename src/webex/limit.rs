//! How fast and how many at once: one [`Limiter`] for all threads of a run.
//!
//! Three things hold a request back: a pause that Webex asked for (429, 423), a limit of requests in flight, and a token bucket.
//! Webex publishes no limits, so the bucket learns its rate from the refusals. Knows nothing of HTTP; time is handed in.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use super::clock::Clock;
use super::error::Error;
use super::stop::Stop;

/// Within which bounds the limiter adapts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Requests in flight at the beginning.
    pub in_flight: usize,
    /// The most requests in flight.
    pub most_in_flight: usize,
    /// Requests in a second, at most.
    pub per_second: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            in_flight: 10,
            most_in_flight: 50,
            per_second: 100.0,
        }
    }
}

/// So slow the rate may become.
const LEAST_PER_SECOND: f64 = 0.2;
/// No server allows more that has a limit at all.
const FASTEST_PER_SECOND: f64 = 1000.0;
/// For so long a rate has to last until a better one is tried; longer where the limit is known well.
const HOLD: Duration = Duration::from_secs(3);
const LONG_HOLD: Duration = Duration::from_secs(60);
/// So long one waits at once, to notice a wish to stop.
const SLICE: Duration = Duration::from_millis(100);

/// The limiter.
#[derive(Debug)]
pub struct Limiter {
    limits: Limits,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Requests in flight now.
    busy: usize,
    /// How many are allowed; grows by one in as many answers.
    allowed: f64,
    /// Nothing is sent before this.
    paused_until: Duration,
    bucket: Bucket,
    rate: Rate,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    /// How many may gather.
    most: f64,
    /// How many may gather at the server, as far as it is known.
    server: f64,
    filled_at: Duration,
}

/// Requests in a second: what is believed of the server's limit.
#[derive(Debug)]
struct Rate {
    now: f64,
    ceiling: f64,
    /// A rate that lasted, and one that was refused: the limit is between them.
    good: f64,
    failed_at: f64,
    /// When the last refusal came.
    refused_at: Duration,
    /// When the pause after it was over, and what went through since.
    begun_at: Duration,
    admitted: f64,
    /// When a better rate was tried since, and what had gone through by then.
    climbed: Option<(Duration, f64)>,
    /// The rate is kept until then.
    held_until: Duration,
}

/// The right to have one request in flight; given back when dropped.
#[derive(Debug)]
pub struct Permit<'a> {
    limiter: &'a Limiter,
    since: Duration,
}

impl Limiter {
    /// A limiter within these bounds.
    pub fn new(limits: Limits, now: Duration) -> Limiter {
        Limiter {
            limits,
            state: Mutex::new(State {
                busy: 0,
                allowed: limits.in_flight.max(1) as f64,
                paused_until: now,
                bucket: Bucket {
                    tokens: (limits.in_flight as f64).min(limits.per_second).max(1.0),
                    most: limits.per_second.max(1.0),
                    server: limits.per_second.max(1.0),
                    filled_at: now,
                },
                rate: Rate {
                    now: limits.per_second,
                    ceiling: limits.per_second,
                    good: limits.per_second,
                    failed_at: limits.per_second,
                    refused_at: now,
                    begun_at: now,
                    climbed: None,
                    admitted: 0.0,
                    held_until: now,
                },
            }),
            freed: Condvar::new(),
        }
    }

    /// Waits until a request may be sent. `until` is the end of the run.
    ///
    /// Call it last, right before sending: once [`Permit::refused`] has returned, no permission is given until the pause is
    /// over, and a request in flight is one whose permission was given before that.
    pub fn enter(
        &self,
        clock: &dyn Clock,
        stop: &Stop,
        until: Option<Duration>,
        call: &str,
    ) -> Result<Permit<'_>, Error> {
        loop {
            if stop.ends_waiting() {
                return Err(Error::Stopped(call.to_owned()));
            }
            let mut state = self.state();
            if state.busy >= state.allowed as usize {
                // Real time, even where the clock is a virtual one: another caller's request has to come back.
                drop(self.freed.wait_timeout(state, SLICE));
                continue;
            }
            let now = clock.now();
            let wait = state.due(now);
            if until.is_some_and(|until| now.saturating_add(wait) > until) {
                return Err(Error::OutOfTime(call.to_owned()));
            }
            if wait.is_zero() {
                state.bucket.tokens -= 1.0;
                state.busy += 1;
                return Ok(Permit {
                    limiter: self,
                    since: now,
                });
            }
            drop(state);
            clock.sleep(wait.min(SLICE));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Waits unless asked to stop, or past the end of the run.
pub fn pause(
    clock: &dyn Clock,
    stop: &Stop,
    until: Option<Duration>,
    time: Duration,
    call: &str,
) -> Result<(), Error> {
    let end = clock.now().saturating_add(time);
    if until.is_some_and(|until| end > until) {
        return Err(Error::OutOfTime(call.to_owned()));
    }
    loop {
        if stop.ends_waiting() {
            return Err(Error::Stopped(call.to_owned()));
        }
        let left = end.saturating_sub(clock.now());
        if left.is_zero() {
            return Ok(());
        }
        clock.sleep(left.min(SLICE));
    }
}

impl Permit<'_> {
    /// The request was admitted, whatever became of it.
    pub fn admitted(self) {
        let mut state = self.limiter.state();
        state.allowed =
            (state.allowed + 1.0 / state.allowed).min(self.limiter.limits.most_in_flight as f64);
        state.rate.admitted += 1.0;
    }

    /// Webex asked to wait: everyone does.
    pub fn refused(self, now: Duration, wait: Duration) {
        let mut state = self.limiter.state();
        state.paused_until = state.paused_until.max(now.saturating_add(wait));
        // Requests that were on their way together count as one refusal.
        if self.since >= state.rate.refused_at {
            state.allowed = (state.allowed / 2.0).max(1.0);
            state.refuse(now, wait);
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.limiter.state().busy -= 1;
        self.limiter.freed.notify_one();
    }
}

impl State {
    /// How long to wait until a request may be sent: nothing if there is a token now.
    fn due(&mut self, now: Duration) -> Duration {
        self.rate.climb(now);
        let passed = now.saturating_sub(self.bucket.filled_at).as_secs_f64();
        let most = self.bucket.most.min(self.rate.now).max(1.0);
        self.bucket.tokens = (self.bucket.tokens + passed * self.rate.now).min(most);
        self.bucket.filled_at = self.bucket.filled_at.max(now);
        let pause = self.paused_until.saturating_sub(now);
        // A hair of a token is forgiven: floating point would else wait for a nanosecond.
        let token = match self.bucket.tokens >= 1.0 - 1e-6 {
            true => Duration::ZERO,
            false => Duration::from_secs_f64((1.0 - self.bucket.tokens) / self.rate.now),
        };
        pause.max(token)
    }
}

impl State {
    /// A refusal in the middle of a burst says that the server's bucket is smaller than ours; any other, that it is filled more
    /// slowly.
    fn refuse(&mut self, now: Duration, wait: Duration) {
        let Bucket { tokens, most, .. } = self.bucket;
        // With tokens left, it was not the rate that was too high.
        if tokens >= 1.0 && most > 1.0 {
            self.bucket.server = self.rate.admitted.min(most).max(1.0);
            self.bucket.most = (0.8 * self.bucket.server).max(1.0);
        } else {
            let active = now.saturating_sub(self.rate.begun_at).as_secs_f64();
            self.rate.refuse(now, active, self.bucket.server);
        }
        self.rate.begin(now, wait);
        self.bucket.tokens = self.bucket.tokens.min(self.bucket.most);
    }
}

impl Rate {
    /// A rate that failed after a better one was tried: back to the one before. Else a guess from what went through since the
    /// last refusal, which is what was in the server's bucket and what was filled in meanwhile. The bucket was either full
    /// (`bucket` requests) or had what the pause had filled in: whichever way gives more is right, and neither gives too much.
    fn refuse(&mut self, now: Duration, active: f64, bucket: f64) {
        // A client without a ceiling learns from here.
        self.now = self.now.min(FASTEST_PER_SECOND);
        self.failed_at = self.now;
        if let Some((since, before)) = self.climbed {
            let count = self.admitted - before;
            let time = now.saturating_sub(since).as_secs_f64();
            if count >= 20.0 {
                // The rate before was below the limit, so the bucket was full.
                let filled = (count - bucket) / time;
                let doubt = 1.01 + 2.0 / count;
                let known = (doubt * filled).max(1.01 * self.good);
                self.failed_at = self.failed_at.min(known);
            }
            self.now = self.good;
            return;
        }
        let span = now.saturating_sub(self.refused_at).as_secs_f64();
        let over = |time: f64, count: f64| if time > 0.0 { count / time } else { 0.0 };
        let filled = over(span, self.admitted).max(over(active, self.admitted - bucket));
        // Of few requests, one more or less makes a great difference.
        let reliable = active >= 1.0 && self.admitted >= 20.0;
        let least = if reliable { 0.5 } else { 0.6 };
        self.now = (0.995 * filled)
            .clamp(least * self.now, 0.98 * self.now)
            .max(LEAST_PER_SECOND.min(self.ceiling));
        if reliable {
            // One request more or less at each end of the time.
            let doubt = 1.01 + 2.0 / self.admitted;
            self.failed_at = self.failed_at.min(doubt * filled);
        }
        self.good = self.now;
    }

    /// Restarts the count from here.
    fn begin(&mut self, now: Duration, wait: Duration) {
        self.refused_at = now;
        self.begun_at = now.saturating_add(wait);
        self.climbed = None;
        self.admitted = 0.0;
        self.held_until = self.begun_at.saturating_add(self.hold());
    }

    /// After a time without refusals: half the way up to the rate that failed; near it, after a long time, beyond it.
    fn climb(&mut self, now: Duration) {
        if now < self.held_until || self.now >= self.ceiling {
            return;
        }
        self.good = self.now;
        if self.is_near() {
            self.failed_at *= 1.02;
        }
        self.now = (0.5 * (self.good + self.failed_at)).min(self.ceiling);
        if self.now > 0.99 * self.ceiling {
            self.now = self.ceiling;
        }
        self.climbed = Some((now, self.admitted));
        self.held_until = now + self.hold();
    }

    fn is_near(&self) -> bool {
        self.now >= 0.98 * self.failed_at
    }

    fn hold(&self) -> Duration {
        if self.is_near() { LONG_HOLD } else { HOLD }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webex::clock::VirtualClock;

    /// A server with a token bucket that answers 429 with whole seconds; what share of its rate came through?
    fn share(rate: f64, burst: f64, latency: f64, seconds: f64) -> f64 {
        let clock = VirtualClock::default();
        let limiter = Limiter::new(Limits::default(), clock.now());
        let stop = Stop::default();
        let (mut tokens, mut filled) = (burst, 0.0);
        let mut served = 0.0;
        while clock.now().as_secs_f64() < seconds {
            let permit = limiter.enter(&clock, &stop, None, "GET /x").unwrap();
            let now = clock.now().as_secs_f64();
            tokens = f64::min(burst, tokens + (now - filled) * rate);
            filled = now;
            // One thread represents ten: its requests take a tenth of the time.
            clock.sleep(Duration::from_secs_f64(latency / 10.0));
            if tokens >= 1.0 {
                tokens -= 1.0;
                served += 1.0;
                permit.admitted();
            } else {
                let wait = ((1.0 - tokens) / rate).ceil().max(1.0);
                permit.refused(clock.now(), Duration::from_secs_f64(wait));
            }
        }
        served / (burst + rate * seconds).min(100.0 * seconds)
    }

    #[test]
    fn a_server_with_a_limit_is_kept_busy() {
        let mut wrong = Vec::new();
        for rate in [2.0, 5.0, 10.0, 20.0, 33.0, 50.0, 80.0, 100.0] {
            for burst in [1.0, 10.0, 50.0, 100.0] {
                for latency in [0.001, 0.05] {
                    let share = share(rate, burst, latency, 300.0);
                    // Without any bucket, each try to be faster costs a second.
                    let least = if burst > 1.0 { 0.95 } else { 0.9 };
                    if share < least {
                        wrong.push(format!("{rate}/s, burst {burst}, {latency} s: {share:.3}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
