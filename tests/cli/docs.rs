//! The documents tell the truth: what they say the program prints, it prints; commands, links and YAML in them work.
//!
//! `UPDATE_GOLDEN=1 cargo test --test cli docs` rewrites the output blocks and `docs/finding-codes.md`: read the difference
//! before you commit it. An output block in a document is
//!
//! ````text
//! <!-- output: trunkline plan examples/acme -->
//! ```text
//! what stdout had, word for word
//! ```
//! ````
//!
//! and with `<!-- output: … | user/bob, Seats -->` only those blocks of it that begin with one of these words, with `[…]`
//! where something was left out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use trunkline::finding::CODES;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| !value.is_empty())
}

/// What is below a directory, in order of name.
fn below(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Every document, relative to the root.
fn documents() -> Vec<PathBuf> {
    let mut documents = vec![PathBuf::from("README.md"), PathBuf::from("CHANGELOG.md")];
    for directory in ["docs", "examples"] {
        let found = below(&root().join(directory));
        let markdown = found
            .iter()
            .filter(|path| path.extension().is_some_and(|it| it == "md"));
        documents.extend(markdown.map(|path| path.strip_prefix(root()).unwrap().to_owned()));
    }
    documents
}

fn read(document: &Path) -> String {
    fs::read_to_string(root().join(document))
        .unwrap_or_else(|error| panic!("{}: {error}", document.display()))
}

/// Holds a document equal to `expected`, or rewrites it.
fn compare(document: &Path, expected: &str) {
    let path = root().join(document);
    let actual = fs::read_to_string(&path).unwrap_or_default();
    if actual == expected {
        return;
    }
    if updating() {
        fs::write(path, expected).unwrap();
        return;
    }
    let difference = similar::TextDiff::from_lines(actual.as_str(), expected)
        .unified_diff()
        .header("the document", "the program")
        .to_string();
    panic!(
        "{} is out of date; UPDATE_GOLDEN=1 cargo test --test cli docs rewrites it\n{difference}",
        document.display()
    );
}

/// A copy of the examples outside of any repository: there the header of a plan shows the digest of the files, which is
/// the same everywhere, and not a commit.
fn copy_of_the_examples() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for path in below(&root().join("examples")) {
        let to = copy.path().join(path.strip_prefix(root()).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(path, to).unwrap();
    }
    copy
}

fn trunkline(directory: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trunkline"));
    command
        .current_dir(directory)
        .args(args)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("GIT_DIR");
    let output = command.output().unwrap();
    (
        output.status.code().expect("an exit code"),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Only the blocks of an output that begin with one of these words; the signs before the first word do not count.
fn shorten(output: &str, wanted: &[&str]) -> String {
    let mut unused: BTreeSet<&str> = wanted.iter().copied().collect();
    let mut kept: Vec<&str> = Vec::new();
    for block in output.trim_end().split("\n\n") {
        let start = block.trim_start_matches(|c: char| !c.is_alphanumeric());
        let matched = wanted.iter().find(|&&words| start.starts_with(words));
        match matched {
            Some(words) => {
                unused.remove(words);
                kept.push(block);
            }
            None if kept.last() == Some(&"[…]") => {}
            None => kept.push("[…]"),
        }
    }
    assert!(unused.is_empty(), "nothing begins with {unused:?}");
    kept.join("\n\n") + "\n"
}

/// A document with its output blocks as the program prints them now.
fn with_output(text: &str, examples: &Path) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        if let Some(file) = line
            .strip_prefix("<!-- file: ")
            .and_then(|rest| rest.strip_suffix(" -->"))
        {
            let fence = lines.next().unwrap_or_default();
            assert!(fence.starts_with("```"), "no block after {line}");
            lines.by_ref().find(|line| *line == "```");
            let content = fs::read_to_string(examples.join(file)).unwrap();
            write!(out, "{fence}\n{content}```\n").unwrap();
            continue;
        }
        let Some(marker) = line
            .strip_prefix("<!-- output: ")
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let (command, blocks) = marker.split_once(" | ").unwrap_or((marker, ""));
        let args: Vec<&str> = command.split(' ').collect();
        assert_eq!(args[0], "trunkline", "{line}");
        let (_, mut stdout, stderr) = trunkline(examples, &args[1..]);
        if stdout.is_empty() {
            // What a command says that has written files.
            assert!(!stderr.is_empty(), "{command} printed nothing");
            stdout = stderr;
        }
        if !blocks.is_empty() {
            stdout = shorten(&stdout, &blocks.split(", ").collect::<Vec<_>>());
        }
        let fence = lines.next().unwrap_or_default();
        assert!(fence.starts_with("```"), "no block after {line}");
        let end = lines.by_ref().find(|line| *line == "```");
        assert!(end.is_some(), "the block after {line} does not end");
        write!(out, "{fence}\n{stdout}```\n").unwrap();
    }
    out
}

#[test]
fn outputs_are_what_the_program_prints() {
    let examples = copy_of_the_examples();
    for document in documents() {
        let text = read(&document);
        compare(&document, &with_output(&text, examples.path()));
    }
}

#[test]
fn examples_show_their_output() {
    for document in ["acme", "blocked", "quickstart", "service-provider"] {
        let text = read(&Path::new("examples").join(document).join("README.md"));
        let marker = format!("<!-- output: trunkline plan examples/{document} -->");
        assert!(text.contains(&marker), "{document} shows no output");
    }
}

#[test]
fn the_page_of_finding_codes_is_the_table() {
    let mut page = String::from(
        "# Finding codes\n\n\
         Every message of trunkline has a code. `trunkline explain CODE` prints the same text as this page.\n\n\
         This page is made from the table in [`src/finding/codes/`](../src/finding/codes/). Do not edit it; \
         see [development.md](development.md#a-new-finding-code).\n\n\
         | code | meaning | can be acknowledged |\n|---|---|---|\n",
    );
    for row in CODES.iter() {
        let acknowledged = if row.acknowledgeable { "yes" } else { "" };
        let code = row.code.as_str();
        let title = row.title.trim();
        writeln!(page, "| [`{code}`](#{code}) | {title} | {acknowledged} |").unwrap();
    }
    for row in CODES.iter() {
        write!(
            page,
            "\n## {}\n\n{}\n\n{}\n",
            row.code.as_str(),
            row.title.trim(),
            row.page.trim()
        )
        .unwrap();
    }
    compare(Path::new("docs/finding-codes.md"), &page);
}

/// The code blocks of a document: what stands after the opening fence, the line before it, and the lines.
fn code_blocks(text: &str) -> Vec<(&str, &str, String)> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((language, before, block.join("\n") + "\n"));
        }
        if !line.trim().is_empty() {
            before = line;
        }
    }
    blocks
}

