//! The command: which files it takes, what it prints, how it ends.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use crate::common::{run, trunkline, write};

const UNTIDY: &str = "users:\n    ana@acme.com: {extension: '1003',   location: Dallas} # desk\n";
const TIDY: &str = "users:\n  ana@acme.com: {location: Dallas, extension: \"1003\"} # desk\n";
const BROKEN: &str = "users:\n\tana@acme.com: {}\n";

fn read(directory: &Path, name: &str) -> String {
    std::fs::read_to_string(directory.join(name)).unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        write(&directory.path().join(name), text);
    }
    directory
}

/// Runs `fmt -` with a text on stdin; gives the exit code and what was printed.
fn filter(text: &[u8], more: &[&str]) -> (i32, String, String) {
    let directory = tempfile::tempdir().unwrap();
    let mut child = trunkline(directory.path())
        .args(["fmt", "-"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn files_are_formatted_where_they_are() {
    let files = [
        ("a.yaml", UNTIDY),
        ("deep/b.yml", UNTIDY),
        ("tidy.yaml", TIDY),
        (".hidden/c.yaml", UNTIDY),
        ("d.txt", UNTIDY),
    ];
    let folder = folder(&files);
    let here = folder.path();
    let first = run(here, &["fmt"]);
    assert_eq!(
        (first.exit, first.stdout.as_str(), first.stderr.as_str()),
        (0, "a.yaml\ndeep/b.yml\n", "")
    );
    for (name, text) in [
        ("a.yaml", TIDY),
        ("deep/b.yml", TIDY),
        ("tidy.yaml", TIDY),
        (".hidden/c.yaml", UNTIDY),
        ("d.txt", UNTIDY),
    ] {
        assert_eq!(read(here, name), text, "{name}");
    }
    let second = run(here, &["fmt"]);
    assert_eq!((second.exit, second.all().as_str()), (0, ""));
}

#[test]
fn files_of_other_programs_keep_their_layout() {
    const MANIFEST: &str = "apiVersion: v1\nkind:    CronJob\n";
    let folder = folder(&[("a.yaml", UNTIDY), ("k8s.yaml", MANIFEST)]);
    let here = folder.path();
    for arguments in [&["fmt", "--check"][..], &["fmt"]] {
        let outcome = run(here, arguments);
        assert_eq!(outcome.exit, 1, "{}", outcome.all());
        assert!(
            outcome
                .stderr
                .contains("does not look like a file of trunkline"),
            "{}",
            outcome.all()
        );
        assert!(
            outcome.stdout.contains("a.yaml") && !outcome.stdout.contains("k8s.yaml"),
            "{}",
            outcome.stdout
        );
    }
    assert_eq!(read(here, "k8s.yaml"), MANIFEST);
    assert_eq!(read(here, "a.yaml"), TIDY);
}

/// Whether such a file is reported does not depend on how it looks.
#[test]
fn files_of_other_programs_are_reported_in_any_layout() {
    for manifest in ["services: {}\n", "services:   {}\n"] {
        let folder = folder(&[("a.yaml", TIDY), ("compose.yml", manifest)]);
        let outcome = run(folder.path(), &["fmt", "--check"]);
        assert_eq!(outcome.exit, 1, "{manifest}{}", outcome.all());
        let words = "does not look like a file of trunkline";
        assert!(outcome.stderr.contains(words), "{}", outcome.all());
    }
}

#[test]
fn names_begin_where_the_path_does() {
    let folder = folder(&[("conf/deep/b.yaml", UNTIDY)]);
    assert_eq!(
        run(folder.path(), &["fmt", "conf"]).stdout,
        "conf/deep/b.yaml\n"
    );
    let folder = self::folder(&[("conf/b.yaml", UNTIDY)]);
    assert_eq!(
        run(folder.path(), &["fmt", "./conf/b.yaml"]).stdout,
        "./conf/b.yaml\n"
    );
    assert_eq!(read(folder.path(), "conf/b.yaml"), TIDY);
}

#[test]
fn a_file_that_is_named_may_have_any_name() {
    let folder = folder(&[("people.txt", UNTIDY), ("b.yaml", UNTIDY)]);
    let one = run(folder.path(), &["fmt", "people.txt"]);
    assert_eq!((one.exit, one.all().as_str()), (0, "people.txt\n"));
    assert_eq!(read(folder.path(), "people.txt"), TIDY);
    assert_eq!(read(folder.path(), "b.yaml"), UNTIDY);
}

#[test]
fn check_prints_the_difference_and_writes_nothing() {
    let folder = folder(&[("a.yaml", UNTIDY), ("b.yaml", TIDY)]);
    let check = run(folder.path(), &["fmt", "--check"]);
    let difference = "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n users:\n\
        -    ana@acme.com: {extension: '1003',   location: Dallas} # desk\n\
        +  ana@acme.com: {location: Dallas, extension: \"1003\"} # desk\n";
    assert_eq!(
        (check.exit, check.stdout.as_str(), check.stderr.as_str()),
        (1, difference, "")
    );
    assert_eq!(read(folder.path(), "a.yaml"), UNTIDY);
    run(folder.path(), &["fmt"]);
    let check = run(folder.path(), &["fmt", "--check"]);
    assert_eq!((check.exit, check.all().as_str()), (0, ""));
}

#[test]
fn what_is_not_yaml_is_reported_and_not_changed() {
    let folder = folder(&[
        ("a.yaml", BROKEN),
        ("b.yaml", UNTIDY),
        ("c.yaml", "users: &all {}\nworkspaces: *all\n"),
    ]);
    std::fs::write(folder.path().join("d.yaml"), b"users: {}\n# caf\xe9\n").unwrap();
    let untouched = read(folder.path(), "c.yaml");
    let formatted = run(folder.path(), &["fmt"]);
    assert_eq!((formatted.exit, formatted.stdout.as_str()), (1, "b.yaml\n"));
    for said in [
        "[a.yaml:2:1]",
        "a tab is not allowed here",
        "[c.yaml:1:8]",
        "anchors and aliases are not allowed",
        "not UTF-8",
        "4 errors in 3 files",
    ] {
        assert!(
            formatted.stderr.contains(said),
            "{said}\n{}",
            formatted.stderr
        );
    }
    assert_eq!(read(folder.path(), "a.yaml"), BROKEN);
    assert_eq!(read(folder.path(), "b.yaml"), TIDY);
    assert_eq!(read(folder.path(), "c.yaml"), untouched);
    assert_eq!(run(folder.path(), &["fmt", "--check", "b.yaml"]).exit, 0);
    assert_eq!(run(folder.path(), &["fmt", "--check", "a.yaml"]).exit, 1);
}

/// As `validate` says it.
#[test]
fn a_syntax_error_reads_as_elsewhere() {
    let folder = folder(&[("a.yaml", BROKEN)]);
    let validate = run(folder.path(), &["validate"]).stdout;
    let fmt = run(folder.path(), &["fmt"]).stderr;
    assert_eq!(fmt, validate);
}

#[test]
fn what_is_wrong_with_the_contents_does_not_matter() {
    let folder = folder(&[(
        "a.yaml",
        "userz:   {a: b}\nusers: {ana@acme.com: {extension:   1003}}\n",
    )]);
    let formatted = run(folder.path(), &["fmt"]);
    assert_eq!((formatted.exit, formatted.all().as_str()), (0, "a.yaml\n"));
    assert_eq!(
        read(folder.path(), "a.yaml"),
        "users: {ana@acme.com: {extension: 1003}}\nuserz: {a: b}\n"
    );
}

#[test]
fn editors_pipe_through_it() {
    assert_eq!(
        filter(UNTIDY.as_bytes(), &[]),
        (0, TIDY.to_owned(), String::new())
    );
    assert_eq!(
        filter(TIDY.as_bytes(), &[]),
        (0, TIDY.to_owned(), String::new())
    );
    assert_eq!(filter(b"", &[]), (0, String::new(), String::new()));
    assert_eq!(
        filter(TIDY.as_bytes(), &["--check"]),
        (0, String::new(), String::new())
    );
    let (exit, shown, _) = filter(UNTIDY.as_bytes(), &["--check"]);
    assert!(
        exit == 1 && shown.starts_with("--- stdin\n+++ stdin\n@@"),
        "{shown}"
    );
    let (exit, shown, said) = filter(BROKEN.as_bytes(), &[]);
    assert!(
        exit == 1 && shown.is_empty() && said.contains("[stdin:2:1]"),
        "{shown}{said}"
    );
}

#[test]
fn a_path_that_is_not_there() {
    let folder = folder(&[]);
    let missing = run(folder.path(), &["fmt", "nowhere"]);
    assert_eq!((missing.exit, missing.stdout.as_str()), (1, ""));
    assert!(
        missing.stderr.contains("no directory `nowhere`"),
        "{}",
        missing.stderr
    );
    let empty = run(folder.path(), &["fmt"]);
    assert_eq!((empty.exit, empty.all().as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder(&[("org/.shared/a.yaml", UNTIDY)]);
    let target = folder.path().join("org/.shared/a.yaml");
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("org/link.yaml");
    symlink(".shared/a.yaml", &link).unwrap();
    assert_eq!(
        run(folder.path(), &["fmt", "org"]).stdout,
        "org/link.yaml\n"
    );
    assert_eq!(std::fs::read_to_string(&target).unwrap(), TIDY);
    assert!(link.is_symlink());
    assert_eq!(
        std::fs::metadata(&target).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

/// What a pull request links to outside of the directory is not its own.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_out_of_the_directory() {
    let folder = folder(&[("elsewhere/a.yaml", UNTIDY)]);
    let target = folder.path().join("elsewhere/a.yaml");
    std::fs::create_dir(folder.path().join("org")).unwrap();
    let link = folder.path().join("org/link.yaml");
    std::os::unix::fs::symlink("../elsewhere/a.yaml", &link).unwrap();
    let refused = run(folder.path(), &["fmt", "org"]);
    assert_eq!(refused.exit, 1, "{}", refused.all());
    assert!(refused.all().contains("link.yaml"), "{}", refused.all());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), UNTIDY);
}

/// Where nothing can be written, the other files are.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_does_not_stop_the_others() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("b.yaml", UNTIDY)]);
    // What /proc shows can be read, and no file can be made beside it.
    let own = Path::new("/proc/self/comm");
    if !own.is_file() {
        return;
    }
    symlink(own, folder.path().join("a.yaml")).unwrap();
    let formatted = run(folder.path(), &["fmt"]);
    assert_eq!(read(folder.path(), "b.yaml"), TIDY);
    assert!(
        formatted.stdout.ends_with("b.yaml\n"),
        "{}",
        formatted.stdout
    );
}
