//! What an object has now, under the paths of fields: to compare two observed states.
//!
//! Makes the plan on the way, since only then names are looked up. Knows no kind by name: values are each kind's to say.

use std::collections::BTreeSet;

use super::build::{Inputs, build_and};
use super::model::Plan;
use crate::change::{Address, ObservedObjects};
use crate::finding::Severity;
use crate::kinds;
use crate::snapshot::{Essence, Snapshot};

/// Makes the plan, and returns the current values of the objects that it changes or that holds are about, and of these.
pub fn with_observed(inputs: Inputs<'_>, besides: &BTreeSet<&Address>) -> (Plan, ObservedObjects) {
    build_and(inputs, |context, draft| {
        let changed = draft
            .changes
            .iter()
            .map(|change| (change.kind, change.key.as_str()));
        let besides = besides.iter().map(|address| address.parts());
        let holds = draft.findings.iter();
        let holds = holds.filter(|finding| finding.severity == Severity::Hold);
        let held = holds.filter_map(|hold| hold.subject.as_deref()?.split_once('/'));
        let mut objects = ObservedObjects::default();
        for (name, key) in changed.chain(besides).chain(held) {
            let kind = kinds::find(name);
            let observed = kind.and_then(|kind| (kind.observe)(context, key));
            objects.extend(observed.map(|observed| (Address::new(name, key), observed)));
        }
        objects
    })
}

/// What is compared of a holder of licences between a plan and its execution.
pub fn essence(snapshot: &Snapshot, kind: &str, key: &str) -> Option<Essence> {
    let holders = kinds::find(kind)?.holders.as_ref()?;
    (holders.essence)(snapshot, key)
}
