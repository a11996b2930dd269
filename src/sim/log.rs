//! Every request that came, for tests to read.

use serde::Serialize;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// From 1, in order of arrival.
    pub seq: u64,
    /// Milliseconds since 1970, by the simulator's clock.
    pub at: i64,
    /// The method.
    pub method: String,
    /// Path and query, without `/v1`.
    pub path: String,
    /// What the handler or the fault answered.
    pub status: u16,
    /// SHA-256 of the body, hexadecimal; empty without one.
    pub digest: String,
    /// Whether it was carried out: a write that took effect, wholly or in part.
    pub applied: bool,
    /// Whether a fault let only a part of it be carried out.
    pub in_part: bool,
    /// Whether the client got this answer whole.
    pub answered: bool,
    /// The tracking id of the answer.
    pub tracking_id: String,
}
