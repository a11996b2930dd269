//! trunkline: a GitOps reconciler for Cisco Webex organisations.

pub mod finding;
pub mod plan;
