//! The time of the simulator: a virtual clock that moves on request, or the real one with the offset it was moved by.

use std::time::Duration;

use jiff::Timestamp;

/// Which time it is. Kept to the nanosecond: a client may wait for less than a millisecond many times over.
#[derive(Debug, Clone)]
pub enum Clock {
    /// Moves only by `advance`.
    Virtual(Timestamp),
    /// The machine's clock and what it was moved by.
    Real(Duration),
}

impl Clock {
    /// A virtual clock that begins at this time; at a fixed one where it is none.
    pub fn beginning(at: &str) -> Clock {
        let start = at.parse::<Timestamp>();
        Clock::Virtual(start.unwrap_or_else(|_| timestamp(1_700_000_000_000)))
    }

    /// The machine's clock.
    pub fn real() -> Clock {
        Clock::Real(Duration::ZERO)
    }

    /// What time it is.
    pub fn timestamp(&self) -> Timestamp {
        match self {
            Clock::Virtual(now) => *now,
            Clock::Real(ahead) => Timestamp::now()
                .checked_add(*ahead)
                .unwrap_or(Timestamp::MAX),
        }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.timestamp().as_millisecond()
    }

    /// Moves on.
    pub fn advance(&mut self, by: Duration) {
        match self {
            Clock::Virtual(now) => *now = now.checked_add(by).unwrap_or(Timestamp::MAX),
            Clock::Real(ahead) => *ahead = ahead.saturating_add(by),
        }
    }
}

/// `2026-09-14T08:42:42.096Z`.
pub fn stamp(ms: i64) -> String {
    format!("{:.3}", timestamp(ms))
}

/// The milliseconds of a moment in RFC 3339; nothing for another text.
pub fn millis(text: &str) -> Option<i64> {
    let at: Timestamp = text.parse().ok()?;
    Some(at.as_millisecond())
}

/// `2026-09-14T08:42:42Z`, as snapshot files have it.
pub fn seconds(ms: i64) -> String {
    format!("{:.0}", timestamp(ms))
}

/// The form of the `Date` header.
pub fn http_date(ms: i64) -> String {
    let zoned = timestamp(ms).to_zoned(jiff::tz::TimeZone::UTC);
    zoned.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// As a timestamp.
pub fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_time() {
        let mut clock = Clock::beginning("2026-11-20T08:00:00Z");
        clock.advance(Duration::from_millis(1500));
        assert_eq!(stamp(clock.now()), "2026-11-20T08:00:01.500Z");
        assert_eq!(http_date(clock.now()), "Fri, 20 Nov 2026 08:00:01 GMT");
    }

    #[test]
    fn short_waits_add_up() {
        let mut clock = Clock::beginning("2026-11-20T08:00:00Z");
        let begin = clock.now();
        for _ in 0..10 {
            clock.advance(Duration::from_micros(100));
        }
        assert_eq!(clock.now() - begin, 1);
    }
}
