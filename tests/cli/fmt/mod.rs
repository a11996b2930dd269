//! `trunkline fmt`: the canonical layout. It changes nothing of what a file says, loses no comment, and changes nothing the
//! second time.
//!
//! A folder of `tests/golden-fmt/` holds `before.yaml` and what it becomes, `after.yaml`. `UPDATE_GOLDEN=1 cargo test --test cli fmt`
//! rewrites what is expected.

mod command;
mod organisations;
mod text;

use std::path::PathBuf;

use crate::common::hold::hold;
use crate::common::{golden, root, sorted};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value;
use serde_saphyr::options::DuplicateKeyPolicy;
use text::{Made, make};
use trunkline::config::files::SourceFile;
use trunkline::config::fmt::{Outcome, format};
use trunkline::finding::YAML_SYNTAX;

/// A text in the canonical layout.
fn formatted(text: &str) -> Result<String, TestCaseError> {
    let file = SourceFile {
        path: "a.yaml".into(),
        bytes: text.as_bytes().to_vec(),
    };
    match format(&file) {
        Outcome::Same => Ok(text.to_owned()),
        Outcome::Changed(new) => Ok(new),
        Outcome::Left(why) => Err(TestCaseError::fail(format!("{why:#?}"))),
    }
}

/// What a text says, read by another program than the formatter's: the documents, fields in order of name.
fn said(text: &str) -> Result<Vec<Value>, TestCaseError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let options = serde_saphyr::options! {
        strict_booleans: true,
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    };
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))
}

/// Tries a law on random texts.
fn hold_for_texts(law: impl Fn(Made) -> Result<(), TestCaseError>) {
    hold(1000, vec(any::<u16>(), 0..400), |tape| {
        let made = make(&tape);
        let text = made.text.clone();
        law(made).map_err(|error| TestCaseError::fail(format!("{error}\n--- before\n{text}")))
    });
}

/// A comment without its mark: a line that was put out may move.
fn words(comment: &str) -> &str {
    comment.trim_start_matches(['#', ' ', '\t']).trim_end()
}

#[test]
fn it_says_the_same_and_has_every_comment() {
    hold_for_texts(|made| {
        let before = said(&made.text)?;
        let new = formatted(&made.text)?;
        let after = said(&new)?;
        prop_assert_eq!(before, after, "--- after\n{}", new);
        for comment in &made.comments {
            let count = new.matches(words(comment)).count();
            prop_assert_eq!(count, 1, "{}\n--- after\n{}", comment, new);
        }
        Ok(())
    });
}

#[test]
fn the_second_time_changes_nothing() {
    hold_for_texts(|made| {
        let once = formatted(&made.text)?;
        let twice = formatted(&once)?;
        prop_assert_eq!(&once, &twice, "--- once\n{}--- twice\n{}", once, twice);
        Ok(())
    });
}

#[test]
fn comments_stay_with_what_they_are_about() {
    hold_for_texts(|made| {
        let new = formatted(&made.text)?;
        let lines: Vec<&str> = new.lines().map(str::trim).collect();
        let at = |comment: &str| {
            let mut lines = lines.iter();
            lines
                .position(|line| line.contains(words(comment)))
                .unwrap()
        };
        for (comment, key) in &made.above {
            let below = lines[at(comment)..]
                .iter()
                .find(|line| !line.is_empty() && !line.starts_with('#'));
            let begins = below.map(|line| line.trim_start_matches(['-', ' ', '"', '\'']));
            prop_assert!(
                begins.is_some_and(|line| line.starts_with(key.as_str())),
                "{comment} is not above {key}\n--- after\n{new}"
            );
        }
        for (comment, key) in &made.beside {
            let line = lines[at(comment)];
            prop_assert!(
                line.contains(key.as_str()),
                "{comment} is not beside {key}\n--- after\n{new}"
            );
        }
        Ok(())
    });
}

/// Characters that mean something to YAML, to be put anywhere.
const SIGNS: [&str; 16] = [
    ":", "#", "-", "'", "\"", "{", "]", ",", "|", "\n", "  ", "\t", "? ", "---\n", "\r", "%",
];

#[test]
fn texts_with_mistakes_are_formatted_or_not_changed() {
    let damage = (any::<u16>(), any::<u8>(), 0..4_usize);
    let strategy = (vec(any::<u16>(), 0..200), vec(damage, 1..4));
    hold(1500, strategy, |(tape, damage)| {
        let mut text: Vec<char> = make(&tape).text.chars().collect();
        for (place, sign, cut) in damage {
            let at = usize::from(place) % (text.len() + 1);
            let end = (at + cut).min(text.len());
            let new = SIGNS[usize::from(sign) % SIGNS.len()].chars();
            text.splice(at..end, new.take(usize::from(cut < 3) * 9));
        }
        let text: String = text.into_iter().collect();
        let file = SourceFile {
            path: "a.yaml".into(),
            bytes: text.clone().into_bytes(),
        };
        match format(&file) {
            Outcome::Same => {}
            Outcome::Changed(new) => {
                // The other reader does not take `null` as a name.
                if let Ok(before) = said(&text) {
                    prop_assert_eq!(
                        before,
                        said(&new)?,
                        "--- before\n{}--- after\n{}",
                        text,
                        new
                    );
                }
                prop_assert_eq!(&formatted(&new)?, &new, "--- before\n{}", text);
            }
            Outcome::Left(why) => {
                for finding in why {
                    let known = finding.code == YAML_SYNTAX
                        || finding.message.ends_with("a key is not plain text");
                    prop_assert!(known, "{finding:#?}\n--- before\n{text}");
                }
            }
        }
        Ok(())
    });
}

/// The cases of `tests/golden-fmt/`.
fn cases() -> Vec<PathBuf> {
    let cases = sorted(&root().join("tests/golden-fmt"));
    assert!(cases.len() > 12, "golden cases are missing");
    cases
}

#[test]
fn golden_cases() {
    let mut wrong = String::new();
    for case in cases() {
        let before = std::fs::read_to_string(case.join("before.yaml")).unwrap();
        let after = formatted(&before).unwrap();
        assert_eq!(formatted(&after).unwrap(), after, "{}", case.display());
        assert_eq!(
            said(&before).unwrap(),
            said(&after).unwrap(),
            "{}",
            case.display()
        );
        if let Err(difference) = golden(&case.join("after.yaml"), &after) {
            wrong += &difference;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// `docs/fmt.md` shows a golden case.
#[test]
fn the_page_shows_what_becomes_of_a_file() {
    let case = root().join("tests/golden-fmt/of-the-page");
    let before = std::fs::read_to_string(case.join("before.yaml")).unwrap();
    let after = formatted(&before).unwrap();
    let path = root().join("docs/fmt.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut parts = page.split("```yaml\n");
    let mut shown = parts.next().unwrap().to_owned();
    let mut texts = [before, after].into_iter();
    for part in parts {
        let rest = &part[part.find("```\n").unwrap()..];
        shown += &format!("```yaml\n{}{rest}", texts.next().unwrap());
    }
    assert_eq!(texts.next(), None);
    golden(&path, &shown).unwrap();
}
