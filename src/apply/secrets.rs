//! Secrets that a plan leaves in a backup: brought in when it is carried out, and never written anywhere.

use std::path::Path;
use std::sync::Arc;

use crate::backup::{self, resolve};
use crate::plan::Plan;

/// The plan with the values that it refers to. `identity` is a file with the age key of an encrypted backup.
pub fn with_secrets(mut plan: Plan, identity: Option<&Path>) -> Result<Plan, backup::Error> {
    for field in plan.changes.iter_mut().flat_map(|it| &mut it.fields) {
        if let Some(setting) = field.path.strip_prefix("settings/")
            && let Some(value) = resolve(setting, &field.after, identity)?
            && value != *field.after
        {
            field.after = Arc::new(value);
        }
    }
    Ok(plan)
}
