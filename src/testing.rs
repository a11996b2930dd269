//! For unit tests: time that does not depend on what else the machine is doing.

use std::time::{Duration, Instant};

/// Runs `work` and says how much processor time this thread used for it: on a busy machine it is nearly the same as on an
/// idle one. Where the system does not tell, the time by the clock.
pub fn own_time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (begun, clock) = (on_processor(), Instant::now());
    let done = work();
    let used = on_processor().zip(begun).map(|(now, then)| now - then);
    (done, used.unwrap_or_else(|| clock.elapsed()))
}

/// Linux tells how long each thread has run, in nanoseconds.
fn on_processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
