//! How old something is: plans have no clock, so "now" is the moment of the capture.

use jiff::{SignedDuration, Timestamp};

use super::Snapshot;

/// The time between a moment and the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(SignedDuration);

impl Age {
    /// Whether it is more than so many hours.
    pub fn over_hours(self, hours: i64) -> bool {
        self.0 > SignedDuration::from_hours(hours)
    }

    /// Whole hours; none where a clock is ahead.
    pub fn hours(self) -> i64 {
        self.0.as_hours().max(0)
    }

    /// Whole days; none where a clock is ahead.
    pub fn days(self) -> i64 {
        self.hours() / 24
    }
}

impl Snapshot {
    /// How long before the capture a moment was; nothing where one of both is unknown.
    pub fn since(&self, moment: Timestamp) -> Option<Age> {
        Some(Age(self.captured_moment()?.duration_since(moment)))
    }

    /// The same for a moment in RFC 3339.
    pub fn since_text(&self, moment: &str) -> Option<Age> {
        self.since(moment.parse().ok()?)
    }

    /// How long before the capture another snapshot was captured.
    pub fn since_capture(&self, of: &Snapshot) -> Option<Age> {
        self.since(of.captured_moment()?)
    }
}
