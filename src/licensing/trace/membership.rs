//! The groups of one person: which there are, and where each membership is declared.

use super::links::Person;
use super::{How, Membership};
use crate::config::Spot;
use crate::licensing::groups::Group;

impl<'w> Person<'w> {
    fn template_name(&self, group: &Group<'w>) -> Option<&'w str> {
        group.template.map(|index| self.template(index).name)
    }

    /// The groups that the person is in, joins or leaves, in order of name.
    pub(super) fn groups(&self) -> Vec<Membership> {
        let facts = self.facts;
        let email = self.email();
        let mut list: Vec<Membership> = Vec::new();
        for group in &facts.memberships.groups {
            let inside = group
                .observed
                .is_some_and(|seen| seen.members.iter().any(|member| member == email));
            let how = match (self.joins(group).is_some(), inside, self.leaves(group)) {
                (true, ..) => How::Joins,
                (_, _, true) => How::Leaves,
                (_, true, _) => How::Stays,
                _ => continue,
            };
            list.push(Membership {
                group: group.name.to_owned(),
                template: self.template_name(group).map(str::to_owned),
                how,
                spot: self.membership_spot(group),
            });
        }
        let unmanaged = facts.snapshot.groups().iter().filter(|group| {
            !facts
                .memberships
                .groups
                .iter()
                .any(|known| known.name == group.name)
                && !facts.config.groups.contains_key(&group.name)
                && group.members.iter().any(|member| member == email)
        });
        list.extend(unmanaged.map(|group| Membership {
            group: group.name.clone(),
            template: None,
            how: How::Unmanaged,
            spot: None,
        }));
        list.sort_by(|a, b| a.group.cmp(&b.group));
        list
    }

    pub(super) fn joins(&self, group: &Group<'_>) -> Option<Spot> {
        let mut joins = group.joins.iter();
        joins
            .find(|(user, _)| *user == self.user)
            .map(|&(_, spot)| spot)
    }

    pub(super) fn leaves(&self, group: &Group<'_>) -> bool {
        group
            .leaves
            .iter()
            .any(|leave| leave.user == Some(self.user))
    }

    /// The line of the group's members that names the person; else that of the list, of the template, of the group.
    pub(super) fn membership_spot(&self, group: &Group<'_>) -> Option<Spot> {
        let declared = group.declared?;
        let email = self.email();
        let list = declared.value.members.as_ref();
        let named = list.and_then(|list| {
            list.value
                .iter()
                .find(|member| member.value.to_lowercase() == email)
        });
        let list = list.map(|list| declared.spot(list));
        let template = declared.value.template.as_ref();
        let spot = named
            .map(|member| declared.spot(member))
            .or(list)
            .or(template.map(|at| declared.spot(at)));
        Some(spot.unwrap_or(declared.key))
    }
}
