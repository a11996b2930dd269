//! Checks of acknowledgements.
//!
//! Owns what an entry may say. Whether it covers something, and whether it has expired, is for the plan.

use super::{Checker, Listed};
use crate::finding::*;

/// Codes that no acknowledgement answers.
pub(super) fn codes(checker: &mut Checker) {
    for entry in &checker.config.acknowledgements {
        let code = &entry.value.code;
        let known = || {
            CODES
                .iter()
                .filter(|page| page.acknowledgeable)
                .map(|page| page.code.as_str())
        };
        let (message, help) = match Code::find(&code.value) {
            Some(page) if page.acknowledgeable => continue,
            Some(_) => (
                format!("`{code}` cannot be acknowledged: only losses that cannot be undone can"),
                format!("fix what `{code}` reports; `trunkline explain {code}` shows how"),
            ),
            None => {
                let codes: Vec<String> = known().map(|code| format!("`{code}`")).collect();
                let hint = did_you_mean(&code.value, known())
                    .map(|hint| format!("{hint} "))
                    .unwrap_or_default();
                (
                    format!("there is no code `{code}`"),
                    format!(
                        "{hint}The codes that can be acknowledged: {}",
                        codes.join(", ")
                    ),
                )
            }
        };
        checker.report(
            entry.spot(code),
            Finding::error(ACKNOWLEDGEMENT_UNKNOWN_CODE, message).help(help),
        );
    }
}

/// Subjects that are missing, empty, patterns, or given twice.
pub(super) fn subjects(checker: &mut Checker) {
    for entry in &checker.config.acknowledgements {
        let subjects = &entry.value.subjects;
        if subjects.is_empty() {
            let message = format!(
                "the acknowledgement of `{}` has no subjects, so it covers nothing",
                entry.value.code
            );
            let finding = Finding::error(INVALID_VALUE, message)
                .help("list its subjects, such as `subjects: [bob@acme.com]`, or delete the entry");
            checker.report(entry.key, finding);
        }
        for subject in subjects.iter() {
            let finding = if subject.value.trim().is_empty() {
                Finding::error(INVALID_VALUE, "a subject is empty").help(
                    "write a key such as `bob@acme.com`, or an address such as `workspace/Lobby`",
                )
            } else if subject.value.contains(['*', '?']) {
                let message = format!("wildcards are not allowed in acknowledgements: `{subject}`");
                Finding::error(ACKNOWLEDGEMENT_WILDCARD, message).help(
                    "list every subject: a key (`bob@acme.com`) or an address (`user/bob@acme.com`)",
                )
            } else {
                continue;
            };
            checker.report(entry.spot(subject), finding);
        }
        let items = subjects
            .iter()
            .map(|at| Listed::address(&at.value, entry.spot(at)));
        checker.twice("subjects", None, items);
    }
}

/// Reasons that say nothing.
pub(super) fn reasons(checker: &mut Checker) {
    for entry in &checker.config.acknowledgements {
        let reason = &entry.value.reason;
        if reason.value.trim().is_empty() {
            let finding = Finding::error(INVALID_VALUE, "the reason is empty").help(
                "say why the loss is intended, such as `left the company, HR-123`; the plan shows it",
            );
            checker.report(entry.spot(reason), finding);
        }
    }
}

/// The number of people where the code wants none, or where it is missing.
pub(super) fn people(checker: &mut Checker) {
    for entry in &checker.config.acknowledgements {
        let Some(page) = Code::find(&entry.value.code.value) else {
            continue;
        };
        let code = &entry.value.code;
        let (spot, message, help) = match (page.code.wants_people(), &entry.value.people) {
            (true, None) => (
                entry.spot(code),
                format!("an acknowledgement of `{code}` names how many people may be deleted"),
                "write `people: …` with the number that the plan shows",
            ),
            (false, Some(people)) => (
                entry.spot(people),
                format!("an acknowledgement of `{code}` takes no `people`"),
                "remove `people`",
            ),
            _ => continue,
        };
        checker.report(spot, Finding::error(INVALID_VALUE, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found};

    fn entry(code: &str, subjects: &str, reason: &str) -> String {
        format!("acknowledgements:\n- code: {code}\n  reason: {reason}\n  subjects:{subjects}\n")
    }

    #[test]
    fn a_right_entry() {
        assert_eq!(
            found(&entry(
                "calling-loss",
                " [bob@acme.com, user/ana@acme.com, workspace/Lobby]",
                "HR-123"
            )),
            []
        );
    }

    #[test]
    fn codes_can_be_acknowledged() {
        let help = |code: &str| {
            let text = entry(code, " [bob@acme.com]", "HR-123");
            assert_eq!(found(&text), [("acknowledgement-unknown-code", 2)]);
            findings(&[&text]).remove(0).help.unwrap()
        };
        assert!(help("caling-loss").starts_with("Did you mean `calling-loss`?"));
        assert!(help("pool-exhausted").contains("trunkline explain pool-exhausted"));
        assert!(help("nonsense").contains("`user-deletion`"));
    }

    #[test]
    fn one_code_wants_the_number_of_people() {
        let sync = "broadworks-directory-sync-deletion";
        let with = |code: &str, people: &str| found(&(entry(code, " [SP+one]", "HR-1") + people));
        assert_eq!(with(sync, ""), [("invalid-value", 2)]);
        assert_eq!(with(sync, "  people: 12\n"), []);
        assert_eq!(
            with("calling-loss", "  people: 12\n"),
            [("invalid-value", 5)]
        );
    }

    #[test]
    fn subjects_are_exact() {
        let subjects = "\n  - \"*@acme.com\"\n  - workspace/Lobby?\n  - \"\"\n  - bob@acme.com\n  - Bob@acme.com\n  - workspace/L\n  - workspace/l";
        let (wildcard, invalid) = ("acknowledgement-wildcard", "invalid-value");
        let expected = [
            (wildcard, 5),
            (wildcard, 6),
            (invalid, 7),
            ("duplicate-value", 9),
        ];
        assert_eq!(found(&entry("calling-loss", subjects, "HR-123")), expected);
        assert_eq!(
            found(&entry("calling-loss", " []", "HR-123")),
            [(invalid, 2)]
        );
    }

    #[test]
    fn reasons_say_something() {
        assert_eq!(
            found(&entry("calling-loss", " [bob@acme.com]", "\" \"")),
            [("invalid-value", 3)]
        );
    }
}
