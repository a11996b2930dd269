//! Phone numbers: creation, location and state of those that the configuration lists, deletion of those that it lists no
//! longer.

mod deletion;
mod fields;
mod import;
mod mobile;
mod plan;
mod wire;

use self::fields::FIELDS;
use crate::change::{Address, Fact, Observed};
use crate::config::Config;
use crate::config::sections::NUMBER;
use crate::finding::{Finding, NUMBERS_MANUAL_CONTROL_HUB};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, List, field, loses_or_changes};
use crate::phone::{self, e164, interval};
use crate::snapshot::{Essence, Number, Owner};

/// Phone numbers.
pub const KIND: Kind = Kind {
    name: NUMBER.kind,
    section: NUMBER.name,
    declared: NUMBER,
    list: Some(List {
        name: NUMBER.name,
        captured: |snapshot| snapshot.numbers.is_some(),
        needed: rests_on_numbers,
    }),
    completes: None,
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    called: None,
    waits: None,
    includes: None,
    live: wire::LIVE,
    import: Some(import::import),
    rename: None,
    observed: |snapshot| snapshot.numbers().len(),
    considered: |config, _| config.number_count(),
    considers: |config, _, key| {
        let number = e164(key);
        let numbers = config.numbers.iter();
        let mut numbers = numbers.flat_map(|block| &block.value.numbers);
        numbers.any(|at| {
            let interval = interval(&at.value).ok();
            interval
                .is_some_and(|it| number.is_some_and(|number| (it.low..=it.high).contains(&number)))
        })
    },
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
    known_as: |_, snapshot, text| {
        let numbers = snapshot.numbers().iter().map(|number| &number.phone_number);
        numbers
            .filter(|it| phone::reads_as(text, it))
            .cloned()
            .collect()
    },
    facts,
    observe,
    adopt,
    holders: None,
};

/// Whether a plan rests on the numbers: of whom Calling is managed, and of locations with a main number.
fn rests_on_numbers(config: &Config) -> bool {
    let mut locations = config.locations.values();
    let mut calling = locations.any(|location| {
        let calling = location.value.calling.as_ref();
        calling.is_some_and(|calling| calling.value.main_number.is_some())
    });
    calling |= config.manages_calling();
    calling
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let mut numbers = context.snapshot.numbers().iter();
    let Some(seen) = numbers.find(|number| number.phone_number == key) else {
        return vec![Fact::new("status", "status", "not in the organisation")];
    };
    let owner = seen.owner.as_ref();
    let owner = owner.map(Owner::to_string);
    vec![
        Fact::new("location", "location", seen.location.clone()),
        Fact::new("state", "state", seen.state.clone()),
        Fact::new("type", "type", seen.kind.clone()),
        Fact::new("owner", "owner", owner),
    ]
}

/// Numbers are in blocks with others.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    let mut refused = wanted.by_hand("numbers are listed in blocks and ranges with others");
    refused.help = format!(
        "give {} a separate block under `{}`, or let `trunkline apply` restore the state in the files",
        wanted.key, KIND.section
    );
    Err(refused)
}

/// What the snapshot says of the number, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let numbers = context.snapshot.numbers();
    let at = numbers.binary_search_by(|number| number.phone_number.as_str().cmp(key));
    let seen = &numbers[at.ok()?];
    let observed = Observed::new("", [seen.phone_number.clone()]);
    Some(field::observe(&FIELDS, seen, observed))
}

/// What is compared of a number between a plan and its execution.
fn essence(seen: &Number) -> Essence {
    field::essence(&FIELDS, "", seen)
}

/// Cisco warns that requests for numbers of its own calling plans and of integrated providers damage the data behind them.
fn only_manually(location: &str, what: &str) -> Finding {
    let message = format!(
        "trunkline does not order or return numbers of {location} (Cisco Calling Plan or integrated provider); {what}"
    );
    Finding::hold(NUMBERS_MANUAL_CONTROL_HUB, message)
        .about(Address::new("location", location))
        .help("do it in Control Hub (Services, Calling, Numbers, Manage), then take a new snapshot")
}
