//! Jobs: what is carried out later, by the clock (webex-api.md 6.4, 6.7, 5.5).

/// All jobs, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Jobs {}
