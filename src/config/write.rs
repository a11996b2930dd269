//! Values -> YAML that reads as the same values: which texts need quotation marks, what fits on one line.
//!
//! Owns the layout of YAML that the program writes. Must not know what the values mean.

use super::yaml::is_plain_text;

/// How wide a line may be before a mapping takes a line for each of its fields.
pub(super) const WIDTH: usize = 120;

/// A value to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Text; quoted where YAML would read it as something else.
    Text(String),
    /// No value, which is a value of its own: `null`.
    Nothing,
    /// A whole number.
    Number(u32),
    /// True or false.
    Flag(bool),
    /// A mapping with a line for each field.
    Block(Vec<(String, Node)>),
    /// A mapping on one line, if it fits.
    Line(Vec<(String, Node)>),
    /// A list with a line for each item, except on a line of something else.
    List(Vec<Node>),
}

impl Node {
    /// Text.
    pub fn text(text: impl Into<String>) -> Node {
        Node::Text(text.into())
    }

    /// The fields that have a value.
    pub fn fields<const N: usize>(fields: [(&str, Option<Node>); N]) -> Vec<(String, Node)> {
        let present = fields.into_iter();
        present
            .filter_map(|(name, node)| Some((name.to_owned(), node?)))
            .collect()
    }
}

/// A file: comment lines, then its top-level keys.
pub fn file(comment: &str, sections: &[(String, Node)]) -> String {
    let mut out = String::new();
    for line in comment.lines() {
        let shown: String = line.chars().filter(|c| !c.is_control()).collect();
        out += format!("# {shown}").trim_end();
        out.push('\n');
    }
    fields(&mut out, sections, 0, "");
    out
}

/// One field of a mapping on separate lines, indented by this many columns.
pub(super) fn entry(key: &str, node: &Node, indent: usize) -> String {
    let mut out = String::new();
    fields(&mut out, &[(key.to_owned(), node.clone())], indent, "");
    out
}

/// One field of a mapping on one line.
pub(super) fn inline_entry(key: &str, node: &Node) -> String {
    format!("{}: {}", scalar(key), inline(node))
}

/// The fields of a mapping, a line each; the first follows `before`, which replaces its indentation.
fn fields(out: &mut String, fields: &[(String, Node)], indent: usize, before: &str) {
    for (index, (name, node)) in fields.iter().enumerate() {
        match index {
            0 if !before.is_empty() => out.push_str(before),
            _ => out.extend(std::iter::repeat_n(' ', indent)),
        }
        let key = scalar(name);
        *out += &key;
        out.push(':');
        value(out, node, indent, indent + key.chars().count() + 2);
    }
}

/// What follows a key; `column` is where it would begin on the same line.
fn value(out: &mut String, node: &Node, indent: usize, column: usize) {
    match node {
        Node::Block(inner) if !inner.is_empty() => {
            out.push('\n');
            fields(out, inner, indent + 2, "");
        }
        Node::List(items) if !items.is_empty() => {
            out.push('\n');
            for item in items {
                self::item(out, item, indent + 2);
            }
        }
        Node::Line(inner) if column + inline(node).chars().count() > WIDTH => {
            out.push('\n');
            fields(out, inner, indent + 2, "");
        }
        _ => {
            out.push(' ');
            *out += &inline(node);
            out.push('\n');
        }
    }
}

fn item(out: &mut String, node: &Node, indent: usize) {
    let dash = format!("{:indent$}- ", "");
    match node {
        Node::Block(inner) if !inner.is_empty() => fields(out, inner, indent + 2, &dash),
        node => {
            *out += &dash;
            *out += &inline(node);
            out.push('\n');
        }
    }
}