/// The commands that the README says are not built yet.
fn not_built() -> BTreeSet<String> {
    let readme = read(Path::new("README.md"));
    let section = readme
        .split("## What is not built yet")
        .nth(1)
        .expect("the section");
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned())
        .collect()
}

/// The words of a command line; blanks in single quotation marks divide nothing.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for char in line.chars() {
        match char {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn commands_in_documents_exist() {
    let not_built = not_built();
    let built: BTreeSet<String> = trunkline::cli::command()
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    for name in ["apply", "drift", "snapshot", "import"] {
        assert_ne!(
            built.contains(name),
            not_built.contains(name),
            "`{name}` is either built or in the table of what is not"
        );
    }
    let mut seen = 0;
    for document in documents() {
        let text = read(&document);
        // Code blocks, and code that is set in by four blanks.
        let fenced = code_blocks(&text);
        let lines = fenced
            .iter()
            .filter(|(language, ..)| !matches!(*language, "text" | "yaml"))
            .flat_map(|(.., block)| block.lines());
        let indented = text.lines().filter_map(|line| line.strip_prefix("    "));
        for line in lines.chain(indented).flat_map(|line| line.split(" && ")) {
            let line = line.trim_start_matches("$ ");
            let line = line.split(" #").next().unwrap().trim();
            let words = match line.strip_prefix("cargo run --release --locked -- ") {
                Some(args) => format!("trunkline {args}"),
                None if line.starts_with("trunkline ") => line.to_owned(),
                None => continue,
            };
            let words = words.split(" > ").next().unwrap();
            seen += 1;
            let name = words.split(' ').nth(1).unwrap();
            if not_built.contains(name) {
                continue;
            }
            if let Err(error) = trunkline::cli::command().try_get_matches_from(shell_words(words)) {
                panic!("{}: `{line}`\n{error}", document.display());
            }
        }
    }
    assert!(seen > 10, "only {seen} command lines were found");
}

#[test]
fn the_readme_lists_every_command() {
    let readme = read(Path::new("README.md"));
    for command in trunkline::cli::command().get_subcommands() {
        let row = format!("| `{}", command.get_name());
        assert!(readme.contains(&row), "no row for {}", command.get_name());
    }
}

#[test]
fn continuous_integration_runs_the_test_command_of_the_readme() {
    let readme = read(Path::new("README.md"));
    let section = readme
        .split("## Run the tests")
        .nth(1)
        .expect("the section");
    let command = code_blocks(section)[0].2.trim().to_owned();
    assert_eq!(command, "cargo test --locked --no-fail-fast");
    let script = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(script.lines().any(|line| line == format!("run {command}")));
    let workflow = fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
    assert!(workflow.contains("bash .ci/run"));
}

/// The name that a heading has in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    heading
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if !fenced && line.starts_with('#') {
            found.insert(anchor(line.trim_start_matches('#')));
        }
    }
    found
}

