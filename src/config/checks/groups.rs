//! Checks of groups: what a directory owns, and which groups can carry a template.

use super::Checker;
use crate::config::model::*;
use crate::finding::*;

/// Distribution groups with a template, and what a directory owns of its groups.
pub(super) fn owned(checker: &mut Checker) {
    for (name, group) in &checker.config.groups {
        let Group {
            template,
            source,
            kind,
            members,
            formerly,
            description,
        } = &group.value;
        let distribution = kind
            .as_ref()
            .is_some_and(|kind| kind.value == GroupKind::Distribution);
        if let Some(template) = template.as_ref().filter(|_| distribution) {
            let message = format!(
                "group `{name}` is a distribution group, so its template `{template}` does not count"
            );
            let finding = Finding::error(DISTRIBUTION_GROUP_TEMPLATE, message)
                .help("give the template to a security group, or correct `kind`")
                .about(format!("group/{name}"));
            checker.report(group.spot(template), finding);
        }
        let directory = source
            .as_ref()
            .is_some_and(|source| source.value == GroupSource::Directory);
        let owned = [
            (
                members.as_ref().map(|at| group.spot(at)),
                "members",
                "members come",
            ),
            (
                description.as_ref().map(|at| group.spot(at)),
                "description",
                "description comes",
            ),
            (
                formerly.as_ref().map(|at| group.spot(at)),
                "formerly",
                "name comes",
            ),
        ];
        for (spot, field, what) in owned {
            let Some(spot) = spot.filter(|_| directory) else {
                continue;
            };
            let message = format!("the {what} from a directory and cannot be set here");
            let help = format!(
                "remove `{field}` and change the group in the directory; if it is managed in Webex, correct `source`"
            );
            let finding = Finding::error(DIRECTORY_OWNED_FIELD, message)
                .help(help)
                .about(format!("group/{name}"));
            checker.report(spot, finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::checks::testing::found;

    #[test]
    fn groups_of_a_directory() {
        let text = "\
templates: {t: {licenses: {}}}
groups:
  List:
    kind: distribution
    template: t
  Synced:
    source: directory
    template: t
    members: [ana@acme.com]
    description: Everybody
    formerly: Old
  Fine:
    source: webex
    kind: security
    template: t
    members: [ana@acme.com]
";
        assert_eq!(
            found(text),
            [
                ("distribution-group-template", 5),
                ("directory-owned-field", 9),
                ("directory-owned-field", 10),
                ("directory-owned-field", 11)
            ]
        );
    }
}
