//! Objects that are to have another name, as `formerly` says, or because Webex has given them another one since the last apply: the
//! observed state as it would be with the new names, so that nothing else differs.
//!
//! Knows no kind by name: each kind says which of its entries had other names, and gives them the new name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::change::{Address, Draft};
use crate::config::Config;
use crate::config::sections::Former;
use crate::finding::{Finding, RENAME_CONFLICT, RENAME_UNKNOWN, RENAMED_IN_WEBEX};
use crate::kinds::{KINDS, Kind};
use crate::snapshot::{Applied, NotKnown, Snapshot};

/// The observed state with the new names, and the old name of each address that changes. What cannot be renamed is a finding.
pub fn apply<'s>(
    config: &Config,
    snapshot: &'s Snapshot,
    applied: Option<&Applied>,
    draft: &mut Draft,
) -> (Cow<'s, Snapshot>, BTreeMap<Address, String>) {
    let mut observed = Cow::Borrowed(snapshot);
    let mut old_names = BTreeMap::new();
    let mut wanted = in_files(config, snapshot, draft);
    for (kind, former) in in_webex(config, applied) {
        let has = |name| (kind.rename.as_ref()).is_some_and(|it| (it.has)(snapshot, name));
        if has(&former.old) && !has(&former.now) {
            draft.findings.push(told(config, kind, &former));
            wanted.push((kind, former));
        }
    }
    let others = others(config, applied);
    if !others.is_empty() {
        observed.to_mut().not_known.extend(others);
    }
    for (kind, former) in wanted {
        rename_in(observed.to_mut(), kind, &former);
        old_names.insert(Address::new(kind.name, &former.now), former.old);
    }
    (observed, old_names)
}

/// Objects whose entries have `formerly`, as far as they can be renamed.
fn in_files(
    config: &Config,
    snapshot: &Snapshot,
    draft: &mut Draft,
) -> Vec<(&'static Kind, Former)> {
    let mut found = Vec::new();
    for kind in KINDS {
        let (Some(rename), Some(names)) = (&kind.rename, kind.declared.names) else {
            continue;
        };
        for former in (names.former)(config) {
            let Former { old, now, spot } = &former;
            let finding = match ((rename.has)(snapshot, old), (rename.has)(snapshot, now)) {
                (true, false) => {
                    found.push((kind, former));
                    continue;
                }
                // It was renamed before.
                (false, true) => continue,
                (true, true) => {
                    let message = format!(
                        "both `{old}` and `{now}` exist, so neither can get the name of the other"
                    );
                    Finding::error(RENAME_CONFLICT, message)
                        .help("remove `formerly`; merge or delete one of the two in Control Hub")
                }
                (false, false) => {
                    let message = format!(
                        "there is neither `{old}` nor `{now}`, so it would be created instead of renamed"
                    );
                    Finding::error(RENAME_UNKNOWN, message)
                        .help("correct `formerly`, or remove it if the object is new")
                }
            };
            let address = Address::new(kind.name, now);
            draft.blocked += 1;
            draft
                .findings
                .push(finding.about(address).at(config.place(*spot)));
        }
    }
    found
}

/// Objects that Webex has under another name since the last apply, by id, where the files have only the former one. Creating them
/// again would leave their members and their number with the old object.
fn in_webex(config: &Config, applied: Option<&Applied>) -> Vec<(&'static Kind, Former)> {
    let mut found = Vec::new();
    for kind in KINDS {
        let (Some(names), Some(applied)) = (kind.declared.names, applied) else {
            continue;
        };
        for object in applied.renamed(kind.name).filter(|it| !it.taken) {
            let (old, now) = (&object.now, &object.then);
            let taken = (names.place)(config, old).is_some()
                || (names.former)(config)
                    .iter()
                    .any(|it| it.now == *now || it.old == *old);
            if let Some(spot) = (names.place)(config, now).filter(|_| !taken) {
                let former = Former {
                    old: old.clone(),
                    now: now.clone(),
                    spot,
                };
                found.push((kind, former));
            }
        }
    }
    found
}

/// Names that belong to another object than at the last apply: which one the files mean is unknown. So is what becomes of an object
/// that has the name of such a one now.
fn others(config: &Config, applied: Option<&Applied>) -> Vec<NotKnown> {
    let mut found = Vec::new();
    for (kind, applied) in KINDS.iter().zip(std::iter::repeat(applied)) {
        let (Some(_), Some(names), Some(applied)) = (&kind.rename, kind.declared.names, applied)
        else {
            continue;
        };
        let renamed = || applied.renamed(kind.name);
        let is_other = |name: &str| renamed().any(|it| it.taken && it.then == name);
        let unclear = renamed().filter(|it| {
            let declared = [&it.then, &it.now].map(|name| (names.place)(config, name).is_some());
            it.taken || declared == [true, true] && is_other(&it.now)
        });
        found.extend(unclear.map(|it| NotKnown {
            address: Address::new(kind.name, &it.then).as_str().to_owned(),
            reason: format!(
                "at the last apply this name belonged to another object, which is called `{}` now, so it is unknown which one the files mean; correct the names in Control Hub",
                it.now
            ),
        }));
    }
    found
}

fn told(config: &Config, kind: &Kind, former: &Former) -> Finding {
    let Former { old, now, spot } = former;
    let message = format!(
        "`{now}` was renamed to `{old}` in Webex since the last apply; an apply renames it back where that is possible"
    );
    let help = format!(
        "to keep the new name, write `{old}` instead of `{now}` wherever the files name it"
    );
    Finding::warning(RENAMED_IN_WEBEX, message)
        .about(Address::new(kind.name, now))
        .help(help)
        .at(config.place(*spot))
}

/// Gives an object its new name, everywhere in a state: what is not known of it is not known under the new name either.
fn rename_in(state: &mut Snapshot, kind: &Kind, former: &Former) {
    let Some(rename) = &kind.rename else {
        return;
    };
    (rename.apply)(state, &former.old, &former.now);
    let (old, now) = (&former.old, &former.now);
    let (old, now) = (Address::new(kind.name, old), Address::new(kind.name, now));
    for unknown in &mut state.not_known {
        if unknown.address == *old.as_str() {
            unknown.address = now.as_str().to_owned();
        }
    }
}

/// An earlier state with the new names, as far as it has the old ones.
pub fn follow<'s>(
    config: &Config,
    applied: Option<&Applied>,
    earlier: &'s Snapshot,
) -> Cow<'s, Snapshot> {
    let mut renamed = Cow::Borrowed(earlier);
    let declared = KINDS.iter().flat_map(|kind| {
        let names = kind.declared.names;
        let former = names.map_or_else(Vec::new, |names| (names.former)(config));
        former.into_iter().map(move |former| (kind, former))
    });
    for (kind, former) in declared.chain(in_webex(config, applied)) {
        let has = |name| {
            kind.rename
                .as_ref()
                .is_some_and(|it| (it.has)(earlier, name))
        };
        if has(&former.old) && !has(&former.now) {
            rename_in(renamed.to_mut(), kind, &former);
        }
    }
    renamed
}
