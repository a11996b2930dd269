//! Checks of `formerly`: what can be said of new names without a snapshot.

use std::collections::BTreeMap;

use super::Checker;
use crate::config::merge::Spot;
use crate::config::sections::{Former, Names, SECTIONS};
use crate::finding::*;

/// A name that is its own former name, that another entry still has, or that two entries claim.
pub(super) fn formerly(checker: &mut Checker) {
    for section in &SECTIONS {
        if let Some(names) = section.names {
            of_section(checker, section.kind, names);
        }
    }
}

fn of_section(checker: &mut Checker, kind: &str, names: Names) {
    let mut claims: BTreeMap<String, Spot> = BTreeMap::new();
    for Former { old, now, spot } in (names.former)(checker.config) {
        let subject = format!("{kind}/{now}");
        let fault = match (names.place)(checker.config, &old).is_some() {
            true if old == now => Some("it has this name already"),
            true => Some("the files still have an entry of that name"),
            false => None,
        };
        if let Some(fault) = fault {
            let message = format!("`{now}` cannot have been `{old}` formerly: {fault}");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("write the name that it has in the organisation today, and remove its old entry")
                .about(subject);
            checker.report(spot, finding);
            continue;
        }
        match claims.get(&old) {
            None => {
                claims.insert(old, spot);
            }
            Some(&first) => {
                let message = format!(
                    "two entries have `formerly: {old}`; {}",
                    checker.earlier(first)
                );
                let finding = Finding::error(DUPLICATE_VALUE, message)
                    .help("an object can have only one name: remove `formerly` from one of them")
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
    fn a_former_name_belongs_to_no_other_entry() {
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
