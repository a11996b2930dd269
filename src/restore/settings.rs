//! The settings of a backup as fields of the plan, and the requests that carry them.

use std::path::Path;
use std::sync::Arc;

use super::Case;
use crate::backup;
use crate::change::{Field, FieldAction, Operation, Risk, Source, nothing};
use crate::webex::settings::{HolderKind, Setting, restore_calls};

/// A setting that comes back.
pub struct Restored {
    /// Its field.
    pub field: Field,
    setting: &'static Setting,
}

/// The first part of the field paths of settings.
pub const PREFIX: &str = "settings/";

/// Every setting that can be written back, in the order in which it should be.
pub fn fields(case: &Case<'_>) -> Vec<Restored> {
    let bundle = case.bundle;
    let kind = &bundle.subject.kind;
    let all = HolderKind::of(kind).map_or(&[] as &[Setting], HolderKind::settings);
    all.iter()
        .filter_map(|setting| {
            let value = bundle.settings.get(setting.name)?;
            if setting.is_about_devices() && !has_devices(case) {
                return None;
            }
            let calls = restore_calls(kind, "", setting.name, value).ok()?;
            let after = match setting.secret {
                true => backup::reference(bundle, Path::new(case.file)),
                false => value.clone(),
            };
            (!calls.is_empty()).then(|| Restored {
                field: Field {
                    path: format!("{PREFIX}{}", setting.name).into(),
                    action: FieldAction::Add,
                    risk: Risk::Reversible,
                    before: nothing(),
                    after: Arc::new(after),
                    losses: Vec::new(),
                    acknowledgement: None,
                    held: None,
                    people: None,
                    source: source(case),
                },
                setting,
            })
        })
        .collect()
}

/// Where a field of a restore comes from.
pub fn source(case: &Case<'_>) -> Source {
    Source {
        because: vec![format!(
            "backup of {}: {}",
            case.bundle.captured_at, case.file
        )],
        ..Source::default()
    }
}

/// Whether a phone is still there to have its lines and keys.
fn has_devices(case: &Case<'_>) -> bool {
    case.now.as_ref().is_some_and(|now| !now.devices.is_empty())
}

/// A request for each setting. All of them wait for what gives the holder Calling, and some for others that they name.
pub fn operations(
    case: &Case<'_>,
    fields: &[Restored],
    first: u32,
    before: &[u32],
) -> Vec<Operation> {
    let id = |at: usize| first + at as u32;
    let holder = match HolderKind::of(&case.bundle.subject.kind) {
        Some(HolderKind::Workspace) => "{workspaceId}",
        _ => "{personId}",
    };
    let operation = |(at, restored): (usize, &Restored)| {
        let (method, path) = restored.setting.writes.first()?.shown();
        let mut depends_on = before.to_vec();
        for (at, other) in fields.iter().enumerate() {
            if restored.setting.after.contains(&other.setting.name) {
                depends_on.push(id(at));
            }
        }
        Some(Operation {
            id: id(at),
            method: method.to_owned(),
            path: path
                .replace("{id}", holder)
                .replace("{item.id}", "{deviceId}"),
            subject: case.address.clone(),
            subjects: Vec::new(),
            fields: vec![restored.field.path.clone()],
            without: Vec::new(),
            depends_on,
        })
    };
    fields.iter().enumerate().filter_map(operation).collect()
}
