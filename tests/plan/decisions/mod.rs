//! The decision table tells the truth: every row of `docs/decision-table.md` is planned, and what the plan does is compared.
//!
//! The cells of a row say in a few words (defined in that document, read by `words` and `row`) what Ana has and what is
//! wanted. `world` makes files and a snapshot of them; `case` plans through the library and says what Ana ends with.

mod case;
mod row;
mod words;
mod world;

use std::path::Path;

use case::{Outcome, run};
use row::Row;
use trunkline::finding::Code;

const ROWS: usize = 68;

/// The lines of the table, without its head.
fn lines() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decision-table.md");
    let text = std::fs::read_to_string(path).unwrap();
    let table = text.lines().skip_while(|line| !line.starts_with("| # |"));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(str::to_owned).collect()
}

/// What is wrong with a line of the table; nothing if it is true.
fn check(line: &str) -> Result<u32, String> {
    let row = Row::read(line)?;
    let said = |what: &str, expected: &str, actual: &str| {
        let number = row.number;
        match expected == actual {
            true => Ok(()),
            false => Err(format!(
                "row {number}: {what}: the table says `{expected}`, the plan says `{actual}`"
            )),
        }
    };
    let compare = |when: &str, ends: &str, findings: &[String], actual: &Outcome| {
        let mut wrong = Vec::new();
        wrong.extend(said(&format!("{when}ends with"), ends, &actual.ends).err());
        wrong.extend(said(&format!("{when}risk"), &row.risk, &actual.risk).err());
        let (listed, found) = (findings.join(", "), actual.findings.join(", "));
        wrong.extend(said(&format!("{when}findings"), &listed, &found).err());
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(wrong.join("\n")),
        }
    };

    let losses = row.losses();
    if losses.is_empty() {
        let actual = run(&row, &[])?;
        compare("", &row.ends, &row.findings, &actual)?;
        return Ok(row.number);
    }
    // What cannot be undone waits, with all else of the person, until a person has acknowledged it.
    let actual = run(&row, &[])?;
    let waiting = "before the acknowledgement, ";
    compare(waiting, &row.before, &row.findings, &actual)?;
    let covered: Vec<String> = row
        .findings
        .iter()
        .map(|finding| covered(finding))
        .collect();
    let actual = run(&row, &losses)?;
    compare("once acknowledged, ", &row.ends, &covered, &actual)?;
    Ok(row.number)
}

/// A finding of the table as it is once its loss is acknowledged.
fn covered(finding: &str) -> String {
    match finding.split_once(' ') {
        Some((_, code)) if Code::find(code).is_some_and(|page| page.acknowledgeable) => {
            format!("info {code}")
        }
        _ => finding.to_owned(),
    }
}

#[test]
fn every_row_is_true() {
    let checked: Vec<_> = lines().iter().map(|line| check(line)).collect();
    let wrong: Vec<&str> = checked
        .iter()
        .filter_map(|result| result.as_ref().err().map(String::as_str))
        .collect();
    assert!(
        wrong.is_empty(),
        "docs/decision-table.md\n{}",
        wrong.join("\n")
    );
    for (number, expected) in checked.into_iter().flatten().zip(1..) {
        assert_eq!(number, expected, "a row is missing, or appears twice");
    }
    assert_eq!(lines().len(), ROWS, "the number of rows");
}

const TRUE: &str = "| 1 | joins | A: messaging | none -> A | host@acme | | | messaging, host@acme | additive | | |";

/// What is said of the row above after `from` became `to`.
fn changed(from: &str, to: &str) -> String {
    assert!(TRUE.contains(from));
    check(&TRUE.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn what_a_row_says_wrongly_is_said() {
    assert_eq!(check(TRUE), Ok(1));
    assert_eq!(
        changed("messaging, host@acme | add", "messaging | add"),
        "row 1: ends with: the table says `messaging`, the plan says `host@acme, messaging`"
    );
    assert_eq!(
        changed("additive", "reversible"),
        "row 1: risk: the table says `reversible`, the plan says `additive`"
    );
    assert_eq!(
        changed("additive | |", "additive | warning host-pool-short |"),
        "row 1: findings: the table says `warning host-pool-short`, the plan says ``"
    );
    // A finding that is not listed: the template does not count for a person who is in the group already.
    assert_eq!(
        changed(
            "none -> A | host@acme | | | messaging, host@acme | additive",
            "A | host@acme | | | host@acme | none"
        ),
        "row 1: findings: the table says ``, the plan says `info existing-users-not-in-scope`"
    );
}

#[test]
fn an_unknown_word_is_reported() {
    for (from, to, unknown) in [
        ("A: messaging", "A: massaging", "massaging"),
        ("host@acme |", "host@nowhere |", "host@nowhere"),
        ("| | | messaging", "| everybody | | messaging", "everybody"),
        (
            "| | | messaging",
            "| | swap calling | messaging",
            "swap calling",
        ),
        ("additive", "harmless", "harmless"),
        (
            "additive | |",
            "additive | warning of-nothing |",
            "of-nothing",
        ),
    ] {
        let said = changed(from, to);
        assert!(
            said.starts_with("row 1: ") && said.contains(unknown),
            "{said}"
        );
    }
}
