//! The tree: what it keeps of a text, where things are, and what it costs.

use super::super::tree::{Kind, Node, Raw};
use super::*;

fn shown(node: Node<'_>) -> String {
    let shown: Vec<String> = match node.kind() {
        Kind::Scalar(_) => return node.value().unwrap_or_default().to_owned(),
        Kind::List { .. } => node.children().map(shown).collect(),
        Kind::Map { .. } => {
            let entries = node.entries();
            let shown = entries.map(|(key, value)| format!("{}: {}", shown(key), shown(value)));
            shown.collect()
        }
    };
    format!("({})", shown.join(", "))
}

#[test]
fn everything_is_kept_with_its_bytes_and_comments() {
    let text = "# top\na: [1, \"x y\"] # one\nb:\n  - c: d\n    e:\n  - {f: 'it''s'}\na: 2\n";
    let tree = build(text, Comments::Keep);
    let (head, root) = tree.documents().next().unwrap();
    assert!(!head.marker);
    assert_eq!(
        shown(root),
        "(a: (1, x y), b: ((c: d, e: ), (f: it's)), a: 2)"
    );
    let comments: Vec<&str> = tree.comments().iter().map(|it| &text[it.clone()]).collect();
    assert_eq!(comments, ["# top", "# one"]);
    let bytes: Vec<&str> = root.children().map(|node| &text[node.span()]).collect();
    let list = "c: d\n    e:\n  - {f: 'it''s'}";
    assert_eq!(bytes, ["a", "[1, \"x y\"]", "b", list, "a", "2"]);
    assert!(build(text, Comments::Skip).comments().is_empty());
}

#[test]
fn a_key_that_appears_twice_is_kept_and_not_read() {
    let reading = read::<BTreeMap<String, u32>>("a: 1\nb: 2\na: 3\n");
    assert_eq!(reading.problems.len(), 1);
    let read: Vec<_> = reading.documents[0].iter().collect();
    assert_eq!(read, [(&"a".to_owned(), &1), (&"b".to_owned(), &2)]);
    let tree = build("a: 1\na: 3\n", Comments::Skip);
    assert_eq!(tree.flaw(), None);
}

#[test]
fn a_node_is_small_and_a_value_that_is_in_the_text_is_not_copied() {
    assert_eq!(size_of::<Raw>(), 24);
    let tree = build("a: b\n'c d': \"e\"\nf: [g, 1]\n", Comments::Skip);
    assert!(tree.values.is_empty());
    let tree = build("a: \"\\t\"\nb: |\n  c\n  d\n", Comments::Skip);
    assert_eq!(tree.values.len(), 2);
}
