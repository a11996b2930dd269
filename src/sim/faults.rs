//! Faults on demand: which request they meet, and what happens to it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refuse::Refuse;
use super::scenario::Change;

/// A fault, as scenario files and the control endpoint name it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Fault {
    /// The method that it meets; none is any.
    pub method: Option<String>,
    /// The path that it meets, without `/v1`: `*` is one segment, `**` at the end is the rest; none is any.
    pub path: Option<String>,
    /// A text that the body must have.
    pub body: Option<String>,
    /// Which of the matching requests, from 1; none is the next.
    pub nth: Option<u32>,
    /// How many in a row; none is 1.
    pub times: Option<u32>,
    /// When it strikes.
    pub when: When,
    /// An answer with this status; a 5xx, 423, 429 …
    pub status: Option<u16>,
    /// The `Retry-After` of that answer, in seconds.
    pub retry_after: Option<u32>,
    /// The body of that answer; none is the generic shape.
    pub answer: Option<Value>,
    /// The connection breaks instead of an answer.
    pub drop: bool,
    /// The answer ends in the middle.
    pub truncate: bool,
    /// The answer takes this many milliseconds.
    pub slow_ms: Option<u64>,
    /// The request is done by halves, and says 206.
    pub refuse: Option<Refuse>,
    /// The token expires.
    pub expire_token: bool,
    /// Another administrator changes something, before or after the request.
    pub change: Option<Change>,
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// The request is not carried out.
    #[default]
    Before,
    /// The request is carried out, and its answer is lost.
    After,
}

/// The faults that wait for their request.
#[derive(Debug, Default)]
pub struct Faults {
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    seen: u32,
}

impl Faults {
    /// Adds one.
    pub fn add(&mut self, fault: Fault) {
        self.waiting.push(Waiting { fault, seen: 0 });
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The fault that meets this request: the first that is due. Those that are not due yet count it.
    pub fn meet(&mut self, method: &str, path: &str, body: &[u8]) -> Option<Fault> {
        let mut found = None;
        for waiting in &mut self.waiting {
            if !waiting.fault.matches(method, path, body) {
                continue;
            }
            let due = waiting.seen + 1 >= waiting.fault.nth.unwrap_or(1);
            if due && found.is_some() {
                // One fault a request: this one strikes the next.
                continue;
            }
            waiting.seen += 1;
            if due {
                found = Some(waiting.fault.clone());
            }
        }
        self.waiting.retain(|waiting| {
            let first = waiting.fault.nth.unwrap_or(1).max(1);
            waiting.seen < first.saturating_add(waiting.fault.times.unwrap_or(1)) - 1
        });
        found
    }
}

impl Fault {
    fn matches(&self, method: &str, path: &str, body: &[u8]) -> bool {
        let has = |text: &String| {
            let text = text.as_bytes();
            body.windows(text.len().max(1)).any(|part| part == text)
        };
        self.method.as_deref().is_none_or(|it| it == method)
            && self.path.as_deref().is_none_or(|it| like(it, path))
            && self.body.as_ref().is_none_or(has)
    }
}

/// Whether a path fits a pattern with `*` and `**`.
fn like(pattern: &str, path: &str) -> bool {
    let mut path = path.trim_matches('/').split('/');
    for part in pattern.trim_matches('/').split('/') {
        match (part, path.next()) {
            ("**", _) => return true,
            ("*", Some(_)) => {}
            (part, Some(segment)) if part == segment => {}
            _ => return false,
        }
    }
    path.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(like("/people/*", "/people/abc"));
        assert!(!like("/people/*", "/people"));
        assert!(like("/telephony/**", "/telephony/config/numbers"));
        assert!(like("**", "/licenses"));
    }

    #[test]
    fn the_nth_request_and_a_number_after_it() {
        let mut faults = Faults::default();
        faults.add(Fault {
            method: Some("PATCH".into()),
            nth: Some(2),
            times: Some(2),
            status: Some(503),
            ..Fault::default()
        });
        let mut hit = |method: &str| faults.meet(method, "/licenses/users", b"").is_some();
        let met = ["PATCH", "GET", "PATCH", "PATCH", "PATCH"].map(&mut hit);
        assert_eq!(met, [false, false, true, true, false]);
        assert_eq!(faults.len(), 0);
    }
}
