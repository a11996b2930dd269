//! What edits do to a text, case by case and on random files.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;

fn path(path: &str) -> Path {
    path.split('|').map(str::to_owned).collect()
}

fn set(at: &str, value: &str) -> Edit {
    Edit::Set(path(at), Value::text(value))
}

#[track_caller]
fn becomes(before: &str, change: Edit, after: &str) {
    let edited = edit(before, &[change]).unwrap();
    assert_eq!(edited, after, "\n{edited}");
}

const USERS: &str = "\
# Ours.
users:
  ana@acme.com:
    extension: \"1001\" # since May
    # her name
    displayName: Ana Silva
  bob@acme.com: {extension: '1002', roles: [Reader]}   # new
  cid@acme.com:
    licenses:
      remove:
        - calling # not his
groups:
  Sales:
    members:
      # the old hands
      - ana@acme.com
      - cid@acme.com  # left in May

  Service:
    members: [\"ana@acme.com\",
              \"cid@acme.com\"]
";

#[test]
fn a_value_is_replaced_in_its_own_style() {
    let with = |from: &str, to: &str| USERS.replacen(from, to, 1);
    becomes(
        USERS,
        set("users|ana@acme.com|extension", "2001"),
        &with("\"1001\"", "\"2001\""),
    );
    becomes(
        USERS,
        set("users|bob@acme.com|extension", "2002"),
        &with("'1002'", "'2002'"),
    );
    becomes(
        USERS,
        set("users|ana@acme.com|displayName", "Ana S."),
        &with("Ana Silva", "Ana S."),
    );
    becomes(
        USERS,
        set("users|ana@acme.com|displayName", "Ana: S"),
        &with("Ana Silva", "\"Ana: S\""),
    );
    becomes(
        USERS,
        set("users|ANA@acme.com|displayName", "Zoë"),
        &with("Ana Silva", "Zoë"),
    );
}

#[test]
fn a_new_key_comes_after_the_last() {
    becomes(
        USERS,
        set("users|ana@acme.com|location", "Dallas"),
        &USERS.replacen("Ana Silva\n", "Ana Silva\n    location: Dallas\n", 1),
    );
    becomes(
        USERS,
        set("users|bob@acme.com|location", "Dallas"),
        &USERS.replacen("[Reader]}", "[Reader], location: Dallas}", 1),
    );
    becomes(
        USERS,
        Edit::Include(
            path("users|ana@acme.com|licenses|remove"),
            "calling".to_owned(),
        ),
        &USERS.replacen(
            "Ana Silva\n",
            "Ana Silva\n    licenses: {remove: [calling]}\n",
            1,
        ),
    );
    becomes(
        "users:\n  a@b.c: {}",
        set("users|a@b.c|location", "X"),
        "users:\n  a@b.c: {location: X}",
    );
    becomes(
        "users:\n  a@b.c:\n    location: X",
        set("users|a@b.c|extension", "12"),
        "users:\n  a@b.c:\n    location: X\n    extension: \"12\"\n",
    );
    becomes(
        "users:\r\n  a@b.c:\r\n    location: X\r\n",
        set("users|a@b.c|extension", "12"),
        "users:\r\n  a@b.c:\r\n    location: X\r\n    extension: \"12\"\r\n",
    );
}

#[test]
fn lists_gain_and_lose_items_where_they_belong() {
    let sales = || path("groups|Sales|members");
    let service = || path("groups|Service|members");
    let bob = || "bob@acme.com".to_owned();
    becomes(
        USERS,
        Edit::Include(sales(), bob()),
        &USERS.replacen(
            "hands\n      - ana@acme.com\n",
            "hands\n      - ana@acme.com\n      - bob@acme.com\n",
            1,
        ),
    );
    becomes(
        USERS,
        Edit::Include(service(), bob()),
        &USERS.replacen(
            "              \"cid",
            "              \"bob@acme.com\", \"cid",
            1,
        ),
    );
    becomes(
        USERS,
        Edit::Include(service(), "dan@acme.com".to_owned()),
        &USERS.replacen(
            "\"cid@acme.com\"]",
            "\"cid@acme.com\", \"dan@acme.com\"]",
            1,
        ),
    );
    becomes(
        USERS,
        Edit::Exclude(sales(), "CID@acme.com".to_owned()),
        &USERS.replacen(
            "      - cid@acme.com  # left in May\n",
            "      # left in May\n",
            1,
        ),
    );
    becomes(
        USERS,
        Edit::Exclude(service(), "cid@acme.com".to_owned()),
        &USERS.replacen(",\n              \"cid@acme.com\"]", "]", 1),
    );
    becomes(
        "g:\n  S:\n    m: [a]\n",
        Edit::Exclude(path("g|S|m"), "a".to_owned()),
        "g:\n  S:\n    m: []\n",
    );
    becomes(
        "g:\n  S:\n    m:\n      # one\n      - a # two\n    n: 1\n",
        Edit::Exclude(path("g|S|m"), "a".to_owned()),
        "g:\n  S:\n    m: []\n      # one\n      # two\n    n: 1\n",
    );
}

#[test]
fn what_is_empty_goes_but_the_entry_stays() {
    becomes(
        USERS,
        Edit::Unset(path("users|cid@acme.com|licenses|remove")),
        &USERS.replacen(
            "cid@acme.com:\n    licenses:\n      remove:\n        - calling # not his\n",
            "cid@acme.com: {}\n    # not his\n",
            1,
        ),
    );
    becomes(
        USERS,
        Edit::Unset(path("users|ana@acme.com|extension")),
        &USERS.replacen(
            "    extension: \"1001\" # since May\n",
            "    # since May\n",
            1,
        ),
    );
    becomes(
        USERS,
        Edit::Unset(path("users|bob@acme.com|extension")),
        &USERS.replacen("extension: '1002', ", "", 1),
    );
    becomes(
        USERS,
        Edit::Unset(path("users|bob@acme.com|roles")),
        &USERS.replacen(", roles: [Reader]", "", 1),
    );
}

#[test]
fn what_has_no_exact_place_is_refused() {
    for (text, change) in [
        (USERS, set("users|zoe@acme.com|extension", "1")),
        (USERS, set("users|bob@acme.com|roles", "Reader")),
        (USERS, Edit::Unset(path("users|bob@acme.com"))),
        (
            USERS,
            Edit::Exclude(path("groups|Sales|members"), "zoe@acme.com".to_owned()),
        ),
        (
            USERS,
            Edit::Include(path("groups|Sales|members"), "ana@acme.com".to_owned()),
        ),
        ("g:\n  S:\n    d: |\n      a\n      b\n", set("g|S|d", "x")),
        ("g:\n  S:\n    d: |\n      a\n", set("g|S|e", "x")),
        ("g: [", set("g|S|d", "x")),
    ] {
        let refused = edit(text, std::slice::from_ref(&change));
        assert!(refused.is_err(), "{change:?}: {refused:?}");
    }
}

#[test]
fn the_document_with_the_entry_is_changed() {
    let text = "\u{feff}users: {a@b.c: {location: X}}\n---\n# two\nusers: {d@e.f: {location: Y}}\n";
    becomes(
        text,
        set("users|d@e.f|location", "Z"),
        &text.replacen("Y", "Z", 1),
    );
}

/// How a generated file is laid out: the next choice of a tape.
struct Tape(Vec<u8>, usize);

impl Tape {
    fn choose(&mut self, of: u8) -> u8 {
        self.1 += 1;
        self.0[self.1 % self.0.len()] % of
    }

    fn comment(&mut self, out: &mut String, indent: usize) {
        if self.choose(4) == 0 {
            *out += &format!("{:indent$}# note {}\n", "", self.1);
        }
    }

    fn end(&mut self, out: &mut String) {
        match self.choose(4) {
            0 => *out += &format!("  # end {}\n", self.1),
            1 => *out += " \n",
            _ => out.push('\n'),
        }
    }

    fn scalar(&mut self) -> String {
        let word =
            ["1001", "Ana Silva", "no", "Zoë", "a: b", "it's", "x#y"][usize::from(self.choose(7))];
        match self.choose(3) {
            0 => write::quoted(word),
            1 => format!("'{}'", word.replace('\'', "''")),
            _ => write::inline(&Value::text(word)),
        }
    }

    /// One entry with some of the fields a (text), b (list), c (mapping of texts and of a list).
    fn entry(&mut self, out: &mut String, name: &str) {
        let fields: Vec<&str> = ["a", "b", "c"]
            .into_iter()
            .filter(|_| self.choose(3) > 0)
            .collect();
        if fields.is_empty() || self.choose(3) == 0 {
            let inside: Vec<String> = fields
                .iter()
                .map(|it| format!("{it}: {}", self.inline(it)))
                .collect();
            *out += &format!("  {name}: {{{}}}", inside.join(", "));
            return self.end(out);
        }
        *out += &format!("  {name}:");
        self.end(out);
        for field in fields {
            self.comment(out, 4);
            *out += &format!("    {field}:");
            if field == "a" || self.choose(2) == 0 {
                *out += &format!(" {}", self.inline(field));
                self.end(out);
                continue;
            }
            self.end(out);
            for part in 0..=self.choose(3) {
                self.comment(out, 6);
                let scalar = self.scalar();
                match field {
                    "b" => *out += &format!("      - {part}{}", "z"),
                    _ => *out += &format!("      k{part}: {scalar}"),
                }
                self.end(out);
            }
        }
    }

    fn inline(&mut self, field: &str) -> String {
        let parts = 0..self.choose(3);
        match field {
            "a" => self.scalar(),
            "b" => format!(
                "[{}]",
                parts
                    .map(|part| format!("{part}z"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            _ => {
                let parts: Vec<String> = parts
                    .map(|part| format!("k{part}: {}", self.scalar()))
                    .collect();
                format!("{{{}}}", parts.join(", "))
            }
        }
    }
}

/// The values of a text, and its comments in order of text.
fn read_back(text: &str) -> (Json, Vec<String>) {
    fn value(node: Node<'_>) -> Json {
        match node.kind() {
            Kind::Scalar(_) => json!(node.value()),
            Kind::List { .. } => node.children().map(value).collect(),
            Kind::Map { .. } => {
                let entries = node
                    .entries()
                    .map(|(key, it)| (key.value().unwrap().to_owned(), value(it)));
                Json::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
    let tree = build(text, Comments::Keep);
    assert_eq!(tree.flaw(), None, "{text}");
    let comments = tree.comments().iter();
    let mut comments: Vec<String> = comments
        .map(|it| text[it.clone()].trim_end().to_owned())
        .collect();
    comments.sort();
    let (_, root) = tree.documents().next().unwrap();
    (value(root), comments)
}

/// Removes the mappings above a key that became empty.
fn remove_empty(values: &mut Json, keys: &[String]) -> Option<()> {
    for depth in (3..keys.len()).rev() {
        let above = keys[..depth - 1]
            .iter()
            .try_fold(&mut *values, |it, key| it.get_mut(key))?;
        if above[&keys[depth - 1]]
            .as_object()
            .is_some_and(Map::is_empty)
        {
            above.as_object_mut()?.remove(&keys[depth - 1]);
        }
    }
    Some(())
}

/// What an edit does to values; `None` where there is nothing that it could do.
fn expected(mut values: Json, change: &Edit) -> Option<Json> {
    let keys = change.path().to_vec();
    let mut here = &mut values;
    for key in &keys[..keys.len() - 1] {
        if here.get(key).is_none() {
            match change {
                Edit::Set(..) | Edit::Include(..) => {
                    here.as_object_mut()?.insert(key.clone(), json!({}))
                }
                _ => return None,
            };
        }
        here = here.get_mut(key)?;
    }
    let last = keys.last()?;
    match change {
        Edit::Remove(_) => {
            here.as_object_mut()?.remove(last)?;
        }
        Edit::Set(_, Value::Text(text)) => {
            if here.get(last).is_some_and(|it| !it.is_string()) {
                return None;
            }
            here.as_object_mut()?.insert(last.clone(), json!(text));
        }
        Edit::Include(_, item) => {
            let list = here
                .as_object_mut()?
                .entry(last.clone())
                .or_insert(json!([]));
            let list = list.as_array_mut()?;
            if list.contains(&json!(item)) {
                return None;
            }
            list.push(json!(item));
            list.sort_by_key(|it| it.as_str().map(str::to_owned));
        }
        Edit::Exclude(_, item) => {
            let list = here.get_mut(last)?.as_array_mut()?;
            let before = list.len();
            list.retain(|it| it != &json!(item));
            if list.len() == before {
                return None;
            }
        }
        Edit::Unset(_) => {
            here.as_object_mut()?.remove(last)?;
            remove_empty(&mut values, &keys)?;
        }
        Edit::Set(..) => return None,
    }
    Some(values)
}

/// Lists in any order.
fn unordered(mut values: Json) -> Json {
    for entry in values["s"]
        .as_object_mut()
        .into_iter()
        .flat_map(|it| it.values_mut())
    {
        if let Some(list) = entry.get_mut("b").and_then(Json::as_array_mut) {
            list.sort_by_key(|it| it.as_str().map(str::to_owned));
        }
    }
    values
}

proptest! {
    #[test]
    fn edits_keep_all_comments_and_all_other_values(
        tape in vec(any::<u8>(), 24..96), entry in 0..3usize, what in 0..9usize, complete in any::<bool>()
    ) {
        let mut tape = Tape(tape, 0);
        let mut text = String::from("# head\ns:\n");
        for name in ["e0", "e1@x.y", "e2"] {
            tape.comment(&mut text, 2);
            tape.entry(&mut text, name);
        }
        tape.comment(&mut text, 0);
        if !complete {
            text.truncate(text.trim_end().len());
        }
        let at = |field: &str| path(&format!("s|{}|{field}", ["e0", "e1@x.y", "e2"][entry]));
        let change = match what {
            0 => Edit::Set(at("a"), Value::text("new: value")),
            1 => Edit::Set(at("c|k1"), Value::text("12")),
            2 => Edit::Set(at("d|deep"), Value::text("plain")),
            3 => Edit::Include(at("b"), "1a".to_owned()),
            4 => Edit::Include(at("c|list"), "item".to_owned()),
            5 => Edit::Exclude(at("b"), "0z".to_owned()),
            6 => Edit::Exclude(at("b"), "1z".to_owned()),
            7 => Edit::Unset(at("c|k0")),
            _ => Edit::Unset(at("a")),
        };
        let (before, comments) = read_back(&text);
        match (edit(&text, std::slice::from_ref(&change)), expected(before, &change)) {
            (Ok(edited), Some(expected)) => {
                let (after, kept) = read_back(&edited);
                prop_assert_eq!(unordered(after), unordered(expected), "{}\n{:?}\n{}", text, change, edited);
                prop_assert_eq!(kept, comments, "{}\n{:?}\n{}", text, change, edited);
            }
            (Err(_), None) => {}
            (edited, expected) => prop_assert!(false, "{}\n{:?}\n{:?}\n{:?}", text, change, edited, expected),
        }
    }
}

#[test]
fn a_line_is_found_in_whichever_form_it_is_written() {
    assert!(same("Jo@B\u{fc}cher.de", "jo@xn--bcher-kva.de"));
    assert!(same("Zu\u{308}rich", "Zürich"));
    assert!(same("Front\u{a0}Desk", "Front Desk"));
    assert!(!same("Front Desk", "front desk"));
}
