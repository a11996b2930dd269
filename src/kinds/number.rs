//! Phone numbers: creation, location and state of those that the configuration lists. Nothing is deleted by absence.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Context, Kind, loses_or_changes};
use crate::config::model::{NumberBlock, NumberState, NumberType};
use crate::config::phone::{RANGE_MAX, e164, interval};
use crate::config::write::Node;
use crate::config::{Declared, Spot};
use crate::finding::{CALLING_LOCATION_MISMATCH, Finding, NUMBER_TYPE_MISMATCH};
use crate::import;
use crate::licensing::Reason;
use crate::plan::{
    ChangeAction, Draft, DraftChange, DraftField, Fact, FieldAction, Request, Risk, Turn, nothing,
    preimage, text, text_or_nothing,
};
use crate::snapshot::Number;

/// Phone numbers.
pub const KIND: Kind = Kind {
    name: "number",
    section: "numbers",
    plan,
    observed: |snapshot| snapshot.numbers().len(),
    considered: |config, _| config.number_count(),
    considers: |_, _, _| true,
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let blocks = config
            .numbers
            .iter()
            .flat_map(|block| block.value.numbers.iter());
        let intervals = blocks.filter_map(|at| interval(&at.value).ok());
        let declared = intervals
            .flat_map(|it| it.low..=it.high)
            .map(|number| format!("+{number}"));
        let observed = snapshot
            .numbers()
            .iter()
            .map(|number| number.phone_number.clone());
        declared.chain(observed).collect()
    },
    facts,
    holder: |_, _| None,
    import,
};

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let mut numbers = context.snapshot.numbers().iter();
    let Some(seen) = numbers.find(|number| number.phone_number == key) else {
        return vec![Fact::new("status", "status", "not in the organisation")];
    };
    let owner = seen.owner.as_ref();
    let owner = owner.map(|owner| format!("{}/{}", owner.kind, owner.key));
    vec![
        Fact::new("location", "location", seen.location.clone()),
        Fact::new("state", "state", seen.state.clone()),
        Fact::new("type", "type", seen.kind.clone()),
        Fact::new("owner", "owner", owner),
    ]
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    if context.config.numbers.is_empty() {
        return;
    }
    let observed: FxHashMap<&str, &Number> = context
        .snapshot
        .numbers()
        .iter()
        .map(|number| (number.phone_number.as_str(), number))
        .collect();
    let known = |name: &str| {
        context.config.locations.contains_key(name)
            || context
                .snapshot
                .locations()
                .iter()
                .any(|location| location.name == name)
    };
    for block in &context.config.numbers {
        if !known(&block.value.location.value) {
            continue;
        }
        for at in block.value.numbers.iter() {
            let Ok(interval) = interval(&at.value) else {
                continue;
            };
            let entry = Entry {
                context,
                block,
                spot: block.spot(at),
            };
            for number in interval.low..=interval.high {
                let number = format!("+{number}");
                match observed.get(number.as_str()) {
                    None => draft.changes.push(entry.creation(number)),
                    Some(seen) => entry.compare(seen, draft),
                }
            }
        }
    }
}

/// One range or single number of a block.
struct Entry<'a> {
    context: &'a Context<'a>,
    block: &'a Declared<NumberBlock>,
    spot: Spot,
}

