//! Control Hub's automatic licence assignments (webex-api.md 3): nothing in the API tells of them, and they fight us.

/// A licence template.
#[derive(Debug, Clone)]
pub struct Template {}
