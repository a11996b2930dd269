//! Workspaces as YAML that plans to nothing.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::KIND;
use crate::config::write::Node;
use crate::kinds::imports::{Draft, Source};
use crate::kinds::licenses::import as licenses;
use crate::licensing::catalogue::{ProductIx, Service, Tier};
use crate::snapshot;

/// Without `subscription`: naming the present one would change nothing now, and stop `replacedBy` later.
pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let snapshot = source.snapshot;
    let known: FxHashSet<&str> = snapshot
        .locations()
        .iter()
        .map(|location| location.name.as_str())
        .collect();
    let mut left = Left::default();
    let mut entries = Vec::new();
    for seen in draft.named(snapshot.workspaces(), |seen| &seen.name, KIND.name) {
        let place = seen.location.as_deref();
        let place = place.filter(|place| known.contains(place));
        left.nowhere += usize::from(seen.location.is_some() && place.is_none());
        // Without Calling, a number or an extension does nothing.
        let mut kinds = licenses::kinds(source, &seen.licenses);
        let calls = kinds.any(|kind| kind.slot.service == Service::Calling);
        let number = seen.phone_number.as_deref();
        let extension = seen.extension.as_deref();
        let said = (
            number.filter(|number| calls && draft.claims.number(number)),
            extension.filter(|it| calls && draft.claims.extension(place, it)),
        );
        let may_call = !licenses::are_listed(source, &seen.licenses)
            || licenses::may_be_calling(source, &seen.licenses);
        let count = match (calls, may_call) {
            (true, _) => &mut left.twice,
            (false, true) => &mut left.unclear,
            (false, false) => &mut left.idle,
        };
        count[0] += usize::from(number.is_some() && said.0.is_none());
        count[1] += usize::from(extension.is_some() && said.1.is_none());
        let (written, extended) = said;
        // Said to be none, so that one that comes is seen.
        let none = |seen: Option<&str>, other: Option<&str>| {
            (seen.is_none() && other.is_some()).then_some(Node::Nothing)
        };
        let number = written.map(Node::text).or_else(|| none(number, extended));
        let extension = extended
            .map(Node::text)
            .or_else(|| none(extension, written));
        let products = products_of(source, seen);
        left.unsaid += usize::from(products.is_none());
        let licenses = products.and_then(|products| licenses::set(source, &products));
        let fields = Node::fields([
            ("location", place.map(Node::text)),
            ("phoneNumber", number),
            ("extension", extension),
            ("licenses", licenses),
        ]);
        entries.push((seen.name.clone(), Node::Block(fields)));
    }
    left.say(draft);
    draft.section(
        KIND.section,
        "Workspaces: shared rooms, desks and phones.",
        entries,
    );
}

/// How much is left out, by reason; of lines, numbers and extensions.
#[derive(Default)]
struct Left {
    nowhere: usize,
    unsaid: usize,
    idle: [usize; 2],
    twice: [usize; 2],
    unclear: [usize; 2],
}

impl Left {
    fn say(self, draft: &mut Draft) {
        let what = KIND.name;
        draft.leave_out(
            self.nowhere,
            &format!("location of a {what}"),
            "that the snapshot lacks",
        );
        draft.leave_out_lines(self.idle, what, "without Calling, where it has no effect");
        draft.leave_out_lines(
            self.unclear,
            what,
            "with a licence that may be Calling: it is not listed, or has a new name",
        );
        draft.leave_out_lines(self.twice, what, "that another entry has");
        draft.leave_out(
            self.unsaid,
            &format!("set of licences of a {what}"),
            "that no file could say",
        );
    }
}

/// What the Calling licence is; `None` if there are two, or if no file could say it. Other licences stay as they are.
fn products_of(source: &Source<'_>, seen: &snapshot::Workspace) -> Option<Vec<ProductIx>> {
    if !licenses::are_listed(source, &seen.licenses) {
        return None;
    }
    let mut products = BTreeMap::new();
    let kinds = licenses::kinds(source, &seen.licenses);
    for kind in kinds.filter(|kind| kind.slot.service == Service::Calling) {
        if !matches!(
            kind.tier,
            Tier::Workspace | Tier::Professional | Tier::HotDesk
        ) {
            return None;
        }
        let earlier = products.insert(kind.slot, kind.product);
        if earlier.is_some_and(|earlier| earlier != kind.product) {
            return None;
        }
    }
    Some(products.into_values().collect())
}
