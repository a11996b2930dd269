//! What to do after a request that brought no usable answer: which are repeated, how often, and how long one waits before.

use std::time::Duration;

use super::error::Error;

/// How long Webex is given after a 429 or 423 that names no time.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// How often a request is repeated that Webex held back by a limit.
const LIMITED: u32 = 100;
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
#[derive(Debug, Default)]
pub struct Tries {
    limited: u32,
    broken: u32,
    renewed: bool,
}

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Repeat it after this time.
    Again(Duration),
    /// Get a new token and repeat it; where there is none, this is the error.
    NewToken(Error),
    /// Give up.
    Stop(Error),
}

impl Tries {
    /// What to do after this failure. `safe` says that the request may be carried out twice; `chance` is from 0 to 1.
    pub fn next(&mut self, failed: Failed, safe: bool, chance: f64) -> Next {
        match failed {
            // The limiter waits, for everybody.
            Failed::Limited(error, _) => {
                self.limited += 1;
                match self.limited > LIMITED {
                    true => Next::Stop(error),
                    false => Next::Again(Duration::ZERO),
                }
            }
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

    /// Full jitter: anything up to a limit that doubles; at least what Webex asks for.
    fn back_off(&mut self, error: Error, asked: Option<Duration>, chance: f64) -> Next {
        if self.broken == BROKEN {
            return Next::Stop(error);
        }
        let most = (FIRST_BACKOFF * 2u32.pow(self.broken)).min(LONGEST_BACKOFF);
        self.broken += 1;
        Next::Again(most.mul_f64(chance).max(asked.unwrap_or_default()))
    }

    /// Whether anything was tried before.
    pub fn repeated(&self) -> bool {
        self.limited > 0 || self.broken > 0 || self.renewed
    }
}
