//! The same inputs give the same bytes; file names, order and comments carry no meaning.

use std::path::Path;

use crate::common;
use crate::common::{copy, difference, root, run, sorted, write};
use serde_json::Value;
use tempfile::TempDir;

fn acme() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/acme"), directory.path());
    directory
}

fn plan(directory: &Path) -> Value {
    run(directory, &["plan", "--format", "json"]).json()
}

/// The parts of a plan that do not depend on where things are: no places, findings in an order of their own, and no
/// checksum, which covers the places.
fn meaning(mut plan: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for name in ["file", "line", "column"] {
                    members.remove(name);
                }
                members.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut plan);
    plan["checksum"] = Value::Null;
    plan["findings"]
        .as_array_mut()
        .unwrap()
        .sort_by_key(Value::to_string);
    plan
}

#[track_caller]
fn assert_same(left: &Value, right: &Value, what: &str) {
    let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    assert!(
        left == right,
        "{what}:\n{}",
        difference(&text(left), &text(right))
    );
}

/// The YAML of a configuration file as pairs of section and text; `numbers` and `acknowledgements` are lists.
fn sections(text: &str) -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && *line != "---")
    {
        match line.split_once(':') {
            Some((name, _)) if !line.starts_with([' ', '-']) && !line.is_empty() => {
                sections.push((name.to_owned(), format!("{line}\n")));
            }
            _ => {
                if let Some(last) = sections.last_mut() {
                    last.1 += line;
                    last.1 += "\n";
                }
            }
        }
    }
    sections
}

/// The entries of a map section, in blocks; nothing for lists and for sections in one line.
fn entries(text: &str) -> Option<(String, Vec<String>)> {
    let (head, body) = text.split_once('\n')?;
    let mut blocks: Vec<String> = Vec::new();
    for line in body.lines() {
        match line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  -") {
            true => blocks.push(format!("{line}\n")),
            false if line.starts_with("  -") || (line.starts_with('-')) => return None,
            false => {
                if let Some(last) = blocks.last_mut() {
                    *last += line;
                    *last += "\n";
                }
            }
        }
    }
    (!blocks.is_empty()).then(|| (head.to_owned(), blocks))
}

fn yaml_files(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in sorted(directory) {
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            found.push((
                path.display().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            ));
            std::fs::remove_file(&path).unwrap();
        }
    }
    found
}

