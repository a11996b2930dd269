//! A part of a plan: some changes, all that these depend on, and nothing else.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::address::is_address;
use super::cycles::retain;
use super::order::{Order, Stuck, order};
use crate::change::{Address, Draft, DraftChange, NAME, Need};
use crate::finding::{
    APPLIED_SNAPSHOT_MISSING, CHANGE_NOT_COMPARED, Finding, ORDER_CYCLE, PUT_BACK_OWED, Severity,
};
use crate::kinds::{self, Context, KINDS};
use crate::licensing::catalogue::LicenseIx;
use crate::snapshot::License;

/// The targets, with what belongs to them.
pub fn whole(context: &Context<'_>, targets: &BTreeSet<Address>) -> BTreeSet<Address> {
    let mut whole = targets.clone();
    for target in targets {
        let (kind, key) = target.parts();
        if let Some(includes) = kinds::find(kind).and_then(|kind| kind.includes) {
            whole.extend(includes(context, key));
        }
    }
    whole
}

/// Leaves the targets in the draft, with what they depend on; gives the order of what is left.
pub fn restrict(
    draft: &mut Draft,
    whole: Order,
    targets: &BTreeSet<Address>,
    licenses: &[License],
    overage: &FxHashSet<&str>,
) -> Order {
    if targets.is_empty() {
        return whole;
    }
    let changes = &mut draft.changes;
    let mut part = Part::new(changes);
    targets.iter().for_each(|target| part.keep(target));
    // What is not free comes from whoever returns it first.
    let ordered = loop {
        let ordered = order(changes, licenses, overage, &part.kept);
        let givers: Vec<Address> = match shortage(changes, &ordered.stuck) {
            Some((license, units)) => {
                let others = givers(changes, &whole, license);
                let others = others.into_iter().filter(|&at| !part.kept[at]);
                others.take(units).map(|at| changes[at].address()).collect()
            }
            None => Vec::new(),
        };
        if givers.is_empty() {
            break ordered;
        }
        givers.iter().for_each(|giver| part.keep(giver));
    };
    let kept = part.kept;
    retain(changes, &kept);
    let addresses: FxHashSet<Address> = changes.iter().map(DraftChange::address).collect();
    let about = |subject: &str| addresses.contains(subject) || targets.contains(subject);
    let kinds: BTreeSet<&str> = addresses
        .iter()
        .chain(targets)
        .map(|address| address.parts().0)
        .collect();
    draft
        .findings
        .retain(|finding| concerns(finding, &about, targets, &kinds));
    let errors = |finding: &&Finding| {
        matches!(finding.severity, Severity::Error | Severity::Hold)
            && finding.subject.as_deref().is_some_and(about)
    };
    draft.blocked = draft.findings.iter().filter(errors).count();
    match ordered.stuck.is_empty() && kept.iter().all(|kept| *kept) {
        true => ordered,
        false => order(changes, licenses, overage, &vec![true; changes.len()]),
    }
}

/// A licence of which the stuck changes lack units, and how many they lack in addition to what they would give each other.
fn shortage(changes: &[DraftChange], stuck: &[Stuck]) -> Option<(LicenseIx, usize)> {
    let mut short: BTreeMap<LicenseIx, usize> = BTreeMap::new();
    for license in stuck.iter().filter_map(|stuck| stuck.lacks) {
        *short.entry(license).or_default() += 1;
    }
    let left = |(&license, &lack): (&LicenseIx, &usize)| {
        let given = stuck
            .iter()
            .filter(|it| gives(&changes[it.change], license));
        let left = lack.saturating_sub(given.count());
        (left > 0).then_some((license, left))
    };
    let first = short.keys().next().map(|&license| (license, 1));
    short.iter().find_map(left).or(first)
}

