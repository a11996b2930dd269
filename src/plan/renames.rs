//! Objects that are to have another name: the observed state as it would be with the new names, so that nothing else differs.
//!
//! Knows no kind by name: each kind says which of its entries had other names, and gives them the new name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::change::{Address, Draft};
use crate::config::Config;
use crate::finding::{Finding, RENAME_CONFLICT};
use crate::kinds::KINDS;
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
                    (rename.apply)(observed.to_mut(), &former.old, &former.now);
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
                (false, _) => {}
            }
        }
    }
    (observed, old_names)
}

/// An earlier state with the new names, as far as it has the old ones.
pub fn follow<'s>(config: &Config, earlier: &'s Snapshot) -> Cow<'s, Snapshot> {
    let mut renamed = Cow::Borrowed(earlier);
    let renames = KINDS.iter();
    let renames = renames.filter_map(|kind| Some((kind.rename.as_ref()?, kind.declared.names?)));
    for (rename, names) in renames {
        for former in (names.former)(config) {
            if (rename.has)(earlier, &former.old) && !(rename.has)(earlier, &former.now) {
                (rename.apply)(renamed.to_mut(), &former.old, &former.now);
            }
        }
    }
    renamed
}
