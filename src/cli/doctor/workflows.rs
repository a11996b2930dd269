//! The workflows that run trunkline: whether what they take is pinned, filled in, and the same everywhere.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::super::init::Around;
use super::report::{Mark, Report};
use super::taken::{self, Forge, Release, Taken, Version, is_hex, is_ours};
use crate::config::yaml::outline;
use crate::disk;

const AREA: &str = "Workflows";
/// The version of this program.
const THIS: &str = env!("CARGO_PKG_VERSION");
const PIN: &str = "use a full commit hash, or the digest of an image";

/// Looks at the workflow files of the repository that call trunkline.
pub fn check(path: &Path, report: &mut Report) {
    let around = match Around::of(path) {
        Ok(around) => around,
        // What is wrong with the repository was said before.
        Err(_) => return,
    };
    let mut found = false;
    let mut commits = BTreeSet::new();
    for (forge, file) in files(&around.root, report) {
        let name = file.strip_prefix(&around.root).unwrap_or(&file);
        let name = name.display().to_string();
        let branch = around.branch.as_deref();
        found |= one(forge, &file, (&name, branch), &mut commits, report);
    }
    if commits.len() > 1 {
        report.advise(
            AREA,
            Mark::Warning,
            format!("they take {} versions of trunkline", commits.len()),
            "pin the same commit in all: a plan is applied by the version that made it",
        );
    }
    if !found {
        let text = "no workflow runs trunkline";
        let help = "`trunkline init` writes them for GitHub and GitLab";
        report.advise(AREA, Mark::Note, text, help);
    }
}

/// Workflow files of both forges.
fn files(root: &Path, report: &mut Report) -> Vec<(Forge, PathBuf)> {
    let directory = root.join(".github").join("workflows");
    let mut files = Vec::new();
    match fs_err::read_dir(&directory).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
        Ok(entries) => files.extend(entries.into_iter().map(|entry| entry.path())),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => unread(".github/workflows", &error.to_string(), report),
    }
    files.retain(|path| {
        path.extension()
            .is_some_and(|it| it == "yml" || it == "yaml")
    });
    files.sort();
    let mut files: Vec<_> = files.into_iter().map(|it| (Forge::Github, it)).collect();
    let gitlab = root.join(".gitlab-ci.yml");
    let there = !matches!(fs_err::symlink_metadata(&gitlab), Err(error) if error.kind() == ErrorKind::NotFound);
    files.extend(there.then_some((Forge::Gitlab, gitlab)));
    files
}

fn unread(name: &str, why: &str, report: &mut Report) {
    let text = format!("{name} was not checked: {why}");
    let help = "whether it runs trunkline, and whether what it takes is pinned, is unknown";
    report.advise(AREA, Mark::Warning, text, help);
}

/// Looks at a file; false if it does not run trunkline.
fn one(
    forge: Forge,
    file: &Path,
    (name, branch): (&str, Option<&str>),
    commits: &mut BTreeSet<String>,
    report: &mut Report,
) -> bool {
    let text = disk::read(file, disk::LARGEST_TREE).map_err(|error| error.to_string());
    let text = text.and_then(|it| String::from_utf8(it).map_err(|_| "it is not UTF-8".to_owned()));
    let found = text.and_then(|text| Ok(taken::read(forge, &outline(&text)?)));
    let found = match found {
        Ok(found) => found,
        Err(why) => {
            unread(name, &why, report);
            return true;
        }
    };
    if !found.ours {
        return false;
    }
    let mut said = false;
    for release in &found.releases {
        said |= self::release(name, release, report);
    }
    said |= self::branch(name, &found.branches, branch, report);
    let mut pinned = false;
    let mut local = BTreeSet::new();
    for taken in &found.taken {
        match &taken.version {
            Version::Pinned(commit) => {
                pinned = true;
                if is_ours(&taken.what) {
                    commits.insert(commit.clone());
                }
            }
            Version::Local => {
                local.insert(taken.what.as_str());
            }
            _ => said |= loose(name, taken, report),
        }
    }
    if !local.is_empty() {
        let local = Vec::from_iter(local).join(", ");
        let text = format!("{name}: what it takes from the repository was not checked: {local}");
        report.add(AREA, Mark::Note, text);
    }
    match (said, pinned) {
        (true, _) => {}
        (false, true) => report.add(AREA, Mark::Fine, format!("{name}: pinned")),
        (false, false) => {
            let text = format!("{name}: it takes nothing from elsewhere that could be pinned");
            report.add(AREA, Mark::Note, text);
        }
    }
    true
}

