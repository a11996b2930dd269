//! What a person should hold: contract 3, rules 1 to 4 and the pins of rule 6, before anyone asks for a seat.
//!
//! Derived from the contract, not from the product's code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::facts::{FOUR, Facts, Person, Word, list, text, words};

/// What should be in a slot.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub tier: String,
    /// Subscriptions that are pinned; more than one is a conflict.
    pub pins: BTreeSet<String>,
    /// The template of a joined group is a reason for it.
    pub with_event: bool,
    /// An attendee account will do when no host unit is left.
    pub falls_back: bool,
    /// Templates disagree on the tier of Calling.
    pub conflict: bool,
}

pub type Targets = BTreeMap<String, Target>;

/// The groups of a person as they are assumed to be.
pub struct View<'f> {
    pub groups: &'f BTreeSet<String>,
    pub joined: &'f BTreeSet<String>,
    pub leaves: bool,
}

/// How good a tier is among those of its slot.
pub fn rank(tier: &str) -> usize {
    match tier {
        "professional" | "advanced" | "host" | "premium" => 2,
        _ => 1,
    }
}

/// A word of a template that counts, and whether it is one of a joined group.
struct Granted {
    word: Word,
    joined: bool,
}

/// What the person should hold, with the groups as they will be.
pub fn decided(facts: &Facts, person: &Person) -> Targets {
    let view = View {
        groups: &person.after,
        joined: &person.joined,
        leaves: person.leaves,
    };
    decide(facts, person, &view)
}

/// What the person should hold had no group changed.
pub fn without_event(facts: &Facts, person: &Person) -> Targets {
    let view = View {
        groups: &person.before,
        joined: &BTreeSet::new(),
        leaves: false,
    };
    decide(facts, person, &view)
}

fn decide(facts: &Facts, person: &Person, view: &View<'_>) -> Targets {
    let (mut granted, mut of_any) = (Vec::new(), BTreeSet::new());
    let mut strips = view.leaves && !facts.keeps_on_transition;
    let mut template = |name: &str, new: bool, joined: bool| {
        let template = &facts.templates[name];
        let words = words(&template["licenses"]);
        of_any.extend(words.iter().map(item));
        if new || template["existingUsers"] == true {
            strips |= template["retainLicenses"] == false;
            granted.extend(words.into_iter().map(|word| Granted { word, joined }));
        }
    };
    if let Some(name) = &facts.everyone {
        template(name, person.new_to_org, false);
    }
    for group in view.groups {
        let joined = view.joined.contains(group);
        template(&facts.carried[group], joined, joined);
    }
    let mut targets = Targets::new();
    for (slot, held) in &person.held {
        let kept = Word {
            slot: slot.clone(),
            tier: held.tier.clone(),
            pin: None,
        };
        if !strips || slot.starts_with("licenses/other/") || of_any.contains(&item(&kept)) {
            let target = Target {
                tier: kept.tier.clone(),
                ..Target::default()
            };
            targets.insert(kept.slot, target);
        }
    }
    let slots: BTreeSet<String> = granted.iter().map(|it| it.word.slot.clone()).collect();
    for slot in slots {
        let here: Vec<&Granted> = granted.iter().filter(|it| it.word.slot == slot).collect();
        let attends = |(of, tier): &(String, String)| *of == slot && tier == "attendee";
        let falls_back = here.iter().any(|it| it.word.tier == "attendee")
            || (person.held.get(&slot)).is_some_and(|held| held.tier == "attendee")
                && of_any.iter().any(attends);
        let merged = merged(&here, targets.get(&slot));
        targets.insert(
            slot,
            Target {
                falls_back,
                ..merged
            },
        );
    }
    override_by(&person.licences, &mut targets);
    targets
}

/// An item: any tier of Calling is the same one.
fn item(word: &Word) -> (String, String) {
    match word.slot.as_str() {
        "licenses/calling" => (word.slot.clone(), String::new()),
        _ => (word.slot.clone(), word.tier.clone()),
    }
}

/// One entry of what templates grant in a slot and what is kept there.
fn merged(granted: &[&Granted], kept: Option<&Target>) -> Target {
    let tiers: BTreeSet<&str> = granted.iter().map(|it| it.word.tier.as_str()).collect();
    let calling = granted[0].word.slot == "licenses/calling";
    let all = tiers.iter().copied().chain(kept.map(|it| it.tier.as_str()));
    let best = all.max_by_key(|tier| rank(tier)).unwrap_or_default();
    if calling && tiers.len() > 1 {
        return Target {
            tier: best.to_owned(),
            conflict: true,
            with_event: granted.iter().any(|it| it.joined),
            ..Target::default()
        };
    }
    let of_best = || granted.iter().filter(|it| it.word.tier == best);
    Target {
        tier: best.to_owned(),
        pins: of_best().filter_map(|it| it.word.pin.clone()).collect(),
        with_event: of_best().any(|it| it.joined),
        ..Target::default()
    }
}

/// Whether an override takes what is held in a slot.
pub fn takes(licences: &Value, slot: &str) -> bool {
    let removed = |path: &Value| format!("licenses/{}", text(path)) == slot;
    let service = slot.split('/').nth(1).unwrap_or_default();
    let only = &licences["only"];
    let replaced = only.is_object() && (FOUR.contains(&service) || !only["other"].is_null());
    replaced || list(&licences["remove"]).any(removed)
}

/// Overrides always win.
fn override_by(licences: &Value, targets: &mut Targets) {
    let only = &licences["only"];
    if only.is_object() {
        targets.retain(|slot, _| !takes(licences, slot));
    }
    let named = words(only).into_iter().chain(words(&licences["add"]));
    for word in named {
        let target = Target {
            tier: word.tier,
            pins: word.pin.into_iter().collect(),
            ..Target::default()
        };
        targets.insert(word.slot, target);
    }
    for path in list(&licences["remove"]) {
        targets.remove(&format!("licenses/{}", text(path)));
    }
}
