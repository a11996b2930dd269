//! `docs/first-plan.md` as one session of a shell: each block is run after the one before it, and what the page shows is
//! what was printed.
//!
//! A block after `<!-- not run -->` is left out. A block after `<!-- printed -->` is what the commands before it printed;
//! with `<!-- printed | Plan:, Seats -->` only the paragraphs of it that begin with one of these. `UPDATE_GOLDEN=1 cargo
//! test --test cli first_plan` rewrites them.

use std::path::Path;
use std::process::Command;

use crate::common::{difference, root, update};

/// A part of the page.
enum Part {
    /// Lines that are shown as they are.
    Text(String),
    /// Commands, with their fences.
    Commands(String),
    /// What was printed: the line that says so.
    Printed(String),
}

fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = page.lines();
    let mut run = true;
    while let Some(line) = lines.next() {
        let mut block = || {
            let end = lines.by_ref().take_while(|line| *line != "```");
            end.map(|line| format!("{line}\n")).collect::<String>()
        };
        if line == "```sh" && run {
            parts.push(Part::Commands(block()));
        } else if line.starts_with("<!-- printed") {
            let opening = lines.next();
            assert_eq!(opening, Some("```text"), "no block after {line}");
            lines.by_ref().find(|line| *line == "```");
            parts.push(Part::Printed(line.to_owned()));
        } else {
            parts.push(Part::Text(format!("{line}\n")));
        }
        run = line != "<!-- not run -->";
    }
    parts
}

/// Runs the commands as one script; gives what each block printed.
fn session(blocks: &[&str], directory: &Path) -> Vec<String> {
    let mut script = String::from("set -e\nexec 2>&1\ntrap 'kill $(jobs -p)' EXIT\n");
    for block in blocks {
        script += &format!("{block}\necho '--- end of block ---'\n");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_trunkline"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = Command::new("bash");
    command
        .args(["-c", &script])
        .current_dir(directory)
        .env("PATH", path)
        .env("TRUNKLINE", root())
        .env("HOME", directory)
        .env("TMPDIR", directory)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    for (name, value) in [("NAME", "Ana Silva"), ("EMAIL", "ana@acme.com")] {
        command.env(format!("GIT_AUTHOR_{name}"), value);
        command.env(format!("GIT_COMMITTER_{name}"), value);
    }
    for name in [
        "GIT_DIR",
        "GITHUB_STEP_SUMMARY",
        "WEBEX_ACCESS_TOKEN",
        "TRUNKLINE_API_URL",
    ] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}");
    let blocks = printed.split("--- end of block ---\n");
    blocks.map(str::to_owned).collect()
}

/// Only the paragraphs that begin with one of these words; the signs before the first word do not count.
fn shorten(printed: &str, wanted: &[&str]) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for paragraph in printed.trim_end().split("\n\n") {
        let start = paragraph.trim_start_matches(|c: char| !c.is_alphanumeric());
        match wanted.iter().any(|&words| start.starts_with(words)) {
            true => kept.push(paragraph),
            false if kept.last() == Some(&"[…]") => {}
            false => kept.push("[…]"),
        }
    }
    assert!(kept.len() > 1, "nothing begins with {wanted:?}:\n{printed}");
    kept.join("\n\n") + "\n"
}

#[test]
fn the_page_works_as_written() {
    let file = root().join("docs/first-plan.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let parts = parts(&page);
    let blocks = parts.iter().filter_map(|part| match part {
        Part::Commands(block) => Some(block.as_str()),
        _ => None,
    });
    let blocks: Vec<&str> = blocks.collect();
    assert!(blocks.len() > 6, "the page has lost its commands");
    let directory = tempfile::tempdir().unwrap();
    let printed = session(&blocks, directory.path());

    let mut expected = String::new();
    let mut done = 0;
    for part in &parts {
        match part {
            Part::Text(line) => expected += line,
            Part::Commands(block) => {
                done += 1;
                expected += &format!("```sh\n{block}```\n");
            }
            Part::Printed(marker) => {
                let printed = &printed[done - 1];
                let words = marker.trim_end_matches(" -->").split_once(" | ");
                let shown = match words {
                    Some((_, words)) => shorten(printed, &words.split(", ").collect::<Vec<_>>()),
                    None => printed.clone(),
                };
                expected += &format!("{marker}\n```text\n{shown}```\n");
            }
        }
    }
    if update() {
        std::fs::write(file, expected).unwrap();
    } else if page != expected {
        panic!(
            "docs/first-plan.md is out of date; UPDATE_GOLDEN=1 rewrites it\n{}",
            difference(&page, &expected)
        );
    }
}
