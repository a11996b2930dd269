//! Calling features as snapshots have them: who is in them by address or name, now that people, workspaces and numbers are known.

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};

use super::{Basis, Run, text};
use crate::canonical;
use crate::snapshot::{Feature, FeatureKindNotRead, FeatureMember, OwnerKind, Word, feature_words};
use crate::webex::error::Error;
use crate::webex::features::{self, Found, Who, dialled};
use crate::webex::{ids, observed};

/// Features, and the kinds that could not be read.
#[derive(Debug, Default)]
pub struct Features {
    pub found: Option<Vec<Feature>>,
    pub not_read: Vec<FeatureKindNotRead>,
}

/// Reads them; nothing where the locations with Calling are not known.
pub fn read(run: &Run<'_>, basis: &Basis) -> Vec<features::Read> {
    match &basis.calling {
        Some(calling) if run.wanted.features => {
            let ids = calling.iter().filter_map(|it| text(it, "id"));
            let ids: Vec<String> = ids.map(str::to_owned).collect();
            features::read(run.reader, &ids)
        }
        _ => Vec::new(),
    }
}

/// Features with their members by name. A kind that could not be read is named and not taken for empty; where none could, nothing
/// was captured.
pub fn settle(run: &Run<'_>, read: Vec<features::Read>, rows: Option<&[Value]>) -> Features {
    let all = read.len();
    let mut found = Vec::new();
    let mut not_read = Vec::new();
    let mut odd = Vec::new();
    let lines = Lines::new(rows.unwrap_or_default());
    for features::Read { kind, found: of } in read {
        match of {
            Ok(of) => found.extend(
                of.into_iter()
                    .map(|it| feature(run, kind, it, &lines, &mut odd)),
            ),
            Err(error) => not_read.push(FeatureKindNotRead {
                kind: kind.to_owned(),
                reason: error.to_string(),
            }),
        }
    }
    if not_read.len() < all {
        lacking(run, &found, rows.unwrap_or_default(), &mut not_read);
    }
    if let Some(first) = not_read.first() {
        let kinds: Vec<&str> = not_read.iter().map(|it| feature_words(&it.kind)).collect();
        run.note(format!(
            "the members of these calling features are unknown: {} ({})",
            kinds.join(", "),
            first.reason
        ));
    }
    if let Some(first) = odd.first() {
        run.note(format!(
            "the members of {} of the calling features are unknown: {first}",
            odd.len()
        ));
    }
    if found.is_empty() && not_read.len() == all {
        return Features::default();
    }
    Features {
        found: Some(found),
        not_read,
    }
}

/// Names the kinds whose list lacks a person whom the list of numbers knows: what else it lacks is unknown.
fn lacking(
    run: &Run<'_>,
    found: &[Feature],
    rows: &[Value],
    not_read: &mut Vec<FeatureKindNotRead>,
) {
    let ids: FxHashSet<String> = found.iter().map(|it| ids::uuid(&it.id)).collect();
    let called: FxHashSet<(&str, &str, Option<&str>)> = found
        .iter()
        .map(|it| (&*it.kind, &*it.name, it.location.as_deref()))
        .collect();
    for row in rows.iter().filter(|row| row["owner"].is_object()) {
        let owner = &row["owner"];
        let Ok(named) = observed::owner(&run.names, owner) else {
            continue;
        };
        let kind = named.kind.word();
        let is_read = features::KINDS.iter().any(|it| it.name == kind)
            && not_read.iter().all(|it| it.kind != kind);
        let known = text(owner, "id").is_some_and(|id| ids.contains(&ids::uuid(id)))
            || called.contains(&(kind, &*named.key, text(&row["location"], "name")));
        if is_read && !known {
            let line = text(row, "phoneNumber").or(text(row, "extension"));
            let line = line.unwrap_or("a line");
            let reason = format!("its list lacks {}, who has {line}", named.key);
            not_read.push(FeatureKindNotRead {
                kind: kind.to_owned(),
                reason,
            });
        }
    }
}

fn feature(
    run: &Run<'_>,
    kind: &str,
    found: Found,
    lines: &Lines<'_>,
    odd: &mut Vec<String>,
) -> Feature {
    let id = found.location.as_deref();
    let location = id.and_then(|id| run.names.key("location", id).ok().flatten());
    let mut feature = Feature {
        kind: kind.to_owned(),
        id: found.id,
        name: found.name,
        location: location.or(found.location_name).map(Word::from),
        phone_number: found.phone_number.as_deref().map(dialled),
        extension: found.extension,
        members: None,
    };
    let members: Result<Vec<Option<FeatureMember>>, Error> = found.members.and_then(|members| {
        let members = members.into_iter();
        let known =
            members.map(|it| member(run, it.role, &it.who, found.location.as_deref(), lines));
        known.collect()
    });
    match members {
        Ok(members) => feature.members = Some(members.into_iter().flatten().collect()),
        Err(error) => odd.push(format!("{}: {error}", feature.label())),
    }
    feature
}

/// A holder by kind and key; `None` for an address or number outside the organisation.
fn member(
    run: &Run<'_>,
    role: &str,
    who: &Who,
    location: Option<&str>,
    lines: &Lines<'_>,
) -> Result<Option<FeatureMember>, Error> {
    let of = |kind: &str, key: String| FeatureMember {
        kind: OwnerKind::from(kind),
        key,
        role: role.to_owned(),
    };
    let owned = |owner: &Value| {
        let owner = observed::owner(&run.names, owner)?;
        Ok(Some(of(owner.kind.word(), owner.key)))
    };
    match who {
        Who::Id { id, kind, name } => {
            for known in ["user", "workspace"] {
                if let Some(key) = run.names.key(known, id)? {
                    return Ok(Some(of(known, key)));
                }
            }
            let kind = kind.as_deref().unwrap_or("UNKNOWN");
            owned(&json!({"id": id, "type": kind, "firstName": name}))
        }
        Who::Dialled(dialled) => lines.find(dialled, location).map_or(Ok(None), owned),
        Who::Mail(mail) => {
            let mut forms = [mail.to_lowercase(), canonical::address(mail)].into_iter();
            let known = forms.find(|address| run.names.is_known("user", address));
            Ok(known.map(|address| of("user", address)))
        }
    }
}

/// Who is reached by which number, or by which extension in which location.
struct Lines<'r> {
    numbers: FxHashMap<String, &'r Value>,
    extensions: FxHashMap<(String, &'r str), &'r Value>,
}

impl<'r> Lines<'r> {
    fn new(rows: &'r [Value]) -> Lines<'r> {
        let mut lines = Lines {
            numbers: FxHashMap::default(),
            extensions: FxHashMap::default(),
        };
        for row in rows.iter().filter(|row| row["owner"]["id"].is_string()) {
            let owner = &row["owner"];
            for name in ["phoneNumber", "esn"] {
                if let Some(number) = text(row, name) {
                    lines.numbers.entry(dialled(number)).or_insert(owner);
                }
            }
            if let (Some(extension), Some(location)) =
                (text(row, "extension"), text(&row["location"], "id"))
            {
                let key = (ids::plain(location), extension);
                lines.extensions.insert(key, owner);
            }
        }
        lines
    }

    /// Extensions of the feature's own location come first, as a call from there would go.
    fn find(&self, wanted: &str, location: Option<&str>) -> Option<&'r Value> {
        let here = location.and_then(|it| self.extensions.get(&(ids::plain(it), wanted)));
        here.or_else(|| self.numbers.get(&dialled(wanted))).copied()
    }
}
