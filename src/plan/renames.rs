//! Objects that are to have another name: the observed state as it would be with the new names, so that nothing else differs.
//!
//! Knows no kind by name: each kind says which of its entries had other names, and gives them the new name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::change::{Address, Draft};
use crate::config::Config;
use crate::config::sections::Former;
use crate::finding::{Finding, RENAME_CONFLICT, RENAME_UNKNOWN};
use crate::kinds::{KINDS, Kind};
use crate::snapshot::Snapshot;

/// The observed state with the new names, and the old name of each address that changes. What cannot be renamed is a finding.
pub fn apply<'s>(
    config: &Config,
    snapshot: &'s Snapshot,
    draft: &mut Draft,
) -> (Cow<'s, Snapshot>, BTreeMap<Address, String>) {
    let mut observed = Cow::Borrowed(snapshot);
    let mut old_names = BTreeMap::new();
    for kind in KINDS {
        let (Some(rename), Some(names)) = (&kind.rename, kind.declared.names) else {
            continue;
        };
        for former in (names.former)(config) {
            let address = Address::new(kind.name, &former.now);
            match (
                (rename.has)(snapshot, &former.old),
                (rename.has)(snapshot, &former.now),
            ) {
                (true, false) => {
                    rename_in(observed.to_mut(), kind, &former);
                    old_names.insert(address, former.old);
                }
                (true, true) => {
                    let message = format!(
                        "both `{}` and `{}` exist, so neither can get the name of the other",
                        former.old, former.now
                    );
                    draft.blocked += 1;
                    draft.findings.push(
                        Finding::error(RENAME_CONFLICT, message)
                            .about(address)
                            .help(
                                "remove `formerly`; merge or delete one of the two in Control Hub",
                            )
                            .at(config.place(former.spot)),
                    );
                }
                // It was renamed before.
                (false, true) => {}
                (false, false) => {
                    let message = format!(
                        "there is neither `{}` nor `{}`, so it would be created instead of renamed",
                        former.old, former.now
                    );
                    draft.blocked += 1;
                    draft.findings.push(
                        Finding::error(RENAME_UNKNOWN, message)
                            .about(address)
                            .help("correct `formerly`, or remove it if the object is new")
                            .at(config.place(former.spot)),
                    );
                }
            }
        }
    }
    (observed, old_names)
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
pub fn follow<'s>(config: &Config, earlier: &'s Snapshot) -> Cow<'s, Snapshot> {
    let mut renamed = Cow::Borrowed(earlier);
    let renames = KINDS.iter();
    let renames =
        renames.filter_map(|kind| Some((kind, kind.rename.as_ref()?, kind.declared.names?)));
    for (kind, rename, names) in renames {
        for former in (names.former)(config) {
            if (rename.has)(earlier, &former.old) && !(rename.has)(earlier, &former.now) {
                rename_in(renamed.to_mut(), kind, &former);
            }
        }
    }
    renamed
}
