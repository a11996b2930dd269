//! What changes, in what order, how risky it is, and whether it may be applied.

mod model;

pub use model::*;
