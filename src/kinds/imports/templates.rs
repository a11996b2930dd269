//! Templates of what the members of groups have in common. Equal sets of licences are one template.
//!
//! Owns which group has which template, and what each person gets from those. Must not know how an entry is written.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::{People, Source};
use crate::config::model::AssignmentMode;
use crate::config::write::Node;
use crate::kinds::licenses::import as licenses;
use crate::licensing::catalogue::{ProductIx, Service, Slot, Tier};
use crate::snapshot::{Group, User};

/// A group of fewer says little about what its next member needs.
const MEMBERS_FOR_A_TEMPLATE: usize = 3;

/// The longest name that is made of licences.
const LONGEST_NAME: usize = 64;

/// A template.
#[derive(Debug)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// What it gives.
    pub licenses: Node,
    /// Whether it counts for people who are in the group already.
    pub existing_users: bool,
    gives: Vec<(Slot, Tier)>,
}

/// The templates of an organisation.
#[derive(Debug, Default)]
pub struct Templates {
    list: Vec<Template>,
    of_group: FxHashMap<String, usize>,
    /// By index of the person.
    of_user: FxHashMap<usize, BTreeSet<usize>>,
}

/// What a template gives, in order of slot.
type Products = Vec<ProductIx>;

impl Templates {
    /// What the members of each group have in common.
    pub fn new(source: &Source<'_>) -> Templates {
        let mut templates = Templates::default();
        if source.mode != AssignmentMode::Group || source.extent.people == People::Flat {
            return templates;
        }
        let by_email = source.snapshot.users_by_email();
        let mut carriers: BTreeMap<Products, Vec<(&Group, Vec<usize>)>> = BTreeMap::new();
        let groups = source.snapshot.groups();
        for same in groups.chunk_by(|a, b| a.name == b.name) {
            let [seen] = same else { continue };
            let emails: BTreeSet<&str> = seen.members.iter().map(String::as_str).collect();
            let members = emails.iter().filter_map(|email| by_email.get(email));
            let members: Vec<usize> = members.copied().collect();
            if let Some(common) = in_common(source, seen, &members) {
                carriers.entry(common).or_default().push((seen, members));
            }
        }
        templates.add(source, carriers);
        templates
    }

    fn add(
        &mut self,
        source: &Source<'_>,
        carriers: BTreeMap<Products, Vec<(&Group, Vec<usize>)>>,
    ) {
        // The name of the only group first: what is made up gives way to it.
        let mut names: BTreeSet<String> = carriers
            .values()
            .filter_map(|groups| match groups.as_slice() {
                [(only, _)] => Some(only.name.clone()),
                _ => None,
            })
            .collect();
        for (products, groups) in carriers {
            let Some(node) = licenses::set(source, &products) else {
                continue;
            };
            let at = self.list.len();
            let name = match groups.as_slice() {
                [(only, _)] => only.name.clone(),
                _ => unused(&mut names, shared_name(source, &products, &groups)),
            };
            let gives = products.iter().map(|&ix| {
                let product = source.catalogue.product(ix);
                (product.slot, product.tier)
            });
            self.list.push(Template {
                name,
                licenses: node,
                existing_users: !source.extent.newcomers_only,
                gives: gives.collect(),
            });
            for (group, members) in groups {
                self.of_group.insert(group.name.clone(), at);
                for user in members {
                    self.of_user.entry(user).or_default().insert(at);
                }
            }
        }
        if source.extent.people == People::Omitted {
            self.disarm();
        }
    }

    /// Two templates that give one person Calling of different tiers are an error, unless the person's entry says which it
    /// is. Without entries such templates count only for newcomers.
    fn disarm(&mut self) {
        let users = self.of_user.keys().copied();
        let users: Vec<usize> = users.filter(|user| self.disagree(*user)).collect();
        for user in users {
            for &at in &self.of_user[&user] {
                let template = &mut self.list[at];
                let calls = |(slot, _): &(Slot, Tier)| slot.service == Service::Calling;
                template.existing_users &= !template.gives.iter().any(calls);
            }
        }
    }

