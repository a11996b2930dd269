//! What kinds have in common whose sections are read and checked, but whose changes this version does not plan. It says so,
//! never silently.

use super::{Context, Kind, loses_or_changes, only_by_key, wire};
use crate::change::{Draft, Fact};
use crate::config::sections::Section;
use crate::config::{Config, Spot};
use crate::finding::{Finding, NOT_PLANNED_YET};
use crate::snapshot::Snapshot;

/// A kind whose changes are not planned yet; `keys` are those that the configuration has.
pub const fn kind(
    declared: Section,
    section: &'static str,
    plan: fn(&Context<'_>, &mut Draft),
    keys: fn(&Config, &Snapshot) -> Vec<String>,
) -> Kind {
    Kind {
        name: declared.kind,
        section,
        declared,
        list: None,
        completes: None,
        fields: &[],
        plan,
        rename: None,
        observed: |_| 0,
        considered: |_, _| 0,
        considers: |_, _, _| false,
        counts_as_update: loses_or_changes,
        keys,
        known_as: only_by_key,
        facts: |_, _| {
            vec![Fact::new(
                "status",
                "status",
                "read and checked, not planned yet",
            )]
        },
        observe: |_, _| None,
        adopt: |wanted| Err(wanted.by_hand("this section is not planned yet")),
        holders: None,
        live: wire::NOTHING,
        import: None,
    }
}

/// One finding for a whole section, at its first entry.
pub fn say(
    context: &Context<'_>,
    draft: &mut Draft,
    section: &str,
    entries: impl Iterator<Item = Spot>,
) {
    let Some(first) = entries.min() else { return };
    draft.findings.push(
        Finding::warning(
            NOT_PLANNED_YET,
            "read and checked, but not compared with the organisation yet",
        )
        .about(section)
        .help("change these objects in Control Hub, and update the files to match")
        .at(context.config.place(first)),
    );
}