#[test]
fn twice_the_same_bytes() {
    let directory = acme();
    for format in ["text", "json"] {
        let first = run(directory.path(), &["plan", "--format", format]);
        for _ in 0..4 {
            let again = run(directory.path(), &["plan", "--format", format]);
            assert_eq!(
                (first.exit, &first.stdout, &first.stderr),
                (again.exit, &again.stdout, &again.stderr)
            );
        }
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let directory = acme();
    let of = |threads: &str| {
        let output = common::trunkline(directory.path())
            .args(["plan", "--format", "json"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        output.stdout
    };
    assert!(of("1") == of("8"));
}

#[test]
fn the_directory_does_not_matter() {
    let (here, there) = (acme(), acme());
    assert_same(&plan(here.path()), &plan(there.path()), "another directory");
    let named = run(
        here.path().parent().unwrap(),
        &["plan", here.path().to_str().unwrap(), "--format", "json"],
    );
    assert_same(&plan(here.path()), &named.json(), "named from elsewhere");
}

#[test]
fn renamed_files() {
    let directory = acme();
    let before = meaning(plan(directory.path()));
    // Lists are concatenated in order of path, so the new names keep that order.
    for (index, (_, text)) in yaml_files(directory.path()).into_iter().enumerate() {
        write(&directory.path().join(format!("x/{index:03}.yml")), text);
    }
    assert_same(&before, &meaning(plan(directory.path())), "renamed files");
}

#[test]
fn comments_and_blank_lines() {
    let directory = acme();
    let before = meaning(plan(directory.path()));
    for (path, text) in yaml_files(directory.path()) {
        let mut spaced = String::from("# a new first line\n\n");
        for line in text.lines() {
            let block = line.contains(": |") || line.contains(": >");
            assert!(!block, "block scalars would take the comments as text");
            spaced += &format!("{line}\n\n      # a comment\n");
        }
        write(Path::new(&path), spaced);
    }
    assert_same(&before, &meaning(plan(directory.path())), "comments");
}

#[test]
fn one_file_of_many_documents() {
    let directory = acme();
    let before = meaning(plan(directory.path()));
    let texts: Vec<String> = yaml_files(directory.path())
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    write(
        &directory.path().join("everything.yaml"),
        texts.join("\n---\n"),
    );
    assert_same(&before, &meaning(plan(directory.path())), "one file");
}

#[test]
fn a_file_for_each_entry_in_another_order() {
    let directory = acme();
    let before = meaning(plan(directory.path()));
    let (mut index, mut split) = (500, 0);
    for (_, text) in yaml_files(directory.path()) {
        for (name, section) in sections(&text) {
            index -= 1;
            // `version` stands beside `org`.
            let section = match name.as_str() {
                "version" => continue,
                "org" => format!("version: 1\n{section}"),
                _ => section,
            };
            let lists = ["numbers", "acknowledgements"].contains(&name.as_str());
            let single = ["org", "guardrails", "webexGo", "broadworks"].contains(&name.as_str());
            match entries(&section) {
                Some((head, blocks)) if !lists && !single => {
                    for (part, block) in blocks.iter().rev().enumerate() {
                        split += 1;
                        let path = format!("{index:03}/{part:03}.yaml");
                        write(&directory.path().join(path), format!("{head}\n{block}"));
                    }
                }
                // Lists keep their order of path.
                _ if lists => write(
                    &directory.path().join(format!("{:03}.yaml", 999 - index)),
                    section,
                ),
                _ => write(&directory.path().join(format!("{index:03}.yaml")), section),
            }
        }
    }
    assert!(split > 20, "the example was hardly split: {split}");
    assert_same(
        &before,
        &meaning(plan(directory.path())),
        "one entry a file",
    );
}

#[test]
fn another_meaning_has_another_digest() {
    let directory = acme();
    let before = plan(directory.path());
    let path = directory.path().join("people/dallas.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    write(
        &path,
        text + "\n  newcomer@acme.com:\n    displayName: New Comer\n",
    );
    let after = plan(directory.path());
    assert_ne!(before["config"]["digest"], after["config"]["digest"]);
    assert_eq!(before["snapshot"]["digest"], after["snapshot"]["digest"]);
}

#[test]
fn shuffled_snapshot() {
    let directory = acme();
    let before = plan(directory.path());
    let path = directory.path().join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    for (_, list) in snapshot.as_object_mut().unwrap() {
        if let Some(list) = list.as_array_mut() {
            shuffle(list, &mut seed);
            for entry in list {
                for name in ["members", "licenses", "attendeeSites", "siteAdmin", "roles"] {
                    if let Some(inner) = entry[name].as_array_mut() {
                        shuffle(inner, &mut seed);
                    }
                }
            }
        }
    }
    write(&path, serde_json::to_vec(&snapshot).unwrap());
    let mut after = plan(directory.path());
    assert_ne!(before["snapshot"]["digest"], after["snapshot"]["digest"]);
    after["snapshot"]["digest"] = before["snapshot"]["digest"].clone();
    // Pre-images are digests of what is there, and a list in another order is other bytes. The checksum covers them.
    let bare = |mut plan: Value| {
        plan["checksum"] = Value::Null;
        for change in plan["changes"].as_array_mut().unwrap() {
            change.as_object_mut().unwrap().remove("preimage");
        }
        plan
    };
    assert_same(&bare(before), &bare(after), "shuffled snapshot");
}

#[test]
fn unknown_members_of_a_snapshot_are_left_out() {
    let directory = acme();
    let before = plan(directory.path());
    let path = directory.path().join("snapshot.json");
    let mut snapshot: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    snapshot["newSection"] = serde_json::json!([{"a": 1}]);
    snapshot["users"][0]["newField"] = serde_json::json!({"deep": [1, 2]});
    write(&path, serde_json::to_vec(&snapshot).unwrap());
    let after = plan(directory.path());
    assert_same(&before["changes"], &after["changes"], "unknown members");
}

fn shuffle(list: &mut [Value], seed: &mut u64) {
    for index in (1..list.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        list.swap(index, (*seed % (index as u64 + 1)) as usize);
    }
}

#[test]
fn addresses_in_any_case() {
    let directory = acme();
    let before = plan(directory.path());
    let path = directory.path().join("snapshot.json");
    let text = std::fs::read_to_string(&path).unwrap();
    write(
        &path,
        text.replace("\"ana@acme.com\"", "\"Ana@ACME.com\"")
            .replace("\"bob@acme.com\"", "\"BOB@acme.com\""),
    );
    let after = plan(directory.path());
    let addresses = |plan: &Value| -> Vec<String> {
        let changes = plan["changes"]
            .as_array()
            .unwrap_or_else(|| panic!("{plan}"));
        changes
            .iter()
            .map(|change| change["address"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(addresses(&before), addresses(&after));
    assert_same(
        &before["summary"],
        &after["summary"],
        "addresses in another case",
    );
}
