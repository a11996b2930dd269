//! Long waits are reported: anyone who looks at a run that does nothing wants to know why, and for how long.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::error::Error;

/// A shorter wait needs no word.
const LONG: Duration = Duration::from_secs(10);
/// Where there is no answer at all, nobody knows whether the address is right: that is said sooner.
const LONG_WITHOUT_ANSWER: Duration = Duration::from_secs(2);

/// What is called with a line of text.
type Line = dyn Fn(&str) + Send + Sync;

/// What is called with a line of text before a long wait. By default no one is notified.
#[derive(Clone, Default)]
pub struct Tell {
    to: Option<Arc<Line>>,
    /// The end of the longest wait that was reported: a request that waits with others needs no separate line.
    until: Arc<Mutex<Duration>>,
}

impl fmt::Debug for Tell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tell")
    }
}

impl Tell {
    /// Tells by this function.
    pub fn new(to: impl Fn(&str) + Send + Sync + 'static) -> Tell {
        Tell {
            to: Some(Arc::new(to)),
            until: Arc::default(),
        }
    }

    /// Shows a message about the run.
    pub(super) fn say(&self, line: &str) {
        if let Some(to) = &self.to {
            to(line);
        }
    }

    /// Says that a request waits for so long from now on, and why.
    pub(super) fn wait(&self, now: Duration, wait: Duration, why: &Error) {
        let long = match why {
            Error::Lost { refusal: None, .. } => LONG_WITHOUT_ANSWER,
            _ => LONG,
        };
        let Some(to) = self.to.as_ref().filter(|_| wait >= long) else {
            return;
        };
        let end = now.saturating_add(wait);
        let mut until = self.until.lock().unwrap_or_else(|it| it.into_inner());
        if end <= until.saturating_add(Duration::from_secs(1)) {
            return;
        }
        *until = end;
        to(&format!("waiting {}: {why}", spoken(wait)));
    }
}

/// `90 s`, `15 min`, `3 h`, `11574 days`: long times in few digits.
pub fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
