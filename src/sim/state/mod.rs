//! What the organisation has in addition to its objects, as plain data. Rules are elsewhere.

pub mod audit;
pub mod broadworks;
pub mod floor;
pub mod jobs;
pub mod template;
