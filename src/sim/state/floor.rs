//! A floor of a location.

/// A floor.
#[derive(Debug, Clone)]
pub struct Floor {
    /// The public id.
    pub id: String,
    /// The location.
    pub location: u32,
    /// From the ground.
    pub number: i64,
    /// What people call it.
    pub name: String,
}
