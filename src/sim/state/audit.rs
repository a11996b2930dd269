//! The audit trail: who has done what to whom.

/// One entry.
#[derive(Debug, Clone)]
pub struct Event {
    /// When, in milliseconds.
    pub at: i64,
    /// By which the client finds its own.
    pub tracking_id: String,
    /// The category.
    pub category: &'static str,
    /// What was done, for people.
    pub description: &'static str,
    /// Whom it was about.
    pub target: Option<Target>,
    /// Code and message, where it was refused.
    pub error: Option<(String, String)>,
    /// Who, where it was not the administrator of the token: Control Hub, say.
    pub actor: Option<Actor>,
}

/// Who has done something.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// Whom a write was about, for the audit trail.
#[derive(Debug, Clone)]
pub struct Target {
    /// Such as `PERSON`.
    pub kind: &'static str,
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
}