/// A value on one line.
pub(super) fn inline(node: &Node) -> String {
    match node {
        Node::Text(text) => scalar(text),
        Node::Nothing => "null".to_owned(),
        Node::Number(number) => number.to_string(),
        Node::Flag(flag) => flag.to_string(),
        Node::Block(fields) | Node::Line(fields) => {
            let fields = fields.iter();
            let fields: Vec<String> = fields
                .map(|(name, node)| format!("{}: {}", scalar(name), inline(node)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Node::List(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A text as a scalar: bare where it cannot be misread, else in double quotes.
pub fn scalar(text: &str) -> String {
    match is_bare(text) {
        true => text.to_owned(),
        false => quoted(text),
    }
}

/// Whether a text without quotes cannot be misread anywhere.
pub(super) fn is_bare(text: &str) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || " _./+@&()-".contains(c);
    text.starts_with(char::is_alphanumeric)
        && !text.ends_with(' ')
        && text.chars().all(harmless)
        && is_plain_text(text)
}

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            // Not printable in YAML, or the end of a line for some readers.
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                out += &format!("\\u{:04X}", c as u32);
            }
            c if c.is_control() => out += &format!("\\u{:04X}", c as u32),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::super::yaml::{At, Entries, read};
    use super::*;
    use crate::canonical::canonical;

    #[test]
    fn only_what_could_be_misread_is_quoted() {
        for text in [
            "Dallas",
            "2021-03-01",
            "ana@acme.com",
            "1 Main St",
            "Zürich",
            "O (2)",
        ] {
            assert_eq!(scalar(text), text);
        }
        for text in [
            "",
            "no",
            "Yes",
            "on",
            "null",
            "~",
            "true",
            "1003",
            "0123",
            "+12145550101",
            "1e3",
            "0x1F",
            "a: b",
            "a #b",
            "#a",
            " a",
            "a ",
            "- a",
            "[a]",
            "{a}",
            "a, b",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "'a",
        ] {
            assert_eq!(scalar(text), format!("\"{text}\""));
        }
        assert_eq!(scalar("a \"b\"\n\\"), r#""a \"b\"\n\\""#);
        assert_eq!(scalar("\u{85}\u{2028}\0"), r#""\u0085\u2028\u0000""#);
    }

    #[test]
    fn long_lines_are_broken() {
        let line = |size| Node::Line(vec![("a".to_owned(), Node::text("x".repeat(size)))]);
        assert_eq!(
            file("One\n\nTwo", &[("k".to_owned(), line(3))]),
            "# One\n#\n# Two\nk: {a: xxx}\n"
        );
        let long = file("", &[("k".to_owned(), line(115))]);
        assert_eq!(long, format!("k:\n  a: {}\n", "x".repeat(115)));
    }

    #[test]
    fn lists_of_mappings() {
        let block = |name: &str| {
            let list = Node::List(vec![Node::text("x"), Node::text("1")]);
            Node::Block(vec![
                ("a".to_owned(), Node::text(name)),
                ("b".to_owned(), list),
            ])
        };
        let list = Node::List(vec![block("one"), block("two")]);
        assert_eq!(
            file("", &[("k".to_owned(), list)]),
            "k:\n  - a: one\n    b:\n      - x\n      - \"1\"\n  - a: two\n    b:\n      - x\n      - \"1\"\n"
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(key in ".*", texts in proptest::collection::vec("\\PC*|.*|[a-z0-9:#+. -]{0,6}", 0..4)) {
            let items: Vec<Node> = texts.iter().map(Node::text).collect();
            for node in [Node::List(items.clone()), Node::Line(vec![(key.clone(), Node::List(items))])] {
                let nested = matches!(node, Node::Line(_));
                let text = file("", &[(key.clone(), node)]);
                let read_back: Vec<Vec<String>> = if nested {
                    let reading = read::<Entries<Entries<Vec<At<String>>>>>(&text);
                    proptest::prop_assert_eq!(reading.problems, []);
                    let inner = reading.documents.into_iter().flatten().flat_map(|(_, inner)| inner);
                    inner.map(|(name, list)| {
                        assert_eq!(name.value, canonical(&key));
                        list.into_iter().map(|at| at.value).collect()
                    }).collect()
                } else {
                    let reading = read::<Entries<Vec<At<String>>>>(&text);
                    proptest::prop_assert_eq!(reading.problems, []);
                    let lists = reading.documents.into_iter().flatten();
                    lists.map(|(_, list)| list.into_iter().map(|at| at.value).collect()).collect()
                };
                let read: Vec<String> = texts.iter().map(|text| canonical(text).into_owned()).collect();
                proptest::prop_assert_eq!(read_back, vec![read]);
            }
        }
    }
}
