//! Settings on the wire (webex-api.md 10): what a restore gives back to a person or workspace, one setting a request of the
//! plan.

use serde_json::Value;

use super::standing::Standing;
use super::{Request, Seen, Subject, Wire, not_sent};
use crate::change::{Field, Operation};
use crate::webex::settings::{
    HolderKind, Reading, Setting, agrees, read_one, remaining_calls, same,
};
use crate::webex::{Call, Error, Names};

/// The first part of the field paths of settings.
const PREFIX: &str = "settings/";

/// How any setting is written: its table has the method and the path.
pub static WIRE: Wire = Wire::new("", "", calls);

/// Whether a request writes settings.
pub fn is_setting(operation: &Operation) -> bool {
    let mut fields = operation.fields.iter();
    !operation.fields.is_empty() && fields.all(|path| path.starts_with(PREFIX))
}

/// Whether this is a setting that objects of a kind have.
pub fn is_known(kind: &str, path: &str) -> bool {
    let name = path.strip_prefix(PREFIX);
    name.zip(HolderKind::of(kind))
        .is_some_and(|(name, holder)| holder.find(name).is_some())
}

/// Whether an operation is the request that writes its one setting.
pub fn is_request(kind: &str, operation: &Operation) -> bool {
    let [path] = operation.fields.as_slice() else {
        return false;
    };
    request(kind, path).is_some_and(|(method, path)| {
        operation.method == method && operation.path == path && operation.without.is_empty()
    })
}

/// Method and path of the request that writes a setting, as a plan shows them.
pub fn request(kind: &str, path: &str) -> Option<(&'static str, String)> {
    let holder = HolderKind::of(kind)?;
    let setting = holder.find(path.strip_prefix(PREFIX)?)?;
    let (method, path) = setting.writes.first()?.shown();
    let id = match holder {
        HolderKind::Workspace => "{workspaceId}",
        _ => "{personId}",
    };
    let path = path.replace("{id}", id);
    Some((method, path.replace("{item.id}", "{deviceId}")))
}

/// Several calls for one setting, some of which may be done: entries that are there are not made a second time.
fn calls(request: &Request<'_>) -> Result<Vec<Call>, Error> {
    let subject = request.one()?;
    let (kind, id) = (&subject.change.kind, subject.id(request.names)?);
    let mut calls = Vec::new();
    for field in &subject.fields {
        let setting = find(kind, field).ok_or_else(|| unknown(field))?;
        let now = match read_one(request.names.reader(), setting, &id) {
            Reading::Value(now) => now,
            _ => Value::Null,
        };
        let left = remaining_calls(kind, &id, setting.name, &field.after, &now);
        calls.extend(left.map_err(not_sent)?);
    }
    Ok(calls)
}

/// The state of a setting. It is unknown how it was when the plan was made, so all that is not as it should be is sent.
pub(super) fn stands(
    names: &Names,
    kind: &str,
    seen: &Seen,
    field: &Field,
) -> Option<Result<Standing, Error>> {
    field.path.strip_prefix(PREFIX)?;
    let Some(setting) = find(kind, field) else {
        return Some(Err(unknown(field)));
    };
    Some(Ok(match read_one(names.reader(), setting, &seen.id) {
        Reading::Value(now) if same(setting, &seen.id, &field.after, &now) => Standing::After,
        _ => Standing::Before,
    }))
}

/// Whether everything that was written shows.
pub fn shows(names: &Names, subject: &Subject<'_>) -> Result<bool, Error> {
    let (kind, id) = (&subject.change.kind, subject.id(names)?);
    let shows = |field: &&Field| {
        let Some(setting) = find(kind, field) else {
            return false;
        };
        let now = read_one(names.reader(), setting, &id);
        matches!(now, Reading::Value(now) if agrees(setting, &id, &field.after, &now))
    };
    Ok(subject.fields.iter().all(shows))
}

fn find(kind: &str, field: &Field) -> Option<&'static Setting> {
    HolderKind::of(kind)?.find(field.path.strip_prefix(PREFIX)?)
}

fn unknown(field: &Field) -> Error {
    not_sent(format!("this trunkline does not know {}", field.path))
}
