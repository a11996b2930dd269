//! Phone numbers as YAML that plans to nothing: blocks of what is alike, ranges of what follows each other.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::KIND;
use crate::config::write::Node;
use crate::kinds::imports::{Draft, Source};
use crate::phone::{RANGE_MAX, e164};

/// What the numbers of a block have in common: location, state, type.
type Alike<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let snapshot = source.snapshot;
    let known: FxHashSet<&str> = snapshot
        .locations()
        .iter()
        .map(|location| location.name.as_str())
        .collect();
    let (mut nowhere, mut elsewhere, mut bad) = (0, 0, 0);
    let mut blocks: BTreeMap<Alike, Vec<u64>> = BTreeMap::new();
    let mut count = 0;
    for seen in draft.named(snapshot.numbers(), |seen| &seen.phone_number, KIND.name) {
        let Some(place) = seen.location.as_deref() else {
            nowhere += 1;
            continue;
        };
        if !known.contains(place) {
            elsewhere += 1;
            continue;
        }
        let Some(number) = e164(&seen.phone_number) else {
            bad += 1;
            continue;
        };
        let state = seen.state.as_deref();
        let state = state.filter(|word| ["active", "inactive"].contains(word));
        let kind = seen.kind.as_deref();
        let kind = kind.filter(|word| ["did", "tollFree", "mobile"].contains(word));
        // A mobile number is active once it is assigned, and cannot be switched.
        let state = state.filter(|_| kind != Some("mobile"));
        blocks.entry((place, state, kind)).or_default().push(number);
        count += 1;
    }
    draft.leave_out(nowhere, KIND.name, "without a location");
    draft.leave_out(
        elsewhere,
        KIND.name,
        "of a location that the snapshot lacks",
    );
    draft.leave_out(bad, KIND.name, "not in E.164 form");
    let items = blocks
        .into_iter()
        .map(|((place, state, kind), mut numbers)| {
            numbers.sort_unstable();
            let ranges = ranges(&numbers).map(Node::text).collect();
            Node::Block(Node::fields([
                ("location", Some(Node::text(place))),
                ("numbers", Some(Node::List(ranges))),
                ("state", state.map(Node::text)),
                ("type", kind.map(Node::text)),
            ]))
        });
    draft.list(
        KIND.section,
        "Phone numbers: a block for each location, state and type.",
        items.collect(),
        count,
    );
}

/// Numbers in order -> single ones and ranges of those that follow each other.
fn ranges(numbers: &[u64]) -> impl Iterator<Item = String> + '_ {
    let follows = |a: &u64, b: &u64| a + 1 == *b && a.ilog10() == b.ilog10();
    let runs = numbers.chunk_by(follows);
    let parts = runs.flat_map(|run| run.chunks(RANGE_MAX as usize));
    parts.filter_map(|part| match part {
        [] => None,
        [only] => Some(format!("+{only}")),
        [first, .., last] => Some(format!("+{first}..+{last}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::interval;

    #[test]
    fn numbers_that_follow_each_other_are_a_range() {
        let of = |numbers: &[u64]| ranges(numbers).collect::<Vec<_>>();
        assert_eq!(of(&[]), [""; 0]);
        assert_eq!(
            of(&[1_234_567, 1_234_569, 1_234_570, 1_234_571]),
            ["+1234567", "+1234569..+1234571"]
        );
        // Both ends of a range have as many digits.
        assert_eq!(
            of(&[9_999_998, 9_999_999, 10_000_000]),
            ["+9999998..+9999999", "+10000000"]
        );
        let many: Vec<u64> = (12_145_500_000..12_145_600_001).collect();
        assert_eq!(of(&many), ["+12145500000..+12145599999", "+12145600000"]);
        for range in of(&many) {
            assert!(interval(&range).is_ok(), "{range}");
        }
    }
}