/// The changes that return a unit of a licence in the whole plan: who returns it first comes first.
fn givers(changes: &[DraftChange], whole: &Order, license: LicenseIx) -> Vec<usize> {
    let parts = whole.sent.iter().flat_map(|sent| &sent.parts);
    let sent = parts.filter(|part| {
        let fields = &changes[part.change].fields;
        let mut sent = part.fields.iter();
        sent.any(|&field| fields[field].gives.contains(&license))
    });
    // What cannot be sent comes last.
    let all = sent
        .map(|part| part.change)
        .chain(whole.sequence.iter().copied());
    let mut seen = FxHashSet::default();
    all.filter(|&at| gives(&changes[at], license) && seen.insert(at))
        .collect()
}

/// Whether a change, in the end, holds a unit of a licence less.
fn gives(change: &DraftChange, license: LicenseIx) -> bool {
    let mut fields = change.fields.iter();
    let gives = fields.any(|field| field.gives.contains(&license));
    gives
        && change
            .fields
            .iter()
            .all(|field| field.takes != Some(license))
}

/// Whether a finding stays: one that is about no object, about one that is left, or about a whole section with such an object.
/// `kinds` are those of the objects that are left.
fn concerns(
    finding: &Finding,
    about: &dyn Fn(&str) -> bool,
    targets: &BTreeSet<Address>,
    kinds: &BTreeSet<&str>,
) -> bool {
    // Until it is put right, every plan says it.
    if [PUT_BACK_OWED, CHANGE_NOT_COMPARED].contains(&finding.code) {
        return true;
    }
    let Some(subject) = finding.subject.as_deref() else {
        // What is counted over the whole plan says nothing of a part.
        return finding.severity != Severity::Info || finding.code == APPLIED_SNAPSHOT_MISSING;
    };
    let mut sections = KINDS.iter().filter(|kind| kind.section == subject);
    // What is wrong with a section may matter to objects of others.
    if matches!(finding.severity, Severity::Hold | Severity::Info)
        && let Some(first) = sections.next()
    {
        return kinds.contains(first.name) || sections.any(|kind| kinds.contains(kind.name));
    }
    let ring = finding.code == ORDER_CYCLE
        && targets
            .iter()
            .any(|target| finding.message.contains(target.as_str()));
    !is_address(subject) || about(subject) || ring
}

/// The changes that are kept.
struct Part<'a> {
    /// By change: the addresses of those that it depends on.
    needs: Vec<Vec<Cow<'a, str>>>,
    index: FxHashMap<Address, usize>,
    kept: Vec<bool>,
}

impl<'a> Part<'a> {
    fn new(changes: &'a [DraftChange]) -> Part<'a> {
        let renamed: Vec<&DraftChange> = changes.iter().filter(|it| is_renamed(it)).collect();
        let needs = |change: &'a DraftChange| {
            let needs = change.requests.iter().flat_map(|request| &request.after);
            let needs = needs.chain(&change.depends_on);
            // Webex does not know the new name before.
            let named = renamed.iter().filter(|it| names(change, &it.key));
            needs
                .map(|(Need::Done(address) | Need::Begun(address))| Cow::from(address.as_str()))
                .chain(named.map(|it| Cow::from(it.address().to_string())))
                .collect()
        };
        Part {
            needs: changes.iter().map(needs).collect(),
            index: changes
                .iter()
                .enumerate()
                .map(|(at, change)| (change.address(), at))
                .collect(),
            kept: vec![false; changes.len()],
        }
    }

    /// Keeps a change, and all that it depends on.
    fn keep(&mut self, address: &str) {
        let mut open: Vec<usize> = self.index.get(address).copied().into_iter().collect();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut self.kept[at], true) {
                let needs = self.needs[at].iter();
                open.extend(needs.filter_map(|need| self.index.get(&**need)));
            }
        }
    }
}

/// Whether the object gets another name.
fn is_renamed(change: &DraftChange) -> bool {
    let mut fields = change.fields.iter();
    fields.any(|field| field.path == NAME && field.before.is_string() && field.after.is_string())
}

/// Whether a change gives something that has this name, such as a location or a member.
fn names(change: &DraftChange, name: &str) -> bool {
    let mut fields = change.fields.iter();
    fields.any(|field| {
        let member = || {
            field
                .path
                .split_once('/')
                .is_some_and(|(_, key)| key == name)
        };
        !field.after.is_null() && (*field.after == *name || member())
    })
}
