//! Pages of `drift` and `apply`: they say what the text says, and run no script.

use crate::common::{copy, root, run};

/// A page without anything that could run or be loaded.
fn is_page(html: &str) {
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"),
        "{html}"
    );
    for never in ["<script", "src=", "http://", "https://"] {
        assert!(!html.contains(never), "{never}");
    }
}

#[test]
fn drift_as_a_page() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/drift"), directory.path());
    let applied = ["drift", "--applied", "applied.json"];
    let text = run(directory.path(), &applied);
    let html = run(
        directory.path(),
        &[&applied[..], &["--format", "html"]].concat(),
    );
    assert_eq!(html.exit, text.exit, "{}", html.all());
    is_page(&html.stdout);
    let json = run(
        directory.path(),
        &[&applied[..], &["--format", "json"]].concat(),
    )
    .json();
    let lines = json["drift"].as_array().unwrap();
    assert!(!lines.is_empty());
    for line in lines {
        let address = line["address"].as_str().unwrap();
        let (_, key) = address.split_once('/').unwrap();
        assert!(html.stdout.contains(key), "{address}");
    }
    for words in [
        "Changed in Webex since the last apply",
        "trunkline drift · ",
        "live-changed",
    ] {
        assert!(html.stdout.contains(words), "{words}");
    }
    // Without the last apply nobody knows what was changed where.
    let html = run(directory.path(), &["drift", "--format", "html"]);
    is_page(&html.stdout);
    assert!(
        !html.stdout.contains("Changed in Webex since"),
        "{}",
        html.stdout
    );

    let adopt = run(
        directory.path(),
        &[&applied[..], &["--adopt", "--format", "html"]].concat(),
    );
    is_page(&adopt.stdout);
    assert!(
        adopt.stdout.contains("Adopted into the files"),
        "{}",
        adopt.stdout
    );
}

#[test]
fn the_report_of_an_apply_as_a_page() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/quickstart"), directory.path());
    let args = [
        "apply",
        ".",
        "--yes",
        "--format",
        "html",
        "--report",
        "report.html",
    ];
    let told = run(directory.path(), &args);
    assert_eq!(told.exit, 0, "{}", told.all());
    is_page(&told.stdout);
    for words in [
        "user/diego@elmstreet.example",
        "trunkline apply · Elm Street Bakery",
        "applied",
    ] {
        assert!(told.stdout.contains(words), "{words}: {}", told.stdout);
    }
    let saved = std::fs::read_to_string(directory.path().join("report.html")).unwrap();
    assert_eq!(saved, told.stdout);
    copy(&root().join("examples/quickstart"), directory.path());
    // One that cannot be written is noticed before anything is sent.
    for file in ["away/report.json", "."] {
        for option in ["--report", "--summary"] {
            let refused = run(directory.path(), &["apply", ".", "--yes", option, file]);
            assert_eq!(refused.exit, 1, "{}", refused.all());
            let said = refused.all();
            assert!(
                said.contains("cannot write") && said.contains("nothing was sent"),
                "{said}"
            );
        }
    }
    let json = ["apply", ".", "--yes", "--report", "report.json"];
    assert_eq!(run(directory.path(), &json).exit, 0);
    let saved = std::fs::read_to_string(directory.path().join("report.json")).unwrap();
    assert!(saved.starts_with('{'), "{saved}");
}