    /// Those that there are, in order of name.
    pub fn by_name(&self) -> Vec<&Template> {
        let mut list: Vec<&Template> = self.list.iter().collect();
        list.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        list
    }

    /// That of a group.
    pub fn of_group(&self, name: &str) -> Option<&Template> {
        self.of_group.get(name).map(|&at| &self.list[at])
    }

    /// Whether a person's templates give exactly this tier, so that nothing has to be said of it.
    pub fn give(&self, user: usize, slot: Slot, tier: Tier) -> bool {
        let clear = slot.service != Service::Calling || !self.disagree(user);
        clear && self.given(user).any(|given| given == (slot, tier))
    }

    /// What the templates that count give a person.
    fn given(&self, user: usize) -> impl Iterator<Item = (Slot, Tier)> + '_ {
        let templates = self.of_user.get(&user).into_iter().flatten();
        let templates = templates.map(|&at| &self.list[at]);
        let counting = templates.filter(|template| template.existing_users);
        counting.flat_map(|template| template.gives.iter().copied())
    }

    /// Whether a person's templates give Calling of different tiers.
    fn disagree(&self, user: usize) -> bool {
        let calling = self
            .given(user)
            .filter(|(slot, _)| slot.service == Service::Calling);
        let tiers: BTreeSet<Tier> = calling.map(|(_, tier)| tier).collect();
        tiers.len() > 1
    }
}

/// Whether a template of the group would count, without a doubt about what kind of group it is.
fn is_allowed(seen: &Group) -> bool {
    let kind = seen.kind.as_deref();
    !seen.name.is_empty()
        && kind != Some("distribution")
        && (seen.source.as_deref() != Some("directory") || kind == Some("security"))
}

/// What all of them hold and a template can give; the better tier where they hold two.
fn in_common(source: &Source<'_>, seen: &Group, members: &[usize]) -> Option<Products> {
    if !is_allowed(seen) || members.len() < MEMBERS_FOR_A_TEMPLATE {
        return None;
    }
    let held = |user: &User| -> BTreeSet<(Slot, Tier, ProductIx)> {
        let kinds = licenses::kinds(source, &user.licenses);
        let granted = kinds.filter(|kind| {
            kind.slot.service != Service::Other
                && !matches!(kind.tier, Tier::Workspace | Tier::HotDesk)
                && licenses::can_be_said(source, kind.product)
        });
        granted
            .map(|kind| (kind.slot, kind.tier, kind.product))
            .collect()
    };
    let mut members = members.iter().map(|&at| &source.snapshot.users()[at]);
    let mut common = held(members.next()?);
    for user in members {
        if common.is_empty() {
            return None;
        }
        let other = held(user);
        common.retain(|item| other.contains(item));
    }
    let mut best = BTreeMap::new();
    for (slot, _, product) in common {
        best.entry(slot).or_insert(product);
    }
    let products: Products = best.into_values().collect();
    (!products.is_empty()).then_some(products)
}

/// A name for what several groups have in common: the licences.
fn shared_name(
    source: &Source<'_>,
    products: &[ProductIx],
    groups: &[(&Group, Vec<usize>)],
) -> String {
    let products = products.iter().map(|&ix| source.catalogue.product(ix));
    let words = products.map(|product| {
        let word = product.tier.word();
        match product.slot.service {
            Service::Meetings => format!("{word} {}", source.catalogue.slot_name(product.slot)),
            service => format!("{} {word}", service.name()),
        }
    });
    let name = words.collect::<Vec<_>>().join(" + ");
    match groups {
        [(first, _), rest @ ..] if name.chars().count() > LONGEST_NAME => {
            format!("{} and {} more", first.name, rest.len())
        }
        _ => name,
    }
}

/// The name, with a number behind it where another template has it.
fn unused(names: &mut BTreeSet<String>, name: String) -> String {
    let mut tried = name.clone();
    let mut count = 1;
    while !names.insert(tried.clone()) {
        count += 1;
        tried = format!("{name} {count}");
    }
    tried
}
