//! Names that say nothing, that no list shows as they are, or that differ from another one only in case.

use rustc_hash::FxHashMap;

use super::Checker;
use crate::config::merge::{Declared, Section, Spot};
use crate::config::sections::{
    self, BROADWORKS_CLUSTER, BROADWORKS_CUSTOMER_TEMPLATE, CALL_QUEUE, GROUP, LOCATION,
};
use crate::finding::*;

/// Who shows the objects, by the names that files have.
const PARTNER_HUB: &str = "Partner Hub";
/// The same.
const CONTROL_HUB: &str = "Control Hub";

/// Names of clusters, customer templates and call queues: those who look for one see nothing else in a list.
pub(super) fn alike(checker: &mut Checker) {
    let config = checker.config;
    let (kind, of) = (&BROADWORKS_CLUSTER, &config.clusters);
    section(checker, kind, "cluster", PARTNER_HUB, of);
    let (kind, of) = (&BROADWORKS_CUSTOMER_TEMPLATE, &config.customer_templates);
    section(checker, kind, "customer template", PARTNER_HUB, of);
    let (kind, of) = (&CALL_QUEUE, &config.call_queues);
    section(checker, kind, "call queue", CONTROL_HUB, of);
}

/// Names of groups and locations that show nothing, or that contain what does not show, such as a line break.
pub(super) fn blank(checker: &mut Checker) {
    let config = checker.config;
    shown(checker, &GROUP, "group", &config.groups);
    shown(checker, &LOCATION, "location", &config.locations);
}

fn shown<T>(checker: &mut Checker, kind: &sections::Section, what: &str, section: &Section<T>) {
    for (name, entry) in section {
        let hidden = name.chars().find(|it| it.is_control());
        let message = match hidden {
            Some(it) => format!(
                "the name of the {what} contains a character that does not show (U+{:04X})",
                it as u32
            ),
            None if name.trim().is_empty() => format!("the {what} has no name"),
            None => continue,
        };
        let finding = Finding::error(INVALID_VALUE, message)
            .help(format!("write the name that {CONTROL_HUB} shows"));
        checker.report(entry.key, finding.about(format!("{}/{name}", kind.kind)));
    }
}

fn section<T>(
    checker: &mut Checker,
    kind: &sections::Section,
    what: &str,
    hub: &str,
    section: &Section<T>,
) {
    let mut seen: FxHashMap<String, (&str, Spot)> = FxHashMap::default();
    let mut entries: Vec<(&String, &Declared<T>)> = section.iter().collect();
    entries.sort_by_key(|(_, entry)| entry.key);
    for (name, entry) in entries {
        let finding = match seen.get(&name.to_lowercase()) {
            _ if name.trim().is_empty() => {
                Finding::error(INVALID_VALUE, format!("the {what} has no name"))
                    .help(format!("write the name that {hub} shows"))
            }
            None => {
                seen.insert(name.to_lowercase(), (name, entry.key));
                continue;
            }
            Some(&(first, spot)) => {
                let first_is = checker.earlier(spot);
                let message = format!("`{name}` and `{first}` differ only in case; {first_is}");
                Finding::error(DUPLICATE_VALUE, message).help(format!(
                    "give the {what} another name, or remove one of the two"
                ))
            }
        };
        checker.report(entry.key, finding.about(format!("{}/{name}", kind.kind)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn groups_and_locations_have_names_that_show() {
        let groups = |name: &str| found(&format!("groups:\n  {name}: {{}}\n"));
        let locations = |name: &str| found(&format!("locations:\n  {name}: {{}}\n"));
        for name in ["\"\"", "\" \"", "\"a\\nb\""] {
            assert_eq!(groups(name), [("invalid-value", 2)], "{name}");
            assert_eq!(locations(name), [("invalid-value", 2)], "{name}");
        }
        assert_eq!(groups("\"Sales & Co\""), []);
        assert_eq!(locations("São Paulo"), []);
    }

    #[test]
    fn queues_have_names_that_differ_in_more_than_case() {
        let queues = |names: &str| found(&format!("callQueues:\n{names}"));
        assert_eq!(queues("  Support: {}\n  Sales: {}\n"), []);
        assert_eq!(queues("  \"\": {}\n"), [("invalid-value", 2)]);
        assert_eq!(
            queues("  Support: {}\n  support: {}\n"),
            [("duplicate-value", 3)]
        );
    }
}
