//! Every call that the simulator answers: method, path, scopes, handler. Each area lists its own.

use super::route::Route;

/// The areas, but for settings, whose calls come from their table. Where two patterns fit one path, the first does.
const AREAS: &[&[Route]] = &[
    super::org::ROUTES,
    super::people::ROUTES,
    super::people_write::ROUTES,
    super::licenses::ROUTES,
    super::groups::ROUTES,
    super::locations::ROUTES,
    super::telephony::ROUTES,
    super::features::ROUTES,
    super::queues::ROUTES,
    super::pstn::ROUTES,
    super::closing::ROUTES,
    super::numbers::ROUTES,
    super::validate::ROUTES,
    super::number_jobs::ROUTES,
    super::moves::ROUTES,
    super::jobs::ROUTES,
    super::workspaces::ROUTES,
    super::templates::ROUTES,
    super::floors::ROUTES,
    super::devices::ROUTES,
    super::devices::TELEPHONY,
    super::broadworks::ROUTES,
    super::scim::ROUTES,
    super::audit::ROUTES,
];

/// Every call.
///
/// # Errors
/// What is wrong with a table from which calls come, and where.
pub fn all() -> Result<impl Iterator<Item = &'static Route>, &'static str> {
    let settings = super::settings::routes::all()?;
    Ok(AREAS.iter().copied().flatten().chain(settings))
}

/// What a request leads to.
#[derive(Debug)]
pub enum Found {
    /// A route, and what stood at each `{}`.
    Route(&'static Route, Vec<String>),
    /// The path exists with another method.
    WrongMethod,
    /// Nothing.
    Nothing,
    /// The calls are not known, because of this.
    Broken(&'static str),
}

/// Looks for the route of a request.
pub fn find(method: &str, path: &str) -> Found {
    let routes = match all() {
        Ok(routes) => routes,
        Err(why) => return Found::Broken(why),
    };
    let mut known = false;
    for route in routes {
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

    #[test]
    fn no_call_hides_another() {
        for route in all().unwrap() {
            let path = route.path.replace("{}", "x");
            match find(route.method, &path) {
                Found::Route(found, _) => assert_eq!(found.path, route.path),
                other => panic!("{} {path}: {other:?}", route.method),
            }
        }
    }
}