impl Entry<'_> {
    fn reason(&self) -> Reason {
        Reason {
            spot: Some(self.spot),
            because: vec!["numbers".to_owned()],
        }
    }

    fn creation(&self, number: String) -> DraftChange {
        let block = &self.block.value;
        let state = block
            .state
            .as_ref()
            .map_or(NumberState::Active, |at| at.value);
        let kind = block.kind.as_ref().map_or(NumberType::Did, |at| at.value);
        let add = |path: &str, value: &str| {
            DraftField::new(
                path,
                FieldAction::Add,
                Risk::Additive,
                nothing(),
                text(value),
            )
            .because(self.reason())
        };
        DraftChange {
            kind: KIND.name,
            key: number,
            action: ChangeAction::Create,
            fields: vec![
                add("location", &block.location.value),
                add("state", state_word(state)),
                add("type", type_word(kind)),
            ],
            preimage: None,
            turn: Turn::Give,
            depends_on: vec![format!("location/{}", block.location.value)],
            after_early: Vec::new(),
            early: Vec::new(),
            requests: vec![Request::new(
                "POST",
                "/telephony/config/locations/{locationId}/numbers",
            )],
        }
    }

    fn compare(&self, seen: &Number, draft: &mut Draft) {
        let block = &self.block.value;
        let mut fields = Vec::new();
        let mut requests = Vec::new();
        let wanted = block.location.value.as_str();
        if seen.location.as_deref() != Some(wanted) {
            if seen.owner.is_none() {
                let before = text_or_nothing(seen.location.as_deref());
                let action = if before.is_null() {
                    FieldAction::Add
                } else {
                    FieldAction::Change
                };
                fields.push(DraftField::new(
                    "location",
                    action,
                    Risk::Reversible,
                    before,
                    text(wanted),
                ));
                requests.push(Request::new(
                    "POST",
                    "/telephony/config/jobs/numbers/manageNumbers",
                ));
            } else if !self.taken_along(seen, wanted) {
                let here = seen.location.as_deref().unwrap_or("no location");
                let message = format!(
                    "{} belongs to {here} and is in use there",
                    seen.phone_number
                );
                let help = format!("list it under {here}, or move its owner to {wanted}");
                self.say(
                    draft,
                    Finding::error(CALLING_LOCATION_MISMATCH, message).help(help),
                    seen,
                );
            }
        }
        if let Some(state) = &block.state {
            let before = seen.state.as_deref().unwrap_or("active");
            if before != state_word(state.value) {
                let after = text(state_word(state.value));
                fields.push(DraftField::new(
                    "state",
                    FieldAction::Change,
                    Risk::Disruptive,
                    text(before),
                    after,
                ));
                requests.push(Request::new(
                    "PUT",
                    "/telephony/config/locations/{locationId}/numbers",
                ));
            }
        }
        if let Some(kind) = &block.kind {
            let before = seen.kind.as_deref().unwrap_or("did");
            if before != type_word(kind.value) {
                let message = format!(
                    "{} is of type {before}, not {}",
                    seen.phone_number,
                    type_word(kind.value)
                );
                let help =
                    "Webex cannot change the type of a number: correct `type`, or leave it out";
                self.say(
                    draft,
                    Finding::error(NUMBER_TYPE_MISMATCH, message).help(help),
                    seen,
                );
            }
        }
        if !fields.is_empty() {
            draft.changes.push(DraftChange {
                kind: KIND.name,
                key: seen.phone_number.clone(),
                action: ChangeAction::Update,
                fields: fields
                    .into_iter()
                    .map(|field| field.because(self.reason()))
                    .collect(),
                preimage: preimage(seen),
                turn: Turn::Give,
                depends_on: vec![format!("location/{wanted}")],
                after_early: Vec::new(),
                early: Vec::new(),
                requests,
            });
        }
    }

    /// Whether the owner moves to the location and takes the number along (rule 7).
    fn taken_along(&self, seen: &Number, wanted: &str) -> bool {
        let people = self.context.world.facts().people;
        let owner = seen.owner.as_ref().filter(|owner| owner.kind == "user");
        let identity = owner
            .and_then(|owner| people.find(&owner.key))
            .and_then(|user| self.context.decisions.identities.get(&user));
        identity.is_some_and(|identity| {
            let moves = identity
                .changes
                .iter()
                .any(|it| it.path == "location" && it.after.as_deref() == Some(wanted));
            moves && identity.changes.iter().all(|it| it.path != "phoneNumber")
        })
    }

    fn say(&self, draft: &mut Draft, finding: Finding, seen: &Number) {
        draft.blocked += 1;
        let place = self.context.config.place(self.spot);
        draft.findings.push(
            finding
                .about(format!("number/{}", seen.phone_number))
                .at(place),
        );
    }
}

fn state_word(state: NumberState) -> &'static str {
    match state {
        NumberState::Active => "active",
        NumberState::Inactive => "inactive",
    }
}

fn type_word(kind: NumberType) -> &'static str {
    match kind {
        NumberType::Did => "did",
        NumberType::TollFree => "tollFree",
        NumberType::Mobile => "mobile",
    }
}

/// What the numbers of a block have in common: location, state, type.
type Alike<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

fn import(source: &import::Source<'_>, draft: &mut import::Draft) {
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
                ("state", state.map(Node::text)),
                ("type", kind.map(Node::text)),
                ("numbers", Some(Node::List(ranges))),
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
