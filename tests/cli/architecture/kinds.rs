//! Who may know kinds by name: only `kinds`; a kind knows no other, and each is a row of `KINDS`.

use std::collections::BTreeSet;

use super::paths::Named;
use super::sources::{Source, in_room, is_test, sources, without_tests};

/// The files of `plan` that may ask the kinds: those that go through `KINDS`.
const PLAN_FILES_THAT_READ_KINDS: [&str; 11] = [
    "plan/address.rs",
    "plan/build.rs",
    "plan/explain/mod.rs",
    "plan/guarded.rs",
    "plan/guards.rs",
    "plan/lookalikes.rs",
    "plan/observed.rs",
    "plan/preflight.rs",
    "plan/proof.rs",
    "plan/renames.rs",
    "plan/target.rs",
];

/// Files of `plan` with the name of a kind in them, and why.
const KIND_NAMES_IN_PLAN: [(&str, &str); 6] = [
    (
        "drift/people.rs",
        "only people have an address that the files name and that can change without their doing",
    ),
    (
        "plan/people.rs",
        "only people have an address that the files name and that can change without their doing",
    ),
    (
        "change/acknowledge.rs",
        "a subject that is an e-mail address alone is a user, compared in lower case",
    ),
    (
        "plan/guards.rs",
        "an address of a user is compared in lower case",
    ),
    (
        "plan/references.rs",
        "findings of names that only the snapshot can confirm have the address as subject",
    ),
    (
        "render/failures.rs",
        "the columns of the CSV form are the members of the JSON form, which is about people alone",
    ),
];

#[test]
fn plan_asks_the_kinds_through_their_table() {
    for source in sources().iter().filter(|source| in_room(source, "plan")) {
        for Named { path, line, .. } in source.names() {
            if path[0] != "crate" || path.get(1).is_none_or(|room| room != "kinds") {
                continue;
            }
            let what = path.get(2).map_or("", String::as_str);
            assert!(
                ["KINDS", "Context", "Kind", "find", "field"].contains(&what) || path.len() == 2,
                "src/{}:{line} names kinds::{what}",
                source.name
            );
            assert!(
                PLAN_FILES_THAT_READ_KINDS.contains(&source.name.as_str()),
                "src/{}:{line} names kinds; of plan, only {PLAN_FILES_THAT_READ_KINDS:?} may",
                source.name
            );
        }
    }
}

/// The names of the kinds.
fn kind_names() -> Vec<String> {
    let names = trunkline::kinds::KINDS.iter().map(|kind| kind.name);
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.len() >= 7, "{names:?}");
    names
}

