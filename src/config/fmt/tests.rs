//! The guard: what would change a file's meaning or lose a comment is found out before anything is written.

use super::*;

/// Whether the guard accepts a text instead of another.
fn passes(old: &str, new: &str) -> Result<(), String> {
    let tree = build(old, Comments::Keep);
    let stream = layout::of(&tree, old).map_err(|unfit| unfit.to_string())?;
    prove(&stream, old, new).map_err(|unfit| unfit.to_string())
}

#[test]
fn what_says_the_same_passes() {
    for (old, new) in [
        ("a: b # c\n", "# c\n'a':    \"b\"\n"),
        ("a: [1, ~, True]\n", "a:\n  - 1\n  - null\n  - true\n"),
        ("# x\n# y\na: b\n", "a: b\n# y\n# x  \n"),
        ("a:\n", "a: null\n"),
    ] {
        assert_eq!(passes(old, new), Ok(()), "{old} {new}");
    }
}

#[test]
fn what_says_something_else_is_refused() {
    let otherwise = Err("it would say something else".to_owned());
    for (old, new) in [
        ("a: b\n", "a: c\n"),
        ("a: 1003\n", "a: \"1003\"\n"),
        ("a: \"no\"\n", "a: false\n"),
        ("a: \"\"\n", "a:\n"),
        ("a: [b, c]\n", "a: [c, b]\n"),
        ("a: [b, c]\n", "a: [b]\n"),
        ("a: {b: c}\n", "a: [b, c]\n"),
        ("a: b\nc: d\n", "a: b\n"),
        ("True: b\n", "true: b\n"),
        ("a: b\n---\nc: d\n", "a: b\nc: d\n"),
        ("a: |\n  b\n", "a: |-\n  b\n"),
        ("- a\n", "a\n"),
    ] {
        assert_eq!(passes(old, new), otherwise, "{old} {new}");
    }
}

#[test]
fn a_comment_that_is_lost_or_made_is_refused() {
    let lost = Err("a comment would be lost".to_owned());
    for (old, new) in [
        ("a: b # c\n", "a: b\n"),
        ("a: b\n", "a: b # c\n"),
        ("# x\n# x\na: b\n", "# x\na: b\n"),
        ("# x\na: b\n", "# y\na: b\n"),
    ] {
        assert_eq!(passes(old, new), lost, "{old} {new}");
    }
    assert!(passes("a: b\n", "a: [\n").is_err());
}

#[test]
fn what_has_no_tree_is_not_changed() {
    for text in ["? [a]\n: b\n", "&a b: c\n", "a: !x b\n", "a: *b\n", ": b\n"] {
        assert!(super::text(text).is_err(), "{text}");
    }
    let file = SourceFile {
        path: "a.yaml".into(),
        bytes: b": b\n".to_vec(),
    };
    let Outcome::Left(why) = format(&file) else {
        panic!("it was formatted");
    };
    assert_eq!(why.len(), 1);
    assert_eq!(why[0].code, FORMAT_REFUSED);
    assert_eq!(
        why[0].message,
        "the file cannot be formatted: a key is not plain text"
    );
}
