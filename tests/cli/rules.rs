//! `docs/rules.md` and the pages beside it: every rule stands there once and in order, and what a row names exists.

use crate::common::root;

/// The pages, in order.
const PAGES: [&str; 2] = ["docs/rules.md", "docs/rules-webex-go.md"];
/// The groups, with the number of rules in each.
const GROUPS: [(&str, usize); 5] = [
    ("LIC", 71),
    ("CALL", 35),
    ("MOVE", 27),
    ("BWKS", 144),
    ("GO", 44),
];

/// How the part of a last cell begins that gives a reason instead of tests.
const REASON: &str = "does not apply: ";
/// Golden cases: the word before the name, the directory, and what every case there has.
const CASES: [(&str, &str, &str); 3] = [
    ("golden ", "tests/golden", "plan.txt"),
    ("drift ", "tests/golden-drift", "drift.txt"),
    ("explain ", "tests/golden-explain", "answers.txt"),
];

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

/// All pages together.
fn pages() -> String {
    PAGES.map(|path| read(path).unwrap()).join("\n")
}

/// The cells of each row that is about a rule.
fn rows(page: &str) -> Vec<Vec<&str>> {
    page.lines()
        .filter(|line| {
            GROUPS
                .iter()
                .any(|(group, _)| line.starts_with(&format!("| {group}-")))
        })
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The words in backquotes of a list such as "`a`, `b`"; `None` if it holds anything else.
fn quoted(list: &str) -> Option<Vec<&str>> {
    list.split(", ")
        .map(|word| {
            let word = word.strip_prefix('`')?.strip_suffix('`')?;
            (!word.is_empty() && !word.contains('`')).then_some(word)
        })
        .collect()
}

/// Whether a file has the function as a test, its own or one of proptest.
fn has_test(source: &str, function: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let head = format!("fn {function}(");
    lines.iter().enumerate().any(|(at, line)| {
        let above = lines[..at].iter().rev();
        line.starts_with(&head)
            && above
                .take_while(|line| line.starts_with("#[") || line.starts_with("//"))
                .any(|line| line.starts_with("#[test]"))
    })
}

/// What is wrong with a test that a row names.
fn fault(test: &str, decisions: &str) -> Option<String> {
    let case = CASES
        .iter()
        .find_map(|(word, folder, file)| Some((test.strip_prefix(word)?, folder, file)));
    let exists = if let Some((case, folder, file)) = case {
        root().join(folder).join(case).join(file).is_file()
    } else if let Some(row) = test.strip_prefix("decision ") {
        let head = format!("| {row} |");
        decisions.lines().any(|line| line.starts_with(&head))
    } else if let Some((path, function)) = test.split_once("::") {
        read(path).is_some_and(|source| has_test(&source, function))
    } else {
        return Some(format!("`{test}` has none of the forms"));
    };
    (!exists).then(|| format!("`{test}` does not exist"))
}

/// What is wrong with the last cell: tests and reasons, separated by semicolons.
fn faults(held_by: &str, decisions: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut held = false;
    for part in held_by.split("; ") {
        if let Some(tests) = quoted(part) {
            held = true;
            faults.extend(tests.iter().filter_map(|test| fault(test, decisions)));
        } else if let Some(reason) = part.strip_prefix(REASON) {
            held |= reason.split_whitespace().count() > 1;
        } else {
            faults.push(format!("`{part}` is neither tests nor a reason"));
        }
    }
    if !held {
        faults.push("neither a test nor a reason".to_owned());
    }
    faults
}

#[test]
fn every_rule_has_its_row() {
    let page = pages();
    let wanted: Vec<String> = GROUPS
        .iter()
        .flat_map(|(group, last)| (1..=*last).map(move |number| format!("{group}-{number:03}")))
        .collect();
    let rules: Vec<&str> = rows(&page).iter().map(|cells| cells[0]).collect();
    assert_eq!(rules, wanted);
}

#[test]
fn what_rows_name_exists() {
    let page = pages();
    let decisions = read("docs/decision-table.md").unwrap();
    let mut wrong = Vec::new();
    for cells in rows(&page) {
        let [rule, says, places, held_by] = cells[..] else {
            panic!("{}: not four cells", cells[0]);
        };
        let mut say = |fault: String| wrong.push(format!("{rule}: {fault}"));
        if says.is_empty() {
            say("says nothing".to_owned());
        }
        for place in quoted(places).unwrap_or_else(|| panic!("{rule}: odd places: {places}")) {
            let inside = place.starts_with("src/") || place.starts_with("docs/");
            if !inside || !root().join(place).is_file() {
                say(format!("`{place}` does not exist"));
            }
        }
        faults(held_by, &decisions).into_iter().for_each(say);
    }
    assert!(wrong.is_empty(), "docs/rules.md\n{}", wrong.join("\n"));
}

#[test]
fn the_check_sees_what_is_wrong() {
    let wrong = |held_by: &str| faults(held_by, "| 1 | a |\n");
    let fine = "`golden no-changes`, `drift nothing`, `explain people`, `decision 1`, `tests/cli/rules.rs::the_check_sees_what_is_wrong`";
    assert_eq!(wrong(fine), [""; 0]);
    assert_eq!(wrong("does not apply: the CSV route"), [""; 0]);
    assert_eq!(
        wrong("`src/phone/mod.rs::the_library_never_panics`"),
        [""; 0]
    );
    assert_eq!(
        wrong("`golden no-such-case`"),
        ["`golden no-such-case` does not exist"]
    );
    for case in ["`drift no-changes`", "`explain no-changes`"] {
        assert_eq!(wrong(case), [format!("{case} does not exist")]);
    }
    assert_eq!(wrong("`decision 2`"), ["`decision 2` does not exist"]);
    assert_eq!(
        wrong("`tests/cli/rules.rs::faults`"),
        ["`tests/cli/rules.rs::faults` does not exist"]
    );
    assert_eq!(
        wrong("`no-changes`"),
        ["`no-changes` has none of the forms"]
    );
    assert_eq!(
        wrong("perhaps"),
        [
            "`perhaps` is neither tests nor a reason",
            "neither a test nor a reason"
        ]
    );
}
