//! What changes, in what order, how risky it is, and whether it may be applied.
//!
//! [`build`] is a pure function from desired and observed state to a [`Plan`]. It asks every kind for its changes and knows
//! none by name; it knows nothing of HTTP, files, time or formats.

mod address;
mod applied;
mod build;
mod cycles;
pub mod explain;
mod failures;
mod finish;
mod guarded;
mod guards;
mod lookalikes;
mod model;
mod not_known;
mod observed;
mod operations;
mod order;
mod people;
mod pools;
pub mod preflight;
mod proof;
mod references;
mod renames;
mod target;
mod undone;

pub use address::{Unknown, address, beginning_with, today};
pub use applied::{before, unsettled};
pub use build::{Inputs, PolicyRef, build};
pub use failures::{CallingFailure, hedge, with_calling_failures};
pub use model::*;
pub use observed::{essence, with_observed};
pub use proof::{Contradiction, Had, acknowledged};
