//! Which directories are organisations, and what is told of the others.

use std::path::Path;

use super::*;
use crate::git::testing::{commit_all, init};

const ORG: &str = "version: 1\norg: {name: Acme, assignmentMode: group}\n";

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, text).unwrap();
}

fn paths(fleet: &Fleet) -> Vec<&str> {
    fleet
        .organisations
        .iter()
        .map(|it| it.path.as_str())
        .collect()
}

fn problems(fleet: &Fleet) -> Vec<(&str, &str)> {
    let problems = fleet.problems.iter();
    problems
        .map(|it| (it.path.as_str(), it.message.as_str()))
        .collect()
}

#[test]
fn an_organisation_whose_org_is_mistyped_is_named() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "acme/org.yaml", ORG);
    let text = "version: 1\norgs: {name: B, assignmentMode: group}\nusers: {}\n";
    write(directory.path(), "b/org.yaml", text);
    let text = "version: 1\norganization: {name: C}\nusers: {}\n";
    write(directory.path(), "c/org.yaml", text);
    let text = "orgs: {name: D}\nacknowledgements: []\n";
    write(directory.path(), "d/org.yaml", text);
    for (file, text) in [
        ("ansible/vars.yaml", "users: []\npackages: []\n"),
        ("compose.yaml", "version: 3\nservices: {}\n"),
        ("version.yaml", "version: 1\n"),
    ] {
        write(directory.path(), file, text);
    }
    let fleet = find(directory.path(), None).unwrap();
    assert_eq!(paths(&fleet), ["acme"]);
    let named: Vec<&str> = problems(&fleet).iter().map(|(path, _)| *path).collect();
    assert_eq!(named, ["b/org.yaml", "c/org.yaml", "d/org.yaml"]);
}

#[test]
fn organisations_of_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "emea/acme/any-name.yml", ORG);
    write(root, "emea/acme/people/users.yaml", "users: {}\n");
    // Within an organisation: its own plan says that there are two.
    write(root, "emea/acme/inner/org.yaml", ORG);
    write(
        root,
        "beta/org.yaml",
        "org:\n  name: Beta\n  id: abc\n  assignmentMode: group\n",
    );
    write(root, ".hidden/org.yaml", ORG);
    write(root, "target/org.yaml", ORG);
    write(root, "x/node_modules/org.yaml", ORG);
    write(
        root,
        "deploy/job.yml",
        "apiVersion: batch/v1\nkind: Job\n---\n- a\n",
    );
    write(root, "deploy/compose.yaml", "version: '3'\n");
    let fleet = find(root, None).unwrap();
    assert_eq!(paths(&fleet), ["beta", "emea/acme"]);
    assert_eq!(problems(&fleet), []);
    assert_eq!(fleet.organisations[0].id.as_deref(), Some("abc"));
    assert_eq!(fleet.organisations[1].name.as_deref(), Some("Acme"));
    assert_eq!(fleet.organisations[1].slug, "emea--acme");

    let alone = find(&root.join("beta"), None).unwrap();
    assert_eq!(paths(&alone), [""]);
    assert_eq!(alone.organisations[0].slug, "webex");
}

#[test]
fn what_cannot_be_told_is_a_problem() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "broken/org.yaml", "version: 1\norg: {name: \"Acme\n");
    write(root, "latin/org.yaml", "x");
    fs_err::write(root.join("latin/org.yaml"), b"org: {name: \xff}\n").unwrap();
    write(root, "nameless/org.yaml", "org: {assignmentMode: group}\n");
    // The document with `org` is one directory too deep: a plan of it would not see the people.
    write(root, "deep/org/org.yaml", ORG);
    write(root, "deep/people/users.yaml", "users: {}\n");
    let fleet = find(root, None).unwrap();
    assert_eq!(paths(&fleet), ["deep/org", "nameless"]);
    let found = problems(&fleet);
    let named: Vec<&str> = found.iter().map(|(path, _)| *path).collect();
    let expected = [
        "broken/org.yaml",
        "deep/people/users.yaml",
        "latin/org.yaml",
        "nameless/org.yaml",
    ];
    assert_eq!(named, expected);
    assert!(found[0].1.contains("unknown whether"), "{found:?}");
    assert!(
        found[1].1.contains("belongs to no organisation"),
        "{found:?}"
    );
}

#[cfg(unix)]
#[test]
fn symbolic_links() {
    use std::os::unix::fs::symlink;
    let directory = tempfile::tempdir().unwrap();
    let (root, outside) = (
        directory.path().join("root"),
        directory.path().join("outside"),
    );
    write(&root, "acme/org.yaml", ORG);
    write(&root, "shared/templates.yaml", "templates: {}\n");
    write(&root, "shared/forgotten.yaml", "templates: {}\n");
    write(&outside, "org.yaml", ORG);
    symlink("../shared/templates.yaml", root.join("acme/templates.yaml")).unwrap();
    symlink(".", root.join("shared/loop")).unwrap();
    symlink("..", root.join("acme/loop")).unwrap();
    symlink("acme", root.join("again")).unwrap();
    symlink("../outside", root.join("elsewhere")).unwrap();
    let fleet = find(&root, None).unwrap();
    assert_eq!(paths(&fleet), ["acme"]);
    let found = problems(&fleet);
    let named: Vec<&str> = found.iter().map(|(path, _)| *path).collect();
    // A loop is an error of the plan of acme, and hides what else is linked there.
    assert_eq!(
        named,
        [
            "elsewhere",
            "shared/forgotten.yaml",
            "shared/templates.yaml"
        ]
    );
    fs_err::remove_file(root.join("acme/loop")).unwrap();
    let fleet = find(&root, None).unwrap();
    let named: Vec<&str> = fleet.problems.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(named, ["elsewhere", "shared/forgotten.yaml"]);
}

#[test]
fn organisations_of_a_revision_and_what_changed() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let repo = init(root);
    for name in ["a", "b", "c"] {
        write(root, &format!("customers/{name}/org.yaml"), ORG);
        write(root, &format!("customers/{name}/snapshot.json"), "{}");
    }
    let first = commit_all(&repo);
    write(root, "customers/b/snapshot.json", "{\"x\": 1}");
    write(root, "customers/d/org.yaml", ORG);
    write(root, "README.md", "changed");
    fs_err::remove_dir_all(root.join("customers/c")).unwrap();
    let second = commit_all(&repo);
    // Not committed.
    write(root, "customers/e/org.yaml", ORG);

    let customers = root.join("customers");
    let now = find(&customers, Some(&second)).unwrap();
    assert_eq!(paths(&now), ["a", "b", "d"]);
    assert_eq!(
        paths(&find(&customers, None).unwrap()),
        ["a", "b", "d", "e"]
    );
    let (changed, gone) = changed(&customers, &first, &second, now).unwrap();
    assert_eq!(paths(&changed), ["b", "d"]);
    assert_eq!(gone, ["c"]);
    assert!(find(&customers, Some("nowhere")).is_err());
}
