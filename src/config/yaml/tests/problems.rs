//! What is reported, where, and what is left.

use super::*;

/// The problems as `line:column code message | help`.
fn told(text: &str) -> Vec<String> {
    told_with(&read::<Doc>(text))
}

fn told_with<T>(reading: &Reading<T>) -> Vec<String> {
    let line = |problem: &Problem| {
        let help = problem
            .help
            .as_deref()
            .map(|help| format!(" | {help}"))
            .unwrap_or_default();
        let Pos { line, column, .. } = problem.pos;
        format!("{line}:{column} {} {}{help}", problem.code, problem.message)
    };
    reading.problems.iter().map(line).collect()
}

#[track_caller]
fn tells(text: &str, expected: &[&str]) {
    assert_eq!(told(text), expected, "{text}");
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one text with every problem, and what is said of it"
)]
fn all_problems_of_a_file_in_one_go() {
    let text = r#"version: one
orgg: {}
org:
  nme: Acme
  mode: groop
  sync: yes
users:
  ana@acme.com:
    displayName: 5
    phone: +12145550101
    extnsion: "1"
    active: off
    groups: [a, 1, true, [x], b]
  bob@acme.com:
    calling: profesional
    phone: "1214"
  bob@acme.com: {}
  carl@acme.com: {calling: {teir: standard, tier: standard}}
  dan@acme.com: {calling: {subscription: S}}
  eve@acme.com:
  1: {}
numbers:
- numbers: []
- {location: x, numbers: {}}
- - a
labels: {a: null, b: [], c: ok}
"#;
    tells(
        text,
        &[
            "1:10 wrong-type expected a whole number, 0 or more, found text `one`",
            "2:1 unknown-field unknown field `orgg` | Did you mean `org`? Known fields: version, org, users, numbers, ratios, labels",
            "3:1 missing-field `org` lacks the field `name` | add `name: …`",
            "4:3 unknown-field unknown field `nme` | Did you mean `name`? Known fields: name, mode, sync",
            "5:9 invalid-value `groop` is not an allowed value | Did you mean `group`? Allowed: organization, group",
            "6:9 wrong-type expected true or false, found text `yes` | write true or false",
            "9:18 wrong-type expected text, found the number `5` | write \"5\"",
            "10:12 wrong-type expected text, found the number `+12145550101` | write \"+12145550101\"",
            "11:5 unknown-field unknown field `extnsion` | Known fields: displayName, phone, location, calling, groups, active, go",
            "12:13 wrong-type expected true or false, found text `off` | write true or false",
            "13:17 wrong-type expected text, found the number `1` | write \"1\"",
            "13:20 wrong-type expected text, found `true` | write \"true\"",
            "13:26 wrong-type expected text, found a list | write one value, not a list",
            "15:14 invalid-value `profesional` is not an allowed value | Did you mean `professional`? Allowed: professional, standard",
            "16:12 invalid-value `1214` is not in international format",
            "17:3 duplicate-key the key `bob@acme.com` appears twice in this mapping | remove one of the two",
            "18:29 unknown-field unknown field `teir` | Did you mean `tier`? Known fields: tier, subscription",
            "19:18 missing-field `calling` lacks the field `tier` | add `tier: …`",
            "20:15 wrong-type expected a mapping, found nothing | indent its fields below it, write `{}` for an empty mapping, or remove the key",
            "21:3 wrong-type expected text, found the number `1` | write \"1\"",
            "23:3 missing-field the field `location` is missing | add `location: …`",
            "24:26 wrong-type expected a list, found a mapping | write a list: each entry on a line of its own that begins with `- `",
            "25:3 wrong-type expected a mapping, found a list | write `location: …`. Known fields: location, numbers",
            "26:13 wrong-type expected text, found `null` | remove the key, or write a value; \"null\" in quotes is the word",
            "26:22 wrong-type expected text, found a list | write one value, not a list",
        ],
    );
    let reading = read::<Doc>(text);
    assert!(reading.complete);
    let duplicate = reading
        .problems
        .iter()
        .find(|problem| problem.earlier.is_some())
        .unwrap();
    assert_eq!(duplicate.earlier, Some(pos(14, 3, 12)));
    let [doc] = reading.documents.as_slice() else {
        panic!("one document is left");
    };
    let users: Vec<&str> = doc
        .users
        .as_ref()
        .unwrap()
        .iter()
        .map(|(key, _)| key.as_str())
        .collect();
    assert_eq!(
        users,
        [
            "ana@acme.com",
            "bob@acme.com",
            "carl@acme.com",
            "dan@acme.com"
        ]
    );
    let ana = &doc.users.as_ref().unwrap().0[0].1;
    assert_eq!(
        ana.groups
            .as_ref()
            .unwrap()
            .iter()
            .map(|group| group.as_str())
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(doc.org, None);
    assert_eq!(doc.numbers.as_ref().unwrap()[0].location.as_str(), "x");
    assert_eq!(doc.labels.as_ref().unwrap().len(), 1);
}

#[test]
fn a_forgotten_value_takes_nothing_away() {
    tells(
        "users:\n  a: {location: }\n  b:\n    location:\n    active: true\n  c: {location: ~}\n  d: {location: Null}\n",
        &[
            "2:15 wrong-type expected a value or null, found nothing | write a value, or `null` to take away what is there; without the key, it stays",
            "4:13 wrong-type expected a value or null, found nothing | write a value, or `null` to take away what is there; without the key, it stays",
        ],
    );
}

#[test]
fn null_is_not_absence() {
    tells(
        "users:\nnumbers: ~\nversion:\norg: {name: , mode: null}\n",
        &[
            "1:6 wrong-type expected a mapping, found nothing | write `{}` for an empty mapping, or remove the key",
            "2:10 wrong-type expected a list, found `~` | write `[]` for an empty list, or remove the key",
            "3:8 wrong-type expected a whole number, 0 or more, found nothing | write a value, or remove the key",
            "4:11 wrong-type expected text, found nothing | write a value, or remove the key",
            "4:21 wrong-type expected organization or group, found `null` | write a value, or remove the key",
        ],
    );
}

#[test]
fn quoted_is_text() {
    tells(
        "version: \"1\"\n",
        &[
            "1:10 wrong-type expected a whole number, 0 or more, found the quoted text `1` | write 1 without quotes",
        ],
    );
    tells(
        "org: {name: x, sync: 'true'}\n",
        &[
            "1:22 wrong-type expected true or false, found the quoted text `true` | write true without quotes",
        ],
    );
    tells(
        "users: {a: {displayName: 0123}}\n",
        &["1:26 wrong-type expected text, found the number `0123` | write \"0123\""],
    );
    tells(
        "version: 0123\n",
        &["1:10 wrong-type expected a whole number, 0 or more, found the number `0123`"],
    );
    tells(
        "users: {a: {go: {account: {id: 300}}}}\n",
        &["1:32 invalid-value expected a whole number from 0 to 255, found the number `300`"],
    );
}

#[test]
fn enums() {
    tells(
        "users: {a: {go: {}}}\n",
        &["1:17 wrong-type expected byod, operator or account, found a mapping"],
    );
    tells(
        "users: {a: {go: {operatr: x}}}\n",
        &[
            "1:18 invalid-value `operatr` is not an allowed value | Did you mean `operator`? Allowed: byod, operator, account",
        ],
    );
    tells(
        "users: {a: {go: {operator: 5}}}\n",
        &["1:28 wrong-type expected text, found the number `5` | write \"5\""],
    );
    tells(
        "users: {a: {go: {byod: 5}}}\n",
        &["1:17 wrong-type expected one word, found a mapping"],
    );
    tells(
        "users: {a: {go: operator}}\n",
        &[
            "1:17 wrong-type expected a mapping, found text `operator` | write `NAME: operator`, with a name",
        ],
    );
    tells(
        "users: {a: {go: {account: {}}}}\n",
        &["1:18 missing-field `account` lacks the field `id` | add `id: …`"],
    );
    tells(
        "users: {a: {calling: 5}}\n",
        &["1:22 wrong-type expected a tier or a mapping, found the number `5`"],
    );
    tells(
        "users: {a: {calling: []}}\n",
        &["1:22 wrong-type expected a tier or a mapping, found a list"],
    );
    tells(
        "users: {a: {calling: {tier: 5}}}\n",
        &["1:29 wrong-type expected professional or standard, found the number `5`"],
    );
}

#[test]
fn what_of_yaml_we_do_not_take() {
    let help = "| write the value out; put text that starts with `&` or `*` in quotes";
    tells(
        "users:\n  a: &x {displayName: A}\n  b: *x\n  c: *y\n  d:\n    <<: {}\n    active: no\n",
        &[
            &format!("2:6 yaml-syntax anchors and aliases are not allowed {help}"),
            &format!("3:6 yaml-syntax anchors and aliases are not allowed {help}"),
            &format!("4:6 yaml-syntax anchors and aliases are not allowed {help}"),
            "6:5 yaml-syntax merge keys (`<<`) are not allowed | write the fields out",
            "7:13 wrong-type expected true or false, found text `no` | write true or false",
        ],
    );
    let help = "| remove the tag; put text that starts with `!` in quotes";
    tells(
        "org: !x {name: !!str 5, sync: !secret a}\n",
        &[
            &format!("1:6 yaml-syntax tags are not allowed {help}"),
            &format!("1:16 yaml-syntax tags are not allowed {help}"),
            &format!("1:31 yaml-syntax tags are not allowed {help}"),
        ],
    );
    tells(
        "? [a, b]\n: c\nversion: 1\n",
        &[
            "1:3 yaml-syntax keys must be plain text | put quotes around text that begins with a bracket; there are no placeholders such as `{{ name }}`",
        ],
    );
    tells(
        "{a: b}: c\n",
        &[
            "1:1 yaml-syntax keys must be plain text | put quotes around text that begins with a bracket; there are no placeholders such as `{{ name }}`",
        ],
    );
    assert_eq!(
        read::<Doc>("version: 1\n? version\n: 2\n").problems.len(),
        1
    );
}

#[test]
fn a_lost_field_is_not_missed() {
    tells(
        "org: {name: 5}\n",
        &["1:13 wrong-type expected text, found the number `5` | write \"5\""],
    );
    tells(
        "org: {<<: {name: x}}\n",
        &["1:7 yaml-syntax merge keys (`<<`) are not allowed | write the fields out"],
    );
}

#[test]
fn a_document_that_is_no_mapping() {
    tells(
        "- a\n- b\n",
        &[
            "1:1 wrong-type expected a mapping, found a list | write `version: …`. Known fields: version, org, users, numbers, ratios, labels",
        ],
    );
    tells(
        "hello\n",
        &[
            "1:1 wrong-type expected a mapping, found text `hello` | write `version: …`. Known fields: version, org, users, numbers, ratios, labels",
        ],
    );
    tells(
        "-\n",
        &[
            "1:1 wrong-type expected a mapping, found a list | write `version: …`. Known fields: version, org, users, numbers, ratios, labels",
        ],
    );
    let reading = read::<Org>("mode: group\n");
    assert_eq!(
        told_with(&reading),
        ["1:1 missing-field the field `name` is missing | add `name: …`"]
    );
    assert!(reading.documents.is_empty());
}

#[test]
fn after_a_syntax_error_the_other_documents_are_read() {
    let reading = read::<Doc>(
        "version: 1\nverson: 1\norg: {name: A}\nusers: [\n---\nversion: x\n---\nversion: 3\n",
    );
    assert!(!reading.complete);
    assert_eq!(reading.problems.len(), 3);
    assert_eq!(reading.problems[0].pos, pos(2, 1, 6));
    assert_eq!(reading.problems[1].code, YAML_SYNTAX);
    assert_eq!(reading.problems[2].pos, pos(6, 10, 1));
    assert_eq!(reading.documents.len(), 3);
    assert_eq!(reading.documents[0].version, Some(At::nowhere(1)));
    assert_eq!(reading.documents[0].users, None);
    assert_eq!(reading.documents[2].version, Some(At::nowhere(3)));
}

/// The scanner finds the mistake only where the next quote is; the reader looks for it where a quote was left open.
#[test]
fn brackets_that_are_left_open() {
    for (text, help) in [
        ("org:\n  a: {b: {c: 1}\n  d: 2\n", "close the `{` of line 2"),
        (
            "org: {name: Acme: Inc}\n",
            "put quotes around text that contains `: `",
        ),
        ("org: {name: x}}\n", "remove it"),
    ] {
        let reading = read::<Doc>(text);
        let said = reading.problems[0].help.as_deref();
        assert!(said.is_some_and(|it| it.contains(help)), "{text}: {said:?}");
    }
}

#[test]
fn quotes_that_are_left_open() {
    for (text, at) in [
        ("org:\n  name: \"Ana\n  mode: \"x\"\n", pos(2, 9, 4)),
        ("org:\n  name: 'Ana\n  mode: 'x'\n", pos(2, 9, 4)),
        ("org:\n  - \"a\n  - \"b\"\n", pos(2, 5, 2)),
        ("org:\n  \"a: {}\n  b: {}\n", pos(2, 3, 6)),
        ("org:\n  \"a: {}\n  \"b\": {}\n", pos(2, 3, 6)),
    ] {
        let reading = read::<Doc>(text);
        let syntax = reading.problems.iter().filter(|it| it.code == YAML_SYNTAX);
        let syntax: Vec<_> = syntax.map(|it| (it.message.as_str(), it.pos)).collect();
        assert_eq!(
            syntax,
            [("this quote is not closed on its line", at)],
            "{text}"
        );
    }
    // A text over two lines is no mistake, and one that comes later is another.
    let reading = read::<Doc>("org:\n  name: \"Ana\n    Silva\"\n");
    assert!(reading.complete, "{:?}", reading.problems);
    let reading = read::<Doc>("org:\n    name: \"it''s\"\n  mode: \"y\"\n");
    assert_eq!(
        reading.problems[0].message,
        "this line does not fit the lines before it"
    );
}

#[test]
fn quotation_marks_of_word_processors() {
    let reading = read::<Doc>("org:\n  name: “Ana”\n");
    assert_eq!(
        reading.problems[0].pos,
        pos(2, 9, 9),
        "{:?}",
        reading.problems
    );
    assert!(
        reading.problems[0]
            .message
            .contains("does not accept these quotation marks")
    );
    assert_eq!(
        reading.problems[0].help.as_deref(),
        Some("write `\"Ana\"`, or quote all of it if they belong to the text")
    );
    for fine in [
        "org:\n  name: ’t Hooft\n",
        "org:\n  name: \"“Ana”\"\n",
        "org:\n  name: the “big” one\n",
    ] {
        let reading = read::<Doc>(fine);
        let quotes = reading
            .problems
            .iter()
            .filter(|it| it.message.contains("quotation"));
        assert_eq!(quotes.count(), 0, "{fine}");
    }
}

#[test]
fn syntax_errors_in_plain_words() {
    let cases = [
        ("org:\n\tname: x\n", "a tab is not allowed here"),
        ("org: {name: \"x\n", "this quote is not closed"),
        ("org: {name: x\n", "this `{` is not closed"),
        ("org: {name: [x}\n", "`[` is closed by `}`"),
        ("org: x: y\n", "a `:` is not allowed here"),
        ("org: a\n  name: x\n", "a `:` is not allowed here"),
        (
            "org:\n    name: x\n  mode: y\n",
            "this line does not fit the lines before it",
        ),
        ("org: @x\n", "a value cannot start with `@`"),
        ("version\nusers: {}\n", "a `:` is not allowed here"),
        ("org: \"x\" y\n", "text after the closing quote"),
        ("org: \"\\q\"\n", "unknown escape in double quotes"),
    ];
    for (text, message) in cases {
        let reading = read::<Doc>(text);
        assert!(!reading.complete, "{text}");
        assert_eq!(reading.problems.len(), 1, "{text} {:?}", reading.problems);
        assert_eq!(reading.problems[0].code, YAML_SYNTAX, "{text}");
        assert!(
            reading.problems[0].message.starts_with(message),
            "{text} {:?}",
            reading.problems
        );
    }
}

#[test]
fn messages_are_short_and_on_one_line() {
    let text = format!("version: \"{}\\n\"\n", "\\tä".repeat(200));
    let reading = read::<Doc>(&text);
    assert_eq!(reading.problems.len(), 1);
    assert!(reading.problems[0].message.chars().count() < 200);
    assert!(!reading.problems[0].message.contains(char::is_control));
}