/// Says what is not pinned.
fn loose(name: &str, taken: &Taken, report: &mut Report) -> bool {
    let at = format!("{name}:{}: {}", taken.line, taken.what);
    let (message, help) = match &taken.version {
        Version::Pinned(_) | Version::Local => return false,
        Version::Placeholder => (
            format!("{at} still contains placeholders"),
            "the first lines of the file say what to enter",
        ),
        Version::Movable(version) => (
            format!("{at} is not pinned: {version} can be moved by others"),
            PIN,
        ),
        Version::Absent => (format!("{at} is not pinned"), PIN),
        Version::Open => (
            format!("{at} is not in the file: whether it is pinned is unknown"),
            PIN,
        ),
    };
    report.advise(AREA, Mark::Warning, message, help);
    true
}

/// Whether a workflow that pushes start is started by those to the branch that is merged into. True where there is something to say.
fn branch(
    name: &str,
    branches: &[(usize, String)],
    main: Option<&str>,
    report: &mut Report,
) -> bool {
    // A pattern may match any branch.
    let fits = |it: &str| it.contains(['*', '?', '[', '!', '$']);
    let (Some(main), Some((line, first))) = (main, branches.first()) else {
        return false;
    };
    if branches.iter().any(|(_, it)| it == main || fits(it)) {
        return false;
    }
    let text = format!(
        "{name}:{line}: pushes to {first} start it, and the branch of this repository is {main}"
    );
    let help = format!(
        "if {main} is what is merged into, write `branches: [{main}]`: nothing is applied otherwise"
    );
    report.advise(AREA, Mark::Warning, text, &help);
    true
}

/// The release that a workflow runs: its checksum, and whether it is this version. True where there is something to say.
fn release(name: &str, release: &Release, report: &mut Report) -> bool {
    let Some((line, version)) = &release.version else {
        return false;
    };
    let mut warn = |line: usize, words: String, help: &str| {
        report.advise(AREA, Mark::Warning, format!("{name}:{line}: {words}"), help);
    };
    let sum = release.sha256.as_ref();
    let checked = match sum.map(|(line, sum)| (line, sum.as_str())) {
        Some((_, sum)) if is_hex(sum, 64) || is_input(sum) => true,
        Some((line, "SHA256")) => {
            let help = "the first lines of the file say where it is";
            warn(
                *line,
                "the checksum of the release is not filled in".to_owned(),
                help,
            );
            false
        }
        sum => {
            let words = match sum {
                Some((_, sum)) if !sum.is_empty() => {
                    format!("sha256 is not a checksum of 64 hexadecimal digits: {sum}")
                }
                _ => "version has no sha256: what is downloaded cannot be compared".to_owned(),
            };
            let help = "take that of the program for Linux from SHA256SUMS of the release";
            warn(sum.map_or(*line, |(line, _)| *line), words, help);
            false
        }
    };
    if version == THIS || is_input(version) {
        return !checked;
    }
    let words = match version.as_str() {
        "VERSION" => "the version of the release is not filled in".to_owned(),
        open if open.contains('$') => format!("which version it runs is not in the file: {open}"),
        other => format!("it runs trunkline {other}, and this is {THIS}"),
    };
    let help = "use one version everywhere: a plan is applied by the version that made it";
    warn(*line, words, help);
    true
}

/// Whether it is what the caller of the workflow says.
fn is_input(text: &str) -> bool {
    let inner = text
        .strip_prefix("${{")
        .and_then(|it| it.strip_suffix("}}"));
    inner.is_some_and(|it| it.trim().starts_with("inputs."))
}
