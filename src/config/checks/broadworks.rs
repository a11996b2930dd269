//! Checks of Webex for BroadWorks: what its objects refer to.
//!
//! Owns the way subscriber -> enterprise -> customer template -> cluster. Knows nothing of what a partner has already.

use super::{Checker, Known};
use crate::config::merge::{Section, Spot};
use crate::config::yaml::At;
use crate::finding::*;

/// References to BroadWorks objects that no file declares.
pub(super) fn references(checker: &mut Checker) {
    let config = checker.config;
    let templates = &config.customer_templates;
    let clusters = Target {
        what: "cluster",
        path: "broadworks.clusters",
        section: &config.clusters,
    };
    let refer = refer(templates, |template| &template.cluster);
    declared(checker, "broadworksCustomerTemplate", refer, &clusters);

    let customers = Target {
        what: "customer template",
        path: "broadworks.customerTemplates",
        section: templates,
    };
    let refer = self::refer(&config.enterprises, |enterprise| &enterprise.template);
    declared(checker, "broadworksEnterprise", refer, &customers);

    let enterprises = Target {
        what: "enterprise",
        path: "broadworks.enterprises",
        section: &config.enterprises,
    };
    let refer = self::refer(&config.subscribers, |subscriber| &subscriber.enterprise);
    declared(checker, "broadworksSubscriber", refer, &enterprises);
    let refer = self::refer(&config.broadworks_workspaces, |place| &place.enterprise);
    declared(checker, "broadworksWorkspace", refer, &enterprises);
}

/// What entries refer to: in words, where it is declared, and everything that is.
struct Target<'a, T> {
    what: &'static str,
    path: &'static str,
    section: &'a Section<T>,
}

/// The references of a section: key, value and place.
fn refer<'a, T>(
    section: &'a Section<T>,
    value: impl Fn(&'a T) -> &'a At<String>,
) -> impl Iterator<Item = (&'a String, &'a At<String>, Spot)> {
    section.iter().map(move |(key, entry)| {
        let at = value(&entry.value);
        (key, at, entry.spot(at))
    })
}

fn declared<'a, T>(
    checker: &mut Checker,
    kind: &str,
    references: impl Iterator<Item = (&'a String, &'a At<String>, Spot)>,
    target: &Target<'a, T>,
) {
    let Target {
        what,
        path,
        section,
    } = target;
    let mut known = Known::new(section, checker.broken);
    let otherwise = format!("add it under `{path}`, or name an existing one");
    for (key, name, spot) in references {
        if let Some(help) = known.missing(&name.value, &otherwise) {
            let message = format!("no file declares a BroadWorks {what} `{name}`");
            let finding = Finding::error(INVALID_VALUE, message)
                .help(help)
                .about(format!("{kind}/{key}"));
            checker.report(spot, finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::super::testing::{config, found, subjects};

    const TEXT: &str = "\
broadworks:
  clusters: {east: {}}
  customerTemplates:
    gold: {cluster: east}
    blue: {cluster: esat}
  enterprises:
    sp/acme: {template: gold}
    sp/other: {template: golden}
  subscribers:
    ana: {enterprise: sp/acme, package: basic}
    bob: {enterprise: sp/amce, package: basic}
  workspaces:
    lobby: {enterprise: nowhere}
";

    #[test]
    fn references_name_what_is_declared() {
        assert_eq!(
            found(TEXT),
            [5, 8, 11, 13].map(|line| ("invalid-value", line))
        );
        let of: Vec<String> = subjects(&[TEXT])
            .into_iter()
            .map(|(_, _, subject)| subject)
            .collect();
        let expected = [
            "broadworksCustomerTemplate/blue",
            "broadworksEnterprise/sp/other",
            "broadworksSubscriber/bob",
            "broadworksWorkspace/lobby",
        ];
        assert_eq!(of, expected);
        let findings = check(&config(&[TEXT]), &[]);
        let helped = findings.iter().filter(|f| {
            f.help
                .as_deref()
                .is_some_and(|help| help.starts_with("Did you mean"))
        });
        assert_eq!(helped.count(), 3);
        assert_eq!(
            check(
                &config(&[TEXT]),
                &["{esat: , golden: , sp/amce: , nowhere: ".to_owned()]
            ),
            [],
            "a file that was not read whole may declare them"
        );
    }
}
