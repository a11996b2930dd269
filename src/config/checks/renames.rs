//! Checks of `formerly`: what can be said of new names without a snapshot.

use std::collections::BTreeMap;

use super::Checker;
use crate::config::merge::{Section, Spot};
use crate::config::yaml::At;
use crate::finding::*;

/// A name that is its own former name, that another entry still has, or that two entries claim.
pub(super) fn formerly(checker: &mut Checker) {
    let config = checker.config;
    section(checker, "group", &config.groups, |it| it.formerly.as_ref());
    section(checker, "location", &config.locations, |it| {
        it.formerly.as_ref()
    });
    section(checker, "workspace", &config.workspaces, |it| {
        it.formerly.as_ref()
    });
}

fn section<T>(
    checker: &mut Checker,
    kind: &str,
    section: &Section<T>,
    of: impl Fn(&T) -> Option<&At<String>>,
) {
    let mut claims: BTreeMap<&str, Spot> = BTreeMap::new();
    for (name, entry) in section {
        let Some(old) = of(&entry.value) else {
            continue;
        };
        let spot = entry.spot(old);
        let subject = format!("{kind}/{name}");
        let fault = match section.contains_key(&old.value) {
            true if old.value == *name => Some("it has this name already"),
            true => Some("the files still have an entry of that name"),
            false => None,
        };
        if let Some(fault) = fault {
            let message = format!("`{name}` cannot have been `{old}` formerly: {fault}");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("name what the organisation calls it today, and take its old entry out")
                .about(subject);
            checker.report(spot, finding);
            continue;
        }
        match claims.get(old.value.as_str()) {
            None => {
                claims.insert(&old.value, spot);
            }
            Some(&first) => {
                let message = format!(
                    "two entries were `{old}` formerly; {}",
                    checker.earlier(first)
                );
                let finding = Finding::error(DUPLICATE_VALUE, message)
                    .help("one object can get one name: take `formerly` out of one of them")
                    .about(subject);
                checker.report(spot, finding);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::checks::testing::found;

    #[test]
    fn a_former_name_is_nobody_elses() {
        let text = "\
groups:
  Field Sales: {formerly: Sales}
  Inside Sales: {formerly: Sales}
  Support: {formerly: Support}
locations:
  Dallas: {formerly: Austin}
  Austin: {}
workspaces:
  Lobby: {formerly: Reception}
";
        assert_eq!(
            found(text),
            [
                ("duplicate-value", 3),
                ("invalid-value", 4),
                ("invalid-value", 6)
            ]
        );
    }
}
