//! Whole texts of findings.

use super::samples::place;
use super::{FindingsFormat, Options};
use crate::finding::{self, Finding};

const USERS: &str =
    "version: 1\nusers:\n  ana@acme.com:\n    licences: {}\n    phoneNumber: +12145550101\n";

fn findings(found: &[Finding], color: bool) -> String {
    let sources = |file: &str| (file == "users.yaml").then_some(USERS);
    super::findings(
        found,
        FindingsFormat::Text,
        &Options {
            color,
            ..Options::default()
        },
        &sources,
    )
    .unwrap()
}

#[test]
fn findings_show_their_line() {
    let found = [
        Finding::error(finding::UNKNOWN_FIELD, "unknown field `licences`")
            .about("user/ana@acme.com")
            .at(place("users.yaml", 4, 5, 8))
            .help("Did you mean `licenses`?"),
        Finding::error(finding::MISSING_FIELD, "`org` is missing").at(place("users.yaml", 1, 1, 1)),
        Finding::warning(finding::SUBSCRIPTION_DIFFERS, "differs\u{7}").at(place(
            "other.yaml",
            3,
            1,
            1,
        )),
        Finding::error(
            finding::ORG_MISMATCH,
            "the snapshot is of another organisation",
        ),
    ];
    assert_eq!(
        findings(&found, false),
        "\
error[unknown-field]

  x user/ana@acme.com: unknown field `licences`
   ,-[users.yaml:4:5]
 3 |   ana@acme.com:
 4 |     licences: {}
   :     ^^^^^^^^
 5 |     phoneNumber: +12145550101
   `----
  help: Did you mean `licenses`?

error[missing-field]

  x `org` is missing
   ,-[users.yaml:1:1]
 1 | version: 1
   : ^
 2 | users:
   `----

warning[subscription-differs]

  ! other.yaml:3:1: differs\\u{7}

error[org-mismatch]

  x the snapshot is of another organisation

3 errors, 1 warning in 2 files
"
    );
}

#[test]
fn at_most_fifty_findings_are_shown() {
    let mut found: Vec<Finding> = (0..60)
        .map(|_| Finding::error(finding::WRONG_TYPE, "a number").at(place("users.yaml", 5, 18, 12)))
        .collect();
    found.push(Finding::error(finding::UNKNOWN_FIELD, "unknown"));
    let text = findings(&found, false);
    assert_eq!(text.matches("error[wrong-type]").count(), 50);
    assert!(
        text.ends_with("\n... and 11 more: 10 wrong-type, 1 unknown-field\n61 errors in 1 file\n"),
        "{text}"
    );
}

#[test]
fn any_place_can_be_shown() {
    let long = format!("a: {}\tb", "é\u{1b}".repeat(400));
    let files = ["", "\n", "a", "é: ü\n", "a\r\nb\r\n", long.as_str()];
    for source in files {
        for (line, column, len) in [
            (1, 1, 1),
            (1, 2, 0),
            (1, 3, 900),
            (1, 500, 7),
            (2, 1, 1),
            (9, 9, 9),
            (0, 0, 0),
            (1, 1, u32::MAX),
        ] {
            for color in [false, true] {
                let found = [Finding::error(finding::YAML_SYNTAX, "broken")
                    .at(place("a.yaml", line, column, len))];
                let options = Options {
                    color,
                    ..Options::default()
                };
                let text =
                    super::findings(&found, FindingsFormat::Text, &options, &|_| Some(source))
                        .unwrap();
                assert!(
                    text.contains("a.yaml:")
                        && !text.contains("Failed")
                        && !text.contains("\u{1b}é"),
                    "{text}"
                );
            }
        }
    }
    assert_eq!(findings(&[], false), "");
}
