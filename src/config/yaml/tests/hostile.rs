//! Texts that no one writes by accident: no panic, no explosion, linear time.

use std::fmt::Write;
use std::time::Duration;

use super::*;
use crate::testing::own_time;

#[track_caller]
fn survives(text: &str) -> Reading<Doc> {
    let (reading, took) = own_time(|| read::<Doc>(text));
    assert!(took < Duration::from_secs(20), "{took:?}");
    reading
}

#[test]
fn alias_bomb() {
    let mut text = String::from("labels:\n  a0: &a0 [x, x]\n");
    for level in 1..40 {
        let below = level - 1;
        writeln!(
            text,
            "  a{level}: &a{level} [*a{below}, *a{below}, *a{below}]"
        )
        .unwrap();
    }
    let reading = survives(&text);
    assert!(
        reading
            .problems
            .iter()
            .filter(|problem| problem.code == YAML_SYNTAX)
            .count()
            > 100
    );
}

#[test]
fn deep_nesting() {
    for (open, many) in [("[", 100_000), ("{a: ", 100_000), ("- ", 5_000), ("[", 200)] {
        let reading = survives(&open.repeat(many));
        assert!(
            reading
                .problems
                .iter()
                .any(|problem| problem.code == YAML_SYNTAX)
        );
        assert!(reading.problems.len() <= 3);
    }
    let nested = |depth: usize| format!("{}x{}", "[".repeat(depth), "]".repeat(depth));
    for depth in [31, 32, 33, 34] {
        let reading = survives(&nested(depth));
        let too_deep = reading
            .problems
            .iter()
            .any(|problem| problem.message.contains("nested"));
        assert_eq!(too_deep, depth > 32, "{depth}");
        assert!(reading.complete);
    }
}

#[test]
fn long_lines_and_keys() {
    let long = "x".repeat(2_000_000);
    assert_eq!(survives(&long).problems.len(), 1);
    survives(&format!("{long}: 1\n"));
    survives(&format!("? {long}\n: 1\n"));
    survives(&format!("\"{long}\": 1\n"));
    survives(&format!("users: {{a: {{displayName: [{long}]}}}}\n"));
    survives(&format!("org: {{mode: {long}}}\n"));
    survives(&"a: b, ".repeat(200_000));
    survives(&format!("[{}", "a, ".repeat(200_000)));
    survives(&"- ".repeat(200_000));
    survives(&"---\n".repeat(100_000));
    survives(&"---\n[\n".repeat(20_000));
    survives(&"---\nversion: x\n".repeat(20_000));
}

#[test]
fn many_problems_cost_little() {
    let mut text = String::from("users:\n");
    for number in 0..5_000 {
        writeln!(
            text,
            "  u{number}: {{phone: {number}, x: 1, active: no, groups: [1, 2, a]}}"
        )
        .unwrap();
    }
    text.push_str("numbers:\n");
    for number in 0..3_000 {
        writeln!(text, "- {{location: {number}}}").unwrap();
    }
    for number in 0..3_000 {
        writeln!(text, "unknown{number}: {number}").unwrap();
    }
    let reading = survives(&text);
    assert_eq!(reading.problems.len(), 5_000 * 5 + 3_000 + 3_000);
    assert_eq!(reading.documents[0].users.as_ref().unwrap().len(), 5_000);
}

#[test]
fn patience_ends() {
    let mut text = String::from("ratios: [");
    for _ in 0..30_000 {
        text.push_str("1, x, ");
    }
    text.push_str("]\n");
    let reading = survives(&text);
    assert!(
        reading
            .problems
            .iter()
            .any(|problem| problem.message.contains("too many problems"))
    );
}

#[test]
fn patience_ends_within_entries() {
    let mut text = String::from("users:\n");
    for user in ["a", "b", "c"] {
        writeln!(text, "  {user}: {{groups: [{}]}}", "a, 1, ".repeat(6_000)).unwrap();
    }
    let reading = survives(&text);
    assert_eq!(reading.documents.len(), 1);
    assert!(
        reading
            .problems
            .iter()
            .any(|problem| problem.message.contains("too many problems"))
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of texts")]
fn odd_bits() {
    for text in [
        "-",
        "?",
        ":",
        "- -",
        "? a",
        "? ? a",
        "{",
        "}",
        "[",
        "]",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "%YAML 1.2\n",
        "@",
        "`",
        "\"",
        "'",
        "\0",
        "\u{1}",
        "\u{7f}",
        "\u{fffe}",
        "\u{2028}",
        "a\u{feff}b: c",
        "\u{feff}\u{feff}a: b",
        "- - - -",
        "a: - b",
        "--- - a",
        "...",
        "--- |\n a\n",
        "--- >-\n",
        "a:\n- b\n c",
        "\t",
        "\ta: b",
        "a:\tb",
        "a: b\tc",
        "\r",
        "a: 1\rb: 2",
        "<<",
        "<<: a",
        "? {a: [b]}\n: c",
        "a: !",
        "! a",
        "!<x> a",
        "!!map {a: b}",
        "&a",
        "&a a: *a",
        "*a : b",
        "{*a : b}",
        "{&a b: c}",
        "[a: b]",
        "[? a : b]",
        "{a, b}",
        "{? a}",
        "{: a}",
        "{a: b,}",
        "[,]",
        "[a,,b]",
        "%TAG ! x\n---\na: b",
        "---\n%YAML 1.2\n",
        "\u{85}a: b",
        "null: a",
        "~: a",
        ": a",
    ] {
        let reading = survives(text);
        for problem in &reading.problems {
            assert!(
                problem.pos.line > 0 && problem.pos.column > 0,
                "{text:?} {problem:?}"
            );
        }
        assert!(reading.complete || !reading.problems.is_empty(), "{text:?}");
    }
}