#[test]
fn plan_render_import_and_cli_name_no_kind() {
    let kinds = kind_names();
    let mut wrong = Vec::new();
    for source in sources() {
        let here = ["change", "plan", "drift", "render", "import", "cli"]
            .into_iter()
            .any(|room| in_room(&source, room));
        let excepted = KIND_NAMES_IN_PLAN
            .iter()
            .any(|(file, _)| *file == source.name);
        if !here || excepted {
            continue;
        }
        let code = without_tests(&source);
        for kind in &kinds {
            for literal in [format!("\"{kind}\""), format!("\"{kind}/")] {
                for line in code.lines().filter(|line| line.contains(&literal)) {
                    wrong.push(format!("src/{}: {}", source.name, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The folders of the kinds: those with a row of their own.
fn folders(all: &[Source]) -> Vec<String> {
    let row = |source: &&Source| {
        in_room(source, "kinds") && source.code.contains("\npub const KIND: Kind =")
    };
    let folders: Vec<String> = all
        .iter()
        .filter(row)
        .map(|source| source.module().swap_remove(1))
        .collect();
    assert!(folders.len() >= 7, "{folders:?}");
    folders
}

#[test]
fn a_kind_does_not_use_the_folder_of_another() {
    let all = sources();
    let folders = folders(&all);
    let here = all.iter().filter(|source| in_room(source, "kinds"));
    for source in here.filter(|source| source.name != "kinds/mod.rs") {
        let own = source.module().swap_remove(1);
        for Named { path, line, .. } in source.names() {
            let [root, room, folder, ..] = path.as_slice() else {
                continue;
            };
            let of_a_kind = root == "crate" && room == "kinds" && folders.contains(folder);
            assert!(
                !of_a_kind || *folder == own,
                "src/{}:{line} uses kinds/{folder}",
                source.name
            );
        }
    }
}

#[test]
fn every_kind_is_a_folder_and_a_row_of_the_table() {
    let all = sources();
    let table = all.iter().find(|source| source.name == "kinds/mod.rs");
    for folder in folders(&all) {
        assert!(
            all.iter()
                .any(|source| source.name == format!("kinds/{folder}/mod.rs")),
            "{folder} is no folder"
        );
        assert!(
            table.unwrap().code.contains(&format!("    {folder}::")),
            "no row of {folder} is in KINDS"
        );
    }
}

/// Files that list several kinds, outside of the kinds themselves and of what speaks with Webex; and why.
const LISTS: [(&str, &str); 7] = [
    (
        "config/merge.rs",
        "entries of each section have a type of their own",
    ),
    (
        "config/sections.rs",
        "the table from which all other lists are made",
    ),
    (
        "snapshot/lacking.rs",
        "the members without which an entry cannot be read",
    ),
    ("snapshot/pieces.rs", "the lists that are read in pieces"),
    ("snapshot/tables.rs", "the columns of each list"),
    ("snapshot/write.rs", "the order of members in a file"),
    ("config/yaml/synonyms.rs", "what others call the sections"),
];

#[test]
fn lists_of_kinds_are_made_of_rows() {
    let kinds = || trunkline::kinds::KINDS.iter();
    let words: Vec<String> = kinds()
        .filter(|kind| kind.list.is_some())
        .map(|kind| kind.section.to_owned())
        .collect();
    assert!(words.len() >= 5, "{words:?}");
    let mut found = BTreeSet::new();
    let elsewhere = |source: &&Source| {
        ["sim", "webex", "kinds"]
            .iter()
            .all(|it| !in_room(source, it))
    };
    for source in sources().iter().filter(elsewhere) {
        let code = without_tests(source);
        let said = words.iter().filter(|word| {
            let kind = word.trim_end_matches('s');
            code.contains(&format!("\"{word}\"")) || code.contains(&format!("\"{kind}\""))
        });
        if said.count() >= 4 {
            found.insert(source.name.clone());
        }
    }
    let listed = LISTS.map(|(file, _)| file.to_owned());
    assert_eq!(found, BTreeSet::from(listed));
}

/// Paths that are also words of something else: members of answers about jobs.
const ALSO_WORDS: [&str; 2] = ["state", "description"];

#[test]
fn apply_names_no_kind_and_no_field() {
    let fields = trunkline::kinds::KINDS.iter().flat_map(|kind| kind.fields);
    let mut words: BTreeSet<String> = fields.map(|field| field.path.to_owned()).collect();
    words.extend(kind_names());
    for word in ALSO_WORDS {
        assert!(words.remove(word), "{word} is no field");
    }
    assert!(words.len() > 20, "{words:?}");
    let mut wrong = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| in_room(source, "apply") && !is_test(source))
    {
        let code = without_tests(source);
        for word in &words {
            let all = [format!("\"{word}\""), format!("\"{word}/")];
            for line in code
                .lines()
                .filter(|line| all.iter().any(|it| line.contains(it)))
            {
                wrong.push(format!("src/{}: {}", source.name, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn exceptions_are_still_needed() {
    let all = sources();
    let code = |file: &str| &all.iter().find(|source| source.name == file).unwrap().code;
    let kinds = kind_names();
    for (file, reason) in KIND_NAMES_IN_PLAN {
        let needed = kinds.iter().any(|kind| {
            code(file).contains(&format!("\"{kind}/"))
                || code(file).contains(&format!("\"{kind}\""))
        });
        assert!(
            needed,
            "{file} names no kind any more: take it out ({reason})"
        );
    }
}
