//! One call that the simulator answers, as a row of an area's table.

use super::call::{Call, Done};

/// One call.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path without `/v1`; `{}` is any segment.
    pub path: &'static str,
    /// One of these scopes is needed; none means that any token will do.
    pub scopes: &'static [&'static str],
    /// What it is about, for read lag; empty for what never lags.
    pub resource: &'static str,
    /// Answers it.
    pub handler: fn(&mut Call<'_>) -> Done,
}

/// A row of an area's table.
pub const fn route(
    method: &'static str,
    path: &'static str,
    scopes: &'static [&'static str],
    resource: &'static str,
    handler: fn(&mut Call<'_>) -> Done,
) -> Route {
    Route {
        method,
        path,
        scopes,
        resource,
        handler,
    }
}