/// The targets of the links of a document, outside of code.
fn links(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if fenced || line.starts_with("    ") {
            continue;
        }
        for part in line.split("](").skip(1) {
            found.push(part.split(')').next().unwrap().to_owned());
        }
    }
    found
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for document in documents() {
        let text = read(&document);
        for link in links(&text) {
            if link.starts_with("https://") {
                continue;
            }
            seen += 1;
            let (file, name) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => document.clone(),
                file => document.parent().unwrap().join(file),
            };
            assert!(
                root().join(&target).exists(),
                "{}: {link} leads nowhere",
                document.display()
            );
            assert!(
                name.is_empty() || anchors(&read(&target)).contains(name),
                "{}: there is no heading for {link}",
                document.display()
            );
        }
    }
    assert!(seen > 20, "only {seen} links were found");
}

#[test]
fn every_document_is_in_the_book() {
    let contents = links(&read(Path::new("docs/README.md")));
    let contents: BTreeSet<String> = contents.into_iter().collect();
    for document in documents() {
        let name = document.display().to_string();
        if let Some(page) = name.strip_prefix("docs/").filter(|it| *it != "README.md") {
            assert!(
                contents.contains(page),
                "docs/README.md has no link to {page}"
            );
        }
    }
    let entrance = links(&read(Path::new("README.md")));
    assert!(entrance.iter().any(|link| link == "docs/README.md"));
}

/// YAML in documents is checked: each block, alone, gives no finding. Of what a block lacks, `version` and `org` are added.
#[test]
fn yaml_in_documents_is_valid() {
    let mut seen = 0;
    for document in documents() {
        // Code listings of the examples quote parts of files that are checked whole.
        if document.starts_with("examples") {
            continue;
        }
        for (language, before, block) in code_blocks(&read(&document)) {
            if language != "yaml" || before == "<!-- not trunkline -->" {
                continue;
            }
            seen += 1;
            let directory = tempfile::tempdir().unwrap();
            let has = |section: &str| {
                block
                    .lines()
                    .any(|line| line.starts_with(&format!("{section}:")))
            };
            let mode = if has("groups") {
                "group"
            } else {
                "organization"
            };
            let mut yaml = block.clone();
            if !has("version") {
                yaml += "version: 1\n";
            }
            if !has("org") {
                yaml += &format!("org: {{name: Acme, assignmentMode: {mode}}}\n");
            }
            fs::write(directory.path().join("example.yaml"), yaml).unwrap();
            let (exit, stdout, stderr) = trunkline(directory.path(), &["validate"]);
            assert!(
                exit == 0 && stdout.ends_with(" valid.\n") && stdout.lines().count() == 1,
                "{}: exit {exit}\n{stdout}{stderr}",
                document.display()
            );
        }
    }
    assert!(seen > 5, "only {seen} blocks of YAML were found");
}
