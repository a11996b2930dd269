//! Why a person does not get a licence that no rule touches: which templates reach the person, and which would give it.

use super::links::Person;
use super::{Link, LinkKind};
use crate::licensing::catalogue::{Service, Slot};

/// How many templates are named that would give it.
const ELSEWHERE: usize = 5;
/// How many groups are named for each of them.
const GROUPS: usize = 3;

impl Person<'_> {
    /// The links of a licence that is neither held nor given.
    pub(super) fn missing(&self, slot: Slot, links: &mut Vec<Link>) {
        let reached = |template: u32| self.reaches.iter().any(|reach| reach.template == template);
        if self.facts.entries(self.reaches, slot).next().is_some() {
            return;
        }
        let mut sold = self.facts.catalogue.products().iter();
        if slot.service != Service::Meetings && sold.all(|product| product.slot != slot) {
            let text = "the organisation has no licence for it";
            links.push(Link::new(LinkKind::State, text));
        }
        self.without(links);
        if self.reaches.is_empty() {
            let text = match self.by_groups() {
                true => "no group of the person has a template",
                false => "the organisation names no template (org.template)",
            };
            links.push(Link::new(LinkKind::Group, text));
        }
        links.push(Link::new(
            LinkKind::Override,
            format!("no override under users/{} names it", self.email()),
        ));
        let giving: Vec<usize> = (0..self.facts.intent.templates.len())
            .filter(|&index| !reached(index as u32))
            .filter(|&index| {
                let entries = &self.facts.intent.templates[index].entries;
                entries.iter().any(|entry| entry.slot == slot)
            })
            .collect();
        if giving.is_empty() {
            let text = "no template of the configuration gives it; an override can: `licenses.add`";
            links.push(Link::new(LinkKind::Elsewhere, text));
        }
        for &index in giving.iter().take(ELSEWHERE) {
            links.extend(self.elsewhere(slot, index));
        }
        if giving.len() > ELSEWHERE {
            let more = giving.len() - ELSEWHERE;
            let text = format!("{more} more templates would give it");
            links.push(Link::new(LinkKind::Elsewhere, text));
        }
    }

    /// The templates that reach the person, none of which has it.
    fn without(&self, links: &mut Vec<Link>) {
        let mut told = Vec::new();
        for reach in self.reaches {
            if told.contains(&reach.template) {
                continue;
            }
            told.push(reach.template);
            let template = self.template(reach.template);
            let through = match reach.group {
                Some(group) => {
                    let name = self.facts.memberships.groups[group as usize].name;
                    format!(", which comes through group {name},")
                }
                None => String::new(),
            };
            links.push(Link {
                template: Some(template.name.to_owned()),
                ..Link::new(
                    LinkKind::Template,
                    format!("template {}{through} does not have it", template.name),
                )
                .at(template.key)
            });
        }
    }

    /// A template that would give it, and in which groups.
    fn elsewhere(&self, slot: Slot, index: usize) -> Option<Link> {
        let template = self.template(index as u32);
        let entry = template.entries.iter().find(|entry| entry.slot == slot)?;
        let groups: Vec<&str> = self
            .facts
            .memberships
            .groups
            .iter()
            .filter(|group| group.template == Some(index as u32))
            .map(|group| group.name)
            .collect();
        let more = groups.len().saturating_sub(GROUPS);
        let mut names = groups[..groups.len() - more].join(", ");
        if more > 0 {
            names += &format!(" and {more} more");
        }
        let where_ = match groups.len() {
            0 => "nothing uses it".to_owned(),
            1 => format!("to members of group {names}"),
            _ => format!("to members of the groups {names}"),
        };
        let text = format!(
            "template {} would give {}: {where_}",
            template.name,
            self.gives(entry)
        );
        Some(Link {
            template: Some(template.name.to_owned()),
            group: groups.first().map(|&name| name.to_owned()),
            ..Link::new(LinkKind::Elsewhere, text).at(entry.spot)
        })
    }
}
