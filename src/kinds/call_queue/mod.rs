//! Call queues: name, location, number, extension, agents. Everything else of a queue stays as it is in Webex.

mod agents;
mod fields;
mod import;
mod lines;
mod observed;
mod plan;
mod wire;

use self::fields::FIELDS;
use self::observed::Queue;
use crate::change::{Fact, Observed};
use crate::config::sections::CALL_QUEUE;
use crate::config::{Config, schema};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::kinds::{Context, Kind, List, Rename, all_keys, field, loses_or_changes};
use crate::snapshot::{Essence, Snapshot};

/// Call queues.
pub const KIND: Kind = Kind {
    name: CALL_QUEUE.kind,
    section: CALL_QUEUE.name,
    declared: CALL_QUEUE,
    list: Some(List {
        name: "features",
        captured: |snapshot| snapshot.features.is_some(),
        needed: |_| false,
    }),
    completes: Some(schema::Kind::CallQueue),
    fields: &field::fields(&FIELDS),
    plan: plan::plan,
    called: None,
    waits: None,
    includes: None,
    live: wire::LIVE,
    import: Some(import::import),
    rename: Some(Rename {
        has: |snapshot, name| observed::all(snapshot).any(|queue| queue.name == name),
        apply: rename,
    }),
    observed: |snapshot| observed::all(snapshot).count(),
    considered: |config, _| config.call_queues.len(),
    considers: |config, _, key| config.call_queues.contains_key(key),
    counts_as_update: loses_or_changes,
    keys: |config, snapshot| {
        let observed = observed::all(snapshot).map(|queue| &queue.name);
        all_keys(config.call_queues.keys(), observed)
    },
    known_as,
    facts,
    observe,
    adopt,
    holders: None,
};

/// Which queues have this extension; their numbers are in the list of numbers.
fn known_as(_: &Config, snapshot: &Snapshot, text: &str) -> Vec<String> {
    let known = observed::all(snapshot).filter(|it| it.extension.as_deref() == Some(text));
    known.map(|queue| queue.name.clone()).collect()
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let Some(seen) = observed::one(context.snapshot, key) else {
        let status = match observed::unread(context.snapshot) {
            Some(_) => "unknown: the queues could not be read",
            None => "not in the organisation",
        };
        return vec![Fact::new("status", "status", status)];
    };
    let mut facts: Vec<Fact> = field::facts(&FIELDS, Some(&seen)).collect();
    let agents: Vec<String> = seen.agents.iter().chain(&seen.others).cloned().collect();
    facts.push(match seen.is_read {
        true => Fact::new("agents", "agents", agents),
        false => Fact::new("agents", "agents", "unknown: they could not be read"),
    });
    facts
}

/// What a queue has now, as the entry says it.
fn adopt(wanted: &Wanted<'_>) -> Adopted {
    field::adopt(&FIELDS, KIND.section, &wanted.config.call_queues, wanted)
}

/// What the snapshot says of the queue, by path.
fn observe(context: &Context<'_>, key: &str) -> Option<Observed> {
    let seen = observed::one(context.snapshot, key)?;
    let old = context.old_name(KIND.name, key).unwrap_or(key);
    let observed = Observed::new(&seen.id, [old.to_owned()]).text("name", Some(old));
    Some(field::observe(&FIELDS, &seen, observed))
}

/// What is compared of a queue between a plan and its execution.
fn essence(seen: &Queue) -> Essence {
    field::essence(&FIELDS, &seen.id, seen)
}

/// Gives a queue another name wherever one is named.
fn rename(snapshot: &mut Snapshot, old: &str, now: &str) {
    let features = snapshot.features.iter_mut().flatten();
    for feature in features.filter(|it| it.kind == KIND.name && it.name == old) {
        feature.name = now.to_owned();
    }
    let numbers = snapshot.numbers.iter_mut().flatten();
    for owner in numbers.filter_map(|number| number.owner.as_mut()) {
        if owner.is(KIND.name, old) {
            owner.key = now.to_owned();
        }
    }
    snapshot.sort();
}
