//! What a snapshot has, as desired state: a file for each kind that has a section of its own.

pub mod group;
pub mod location;
pub mod number;
pub mod workspace;
