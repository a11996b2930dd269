//! The workflows that run trunkline: whether what they take is pinned, filled in, and the same everywhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::init::Around;
use super::report::{Mark, Report};
use crate::disk;

const AREA: &str = "Workflows";
/// The version of this program.
const THIS: &str = env!("CARGO_PKG_VERSION");

/// Looks at the workflow files of the repository that call trunkline.
pub fn check(path: &Path, report: &mut Report) {
    let around = match Around::of(path) {
        Ok(around) => around,
        // What is wrong with the repository was said before.
        Err(_) => return,
    };
    let mut found = false;
    let mut commits = BTreeSet::new();
    for file in files(&around.root) {
        let Ok(bytes) = disk::read(&file, disk::LARGEST) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        if !text.contains("trunkline") {
            continue;
        }
        found = true;
        let name = file.strip_prefix(&around.root).unwrap_or(&file);
        one(&name.display().to_string(), &text, &mut commits, report);
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
fn files(root: &Path) -> Vec<PathBuf> {
    let directory = root.join(".github").join("workflows");
    let entries = fs_err::read_dir(directory).into_iter().flatten();
    let entries = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let yaml = |path: &PathBuf| {
        path.extension()
            .is_some_and(|it| it == "yml" || it == "yaml")
    };
    let mut files: Vec<PathBuf> = entries.filter(yaml).collect();
    files.sort();
    let gitlab = root.join(".gitlab-ci.yml");
    files.extend(gitlab.is_file().then_some(gitlab));
    files
}

/// What a workflow takes from elsewhere.
#[derive(Debug, PartialEq, Eq)]
struct Taken<'a> {
    line: usize,
    what: &'a str,
    version: Version<'a>,
}

#[derive(Debug, PartialEq, Eq)]
enum Version<'a> {
    /// A full commit or a digest: it cannot change.
    Pinned(&'a str),
    /// A word that `init` leaves to be replaced.
    Placeholder,
    /// A branch or a tag, which others can move.
    Movable(&'a str),
    /// None at all.
    Absent,
}

fn one(name: &str, text: &str, commits: &mut BTreeSet<String>, report: &mut Report) {
    let mut fine = release(name, text, report);
    for taken in taken(text) {
        let Taken {
            line,
            what,
            version,
        } = taken;
        let (message, help) = match version {
            Version::Pinned(commit) => {
                if is_ours(what) {
                    commits.insert(commit.to_owned());
                }
                continue;
            }
            Version::Placeholder => (
                format!("{name}:{line}: {what} still has the words to be replaced"),
                "the first lines of the file say by what",
            ),
            Version::Movable(version) => (
                format!("{name}:{line}: {what} is not pinned: {version} can be moved by others"),
                "use a full commit hash, or the digest of an image",
            ),
            Version::Absent => (
                format!("{name}:{line}: {what} is not pinned"),
                "use a full commit hash, or the digest of an image",
            ),
        };
        fine = false;
        report.advise(AREA, Mark::Warning, message, help);
    }
    if fine {
        report.add(AREA, Mark::Fine, format!("{name}: pinned"));
    }
}

/// The release that a workflow runs: its checksum, and whether it is this version. False where there is something to say.
fn release(name: &str, text: &str, report: &mut Report) -> bool {
    let mut fine = true;
    let ours = taken(text).iter().any(|taken| is_ours(taken.what));
    for (at, line) in text.lines().enumerate().filter(|_| ours) {
        let Some((key, value)) = line.trim().split_once(": ") else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or(value);
        let value = value.trim().trim_matches(['"', '\'']);
        let line = at + 1;
        let (message, help) = match (key, value) {
            ("sha256", "SHA256") => (
                format!("{name}:{line}: the checksum of the release is not filled in"),
                "the first lines of the file say where it is",
            ),
            ("version", THIS | "") => continue,
            ("version", other) => (
                format!("{name}:{line}: it runs trunkline {other}, and this is {THIS}"),
                "use one version everywhere: a plan is applied by the version that made it",
            ),
            _ => continue,
        };
        fine = false;
        report.advise(AREA, Mark::Warning, message, help);
    }
    fine
}

fn is_ours(what: &str) -> bool {
    what.contains("/trunkline/") || what.ends_with("/trunkline")
}

/// Every `uses:` and `image:` of a workflow, in order.
fn taken(text: &str) -> Vec<Taken<'_>> {
    let lines = text.lines().enumerate();
    let found = lines.filter_map(|(at, line)| {
        let line = line.trim_start().trim_start_matches("- ").trim_start();
        let (uses, value) = match line.strip_prefix("uses:") {
            Some(value) => (true, value),
            None => (false, line.strip_prefix("image:")?),
        };
        let value = value.split(" #").next().unwrap_or(value);
        let value = value.trim().trim_matches(['"', '\'']);
        // A mapping, a variable, or a file of the same commit.
        if value.is_empty() || value.starts_with(['.', '$']) {
            return None;
        }
        let (what, version) = split(uses, value);
        Some(Taken {
            line: at + 1,
            what,
            version,
        })
    });
    found.collect()
}

fn split(uses: bool, value: &str) -> (&str, Version<'_>) {
    let (what, version) = match value.rsplit_once('@') {
        Some((what, version)) => (what, Some(version)),
        // The tag of an image; a colon before a slash is that of a port.
        None if !uses => match value.rsplit_once(':') {
            Some((what, tag)) if !tag.contains('/') => (what, Some(tag)),
            _ => (value, None),
        },
        None => (value, None),
    };
    let placeholder = |word: &str| ["OWNER", "COMMIT", "DIGEST"].contains(&word);
    if what.split('/').any(placeholder) || version.is_some_and(placeholder) {
        return (what, Version::Placeholder);
    }
    let hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let version = match version {
        None => Version::Absent,
        Some(version) if hex(version, 40) => Version::Pinned(version),
        Some(version)
            if version
                .strip_prefix("sha256:")
                .is_some_and(|it| hex(it, 64)) =>
        {
            Version::Pinned(version)
        }
        Some(version) => Version::Movable(version),
    };
    (what, version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_workflows_take() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let text = format!(
            "jobs:\n  plan:\n    uses: acme/trunkline/.github/workflows/plan.yml@{commit} # v1\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: ./local\n      - uses: \"OWNER/trunkline@COMMIT\"\n  b:\n    image: registry.example.com:5000/trunkline:1.0\n    container:\n      image: alpine\n"
        );
        let found = taken(&text);
        let versions: Vec<(usize, &str, &Version<'_>)> = found
            .iter()
            .map(|it| (it.line, it.what, &it.version))
            .collect();
        assert_eq!(
            versions,
            [
                (
                    3,
                    "acme/trunkline/.github/workflows/plan.yml",
                    &Version::Pinned(commit)
                ),
                (6, "actions/checkout", &Version::Movable("v4")),
                (8, "OWNER/trunkline", &Version::Placeholder),
                (
                    10,
                    "registry.example.com:5000/trunkline",
                    &Version::Movable("1.0")
                ),
                (12, "alpine", &Version::Absent),
            ]
        );
    }
}
