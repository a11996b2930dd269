//! What to do after a request that brought no usable answer: which are repeated, how often, and how long one waits before.

use std::time::Duration;

use super::error::Error;

/// How long Webex is given after a 429 or 423 that names no time.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// For how long Webex may hold one request back, if the options do not say otherwise: one wait, or all of them together.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);
/// How often a request is repeated that Webex held back by a limit.
const LIMITED: u32 = 100;
/// How often one that Webex held back without asking to wait: our own pauses become longer, so that a server that always
/// says "at once" is not asked without end.
const HASTY: u32 = 9;
/// Less than this is no wait.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How often one that met a broken server or connection.
const BROKEN: u32 = 7;
const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Why a request has no usable answer, and whether it can have been carried out.
#[derive(Debug)]
pub enum Failed {
    /// 429 or 423: it was not carried out; Webex asks to wait so long.
    Limited(Error, Duration),
    /// There was no connection: it was not carried out.
    Unsent(Error),
    /// 401: it was not carried out.
    Unauthorized(Error),
    /// No answer, half of one, or one of a broken server: it may have been carried out.
    Lost(Error, Option<Duration>),
    /// Webex's last word.
    Final(Error),
}

/// What was tried for one request.
#[derive(Debug)]
pub struct Tries {
    limited: u32,
    hasty: u32,
    broken: u32,
    renewed: bool,
    /// For how long Webex has held it back, and for how long it may.
    waited: Duration,
    most: Duration,
}

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Repeat it after this time; why.
    Again(Duration, Box<Error>),
    /// Get a new token and repeat it; where there is none, this is the error.
    NewToken(Error),
    /// Give up.
    Stop(Error),
}

impl Tries {
    /// Nothing was tried yet; Webex may hold the request back for so long.
    pub fn new(most: Duration) -> Tries {
        Tries {
            limited: 0,
            hasty: 0,
            broken: 0,
            renewed: false,
            waited: Duration::ZERO,
            most,
        }
    }

    /// What to do after this failure. `safe` says that the request may be carried out twice; `chance` is from 0 to 1.
    pub fn next(&mut self, failed: Failed, safe: bool, chance: f64) -> Next {
        match failed {
            Failed::Limited(error, asked) => self.held_back(error, asked, chance),
            Failed::Unauthorized(error) if self.renewed => Next::Stop(error),
            Failed::Unauthorized(error) => {
                self.renewed = true;
                Next::NewToken(error)
            }
            Failed::Unsent(error) => self.back_off(error, None, chance),
            Failed::Lost(error, asked) if safe => self.back_off(error, asked, chance),
            Failed::Lost(error, _) | Failed::Final(error) => Next::Stop(error),
        }
    }

    /// The limiter waits, for everyone, for as long as Webex asks; a request that is to wait for no time waits longer and longer.
    fn held_back(&mut self, error: Error, asked: Duration, chance: f64) -> Next {
        self.limited += 1;
        if let Some(error) = self.too_long(&error, asked) {
            return Next::Stop(error);
        }
        if asked >= AT_ONCE {
            return match self.limited > LIMITED {
                true => Next::Stop(error),
                false => Next::Again(Duration::ZERO, Box::new(error)),
            };
        }
        self.hasty += 1;
        match self.hasty > HASTY {
            true => Next::Stop(error),
            false => Next::Again(jitter(self.hasty - 1, chance), Box::new(error)),
        }
    }

    /// Full jitter: anything up to a limit that doubles; at least what Webex asks for.
    fn back_off(&mut self, error: Error, asked: Option<Duration>, chance: f64) -> Next {
        if self.broken == BROKEN {
            return Next::Stop(error);
        }
        let asked = asked.unwrap_or_default();
        if let Some(error) = self.too_long(&error, asked) {
            return Next::Stop(error);
        }
        self.broken += 1;
        let wait = jitter(self.broken - 1, chance).max(asked);
        Next::Again(wait, Box::new(error))
    }

    /// The error, where Webex asks for more time than there is.
    fn too_long(&mut self, error: &Error, asked: Duration) -> Option<Error> {
        self.waited = self.waited.saturating_add(asked);
        (self.waited > self.most).then(|| error.too_long(self.waited, self.most))
    }

    /// Whether anything was tried before.
    pub fn repeated(&self) -> bool {
        self.limited > 0 || self.broken > 0 || self.renewed
    }
}

/// Anything up to a limit that doubles with each try.
fn jitter(tried: u32, chance: f64) -> Duration {
    let factor = 2u32.saturating_pow(tried);
    let most = FIRST_BACKOFF.saturating_mul(factor).min(LONGEST_BACKOFF);
    most.mul_f64(chance)
}
