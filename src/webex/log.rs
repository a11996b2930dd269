//! What was asked of Webex: a line of JSON for each request that was sent, and how many there were. No bodies, no headers, no
//! secrets.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::Method;
use serde::Serialize;

use crate::disk;

/// Parameters of queries whose values are not for a log.
const SECRET_WORDS: [&str; 4] = ["token", "secret", "code", "password"];

/// The file of `--log`.
#[derive(Debug)]
pub struct RequestLog(Mutex<File>);

/// One request that was sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record<'a> {
    /// Milliseconds since the beginning of the run.
    pub at_ms: u64,
    /// The method.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// The status; absent where no answer came.
    pub status: Option<u16>,
    /// How long it took.
    pub duration_ms: u64,
    /// What Cisco's support can search for.
    pub tracking_id: Option<&'a str>,
    /// Why no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
}

/// For people.
impl fmt::Display for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        match (self.status, self.error) {
            (Some(status), _) => write!(f, ": {status}")?,
            (None, Some(why)) => write!(f, ": no answer ({why})")?,
            (None, None) => write!(f, ": no answer")?,
        }
        write!(f, ", {} ms", self.duration_ms)
    }
}

impl RequestLog {
    /// Begins a log; what the file had is replaced.
    pub fn create(path: &Path) -> std::io::Result<RequestLog> {
        let mut options = OpenOptions::new();
        options.create(true).write(true).truncate(true);
        Ok(RequestLog(Mutex::new(disk::private_file(
            path,
            &mut options,
        )?)))
    }

    /// Adds a line.
    pub fn record(&self, record: &Record<'_>) {
        let Ok(mut line) = serde_json::to_vec(record) else {
            return;
        };
        line.push(b'\n');
        let mut file = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        // A full disk must not stop an apply in the middle.
        let _ = file.write_all(&line);
    }
}

/// Path and query without secrets.
pub fn presentable(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{name}=…"),
        _ => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
}

/// How many requests were sent.
#[derive(Debug, Default)]
pub struct Counters {
    methods: [AtomicU64; METHODS.len()],
    limited: AtomicU64,
    repeated: AtomicU64,
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Requests that were sent so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By method, only those that occurred; repetitions count.
    pub by_method: Vec<(&'static str, u64)>,
    /// Those that Webex answered with 429 or 423.
    pub limited: u64,
    /// Those that were repetitions of one before.
    pub repeated: u64,
}

impl Counters {
    /// Counts a request.
    pub fn sent(&self, method: &Method, repeated: bool) {
        if let Some(at) = METHODS.iter().position(|name| *name == method.as_str()) {
            self.methods[at].fetch_add(1, Ordering::Relaxed);
        }
        if repeated {
            self.repeated.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts a refusal by a limit.
    pub fn limited(&self) {
        self.limited.fetch_add(1, Ordering::Release);
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        let methods = METHODS.iter().zip(&self.methods);
        let methods = methods.map(|(name, count)| (*name, count.load(Ordering::Relaxed)));
        Counts {
            by_method: methods.filter(|(_, count)| *count > 0).collect(),
            limited: self.limited.load(Ordering::Acquire),
            repeated: self.repeated.load(Ordering::Relaxed),
        }
    }
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.by_method.iter().map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let word = if total == 1 { "request" } else { "requests" };
        write!(f, "{total} {word}")?;
        let methods: Vec<String> = self
            .by_method
            .iter()
            .map(|(name, count)| format!("{count} {name}"))
            .collect();
        if methods.len() > 1 {
            write!(f, " ({})", methods.join(", "))?;
        }
        if self.limited > 0 {
            write!(f, ", {} throttled", self.limited)?;
        }
        if self.repeated > 0 {
            write!(f, ", {} repeated", self.repeated)?;
        }
        Ok(())
    }
}

/// Whole milliseconds.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_shows_in_a_path() {
        assert_eq!(
            presentable("/people?email=a%40b&access_token=xyz&accessCode=1"),
            "/people?email=a%40b&access_token=…&accessCode=…"
        );
        assert_eq!(presentable("/people/me"), "/people/me");
    }
}
