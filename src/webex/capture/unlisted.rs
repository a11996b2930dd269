//! What other lists name and its own list lacks: Webex may leave rows out of a list, which is not the same as that there is nothing.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::{Basis, Run, text};
use crate::snapshot::User;
use crate::webex::ids;

/// Locations and workspaces that other lists name, and their own list lacks: what is missing is not nothing.
pub fn look(
    run: &Run<'_>,
    basis: &Basis,
    numbers: Option<&[Value]>,
    users: Option<&[User]>,
    workspaces: Option<&[Value]>,
) {
    let known = |rows: Option<&[Value]>| -> Option<FxHashSet<String>> {
        let ids = rows?.iter().filter_map(|it| text(it, "id"));
        Some(ids.map(ids::plain).collect())
    };
    let rows = numbers.unwrap_or_default();
    let lacks = |what: &str, known: &Option<FxHashSet<String>>, id: &str, why: String| {
        if known
            .as_ref()
            .is_some_and(|it| !it.contains(&ids::plain(id)))
        {
            run.miss(what, why);
            return true;
        }
        false
    };
    let locations = known(basis.locations.as_deref());
    let calling = known(basis.calling.as_deref());
    let rooms = known(workspaces);
    for raw in basis.calling.iter().flatten() {
        let name = text(raw, "name").unwrap_or_default();
        let why = format!("the list lacks {name}, which has Calling");
        if text(raw, "id").is_some_and(|id| lacks("locations", &locations, id, why)) {
            return;
        }
    }
    for row in rows {
        let place = &row["location"];
        let (Some(id), name) = (text(place, "id"), text(place, "name").unwrap_or_default()) else {
            continue;
        };
        let line = text(row, "phoneNumber").or(text(row, "extension"));
        let line = line.unwrap_or_default();
        let why = format!("the list lacks {name}, to which {line} belongs");
        if lacks("locations", &locations, id, why.clone())
            || lacks("locations with Calling", &calling, id, why)
        {
            return;
        }
        let owner = &row["owner"];
        if let Some(id) = text(owner, "id").filter(|_| owner["type"] == "PLACE")
            && lacks(
                "workspaces",
                &rooms,
                id,
                format!("the list lacks the one to which {line} belongs"),
            )
        {
            return;
        }
    }
    // The id stands for a name that is not known.
    let nameless = |user: &&User| {
        let at = user.location.as_deref().map(ids::plain);
        at.is_some_and(|it| it.starts_with("ciscospark://"))
    };
    if let Some(user) = users.unwrap_or_default().iter().find(nameless) {
        run.miss(
            "locations",
            format!("the list lacks the location of {}", user.email),
        );
    }
}
