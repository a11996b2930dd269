//! Every call that the simulator answers: method, path, scopes, handler. Each area lists its own.

use super::route::Route;

/// The areas. Where two patterns fit one path, the first does.
pub const AREAS: &[&[Route]] = &[
    super::org::ROUTES,
    super::people::ROUTES,
    super::people_write::ROUTES,
    super::licenses::ROUTES,
    super::groups::ROUTES,
    super::locations::ROUTES,
    super::telephony::ROUTES,
    super::features::ROUTES,
    super::pstn::ROUTES,
    super::closing::ROUTES,
    super::numbers::ROUTES,
    super::validate::ROUTES,
    super::number_jobs::ROUTES,
    super::moves::ROUTES,
    super::jobs::ROUTES,
    super::workspaces::ROUTES,
    super::templates::ROUTES,
    super::settings::routes::PEOPLE,
    super::settings::routes::TELEPHONY,
    super::settings::routes::TELEPHONY_CRITERIA,
    super::settings::routes::WORKSPACE,
    super::settings::routes::TELEPHONY_WORKSPACE,
    super::settings::routes::TELEPHONY_WORKSPACE_CRITERIA,
    super::settings::routes::OTHERS,
    super::floors::ROUTES,
    super::devices::ROUTES,
    super::devices::TELEPHONY,
    super::broadworks::ROUTES,
    super::scim::ROUTES,
    super::audit::ROUTES,
];

/// What a request leads to.
#[derive(Debug)]
pub enum Found {
    /// A route, and what stood at each `{}`.
    Route(&'static Route, Vec<String>),
    /// The path exists with another method.
    WrongMethod,
    /// Nothing.
    Nothing,
}

/// Looks for the route of a request.
pub fn find(method: &str, path: &str) -> Found {
    let mut known = false;
    for route in AREAS.iter().copied().flatten() {
        if let Some(params) = fits(route.path, path) {
            if route.method == method {
                return Found::Route(route, params);
            }
            known = true;
        }
    }
    match known {
        true => Found::WrongMethod,
        false => Found::Nothing,
    }
}

fn fits(pattern: &str, path: &str) -> Option<Vec<String>> {
    let mut params = Vec::new();
    let mut segments = path.trim_end_matches('/').split('/');
    for part in pattern.split('/') {
        let segment = segments.next()?;
        match part {
            "{}" if !segment.is_empty() => {
                params.push(super::paging::decode(segment, false));
            }
            _ if part == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_and_methods() {
        let found = find("GET", "/people/Y2%2Fx");
        assert!(matches!(found, Found::Route(_, params) if params == ["Y2/x"]));
        assert!(matches!(find("PUT", "/licenses"), Found::WrongMethod));
        assert!(matches!(find("GET", "/people/a/b/c/d"), Found::Nothing));
    }
}
