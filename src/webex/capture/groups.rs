//! Groups and their direct members.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::{Run, doubt, pool, text};
use crate::snapshot::Group;
use crate::webex::error::Error;
use crate::webex::{Paging, ids, observed};

/// Where SCIM says who made a group.
const EXTENSION: &str = "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group";

/// Every group with its members; `None` where the list could not be read. A group whose members could not be read is in doubt:
/// a member that is missing would look like one that left.
pub fn read(run: &Run<'_>, raw: Option<&[Value]>) -> Option<Vec<Group>> {
    let raw = raw?;
    let (members, sources) = std::thread::scope(|scope| {
        let sources = scope.spawn(|| from_directory(run));
        (
            pool::map(raw, |group| members(run, group)),
            pool::join(sources),
        )
    });
    let directory = sources.unwrap_or_else(|error| {
        run.note(format!(
            "which groups come from a directory could not be read; unless facts say so, none does: {error}"
        ));
        FxHashSet::default()
    });
    let mut groups = Vec::with_capacity(raw.len());
    let mut whole = true;
    let mut unread = Vec::new();
    for (raw, members) in raw.iter().zip(members) {
        let Some(mut group) = run.keep("groups", observed::group(raw)) else {
            whole = false;
            continue;
        };
        if directory.contains(&ids::uuid(&group.id)) {
            group.source = Some("directory".to_owned());
        }
        if let Some(why) = observed::unread(raw) {
            run.doubt(format!("group/{}", group.name), why);
        }
        match members {
            Ok(members) => group.members = members.into(),
            Err(error) => unread.push((group.name.clone(), error)),
        }
        groups.push(group);
    }
    // One odd group is in doubt by itself. Where most cannot be read, it is the token or the server.
    let most = 2 * unread.len() > groups.len();
    for (name, error) in unread {
        let odd = matches!(error, Error::Malformed { .. } | Error::Incomplete { .. });
        let one = error.refusal().is_some() && !most;
        if odd || one {
            let reason = format!("its members: {}", doubt::short(&error));
            run.doubt(format!("group/{name}"), reason);
        } else {
            run.keep::<()>(&format!("members of the group {name}"), Err(error));
            whole = false;
        }
    }
    whole.then_some(groups)
}

fn members(run: &Run<'_>, group: &Value) -> Result<Vec<String>, Error> {
    if group["memberSize"] == 0 {
        return Ok(Vec::new());
    }
    let id = text(group, "id").unwrap_or_default();
    let path = format!("/groups/{id}/members?count=500");
    let raw = run.reader.list(&path, "members", Paging::Scim)?;
    observed::members(&run.names, &raw)
}

/// Uuids of groups that a directory made.
fn from_directory(run: &Run<'_>) -> Result<FxHashSet<String>, Error> {
    let org = ids::uuid(&run.me.org);
    let path = format!("/identity/scim/{org}/v2/Groups?count=100");
    let mut owned = FxHashSet::default();
    run.reader
        .each(&path, "Resources", Paging::Scim, &mut |raw| {
            if text(&raw[EXTENSION], "provisionSource").is_some() {
                owned.extend(text(&raw, "id").map(str::to_owned));
            }
        })?;
    Ok(owned)
}
