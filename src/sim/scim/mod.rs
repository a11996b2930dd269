//! SCIM 2 (webex-api.md 4.2 to 4.5).
pub mod filter;
pub mod patch;
